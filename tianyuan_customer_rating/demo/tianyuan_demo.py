import logging
import time

from odoo import api, fields, models

from ..engine.periods import Quarter
from ..engine.watch import Watcher, watched_ids
from . import archives, ratings, setup, trade
from .records import ref

_logger = logging.getLogger(__name__)

# Load in bulk: no followers, invitations or tracking messages.
QUIET = {
    'tracking_disable': True,
    'mail_create_nolog': True,
    'mail_create_nosubscribe': True,
    'mail_notrack': True,
    'mail_notify_force_send': False,
    'no_reset_password': True,
}


class TianyuanDemo(models.AbstractModel):
    _name = 'tianyuan.demo'
    _description = "Demo Data"

    @api.model
    def _load(self):
        """Create the demo company with its customers, two and a half years of trade, first ratings and archives.

        All dates are relative to today; everything else is the same each time. Existing records aren't changed, so
        calling it again does nothing.
        """
        started = time.monotonic()
        today = fields.Date.context_today(self)
        last_quarter = Quarter.last_complete(today)
        setup.activate_language(self.env)
        self._read_terms('tianyuan_customer_rating')
        env = self._demo_env()
        company = setup.ensure_company(env)
        env = self._demo_env(company)
        company = company.with_env(env)
        setup.ensure_accounts(env, company)
        setup.ensure_users(env, company)
        terms = setup.ensure_terms(env, company)
        products = setup.ensure_products(env, company)
        customers = setup.ensure_customers(env, terms, products, last_quarter)
        trade.load(env, company, terms, products, customers, last_quarter, today)
        trade.note_bad_debt(env, company, customers, last_quarter)
        ratings.rate(env, company, last_quarter.previous(), quarter=-1)
        env['tianyuan.rating.outcome']._read_due(company)
        archives.load(env, today)
        self._watch(env)
        _logger.info("Demo data of %s loaded in %.0f s", company.name, time.monotonic() - started)

    @api.model
    def _watch(self, env):
        """Look at the demo company's customers, as the nightly watch does, but without its commits."""
        company, today = env.company, fields.Date.context_today(self)
        customers = env['res.partner'].browse(watched_ids(env, company, today))
        env['tianyuan.watch.item']._watch(Watcher(env, company, today), customers)
        company.tianyuan_watched_on = today

    @api.model
    def _load_archives(self):
        """Fill the archives of a demo company that was created before the demo had archives."""
        env = self._demo_env(ref(self.env, 'company'))
        archives.load(env, fields.Date.context_today(env.user))

    @api.model
    def _rate_last_quarter(self):
        """Rate the last complete quarter: confirm most sheets, and leave something to do for each role."""
        env = self._demo_env(ref(self.env, 'company'))
        last_quarter = Quarter.last_complete(fields.Date.context_today(self))
        ratings.rate(env, env.company, last_quarter, quarter=0, unfinished=ratings.UNFINISHED)
        ratings.rate_prospect(env, env.company, last_quarter)
        env['tianyuan.rating.outcome']._read_due(env.company)
        self._watch(env)

    @api.model
    def _differences(self):
        """Return the differences between the last quarter's confirmed ratings and the plan."""
        env = self._demo_env(ref(self.env, 'company'))
        last_quarter = Quarter.last_complete(fields.Date.context_today(self))
        return ratings.differences(env, env.company, last_quarter)

    @api.model
    def _addon_env(self, addon):
        """Return the demo company's environment for the demo of another addon, or None without a demo company."""
        company = ref(self.env, 'company')
        if not company:
            return None
        self._read_terms(addon)
        return self._demo_env(company)

    @api.model
    def _read_terms(self, addon):
        """Read an addon's Chinese terms: Odoo reads them after the demo only, whose notes would be half English."""
        self.env['ir.module.module']._load_module_terms([addon], [setup.LANG])
        self.env.invalidate_all()

    def _demo_env(self, company=None):
        context = {**self.env.context, **QUIET, 'lang': setup.LANG}
        if company:
            context['allowed_company_ids'] = company.ids
        return self.env(user=api.SUPERUSER_ID, su=True, context=context)
