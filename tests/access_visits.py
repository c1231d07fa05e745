"""The visits' part of the access matrix: their records, made by the users who would make them, and the calls to try.

The functions have the parameters of recipes: the world and the place.
"""

from access_records import Recipe

VISIT, FINDING = "tianyuan.visit", "tianyuan.visit.finding"
ANSWERS = {"summary": "<p>Well</p>", "no_evaluation": True, "no_demand": True, "no_suggestion": True}


def visit_values(world, place):
    return {**place.about_customer(), "kind": "phone"}


def a_visit(world, place, *steps):
    """A visit, taken some steps further by the administrator."""
    visit = world.make(place, VISIT, **visit_values(world, place), **ANSWERS)
    for step in steps:
        world.do(place, VISIT, step, [visit])
    return visit


def a_made_visit(world, place):
    return a_visit(world, place, "action_done")


def a_reported_visit(world, place):
    return a_visit(world, place, "action_done", "action_report")


def finding_values(world, place):
    return {"visit_id": a_visit(world, place), "finding_type": "demand", "description": "More resin"}


def a_finding(world, place):
    return world.make(place, FINDING, **finding_values(world, place), result="Delivered")


def a_closed_finding(world, place):
    finding = a_finding(world, place)
    world.do(place, FINDING, "action_done", [finding])
    return finding


def a_product(world, place):
    """A product of that company only."""
    return world.make(place, "product.template", name=world.name(), company_id=place.company)


VISIT_RECIPES = {
    VISIT: Recipe(visit_values, lambda world, place, role: {"purpose": "Prices"}, fields=("display_name", "summary")),
    FINDING: Recipe(
        finding_values, lambda world, place, role: {"result": "Delivered"}, fields=("display_name", "description")
    ),
}

# The record each button is tried on, in a state in which the button does something.
VISIT_BUTTONS = {
    f"{VISIT}:action_done": a_visit,
    f"{VISIT}:action_report": a_made_visit,
    f"{VISIT}:action_ask_report": a_made_visit,
    f"{VISIT}:action_hand_in": a_visit,
    f"{VISIT}:action_cancel": a_visit,
    f"{VISIT}:action_replan": a_made_visit,
    f"{VISIT}:action_reopen": a_reported_visit,
    f"{FINDING}:action_done": a_finding,
    f"{FINDING}:action_drop": a_finding,
    f"{FINDING}:action_reopen": a_closed_finding,
    "product.template": a_product,
}
