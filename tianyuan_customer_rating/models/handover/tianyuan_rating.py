from odoo import models

from ..mixins.mail_activity import ASSESSMENT_TYPES


class TianyuanRating(models.Model):
    """Assessments aren't passed on one by one: the run asks again for all that a user has to assess."""

    _inherit = 'tianyuan.rating'    # pylint: disable=consider-merging-classes-inherited

    def _tianyuan_heirs(self, activity_type):
        return {} if activity_type in ASSESSMENT_TYPES else super()._tianyuan_heirs(activity_type)
