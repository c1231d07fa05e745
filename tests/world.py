"""The users, customers and ratings of the tests from outside, made through remote calls only."""

from dataclasses import dataclass
from datetime import date, timedelta

from odoo_harness import ADDON

ROLES = {
    "sales": "group_sales_user",
    "colleague": "group_sales_user",
    "specialist": "group_archive_specialist",
    "finance": "group_finance_assessor",
    "manager": "group_manager",
    "stranger": "group_manager",  # in another company
}


@dataclass
class World:
    company: int
    quarter: tuple
    users: dict  # role -> id
    clients: dict  # role -> session
    customer: int  # of the sales user
    other_customer: int  # of the colleague
    rating: int
    other_rating: int
    confirmed_rating: int  # of the quarter before and the sales user's customer


def last_quarter(today=None):
    today = today or date.today()
    this_start = today.replace(month=3 * ((today.month - 1) // 3) + 1, day=1)
    end = this_start - timedelta(days=1)
    return end.replace(month=end.month - 2, day=1), end


class Builder:
    def __init__(self, server):
        self.server = server
        self.admin = server.login("admin")

    def company(self, name):
        china, yuan = self.admin.ref("base.cn"), self.admin.ref("base.CNY")
        company = self.admin.create("res.company", name=name, country_id=china, currency_id=yuan)
        self.admin.write("res.users", self.admin.uid, company_ids=[(4, company)])
        self.admin.call("account.chart.template", "try_loading", [], "cn", company)
        return company

    def user(self, login, group, company):
        return self.admin.create(
            "res.users",
            name=login.title(),
            login=login,
            password=login,
            lang="zh_CN",
            tz="Asia/Shanghai",
            company_id=company,
            company_ids=[(6, 0, [company])],
            group_ids=[(4, self.admin.ref(f"{ADDON}.{group}"))],
        )

    def customer(self, name, salesperson, company):
        return self.admin.create(
            "res.partner",
            name=name,
            is_company=True,
            user_id=salesperson,
            company_id=company,
            tianyuan_channel="direct",
        )

    def in_company(self, company, model, method, *args):
        return self.admin.call(model, method, *args, context={"allowed_company_ids": [company]})

    def invoice(self, company, customer, day, amount):
        lines = [(0, 0, {"name": "Hydrogen peroxide", "quantity": 1, "price_unit": amount, "tax_ids": []})]
        day = str(day)
        values = {"move_type": "out_invoice", "partner_id": customer, "invoice_date": day, "invoice_date_due": day}
        [invoice] = self.in_company(company, "account.move", "create", [{**values, "invoice_line_ids": lines}])
        self.in_company(company, "account.move", "action_post", [invoice])
        return invoice

    def rate(self, company, customer, start, end):
        values = {"partner_id": customer, "company_id": company, "date_from": str(start), "date_to": str(end)}
        [rating] = self.in_company(company, "tianyuan.rating", "create", [values])
        self.in_company(company, "tianyuan.rating", "action_compute", [rating])
        return rating

    def fill_and_confirm(self, rating, clients):
        """Have each role do its part of a sheet."""
        for role, responsibility in (("sales", "sales"), ("finance", "finance")):
            client = clients[role]
            domain = [("rating_id", "=", rating), ("responsibility", "=", responsibility), ("origin", "=", "missing")]
            for line in client.call("tianyuan.rating.line", "search_read", domain, ["max_points"]):
                client.write("tianyuan.rating.line", line["id"], points=line["max_points"], note="Known to us")
            client.call("tianyuan.rating", f"action_submit_{role}", [rating])
        clients["manager"].call("tianyuan.rating", "action_confirm", [rating])


def build_world(server):
    builder = Builder(server)
    company = builder.company("Tianyuan Chemicals")
    other_company = builder.company("Another Company")
    users = {
        role: builder.user(role, group, other_company if role == "stranger" else company)
        for role, group in ROLES.items()
    }
    clients = {role: server.login(role) for role in ROLES}
    customer = builder.customer("East Peroxide", users["sales"], company)
    other_customer = builder.customer("West Dyestuffs", users["colleague"], company)
    start, end = last_quarter()
    earlier_start, earlier_end = last_quarter(start)
    for day, amount in ((start, 1_000_000), (start + timedelta(days=40), 2_500_000), (earlier_end, 800_000)):
        for partner in (customer, other_customer):
            builder.invoice(company, partner, day, amount)
    confirmed = builder.rate(company, customer, earlier_start, earlier_end)
    builder.fill_and_confirm(confirmed, clients)
    return World(
        company=company,
        quarter=(start, end),
        users=users,
        clients=clients,
        customer=customer,
        other_customer=other_customer,
        rating=builder.rate(company, customer, start, end),
        other_rating=builder.rate(company, other_customer, start, end),
        confirmed_rating=confirmed,
    )
