from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ...tools.roles import ARCHIVE, ROLES
from ...tools.text import listed
from .res_partner import BEGUN_STATES
from .tianyuan_archive_requirement import PARTNER_FIELDS

BATCH_SIZE = 1000
# Up to this many archives are recomputed at once when the requirements change; otherwise the scheduled action does it.
IMMEDIATE_LIMIT = 5000


class ResPartner(models.Model):
    """How complete a customer's archive is, and what is missing (policy 档案 3, design §7).

    The percentage is stored, so that lists and dashboards can filter on it. It is recomputed when the customer, its
    documents or the requirements change, and every night, since documents expire. Partners without an archive have 0
    and are never computed.
    """

    _inherit = 'res.partner'    # pylint: disable=consider-merging-classes-inherited

    tianyuan_archive_completeness = fields.Integer(
        string="Archive Completeness", compute='_compute_tianyuan_archive_completeness', store=True,
        groups=ROLES, prefetch=ARCHIVE, aggregator='avg',
        help="Share of the required fields that are filled and the required documents that are valid, in percent.",
    )
    tianyuan_archive_missing = fields.Text(
        string="Missing in the Archive", compute='_compute_tianyuan_archive_missing', groups=ROLES,
    )

    @api.depends('tianyuan_archive_state', *PARTNER_FIELDS)
    def _compute_tianyuan_archive_completeness(self):
        begun = self.filtered(lambda partner: partner.tianyuan_archive_state in BEGUN_STATES)
        (self - begun).tianyuan_archive_completeness = 0
        for partner, (required, missing) in begun._tianyuan_archive_gaps().items():
            partner.tianyuan_archive_completeness = self._tianyuan_completeness(required, missing)

    @api.depends('tianyuan_archive_completeness', 'tianyuan_archive_state')
    @api.depends_context('lang')
    def _compute_tianyuan_archive_missing(self):
        begun = self.filtered(lambda partner: partner.tianyuan_archive_state in BEGUN_STATES)
        (self - begun).tianyuan_archive_missing = False
        # sudo: only labels of missing fields are shown, no values.
        missing = begun.sudo()._tianyuan_archive_missing()
        for partner in begun:
            partner.tianyuan_archive_missing = listed(self.env, missing[partner.sudo()]) or False

    def write(self, vals):
        names = [name for name in vals if name in PARTNER_FIELDS]
        if not names:
            return super().write(vals)
        changed = self
        if not any(name.startswith('tianyuan_') for name in vals):
            # Recompute only if a field was filled or emptied; replacing one value by another changes nothing.
            # sudo: only selects the partners to recompute.
            changed = self.sudo().filtered(
                lambda partner: partner._tianyuan_changes_completeness(names, vals),
            ).with_env(self.env)
        with self.env.protecting([self._fields['tianyuan_archive_completeness']], self - changed):
            result = super().write(vals)
        if 'phone' in vals and any(partner.parent_id for partner in changed):
            # Search for these archives only when a contact's phone changes: a dependency would search at every change
            # of a phone.
            self.sudo().search([
                '|', ('tianyuan_primary_contact_id', 'in', changed.ids),
                ('tianyuan_secondary_contact_id', 'in', changed.ids),
            ])._tianyuan_archive_changed()
        return result

    def _tianyuan_changes_completeness(self, names, vals):
        """Return whether the values fill or empty one of the named fields of a begun archive or of a contact."""
        return (self.tianyuan_archive_state in BEGUN_STATES or bool(self.parent_id)) and any(
            bool(self[name]) != bool(vals[name]) for name in names
        )

    def _tianyuan_archive_missing(self):
        """Return what each archive still lacks to be complete, required documents included.

        :return: dict of partner → list of labels in the user's language; empty if nothing is missing
        """
        labels = dict(self.env['tianyuan.archive.requirement']._selection_field_name())
        return {
            partner: [labels[gap] if isinstance(gap, str) else gap.name for gap in missing]
            for partner, (_required, missing) in self._tianyuan_archive_gaps().items()
        }

    def _tianyuan_archive_gaps(self):
        """Return how much is required of each archive, and what of it is missing.

        :return: dict of partner → (number of requirements, list of the missing ones: names of fields, then document
            types)
        """
        paths = self.env['tianyuan.archive.requirement']._required_paths()
        types = self.env['tianyuan.archive.document.type']._required()
        gaps = {}
        for company, partners in self.grouped(lambda partner: partner._tianyuan_archive_company()).items():
            missing_types = {}
            if types:
                # ``_origin``: in a form the partner is a new record, and the documents belong to the saved one.
                missing_types = self.env['tianyuan.archive.document']._missing_types(partners._origin, company, types)
            for partner in partners:
                needed = types._needed(partner.tianyuan_channel, company)
                missing = [path for path in paths if not any(partner.mapped(path))]
                missing += missing_types.get(partner._origin, needed)
                gaps[partner] = (len(paths) + len(needed), missing)
        return {partner: gaps[partner] for partner in self}

    def _tianyuan_archive_company(self):
        """Return the company whose required documents count.

        It is the customer's, else the archive specialist's, else the current one.
        """
        return self.company_id or self.tianyuan_archive_specialist_id.company_id or self.env.company

    @api.model
    def _tianyuan_completeness(self, required, missing):
        """Return the percentage, rounded down so that only a complete archive has 100."""
        return 100 * (required - len(missing)) // required if required else 100

    def _tianyuan_archive_changed(self):
        """Recompute the completeness after a change of documents or of contacts' phones."""
        self.env.add_to_compute(self._fields['tianyuan_archive_completeness'], self.sudo().filtered(
            lambda partner: partner.tianyuan_archive_state in BEGUN_STATES,
        ))

    @api.model
    def _tianyuan_requirements_changed(self):
        """Recompute all archives after the requirements changed: a few at once, more by the scheduled action."""
        begun = self.with_context(active_test=False).search(
            [('tianyuan_archive_state', 'in', BEGUN_STATES)], limit=IMMEDIATE_LIMIT + 1,
        )
        if len(begun) > IMMEDIATE_LIMIT:
            self.env.ref('tianyuan_customer_rating.ir_cron_archive_completeness')._trigger()
        else:
            begun._tianyuan_refresh_completeness()

    @api.model
    def _cron_tianyuan_completeness(self):
        """Recompute the completeness of all begun archives, in batches."""
        begun = self.sudo().with_context(active_test=False).search([('tianyuan_archive_state', 'in', BEGUN_STATES)])
        for ids in self.env['ir.cron']._tianyuan_batches(begun.ids, BATCH_SIZE):
            self.sudo().browse(ids)._tianyuan_refresh_completeness()
            self.env.invalidate_all()

    def _tianyuan_refresh_completeness(self):
        """Store the completeness of archives for which it has changed, with one statement per batch."""
        for ids in split_every(BATCH_SIZE, self.ids):
            partners = self.browse(ids).sudo()
            found = {
                partner: self._tianyuan_completeness(required, missing)
                for partner, (required, missing) in partners._tianyuan_archive_gaps().items()
            }
            changed = {
                partner.id: completeness for partner, completeness in found.items()
                if completeness != partner.tianyuan_archive_completeness
            }
            if changed:
                # Flush first: a pending value would overwrite the UPDATE below.
                partners.flush_recordset(['tianyuan_archive_completeness'])
                self.env.execute_query(SQL(
                    """
                    UPDATE res_partner p SET tianyuan_archive_completeness = v.completeness
                      FROM unnest(%s, %s) AS v(id, completeness)
                     WHERE p.id = v.id
                    RETURNING p.id
                    """, list(changed), list(changed.values()),
                ))
                self.browse(changed).invalidate_recordset(
                    ['tianyuan_archive_completeness', 'tianyuan_archive_missing'], flush=False,
                )
