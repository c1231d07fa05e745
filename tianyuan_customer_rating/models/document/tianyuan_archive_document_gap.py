from odoo import fields, models
from odoo.tools import SQL


class TianyuanArchiveDocumentGap(models.Model):
    """A problem with a customer's documents: a required one is missing, or one has expired or will soon.

    There is one row per customer with an open archive, company and type. Of several documents of a type the one that is
    valid longest counts, so that a renewed licence removes the row of the old one.
    """

    _name = 'tianyuan.archive.document.gap'
    _description = "Missing or Expired Document"
    _auto = False
    _order = 'problem, valid_until, id'
    _rec_name = 'type_id'
    _depends = {
        'res.partner': [
            'active', 'company_id', 'user_id', 'tianyuan_archive_state', 'tianyuan_archive_specialist_id',
            'tianyuan_channel',
        ],
        'tianyuan.archive.document': ['active', 'partner_id', 'company_id', 'type_id', 'valid_until', 'checksum'],
        'tianyuan.archive.document.type': ['active', 'required', 'channel', 'company_id', 'remind_days'],
    }

    partner_id = fields.Many2one('res.partner', string="Customer", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    type_id = fields.Many2one('tianyuan.archive.document.type', readonly=True)
    problem = fields.Selection(
        [('missing', "Not on File"), ('expired', "Expired"), ('expiring', "Expires Soon")], readonly=True,
    )
    valid_until = fields.Date(readonly=True)
    document_id = fields.Many2one('tianyuan.archive.document', readonly=True)
    specialist_id = fields.Many2one('res.users', string="Archive Specialist", readonly=True)
    user_id = fields.Many2one('res.users', string="Salesperson", readonly=True)

    @property
    def _table_query(self):
        today = fields.Date.context_today(self)
        types = SQL("(SELECT array_agg(id ORDER BY id) FROM tianyuan_archive_document_type)")
        companies = self.env.companies.ids
        # Compute the id from customer, type and company, so that it is small and stable while the user looks at the
        # list.
        row_id = SQL(
            "((p.id * (1 + cardinality(%s)) + array_position(%s, t.id)) * %s + array_position(%s::int[], c.id))",
            types, types, len(companies) + 1, companies,
        )
        kept = SQL("p.active AND p.tianyuan_archive_state NOT IN ('none', 'closed')")
        needed = self.env['tianyuan.archive.document.type']._needed_sql(
            SQL('t'), SQL('p.tianyuan_channel'), SQL('c.id'),
        )
        return SQL(
            """
            SELECT %(row_id)s AS id, p.id AS partner_id, c.id AS company_id, t.id AS type_id, 'missing' AS problem,
                   NULL::date AS valid_until, NULL::int AS document_id,
                   p.tianyuan_archive_specialist_id AS specialist_id, p.user_id AS user_id
              FROM res_partner p
              JOIN res_company c ON c.id = ANY(%(companies)s) AND (p.company_id IS NULL OR p.company_id = c.id)
              JOIN tianyuan_archive_document_type t ON %(needed)s
             WHERE %(kept)s AND p.id = p.commercial_partner_id
               AND NOT EXISTS (
                    SELECT FROM tianyuan_archive_document d
                     WHERE d.partner_id = p.id AND d.type_id = t.id AND d.company_id = c.id
                       AND d.active AND d.checksum IS NOT NULL)
             UNION ALL
            SELECT %(row_id)s, p.id, c.id, t.id, CASE WHEN d.valid_until < %(today)s THEN 'expired' ELSE 'expiring' END,
                   d.valid_until, d.id, p.tianyuan_archive_specialist_id, p.user_id
              FROM tianyuan_archive_document d
              JOIN tianyuan_archive_document_type t ON t.id = d.type_id
              JOIN res_partner p ON p.id = d.partner_id
              JOIN res_company c ON c.id = d.company_id AND c.id = ANY(%(companies)s)
             WHERE %(kept)s AND d.active AND d.checksum IS NOT NULL AND d.valid_until <= %(today)s + t.remind_days
               AND NOT EXISTS (
                    SELECT FROM tianyuan_archive_document longer
                     WHERE longer.partner_id = d.partner_id AND longer.type_id = d.type_id
                       AND longer.company_id = d.company_id AND longer.active AND longer.checksum IS NOT NULL
                       AND (longer.valid_until IS NULL OR (longer.valid_until, longer.id) > (d.valid_until, d.id)))
            """,
            row_id=row_id, companies=companies, kept=kept, today=today, needed=needed,
        )

    def action_open(self):
        """Open the document, or the customer's documents where the missing one can be added."""
        self.ensure_one()
        if not self.document_id:
            return self.partner_id.action_tianyuan_documents()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'tianyuan.archive.document',
            'res_id': self.document_id.id,
            'view_mode': 'form',
        }
