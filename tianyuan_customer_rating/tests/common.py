"""What the rating's tests share: a Chinese company of its own, customers, and helpers that speak of
invoices, payments and write-offs as a bookkeeper would."""
from datetime import date, timedelta

from odoo import Command, fields
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT

from ..engine.metrics import compute_metrics
from ..engine.periods import Quarter
from . import world

MODULE = 'tianyuan_customer_rating'


@tagged('post_install', '-at_install')
class RatingCommon(TransactionCase):
    """A company in China (CNY, storno bookkeeping, the Chinese chart where it is installed) and the
    second quarter of 2024 as *the* quarter under test: S = 1 April, E = 30 June. All of it is the world's
    (``world.py``); each class changes it as it likes.

    Helpers take dates as ``date`` or ISO strings, and amounts in the currency of the document.
    Unless a tax is given there is none: an invoice of 1,000 is a purchase and a claim of 1,000.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        env = cls.env(context={**cls.env.context, **DISABLED_MAIL_CONTEXT})
        made = world.found(env) or world.make(env)
        cls.env = env(user=made['bookkeeper'].id)
        made = {name: record.with_env(cls.env) for name, record in made.items()}
        cls.company = cls.env.company
        cls.made_users = {role: made[role] for role in world.ROLES}
        cls.spare_company = made['spare_company']
        cls.cny = cls.env.ref('base.CNY')
        cls.quarter = Quarter.containing(date(2024, 6, 30))
        cls.company_data = cls.accounting_of(cls.company)
        cls.receivable_account = cls.company_data['default_account_receivable']
        for name in (
            'bad_debt_account', 'outstanding_account', 'two_instalments', 'tax_13', 'service_product', 'customer',
            'other_customer',
        ):
            setattr(cls, name, made[name])

    @classmethod
    def accounting_of(cls, company):
        """What is booked on in a company with a chart of accounts, by the names that Odoo's own tests have for it."""
        def first(model, **values):
            records = cls.env[model].with_company(company)
            return records.search([
                *records._check_company_domain(company), *((name, '=', value) for name, value in values.items()),
            ], limit=1)

        return {
            'company': company,
            'default_account_receivable': cls.env['res.partner'].with_company(company)._fields[
                'property_account_receivable_id'].get_company_dependent_fallback(
                    cls.env['res.partner'].with_company(company)),
            'default_account_revenue': first('account.account', account_type='income'),
            'default_journal_misc': first('account.journal', type='general'),
            'default_journal_bank': first('account.journal', type='bank'),
        }

    @classmethod
    def setup_other_company(cls, name="company_2"):
        """A second company with a chart of accounts, in which the user works as well; the first is the world's spare one.

        :return: what is booked on in it, as :meth:`accounting_of`
        """
        company = cls.spare_company
        if company in cls.env.user.company_ids:
            company = world.new_company(cls.env, name)
        else:
            company.name = name
        cls.env.user.company_ids = [Command.link(company.id)]
        return cls.accounting_of(company)

    # ------------------------------------------------------------------
    # People and set-up
    # ------------------------------------------------------------------

    @classmethod
    def new_customer(cls, name, channel='distributor', **values):
        return cls.env['res.partner'].create({
            'name': name, 'is_company': True, 'tianyuan_channel': channel, **values,
        })

    @classmethod
    def new_contact(cls, customer, name="Contact"):
        return cls.env['res.partner'].create({'name': name, 'parent_id': customer.id, 'type': 'contact'})

    @classmethod
    def new_role_user(cls, role, login=None, **values):
        """A user of this company in one of the addon's groups: ``sales_user``, ``archive_specialist``,
        ``finance_assessor`` or ``manager``, and in no other."""
        if role in cls.made_users and not login:
            user = cls.made_users[role].with_env(cls.env)
            if values:
                user.write(values)
            return user
        return world.make_user(cls.env, role, cls.company, login, **values)

    @classmethod
    def setup_role_users(cls):
        """One user of each role, as ``cls.sales_user``, ``cls.archive_specialist``,
        ``cls.finance_assessor`` and ``cls.rating_manager``."""
        cls.sales_user = cls.new_role_user('sales_user')
        cls.archive_specialist = cls.new_role_user('archive_specialist')
        cls.finance_assessor = cls.new_role_user('finance_assessor')
        cls.rating_manager = cls.new_role_user('manager')

    @classmethod
    def new_usd(cls, *rates):
        """US dollars with rates given as (from date, CNY for one dollar)."""
        usd = cls.env.ref('base.USD')
        usd.active = True
        usd.rate_ids.unlink()
        usd.rate_ids = [
            Command.create({'name': day, 'rate': 1.0 / cny, 'company_id': cls.company.id}) for day, cny in rates]
        return usd

    @classmethod
    def _create_account(cls, name, code, account_type, company=None, **values):
        return cls.env['account.account'].create({
            'name': name, 'code': code, 'account_type': account_type,
            'company_ids': [Command.set((company or cls.company).ids)], **values,
        })

    # ------------------------------------------------------------------
    # Documents
    # ------------------------------------------------------------------

    @classmethod
    def invoice(cls, partner, day, amount, term=None, due=None, currency=None, kind='out_invoice', tax=None,
                company=None, post=True, accounting_date=None):
        """A customer invoice, refund or receipt of ``amount`` before tax, dated ``day``; payable on ``due``
        (by default the same day) or in the instalments of ``term``."""
        company = company or cls.company
        move = cls.env['account.move'].with_company(company).create({
            'move_type': kind,
            'partner_id': partner.id,
            'invoice_date': day,
            'date': accounting_date or day,
            'invoice_payment_term_id': term.id if term else False,
            **({} if term else {'invoice_date_due': due or day}),
            'currency_id': (currency or company.currency_id).id,
            'invoice_line_ids': [Command.create({
                'name': "Goods",
                'quantity': 1.0,
                'price_unit': amount,
                'account_id': cls._revenue_account(company).id,
                'tax_ids': [Command.set(tax.ids if tax else [])],
            })],
        })
        if post:
            move.action_post()
        return move

    @classmethod
    def _revenue_account(cls, company):
        if company == cls.company:
            return cls.company_data['default_account_revenue']
        return cls.env['account.account'].with_company(company).search([
            *cls.env['account.account']._check_company_domain(company), ('account_type', '=', 'income'),
        ], limit=1)

    @classmethod
    def receivables(cls, records):
        """The receivable lines of moves, instalments in order of their due date (lines stay as they are)."""
        if records._name == 'account.move':
            records = records.line_ids.filtered(lambda line: line.account_type == 'asset_receivable')
        return records.sorted(lambda line: (line.date_maturity or date.max, line.id))

    @classmethod
    def receive(cls, partner, day, amount, currency=None, company=None):
        """Money received from a customer and not yet matched with an invoice; returns its receivable line."""
        company = company or cls.company
        journal = cls.env['account.journal'].search([
            *cls.env['account.journal']._check_company_domain(company), ('type', '=', 'bank')], limit=1)
        outstanding = cls.outstanding_account
        if company != cls.company:
            outstanding = cls.env['account.account'].with_company(company).search([
                *cls.env['account.account']._check_company_domain(company), ('code', '=', 'TYOUT2')], limit=1,
            ) or cls._create_account("Payments on their way", 'TYOUT2', 'asset_current', company=company, reconcile=True)
        payment = cls.env['account.payment'].with_company(company).create({
            'payment_type': 'inbound',
            'partner_type': 'customer',
            'partner_id': partner.id,
            'amount': amount,
            'date': day,
            'journal_id': journal.id,
            'currency_id': (currency or company.currency_id).id,
        })
        payment.outstanding_account_id = outstanding
        payment.action_post()
        return cls.receivables(payment.move_id)

    @classmethod
    def pay(cls, debts, day, amount, currency=None):
        """A payment on ``day`` against an invoice, or against the instalments (receivable lines) given,
        the earliest due first. Returns the payment's receivable line."""
        lines = cls.receivables(debts)
        received = cls.receive(lines.partner_id, day, amount, currency or lines.currency_id, lines.company_id)
        (lines.filtered(lambda line: not line.reconciled) + received).reconcile()
        return received

    @classmethod
    def credit_note(cls, debts, day, amount, tax=None):
        """A credit note matched with an invoice or with the instalments given."""
        lines = cls.receivables(debts)
        note = cls.invoice(
            lines.partner_id, day, amount, currency=lines.currency_id, kind='out_refund', tax=tax,
            company=lines.company_id)
        (lines.filtered(lambda line: not line.reconciled) + cls.receivables(note)).reconcile()
        return note

    @classmethod
    def write_off(cls, debts, day, amount, account=None, negative=False):
        """An entry of its own that moves ``amount`` of the debt to the bad-debt account.

        :param negative: book it the storno way, as a negative credit on the bad-debt account and a
            negative debit on the receivable one
        """
        lines = cls.receivables(debts)
        loss = {'credit': -amount} if negative else {'debit': amount}
        relief = {'debit': -amount} if negative else {'credit': amount}
        move = cls.env['account.move'].create({
            'move_type': 'entry',
            'date': day,
            'journal_id': cls.company_data['default_journal_misc'].id,
            'line_ids': [
                Command.create({'account_id': (account or cls.bad_debt_account).id, 'partner_id': lines.partner_id.id, **loss}),
                Command.create({'account_id': lines.account_id.id, 'partner_id': lines.partner_id.id, **relief}),
            ],
        })
        move.action_post()
        (lines.filtered(lambda line: not line.reconciled) + cls.receivables(move)).reconcile()
        return move

    @classmethod
    def pay_and_write_off(cls, invoice, day, paid, account=None):
        """Register a payment of ``paid`` for the invoice and write off the rest, all in the payment's own
        entry, as the "Register Payment" dialog does."""
        journal = cls.company_data['default_journal_bank']
        method = journal.inbound_payment_method_line_ids[:1]
        method.payment_account_id = cls.outstanding_account
        payment = cls.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=invoice.ids,
        ).create({
            'payment_date': day,
            'amount': paid,
            'journal_id': journal.id,
            'payment_method_line_id': method.id,
            'payment_difference_handling': 'reconcile',
            'writeoff_account_id': (account or cls.bad_debt_account).id,
        })._create_payments()
        return payment

    @classmethod
    def opening_entry(cls, partner, day, amount, due):
        """A plain journal entry with an open claim on the customer, as a migration makes them."""
        move = cls.env['account.move'].create({
            'move_type': 'entry',
            'date': day,
            'journal_id': cls.company_data['default_journal_misc'].id,
            'line_ids': [
                Command.create({'account_id': cls.receivable_account.id, 'partner_id': partner.id,
                                'debit': amount, 'date_maturity': due}),
                Command.create({'account_id': cls.company_data['default_account_revenue'].id, 'credit': amount}),
            ],
        })
        move.action_post()
        return move

    @classmethod
    def order(cls, partner, moment, amount, currency=None, tax=None, company=None, confirm=True):
        """A sale order of ``amount`` before tax, ordered at ``moment`` (UTC)."""
        company = company or cls.company
        pricelist = cls.env['product.pricelist'].create({
            'name': "Test", 'currency_id': (currency or company.currency_id).id, 'company_id': company.id,
        })
        order = cls.env['sale.order'].with_company(company).create({
            'partner_id': partner.id,
            'company_id': company.id,
            'pricelist_id': pricelist.id,
            'date_order': moment,
            'order_line': [Command.create({
                'product_id': cls.service_product.id,
                'product_uom_qty': 1.0,
                'price_unit': amount,
                'tax_ids': [Command.set(tax.ids if tax else [])],
            })],
        })
        if confirm:
            order.action_confirm()
            order.date_order = moment  # confirming makes it now
        return order

    @classmethod
    def analyze(cls):
        """Bring the planner's statistics up to date, as autovacuum does outside a test. Without them
        PostgreSQL takes the tables for empty and plans accordingly."""
        cls.env.flush_all()
        for table in (
            'account_move', 'account_move_line', 'account_move__account_payment', 'account_partial_reconcile',
            'account_payment', 'res_partner',
        ):
            cls.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))

    def queries(self, work):
        """How many queries ``work`` takes, with nothing in the cache and nothing left to write."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    # ------------------------------------------------------------------
    # Results
    # ------------------------------------------------------------------

    def cards(self, user, company=None):
        """The cards of a user's workbench by key, in English."""
        data = self.env['tianyuan.workbench'].with_user(user).with_context(
            lang='en_US', allowed_company_ids=(company or self.company).ids,
        ).get_data()
        return {card['key']: card for part in data['roles'] for card in part['cards']}

    @classmethod
    def metrics(cls, partner=None, quarter=None, company=None, **options):
        """The metrics of one customer as {code: value or None}; by default in the quarter under test."""
        partner = partner or cls.customer
        return compute_metrics(
            cls.env, company or cls.company, quarter or cls.quarter, partner_ids=partner.ids, **options,
        )[partner.id]

    def assertMetrics(self, expected, partner=None, quarter=None, company=None, **options):
        """Check some of a customer's metrics, exactly as they would be stored (four decimals)."""
        computed = self.metrics(partner, quarter, company, **options)
        self.assertEqual({code: computed[code] for code in expected}, expected)

    @classmethod
    def quarter_of(cls, day):
        return Quarter.containing(fields.Date.to_date(day))

    @classmethod
    def days_after(cls, day, days):
        return fields.Date.to_date(day) + timedelta(days=days)
