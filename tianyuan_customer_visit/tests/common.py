"""What the tests of visits share: a salesperson with a customer, their colleagues, and complete reports."""
from freezegun import freeze_time

from odoo import Command

from odoo.addons.tianyuan_customer_rating.tests.rating.sheets import SheetCommon


class VisitCommon(SheetCommon):
    """The customer is the sales user's; Monday 4 March 2024 is today unless a test says otherwise."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        frozen = freeze_time('2024-03-04 04:00:00')
        frozen.start()
        cls.addClassCleanup(frozen.stop)
        cls.leader = cls.new_role_user('sales_user', login='visit_leader')
        cls.colleague = cls.new_role_user('sales_user', login='visit_colleague')
        cls.env['crm.team'].create({
            'name': "Visits", 'company_id': cls.company.id, 'user_id': cls.leader.id,
            'member_ids': [Command.set(cls.sales_user.ids)],
        })
        cls.other_customer.user_id = cls.colleague
        cls.visits = cls.env['tianyuan.visit'].with_user(cls.sales_user).with_company(cls.company)

    @classmethod
    def new_visit(cls, customer=None, user=None, **values):
        return cls.visits.with_user(user or cls.sales_user).create({
            'partner_id': (customer or cls.customer).id, 'company_id': cls.company.id, **values,
        })

    @classmethod
    def done_visit(cls, **values):
        visit = cls.new_visit(**values)
        visit.action_done()
        return visit

    @classmethod
    def fill(cls, visit, *findings):
        """Complete a report, with findings given as values."""
        visit.write({
            'summary': "<p>They are content</p>", 'no_evaluation': True, 'no_demand': True, 'no_suggestion': True,
            'finding_ids': [Command.create({'description': "Something", **finding}) for finding in findings],
        })
        return visit

    @classmethod
    def reported_visit(cls, *findings, **values):
        visit = cls.fill(cls.done_visit(**values), *findings)
        visit.action_report()
        return visit

    def activities_of(self, records, user=None):
        """The open activities: (summary, who has it)."""
        self.env.flush_all()
        found = self.env['mail.activity'].sudo().search([
            ('res_model', '=', records._name), ('res_id', 'in', records.ids),
        ], order='id')
        return [(activity.summary, activity.user_id) for activity in found if not user or activity.user_id == user]
