"""Collection forms of the demo's salespeople, filled in, submitted and decided by the users in charge."""
from datetime import timedelta
from typing import NamedTuple

from odoo import Command

from . import clock
from .records import as_user, ensure, ref, xml_id

HOUR = 10    # in China; the specialist decides a day later


class Form(NamedTuple):
    """``outcome`` is the final state of the form; ``rejected`` has the rejected items with the reason."""

    days: int
    who: str
    customer: str | None
    source: str
    outcome: str
    proposed: dict
    note: str = ''
    rejected: tuple = ()
    reason: str = ''


FORMS = {
    'accepted': Form(24, 'zhang', 'd03', 'visit', 'accepted', {
        'main_products': '建筑涂料、工业防腐漆、粉末涂料、水性木器漆', 'website': 'https://www.huayue.example',
        'second_contact_name': '李敏', 'second_contact_phone': '138 0000 1309',
    }, note='客户新建水性木器漆生产线，已投产。'),
    'partly': Form(17, 'li', 'd04', 'phone', 'partly', {
        'registered_capital': 12800 * 10_000, 'phone': '0551-5550 1488', 'legal_representative': '汪德明',
    }, rejected=('legal_representative',), reason='公示系统查询法定代表人未变更，请取得变更后的营业执照。'),
    'new_customer': Form(15, 'zhang', None, 'exhibition', 'accepted', {
        'customer_name': '南通晨光新材料有限公司', 'channel': 'direct', 'business_nature': 'manufacturer',
        'street': '如东县洋口化工园区黄海三路', 'city': '南通市', 'phone': '0513-5550 6101',
        'registered_capital': 5000 * 10_000, 'legal_representative': '季晨光', 'main_products': '环氧胶、电子封装材料',
        'first_contact_name': '缪海峰', 'first_contact_phone': '138 0000 6101', 'wechat': 'kehu_chenguang',
    }, note='中国国际涂料展上结识，有意试用环氧树脂。'),
    'rejected': Form(12, 'zhang', 'd16', 'other', 'rejected', {
        'registered_capital': 8000 * 10_000, 'email': 'sales@zhongyuan.example',
    }, note='听同行介绍。', reason='注册资本与营业执照不符，信息来源不可靠，请核实后重新填报。'),
    'to_review': Form(2, 'li', 'd06', 'visit', 'submitted', {
        'phone': '0512-5550 1688', 'street': '吴中区胥口镇茅蓬路599号',
        'main_products': '环氧胶、丙烯酸压敏胶、导热凝胶', 'wechat': 'lide_caigou',
        'second_contact_name': '陆琴', 'second_contact_phone': '138 0000 1609',
    }, note='客户二期厂房启用，采购员换人。'),
    'to_review_market': Form(1, 'zhang', 's03', 'phone', 'submitted', {
        'downstream_market_ids': ['塑料', '包装'], 'qq': '10002665558', 'website': 'https://www.jiaozhouwan.example',
    }),
    'possible_duplicate': Form(1, 'li', None, 'exhibition', 'submitted', {
        'customer_name': '江苏宏彩涂料销售有限公司', 'channel': 'distributor', 'business_nature': 'dealer',
        'street': '新北区通江中路600号', 'city': '常州市', 'phone': '0519-5550 1101', 'main_products': '涂料批发',
        'first_contact_name': '吕斌', 'first_contact_phone': '138 0000 6202',
    }, note='展会上索取样品，请确认是否与老客户为同一家。'),
    'draft': Form(0, 'zhang', 'd08', 'phone', 'draft', {
        'phone': '0510-5550 1899', 'registered_capital': 3600 * 10_000,
    }),
}


def load(env, customers, today):
    for name, form in FORMS.items():
        with clock.at(clock.moment(today, form.days, HOUR)):
            record = fill_in(as_user(env, form.who), f'form_{name}', form, customers, today)
            if form.outcome != 'draft':
                record.action_submit()
        if form.outcome not in ('draft', 'submitted'):
            with clock.at(clock.moment(today, form.days - 1, HOUR)):
                decide(record.with_env(as_user(env, 'specialist')), form)
    new = ref(env, 'form_new_customer').partner_id
    env['ir.model.data']._update_xmlids([{'xml_id': xml_id('customer_new'), 'record': new, 'noupdate': True}])


def fill_in(env, name, form, customers, today):
    vals = dict(form.proposed)
    if 'downstream_market_ids' in vals:
        markets = env['tianyuan.downstream.market'].search([('name', 'in', vals['downstream_market_ids'])])
        vals['downstream_market_ids'] = [Command.set(markets.ids)]
    [record] = ensure(env, 'tianyuan.archive.collection', [(name, {
        'partner_id': customers[form.customer].id if form.customer else False,
        'date': today - timedelta(days=form.days),
        'source': form.source,
        'note': form.note,
        **vals,
    })])
    return record


def decide(record, form):
    if form.outcome == 'rejected':
        record.action_reject(form.reason)
        return
    record.line_ids.filtered(lambda line: line.key in form.rejected).action_reject(form.reason)
    record.action_accept()
