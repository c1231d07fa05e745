"""The kinds of visits (policy 8.3, design §9), in the order in which they take turns."""
VISIT_KINDS = [('phone', "Phone Call"), ('onsite', "On-Site Visit"), ('mailing', "Mailing"), ('other', "Other")]
