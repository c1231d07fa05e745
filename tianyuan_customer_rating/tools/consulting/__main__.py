"""The process that checks one document or copies it.

Its input is a line of JSON, then the file; its output is the copy, or a line of JSON. It exits with one of
``errors.EXIT_CODES`` if no copy can be made, and by a signal if the document takes too long or crashes it.
"""
import json
import sys

from . import rendering
from .errors import EXIT_CODES, ConsultationError, TooLargeError
from .limits import COPY_SECONDS, MOST_PAGES, limit_memory, next_step

PDF = 'application/pdf'


def main():
    asked = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    limit_memory(len(content))
    is_pdf = asked['mimetype'] == PDF
    if not asked.get('lines'):
        look_at = rendering.look_at_pdf if is_pdf else rendering.look_at_picture
        sys.stdout.buffer.write(json.dumps({'pages': look_at(content)}).encode())
    elif asked['as_text'] and is_pdf:
        from . import marking

        if rendering.look_at_pdf(content) > MOST_PAGES:
            raise TooLargeError("too many pages")
        next_step(COPY_SECONDS)
        sys.stdout.buffer.write(marking.mark_pdf(content, asked['lines']))
    else:
        pages = rendering.pages_of_pdf(content) if is_pdf else rendering.pages_of_picture(content)
        rendering.write_copy(pages, asked['lines'], sys.stdout.buffer)
    sys.stdout.buffer.flush()


try:
    main()
except ConsultationError as error:
    sys.stderr.write(str(error))
    sys.exit(EXIT_CODES[type(error)])
except MemoryError:
    sys.exit(EXIT_CODES[TooLargeError])
