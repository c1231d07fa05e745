from . import (
    tianyuan_watch_course,
    tianyuan_watch_item,
)
