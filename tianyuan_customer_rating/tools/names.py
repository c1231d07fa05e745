"""Finding a person's name in texts, and taking it out of them."""
import html
import re

from markupsafe import escape


def pattern(names):
    """Return a regular expression, for Python and PostgreSQL, that finds names; to be matched without regard to case.

    A name that begins or ends with a Latin letter isn't found within a longer word: "Li" isn't in "Licence".
    """
    return "|".join(
        ('(?<![A-Za-z])' if re.match('[A-Za-z]', name) else '') + re.escape(name)
        + ('(?![A-Za-z])' if re.search('[A-Za-z]$', name) else '') for name in names
    )


def spellings(name):
    """Return how a name may be written in HTML; the longest first, so that none is found within another."""
    found = {name, str(escape(name)), html.escape(name), html.escape(name, quote=False)}
    return sorted(found, key=lambda spelling: (-len(spelling), spelling))


def without(text, name, alias):
    """Return a text, plain or HTML, with an alias in the place of a name."""
    return re.sub(pattern(spellings(name)), lambda _found: alias, text, flags=re.IGNORECASE)
