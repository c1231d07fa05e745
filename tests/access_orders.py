"""The part of the access matrix about quotations that a manager approves.

The functions have the parameters of recipes: the world and the place.
"""

from access_records import Recipe

ORDER = "sale.order"
HOLD, STAND_IN, LICENCE_SALE = "tianyuan.customer.hold", "tianyuan.approval.delegation", "tianyuan.licence.sale"


def a_quotation(world, place):
    """A quotation of the customer's salesperson. It needs no approval, so steps are refused by state only."""
    salesperson = world.users["colleague" if place.name == "other" else "sales"]
    return world.make(place, ORDER, **place.about_customer(), user_id=salesperson)


def an_invoice(world, place):
    """A draft invoice of the customer's salesperson."""
    salesperson = world.users["colleague" if place.name == "other" else "sales"]
    return world.make(
        place, "account.move", **place.about_customer(), move_type="out_invoice", invoice_user_id=salesperson
    )


ORDER_BUTTONS = {
    ORDER: a_quotation,
    "account.move": an_invoice,
    HOLD: lambda world, place: an_ended_hold(world, place),
}


def hold_values(world, place):
    end_holds(world, place)
    return {**place.about_customer(), "date_to": "2099-12-31", "reason": world.name()}


def end_holds(world, place):
    running = world.do(place, HOLD, "search", [("partner_id", "=", place.customer), ("is_running", "=", True)])
    if running:
        world.do(place, HOLD, "action_end", running)


def an_ended_hold(world, place):
    """A hold that has ended, because a customer has one running hold at most."""
    hold = world.make(place, HOLD, **hold_values(world, place))
    world.do(place, HOLD, "action_end", [hold])
    return hold


def stand_in_values(world, place):
    """Values for a new manager and a new stand-in in the place's company."""
    [manager, deputy] = [
        world.builder.user(world.name(), group, place.company) for group in ("group_manager", "group_manager")
    ]
    return {
        "company_id": place.company,
        "manager_id": manager,
        "delegate_id": deputy,
        "date_from": "2099-01-01",
        "date_to": "2099-01-31",
    }


def a_sale_under_a_licence(world, place):
    """A sale of a new product that needs a new licence."""
    end_holds(world, place)
    licence = world.admin.create("tianyuan.archive.document.type", name=world.name())
    product = world.admin.create("product.product", name=world.name(), type="service")
    world.admin.write("product.product", product, tianyuan_licence_type_ids=[(6, 0, [licence])])
    order = world.make(
        place, ORDER, **place.about_customer(), order_line=[(0, 0, {"product_id": product, "price_unit": 1})]
    )
    world.do(place, ORDER, "write", [order], {"state": "sale"})
    return world.find(place, LICENCE_SALE, ("order_id", "=", order))


ORDER_RECIPES = {
    HOLD: Recipe(hold_values, lambda world, place, role: {"reason": "Another"}, an_ended_hold),
    STAND_IN: Recipe(stand_in_values, lambda world, place, role: {"date_to": "2099-01-30"}),
    LICENCE_SALE: Recipe(
        lambda world, place: place.about_customer(),
        lambda world, place, role: {"amount": 2},
        a_sale_under_a_licence,
        fields=("amount", "is_licensed"),
    ),
}
