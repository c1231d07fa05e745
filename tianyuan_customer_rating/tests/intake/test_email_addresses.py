"""Several e-mail addresses in one field: each is found, and what is none is said."""
from odoo.tests import BaseCase, tagged
from odoo.tools import email_split

from ...tools.emails import is_understood_by_odoo, split_addresses
from .common import IntakeCommon

BOTH = ['a@x.com', 'b@y.com']


@tagged('post_install', '-at_install')
class TestSplitAddresses(BaseCase):

    def test_each_separator_that_people_use(self):
        for text in (
            'a@x.com;b@y.com', 'a@x.com；b@y.com', 'a@x.com、b@y.com', 'a@x.com/b@y.com', 'a@x.com,b@y.com',
            'a@x.com，b@y.com', 'a@x.com b@y.com', 'a@x.com\nb@y.com', 'a@x.com ; b@y.com；', 'A@X.com、a@x.com、b@y.com',
            '陈刚 <a@x.com>; "李, 娜" <b@y.com>', '陈刚 a@x.com、李娜 b@y.com', 'a＠x.com|b@y.com',
        ):
            with self.subTest(text):
                self.assertEqual(split_addresses(text), (BOTH, []))

    def test_what_is_no_address(self):
        for text, found, wrong in (
            ('a@x.com；无', ['a@x.com'], ['无']), ('a@x', [], ['a@x']), ('暂无', [], ['暂无']),
            ('a@x.com和b@y.com', [], ['a@x.com和b@y.com']), ('a@x.com; b@', ['a@x.com'], ['b@']),
            ('a@x。com', [], ['a@x。com']), ('', [], []), (False, [], []), (' ； ', [], []),
        ):
            with self.subTest(text):
                self.assertEqual(split_addresses(text), (found, wrong))

    def test_what_odoo_itself_would_misread_is_recognized(self):
        for text, understood in (('a@x.com、b@y.com', True), ('a@x.com; b@y.com', True), ('a@x.com、', False)):
            self.assertEqual(is_understood_by_odoo(text), understood, email_split(text))


@tagged('post_install', '-at_install')
class TestEmailField(IntakeCommon):

    def note(self, email):
        self.customer.email = email
        return self.customer.with_user(self.archive_specialist).with_context(lang='en_US').tianyuan_email_note

    def test_the_form_says_which_part_gets_no_mail(self):
        self.assertFalse(self.note('a@x.com；b@y.com'))
        self.assertFalse(self.note(False))
        self.assertEqual(self.note('a@x.com；暂无'), "Not an e-mail address, so no mail goes there: 暂无")
        self.assertEqual(
            self.note('a@x.com、'), "Write the e-mail addresses like this, or not all mail gets there: a@x.com")

    def test_an_import_separates_them_and_warns_of_the_rest(self):
        result, _proposed = self.load(self.sheet(
            ["企业名称", "邮箱"], ["甲", "a@x.com、"], ["乙", "a@x.com；b@y.com"], ["丙", "a@x.com；暂无"]), lang='en_US')
        self.assertEqual(self.said(result), [(2, 'warning', "Row 4 (丙): Not an e-mail address, so no mail goes there: 暂无")])
        self.assertEqual([self.imported(name).email for name in "甲乙丙"], ["a@x.com", "a@x.com；b@y.com", "a@x.com；暂无"])
