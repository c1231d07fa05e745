from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import LOG, SHARE, InsightCommon


@tagged('post_install', '-at_install')
class TestMarketInsightShare(InsightCommon):
    """Market insight goes to key customers by e-mail, and is noted on each (policy 6.3)."""

    # -- whom --------------------------------------------------------------------------------------

    def test_a_salesperson_is_proposed_their_own_key_customers(self):
        ordinary = self.new_customer("Ordinary", user_id=self.sales_user.id, email='o@o.example')
        self.make_key(ordinary, customer_class='ordinary')
        self.assertEqual(self.share().line_ids.partner_id, self.customer)
        self.assertEqual(self.share(customer_class='ordinary').line_ids.partner_id, ordinary)
        self.assertEqual(self.share(customer_class=False).line_ids.partner_id, self.customer | ordinary)

    def test_a_manager_all_of_the_company(self):
        theirs = self.setup_other_company()['company']
        stranger = self.new_customer("Stranger", company_id=theirs.id, email='s@s.example')
        self.make_key(stranger, theirs)
        self.assertEqual(self.share(self.rating_manager).line_ids.partner_id, self.customers)

    def test_a_team_leader_the_teams(self):
        self.env['crm.team'].sudo().create({
            'name': "East", 'user_id': self.colleague.id, 'member_ids': [Command.set(self.sales_user.ids)],
            'company_id': self.company.id,
        })
        self.send()
        self.assertEqual(self.share(self.colleague).line_ids.partner_id, self.customers)

    def test_by_tier_and_market(self):
        paint = self.env['tianyuan.downstream.market'].sudo().create({'name': "Paint"})
        self.other_customer.tianyuan_downstream_market_ids = paint
        share = self.share(self.rating_manager, market_ids=[Command.set(paint.ids)])
        self.assertEqual(share.line_ids.partner_id, self.other_customer)
        tier = self.env['tianyuan.rating.tier'].search([], limit=1)
        self.customer.sudo().with_company(self.company).tianyuan_tier_id = tier
        share = self.share(self.rating_manager, tier_ids=[Command.set(tier.ids)])
        self.assertEqual(share.line_ids.partner_id, self.customer)
        # the markets it is about are where one begins
        self.insight.market_ids = paint
        self.assertEqual(self.share(self.rating_manager).line_ids.partner_id, self.other_customer)

    def test_the_dialog(self):
        context = self.insight.with_user(self.rating_manager).action_share()['context']
        with Form(self.env[SHARE].with_user(self.rating_manager).with_context(context)) as form:
            self.assertEqual((form.ready_count, len(form.line_ids)), (2, 2))
            form.customer_class = 'ordinary'
            self.assertEqual((form.ready_count, len(form.line_ids)), (0, 0))
            form.customer_class = 'key'
            form.line_ids.remove(0)
        form.record.action_send()
        self.assertEqual(len(self.rows()), 1)

    def test_not_somebody_elses_customer_by_remote_call(self):
        share = self.share(customers=self.customers)
        with self.assertRaisesRegex(AccessError, "with your own customers only, not with:\nOther customer"):
            share.action_send()
        self.assertFalse(self.mails())
        self.assertFalse(self.rows())

    def test_nor_a_customer_of_another_company(self):
        theirs = self.setup_other_company()['company']
        self.other_customer.company_id = theirs
        share = self.share(self.rating_manager, customers=self.customer)
        share.sudo().line_ids = [Command.create({'partner_id': self.other_customer.id})]
        with self.assertRaises(AccessError):
            share.action_send()

    def test_nor_a_mere_contact(self):
        with self.assertRaisesRegex(AccessError, "no customers of"):
            self.share(self.rating_manager, customers=self.chen).action_send()

    def test_who_may_share(self):
        for user in (self.archive_specialist, self.finance_assessor):
            with self.assertRaisesRegex(AccessError, "Only sales users and managers"):
                self.insight.with_user(user).action_share()
        with self.assertRaisesRegex(AccessError, "by its author or by a manager"):
            self.insight.with_user(self.colleague).action_share()
        # opened for something else, it doesn't help either
        own = self.insight.with_user(self.colleague).create({'name': "Mine", 'content': "<p>New</p>"})
        share = self.share(self.colleague, own)
        share.insight_id = self.insight
        with self.assertRaisesRegex(AccessError, "by its author or by a manager"):
            share.action_send()
        # once shared, each salesperson shares it with their own customers
        self.send()
        self.assertEqual(self.send(self.colleague).email_to, '"Other customer" <office@two.example>')

    # -- who can't be reached ----------------------------------------------------------------------

    def test_the_primary_contact_else_the_company(self):
        self.assertEqual(self.share().line_ids.email, 'chen@one.example')
        self.chen.email = False
        self.assertEqual(self.share().line_ids.email, 'office@one.example')
        self.customer.email = False
        share = self.share()
        self.assertEqual((share.line_ids.status, share.no_address_count, share.ready_count), ('no_address', 1, 0))

    def refusal(self, share):
        """What is said when the mails are to be sent; afterwards all is as it was."""
        with self.assertRaises(UserError) as refused:
            share.action_send()
        self.assertFalse(self.rows())
        self.assertEqual(self.insight.state, 'draft')
        return str(refused.exception)

    def test_nobody_to_send_to(self):
        nobody = self.share(customers=self.customer.browse())
        self.assertEqual(self.refusal(nobody), "There are no customers to share this with.")
        self.customer.email = self.chen.email = False
        self.assertEqual(self.refusal(self.share()), "Nobody would receive this: No E-mail Address (1).")

    def test_nothing_to_send(self):
        self.insight.content = "<p><br></p>"
        with self.assertRaisesRegex(UserError, "“Prices of titanium dioxide” has no content yet"):
            self.insight.action_share()

    def test_a_template_without_text_or_without_a_way_out(self):
        template = self.env.ref('tianyuan_customer_insight.mail_template_market_insight').sudo()
        template.body_html = "<p>Buy!</p>"
        self.assertIn("has no link to unsubscribe", self.refusal(self.share()))
        template.body_html = ""
        self.assertIn("has no text or no subject", self.refusal(self.share()))
        foreign = template.create({'name': "Order", 'model_id': self.env['ir.model']._get('res.partner').id})
        with self.assertRaisesRegex(UserError, "“Order” is no template for market insight"):
            self.share(template_id=foreign.id)

    def test_blacklisted_addresses_get_nothing(self):
        self.env['mail.blacklist'].sudo()._add('chen@one.example')
        share = self.share(self.rating_manager)
        self.assertEqual(self.statuses(share), {self.customer: 'blacklisted', self.other_customer: 'ready'})
        self.send_off(share)
        self.assertEqual(self.mails().email_to, '"Other customer" <office@two.example>')
        self.assertEqual(
            {row.partner_id: row.result for row in self.rows()},
            {self.customer: 'blacklisted', self.other_customer: 'queued'},
        )
        insight = self.insight.with_user(self.rating_manager)
        self.assertEqual((insight.unreached_count, insight.queued_count), (1, 1))

    def test_who_unsubscribed_gets_nothing_by_any_record(self):
        """The address counts, whoever else has it; and a company's word holds for its contacts."""
        namesake = self.new_customer("Former name", email='CHEN@one.example')
        namesake.sudo().tianyuan_insight_optout = True
        self.assertEqual(self.share().line_ids.status, 'unsubscribed')
        with self.assertRaisesRegex(UserError, r"Unsubscribed \(1\)"):
            self.share().action_send()
        namesake.sudo().tianyuan_insight_optout = False
        self.assertEqual(self.share().line_ids.status, 'ready')
        self.customer.sudo().tianyuan_insight_optout = True
        self.assertEqual(self.share().line_ids.status, 'unsubscribed')

    def test_who_leaves_before_it_is_sent_gets_nothing(self):
        third = self.new_customer("Third", user_id=self.sales_user.id, email='third@three.example')
        mails = self.send(self.rating_manager, customers=self.customers | third)
        self.env['mail.blacklist'].sudo()._add('office@two.example')
        self.chen.sudo().tianyuan_insight_optout = True
        sent = []
        with patch.object(type(mails), '_send', lambda mails, **_options: sent.extend(
            mails.filtered(lambda mail: mail.state == 'outgoing').mapped('email_to'),
        )):
            mails.send()
        self.assertEqual(sent, ['"Third" <third@three.example>'])
        self.assertEqual(
            {row.partner_id: row.result for row in self.rows()},
            {self.customer: 'unsubscribed', self.other_customer: 'blacklisted', third: 'queued'},
        )

    def test_salespeople_cannot_subscribe_customers_again(self):
        self.customer.sudo().tianyuan_insight_optout = True
        with self.assertRaises(AccessError):
            self.customer.with_user(self.sales_user).tianyuan_insight_optout = False
        self.customer.with_user(self.archive_specialist).tianyuan_insight_optout = False

    # -- the mails ---------------------------------------------------------------------------------

    def test_one_mail_to_each(self):
        mails = self.send(self.rating_manager)
        self.assertEqual(
            sorted(mails.mapped('email_to')), ['"Chen" <chen@one.example>', '"Other customer" <office@two.example>'],
        )
        self.assertFalse(mails.recipient_ids)
        self.assertEqual(set(mails.mapped('state')), {'outgoing'}, "left to the queue")
        mail = mails.filtered(lambda mail: 'Chen' in mail.email_to)
        self.assertEqual(mail.subject, "Market insight: Prices of titanium dioxide")
        self.assertEqual(mail.email_from, self.rating_manager.email_formatted)
        for text in ("Dear Chen,", "They <b>rise</b>.", "Market Demand", self.company.name):
            self.assertIn(text, mail.body_html)
        row = self.rows().filtered(lambda row: row.partner_id == self.customer)
        self.assertEqual((row.contact_id, row.email, row.user_id, row.result),
                         (self.chen, 'chen@one.example', self.rating_manager, 'queued'))
        self.assertIn(f'share={row.id}&', mail.body_html.replace('&amp;', '&'))
        self.assertIn('List-Unsubscribe=One-Click', mail.headers)
        self.assertIn('/tianyuan/insight/unsubscribe/one-click?', mail.headers)

    def test_in_the_language_of_each(self):
        self.env['res.lang']._activate_lang('zh_CN')
        template = self.env.ref('tianyuan_customer_insight.mail_template_market_insight').sudo()
        template.with_context(lang='zh_CN').subject = "市场信息：{{ object.insight_id.name }}"
        self.chen.lang, self.other_customer.lang = 'zh_CN', 'en_US'
        subjects = {mail.email_to: mail.subject for mail in self.send(self.rating_manager)}
        self.assertEqual(subjects, {
            '"Chen" <chen@one.example>': "市场信息：Prices of titanium dioxide",
            '"Other customer" <office@two.example>': "Market insight: Prices of titanium dioxide",
        })

    def test_two_customers_with_one_address_get_one_mail(self):
        self.other_customer.email = 'chen@one.example'
        share = self.share(self.rating_manager)
        self.assertEqual(sorted(self.statuses(share).values()), ['duplicate', 'ready'])
        self.send_off(share)
        self.assertEqual(len(self.mails()), 1)

    def test_each_address_of_a_field_gets_a_mail_of_its_own(self):
        """With a link of its own to unsubscribe, and nobody sees the other one's address."""
        self.chen.email = 'chen@one.example；li@one.example、暂无'
        share = self.share()
        self.assertEqual((share.line_ids.email, share.line_ids.status, share.ready_count),
                         ('chen@one.example, li@one.example', 'ready', 1))
        self.send_off(share)
        self.assertEqual(
            sorted(self.mails().mapped('email_to')), ['"Chen" <chen@one.example>', '"Chen" <li@one.example>'])
        self.assertEqual(sorted(self.rows().mapped('email')), ['chen@one.example', 'li@one.example'])
        self.assertEqual(self.insight.with_user(self.rating_manager).queued_count, 1, "one customer")
        [note] = self.customer.message_ids.filtered(lambda note: "Market insight" in note.body)
        self.assertIn("chen@one.example and li@one.example", note.body)
        self.assertEqual(self.statuses(self.share()), {self.customer: 'received'})

    def test_of_several_addresses_those_that_refuse_get_nothing(self):
        self.chen.email = 'chen@one.example；li@one.example'
        self.env['mail.blacklist'].sudo()._add('li@one.example')
        share = self.share()
        self.assertEqual(share.line_ids.status, 'ready')
        self.send_off(share)
        self.assertEqual(self.mails().email_to, '"Chen" <chen@one.example>')
        self.assertEqual({row.email: row.result for row in self.rows()},
                         {'chen@one.example': 'queued', 'li@one.example': 'blacklisted'})
        # who leaves by the second address leaves with the first one, too
        former = self.new_customer("Former", email='x@x.example / second@x.example')
        former.sudo().tianyuan_insight_optout = True
        self.chen.email = 'second@x.example'
        self.assertEqual(self.share(again=True).line_ids.status, 'unsubscribed')

    def test_leaving_by_the_second_address_counts(self):
        self.chen.email = 'chen@one.example；li@one.example'
        self.send()
        self.rows().filtered(lambda row: row.email == 'li@one.example')._unsubscribe()
        self.assertTrue(self.chen.sudo().tianyuan_insight_optout)

    # -- by the scheduled action -------------------------------------------------------------------

    def test_pressing_send_makes_no_mail_but_starts_the_scheduled_action(self):
        share = self.share(self.rating_manager)
        triggers = self.env['ir.cron.trigger'].sudo().search_count([])
        with patch.object(type(share), '_render', side_effect=type(share)._render, autospec=True) as render:
            action = share.action_send()
        self.assertEqual(render.call_count, 1, "the template is tried for one")
        self.assertIn("2 e-mails are being sent in the background", action['params']['message'])
        self.assertFalse(self.mails())
        self.assertEqual(set(self.rows().mapped('result')), {'to_send'})
        self.assertEqual(self.env['ir.cron.trigger'].sudo().search_count([]), triggers + 1)
        insight = self.insight.with_user(self.rating_manager)
        self.assertEqual((insight.state, insight.queued_count, insight.sent_count), ('shared', 2, 0))
        self.assertEqual(self.statuses(self.share(self.rating_manager)),
                         dict.fromkeys(self.customers, 'received'), "nobody is sent it twice meanwhile")
        self.env[LOG].sudo()._cron_send()
        self.assertEqual(set(self.rows().mapped('result')), {'queued'})
        self.assertEqual(len(self.mails()), 2)
        self.env[LOG].sudo()._cron_send()
        self.assertEqual(len(self.mails()), 2, "once only")

    def test_the_dialogs_lines_may_be_gone_by_then(self):
        """Odoo deletes dialogs after an hour."""
        share = self.share(self.rating_manager)
        share.action_send()
        share.sudo().unlink()
        self.env[LOG].sudo()._cron_send()
        self.assertEqual(
            sorted(self.mails().mapped('email_to')), ['"Chen" <chen@one.example>', '"Other customer" <office@two.example>'])
        self.assertFalse(self.env[SHARE].sudo().search([('insight_id', '=', self.insight.id)]))

    def test_who_leaves_before_the_mail_is_made_gets_none(self):
        share = self.share(self.rating_manager)
        share.action_send()
        self.env['mail.blacklist'].sudo()._add('office@two.example')
        self.rows().filtered(lambda row: row.partner_id == self.customer)._unsubscribe()
        self.env[LOG].sudo()._cron_send()
        self.assertFalse(self.mails())
        self.assertEqual(set(self.rows().mapped('result')), {'unsubscribed', 'blacklisted'})

    def spoil(self, *customers):
        """A template that can't be rendered for some customers."""
        template = self.env.ref('tianyuan_customer_insight.mail_template_market_insight').sudo()
        template.subject = "{{ 1 / (0 if object.partner_id.ref == 'spoilt' else 1) and object.insight_id.name }}"
        for customer in customers:
            customer.sudo().ref = 'spoilt'
        return template

    @mute_logger('odoo.addons.mail.models.mail_render_mixin')
    def test_one_customers_error_does_not_stop_the_others(self):
        third = self.new_customer("Third", user_id=self.sales_user.id, email='third@three.example')
        self.spoil(self.other_customer)
        self.send_off(self.share(self.rating_manager, customers=self.other_customer | self.customer | third))
        self.assertEqual(sorted(self.mails().mapped('email_to')),
                         ['"Chen" <chen@one.example>', '"Third" <third@three.example>'])
        failed = self.rows().filtered(lambda row: row.result == 'failed')
        self.assertEqual(failed.partner_id, self.other_customer)
        self.assertTrue(failed.failure)
        insight = self.insight.with_user(self.rating_manager)
        self.assertEqual((insight.failed_count, insight.queued_count), (1, 2))
        self.assertFalse(self.other_customer.message_ids.filtered(lambda note: "Market insight" in note.body))

        self.other_customer.sudo().ref = False
        action = insight.action_send_failed_again()
        self.assertIn("1 e-mails are being sent", action['params']['message'])
        self.assertEqual((failed.result, failed.failure), ('to_send', False))
        self.env[LOG].sudo()._cron_send()
        self.assertEqual(len(self.mails()), 3)
        self.assertEqual((insight.failed_count, insight.queued_count), (0, 3))
        with self.assertRaisesRegex(UserError, "None of these e-mails has failed"):
            insight.action_send_failed_again()

    @mute_logger('odoo.addons.mail.models.mail_render_mixin')
    def test_a_template_that_fails_for_everybody_is_said_at_once(self):
        self.spoil(self.customer, self.other_customer)
        self.assertTrue(self.refusal(self.share(self.rating_manager)))

    def test_an_address_mended_after_it_failed_gets_the_mail(self):
        mail = self.send(self.rating_manager, customers=self.customer)
        mail.write({'state': 'exception', 'failure_reason': "No such mailbox"})
        self.chen.email = 'chen@mended.example'
        row = self.rows()
        row.with_user(self.sales_user).action_send_again()
        self.env[LOG].sudo()._cron_send()
        self.assertFalse(mail.exists())
        self.assertEqual((row.email, row.result, row.user_id), ('chen@mended.example', 'queued', self.sales_user))
        self.assertEqual(self.mails().email_to, '"Chen" <chen@mended.example>')
        self.assertTrue(any("1 e-mails that had failed are sent again" in note.body for note in self.insight.message_ids))

    def test_who_may_send_failed_mails_again(self):
        self.send(self.rating_manager).write({'state': 'exception', 'failure_reason': "Mailbox full"})
        rows = self.rows()
        for user in (self.archive_specialist, self.finance_assessor):
            with self.assertRaisesRegex(AccessError, "Only sales users and managers"):
                rows.with_user(user).action_send_again()
        with self.assertRaises(AccessError):
            rows.with_user(self.sales_user).action_send_again()
        self.assertEqual(set(rows.mapped('result')), {'failed'})
        # of the insight, salespeople see and send again what went to their own customers
        self.insight.with_user(self.sales_user).action_send_failed_again()
        self.assertEqual({row.partner_id: row.result for row in rows},
                         {self.customer: 'to_send', self.other_customer: 'failed'})

    def test_a_template_deleted_meanwhile_is_the_reason(self):
        template = self.env.ref('tianyuan_customer_insight.mail_template_market_insight').sudo().copy()
        self.share(template_id=template.id).action_send()
        template.unlink()
        self.env[LOG].sudo()._cron_send()
        row = self.rows()
        self.assertEqual((row.result, row.failure), ('failed', "The e-mail template has been deleted."))
        row.with_user(self.sales_user).action_send_again()
        self.env[LOG].sudo()._cron_send()
        self.assertEqual(row.result, 'queued')

    def test_mails_are_made_with_the_rights_and_in_the_name_of_who_sent_them(self):
        self.share(self.rating_manager, customers=self.customer).action_send()
        self.share(self.colleague, customers=self.other_customer).action_send()
        users = []
        share = self.env[SHARE]
        render = type(share)._render
        with patch.object(type(share), '_render', lambda self, *args: users.append((self.env.uid, self.env.su)) or render(self, *args)):
            self.env[LOG].sudo()._cron_send()
        self.assertEqual(users, [(self.rating_manager.id, False), (self.colleague.id, False)])
        self.assertEqual(set(self.mails().mapped('email_from')),
                         {self.rating_manager.email_formatted, self.colleague.email_formatted})

    def test_what_became_of_a_mail(self):
        mail, other = self.send(self.rating_manager)
        row = self.rows().filtered(lambda row: row.mail_id == mail)
        other_row = self.rows() - row
        other.write({'state': 'exception', 'failure_reason': "Mailbox full"})
        mail.write({'state': 'sent'})
        mail._postprocess_sent_message([], [mail.email_to])
        self.assertFalse(mail.exists(), "sent mails aren't kept")
        self.assertEqual((row.result, other_row.result, other_row.failure), ('sent', 'failed', "Mailbox full"))
        insight = self.insight.with_user(self.rating_manager)
        self.assertEqual((insight.sent_count, insight.failed_count, insight.recipient_count), (1, 1, 2))
        other.mark_outgoing()
        self.assertEqual((other_row.result, other_row.failure), ('queued', False))
        other.cancel()
        self.assertEqual(other_row.result, 'cancelled')

    def test_sent_again_only_to_who_has_not_received_it(self):
        self.send()
        share = self.share(self.rating_manager)
        self.assertEqual(self.statuses(share), {self.customer: 'received', self.other_customer: 'ready'})
        self.send_off(share)
        self.assertEqual(len(self.mails()), 2)
        with self.assertRaisesRegex(UserError, r"Nobody would receive this: Has Received It \(2\)"):
            self.share(self.rating_manager).action_send()
        # pressing the button of an open dialog once more
        with self.assertRaises(UserError):
            share.action_send()
        self.assertEqual(len(self.send(self.rating_manager, again=True)), 2)
        # a mail that failed hasn't been received
        self.rows().filtered(lambda row: row.partner_id == self.customer).mail_id.write({'state': 'exception'})
        self.assertEqual(self.statuses(self.share(self.rating_manager))[self.customer], 'ready')

    def test_noted_on_each_customer_and_the_insight(self):
        self.send(self.rating_manager)
        for customer, text in ((self.customer, "Chen, chen@one.example"), (self.other_customer, "office@two.example")):
            [note] = customer.message_ids.filtered(lambda note: "Market insight" in note.body)
            self.assertIn(text, note.body)
            self.assertIn("Prices of titanium dioxide", note.body)
            self.assertEqual(note.author_id, self.rating_manager.partner_id)
        self.assertEqual(self.insight.state, 'shared')
        self.assertTrue(any("Shared with 2 customers" in note.body for note in self.insight.message_ids))

    def test_the_customers_page_counts_them(self):
        self.send(self.rating_manager)
        for user, counts in ((self.sales_user, (1, 0)), (self.rating_manager, (1, 1))):
            customers = self.customers.with_user(user)
            self.assertEqual(tuple(customers.mapped('tianyuan_insight_count')), counts)
            action = customers[0].action_tianyuan_insights()
            self.assertEqual(self.env[LOG].with_user(user).search(action['domain']), self.rows().filtered(
                lambda row: row.partner_id == self.customer))

    def test_nobody_changes_the_log(self):
        self.send()
        row = self.rows()
        for user in (self.sales_user, self.archive_specialist, self.finance_assessor, self.rating_manager):
            self.assertEqual(row.with_user(user).email, 'chen@one.example')
            for attempt in (
                lambda row: row.write({'result': 'sent'}), lambda row: row.unlink(), lambda row: row.copy(),
            ):
                with self.assertRaises(AccessError):
                    attempt(row.with_user(user))
        with self.assertRaises(AccessError):
            self.assertTrue(row.with_user(self.colleague).email)

    def test_the_preview_shows_the_mail_of_a_customer(self):
        share = self.share(self.rating_manager)
        action = share.action_preview()
        self.assertEqual((action['res_model'], action['res_id']), (SHARE, share.id))
        self.assertEqual(share.preview_subject, "Market insight: Prices of titanium dioxide")
        share.preview_line_id = share.line_ids.filtered(lambda line: line.partner_id == self.other_customer)
        self.assertIn("Dear Other customer,", share.preview_body)
        self.assertIn('href="#"', share.preview_body, "no link that works, as nothing has been sent")
        self.assertFalse(self.rows())
        self.assertFalse(self.mails())

    def test_nobody_gets_the_link_of_another_mail(self):
        self.send(self.rating_manager)
        share = self.share(again=True)
        with self.assertRaises(AccessError):
            share.line_ids.log_id = self.rows()[-1]

    def test_what_another_opened_is_not_shown(self):
        share = self.share(self.rating_manager)
        with self.assertRaises(AccessError):
            self.assertTrue(share.with_user(self.sales_user).line_ids)
        with self.assertRaises(AccessError):
            share.with_user(self.sales_user).action_send()

    def test_no_default_says_when_it_was_sent(self):
        share = self.share(self.rating_manager).with_context(
            default_date='2020-01-01 00:00:00', default_failure="Nobody home")
        share.action_send()
        self.assertFalse(any(self.rows().mapped('failure')))
        self.assertNotIn(2020, {row.date.year for row in self.rows()})

    def test_merging_customers_keeps_what_they_were_sent(self):
        self.send(self.rating_manager)
        self.customer.sudo().tianyuan_insight_optout = True
        self.chen.email = 'office@two.example'
        wizard = self.env['base.partner.merge.automatic.wizard'].create({})
        self.customer.email = 'office@two.example'
        wizard.sudo()._merge(self.customers.ids, self.other_customer)
        self.assertEqual(self.rows().partner_id, self.other_customer)
        self.assertTrue(self.other_customer.sudo().tianyuan_insight_optout)

    # -- many --------------------------------------------------------------------------------------

    def many(self, count):
        customers = self.env['res.partner'].create([{
            'name': f"Customer {number}", 'is_company': True, 'tianyuan_channel': 'direct',
            'user_id': self.sales_user.id, 'email': f'c{number}@many.example',
        } for number in range(count)])
        self.make_key(customers)
        return customers

    def queries_of(self, customers):
        insight = self.insight.copy({'content': "<p>News</p>"})
        share = self.share(insight=insight, customers=customers)
        sending = self.queries(share.action_send)
        self.assertEqual(len(self.rows(insight)), len(customers))
        making = self.queries(self.env[LOG].sudo()._cron_send)
        self.assertEqual(set(self.rows(insight).mapped('result')), {'queued'})
        return sending, making

    def test_queries_do_not_grow_with_the_customers(self):
        customers = self.many(120)
        self.queries_of(customers[:2])
        for what, few, many in zip(
            ("sending", "making the mails"), self.queries_of(customers[:20]), self.queries_of(customers[:100]), strict=True,
        ):
            self.assertLessEqual(many - few, 20, f"{what}: {few} queries for 20, {many} for 100")
