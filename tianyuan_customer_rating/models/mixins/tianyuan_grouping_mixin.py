from odoo import models


class TianyuanGroupingMixin(models.AbstractModel):
    """Refuses to group by many2many fields that the user can't read, which Odoo doesn't check.

    The groups would otherwise show who buys what.
    """

    _name = 'tianyuan.grouping.mixin'
    _description = "Grouping by Fields One May Read"

    def _read_group_groupby(self, alias, groupby_spec, query):
        field = self._fields.get(groupby_spec.partition(':')[0].partition('.')[0])
        if field is not None:
            self._check_field_access(field, 'read')
        return super()._read_group_groupby(alias, groupby_spec, query)
