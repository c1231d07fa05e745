"""The pictures of which copies can be made."""

# MIME type → the format that Pillow may take the file for, so that no other decoder gets at it.
PICTURE_FORMATS = {
    'image/png': 'PNG',
    'image/jpeg': 'JPEG',
    'image/gif': 'GIF',
    'image/bmp': 'BMP',
    'image/tiff': 'TIFF',
    'image/webp': 'WEBP',
    'image/heic': 'HEIF',
}
# Formats of which a file that is cut off still opens.
HEADERS_SAY_LITTLE = ('HEIF', 'WEBP')
# Their frames are pages, each of which is read by itself.
PAGED = 'TIFF'
