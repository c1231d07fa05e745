"""Indicators have got a unit. It follows from their metric; the two entered percentages of the released data get theirs
here, because the data isn't updated."""


def migrate(cr, _version):
    cr.execute("""
        UPDATE tianyuan_rating_indicator indicator
           SET unit = 'percent'
          FROM ir_model_data data
         WHERE data.module = 'tianyuan_customer_rating' AND data.model = 'tianyuan.rating.indicator'
           AND data.name IN ('indicator_loyalty', 'indicator_debt_ratio') AND data.res_id = indicator.id
           AND indicator.unit IS NULL
    """)
