"""Files that a client takes away: pictures, layers, flats and projects."""

from collections.abc import Callable
from dataclasses import dataclass

from senga import image
from senga.color.colorizer import Colorizer
from senga.color.request import Request
from senga.web import answers
from senga.web.painter import Errand
from senga.web.store import Kept


@dataclass(frozen=True)
class Format:
    """A kind of file.

    Attributes:
        ending: of its name. kind: Content-Type. make: its content, of (drawing, model, request, errand).
    """

    ending: str
    kind: str
    make: Callable[[Kept, Colorizer, Request, Errand], bytes]


def _picture(kind: str) -> Callable[[Kept, Colorizer, Request, Errand], bytes]:
    def make(kept: Kept, colorizer: Colorizer, request: Request, errand: Errand) -> bytes:
        pixels = answers.finished(kept, colorizer, request, 0, errand)
        errand.go_on()
        return image.encode(pixels, kind)

    return make


def _layer(kept: Kept, colorizer: Colorizer, request: Request, errand: Errand) -> bytes:
    pixels = answers.paint(kept, colorizer, request, 0, errand).color
    errand.go_on()
    return image.encode(pixels, "PNG")


FORMATS = {
    "png": Format(".png", "image/png", _picture("PNG")),
    "webp": Format(".webp", "image/webp", _picture("WEBP")),
    "layer": Format("-color.png", "image/png", _layer),
}
"""Kinds of files by name."""
