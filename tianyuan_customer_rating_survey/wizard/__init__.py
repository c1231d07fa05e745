from . import tianyuan_questionnaire
