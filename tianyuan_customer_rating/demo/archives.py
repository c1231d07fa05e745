"""The demo's customer archives: documents, filing and reviews, borrowing, collection forms and contact profiles."""
from datetime import timedelta

from . import borrows, contact_profiles, documents, forms, setup, tables
from .records import as_user, ref

CLOSED = ('d24',)    # has bought nothing for long
# Days since the last review of an archive; the default interval is three months.
REVIEWED = (8, 20, 33, 47, 61, 76)
REVIEW_DUE = {'d12': 103, 'd18': 97, 's09': 110}


def load(env, today):
    """Fill the archives, each step by the user in charge; does nothing if that was done before.

    If customers were deleted, the demo isn't changed.
    """
    customers = {row['key']: ref(env, f'customer_{row["key"]}') for row in tables.customers()}
    if ref(env, f'borrow_{next(iter(borrows.BORROWS))}') or not all(customers.values()):
        return
    # Notify in Odoo, since the demo's e-mail addresses don't exist.
    env['res.users'].union(*(ref(env, key) for key, *_rest in setup.USERS)).notification_type = 'inbox'
    documents.load(env, customers, today)
    file(env, customers, today)
    borrows.load(env, customers, today)
    forms.load(env, customers, today)
    contact_profiles.load(env, customers, today)


def file(env, customers, today):
    """File the archives in small groups over the last months, so that some are due for review again."""
    kept = [key for key, customer in customers.items() if customer.tianyuan_archive_state == 'collecting']
    kept = [key for key in kept if key not in documents.COLLECTED]
    partners = as_user(env, 'specialist')['res.partner']
    partners.browse(customers[key].id for key in kept).action_tianyuan_file_archive()
    reviewed = {}
    for number, key in enumerate(kept):
        reviewed.setdefault(REVIEW_DUE.get(key, REVIEWED[number % len(REVIEWED)]), []).append(customers[key].id)
    for days, ids in reviewed.items():
        day = today - timedelta(days=days)
        partners.browse(ids).write({
            'tianyuan_archive_reviewed_on': day,
            'tianyuan_archive_review_due_on': partners._tianyuan_next_review(day),
        })
    partners.browse(customers[key].id for key in CLOSED).action_tianyuan_close_archive()
    env['res.partner'].browse(customers[key].id for key in kept).filtered(
        lambda archive: archive.tianyuan_archive_state == 'filed' and archive.tianyuan_archive_review_due_on <= today,
    )._tianyuan_ask_for_review()
