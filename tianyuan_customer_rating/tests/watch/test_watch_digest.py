"""The week's warnings by e-mail to team leaders, in their language, once (policy 6.5)."""
from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import html2plaintext, mute_logger

from .watched import WarningCommon

SECTIONS = ("New Warnings", "Got Worse", "Acknowledged, Back on the List Soon", "Good News", "Cleared")


@tagged('post_install', '-at_install')
class TestWatchDigest(WarningCommon):
    """The last e-mail told of the week until Sunday, 5 May 2024; the watch has run until Sunday, 12 May."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.company'].sudo().search([]).tianyuan_watched_on = False
        cls.company.sudo().write({
            'name': "Tianyuan", 'tianyuan_watched_on': '2024-05-12', 'tianyuan_watch_digest_on': '2024-05-05',
        })
        cls.rating_manager.sudo().write({'name': "Manager", 'email': 'manager@example.com'})

    def sent(self):
        """Run the scheduled action as it runs, and return the new e-mails by their readers' addresses, without that
        of the world's bookkeeper, who is a manager as well."""
        Mail = self.env['mail.mail'].sudo()
        before = Mail.search([])
        self.env['tianyuan.watch.digest'].with_user(self.env.ref('base.user_root')).with_context({})._cron_send()
        mails = Mail.search([]) - before
        by_address = {mail.email_to.partition('<')[2].strip('>'): mail for mail in mails}
        self.assertEqual(len(by_address), len(mails), "two e-mails to one reader")
        by_address.pop(self.env.user.email, None)
        return by_address

    def parts(self, mail):
        """What an e-mail has, as dict of heading → text below it."""
        text = html2plaintext(mail.body_html)
        places = sorted((text.index(f"{title} ("), title) for title in SECTIONS if f"{title} (" in text)
        ends = [place for place, _title in places[1:]] + [len(text)]
        return {title: text[place:end] for (place, title), end in zip(places, ends, strict=True)}

    def test_each_warning_is_told_once_in_the_right_place(self):
        self.item(self.alpha, 'overdue', 1, day='2024-05-06')
        self.item(self.beta, 'days_late', 2, day='2024-05-12')
        self.item(self.alpha, 'days_late', 3, day='2024-04-20', worsened_on='2024-05-07')
        self.acknowledged(self.item(self.alpha, 'credit_used', 4, day='2024-04-20'), self.sales_user, '2024-05-19')
        self.item(self.beta, 'tier_up', 5, day='2024-05-08')
        self.item(self.alpha, 'purchases_down', 6, day='2024-04-20', state='cleared', cleared_on='2024-05-10')
        # Told before, not changed since, or not ending within a week.
        self.item(self.beta, 'overdue', 1007, day='2024-05-05')
        self.acknowledged(self.item(self.beta, 'credit_used', 1008, day='2024-04-20'), self.sales_user, '2024-05-20')
        self.item(self.beta, 'bad_debt', 1009, day='2024-03-01', state='cleared', cleared_on='2024-05-05')
        mails = self.sent()
        self.assertEqual(set(mails), {'leader@example.com'})
        mail = mails['leader@example.com']
        self.assertEqual(mail.subject, "Early warnings in Tianyuan: 2 new, 1 worse, 1 cleared")
        self.assertEqual(mail.state, 'outgoing')
        parts = self.parts(mail)
        self.assertEqual(
            {title: (text.count("Alpha"), text.count("Beta")) for title, text in parts.items()},
            {
                "New Warnings": (1, 1), "Got Worse": (1, 0), "Acknowledged, Back on the List Soon": (1, 0),
                "Good News": (0, 1), "Cleared": (1, 0),
            },
        )
        self.assertIn("They pay in June", parts["Acknowledged, Back on the List Soon"])
        self.assertIn("05/10/2024", parts["Cleared"])
        self.assertIn("05/06/2024", mail.body_html)
        self.assertIn('/mail/view?model=tianyuan.watch.item&amp;res_id=', mail.body_html)
        self.assertEqual(self.company.tianyuan_watch_digest_on, fields.Date.to_date('2024-05-12'))
        self.assertEqual(self.sent(), {}, "the same day again")

    def test_a_warning_that_came_and_went_in_the_week_is_cleared(self):
        self.item(self.alpha, 'overdue', 1, day='2024-05-06', state='cleared', cleared_on='2024-05-09')
        self.assertEqual(set(self.parts(self.sent()['leader@example.com'])), {"Cleared"})

    def test_who_has_nothing_gets_nothing(self):
        self.item(self.beta, 'overdue', 1, day='2024-04-06')
        self.assertEqual(self.sent(), {})

    def test_managers_get_the_customers_without_a_leader_who_can_read(self):
        orphan = self.new_customer("Orphan")
        self.item(self.gamma, 'overdue', 1)    # the colleague is in no team
        self.item(orphan, 'overdue', 1)
        self.item(self.alpha, 'overdue', 1)
        cases = [
            ("a leader", {}, {"Gamma", "Orphan"}, {"Alpha"}),
            ("who has left", {'active': False}, {"Gamma", "Orphan", "Alpha"}, set()),
            ("without a role", {'active': True, 'group_ids': [Command.set([self.env.ref('base.group_user').id])]},
             {"Gamma", "Orphan", "Alpha"}, set()),
        ]
        for name, values, of_manager, of_leader in cases:
            with self.subTest(name):
                self.leader.sudo().write(values)
                self.company.sudo().tianyuan_watch_digest_on = '2024-05-05'
                mails = self.sent()
                shown = {
                    address: {name for name in ("Alpha", "Gamma", "Orphan") if name in mail.body_html}
                    for address, mail in mails.items()
                }
                self.assertEqual(shown, {
                    address: names for address, names in
                    (('manager@example.com', of_manager), ('leader@example.com', of_leader)) if names
                })

    def test_twenty_are_in_the_mail_and_the_list_has_the_others(self):
        """23 new warnings and one that has cleared: the mail counts all, shows 20 and leaves 4 to the list."""
        for number in range(23):
            self.item(self.new_customer(f"Customer {number}", user_id=self.sales_user.id), 'overdue', number)
        self.item(self.alpha, 'overdue', 6, day='2024-04-20', state='cleared', cleared_on='2024-05-10')
        mail = self.sent()['leader@example.com']
        self.assertEqual(mail.subject, "Early warnings in Tianyuan: 23 new, 0 worse, 1 cleared")
        self.assertEqual(mail.body_html.count('/mail/view?'), 20)
        self.assertIn("4 more are on the watch list", mail.body_html)
        self.assertIn('/odoo/action-tianyuan_customer_rating.tianyuan_watch_item_action', mail.body_html)

    def test_a_database_error_in_one_company_does_not_stop_the_others(self):
        other = self.setup_other_company()['company']
        other.sudo().tianyuan_watched_on = '2024-05-12'
        self.rating_manager.sudo().company_ids = [Command.link(other.id)]
        self.item(self.beta, 'overdue', 1, company=other)    # the leader doesn't work there
        send = type(self.env['tianyuan.watch.digest'])._send

        def fail(digest, company):
            if company == self.company:
                company.tianyuan_watch_digest_on = '2024-05-12'
                digest.env.cr.execute("SELECT 1 / 0")
            return send(digest, company)

        self.patch(type(self.env['tianyuan.watch.digest']), '_send', fail)
        with self.assertLogs('odoo.addons.tianyuan_customer_rating', level='ERROR'):
            mails = self.sent()
        self.assertEqual(set(mails), {'manager@example.com'})
        self.assertEqual(self.company.tianyuan_watch_digest_on, fields.Date.to_date('2024-05-05'))

    def test_a_leader_who_is_a_manager_gets_one_mail(self):
        self.leader.sudo().group_ids = [Command.link(self.env.ref('tianyuan_customer_rating.group_manager').id)]
        self.item(self.gamma, 'overdue', 1)
        self.item(self.alpha, 'overdue', 1)
        mails = self.sent()
        self.assertEqual(set(mails), {'leader@example.com', 'manager@example.com'})
        self.assertIn("Alpha", mails['leader@example.com'].body_html)
        self.assertIn("Gamma", mails['leader@example.com'].body_html)
        self.assertNotIn("Alpha", mails['manager@example.com'].body_html)

    def test_a_bad_address_stops_nobody(self):
        self.rating_manager.sudo().email = "not an address"
        other = self.new_role_user('manager', login='tianyuan_manager_2', name="Second", email='second@example.com')
        self.assertTrue(other.active)
        self.item(self.gamma, 'overdue', 1)
        self.item(self.alpha, 'overdue', 1)
        with mute_logger('odoo.addons.tianyuan_customer_rating.models.watch.tianyuan_watch_digest'):
            mails = self.sent()
        self.assertEqual(set(mails), {'leader@example.com', 'second@example.com'})

    def test_each_reads_it_in_their_language(self):
        self.env['res.lang'].sudo()._activate_lang('fr_FR')
        view = self.env.ref('tianyuan_customer_rating.tianyuan_watch_digest_mail').sudo()
        [term] = [
            term for term in view.get_field_translations('arch_db')[0]
            if term['lang'] == 'fr_FR' and term['source'].startswith("You receive")
        ]
        view.update_field_translations('arch_db', {'fr_FR': {term['source']: "Chaque semaine"}})
        self.leader.sudo().lang = 'fr_FR'
        self.item(self.alpha, 'overdue', 1)
        self.item(self.gamma, 'overdue', 1)
        mails = self.sent()
        self.assertIn("Chaque semaine", mails['leader@example.com'].body_html)
        self.assertIn("You receive this e-mail each week", mails['manager@example.com'].body_html)
        self.assertIn("12/05/2024", mails['leader@example.com'].body_html)

    def test_each_company_has_its_own_and_can_turn_it_off(self):
        other = self.setup_other_company()['company']
        other.sudo().write({'name': "Second Company", 'tianyuan_watched_on': '2024-05-12'})
        self.rating_manager.sudo().company_ids = [Command.link(other.id)]
        self.item(self.gamma, 'overdue', 1)
        self.item(self.beta, 'overdue', 1, company=other)    # the leader doesn't work there
        self.company.sudo().tianyuan_watch_digest = False
        mails = self.sent()
        self.assertEqual(set(mails), {'manager@example.com'})
        mail = mails['manager@example.com']
        self.assertIn("Second Company", mail.subject)
        self.assertIn("Beta", mail.body_html)
        self.assertNotIn("Gamma", mail.body_html)
        self.assertEqual(self.company.tianyuan_watch_digest_on, fields.Date.to_date('2024-05-05'))

    def test_more_customers_take_no_more_queries(self):
        digest = self.env['tianyuan.watch.digest'].with_user(self.env.ref('base.user_root'))

        def spent(count):
            for number in range(count):
                customer = self.new_customer(f"Customer {count} {number}", user_id=self.sales_user.id)
                self.item(customer, 'overdue', number)
                self.item(customer, 'document', number)
            self.company.sudo().tianyuan_watch_digest_on = '2024-05-05'
            return self.queries(digest._cron_send)

        spent(2)    # warm up
        few = spent(2)
        self.assertLessEqual(spent(20), few + 1)
