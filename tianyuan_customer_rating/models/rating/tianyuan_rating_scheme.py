from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import float_compare

from ...tools.limits import check_dates
from ...tools.selections import CHANNELS

# Fields that administrators may change even if a confirmed rating uses the scheme.
UNPROTECTED_FIELDS = {'name', 'active', 'state'}


class SchemeSpec(NamedTuple):
    """The parts of a scheme that scoring needs."""

    lines: dict       # indicator id → LineSpec, in the order of the sheet
    thresholds: tuple  # Threshold, best tier first


class TianyuanRatingScheme(models.Model):
    """How customers of a channel are scored: indicators, levels, tier thresholds (policy 客户评价标准).

    A draft can be compared with the sheets of past quarters before it is activated.
    """

    _name = 'tianyuan.rating.scheme'
    _description = "Rating Scheme"
    _inherit = ['tianyuan.protected.mixin', 'mail.thread', 'tianyuan.shared.mixin', 'tianyuan.plain.text.mixin']
    _order = 'channel, date_from desc, id desc'

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    channel = fields.Selection(CHANNELS, required=True)
    company_id = fields.Many2one(
        'res.company', default=lambda self: self._default_shared_company(),
        help="Empty: for all companies without a scheme of their own.",
    )
    date_from = fields.Date(
        string="Valid From", required=True, default=fields.Date.context_today,
        help="The scheme rates quarters that end on or after this day.",
    )
    state = fields.Selection(
        [('draft', "Draft"), ('active', "Active"), ('retired', "Retired")],
        default='draft', required=True, readonly=True, copy=False, tracking=True,
    )
    volume_basis = fields.Selection(
        [('invoiced', "Posted invoices"), ('ordered', "Confirmed orders")], required=True, default='invoiced',
    )
    grace_days = fields.Integer(help="Days after the due date on which a payment still counts as on time.")
    apply_unmatched_credits = fields.Boolean(
        default=True,
        help="Payments and credit notes that nobody has matched yet count for what the customer owes, the oldest "
             "first: customers are judged by when they paid, not by when somebody matched it.",
    )
    line_ids = fields.One2many('tianyuan.rating.scheme.line', 'scheme_id', copy=True)
    threshold_ids = fields.One2many('tianyuan.rating.threshold', 'scheme_id', copy=True)
    total_points = fields.Float(compute='_compute_total_points', digits=(5, 2))
    is_used = fields.Boolean(compute='_compute_is_used')
    comparison_advised = fields.Boolean(compute='_compute_comparison_advised', export_string_translation=False)

    _grace_days_positive = models.Constraint('CHECK(grace_days >= 0)', "Grace days can't be negative.")

    @api.depends('line_ids.max_points')
    def _compute_total_points(self):
        for scheme in self:
            scheme.total_points = sum(scheme.line_ids.mapped('max_points'))

    def _compute_is_used(self):
        used = self._used_schemes()
        for scheme in self:
            scheme.is_used = scheme in used

    @api.depends('state', 'channel', 'company_id')
    def _compute_comparison_advised(self):
        """Compute whether the draft would replace an active scheme."""
        drafts = self.filtered(lambda scheme: scheme.state == 'draft' and scheme.channel)
        groups = self.sudo()._read_group(
            [('state', '=', 'active'), ('channel', 'in', drafts.mapped('channel'))], ['channel', 'company_id'],
        ) if drafts else []
        for scheme in self:
            # A scheme for all companies overlaps with every company's own.
            scheme.comparison_advised = scheme in drafts and any(
                channel == scheme.channel and (company == scheme.company_id or not (company and scheme.company_id))
                for channel, company in groups
            )

    @api.constrains('date_from')
    def _check_sane_dates(self):
        check_dates(self, 'date_from')

    @api.constrains('state', 'line_ids', 'threshold_ids')
    def _check_active_scheme(self):
        for scheme in self:
            if scheme.state == 'active':
                scheme._check_complete()

    @api.ondelete(at_uninstall=False)
    def _unlink_check_used(self):
        self._check_changeable()

    def write(self, vals):
        self._check_changeable(vals)
        # Skip the checks of the parts; the constraint below checks the whole scheme.
        return super(TianyuanRatingScheme, self.with_context(tianyuan_scheme_changing=True)).write(vals)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        if 'name' not in (default or {}):
            for scheme, vals in zip(self, vals_list, strict=True):
                vals['name'] = self.env._("%s (copy)", scheme.name)
        return vals_list

    def action_activate(self):
        """Activate the scheme, so that it is used for rating.

        :raise ValidationError: its points don't total 100, tiers overlap, or levels are missing
        """
        for scheme in self:
            scheme._check_complete()
        self.write({'state': 'active'})

    def action_retire(self):
        """Retire the scheme; ratings made with it stay as they are."""
        self.write({'state': 'retired'})

    def action_draft(self):
        """Set the scheme back to draft, unless a confirmed rating uses it."""
        self._check_changeable()
        self.write({'state': 'draft'})

    def action_new_version(self):
        """Copy the scheme to a draft that can be changed.

        :return: action that opens the copy
        """
        self.ensure_one()
        copy = self.copy({'name': self.name, 'date_from': fields.Date.context_today(self)})
        return {
            'type': 'ir.actions.act_window',
            'res_model': self._name,
            'res_id': copy.id,
            'view_mode': 'form',
        }

    def action_compare(self):
        """Compare the scheme with the sheets of up to eight past quarters; only the comparison is written.

        :return: action that shows it
        :raise AccessError: the user is neither manager nor finance assessor, or can't read the scheme
        :raise UserError: the channel has no sheets to compare with
        """
        self.ensure_one()
        return self.env['tianyuan.scheme.comparison']._open(self)

    def _used_schemes(self):
        """Return those of these schemes that confirmed ratings use; imported ones weren't made with them."""
        groups = self.env['tianyuan.rating'].sudo()._read_group(
            [('scheme_id', 'in', self.ids), ('state', '=', 'confirmed'), ('origin', '=', 'computed')], ['scheme_id'],
        )
        return self.browse([scheme.id for [scheme] in groups])

    def _check_complete(self):
        """Refuse a scheme that can't rate: points must total 100, and thresholds must descend with the tiers."""
        self.ensure_one()
        if float_compare(self.total_points, 100, precision_digits=2):
            raise ValidationError(self.env._(
                "Scheme %(scheme)s: the maximum points total %(total)s, but must total 100. "
                "Change the points of its indicators.",
                scheme=self.name, total=f"{self.total_points:g}",
            ))
        for line in self.line_ids:
            if not line.level_ids:
                raise ValidationError(self.env._(
                    "Scheme %(scheme)s: indicator %(indicator)s has no levels.",
                    scheme=self.name, indicator=line.indicator_id.name,
                ))
        if not self.threshold_ids:
            raise ValidationError(self.env._("Scheme %s: add the thresholds of its tiers.", self.name))
        thresholds = self.threshold_ids.sorted(lambda t: (t.tier_id.sequence, t.tier_id.id))
        for better, worse in zip(thresholds, thresholds[1:], strict=False):
            if float_compare(better.min_score, worse.min_score, precision_digits=2) <= 0:
                raise ValidationError(self.env._(
                    "Scheme %(scheme)s: tiers %(better)s and %(worse)s overlap. "
                    "The better tier needs the higher score.",
                    scheme=self.name, better=better.tier_id.name, worse=worse.tier_id.name,
                ))
        missing = thresholds.full_marks_indicator_ids - self.line_ids.indicator_id
        if missing:
            raise ValidationError(self.env._(
                "Scheme %(scheme)s: a tier demands full marks in %(indicator)s, which the scheme doesn't score.",
                scheme=self.name, indicator=missing.mapped('name'),
            ))

    def _check_changeable(self, vals=None):
        """Refuse changes of schemes that confirmed ratings use.

        :param dict vals: the values about to be written; None if lines are added or removed
        """
        if vals is not None and vals.keys() <= UNPROTECTED_FIELDS:
            return
        for scheme in self._used_schemes():
            raise UserError(self.env._(
                "Scheme %s is used by confirmed ratings and can't be changed any more. "
                "Use “New version” and change the copy.", scheme.name,
            ))

    def _check_part_changed(self):
        """Check the whole active scheme after one of its parts was changed directly.

        Parts changed through the scheme are checked once, by the constraint of the scheme.
        """
        if not self.env.context.get('tianyuan_scheme_changing'):
            self._check_active_scheme()

    def _check_part_removable(self):
        if not self.env.context.get('tianyuan_scheme_changing'):
            for scheme in self.filtered(lambda scheme: scheme.state == 'active'):
                raise UserError(self.env._("Scheme %s is active. Set it back to draft to remove parts.", scheme.name))

    @api.model
    def _applicable(self, company, date_to):
        """Return the schemes for rating a quarter: a company's own before the common one, newest first.

        :param company: ``res.company``
        :param date date_to: the quarter's last day
        :return: dict of channel → scheme
        """
        schemes = self.sudo().search(Domain([
            ('state', '=', 'active'),
            ('date_from', '<=', date_to),
            ('company_id', 'in', (company.id, False)),
        ]))
        result = {}
        for scheme in schemes.sorted(lambda s: (bool(s.company_id), s.date_from, s.id), reverse=True):
            result.setdefault(scheme.channel, scheme)
        return result

    def _spec(self):
        """Return the parts of the scheme that scoring needs.

        :return: :class:`SchemeSpec`
        """
        self.ensure_one()
        scheme = self.sudo()
        lines = scheme.line_ids.sorted(
            lambda line: (line.category_id.sequence, line.category_id.id, line.sequence, line.id),
        )
        thresholds = scheme.threshold_ids.sorted(lambda t: (t.tier_id.sequence, t.tier_id.id))
        return SchemeSpec(
            {line.indicator_id.id: line._spec() for line in lines},
            tuple(threshold._spec() for threshold in thresholds),
        )
