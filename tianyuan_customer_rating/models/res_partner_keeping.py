from odoo import models
from odoo.exceptions import AccessError

from .res_partner_archive import BEGUN_STATES, NAMED_CUSTOMERS
from .tianyuan_roles import ROLES, keeps_archives

# what decides whose customer somebody is: the salesperson of the commercial entity
OWNERSHIP_FIELDS = {'user_id', 'parent_id', 'is_company', 'commercial_partner_id'}


class ResPartner(models.Model):
    """Nobody makes a colleague's customer their own (policy 档案 6).

    Sales users read ratings, papers and profiles of their own customers. Odoo lets everyone who edits contacts change
    a customer's salesperson, move its contacts to another company and merge customers. Once an archive is begun, that
    is for those who keep archives and for the leader of the present salesperson's team.
    """

    _inherit = 'res.partner'

    def write(self, vals):
        if self.env.su or not OWNERSHIP_FIELDS & vals.keys():
            return super().write(vals)
        before = {partner: partner._tianyuan_ownership() for partner in self._tianyuan_of_archives()}
        if not before:
            return super().write(vals)
        customers = {partner: partner.sudo().commercial_partner_id.sudo(False) for partner in before}
        kept = self.browse({customer.id for customer in customers.values() if not customer._tianyuan_may_hand_over()})
        refusal = kept and kept._tianyuan_handing_over_refused()    # it names the leader of the present salesperson
        # An import or a caller's context may switch tracking off; who was whose customer is always noted.
        tracked = self.with_context(tracking_disable=False, mail_notrack=False)
        result = super(ResPartner, tracked).write(vals)
        changed = [partner for partner, ownership in before.items() if partner._tianyuan_ownership() != ownership]
        if any(customers[partner] in kept for partner in changed):
            raise AccessError(refusal)
        self._tianyuan_note_moved({
            partner: customers[partner] for partner in changed
            if partner.sudo().commercial_partner_id != customers[partner]
        })
        return result

    def _tianyuan_note_moved(self, left):
        """Say on customers which contacts don't belong to them any more.

        :param dict left: contact → the customer it belonged to
        """
        moved = {}
        for contact, customer in left.items():
            # sudo: the company it went to needn't be one the user may read
            moved.setdefault(customer, []).append(f"{contact.name} → {contact.sudo().commercial_partner_id.name}")
        customers = self.browse(customer.id for customer in moved)
        customers._message_log_batch({
            customer.id: self.env._("Contacts moved from this customer: %s", ", ".join(moved[customer]))
            for customer in customers
        })

    def _tianyuan_of_archives(self):
        """Those of these partners that are customers with an archive, or contacts of one."""
        # sudo: whoever edits contacts needn't have a role
        return self.sudo().filtered(
            lambda partner: partner.commercial_partner_id._tianyuan_archive_is_begun(),
        ).sudo(False)

    def _tianyuan_archive_is_begun(self):
        """Whether this customer, read as superuser, has an archive; a closed one is one too."""
        self.ensure_one()
        return bool(self.tianyuan_archive_number) or self.tianyuan_archive_state in BEGUN_STATES

    def _tianyuan_ownership(self):
        """What makes a partner somebody's: salesperson, company it belongs to and, of a customer, its parent."""
        self.ensure_one()
        partner = self.sudo()
        customer = partner.commercial_partner_id
        return partner.user_id, customer, customer == partner and partner.parent_id

    def _tianyuan_may_hand_over(self):
        """Whether the user may give this customer another salesperson or parent, or merge it."""
        self.ensure_one()
        # sudo: whether the user leads the team is all that is told
        leader = self.sudo().user_id.sale_team_id.user_id
        return self.env.su or keeps_archives(self.env.user) or self.env.user == leader

    def _tianyuan_check_merge(self):
        """Refuse to merge what belongs to different customers, if one has an archive the user may not hand over.

        :raise AccessError: one has
        """
        customers = self.sudo().commercial_partner_id
        if self.env.su or len(customers) == 1:
            return
        archives = customers.filtered(lambda customer: customer._tianyuan_archive_is_begun())
        refused = archives.sudo(False).filtered(lambda customer: not customer._tianyuan_may_hand_over())
        if refused:
            raise AccessError(refused._tianyuan_handing_over_refused())

    def _tianyuan_handing_over_refused(self):
        """What somebody is told who may not hand these customers over, and whom to ask.

        The archive's specialist is named to those only who may read the archive.
        """
        # sudo: names of customers whom the user wants to change, of colleagues, and of customers' salespeople
        customers = self.sudo()
        people = customers.user_id.sale_team_id.user_id
        if self.env.user.has_group(ROLES):
            people |= customers.tianyuan_archive_specialist_id
        return self.env._(
            "%(customers)s: there is a customer archive, so salesperson, parent company and contacts stay as they are, "
            "and it isn't merged. Ask an archive specialist, a manager or the leader of the salesperson's "
            "team%(people)s.",
            customers=", ".join(customers[:NAMED_CUSTOMERS].mapped('name')),
            people=f" ({', '.join(people.mapped('name'))})" if people else "",
        )
