"""What the tests of the proof share: rated customers, and what they did afterwards."""
from ..rating.sheets import SheetCommon


class ProofCommon(SheetCommon):
    """Sheets are of 2024 Q2. What counts afterwards is 1 July to 30 September 2024, and to 30 June 2025."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Outcome = cls.env['tianyuan.rating.outcome'].sudo()

    @classmethod
    def rated_customers(cls, count, channel='distributor'):
        customers = cls.env['res.partner'].create([
            {'name': f"Rated {number:03}", 'is_company': True, 'tianyuan_channel': channel, 'user_id': cls.sales_user.id}
            for number in range(count)
        ])
        return customers

    @classmethod
    def read_outcomes(cls, company=None):
        cls.Outcome._read_due(company or cls.company)

    @classmethod
    def outcome(cls, sheet, horizon='quarter'):
        return cls.Outcome.search([('rating_id', '=', sheet.id), ('horizon', '=', horizon)])

    @classmethod
    def store_sheets(cls, customers, scores, day='2024-06-30', tiers=None, **values):
        """Confirmed sheets with a score but without lines, written as an import would."""
        quarter = cls.quarter_of(day)
        sheets = cls.env['tianyuan.rating'].sudo().create([{
            'partner_id': customer.id, 'company_id': cls.company.id, 'date_from': quarter.date_from,
            'date_to': quarter.date_to, 'state': 'confirmed', 'channel': customer.tianyuan_channel, **values,
        } for customer in customers])
        cls.env.flush_all()
        for sheet, score, tier in zip(sheets, scores, tiers or [None] * len(sheets), strict=True):
            cls.env.cr.execute(
                "UPDATE tianyuan_rating SET score = %s, tier_id = %s WHERE id = %s", [score, tier and tier.id, sheet.id])
        cls.env.invalidate_all()
        return sheets

    @classmethod
    def store_outcomes(cls, sheets, bad, horizon='quarter', **values):
        """What became of the sheets' customers: a bad one paid half on time and 40 days late on average."""
        later = cls.quarter_of(cls.days_after(sheets[0].date_to, 1))
        return cls.Outcome.create([{
            'rating_id': sheet.id, 'horizon': horizon, 'date_from': later.date_from, 'date_to': later.date_to, 'has_payments': True,
            'on_time_rate': 50.0 if is_bad else 100.0, 'days_beyond_terms': 40.0 if is_bad else 0.0, **values,
        } for sheet, is_bad in zip(sheets, bad, strict=True)])
