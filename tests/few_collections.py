"""A pytest plugin for runs with Odoo loaded, which excludes all loaded objects from garbage collection.

Odoo does the same when its server starts.
"""

import gc


def pytest_collection_finish(session):
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
