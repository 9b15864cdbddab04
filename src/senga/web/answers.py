"""What is computed for a client, in a thread where it takes time: drawings read, requests painted, pictures made.

The forms of what is sent are known here: messages of the painting channel, lines about candidates, refusals with a
status of HTTP. Its connections are not: bytes come in, bytes go out. No name that a client gives is ever opened as a
file.
"""

import base64
import dataclasses
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from senga import image
from senga.color import strict
from senga.color.colorizer import Colorizer, Page
from senga.color.compositing import composite, tinted
from senga.color.maincolors import palette_of
from senga.color.marks import MARKS, Mark
from senga.color.palette import Color, hex_of
from senga.color.request import Request, answer, rendering
from senga.errors import HintError, ModelError
from senga.web.painter import Errand
from senga.web.refusal import RefusalError
from senga.web.store import Kept
from senga.web.telling import as_json

TEXT = 6_000_000
"""Most characters of a request. Ours: every point that marks may have, with its pressure, as a page writes them."""

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


@dataclass(frozen=True)
class Candidate:
    """What one of a request's answers is asked with, as `Page.asked` says it."""

    palette: Sequence[Color]
    reference: image.Pixels | None = field(repr=False)
    seed: int


@dataclass(frozen=True)
class Layers:
    """Colors (H, W, 3) uint8 without lines and, if lines shall be tinted, of the lines themselves."""

    color: image.Pixels
    ink: image.Pixels | None


def read_drawing(content: bytes, name: str, most: int) -> image.Drawing:
    """A drawing of an uploaded file of at most `most` px. Raises as `image.read_bytes`."""
    return image.to_drawing(_opaque(image.read_bytes(content, name, most)))


def read_reference(content: bytes, most: int) -> tuple[image.Pixels, list[str]]:
    """An uploaded reference, (H, W, 3) or (H, W, 4) uint8, and its main colors as '#rrggbb'.

    Raises:
        ImageError: as `image.read_bytes`. PaletteError: wholly transparent.
    """
    picture = _opaque(image.read_bytes(content, "the reference", most))
    return picture, [hex_of(c) for c in palette_of(picture, MAIN_COLORS)]


def parse_json(text: str | bytes) -> object:
    """The value of a JSON text.

    Raises:
        RefusalError: 400, not JSON.
    """
    try:
        return strict.parse(text, TEXT)
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


def parse_message(kept: Kept, text: str, seen: list[int]) -> Message:
    """A message of the painting channel; its number is put into `seen` as soon as it is known.

    Raises:
        RefusalError: 400, not JSON. HintError: another key, type or range.
    """
    given = strict.table(parse_json(text), "message", {"seq": True, "request": True, "side": False})
    seen.append(strict.whole(given["seq"], "seq", 0, SEQUENCE - 1))
    side = strict.whole(given.get("side", 0), "side", 0, SIDE)
    return Message(seen[-1], parse_request(kept, given["request"]), side)


def open_page(kept: Kept, colorizer: Colorizer) -> Page:
    """The drawing's page; read by the network the first time, which takes longest."""
    if kept.page is None:
        kept.page = colorizer.page(kept.drawing, kept.canvas.areas)
    return kept.page


def read_ahead(kept: Kept, colorizer: Colorizer, errand: Errand) -> None:
    """What the first answer needs and does not depend on hints is computed and kept."""
    paint(kept, colorizer, Request(), THUMBNAIL, errand)


def paint(kept: Kept, colorizer: Colorizer, request: Request, side: int, errand: Errand) -> Layers:
    """The colors that a request asks for; raises as `senga.color.request.run`.

    Args:
        side: largest side of the answer, px; never larger than the drawing; 0: the drawing's own.
    """
    given = asked(kept, colorizer, request, 1, errand)[0]
    return _layers(kept, colorizer, request, given, side, errand)


def finished(kept: Kept, colorizer: Colorizer, request: Request, side: int, errand: Errand) -> image.Pixels:
    """The colored drawing with its lines, (H, W, 3) or (H, W, 4) uint8; arguments and errors as `paint`."""
    page = open_page(kept, colorizer)
    errand.go_on()
    if fitting(page.drawing.shape, side) == page.drawing.shape:
        alone = dataclasses.replace(request, candidates=1)
        with _unlocated(colorizer):
            return answer(alone, page, kept.canvas.lay(request.marks), borrowed(kept, request))[0]
    return _lined(page, paint(kept, colorizer, request, side, errand), request.tint)


def asked(kept: Kept, colorizer: Colorizer, request: Request, count: int, errand: Errand) -> list[Candidate]:
    """What has to be asked for so many answers to a request.

    Raises:
        ModelError: the model does not take what is wanted, or has one answer only. HintError: as `borrowed`.
    """
    page = open_page(kept, colorizer)
    errand.go_on()
    with _unlocated(colorizer):
        given = page.asked(count, request.palette, borrowed(kept, request), request.seed)
    return [Candidate(palette or (), reference, seed) for palette, reference, seeds in given for seed in seeds]


def candidate(
    kept: Kept, colorizer: Colorizer, request: Request, index: int, given: Candidate, errand: Errand
) -> bytes:
    """A line of JSON about one candidate: its place, seed, palette and a thumbnail.

    The request with this seed, of a model of pixels with this palette, has the same answer alone.
    """
    layers = _layers(kept, colorizer, request, given, THUMBNAIL, errand)
    errand.go_on()
    page = open_page(kept, colorizer)
    thumbnail = base64.b64encode(image.encode(_lined(page, layers, request.tint), "PNG", fast=True)).decode()
    said = {"index": index, "seed": given.seed, "palette": [hex_of(c) for c in given.palette], "png": thumbnail}
    return as_json(said) + b"\n"


def flat_layer(kept: Kept, colorizer: Colorizer, request: Request, errand: Errand) -> image.Pixels:
    """One color a region, (H, W, 4) uint8 of the drawing's size, whatever the request's mode; errors as `paint`."""
    color = paint(kept, colorizer, dataclasses.replace(request, mode="flat", tint=0), 0, errand).color
    return np.dstack([color, np.full(color.shape[:2], 255, np.uint8)])


def framed(layers: Layers, seq: int, seconds: float) -> bytes:
    """A binary message of the painting channel: length of the header, the header, one or two pictures."""
    pictures = [quick_picture(p) for p in (layers.color, layers.ink) if p is not None]
    height, width = layers.color.shape[:2]
    header: dict[str, object] = {"seq": seq, "kind": "color", "width": width, "height": height}
    header["seconds"] = round(seconds, 4)
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
def _unlocated(colorizer: Colorizer) -> Iterator[None]:
    """Errors name the model, not the file where it lies on this machine."""
    try:
        yield
    except ModelError as error:
        session = colorizer.session
        raise ModelError(str(error).replace(session.name, session.card.name)) from error


def borrowed(kept: Kept, request: Request) -> image.Pixels | None:
    """The picture whose colors a request borrows.

    Raises:
        HintError: it names one, and none was given.
    """
    if request.reference is None:
        return None
    if kept.reference is None:
        raise HintError("the request names a reference, but none was given to the server; send it first")
    return kept.reference


def _layers(kept: Kept, colorizer: Colorizer, request: Request, given: Candidate, side: int, errand: Errand) -> Layers:
    """A candidate's colors, at most `side` px a side, 0: of the drawing's size."""
    page = open_page(kept, colorizer)
    hints = kept.canvas.lay(request.marks)
    errand.go_on()
    laid = hints if hints.mask.any() else None
    shape = fitting(page.drawing.shape, side)
    with _unlocated(colorizer):
        found = rendering(request, page, laid, given.palette or None, given.reference, [given.seed], shape)[0]
    return Layers(found.color, found.ink)


def _lined(page: Page, layers: Layers, tint: float) -> image.Pixels:
    """Colors with the drawing's lines at their size on top, and with the drawing's alpha if it has one."""
    shape = layers.color.shape[:2]
    layer = image.resize(page.drawing.layer, shape)
    picture = composite(layers.color, layer)
    if layers.ink is not None:
        picture = tinted(picture, layers.ink, layer, tint)
    alpha = page.drawing.alpha
    return picture if alpha is None else np.dstack([picture, image.resize(alpha, shape)])
