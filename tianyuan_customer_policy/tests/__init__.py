from . import test_customer_policy
from . import test_customer_policy_apply
from . import test_translations
from . import test_setup_policies
