"""What a scheme must be before it rates, and what stays fixed once it has rated."""
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .sheets import SheetCommon

MODULE = 'tianyuan_customer_rating'


@tagged('post_install', '-at_install')
class TestRatingScheme(SheetCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Scheme = cls.env['tianyuan.rating.scheme'].with_user(cls.rating_manager)
        cls.standard = cls.Scheme.browse(cls.env.ref(f'{MODULE}.scheme_distributor').id)

    def draft(self):
        return self.standard.copy({'name': "Draft scheme"})

    def scheme_line(self, scheme, code):
        return scheme.line_ids.filtered(lambda line: line.indicator_id.code == code)

    def threshold(self, scheme, tier):
        return scheme.threshold_ids.filtered(lambda threshold: threshold.tier_id.name == tier)

    def new_version(self, scheme=None):
        scheme = scheme or self.standard
        return self.Scheme.browse(scheme.action_new_version()['res_id'])

    def content(self, scheme):
        return (
            scheme.channel, scheme.volume_basis, scheme.grace_days,
            [(line.indicator_id, line.max_points, [(level.name, level.bound, level.points) for level in line.level_ids])
             for line in scheme.line_ids],
            [(t.tier_id, t.min_score, t.min_inclusive, t.full_marks_indicator_ids, t.is_key, t.major_min_annual_purchase)
             for t in scheme.threshold_ids],
        )

    # -- before it rates ----------------------------------------------------------------------

    def test_a_complete_scheme_is_activated(self):
        scheme = self.draft()
        self.assertEqual((scheme.state, scheme.total_points), ('draft', 100))
        scheme.action_activate()
        self.assertEqual(scheme.state, 'active')

    def test_points_that_do_not_total_100_are_refused(self):
        scheme = self.draft()
        self.scheme_line(scheme, 'debt_ratio').max_points = 6
        with self.assertRaisesRegex(ValidationError, "Draft scheme.*total 101, but must total 100"):
            scheme.action_activate()
        with self.assertRaisesRegex(ValidationError, "must total 100"):
            scheme.write({'state': 'active'})

    def test_an_active_scheme_keeps_its_100_points(self):
        scheme = self.draft()
        scheme.action_activate()
        with self.assertRaisesRegex(ValidationError, "must total 100"):
            scheme.write({'line_ids': [Command.update(self.scheme_line(scheme, 'loyalty').id, {'max_points': 20})]})

    def test_overlapping_tiers_are_refused(self):
        scheme = self.draft()
        for score in (89, 95):
            self.threshold(scheme, 'AA').min_score = score
            with self.subTest(score), self.assertRaisesRegex(ValidationError, "tiers AAA and AA overlap"):
                scheme.action_activate()

    def test_full_marks_in_an_indicator_that_is_not_scored_are_refused(self):
        scheme = self.draft()
        line = self.scheme_line(scheme, 'debt_ratio')
        self.threshold(scheme, 'AAA').full_marks_indicator_ids = line.indicator_id
        line.unlink()
        self.scheme_line(scheme, 'loyalty').max_points = 20
        with self.assertRaisesRegex(ValidationError, "Debt-to-Assets.*doesn't score"):
            scheme.action_activate()

    def test_an_indicator_without_levels_is_refused(self):
        scheme = self.draft()
        self.scheme_line(scheme, 'loyalty').level_ids.unlink()
        with self.assertRaisesRegex(ValidationError, "Loyalty.*has no levels"):
            scheme.action_activate()

    def test_a_scheme_without_tiers_is_refused(self):
        scheme = self.draft()
        scheme.threshold_ids.unlink()
        with self.assertRaisesRegex(ValidationError, "Draft scheme.*tiers"):
            scheme.action_activate()

    def test_a_level_above_the_maximum_is_refused(self):
        line = self.scheme_line(self.draft(), 'loyalty')
        with self.assertRaisesRegex(ValidationError, "Loyalty.*maximum of 15"):
            line.level_ids[0].points = 15.01
        with self.assertRaisesRegex(ValidationError, "Loyalty.*maximum of 14"):
            line.max_points = 14

    def test_two_levels_with_the_same_bound_are_refused(self):
        levels = self.scheme_line(self.draft(), 'loyalty').level_ids
        with self.assertRaisesRegex(ValidationError, "Loyalty.*“80% or more”.*“50% or more”|Loyalty.*same bound"):
            levels.filtered(lambda level: level.bound == 50).bound = 80

    def test_a_worse_level_never_earns_more(self):
        scheme = self.draft()
        for code, bound, points in (('loyalty', 20, 12.5), ('days_beyond_terms', 30, 5.5)):
            level = self.scheme_line(scheme, code).level_ids.filtered(lambda level, bound=bound: level.bound == bound)
            name = self.scheme_line(scheme, code).indicator_id.name.split(" (")[0]
            with self.subTest(code), self.assertRaisesRegex(ValidationError, f"{name}.*fewer points"):
                level.points = points

    @mute_logger('odoo.sql_db')
    def test_an_indicator_counts_once(self):
        scheme = self.draft()
        line = self.scheme_line(scheme, 'loyalty')
        with self.assertRaises(IntegrityError) as refused, self.cr.savepoint():
            line.copy({'scheme_id': scheme.id})
        self.assertIn("only once in a scheme", line._sql_error_to_message(refused.exception))

    # -- once it has rated --------------------------------------------------------------------

    def test_a_scheme_of_confirmed_ratings_is_changed_in_a_new_version_only(self):
        self.confirmed_sheet()
        line, threshold = self.scheme_line(self.standard, 'loyalty'), self.threshold(self.standard, 'AAA')
        spare = self.draft()
        attempts = {
            'basis': lambda: self.standard.write({'volume_basis': 'ordered'}),
            'grace days': lambda: self.standard.write({'grace_days': 3}),
            'date': lambda: self.standard.write({'date_from': '2024-01-01'}),
            'points': lambda: line.write({'max_points': 16}),
            'level': lambda: line.level_ids[0].write({'points': 14}),
            'threshold': lambda: threshold.write({'min_score': 88}),
            'remove level': lambda: line.level_ids[0].unlink(),
            'remove line': lambda: line.unlink(),
            'remove threshold': lambda: threshold.unlink(),
            'remove scheme': lambda: self.standard.unlink(),
            'add level': lambda: line.level_ids[0].copy({'bound': 99}),
            'add threshold': lambda: threshold.copy({'tier_id': self.env['tianyuan.rating.tier'].create({'name': 'D'}).id}),
            'through the scheme': lambda: self.standard.write({'line_ids': [Command.unlink(line.id)]}),
            'move a level in': lambda: self.scheme_line(spare, 'loyalty').level_ids[0].write(
                {'scheme_line_id': self.scheme_line(self.standard, 'debt_ratio').id, 'points': 1, 'bound': 99}),
            'back to draft': lambda: self.standard.action_draft(),
        }
        for name, attempt in attempts.items():
            with self.subTest(name), self.assertRaisesRegex(UserError, "used by confirmed ratings"), \
                    self.cr.savepoint():
                attempt()
        self.standard.name = "Still can be renamed"
        self.standard.action_retire()

    def test_what_a_used_indicator_measures_stays(self):
        self.confirmed_sheet()
        indicator = self.scheme_line(self.standard, 'purchase_volume').indicator_id
        with self.assertRaisesRegex(UserError, "part of confirmed ratings"):
            indicator.metric = 'annual_purchase'
        indicator.name = "Volume"

    def test_a_new_version_copies_everything_and_can_be_activated(self):
        self.confirmed_sheet()
        version = self.new_version()
        self.assertEqual(version.state, 'draft')
        self.assertEqual(self.content(version), self.content(self.standard))
        self.scheme_line(version, 'loyalty').level_ids[0].points = 14
        version.action_activate()
        self.assertEqual(version.state, 'active')
        self.assertEqual(self.scheme_line(self.standard, 'loyalty').level_ids[0].points, 15)

    # -- which scheme rates -------------------------------------------------------------------

    def test_a_newer_scheme_applies_from_its_date(self):
        version = self.new_version()
        version.date_from = '2024-06-30'
        version.action_activate()
        self.assertEqual(self.computed_sheet(day='2024-03-31').scheme_id, self.standard)
        self.assertEqual(self.computed_sheet(day='2024-06-30').scheme_id, version)

    def test_a_draft_a_retired_and_an_archived_scheme_do_not_rate(self):
        for change in (lambda version: None, lambda version: version.action_retire(),
                       lambda version: version.write({'state': 'active', 'active': False})):
            version = self.new_version()
            version.date_from = '2024-01-01'
            change(version)
        self.assertEqual(self.computed_sheet().scheme_id, self.standard)

    def test_a_companys_own_scheme_comes_before_the_common_one(self):
        own, foreign, newer = (self.new_version() for _number in range(3))
        own.write({'company_id': self.company.id, 'date_from': '2001-01-01', 'grace_days': 5})
        foreign.sudo().write({'company_id': self.setup_other_company()['company'].id, 'date_from': '2024-01-01'})
        newer.date_from = '2024-01-01'
        (own + newer).action_activate()
        foreign.sudo().action_activate()
        self.assertEqual(self.computed_sheet().scheme_id, own)

    def test_a_sheet_follows_its_customers_new_channel(self):
        sheet = self.computed_sheet()
        self.customer.tianyuan_channel = 'direct'
        sheet.action_compute()
        self.assertEqual((sheet.channel, sheet.scheme_id.channel), ('direct', 'direct'))
        self.assertEqual(len(sheet.line_ids), 9)
