"""The access matrix for indicators of a company's own."""

from access_records import Opening
from odoo_harness import RpcError

INDICATOR, INDICATOR_TRIAL = "tianyuan.rating.indicator", "tianyuan.indicator.trial"
INDICATOR_TRIAL_LINE = "tianyuan.indicator.trial.line"


def an_own_indicator(world, place):
    """The number of a customer's orders, for anybody to try."""
    if "own indicator" not in world.values:
        world.values["own indicator"] = world.make(
            world.places["own"],
            INDICATOR,
            name=world.name(),
            code=world.name(),
            category_id=world.find(place, "tianyuan.rating.category"),
            source="computed",
            metric="own_records",
            own_model="sale.order",
            own_partner_path="partner_id",
            own_measure="count",
            own_domain="[('state', '=', 'sale')]",
            own_date_field="date_order",
            own_period="quarter",
        )
    return world.values["own indicator"]


def an_indicator_trial(world, client):
    """What trying the indicator on a customer has made for the user; None if the user may not."""
    place = world.places["own"]
    try:
        action = client.call(INDICATOR, "action_try", [an_own_indicator(world, place)], [place.customer])
    except RpcError as refusal:
        if refusal.kind != "AccessError":
            raise
        return None
    return action["res_id"]


def a_line_of_an_indicator_trial(world, client):
    trial = an_indicator_trial(world, client)
    return trial and client.search(INDICATOR_TRIAL_LINE, [("trial_id", "=", trial)])[0]


def trial_values(world):
    return {
        "indicator_id": an_own_indicator(world, world.places["own"]),
        "company_id": world.places["own"].company,
    }


INDICATOR_OPENINGS = {
    INDICATOR_TRIAL: Opening(an_indicator_trial, trial_values, {"customer_ids": [(5,)]}),
    INDICATOR_TRIAL_LINE: Opening(
        a_line_of_an_indicator_trial,
        lambda world: {
            "trial_id": an_indicator_trial(world, world.admin),
            "partner_id": world.places["own"].customer,
        },
        {"points": 99},
    ),
}
INDICATOR_BUTTONS = {INDICATOR: an_own_indicator}
