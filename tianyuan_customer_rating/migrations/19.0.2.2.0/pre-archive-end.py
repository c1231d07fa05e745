"""When archives were closed and documents superseded wasn't stored; how long papers are kept counts from it.

The columns are made and filled before Odoo computes from them the day until which each document is kept.
"""


def migrate(cr, _version):
    cr.execute("ALTER TABLE res_partner ADD COLUMN IF NOT EXISTS tianyuan_archive_closed_on date")
    # The chatter knows the day if the closing was tracked; the new value is the status's name in some language. The
    # last change of the record is never before the closing, so papers are rather kept too long.
    cr.execute("""
        UPDATE res_partner p
           SET tianyuan_archive_closed_on = COALESCE(tracked.day, (p.write_date AT TIME ZONE 'UTC')::date, CURRENT_DATE)
          FROM res_partner closed
          LEFT JOIN LATERAL (
              SELECT m.date::date AS day
                FROM mail_tracking_value v
                JOIN mail_message m ON m.id = v.mail_message_id
                JOIN ir_model_fields f ON f.id = v.field_id
                JOIN ir_model_fields_selection s ON s.field_id = f.id AND s.value = 'closed'
               WHERE v.new_value_char IN (SELECT label.value FROM jsonb_each_text(s.name) label)
                 AND m.model = 'res.partner' AND m.res_id = closed.id AND f.name = 'tianyuan_archive_state'
               ORDER BY m.date DESC, v.id DESC
               LIMIT 1
          ) tracked ON TRUE
         WHERE closed.id = p.id AND p.tianyuan_archive_state = 'closed' AND p.tianyuan_archive_closed_on IS NULL
    """)
    cr.execute("ALTER TABLE tianyuan_archive_document ADD COLUMN IF NOT EXISTS superseded_on date")
    cr.execute("""
        UPDATE tianyuan_archive_document d
           SET superseded_on = later.day
          FROM (
              SELECT supersedes_id, min(create_date)::date AS day
                FROM tianyuan_archive_document WHERE supersedes_id IS NOT NULL GROUP BY supersedes_id
          ) later
         WHERE later.supersedes_id = d.id AND NOT d.active AND d.superseded_on IS NULL
    """)
