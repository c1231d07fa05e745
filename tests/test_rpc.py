"""A confirmed sheet stays as it is, whoever calls from outside. Who may do what else: ``test_access_matrix``."""

import pytest
from odoo_harness import RpcError

REFUSALS = {"AccessError", "UserError", "ValidationError", "MissingError"}
INSIDERS = ["sales", "colleague", "specialist", "finance", "manager"]
RATING = "tianyuan.rating"
LINE = "tianyuan.rating.line"


def assert_refused(attempt, *args, **kwargs):
    with pytest.raises(RpcError) as refusal:
        attempt(*args, **kwargs)
    assert refusal.value.kind in REFUSALS, f"not a refusal but a crash: {refusal.value.kind}: {refusal.value}"


def lines_of(world, rating, responsibility):
    domain = [("rating_id", "=", rating), ("responsibility", "=", responsibility)]
    found = world.clients["manager"].search(LINE, domain)
    assert found
    return found


@pytest.mark.parametrize("role", INSIDERS)
@pytest.mark.parametrize("responsibility", ["sales", "finance"])
def test_a_confirmed_line_stays_as_it_is(world, role, responsibility):
    for line in lines_of(world, world.confirmed_rating, responsibility):
        assert_refused(world.clients[role].write, LINE, line, points=1, note="Second thoughts")
        assert_refused(world.clients[role].call, LINE, "unlink", [line])


@pytest.mark.parametrize("role", INSIDERS)
def test_nobody_deletes_a_confirmed_sheet(world, role):
    assert_refused(world.clients[role].call, RATING, "unlink", [world.confirmed_rating])
