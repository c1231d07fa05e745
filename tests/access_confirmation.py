"""Recipes of confirmations of many ratings, which nobody creates by hand, not even the administrator."""

from access_records import Opening, Recipe, opened
from odoo_harness import execute
from world import last_quarter

CONFIRMATION, CONFIRMATION_ERROR = "tianyuan.rating.confirmation", "tianyuan.rating.confirmation.error"


def a_confirmation(world, place):
    """A running confirmation, as for more than five hundred ratings."""
    query = """
        INSERT INTO tianyuan_rating_confirmation (
            name, company_id, user_id, state, queue, position, total_count, done_count)
        VALUES ('2024 Q2', %s, %s, 'running', '[]', 0, 501, 0) RETURNING id
    """
    return execute(world.database, query, [place.company, world.users["manager"]])[0][0]


def an_error(world, place):
    query = """
        INSERT INTO tianyuan_rating_confirmation_error (confirmation_id, company_id, rating_id, message)
        VALUES (%s, %s, %s, 'Not ready') RETURNING id
    """
    values = [a_confirmation(world, place), place.company, place.confirmed]
    return execute(world.database, query, values)[0][0]


def a_ready_sheet(world):
    """A sheet that is ready to be confirmed, again after it was."""
    own = world.places["own"]
    if "ready sheet" not in world.records:
        customer = world.builder.customer("Ready", world.admin.uid, own.company)
        sheet = world.builder.rate(own.company, customer, *last_quarter(world.before[0]))
        world.assess(own, sheet)
        world.records["ready sheet"] = sheet
    execute(
        world.database,
        "UPDATE tianyuan_rating SET state = 'ready' WHERE id = %s RETURNING id",
        [world.records["ready sheet"]],
    )
    return world.records["ready sheet"]


CONFIRMATION_OPENINGS = {
    "tianyuan.rating.confirm": Opening(
        lambda world, client: opened(client, "tianyuan.rating", "action_ask_confirm", a_ready_sheet(world)),
        lambda world: {"sheet_ids": [world.places["own"].confirmed], "ready_count": 1},
        {"sheet_ids": [1]},
    ),
}
CONFIRMATION_RECIPES = {
    CONFIRMATION: Recipe(
        lambda world, place: {"name": "2024 Q2", "company_id": place.company, "user_id": world.users["manager"]},
        lambda world, place, role: {"state": "done"},
        a_confirmation,
    ),
    CONFIRMATION_ERROR: Recipe(
        lambda world, place: {
            "confirmation_id": a_confirmation(world, place), "rating_id": place.confirmed, "message": "Made up",
        },
        lambda world, place, role: {"message": "Nothing happened"},
        an_error,
    ),
}
