from . import test_channel_suggestion
from . import test_run_start
