from odoo import api, fields, models
from odoo.fields import Domain

from ...engine.periods import Quarter


class TianyuanWatchCourse(models.Model):
    """What a customer's rating of the running quarter is on course for; one record per customer and company.

    Only the nightly watch writes courses, and only those that change. Until which day they are right is on the company
    (``tianyuan_watched_on``).
    """

    _name = 'tianyuan.watch.course'
    _description = "Course of a Customer"
    _inherit = ['tianyuan.protected.mixin', 'tianyuan.customer.mixin']
    _rec_name = 'partner_id'
    _order = 'direction, points_short, id'

    partner_id = fields.Many2one(ondelete='cascade', check_company=False)
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True, ondelete='cascade')
    date_from = fields.Date(string="Quarter", required=True, readonly=True, help="The first day of the quarter.")
    score = fields.Float(
        string="Expected Score", readonly=True, digits=(5, 2), aggregator='avg',
        help="What nobody has assessed yet is expected to get the same share of its points as in the last confirmed "
             "score.",
    )
    tier_id = fields.Many2one('tianyuan.rating.tier', string="Expected Tier", readonly=True, ondelete='cascade')
    confirmed_tier_id = fields.Many2one(
        'tianyuan.rating.tier', string="Tier", readonly=True, ondelete='cascade',
        help="The tier of the last confirmed rating.",
    )
    direction = fields.Selection(
        [('up', "Up"), ('same', "Unchanged"), ('down', "Down"), ('new', "New")], readonly=True,
    )
    next_tier_id = fields.Many2one(
        'tianyuan.rating.tier', readonly=True, ondelete='cascade',
        help="The tier above the expected one.",
    )
    points_short = fields.Float(
        readonly=True, digits=(5, 2), aggregator=None,
        help="How many points are missing for the next tier.",
    )

    _one_per_customer = models.UniqueIndex("(partner_id, company_id)")

    def _tianyuan_protected_fields(self):
        return set(self._fields)

    @api.model
    def _running_domain(self, company):
        """Return the domain of a company's courses of the running quarter; after its turn there are others for a night.

        :param company: ``res.company`` without a parent
        """
        today = company.sudo()._tianyuan_today()
        return Domain('company_id', '=', company.id) & Domain('date_from', '=', Quarter.containing(today).date_from)
