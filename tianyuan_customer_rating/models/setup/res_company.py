from odoo import fields, models

from ...tools.roles import SETTINGS


class ResCompany(models.Model):
    _inherit = 'res.company'    # pylint: disable=consider-merging-classes-inherited

    tianyuan_setup_dismissed = fields.Boolean(
        string="Set-Up Checklist Dismissed", prefetch=SETTINGS, copy=False,
    )
    tianyuan_accounts_chosen = fields.Boolean(
        string="Bad-Debt and Bill Accounts Chosen", prefetch=SETTINGS, copy=False,
        help="An administrator has chosen the accounts, or said that the company has none.",
    )
    tianyuan_schemes_seen = fields.Boolean(string="Rating Schemes Looked At", prefetch=SETTINGS, copy=False)
    tianyuan_trial_on = fields.Date(string="Last Trial", prefetch=SETTINGS, copy=False)
    tianyuan_distributor_words = fields.Char(
        string="Words in Distributors' Names", default="贸易,商贸,经销,商行,Trading", prefetch=SETTINGS,
        help="A customer without a channel is suggested as distributor if its name has one of these words, separated "
             "by commas.",
    )
    tianyuan_distributor_varieties = fields.Integer(
        string="Varieties of a Distributor", default=5, prefetch=SETTINGS,
        help="A customer without a channel who bought at least so many different products in four quarters is "
             "suggested as distributor, because it buys for resale.",
    )

    _tianyuan_distributor_varieties_positive = models.Constraint(
        'CHECK(tianyuan_distributor_varieties >= 1)', "A distributor bought at least one variety: enter 1 or more.",
    )

    def action_tianyuan_accounts_chosen(self):
        """Note that the accounts were chosen; empty ones mean that the company has none.

        :raise AccessError: the user may not change the company
        """
        self.write({'tianyuan_accounts_chosen': True})
        return {'type': 'ir.actions.act_window_close'}
