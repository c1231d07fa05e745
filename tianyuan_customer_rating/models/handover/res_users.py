from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools.roles import FINANCE, MANAGER, ROLES, SALES, SPECIALIST, keeps_archives
from ...tools.text import listed

# More open work than this is passed on by the scheduler.
AT_ONCE = 200
# After this many days, who takes over is told again of a colleague's customers that nobody has handed over.
TELL_AGAIN_DAYS = 30
LEFT_ACTIVITY = 'tianyuan_customer_rating.mail_activity_type_hand_over'


class ResUsers(models.Model):
    """Work outlives its people: what is open with users who leave goes to those who take over.

    A user leaves by being archived or deleted, or by losing a role or a company. The customers keep their salesperson
    until they are handed over (``tianyuan.hand.over``), but everything that is due is asked of the customer's present
    salesperson, else of the leader of the sales team; where neither can do it, the managers are told. What is past
    keeps who did it.
    """

    _inherit = 'res.users'

    @api.depends('active')
    def _compute_sale_team_id(self):
        """Keep the last sales team of archived users, so that its leader still sees and keeps their customers.

        Odoo archives the memberships together with the user.
        """
        super()._compute_sale_team_id()
        teamless = self.filtered(lambda user: not user.active and not user.sale_team_id)
        if teamless:
            last = {}
            for member in self.env['crm.team.member'].sudo().with_context(active_test=False).search(
                [('user_id', 'in', teamless.ids)], order='write_date, id',
            ):
                last[member.user_id] = member.crm_team_id
            for user in teamless:
                user.sale_team_id = last.get(user, False)

    def write(self, vals):
        """Pass on what is open with users who are archived, or lose a role or a company."""
        if not {'active', 'group_ids', 'company_ids'} & vals.keys():
            return super().write(vals)
        before, companies = self._tianyuan_places(), self._tianyuan_companies()
        result = super().write(vals)
        after, kept = self._tianyuan_places(), self._tianyuan_companies()
        left = self.filtered(lambda user: not before[user] <= after[user])
        left._tianyuan_leave({user: companies[user] - kept[user] for user in left})
        return result

    def action_archive(self):
        """Archive users after taking over their activities, which Odoo deletes first."""
        self.filtered('active').active = False
        return super().action_archive()

    @api.ondelete(at_uninstall=False)
    def _unlink_passes_work_on(self):
        """Pass everything on at once: after the deletion nothing tells whose it was.

        :raise UserError: customers were handed over from a user, which stays on record
        """
        hand_overs = self.env['tianyuan.hand.over'].sudo()
        kept = hand_overs.search([('from_user_id', 'in', self.ids), ('state', 'in', ('running', 'done'))])
        if kept:
            raise UserError(self.env._(
                "Customers were handed over from %s, which stays on record. Archive the user instead.",
                listed(self.env, kept.from_user_id.mapped('name')),
            ))
        self.filtered('active').active = False
        self.sudo()._tianyuan_pass_on()
        hand_overs.search([('from_user_id', 'in', self.ids)]).unlink()

    def _tianyuan_companies(self):
        """Return in which companies users work: dict of user → ``res.company``; none if archived."""
        return {
            user: user.company_ids if user.active else user.company_ids.browse() for user in self.sudo()
        }

    def _tianyuan_places(self):
        """Return where and as what users work: dict of user → set of company ids and groups; nothing if archived."""
        return {
            user: {*companies.ids, *filter(user.has_group, (SALES, SPECIALIST, FINANCE, MANAGER))}
            if user.active else set() for user, companies in self._tianyuan_companies().items()
        }

    def _tianyuan_working_in(self, company):
        """Return those of these users who have a role and work in the company; an empty one: in any."""
        return self.sudo().filtered(
            lambda user: user.active and not user.share and company <= user.company_ids and user.has_group(ROLES),
        )

    def _tianyuan_sellers_in(self, company):
        """Return those of these users who can work on customers of the company."""
        return self._tianyuan_working_in(company).filtered(lambda user: any(map(user.has_group, (SALES, MANAGER))))

    def _tianyuan_stand_in(self, company):
        """Return who does a salesperson's work: the salesperson, else the leader of the team; perhaps nobody.

        Somebody who has moved to another department still works in the company, but sells no more.
        """
        return self._tianyuan_sellers_in(company) or self.sudo().sale_team_id.user_id._tianyuan_sellers_in(company)

    def _tianyuan_doers_in(self, model, company):
        """Return those of these users who can do a model's open work in the company.

        Collection forms may be an archive specialist's; all else is a salesperson's.
        """
        doers = self._tianyuan_sellers_in(company)
        return doers | self._tianyuan_keepers_in(company) if model == 'tianyuan.archive.collection' else doers

    def _tianyuan_keepers_in(self, company):
        """Return those of these users who keep archives in the company."""
        return self._tianyuan_working_in(company).filtered(keeps_archives)

    # -- leaving -----------------------------------------------------------------------------------

    def _tianyuan_leave(self, lost):
        """Pass on what is open with these users, who can't do all of their work any more.

        :param dict lost: user → the companies in which the user doesn't work any more
        """
        if not self:
            return
        users = self.sudo()
        self.env['mail.activity']._tianyuan_leave(users)
        users._tianyuan_tell(lost=lost)
        open_work = sum(len(ids) for _key, ids in users._tianyuan_left_work())
        if open_work + len(self.env['mail.activity']._tianyuan_waiting()) > AT_ONCE:
            self.env.ref('tianyuan_customer_rating.ir_cron_pass_on').sudo()._trigger()
        else:
            users._tianyuan_pass_on()

    @api.model
    def _tianyuan_open_work(self):
        """Return the open work that is a user's; other addons add theirs.

        :return: list of (model, name of the user's field, domain); the models have ``company_id`` and ``partner_id``
        """
        return [('tianyuan.archive.collection', 'user_id', Domain('state', '=', 'draft'))]

    def _tianyuan_left_work(self):
        """Return the open work whose user can't do it any more: of these users, or of all if there are none.

        :return: list of ((model, name of the user's field), ids)
        """
        todo = []
        for model, name, domain in self._tianyuan_open_work():
            held = domain & (Domain(name, 'in', self.ids) if self else Domain(name, '!=', False))
            for user, company, ids in self.env[model].sudo()._read_group(held, [name, 'company_id'], ['id:array_agg']):
                if not user._tianyuan_doers_in(model, company):
                    todo.append(((model, name), ids))
        return todo

    def _tianyuan_pass_on(self):
        """Pass on at once what is open with these users, and what waits without a user."""
        for (model, name), ids in self._tianyuan_left_work():
            self._tianyuan_pass_on_records(self.env[model].browse(ids), name)
        self.env['mail.activity']._tianyuan_waiting()._tianyuan_give_to_heirs()
        self._tianyuan_ask_again()

    @api.model
    def _tianyuan_pass_on_records(self, records, name):
        """Give records to those who are responsible for their customers; where there is nobody, they stay."""
        heirs = {}
        for record in records.sudo().exists():
            user = record.partner_id._tianyuan_responsible(record.company_id)
            user = user or record[name]._tianyuan_stand_in(record.company_id)
            if user:
                heirs[user] = heirs.get(user, records.sudo().browse()) + record
        for user, group in heirs.items():
            group.with_context(tracking_disable=True, mail_activity_quick_update=True).write({name: user.id})

    @api.model
    def _tianyuan_ask_again(self):
        """Ask anew what is planned for groups of people, after some of them left; other addons add theirs."""
        self.env['tianyuan.rating.run'].sudo()._tianyuan_ask_again()
        self.env['tianyuan.archive.borrow'].sudo()._tianyuan_ask_for_papers()

    @api.model
    def _cron_tianyuan_pass_on(self):
        """Pass on the work of all who have left, also of those who left by other ways than this addon sees."""
        users = self.sudo().with_context(active_test=False)
        holders = self.env['mail.activity'].sudo()._read_group(
            self.env['mail.activity']._tianyuan_automated() & Domain('user_id', '!=', False), ['user_id'],
        )
        self.env['mail.activity']._tianyuan_leave(users.browse(user.id for [user] in holders))
        sellers = users.browse(
            user.id for [user] in self.env['res.partner'].sudo()._read_group([('user_id', '!=', False)], ['user_id'])
        )
        sellers.filtered(lambda user: not user.active and not user.sale_team_id)._compute_sale_team_id()
        sellers._tianyuan_tell(again=True)
        cron = self.env['ir.cron']
        for (model, name), ids in cron._tianyuan_batches_by(self.browse()._tianyuan_left_work()):
            self._tianyuan_pass_on_records(self.env[model].browse(ids), name)
        for ids in cron._tianyuan_batches(self.env['mail.activity']._tianyuan_waiting().ids):
            self.env['mail.activity'].sudo().browse(ids)._tianyuan_give_to_heirs()
        self._tianyuan_ask_again()

    # -- telling who takes over ----------------------------------------------------------------------

    def _tianyuan_left_places(self, lost):
        """Return where these users have customers or archives and can't work on them any more.

        :param dict lost: user → the companies in which the user doesn't work any more; there, customers shared by all
            companies count where the user has open work
        :return: set of (user, main company)
        """
        partners, customers = self.env['res.partner'].sudo(), self.env['res.partner']._tianyuan_customer_domain()
        sold = partners._read_group(customers & Domain('user_id', 'in', self.ids), ['user_id', 'company_id'])
        kept = partners._read_group(
            customers & Domain('tianyuan_archive_specialist_id', 'in', self.ids),
            ['tianyuan_archive_specialist_id', 'company_id'],
        )
        places = {
            (user, company) for user, place in sold
            if not user._tianyuan_sellers_in(company := place or user.company_id)
        } | {
            (user, company) for user, place in kept
            if not user._tianyuan_keepers_in(company := place or user.company_id)
        }
        sharers = self.browse().union(*(user for user, company in sold if not company and lost.get(user)))
        if sharers:
            quotations = ('sale.order', 'user_id', Domain('state', 'in', ('draft', 'sent')))
            for model, name, domain in [*self._tianyuan_open_work(), quotations]:
                held = domain & Domain(name, 'in', sharers.ids)
                places |= {
                    (user, company) for user, company in self.env[model].sudo()._read_group(held, [name, 'company_id'])
                    if company in lost[user]
                }
        return {(user, company.root_id) for user, company in places}

    def _tianyuan_tell(self, again=False, lost=None):
        """Begin a hand-over of the customers of users who don't work on them any more, and ask for it.

        The leader of the sales team is asked, else the managers, with one activity that says what is open.

        :param bool again: leave out users of whom somebody was told in the last weeks
        :param dict lost: user → the companies in which the user doesn't work any more
        """
        HandOver = self.env['tianyuan.hand.over'].sudo()
        places = self._tianyuan_left_places(lost or {})
        since = fields.Datetime.subtract(fields.Datetime.now(), days=TELL_AGAIN_DAYS)
        known = Domain('state', 'in', ('draft', 'running'))
        if again:
            known |= Domain('create_date', '>=', since)
        told = set(HandOver._read_group(
            known & Domain('from_user_id', 'in', [user.id for user, _company in places]),
            ['from_user_id', 'company_id'],
        ))
        new = HandOver.create([
            {'from_user_id': user.id, 'company_id': company.id}
            for user, company in sorted(places - told, key=lambda place: (place[0].id, place[1].id))
        ])
        new._tianyuan_schedule(
            LEFT_ACTIVITY, lambda hand_over: hand_over._tianyuan_askable(),
            summary=lambda hand_over: hand_over.env._(
                "%s has left: hand the customers over", hand_over.from_user_id.name,
            ),
            note=lambda hand_over: hand_over._kinds_note(),
        )
