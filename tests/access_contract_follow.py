"""The contracts' papers, reported issues and figures in the access matrix."""

from access_records import Recipe
from odoo_harness import execute, xmlid

CONTRACT, PAPER = "tianyuan.contract", "tianyuan.contract.paper"
PAPER_TYPE, MATTER, FIGURES = "tianyuan.contract.paper.type", "tianyuan.contract.matter", "tianyuan.contract.analysis"


def a_followed_contract(world, place):
    """A signed contract, which the scheduled action watches."""
    contract = world.make(place, CONTRACT, **place.about_customer(), contract_type="agency")
    execute(world.database, "UPDATE tianyuan_contract SET state = 'signed' WHERE id = %s RETURNING id", [contract])
    return contract


def paper_values(world, place, **values):
    contract = world.make(place, CONTRACT, **place.about_customer())
    return {"contract_id": contract, "name": world.name(), "date_due": "2024-05-01", **values}


def matter_values(world, place):
    contract = world.make(place, CONTRACT, **place.about_customer())
    return {"contract_id": contract, "kind": "papers", "began_on": "2024-05-01", "reported_on": "2024-05-01"}


def a_matter(world, place):
    """The reported issue of a late paper of a signed contract."""
    contract = a_followed_contract(world, place)
    world.make(place, PAPER, contract_id=contract, name=world.name(), date_due="2024-05-01")
    world.admin.call("ir.cron", "method_direct_trigger", [world.admin.ref(xmlid("ir_cron_contract_escalate"))])
    return world.find(place, MATTER, ("contract_id", "=", contract))


FOLLOW_RECIPES = {
    PAPER: Recipe(paper_values, lambda world, place, role: {"note": "Asked for"}),
    MATTER: Recipe(matter_values, lambda world, place, role: {"count": 0}, a_matter, fields=("kind", "count")),
    # Each contract has a row with the contract's name.
    FIGURES: Recipe(
        lambda world, place: {"contract_id": 1, "ordered": 1},
        lambda world, place, role: {"ordered": 1},
        a_followed_contract,
        fields=("ordered", "paid"),
    ),
    PAPER_TYPE: Recipe(
        lambda world, place: {"name": world.name(), "company_id": place.company, "required": False},
        lambda world, place, role: {"sequence": 99},
    ),
}
FOLLOW_BUTTONS = {
    CONTRACT: a_followed_contract,
    FIGURES: a_followed_contract,
    PAPER: lambda world, place: world.make(place, PAPER, **paper_values(world, place)),
}
