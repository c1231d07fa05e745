from . import (
    tianyuan_insight_unsubscribe,
)
