from . import collection, dealings, duplicates, files, watermark
