"""Writes the import templates of customer archives, with the field labels of each language as columns.

Run it after a field or a translation has changed, in `odoo shell` on a database with the addon and both languages:
    odoo shell -d DATABASE < scripts/import_templates.py
"""

from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from odoo.modules import get_module_path

LANGUAGES = ("en_US", "zh_CN")
# A spreadsheet would round these, or take leading zeros away, if they weren't text.
TEXTS = {"phone", "vat", "tianyuan_archive_number", "tianyuan_qq", "tianyuan_wechat", "child_ids/phone"}
CURRENCIES = ("CNY", "USD", "EUR", "HKD", "JPY", "GBP")
LAST_ROW = 5000    # with drop-downs and checks
COLUMNS = (
    "name", "street", "city", "phone", "email", "vat", "tianyuan_archive_number", "tianyuan_archive_state",
    "tianyuan_archive_specialist_id", "tianyuan_archive_reviewed_on", "tianyuan_archive_review_due_on",
    "tianyuan_channel", "tianyuan_business_nature", "tianyuan_registered_capital",
    "tianyuan_registered_capital_currency_id", "tianyuan_legal_representative", "tianyuan_cooperation_start_date",
    "tianyuan_purchased_variety_ids", "tianyuan_main_products", "tianyuan_downstream_market_ids", "tianyuan_qq",
    "tianyuan_wechat", "child_ids/name", "child_ids/phone", "tianyuan_primary_contact_id",
    "tianyuan_secondary_contact_id",
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
PHONE = {
    "en_US": "text; a landline with its area code and leading zero, such as 021-55550123",
    "zh_CN": "文本；固定电话带区号和开头的 0，例如 021-55550123",
}
HINTS = {
    "name": {"en_US": "required: the full name on the licence", "zh_CN": "必填：营业执照上的全称"},
    "email": {
        "en_US": "several addresses are separated by a semicolon; each gets the mail",
        "zh_CN": "多个邮箱以分号分隔，每个都会收到邮件",
    },
    "phone": PHONE,
    "vat": {
        "en_US": "text: the unified social credit code of 18 characters, or the old number of 15 digits",
        "zh_CN": "文本：18 位统一社会信用代码，或旧的 15 位税号",
    },
    "tianyuan_archive_number": {
        "en_US": "text: the number the archive has; empty: the next one is given when it is filed",
        "zh_CN": "文本：已有的档案编号；留空则在建档时自动编号",
    },
    "tianyuan_archive_specialist_id": {"en_US": "name of the user", "zh_CN": "用户姓名"},
    "tianyuan_registered_capital": {"en_US": "a number without unit", "zh_CN": "数字，不带单位"},
    "tianyuan_registered_capital_currency_id": {
        "en_US": "chosen from the list; empty: the company's currency", "zh_CN": "从下拉列表选择；留空为公司币种",
    },
    "tianyuan_qq": {"en_US": "text", "zh_CN": "文本"},
    "child_ids/name": NEW_CONTACT,
    "child_ids/phone": PHONE,
    "tianyuan_primary_contact_id": CONTACT,
    "tianyuan_secondary_contact_id": CONTACT,
}
SHEETS = {"en_US": ("Archives", "Columns", "Examples"), "zh_CN": ("客户档案", "填写说明", "示例")}
STEPS = {
    "en_US": (
        "How to fill in this file",
        "1. Write one customer a row on the first sheet, “Archives”. Keep its headings. Only that sheet is imported.",
        "2. Columns for numbers such as tax ID, phone, QQ and archive number are text, so that Excel neither rounds "
        "nor cuts them. If you paste, paste the values only (Paste Special → Values).",
        "3. Choose from the lists where a cell has one. Dates are written as 2024-05-31.",
        "4. A customer's second contact has a row of its own right below, in which only the contact's columns are "
        "filled.",
        "5. The sheet “Examples” shows how rows look. It isn't imported.",
        "6. In Odoo: Archives → gear → Import records → choose this file → Test. Correct in the file what is said of "
        "its rows, and load it again. Nothing is written before you press Import.",
    ),
    "zh_CN": (
        "怎样填写本文件",
        "1. 在第一个工作表“客户档案”中填写，每个客户一行，不要改动表头。系统只导入这个工作表。",
        "2. 税号、电话、QQ、档案编号等列已设为文本，Excel 不会四舍五入，也不会丢掉开头的 0。"
        "粘贴时请用“选择性粘贴 → 数值”。",
        "3. 有下拉列表的单元格请从列表中选择。日期写作 2024-05-31。",
        "4. 客户的第二联系人写在紧接着的下一行，该行只填联系人的列。",
        "5. 工作表“示例”给出填写样子，不会被导入。",
        "6. 在 Odoo 中：客户档案 → 齿轮 → 导入记录 → 选择本文件 → 测试。"
        "按提示在文件中改好相应的行，再重新上传。点“导入”之前不会写入任何数据。",
    ),
}
# Rows by column; selections by their keys.
EXAMPLES = {
    "en_US": (
        {
            "name": "Example Coatings Co., Ltd.", "street": "88 Example Road", "city": "Shanghai",
            "phone": "021-55550123", "email": "purchase@coatings.example; office@coatings.example",
            "vat": "91310000000000001Y", "tianyuan_archive_number": "FX-0088", "tianyuan_archive_state": "filed",
            "tianyuan_channel": "distributor", "tianyuan_business_nature": "dealer",
            "tianyuan_registered_capital": 5000000, "tianyuan_registered_capital_currency_id": "CNY",
            "tianyuan_legal_representative": "Wang Example", "tianyuan_cooperation_start_date": "2015-03-01",
            "tianyuan_main_products": "Coatings", "tianyuan_qq": "10001", "tianyuan_wechat": "example_wang",
            "child_ids/name": "Li Example", "child_ids/phone": "13800000000",
        },
        {"child_ids/name": "Zhao Example", "child_ids/phone": "13900000000"},
        {
            "name": "Sample Rubber Factory", "street": "6 Sample Street", "city": "Qingdao",
            "phone": "0532-66660177", "email": "buyer@rubber.example", "tianyuan_archive_state": "collecting",
            "tianyuan_channel": "direct", "tianyuan_business_nature": "manufacturer",
            "child_ids/name": "Sun Example", "child_ids/phone": "13700000000",
        },
    ),
    "zh_CN": (
        {
            "name": "示例涂料有限公司", "street": "示例路 88 号", "city": "上海", "phone": "021-55550123",
            "email": "purchase@coatings.example; office@coatings.example", "vat": "91310000000000001Y",
            "tianyuan_archive_number": "FX-0088", "tianyuan_archive_state": "filed",
            "tianyuan_channel": "distributor", "tianyuan_business_nature": "dealer",
            "tianyuan_registered_capital": 5000000, "tianyuan_registered_capital_currency_id": "CNY",
            "tianyuan_legal_representative": "王示例", "tianyuan_cooperation_start_date": "2015-03-01",
            "tianyuan_main_products": "涂料", "tianyuan_qq": "10001", "tianyuan_wechat": "example_wang",
            "child_ids/name": "李示例", "child_ids/phone": "13800000000",
        },
        {"child_ids/name": "赵示例", "child_ids/phone": "13900000000"},
        {
            "name": "样板橡胶厂", "street": "样板街 6 号", "city": "青岛", "phone": "0532-66660177",
            "email": "buyer@rubber.example", "tianyuan_archive_state": "collecting", "tianyuan_channel": "direct",
            "tianyuan_business_nature": "manufacturer", "child_ids/name": "孙示例", "child_ids/phone": "13700000000",
        },
    ),
}
REFUSALS = {
    "list": {"en_US": "Choose one of the list.", "zh_CN": "请从列表中选择。"},
    "date": {"en_US": "Enter a date such as 2024-05-31.", "zh_CN": "请输入日期，例如 2024-05-31。"},
}


def choices(name, field, lang):
    """Return the labels by value that a drop-down of the column offers; empty if it has none."""
    if name == "tianyuan_registered_capital_currency_id":
        return dict(zip(CURRENCIES, CURRENCIES, strict=True))
    if field.type == "selection":
        return dict(field._description_selection(env(context={"lang": lang})))  # noqa: F821
    return {}


def hint(name, field, lang):
    if name in HINTS:
        return HINTS[name][lang]
    if field.type == "selection":
        return " / ".join(choices(name, field, lang).values())
    return {"date": DATES, "many2many": NAMES}.get(field.type, {}).get(lang, "")


def check(sheet, letter, kind, lang, **rule):
    """Let the spreadsheet refuse what a column doesn't take."""
    validation = DataValidation(type=kind, allow_blank=True, error=REFUSALS[kind][lang], showErrorMessage=True, **rule)
    sheet.add_data_validation(validation)
    validation.add(f"{letter}2:{letter}{LAST_ROW}")


def format_columns(sheet, columns, lang):
    """Format whole columns, not cells: cells with a format would be rows of the file."""
    for index, (name, field, label) in enumerate(columns, 1):
        letter = get_column_letter(index)
        cell = sheet.cell(1, index, label)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDDDDD")
        dimension = sheet.column_dimensions[letter]
        dimension.width = 20
        if name in TEXTS:
            dimension.number_format = "@"
        elif field.type == "date":
            dimension.number_format = "yyyy-mm-dd"
            check(sheet, letter, "date", lang, operator="greaterThan", formula1="1")
        labels = choices(name, field, lang)
        if labels:
            check(sheet, letter, "list", lang, formula1='"%s"' % ",".join(labels.values()))
    sheet.freeze_panes = "B2"


def write_notes(notes, columns, lang):
    for index, (name, field, label) in enumerate(columns, 1):
        notes.cell(index, 1, label).font = Font(bold=True)
        notes.cell(index, 2, hint(name, field, lang)).alignment = Alignment(wrap_text=True, vertical="top")
    for index, step in enumerate(STEPS[lang], 1):
        cell = notes.cell(index, 4, step)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.font = Font(bold=index == 1)
    for letter, width in {"A": 28, "B": 60, "C": 3, "D": 80}.items():
        notes.column_dimensions[letter].width = width


def write_examples(sheet, columns, lang):
    format_columns(sheet, columns, lang)
    for number, example in enumerate(EXAMPLES[lang], 2):
        for index, (name, field, _label) in enumerate(columns, 1):
            value = example.get(name)
            cell = sheet.cell(number, index, choices(name, field, lang).get(value, value))
            cell.number_format = "@" if name in TEXTS else cell.number_format


for lang in LANGUAGES:
    partner = env["res.partner"].with_context(lang=lang)  # noqa: F821
    paths = {name: [partner._fields[part] for part in name.split("/")] for name in COLUMNS}
    columns = [
        (name, path[-1], "/".join(part._description_string(partner.env) for part in path))
        for name, path in paths.items()
    ]
    book = Workbook()
    sheet = book.active
    sheet.title = SHEETS[lang][0]
    format_columns(sheet, columns, lang)
    write_notes(book.create_sheet(SHEETS[lang][1]), columns, lang)
    write_examples(book.create_sheet(SHEETS[lang][2]), columns, lang)
    path = Path(get_module_path("tianyuan_customer_rating"), "static", "xls", f"customer_archives_{lang}.xlsx")
    path.parent.mkdir(exist_ok=True)
    book.save(path)
    print(path)
