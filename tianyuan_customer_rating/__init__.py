from . import controllers, demo, engine, models, wizard
from .hooks import uninstall_hook
