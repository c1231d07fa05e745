"""The demo's tables, read from the CSV files beside this module."""
import csv
from pathlib import Path


def _rows(name):
    with (Path(__file__).parent / f'{name}.csv').open(encoding='utf-8', newline='') as table:
        return list(csv.DictReader(table))


def products():
    return _rows('products')


def industries():
    """Return main products and downstream markets of each line of business, by key."""
    return {
        row['key']: {**row, 'downstream_markets': row['downstream_markets'].split('|')}
        for row in _rows('industries')
    }


def contact_profiles():
    return _rows('contact_profiles')


def customers():
    result = _rows('customers')
    for row in result:
        row['products'] = row['products'].split('|')
        row['contacts'] = [contact.split(':') for contact in row['contacts'].split('|') if contact]
    return result
