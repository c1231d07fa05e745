from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...engine.own_definitions import (
    FIELD,
    OWN_METRICS,
    RECORDS,
    SHARES,
    Definition,
    DefinitionError,
    can_be_counted,
    check,
    company_field,
    customer_fields,
    describe,
    follow,
)
from ...engine.own_values import check_readable, json_domain, records_domain
from ...tools.roles import check_manager

# These fields decide what an own indicator's value is.
DEFINITION_FIELDS = tuple(name for name in Definition._fields if name not in ('id', 'metric'))
NO_DEFINITION = {
    'own_field': False, 'own_model': False, 'own_partner_path': False, 'own_measure': False,
    'own_measure_field': False, 'own_domain': False, 'own_base_domain': False, 'own_date_field': False,
    'own_period': False, 'own_end_field': False, 'own_end_included': True, 'own_archived': False,
}
MEASURE_UNITS = {'days_since': 'days', 'days_until': 'days', 'share_count': 'percent', 'share_sum': 'percent'}


class TianyuanRatingIndicator(models.Model):
    """Indicators of a company's own: any number on the customer, or a figure from records with a filter.

    Only managers set them up, and only from what they can read themselves. No formula is evaluated.
    """

    _inherit = 'tianyuan.rating.indicator'

    own_preset = fields.Selection(
        '_selection_own_presets', string="Begin With", store=False,
        help="Fills in the definition below with a ready example, which you can change.",
    )
    own_field = fields.Char(
        string="Number on the Customer",
        help="The number as it is when the rating is computed: a customer's field keeps no history.",
    )
    own_zero_is_nothing = fields.Boolean(
        string="Zero Means No Data", default=True,
        help="Nobody can tell a number that was never entered from a zero. With this, both are no data.",
    )
    own_model = fields.Selection('_selection_own_models', string="Records")
    own_model_name = fields.Char(
        string="Model of the Records", compute='_compute_own_model_name', export_string_translation=False,
    )
    own_partner_path = fields.Char(
        string="Customer of a Record", help="A contact's records count for the contact's company.",
    )
    own_measure = fields.Selection(
        [
            ('count', "Number of records"), ('count_distinct', "Number of different values"), ('sum', "Sum"),
            ('average', "Average of a number"), ('days_since', "Days since the last date"),
            ('days_until', "Days until the next last day"), ('share_count', "Share of the number of records (%)"),
            ('share_sum', "Share of a sum (%)"),
        ], string="What Is Computed",
    )
    own_measure_field = fields.Char(
        string="Field of the Records",
        help="The number that is added up or averaged, or the field whose different values are counted. Amounts in "
             "other currencies are converted at the rate of the record's date.",
    )
    own_domain = fields.Char(string="Only Records With")
    own_base_domain = fields.Char(
        string="As a Share of Records With", help="What the share is a part of. Without such records there is no data.",
    )
    own_date_field = fields.Char(
        string="Date of a Record",
        help="What is dated after the quarter's end never counts. Without a date, records are taken as they are when "
             "the rating is computed.",
    )
    own_period = fields.Selection(
        [
            ('quarter', "Dated in the quarter"), ('year', "Dated in the twelve months up to its end"),
            ('until', "Dated up to its end"), ('valid', "Valid or open on its last day"),
        ], string="Which Records Count",
    )
    own_end_field = fields.Char(
        string="Last Day of a Record",
        help="Until when a record is valid or open, such as an expiry or closing date. Empty on a record: it has no "
             "end.",
    )
    own_end_included = fields.Boolean(
        string="Counts on Its Last Day", default=True,
        help="A certificate is still valid on its last day; a complaint closed on that day is no longer open.",
    )
    own_archived = fields.Boolean(
        string="Archived Records Too", help="Otherwise archiving a record takes it out of later computations.",
    )
    own_problem = fields.Char(
        string="Why There Is No Data", compute='_compute_own_problem',
        help="The indicator has no data until this is corrected; ratings go on without it.",
    )
    own_summary = fields.Text(string="In Words", compute='_compute_own_summary')

    @api.model
    def _selection_own_models(self):
        """Return the models from whose records the user may make indicators, with their names."""
        names = [
            name for name in self.env.registry
            if can_be_counted(self.env[name]) and self.env[name].has_access('read')
        ]
        return sorted(((name, describe(self.env, name)) for name in names), key=lambda option: option[1].lower())

    @api.model
    def _selection_own_presets(self):
        return [(key, preset['name']) for key, preset in self._own_presets().items()]

    @api.model
    def _own_result_models(self):
        """Return the models whose records follow from ratings, beside the core's own; other addons add theirs.

        No indicator may be made from them.

        :return: set of model names
        """
        return set()

    @api.model
    def _own_presets(self):
        """Return ready definitions to begin with; other addons add theirs.

        :return: dict of key → dict of values of an indicator, among them its ``name``
        """
        return {
            'certificates': {
                'name': self.env._("Certificates valid"),
                'metric': RECORDS,
                'own_model': 'tianyuan.archive.document',
                'own_partner_path': 'partner_id',
                'own_measure': 'count_distinct',
                'own_measure_field': 'type_id',
                'own_domain': "[('checksum', '!=', False)]",
                'own_date_field': 'valid_from',
                'own_period': 'valid',
                'own_end_field': 'valid_until',
                # A renewed document is archived, but it was valid until then.
                'own_archived': True,
            },
            'last_order': {
                'name': self.env._("Days since the last order"),
                'metric': RECORDS,
                'lower_is_better': True,
                'own_model': 'sale.order',
                'own_partner_path': 'partner_id',
                'own_measure': 'days_since',
                'own_domain': "[('state', '=', 'sale')]",
                'own_date_field': 'date_order',
                'own_period': 'until',
            },
            'returns': {
                'name': self.env._("Share of returns (%)"),
                'metric': RECORDS,
                'lower_is_better': True,
                'own_model': 'account.move',
                'own_partner_path': 'partner_id',
                'own_measure': 'share_sum',
                # In company currency.
                'own_measure_field': 'amount_untaxed_signed',
                'own_domain': "[('state', '=', 'posted'), ('move_type', '=', 'out_refund')]",
                'own_base_domain': "[('state', '=', 'posted'), ('move_type', 'in', ['out_invoice', 'out_receipt'])]",
                'own_date_field': 'invoice_date',
                'own_period': 'year',
            },
            'capital': {
                'name': self.env._("Registered capital"),
                'metric': FIELD,
                'own_field': 'tianyuan_registered_capital',
            },
        }

    @api.depends('own_model')
    def _compute_own_model_name(self):
        """Compute the model that the field choosers show: none if it no longer exists, which they can't cope with."""
        for indicator in self:
            indicator.own_model_name = indicator.own_model in self.env and indicator.own_model

    @api.depends('source', 'metric', *DEFINITION_FIELDS)
    @api.depends_context('lang')
    def _compute_own_problem(self):
        for indicator in self:
            indicator.own_problem = indicator._find_own_problem()

    @api.depends('source', 'metric', *DEFINITION_FIELDS)
    @api.depends_context('lang')
    def _compute_own_summary(self):
        for indicator in self:
            indicator.own_summary = indicator._is_own() and not indicator._find_own_problem() and "\n".join(
                indicator._own_sentences()
            )

    @api.depends('metric', 'own_measure', 'own_measure_field', 'own_field')
    def _compute_unit(self):
        super()._compute_unit()
        for indicator in self.filtered(lambda indicator: indicator.metric in OWN_METRICS):
            indicator.unit = indicator._own_unit()

    @api.constrains('source', 'metric', *DEFINITION_FIELDS)
    def _check_own_definition(self):
        """Check that own indicators can be computed.

        :raise ValidationError: a definition can't be used
        """
        self._check_own(check_rights=False)

    @api.onchange('own_preset')
    def _onchange_own_preset(self):
        preset = self.own_preset and self._own_presets().get(self.own_preset)
        if preset:
            name = self.name or preset['name']
            self.update({**NO_DEFINITION, 'source': 'computed', **preset, 'name': name})
            self.own_preset = False

    @api.onchange('own_model')
    def _onchange_own_model(self):
        """Empty the fields of other records, and propose the customer's."""
        if self.own_model in self.env:
            records = self.env[self.own_model]
            found = customer_fields(records)
            for name in ('own_measure_field', 'own_date_field', 'own_end_field'):
                if self[name] not in records._fields:
                    self[name] = False
            if (self.own_partner_path or '').split('.')[0] not in records._fields:
                self.own_partner_path = 'partner_id' if 'partner_id' in found else found[0] if found else False
                self.own_domain = self.own_base_domain = False

    @api.onchange('own_date_field')
    def _onchange_own_date_field(self):
        if self.own_date_field and not self.own_period:
            self.own_period = 'until'

    @api.model_create_multi
    def create(self, vals_list):
        """Create indicators; own ones only from what the user may read.

        :raise ValidationError: a definition can't be used, or the user may not read what it is made from
        """
        self.browse().check_access('create')    # Say who may define indicators before what is wrong with one.
        for vals in vals_list:
            self._check_own_model(vals)
        indicators = super().create(vals_list)
        indicators._check_own_rights()
        return indicators

    def write(self, vals):
        """Write values; a definition only from what the user may read.

        :raise ValidationError: a definition can't be used, or the user may not read what it is made from
        """
        self.check_access('write')
        self._check_own_model(vals)
        result = super().write(vals)
        if not vals.keys().isdisjoint(('source', 'metric', *DEFINITION_FIELDS)):
            self._check_own_rights()
        return result

    def action_try(self, partner_ids=None):
        """Show what the indicator gives for ten customers in the last complete quarter; nothing is rated.

        :param list partner_ids: customers; by default those who bought most in the last four quarters
        :return: action
        :raise AccessError: the user is no manager
        :raise UserError: the indicator isn't a computed one of the company's own, or can't be computed
        """
        self.ensure_one()
        check_manager(self, 'write')
        if not self._is_own():
            raise UserError(self.env._(
                "%s: only indicators that take their value from a customer's number or from records can be tried.",
                self.name,
            ))
        if problem := self._find_own_problem():
            raise UserError(self.env._("%(indicator)s has no data: %(reason)s", indicator=self.name, reason=problem))
        self._check_own_rights()    # It shows values to a user who may not have defined the indicator.
        return self.env['tianyuan.indicator.trial']._open(self, partner_ids)

    def _check_own_model(self, vals):
        """Refuse records that the user may not use, with a readable message.

        :raise ValidationError: they may not be used
        """
        model = vals.get('own_model')
        if model and not self.env.su and model not in dict(self._selection_own_models()):
            raise ValidationError(self.env._(
                "Indicators can't be made from “%s”, or you may not read these records.", model,
            ))

    def _check_own_rights(self):
        """Refuse definitions made from what the user may not read: the values are read with the system's rights.

        Constraints run with the system's rights too, so this isn't one.
        """
        if not self.env.su:
            self._check_own(check_rights=True)

    def _check_own(self, check_rights):
        for indicator in self.filtered(lambda indicator: indicator._is_own()):
            try:
                check(self.env, indicator._own_definition(), check_rights)
                check_readable(self.env, indicator._own_definition())
            except DefinitionError as problem:
                raise ValidationError(self.env._(
                    "Indicator %(indicator)s: %(problem)s", indicator=indicator.name, problem=problem,
                )) from problem

    def _is_own(self):
        self.ensure_one()
        return self.source == 'computed' and self.metric in OWN_METRICS

    def _own_definition(self):
        """Return what the indicator is computed from.

        :return: :class:`~odoo.addons.tianyuan_customer_rating.engine.own_definitions.Definition`
        """
        self.ensure_one()
        return Definition(
            id=self._origin.id or 0, metric=self.metric, **{name: self[name] or '' for name in DEFINITION_FIELDS},
        )

    def _metric_key(self):
        """Return the key of the indicator's value among a customer's metrics; False if a person enters it."""
        self.ensure_one()
        return self._own_definition().key if self._is_own() else self.metric

    def _find_own_problem(self):
        """Return why the indicator can't be computed, or False."""
        self.ensure_one()
        if not self._is_own():
            return False
        try:
            check(self.env, self._own_definition())
            check_readable(self.env, self._own_definition())
        except DefinitionError as problem:
            return str(problem)
        return False

    def _own_unit(self):
        if self.metric == FIELD:
            field = self.env['res.partner']._fields.get(self.own_field or '')
        elif self.own_measure in MEASURE_UNITS:
            return MEASURE_UNITS[self.own_measure]
        else:
            counted = self.own_measure in ('count', 'count_distinct') or self.own_model not in self.env
            field = None if counted else self.env[self.own_model]._fields.get(self.own_measure_field or '')
        return 'amount' if field is not None and field.type == 'monetary' else False

    def _own_sentences(self):
        """Return what is computed, in words."""
        if self.metric == FIELD:
            label = self.env['res.partner']._fields[self.own_field]._description_string(self.env)
            return [self.env._(
                "“%s” of the customer, as it is when the rating is computed, not as it was at the quarter's end.",
                label,
            )]
        records = self.env[self.own_model]
        labels = {
            name: records._fields[name]._description_string(self.env)
            for name in (self.own_date_field, self.own_end_field) if name
        }
        company = company_field(records)
        customer = follow(records, self.own_partner_path)._description_string(self.env)
        result = [self.env._(
            "Records of “%(model)s” whose “%(field)s” is the customer or one of its contacts.",
            model=describe(self.env, self.own_model), field=customer,
        )]
        if company:
            result.append(self.env._(
                "Of the rated company and its branches, or of no company (“%s”).",
                follow(records, company)._description_string(self.env),
            ))
        else:
            result.append(self.env._("Of all companies, as these records have no company."))
        if self.own_date_field or (self.own_end_field and self.own_period == 'valid'):
            result.append(self.env._(
                "As of the quarter's end: what is dated later (“%s”) never changes it.",
                labels.get(self.own_date_field) or labels[self.own_end_field],
            ))
        else:
            result.append(self.env._(
                "As the records are when the rating is computed, not as they were at the quarter's end: they have no "
                "date here.",
            ))
        if self.own_measure in SHARES:
            result.append(self.env._("Without records that the share is a part of there is no data."))
        elif self.own_measure in ('average', 'days_since', 'days_until'):
            result.append(self.env._("Without such records there is no data."))
        else:
            result.append(self.env._("Without such records it is 0."))
        return result

    def _open_own_source(self, sheet):
        """Open what stands behind an own indicator's value on a sheet, as it is now.

        :param sheet: ``tianyuan.rating``, readable by the user
        :return: action; the user's record rules apply
        :raise UserError: the indicator can't be computed any more, or the user may not read the records
        """
        self.ensure_one()
        if self.metric == FIELD:
            return {
                'type': 'ir.actions.act_window', 'res_model': 'res.partner', 'res_id': sheet.partner_id.id,
                'view_mode': 'form',
            }
        try:
            domain = records_domain(
                self.env, sheet.company_id.sudo(), sheet.quarter, self._own_definition(), sheet.partner_id.id,
            )
        except DefinitionError as problem:
            raise UserError(self.env._(
                "%(indicator)s has no data: %(reason)s", indicator=self.name, reason=problem,
            )) from problem
        if not self.env[self.own_model].has_access('read'):
            raise UserError(self.env._(
                "You may not read the records behind this number: %s.", describe(self.env, self.own_model),
            ))
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("%(indicator)s: %(sheet)s", indicator=self.name, sheet=sheet.name),
            'res_model': self.own_model,
            'view_mode': 'list,form',
            'domain': json_domain(domain),
            'context': {'create': False, 'active_test': not self.own_archived},
        }
