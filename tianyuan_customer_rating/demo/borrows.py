"""Borrowings and consultations of the demo's archives, and openings of documents, each step by its user."""
from typing import NamedTuple

from . import clock, documents
from .records import as_user, ensure, ref


class Borrow(NamedTuple):
    """A request: ``due`` in days from today, ``papers`` the kinds of documents, empty for the whole archive."""

    customer: str
    mode: str
    due: int
    purpose: str
    papers: tuple = ()


BORROWS = {
    'contract': Borrow('s01', 'consult', -26, '签订年度框架合同前核对法定代表人身份', ('identity', 'licence')),
    'credit': Borrow('d11', 'borrow', -12, '客户付款变慢，财务复核其资信'),
    'overdue': Borrow('d07', 'borrow', -4, '陪同审计组现场核对客户原始资料'),
    'refused': Borrow('d02', 'borrow', 10, '拟带往客户处当面核对', ('identity',)),
    'consult': Borrow('d05', 'consult', 5, '投标文件需引用客户资质', ('identity', 'licence')),
    'visit': Borrow('d12', 'consult', 4, '上门拜访前了解客户资料', ('licence', 'identity')),
    'waiting': Borrow('d01', 'consult', 3, '起草下一年度供货合同', ('identity', 'contract')),
    'waiting_all': Borrow('s02', 'consult', 7, '年终走访前全面了解客户'),
}
REFUSAL = '身份证复印件不得带离公司，可改为查阅；如需核对由专员陪同。'
# Days ago, hour in China, user, step, then the borrowing, or customer and document.
STEPS = (
    (30, 9, 'zhang', 'ask', 'contract'),
    (30, 10, 'specialist', 'approve', 'contract'),
    (30, 11, 'specialist', 'hand_out', 'contract'),
    (29, 14, 'zhang', 'open', 's01', 'identity'),
    (29, 15, 'zhang', 'open', 's01', 'licence'),
    (27, 16, 'zhang', 'return', 'contract'),
    (20, 10, 'specialist', 'open', 'd20', 'identity'),
    (18, 9, 'finance', 'ask', 'credit'),
    (18, 11, 'manager', 'approve', 'credit'),
    (17, 9, 'specialist', 'hand_out', 'credit'),
    (17, 14, 'finance', 'open', 'd11', 'identity'),
    (16, 15, 'finance', 'open', 'd11', 'licence'),
    (14, 10, 'specialist', 'return', 'credit'),
    (11, 10, 'li', 'ask', 'overdue'),
    (11, 15, 'specialist', 'approve', 'overdue'),
    (10, 9, 'specialist', 'hand_out', 'overdue'),
    (10, 14, 'li', 'open', 'd07', 'identity'),
    (8, 11, 'zhang', 'open', 'd08', 'identity'),    # confidential and not borrowed: refused
    (7, 10, 'li', 'ask', 'refused'),
    (6, 9, 'specialist', 'refuse', 'refused'),
    (4, 9, 'manager', 'open', 'd01', 'identity'),
    (3, 9, 'zhang', 'ask', 'consult'),
    (3, 13, 'specialist', 'approve', 'consult'),
    (3, 14, 'specialist', 'hand_out', 'consult'),
    (2, 10, 'zhang', 'open', 'd05', 'identity'),
    (2, 11, 'zhang', 'open', 'd05', 'licence'),
    (2, 15, 'wang', 'ask', 'visit'),
    (1, 9, 'specialist', 'approve', 'visit'),
    (1, 10, 'li', 'open', 's02', 'licence'),
    (1, 14, 'zhang', 'ask', 'waiting'),
    (1, 15, 'li', 'ask', 'waiting_all'),
)


def load(env, customers, today):
    """Take the steps in order, then send the reminders of overdue borrowings."""
    for days, hour, who, what, *about in STEPS:
        now = clock.moment(today, days, hour)
        with clock.at(now):
            if what == 'open':
                open_paper(documents.find(as_user(env, who), *about))
            elif what == 'ask':
                ask(as_user(env, who), *about, customers, today)
            else:
                step(as_user(env, who), what, *about)
        if what != 'open':
            date_messages(ref(env, f'borrow_{about[0]}'), now)
    env['tianyuan.archive.borrow']._cron_chase()


def ask(env, name, customers, today):
    borrow = BORROWS[name]
    [request] = ensure(env, 'tianyuan.archive.borrow', [(f'borrow_{name}', {
        'partner_id': customers[borrow.customer].id,
        'scope': 'documents' if borrow.papers else 'archive',
        'document_ids': [documents.find(env, borrow.customer, kind).id for kind in borrow.papers],
        'mode': borrow.mode,
        'purpose': borrow.purpose,
        'date_due': clock.moment(today, -borrow.due, 18),
        'pledge_accepted': True,
    })])
    request.action_request()


def step(env, what, name):
    borrow = ref(env, f'borrow_{name}')
    if what == 'refuse':
        borrow.action_refuse(REFUSAL)
    else:
        getattr(borrow, f'action_{what}')()


def open_paper(document):
    """Log the opening or refusal like the controller, but in this transaction, which has created the document."""
    borrow = document._running_borrows().get(document)
    document.env['tianyuan.archive.access.log']._append(document._open_mode() or 'refused', document, borrow=borrow)


def date_messages(borrow, now):
    """Set the date of messages posted after ``now``, because messages don't use the ORM's time."""
    borrow.message_ids.filtered(lambda message: message.date > now).date = now
