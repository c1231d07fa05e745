"""How texts for people are put together."""

from odoo.tools import format_list


def listed(env, names):
    """Names as one text, listed as it is done in the language in which the environment words everything else.

    By itself Odoo lists in the company's language where no language is asked for, as in calls from outside.
    """
    return format_list(env, names, lang_code=env.lang or 'en_US')


def one_line(text):
    """A text as the header of a mail: a line break in it would keep the mail from being sent."""
    return ' '.join((text or "").split())
