from ast import literal_eval

from lxml import html

from odoo.tests import HttpCase, tagged

from .common import InsightCommon

NOT_FOUND, OK = 404, 200


@tagged('post_install', '-at_install', 'smoke')
class TestInsightUnsubscribe(InsightCommon, HttpCase):
    """Readers leave by the link in the mail, logged out (policy 6.3)."""

    def setUp(self):
        super().setUp()
        self.mail = self.send()
        self.row = self.rows()
        self.env.flush_all()
        [link] = html.fromstring(self.mail.body_html).xpath("//a[contains(@href, 'unsubscribe')]/@href")
        self.link = link.partition('://')[2].partition('/')[2]
        self.authenticate(None, None)

    def test_the_page_asks_and_the_button_unsubscribes(self):
        page = self.url_open(f'/{self.link}')
        self.assertEqual(page.status_code, OK)
        self.assertIn("chen@one.example", page.text)
        self.assertFalse(self.chen.sudo().tianyuan_insight_optout, "mail scanners open links too")

        [form] = html.fromstring(page.text).forms
        answer = self.url_open(form.action, data=dict(form.fields))
        self.assertIn("You are unsubscribed", answer.text)
        self.chen.invalidate_recordset()
        self.assertTrue(self.chen.sudo().tianyuan_insight_optout)
        self.assertFalse(self.customer.sudo().tianyuan_insight_optout, "only who asked")
        self.assertTrue(any("chen@one.example unsubscribed" in note.body for note in self.chen.message_ids))
        # what waits to be sent isn't sent any more
        self.env.invalidate_all()
        self.assertEqual((self.mail.state, self.row.result), ('cancel', 'unsubscribed'))
        self.assertEqual(self.share(again=True).line_ids.status, 'unsubscribed')

    def test_asked_once_more_it_says_so_and_notes_nothing(self):
        self.row._unsubscribe()
        notes = self.chen.message_ids
        page = self.url_open(f'/{self.link}')
        self.assertIn("You are unsubscribed", page.text)
        self.row._unsubscribe()
        self.assertEqual(self.chen.message_ids, notes)

    def test_mail_programs_need_one_call_and_no_session(self):
        url = literal_eval(self.mail.headers)['List-Unsubscribe'].strip('<>')
        path = '/' + url.partition('://')[2].partition('/')[2]
        self.assertEqual(self.url_open(path).status_code, 405, "not by merely opening it")
        answer = self.url_open(path, data={'List-Unsubscribe': 'One-Click'})
        self.assertEqual((answer.status_code, answer.text), (OK, ''))
        self.chen.invalidate_recordset()
        self.assertTrue(self.chen.sudo().tianyuan_insight_optout)

    def test_posting_without_the_pages_token_is_refused(self):
        answer = self.url_open(f'/{self.link}', data={'x': '1'})
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self.chen.sudo().tianyuan_insight_optout)

    def test_no_other_link_says_anything(self):
        """Neither which mails there are nor whose they were."""
        token = self.row._unsubscribe_token()
        pages = [self.url_open(f'/tianyuan/insight/unsubscribe{query}') for query in (
            f'?share={self.row.id}', f'?share={self.row.id}&token=x', f'?share={self.row.id + 1}&token={token}',
            f'?share=999999&token={token}', f'?share={"9" * 30}&token={token}', f'?share=x&token={token}',
            f'?share={self.row.id}&token=%C3%A9', '',
        )]
        self.assertEqual({page.status_code for page in pages}, {NOT_FOUND})
        self.assertEqual(len({page.text for page in pages}), 1)
        for data in ({'share': self.row.id, 'token': 'x'}, {}):
            answer = self.url_open('/tianyuan/insight/unsubscribe/one-click', data={'x': '1', **data})
            self.assertEqual(answer.status_code, NOT_FOUND)
        self.assertFalse(self.chen.sudo().tianyuan_insight_optout)

    def test_the_address_counts_when_the_contact_is_gone(self):
        self.customer.email = 'chen@one.example'
        self.chen.unlink()
        self.env.flush_all()
        self.row._unsubscribe()
        self.assertTrue(self.customer.sudo().tianyuan_insight_optout)

    def test_in_the_readers_language(self):
        self.env['res.lang']._activate_lang('zh_CN')
        view = self.env.ref('tianyuan_customer_insight.insight_unsubscribe').sudo()
        view.update_field_translations('arch_db', {'zh_CN': {"Unsubscribe from market insight": "退订市场信息"}})
        self.chen.lang = 'zh_CN'
        self.env.flush_all()
        page = self.url_open(f'/{self.link}')
        self.assertIn("退订市场信息", page.text)
