from . import files, fonts, watermark
