"""The process that checks one document or copies it.

Its input is a line of JSON, then the file; its output is the copy, or a line of JSON. It exits with one of
``errors.EXIT_CODES`` if no copy can be made, and by a signal if the document takes too long or crashes it.
"""
import json
import sys

from . import rendering
from .errors import EXIT_CODES, ConsultationError, TooLargeError
from .formats import PICTURE_FORMATS
from .limits import COPY_SECONDS, MOST_PAGES, limit_memory, next_step

PDF = 'application/pdf'


def main():
    asked = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    limit_memory(len(content))
    is_pdf = asked['mimetype'] == PDF
    if not asked.get('lines'):
        if is_pdf:
            pages = rendering.look_at_pdf(content)
        else:
            pages = rendering.look_at_picture(content, PICTURE_FORMATS[asked['mimetype']])
        sys.stdout.buffer.write(json.dumps({'pages': pages}).encode())
    elif asked['as_text'] and is_pdf:
        from . import marking

        if rendering.look_at_pdf(content) > MOST_PAGES:
            raise TooLargeError("too many pages")
        next_step(COPY_SECONDS)
        sys.stdout.buffer.write(marking.mark_pdf(content, asked['lines']))
    else:
        if is_pdf:
            pages = rendering.pages_of_pdf(content)
        else:
            pages = rendering.pages_of_picture(content, PICTURE_FORMATS[asked['mimetype']])
        rendering.write_copy(pages, asked['lines'], sys.stdout.buffer)
    sys.stdout.buffer.flush()


try:
    main()
except ConsultationError as error:
    sys.stderr.write(str(error))
    sys.exit(EXIT_CODES[type(error)])
except MemoryError:
    sys.exit(EXIT_CODES[TooLargeError])
