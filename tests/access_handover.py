"""The hand-overs' part of the access matrix: who hands whose customers over, and the calls to try.

The functions have the parameters of recipes: the world and the place.
"""

from access_records import Recipe

HAND_OVER = "tianyuan.hand.over"
LINE, KIND = f"{HAND_OVER}.line", f"{HAND_OVER}.kind"


def salesperson(world, place):
    """Return the user whose customers the place is about."""
    return world.users["colleague" if place.name == "other" else "sales"]


def hand_over_values(world, place):
    return {"from_user_id": salesperson(world, place), "company_id": place.company}


def a_hand_over(world, place, **values):
    """A draft about a new customer only, because handing over the others' would change the world."""
    customer = world.make(
        place,
        "res.partner",
        name=world.name(),
        is_company=True,
        tianyuan_channel="direct",
        user_id=salesperson(world, place),
        company_id=place.company,
    )
    chosen = {"scope": "chosen", "partner_ids": [(6, 0, [customer])], "to_user_id": world.admin.uid}
    return world.make(place, HAND_OVER, **hand_over_values(world, place), **chosen, **values)


def a_line(world, place):
    hand_over = a_hand_over(world, place, receiver="each")
    world.do(place, HAND_OVER, "action_list_customers", [hand_over])
    return world.find(place, LINE, ("hand_over_id", "=", hand_over))


def a_kind(world, place):
    return world.find(place, KIND, ("hand_over_id", "=", a_hand_over(world, place)), ("key", "=", "customers"))


HANDOVER_RECIPES = {
    HAND_OVER: Recipe(hand_over_values, lambda world, place, role: {"receiver": "team"}, record=a_hand_over),
    LINE: Recipe(
        lambda world, place: {"hand_over_id": a_hand_over(world, place), "partner_id": place.customer},
        lambda world, place, role: {"to_user_id": False},
        record=a_line,
    ),
    KIND: Recipe(
        lambda world, place: {"hand_over_id": a_hand_over(world, place), "key": "mine"},
        lambda world, place, role: {"moved": 1},
        record=a_kind,
    ),
}

# The record each button is tried on, in a state in which the button does something.
HANDOVER_BUTTONS = {
    f"{HAND_OVER}:action_list_customers": a_hand_over,
    f"{HAND_OVER}:action_ask_hand_over": a_hand_over,
    f"{HAND_OVER}:action_hand_over": a_hand_over,
    f"{HAND_OVER}:action_cancel": a_hand_over,
    f"{KIND}:action_open": a_kind,
}
