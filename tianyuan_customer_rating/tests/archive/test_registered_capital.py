"""A registered capital is in the company's currency, unless another one is named (policy 档案 3)."""
from odoo import Command
from odoo.tests import Form, tagged

from ..rating.sheets import SheetCommon

CAPITAL, CURRENCY = 'tianyuan_registered_capital', 'tianyuan_registered_capital_currency_id'


@tagged('post_install', '-at_install')
class TestRegisteredCapital(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.usd = cls.env.ref('base.USD')
        cls.usd.active = True
        cls.archive_specialist.group_ids = [Command.link(cls.env.ref('base.group_partner_manager').id)]
        cls.partners = cls.env['res.partner'].with_user(cls.archive_specialist)

    def test_an_address_has_no_capital_and_no_currency(self):
        self.assertFalse(self.partners.create({'name': "Warehouse"})[CURRENCY])

    def test_a_new_customers_capital(self):
        plain, foreign, none = self.partners.create([
            {'name': "A", CAPITAL: 5_000_000}, {'name': "B", CAPITAL: 100, CURRENCY: self.usd.id}, {'name': "C", CAPITAL: 0},
        ])
        self.assertEqual((plain[CURRENCY], plain[CAPITAL]), (self.company.currency_id, 5_000_000))
        self.assertEqual(foreign[CURRENCY], self.usd)
        self.assertFalse(none[CURRENCY])

    def test_a_capital_written_later(self):
        new, foreign = self.partners.create([{'name': "A"}, {'name': "B", CURRENCY: self.usd.id}])
        new.write({CAPITAL: 12.345})
        self.assertEqual((new[CURRENCY], new[CAPITAL]), (self.company.currency_id, 12.35))
        foreign.write({CAPITAL: 12.345})
        self.assertEqual((foreign[CURRENCY], foreign[CAPITAL]), (self.usd, 12.35))
        foreign.write({CAPITAL: 7})
        self.assertEqual(foreign[CURRENCY], self.usd)
        foreign.write({CAPITAL: 7, CURRENCY: False})
        self.assertEqual(foreign[CURRENCY], self.company.currency_id)
        new.write({CAPITAL: 0})
        self.assertEqual(new[CURRENCY], self.company.currency_id)

    def test_customers_with_and_without_a_currency_together(self):
        both = self.partners.create([{'name': "A", CAPITAL: 1}, {'name': "B"}])
        both.write({CAPITAL: 8})
        self.assertEqual(both.mapped(CURRENCY), self.company.currency_id)
        self.assertEqual(both.mapped(CAPITAL), [8, 8])
        self.assertTrue(both[1][CURRENCY])

    def test_it_is_the_currency_of_the_company_one_works_in(self):
        other = self.env['res.company'].create({'name': "Elsewhere", 'currency_id': self.usd.id})
        self.archive_specialist.company_ids |= other
        partner = self.partners.with_company(other).create({'name': "A", CAPITAL: 100})
        self.assertEqual(partner[CURRENCY], self.usd)

    def test_the_form_shows_it_at_once(self):
        partner = self.partners.create({'name': "A", 'is_company': True})
        with Form(partner) as form:
            form.tianyuan_registered_capital = 100
            self.assertEqual(form.tianyuan_registered_capital_currency_id, self.company.currency_id)
        self.assertEqual(partner[CURRENCY], self.company.currency_id)
