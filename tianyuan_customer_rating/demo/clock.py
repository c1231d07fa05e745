"""Lets code run as if it were some days ago, for records that set their own time, above all the access log."""
import threading
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from unittest.mock import patch

from odoo import fields

CHINA = timedelta(hours=8)    # offset from UTC, all year


def moment(today, days, hour):
    """Return the UTC time of an hour in China, some days before ``today`` (after it if negative)."""
    return datetime.combine(today - timedelta(days=days), time(hour)) - CHINA


@contextmanager
def at(past):
    """Let the ORM use ``past`` as current time in this thread only, since a server may be running in others."""
    present, loader = fields.Datetime.now, threading.get_ident()

    def now(*args):
        return past if threading.get_ident() == loader else present(*args)

    with patch.object(fields.Datetime, 'now', staticmethod(now)):
        yield
