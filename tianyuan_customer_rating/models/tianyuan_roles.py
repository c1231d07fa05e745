"""The groups of the four roles (design §10), and what is read together."""
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


def managers_of(company):
    """The managers who work in a company.

    :return: ``res.users`` as superuser
    """
    return company.env.ref(MANAGER).sudo().all_user_ids.filtered(
        lambda user: user.active and company in user.company_ids,
    )
