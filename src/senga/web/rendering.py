"""What is computed for a client, in a thread where it takes time: drawings read, requests painted, pictures made.

The forms of what is sent are known here: messages of the painting channel, lines about candidates, refusals with a
status of HTTP. Its connections are not: bytes come in, bytes go out. No name that a client gives is ever opened as a
file.
"""

import base64
import dataclasses
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from senga import image
from senga.color import strict_json
from senga.color.colorizer import Colorizer, Page
from senga.color.cutout import color_alone
from senga.color.hints import Hints
from senga.color.layers import Layered, render_layers, rgba
from senga.color.maincolors import palette_of
from senga.color.marks import MARKS, Mark
from senga.color.own_colors import OwnColors
from senga.color.palette import hex_of
from senga.color.region_layers import render_region_layers
from senga.color.render import Rendering, candidate_requests, render
from senga.color.request import Request
from senga.errors import HintError, ModelError
from senga.web.refusal import RefusalError
from senga.web.responses import as_json
from senga.web.scheduler import CancelToken
from senga.web.store import Kept

T = TypeVar("T")

TEXT = 6_000_000
"""Most characters of a request. Ours: every point that marks may have, with its pressure, as a page writes them."""

LONG, WIDE = 400_000, 100_000_000
"""Characters of a request, and pixels that its marks mean, from which it is heavy. Ours: to read so many characters
takes 0.1 to 0.2 s of one core, to lay so many pixels 1.2 to 1.4 s; what the network makes of them comes on top."""

THUMBNAIL = 384
"""Largest side of a candidate, px."""

SIDE = 20_000
"""Largest side that may be asked for, px."""

WEBP_SIDE = 16_383
"""Largest side of a WebP picture, px."""

SEQUENCE = 2**53
"""Numbers of messages are less than this."""

MAIN_COLORS = 12
"""Most main colors of a reference."""

BAND = 1 << 20
"""Pixels that are worked on at once where a large drawing would need much memory."""


@dataclass(frozen=True)
class Message:
    """A message of the painting channel.

    Attributes:
        seq: the client's number of it. request: what is wanted. side: largest side of the answer, px; 0: full size.
    """

    seq: int
    request: Request
    side: int


def read_drawing(content: bytes, name: str, most: int) -> image.Drawing:
    """A drawing of an uploaded file of at most `most` px. Raises as `image.read_bytes`."""
    pixels, tags = image.read_line_art(content, name, most)
    return image.to_drawing(_opaque(pixels), tags)


def read_reference(content: bytes, most: int) -> tuple[image.Pixels, list[str]]:
    """An uploaded reference, (H, W, 3) or (H, W, 4) uint8, and its main colors as '#rrggbb'.

    Raises:
        ImageError: as `image.read_bytes`. PaletteError: wholly transparent.
    """
    picture = _opaque(image.read_bytes(content, "the reference", most))
    return picture, [hex_of(c) for c in palette_of(picture, MAIN_COLORS)]


def read_finished(content: bytes, shape: tuple[int, int], most: int) -> image.Pixels:
    """An uploaded picture of finished colors, (H, W, 3) uint8.

    Raises:
        ImageError: as `image.read_bytes`. HintError: of another size than the drawing's (height, width) `shape`.
    """
    picture = _read_fitting(content, "the finished picture is", shape, most, "send it at full size")
    return np.ascontiguousarray(picture[..., :3])


def read_hints(content: bytes, shape: tuple[int, int], most: int) -> Hints:
    """An uploaded picture of hints, painted on a transparent layer.

    Raises:
        ImageError: as `image.read_bytes`. HintError: nothing transparent in it, or not of the drawing's (height, width)
            `shape`.
    """
    picture = _read_fitting(content, "the hints are", shape, most, "send them at full size")
    return Hints.of_pixels(rgba(picture), "the hints", shape)


def read_own(content: bytes, shape: tuple[int, int], most: int) -> OwnColors:
    """The colors of an uploaded colored picture. Raises as `read_finished`."""
    picture = _read_fitting(content, "the colored picture is", shape, most, "send the one it is of")
    return OwnColors(image.flatten(picture))


def _read_fitting(content: bytes, what: str, shape: tuple[int, int], most: int, mend: str) -> image.Pixels:
    """An uploaded picture (H, W, 4) uint8 of the drawing's size; `what` names it and its verb in errors."""
    picture = image.read_bytes(content, what.rpartition(" ")[0], most)
    if picture.shape[:2] != shape:
        (h, w), (height, width) = picture.shape[:2], shape
        raise HintError(f"{what} {w}x{h} px, the drawing {width}x{height} px; {mend}")
    return picture


def parse_json(text: str | bytes) -> object:
    """The value of a JSON text.

    Raises:
        RefusalError: 400, not JSON.
    """
    try:
        return strict_json.parse(text, TEXT)
    except HintError as error:
        raise RefusalError(400, "HintError", str(error)) from error


def parse_request(kept: Kept, value: object) -> Request:
    """A request from parsed JSON; marks that are as they were in the last one are not read again.

    Raises:
        HintError: as `Request.from_table`.
    """
    raw = value.get("marks") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(raw, list):
        return Request.from_table(value)
    if len(raw) > MARKS:
        raise HintError(f"[marks]: {len(raw)} entries; at most {MARKS}")
    before, known = kept.marks
    both = min(len(raw), len(before))
    same = next((i for i in range(both) if raw[i] != before[i]), both)
    new = (Mark.from_table(entry, f"marks {number}") for number, entry in enumerate(raw[same:], same + 1))
    request = dataclasses.replace(Request.from_table({**value, "marks": []}), marks=(*known[:same], *new))
    kept.marks = (raw, request.marks)
    return request


def is_long(length: int) -> bool:
    """Whether a request of so many characters is heavy to read already."""
    return length > LONG


def is_heavy(kept: Kept, request: Request, length: int) -> bool:
    """Whether a request whose text has so many characters is heavy: few marks may mean much work."""
    return is_long(length) or kept.canvas.work(request.marks) > WIDE


def parse_message(kept: Kept, text: str, seen: list[int]) -> Message:
    """A message of the painting channel; its number is put into `seen` as soon as it is known.

    Raises:
        RefusalError: 400, not JSON. HintError: another key, type or range.
    """
    given = strict_json.table(parse_json(text), "message", {"seq": True, "request": True, "side": False})
    seen.append(strict_json.whole(given["seq"], "seq", 0, SEQUENCE - 1))
    side = strict_json.whole(given.get("side", 0), "side", 0, SIDE)
    return Message(seen[-1], parse_request(kept, given["request"]), side)


def open_page(kept: Kept, colorizer: Colorizer) -> Page:
    """The drawing's page; read by the network the first time, which takes longest."""
    if kept.page is None:
        kept.page = colorizer.page(kept.drawing, kept.canvas.areas)
    return kept.page


def read_ahead(kept: Kept, colorizer: Colorizer, cancel: CancelToken) -> None:
    """What the first answer needs and does not depend on hints is computed and kept."""
    render_first(kept, colorizer, Request(), THUMBNAIL, cancel)


def render_first(kept: Kept, colorizer: Colorizer, request: Request, side: int, cancel: CancelToken) -> Rendering:
    """The first of a request's candidates, without lines; raises as `senga.color.render.render`.

    Args:
        side: largest side of the answer, px; never larger than the drawing; 0: the drawing's own.
    """
    page = open_page(kept, colorizer)
    cancel.check()
    hints = kept.canvas.lay(request.marks, gap=request.gap)
    cancel.check()
    alone, shape = dataclasses.replace(request, candidates=1), fitting(page.drawing.shape, side)
    with _naming_the_model(colorizer):
        return render(
            page,
            alone,
            hints,
            reference_of(kept, request),
            shape=shape,
            finished=finished_of(kept, request),
            own=own_of(kept, request),
        )[0]


def render_picture(kept: Kept, colorizer: Colorizer, request: Request, side: int, cancel: CancelToken) -> image.Pixels:
    """As `render_first`, with the drawing's lines and alpha: (H, W, 3) or (H, W, 4) uint8."""
    return render_first(kept, colorizer, request, side, cancel).picture(kept.drawing, request.tint)


def fill_area(kept: Kept, request: Request, point: tuple[float, float], side: int) -> image.Pixels:
    """What a fill at a point (x, y) px would cover, laid on a request's marks: (h, w, 4) uint8, white on nothing.

    Args:
        side: as `render_first` takes it.
    """
    mask = kept.canvas.area(request.marks, point, gap=request.gap)
    shape = fitting(kept.drawing.shape, side)
    skip = max(1, min(mask.shape[0] // shape[0], mask.shape[1] // shape[1]) // 2)  # to soften its edge takes no more
    alpha = np.ascontiguousarray(mask[::skip, ::skip]).view(np.uint8) * 255
    alpha = image.resize(alpha, shape) if shape != alpha.shape else alpha
    return np.dstack([np.full((*shape, 3), 255, np.uint8), alpha])


def render_flats(kept: Kept, colorizer: Colorizer, request: Request, cancel: CancelToken) -> image.Pixels:
    """One color a region, (H, W, 4) uint8, whatever the mode; the drawing's size, else as `render_first`."""
    flat = dataclasses.replace(request, mode="flat", tint=0.0)
    return rgba(render_first(kept, colorizer, flat, 0, cancel).color)


def render_alone(
    kept: Kept, colorizer: Colorizer, request: Request, cancel: CancelToken, *, transparent: bool
) -> image.Pixels:
    """The colors without lines, (H, W, 3) or (H, W, 4) uint8, as `senga.color.cutout.color_alone` answers."""
    page = open_page(kept, colorizer)
    cancel.check()
    one, hints = dataclasses.replace(request, candidates=1), kept.canvas.lay(request.marks, gap=request.gap)
    given = reference_of(kept, request), finished_of(kept, request), own_of(kept, request)
    with _naming_the_model(colorizer):
        return color_alone(page.at(request.gap), one, hints, *given, transparent=transparent)


def render_all_layers(
    kept: Kept, colorizer: Colorizer, request: Request, cancel: CancelToken, *, regions: bool = False
) -> Layered:
    """As `render_picture`, in layers; the flats in layers of their own, one for each of the `regions`, if asked for."""
    make = render_region_layers if regions else render_layers
    page = open_page(kept, colorizer)
    cancel.check()
    alone, hints = (
        dataclasses.replace(request, candidates=1),
        kept.canvas.lay(request.marks, gap=request.gap),
    )
    with _naming_the_model(colorizer):
        return make(page, alone, hints, reference_of(kept, request), finished_of(kept, request), own_of(kept, request))


def split_candidates(kept: Kept, colorizer: Colorizer, request: Request, cancel: CancelToken) -> list[Request]:
    """A request for each candidate that a request asks for, which has the same answer alone.

    Raises:
        ModelError: the model has one answer only. HintError: as `reference_of`.
    """
    open_page(kept, colorizer)
    cancel.check()
    reference_of(kept, request)
    with _naming_the_model(colorizer):
        return candidate_requests(colorizer.session, request)


def candidate_line(kept: Kept, colorizer: Colorizer, request: Request, index: int, cancel: CancelToken) -> bytes:
    """A line of JSON about one of the requests of `split_candidates`: its place, seed, palette and a thumbnail."""
    thumbnail = render_picture(kept, colorizer, request, THUMBNAIL, cancel)
    cancel.check()
    png = base64.b64encode(image.encode(thumbnail, "PNG", fast=True)).decode()
    return as_json({"index": index, "seed": request.seed, "palette": list(request.palette), "png": png}) + b"\n"


def color_message(rendering: Rendering, seq: int, seconds: float) -> bytes:
    """A binary message of the painting channel: length of the header, the header, one or two pictures."""
    pictures = [quick_picture(p) for p in (rendering.color, rendering.ink) if p is not None]
    height, width = rendering.color.shape[:2]
    header: dict[str, object] = {"seq": seq, "kind": "color", "width": width, "height": height}
    header["seconds"] = round(seconds, 4)
    header |= {"lined": True} if rendering.lined else {}
    header |= dict(zip(("color", "ink"), map(len, pictures), strict=False)) if len(pictures) > 1 else {}
    text = as_json(header)
    return b"".join([struct.pack("<I", len(text)), text, *pictures])


def quick_picture(pixels: image.Pixels) -> bytes:
    """A lossless picture file in the quickest format that holds it."""
    return image.encode(pixels, "WEBP" if max(pixels.shape[:2]) <= WEBP_SIDE else "PNG", fast=True)


def lines_picture(drawing: image.Drawing) -> image.Pixels:
    """The person's ink on nothing, (H, W, 4) uint8: laid over white paper it gives the line layer back exactly.

    Gray ink is black of so much alpha, which over any color is the same as multiplying; of colored ink as much as
    possible is alpha.
    """
    layer = drawing.layer
    out = np.empty((*drawing.shape, 4), np.uint8)
    rows = max(1, BAND // drawing.shape[1])
    for top in range(0, drawing.shape[0], rows):
        part = layer[top : top + rows].astype(np.int32)
        alpha = 255 - part.min(2, keepdims=True)
        ink = (part - (255 - alpha)) * 255 + alpha // 2
        out[top : top + rows, :, :3] = ink // np.maximum(alpha, 1)
        out[top : top + rows, :, 3:] = alpha
    return out


def preview(drawing: image.Drawing, side: int) -> image.Pixels:
    """The drawing as it came, (H, W, 3) or (H, W, 4) uint8, at most `side` px a side; never larger than it is."""
    shape = fitting(drawing.shape, side)
    small = image.resize(drawing.layer, shape)
    return small if drawing.alpha is None else np.dstack([small, image.resize(drawing.alpha, shape)])


def fitting(shape: tuple[int, int], side: int) -> tuple[int, int]:
    """A (height, width) of the same proportions whose sides are at most `side` px; 0: the shape itself.

    >>> fitting((1000, 500), 100), fitting((1000, 500), 0), fitting((10, 5), 100)
    ((100, 50), (1000, 500), (10, 5))
    """
    height, width = shape
    scale = min(1.0, side / max(height, width)) if side else 1.0
    return max(1, round(height * scale)), max(1, round(width * scale))


def _opaque(pixels: image.Pixels) -> image.Pixels:
    """Without an alpha channel that says nothing."""
    return np.ascontiguousarray(pixels[..., :3]) if pixels[..., 3].min() == 255 else pixels


@contextmanager
def _naming_the_model(colorizer: Colorizer) -> Iterator[None]:
    """Errors name the model, not the file where it lies on this machine."""
    try:
        yield
    except ModelError as error:
        session = colorizer.session
        raise ModelError(str(error).replace(session.name, session.card.name)) from error


def reference_of(kept: Kept, request: Request) -> image.Pixels | None:
    """The picture whose colors a request borrows.

    Raises:
        HintError: it names one, and none was given.
    """
    return _given("a reference", request.reference, kept.reference)


def finished_of(kept: Kept, request: Request) -> image.Pixels | None:
    """The picture whose colors a request keeps.

    Raises:
        HintError: it names one, and none was given.
    """
    return _given("a finished picture", request.finished, kept.finished)


def own_of(kept: Kept, request: Request) -> OwnColors | None:
    """The colors of the picture that a request leaves where no hint changes them.

    Raises:
        HintError: it names one, and none was given.
    """
    return _given("a colored picture", request.colored, kept.own)


def _given(what: str, named: str | None, picture: T | None) -> T | None:
    """The picture that a request names, as it was given before."""
    if named is not None and picture is None:
        raise HintError(f"the request names {what}, but none was given to the server; send it first")
    return None if named is None else picture
