"""What the tests of market insight share: key customers of two salespeople, and an insight to send them."""
from odoo.fields import Command

from odoo.addons.tianyuan_customer_rating.tests.common import RatingCommon

SHARE = 'tianyuan.market.insight.share'
LOG = 'tianyuan.market.insight.share.log'


class InsightCommon(RatingCommon):
    """The first customer is the sales user's, the other one a colleague's; both are key customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_role_users()
        cls.colleague = cls.new_role_user('sales_user', 'tianyuan_colleague')
        for user in (cls.sales_user, cls.rating_manager, cls.colleague):
            user.sudo().email = f'{user.login}@tianyuan.example'
        cls.chen = cls.new_contact(cls.customer, "Chen")
        cls.chen.write({'email': 'Chen <chen@one.example>', 'lang': 'en_US'})
        cls.customer.write({
            'user_id': cls.sales_user.id, 'email': 'office@one.example', 'tianyuan_primary_contact_id': cls.chen.id,
            'lang': 'en_US',
        })
        cls.other_customer.write({'user_id': cls.colleague.id, 'email': 'office@two.example', 'lang': 'en_US'})
        cls.customers = cls.customer | cls.other_customer
        (cls.customers | cls.chen).lang = 'en_US'    # whatever the database's language
        cls.make_key(cls.customers)
        cls.insight = cls.env['tianyuan.market.insight'].with_user(cls.sales_user).create({
            'name': "Prices of titanium dioxide", 'topic': 'demand', 'content': "<p>They <b>rise</b>.</p>",
        })

    @classmethod
    def make_key(cls, customers, company=None, customer_class='key'):
        cls.env['res.partner'].sudo()._tianyuan_change_class(
            company or cls.company, {
                customer: {'new_class': customer_class, 'reason': "Rated"} for customer in customers
            },
        )

    def share(self, user=None, insight=None, customers=None, **values):
        """The dialog as a user gets it, saved; with ``customers`` instead of the proposed ones."""
        insight = (insight or self.insight).with_user(user or self.sales_user)
        context = insight.action_share()['context']
        if customers is not None:
            values['line_ids'] = [Command.create({'partner_id': customer.id}) for customer in customers]
        return self.env[SHARE].with_user(user or self.sales_user).with_context(context).create(values)

    def send(self, *args, **values):
        """Share, and return the mails that wait in the queue for it."""
        before = self.mails()
        self.send_off(self.share(*args, **values))
        return self.mails() - before

    def send_off(self, share):
        """Press Send, and let the scheduled action make the mails."""
        share.action_send()
        self.env[LOG].sudo()._cron_send()

    def mails(self):
        return self.env['mail.mail'].sudo().search([('model', '=', LOG)])

    def rows(self, insight=None):
        return (insight or self.insight).sudo().share_log_ids

    def statuses(self, share):
        return {line.partner_id: line.status for line in share.line_ids}
