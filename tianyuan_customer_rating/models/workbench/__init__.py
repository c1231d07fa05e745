from . import tianyuan_workbench
