from . import test_questionnaire
from . import test_questionnaire_access
from . import test_questionnaire_answer
from . import test_satisfaction
from . import test_satisfaction_indicator
from . import test_personal_data
from . import test_translations
