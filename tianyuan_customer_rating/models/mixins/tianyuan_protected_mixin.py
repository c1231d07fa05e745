from odoo import api, models
from odoo.exceptions import AccessError

DISCUSSION_PREFIXES = ('message_', 'activity_', 'website_message_')


def without_discussion(names):
    """Those of some fields that don't belong to the discussion of a record, which users write at any time."""
    return {name for name in names if not name.startswith(DISCUSSION_PREFIXES)}


class TianyuanProtectedMixin(models.AbstractModel):
    """Some fields are written by code only, as superuser: users neither enter nor preset them.

    A model names these fields in :meth:`_tianyuan_protected_fields`. Where they depend on the state of a record or on
    the values, it extends :meth:`_check_tianyuan_protected`. The mixin is the first in ``_inherit``, so that it
    refuses before Odoo's ``create`` and ``write`` do anything.
    """

    _name = 'tianyuan.protected.mixin'
    _description = "Fields Users Never Write"

    # Record rules depend on these fields. Whoever writes one of them must be allowed to write the record afterwards,
    # too. A core model has none: Odoo doesn't ask that of its own records.
    _tianyuan_access_fields = ('company_id', 'partner_id')

    def _tianyuan_protected_fields(self):
        """Names of the fields that the user never writes; the user's role may tell which."""
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
        """The only default of a protected field is the one in the code.

        Refusing these fields in ``create`` isn't enough: a caller's context (``default_…``) and a user's own saved
        defaults fill what the values leave out.
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
        """Refuse values that the user doesn't write; an empty recordset stands for a new record.

        :raise AccessError: there are some
        """
        if self.env.su:
            return
        names = self._tianyuan_protected_fields() & vals.keys()
        if names:
            raise AccessError(self._tianyuan_protected_message(names))

    def _tianyuan_protected_message(self, names):
        """What somebody is told who writes some of the fields, or gives them to a new record."""
        return self.env._("This goes its way by its buttons; that can't be written.")
