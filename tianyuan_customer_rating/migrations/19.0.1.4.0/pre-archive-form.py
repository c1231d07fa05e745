"""The archive's own form goes: it is entered on the customer's page.

While views are loaded, Odoo checks the ones of the database as well, and this form replaces a button that is gone by
then. Views that a company has built on the form are kept, archived, below the customer's page.
"""

FORM = "tianyuan_customer_rating", "res_partner_view_form_archive"


def migrate(cr, _version):
    cr.execute("""
        UPDATE ir_ui_view v SET active = false, inherit_id = form.inherit_id
          FROM ir_model_data d
          JOIN ir_ui_view form ON form.id = d.res_id
         WHERE d.model = 'ir.ui.view' AND (d.module, d.name) = %s AND v.inherit_id = form.id
    """, [FORM])
    cr.execute("""
        DELETE FROM ir_ui_view v USING ir_model_data d
         WHERE d.model = 'ir.ui.view' AND (d.module, d.name) = %s AND v.id = d.res_id
    """, [FORM])
    cr.execute("DELETE FROM ir_model_data WHERE model = 'ir.ui.view' AND (module, name) = %s", [FORM])
