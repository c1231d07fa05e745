"""Files as customers send them, and how a browser handles them."""

import base64
import io

from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas


def pdf(text):
    """Return a PDF page with ``text``."""
    target = io.BytesIO()
    canvas = Canvas(target)
    canvas.drawString(72, 720, text)
    canvas.save()
    return target.getvalue()


def pdf_text(content):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def reddish(content):
    """Count the reddish pixels of the first page, which is a picture."""
    [image] = PdfReader(io.BytesIO(content)).pages[0].images
    return sum(red > green + 25 for red, green, _blue in image.image.convert("RGB").getdata())


def chosen(name, content):
    """Return a file in the format of Playwright's file chooser."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def drop(page, area, files):
    """Drag files from the desktop onto a part of the page.

    :param files: dict of name → bytes
    """
    carried = [{"name": name, "content": base64.b64encode(content).decode()} for name, content in files.items()]
    transfer = page.evaluate_handle(
        """files => {
            const transfer = new DataTransfer();
            for (const { name, content } of files) {
                const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
                transfer.items.add(new File([bytes], name));
            }
            return transfer;
        }""",
        carried,
    )
    page.dispatch_event(area, "dragenter", {"dataTransfer": transfer})
    page.locator(".o_tianyuan_dropzone").dispatch_event("drop", {"dataTransfer": transfer})
