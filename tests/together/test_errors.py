"""What can't be stored, sent or done just now is said in a message, not as an error of the program."""
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from odoo.addons.tianyuan_customer_insight.tests.common import InsightCommon
from odoo.addons.tianyuan_customer_rating import hooks
from odoo.addons.tianyuan_customer_rating.tests.rating.sheets import SheetCommon

# A file's name is made plain before it is stored, and a line's note is written line by line: tried by itself.
BY_THEMSELVES = ('tianyuan.archive.document.file_name', 'tianyuan.rating.line.note')


@tagged('post_install', '-at_install')
class TestErrors(InsightCommon, SheetCommon, HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.everything = cls.new_role_user('manager', login='everything')
        cls.everything.sudo().group_ids = [
            Command.link(cls.env.ref(f'tianyuan_customer_rating.group_{role}').id)
            for role in ('sales_user', 'archive_specialist', 'finance_assessor')
        ]

    def writable_texts(self):
        """Each text of each model of the addon."""
        for name, model in self.registry.items():
            if not name.startswith('tianyuan.') or model._abstract or not model._auto:
                continue
            if hasattr(model, '_append_only_message'):
                continue    # rows that code adds and nobody writes
            for field in model._fields.values():
                text = field.type in ('char', 'text', 'html') and field.store and not field.compute
                if text and str(field) not in BY_THEMSELVES:
                    yield self.env[name], field

    def refusal(self, records, values):
        """What writing values is refused with."""
        with self.assertRaises(UserError) as refused:
            records.write(values)
        return str(refused.exception)

    def test_a_nul_character_in_any_text(self):
        tried = 0
        for records, field in self.writable_texts():
            for text in ("a\0b", "\0"):
                with self.subTest(str(field)):
                    self.assertIn("can't be stored", self.refusal(records.sudo(), {field.name: text}))
                    tried += 1
        self.assertGreater(tried, 100)

    def test_line_breaks_in_a_text_of_one_line(self):
        refused = 0
        for records, field in self.writable_texts():
            if field.type == 'char':
                for text in ("a\nBcc: all@example.com", "a\r\nb", "a\n"):
                    with self.subTest(str(field), text=text):
                        answer = self.refusal(records.with_user(self.everything), {field.name: text})
                        if "Delete the line breaks" in answer:
                            refused += 1
                        else:    # nobody writes this one, whatever the text
                            self.assertEqual(answer, self.refusal(records.with_user(self.everything), {field.name: "a"}))
        self.assertGreater(refused, 50)
        self.insight.content = "<p>Two\nlines</p>"    # longer texts have them
        self.assertIn("\n", self.insight.content)

    def test_over_rpc(self):
        self.authenticate(self.sales_user.login, self.sales_user.login)
        model = 'tianyuan.market.insight'
        for method, args in (
            ('create', [{'name': "a\0", 'topic': 'demand'}]), ('write', [self.insight.ids, {'name': "a\0"}]),
            ('web_save', [self.insight.ids, {'content': "<p>\0</p>"}, {}]), ('write', [self.insight.ids, {'name': "a\nb"}]),
        ):
            with self.subTest(method), mute_logger('odoo.http'), self.assertRaises(JsonRpcException) as refused:
                self.make_jsonrpc_request(f'/web/dataset/call_kw/{model}/{method}', {
                    'model': model, 'method': method, 'args': args, 'kwargs': {}})
            self.assertIn('ValidationError', str(refused.exception))

    def test_the_note_of_a_line(self):
        line = self.line(self.computed_sheet(), 'loyalty').with_user(self.sales_user)
        self.assertIn("can't be stored", self.refusal(line, {'metric_value': 50, 'note': "a\0"}))
        self.assertIn("Delete the line breaks", self.refusal(line, {'metric_value': 50, 'note': "a\nb"}))

    def test_a_sheet_of_a_customer_whose_name_has_two_lines(self):
        self.customer.sudo().name = "Paint\nLtd"
        self.assertTrue(self.new_sheet().name.endswith("Paint Ltd"))

    def test_imported(self):
        result = self.env['tianyuan.market.insight'].with_user(self.sales_user).load(
            ['name', 'topic'], [["Good", 'demand'], ["B\0ad", 'demand']])
        self.assertIn("can't be stored", result['messages'][0]['message'])

    def test_mails_have_one_line_as_subject_and_address(self):
        self.chen.name = "Chen\nBcc: all@example.com"
        template = self.env.ref('tianyuan_customer_insight.mail_template_market_insight').sudo()
        template.subject = "Insight\n{{ object.insight_id.name }}"
        [mail] = self.send(customers=self.customer)
        self.assertEqual(mail.subject, "Insight Prices of titanium dioxide")
        self.assertNotIn("\n", mail.email_to)

    def test_a_conflict_while_uninstalling(self):
        cursor = type(self.env.cr)
        execute = cursor.execute

        def conflicting(cr, query, *args, **kwargs):
            if "DELETE FROM" in str(getattr(query, 'code', query)):
                raise SerializationFailure("could not serialize access due to concurrent update")
            return execute(cr, query, *args, **kwargs)

        with patch.object(cursor, 'execute', conflicting), self.assertRaises(UserError) as told:
            hooks.uninstall_hook(self.env(user=self.env.ref('base.user_root').id))
        self.assertIn("Try again when nobody works with them", str(told.exception))
        self.assertTrue(self.insight.exists())
