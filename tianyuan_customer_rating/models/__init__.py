# the core, and then what stands on it
from . import (  # isort: skip
    mixins,
    archive,
    document,
    borrow,
    collection,
    profile,
    rating,
)
from . import (  # isort: skip
    contract,
    visit,
    policy,
    order_guard,
    insight,
)
