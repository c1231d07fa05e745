"""Checks documents and copies them for consultation, in a separate process: see ``tools.watermark``.

The files come from outside. A file that takes too much time or memory, or crashes a library, only ends this process.
The code doesn't depend on Odoo.
"""
