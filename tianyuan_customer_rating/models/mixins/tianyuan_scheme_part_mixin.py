from odoo import api, models


class TianyuanSchemePartMixin(models.AbstractModel):
    """A part of a rating scheme, which can't be changed while a confirmed rating uses the scheme."""

    _name = 'tianyuan.scheme.part.mixin'
    _description = "Part of a Rating Scheme"
    _inherit = ['tianyuan.shared.mixin']

    def _schemes(self):
        """Return the schemes that these parts belong to."""
        return self.scheme_id

    def _companies_using(self, others):
        return self._companies_of_schemes(self._schemes(), others)

    @api.model
    def _shared_advice(self):
        return self.env._("Duplicate the scheme, and change the copy, which is your company's own.")

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._schemes()._check_changeable()
        parts._schemes()._check_part_changed()
        return parts

    def write(self, vals):
        before = self._schemes()
        before._check_changeable(vals)
        result = super().write(vals)
        (self._schemes() - before)._check_changeable(vals)  # check the scheme that the part was moved to
        (self._schemes() | before)._check_part_changed()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_check_scheme(self):
        self._schemes()._check_changeable()
        self._schemes()._check_part_removable()
