from . import (
    test_contract,
    test_contract_capitals,
    test_contract_escalation,
    test_contract_progress,
    test_contract_report,
    test_contract_sign,
    test_contract_template,
    test_translations,
)
