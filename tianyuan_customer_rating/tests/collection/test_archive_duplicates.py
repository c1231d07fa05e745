"""Customers entered twice are recognised however they are written (policy 8.2)."""
from odoo.tests import tagged
from odoo.tools import SQL

from ...tools import duplicates
from ...tools.duplicates import SAME_NAME, SAME_PHONE, SAME_VAT, SIMILAR_NAME
from .common import CollectionCommon


@tagged('post_install', '-at_install')
class TestArchiveDuplicates(CollectionCommon):

    def rank(self, customer, name=None, vat=None, phones=()):
        [found] = self.env['res.partner']._tianyuan_find_duplicates([(name, vat, list(phones))])
        return found.get(customer)

    def test_names(self):
        for existing, entered, expected in (
            ("天元化工有限公司", "天元化工有限公司", SAME_NAME),
            ("天元化工有限公司", "天元化工有限责任公司", SAME_NAME),
            ("天元化工股份有限公司", "天元化工", SAME_NAME),
            ("天元化工(股份)有限公司", "天元化工（股份）有限责任公司", SAME_NAME),
            ("天元化工（青岛）有限公司", "天元化工(青岛)有限公司", SAME_NAME),
            ("天元 化工　有限公司", "天元化工有限公司", SAME_NAME),
            ("ＡＢＣ化工", "abc化工", SAME_NAME),
            ("East Peroxide Co., Ltd.", "EAST PEROXIDE CO LTD", SAME_NAME),
            ("East Peroxide Co., Ltd.", "East-Peroxide Limited", SAME_NAME),
            ("山东天元化工有限公司", "天元化工有限公司", SIMILAR_NAME),
            ("天元化工有限公司", "山东天元化工有限公司", SIMILAR_NAME),
            ("天元化工贸易有限公司", "天元化工有限公司", SIMILAR_NAME),
            ("天元化工有限公司", "天元化工贸易有限公司", SIMILAR_NAME),
            ("天元有限公司", "天元化工有限公司", None),
            ("山东天元化工有限公司", "山东海潮化工有限公司", None),
            ("天元化工有限公司", "天元纺织有限公司", None),
            ("100%_化工有限公司", "100化工", SAME_NAME),
            ("天元化工有限公司", "有限公司", None),
            ("天元化工有限公司", "", None),
        ):
            with self.subTest(existing=existing, entered=entered):
                customer = self.new_customer(existing)
                self.assertEqual(self.rank(customer, entered), expected)
                customer.unlink()

    def test_tax_ids(self):
        customer = self.new_customer("甲", vat='91370200MA3C 0000X1')
        for entered, expected in (
            ('91370200MA3C0000X1', SAME_VAT), ('91370200ma3c-0000x1', SAME_VAT), ('９１３７０２００MA3C0000X1', SAME_VAT),
            ('CN91370200MA3C0000X1', SAME_VAT), ('91370200MA3C0000X2', None), ('/', None), ('', None),
        ):
            with self.subTest(entered):
                self.assertEqual(self.rank(customer, vat=entered), expected)
        slash = self.new_customer("乙", vat='/')
        self.assertIsNone(self.rank(slash, vat='/'))

    def test_phone_numbers(self):
        customer = self.new_customer("甲", phone='0532-8888 1234')
        contact = self.new_contact(customer, "Wu")
        contact.phone = '+86 138 0000 4321'
        for entered, expected in (
            ('053288881234', SAME_PHONE), ('+86 532 8888 1234', SAME_PHONE), ('（0532）８８８８１２３４', SAME_PHONE),
            ('13800004321', SAME_PHONE), ('0532 8888 1235', None), ('1234', None),
        ):
            with self.subTest(entered):
                self.assertEqual(self.rank(customer, phones=[False, entered]), expected)
        self.assertIsNone(self.rank(contact, phones=['13800004321']), "its company is meant")

    def test_the_strongest_reason_comes_first(self):
        similar = self.new_customer("山东天元化工")
        same = self.new_customer("天元化工", phone='053288881234')
        vat = self.new_customer("丙", vat='91370200MA3C0000X1')
        archived = self.new_customer("天元化工有限公司", active=False)
        [found] = self.env['res.partner']._tianyuan_find_duplicates(
            [("天元化工有限公司", '91370200MA3C0000X1', ['053288881234'])])
        self.assertEqual(found, {vat: SAME_VAT, same: SAME_NAME, archived: SAME_NAME, similar: SIMILAR_NAME})
        self.assertEqual(list(found), [vat, same, archived, similar])

    def test_customers_of_another_company_are_not_shown(self):
        elsewhere = self.setup_other_company()['company']
        foreign = self.new_customer("天元化工", company_id=elsewhere.id)
        Partner = self.env['res.partner'].with_user(self.sales_user)
        self.assertEqual(Partner._tianyuan_find_duplicates([("天元化工", None, [])]), [{}])
        self.assertEqual(self.rank(foreign, "天元化工"), SAME_NAME)

    def test_the_search_is_one_query_and_uses_the_indexes(self):
        probes = [(f"天元化工{number}有限公司", f'91370200MA3C0000{number:02}', ['053288881234']) for number in range(30)]
        for count in (1, 30):
            with self.subTest(count):
                self.env.flush_all()
                before = self.env.cr.sql_log_count
                duplicates.find(self.env, probes[:count])
                self.assertEqual(self.env.cr.sql_log_count - before, 1)
        forms = self.forms.concat(*(
            self.new_form(False, customer_name=name, vat=vat, phone=phones[0]) for name, vat, phones in probes))
        few, many = (
            self.queries(lambda ids=ids: forms.browse(ids).mapped('duplicate_warning'))
            for ids in (forms[:1].ids, forms.ids))
        self.assertLessEqual(many, few + 1)

    def test_the_indexes_answer_where_there_are_many_customers(self):
        """Of 3,000 customers only those are read that an index names."""
        self.env.flush_all()
        # A table of the same make, found before the real one, whose indexes are new: one that was made while others
        # changed partners isn't used as long as transactions from before may be running.
        self.env.cr.execute("CREATE TEMP TABLE res_partner (LIKE public.res_partner INCLUDING INDEXES) ON COMMIT DROP")
        self.env.cr.execute("""
            WITH new AS (SELECT n, nextval('res_partner_id_seq')::int AS id FROM generate_series(1000000, 1003000) n)
            INSERT INTO res_partner
            SELECT (jsonb_populate_record(p, jsonb_build_object(
                       'id', new.id, 'commercial_partner_id', new.id, 'name', '客户' || md5(n::text) || '有限公司',
                       'tianyuan_match_keys', 'E/' || md5(n::text) || ' V9137' || n || ' F532' || n,
                       'tianyuan_match_brand', md5(n::text)))).*
              FROM public.res_partner p, new
             WHERE p.id = %s""", [self.other_customer.id])
        self.env.cr.execute("ANALYZE res_partner")
        probes = [duplicates.Probe("East Peroxide Co., Ltd.", '91370200MA3C0000X1', ['053288881234'])]
        self.env.cr.execute(SQL("EXPLAIN (FORMAT TEXT) %s", duplicates._query(self.env, probes)))
        plan = '\n'.join(row[0] for row in self.env.cr.fetchall())
        for index in ('match_keys', 'match_brand'):
            self.env.cr.execute("""
                SELECT new.indexname FROM pg_indexes made
                  JOIN pg_indexes new ON split_part(new.indexdef, ' USING ', 2) = split_part(made.indexdef, ' USING ', 2)
                 WHERE made.schemaname = 'public' AND made.indexname = %s AND new.schemaname LIKE 'pg_temp%%'
            """, [f'res_partner_tianyuan_{index}_idx'])
            [[copied]] = self.env.cr.fetchall()
            self.assertRegex(plan, rf'\b{copied}\b')
        self.assertNotIn('Seq Scan on res_partner', plan)
