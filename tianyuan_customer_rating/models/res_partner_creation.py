from odoo import api, models
from odoo.tools import ormcache

from .reading import read_along


class ResPartner(models.Model):
    """Partners are made as fast as without the addon's fields."""

    _inherit = 'res.partner'

    @api.model_create_multi
    def create(self, vals_list):
        read_along(self.env.company)    # Odoo is about to: it has a look at the company with every partner
        return super().create(vals_list)

    @api.private
    def modified(self, fnames, create=False, before=False):
        if create:
            awaited = self._tianyuan_awaited_at_creation()
            fnames = [name for name in fnames if name in awaited]
        return super().modified(fnames, create=create, before=before)

    @ormcache()
    def _tianyuan_awaited_at_creation(self):
        """Names of the fields from which something follows as soon as there is a partner.

        For each partner that is made Odoo puts together what follows from every field, and then passes over whatever
        hangs on records that refer to the partner: there are none yet. Most fields have nothing else, were it only
        because users have each of them too.

        :return: frozenset
        """
        trees = {name: self.pool.get_field_trigger_tree(field) for name, field in self._fields.items()}
        return frozenset(
            name for name, tree in trees.items()
            if tree.root or any(field.type not in ('many2one', 'many2one_reference') for field in tree)
        )
