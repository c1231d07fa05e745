from odoo import api, models
from odoo.exceptions import AccessError

NAMED_RECORDS = 10


class TianyuanSharedMixin(models.AbstractModel):
    """Set-up that several companies share is changed by those only who work in all of these companies.

    Who may change such set-up at all is told by the model's access rights. Everybody else changes a copy of their
    company's own. This is part of the access check, so it holds for whatever writes: forms, imports, translations.
    """

    _name = 'tianyuan.shared.mixin'
    _description = "Set-up Shared by Companies"

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if result or operation == 'read' or not any(self._ids):
            return result
        others = self._companies_of_others()
        # sudo: which schemes of other companies a record is part of is told to nobody
        shared = others and self.sudo().with_context(active_test=False).filtered(
            lambda record: record._companies_using(others),
        )
        if not shared:
            return None
        return self & shared, lambda: AccessError(shared._shared_message())

    @api.model
    def _companies_of_others(self):
        """The companies that use the addon and in which the user doesn't work. A branch is part of its company.

        :return: ``res.company`` as superuser
        """
        # sudo: companies of others
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
        """A company uses the set-up that all companies share once it has a record of one of these models."""
        return ['tianyuan.rating', 'tianyuan.archive.document']

    def _companies_using(self, others):
        """Those of other companies that this record, read as superuser, counts for."""
        self.ensure_one()
        if 'company_id' in self._fields and self.company_id:
            return others.browse()    # the record rules tell who works there
        return others

    def _companies_of_schemes(self, schemes, others):
        """Those of other companies that rate by one of the schemes."""
        if any(not scheme.company_id for scheme in schemes):
            return others
        return schemes.company_id.root_id & others

    def _shared_message(self):
        """What somebody is told who may not change these records."""
        return self.env._(
            "Other companies use this too: %(records)s. Only who works in all of them can change it. %(advice)s",
            records=", ".join(self[:NAMED_RECORDS].mapped('display_name')), advice=self._shared_advice(),
        )

    @api.model
    def _shared_advice(self):
        """What somebody does instead who may not change a shared record."""
        return self.env._("Duplicate it, and change the copy, which is your company's own.")

    @api.model
    def _default_shared_company(self):
        """A new record is for all companies if its user may make such, else for the user's company."""
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
