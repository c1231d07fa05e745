"""Writes the import templates of customer archives, with the field labels of each language as columns.

Run it after a field or a translation has changed, in `odoo shell` on a database with the addon and both languages:
    odoo shell -d DATABASE < scripts/import_templates.py
"""

from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from odoo.modules import get_module_path

LANGUAGES = ("en_US", "zh_CN")
COLUMNS = (
    "name", "street", "city", "phone", "email", "vat", "tianyuan_archive_number", "tianyuan_archive_state",
    "tianyuan_archive_specialist_id", "tianyuan_archive_reviewed_on", "tianyuan_archive_review_due_on",
    "tianyuan_channel", "tianyuan_business_nature", "tianyuan_registered_capital", "tianyuan_legal_representative",
    "tianyuan_cooperation_start_date", "tianyuan_purchased_variety_ids", "tianyuan_main_products",
    "tianyuan_downstream_market_ids", "tianyuan_qq", "tianyuan_wechat", "child_ids/name", "child_ids/phone",
    "tianyuan_primary_contact_id", "tianyuan_secondary_contact_id",
)
DATES = {"en_US": "a date such as 2024-05-31", "zh_CN": "日期，例如 2024-05-31"}
NAMES = {
    "en_US": "names that exist already, separated by commas",
    "zh_CN": "已存在的名称，以英文逗号分隔",
}
NEW_CONTACT = {
    "en_US": "the first contact of a new customer; the second one in the next row, whose other columns stay empty",
    "zh_CN": "新客户的第一联系人；第二联系人写在下一行，该行其余列留空",
}
CONTACT = {
    "en_US": "only for contacts that exist already, written as: Customer, Contact",
    "zh_CN": "仅用于已存在的联系人，写作：客户名称, 联系人",
}
HINTS = {
    "tianyuan_archive_number": {
        "en_US": "the number the archive has; empty: the next one is given when it is filed",
        "zh_CN": "已有的档案编号；留空则在归档时自动编号",
    },
    "tianyuan_archive_specialist_id": {"en_US": "name of the user", "zh_CN": "用户姓名"},
    "tianyuan_registered_capital": {"en_US": "a number without unit", "zh_CN": "数字，不带单位"},
    "child_ids/name": NEW_CONTACT,
    "child_ids/phone": {"en_US": "", "zh_CN": ""},
    "tianyuan_primary_contact_id": CONTACT,
    "tianyuan_secondary_contact_id": CONTACT,
}
SHEETS = {"en_US": ("Archives", "Columns"), "zh_CN": ("客户档案", "填写说明")}


def hint(name, field, lang):
    if name in HINTS:
        return HINTS[name][lang]
    if field.type == "selection":
        return " / ".join(label for _value, label in field._description_selection(env(context={"lang": lang})))  # noqa: F821
    return {"date": DATES, "many2many": NAMES}.get(field.type, {}).get(lang, "")


for lang in LANGUAGES:
    partner = env["res.partner"].with_context(lang=lang)  # noqa: F821
    book = Workbook()
    sheet, notes = book.active, book.create_sheet(SHEETS[lang][1])
    sheet.title = SHEETS[lang][0]
    for index, name in enumerate(COLUMNS, 1):
        path = [partner._fields[part] for part in name.split("/")]
        field, label = path[-1], "/".join(part._description_string(partner.env) for part in path)
        for cell in (sheet.cell(1, index, label), notes.cell(index, 1, label)):
            cell.font = Font(bold=True)
        sheet.cell(1, index).fill = PatternFill("solid", fgColor="DDDDDD")
        sheet.column_dimensions[get_column_letter(index)].width = 20
        notes.cell(index, 2, hint(name, field, lang)).alignment = Alignment(wrap_text=True)
    sheet.freeze_panes = "A2"
    notes.column_dimensions["A"].width, notes.column_dimensions["B"].width = 28, 80
    path = Path(get_module_path("tianyuan_customer_rating"), "static", "xls", f"customer_archives_{lang}.xlsx")
    path.parent.mkdir(exist_ok=True)
    book.save(path)
    print(path)
