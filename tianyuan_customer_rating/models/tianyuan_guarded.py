from odoo import api, models
from odoo.exceptions import AccessError

from .tianyuan_roles import MANAGER, SPECIALIST


class TianyuanGuarded(models.AbstractModel):
    """A record some of whose fields users never fill, not even by a default.

    Refusing such fields in ``create`` isn't enough: a caller's context (``default_…``) and a user's own
    saved defaults fill what the values leave out.
    """

    _name = 'tianyuan.guarded'
    _description = "Fields Users Can't Preset"

    def _tianyuan_guarded_fields(self):
        """Names of the fields whose only default is the one in the code; the user's groups may tell which."""
        return set()

    @api.model
    def default_get(self, fields):
        preset = {key.removeprefix('default_') for key in self.env.context if key.startswith('default_')}
        preset.update(self.env['ir.default']._get_model_defaults(self._name))
        guarded = self._tianyuan_guarded_presets(preset)
        result = super().default_get([name for name in fields if name not in guarded])
        for name in guarded.intersection(fields):
            field = self._fields[name]
            if field.default:
                value = field.convert_to_cache(field.default(self), self, validate=False)
                result[name] = field.convert_to_write(field.convert_to_record(value, self), self)
        return result

    def _tianyuan_guarded_presets(self, preset):
        """Those of the preset fields that this user can't preset."""
        if self.env.su:
            return set()
        if not self._name.startswith('tianyuan.'):
            preset = {name for name in preset if name.startswith('tianyuan_')}    # Odoo's own fields aren't guarded
        return preset and self._tianyuan_guarded_fields() & preset

    @api.model
    def _check_tianyuan_written(self, vals):
        if not self.env.su and self._tianyuan_guarded_fields() & vals.keys():
            raise AccessError(self._tianyuan_guarded_message())

    @api.model
    def _tianyuan_guarded_message(self):
        """What somebody is told who writes one of the fields."""
        return self.env._("This goes its way by its buttons; that can't be written.")

    @api.model
    def _tianyuan_may_edit_archive(self):
        """Whether the user keeps archives: as specialist or as manager (design §10)."""
        return any(map(self.env.user.has_group, (SPECIALIST, MANAGER)))

    def _check_manager(self, operation='read'):
        """Refuse everyone but managers, and managers without access to the records."""
        self.check_access(operation)
        if not self.env.su and not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only a manager can do this."))
