"""Makes consultation copies: a PDF or picture with a watermark on every page that shows who has it, since when and
under which number (policy 档案 6). It doesn't depend on Odoo.
"""
import json
import os
import subprocess
import sys
from pathlib import Path

from .consulting.errors import (  # noqa: F401 (callers catch these errors)
    EXIT_CODES,
    BrokenFileError,
    ConsultationError,
    EncryptedFileError,
    TooLargeError,
    UnsupportedFileError,
)
from .consulting.formats import PICTURE_FORMATS
from .consulting.limits import COPY_SECONDS, LOOK_SECONDS, MOST_KEPT_PAGES, MOST_PAGES, PAGE_SECONDS  # noqa: F401

PDF = 'application/pdf'
CONSULTABLE_TYPES = {PDF, *PICTURE_FORMATS}

START_SECONDS = 20    # for starting a process on a busy machine
FOLDER = Path(__file__).parent


def consultation_copy(content, mimetype, lines, as_text=False):
    """Return a copy of a file with the watermark on every page.

    :param bytes content: the file, which isn't changed
    :param str mimetype: MIME type of the file
    :param lines: the lines of the watermark, as a list of short texts
    :param bool as_text: keep the text of a PDF, so that copies can be searched, but the watermark can be removed;
        otherwise pages become pictures
    :return: bytes of a PDF
    :raise ConsultationError: one of its subclasses, if no copy can be made
    """
    if mimetype not in CONSULTABLE_TYPES:
        raise UnsupportedFileError(mimetype)
    return _run_process({'mimetype': mimetype, 'lines': lines, 'as_text': as_text}, content, COPY_SECONDS)


def look_at(content, mimetype):
    """Check a PDF or picture, within a few seconds, for what would prevent its consultation.

    :param bytes content: the file
    :param str mimetype: MIME type of the file
    :return: number of its pages
    :raise ConsultationError: the error of :func:`consultation_copy`, as far as it can be found without drawing pages
    """
    if mimetype not in CONSULTABLE_TYPES:
        raise UnsupportedFileError(mimetype)
    return json.loads(_run_process({'mimetype': mimetype}, content, PAGE_SECONDS + LOOK_SECONDS))['pages']


def _run_process(asked, content, seconds):
    """Run the separate process that reads the file, and return its output.

    :param seconds: the time it may take, in addition to its start
    """
    # The process must find the libraries that this server uses.
    environment = {**os.environ, 'PYTHONPATH': os.pathsep.join([str(FOLDER), *filter(None, sys.path)])}
    try:
        done = subprocess.run(
            [sys.executable, '-m', 'consulting'], input=json.dumps(asked).encode() + b'\n' + content,
            capture_output=True, env=environment, timeout=START_SECONDS + seconds, check=False, cwd=FOLDER,
        )
    except subprocess.TimeoutExpired as error:
        raise TooLargeError("out of time") from error
    if done.returncode == 0:
        return done.stdout
    message = done.stderr.decode(errors='replace')[-500:]
    for kind, code in EXIT_CODES.items():
        if done.returncode == code:
            raise kind(message)
    if done.returncode < 0:
        # The system has killed the process for running out of time or memory.
        raise TooLargeError(message)
    raise BrokenFileError(message)
