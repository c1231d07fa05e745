"""Rates the demo company's last complete quarter and fills its archives, unless done already; prints the sheets.

Run by `odoo shell`, which provides `env`.
"""

import unicodedata

from odoo import fields

from odoo.addons.tianyuan_customer_rating.engine.periods import Quarter


def label(record, field):
    return dict(record._fields[field]._description_selection(record.env)).get(record[field], "")


def metric(sheet, code, form):
    line = sheet.line_ids.filtered(lambda line: line.indicator_id.code == code)[:1]
    return form.format(line.metric_value) if line.has_value else "-"


def row(sheet):
    return [
        sheet.partner_id.name,
        label(sheet, "channel"),
        f"{sheet.score:.2f}",
        sheet.tier_id.name or "-",
        label(sheet, "customer_class") or "-",
        "是" if sheet.is_major_account else "",
        metric(sheet, "purchase_volume", "{:,.0f}"),
        metric(sheet, "credit_performance", "{:.1f}"),
        metric(sheet, "days_beyond_terms", "{:.1f}"),
        label(sheet, "state"),
    ]


def width(text):
    """Return the width of a text on a terminal, where a Chinese character takes two columns."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def print_table(header, rows, right):
    widths = [max(map(width, column)) for column in zip(header, *rows, strict=True)]
    for cells in [header, ["-" * size for size in widths], *rows]:
        padded = []
        for index, (cell, size) in enumerate(zip(cells, widths, strict=True)):
            space = " " * (size - width(cell))
            padded.append(space + cell if index in right else cell + space)
        print("  " + "  ".join(padded).rstrip())


company = env.ref("tianyuan_demo.company")
env = env(context={**env.context, "allowed_company_ids": company.ids, "lang": "zh_CN"})
company = company.with_env(env)
date_from, date_to = Quarter.last_complete(fields.Date.context_today(company))
env["tianyuan.demo"]._rate_last_quarter()
env["tianyuan.demo"]._load_archives()
for addon, load in (("visit", "_load_visits"), ("insight", "_load_insights")):
    if env["ir.module.module"]._get(f"tianyuan_customer_{addon}").state == "installed":
        getattr(env["tianyuan.demo"], load)()
env.cr.commit()
sheets = env["tianyuan.rating"].search(
    [("company_id", "=", company.id), ("date_from", "=", date_from), ("state", "!=", "cancelled")],
    order="score DESC, id",
)
print(f"\n  {company.name}  {date_from} – {date_to}\n")
print_table(
    ["客户", "渠道", "得分", "等级", "分类", "大客户", "季度采购额", "按时付款 %", "逾期天数", "状态"],
    [row(sheet) for sheet in sheets],
    right={2, 6, 7, 8},
)
