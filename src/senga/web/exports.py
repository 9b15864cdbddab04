"""Files that a client takes away: pictures, layers, flats and projects."""

import dataclasses
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from senga import image
from senga.color.colorizer import Colorizer
from senga.color.cutout import cut_out_picture
from senga.color.files.flatsvg import flats_to_svg
from senga.color.files.layerfile import write_layers
from senga.color.files.layerzip import layers_to_zip
from senga.color.files.project import Fingerprint, Project
from senga.color.layers import NAMES
from senga.color.request import Request
from senga.imagefiles.tags import SRGB, Tags
from senga.web import rendering
from senga.web.refusal import RefusalError
from senga.web.scheduler import CancelToken
from senga.web.store import Kept

LARGER = 4.0
"""By how much a picture is enlarged at most. Ours."""


@dataclass(frozen=True)
class Wanted:
    """How a picture is written.

    Attributes:
        side: its longest side, px; 0: the drawing's own. dpi: pixels an inch; 0: as the drawing's file says.
        quality: of JPEG, and of WebP, which is lossless with 0; 0: as `image.encode` does.
        transparent: without the blank paper around what is drawn. srgb: says that its colors are sRGB, where the
            drawing's file had no profile. regions: in layers, one for each region. only: layers by name; (): all.
    """

    side: int = 0
    dpi: float = 0.0
    quality: int = 0
    transparent: bool = False
    srgb: bool = False
    regions: bool = False
    only: tuple[str, ...] = ()

    def shape(self, shape: tuple[int, int], most: int) -> tuple[int, int]:
        """(height, width) of what is written.

        Raises:
            RefusalError: 422, more than `most` px, or larger than `LARGER` times the drawing.
        """
        if not self.side:
            return shape
        scale = self.side / max(shape)
        found = max(1, round(shape[0] * scale)), max(1, round(shape[1] * scale))
        if scale > LARGER or found[0] * found[1] > most:
            largest = min(LARGER * max(shape), max(shape) * (most / (shape[0] * shape[1])) ** 0.5)
            raise RefusalError(422, "TooLarge", f"side: {self.side} px; at most {int(largest)} for this drawing")
        return found

    def tags(self, kept: Kept) -> Tags:
        """What the file says beside its pixels."""
        own = kept.drawing.tags
        profile = own.profile or (SRGB if self.srgb else b"")
        return Tags((self.dpi, self.dpi) if self.dpi else own.dpi, profile)


@dataclass(frozen=True)
class Format:
    """A kind of file.

    Attributes:
        ending: of its name. kind: Content-Type. make: its content, of (drawing, model, request, how, px, cancel).
        plain: a picture, to which `Wanted` applies. clear: one that can be transparent. layered: has layers.
        parted: layers of it can be left out.
    """

    ending: str
    kind: str
    make: Callable[[Kept, Colorizer, Request, Wanted, int, CancelToken], bytes]
    plain: bool = False
    clear: bool = False
    layered: bool = False
    parted: bool = False

    def check(self, wanted: Wanted) -> None:
        """Refuses what this kind of file cannot be.

        Raises:
            RefusalError: 422.
        """
        if wanted.only and not self.parted:
            raise RefusalError(
                422, "BadRequest", f"{self.ending[1:]} has all of its layers; leave out only, or take layers"
            )
        told = Wanted(dpi=wanted.dpi, srgb=wanted.srgb, regions=wanted.regions) if self.layered else Wanted()
        told = dataclasses.replace(told, only=wanted.only)
        if not self.plain and wanted != told:
            raise RefusalError(422, "BadRequest", f"{self.ending[1:]} is written as it is; leave out size and the like")
        if wanted.regions and not self.layered:
            raise RefusalError(422, "BadRequest", f"{self.ending[1:]} has no layers for regions; take psd or ora")
        if wanted.transparent and not self.clear:
            raise RefusalError(422, "BadRequest", f"{self.ending[1:]} knows no transparency; take png or webp")


def _picture(kind: str) -> Callable[[Kept, Colorizer, Request, Wanted, int, CancelToken], bytes]:
    def make(kept: Kept, colorizer: Colorizer, request: Request, how: Wanted, most: int, cancel: CancelToken) -> bytes:
        shape = how.shape(kept.drawing.shape, most)
        made = rendering.render_first(kept, colorizer, request, 0, cancel)
        if how.transparent:
            page = rendering.open_page(kept, colorizer).at(request.gap)
            pixels = cut_out_picture(page, made, request.tint)
        else:
            pixels = made.picture(kept.drawing, request.tint)
        return _encoded(pixels, kind, shape, how, how.tags(kept), cancel)

    return make


def _layer(kept: Kept, colorizer: Colorizer, request: Request, how: Wanted, most: int, cancel: CancelToken) -> bytes:
    shape = how.shape(kept.drawing.shape, most)
    pixels = rendering.render_alone(kept, colorizer, request, cancel, transparent=how.transparent)
    return _encoded(pixels, "PNG", shape, how, how.tags(kept), cancel)


def _encoded(
    pixels: image.Pixels, kind: str, shape: tuple[int, int], how: Wanted, tags: Tags, cancel: CancelToken
) -> bytes:
    cancel.check()
    sized = image.resize(pixels, shape)
    cancel.check()
    return image.encode(sized, kind, quality=how.quality or None, tags=tags)


def _layers(ending: str) -> Callable[[Kept, Colorizer, Request, Wanted, int, CancelToken], bytes]:
    def make(kept: Kept, colorizer: Colorizer, request: Request, how: Wanted, most: int, cancel: CancelToken) -> bytes:
        layered = rendering.render_all_layers(kept, colorizer, request, cancel, regions=how.regions)
        layered = dataclasses.replace(layered, tags=how.tags(kept))
        cancel.check()
        # The writers seek, and what they write is large: a file of our own, in a folder of our own.
        with tempfile.TemporaryDirectory(prefix="senga-") as folder:
            file = Path(folder) / f"layers{ending}"
            write_layers(file, layered)
            return file.read_bytes()

    return make


def _zip(kept: Kept, colorizer: Colorizer, request: Request, how: Wanted, most: int, cancel: CancelToken) -> bytes:
    layered = rendering.render_all_layers(kept, colorizer, request, cancel)
    cancel.check()
    return layers_to_zip(layered, how.only)


def _flats(kept: Kept, colorizer: Colorizer, request: Request, how: Wanted, most: int, cancel: CancelToken) -> bytes:
    layer = rendering.render_flats(kept, colorizer, request, cancel)
    cancel.check()
    return flats_to_svg(layer).encode()


def _project(kept: Kept, colorizer: Colorizer, request: Request, how: Wanted, most: int, cancel: CancelToken) -> bytes:
    if kept.canvas.below is not None:
        raise RefusalError(422, "BadRequest", "a project keeps marks, not a layer of hints; take the layer back first")
    rendering.reference_of(kept, request)
    reference = None if request.reference is None else kept.reference_file
    rendering.finished_of(kept, request)
    finished = None if request.finished is None else kept.finished_file
    model = Fingerprint.of(colorizer.session)
    rendering.own_of(kept, request)
    colored = None if request.colored is None else kept.own_file
    return Project(kept.content, kept.name, request, reference, kept.swatches, model, finished, colored).to_bytes()


def named(only: str) -> tuple[str, ...]:
    """The names of layers in a text with commas.

    Raises:
        RefusalError: 422, no layer is called so.
    """
    names = tuple(name.strip() for name in only.split(",")) if only else ()
    if not set(names) <= set(NAMES):
        raise RefusalError(422, "BadRequest", f"only: layers are named {', '.join(NAMES)}")
    return names


FORMATS = {
    "png": Format(".png", "image/png", _picture("PNG"), plain=True, clear=True),
    "jpg": Format(".jpg", "image/jpeg", _picture("JPEG"), plain=True),
    "webp": Format(".webp", "image/webp", _picture("WEBP"), plain=True, clear=True),
    "layer": Format("-color.png", "image/png", _layer, plain=True, clear=True),
    "psd": Format(".psd", "image/vnd.adobe.photoshop", _layers(".psd"), layered=True),
    "ora": Format(".ora", "image/openraster", _layers(".ora"), layered=True),
    "layers": Format("-layers.zip", "application/zip", _zip, parted=True),
    "flats.svg": Format("-flats.svg", "image/svg+xml", _flats),
    "senga": Format(".senga", "application/zip", _project),
}
"""Kinds of files by name."""
