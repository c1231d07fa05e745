from odoo import api, models


class TianyuanSetup(models.AbstractModel):
    """Adds the step of the customer policies, with ready-made ones to pick (policy 6, 7 and 8)."""

    _inherit = 'tianyuan.setup'

    def action_make_policies(self):
        """Create the ready-made policies of the classes that have none in the current company, and open all.

        :return: action
        :raise AccessError: the user is no manager
        """
        self._check_manager()
        company = self._company()
        Policy = self.env['tianyuan.customer.policy'].with_company(company)
        known = {
            customer_class for [customer_class] in Policy.with_context(active_test=False)._read_group(
                [('company_id', '=', company.id)], ['customer_class'])
        }
        Policy.create([
            {'company_id': company.id, **values} for values in Policy._ready_made()
            if values['customer_class'] not in known
        ])
        return self.env['ir.actions.act_window']._for_xml_id('tianyuan_customer_policy.tianyuan_customer_policy_action')

    @api.model
    def _steps(self, company, quarter):
        count = self.env['tianyuan.customer.policy'].sudo().search_count([('company_id', '=', company.id)])
        return [*super()._steps(company, quarter), self._step(
            'policies', 44, self.env._("Pick the policies of your classes"),
            self.env._("%s policies", count) if count
            else self.env._("Ready-made for key, ordinary and potential customers; change them as you like."),
            count, button=self.env._("Make Policies"),
            action=bool(count) and self._is_manager() and 'tianyuan_customer_policy.tianyuan_customer_policy_action',
            method=not count and self._is_manager() and 'action_make_policies',
        )]
