from odoo import api, models, tools


class ResUsers(models.Model):
    """Which groups a user has is remembered: a list asks it for every value it shows of a field that has groups.

    Odoo remembers the groups, and goes through those of the field each time; the archive's have four.
    """

    _inherit = 'res.users'

    @api.readonly
    def has_groups(self, group_spec):
        # others users may not ask about; and that one depends on the request
        if self._ids == (self.env.uid,) and 'base.group_no_one' not in group_spec:
            return self._tianyuan_has_groups(group_spec)
        return super().has_groups(group_spec)

    @tools.ormcache('self.id', 'group_spec')
    def _tianyuan_has_groups(self, group_spec):
        return super().has_groups(group_spec)  # pylint: disable=super-method-mismatch
