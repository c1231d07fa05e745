from odoo import api, models, tools

DECIDING = ('has_groups', 'has_group', '_has_group')
DEBUG_ONLY = 'base.group_no_one'    # had in debug mode only


class ResUsers(models.Model):
    """Whether a user has groups, remembered for as long as the groups are the same.

    A list asks for it with every value of a field that isn't everybody's; the addon has many of them, and Odoo some.
    """

    _inherit = 'res.users'

    _tianyuan_remembers_groups = False

    def _register_hook(self):
        super()._register_hook()
        # another addon that has its own say, by time or place, is asked each time
        type(self)._tianyuan_remembers_groups = all(
            cls.__module__ in ('odoo.addons.base.models.res_users', __name__)
            for cls in type(self).__mro__ for name in DECIDING if name in vars(cls)
        )

    @api.readonly
    def has_groups(self, group_spec):
        # of oneself: others are told to colleagues only
        if self._tianyuan_remembers_groups and self.id and self.id == self.env.uid and DEBUG_ONLY not in group_spec:
            return self._tianyuan_has_groups(self._get_group_ids(), group_spec)
        return super().has_groups(group_spec)

    @tools.ormcache('group_ids', 'group_spec', cache='groups')
    def _tianyuan_has_groups(self, group_ids, group_spec):
        return super().has_groups(group_spec)    # pylint: disable=super-method-mismatch
