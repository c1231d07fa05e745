from . import tianyuan_demo
