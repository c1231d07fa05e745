"""Each method of Odoo's that the addon extends has a reason: behaviour that the policy asks for, never speed."""

from odoo.tests import TransactionCase, tagged

REASONS = {
    ('account.move', '_post'): "Posted invoices tell the archive first deals and varieties (design §7); bad debts are noted (§5).",
    ('account.move', 'button_draft'): "An entry taken back is no bad debt (design §5), and no first deal.",
    ('base.partner.merge.automatic.wizard', '_merge'): "Merging makes nobody's archive another's (policy 档案 6).",
    ('base.partner.merge.automatic.wizard', '_update_foreign_keys'): "Of merged customers one sheet a quarter, one profile, one override and one planned visit stay.",
    ('base.partner.merge.automatic.wizard', '_update_values'): "The archive and the rating move to the customer that stays (design §7).",
    ('base_import.import', '_get_mapping_suggestion'): "Lists of customers have headings of their own (policy 档案 3).",
    ('base_import.import', 'execute_import'): "What is said of an imported row names it as the spreadsheet counts (policy 2).",
    ('base_import.import', 'parse_preview'): "The headings of archives are known where archives are imported (policy 档案 3).",
    ('base_import.import', '_parse_date_from_data'): "A date whose cell has lost its format comes in as the date.",
    ('mail.activity', '_check_access'): "What the addon asks of somebody isn't closed by others.",
    ('mail.activity', '_action_done'): "A cultivation activity that is done is a visit made (policy 8.3).",
    ('mail.activity', 'action_open_document'): "An activity that asks for many sheets opens the list of their lines.",
    ('mail.activity', 'write'): "A cultivation activity and its planned visit move together (policy 8.3).",
    ('mail.mail', 'send'): "Nobody who has unsubscribed gets market insight that is still waiting (policy 6.3).",
    ('mail.mail', 'write'): "What became of a mail with insight is on the customer's log (policy 6.3).",
    ('mail.message', 'write'): "Notes on archives, ratings, borrowings and contracts stay (policy 档案 6: 严禁涂改).",
    ('mail.tracking.value', 'create'): "No value is added to a note that stays.",
    ('mail.tracking.value', 'write'): "The values in a note stay with it.",
    ('payment.transaction', '_check_amount_and_confirm_order'): "An order that waits for a manager isn't confirmed by its payment.",
    ('product.category', 'copy'): "A duplicate needs the licences of the original (policy 9.1), whoever makes it.",
    ('product.template', 'copy'): "A duplicate needs the licences of the original (policy 9.1), whoever makes it.",
    ('res.company', 'create'): "A new branch has what its company's customers were awarded (design §4).",
    ('res.company', 'write'): "The bad-debt accounts are remembered, and forgotten when they change (design §5); changed limits judge outcomes anew.",
    ('res.partner', '_commercial_fields'): "A contact shows channel and business nature of its company (design §3.1).",
    ('res.partner', '_read_group_groupby'): "Grouping by a many2many field tells nothing to those who may not read it.",
    ('res.partner', '_search_display_name'): "A customer is found by the archive number (design §7).",
    ('res.partner', 'copy_data'): "A duplicate takes the archive along for those who keep archives only (design §10).",
    ('res.partner', 'create'): "The archive is written by its keepers, filed with number and day of review (design §7, §10).",
    ('res.partner', 'default_get'): "A default can't award a tier or fill what the user may not write (design §10).",
    ('res.partner', 'get_import_templates'): "The list of archives offers a template for old archives (design §7).",
    ('res.partner', 'load'): "Archives that are imported are checked row by row before one is written (policy 2).",
    ('res.partner', 'write'): "Outcomes are awarded, archives written by their keepers, customers handed over by them (design §10).",
    ('res.users', '_compute_sale_team_id'): "An archived salesperson's customers stay with the team until they are handed over.",
    ('res.users', '_read_group_groupby'): "Users have all fields of their partners, those of an archive too.",
    ('res.users', 'action_archive'): "Odoo deletes the activities of who is archived; what is due goes to who takes over.",
    ('res.users', 'write'): "Who is archived, or loses a role or a company, leaves the open work to who takes over.",
    ('sale.order', '_validate_order'): "An order that waits for a manager isn't confirmed online.",
    ('sale.order', 'action_confirm'): "The first order ends a potential customer (policy 8.3); an order that waits isn't confirmed.",
    ('sale.order', 'create'): "An order made as confirmed is checked as one that is confirmed; contracts that are signed take none.",
    ('sale.order', 'default_get'): "A default can't approve an order.",
    ('sale.order', 'write'): "However an order is confirmed, a manager approves it first; signed contracts keep their orders.",
    ('sale.order.line', 'create'): "What is added to a confirmed order is checked like a confirmation.",
    ('sale.order.line', 'write'): "What makes a confirmed order dearer is checked like a confirmation.",
}
REASONS_OF_BRIDGES = {
    'survey': {
        ('survey.user_input', 'create'): "A questionnaire is linked to a customer by sending it only (design §9).",
        ('survey.user_input', 'default_get'): "A default can't link a questionnaire to a customer.",
        ('survey.user_input', 'write'): "A questionnaire stays with the customer it was sent to (design §9).",
        ('survey.user_input', '_mark_done'): "Answers become findings of the visit (policy 10.2).",
    },
}
OWN = 'odoo.addons.tianyuan_'


def overridden(registry):
    """The methods that the installed addons have put in front of others' on models that aren't theirs.

    :return: set of (model, method)
    """
    return {
        (model, name)
        for model, cls in registry.items() if not model.startswith('tianyuan.')
        for layer in cls.__mro__ if layer.__module__.startswith(OWN)
        for name, value in vars(layer).items() if callable(value) and not name.startswith('__')
        if any(
            name in vars(other) for other in cls.__mro__
            if other.__module__.startswith('odoo.') and not other.__module__.startswith(OWN)
        )
    }


@tagged('post_install', '-at_install', 'smoke')
class TestOverrides(TransactionCase):

    def test_every_override_has_a_reason(self):
        reasons = dict(REASONS)
        for module, more in REASONS_OF_BRIDGES.items():
            if self.env['ir.module.module']._get(module).state == 'installed':
                reasons.update(more)
        found = overridden(self.registry)
        self.assertEqual(found - reasons.keys(), set(), "Say in REASONS which behaviour asks for it, or do without.")
        self.assertEqual(reasons.keys() - found, set(), "These are gone.")
        self.assertTrue(all(reasons.values()))
