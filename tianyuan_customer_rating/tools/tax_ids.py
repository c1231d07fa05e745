"""Checks Chinese tax IDs: the unified social credit code (统一社会信用代码), and the old numbers of 15 digits."""
import re

from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

from .duplicates import OLD_VAT, bare_vat

CHINA = 'CN'
LENGTH, CHARACTERS, CHECK_DIGIT = 'length', 'characters', 'check digit'


def is_chinese(country, company):
    """Return whether a customer is Chinese: its country is, or it has none and its company's is."""
    return (country or company.country_id).code == CHINA


def what_is_wrong(vat):
    """Return what is wrong with a Chinese tax ID.

    :return: LENGTH, CHARACTERS, CHECK_DIGIT, or None: it is right, or there is none
    """
    bare = bare_vat(vat)
    if len(bare) <= 1:    # Odoo takes one character, as in /, for no tax ID
        return None
    if len(bare) == OLD_VAT:
        return None if re.fullmatch(r'\d{6}[0-9A-Z]{9}', bare) else CHARACTERS
    try:
        uscc.validate(bare)
    except InvalidLength:
        return LENGTH
    except InvalidChecksum:
        return CHECK_DIGIT
    except ValidationError:
        return CHARACTERS
    return None


def warning(env, vat):
    """Return what is wrong with a Chinese tax ID as a sentence for the user, or an empty text."""
    wrong = what_is_wrong(vat)
    if not wrong:
        return ''
    reason = {
        LENGTH: env._("it has neither 18 nor 15 characters"),
        CHARACTERS: env._("it has a character that doesn't occur there (the letters I, O, S, V and Z never do)"),
        CHECK_DIGIT: env._("its last character doesn't match the others"),
    }[wrong]
    return env._(
        "%(number)s is no unified social credit code: %(reason)s. Compare it with the business licence.",
        number=vat, reason=reason,
    )
