"""A colored drawing taken apart into layers, as painting programs keep them: lines, shade, flat, hints.

The layers, put together again and rounded to 8 bits after each, give the shown picture: exactly where the drawing is
opaque, to 1/255 where it has soft alpha. (Krita rounds twice a layer: there 2/255 at 2 of 100000 pixels.) The person's
own lines are among them, byte for byte. `layerfile` writes them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

import numpy as np

from senga import stopping
from senga.color.colorizer import Page
from senga.color.compositing import composite
from senga.color.flats import Flats
from senga.color.hints import Hints
from senga.color.own_colors import OwnColors
from senga.color.render import render
from senga.color.request import Request
from senga.errors import HintError, ImageError
from senga.image import Drawing, Pixels, flatten
from senga.imagefiles.tags import Tags

Blend = Literal["normal", "multiply", "screen"]

NAMES = ("lines", "color", "light", "shade", "flat", "hints")
"""What `layer_alone` finds by name."""

ROWS = 128
"""Rows of a picture that are worked on at a time: what lies between input and output stays small. Ours."""


@dataclass(frozen=True)
class Layer:
    """One layer.

    Attributes:
        name: as the person reads it, in any script.
        pixels: (h, w) gray, (h, w, 3) RGB or (h, w, 4) RGBA, uint8, straight alpha; may be empty (0, 0, 4).
        blend: with what lies below.
        visible: False keeps it in the file, hidden.
        opacity: from 0 to 1.
        at: (x, y) px, where the pixels' left upper corner lies in the picture.

    Raises:
        ImageError: not pixels, an unknown blend, or an opacity out of range.
    """

    name: str
    pixels: Pixels
    blend: Blend = "normal"
    visible: bool = True
    opacity: float = 1.0
    at: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        shape = self.pixels.shape
        if self.pixels.dtype != np.uint8 or len(shape) not in (2, 3) or (len(shape) == 3 and shape[2] not in (3, 4)):
            raise ImageError(
                f"a layer is (H, W), (H, W, 3) or (H, W, 4) uint8, not {shape} {self.pixels.dtype}; layer '{self.name}'"
            )
        if self.blend not in get_args(Blend):
            raise ImageError(f"layer '{self.name}': unknown blend '{self.blend}'; known: {', '.join(get_args(Blend))}")
        if not 0 <= self.opacity <= 1:
            raise ImageError(f"layer '{self.name}': an opacity is from 0 to 1, not {self.opacity}")


@dataclass(frozen=True)
class Group:
    """Layers that are put together by themselves, then laid on what is below.

    Attributes:
        layers: the lowest first.
        mask: (H, W) uint8 of the picture's size, 0 hides; None: all is shown.
    """

    name: str
    layers: tuple["Layer | Group", ...]
    mask: Pixels | None = None
    visible: bool = True
    opacity: float = 1.0


@dataclass(frozen=True)
class Layered:
    """A picture in layers.

    Attributes:
        layers: the lowest first.
        merged: (H, W, 3) or (H, W, 4) uint8, what they show together: for programs that read no layers.
        tags: resolution and color profile.
    """

    layers: tuple[Layer | Group, ...]
    merged: Pixels
    tags: Tags = Tags()

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width) in px."""
        return self.merged.shape[0], self.merged.shape[1]


def render_layers(
    page: Page,
    request: Request,
    hints: Hints | None = None,
    reference: Pixels | None = None,
    finished: Pixels | None = None,
    own: OwnColors | None = None,
) -> Layered:
    """The layers of the one answer to a request; together they show what `render.render_pictures` answers.

    Args:
        page, request, hints, reference, finished, own: as `render.render` takes them.

    Raises:
        HintError: more than one candidate; else as `render.render`.
        PaletteError, ModelError: as `render.render`.
    """
    return layers_and_flats(page, request, hints, reference, finished, own)[0]


def layers_and_flats(
    page: Page,
    request: Request,
    hints: Hints | None,
    reference: Pixels | None,
    finished: Pixels | None,
    own: OwnColors | None = None,
) -> tuple[Layered, Flats]:
    """As `render_layers`, and the flats that they are made of."""
    if request.candidates > 1:
        raise HintError("layers are of one answer; leave out candidates")
    if hints is None:
        hints = request.hints(page.drawing.lines, areas=page.areas)
    (found,) = render(page, request, hints, reference, finished=finished, own=own)
    painted = None if found.ink is None else found.picture(page.drawing, request.tint)
    return layers_of(page, found.color, found.flat, hints, painted, lined=found.lined), found.flats


def layers_of(
    page: Page | Drawing,
    color: Pixels,
    flat: Pixels | None = None,
    hints: Hints | None = None,
    painted: Pixels | None = None,
    *,
    lined: bool = False,
) -> Layered:
    """A colored drawing's layers.

    From above: "hints", hidden; "lines", multiplied, the person's own pixels and alpha; the group "color" of "light"
    (screened, where the color is brighter than the flats; left out if it is nowhere), "shade" (multiplied, where it is
    darker) and "flat". Without flats the group has one layer, "color". Of a drawing that is cut out, lines and color
    lie in a group "drawing" whose mask is the drawing's alpha.

    Where the lines are tinted, "lines" is a normal layer of the tinted ink, and the person's own are kept hidden as
    "lines, untinted".

    Args:
        page: what was painted, or its drawing.
        color: (H, W, 3) uint8, the color layer, without lines.
        flat: (H, W, 3) uint8, one color each region; any colors are taken apart exactly. (H, W, 4) is laid on white.
        hints: of the drawing's size; blank ones make no layer.
        lined: whether lines lie on the color already: the person's own are hidden then.
        painted: the picture with the same color, as `Rendering.picture` answers; needed where its lines are tinted.

    Raises:
        ImageError: not pixels, or of another size than the drawing.
    """
    drawing = page.drawing if isinstance(page, Page) else page
    for what, given in (("color", color), ("flats", flat), ("painted picture", painted)):
        if given is not None and (given.shape[:2] != drawing.shape or given.dtype != np.uint8 or given.ndim != 3):
            raise ImageError(f"{what} of {given.shape} {given.dtype} on a drawing of {drawing.shape} (height, width)")
    shown = color if lined else composite(color, drawing.layer)
    colored = Group("color", (Layer("color", color),) if flat is None else _shaded(color, flatten(flat)))
    own = drawing.layer if drawing.own is None else drawing.own
    lines = [_boxed(Layer("lines", own, "multiply", visible=not lined))]
    if painted is not None and not np.array_equal(painted[..., :3], shown):
        shown = painted[..., :3]
        hidden = _boxed(Layer("lines, untinted", own, "multiply", visible=False))
        lines = [_tinted(color, shown, drawing.layer), hidden]
    layers: list[Layer | Group] = [colored, *lines]
    if drawing.alpha is not None:
        layers = [Group("drawing", tuple(layers), mask=drawing.alpha)]
        shown = np.dstack([shown, drawing.alpha])
    if hints is not None and hints.mask.any():
        if hints.shape != drawing.shape:
            raise ImageError(f"hints of {hints.shape} on a drawing of {drawing.shape} (height, width)")
        layers.append(_boxed(Layer("hints", hints.rgba(), visible=False)))
    return Layered(tuple(layers), shown, drawing.tags)


def layer_alone(layered: Layered, name: str) -> Pixels:
    """One layer as a picture of its own, (H, W, 4) uint8, transparent where it has nothing.

    Args:
        layered: what `layers_of` answered.
        name: one of `NAMES`. "color" is all of the group: color without lines.

    Raises:
        ImageError: there is no such layer.
    """
    height, width = layered.shape
    whole = np.zeros((height, width, 4), np.uint8)
    found = {layer.name: layer for layer in every_layer(layered.layers)}
    if name == "color" and "color" not in found:
        name = "flat"
        over = [found[n] for n in ("shade", "light") if n in found]
    else:
        over = []
    if name not in found:
        raise ImageError(f"no layer '{name}' here; there are: {', '.join(sorted(found))}")
    _lay(whole, found[name])
    for layer in over:
        above = np.zeros_like(whole)
        _lay(above, layer)
        for at in _rows(height):
            there = above[at, :, 3:] > 0
            below, add = whole[at, :, :3], above[at, :, :3]
            multiplied = composite(below, add) if layer.blend == "multiply" else 255 - composite(255 - below, 255 - add)
            whole[at, :, :3] = np.where(there, multiplied, below)
    mask = next((g.mask for g in layered.layers if isinstance(g, Group) and g.mask is not None), None)
    if mask is not None and name in ("flat", "color"):
        whole[..., 3] = mask
    return whole


def every_layer(layers: tuple[Layer | Group, ...]) -> Iterator[Layer]:
    """All layers of all groups, the lowest first."""
    for one in layers:
        if isinstance(one, Group):
            yield from every_layer(one.layers)
        else:
            yield one


def rgba(pixels: Pixels) -> Pixels:
    """(H, W, 4) uint8 of gray, RGB or RGBA."""
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        return pixels
    out = np.full((*pixels.shape[:2], 4), 255, np.uint8)
    out[..., :3] = pixels if pixels.ndim == 3 else pixels[..., None]
    return out


def _lay(whole: Pixels, layer: Layer) -> None:
    """Copies a layer to its place."""
    x, y = layer.at
    height, width = layer.pixels.shape[:2]
    whole[y : y + height, x : x + width] = rgba(layer.pixels)


def _rows(height: int) -> Iterator[slice]:
    """All rows, `ROWS` at a time."""
    for top in range(0, height, ROWS):
        stopping.check()
        yield slice(top, min(top + ROWS, height))


def _boxed(layer: Layer) -> Layer:
    """A layer cut to the box of what is in it; bytes under alpha 0 count as something, so that none is lost."""
    if layer.pixels.ndim != 3 or layer.pixels.shape[2] != 4:
        return layer
    some = np.ascontiguousarray(layer.pixels).view(np.uint32)[..., 0] != 0
    rows, columns = np.flatnonzero(some.any(1)), np.flatnonzero(some.any(0))
    if not rows.size:
        return Layer(layer.name, np.zeros((0, 0, 4), np.uint8), layer.blend, layer.visible, layer.opacity)
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    cut = layer.pixels[top:bottom, left:right]
    return Layer(layer.name, cut, layer.blend, layer.visible, layer.opacity, (left, top))


def _shaded(color: Pixels, flat: Pixels) -> tuple[Layer, ...]:
    """Flats, and what multiplied and screened over them gives the color back exactly.

    Multiplying only darkens, but in steps of at most one, so that each darker value is reached; screening is the same
    for brighter ones. Each channel of a pixel needs one of the two, and the other leaves it alone.
    """
    darken = _shade_table()
    shade, light = np.zeros((2, *flat.shape[:2], 4), np.uint8)
    for at in _rows(len(flat)):
        below, above = flat[at].astype(np.uint16), color[at].astype(np.uint16)
        dark = darken[below << 8 | above]
        bright = darken[(255 - below) << 8 | (255 - above)]
        for layer, values, mixed in ((shade, dark, dark), (light, bright, 255 - bright)):
            there = (values[..., 0] & values[..., 1] & values[..., 2]) != 255
            layer[at, :, :3] = mixed
            layer[at, :, 3] = 255
            layer[at][~there] = 0
    layers = (Layer("flat", flat), _boxed(Layer("shade", shade, "multiply")), _boxed(Layer("light", light, "screen")))
    return layers if layers[2].pixels.size else layers[:2]


@lru_cache(maxsize=1)
def _shade_table() -> Pixels:
    """(65536,) uint8: what a value v has to be multiplied with to become w, at 256 v + w; 255 where w is not less."""
    v, w = np.mgrid[:256, :256].astype(np.float64)
    factor = np.where(w < v, np.rint(w * 255 / np.maximum(v, 1)), 255)
    table: Pixels = factor.astype(np.uint8).ravel()
    return table


def _tinted(color: Pixels, shown: Pixels, lines: Pixels) -> Layer:
    """Lines as a normal layer that over the color gives what is shown.

    It is as dense as the person's ink in its darkest channel, so that the ink's own color needs no other layer.
    """
    ink = np.zeros((*lines.shape[:2], 4), np.uint8)
    for at in _rows(len(lines)):
        dense = 255 - lines[at].min(2, keepdims=True).astype(np.int32)
        wanted = 255 * shown[at].astype(np.int32) - (255 - dense) * color[at]
        values = np.clip((2 * wanted + dense) // np.maximum(2 * dense, 1), 0, 255)
        ink[at, :, :3] = values * (dense > 0)
        ink[at, :, 3] = dense[..., 0]
    return _boxed(Layer("lines", ink))
