from . import (
    tianyuan_reason,
)
