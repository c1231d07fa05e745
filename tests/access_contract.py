"""The contracts' part of the access matrix: contracts, their checks and lines, and the templates they follow.

The functions have the parameters of recipes: the world and the place.
"""

from access_records import Recipe

CONTRACT, CHECK, LINE = "tianyuan.contract", "tianyuan.contract.check", "tianyuan.contract.line"
TEMPLATE = "tianyuan.contract.template"


def contract_values(world, place):
    return {**place.about_customer(), "subject": world.name()}


def a_contract(world, place):
    return world.make(place, CONTRACT, **contract_values(world, place))


def an_order(world, place):
    """An order of the salesperson; in the other company it has no salesperson."""
    salesperson = {"own": "sales", "other": "colleague"}.get(place.name)
    return world.make(
        place,
        "sale.order",
        partner_id=place.customer,
        company_id=place.company,
        user_id=world.users[salesperson] if salesperson else False,
    )


def an_order_of_a_contract(world, place):
    order = an_order(world, place)
    world.do(place, "sale.order", "action_tianyuan_make_contract", [order])
    return order


def a_signed_contract(world, place):
    """A signed contract with a line."""
    template = world.make(place, TEMPLATE, **template_values(world, place))
    world.do(place, TEMPLATE, "action_approve", [template])
    paint = world.make(place, "product.product", name="Paint", type="consu", tianyuan_specification="25 kg")
    order = an_order(world, place)
    world.make(place, "sale.order.line", order_id=order, product_id=paint, product_uom_qty=2, price_unit=50)
    values = {"template_id": template, "date_start": "2024-01-01", "date_end": "2999-12-31", "settlement": "In cash"}
    [customer] = world.do(place, "res.partner", "read", [place.customer], ["tianyuan_legal_representative"])
    values["signatory_name"] = customer["tianyuan_legal_representative"] or "Somebody"
    contract = world.make(place, CONTRACT, **contract_values(world, place), **values, order_ids=[(6, 0, [order])])
    checks = world.do(place, CHECK, "search", [("contract_id", "=", contract)])
    world.do(place, CHECK, "write", checks, {"result": "passed", "evidence": "Seen"})
    world.do(place, CONTRACT, "action_sign", [contract])
    return contract


def a_check(world, place):
    return world.find(place, CHECK, ("contract_id", "=", a_contract(world, place)))


def a_line(world, place):
    return world.find(place, LINE, ("contract_id", "=", a_signed_contract(world, place)))


def template_values(world, place):
    terms = dict.fromkeys(("quality", "rights", "disputes"), "As agreed")
    return {"name": world.name(), "company_id": place.company, **terms}


def an_approved_template(world, place):
    template = world.make(place, TEMPLATE, **template_values(world, place))
    world.do(place, TEMPLATE, "action_approve", [template])
    return template


CONTRACT_RECIPES = {
    CONTRACT: Recipe(
        contract_values, lambda world, place, role: {"subject": "Paint"}, fields=("display_name", "missing")
    ),
    CHECK: Recipe(
        lambda world, place: {"contract_id": a_contract(world, place), "kind": "credit"},
        lambda world, place, role: {"result": "passed", "evidence": "Register"},
        a_check,
    ),
    LINE: Recipe(
        lambda world, place: {"contract_id": a_contract(world, place), "name": "Gold"},
        lambda world, place, role: {"quantity": 99},
        a_line,
    ),
    TEMPLATE: Recipe(template_values, lambda world, place, role: {"disputes": "By lot"}),
}
CONTRACT_BUTTONS = {
    CONTRACT: a_contract,
    f"{CONTRACT}:action_done": a_signed_contract,
    f"{TEMPLATE}:action_approve": lambda world, place: world.make(place, TEMPLATE, **template_values(world, place)),
    f"{TEMPLATE}:action_withdraw": an_approved_template,
    "sale.order:action_tianyuan_make_contract": an_order,
    "sale.order:action_tianyuan_new_contract": an_order,
    "sale.order:action_tianyuan_contract": an_order_of_a_contract,
}
