"""Standard contracts that legal approves (policy 9.2, design §8)."""
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ContractCommon


@tagged('post_install', '-at_install')
class TestContractTemplate(ContractCommon):

    def test_approving(self):
        template = self.new_template(approve=False).with_user(self.rating_manager)
        self.assertEqual((template.version, template.approved_by_id.id, template.approved_on), (1, False, False))
        template.action_approve()
        self.assertEqual(template.approved_by_id, self.rating_manager)
        self.assertTrue(template.approved_on)
        self.refused("Standard sale is approved already", template.action_approve, error=UserError)
        template.action_withdraw()
        self.assertFalse(template.approved_by_id or template.approved_on)
        self.assertEqual(template.version, 1)

    def test_a_change_withdraws_the_approval_and_makes_a_new_version(self):
        changes = {
            'quality': "Other quality", 'settlement': "In advance", 'rights': "Others", 'disputes': "Arbitration",
            'body': "<p>In two copies</p>", 'contract_type': 'agency', 'company_id': self.company.id,
        }
        for name, value in changes.items():
            with self.subTest(name):
                template = self.new_template().with_user(self.rating_manager)
                template[name] = value
                self.assertEqual((template.version, template.approved_on, template.approved_by_id.id), (2, False, False))

    def test_what_legal_does_not_approve_changes_freely(self):
        template = self.new_template().with_user(self.rating_manager)
        template.write({'name': "Renamed", 'sequence': 3, 'quality': template.quality})
        self.assertEqual(template.version, 1)
        self.assertTrue(template.approved_on)

    def test_named_reviewers_approve_instead_of_managers(self):
        template = self.new_template(approve=False, company_id=self.company.id)
        self.refused("Only legal reviewers can approve Standard sale", template.with_user(self.sales_user).action_approve,
                     error=AccessError)
        self.company.sudo().tianyuan_legal_reviewer_ids = self.finance_assessor
        for user in (self.rating_manager, self.sales_user, self.archive_specialist):
            self.refused("Only legal reviewers", template.with_user(user).action_approve, error=AccessError)
        template.with_user(self.finance_assessor).action_approve()
        self.assertEqual(template.approved_by_id, self.finance_assessor)
        self.refused("Only legal reviewers", template.with_user(self.rating_manager).action_withdraw, error=AccessError)
        template.with_user(self.finance_assessor).action_withdraw()

    def test_a_shared_template_needs_a_reviewer_of_every_company(self):
        self.env['res.company'].search([]).tianyuan_legal_reviewer_ids = False
        template = self.new_template(approve=False)
        other = self.setup_other_company()['company']
        other.tianyuan_legal_reviewer_ids = self.finance_assessor
        self.refused("Only legal reviewers", template.with_user(self.rating_manager).action_approve, error=AccessError)
        self.company.sudo().tianyuan_legal_reviewer_ids = self.finance_assessor
        self.refused("Only legal reviewers", template.with_user(self.finance_assessor).action_approve, error=AccessError)
        self.env['res.company'].search([]).tianyuan_legal_reviewer_ids = self.finance_assessor
        template.with_user(self.finance_assessor).action_approve()

    def test_approvals_are_written_by_nobody(self):
        template = self.new_template(approve=False).with_user(self.rating_manager)
        for name, value in {'version': 7, 'approved_by_id': self.rating_manager.id, 'approved_on': '2024-01-01'}.items():
            self.refused("can't be written", template.write, {name: value}, error=AccessError)
            self.refused("can't be written", template.create, {'name': "Own", name: value}, error=AccessError)
            preset = template.with_context({f'default_{name}': value}).create({'name': "Own"})
            self.assertEqual((preset.version, preset.approved_on), (1, False))
        copied = self.template.with_user(self.rating_manager).copy()
        self.assertEqual((copied.version, copied.approved_on), (1, False))

    def test_a_used_template_is_not_deleted(self):
        self.contract_of(self.quotation())
        self.refused("Archive them instead: Standard sale", self.template.with_user(self.rating_manager).unlink,
                     error=UserError)
        self.new_template().with_user(self.rating_manager).unlink()

    def test_others_read_only(self):
        for user in (self.sales_user, self.archive_specialist, self.finance_assessor):
            template = self.template.with_user(user)
            self.assertEqual(template.quality, "Quality as agreed")
            self.refused("", template.write, {'quality': "Mine"}, error=AccessError)

    def test_templates_of_another_company_are_hidden(self):
        other = self.setup_other_company()['company']
        foreign = self.new_template(company_id=other.id, approve=False)
        self.assertFalse(foreign.with_user(self.rating_manager).has_access('read'))
        self.refused("", self.template.with_user(self.rating_manager).write, {'company_id': other.id}, error=AccessError)

    def test_drafts_follow_the_text_and_signed_contracts_keep_theirs(self):
        signed, draft = self.signed(), self.contract_of(self.quotation())
        self.template.write({'body': "<p>In two copies</p>", 'disputes': "Arbitration"})
        self.assertEqual((signed.template_version, signed.body), (1, "<p>In four copies</p>"))
        self.assertEqual((draft.template_version, draft.body), (2, "<p>In two copies</p>"))
        self.assertEqual(signed.disputes, "Court of Nanjing")

    def test_the_templates_that_come_with_the_addon(self):
        for name, kind in (('sale', 'sale'), ('strategic', 'strategic'), ('agency', 'agency')):
            template = self.env.ref(f'tianyuan_customer_contract.contract_template_{name}')
            self.assertEqual(template.contract_type, kind)
            self.assertTrue(all(template[term] for term in ('quality', 'settlement', 'rights', 'disputes', 'body')))

    def test_a_contract_takes_the_approved_template_of_its_type(self):
        agency = self.new_template('agency')
        self.new_template('agency', approve=False, sequence=1)
        contract = self.new_contract(contract_type='agency')
        self.assertEqual(contract.template_id, agency)
        contract.contract_type = 'sale'
        self.assertEqual(contract.template_id, self.template)
        self.refused("for contracts of another type", contract.write, {'template_id': agency.id})

    def test_reviewers_are_users_of_the_company(self):
        settings = self.env['res.config.settings'].sudo().create({'company_id': self.company.id})
        settings.tianyuan_legal_reviewer_ids = [Command.set(self.rating_manager.ids)]
        self.assertEqual(self.company.tianyuan_legal_reviewer_ids, self.rating_manager)
