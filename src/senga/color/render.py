"""The executor: what a request makes of a drawing. Library, command line, server, batch, frames and layers all ask it.

`render` answers with colors that lie under the person's lines; `Rendering.picture` lays the lines on them. Nothing
else carries a request out, so that the same request has the same pixels, and the same refusal, wherever it is asked.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color import strict_json
from senga.color.closer import stair_of
from senga.color.comicpage import Blank
from senga.color.compositing import composite, tinted
from senga.color.conditioning import make_conditioning
from senga.color.flats import Flats, Spoken, lay, said
from senga.color.hints import Hints
from senga.color.laying import as_told
from senga.color.locking import held, keep_held
from senga.color.own_colors import OwnColors, moved
from senga.color.palette import hex_of, parse_color
from senga.color.reading import Reading
from senga.color.request import SEED, Request
from senga.color.scaling import enlarge
from senga.color.schemes import choose_palettes
from senga.color.shader import Lighting
from senga.color.smoothing import blend_borders, smooth_under_ink
from senga.color.strips import strips
from senga.errors import HintError, ModelError
from senga.metrics import lab
from senga.model.session import Session

SAME = 3.0
"""Colors nearer in CIELAB are one color to who exchanges it. Ours, as for hints."""


@dataclass(frozen=True)
class Rendering:
    """An answer before the lines are laid on it.

    Shade and light are what lies between `flat` and `color`; `layers` parts them exactly.

    Attributes:
        color: (H, W, 3) uint8, under the lines.
        ink: (H, W, 3) uint8, colors that lines take when they are tinted; None where no tint was asked for.
        lined: whether lines lie on the color already, those of the picture that keeps its own colors.
        lay_flats: answers with `flats`; few ask for them, and of a model of pixels they take their time.
    """

    color: image.Pixels
    ink: image.Pixels | None
    lay_flats: Callable[[], Flats] = field(repr=False)
    lined: bool = False

    @cached_property
    def flats(self) -> Flats:
        """One color a region: `color` without its light, or of a model of pixels what it is in the middle."""
        return self.lay_flats()

    @property
    def flat(self) -> image.Pixels:
        """(H, W, 3) uint8, the layer of the flats."""
        return self.flats.layer

    def picture(self, drawing: image.Drawing, tint: float = 0.0) -> image.Pixels:
        """The colored drawing at the rendering's size, its own lines on top, tinted by the share `tint`.

        Returns:
            (H, W, 3) uint8, or (H, W, 4) with the drawing's alpha if it has one.
        """
        layer, alpha = drawing.layer, drawing.alpha
        shape = (self.color.shape[0], self.color.shape[1])
        if shape != drawing.shape:
            layer, alpha = image.resize(layer, shape), None if alpha is None else image.resize(alpha, shape)
        painted = self.color if self.lined else composite(self.color, layer)
        if self.ink is not None and tint:
            painted = tinted(painted, self.ink, layer, tint)
        return painted if alpha is None else np.dstack([painted, alpha])


def render(
    page: Reading,
    request: Request,
    hints: Hints | None = None,
    reference: image.Pixels | None = None,
    *,
    shape: tuple[int, int] | None = None,
    finished: image.Pixels | None = None,
    own: OwnColors | None = None,
    alone: bool = False,
) -> list[Rendering]:
    """The answers to a request, as many as its candidates, without the person's lines.

    Flats are kept to the request's palette: regions without a hint take its nearest color. So a model that takes no
    palettes lays flats of one all the same; it is refused where it would paint by one.

    Args:
        page: the drawing, set.
        request: what is asked for.
        hints: all hints, of the drawing's size, those of the request's marks among them, as `HintCache` keeps them;
            None: those of the marks alone. They are obeyed in every answer.
        reference: the picture that `request.reference` names, (H, W, 3), (H, W, 4) or gray (H, W) uint8.
        shape: (height, width) of what comes back, not larger than the drawing, which is the default.
        finished: the picture that `request.finished` names, (H, W, 3) or (H, W, 4) uint8 of the drawing's size, colors
            without lines. Where the request says that nothing changes, its pixels come back; tinted lines are new.
        own: the colors of the picture that `request.colored` names, for painters: hints change their regions and, as
            far as they reach, what had the same color; light, tint and seed do not count. In flat mode one color a
            region, under the drawing's lines; else the picture's own light and lines are in the answer.
        alone: whether the colors are looked at without the lines: their borders are smooth under ink too.

    Raises:
        HintError: hints or a picture of another size; a picture that is named and not given, or given and not
            named.
        PaletteError: a reference that is wholly transparent.
        ModelError: the model does not take what is asked for.
    """
    page = page.at(request.gap)
    hints = check_request(page, request, hints, reference)
    _check_finished(page, request, finished)
    _check_own(page, request, own)
    size = shape or page.drawing.shape
    answers = _answers(page, request, hints, reference, size, own if request.keeps_own else None, alone=alone)
    if finished is None or not (request.locked or request.within):
        return answers
    mask = held(page, request, size)
    return [replace(one, color=keep_held(one.color, finished, mask)) for one in answers]


def _answers(
    page: Reading,
    request: Request,
    hints: Hints | None,
    reference: image.Pixels | None,
    size: tuple[int, int],
    own: OwnColors | None,
    *,
    alone: bool,
) -> list[Rendering]:
    """The answers, whatever is to stay as it was."""
    if not page.session.by_regions:
        if own is not None:
            raise ModelError(f"{page.session.name}: colors pixels; regions are kept by a model that colors regions")
        if request.recolored:
            raise ModelError(f"{page.session.name}: colors pixels; colors are exchanged by a model that colors regions")
        each = candidate_requests(page.session, request)
        return [_by_pixels(page, one, hints, None if one.reference is None else reference, size) for one in each]
    spoken = {} if hints is None else said(page.areas.regions, hints)
    base = None if own is None else own.base(page.areas.regions, request.gap)
    heard = None if hints is None else as_told(hints, request.marks)
    shades = bool(request.tint) or _is_lit(request)
    wait = page.prepare(size, light=base is None and shades, blank=base is None and not page.color_bubbles)
    tables = page.regional.tables(
        heard,
        [parse_color(c) for c in request.palette],
        reference,
        request.reference_strength,
        _seeds(request),
        request.reach,
        base,
        spoken=spoken if heard is hints else None,
    )
    tables = [_recolored(table, request) for table in tables]
    wait()
    if own is not None and base is not None and request.mode == "paint":
        return [_on_own(page, request, spoken, table, size, own, base) for table in tables]
    blank = None if page.color_bubbles or base is not None else page.areas.blank
    return [_by_regions(page, request, spoken, table, size, blank, alone=alone) for table in tables]


def render_pictures(
    page: Reading,
    request: Request,
    hints: Hints | None = None,
    reference: image.Pixels | None = None,
    finished: image.Pixels | None = None,
    own: OwnColors | None = None,
) -> list[image.Pixels]:
    """The answers to a request as pictures of the drawing's size, its lines on top; arguments and errors as `render`.

    Returns:
        Each (H, W, 3) uint8 RGB, or (H, W, 4) with the drawing's own alpha if it has one.
    """
    answers = render(page, request, hints, reference, finished=finished, own=own)
    return [one.picture(page.drawing, request.tint) for one in answers]


def candidate_requests(session: Session, request: Request) -> list[Request]:
    """Each answer to a request as a request of its own, which has that answer alone.

    A painter draws a candidate from each seed. A model of pixels follows a palette of its own in each but the first;
    it does not see the reference then, which would say the same to each.

    Raises:
        ModelError: more than one answer is asked of a model that has only one.
    """
    session.check_candidates(request.candidates)
    first = replace(request, candidates=1)
    if session.by_regions:
        return [replace(first, seed=seed) for seed in _seeds(request)]
    palettes = choose_palettes(request.candidates - 1, request.palette, request.seed)
    return [first, *(replace(first, palette=tuple(hex_of(c) for c in p), reference=None) for p in palettes)]


def check_request(
    page: Reading, request: Request, hints: Hints | None = None, reference: image.Pixels | None = None
) -> Hints | None:
    """The hints that count, None if there are none; arguments and errors as `render`."""
    _check_at_hand("reference", "reference", request.reference, reference)
    if hints is None:
        hints = request.hints(page.drawing.lines, areas=page.areas)
    elif hints.shape != page.drawing.shape:
        raise HintError(f"hints of {hints.shape} do not fit a drawing of {page.drawing.shape} (height, width)")
    given = hints if hints is not None and hints.mask.any() else None
    page.session.check_candidates(request.candidates)
    wanted = {"hints": given is not None, "reference": reference is not None}
    wanted["palette"] = bool(request.palette) and request.mode != "flat"
    page.session.card.check_conditions(page.session.name, wanted)
    return given


def _check_at_hand(kind: str, what: str, name: str | None, given: object) -> None:
    """Refuses a picture that is named and not given, or given and not named."""
    if (name is None) != (given is None):
        named = f"no {what}" if name is None else f"the {kind} {strict_json.shown(name)}"
        raise HintError(f"the request names {named}, but {'none' if given is None else 'one'} is at hand")


def _check_finished(page: Reading, request: Request, finished: image.Pixels | None) -> None:
    _check_at_hand("finished", "finished picture", request.finished, finished)
    if finished is not None and (finished.shape[:2] != page.drawing.shape or finished.ndim != 3):
        raise HintError(f"a finished picture of {finished.shape} does not fit a drawing of {page.drawing.shape}")


def _check_own(page: Reading, request: Request, own: OwnColors | None) -> None:
    _check_at_hand("colored", "colored picture", request.colored, own)
    if own is not None and own.picture.shape != (*page.drawing.shape, 3):
        raise HintError(f"a colored picture of {own.picture.shape} does not fit a drawing of {page.drawing.shape}")


def _recolored(table: image.Pixels, request: Request) -> image.Pixels:
    """Colors of regions (regions, 3) uint8, those that the request names exchanged; all at once: two can swap."""
    if not request.recolored:
        return table
    old, new = (
        np.array([parse_color(c) for c in colors], np.uint8)
        for colors in zip(*((one.old, one.new) for one in request.recolored), strict=True)
    )
    apart = np.linalg.norm(lab(table)[:, None] - lab(old)[None], axis=2)
    return np.where((apart.min(1) < SAME)[:, None], new[apart.argmin(1)], table).astype(np.uint8)


def _seeds(request: Request) -> list[int]:
    """The seed of each candidate; after the last one there is comes 0."""
    return [(request.seed + i) % SEED for i in range(request.candidates)]


def _by_pixels(
    page: Reading, request: Request, hints: Hints | None, reference: image.Pixels | None, shape: tuple[int, int]
) -> Rendering:
    """The one answer of a model of pixels."""
    assert page.brush is not None
    heeded = request.palette if "palette" in page.session.card.conditions else ()
    conditioning = make_conditioning(heeded or None, reference, request.reference_strength)
    laid = (hints or Hints.blank(page.drawing.shape)).scaled(page.lines.shape)
    painted = page.brush.paint(laid, conditioning)
    ink = None
    if request.tint > 0:
        if painted.ink is None:
            raise ModelError(f"{page.session.name}: does not color lines; leave out the tint")
        ink = enlarge(painted.ink, 255 - page.lines, shape)
    whole = page.enlarged(painted.color) if shape == page.drawing.shape else None

    def flats() -> Flats:
        # Areas are of the drawing's own size: a line that is thinner than a pixel of the answer still closes.
        return _lay(page, request, hints, shape, color=page.enlarged(painted.color) if whole is None else whole)

    if request.mode == "flat":
        laid_flats = flats()
        return Rendering(laid_flats.layer, ink, lambda: laid_flats)
    return Rendering(enlarge(painted.color, page.lines, shape) if whole is None else whole, ink, flats)


def _on_own(
    page: Reading,
    request: Request,
    spoken: Spoken,
    table: image.Pixels,
    shape: tuple[int, int],
    own: OwnColors,
    base: image.Pixels,
) -> Rendering:
    """A picture whose regions had the colors `base` and now have those of a table, with its own light and lines."""
    flats = _lay(page, request, None, shape, table=table, spoken=spoken)
    labels = page.view(shape).labels
    color = moved(own.sized(shape), base[labels], flats.layer)
    return Rendering(color, None, lambda: flats, lined=True)


def _by_regions(
    page: Reading,
    request: Request,
    spoken: Spoken,
    table: image.Pixels,
    shape: tuple[int, int],
    blank: Blank | None,
    *,
    alone: bool,
) -> Rendering:
    """Colors of regions (regions, 3) uint8 laid, in light and shade, and the colors of lines on them.

    Args:
        spoken: what hints say of regions.
        blank: regions that stay paper, without shade too.
    """
    flats = _lay(page, request, None, shape, table=table, spoken=spoken)
    lines = page.view(shape).lines
    if alone:
        flats = replace(flats, labels=flats.labels.copy())
        smooth_under_ink(flats.labels, lines, stair_of(page.areas.regions, len(page.areas.windows)))
    paper = np.zeros(0, np.int64)
    if blank is not None and blank.group.any():
        paper, colors = blank.colors(spoken)
        flats.colors[paper] = colors
    lighting = request.lighting
    lit = _is_lit(request)
    shading = page.shaded(flats, Lighting(right=lighting.side)) if lit or request.tint else None
    color = shading.color(lighting) if shading is not None and lit else flats.layer
    if len(paper) and lit:
        color = _unlit(color, flats, paper)
    if request.mode != "flat":  # flats are there to be selected by: their edges stay hard
        color = color if lit else color.copy()
        blend_borders(color, flats.labels, None if alone else lines)
    return Rendering(color, shading.ink if shading is not None and request.tint else None, lambda: flats)


def _is_lit(request: Request) -> bool:
    """Whether light and shade lie on the colors."""
    return request.mode != "flat" and not request.lighting.none


def _unlit(color: image.Pixels, flats: Flats, regions: NDArray[np.int64]) -> image.Pixels:
    """Colors (H, W, 3) without light and shade in some regions."""
    plain = np.zeros(flats.count, bool)
    plain[regions] = True
    answer = color.copy()
    for rows in strips(color.shape):
        labels = flats.labels[rows]
        there = plain[labels]
        answer[rows][there] = flats.colors[labels[there]]
    return answer


def _lay(
    page: Reading,
    request: Request,
    hints: Hints | None,
    shape: tuple[int, int],
    *,
    color: image.Pixels | None = None,
    table: image.Pixels | None = None,
    spoken: Spoken | None = None,
) -> Flats:
    """One color each region, of a colored layer or a table; in flat mode of the request's palette, if it has one."""
    labels = None if shape == page.drawing.shape else page.view(shape).labels
    kept = request.palette if request.mode == "flat" else ()
    return lay(page.areas.regions, hints, color, kept or None, table, labels, spoken)
