from odoo import api, models
from odoo.exceptions import AccessError

DISCUSSION_PREFIXES = ('message_', 'activity_', 'website_message_')


def without_discussion(names):
    """Return the names without the fields of a record's discussion, which users may always write."""
    return {name for name in names if not name.startswith(DISCUSSION_PREFIXES)}


class TianyuanProtectedMixin(models.AbstractModel):
    """Protects fields that only code writes, as superuser: users can neither write nor preset them.

    A model returns these fields from :meth:`_tianyuan_protected_fields`. If the protection depends on the record's
    state or on the values, it extends :meth:`_check_tianyuan_protected`. The mixin must come first in ``_inherit``, so
    that it refuses before Odoo's ``create`` and ``write`` do anything.
    """

    _name = 'tianyuan.protected.mixin'
    _description = "Fields Users Never Write"

    # Record rules depend on these fields: a user who writes one must still be allowed to write the record afterwards.
    # It is empty for core models, since Odoo doesn't check this for its own records.
    _tianyuan_access_fields = ('company_id', 'partner_id')

    def _tianyuan_protected_fields(self):
        """Return the names of the fields that the user may not write; this may depend on the user's role."""
        return set()

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self.browse()._check_tianyuan_protected(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_tianyuan_protected(vals)
        result = super().write(vals)
        if not vals.keys().isdisjoint(self._tianyuan_access_fields):
            self.check_access('write')
        return result

    @api.model
    def default_get(self, fields):
        """Return defaults, ignoring presets of protected fields.

        Checking ``create`` isn't enough: ``default_…`` keys in the caller's context and saved user defaults fill in
        fields that the values leave out.
        """
        preset = {key.removeprefix('default_') for key in self.env.context if key.startswith('default_')}
        preset.update(self.env['ir.default']._get_model_defaults(self._name))
        refused = preset & self._tianyuan_protected_fields() if preset and not self.env.su else set()
        result = super().default_get([name for name in fields if name not in refused])
        for name in refused.intersection(fields):
            field = self._fields[name]
            if field.default:
                value = field.convert_to_cache(field.default(self), self, validate=False)
                result[name] = field.convert_to_write(field.convert_to_record(value, self), self)
        return result

    def _check_tianyuan_protected(self, vals):
        """Refuse values of protected fields; an empty recordset stands for a new record.

        :raise AccessError: there are such values
        """
        if self.env.su:
            return
        names = self._tianyuan_protected_fields() & vals.keys()
        if names:
            raise AccessError(self._tianyuan_protected_message(names))

    def _tianyuan_protected_message(self, names):
        """Return the error message for writing these fields, or for setting them on a new record."""
        return self.env._("This field is set by its buttons and can't be written.")
