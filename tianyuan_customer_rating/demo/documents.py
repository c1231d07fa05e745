"""The documents on file for each demo customer and their validity, added by the archive specialist."""
import base64
from datetime import date, timedelta

from . import tables
from .papers import paper
from .records import MODULE, as_user, ensure, ref, xml_id

# Products that may only be bought with a licence.
HAZARDOUS = {'naoh', 'hcl', 'etac', 'buac', 'meoh', 'xylene', 'hypo', 'pcl3'}
# Kind → type and title.
KINDS = {
    'licence': ('business_licence', '营业执照'),
    'identity': ('legal_representative_id', '法定代表人身份证复印件'),
    'hazardous': ('hazardous_chemicals', '危险化学品经营许可证'),
    'bank': ('bank_account', '开户许可证及开票资料'),
    'authorisation': ('authorisation', '授权委托书'),
    'contract': ('framework_contract', '年度框架合同'),
}
# For these customers only some documents have arrived yet.
COLLECTED = {'d21': {'licence'}, 'd25': set(), 's11': {'licence'}, 's14': set()}
MISSING = {('d14', 'identity'), ('d20', 'licence'), ('s13', 'licence'), ('s13', 'identity'), ('d18', 'hazardous')}
MORE = {
    'd01': ('bank', 'contract'), 'd02': ('contract',), 'd05': ('bank',), 's01': ('bank', 'authorisation', 'contract'),
    's02': ('contract',), 's05': ('authorisation',),
}
# Days since the issue of documents that will expire soon or have expired: the hazardous chemicals licence is valid for
# 36 months, an authorisation for 12.
AGES = {
    ('d08', 'hazardous'): 1080, ('s07', 'hazardous'): 1030, ('d16', 'hazardous'): 1110,
    ('s05', 'authorisation'): 350, ('s01', 'authorisation'): 60,
}
# Days until these business licences and identity cards end; most others are valid for long.
ENDS = {('d04', 'licence'): 22, ('d19', 'licence'): -35, ('s09', 'identity'): -9}
# Days since the issue of the former licence that has been renewed.
RENEWED = {('s05', 'hazardous'): 1150, ('d17', 'hazardous'): 1120}


def load(env, customers, today):
    """Add the documents; of a renewed one first the former, then its replacement."""
    env = as_user(env, 'specialist')
    rows = {row['key']: (number, row) for number, row in enumerate(tables.customers())}
    wanted = [(key, kind) for key, (_number, row) in rows.items() for kind in kinds_of(row)]

    def vals(key, kind, age=None):
        return document_vals(env, *rows[key], kind, customers[key], today, age)

    ensure(env, 'tianyuan.archive.document', [
        (f'paper_{key}_{kind}_former', vals(key, kind, age)) for (key, kind), age in RENEWED.items()
    ])
    ensure(env, 'tianyuan.archive.document', [
        (f'paper_{key}_{kind}', {
            **vals(key, kind),
            'supersedes_id': env.ref(xml_id(f'paper_{key}_{kind}_former')).id if (key, kind) in RENEWED else False,
        })
        for key, kind in wanted
    ])
    remind(env, customers)


def remind(env, customers):
    """Remind the specialist of expiring documents, like the scheduled action."""
    documents = env['tianyuan.archive.document'].sudo()
    due = documents.search(documents._to_remind())
    due.filtered(lambda document: document.partner_id in customers.values())._remind()


def find(env, key, kind):
    return ref(env, f'paper_{key}_{kind}')


def kinds_of(row):
    key = row['key']
    if not row['contacts']:
        return []
    kinds = ['licence', 'identity', *MORE.get(key, ())]
    if HAZARDOUS.intersection(row['products']):
        kinds.append('hazardous')
    return [kind for kind in kinds if (key, kind) not in MISSING and kind in COLLECTED.get(key, KINDS)]


def document_vals(env, number, row, kind, customer, today, age=None):
    key = row['key']
    document_type, title = KINDS[kind]
    if kind in ('licence', 'identity'):
        issued = date(1999 + number % 14, number % 12 + 1, number % 28 + 1)
    else:
        issued = today - timedelta(days=age or AGES.get((key, kind), 90 + 37 * number % 800))
    until = today + timedelta(days=ENDS[key, kind]) if (key, kind) in ENDS else None
    return {
        'partner_id': customer.id,
        'type_id': env.ref(f'{MODULE}.document_type_{document_type}').id,
        'file_name': f'{title}_{row["name"]}.pdf',
        'upload': base64.b64encode(paper(title, lines_of(row, kind, issued, until))),
        'valid_from': issued,
        # Without the key, the validity is computed from the type.
        **({'valid_until': until} if until else {}),
    }


def lines_of(row, kind, issued, until):
    issued = f'{issued:%Y年%m月%d日}'
    trade = tables.industries()[row['industry']]['main_products']
    if kind == 'licence':
        return [
            f'统一社会信用代码：91{row["zip"]}MADEMO0{row["key"].upper()}',
            f'名称：{row["name"]}',
            f'法定代表人：{row["legal_representative"]}',
            f'注册资本：{row["capital_10k"]}万元人民币',
            f'成立日期：{issued}',
            f'营业期限：{f"至{until:%Y年%m月%d日}" if until else "长期"}',
            f'住所：{row["city"]}{row["street"]}',
            f'经营范围：{trade}',
        ]
    if kind == 'identity':
        return [
            f'姓名：{row["legal_representative"]}',
            f'公民身份号码：{row["zip"]}************',
            f'有效期限：{f"至{until:%Y年%m月%d日}" if until else "长期"}',
            f'本复印件仅供{row["name"]}建立客户档案使用',
        ]
    if kind == 'hazardous':
        return [
            f'单位名称：{row["name"]}', f'主要负责人：{row["legal_representative"]}',
            f'单位住所：{row["city"]}{row["street"]}', f'许可范围：{trade}所需危险化学品',
            f'发证日期：{issued}', '有效期：三年',
        ]
    if kind == 'bank':
        return [
            f'单位名称：{row["name"]}', f'地址：{row["city"]}{row["street"]}', f'电话：{row["phone"]}',
            '账户性质：基本存款账户',
        ]
    if kind == 'authorisation':
        return [
            f'{row["name"]}授权{row["contacts"][0][0]}代表本公司签订采购合同，办理对账和收货事宜。',
            f'授权日期：{issued}', '授权期限：一年',
        ]
    return [
        '甲方（供方）：天元化工有限公司', f'乙方（需方）：{row["name"]}', f'签订日期：{issued}',
        '双方就全年供货品种、质量标准、价格机制和结算方式达成协议，具体数量以订单为准。',
    ]
