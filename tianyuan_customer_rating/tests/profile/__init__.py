from . import test_contact_profile
from . import test_contact_profile_access
from . import test_contact_profile_birthday
from . import test_contact_profile_merge
from . import test_contact_profile_report
from . import test_contact_profile_basis
from . import test_contact_profile_fields
