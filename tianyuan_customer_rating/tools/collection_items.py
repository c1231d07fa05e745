"""The fields of a collection form (附件5), and the field of the customer's archive that belongs to each.

Prefilling, comparing, accepting and printing use :data:`ITEMS`.
"""
from typing import NamedTuple

from odoo import fields


class Item(NamedTuple):
    """One line of the form.

    :param section: section of the printed form
    :param names: the form's fields; the first is the item's key, and if it is empty, so is the item
    :param paths: for each of them, the field of the customer or of one of the customer's contacts
    """

    section: str
    names: tuple
    paths: tuple

    @property
    def key(self):
        return self.names[0]

    @property
    def contact(self):
        """Return the customer's field with the contact, or None."""
        relation, dot, _name = self.paths[0].partition('.')
        return relation if dot else None


def _item(section, **paths):
    return Item(section, tuple(paths), tuple(paths.values()))


ITEMS = (
    _item('company', customer_name='name'),
    _item('company', vat='vat'),
    _item('company', street='street'),
    _item('company', street2='street2'),
    _item('company', city='city'),
    _item('company', state_id='state_id'),
    _item('company', zip='zip'),
    _item('company', country_id='country_id'),
    _item('company', phone='phone'),
    _item('company', email='email'),
    _item('company', website='website'),
    _item('archive', channel='tianyuan_channel'),
    _item('archive', business_nature='tianyuan_business_nature'),
    _item(
        'archive', registered_capital='tianyuan_registered_capital',
        registered_capital_currency_id='tianyuan_registered_capital_currency_id',
    ),
    _item('archive', legal_representative='tianyuan_legal_representative'),
    _item('archive', cooperation_start_date='tianyuan_cooperation_start_date'),
    _item('archive', purchased_variety_ids='tianyuan_purchased_variety_ids'),
    _item('archive', main_products='tianyuan_main_products'),
    _item('archive', downstream_market_ids='tianyuan_downstream_market_ids'),
    _item(
        'contacts', first_contact_name='tianyuan_primary_contact_id.name',
        first_contact_phone='tianyuan_primary_contact_id.phone',
    ),
    _item(
        'contacts', second_contact_name='tianyuan_secondary_contact_id.name',
        second_contact_phone='tianyuan_secondary_contact_id.phone',
    ),
    _item('contacts', qq='tianyuan_qq'),
    _item('contacts', wechat='tianyuan_wechat'),
)
ITEM_BY_KEY = {item.key: item for item in ITEMS}
NAMES = tuple(name for item in ITEMS for name in item.names)
PATHS = {name: path for item in ITEMS for name, path in zip(item.names, item.paths, strict=True)}


def plain(record, path):
    """Return the value at the end of a path as JSON: ids of records, ISO dates, False if empty."""
    *relations, name = path.split('.')
    for relation in relations:
        record = record[relation]
    field, value = record._fields[name], record[name]
    if field.type in ('many2many', 'one2many'):
        return sorted(value._origin.ids) or False
    if field.type == 'many2one':
        return value._origin.id or False
    if field.type == 'date':
        return fields.Date.to_string(value) or False
    return (value.strip() if isinstance(value, str) else value) or False


def values(item, record, paths=None):
    """Return the values of an item on a form (or, with the item's paths, on a customer).

    :param paths: ``item.names`` by default
    :return: list of plain values, all False if the first one is
    """
    found = [plain(record, path) for path in paths or item.names]
    return found if found[0] else [False] * len(found)


def customer_values(item, partner):
    """Return the values of an item in a customer's archive; for an empty recordset they are False."""
    return values(item, partner, item.paths) if partner else [False] * len(item.names)
