"""The set-up's part of the access matrix: customers without a channel, trials of a quarter, the checklist."""

from access_records import Opening, Recipe, opened

SETUP, SUGGESTION, TRIAL = "tianyuan.setup", "tianyuan.channel.suggestion", "tianyuan.rating.trial"


def a_suggestion(world, place):
    """A customer with an invoice of the last quarter who has no channel; its row has the customer's id."""
    customer = world.admin.create("res.partner", name=world.name(), company_id=place.company)
    world.builder.invoice(place.company, customer, world.quarter[0], 1)
    return customer


SETUP_RECIPES = {
    SUGGESTION: Recipe(
        lambda world, place: {"partner_id": place.customer, "channel": "direct"},
        lambda world, place, role: {"channel": "direct"},
        a_suggestion,
        fields=("channel", "amount"),
    ),
}
SETUP_OPENINGS = {
    TRIAL: Opening(
        lambda world, client: opened(client, SETUP, "action_try", 0),
        lambda world: {"company_id": world.places["own"].company},
        {"customer_count": 99},
    ),
}
SETUP_BUTTONS = {
    SETUP: lambda world, place: 0,  # it has no records
    SUGGESTION: a_suggestion,
    "res.company": lambda world, place: place.company,
}
