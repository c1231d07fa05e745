"""Measures users' actions in two databases: without the addon (STOCK) and with it (WITH).

One process serves both databases. Every round does each action in both, one right after the other and in alternating
order, so that other load on the machine affects both alike. Short actions are repeated within a round, because they are
disturbed more easily. An action begins with an empty ORM cache, is flushed and prepared for the commit, and then rolled
back.

The ratio of the two times is computed in three ways: from the medians of all rounds, from the minimums of all rounds,
which other load hardly affects, and as the median of the rounds' ratios. The middle one of the three counts, so that a
disturbance of one of them decides nothing. Queries are counted; they are the same in every round.
"""

import gc
import math
import os
import statistics
import time
from contextlib import contextmanager

from lxml import etree

from odoo import SUPERUSER_ID, Command, api
from odoo.modules.registry import Registry

ROUNDS = int(os.environ.get("PAIRED_ROUNDS", "25"))
WARM_UP = 2    # rounds that don't count
MOMENT, MOST_TURNS = 1500, 16    # repeat an action for so many milliseconds per round, up to so many turns
STOCK, WITH = "stock", "with"
CONTEXT = {"lang": "zh_CN", "tz": "Asia/Shanghai", "bin_size": True}
# Kinds of users: their Odoo groups, and their groups of the addon.
OFFICE, SALESPERSON = "office", "salesperson"
GROUPS = {
    OFFICE: ("base.group_user", "base.group_partner_manager", "sales_team.group_sale_salesman_all_leads",
             "account.group_account_invoice"),
    SALESPERSON: ("base.group_user", "base.group_partner_manager", "sales_team.group_sale_salesman",
                  "account.group_account_invoice"),
}
ROLES = {OFFICE: "archive_specialist", SALESPERSON: "sales_user"}


class Side:
    """One of the two databases."""

    def __init__(self, name, database):
        self.name, self.registry = name, Registry(database)
        self.companies = []    # the users' companies; Odoo's own choice if empty
        self.users = {}

    @contextmanager
    def preparing(self):
        """Provide an environment of the superuser to make the customers, which is committed."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, self._companies)

    @property
    def _companies(self):
        return {"allowed_company_ids": self.companies} if self.companies else {}

    def make_users(self, env):
        """Make one user of each kind, with the addon's groups on the side with the addon."""
        for who, groups in GROUPS.items():
            groups = [*groups, *([f"tianyuan_customer_rating.group_{ROLES[who]}"] if self.name == WITH else [])]
            user = env["res.users"].search([("login", "=", f"bench_{who}")]) or env["res.users"].create({
                "name": f"Bench {who}", "login": f"bench_{who}", "lang": CONTEXT["lang"], "tz": CONTEXT["tz"],
                "company_id": env.company.id, "company_ids": [Command.set(env.company.ids)],
            })
            user.group_ids = [Command.set([env.ref(group).id for group in groups])]
            self.users[who] = user.id

    def tidy(self, *rewritten):
        """Vacuum the tables, because filling them in several steps leaves many dead rows."""
        with self.registry.cursor() as cr:
            cr._cnx.rollback()
            cr._cnx.autocommit = True
            for table in rewritten:
                cr._cnx.cursor().execute(f"VACUUM FULL {table}")
            cr._cnx.cursor().execute("VACUUM ANALYZE")
            cr._cnx.autocommit = False

    @contextmanager
    def working(self, who=OFFICE):
        """Provide an environment of a user, which is committed."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, self.users[who], {**CONTEXT, **self._companies})

    @contextmanager
    def trying(self, who=OFFICE):
        """Provide an environment of a user with an empty cache, which is rolled back."""
        with self.registry.cursor() as cr:
            try:
                yield api.Environment(cr, self.users[who], {**CONTEXT, **self._companies})
            finally:
                cr.precommit.clear()
                cr.rollback()

    def measure(self, action):
        """Return the milliseconds and queries of an action."""
        with self.trying(action.who) as env:
            prepared = action.prepare(env)
            env.flush_all()
            env.cr.precommit.run()
            env.invalidate_all()
            gc.collect()
            gc.disable()    # garbage collection would disturb single actions
            try:
                queries, started = env.cr.sql_log_count, time.perf_counter()
                action.run(env, prepared)
                env.flush_all()
                env.cr.precommit.run()
                return 1000 * (time.perf_counter() - started), env.cr.sql_log_count - queries
            finally:
                gc.enable()


class Action:
    """An action of a user.

    :param str label: name in the reports
    :param run: function of the environment and the result of ``prepare``
    :param prepare: function of the environment that prepares the action, not measured
    :param sides: the databases in which it is done
    :param against: the action of the stock side to compare with; by default the action itself
    :param str who: key of :data:`GROUPS`
    :param float most: goal for the ratio to the stock time; None: no goal
    :param int queries_more: goal for the queries beyond those of stock; None: no goal
    """

    def __init__(self, label, run, prepare=lambda env: None, sides=(STOCK, WITH), against=None, who=OFFICE, most=None,
                 queries_more=None):
        self.label, self.run, self.prepare, self.sides, self.who = label, run, prepare, sides, who
        self.base = self if STOCK in sides else against
        self.most, self.queries_more = most, queries_more
        self.times = {side: [] for side in sides}
        self.queries = {}
        self.turns = 1    # repetitions in a round

    def median(self, side):
        """Return the median in milliseconds."""
        return statistics.median(self.times[side])

    @property
    def ratio(self):
        """Return the ratio to the stock time, as explained above."""
        ours, stock = self.times[WITH], self.base.times[STOCK]
        return statistics.median((
            statistics.median(ours) / statistics.median(stock),
            min(ours) / min(stock),
            statistics.median(our / its for our, its in zip(ours, stock, strict=True)),
        ))

    @property
    def missed(self):
        """Return the missed goals as text; empty if there are none."""
        missed = []
        if self.most is not None and round(self.ratio, 2) > self.most:
            missed.append(f"{self.label}: {self.ratio:.2f} times stock, not {self.most:g}")
        if self.queries_more is not None and self.queries[WITH] - self.base.queries[STOCK] > self.queries_more:
            missed.append(f"{self.label}: {self.queries[WITH]} queries to {self.base.queries[STOCK]}")
        return "; ".join(missed)


def measure(sides, actions, rounds=ROUNDS):
    """Do all actions in so many rounds on all their sides.

    :param dict sides: name → :class:`Side`
    :param actions: list of :class:`Action`
    """
    for number in range(-WARM_UP, rounds):
        for action in actions:
            for turn in range(action.turns):
                for name in action.sides if (number + turn) % 2 else reversed(action.sides):
                    milliseconds, action.queries[name] = sides[name].measure(action)
                    if number >= 0:
                        action.times[name].append(milliseconds)
            if number < 0:
                action.turns = min(MOST_TURNS, math.ceil(MOMENT / milliseconds))
        for action in actions:
            action.turns = (action.base or action).turns    # both sides need the same number of repetitions
        if number < 0:
            gc.collect()
            gc.freeze()    # collecting garbage between actions then skips all of Odoo's objects
    gc.unfreeze()


def report(actions, heading):
    """Print a line for each action.

    :return: list of texts that say which goals were missed
    """
    print(f"\n{heading}: milliseconds (median, least) and queries, load {os.getloadavg()[0]:.1f}")
    print(f"{'':<58}{'without the addon':>22}{'with it':>22}{'ratio':>8}  goal")
    for action in actions:
        cells = [
            f"{action.median(side):9.1f} {min(action.times[side]):7.1f} {action.queries[side]:4}"
            if side in action.sides else "" for side in (STOCK, WITH)
        ]
        ratio = f"{action.ratio:8.2f}" if WITH in action.sides and action.base else ""
        goal = f"  {action.most:g}" if action.most is not None else ""
        if action.queries_more is not None:
            goal += f", queries +{action.queries_more}"
        print(f"{action.label:<58}{cells[0]:>22}{cells[1]:>22}{ratio}{goal}", flush=True)
    return [action.missed for action in actions if action.missed]


def specification(env, view_type, view=False, own=True, model="res.partner"):
    """Return the specification that the web client reads for a view, optionally without the addon's fields."""
    records = env[model]
    arch = etree.fromstring(records.get_views([(view, view_type)])["views"][view_type]["arch"])
    return _wanted(records, arch, own)


def _wanted(records, arch, own):
    wanted = {}
    # Only fields of this level, not those of a view inside another field.
    for node in arch.xpath(".//field[count(ancestor::field) = $depth]", depth=_depth(arch)):
        name = node.get("name")
        if name.startswith("tianyuan_") and not own:
            continue
        if node.get("widget") == "list_activity":
            wanted |= {dependency: {} for dependency in (
                "activity_exception_decoration", "activity_exception_icon", "activity_state", "activity_summary",
                "activity_type_icon",
            )} | {"activity_type_id": {"fields": {"display_name": {}}}}
        if wanted.get(name):
            continue
        wanted[name] = {}
        field = records._fields[name]
        if node.get("invisible") in ("1", "True") and field.relational:
            continue
        if field.type == "many2one" or node.get("widget") == "many2many_tags":
            wanted[name] = {"fields": {"display_name": {}}}
            if node.get("widget") == "tianyuan_tier_badge":
                wanted[name]["fields"]["color"] = {}
        elif field.relational and len(node):
            wanted[name] = {"fields": _wanted(records.env[field.comodel_name], node, own), "limit": 40}
    return wanted


def _depth(node):
    return len(list(node.iterancestors("field"))) + (node.tag == "field")
