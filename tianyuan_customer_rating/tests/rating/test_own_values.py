"""Own indicators' values, against numbers worked out by hand."""
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from ...engine import own_values
from .own_indicators import OwnCommon

REFUNDS = "[('state', '=', 'posted'), ('move_type', '=', 'out_refund')]"
INVOICES = "[('state', '=', 'posted'), ('move_type', '=', 'out_invoice')]"


@tagged('post_install', '-at_install')
class TestOwnValues(OwnCommon):

    def orders(self, *days, amount=100.0, partner=None):
        """Confirmed orders at noon of days in China, which is four hours in UTC."""
        return [self.order(partner or self.customer, f'{day} 04:00:00', amount) for day in days]

    def invoices_indicator(self, measure, field=False, **values):
        return self.own_indicator(
            own_model='account.move', own_measure=measure, own_measure_field=field, own_domain=INVOICES,
            own_date_field='invoice_date', **values)

    def test_a_count_takes_the_records_of_its_period_and_of_its_filter(self):
        self.orders('2023-06-30', '2023-07-01', '2024-03-31', '2024-04-01', '2024-06-30', '2024-07-01')
        self.order(self.customer, '2024-05-05 04:00:00', 100, confirm=False)
        # quarter: 1 April, 30 June; twelve months: also 1 July 2023 and 31 March; up to the end: also 30 June 2023
        for period, count in (('quarter', 2.0), ('year', 4.0), ('until', 5.0)):
            with self.subTest(period):
                self.assertEqual(self.values(self.own_indicator(own_period=period)), count)

    def test_a_moment_belongs_to_the_day_of_the_companys_time_zone(self):
        # In China the quarter ends at 16:00 UTC on 30 June, and begins at 16:00 UTC on 31 March.
        for moment in ('2024-03-31 15:59:59', '2024-03-31 16:00:00', '2024-06-30 15:59:59', '2024-06-30 16:00:00'):
            self.order(self.customer, moment, 100)
        indicator = self.own_indicator()
        self.assertEqual(self.values(indicator), 2.0)
        self.env.user.tz = 'America/New_York'
        self.assertEqual(self.values(indicator), 2.0)

    def test_nobodys_records_are_a_count_and_a_sum_of_zero(self):
        self.assertEqual(self.values(self.own_indicator()), 0.0)
        self.assertEqual(self.values(self.own_indicator(own_measure='sum', own_measure_field='amount_untaxed')), 0.0)
        self.assertEqual(self.values(self.own_indicator(own_measure='count_distinct', own_measure_field='user_id')), 0.0)

    def test_what_needs_records_has_no_data_without_them(self):
        for measure, values in (
            ('average', {'own_measure_field': 'amount_untaxed'}), ('days_since', {}),
            ('days_until', {'own_end_field': 'validity_date'}), ('share_count', {'own_base_domain': '[]'}),
        ):
            with self.subTest(measure):
                self.assertIsNone(self.values(self.own_indicator(own_measure=measure, **values)))

    def test_sum_and_average(self):
        self.invoice(self.customer, '2024-04-01', 100)
        self.invoice(self.customer, '2024-06-30', 200.55)
        self.invoice(self.customer, '2024-07-01', 999)
        self.invoice(self.other_customer, '2024-05-01', 7)
        total, mean = (self.invoices_indicator(measure, 'amount_untaxed') for measure in ('sum', 'average'))
        # 100 + 200.55 = 300.55; ÷ 2 = 150.275
        self.assertEqual(self.values(total, self.customer, self.other_customer), [300.55, 7.0])
        self.assertEqual(self.values(mean, self.customer, self.other_customer), [150.275, 7.0])

    def test_values_have_four_decimals(self):
        for amount in (100, 100, 100.01):
            self.invoice(self.customer, '2024-04-01', amount)
        # 300.01 ÷ 3 = 100.00333…
        self.assertEqual(self.values(self.invoices_indicator('average', 'amount_untaxed')), 100.0033)

    def test_foreign_amounts_are_converted_at_the_rate_of_their_day(self):
        usd = self.new_usd(('2024-01-01', 7.0), ('2024-06-01', 7.5))
        self.invoice(self.customer, '2024-05-31', 100, currency=usd)    # 700
        self.invoice(self.customer, '2024-06-01', 100, currency=usd)    # 750
        self.invoice(self.customer, '2024-06-02', 50)
        self.assertEqual(self.values(self.invoices_indicator('sum', 'amount_untaxed')), 1500.0)
        self.assertEqual(self.values(self.invoices_indicator('average', 'amount_untaxed')), 500.0)
        # posted in company currency, so nothing is converted
        self.assertEqual(self.values(self.invoices_indicator('sum', 'amount_untaxed_signed')), 1500.0)

    def test_without_a_date_foreign_amounts_are_converted_at_the_rate_of_the_quarters_end(self):
        usd = self.new_usd(('2024-01-01', 7.0), ('2024-06-01', 7.5), ('2024-07-01', 8.0))
        self.invoice(self.customer, '2024-05-31', 100, currency=usd)
        indicator = self.own_indicator(
            own_model='account.move', own_measure='sum', own_measure_field='amount_untaxed', own_domain=INVOICES,
            own_date_field=False, own_period=False)
        self.assertEqual(self.values(indicator), 750.0)

    def test_days_since_the_last_date_up_to_the_quarters_end(self):
        self.orders('2024-01-01', '2024-06-20', '2024-07-02')
        indicator = self.own_indicator(own_measure='days_since', own_period='until')
        self.assertEqual(self.values(indicator), 10.0)    # 20 to 30 June
        self.order(self.customer, '2024-06-30 15:59:59', 1)
        self.assertEqual(self.values(indicator), 0.0)
        # the year before: 31 December 2023 to 1 January 2024 is after it
        self.assertIsNone(self.values(indicator, quarter=self.quarter_of('2023-11-11')))

    def test_days_until_the_next_last_day(self):
        for day in ('2024-06-29', '2024-07-10', '2024-09-01'):
            self.order(self.customer, '2024-05-01 04:00:00', 1).validity_date = day
        self.order(self.customer, '2024-07-01 04:00:00', 1).validity_date = '2024-07-02'    # not yet there
        indicator = self.own_indicator(own_measure='days_until', own_end_field='validity_date', own_period='until')
        self.assertEqual(self.values(indicator), 10.0)

    def test_a_share_of_a_sum_and_of_a_number(self):
        for day, amount in (('2023-07-01', 300), ('2024-06-30', 500), ('2024-07-01', 1000)):
            self.invoice(self.customer, day, amount)
        self.invoice(self.customer, '2024-05-01', 120, kind='out_refund')
        self.invoice(self.customer, '2024-07-01', 500, kind='out_refund')
        shared = {
            'own_model': 'account.move', 'own_domain': REFUNDS, 'own_base_domain': INVOICES,
            'own_date_field': 'invoice_date', 'own_period': 'year',
        }
        # 120 of 300 + 500; one of two
        of_sum = self.own_indicator(own_measure='share_sum', own_measure_field='amount_untaxed', **shared)
        of_number = self.own_indicator(own_measure='share_count', **shared)
        self.assertEqual(self.values(of_sum), 15.0)
        self.assertEqual(self.values(of_number), 50.0)
        # who bought without returning anything returns nothing; who bought nothing has no share
        self.invoice(self.other_customer, '2024-05-01', 10)
        nobody = self.new_customer("Buys nothing")
        self.assertEqual(self.values(of_sum, self.other_customer, nobody), [0.0, None])

    def test_returns_in_several_currencies_are_shares_of_company_currency(self):
        usd = self.new_usd(('2024-01-01', 8))
        self.invoice(self.customer, '2024-05-01', 600)
        self.invoice(self.customer, '2024-05-02', 50, currency=usd)
        self.invoice(self.customer, '2024-05-03', 10, currency=usd, kind='out_refund')
        self.invoice(self.customer, '2024-05-04', 20, kind='out_refund')
        preset = self.env['tianyuan.rating.indicator']._own_presets()['returns']
        # 10 · 8 + 20 of 600 + 50 · 8
        self.assertEqual(self.values(self.own_indicator(**preset)), 10.0)

    def test_records_without_a_company_are_those_of_their_one_record_with_a_company(self):
        other = self.setup_other_company()['company']
        self.order(self.customer, '2024-05-01 04:00:00', 1)
        for _place in range(2):
            self.order(self.customer, '2024-05-01 04:00:00', 1, company=other)
        indicator = self.own_indicator(
            own_model='sale.order.line', own_partner_path='order_partner_id', own_domain=False,
            own_date_field='create_date', own_period='until')
        self.env.flush_all()
        self.env.cr.execute(SQL("UPDATE sale_order_line SET create_date = '2024-05-01'"))
        with patch.object(own_values, 'company_field', return_value='order_id.company_id'):
            self.assertEqual(self.values(indicator), 1.0)
            self.assertEqual(self.values(indicator, company=other), 2.0)

    def test_contacts_count_for_their_company_even_when_archived(self):
        contact = self.new_contact(self.customer)
        self.orders('2024-05-01', partner=contact)
        self.orders('2024-05-02')
        contact.active = False
        self.assertEqual(self.values(self.own_indicator()), 2.0)

    def test_a_path_leads_to_the_customer(self):
        self.orders('2024-05-01', partner=self.new_contact(self.customer))
        indicator = self.own_indicator(
            own_model='sale.order.line', own_partner_path='order_id.partner_id', own_measure='sum',
            own_measure_field='product_uom_qty', own_domain="[('order_id.state', '=', 'sale')]",
            own_date_field='create_date', own_period='until')
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order_line SET create_date = '2024-05-01 04:00:00'")
        self.env.invalidate_all()
        self.assertEqual(self.values(indicator), 1.0)

    def test_what_is_open_or_valid_on_the_last_day(self):
        """From its date until its last day, both empty for ever; a closing day can be excluded."""
        days = [    # from, until, valid on 30 June, still open after 30 June
            ('2024-01-01', '2024-06-29', False, False),
            ('2024-01-01', '2024-06-30', True, False),
            ('2024-06-30', '2024-07-01', True, True),
            ('2024-07-01', '2024-12-31', False, False),
            ('2024-01-01', False, True, True),
        ]
        for begin, end, *_expected in days:
            self.order(self.customer, f'{begin} 04:00:00', 1).validity_date = end
        for included, place in ((True, 2), (False, 3)):
            indicator = self.own_indicator(
                own_period='valid', own_end_field='validity_date', own_end_included=included)
            self.assertEqual(self.values(indicator), float(sum(row[place] for row in days)))

    def test_certificates_valid_are_counted_once_per_kind_and_stay_counted_after_renewal(self):
        Document = self.env['tianyuan.archive.document'].with_user(self.archive_specialist)
        kinds = self.env['tianyuan.archive.document.type'].search([], limit=2)
        indicator = self.env['tianyuan.rating.indicator'].with_user(self.rating_manager).create({
            **self.own_values_of(), 'own_domain': False,
            **self.env['tianyuan.rating.indicator']._own_presets()['certificates'],
        })

        def document(kind, begin, end):
            return Document.create({
                'name': "Paper", 'partner_id': self.customer.id, 'type_id': kind.id, 'valid_from': begin,
                'valid_until': end, 'upload': 'JVBERi0xLjQK', 'file_name': "paper.pdf",
                'company_id': self.company.id,
            })

        old = document(kinds[0], '2023-01-01', '2024-06-30')
        document(kinds[0], '2024-05-01', '2025-06-30')     # of the same kind
        document(kinds[1], '2024-07-01', '2025-06-30')     # not yet
        self.assertEqual(self.values(indicator), 1.0)
        document(kinds[1], '2024-06-30', '2024-06-30')
        self.assertEqual(self.values(indicator), 2.0)
        old.active = False
        self.assertEqual(self.values(indicator), 2.0)

    def test_other_companies_do_not_mix_and_branches_count(self):
        other = self.setup_other_company()['company']
        branch = self.env['res.company'].create({'name': "Branch", 'parent_id': self.company.id})
        self.env.user.company_ids += branch
        self.orders('2024-05-01')
        self.order(self.customer, '2024-05-01 04:00:00', 1, company=branch)
        for _number in range(3):
            self.order(self.customer, '2024-05-01 04:00:00', 1, company=other)
        indicator = self.own_indicator()
        self.assertEqual(self.values(indicator), 2.0)
        self.assertEqual(self.values(indicator, company=other), 3.0)

    def test_a_number_on_the_customer(self):
        self.customer.tianyuan_registered_capital = 5_000_000
        self.customer.tianyuan_registered_capital_currency_id = self.cny
        indicator = self.number_indicator('tianyuan_registered_capital')
        # an unset number is no data, or zero where the definition says so
        self.assertEqual(self.values(indicator, self.customer, self.other_customer), [5_000_000.0, None])
        indicator.own_zero_is_nothing = False
        self.assertEqual(self.values(indicator, self.customer, self.other_customer), [5_000_000.0, 0.0])

    def test_a_foreign_number_on_the_customer_is_converted_at_the_quarters_end(self):
        usd = self.new_usd(('2024-01-01', 7.0), ('2024-07-01', 8.0))
        self.customer.tianyuan_registered_capital = 1000
        self.customer.tianyuan_registered_capital_currency_id = usd
        self.assertEqual(self.values(self.number_indicator('tianyuan_registered_capital')), 7000.0)

    def test_a_companys_number_on_the_customer_is_the_rated_companys(self):
        other = self.setup_other_company()['company']
        self.env['ir.model.fields'].sudo().create({
            'name': 'x_stars', 'model_id': self.env['ir.model']._get_id('res.partner'), 'ttype': 'float',
            'field_description': "Stars", 'company_dependent': True, 'state': 'manual',
        })
        self.customer.with_company(self.company).x_stars = 4.5
        self.customer.with_company(other).x_stars = 2.0
        indicator = self.number_indicator('x_stars')
        self.assertEqual(self.values(indicator), 4.5)
        self.assertEqual(self.values(indicator, company=other), 2.0)

    def test_later_records_change_nothing(self):
        self.orders('2024-05-01', '2024-06-30')
        indicators = [
            self.own_indicator(), self.own_indicator(own_measure='days_since', own_period='until'),
            self.own_indicator(own_measure='average', own_measure_field='amount_untaxed', own_period='year'),
            self.own_indicator(own_measure='share_count', own_base_domain="[]"),
        ]
        before = [self.values(indicator) for indicator in indicators]
        self.assertEqual(before, [2.0, 0.0, 100.0, 100.0])
        self.orders('2024-07-01', '2025-01-01', amount=9999)
        self.order(self.customer, '2024-08-01 04:00:00', 5, confirm=False)
        self.assertEqual([self.values(indicator) for indicator in indicators], before)

    def test_the_quarter_to_date_ends_today(self):
        self.orders('2024-05-01', '2024-06-20')
        until = self.quarter._replace(date_to=fields.Date.to_date('2024-05-11'))
        self.assertEqual(self.values(self.own_indicator(), quarter=until), 1.0)
        self.assertEqual(self.values(
            self.own_indicator(own_measure='days_since', own_period='until'), quarter=until), 10.0)
