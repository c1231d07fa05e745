"""Looking into papers and copying them for consultation, in a process of its own: see ``archive.watermark``.

What is read here comes from outside. A file that takes too much time or memory, or that makes a library crash, ends
this process only. Nothing here knows Odoo.
"""
