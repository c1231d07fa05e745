"""Visits to demo customers by their salespeople, made in the last weeks or planned."""
from datetime import timedelta
from typing import NamedTuple

from odoo.addons.tianyuan_customer_rating.demo import tables
from odoo.addons.tianyuan_customer_rating.demo.records import as_user, ensure, ref


class Visit(NamedTuple):
    """A visit ``days`` ago.

    ``steps`` are the methods to call on the visit; ``findings`` are type, text, days to follow up and product.
    """

    customer: str
    kind: str
    days: int
    purpose: str
    summary: str = ''
    steps: tuple = ()
    findings: tuple = ()


REPORTED, DONE = ('action_done', 'action_report'), ('action_done',)
VISITS = {
    'expansion': Visit(
        'd01', 'onsite', 24, '了解下半年采购计划',
        '与采购部经理会谈，客户对本季度供货总体满意，下半年将新增一条水性漆生产线。', REPORTED, (
            ('demand', '新生产线投产后，钛白粉月用量预计由 120 吨增至 150 吨。', 20, 'tio2'),
            ('suggestion', '雨季运输时效不稳，希望提前两天发货。', -3, None),
            ('evaluation', '供货及时，业务人员响应快。', None, None),
        ),
    ),
    'quality': Visit(
        'd03', 'phone', 15, '跟踪上批产品使用情况',
        '电话沟通上批钛白粉的使用情况，质量有小幅波动，已请客户留样。', REPORTED, (
            ('evaluation', '上批钛白粉分散性略低于以往批次，客户已留样。', 7, 'tio2'),
        ),
    ),
    'mailing': Visit(
        'd05', 'mailing', 11, '寄送新产品介绍', '已寄送产品手册，客户确认收到，暂无新的需求。', REPORTED,
    ),
    'late': Visit('d02', 'onsite', 8, '季度例行拜访', '', DONE),
    'fresh': Visit(
        's01', 'phone', 1, '核对下月用量', '客户下月用量与本月持平。', DONE, (
            ('suggestion', '希望发货单随货附带检测报告。', 10, None),
        ),
    ),
    'missed': Visit('d07', 'phone', 5, '催收逾期货款并了解经营情况'),
    'today': Visit('d08', 'onsite', 0, '商谈年度框架合同'),
    'soon': Visit('s02', 'onsite', -4, '年终走访'),
}
NOTHING = ('no_evaluation', 'no_demand', 'no_suggestion')
QUALITY = ('quality',)


def load(env, company, today):
    """Create the visits unless they exist, and plan the next visits of all customers."""
    rows = {row['key']: row for row in tables.customers()}
    customers = {key: ref(env, f'customer_{key}') for key in rows}
    if ref(env, f'visit_{next(iter(VISITS))}') or not all(customers.values()):
        return
    company.tianyuan_quality_user_id = ref(env, 'user_manager')
    for name, visit in VISITS.items():
        salesperson = as_user(env, rows[visit.customer]['salesperson'])
        day = today - timedelta(days=visit.days)
        [made] = ensure(salesperson, 'tianyuan.visit', [(f'visit_{name}', {
            'partner_id': customers[visit.customer].id,
            'company_id': company.id,
            'contact_ids': ref(env, f'contact_{visit.customer}_1').ids if visit.summary else [],
            'kind': visit.kind,
            'date_planned': day,
            'date_done': day if visit.steps else False,
            'purpose': visit.purpose,
            'summary': visit.summary,
            **dict.fromkeys(NOTHING, bool(visit.summary)),
        })])
        ensure(salesperson, 'tianyuan.visit.finding', [
            (f'finding_{name}_{number}', {
                'visit_id': made.id,
                'finding_type': finding_type,
                'description': text,
                'user_id': salesperson.uid if days is not None else False,
                'date_due': today + timedelta(days=days) if days is not None else False,
                'is_quality': name in QUALITY,
                'product_id': product and ref(env, f'product_{product}').product_tmpl_id.id,
            })
            for number, (finding_type, text, days, product) in enumerate(visit.findings)
        ])
        for step in visit.steps:
            getattr(made, step)()
    env['res.partner'].union(*customers.values())._tianyuan_plan_visits(company)
