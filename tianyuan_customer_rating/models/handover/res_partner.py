from odoo import api, models
from odoo.fields import Domain

from ..archive.res_partner import BEGUN_STATES


class ResPartner(models.Model):
    """Who is responsible for a customer whose salesperson may have left, and handing customers over."""

    _inherit = 'res.partner'    # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _tianyuan_customer_domain(self):
        """Return the domain of partners that are customers and not contacts of one: with a channel or an archive."""
        return (Domain('tianyuan_channel', '!=', False) | Domain('tianyuan_archive_state', 'in', BEGUN_STATES)) & (
            Domain('is_company', '=', True) | Domain('parent_id', '=', False)
        )

    @api.model
    def _tianyuan_of_company_domain(self, company):
        """Return the domain of the partners of a company and its branches, and of those shared by all companies."""
        return Domain('company_id', 'child_of', company.ids) | Domain('company_id', '=', False)

    def _tianyuan_responsible(self, company):
        """Return who does the salesperson's work for this customer in a company; perhaps nobody.

        :param company: ``res.company``, perhaps empty
        :return: the salesperson, else the leader of the salesperson's team, as superuser
        """
        return self.sudo().commercial_partner_id.user_id._tianyuan_stand_in(company)

    @api.model
    def _tianyuan_orphaned_domain(self):
        """Return the domain of the company's customers whose salesperson can't work for them, or who have none."""
        company = self.env.company.root_id
        customers = self._tianyuan_customer_domain() & self._tianyuan_of_company_domain(company)
        # sudo: only which salespeople there are is used.
        groups = self.sudo()._read_group(customers & Domain('user_id', '!=', False), ['user_id'])
        working = self.env['res.users'].union(*(user for [user] in groups))._tianyuan_sellers_in(company.browse())
        working = working.filtered(lambda user: company in user.company_ids.root_id)    # branches are of the company
        left = [user.id for [user] in groups if user not in working]
        return customers & Domain('user_id', 'in', [*left, False])

    def action_tianyuan_hand_over(self):
        """Begin to hand over these customers, which have one salesperson.

        :return: action that opens the hand-over
        :raise AccessError: the user may not hand over the customers
        :raise UserError: the customers have several salespeople, or none
        """
        return self.env['tianyuan.hand.over']._begin_with(self.commercial_partner_id)
