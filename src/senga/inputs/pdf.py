"""Pages of PDF files as pictures; needs the extra `pdf`."""

from pathlib import Path

from senga import extras, image, storage
from senga.errors import SengaError
from senga.imagefiles.tags import Tags

ENDING = ".pdf"

DPI = 300
"""Resolution that pages are drawn at: a printed comic's. Ours."""

MOST = 10_000
"""Largest side of a page, px."""


def pages(file: str) -> list[str]:
    """Names for the pages of a PDF file, in order.

    Raises:
        SengaError: the extra is missing; broken, or behind a password.
    """
    extras.require("pdf", "pypdfium2", who=f"{file}: PDF files need another package")
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        with PdfDocument(_given(file)) as document:
            count = len(document)
    except PdfiumError as error:
        raise SengaError(f"{file}: cannot be read as PDF ({error}); save its pages as pictures") from error
    return [f"{number:0{len(str(count))}}.png" for number in range(1, count + 1)]


def page(file: str, name: str) -> bytes:
    """A page as a PNG file's content; `name` is one of `pages`.

    Raises:
        SengaError: it cannot be drawn.
    """
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        with PdfDocument(_given(file)) as document:
            one = document[int(Path(name).stem) - 1]
            scale = min(DPI / 72, MOST / max(1.0, *one.get_size()))
            drawn = one.render(scale=scale, rev_byteorder=True, may_draw_forms=False).to_numpy()
    except PdfiumError as error:
        raise SengaError(f"{file}:{name}: cannot be drawn ({error}); save it as a picture") from error
    pixels = drawn[..., :3].copy() if drawn.ndim == 3 else drawn.copy()
    return image.encode(pixels, "PNG", fast=True, tags=Tags((72 * scale, 72 * scale)))


def _given(file: str) -> str | bytes:
    """As the PDF library takes it."""
    return storage.read(file) if storage.is_remote(file) else file
