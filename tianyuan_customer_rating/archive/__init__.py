from . import collection, duplicates, files, fonts, watermark
