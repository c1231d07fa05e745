from . import test_contract
from . import test_contract_capitals
from . import test_contract_escalation
from . import test_contract_progress
from . import test_contract_report
from . import test_contract_sign
from . import test_contract_template
from . import test_translations
