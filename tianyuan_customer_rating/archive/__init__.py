from . import collection, dealings, duplicates, files, fonts, watermark
