from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.roles import FINANCE
from ..mixins.mail_activity import ASSESSMENT_TYPES


class MailActivity(models.Model):
    """What the addons ask of somebody outlives the user: it waits without a user until somebody takes over.

    Odoo deletes the activities of users who are archived, and those of deleted users go with them.
    """

    _inherit = 'mail.activity'    # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _tianyuan_leave(self, users):
        """Take the activities that the addons planned from users who can't do them any more.

        :param users: ``res.users``; those of them who still work where an activity is due keep it
        """
        activities = self.sudo().search(self._tianyuan_automated() & Domain('user_id', 'in', users.ids))
        gone = users.sudo() - users._tianyuan_working_in(self.env['res.company'])
        left = activities.filtered(lambda activity: activity.user_id in gone)
        left |= (activities - left)._tianyuan_out_of_place()
        left |= (activities - left)._tianyuan_of_former_sellers()
        left._tianyuan_raised()._tianyuan_orphan()

    @api.model
    def _tianyuan_automated(self):
        return Domain([('automated', '=', True), ('res_model', '!=', False)])

    def _tianyuan_records(self):
        """Return the records of these activities by model: dict of model → (records, activities)."""
        return {
            model: (self.env[model].sudo().browse(set(activities.mapped('res_id'))).exists(), activities)
            for model, activities in self.grouped('res_model').items() if model in self.env
        }

    def _tianyuan_out_of_place(self):
        """Return those of these activities whose user doesn't work in the company of their record."""
        found = self.browse()
        for records, activities in self._tianyuan_records().values():
            if 'company_id' in records._fields:
                companies = {record.id: record.company_id for record in records}
                found |= activities.filtered(
                    lambda activity, companies=companies:
                    not activity.user_id._tianyuan_working_in(companies.get(activity.res_id, self.env['res.company'])),
                )
        return found

    def _tianyuan_of_former_sellers(self):
        """Return what these activities ask of customers' salespeople, or leaders of theirs, who sell there no more.

        They keep what is asked of them in another role.
        """
        found, kinds = self.browse(), self._tianyuan_kinds()
        for records, activities in self._tianyuan_records().values():
            if not hasattr(records, '_tianyuan_heirs'):
                continue
            asked = {}
            for record in records:
                seller = record._tianyuan_customer().user_id
                asked[record.id] = (
                    seller | seller.sale_team_id.user_id,
                    record.company_id if 'company_id' in record._fields else self.env['res.company'],
                )
            nobody = (self.env['res.users'], self.env['res.company'])
            former = activities.browse(
                activity.id for activity in activities for people, company in [asked.get(activity.res_id, nobody)]
                if activity.user_id in people and not activity.user_id._tianyuan_sellers_in(company)
            )
            for kind, group in former.grouped('activity_type_id').items():
                side = ASSESSMENT_TYPES.get(kinds.get(kind.id))
                if side:
                    found |= group.filtered(
                        lambda activity, side=side: side == 'sales' or not activity.user_id.has_group(FINANCE),
                    )
                    continue
                heirs = records.browse(set(group.mapped('res_id')))._tianyuan_heirs(kinds.get(kind.id))
                still = {(record.id, user.id) for record, users in heirs.items() for user in users}
                found |= group.filtered(
                    lambda activity, still=still: (activity.res_id, activity.user_id.id) not in still,
                )
        return found

    def _tianyuan_orphan(self):
        """Leave these activities without a user.

        ``write`` would take the salesperson from what belongs to the activity, such as a planned visit.
        """
        if self:
            self.flush_model(['user_id'])
            self.env.cr.execute(SQL("UPDATE mail_activity SET user_id = NULL WHERE id = ANY(%s)", self.ids))
            self.invalidate_model(['user_id'])

    @api.model
    def _tianyuan_waiting(self):
        """Return the activities planned by the addons that have no user."""
        return self.sudo().search(self._tianyuan_automated() & Domain('user_id', '=', False))._tianyuan_raised()

    def _tianyuan_give_to_heirs(self):
        """Give activities without a user to those who take over; where there is nobody, they keep waiting.

        An activity is deleted if all who take over are asked already.
        """
        kinds = self._tianyuan_kinds()
        superfluous, given = self.browse(), {}
        for records, activities in self._tianyuan_records().values():
            if not hasattr(records, '_tianyuan_heirs'):
                continue
            asked = {
                (res_id, kind.id, user.id) for res_id, kind, user in self.sudo()._read_group([
                    ('res_model', '=', records._name), ('res_id', 'in', records.ids), ('user_id', '!=', False),
                    ('activity_type_id', 'in', list(kinds)),
                ], ['res_id', 'activity_type_id', 'user_id'])
            }
            for kind, group in activities.grouped('activity_type_id').items():
                heirs = records.browse(set(group.mapped('res_id'))).exists()._tianyuan_heirs(kinds.get(kind.id))
                heirs = {record.id: users for record, users in heirs.items()}
                for activity in group:
                    users = heirs.get(activity.res_id)
                    free = [user for user in users or () if (activity.res_id, kind.id, user.id) not in asked]
                    if free:
                        asked.add((activity.res_id, kind.id, free[0].id))
                        given[free[0]] = given.get(free[0], self.browse()) + activity
                    elif users:
                        superfluous += activity
        superfluous.unlink()
        for user, group in given.items():
            group.with_context(mail_activity_quick_update=True).user_id = user

    @api.model
    def _tianyuan_move(self, users, customers):
        """Ask those who are responsible for customers now instead of these users, or instead of nobody.

        :param users: ``res.users`` who were asked until now
        :param customers: ``res.partner``
        """
        activities = self._tianyuan_asked_about(users, customers)
        activities._tianyuan_orphan()
        activities._tianyuan_give_to_heirs()

    @api.model
    def _tianyuan_asked_about(self, users, customers):
        """Return the activities, as superuser, by which the addons ask users, or nobody yet, about customers.

        :param users: ``res.users``
        :param customers: ``res.partner``
        """
        found = self.sudo().browse()
        if not customers:
            return found
        asked = found.search(self._tianyuan_automated() & Domain('user_id', 'in', [*users.ids, False]))
        for records, group in asked._tianyuan_raised()._tianyuan_records().values():
            if hasattr(records, '_tianyuan_customer'):
                of_them = {record.id for record in records if record._tianyuan_customer() in customers}
                found |= group.filtered(lambda activity, ids=of_them: activity.res_id in ids)
        return found
