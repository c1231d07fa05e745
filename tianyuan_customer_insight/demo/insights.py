"""Market insight of the demo company, and the key customers who received it. Mails are logged as sent, not sent."""
from datetime import timedelta
from typing import NamedTuple

from odoo.fields import Command

from odoo.addons.tianyuan_customer_rating.demo import clock, tables
from odoo.addons.tianyuan_customer_rating.demo.records import as_user, ensure, ref


class Insight(NamedTuple):
    """An insight written ``days`` ago by ``author`` and shared ``shared`` days ago by ``sender``."""

    days: int
    author: str
    topic: str
    name: str
    source: str
    markets: tuple
    content: str
    shared: int = 0
    sender: str = ''
    customers: tuple = ()


INSIGHTS = {
    'tio2': Insight(
        34, 'zhang', 'demand', '钛白粉下游需求回暖，建筑涂料企业开始补库', '华东涂料行业采购联谊会',
        ('房地产', '钢结构'),
        '<p>走访华东十余家涂料企业了解到：</p><ul><li>建筑涂料开工率较上月回升约 8 个百分点，普遍开始补库；</li>'
        '<li>原料库存多在 10 天以内，预计下月集中采购；</li><li>工业防腐漆订单平稳。</li></ul>'
        '<p><b>建议：</b>有用料计划的客户提前两周下单，我司优先安排重点客户的货源。</p>',
        31, 'manager', ('d01', 'd02', 'd03', 'd05', 's01', 's02', 's03'),
    ),
    'voc': Insight(
        20, 'specialist', 'policy', '挥发性有机物排放新标准即将执行', '生态环境部公告', ('汽车制造',),
        '<p>新标准将收紧溶剂型涂料、油墨和胶粘剂的挥发性有机物含量限值，设六个月过渡期。</p>'
        '<p>我司水性环氧树脂、丙烯酸乳液可满足新限值，可提供样品与检测报告。</p>',
        18, 'manager', ('d01', 'd03', 'd05', 's01'),
    ),
    'macro': Insight(
        9, 'manager', 'macro', '本季度宏观经济与原油价格走势', '国家统计局、行业研究机构', (),
        '<p>制造业采购经理指数连续两个月位于荣枯线以上；原油价格区间震荡，芳烃类原料成本预计保持稳定。</p>',
        8, 'zhang', ('d01', 'd03', 's01', 's03'),
    ),
    'competitor': Insight(
        4, 'li', 'competitors', '同行在华南新建丙烯酸装置', '广州客户走访', ('包装',),
        '<p>某同行年产 8 万吨丙烯酸装置计划明年投产，届时华南供应趋于宽松。</p><p>正在核实其定价策略。</p>',
    ),
    'water': Insight(
        2, 'wang', 'demand', '水处理药剂招标进入旺季', '招标网', (),
        '<p>长三角多地水务集团启动年度药剂招标，聚合氯化铝、聚丙烯酰胺需求上升。</p>',
    ),
}
# Customer who unsubscribed after the first insight.
UNSUBSCRIBED = 'd05'


def load(env, today):
    """Create the insights and log their recipients; done once.

    Nothing is added if demo customers have been deleted.
    """
    customers = {row['key']: ref(env, f'customer_{row["key"]}') for row in tables.customers()}
    if ref(env, f'insight_{next(iter(INSIGHTS))}') or not all(customers.values()):
        return
    markets = {market.name: market for market in env['tianyuan.downstream.market'].search([])}
    for key, insight in INSIGHTS.items():
        with clock.at(clock.moment(today, insight.days, 10)):
            [record] = ensure(as_user(env, insight.author), 'tianyuan.market.insight', [(f'insight_{key}', {
                'name': insight.name,
                'topic': insight.topic,
                'date': today - timedelta(days=insight.days),
                'source': insight.source,
                'content': insight.content,
                'market_ids': [Command.set([markets[name].id for name in insight.markets if name in markets])],
            })])
        if insight.shared:
            moment = clock.moment(today, insight.shared, 15)
            with clock.at(moment):
                share(env, record.with_env(env), insight, [customers[name] for name in insight.customers], moment)
    customers[UNSUBSCRIBED].tianyuan_primary_contact_id.tianyuan_insight_optout = True


def share(env, record, insight, customers, moment):
    """Log the recipients as sharing does, without mails, because the demo addresses don't exist."""
    recipients = {customer: customer._tianyuan_insight_recipient() for customer in customers}
    env['tianyuan.market.insight.share.log'].create([{
        'insight_id': record.id,
        'company_id': record.company_id.id,
        'partner_id': customer.id,
        'contact_id': recipient.id,
        'email': recipient.email_normalized,
        'date': moment,
        'user_id': ref(env, f'user_{insight.sender}').id,
        'result': 'sent',
    } for customer, recipient in recipients.items()])
    record.write({'state': 'shared', 'shared_on': moment})
