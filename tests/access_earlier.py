"""The imports' part of the access matrix: earlier ratings that a manager takes over, and the calls to try."""

import base64

from access_records import Recipe

IMPORT = "tianyuan.rating.import"
PROBLEM = f"{IMPORT}.problem"


def import_values(world, place, points=70):
    """A list with one rating of a new customer."""
    name = f"Earlier {world.name()}"
    world.make(
        place, "res.partner", name=name, is_company=True, tianyuan_channel="direct", company_id=place.company
    )
    rows = f"Customer,Quarter,Tier,Total\n{name},2015 Q1,A,{points}\n"
    content = base64.b64encode(rows.encode()).decode()
    return {"company_id": place.company, "file": content, "file_name": "earlier.csv"}


def an_import(world, place, **values):
    return world.make(place, IMPORT, **import_values(world, place, **values))


def a_checked_import(world, place, **values):
    batch = an_import(world, place, **values)
    world.do(place, IMPORT, "action_check", [batch])
    return batch


def a_done_import(world, place):
    batch = a_checked_import(world, place)
    world.do(place, IMPORT, "action_import", [batch])
    return batch


def a_problem(world, place):
    return world.find(place, PROBLEM, ("import_id", "=", a_checked_import(world, place, points=170)))


EARLIER_RECIPES = {
    IMPORT: Recipe(import_values, lambda world, place, role: {"file_name": "other.csv"}),
    PROBLEM: Recipe(
        lambda world, place: {"import_id": an_import(world, place), "row": 2, "message": "Made up"},
        lambda world, place, role: {"message": "Nothing is wrong"},
        a_problem,
    ),
}

# The record each button is tried on, in a state in which the button does something.
EARLIER_BUTTONS = {
    f"{IMPORT}:action_download_template": an_import,
    f"{IMPORT}:action_check": an_import,
    f"{IMPORT}:action_import": a_checked_import,
    f"{IMPORT}:action_ask_remove": a_done_import,
    f"{IMPORT}:action_remove": a_done_import,
    f"{IMPORT}:action_open_ratings": a_done_import,
}
