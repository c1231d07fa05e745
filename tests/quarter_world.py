"""A company in the middle of a quarter's rating, made through remote calls only.

Last quarter's sheets wait for sales and finance, those of the quarter before are confirmed. All figures come from real
invoices and payments.
"""

from dataclasses import dataclass
from datetime import timedelta

from odoo_harness import ADDON
from world import Builder, last_quarter

ROLES = {
    "amy": "group_sales_user",
    "ben": "group_sales_user",
    "fiona": "group_finance_assessor",
    "max": "group_manager",
}

# name, channel, salesperson, purchases of a quarter
CUSTOMERS = [
    ("华东双氧水有限公司", "direct", "amy", 5_600_000),
    ("江苏恒瑞造纸集团股份有限公司", "direct", "amy", 3_250_000.5),
    ("浙江蓝天印染有限公司", "direct", "amy", 1_800_000),
    ("宁波海川贸易有限公司", "distributor", "amy", 8_900_000),
    ("上海申化化工经销有限公司", "distributor", "amy", 4_100_000),
    ("山东鲁北纸业有限公司", "direct", "ben", 6_000_000),
    ("青岛胶州湾食品有限公司", "direct", "ben", 900_000),
    ("济南泉城水处理有限公司", "direct", "ben", 2_400_000),
    ("烟台渤海化工贸易有限公司", "distributor", "ben", 13_000_000),
    ("潍坊世纪经销有限公司", "distributor", "ben", 1_200_000),
    ("临沂沂蒙化工有限公司", "distributor", "ben", 600_000),
    ("威海远洋水产有限公司", "direct", "ben", 450_000),
]
NEW = {"浙江蓝天印染有限公司", "威海远洋水产有限公司"}  # bought nothing before the quarter
READY = 3  # number of ben's first customers whose sheets both sides have submitted
NO_CHANNEL = "昆山无名商行"  # a customer who can't be rated, and bought in the oldest quarter
LATE_PAYERS = 4  # every so many-th customer pays late


@dataclass
class QuarterWorld:
    company: int
    quarter: tuple  # being assessed
    earlier: tuple  # confirmed
    past: tuple  # not rated
    users: dict  # login -> id
    clients: dict  # login -> session; "admin" too
    customers: dict  # salesperson -> names
    sheets: dict  # customer's name -> sheet of the quarter

    def lines(self, login, domain, *fields):
        domain = [("company_id", "=", self.company), *domain]
        return self.clients[login].call("tianyuan.rating.line", "search_read", domain, list(fields))

    def sheet(self, name):
        return self.clients["max"].read("tianyuan.rating", self.sheets[name], "state", "sales_done", "finance_done")

    def work_off_runs(self):
        """Process started runs, as the scheduler does a moment later."""
        admin = self.clients["admin"]
        admin.call("ir.cron", "method_direct_trigger", [admin.ref(f"{ADDON}.ir_cron_process_runs")])


class QuarterBuilder(Builder):
    def trade(self, company, customers, quarters):
        """Make two invoices per customer and quarter, due at once; some customers pay late."""
        self._receive_payments_in(company)
        for start, _end in quarters:
            punctual, late = [], []
            for number, (customer, amount, first) in enumerate(customers):
                if start < first:
                    continue
                group = punctual if number % LATE_PAYERS else late
                group += [(customer, start + timedelta(days=3), amount * 0.4)]
                group += [(customer, start + timedelta(days=40), amount * 0.6)]
            for invoices, days in ((punctual, 0), (late, 9)):
                self._invoice_and_pay(company, invoices, days)

    def _receive_payments_in(self, company):
        [account] = self.in_company(
            company,
            "account.account",
            "create",
            [{"name": "Receipts", "code": "100299", "account_type": "asset_current"}],
        )
        domain = [("journal_id.company_id", "=", company), ("payment_type", "=", "inbound")]
        methods = self.in_company(company, "account.payment.method.line", "search", domain)
        self.in_company(company, "account.payment.method.line", "write", methods, {"payment_account_id": account})

    def _invoice_and_pay(self, company, invoices, days):
        moves = self.in_company(
            company, "account.move", "create", [self._invoice_values(*invoice) for invoice in invoices]
        )
        self.in_company(company, "account.move", "action_post", moves)
        by_day = {}
        for move, (_customer, day, _amount) in zip(moves, invoices):
            by_day.setdefault(day + timedelta(days=days), []).append(move)
        for day, paid in by_day.items():
            context = {"allowed_company_ids": [company], "active_model": "account.move", "active_ids": paid}
            values = {"payment_date": str(day), "group_payment": False}
            [wizard] = self.admin.call("account.payment.register", "create", [values], context=context)
            self.admin.call("account.payment.register", "action_create_payments", [wizard], context=context)

    @staticmethod
    def _invoice_values(customer, day, amount):
        return {
            "move_type": "out_invoice",
            "partner_id": customer,
            "invoice_date": str(day),
            "invoice_date_due": str(day),
            "invoice_line_ids": [(0, 0, {"name": "双氧水 27.5%", "quantity": 1, "price_unit": amount, "tax_ids": []})],
        }

    def rate_quarter(self, world, quarter):
        """Start and process a run of the quarter.

        :return: dict of customer's name -> sheet
        """
        values = {"company_id": world.company, "date_from": str(quarter[0]), "date_to": str(quarter[1])}
        manager = world.clients["max"]
        run = manager.create("tianyuan.rating.run", **values)
        manager.call("tianyuan.rating.run", "action_start", [run])
        world.work_off_runs()
        sheets = manager.call("tianyuan.rating", "search_read", [("run_id", "=", run)], ["partner_id"])
        return {sheet["partner_id"][1]: sheet["id"] for sheet in sheets}

    def assess(self, world, sheets, loyalty=60, debt_ratio=55):
        """Have sales and finance fill and submit these sheets."""
        for login in ("amy", "ben", "fiona"):
            side = "finance" if login == "fiona" else "sales"
            missing = [("rating_id", "in", sheets), ("responsibility", "=", side), ("origin", "=", "missing")]
            own = [("responsibility", "=", side), ("rating_id", "in", sheets)]
            if side == "sales":
                own += [("partner_id.user_id", "=", world.users[login])]
                missing += [("partner_id.user_id", "=", world.users[login])]
            groups = {}
            for line in world.lines(login, missing, "source", "indicator_id", "channel", "available_level_ids"):
                groups.setdefault((line["source"], line["indicator_id"][0], line["channel"]), []).append(line)
            for (source, _indicator, _channel), lines in groups.items():
                if source == "level":
                    values = {"level_id": lines[0]["available_level_ids"][1]}
                else:
                    values = {"metric_value": debt_ratio if side == "finance" else loyalty}
                world.clients[login].call("tianyuan.rating.line", "write", [line["id"] for line in lines], values)
            lines = [line["id"] for line in world.lines(login, own)]
            if lines:
                world.clients[login].call("tianyuan.rating.line", "action_submit", lines)


def build_quarter_world(server):
    builder = QuarterBuilder(server)
    company = builder.company("天元化工")
    users = {login: builder.user(login, group, company) for login, group in ROLES.items()}
    quarter = last_quarter()
    earlier = last_quarter(quarter[0])
    past = last_quarter(earlier[0])
    world = QuarterWorld(
        company=company,
        quarter=quarter,
        earlier=earlier,
        past=past,
        users=users,
        clients={"admin": builder.admin, **{login: server.login(login) for login in ROLES}},
        customers={login: [name for name, _, owner, _ in CUSTOMERS if owner == login] for login in ("amy", "ben")},
        sheets={},
    )
    customers = builder.admin.call(
        "res.partner",
        "create",
        [
            {
                "name": name,
                "is_company": True,
                "company_id": company,
                "tianyuan_channel": channel,
                "user_id": users[owner],
            }
            for name, channel, owner, _amount in CUSTOMERS
        ],
    )
    unrated = builder.admin.create("res.partner", name=NO_CHANNEL, is_company=True, company_id=company)
    builder.invoice(company, unrated, past[0], 70_000)
    trade = [
        (customer, amount, (quarter if name in NEW else earlier)[0])
        for customer, (name, _channel, _owner, amount) in zip(customers, CUSTOMERS)
    ]
    builder.trade(company, trade, [earlier, quarter])
    confirmed = builder.rate_quarter(world, earlier)
    builder.assess(world, list(confirmed.values()))
    world.clients["max"].call("tianyuan.rating", "action_confirm", list(confirmed.values()))
    world.sheets = builder.rate_quarter(world, quarter)
    builder.assess(world, [world.sheets[name] for name in world.customers["ben"][:READY]], loyalty=85, debt_ratio=45)
    return world
