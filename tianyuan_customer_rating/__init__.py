from . import demo, engine, models, wizard
from .hooks import uninstall_hook
