from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools.roles import ARCHIVE, ROLES

END_FIELDS = {
    'tianyuan_archive_closed_on', 'tianyuan_archive_handed_over_on', 'tianyuan_archive_handed_over_to',
}


class ResPartner(models.Model):
    """The end of a customer's archive: when it was closed, handed over, and how long its papers are kept."""

    _inherit = 'res.partner'    # pylint: disable=consider-merging-classes-inherited

    tianyuan_archive_closed_on = fields.Date(
        string="Archive Closed On", readonly=True, copy=False, groups=ROLES, prefetch=ARCHIVE,
        help="The day the relation ended; how long the papers are kept counts from it.",
    )
    tianyuan_archive_handed_over_on = fields.Date(
        string="Papers Handed Over On", readonly=True, copy=False, groups=ROLES, prefetch=ARCHIVE,
    )
    tianyuan_archive_handed_over_to = fields.Char(
        string="Papers Handed Over To", readonly=True, copy=False, groups=ROLES, prefetch=ARCHIVE,
    )
    tianyuan_archive_retained_until = fields.Date(
        string="Archive Kept Until", compute='_compute_tianyuan_archive_retained_until', groups=ROLES,
        help="By the company's rule; documents whose type has a rule of its own are kept by that.",
    )
    tianyuan_archive_run_out = fields.Boolean(
        string="Archive Retention Run Out", compute='_compute_tianyuan_archive_run_out',
        search='_search_tianyuan_archive_run_out', groups=ROLES, export_string_translation=False,
    )
    tianyuan_archive_document_ids = fields.One2many(
        'tianyuan.archive.document', 'partner_id', string="Documents of the Archive", groups=ROLES,
    )

    @api.depends('tianyuan_archive_closed_on')
    @api.depends_context('company')
    def _compute_tianyuan_archive_retained_until(self):
        company = self.env.company.sudo()
        kept = company.tianyuan_archive_retention == 'after_relation'
        years = relativedelta(years=company.tianyuan_archive_retention_years)
        for partner in self:
            closed_on = kept and partner.tianyuan_archive_closed_on
            partner.tianyuan_archive_retained_until = closed_on and closed_on + years

    @api.depends('tianyuan_archive_closed_on', 'tianyuan_archive_state')
    @api.depends_context('company')
    def _compute_tianyuan_archive_run_out(self):
        found = self.filtered_domain(self._tianyuan_run_out_domain())
        for partner in self:
            partner.tianyuan_archive_run_out = partner in found

    def _search_tianyuan_archive_run_out(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return self._tianyuan_run_out_domain()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_held(self):
        # sudo: a hold counts for everybody.
        hold = self.env['tianyuan.archive.hold'].sudo().search([('partner_id', 'in', self.ids)], limit=1)
        if hold:
            raise UserError(self.env._(
                "There is a legal hold on %s, or there was one: the customer can't be deleted.", hold.partner_id.name,
            ))

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        closed = [
            partner.id for partner, vals in zip(partners, vals_list, strict=True)
            if vals.get('tianyuan_archive_state') == 'closed'
        ]
        if closed:
            self.browse(closed)._tianyuan_note_closing()
        return partners

    def write(self, vals):
        result = super().write(vals)
        if {'tianyuan_archive_state', *END_FIELDS} & vals.keys():
            self._tianyuan_note_closing()
        return result

    def action_tianyuan_holds(self):
        """Open the legal holds on the customer's documents, where a manager can set one.

        :raise AccessError: the user may not read the customer, or legal holds
        """
        return self._tianyuan_open_records(
            'tianyuan.archive.hold', 'tianyuan_customer_rating.tianyuan_archive_hold_action',
        )

    def action_tianyuan_propose_destruction(self):
        """Draft the destruction of all papers of these closed archives whose retention has run out, and open it.

        :raise AccessError: the user is no archive specialist
        :raise UserError: an archive isn't closed, or none of its papers can be destroyed
        """
        self.env['tianyuan.archive.destruction']._check_specialist()
        archives = self._tianyuan_archives_in('closed')
        Document = self.env['tianyuan.archive.document']
        documents = Document.search(
            Document._unproposed_domain(self.env.company) & Domain('partner_id', 'in', archives.ids),
        )
        if not documents:
            raise UserError(self.env._("No paper of these archives can be destroyed yet."))
        return documents.action_propose_destruction()

    def action_tianyuan_hand_over_papers(self):
        """Open the dialog that records to whom the papers of these closed archives were handed over.

        :raise AccessError: the user keeps no archives
        :raise UserError: an archive isn't closed
        """
        archives = self._tianyuan_archives_in('closed')
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Hand Over Papers"),
            'res_model': 'tianyuan.archive.transfer',
            'view_mode': 'form',
            'views': [(False, 'form')],
            'target': 'new',
            'context': {'default_partner_ids': [(6, 0, archives.ids)]},
        }

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | END_FIELDS

    def _tianyuan_note_closing(self):
        """Date the archives that were closed, and clear the end of those that are open.

        Merging copies the end of a closed archive to an open one, so each write is put right.
        """
        # sudo: users can't write these fields; the right to change the state was checked.
        archives = self.sudo()
        closed = archives.filtered(lambda partner: partner.tianyuan_archive_state == 'closed')
        undated = closed.filtered(lambda partner: not partner.tianyuan_archive_closed_on)
        if undated:
            undated.tianyuan_archive_closed_on = fields.Date.context_today(self)
        opened = (archives - closed).filtered(lambda partner: any(partner[name] for name in END_FIELDS))
        if opened:
            opened.write(dict.fromkeys(END_FIELDS, False))

    @api.model
    def _tianyuan_run_out_domain(self):
        """Return the domain of closed archives that the current company needn't keep, with papers not destroyed yet."""
        last = self.env.company.sudo()._tianyuan_archive_last_closing()
        if not last:
            return Domain.FALSE
        return Domain([
            ('tianyuan_archive_state', '=', 'closed'), ('tianyuan_archive_closed_on', '<=', last),
            ('tianyuan_archive_document_ids', 'any', [
                ('destroyed_on', '=', False), ('active', 'in', (True, False)),
            ]),
        ])
