import operator as operators

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date, formatLang

from ...engine.payments import coming_due
from ...engine.periods import Quarter
from ...tools.roles import MANAGER, ROLES, managers_of

COMPARISONS = {'>': operators.gt, '>=': operators.ge, '<': operators.lt, '<=': operators.le}


class ResPartner(models.Model):
    """The early warnings on a customer, its course in the running quarter, and what is proposed for its class.

    For a key customer with serious warnings managers are proposed to override the class to ordinary (policy 6.5
    动态管理); an ordinary customer on course for a key tier is good news (policy 7.2, 7.3). What is serious is decided
    in :meth:`_tianyuan_serious_warnings` only, by limits that a company sets.
    """

    _inherit = 'res.partner'    # pylint: disable=consider-merging-classes-inherited

    tianyuan_watch_item_ids = fields.One2many(
        'tianyuan.watch.item', 'partner_id', string="Early Warnings and Good News", groups=ROLES,
    )
    tianyuan_open_watch_ids = fields.Many2many(
        'tianyuan.watch.item', string="Watch List", compute='_compute_tianyuan_open_watch_ids', groups=ROLES,
        help="What isn't cleared, in the current company.",
    )
    tianyuan_warning_count = fields.Integer(
        string="Early Warnings", compute='_compute_tianyuan_warning_count', search='_search_tianyuan_warning_count',
        groups=ROLES, help="Early warnings that are open and that you may see.",
    )
    tianyuan_warnings = fields.Text(
        string="Reasons", compute='_compute_tianyuan_warnings', groups=MANAGER,
        help="The open warnings that speak for another class.",
    )
    tianyuan_course_note = fields.Char(
        string="On Course", compute='_compute_tianyuan_course_note', groups=ROLES,
    )
    tianyuan_override_proposed = fields.Boolean(
        string="Override Proposed", compute='_compute_tianyuan_override_proposed',
        search='_search_tianyuan_override_proposed', groups=MANAGER,
        help="Whether serious warnings speak for treating this key customer as an ordinary one.",
    )

    @api.depends('commercial_partner_id')
    @api.depends_context('uid', 'company', 'allowed_company_ids')
    def _compute_tianyuan_open_watch_ids(self):
        items = self._tianyuan_watch_items(Domain('state', '!=', 'cleared'))
        by_customer = items.grouped('partner_id')
        for partner in self:
            partner.tianyuan_open_watch_ids = by_customer.get(partner._origin.commercial_partner_id, items.browse())

    @api.depends('commercial_partner_id')
    @api.depends_context('uid', 'company', 'allowed_company_ids')
    def _compute_tianyuan_warning_count(self):
        counts = self._tianyuan_count_records('tianyuan.watch.item', self._tianyuan_warnings_domain())
        for partner in self:
            partner.tianyuan_warning_count = counts[partner]

    @api.model
    def _search_tianyuan_warning_count(self, operator, value):
        if operator == 'in':
            def holds(count):
                return count in value
        elif operator in COMPARISONS:
            def holds(count):
                return COMPARISONS[operator](count, value)
        else:
            return NotImplemented
        counts = self.env['tianyuan.watch.item']._read_group(
            self._tianyuan_warnings_domain(), ['partner_id'], ['__count'],
        )
        if holds(0):
            return Domain('id', 'not in', [customer.id for customer, count in counts if not holds(count)])
        return Domain('id', 'in', [customer.id for customer, count in counts if holds(count)])

    @api.depends('commercial_partner_id')
    @api.depends_context('uid', 'company', 'allowed_company_ids', 'lang')
    def _compute_tianyuan_warnings(self):
        serious = self._tianyuan_watch_items(self._tianyuan_serious_warnings(self.env.company.root_id))
        by_customer = serious.grouped('partner_id')
        for partner in self:
            items = by_customer.get(partner._origin.commercial_partner_id, serious.browse())
            partner.tianyuan_warnings = "\n".join(items.mapped('description')) or False

    @api.depends('commercial_partner_id')
    @api.depends_context('uid', 'company', 'allowed_company_ids', 'lang')
    def _compute_tianyuan_course_note(self):
        """Describe the course of customers whose course the user may read, and what they have to pay in the quarter."""
        courses, customers = self.env['tianyuan.watch.course'], self._origin.commercial_partner_id
        company = self.env.company.sudo().root_id
        if customers and courses.has_access('read'):
            courses = courses.search(courses._running_domain(company) & Domain('partner_id', 'in', customers.ids))
        today = company._tianyuan_today()
        # sudo: the books of customers whose course the user may read.
        due = coming_due(company, today, courses.partner_id.ids) if courses else {}
        notes = {
            course.partner_id: self._tianyuan_course_text(course, company, *due.get(course.partner_id.id, (0, 0, None)))
            for course in courses
        }
        for partner in self:
            partner.tianyuan_course_note = notes.get(partner._origin.commercial_partner_id, False)

    @api.model
    def _tianyuan_course_text(self, course, company, count, amount, day):
        """Return what a customer is on course for, in the user's language.

        :param course: ``tianyuan.watch.course``
        :param company: its company, as superuser
        :param int count: number of invoices to pay until the quarter's end
        :param amount: their amount in company currency
        :param date day: their latest due date
        """
        names = {
            'tier': course.tier_id.name, 'next': course.next_tier_id.name,
            'points': self.env['tianyuan.rating']._explain_number(course.points_short),
        }
        if course.next_tier_id and course.points_short > 0:
            note = (
                self.env._("On course for %(tier)s, %(points)s points short of %(next)s", **names)
                if course.tier_id else self.env._("On course for no tier, %(points)s points short of %(next)s", **names)
            )
        elif course.tier_id:
            note = self.env._("On course for %s", course.tier_id.name)
        else:
            note = self.env._("On course for no tier")
        payment = ""
        if count:
            words = {
                'count': count, 'day': format_date(self.env, day),
                'amount': formatLang(self.env, amount, currency_obj=company.currency_id),
            }
            payment = (
                self.env._("%(count)s invoices due by %(day)s (%(amount)s)", **words) if count > 1
                else self.env._("1 invoice due by %(day)s (%(amount)s)", **words)
            )
        watched_on = company.tianyuan_watched_on
        as_of = watched_on and self.env._("as of %s", format_date(self.env, watched_on))
        return " · ".join(filter(None, [note, payment, as_of]))

    @api.depends('commercial_partner_id', 'tianyuan_customer_class')
    @api.depends_context('uid', 'company', 'allowed_company_ids')
    def _compute_tianyuan_override_proposed(self):
        customers = self._origin.commercial_partner_id.filtered(
            lambda customer: customer.tianyuan_customer_class == 'key' and customer.tianyuan_open_watch_ids,
        )
        # Searched, not filtered: the items in the cache may be those of another company.
        proposed = customers and customers.with_context(active_test=False).search(
            Domain('id', 'in', customers.ids) & self._tianyuan_override_domain(),
        )
        for partner in self:
            partner.tianyuan_override_proposed = partner._origin.commercial_partner_id in proposed

    @api.model
    def _search_tianyuan_override_proposed(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return self._tianyuan_override_domain() if True in value else ~self._tianyuan_override_domain()

    @api.ondelete(at_uninstall=False)
    def _unlink_tianyuan_warnings(self):
        # sudo: whoever may delete a customer. By the ORM, so that activities and messages of warnings go along.
        self.env['tianyuan.watch.item'].sudo().search([('partner_id', 'in', self.ids)]).unlink()

    @api.model
    def _tianyuan_watched(self, company):
        """Return the domain of what the watch found in a company, for items and courses."""
        return Domain('company_id', '=', company.id)

    @api.model
    def _tianyuan_warnings_domain(self):
        """Return the domain of the current company's open warnings."""
        return self._tianyuan_watched(self.env.company.root_id) & Domain('state', '=', 'open') & Domain(
            'is_good', '=', False,
        )

    def _tianyuan_watch_items(self, domain):
        """Return the readable items on these customers in the current company, newest first, with one query."""
        items, customers = self.env['tianyuan.watch.item'], self._origin.commercial_partner_id
        if not customers or not items.has_access('read'):
            return items
        return items.search(
            self._tianyuan_watched(self.env.company.root_id) & Domain('partner_id', 'in', customers.ids) & domain,
            order='state desc, is_good, found_on desc, id',
        )

    # -- the class ---------------------------------------------------------------------------------

    @api.model
    def _tianyuan_serious_warnings(self, company):
        """Return the domain of a company's warnings that speak for treating a key customer as an ordinary one.

        They are those that the company has chosen in its settings (policy 6.5). A manager who acknowledges a warning
        has decided against it for that time; colleagues can't decide that. Addons with more reasons extend it.

        :param company: ``res.company`` without a parent
        :return: domain of ``tianyuan.watch.item``
        """
        company = company.sudo()
        undecided = Domain('state', '=', 'open') | Domain('state', '=', 'acknowledged') & Domain(
            'acknowledged_by_id', 'not in', managers_of(company).ids,
        )
        serious = [Domain.FALSE]
        if company.tianyuan_propose_bad_debt:
            serious.append(Domain('reason', '=', 'bad_debt'))
        if company.tianyuan_propose_bill:
            serious.append(Domain('reason', '=', 'bill_dishonoured'))
        if company.tianyuan_propose_tier:
            serious.append(Domain('reason', '=', 'tier_down') & ~self._tianyuan_expected_key(company))
        if days := company.tianyuan_propose_days_late:
            late_since = fields.Date.subtract(company._tianyuan_today(), days=days)
            serious.append(Domain('reason', '=', 'days_late') & Domain('due_on', '<=', late_since))
        if percent := company.tianyuan_propose_purchases_down:
            serious.append(Domain('reason', '=', 'purchases_down') & Domain('value', '>=', percent))
        return self._tianyuan_watched(company) & undecided & Domain.OR(serious)

    @api.model
    def _tianyuan_expected_key(self, company):
        """Return the domain of courses and items with an expected tier whose customers are key customers.

        The schemes that apply to the running quarter decide.
        """
        today = company._tianyuan_today()
        # sudo: which tiers make key customers is no secret, but not all roles read schemes.
        schemes = self.env['tianyuan.rating.scheme'].sudo()._applicable(company, Quarter.containing(today).date_to)
        return Domain.OR([Domain.FALSE, *(
            Domain('partner_id.tianyuan_channel', '=', channel)
            & Domain('tier_id', 'in', scheme.threshold_ids.filtered('is_key').tier_id.ids)
            for channel, scheme in schemes.items()
        )])

    @api.model
    def _tianyuan_override_domain(self):
        """Return the domain of key customers for whom an override of the class is proposed in the current company."""
        return Domain('tianyuan_customer_class', '=', 'key') & Domain(
            'tianyuan_watch_item_ids', 'any', self._tianyuan_serious_warnings(self.env.company.root_id),
        )

    def _tianyuan_override_defaults(self):
        """Return the defaults of a new override, with the serious warnings of a key customer as its reason.

        It ends with the quarter after the running one, whose rating has been confirmed by then or is about to be.
        """
        defaults = super()._tianyuan_override_defaults()
        customer = self.commercial_partner_id
        if self.env.user.has_group(MANAGER) and customer.tianyuan_override_proposed:
            end = Quarter.containing(self.env.company._tianyuan_today()).date_to
            defaults |= {
                'default_reason': "; ".join(customer.tianyuan_warnings.splitlines()),
                'default_date_to': Quarter.containing(fields.Date.add(end, days=1)).date_to,
            }
        return defaults
