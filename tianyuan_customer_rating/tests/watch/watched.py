"""What the tests of the watch's screens share: customers of a team, and warnings as the nightly watch writes them."""
from odoo import Command

from ..common import RatingCommon


class WarningCommon(RatingCommon):
    """The sales user's team has Alpha (distributor, key) and Beta (direct, ordinary); Gamma is a colleague's without a
    team. It is the second quarter of 2024."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, 'lang': 'en_US'})    # messages are compared
        cls.company = cls.company.with_env(cls.env)
        cls.setup_role_users()
        cls.colleague = cls.new_role_user('sales_user', login='tianyuan_colleague', name="Colleague")
        cls.leader = cls.new_role_user('sales_user', login='tianyuan_leader', name="Leader", email='leader@example.com')
        cls.team = cls.env['crm.team'].sudo().create({
            'name': "North", 'user_id': cls.leader.id, 'company_id': cls.company.id,
            'member_ids': [Command.set(cls.sales_user.ids)],
        })
        cls.alpha = cls.new_customer("Alpha", user_id=cls.sales_user.id)
        cls.beta = cls.new_customer("Beta", 'direct', user_id=cls.sales_user.id)
        cls.gamma = cls.new_customer("Gamma", user_id=cls.colleague.id)
        cls.classify(cls.alpha, 'key', 'AAA')
        cls.classify(cls.beta, 'ordinary', 'A')
        cls.classify(cls.gamma, 'key', 'AAA')

    @classmethod
    def tier(cls, name):
        return cls.env['tianyuan.rating.tier'].search([('name', '=', name)])

    @classmethod
    def classify(cls, customer, customer_class, tier, company=None):
        customer.sudo().with_company(company or cls.company).write({
            'tianyuan_customer_class': customer_class, 'tianyuan_tier_id': cls.tier(tier).id,
        })

    @classmethod
    def item(cls, customer, reason, value=0, day='2024-05-06', company=None, **values):
        """What the nightly watch found on a day."""
        return cls.env['tianyuan.watch.item'].sudo().create({
            'partner_id': customer.id, 'company_id': (company or cls.company).id, 'reason': reason, 'value': value,
            'found_on': day, 'is_good': reason == 'tier_up', 'user_id': customer.user_id.id, **values,
        })

    @classmethod
    def course(cls, customer, tier, following=None, points=0, direction='same', company=None):
        return cls.env['tianyuan.watch.course'].sudo().create({
            'partner_id': customer.id, 'company_id': (company or cls.company).id, 'date_from': '2024-04-01',
            'score': 80, 'tier_id': cls.tier(tier).id if tier else False, 'direction': direction,
            'next_tier_id': cls.tier(following).id if following else False, 'points_short': points,
            'confirmed_tier_id': customer.with_company(company or cls.company).tianyuan_tier_id.id,
        })

    @classmethod
    def acknowledged(cls, item, user, until='2024-06-30'):
        item.sudo().write({
            'state': 'acknowledged', 'acknowledged_until': until, 'acknowledged_note': "They pay in June",
            'acknowledged_by_id': user.id,
        })

    def seen(self, customer, user, company=None):
        return customer.with_user(user).with_context(
            lang='en_US', allowed_company_ids=(company or self.company).ids,
        )
