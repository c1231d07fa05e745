from . import tianyuan_contact_profile_report
