"""Files that a client takes away: pictures, layers, flats and projects."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from senga import image
from senga.color.colorizer import Colorizer
from senga.color.files.flatsvg import flats_to_svg
from senga.color.files.layerfile import write_layers
from senga.color.files.project import Fingerprint, Project
from senga.color.request import Request
from senga.web import rendering
from senga.web.scheduler import CancelToken
from senga.web.store import Kept


@dataclass(frozen=True)
class Format:
    """A kind of file.

    Attributes:
        ending: of its name. kind: Content-Type. make: its content, of (drawing, model, request, cancel).
    """

    ending: str
    kind: str
    make: Callable[[Kept, Colorizer, Request, CancelToken], bytes]


def _picture(kind: str) -> Callable[[Kept, Colorizer, Request, CancelToken], bytes]:
    def make(kept: Kept, colorizer: Colorizer, request: Request, cancel: CancelToken) -> bytes:
        pixels = rendering.render_picture(kept, colorizer, request, 0, cancel)
        cancel.check()
        return image.encode(pixels, kind, tags=kept.drawing.tags)

    return make


def _layer(kept: Kept, colorizer: Colorizer, request: Request, cancel: CancelToken) -> bytes:
    pixels = rendering.render_first(kept, colorizer, request, 0, cancel).color
    cancel.check()
    return image.encode(pixels, "PNG", tags=kept.drawing.tags)


def _layers(ending: str) -> Callable[[Kept, Colorizer, Request, CancelToken], bytes]:
    def make(kept: Kept, colorizer: Colorizer, request: Request, cancel: CancelToken) -> bytes:
        layered = rendering.render_all_layers(kept, colorizer, request, cancel)
        cancel.check()
        # The writers seek, and what they write is large: a file of our own, in a folder of our own.
        with tempfile.TemporaryDirectory(prefix="senga-") as folder:
            file = Path(folder) / f"layers{ending}"
            write_layers(file, layered)
            return file.read_bytes()

    return make


def _flats(kept: Kept, colorizer: Colorizer, request: Request, cancel: CancelToken) -> bytes:
    layer = rendering.render_flats(kept, colorizer, request, cancel)
    cancel.check()
    return flats_to_svg(layer).encode()


def _project(kept: Kept, colorizer: Colorizer, request: Request, cancel: CancelToken) -> bytes:
    rendering.reference_of(kept, request)
    reference = None if request.reference is None else kept.reference_file
    rendering.finished_of(kept, request)
    finished = None if request.finished is None else kept.finished_file
    model = Fingerprint.of(colorizer.session)
    return Project(kept.content, kept.name, request, reference, kept.swatches, model, finished).to_bytes()


FORMATS = {
    "png": Format(".png", "image/png", _picture("PNG")),
    "webp": Format(".webp", "image/webp", _picture("WEBP")),
    "layer": Format("-color.png", "image/png", _layer),
    "psd": Format(".psd", "image/vnd.adobe.photoshop", _layers(".psd")),
    "ora": Format(".ora", "image/openraster", _layers(".ora")),
    "flats.svg": Format("-flats.svg", "image/svg+xml", _flats),
    "senga": Format(".senga", "application/zip", _project),
}
"""Kinds of files by name."""
