from . import (  # isort: skip
    mixins,
    archive,
    document,
    borrow,
    collection,
    profile,
    rating,
    setup,
    workbench,
)
