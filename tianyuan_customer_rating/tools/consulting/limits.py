"""Limits for documents, so that malicious files are given up after a few seconds."""
import contextlib
import resource
import signal

MEGABYTE = 1024 * 1024
MEMORY_LIMIT = 1000 * MEGABYTE    # in addition to some copies of the file
PAGE_SECONDS = 2              # of CPU time, for one step: opening the file, reading or drawing a page
PICTURE_SECONDS = 10          # for decoding one picture: a photograph of 48 million pixels in HEIC takes three to five
COPY_SECONDS = 100            # below the time limit of Odoo's servers for a request (120)
LOOK_SECONDS = 2              # pages not reached by then are checked when they are copied
MOST_PAGES = 1000             # of a consultation copy: takes about a minute
MOST_KEPT_PAGES = 10_000      # of an uploaded file
MOST_PIXELS = 89_000_000      # of a picture on a page: A3 scanned at 600 dpi has 70 million


def limit_memory(size):
    """Limit the memory of this process to what a file of this size needs."""
    most = MEMORY_LIMIT + 4 * size
    with contextlib.suppress(ValueError):    # The server's own limit is lower.
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def next_step(seconds=PAGE_SECONDS):
    """Start a step; if it takes too long, the system ends this process, even inside of a library."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
