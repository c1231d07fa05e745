from . import demo, models, tools, wizard
from .hooks import pre_init_hook, uninstall_hook
