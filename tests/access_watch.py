"""The early warning's part of the access matrix: warnings and courses, which only the nightly watch makes."""

from access_records import Recipe
from odoo_harness import execute

ITEM, COURSE = "tianyuan.watch.item", "tianyuan.watch.course"


def an_item(world, place, reason, for_archive):
    query = """
        INSERT INTO tianyuan_watch_item (partner_id, company_id, reason, for_archive, state, value, found_on, due_on)
        VALUES (%(customer)s, %(company)s, %(reason)s, %(for_archive)s, 'open', 100, '2024-05-20', '2024-05-01')
            ON CONFLICT (partner_id, company_id, reason) WHERE state <> 'cleared' DO UPDATE SET state = 'open'
        RETURNING id
    """
    values = {"customer": place.customer, "company": place.company, "reason": reason, "for_archive": for_archive}
    return execute(world.database, query, values)[0][0]


def a_warning(world, place):
    """Something overdue, which hasn't been acknowledged yet."""
    return an_item(world, place, "overdue", False)


def a_lost_tier(world, place):
    """What archive specialists see, too."""
    return an_item(world, place, "tier_down", True)


def a_course(world, place):
    query = """
        INSERT INTO tianyuan_watch_course (partner_id, company_id, date_from, score, direction)
        VALUES (%(customer)s, %(company)s, '2024-04-01', 80, 'same')
            ON CONFLICT (partner_id, company_id) DO UPDATE SET score = 80
        RETURNING id
    """
    return execute(world.database, query, {"customer": place.customer, "company": place.company})[0][0]


WATCH_RECIPES = {
    ITEM: Recipe(
        lambda world, place: {**place.about_customer(), "reason": "days_late", "found_on": "2024-05-20"},
        lambda world, place, role: {"state": "cleared"},
        a_warning,
    ),
    f"{ITEM}:tier": Recipe(
        lambda world, place: {**place.about_customer(), "reason": "tier_up", "found_on": "2024-05-20"},
        lambda world, place, role: {"state": "cleared"},
        a_lost_tier,
    ),
    COURSE: Recipe(
        lambda world, place: {**place.about_customer(), "date_from": "2024-04-01"},
        lambda world, place, role: {"score": 99},
        a_course,
    ),
}
WATCH_BUTTONS = {ITEM: a_warning}
