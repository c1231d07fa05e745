from . import fonts, watermark
