"""Many sheets confirmed past the ORM leave what the ORM would have left, in every table that confirming touches."""
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from ..engine import confirming
from ..engine.outcome import write_outcome
from .sheets import SheetCommon

# what can't be the same in two rows
OWN_TO_ROW = {'id', 'create_date', 'write_date', 'confirmed_on', 'message_id', 'mail_message_id', 'date'}
# tests go without messages otherwise
LIVE = {'tracking_disable': False, 'mail_notrack': False}
LAST_DAY, BEFORE = '2024-06-30', '2024-03-31'


@tagged('post_install', '-at_install')
class TestConfirming(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.env['res.company'].create({'name': "Elsewhere"})
        names = ("Rises", "Falls", "Stays", "New", "Debtor", "Overridden", "Reopened before", "Was potential", "Nobody's",
                 "Short of full marks")
        cls.buyers = cls.env['res.partner'].browse().concat(*(cls.new_customer(name) for name in names))
        cls.buyers.user_id = cls.sales_user
        rises, falls, stays, _new, debtor, overridden, reopened, potential, _nobody, _short = cls.buyers
        # what another company says of the same customers
        tier = cls.tier('BBB') or cls.env['tianyuan.rating.tier'].search([], limit=1)
        write_outcome(cls.env, cls.other_company, {
            customer.id: (tier.id, 61.5, 'ordinary', False) for customer in (rises, stays)
        })
        for customer, points in (
            (rises, {'loyalty': 3}), (falls, {}), (stays, {}), (overridden, {}), (reopened, {}), (debtor, {}),
        ):
            cls.confirmed_sheet(customer, day=BEFORE, **points)
        write_outcome(cls.env, cls.company, {potential.id: (None, 0.0, 'potential', False)})
        potential._tianyuan_cultivate(cls.company)
        cls.env['tianyuan.class.override'].with_user(cls.rating_manager).create({
            'partner_id': overridden.id, 'company_id': cls.company.id, 'customer_class': 'ordinary',
            'date_to': '2099-12-31', 'reason': "For now",
        })
        cls.sheets = cls.env['tianyuan.rating'].browse().concat(*(
            cls.ready_sheet(customer, day=LAST_DAY, loyalty=loyalty, credit_performance=credit)
            for customer, loyalty, credit in zip(cls.buyers, (15, 1, 15, 12.5, 15, 15, 15, 15, 15, 14.75),
                                                 (20, 0, 20, 20, 20, 20, 20, 20, 20, 19.5), strict=True)
        ))
        cls.buyers[8].user_id = False
        # since the sheets were computed
        cls.env['tianyuan.bad.debt'].create({
            'partner_id': debtor.id, 'company_id': cls.company.id, 'amount': 10, 'date': '2024-05-01',
        })
        last = cls.env['tianyuan.rating'].search([('partner_id', '=', reopened.id), ('state', '=', 'confirmed')])
        last.with_user(cls.rating_manager).action_reopen("Wrong")
        cls.forget_what_was_tracked()

    @classmethod
    def forget_what_was_tracked(cls):
        cls.env.flush_all()
        cls.env.cr.precommit.run()

    def confirm(self, fewest):
        with patch.object(confirming, 'MANY', fewest):
            self.sheets.with_user(self.rating_manager).with_context(**LIVE).action_confirm()
        self.forget_what_was_tracked()
        return self.rows()

    def rows(self):
        """Whatever these sheets and customers have left, as one list of rows for each table."""
        partners, sheets = self.buyers.ids, self.env['tianyuan.rating'].search([('partner_id', 'in', self.buyers.ids)]).ids
        about = SQL(
            "((model = 'tianyuan.rating' AND res_id = ANY(%s)) OR (model = 'res.partner' AND res_id = ANY(%s)))",
            sheets, partners,
        )
        followed = SQL(
            "((res_model = 'tianyuan.rating' AND res_id = ANY(%s)) OR (res_model = 'res.partner' AND res_id = ANY(%s)))",
            sheets, partners,
        )
        return {
            'tianyuan_rating': self.read(SQL(
                "SELECT * FROM tianyuan_rating WHERE id = ANY(%s) ORDER BY id", sheets)),
            'tianyuan_rating_line': self.read(SQL(
                "SELECT * FROM tianyuan_rating_line WHERE rating_id = ANY(%s) ORDER BY id", sheets)),
            'tianyuan_class_history': self.read(SQL(
                "SELECT * FROM tianyuan_class_history WHERE partner_id = ANY(%s) ORDER BY partner_id, id", partners)),
            'res_partner': self.read(SQL("SELECT * FROM res_partner WHERE id = ANY(%s) ORDER BY id", partners)),
            'mail_message': self.read(SQL("SELECT * FROM mail_message WHERE %s ORDER BY model, res_id, id", about)),
            'mail_tracking_value': self.read(SQL(
                "SELECT v.*, m.res_id FROM mail_tracking_value v JOIN mail_message m ON m.id = v.mail_message_id"
                " WHERE %s ORDER BY m.model, m.res_id, v.id", about)),
            'mail_activity': self.read(SQL("SELECT * FROM mail_activity WHERE %s ORDER BY res_model, res_id, id", followed)),
            'mail_followers': self.read(SQL(
                "SELECT * FROM mail_followers WHERE %s ORDER BY res_model, res_id, partner_id", followed)),
        }

    def read(self, query):
        return [
            {name: value for name, value in row.items() if name not in OWN_TO_ROW}
            for row in self.env.execute_query_dict(query)
        ]

    def test_many_leave_the_rows_that_a_few_leave(self):
        before = self.rows()
        with self.cr.savepoint() as made:
            by_orm = self.confirm(fewest=10_000)
            made.rollback()
            self.env.invalidate_all(flush=False)
        self.assertEqual(self.rows(), before)
        with patch.object(confirming, 'confirm', side_effect=confirming.confirm) as used:
            at_once = self.confirm(fewest=1)
        used.assert_called_once()
        for table, rows in by_orm.items():
            with self.subTest(table):
                self.assertEqual(len(at_once[table]), len(rows))
                for copied, written in zip(at_once[table], rows, strict=True):
                    self.assertEqual(copied, written)
        # and the story has what it needs to tell
        sheets = [row for row in at_once['tianyuan_rating'] if row['state'] == 'confirmed' and str(row['date_to']) == LAST_DAY]
        self.assertEqual(len(sheets), len(self.buyers))
        self.assertEqual({row['tier_change'] for row in sheets}, {'new', 'up', 'down', 'same'})
        self.assertEqual(sum(row['has_bad_debt'] for row in sheets), 1)
        self.assertEqual({row['customer_class'] for row in sheets}, {'key', 'ordinary'})
        self.assertEqual(len(at_once['mail_message']) - len(before['mail_message']), len(self.buyers))
        self.assertGreater(len(at_once['mail_activity']), 1)
        self.assertNotEqual(at_once['mail_activity'], before['mail_activity'])
        [elsewhere] = {
            str(row['tianyuan_score'].get(str(self.other_company.id))) for row in at_once['res_partner'] if row['name'] == "Rises"
        }
        self.assertEqual(elsewhere, '61.5')

    def test_each_message_has_its_own_id(self):
        self.confirm(fewest=1)
        messages = self.sheets.message_ids.filtered(lambda message: message.tracking_value_ids)
        self.assertEqual(len(messages), len(self.buyers))
        self.assertEqual(len(set(messages.mapped('message_id'))), len(messages))

    def test_computed_fields_hold_what_they_would_compute(self):
        self.confirm(fewest=1)
        sheets = self.sheets.sudo()
        names = [name for name, field in sheets._fields.items() if field.store and field.compute]
        stored = sheets.read(names)
        for name in names:
            self.env.add_to_compute(sheets._fields[name], sheets)
        sheets._recompute_recordset(names)
        self.assertEqual(sheets.read(names), stored)

    def test_thresholds_changed_since_count_as_for_a_few(self):
        scheme = self.sheets.scheme_id
        self.env.cr.execute(SQL(
            "UPDATE tianyuan_rating_threshold SET min_score = min_score - 7 WHERE scheme_id = ANY(%s)", scheme.ids))
        self.env.invalidate_all()
        with self.cr.savepoint() as made:
            by_orm = self.confirm(fewest=10_000)['tianyuan_rating']
            made.rollback()
            self.env.invalidate_all(flush=False)
        self.assertEqual(self.confirm(fewest=1)['tianyuan_rating'], by_orm)

    def test_what_was_cached_is_read_anew(self):
        self.assertEqual(set(self.sheets.mapped('state')), {'ready'})
        partners = self.buyers.with_company(self.company)
        partners.mapped('tianyuan_tier_id')
        self.confirm(fewest=1)
        self.assertEqual(set(self.sheets.mapped('state')), {'confirmed'})
        self.assertEqual(partners[0].tianyuan_tier_id.name, 'AAA')
        self.assertEqual(self.sheets[0].confirmed_by_id, self.rating_manager)

    def test_nothing_is_confirmed_when_one_is_not_ready(self):
        self.sheets[-1].sudo().write({'state': 'assessing'})
        with self.assertRaisesRegex(Exception, "isn't ready"), patch.object(confirming, 'MANY', 1):
            self.sheets.with_user(self.rating_manager).action_confirm()
        with self.assertRaisesRegex(Exception, "manager"), patch.object(confirming, 'MANY', 1):
            self.sheets[:2].with_user(self.sales_user).action_confirm()
        self.assertNotIn('confirmed', self.sheets.mapped('state'))

    def test_the_orm_confirms_where_others_have_a_say(self):
        sheets = self.sheets.sudo()
        with patch.object(confirming, 'MANY', 1):
            self.assertTrue(confirming.can_confirm(sheets))
            for model, name in (
                ('tianyuan.rating', 'write'), ('tianyuan.rating', '_compute_outcome'),
                ('tianyuan.rating', '_track_subtype'), ('mail.message', 'create'), ('mail.tracking.value', 'create'),
            ):
                def automated(records, *args):
                    return None

                automated.__module__ = 'odoo.addons.base_automation.models.base_automation'
                with self.subTest(model, name=name), patch.object(self.registry[model], name, automated):
                    self.assertFalse(confirming.can_confirm(sheets))
            self.assertTrue(confirming.can_confirm(sheets))
            # submitted in the same breath: one message says all
            sheets[0]._track_prepare(['state'])
            self.assertFalse(confirming.can_confirm(sheets))

    def test_no_message_where_none_is_wanted(self):
        with patch.object(confirming, 'MANY', 1):
            self.sheets.with_context(tracking_disable=False, mail_notrack=True).action_confirm()
        self.assertEqual(set(self.sheets.mapped('state')), {'confirmed'})
        self.assertFalse(self.sheets.message_ids)

    def test_a_few_go_through_the_orm(self):
        self.assertFalse(confirming.can_confirm(self.sheets.sudo()))
