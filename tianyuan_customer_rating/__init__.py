from . import demo, engine, models, wizard
