"""The color of a tier is read with the tier and is no field of what has one any more.

Views are loaded one after the other, each checked together with those it stands on or that stand on it: those that
come later must not have the field by then. Views that a company has made of ours lose it, too.
"""

import json
import re

COLOR = re.compile(r'\s*<field name="\w*tier_color"[^>]*/>')
BADGE = re.compile(r'''widget="badge" options="\{'color_field': '\w*tier_color'\}"''')


def migrate(cr, _version):
    cr.execute("""
        SELECT v.id, v.arch_db::text
          FROM ir_ui_view v
          LEFT JOIN ir_model_data d ON d.model = 'ir.ui.view' AND d.res_id = v.id
         WHERE v.arch_db::text LIKE '%tianyuan\\_tier\\_color%'
            OR d.module = 'tianyuan_customer_rating' AND v.arch_db::text LIKE '%tier\\_color%'
    """)
    for view_id, archs in cr.fetchall():
        archs = {
            lang: BADGE.sub('widget="tianyuan_tier_badge"', COLOR.sub('', arch))
            for lang, arch in json.loads(archs).items()
        }
        cr.execute("UPDATE ir_ui_view SET arch_db = %s WHERE id = %s", [json.dumps(archs), view_id])
