from collections import defaultdict

from odoo import api, models

from ...tools.roles import managers_of


class TianyuanActivityMixin(models.AbstractModel):
    """Records with activities; all activities of the addon are planned by this mixin.

    Activities that are no longer needed end by Odoo's ``activity_unlink`` or ``activity_feedback``, or are archived if
    the message of ``activity_feedback`` isn't wanted on the record.
    """

    _name = 'tianyuan.activity.mixin'
    _description = "Activities Planned Automatically"

    def _tianyuan_schedule(
        self, activity_type, receivers, *, summary=None, note=None, deadline=None, target=None, notify=False, **values,
    ):
        """Plan an activity for each receiver of each record, in the receiver's language.

        Nothing is planned if the activity type has been deleted. Receivers who are archived or can't read the record
        are left out.

        :param str activity_type: external id
        :param receivers: function of a record → ``res.users``
        :param summary: function of a record in the receiver's language → text; by default the activity type's
        :param note: function of a record in the receiver's language → note
        :param deadline: function of a record → date; by default today
        :param target: function of a record → the record that gets the activity; by default the record itself
        :param bool notify: whether each receiver gets an e-mail
        :param values: other values of the activities
        :return: dict of record → its activities
        """
        kind = self.env.ref(activity_type, raise_if_not_found=False)
        if not kind:
            return {}
        target = target or (lambda record: record)
        by_user = defaultdict(list)
        for record in self.sudo():
            for user in receivers(record).filtered('active'):
                by_user[user].append(record)
        planned, vals_list, targets = [], [], target(self.sudo().browse())
        for user, records in by_user.items():
            subjects = targets.browse({target(record).id for record in records})
            readable = set(subjects.with_user(user).with_context(
                allowed_company_ids=user.company_ids.ids,
            )._filtered_access('read').ids)
            lang = user.lang or self.env.lang
            worded_kind = kind.with_context(lang=lang)
            for record in records:
                subject, worded = target(record), record.with_context(lang=lang)
                if subject.id not in readable:
                    continue
                planned.append(record)
                vals_list.append({
                    'activity_type_id': kind.id,
                    'user_id': user.id,
                    'res_model_id': self.env['ir.model']._get_id(subject._name),
                    'res_id': subject.id,
                    'summary': summary(worded) if summary else worded_kind.summary,
                    'note': note(worded) if note else worded_kind.default_note,
                    'automated': True,
                    **({'date_deadline': deadline(record)} if deadline else {}),
                    **values,
                })
        # Read all names with one query: Odoo would read the record name for each activity.
        targets.browse({vals['res_id'] for vals in vals_list}).mapped('display_name')
        activities = self.env['mail.activity'].sudo().with_context(mail_activity_quick_update=True).create(vals_list)
        if notify:
            for user, group in activities.grouped('user_id').items():
                if user != self.env.user:
                    group.with_context(lang=user.lang or self.env.lang).action_notify()
        scheduled = defaultdict(activities.browse)
        for record, activity in zip(planned, activities, strict=True):
            scheduled[record] += activity
        return scheduled

    def _tianyuan_customer(self):
        """Return the customer that the record is about; an empty one for records of no customer."""
        return self.partner_id.commercial_partner_id if 'partner_id' in self._fields else self.env['res.partner']

    def _tianyuan_heirs(self, activity_type):
        """Return who takes over an activity on each of these records, read as superuser, when its user has left.

        By default it is the one responsible for the customer, and the managers for records of no customer; models that
        ask others extend it.

        :param activity_type: external id, or None if the type is no addon's
        :return: dict of record → ``res.users``
        """
        heirs = {}
        for record in self:
            company = record.company_id if 'company_id' in record._fields else self.env['res.company']
            customer = record._tianyuan_customer()
            heirs[record] = (
                customer._tianyuan_responsible(company) if customer else managers_of(company or self.env.company)
            )
        return heirs

    @api.model
    def _tianyuan_activities(self, *activity_types):
        """Return all activities of these types on the model; ``activity_search`` does the same for given records.

        :param str activity_types: external ids
        """
        kinds = [self.env.ref(xmlid, raise_if_not_found=False) for xmlid in activity_types]
        return self.env['mail.activity'].sudo().search([
            ('res_model', '=', self._name), ('activity_type_id', 'in', [kind.id for kind in kinds if kind]),
        ])
