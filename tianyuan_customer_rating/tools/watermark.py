"""Consultation copies: a PDF or picture with a watermark on every page that says who has it, since when and
under which number (policy 档案 6). Nothing here knows Odoo."""
import json
import os
import subprocess
import sys
from pathlib import Path

from .consulting.errors import (  # noqa: F401 (who calls this catches them)
    EXIT_CODES,
    BrokenFileError,
    ConsultationError,
    EncryptedFileError,
    TooLargeError,
    UnsupportedFileError,
)
from .consulting.limits import COPY_SECONDS, LOOK_SECONDS, MOST_KEPT_PAGES, MOST_PAGES, PAGE_SECONDS  # noqa: F401

PDF = 'application/pdf'
# the kinds Odoo lets Pillow read
PICTURES = {'image/png', 'image/jpeg', 'image/gif', 'image/bmp'}
CONSULTED = PICTURES | {PDF}

START_SECONDS = 20    # for a process on a busy machine
FOLDER = Path(__file__).parent


def consultation_copy(content, mimetype, lines, as_text=False):
    """A copy of a file with the watermark on every page.

    :param bytes content: the file; it is left as it is
    :param str mimetype: what the file is
    :param lines: what the watermark says, as a list of short texts, one a line
    :param bool as_text: keep the text of a PDF, which lets a copy be searched, but the mark be taken off; otherwise
        pages become pictures
    :return: bytes of a PDF
    :raise ConsultationError: one of its kinds, if there can't be a copy
    """
    if mimetype not in CONSULTED:
        raise UnsupportedFileError(mimetype)
    return _apart({'mimetype': mimetype, 'lines': lines, 'as_text': as_text}, content, COPY_SECONDS)


def look_at(content, mimetype):
    """Look through a PDF or picture, for a second or two, for what would keep it from being consulted.

    :param bytes content: the file
    :param str mimetype: what it is
    :return: number of its pages
    :raise ConsultationError: as :func:`consultation_copy` would, as far as can be seen without drawing it
    """
    if mimetype not in CONSULTED:
        raise UnsupportedFileError(mimetype)
    return json.loads(_apart({'mimetype': mimetype}, content, PAGE_SECONDS + LOOK_SECONDS))['pages']


def _apart(asked, content, seconds):
    """What the process that reads the file answers.

    :param seconds: it may take, besides its start
    """
    # the libraries are found where this server has found them
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
        # the system has ended it: out of time, or of memory
        raise TooLargeError(message)
    raise BrokenFileError(message)
