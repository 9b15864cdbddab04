"""A drawing in, its regions or its flats out: what `senga flats` does, for pictures in memory."""

from collections.abc import Sequence
from typing import Literal, get_args

from senga import image
from senga.color.closer import check_gap, find_closed_regions
from senga.color.colorizer import Colorizer
from senga.color.fill_regions import Areas
from senga.color.flats import flat_colors, lay_flats
from senga.color.hints import Hints
from senga.color.layers import rgba
from senga.color.palette import Color, hex_of, parse_color
from senga.color.regions import Regions
from senga.color.render import render
from senga.color.request import Request
from senga.errors import SettingError
from senga.lines.polarity import inverted_drawing

Source = Literal["both", "hints", "model"]
SOURCES: tuple[Source, ...] = get_args(Source)


def find_regions(
    drawing: image.Drawing | image.Pixels, *, gap: float = 1.0, ball_radius: float | None = None
) -> Regions:
    """The regions of a line drawing; gaps in its lines are bridged.

    Args:
        drawing: from `senga.read_drawing`, or pixels as `senga.Colorizer.page` takes them.
        gap: how boldly open lines are closed where a color seems to end, 0, not at all, to 8; 1 as usual.
        ball_radius: gaps narrower than twice this are bridged, px, 0.5 to 500; default: 3, more for large drawings.

    Returns:
        Regions, whose `labels` are (H, W) int32, from 0 to less than `count`; lines are shared out to their middle.
        `paper` is (H, W) bool, False on ink.

    Raises:
        HintError: a gap or a radius out of range. ImageError: an array that is no picture.

    >>> import numpy as np
    >>> lines = np.full((60, 60), 255, np.uint8)
    >>> lines[:, 29:31] = 0
    >>> regions = find_regions(lines)
    >>> regions.count, regions.labels.shape, bool(regions.labels[9, 9] == regions.labels[9, 50])
    (2, (60, 60), False)
    """
    return find_closed_regions(image.to_drawing(drawing).lines, gap, ball_radius)


def flats(
    drawing: image.Drawing | image.Pixels,
    hints: Hints | None = None,
    palette: Sequence[Color] | None = None,
    reference: image.Pixels | None = None,
    *,
    source: str = "both",
    gap: float = 1.0,
    ball_radius: float | None = None,
    layer: bool = False,
    colorizer: Colorizer | None = None,
    color_bubbles: bool = False,
    invert: bool = False,
) -> image.Pixels:
    """A line drawing with one flat color in each region, its own lines on top.

    Args:
        drawing, gap, ball_radius: as `find_regions` takes them.
        hints: of the drawing's size; their regions take exactly their colors, and no hint crosses a closed line.
        palette: colors for regions without hint. reference: picture whose colors they borrow, (H, W, 3) uint8.
        source: "hints" colors what hints lie in and nothing else, "model" all regions, "both" asks the model for the
            rest.
        layer: the colors alone, without the lines.
        colorizer: default: the shipped model.
        color_bubbles, invert: as `senga.Colorizer.page` takes them.

    Returns:
        (H, W, 3) uint8, or (H, W, 4) with the drawing's alpha if it has one; as a `layer` (H, W, 4) uint8, alpha 0
        where there is no color.

    Raises:
        SettingError: arguments that do not go together. HintError, PaletteError, ModelError: as `Page.paint`.

    >>> import numpy as np
    >>> lines = np.full((60, 60), 255, np.uint8)
    >>> lines[:, 29:31] = 0
    >>> flats(lines, Hints.blank((60, 60)).dot((9, 9), "#f00"), source="hints")[5, [5, 29, 50]].tolist()
    [[255, 0, 0], [0, 0, 0], [255, 255, 255]]
    """
    check_source(source, hints, palette=palette, reference=reference, colorizer=colorizer)
    check_gap(gap)
    read = image.to_drawing(drawing)
    if invert:
        read = inverted_drawing(read)
    model = None if source == "hints" else colorizer or Colorizer.open()
    areas = Areas(read.lines, ball_radius, gap, closer=None if model is None else model.closer)
    found = flat_layer(read, areas, hints, palette, reference, model, color_bubbles=color_bubbles)
    return found if layer else lay_flats(found, read)


def flat_layer(
    drawing: image.Drawing,
    areas: Areas,
    hints: Hints | None = None,
    palette: Sequence[Color] | None = None,
    reference: image.Pixels | None = None,
    colorizer: Colorizer | None = None,
    *,
    color_bubbles: bool = False,
) -> image.Pixels:
    """The flat colors of a drawing alone, (H, W, 4) uint8, by hints and, if there is a colorizer, by its model."""
    laid = Hints.blank(drawing.shape) if hints is None else hints
    if colorizer is None:
        return flat_colors(areas.regions, laid)
    request = Request(
        palette=tuple(hex_of(parse_color(color)) for color in palette or ()),
        reference=None if reference is None else "reference",
        mode="flat",
        gap=areas.gap,
    )
    page = colorizer.page(drawing, areas, color_bubbles=color_bubbles)
    return rgba(render(page, request, laid, reference)[0].color)


def check_source(source: str, hints: object, **others: object) -> None:
    """Refuses a source of colors that is none, and what would have no effect beside it.

    Args:
        source: to be one of `SOURCES`. hints: None if none are given.
        others: what only a model heeds, by the names of the settings; None or empty if it is not given.

    Raises:
        SettingError: with the names of the settings.
    """
    if source not in SOURCES:
        raise SettingError("unknown {source} '{given}'; known: {all}", given=source, all=", ".join(SOURCES))
    if source == "model" and hints is not None:
        raise SettingError("{hints} goes with {source} both or hints")
    if source != "hints":
        return
    if hints is None:
        raise SettingError("{source} hints needs {hints}")
    for name, given in others.items():
        if given is not None and not (isinstance(given, Sequence) and not given):
            raise SettingError(f"{{{name}}} goes with {{source}} both or model: hints are obeyed as they are")
