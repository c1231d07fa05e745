"""A number that an archive once had still finds the customer, and is given to nobody else."""
from pathlib import Path
from runpy import run_path

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..rating.sheets import SheetCommon

NUMBER = 'tianyuan_archive_number'
MIGRATION = Path(__file__).parents[2] / 'migrations' / '19.0.2.2.0' / 'post-former-numbers.py'


@tagged('post_install', '-at_install')
class TestFormerNumbers(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Partner = cls.env['res.partner'].with_user(cls.archive_specialist)
        cls.customer, cls.other_customer = (
            partner.with_user(cls.archive_specialist) for partner in cls.customer + cls.other_customer)

    def merge(self, source, destination):
        wizard = self.env['base.partner.merge.automatic.wizard'].with_user(self.archive_specialist).create({})
        wizard._merge((source + destination).ids, destination.with_env(wizard.env), extra_checks=False)
        self.env.invalidate_all()

    def named(self, text):
        return [partner_id for partner_id, _name in self.Partner.name_search(text)]

    def former(self, partner=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return (partner or self.customer).tianyuan_former_number_ids

    def test_a_changed_number_still_finds_the_customer(self):
        self.customer[NUMBER] = 'XQ-0001'
        self.customer[NUMBER] = 'XQ-0002'
        self.customer[NUMBER] = 'XQ-0003'
        self.assertEqual(self.former().mapped('number'), ['XQ-0002', 'XQ-0001'])
        self.assertEqual(self.former().mapped('reason'), ['changed', 'changed'])
        for text in ('XQ-0001', 'xq-0002', 'XQ-0003', 'Q-0001'):
            self.assertEqual(self.named(text), self.customer.ids, text)

    def test_a_merged_customers_number_finds_the_one_that_stays(self):
        self.customer[NUMBER], self.other_customer[NUMBER] = 'XQ-0001', 'XQ-0002'
        self.merge(self.other_customer, self.customer)
        self.assertEqual(self.customer[NUMBER], 'XQ-0001')
        self.assertEqual((self.former().number, self.former().reason), ('XQ-0002', 'merged'))
        self.assertEqual(self.named('XQ-0002'), self.customer.ids)

    def test_a_number_that_is_taken_over_is_no_former_one(self):
        self.other_customer[NUMBER] = 'XQ-0002'
        self.merge(self.other_customer, self.customer)
        self.assertEqual(self.customer[NUMBER], 'XQ-0002')
        self.assertFalse(self.former())

    def test_numbers_survive_two_mergers(self):
        third = self.Partner.browse(self.new_customer("Third").id)
        third[NUMBER], self.other_customer[NUMBER], self.customer[NUMBER] = 'XQ-0003', 'XQ-0002', 'XQ-0001'
        self.merge(third, self.other_customer)
        self.merge(self.other_customer, self.customer)
        self.assertEqual(set(self.former().mapped('number')), {'XQ-0002', 'XQ-0003'})
        self.assertEqual(self.named('XQ-0003'), self.customer.ids)

    def test_it_is_given_to_no_other_customer(self):
        self.customer[NUMBER] = 'XQ-0001'
        self.customer[NUMBER] = 'XQ-0002'
        with self.assertRaisesRegex(ValidationError, "XQ-0001 was the archive number of another customer"), self.env.cr.savepoint():
            self.other_customer[NUMBER] = 'XQ-0001'
        with self.assertRaisesRegex(ValidationError, "XQ-0001 was the archive number"), self.env.cr.savepoint():
            self.Partner.create({'name': "New", NUMBER: 'XQ-0001'})
        result = self.Partner.load(['name', NUMBER], [["Imported", 'XQ-0001']])
        self.assertFalse(result['ids'])

    def test_the_sequence_skips_it(self):
        self.customer.action_tianyuan_file_archive()
        drawn = self.customer[NUMBER]
        following = f'{drawn[:-5]}{int(drawn[-5:]) + 1:05}'
        self.other_customer[NUMBER] = following
        self.other_customer[NUMBER] = 'XQ-0009'
        third = self.Partner.browse(self.new_customer("Third", channel=self.customer.tianyuan_channel).id)
        third.action_tianyuan_file_archive()
        self.assertEqual(third[NUMBER], f'{drawn[:-5]}{int(drawn[-5:]) + 2:05}')

    def test_the_customer_itself_gets_it_back(self):
        self.customer[NUMBER] = 'XQ-0001'
        self.customer[NUMBER] = 'XQ-0002'
        self.customer[NUMBER] = 'XQ-0001'
        self.assertEqual(self.former().mapped('number'), ['XQ-0002'])

    def test_nobody_writes_them_and_without_a_role_nobody_finds_them(self):
        self.customer[NUMBER] = 'XQ-0001'
        self.customer[NUMBER] = 'XQ-0002'
        for user in self.sales_user + self.archive_specialist + self.rating_manager:
            row = self.former().with_user(user)
            self.assertEqual(row.number, 'XQ-0001')
            with self.subTest(user.login), self.assertRaises(AccessError):
                row.number = 'XQ-0009'
            with self.assertRaises(AccessError):
                row.unlink()
        plain = self.env['res.users'].create({
            'name': "Plain", 'login': 'plain', 'group_ids': [(6, 0, self.env.ref('base.group_user').ids)]})
        self.assertFalse(self.env['res.partner'].with_user(plain).name_search('XQ-0001'))
        self.assertEqual(self.env['res.partner'].with_user(self.sales_user).name_search('XQ-0001')[0][0], self.customer.id)

    def test_those_of_another_companys_customers_are_not_listed_yet_given_to_nobody(self):
        self.customer[NUMBER] = 'XQ-0001'
        self.customer[NUMBER] = 'XQ-0002'
        row = self.former()
        self.customer.sudo().company_id = self.setup_other_company()['company']
        self.env.invalidate_all()
        for user in self.sales_user + self.archive_specialist + self.rating_manager:
            with self.subTest(user.login):
                self.assertFalse(row.with_user(user).search([('number', '=', 'XQ-0001')]))
                with self.assertRaises(AccessError):
                    row.with_user(user).read(['partner_id'])
        with self.assertRaisesRegex(ValidationError, "XQ-0001 was the archive number"), self.env.cr.savepoint():
            self.other_customer[NUMBER] = 'XQ-0001'

    def test_an_upgrade_takes_them_from_the_notes_of_changes(self):
        customer = self.customer.with_context(tracking_disable=False, mail_notrack=False)
        for number in ('XQ-0001', 'XQ-0002', 'XQ-0003'):
            customer[NUMBER] = number
            self.env.flush_all()
            self.env.cr.precommit.run()    # writes the tracked values
        self.former().sudo().unlink()
        self.other_customer[NUMBER] = 'XQ-0001'    # given anew before numbers were kept
        self.env.flush_all()
        run_path(str(MIGRATION))['migrate'](self.env.cr, '19.0.2.1.0')
        self.assertEqual(self.former().mapped('number'), ['XQ-0002'])
        self.assertEqual(self.named('XQ-0002'), self.customer.ids)

    def test_one_query_finds_any_of_them(self):
        self.customer[NUMBER] = 'XQ-0001'
        self.customer[NUMBER] = 'XQ-0002'
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.assertEqual(self.env['res.partner']._tianyuan_ids_by_number('XQ-0001'), self.customer.ids)
