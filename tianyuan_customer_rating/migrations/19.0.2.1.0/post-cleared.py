"""Lines whose assessment was taken back had kept their number, which a screen then took for no change."""


def migrate(cr, _version):
    cr.execute("""
        UPDATE tianyuan_rating_line SET metric_value = 0
         WHERE origin = 'missing' AND NOT has_value AND metric_value <> 0
    """)
