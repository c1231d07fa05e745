"""How many examples the tests of properties try: few in every run, thousands on demand (``make test EXAMPLES=3000``)."""
import os

from hypothesis import settings

properties = settings(
    derandomize=True, deadline=None, database=None, max_examples=int(os.environ.get('TIANYUAN_EXAMPLES') or 30),
)
