"""The addon's terms come out in Chinese on the screens."""
from odoo.tests import TransactionCase, tagged

from odoo.addons.tianyuan_customer_rating.tests.translations import TranslationChecks

MODULE = 'tianyuan_customer_visit'


@tagged('post_install', '-at_install')
class TestTranslations(TranslationChecks, TransactionCase):

    module = MODULE
    same = {'ID', '/ 100', '100%', 'object.name', 'object.display_name'}
    kinds = (
        'model:ir.model.fields,field_description', 'model:ir.model.fields,help', 'model:ir.model,name',
        'model_terms:ir.ui.view,arch_db', 'model:ir.ui.menu,name', 'model:ir.actions.act_window,name',
        'model_terms:ir.actions.act_window,help', f'code:addons/{MODULE}/models/tianyuan_visit.py',
    )
