"""The bridge's terms come out in Chinese on the screens."""
from odoo.tests import TransactionCase, tagged

from odoo.addons.tianyuan_customer_rating.tests.translations import TranslationChecks

from .questionnaires import MODULE


@tagged('post_install', '-at_install')
class TestTranslations(TranslationChecks, TransactionCase):

    module = MODULE
    same = {'ID', '/ 100'}
    kinds = (
        'model:ir.model.fields,field_description', 'model:ir.model.fields,help', 'model:ir.model,name',
        'model_terms:ir.ui.view,arch_db', 'model:ir.ui.menu,name', 'model:ir.actions.act_window,name',
        'model_terms:ir.actions.act_window,help', 'model:ir.actions.server,name',
        'model:survey.survey,title', 'model:survey.question,title', 'model:survey.question,question_placeholder',
        f'code:addons/{MODULE}/wizard/tianyuan_questionnaire.py',
    )

    def test_the_survey_is_chinese(self):
        survey = self.zh.ref(f'{MODULE}.survey_satisfaction')
        self.assertEqual(survey.title, '客户满意度调查')
        for question in survey.question_ids:
            self.assertRegex(question.title, '[\u4e00-\u9fff]')
