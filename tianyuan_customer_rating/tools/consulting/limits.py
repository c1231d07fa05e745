"""What a paper may take, so that one made to harm is given up in a second or two."""
import contextlib
import resource
import signal

MEGABYTE = 1024 * 1024
MEMORY = 1000 * MEGABYTE      # besides some copies of the file itself
PAGE_SECONDS = 2              # of the processor's time, for a single step: opening the file, reading or drawing a page
COPY_SECONDS = 100            # below the limit of Odoo's servers for a request (120)
LOOK_SECONDS = 2              # pages that aren't reached by then are looked at when they are copied
MOST_PAGES = 1000             # of a copy for consultation: about a minute's work
MOST_KEPT_PAGES = 10_000      # of a file that is taken in: more is no paper
MOST_PIXELS = 89_000_000      # of a picture on a page: A3 scanned at 600 dpi has 70 million


def limit_memory(size):
    """Let this process have no more memory than a file of a size needs."""
    most = MEMORY + 4 * size
    with contextlib.suppress(ValueError):    # the server allows less
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def next_step(seconds=PAGE_SECONDS):
    """Begin a step; if it takes too long the system ends this process, wherever in a library it is stuck."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
