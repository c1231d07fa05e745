"""What the tests of leaving and handing over share: a salesperson with a leader, a colleague and two customers."""
from odoo import Command

from ..rating.sheets import SheetCommon


class HandOverCommon(SheetCommon):
    """``sales_user`` leads nobody, is led by ``leader`` and has ``customer`` and ``other_customer``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leader = cls.new_role_user('sales_user', login='hand_over_leader')
        cls.colleague = cls.new_role_user('sales_user', login='hand_over_colleague')
        cls.team = cls.env['crm.team'].create({
            'name': "Handing over", 'company_id': cls.company.id, 'user_id': cls.leader.id,
            'member_ids': [Command.set(cls.sales_user.ids)],
        })
        (cls.customer + cls.other_customer).user_id = cls.sales_user

    @classmethod
    def form(cls, user=None, **values):
        return cls.env['tianyuan.archive.collection'].with_user(user or cls.sales_user).create({
            'company_id': cls.company.id, 'partner_id': cls.customer.id, **values,
        }).sudo()

    @classmethod
    def hand_overs(cls, **values):
        return cls.env['tianyuan.hand.over'].sudo().search([('from_user_id', '=', cls.sales_user.id), *values.items()])

    @classmethod
    def hand_over(cls, user=None, **values):
        return cls.env['tianyuan.hand.over'].with_user(user or cls.rating_manager).with_company(cls.company).create({
            'from_user_id': cls.sales_user.id, 'company_id': cls.company.id, 'to_user_id': cls.colleague.id, **values,
        })

    def asked(self, records, user=None):
        """The users who are asked something about the records now."""
        self.env.flush_all()
        return self.env['mail.activity'].sudo().search([
            ('res_model', '=', records._name), ('res_id', 'in', records.ids),
        ], order='id').user_id
