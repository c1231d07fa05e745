"""The proof's part of the access matrix: outcomes, which only the software writes, and the report about them."""

from access_records import Opening, Recipe
from odoo_harness import ADDON, RpcError, execute

OUTCOME, PROOF = "tianyuan.rating.outcome", "tianyuan.rating.proof"
ROW = f"{PROOF}.row"


def an_outcome(world, place):
    """What became of the place's confirmed sheet; nobody can create it, not even the administrator."""
    query = """
        INSERT INTO tianyuan_rating_outcome (
            rating_id, partner_id, company_id, horizon, date_from, date_to, has_payments, on_time_rate, is_judged,
            is_bad)
        SELECT id, partner_id, company_id, 'quarter', date_to + 1, date_to + 91, TRUE, 100, TRUE, FALSE
          FROM tianyuan_rating WHERE id = %s
        ON CONFLICT (rating_id, horizon) DO UPDATE SET on_time_rate = 100 RETURNING id
    """
    return execute(world.database, query, [place.confirmed])[0][0]


def outcome_values(world, place):
    return {"rating_id": place.confirmed, "horizon": "year", "date_from": "2024-01-01", "date_to": "2024-12-31"}


def opened_proof(world, client):
    an_outcome(world, world.places["own"])
    try:
        action = client.call("ir.actions.server", "run", [world.admin.ref(f"{ADDON}.tianyuan_rating_proof_action")])
    except RpcError as refusal:
        if refusal.kind != "AccessError":
            raise
        return None
    return action["res_id"]


def opened_row(world, client):
    report = opened_proof(world, client)
    return report and client.search(ROW, [("proof_id", "=", report)])[0]


PROOF_RECIPES = {
    OUTCOME: Recipe(outcome_values, lambda world, place, role: {"on_time_rate": 1}, an_outcome),
}
PROOF_BUTTONS = {OUTCOME: an_outcome}
PROOF_OPENINGS = {
    PROOF: Opening(opened_proof, lambda world: {"company_id": world.places["own"].company}, {"auc": 1}),
    ROW: Opening(
        opened_row,
        lambda world: {
            "proof_id": opened_proof(world, world.clients["manager"]),
            "company_id": world.places["own"].company,
            "section": "tier",
        },
        {"bad_count": 9},
    ),
}
