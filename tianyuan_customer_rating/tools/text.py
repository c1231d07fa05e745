"""Formats texts for users."""

from odoo.tools import format_list


def listed(env, names):
    """Return names as one text, in the style of the environment's language.

    Without a language, as in RPC calls, ``format_list`` would use the company's language, unlike all other texts.
    """
    return format_list(env, names, lang_code=env.lang or 'en_US')


def one_line(text):
    """Return a text without line breaks, for mail headers: a line break would keep the mail from being sent."""
    return ' '.join((text or "").split())
