"""Numbers that archives once had still find their customers, as far as the notes of changes tell them."""


def migrate(cr, _version):
    cr.execute("""
        INSERT INTO tianyuan_archive_number (number, partner_id, until, reason, create_uid, create_date)
        SELECT DISTINCT ON (v.old_value_char)
               v.old_value_char, p.id, m.date::date, 'changed', 1, now() AT TIME ZONE 'UTC'
          FROM mail_tracking_value v
          JOIN ir_model_fields f ON f.id = v.field_id AND f.model = 'res.partner' AND f.name = 'tianyuan_archive_number'
          JOIN mail_message m ON m.id = v.mail_message_id AND m.model = 'res.partner'
          JOIN res_partner p ON p.id = m.res_id
         WHERE v.old_value_char > ''
           AND NOT EXISTS (SELECT FROM res_partner o WHERE o.tianyuan_archive_number = v.old_value_char)
           AND NOT EXISTS (SELECT FROM tianyuan_archive_number n WHERE n.number = v.old_value_char)
         ORDER BY v.old_value_char, m.id DESC
    """)
