from . import test_channel_suggestion
from . import test_rating_trial
from . import test_run_start
from . import test_setup_checklist
