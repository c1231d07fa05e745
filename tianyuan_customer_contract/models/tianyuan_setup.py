from odoo import api, models


class TianyuanSetup(models.AbstractModel):
    """Adds the step of the contract templates: contracts use texts that legal has approved (policy 9.2)."""

    _inherit = 'tianyuan.setup'

    def action_approve_templates(self):
        """Open the company's contract templates that legal hasn't approved yet.

        :return: action
        :raise AccessError: the user is no manager
        """
        self._check_manager()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'tianyuan_customer_contract.tianyuan_contract_template_action')
        return {**action, 'context': {'search_default_to_approve': 1}}

    @api.model
    def _steps(self, company, quarter):
        counts = self.env['tianyuan.contract.template'].sudo()._read_group(
            [('company_id', 'in', (False, company.id))], ['approved_on:year'], ['__count'],
        )
        approved = sum(count for year, count in counts if year)
        waiting = sum(count for year, count in counts if not year)
        return [*super()._steps(company, quarter), self._step(
            'templates', 46, self.env._("Pick the contract templates"),
            self.env._("%(approved)s approved by legal, %(waiting)s to approve", approved=approved, waiting=waiting),
            approved, count=waiting, button=self.env._("Contract Templates"),
            method=self._is_manager() and 'action_approve_templates',
        )]
