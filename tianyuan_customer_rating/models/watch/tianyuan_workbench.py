from odoo import api, models
from odoo.fields import Domain
from odoo.tools.misc import format_date, formatLang

MODULE = 'tianyuan_customer_rating'
ROWS_SHOWN = 6
NEWEST_FIRST = 'worsened_on desc nulls last, found_on desc, id desc'
AMOUNTS = ('overdue', 'bad_debt', 'bill_dishonoured')
PERCENTS = ('purchases_down', 'credit_used')


class TianyuanWorkbench(models.AbstractModel):
    """What the early warning found: each role has the warnings that are its business (policy 6.5, 7.2)."""

    _inherit = 'tianyuan.workbench'    # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _cards(self, role):
        cards = super()._cards(role)
        own = Domain('partner_id.user_id', '=', self.env.uid) | Domain(
            'partner_id.user_id.sale_team_id.user_id', '=', self.env.uid,
        )
        if role == 'sales':
            # Behind the sheets to score, with the table of customers below.
            cards[1:1] = [
                self._watch_card('watch_own', self.env._("On the Watch List"), own),
                self._good_news_card(own),
                self._promising_card('promising_own', own),
            ]
        elif role == 'specialist':
            cards.append(self._watch_card(
                'watch_papers', self.env._("Watch List: Papers"), Domain('reason', '=', 'document'), rare=True,
            ))
        elif role == 'finance':
            reasons = self.env['tianyuan.watch.item']._reasons()
            money = [reason for reason, rule in reasons.items() if rule.is_money and not rule.is_good]
            cards.append(self._watch_card(
                'watch_money', self.env._("Watch List: Money"), Domain('reason', 'in', money),
            ))
        elif role == 'manager':
            cards[1:1] = [
                self._override_card(),
                self._watch_card(
                    'watch_key', self.env._("Watch List: Key Customers"),
                    Domain('partner_id.tianyuan_customer_class', '=', 'key'),
                ),
                self._promising_card('promising', Domain.TRUE),
            ]
        return cards

    @api.model
    def _watch_card(self, key, title, domain, *, icon='fa-binoculars', good=False, rare=False):
        """Return a card of open items, newest first; they are acknowledged on the card.

        :param bool good: of the good news, instead of the warnings
        """
        Item = self.env['tianyuan.watch.item']
        open_items = self._of_company() & Domain('state', '=', 'open') & Domain('is_good', '=', good) & Domain(domain)
        return self._card(
            key, title, icon, f'{MODULE}.tianyuan_watch_item_action', open_items, warning=not good, rare=rare,
            rows=[
                self._row(
                    item, item.partner_id.display_name, item.description or '', self._watch_value(item),
                    danger=not good,
                    buttons=[('action_ask_acknowledge', self.env._("Acknowledge"))] if item.may_acknowledge else (),
                ) for item in Item.search(open_items, order=NEWEST_FIRST, limit=ROWS_SHOWN)
            ],
        )

    @api.model
    def _good_news_card(self, domain):
        return self._watch_card(
            'watch_good', self.env._("Good News"), domain, icon='fa-thumbs-o-up', good=True, rare=True,
        )

    @api.model
    def _watch_value(self, item):
        """Return the number behind an item with its unit, or an empty text if it has none."""
        if item.reason in AMOUNTS:
            return formatLang(self.env, item.value, currency_obj=item.currency_id)
        if item.reason in PERCENTS:
            return f"{item.current_value:.0f} %"
        if item.reason == 'days_late':
            return self.env._("%s days", f"{item.current_value:.0f}")
        return format_date(self.env, item.due_on) if item.reason == 'document' and item.due_on else ''

    @api.model
    def _promising_card(self, key, domain):
        """Return the card of ordinary customers on course for a key customer's tier (policy 7.2, 7.3)."""
        Course, company = self.env['tianyuan.watch.course'], self.env.company.root_id
        courses = (
            Course._running_domain(company) & self.env['res.partner']._tianyuan_expected_key(company)
            & Domain('partner_id.tianyuan_customer_class', '=', 'ordinary') & Domain(domain)
        )
        shown = Course.search(courses, order='score desc, id', limit=ROWS_SHOWN)
        no_tier = self.env._("No tier")
        return self._card(
            key, self.env._("On Course to Become Key Customers"), 'fa-line-chart',
            f'{MODULE}.tianyuan_watch_course_action', courses, rare=True,
            note=self.env._("Consider supporting them by the customer policy") if shown else '',
            rows=[
                self._row(
                    course, course.partner_id.display_name, course.partner_id.user_id.name or '',
                    f"{course.confirmed_tier_id.name or no_tier} → {course.tier_id.name}",
                ) for course in shown
            ],
        )

    @api.model
    def _override_card(self):
        """Return the card of key customers for whom an override of the class is proposed (policy 6.5)."""
        domain = Domain('tianyuan_override_proposed', '=', True)
        customers = self.env['res.partner'].search(domain, limit=ROWS_SHOWN)
        return self._card(
            'override_proposed', self.env._("Class Overrides Proposed"), 'fa-level-down',
            f'{MODULE}.res_partner_action_override_proposed', domain, warning=True, rare=True,
            rows=[
                self._row(
                    customer, customer.display_name, " · ".join((customer.tianyuan_warnings or "").splitlines()),
                    customer.tianyuan_tier_id.name or '', danger=True,
                    buttons=[('action_tianyuan_override_class', self.env._("Override…"))],
                ) for customer in customers
            ],
        )

    @api.model
    def _customer_columns(self, customers):
        courses = self.env['tianyuan.watch.course']
        courses = courses.search(
            courses._running_domain(self.env.company.root_id) & Domain('partner_id', 'in', customers.ids),
        )
        no_tier = self.env._("No tier")
        columns = super()._customer_columns(customers)
        # Before the amounts: beside a column that is aligned to the right there would be no space.
        columns.insert(-1, ('course', self.env._("On Course"), 'course', {
            course.partner_id.id: {
                'name': course.tier_id.name or no_tier, 'color': course.tier_id.color, 'direction': course.direction,
            } for course in courses
        }))
        return columns
