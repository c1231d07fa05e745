"""When archives were closed and documents superseded wasn't stored; how long papers are kept counts from it.

The columns are made and filled before Odoo would: it would note itself as the last who changed each document and type.
"""

from odoo.tools.sql import table_exists

# Rules of the document types that come with the addon; their data isn't loaded again.
RULES = [
    ('document_type_business_licence', 'after_relation', 10),
    ('document_type_hazardous_chemicals', 'after_relation', 10),
    ('document_type_framework_contract', 'after_relation', 10),
    ('document_type_legal_representative_id', 'after_relation', 5),
    ('document_type_authorisation', 'after_expiry', 10),
]


def migrate(cr, _version):
    if not table_exists(cr, 'tianyuan_archive_document'):    # The first release had no archives.
        return
    note_closings(cr)
    note_superseded(cr)
    note_rules(cr)
    note_retention(cr)


def note_closings(cr):
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


def note_superseded(cr):
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


def note_rules(cr):
    cr.execute("""
        ALTER TABLE tianyuan_archive_document_type
          ADD COLUMN IF NOT EXISTS retention varchar, ADD COLUMN IF NOT EXISTS retention_years int4 DEFAULT 10
    """)
    cr.execute("ALTER TABLE tianyuan_archive_document_type ALTER COLUMN retention_years DROP DEFAULT")
    cr.executemany("""
        UPDATE tianyuan_archive_document_type t
           SET retention = %(rule)s, retention_years = %(years)s
          FROM ir_model_data d
         WHERE d.module = 'tianyuan_customer_rating' AND d.name = %(name)s AND d.res_id = t.id
           AND d.model = 'tianyuan.archive.document.type' AND t.retention IS NULL
    """, [{'name': name, 'rule': rule, 'years': years} for name, rule, years in RULES])


def note_retention(cr):
    """Store until when each document is kept; companies have the default, ten years after the relation, by now."""
    cr.execute("ALTER TABLE tianyuan_archive_document ADD COLUMN IF NOT EXISTS retained_until date")
    cr.execute("""
        UPDATE tianyuan_archive_document d
           SET retained_until = (
                   CASE COALESCE(t.retention, 'after_relation')
                        WHEN 'after_expiry' THEN COALESCE(d.valid_until, d.superseded_on)
                        WHEN 'after_relation' THEN p.tianyuan_archive_closed_on
                   END + make_interval(years => CASE WHEN t.retention IS NULL THEN 10 ELSE t.retention_years END)
               )::date
          FROM tianyuan_archive_document_type t, res_partner p
         WHERE t.id = d.type_id AND p.id = d.partner_id
    """)
    # Unlimited validity is often entered as the year 9999; Python has no dates after it.
    cr.execute("UPDATE tianyuan_archive_document SET retained_until = NULL WHERE retained_until > '9999-12-31'")
