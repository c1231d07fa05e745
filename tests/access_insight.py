"""Market insight's part of the access matrix. The place's salesperson is the author; the system writes the log."""

from access_archive import wizard
from access_records import Opening, Recipe

INSIGHT = "tianyuan.market.insight"
SHARE, SHARE_LINE, SHARE_LOG = f"{INSIGHT}.share", f"{INSIGHT}.share.line", f"{INSIGHT}.share.log"


def insight_values(world, place):
    return {"name": world.name(), "company_id": place.company, "topic": "demand", "content": "<p>Prices rise.</p>"}


def an_insight(world, place):
    author = world.clients["stranger" if place.name == "foreign" else "sales"]
    return author.create(INSIGHT, **insight_values(world, place))


def a_finished_insight(world, place):
    insight = an_insight(world, place)
    world.do(place, INSIGHT, "action_retire", [insight])
    return insight


def an_insight_to_share(world):
    """A manager's insight that was shared before, so that everyone with a role for sharing may share it."""
    if "shared insight" not in world.records:
        place = world.places["own"]
        world.records["shared insight"] = world.make(place, INSIGHT, **insight_values(world, place))
        share(world, place, world.records["shared insight"])
    return world.records["shared insight"]


def share(world, place, insight):
    """Share an insight with the place's customer, as the administrator."""
    world.admin.write("res.partner", place.customer, email=f"{place.name}@customers.example")
    lines = [(0, 0, {"partner_id": place.customer})]
    wizard = world.make(place, SHARE, insight_id=insight, line_ids=lines)
    world.do(place, SHARE, "action_send", [wizard])


def a_log(world, place):
    insight = an_insight(world, place)
    share(world, place, insight)
    return world.find(place, SHARE_LOG, ("insight_id", "=", insight))


def log_values(world, place):
    return {
        **place.about_customer(),
        "insight_id": an_insight(world, place),
        "user_id": world.admin.uid,
        "result": "sent",
    }


def share_values(world):
    """Values for sharing with one's own customer, who may get the insight again."""
    customer = world.places["own"].customer
    return {
        "insight_id": an_insight_to_share(world),
        "again": True,
        "line_ids": [(0, 0, {"partner_id": customer})],
    }


def opened_line(world, client):
    opening = wizard(SHARE, share_values)(world, client)
    return opening and client.search(SHARE_LINE, [("share_id", "=", opening)])[0]


def line_values(world):
    """Values for a line of a colleague's dialog, which nobody may add to."""
    if "insight dialog" not in world.records:
        world.records["insight dialog"] = world.admin.create(SHARE, **share_values(world))
    return {"share_id": world.records["insight dialog"], "partner_id": world.places["own"].customer}


INSIGHT_RECIPES = {
    INSIGHT: Recipe(insight_values, lambda world, place, role: {"source": "Known"}, an_insight),
    SHARE_LOG: Recipe(
        log_values, lambda world, place, role: {"result": "sent"}, a_log, fields=("email", "result", "user_id")
    ),
}
# The first partner is the main company's, which everybody may read.
INSIGHT_OPENINGS = {
    SHARE: Opening(wizard(SHARE, share_values), share_values, {"again": False}),
    SHARE_LINE: Opening(opened_line, line_values, {"partner_id": 1}),
}
INSIGHT_BUTTONS = {
    INSIGHT: an_insight,
    f"{INSIGHT}:action_restore": a_finished_insight,
    SHARE_LOG: a_log,
}
