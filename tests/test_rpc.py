"""Remote calls can't change a confirmed sheet; other access rights are tested in ``test_access_matrix``."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from odoo_harness import RpcError
from world import Builder

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


def test_two_orders_confirmed_at_the_same_moment_stay_within_the_limit(server, world):
    """Two orders of 600 with a limit of 1,000: each is within it, and neither confirmation sees the other order yet."""
    builder = Builder(server)
    company = {"allowed_company_ids": [world.company]}
    guard = {"account_use_credit_limit": True, "tianyuan_order_over_limit": "approve"}
    before = builder.admin.read("res.company", world.company, *guard)
    customer = builder.customer("Limited", world.users["sales"], world.company)
    builder.admin.call("res.partner", "write", [customer], {"credit_limit": 1000}, context=company)
    builder.admin.write("res.company", world.company, **guard)
    people = [server.login("sales"), server.login("sales")]
    product = builder.admin.create("product.product", name="Peroxide", type="service", invoice_policy="order")
    try:
        for _attempt in range(3):
            line = {"product_id": product, "price_unit": 600, "tax_ids": [(5,)]}
            orders = [person.create("sale.order", partner_id=customer, order_line=[(0, 0, line)]) for person in people]
            start = threading.Barrier(2)

            def confirm(person, order, start=start):
                start.wait()
                try:
                    person.call("sale.order", "action_confirm", [order])
                except RpcError as refusal:
                    assert refusal.kind == "UserError", refusal
                    return False
                return True

            with ThreadPoolExecutor(2) as pool:
                assert sorted(pool.map(confirm, people, orders)) == [False, True]
            people[0].call("sale.order", "action_cancel", orders)
    finally:
        builder.admin.write("res.company", world.company, **{name: before[name] for name in guard})
