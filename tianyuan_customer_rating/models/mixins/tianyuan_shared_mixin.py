from odoo import api, models
from odoo.exceptions import AccessError

NAMED_RECORDS = 10


class TianyuanSharedMixin(models.AbstractModel):
    """Settings shared by several companies, which only users who work in all these companies may change.

    The model's access rights decide who may change such settings at all. Other users can change a copy for their own
    company. The check is part of the access check, so it applies to forms, imports and translations alike.
    """

    _name = 'tianyuan.shared.mixin'
    _description = "Set-up Shared by Companies"

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if result or operation == 'read' or not any(self._ids):
            return result
        others = self._companies_of_others()
        # sudo: reads schemes of other companies, none of which is shown.
        shared = others and self.sudo().with_context(active_test=False).filtered(
            lambda record: record._companies_using(others),
        )
        if not shared:
            return None
        return self & shared, lambda: AccessError(shared._shared_message())

    @api.model
    def _companies_of_others(self):
        """Return the companies that use the addon and in which the user doesn't work.

        A branch belongs to its root company.

        :return: ``res.company`` as superuser
        """
        # sudo: reads companies the user doesn't work in.
        companies = self.env['res.company'].sudo().search([('parent_id', '=', False)])
        others = companies - self.env.user.sudo().company_ids.root_id
        if not others:
            return others
        using = others.browse()
        for name in self._using_models():
            groups = self.env[name].sudo().with_context(active_test=False)._read_group(
                [('company_id', 'child_of', (others - using).ids)], ['company_id'],
            )
            for [company] in groups:
                using |= company.root_id
        return using

    @api.model
    def _using_models(self):
        """Return the models whose records show that a company uses the shared settings."""
        return ['tianyuan.rating', 'tianyuan.archive.document']

    def _companies_using(self, others):
        """Return those of the other companies that this record, read as superuser, applies to."""
        self.ensure_one()
        if 'company_id' in self._fields and self.company_id:
            return others.browse()    # record rules check access to records of one company
        return others

    def _companies_of_schemes(self, schemes, others):
        """Return those of the other companies that rate with one of the schemes."""
        if any(not scheme.company_id for scheme in schemes):
            return others
        return schemes.company_id.root_id & others

    def _shared_message(self):
        """Return the error message for users who may not change these records."""
        return self.env._(
            "Other companies use this too: %(records)s. Only who works in all of them can change it. %(advice)s",
            records=", ".join(self[:NAMED_RECORDS].mapped('display_name')), advice=self._shared_advice(),
        )

    @api.model
    def _shared_advice(self):
        """Return what users can do who may not change a shared record."""
        return self.env._("Duplicate it, and change the copy, which is your company's own.")

    @api.model
    def _default_shared_company(self):
        """Return no company (all companies) if the user may create shared records, else the user's company."""
        if self.env.su or not self._companies_of_others():
            return self.env['res.company']
        return self.env.company

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        if 'company_id' in self._fields and 'company_id' not in (default or {}):
            company = self._default_shared_company()
            for vals in vals_list:
                if company and not vals.get('company_id'):
                    vals['company_id'] = company.id
        return vals_list
