"""Measures how long it takes to find a customer's possible duplicates among PARTNERS customers.

Run by `odoo shell` in a database with the addon. The customers have made-up names that share places, trades and trade
names as real ones do, tax IDs and phone numbers. Looked for are some of them, written in another way, and as many that
aren't there: one after the other, as a form does, and PROBES at once, as an import does. What is compared is stored
anew first, as an upgrade does. The script fails if a goal is missed.
"""

import os
import random
import statistics
import sys
import time

sys.path.append(os.environ["BENCH_TESTS"])
import bench_data  # noqa: E402 the script comes on standard input, so its folder isn't on the path
import bench_report  # noqa: E402

from odoo import Command

from odoo.addons.tianyuan_customer_rating.hooks import note_match_keys
from odoo.addons.tianyuan_customer_rating.tools import company_words

PARTNERS = int(os.environ.get("PARTNERS", "100000"))
PROBES = 1_000
GOAL, GOAL_OF_STORING = 50, 120_000  # milliseconds a customer, and for storing the keys of all
COLUMNS = ("What", "Customers", "Median, ms", "95 of 100 within, ms", "Goal, ms")
SPECIALIST = "tianyuan_customer_rating.group_archive_specialist"
INDEXES = ("res_partner_tianyuan_match_keys_idx", "res_partner_tianyuan_match_brand_idx")
SIGNS = "恒源盛泰华信达鑫海瑞丰隆顺昌茂荣德润嘉宏兴裕通利远博锦康宁凯腾晟佳旭辰汇融创域拓维诺科朗讯铭金银龙"
TRADES = (
    "化工", "贸易", "商贸", "科技", "新材料", "新材料科技", "化工贸易", "国际贸易", "实业", "塑料", "橡胶", "涂料",
    "精细化工", "生物科技", "石化", "化学", "助剂", "建材",
)
FORMS = ("有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司", "集团有限公司")
LATIN = ("Northgate", "Silverline", "Oakfield", "Evergreen", "Redstone", "Meridian", "Granite", "Clearwater")

chance = random.Random(7)
towns = [town for places in company_words.PLACES.values() for town in places]
brands = ["".join(chance.sample(SIGNS, chance.choice((2, 2, 2, 2, 3, 4)))) for _ in range(3_000)]


def customer():
    """Return a made-up name, tax ID and phone number; a trade name is borne by dozens, an English one by hundreds."""
    if chance.random() < 0.05:
        word = f"{chance.choice(LATIN)}{chance.choice('abcdefghij')}{chance.choice('klmnopq')}"
        name = f"{chance.choice(('Shanghai', 'Qingdao', 'Ningbo'))} {word.title()} Chemical Co., Ltd."
    else:
        name = chance.choice(towns) + chance.choice(brands) + chance.choice(TRADES) + chance.choice(FORMS)
    return (
        name, f"91{chance.randrange(110000, 660000)}{chance.randrange(10**9):09}X",
        f"0{chance.randrange(310, 999)}-{chance.randrange(10**7):07}",
    )


def otherwise(name, vat, phone):
    """Return a customer written in another way."""
    return name.replace("有限公司", "公司").replace("化工", "化学"), vat[2:17], f"+86 {phone[1:]} 转 8"


def fill():
    """Make the customers, and return them."""
    made = [customer() for _ in range(PARTNERS)]
    pattern = env["res.partner"].create({"name": "Pattern", "is_company": True})
    env.flush_all()
    names = [name for (name,) in bench_data.sql(
        env, "SELECT column_name FROM information_schema.columns WHERE table_name = 'res_partner'")]
    taken = {"id": "new.id", "commercial_partner_id": "new.id", "name": "new.name", "complete_name": "new.name",
             "vat": "new.vat", "phone": "new.phone"}
    columns, copied = ", ".join(names), ", ".join(taken.get(name, f"t.{name}") for name in names)
    bench_data.sql(
        env,
        f"INSERT INTO res_partner ({columns}) SELECT {copied} FROM res_partner t, (SELECT n + %(first)s AS id, g.* "
        "FROM unnest(%(names)s::text[], %(vats)s::text[], %(phones)s::text[]) WITH ORDINALITY AS g(name, vat, phone, n)"
        ") new WHERE t.id = %(pattern)s",
        first=pattern.id, pattern=pattern.id, **{
            f"{column}s": [row[place] for row in made] for place, column in enumerate(("name", "vat", "phone"))})
    bench_data.sql(env, "SELECT setval('res_partner_id_seq', (SELECT max(id) FROM res_partner))")
    env.cr.commit()
    return made


def milliseconds(work):
    env.invalidate_all()
    started = time.perf_counter()
    result = work()
    return (time.perf_counter() - started) * 1000, result


def store():
    """Store what is compared, without the indexes, as an upgrade does, and make these."""
    definitions = [definition for (definition,) in bench_data.sql(
        env, "SELECT indexdef FROM pg_indexes WHERE indexname = ANY(%(names)s)", names=list(INDEXES))]
    for name in INDEXES:
        bench_data.sql(env, f"DROP INDEX IF EXISTS {name}")
    note_match_keys(env)
    for definition in definitions:
        bench_data.sql(env, definition)
    env.cr.commit()


customers = fill()
stored, _none = milliseconds(store)
with bench_data.vacuuming(env) as cursor:
    cursor.execute("VACUUM ANALYZE res_partner")
user = env["res.users"].create({
    "name": "Bench", "login": "bench_duplicates", "group_ids": [Command.set([env.ref(SPECIALIST).id])],
})
env.cr.commit()
partners = env(user=user)["res.partner"]
probes = [otherwise(*chance.choice(customers)) for _ in range(PROBES // 2)]
probes += [otherwise(*customer()) for _ in range(PROBES - PROBES // 2)]
probes = [(name, vat, [phone]) for name, vat, phone in probes]
partners._tianyuan_find_duplicates(probes[:20])  # warm up
times, found = zip(*(
    milliseconds(lambda probe=probe: partners._tianyuan_find_duplicates([probe])) for probe in probes), strict=True)
bulk, _found = zip(*(milliseconds(lambda: partners._tianyuan_find_duplicates(probes)) for _ in range(5)), strict=True)
known = sum(bool(ranks) for [ranks] in found[:PROBES // 2])
assert known == PROBES // 2, f"only {known} of {PROBES // 2} were recognised"


def row(what, durations, goal):
    median = statistics.median(durations)
    late = statistics.quantiles(durations, n=20)[-1] if len(durations) > 1 else None
    ok = (late or median) <= goal
    cells = what, f"{PARTNERS:,}", f"{median:,.1f}", f"{late:,.1f}" if late else "–", f"≤ {goal:,}"
    print("  ".join(cells), "" if ok else "MISSED", flush=True)
    return ok, cells


rows = [
    row("One customer", times, GOAL),
    row(f"A customer of {PROBES:,} at once", [duration / PROBES for duration in bulk], GOAL),
    row("Storing what is compared, all customers", [stored], GOAL_OF_STORING),
]
bench_report.record(os.environ.get("BENCH_PAGE"), "duplicates", COLUMNS, [cells for _ok, cells in rows])
if not all(ok for ok, _cells in rows):
    sys.exit("a goal is missed")
