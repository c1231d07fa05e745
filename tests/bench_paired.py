"""What people do, measured in two databases: without the addon (STOCK) and with it (WITH).

Both are served by one process, and every round does each action once in each, one right after the other and in turns
the one and the other first: what else the machine does falls on both alike. What takes a moment only is done several
times a round, since it is disturbed the more easily. An action begins with nothing in the ORM's cache, is written to
the database with what it leaves to be done before a commit, and is rolled back.

How many times as long an action takes is told in three ways: by the medians of all rounds, by the least of all
rounds, which hardly anything else can lengthen, and by the median of the ratios of the rounds, in which both were
disturbed alike. The one in the middle counts: a disturbance that fools one of them decides nothing, either way.
Queries are counted; they are the same in every round.
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
WARM_UP = 2    # rounds before
MOMENT, MOST_TURNS = 1500, 16    # milliseconds a round gives to an action at least, if it takes no more turns
STOCK, WITH = "stock", "with"
CONTEXT = {"lang": "zh_CN", "tz": "Asia/Shanghai", "bin_size": True}
# who does it: Odoo's groups, and the addon's that go with them
OFFICE, SALESPERSON = "office", "salesperson"
GROUPS = {
    OFFICE: ("base.group_user", "base.group_partner_manager", "sales_team.group_sale_salesman_all_leads",
             "account.group_account_invoice"),
    SALESPERSON: ("base.group_user", "base.group_partner_manager", "sales_team.group_sale_salesman",
                  "account.group_account_invoice"),
}
ROLES = {OFFICE: "archive_specialist", SALESPERSON: "sales_user"}


class Side:
    """One of the two databases, as users work in it."""

    def __init__(self, name, database):
        self.name, self.registry = name, Registry(database)
        self.companies = []    # those the users work in; Odoo's own choice if empty
        self.users = {}

    @contextmanager
    def preparing(self):
        """An environment of the superuser's in which the customers are made; committed."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, self._companies)

    @property
    def _companies(self):
        return {"allowed_company_ids": self.companies} if self.companies else {}

    def make_users(self, env):
        """One user for each kind of people; on the side with the addon in its groups too."""
        for who, groups in GROUPS.items():
            groups = [*groups, *([f"tianyuan_customer_rating.group_{ROLES[who]}"] if self.name == WITH else [])]
            user = env["res.users"].search([("login", "=", f"bench_{who}")]) or env["res.users"].create({
                "name": f"Bench {who}", "login": f"bench_{who}", "lang": CONTEXT["lang"], "tz": CONTEXT["tz"],
                "company_id": env.company.id, "company_ids": [Command.set(env.company.ids)],
            })
            user.group_ids = [Command.set([env.ref(group).id for group in groups])]
            self.users[who] = user.id

    def tidy(self, *rewritten):
        """Vacuum: filled in several steps, some tables would be read with a lot of dead rows."""
        with self.registry.cursor() as cr:
            cr._cnx.rollback()
            cr._cnx.autocommit = True
            for table in rewritten:
                cr._cnx.cursor().execute(f"VACUUM FULL {table}")
            cr._cnx.cursor().execute("VACUUM ANALYZE")
            cr._cnx.autocommit = False

    @contextmanager
    def working(self, who=OFFICE):
        """An environment of a user's, committed."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, self.users[who], {**CONTEXT, **self._companies})

    @contextmanager
    def trying(self, who=OFFICE):
        """An environment of a user's with nothing in the cache, thrown away afterwards."""
        with self.registry.cursor() as cr:
            try:
                yield api.Environment(cr, self.users[who], {**CONTEXT, **self._companies})
            finally:
                cr.precommit.clear()
                cr.rollback()

    def measure(self, action):
        """Milliseconds and queries of an action."""
        with self.trying(action.who) as env:
            prepared = action.prepare(env)
            env.flush_all()
            env.cr.precommit.run()
            env.invalidate_all()
            gc.collect()
            gc.disable()    # where the next collection falls tells nothing
            try:
                queries, started = env.cr.sql_log_count, time.perf_counter()
                action.run(env, prepared)
                env.flush_all()
                env.cr.precommit.run()
                return 1000 * (time.perf_counter() - started), env.cr.sql_log_count - queries
            finally:
                gc.enable()


class Action:
    """Something people do.

    :param str label: how it is called in the reports
    :param run: function of the environment and what ``prepare`` gave
    :param prepare: function of the environment that makes ready, outside the clock
    :param sides: the databases it is done in
    :param against: the action of the stock side it is compared with, unless itself
    :param str who: key of :data:`GROUPS`
    :param float most: how many times the stock time it may take; None: there is no goal
    :param int queries_more: how many queries it may take more than stock; None: there is no goal
    """

    def __init__(self, label, run, prepare=lambda env: None, sides=(STOCK, WITH), against=None, who=OFFICE, most=None,
                 queries_more=None):
        self.label, self.run, self.prepare, self.sides, self.who = label, run, prepare, sides, who
        self.base = self if STOCK in sides else against
        self.most, self.queries_more = most, queries_more
        self.times = {side: [] for side in sides}
        self.queries = {}
        self.turns = 1    # how many times it is done in a round

    def median(self, side):
        """Milliseconds."""
        return statistics.median(self.times[side])

    @property
    def ratio(self):
        """Times the stock time, see above."""
        ours, stock = self.times[WITH], self.base.times[STOCK]
        return statistics.median((
            statistics.median(ours) / statistics.median(stock),
            min(ours) / min(stock),
            statistics.median(our / its for our, its in zip(ours, stock, strict=True)),
        ))

    @property
    def missed(self):
        """What is missed of the goals, as text; empty if nothing."""
        missed = []
        if self.most is not None and round(self.ratio, 2) > self.most:
            missed.append(f"{self.label}: {self.ratio:.2f} times stock, not {self.most:g}")
        if self.queries_more is not None and self.queries[WITH] - self.base.queries[STOCK] > self.queries_more:
            missed.append(f"{self.label}: {self.queries[WITH]} queries to {self.base.queries[STOCK]}")
        return "; ".join(missed)


def measure(sides, actions, rounds=ROUNDS):
    """Do all actions so many times on all their sides.

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
            action.turns = (action.base or action).turns    # compared turn by turn
        if number < 0:
            gc.collect()
            gc.freeze()    # the garbage of an action is collected before the next, but not looked for in all of Odoo
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
    """What the web client reads for a view; without the addon's own fields, if asked."""
    records = env[model]
    arch = etree.fromstring(records.get_views([(view, view_type)])["views"][view_type]["arch"])
    return _wanted(records, arch, own)


def _wanted(records, arch, own):
    wanted = {}
    # only the fields of this level: not those of a view inside another field
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
