"""The users and records of the access matrix.

Each model has a record about the user's own customer, one about a colleague's, and one in another company.
"""

from dataclasses import dataclass
from datetime import date
from itertools import count

from odoo_harness import ADDON, RpcError
from world import Builder, last_quarter

GROUPS = {
    "sales": f"{ADDON}.group_sales_user",  # the customer's salesperson
    "leader": f"{ADDON}.group_sales_user",  # the leader of the salesperson's team
    "specialist": f"{ADDON}.group_archive_specialist",
    "finance": f"{ADDON}.group_finance_assessor",
    "manager": f"{ADDON}.group_manager",
    "insider": "base.group_user",  # an employee without a role
    "portal": "base.group_portal",  # a contact of the salesperson's customer
}
OTHERS = {
    "colleague": f"{ADDON}.group_sales_user",  # the salesperson of another customer
    "stranger": f"{ADDON}.group_archive_specialist",  # of the other company
    "reader": f"{ADDON}.group_contact_profile",  # may read profiles, without another role
    "outsider": f"{ADDON}.group_manager",  # of the other company
    "keeper": f"{ADDON}.group_manager",  # of both companies
}
LINE = "tianyuan.rating.line"


@dataclass
class Place:
    """The company and the customer that a record belongs to."""

    name: str
    company: int
    customer: int = 0
    assessing: int = 0  # the customer's sheet of last quarter
    confirmed: int = 0  # the sheet of the quarter before
    run: int = 0  # a run that is done, with a customer who couldn't be rated

    def about_customer(self):
        return {"partner_id": self.customer, "company_id": self.company}


@dataclass
class Recipe:
    """How to try the access to a model. The functions get the world and the place, some also the role."""

    values: object  # (world, place) → values of a valid new record
    change: object = None  # (world, place, role) → a write that changes nothing of importance
    record: object = None  # (world, place) → the record to try; by default made by the administrator
    tries: str = "crwd"
    fields: tuple = ("display_name",)  # what is read


@dataclass
class Opening:
    """How to try what users open for themselves: (world, client) → the record, or None if they may not."""

    open: object
    values: object
    change: dict


class AccessWorld:
    def __init__(self, server):
        self.database = server.database
        self.builder = Builder(server)
        self.admin = self.builder.admin
        self.quarter, self.before = last_quarter(), last_quarter(last_quarter()[0])
        self.numbers, self.quarters = count(1), count(1)
        ours = self.builder.company("Tianyuan Access")
        theirs = self.builder.company("Another Access Company")
        self.places = {
            "own": Place("own", ours),
            "other": Place("other", ours),
            "foreign": Place("foreign", theirs),
        }
        for place in self.places.values():
            self._make_ratings(place)
        for name in ("own", "foreign"):
            self._make_run(self.places[name])
        self.places["other"].run = self.places["own"].run
        self._make_people(server, ours, theirs)
        # A customer of the other company that isn't shared, which the salesperson must not see at all.
        self.foreign_customer = self.builder.customer("Not shared", self.users["sales"], theirs)
        for customer in (*(place.customer for place in self.places.values()), self.foreign_customer):
            foreign = customer in (self.places["foreign"].customer, self.foreign_customer)
            specialist = self.users["stranger" if foreign else "specialist"]
            values = {"tianyuan_archive_state": "collecting", "tianyuan_archive_specialist_id": specialist}
            self.admin.write("res.partner", customer, **values)
        self.records, self.values = {}, {}  # kept from one test to the next

    def _make_people(self, server, ours, theirs):
        people = {**GROUPS, **OTHERS}
        works = {"stranger": [theirs], "outsider": [theirs], "keeper": [ours, theirs]}
        # All employees may export, so that only the records' own rules can refuse it.
        export = self.admin.ref("base.group_allow_export")
        users = [
            {
                "name": role.title(),
                "login": f"access_{role}",
                "password": f"access_{role}",
                "company_id": works.get(role, [ours])[0],
                "company_ids": [(6, 0, works.get(role, [ours]))],
                "group_ids": [(6, 0, [self.admin.ref(group)] + [export] * (role != "portal"))],
            }
            for role, group in people.items()
        ]
        users = dict(zip(people, self.admin.call("res.users", "create", users), strict=True))
        self.users = users
        self.admin.create(
            "crm.team",
            name="Access",
            company_id=ours,
            user_id=users["leader"],
            member_ids=[(6, 0, [users["sales"]])],
        )
        salespeople = {"own": "sales", "other": "colleague", "foreign": "sales"}
        for name, role in salespeople.items():
            # The other company's customer is shared and the salesperson's own, so that only the company rule applies.
            self.admin.write("res.partner", self.places[name].customer, user_id=users[role])
        self.partners = {
            role: self.admin.read("res.users", user, "partner_id")["partner_id"][0] for role, user in users.items()
        }
        self.admin.write("res.partner", self.partners["portal"], parent_id=self.places["own"].customer)
        self.clients = {role: server.login(f"access_{role}") for role in people}

    def _make_ratings(self, place):
        """Make a confirmed sheet, and one being assessed. The customer belongs to the administrator meanwhile."""
        shared = place.name == "foreign"
        place.customer = self.builder.customer(place.name.title(), self.admin.uid, False if shared else place.company)
        for start, _end in (self.before, self.quarter):
            self.builder.invoice(place.company, place.customer, start, 1_000_000)
        place.confirmed = self.builder.rate(place.company, place.customer, *self.before)
        self.assess(place, place.confirmed)
        self.do(place, "tianyuan.rating", "action_confirm", [place.confirmed])
        place.assessing = self.builder.rate(place.company, place.customer, *self.quarter)

    def assess(self, place, sheet):
        """Fill in what is missing and submit both sides, as the administrator, who has all roles."""
        missing = [("rating_id", "=", sheet), ("origin", "=", "missing")]
        for line in self.do(place, LINE, "search_read", missing, ["max_points"]):
            self.do(place, LINE, "write", [line["id"]], {"points": line["max_points"], "note": "Known to us"})
        for side in ("sales", "finance"):
            self.do(place, "tianyuan.rating", f"action_submit_{side}", [sheet])

    def _make_run(self, place):
        unrated = self.admin.create("res.partner", name="Without Channel", company_id=place.company)
        self.builder.invoice(place.company, unrated, self.before[0], 1)
        start, end = map(str, self.before)
        values = {"company_id": place.company, "date_from": start, "date_to": end}
        [place.run] = self.do(place, "tianyuan.rating.run", "create", [values])
        self.do(place, "tianyuan.rating.run", "action_start", [place.run])
        self.admin.call("ir.cron", "method_direct_trigger", [self.admin.ref(f"{ADDON}.ir_cron_process_runs")])

    def do(self, place, model, method, *args):
        """Call a method as the administrator, in the place's company."""
        return self.builder.in_company(place.company or self.places["own"].company, model, method, *args)

    def make(self, place, model, **values):
        return self.do(place, model, "create", [values])[0]

    def find(self, place, model, *domain):
        return self.do(place, model, "search", list(domain))[0]

    def line(self, place, responsibility, sheet=None):
        """A line of the sheet being assessed that a person fills in."""
        domain = [("rating_id", "=", sheet or place.assessing), ("responsibility", "=", responsibility)]
        return self.find(place, LINE, *domain, ("source", "=", "value"))

    def past_quarter(self):
        """A past quarter without sheets."""
        number = next(self.quarters)
        year, month = 1950 + number // 4, 3 * (number % 4) + 1
        end = date(year, month + 2, 31 if month in (1, 10) else 30)
        return {"date_from": str(date(year, month, 1)), "date_to": str(end)}

    def name(self):
        return f"Access {next(self.numbers)}"


def opened(client, model, method, record):
    """The first record that opening a number has made for the user; None if the user may not open it."""
    try:
        action = client.call(model, method, [record])
    except RpcError as refusal:
        if refusal.kind != "AccessError":
            raise
        return None
    return action.get("res_id") or action["domain"][0][2][0]
