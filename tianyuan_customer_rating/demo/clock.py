"""Doing things as if it were some days ago, for what notes its own time: the access log above all."""
import threading
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from unittest.mock import patch

from odoo import fields

CHINA = timedelta(hours=8)    # ahead of UTC, all year


def moment(today, days, hour):
    """The UTC time of an hour in China, some days before ``today`` (after it when negative)."""
    return datetime.combine(today - timedelta(days=days), time(hour)) - CHINA


@contextmanager
def at(past):
    """Let the ORM take ``past`` for now, in this thread only: a server may be at work in others."""
    present, loader = fields.Datetime.now, threading.get_ident()

    def now(*args):
        return past if threading.get_ident() == loader else present(*args)

    with patch.object(fields.Datetime, 'now', staticmethod(now)):
        yield
