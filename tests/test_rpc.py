"""What each role may do through remote calls: no more than its screens give (design §10)."""

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
@pytest.mark.parametrize(
    "values",
    [{"state": "confirmed"}, {"score": 100}, {"tier_id": "AAA"}, {"customer_class": "key"}, {"is_major_account": True}],
    ids=lambda values: next(iter(values)),
)
def test_nobody_writes_the_outcome_of_a_sheet(world, role, values):
    client = world.clients[role]
    if values.get("tier_id"):
        values = {"tier_id": world.clients["manager"].search("tianyuan.rating.tier", [("name", "=", "AAA")])[0]}
    assert_refused(client.write, RATING, world.rating, **values)


@pytest.mark.parametrize("role", INSIDERS)
@pytest.mark.parametrize("field", ["tianyuan_tier_id", "tianyuan_score", "tianyuan_customer_class"])
def test_nobody_writes_a_tier_or_class_on_a_customer(world, role, field):
    tier = world.clients["manager"].search("tianyuan.rating.tier", [("name", "=", "AAA")])[0]
    value = {"tianyuan_tier_id": tier, "tianyuan_score": 100, "tianyuan_customer_class": "key"}[field]
    client = world.clients[role]
    before = world.clients["manager"].read("res.partner", world.customer, field)[field]
    try:
        client.write("res.partner", world.customer, **{field: value})
    except RpcError as refusal:
        assert refusal.kind in REFUSALS
    assert world.clients["manager"].read("res.partner", world.customer, field)[field] == before


@pytest.mark.parametrize(("role", "responsibility"), [("sales", "finance"), ("finance", "sales")])
def test_a_line_is_written_by_the_responsible_side_only(world, role, responsibility):
    for line in lines_of(world, world.rating, responsibility):
        assert_refused(world.clients[role].write, LINE, line, points=1, note="Let me help")


@pytest.mark.parametrize("role", ["specialist", "colleague"])
@pytest.mark.parametrize("responsibility", ["sales", "finance"])
def test_others_write_no_line(world, role, responsibility):
    for line in lines_of(world, world.rating, responsibility):
        assert_refused(world.clients[role].write, LINE, line, points=1, note="Let me help")


@pytest.mark.parametrize("role", INSIDERS)
@pytest.mark.parametrize("responsibility", ["sales", "finance"])
def test_a_confirmed_line_stays_as_it_is(world, role, responsibility):
    for line in lines_of(world, world.confirmed_rating, responsibility):
        assert_refused(world.clients[role].write, LINE, line, points=1, note="Second thoughts")
        assert_refused(world.clients[role].call, LINE, "unlink", [line])


@pytest.mark.parametrize("role", INSIDERS)
def test_nobody_deletes_a_confirmed_sheet(world, role):
    assert_refused(world.clients[role].call, RATING, "unlink", [world.confirmed_rating])


@pytest.mark.parametrize("role", ["sales", "specialist", "finance"])
def test_only_a_manager_confirms(world, role):
    assert_refused(world.clients[role].call, RATING, "action_confirm", [world.rating])


def test_each_side_submits_only_its_own_part(world):
    assert_refused(world.clients["sales"].call, RATING, "action_submit_finance", [world.rating])
    assert_refused(world.clients["finance"].call, RATING, "action_submit_sales", [world.rating])


@pytest.mark.parametrize("role", ["sales", "specialist", "finance"])
@pytest.mark.parametrize("model", ["tianyuan.rating.scheme", "tianyuan.rating.level", "tianyuan.rating.threshold"])
def test_only_a_manager_changes_the_rules(world, role, model):
    record = world.clients["manager"].search(model, [])[0]
    field = {"tianyuan.rating.scheme": "name", "tianyuan.rating.level": "points"}.get(model, "min_score")
    assert_refused(world.clients[role].write, model, record, **{field: 1})


@pytest.mark.parametrize("role", ["sales", "specialist"])
def test_bad_debts_are_recorded_by_finance(world, role):
    values = {"partner_id": world.customer, "company_id": world.company, "date": "2025-01-01", "amount": 1}
    assert_refused(world.clients[role].create, "tianyuan.bad.debt", **values)


@pytest.mark.parametrize("role", INSIDERS)
def test_history_is_append_only(world, role):
    history = world.clients["manager"].search("tianyuan.class.history", [])
    assert history, "confirming a rating leaves a history entry"
    assert_refused(world.clients[role].write, "tianyuan.class.history", history[0], reason="It was otherwise")
    assert_refused(world.clients[role].call, "tianyuan.class.history", "unlink", history)


def test_sales_sees_the_sheets_of_their_own_customers_only(world):
    sales = world.clients["sales"]
    assert set(sales.search(RATING, [])) == {world.rating, world.confirmed_rating}
    assert_refused(sales.read, RATING, world.other_rating, "score")
    others = lines_of(world, world.other_rating, "sales")
    assert not sales.search(LINE, [("id", "in", others)])
    assert_refused(sales.write, LINE, others[0], points=1, note="Let me help")


@pytest.mark.parametrize(
    "model",
    ["tianyuan.rating", "tianyuan.rating.line", "tianyuan.rating.run", "tianyuan.bad.debt", "tianyuan.class.history"],
)
def test_another_company_sees_nothing(world, model):
    assert not world.clients["stranger"].search(model, [])


def test_another_company_sees_no_tier(world):
    """The customer may be shared; what we think of it isn't."""
    assert_refused(world.clients["stranger"].read, RATING, world.rating, "score")
    assert_refused(world.clients["stranger"].call, RATING, "action_confirm", [world.rating])
