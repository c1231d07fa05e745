"""Fill a new stored field of the sheets by SQL: computed, it would be written sheet by sheet, closed ones too."""


def migrate(cr, _version):
    cr.execute("ALTER TABLE tianyuan_rating ADD COLUMN IF NOT EXISTS previous_tier_id int4")
    cr.execute("""
        UPDATE tianyuan_rating r SET previous_tier_id = p.tier_id
          FROM tianyuan_rating p
         WHERE p.id = r.previous_rating_id AND p.tier_id IS NOT NULL
    """)
