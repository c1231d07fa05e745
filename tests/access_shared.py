"""The access matrix for shared set-up: records without a company, and records that shared schemes use."""

from access_records import Place
from odoo_harness import ADDON

# The place of records without a company.
SHARED = Place("shared", False)

# of one company / of another one / of all companies
SHARED_ROLES = ["sales", "specialist", "finance", "manager", "outsider", "keeper"]
SHARED_RECORDS = """
                                sales  specialist  finance  manager  outsider  keeper
tianyuan.rating.scheme          -      -           r        r        r         crwd
tianyuan.rating.scheme.line     -      -           r        r        r         crwd
tianyuan.rating.threshold       -      -           r        r        r         crwd
tianyuan.rating.level           r      r           r        r        r         crwd
tianyuan.rating.tier:used       r      r           r        r        r         rw
tianyuan.rating.category:used   r      r           r        r        r         rw
tianyuan.rating.indicator:used  r      r           r        r        r         rw
tianyuan.archive.document.type  r      r           r        r        r         crwd
tianyuan.archive.requirement    r      r           r        r        r         crwd
tianyuan.contract.paper.type    r      r           r        r        r         crwd
tianyuan.contract.template      r      r           r        r        r         crwd
"""
# Changes that a manager of one company makes on a copy.
COPIED = (
    "tianyuan.rating.scheme", "tianyuan.archive.document.type", "tianyuan.contract.paper.type",
    "tianyuan.contract.template",
)  # fmt: skip


def used_by_the_standard_scheme(field):
    """The first tier, category or indicator of the shared scheme."""

    def record(world, place):
        scheme = world.admin.ref(f"{ADDON}.scheme_direct")
        model = "tianyuan.rating.threshold" if field == "tier_id" else "tianyuan.rating.scheme.line"
        part = world.find(place, model, ("scheme_id", "=", scheme))
        [values] = world.do(place, model, "read", [part], [field])
        return values[field][0]

    return record
