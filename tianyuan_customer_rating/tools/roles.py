"""The groups of the four roles (design §10), what they may do, and what is read together."""
from odoo.exceptions import AccessError

SALES = 'tianyuan_customer_rating.group_sales_user'
SPECIALIST = 'tianyuan_customer_rating.group_archive_specialist'
FINANCE = 'tianyuan_customer_rating.group_finance_assessor'
MANAGER = 'tianyuan_customer_rating.group_manager'

# As a field's ``groups``: whoever has one of the four, which all imply it. A list asks for every value it shows of a
# field whether the user has its groups, and one is sooner found than four.
ROLES = 'tianyuan_customer_rating.group_any_role'

# Fields' ``prefetch``: who reads Odoo's own fields of a partner, a company or an order, as all of Odoo does, doesn't
# read these along with them; who reads one of these reads the others of its kind.
ARCHIVE = 'tianyuan_archive'
SETTINGS = 'tianyuan_settings'
APPROVAL = 'tianyuan_approval'


def keeps_archives(user):
    """Whether a user keeps archives: as specialist or as manager (design §10)."""
    return user.has_group(SPECIALIST) or user.has_group(MANAGER)


def check_manager(records, operation='read'):
    """Refuse everyone but managers, and managers without access to the records.

    :raise AccessError: the user is no manager, or may not do that with a record
    """
    records.check_access(operation)
    if not records.env.su and not records.env.user.has_group(MANAGER):
        raise AccessError(records.env._("Only a manager can do this."))


def managers_of(company):
    """The managers who work in a company.

    :return: ``res.users`` as superuser
    """
    return company.env.ref(MANAGER).sudo().all_user_ids.filtered(
        lambda user: user.active and company in user.company_ids,
    )
