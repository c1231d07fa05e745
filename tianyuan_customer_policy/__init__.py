from . import demo, models, tools, wizard
from .hooks import uninstall_hook
