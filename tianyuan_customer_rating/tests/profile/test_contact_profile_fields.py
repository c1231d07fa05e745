"""A company decides which fields of a profile it doesn't keep; the server sees to it."""
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..common import MODULE
from .common import ProfileCommon

MODEL = 'tianyuan.contact.profile'


@tagged('post_install', '-at_install')
class TestContactProfileFields(ProfileCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile.write({'family': "Two sons", 'education': 'bachelor'})
        cls.switch_off('family', 'education')
        for user in cls.sales_user + cls.archive_specialist:
            user.group_ids += cls.env.ref('base.group_allow_export')

    @classmethod
    def switch_off(cls, *names):
        fields = cls.env['ir.model.fields']
        cls.company.sudo().tianyuan_profile_off_ids = fields.union(*(fields._get(MODEL, name) for name in names))

    def printed(self):
        return self.env['ir.actions.report'].with_user(self.archive_specialist)._render_qweb_html(
            f'{MODULE}.tianyuan_contact_profile_report', self.profile.ids)[0].decode()

    def test_they_are_neither_read_nor_printed(self):
        profile = self.profile.with_user(self.archive_specialist)
        [row] = profile.read(['family', 'education', 'hobbies'])
        self.assertEqual((row['family'], row['education'], row['hobbies']), (False, False, "Fishing"))
        [row] = profile.search_read([('id', '=', profile.id)], ['family'])
        self.assertFalse(row['family'])
        [row] = profile.web_read({'family': {}, 'hobbies': {}})
        self.assertEqual((row['family'], row['hobbies']), (False, "Fishing"))
        self.assertNotIn("Two sons", self.printed())
        self.assertIn("Fishing", self.printed())

    def test_they_are_exported_to_no_list(self):
        profile = self.profile.with_user(self.archive_specialist)
        with self.assertRaisesRegex(UserError, "isn't exported: Family"):
            profile.export_data(['hobbies', 'family'])
        self.assertEqual(profile.export_data(['hobbies'])['datas'], [["Fishing"]])

    def test_they_are_written_by_nobody(self):
        message = "doesn't keep this about contacts: Education, Family"
        for values in ({'family': "A daughter", 'education': 'master'},):
            with self.assertRaisesRegex(UserError, message):
                self.profile.with_user(self.archive_specialist).write(values)
            with self.assertRaisesRegex(UserError, message):
                self.new_profile(self.other_contact, **values)
        self.profile.with_user(self.archive_specialist).write({'hobbies': "Chess"})
        self.assertEqual(self.profile.hobbies, "Chess")

    def test_the_form_shows_the_others(self):
        form = Form(self.profile.with_user(self.archive_specialist))
        self.assertTrue(form._get_modifier('family', 'invisible'))
        self.assertFalse(form._get_modifier('hobbies', 'invisible'))

    def test_they_are_erased_by_an_administrator(self):
        settings = self.env['res.config.settings']
        with self.assertRaises(AccessError):
            settings.with_user(self.rating_manager).action_tianyuan_erase_profile_fields()
        settings.with_company(self.company).action_tianyuan_erase_profile_fields()
        self.switch_off()
        self.assertRecordValues(self.profile, [{'family': False, 'education': False, 'hobbies': "Fishing"}])
        self.assertIn("Education, Family", self.profile.message_ids[0].body)

    def test_what_is_merged_doesn_t_come_back(self):
        self.switch_off()
        other = self.new_profile(self.other_contact, career="Chemist", temperament="Calm")
        self.switch_off('career')
        self.profile.sudo()._merge_into_self(other.sudo())
        self.assertEqual((self.profile.career, self.profile.temperament), (False, "Calm"))

    def test_another_company_keeps_them(self):
        elsewhere = self.setup_other_company()['company']
        theirs = self.env[MODEL].sudo().create({
            'partner_id': self.contact.id, 'company_id': elsewhere.id, 'family': "Two sons",
        })
        self.assertEqual(theirs.read(['family'])[0]['family'], "Two sons")
        self.assertEqual(self.profile.sudo().read(['family'])[0]['family'], False)
