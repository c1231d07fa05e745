"""How complete an archive is, and what it lacks (policy 档案 3, design §7)."""
import base64
from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import pdf
from ..rating.sheets import SheetCommon


@tagged('post_install', '-at_install')
class TestArchiveCompleteness(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['tianyuan.archive.document.type'].search([]).required = False
        cls.env['tianyuan.archive.requirement'].search([]).unlink()
        cls.requirements = cls.env['tianyuan.archive.requirement'].create([
            {'field_name': name, 'sequence': number} for number, name in enumerate((
                'street', 'tianyuan_main_products', 'tianyuan_primary_contact_id',
                'tianyuan_primary_contact_id.phone',
            ))
        ])
        cls.archive = cls.new_customer("Archive Ltd", tianyuan_archive_state='collecting').with_env(cls.env)
        cls.licence = cls.env['tianyuan.archive.document.type'].create({'name': "Licence"})
        cls.env.flush_all()

    def assertComplete(self, percent, *missing, partner=None):
        """Stored, and said the same of on the form."""
        partner = partner or self.archive
        self.env.flush_all()
        self.env.cr.execute("SELECT tianyuan_archive_completeness FROM res_partner WHERE id = %s", [partner.id])
        self.assertEqual(self.env.cr.fetchone(), (percent,))
        self.env.invalidate_all()
        *first, last = missing or ("",)
        listed = f"{', '.join(first)}{',' * (len(first) > 1)} and {last}" if first else last
        self.assertEqual(partner.tianyuan_archive_missing or "", listed)
        self.assertEqual(partner._tianyuan_archive_missing()[partner], list(missing))

    def document(self, **values):
        return self.env['tianyuan.archive.document'].sudo().create({
            'name': "Paper", 'partner_id': self.archive.id, 'type_id': self.licence.id, 'company_id': self.company.id,
            'file_name': 'paper.pdf', 'upload': base64.b64encode(pdf("Paper")), 'valid_from': False, **values,
        })

    def test_each_required_field_counts_alike(self):
        self.assertComplete(0, "Street", "Main Products", "First Contact", "First Contact / Phone")
        self.archive.street = "1 Bund"
        self.assertComplete(25, "Main Products", "First Contact", "First Contact / Phone")
        contact = self.new_contact(self.archive)
        self.archive.write({'tianyuan_primary_contact_id': contact.id, 'tianyuan_main_products': "Resin"})
        self.assertComplete(75, "First Contact / Phone")
        contact.phone = "13800000000"
        self.assertComplete(100)
        contact.phone = False
        self.assertComplete(75, "First Contact / Phone")

    def test_a_new_partner_is_looked_at_if_it_comes_with_an_archive(self):
        Partner = self.env['res.partner']
        vals_list = [
            {'name': "Without", 'street': "1 Bund"},
            {'name': "With", 'street': "1 Bund", 'tianyuan_archive_state': 'collecting'},
        ]
        without, begun = Partner.create(vals_list)
        preset = Partner.with_context(default_tianyuan_archive_state='collecting').create(vals_list[0])
        missing = ("Main Products", "First Contact", "First Contact / Phone")
        self.assertComplete(25, *missing, partner=begun)
        self.assertComplete(25, *missing, partner=preset)
        self.assertEqual(without.tianyuan_archive_completeness, 0)
        without.tianyuan_archive_state = 'collecting'
        self.assertComplete(25, *missing, partner=without)

    def test_without_an_archive_nothing_is_counted(self):
        self.archive.street = "1 Bund"
        self.archive.tianyuan_archive_state = 'none'
        self.env.flush_all()
        self.assertEqual((self.archive.tianyuan_archive_completeness, self.archive.tianyuan_archive_missing), (0, False))
        self.archive.tianyuan_archive_state = 'collecting'
        self.assertComplete(25, "Main Products", "First Contact", "First Contact / Phone")

    def test_nearly_complete_is_not_complete(self):
        self.assertEqual(self.archive._tianyuan_completeness(300, [None]), 99)
        self.assertEqual(self.archive._tianyuan_completeness(0, []), 100)

    def test_required_documents_count_with_the_fields(self):
        self.requirements[1:].unlink()
        self.archive.street = "1 Bund"
        self.assertComplete(100)
        self.licence.required = True
        self.assertComplete(50, "Licence")
        document = self.document()
        self.assertComplete(100)
        document.valid_until = fields.Date.today() - timedelta(days=1)
        self.assertComplete(50, "Licence")
        document.valid_until = fields.Date.today()
        self.assertComplete(100)
        document.unlink()
        self.assertComplete(50, "Licence")
        self.licence.active = False
        self.assertComplete(100)

    def test_a_type_of_the_other_channel_or_company_is_not_needed(self):
        self.requirements[1:].unlink()
        self.archive.street = "1 Bund"
        self.archive.company_id = self.company
        self.licence.write({'required': True, 'channel': 'direct'})
        self.assertComplete(100)
        self.archive.tianyuan_channel = 'direct'
        self.assertComplete(50, "Licence")
        self.licence.company_id = self.setup_other_company()['company']
        self.assertComplete(100)
        self.licence.company_id = self.company
        self.assertComplete(50, "Licence")

    def test_a_company_chooses_what_is_required(self):
        self.requirements[1:].unlink()
        self.archive.street = "1 Bund"
        self.assertComplete(100)
        self.env['tianyuan.archive.requirement'].with_user(self.rating_manager).create({'field_name': 'tianyuan_qq'})
        self.assertComplete(50, "QQ")
        self.requirements[0].with_user(self.rating_manager).field_name = 'tianyuan_wechat'
        self.assertComplete(0, "WeChat", "QQ")

    def test_only_managers_choose(self):
        for user in (self.sales_user, self.archive_specialist, self.finance_assessor):
            requirement = self.requirements[0].with_user(user)
            with self.subTest(user.login):
                self.assertEqual(requirement.field_name, 'street')
                for change in (
                    lambda record=requirement: record.write({'field_name': 'city'}),
                    lambda record=requirement: record.create({'field_name': 'city'}), requirement.unlink,
                ):
                    with self.assertRaises(AccessError):
                        change()

    def test_a_field_is_required_once_and_must_be_one_of_the_archive(self):
        with self.assertRaises(UniqueViolation), mute_logger('odoo.sql_db'), self.env.cr.savepoint():
            self.requirements.create({'field_name': 'street'})
        with self.assertRaisesRegex(ValidationError, "password is no field of a customer archive"):
            self.requirements.create({'field_name': 'password'})

    def test_what_expires_overnight_is_found_by_the_scheduled_action(self):
        self.requirements[1:].unlink()
        self.archive.street = "1 Bund"
        self.licence.required = True
        self.document(valid_until=fields.Date.today())
        self.assertComplete(100)
        self.env.cr.execute(
            "UPDATE tianyuan_archive_document SET valid_until = valid_until - 1 WHERE partner_id = %s", [self.archive.id])
        self.env.invalidate_all()
        self.env['res.partner']._cron_tianyuan_completeness()
        self.assertComplete(50, "Licence")

    def test_a_large_database_is_brought_up_to_date_in_the_background(self):
        cron = self.env.ref('tianyuan_customer_rating.ir_cron_archive_completeness')
        before = self.env['ir.cron.trigger'].search_count([('cron_id', '=', cron.id)])
        with patch('odoo.addons.tianyuan_customer_rating.models.archive.res_partner_completeness.IMMEDIATE_LIMIT', 0):
            self.requirements[1:].unlink()
        self.assertEqual(self.env['ir.cron.trigger'].search_count([('cron_id', '=', cron.id)]), before + 1)

    def test_what_is_missing_is_shown_to_every_role_and_findable(self):
        for user in (self.sales_user, self.archive_specialist, self.finance_assessor, self.rating_manager):
            archive = self.archive.with_user(user)
            self.env.invalidate_all()
            with self.subTest(user.login):
                self.assertEqual(
                    archive.tianyuan_archive_missing, "Street, Main Products, First Contact, and First Contact / Phone")
                self.assertIn(archive, archive.search([
                    ('tianyuan_archive_state', 'in', ('collecting', 'filed', 'review_due')),
                    ('tianyuan_archive_completeness', '<', 100),
                ]))

    def test_a_form_shows_what_would_be_missing(self):
        self.licence.required = True
        self.document()
        form = self.archive.new(origin=self.archive)
        form.street = "1 Bund"
        form.tianyuan_main_products = "Resin"
        self.assertEqual(form.tianyuan_archive_missing, "First Contact and First Contact / Phone")

    def test_many_archives_take_the_queries_of_a_few(self):
        self.licence.required = True
        archives = self.env['res.partner'].create([
            {'name': f"Archive {n}", 'is_company': True, 'tianyuan_archive_state': 'collecting'} for n in range(205)
        ])
        archives[::2].write({'tianyuan_downstream_market_ids': [Command.create({'name': "Paint"})]})
        self.env.flush_all()
        archives[:1]._tianyuan_archive_missing()
        self.env.cr.execute(
            "UPDATE res_partner SET tianyuan_archive_completeness = 7 WHERE id = ANY(%s)", [archives.ids])
        counts = [
            self.queries(lambda records=records: records._tianyuan_refresh_completeness())
            for records in (archives[:5], archives[5:])
        ]
        self.assertLessEqual(counts[1], counts[0] + 1)
        self.assertEqual(set(archives.mapped('tianyuan_archive_completeness')), {0})
