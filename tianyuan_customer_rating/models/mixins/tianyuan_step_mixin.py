from odoo import api, fields, models
from odoo.exceptions import UserError


class TianyuanStepMixin(models.AbstractModel):
    """A numbered record whose state is changed by buttons.

    Inheriting models must have ``company_id`` and ``state``, and set ``_tianyuan_numbers``.
    """

    _name = 'tianyuan.step.mixin'
    _description = "Numbered Record with Steps"
    _inherit = ['tianyuan.protected.mixin', 'mail.thread', 'mail.activity.mixin']

    # Code and prefix of the sequence; each company gets its own when it first needs a number.
    _tianyuan_numbers = None

    name = fields.Char(string="Number", required=True, readonly=True, copy=False, default="/", index='trigram')

    def _tianyuan_protected_fields(self):
        return super()._tianyuan_protected_fields() | {'name', 'state'}

    @api.model_create_multi
    def create(self, vals_list):
        """Create records, numbered per company.

        :raise AccessError: a protected field is given
        """
        records = super().create(vals_list)
        for company, numbered in records.filtered(lambda record: record.name == "/").grouped('company_id').items():
            numbers = self._tianyuan_next_numbers(company, len(numbered))
            for record, number in zip(numbered.sudo(), numbers, strict=True):
                record.name = number
        return records

    @api.model
    def _tianyuan_sequence(self, company):
        """Return the company's sequence for these numbers; it is created if missing."""
        code, prefix = self._tianyuan_numbers
        sequences = self.env['ir.sequence'].sudo()
        return sequences.search([('code', '=', code), ('company_id', '=', company.id)], limit=1) or sequences.create({
            'name': self.env['ir.model']._get(self._name).name, 'code': code, 'company_id': company.id,
            'prefix': f'{prefix}/%(range_year)s/', 'padding': 4, 'use_date_range': True,
        })

    @api.model
    def _tianyuan_next_numbers(self, company, count):
        """Return the company's next numbers."""
        sequence = self._tianyuan_sequence(company)
        return [sequence.next_by_id() for _number in range(count)]

    def _check_step(self, *states):
        """Refuse the step for records in other states than these.

        :raise AccessError: the user may not write the records
        :raise UserError: names the first record and its state
        """
        self.check_access('write')
        labels = dict(self._fields['state']._description_selection(self.env))
        for record in self:
            if record.state not in states:
                raise UserError(self.env._(
                    "%(number)s is in status “%(state)s”: this step isn't possible.",
                    number=record.name, state=labels[record.state],
                ))
