from odoo.tools import SQL

from odoo.addons.tianyuan_customer_rating.hooks import remove_leftovers


def uninstall_hook(env):
    """Remove what the addon leaves behind, and unlink contracts from templates and documents.

    Odoo deletes templates and documents before contracts, and the contracts' references would prevent that."""
    remove_leftovers(
        env, 'tianyuan_customer_contract', 'tianyuan.contract%',
        tables=('tianyuan_contract_paper',), files=('tianyuan.contract.paper',),
    )
    env.cr.execute(SQL("UPDATE tianyuan_contract SET authorisation_document_id = NULL, template_id = NULL"))
    env.invalidate_all()
