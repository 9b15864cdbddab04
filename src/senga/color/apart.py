"""A request answered in layers instead of as one picture."""

from senga import image
from senga.color.colorizer import Page
from senga.color.compositing import composite, tinted
from senga.color.flats import flat_colors
from senga.color.hints import Hints
from senga.color.layers import Layered, layers_of
from senga.color.palette import parse_color
from senga.color.request import Request, renderings
from senga.errors import HintError


def take_apart(
    request: Request,
    page: Page,
    hints: Hints | None = None,
    reference: image.Pixels | None = None,
) -> Layered:
    """The layers of a coloring; together they show what `request.answer` answers to the same.

    Args:
        request: what is asked for, of one answer.
        page: the drawing, read.
        hints: of the request's marks, of the drawing's size.
        reference: the picture that the request names, (H, W, 3) or (H, W, 4) uint8.

    Raises:
        HintError: more than one candidate; else as `request.answer`.
        PaletteError, ModelError: as `request.answer`.
    """
    if request.candidates > 1:
        raise HintError("layers are of one answer; leave out candidates")
    given = hints if hints is not None and hints.mask.any() else None
    found = renderings(request, page, hints, reference)[0]
    flat = found.flat
    if flat is None:
        palette = [parse_color(c) for c in request.palette] or None
        flat = image.flatten(flat_colors(page.areas.regions, given, found.color, palette))
    painted = None
    if found.ink is not None:
        painted = tinted(composite(found.color, page.drawing.layer), found.ink, page.drawing.layer, request.tint)
    return layers_of(page, found.color, flat, given, painted)
