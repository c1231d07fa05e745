from . import demo, engine, models, report, wizard
from .hooks import uninstall_hook
