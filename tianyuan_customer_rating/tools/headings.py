"""The column headings under which customers' lists are kept in practice, and the fields that they mean."""
import re
import unicodedata

FIELDS = {
    'name': (
        "企业名称", "公司名称", "客户名称", "单位名称", "客户全称", "公司全称", "企业全称", "名称", "客户", "公司",
        "单位",
        "Company", "Company Name", "Customer", "Customer Name", "Name",
    ),
    'vat': (
        "统一社会信用代码", "社会信用代码", "信用代码", "税号", "纳税人识别号", "纳税人税号", "统一社会信用代码/税号",
        "Tax No", "Tax Number", "Tax ID", "Tax Code", "VAT", "VAT No", "Unified Social Credit Code", "Credit Code",
        "USCC",
    ),
    'phone': (
        "手机号", "手机", "手机号码", "电话", "电话号码", "联系电话", "公司电话", "固定电话", "座机",
        "Mobile", "Mobile Phone", "Cell", "Phone", "Phone No", "Telephone", "Tel",
    ),
    'tianyuan_legal_representative': (
        "法人", "法定代表人", "法人代表", "法人姓名", "企业法人",
        "Legal Rep", "Legal Representative", "Legal Person",
    ),
    'street': ("地址", "公司地址", "详细地址", "联系地址", "客户地址", "注册地址", "通讯地址", "Address", "Street"),
    'city': ("城市", "所在城市", "City"),
    'country_id': ("国家", "所在国家", "Country"),
    'email': ("邮箱", "电子邮箱", "邮箱地址", "电子邮件", "Email", "E-mail", "Mail", "Email Address", "E-mail Address"),
    'website': ("网址", "网站", "公司网址", "Website"),
    'child_ids/name': (
        "联系人", "联系人姓名", "第一联系人", "第一联系人姓名",
        "Contact", "Contact Name", "Contact Person", "First Contact",
    ),
    'child_ids/phone': (
        "联系人电话", "联系人手机", "第一联系人手机", "第一联系人电话", "联系人手机号",
        "Contact Phone", "Contact Mobile",
    ),
    'child_ids/email': ("联系人邮箱", "Contact Email", "Contact E-mail"),
    'tianyuan_registered_capital': ("注册资本", "注册资金", "注册资本金", "Registered Capital"),
    'tianyuan_registered_capital_currency_id': ("注册资本币种", "注册资金币种", "币种", "Capital Currency", "Currency"),
    'tianyuan_qq': ("QQ", "QQ号", "QQ号码", "QQ No", "QQ Number"),
    'tianyuan_wechat': ("微信", "微信号", "微信号码", "WeChat", "WeChat ID"),
    'tianyuan_archive_number': (
        "档案编号", "档案号", "客户编号", "编号", "Archive No", "Archive Number", "Customer No",
    ),
    'tianyuan_archive_specialist_id': ("客户专员", "档案专员", "Archive Specialist"),
    'tianyuan_channel': ("渠道", "客户渠道", "销售渠道", "Channel"),
    'tianyuan_business_nature': ("企业性质", "经营性质", "制造商/经销商", "Business Nature"),
    'tianyuan_cooperation_start_date': (
        "合作开始日期", "开始合作日期", "合作起始日期", "合作日期", "Customer Since", "Cooperation Since",
    ),
    'tianyuan_purchased_variety_ids': ("采购品种", "Purchased Products", "Purchased Varieties"),
    'tianyuan_main_products': ("主要产品", "主营产品", "Main Products"),
    'tianyuan_downstream_market_ids': ("下游市场", "Downstream Markets"),
    'user_id': ("业务员", "销售员", "销售人员", "客户经理", "Salesperson"),
}
REMARK = re.compile(r'[(\[【].*?[)\]】]')


def simplified(heading):
    """Return a heading without remarks in brackets, stars of required columns, spaces, colons and full stops."""
    text = unicodedata.normalize('NFKC', heading or '')
    return re.sub(r'[\s*:.]', '', REMARK.sub('', text)).casefold()


PATHS = {simplified(heading): path for path, headings in FIELDS.items() for heading in headings}


def path_of(heading):
    """Return the path of the field that a heading means, such as ``child_ids/name``, or None."""
    return PATHS.get(simplified(heading))
