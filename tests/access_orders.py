"""The part of the access matrix about quotations that a manager approves.

Functions get the world and the place, as recipes do.
"""

from access_archive import wizard
from access_records import Opening

ORDER, REFUSE = "sale.order", "tianyuan.order.refuse"


def a_quotation(world, place):
    """Of the customer's salesperson; nothing speaks against it, so steps are refused but to whoever may take them."""
    salesperson = world.users["colleague" if place.name == "other" else "sales"]
    return world.make(place, ORDER, **place.about_customer(), user_id=salesperson)


def refuse_values(world):
    return {"order_ids": [(6, 0, [a_quotation(world, world.places["own"])])], "reason": "Not yet"}


ORDER_OPENINGS = {REFUSE: Opening(wizard(REFUSE, refuse_values), refuse_values, {"reason": "Another"})}
ORDER_BUTTONS = {ORDER: a_quotation}
