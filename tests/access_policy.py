"""The policies' part of the access matrix: policies, previews of applying them, and logs of it."""

from access_records import Opening, Recipe
from odoo_harness import RpcError

POLICY, APPLICATION, APPLY = "tianyuan.customer.policy", "tianyuan.policy.application", "tianyuan.customer.policy.apply"
APPLY_LINE, APPLICATION_LINE = f"{APPLY}.line", f"{APPLICATION}.line"
CLASSES = ("key", "ordinary", "potential")


def policy_values(world, place):
    """Values of a policy for a past quarter, which is in force for nobody."""
    return {
        "name": world.name(),
        "company_id": place.company,
        "customer_class": "key",
        **world.past_quarter(),
    }


def policies_of_today(world, place):
    """A policy for each class, with a supply priority that the customer doesn't have yet."""
    key = ("policies", place.company)
    if key not in world.records:
        world.records[key] = [
            world.make(
                place,
                POLICY,
                name=world.name(),
                company_id=place.company,
                customer_class=customer_class,
                date_from="2020-01-01",
                supply_priority="low",
            )
            for customer_class in CLASSES
        ]
    policies = world.records[key]
    [customer] = world.do(place, "res.partner", "read", [place.customer], ["tianyuan_supply_priority"])
    other = "high" if customer["tianyuan_supply_priority"] == "low" else "low"
    world.do(place, POLICY, "write", policies, {"supply_priority": other})
    return policies


def an_application(world, place):
    policies_of_today(world, place)
    values = {"scope": "selected", "partner_ids": [(6, 0, [place.customer])], "company_id": place.company}
    apply = world.make(place, APPLY, **values)
    world.do(place, APPLY, "action_preview", [apply])
    return world.do(place, APPLY, "action_apply", [apply])["res_id"]


def an_application_line(world, place):
    return world.find(place, APPLICATION_LINE, ("application_id", "=", an_application(world, place)))


def application_line_values(world, place):
    values = {**place.about_customer(), "condition": "pricelist", "new_value": "Free"}
    return {**values, "application_id": an_application(world, place)}


def apply_values(world):
    own = world.places["own"]
    return {"scope": "selected", "partner_ids": [(6, 0, [own.customer])], "company_id": own.company}


def opened_apply(world, client):
    policies_of_today(world, world.places["own"])
    try:
        apply = client.create(APPLY, **apply_values(world))
    except RpcError as refusal:
        assert refusal.kind == "AccessError"
        return None
    client.call(APPLY, "action_preview", [apply])
    return apply


def opened_apply_line(world, client):
    apply = opened_apply(world, client)
    return apply and client.search(APPLY_LINE, [("apply_id", "=", apply)])[0]


def apply_line_values(world):
    own = world.places["own"]
    policies = policies_of_today(world, own)
    apply = opened_apply(world, world.clients["manager"])
    return {**own.about_customer(), "apply_id": apply, "policy_id": policies[0], "condition": "credit_limit"}


POLICY_RECIPES = {
    POLICY: Recipe(policy_values, lambda world, place, role: {"visit_interval": 30}),
    APPLICATION: Recipe(
        lambda world, place: {"company_id": place.company, "scope": "all", "user_id": world.admin.uid},
        lambda world, place, role: {"change_count": 99},
        an_application,
    ),
    APPLICATION_LINE: Recipe(
        application_line_values, lambda world, place, role: {"new_value": "Free"}, an_application_line
    ),
}
POLICY_OPENINGS = {
    APPLY: Opening(opened_apply, apply_values, {"scope": "all"}),
    APPLY_LINE: Opening(opened_apply_line, apply_line_values, {"selected": False}),
}
