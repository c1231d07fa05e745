"""A file of archives is compared with itself and with the customers before a row of it is written."""
from odoo.tests import tagged

from .common import CollectionCommon


@tagged('post_install', '-at_install')
class TestDuplicateImport(CollectionCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.known = cls.new_customer("青岛天元化工有限公司", vat='913702037063584125', phone='0532-88881234')
        cls.company.country_id = cls.env.ref('base.cn')

    def load(self, rows, columns=('name', 'vat', 'phone'), user=None):
        partners = self.env['res.partner'].with_user(user or self.archive_specialist).with_company(self.company)
        return partners.with_context(tianyuan_archive_import=True, default_is_company=True).load(
            list(columns), [list(row) for row in rows])

    def said(self, result):
        return [(message['type'], message['rows']['from'], message['field']) for message in result['messages']]

    def assertLoads(self, rows, expected, **options):
        """The rows are written, with these warnings."""
        result = self.load(rows, **options)
        self.assertEqual(self.said(result), expected)
        self.assertTrue(result['ids'])
        return result

    def assertRefuses(self, rows, expected, **options):
        before = self.env['res.partner'].search_count([])
        result = self.load(rows, **options)
        self.assertEqual(self.said(result), expected)
        self.assertFalse(result['ids'])
        self.assertEqual(self.env['res.partner'].search_count([]), before)
        return result

    def test_a_customer_who_is_there_already_is_refused_and_named(self):
        result = self.assertRefuses(
            [("苏州恒诺贸易有限公司", '', ''), ("青島天元化工（股份）有限公司", '', '')], [('error', 1, 'name')])
        [message] = result['messages']
        self.assertIn("Row 3 (青島天元化工（股份）有限公司): ", message['message'])
        self.assertIn("青岛天元化工有限公司", message['message'])
        self.assertIn("external ID", message['message'])
        self.assertRefuses([("苏州恒诺贸易有限公司", '370203706358412', '')], [('error', 0, 'vat')])

    def test_two_rows_of_one_customer_are_refused_and_both_named(self):
        result = self.assertRefuses([
            ("苏州恒诺贸易有限公司", '', ''), ("无锡海瑞树脂有限公司", '', ''), ("苏州市恒诺贸易有限责任公司", '', ''),
        ], [('error', 2, 'name')])
        [message] = result['messages']
        self.assertRegex(message['message'], r"Row 4 \(苏州市恒诺贸易有限责任公司\): .*row 2 \(苏州恒诺贸易有限公司\)")
        self.assertRefuses(
            [("甲乙有限公司", '320100706358412', ''), ("丙丁有限公司", '913201007063584120', '')], [('error', 1, 'vat')])

    def test_a_second_import_of_a_file_is_refused(self):
        rows = [("苏州恒诺贸易有限公司", '', '0512-66661234'), ("无锡海瑞树脂有限公司", '', '')]
        self.assertLoads(rows, [])
        self.assertRefuses(rows, [('error', 0, 'name'), ('error', 1, 'name')])

    def test_similar_customers_and_rows_are_warned_of(self):
        self.assertLoads([
            ("天元化学有限公司", '', ''), ("Nobody Knows Ltd", '', '0532 8888 1234 转 5'),
            ("天元化工贸易有限公司", '', ''),
        ], [('warning', 0, 'name'), ('warning', 1, 'phone'), ('warning', 2, 'name')])

    def test_where_the_company_says_so_duplicates_are_only_warned_of(self):
        self.company.tianyuan_import_duplicates = 'warn'
        result = self.assertLoads(
            [("青岛天元化工有限公司", '', ''), ("青岛天元化工公司", '', '')],
            [('warning', 0, 'name'), ('warning', 1, 'name'), ('warning', 1, 'name')])
        self.assertNotIn("external ID", result['messages'][0]['message'])

    def test_a_row_that_updates_a_customer_is_no_duplicate_of_it(self):
        self.env['ir.model.data'].create({
            'module': '__import__', 'name': 'tianyuan_known', 'model': 'res.partner', 'res_id': self.known.id,
        })
        row = ("青岛天元化工有限公司", '913702037063584125', "Qingdao")
        columns = ('name', 'vat', 'city')
        self.assertLoads([('__import__.tianyuan_known', *row)], [], columns=('id', *columns))
        self.assertLoads([('tianyuan_known', *row)], [], columns=('id', *columns))
        self.assertLoads([(str(self.known.id), *row)], [], columns=('.id', *columns))
        self.assertRefuses([('__import__.tianyuan_new', *row)], [('error', 0, 'vat')], columns=('id', *columns))
        self.assertEqual(self.known.city, "Qingdao")

    def test_rows_that_only_update_customers_who_are_alike_are_warned_of(self):
        twin = self.new_customer("青岛天元化工有限公司", vat=self.known.vat)
        rows = [(str(customer.id), customer.name, customer.vat, "Qingdao") for customer in (self.known, twin)]
        self.assertLoads(
            rows, [('warning', 0, 'vat'), ('warning', 1, 'vat'), ('warning', 1, 'vat')],
            columns=('.id', 'name', 'vat', 'city'))
        self.assertEqual(twin.city, "Qingdao")

    def test_a_row_that_updates_a_company_is_no_duplicate_of_its_branch(self):
        branch = self.new_customer("青岛天元化工有限公司济南分公司", parent_id=self.known.id, vat=self.known.vat)
        for company in (self.known, branch):
            self.assertLoads(
                [(str(company.id), company.name, company.vat)], [], columns=('.id', 'name', 'vat'))

    def test_rows_of_contacts_belong_to_the_row_before(self):
        chen = self.new_contact(self.known, "Chen")
        chen.phone = '13800004321'
        result = self.assertLoads([
            ("苏州恒诺贸易有限公司", "Wang", '13900000001'), ('', "Chen", '138 0000 4321'),
            ("无锡海瑞树脂有限公司", "Li", '13900000002'),
        ], [('warning', 0, 'phone')], columns=('name', 'child_ids/name', 'child_ids/phone'))
        self.assertEqual(len(result['ids']), 2)

    def test_contacts_of_a_customer_are_not_compared(self):
        self.assertLoads(
            [("青岛天元化工有限公司", str(self.known.id))], [], columns=('name', 'parent_id/.id'))

    def test_who_cannot_see_a_customer_is_not_told_of_it(self):
        elsewhere = self.setup_other_company()['company']
        self.known.company_id = elsewhere
        self.assertLoads([("青岛天元化工有限公司", '913702037063584125', '053288881234')], [])

    def test_a_wrong_tax_id_is_warned_of_with_its_row(self):
        columns = ('name', 'vat', 'country_id')
        result = self.assertLoads([
            ("苏州恒诺贸易有限公司", '91370203706358412X', ''), ("无锡海瑞树脂有限公司", '370203706358413', ''),
            ("Harbor SARL", '123', "France"), ("常州远卓塑料有限公司", '123', "China"),
        ], [('warning', 0, 'vat'), ('warning', 3, 'vat')], columns=columns)
        self.assertIn('91370203706358412X', result['messages'][0]['message'])

    def test_other_imports_are_left_alone(self):
        partners = self.env['res.partner'].with_user(self.archive_specialist)
        result = partners.load(['name'], [["青岛天元化工有限公司"]])
        self.assertTrue(result['ids'])
        self.assertFalse(result['messages'])

    def test_a_thousand_rows_take_as_many_queries_as_ten(self):
        partners = self.env['res.partner'].with_user(self.archive_specialist).with_company(self.company)
        rows = [[f"客户{number}号化工有限公司", f'{370203706350000 + number}', f'0532-8{number:07}'] for number in range(1000)]
        _warm_up, few, many = (
            self.queries(lambda some=some: partners._tianyuan_import_messages(['name', 'vat', 'phone'], some))
            for some in (rows[:10], rows[:10], rows)
        )
        self.assertLessEqual(many, few)
