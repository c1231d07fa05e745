"""统一社会信用代码: wrong ones warn, nothing is blocked, foreign customers have other numbers."""
from odoo.tests import Form, tagged

from ...tools.tax_ids import CHARACTERS, CHECK_DIGIT, LENGTH, what_is_wrong
from .common import CollectionCommon

# Made up. The check digit is 31 less the weighted sum of the others, modulo 31 (GB 32100-2015).
RIGHT = '913702037063584125'


@tagged('post_install', '-at_install')
class TestTaxIds(CollectionCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.china, cls.france = cls.env.ref('base.cn'), cls.env.ref('base.fr')
        cls.company.country_id = cls.china

    def test_a_code_is_checked_by_its_last_character(self):
        for number, wrong in (
            (RIGHT, None), ('91110000600037341L', None), ('91110000 6000-37341l', None), ('CN91110000600037341L', None),
            ('91110000600037341M', CHECK_DIGIT), ('91110000600037431L', CHECK_DIGIT),
            ('9111000060003734', LENGTH), ('911100006000373410L', LENGTH), ('911100006000O7341L', CHARACTERS),
            ('A1110000600037341L', CHARACTERS), ('370203706358412', None), ('37020370635841X', None),
            ('AB0203706358412', CHARACTERS), ('/', None), ('', None), (False, None),
        ):
            with self.subTest(number):
                self.assertEqual(what_is_wrong(number), wrong)

    def test_a_wrong_code_warns_on_the_customers_form_and_is_saved(self):
        Partner = self.env['res.partner'].with_user(self.archive_specialist).with_company(self.company)
        with Form(Partner.with_context(default_is_company=True)) as form:
            form.name = "Warned Ltd"
            form.country_id = self.china
            form.vat = '91110000600037341M'
            self.assertIn('91110000600037341M', form.tianyuan_vat_warning)
            form.vat = '91110000600037341L'
            self.assertFalse(form.tianyuan_vat_warning)
            form.vat = '9111000060003734'
            self.assertIn('18', form.tianyuan_vat_warning)
        self.assertEqual(form.record.vat, '9111000060003734')

    def test_only_chinese_companies_are_warned_of(self):
        for values, warns in (
            ({'country_id': self.china.id}, True), ({'country_id': False}, True), ({'country_id': self.france.id}, False),
            ({'country_id': self.china.id, 'is_company': False}, False),
        ):
            customer = self.env['res.partner'].with_company(self.company).new(
                {'name': "Warned", 'is_company': True, 'vat': '123', **values})
            with self.subTest(values):
                self.assertEqual(bool(customer.tianyuan_vat_warning), warns)
        self.company.country_id = self.france
        customer = self.env['res.partner'].with_company(self.company).new(
            {'name': "Warned", 'is_company': True, 'vat': '123'})
        self.assertFalse(customer.tianyuan_vat_warning)

    def test_a_collection_form_warns_and_can_be_submitted(self):
        form = self.new_form(False, customer_name="Warned Ltd", vat='91110000600037341M', country_id=self.china.id)
        self.assertIn('91110000600037341M', form.vat_warning)
        form.country_id = self.france
        self.assertFalse(form.vat_warning)
        form.write({'country_id': self.china.id, 'vat': '370203706358412'})
        self.assertFalse(form.vat_warning)
        form.vat = '91110000600037341M'
        form.action_submit()
        self.assertEqual(form.state, 'submitted')
