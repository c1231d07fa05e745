"""What the tests of the early warning share: the nightly watch of a day, and what is on the list after it."""
from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from ..rating.sheets import SheetCommon

WATCH_ACTIVITY = 'tianyuan_customer_rating.mail_activity_type_watch'


@tagged('post_install', '-at_install')
class WatchCommon(SheetCommon):
    """The customers have bought since 2010, and belong to ``sales_user``, whom ``leader`` leads."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leader = cls.new_role_user('sales_user', 'tianyuan_leader')
        cls.env['crm.team'].create({
            'name': "Team", 'user_id': cls.leader.id, 'company_id': cls.company.id, 'member_ids': cls.sales_user.ids,
        })
        (cls.customer + cls.other_customer).tianyuan_cooperation_start_date = '2010-01-01'
        cls.Item = cls.env['tianyuan.watch.item'].sudo()
        cls.company.sudo().tianyuan_watched_on = '2023-12-31'    # it isn't the first round

    @classmethod
    def look(cls, day, company=None):
        """The watch of the night after a day."""
        cls.day = day
        with freeze_time(day):
            cls.Item._watch_company((company or cls.company).sudo(), fields.Date.to_date(day))

    @classmethod
    def rated(cls, customers, score):
        """Give customers a confirmed sheet of the quarter before without lines and tier, as an import does."""
        cls.env['tianyuan.rating'].sudo().create([{
            'partner_id': customer.id, 'company_id': cls.company.id, 'date_from': '2024-01-01', 'date_to': '2024-03-31',
            'origin': 'imported', 'state': 'confirmed', 'score': score,
        } for customer in customers])

    @classmethod
    def items(cls, customer=None, reason=None, company=None):
        """A customer's warnings, the oldest first."""
        domain = [('partner_id', '=', (customer or cls.customer).id), ('company_id', '=', (company or cls.company).id)]
        return cls.Item.search([*domain, ('reason', '=', reason)] if reason else domain, order='id')

    @classmethod
    def on_list(cls, customer=None, company=None, day=None):
        """The warnings of a customer that aren't cleared: dict of reason -> (state, value on the day of the last look)."""
        items = cls.items(customer, company=company)
        items.invalidate_recordset(['current_value'])
        with freeze_time(day or cls.day):
            return {item.reason: (item.state, item.current_value) for item in items if item.state != 'cleared'}

    @classmethod
    def course(cls, customer=None):
        return cls.env['tianyuan.watch.course'].sudo().search([('partner_id', '=', (customer or cls.customer).id)])

    @staticmethod
    def asked(item):
        """Who has an activity about a warning."""
        return item.activity_ids.user_id
