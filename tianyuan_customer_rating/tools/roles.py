"""The groups of the four roles (design §10), checks for them, and prefetch groups of fields."""
from odoo.exceptions import AccessError

SALES = 'tianyuan_customer_rating.group_sales_user'
SPECIALIST = 'tianyuan_customer_rating.group_archive_specialist'
FINANCE = 'tianyuan_customer_rating.group_finance_assessor'
MANAGER = 'tianyuan_customer_rating.group_manager'

# For ``groups`` of fields: one group that all four roles imply. Lists check the groups of every value they show, and
# checking one group is faster than four.
ROLES = 'tianyuan_customer_rating.group_any_role'

# For ``prefetch`` of fields: these columns are read together, and not with Odoo's own fields of partners, companies or
# orders.
ARCHIVE = 'tianyuan_archive'
SETTINGS = 'tianyuan_settings'
APPROVAL = 'tianyuan_approval'


def keeps_archives(user):
    """Return whether a user keeps archives, as specialist or as manager (design §10)."""
    return user.has_group(SPECIALIST) or user.has_group(MANAGER)


def check_manager(records, operation='read'):
    """Refuse users who are no managers, or managers without access to the records.

    :raise AccessError: the user is no manager, or may not do the operation with a record
    """
    records.check_access(operation)
    if not records.env.su and not records.env.user.has_group(MANAGER):
        raise AccessError(records.env._("Only a manager can do this."))


def specialists_of(company):
    """Return the archive specialists who work in a company, administrators last.

    :return: ``res.users`` as superuser
    """
    return company.env.ref(SPECIALIST).sudo().all_user_ids.filtered(
        lambda user: user.active and company in user.company_ids,
    ).sorted(lambda user: (user.has_group('base.group_system'), user.id))


def managers_of(company):
    """Return the managers who work in a company.

    :return: ``res.users`` as superuser
    """
    return company.env.ref(MANAGER).sudo().all_user_ids.filtered(
        lambda user: user.active and company in user.company_ids,
    )
