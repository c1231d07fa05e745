"""Reads the e-mail addresses of a field that people fill with several, such as ``a@x.com；b@y.com``."""
import re
import unicodedata

from odoo.tools import email_split

# Names may contain separators, but only in quotes.
QUOTED = re.compile(r'"[^"]*"')
SEPARATORS = re.compile(r'[;,、/|\n\r\t]+')
BRACKETS = '<>()[]"\''
# A top-level domain is written in one script: what follows ``.com`` without a space isn't a part of the address.
ADDRESS = re.compile(
    r"[a-z0-9.!#$%&'*+=?^_`{}~-]+@(?:[\w-]+\.)+(?:[a-z]{2,}|xn--[a-z0-9-]+|[^\W\d_a-z]{2,})", re.IGNORECASE)


def split_addresses(text):
    """Return the addresses in a text, and the parts of it that aren't addresses.

    Addresses are separated by ``; , 、 / |``, in full or half width, by spaces or by new lines. A name may stand before
    an address.

    :return: list of normalized addresses, each once, and list of the other parts as they were written
    """
    found, wrong = [], []
    for part in SEPARATORS.split(unicodedata.normalize('NFKC', QUOTED.sub(' ', text or ''))):
        words = [word.strip(BRACKETS) for word in part.replace('<', ' <').split()]
        addresses = [word.lower() for word in words if ADDRESS.fullmatch(word)]
        found += [address for address in dict.fromkeys(addresses) if address not in found]
        misspelt = [word for word in words if '@' in word and not ADDRESS.fullmatch(word)]
        wrong += misspelt or ([part.strip()] if part.strip() and not addresses else [])
    return found, wrong


def is_understood_by_odoo(text):
    """Return whether mails that Odoo sends itself go to the same addresses."""
    return {address.lower() for address in email_split(text or '')} == set(split_addresses(text)[0])
