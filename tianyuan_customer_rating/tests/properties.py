"""How many examples the tests of properties try: few in every run, thousands on demand (``make test EXAMPLES=3000``)."""
import os

from hypothesis import settings

EXAMPLES = int(os.environ.get('TIANYUAN_EXAMPLES') or 0)

properties = settings(derandomize=True, deadline=None, database=None, max_examples=EXAMPLES or 30)


def customers(few):
    """How many customers have books made up for them, which takes a second each: on demand one for ten examples."""
    return max(few, EXAMPLES // 10)
