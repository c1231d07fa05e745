"""A pytest plugin that runs the tests with Odoo's tag ``smoke``: one scenario per subject, all views, access rights."""


def pytest_collection_modifyitems(config, items):
    chosen = [item for item in items if "smoke" in getattr(item.cls, "test_tags", ())]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
    items[:] = chosen
