"""What is computed for a client, in a thread: drawings read, requests painted, pictures made.

Nothing here knows of the network, and no name that a client gives is ever opened as a file.
"""

import base64
import dataclasses
import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from senga import image
from senga.color import strict
from senga.color.colorizer import Colorizer, Page
from senga.color.compositing import composite, tinted
from senga.color.flats import flat_colors
from senga.color.heed import check_candidates, check_conditions
from senga.color.hints import Hints
from senga.color.maincolors import palette_of
from senga.color.marks import MARKS, Mark
from senga.color.palette import Color, hex_of
from senga.color.request import Request, answer
from senga.color.scaling import enlarge
from senga.color.schemes import choose_palettes
from senga.color.wishes import Wishes, make_wishes
from senga.errors import HintError, ModelError
from senga.web.painter import Errand
from senga.web.refusal import RefusalError
from senga.web.store import Kept
from senga.web.telling import as_json

TEXT = 6_000_000
"""Most characters of a request. Ours: every point that marks may have, with its pressure, as a page writes them."""

WISHES = 4
"""Palettes and references of a drawing that are kept as the network hears them."""

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
    page = open_page(kept, colorizer)
    errand.go_on()
    _need(page, request)
    hints = kept.canvas.lay(request.marks)
    errand.go_on()
    return _layers(kept, page, request, hints, fitting(page.drawing.shape, side))


def finished(kept: Kept, colorizer: Colorizer, request: Request, side: int, errand: Errand) -> image.Pixels:
    """The colored drawing with its lines, (H, W, 3) or (H, W, 4) uint8; arguments and errors as `paint`."""
    page = open_page(kept, colorizer)
    errand.go_on()
    if fitting(page.drawing.shape, side) == page.drawing.shape:
        alone = dataclasses.replace(request, candidates=1)
        return answer(alone, page, kept.canvas.lay(request.marks), borrowed(kept, request))[0]
    return _lined(page, paint(kept, colorizer, request, side, errand), request.tint)


def candidate_palettes(kept: Kept, colorizer: Colorizer, request: Request) -> list[Sequence[Color]]:
    """The palettes of a request's candidates; the first is the request's own.

    Raises:
        ModelError: the model takes no palettes.
    """
    card = colorizer.session.card
    check_candidates(card, card.name, request.candidates)
    return [request.palette, *choose_palettes(request.candidates - 1, request.palette, request.seed)]


def candidate(
    kept: Kept, colorizer: Colorizer, request: Request, index: int, palette: Sequence[Color], errand: Errand
) -> bytes:
    """A line of JSON about one candidate: its place, its palette and a thumbnail."""
    page = open_page(kept, colorizer)
    errand.go_on()
    _need(page, request)
    hints = kept.canvas.lay(request.marks)
    errand.go_on()
    wishes = _wishes(kept, request) if index == 0 else make_wishes(palette)
    layers = _layers(kept, page, request, hints, wishes, fitting(page.drawing.shape, THUMBNAIL))
    errand.go_on()
    thumbnail = base64.b64encode(image.encode(_lined(page, layers, request.tint), "PNG", fast=True)).decode()
    return as_json({"index": index, "palette": [hex_of(c) for c in palette], "png": thumbnail}) + b"\n"


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


def _need(page: Page, request: Request) -> None:
    """Refuses what the model does not take."""
    card = page.session.card
    wanted = {"hints": request.marks, "palette": request.palette, "reference": request.reference}
    check_conditions(card, card.name, wanted)


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


def _layers(
    kept: Kept,
    page: Page,
    request: Request,
    hints: Hints,
    shape: tuple[int, int],
    candidate: Candidate | None = None,
) -> Layers:
    """Colors in the request's mode, at (height, width) `shape`."""
    given = hints if hints.mask.any() else None
    told, reference, seeds = candidate or page.asked(1, list(request.palette) or None, borrowed(kept, request), request.seed)[0]
    found = rendering(request, page, given, told, reference, seeds[:1])[0]
    ink = None if found.ink is None else image.resize(found.ink, shape)
    return Layers(image.resize(found.color, shape), ink)


def _lined(page: Page, layers: Layers, tint: float) -> image.Pixels:
    """Colors with the drawing's lines at their size on top, and with the drawing's alpha if it has one."""
    shape = layers.color.shape[:2]
    layer = image.resize(page.drawing.layer, shape)
    picture = composite(layers.color, layer)
    if layers.ink is not None:
        picture = tinted(picture, layers.ink, layer, tint)
    alpha = page.drawing.alpha
    return picture if alpha is None else np.dstack([picture, image.resize(alpha, shape)])
