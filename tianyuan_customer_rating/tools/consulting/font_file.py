"""Finds a font for Chinese on this server."""
import functools
import subprocess


@functools.cache
def chinese_font_file():
    """Return the server's font file for Chinese, or None. The printed reports need one too."""
    try:
        found = subprocess.run(
            ['fc-list', ':lang=zh-cn', 'file'], capture_output=True, text=True, timeout=20, check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    files = [line.strip().rstrip(':') for line in found.splitlines() if line.strip()]
    return min(files, key=lambda file: ('Regular' not in file, 'Sans' not in file, file), default=None)
