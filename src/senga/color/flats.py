"""Flats: one color for each region of a drawing, from hints, from a colored layer, or from both.

What the person says wins: a region with a hint has exactly the hint's color, and no hint crosses a closed line. Where
two colors are laid into one region, it is divided between them. A region of which nobody says anything stays clear.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from senga import image, stopping
from senga.color.blocks import enlarged, pooled
from senga.color.compositing import composite
from senga.color.flood import Index, Labels, Mask, connected, spread
from senga.color.ground import rest_of_ground
from senga.color.hints import Hints
from senga.color.palette import Color, parse_color
from senga.color.places import UNLIKE, Places, depth
from senga.color.regions import Regions
from senga.color.strips import CACHED, strips
from senga.errors import HintError
from senga.metrics import lab

ALIKE = 3.0
"""Hints that differ by less are one color, distance in CIELAB. Ours: what a saved picture does to one brush."""

SLIP = 0.05
"""A stroke that runs over a line does not count there if it is less than this of the stroke, and of the region; of a
stroke of several colors, those of less than this are the edge between others. Ours."""

WIDER = 1.25
"""How much wider than the next seeds' places a place is over which seeds spread before these. Ours."""

PAIRS = 1 << 22
"""Pairs of strokes and regions that are counted in a table however few pixels hints have. Ours."""

SPLIT = 1_000_000
"""Largest box of a region that is divided between hints at its own size, px. Ours."""


@dataclass(frozen=True)
class Flats:
    """One color a region.

    Attributes:
        labels: (H, W) int32, the region of each pixel, or the part of one that is divided between hints.
        colors: (count, 3) uint8, of regions, and of further parts after them.
        known: (count,) bool, False of those that have no color.
    """

    labels: Labels
    colors: image.Pixels = field(repr=False)
    known: Mask = field(repr=False)

    @staticmethod
    def of(labels: Labels, colors: image.Pixels) -> "Flats":
        """Flats all of whose colors are known."""
        return Flats(labels, colors, np.ones(len(colors), bool))

    @property
    def count(self) -> int:
        """Regions and further parts."""
        return len(self.colors)

    @cached_property
    def layer(self) -> image.Pixels:
        """(H, W, 3) uint8, the color of each pixel."""
        return self._laid(3)

    def rgba(self) -> image.Pixels:
        """(H, W, 4) uint8, the color of each pixel; alpha is 255, or 0 in regions without color."""
        return self._laid(4)

    def _laid(self, channels: int) -> image.Pixels:
        alpha = np.where(self.known, 255, 0).astype(np.uint8)
        table = np.column_stack([self.colors, alpha]).view(np.uint32)[:, 0]  # four bytes are looked up at once
        layer = np.empty((*self.labels.shape, channels), np.uint8)
        for rows in strips(layer.shape, most=CACHED):
            found = np.take(table, self.labels[rows], mode="clip")
            layer[rows] = found.view(np.uint8).reshape(*found.shape, 4)[..., :channels]
        return layer


def flat_colors(
    regions: Regions,
    hints: Hints | None = None,
    color: image.Pixels | None = None,
    palette: Sequence[Color] | None = None,
    table: image.Pixels | None = None,
) -> image.Pixels:
    """The flat color layer, (H, W, 4) uint8 RGBA, alpha 0 in regions without color; arguments and errors as `lay`.

    >>> from senga.color.regions import find_regions
    >>> lines = np.full((9, 30), 255, np.uint8)
    >>> lines[:, 15] = 0
    >>> flats = flat_colors(find_regions(lines), Hints.blank((9, 30)).dot((4, 4), "#f00"))
    >>> flats[0, [0, 14, 20]].tolist()
    [[255, 0, 0, 255], [255, 0, 0, 255], [0, 0, 0, 0]]
    """
    return lay(regions, hints, color, palette, table).rgba()


def lay(
    regions: Regions,
    hints: Hints | None = None,
    color: image.Pixels | None = None,
    palette: Sequence[Color] | None = None,
    table: image.Pixels | None = None,
    labels: Labels | None = None,
    spoken: "Spoken | None" = None,
) -> Flats:
    """A color for each region.

    A region takes the color of the hints that lie on its paper. If they are of several colors, each pixel takes that
    of the hint nearest to it along the region's paper; where the region narrows between them, the border lies there.
    A stroke that slips over a line a little does not count on the other side. In a place that open lines make one with
    the ground, hints leave the ground as it is, see `ground`. Regions without a hint take the median
    of `color` over their paper.

    Args:
        regions: of the drawing.
        hints: of the drawing's size; they are obeyed exactly.
        color: (H, W, 3) uint8, a colored layer of the drawing's size, as `Rendering.color` is; None: hints alone.
        table: (count, 3) uint8, the color of each region, in the place of `color`.
        palette: regions without a hint take its color that is nearest to theirs in CIELAB.
        labels: (h, w), the regions at a smaller size, as `scaling.labels_at` answers: the flats are of that size, hints
            and colors still of the drawing's.
        spoken: what `said` answers of these regions and hints, if it was asked already.

    Raises:
        HintError: hints or a colored layer of another size, or a palette that holds what is not a color.
    """
    for what, shape in (("hints", hints and hints.shape), ("colors", None if color is None else color.shape[:2])):
        if shape is not None and shape != regions.shape:
            raise HintError(f"{what} of {shape} do not fit regions of {regions.shape} (height, width)")
    colors, known = np.zeros((regions.count, 3), np.uint8), np.zeros(regions.count, bool)
    if table is None and color is not None:
        table = medians(regions, color)
    if table is not None:
        colors[:], known[:] = table, True
        if palette:
            colors = _nearest(colors, [parse_color(c) for c in palette])
    split = {}
    unsaid = {}
    if spoken is None:
        spoken = {} if hints is None else said(regions, hints)
    for region, groups in spoken.items():
        if (rest := rest_of_ground(regions, region, _places_of(groups))) is not None:
            unsaid[region] = bool(known[region])
            groups = [*groups, (tuple(colors[region].tolist()), rest)]
        colors[region], known[region] = groups[0][0], True
        if len(groups) > 1:
            split[region] = groups
    shown = regions.labels if labels is None else labels
    if not split:
        return Flats(shown, colors, known)
    shown, further, divisions = shown.copy(), [colors], {}
    count = len(colors)
    more = []
    for region, groups in split.items():
        stopping.check()
        numbers = np.array([region, region, *range(count, count + len(groups) - 1)], np.int32)
        further.append(np.array([given for given, _ in groups[1:]], np.uint8))
        count += len(groups) - 1
        more += [True] * (len(groups) - 2) + [unsaid.get(region, True)]
        key, box, parts = _division(regions, region, [places for _, places in groups])
        divisions[key] = box, parts
        if labels is not None:
            _lay_parts(shown, labels == region, parts, box, numbers, regions.shape)
            continue
        inside = regions.labels[box] == region
        for rows in strips(inside.shape):
            shown[box][rows][inside[rows]] = numbers[parts[rows][inside[rows]]]
    regions.divisions.clear()
    regions.divisions.update(divisions)
    return Flats(shown, np.concatenate(further), np.concatenate([known, np.array(more, bool)]))


def _places_of(groups: "Groups") -> Index:
    """Flat numbers of all hints of a region."""
    return groups[0][1] if len(groups) == 1 else np.concatenate([places for _, places in groups])


def _division(
    regions: Regions, region: int, seeds: list[Index]
) -> tuple[bytes, tuple[slice, slice], NDArray[np.uint16]]:
    """A region divided between hints, by the flat numbers of their pixels: its key, its box, and the parts from 1."""
    key = division_key(region, seeds)
    if key in regions.divisions:
        return key, *regions.divisions[key]
    whole = regions.labels == region
    box = _box(whole)
    parts = divided(whole[box], regions.paper[box], box, seeds, regions.shape)
    return key, box, parts.astype(np.uint16)


def division_key(region: int, seeds: Sequence[Index]) -> bytes:
    """Tells a region's division between seeds, flat numbers of each one's pixels, from all others of a drawing."""
    hashed = hashlib.blake2b(str([region, *map(len, seeds)]).encode(), digest_size=16)
    hashed.update(np.concatenate(seeds).data)
    return hashed.digest()


def _lay_parts(
    labels: Labels,
    mask: Mask,
    parts: NDArray[np.uint16],
    box: tuple[slice, slice],
    numbers: Labels,
    shape: Sequence[int],
) -> None:
    """Numbers a region's parts in labels that are smaller than the drawing of (height, width) `shape`."""
    y, x = np.nonzero(mask)
    down, right = (
        np.clip(((at + 0.5) * full / small).astype(np.int64) - where.start, 0, size - 1)
        for at, full, small, where, size in zip((y, x), shape, mask.shape, box, parts.shape, strict=True)
    )
    labels[y, x] = numbers[parts[down, right]]


def lay_flats(layer: image.Pixels, drawing: image.Drawing) -> image.Pixels:
    """The drawing in flat colors, its own lines on top; where there is no color its paper is white.

    Args:
        layer: (H, W, 4) uint8, from `flat_colors`. drawing: of the same size.

    Returns:
        (H, W, 3) uint8, or (H, W, 4) with the drawing's own alpha if it has one.
    """
    out = np.empty((*drawing.shape, 3 if drawing.alpha is None else 4), np.uint8)
    for rows in strips(drawing.shape):
        below = np.where(layer[rows, :, 3:] > 0, layer[rows, :, :3], np.uint8(255))
        out[rows, :, :3] = composite(below, drawing.layer[rows])
        if drawing.alpha is not None:
            out[rows, :, 3] = drawing.alpha[rows]
    return out


def medians(regions: Regions, color: image.Pixels) -> image.Pixels:
    """(count, 3) uint8, the median color of each region's paper; of all its pixels where it has no paper.

    Large drawings are looked at in every `Regions.factor`-th pixel; regions that these miss, in every pixel.

    Args:
        regions: of the drawing. color: (H, W, 3) uint8.
    """
    step = regions.factor
    table = np.zeros((regions.count, 3), np.uint8)
    seen = np.zeros(regions.count, bool)
    coarse, fine = (slice(step // 2, None, step),) * 2, (slice(None),) * 2
    for places, on_paper in ((coarse, True), (fine, True), (fine, False)):
        labels = regions.labels[places]
        take = ~seen[labels]
        if on_paper:
            take &= regions.paper[places]
        of = labels[take].astype(np.int64)
        counts = np.bincount(of, minlength=regions.count)
        found = counts > 0
        middle = (np.cumsum(counts) - counts + (counts - 1) // 2)[found]
        for channel in range(3):
            table[found, channel] = np.sort(of * 256 + color[(*places, channel)][take])[middle] % 256
        seen |= found
        if seen.all():
            break
    return table


Groups = list[tuple[tuple[int, ...], Index]]
"""Colors of hints in one region, and the flat numbers of the pixels where they lie; most pixels first."""

Spoken = dict[int, Groups]
"""What hints say of each region."""


def said(regions: Regions, hints: Hints) -> Spoken:
    """What hints say of each region; of several colors in one, that of the most pixels first."""
    if not hints.mask.any():
        return {}
    box = _box(hints.mask)  # a stroke on a large drawing costs what the stroke is large
    mask = np.ascontiguousarray(hints.mask[box])
    strokes, count = connected(mask)
    at = np.flatnonzero(mask)
    stroke = strokes.reshape(-1).take(at)
    if mask.shape != regions.shape:
        row = at // mask.shape[1]
        at += row * (regions.shape[1] - mask.shape[1]) + (box[0].start * regions.shape[1] + box[1].start)
    paper = regions.paper.reshape(-1).take(at)
    # Only what lies on paper counts, unless the whole stroke lies under ink.
    dry = np.bincount(stroke[paper], minlength=count + 1) > 0
    use = paper | ~dry[stroke]
    if not use.all():
        at, stroke = at[use], stroke[use]
    parts, part, size = _numbered(stroke, regions.labels.reshape(-1).take(at), regions.count)
    of_stroke = np.bincount(stroke, minlength=count + 1)[parts // regions.count]
    of_region = np.maximum(regions.paper_sizes[parts % regions.count], 1)
    counts = (size >= SLIP * of_stroke) | (size >= SLIP * of_region) | hints.meant
    # Whole numbers of two bytes are sorted by their digits, many times as fast.
    order = np.argsort(part.astype(np.uint16) if len(parts) <= 1 << 16 else part, kind="stable")
    at = at[order]
    colors = hints.color.reshape(-1, 3)[at]
    ends = np.cumsum(size)
    found: dict[int, Groups] = {}
    for i in np.flatnonzero(counts).tolist():
        own = slice(ends[i] - size[i], ends[i])
        groups = found.setdefault(int(parts[i] % regions.count), [])
        if (colors[own] == colors[own.start]).all():
            groups.append((tuple(colors[own.start].tolist()), at[own]))
            continue
        for number, (given, members) in enumerate(_alike(colors[own])):
            if hints.meant or len(members) >= SLIP * size[i] or number == 0:  # of a gradient, its most frequent color
                groups.append((given, at[own][members]))
    return {region: _together(groups) for region, groups in found.items()}


def _numbered(stroke: Labels, region: Labels, regions: int) -> tuple[Index, Labels, Index]:
    """Pairs of strokes and regions, stroke * regions + region, ascending; which one each pixel has; pixels of each."""
    strokes = int(stroke.max(initial=0)) + 1
    if strokes * regions > max(PAIRS, len(stroke)):
        key = stroke.astype(np.int64) * regions + region
        parts, part, size = np.unique(key, return_inverse=True, return_counts=True)
        return parts, part.astype(np.int32), size
    pair = stroke * np.int32(regions)
    pair += region
    sizes = np.bincount(pair, minlength=strokes * regions)
    parts = np.flatnonzero(sizes)
    number = np.zeros(len(sizes), np.int32)
    number[parts] = np.arange(len(parts))
    return parts, number.take(pair), sizes[parts]


def _alike(colors: image.Pixels) -> Groups:
    """Colors (n, 3) in groups of one color each: the most frequent, and what is like it; most first."""
    unique, back, size = _colors_in(colors)
    places, group = lab(unique), np.full(len(unique), -1)
    order = np.argsort(-size, kind="stable")
    names: list[int] = []
    for i in order.tolist():
        if group[i] >= 0:
            continue
        if len(names) >= 1 / SLIP:  # more colors than can each have their share: a gradient
            break
        alike = (group < 0) & (np.linalg.norm(places - places[i], axis=1) < ALIKE)
        group[alike] = len(names)
        names.append(i)
    members = group.astype(np.int16)[back]
    groups = [(tuple(unique[name].tolist()), np.flatnonzero(members == i)) for i, name in enumerate(names)]
    return sorted(groups, key=lambda g: -len(g[1]))


def _colors_in(colors: image.Pixels) -> tuple[image.Pixels, Index, Index]:
    """The colors (U, 3) that there are among colors (n, 3), the number of each one's own (n,), and how many (U,)."""
    packed = colors[:, 0].astype(np.int32)
    for channel in (1, 2):
        packed <<= 8
        packed |= colors[:, channel]
    names, back, size = np.unique(packed, return_inverse=True, return_counts=True)
    unique: image.Pixels = (names[:, None] >> np.array([16, 8, 0]) & 255).astype(np.uint8)
    return unique, back, size


def _together(groups: Groups) -> Groups:
    """Groups of one region from several strokes, those of like color made one; most first."""
    whole: Groups = []
    for color, at in sorted(groups, key=lambda g: -len(g[1])):
        for i, (known, places) in enumerate(whole):
            first, second = lab(np.array([color, known], np.uint8))
            if np.linalg.norm(first - second) < ALIKE:
                whole[i] = (known, np.concatenate([places, at]))
                break
        else:
            whole.append((color, at))
    return sorted(whole, key=lambda g: -len(g[1]))


def divided(
    inside: Mask, paper: Mask, box: tuple[slice, slice], seeds: Sequence[Index], shape: tuple[int, int]
) -> Labels:
    """A region divided between hints.

    Args:
        inside: (h, w) bool, the region in its box; paper: there. box: where. seeds: flat numbers of each hint's pixels
            in the drawing of (height, width) `shape`.

    Returns:
        (h, w) int32, the number of the seed from 1, wherever the region is.
    """
    free = inside & paper
    factor = max(1, math.ceil(math.sqrt(inside.size / SPLIT)))
    clear = pooled(free, factor)
    sown = np.zeros(clear.shape, np.int32)
    places = [(at // shape[1] - box[0].start, at % shape[1] - box[1].start) for at in seeds]
    for i, (y, x) in reversed(list(enumerate(places, 1))):
        sown[y // factor, x // factor] = i
    _spread_wide_first(sown, clear | (sown > 0))
    labels = enlarged(sown, clear, free, factor, math.inf, within=inside)
    for i, (y, x) in enumerate(places, 1):
        labels[y, x] = i
    # Ink of this region may lie apart from its paper: any of its colors does there.
    np.maximum(labels, inside, out=labels)
    return labels


def _spread_wide_first(labels: Labels, free: Mask) -> None:
    """Spreads seeds over a place, first where it is as wide as at the narrowest of them, then into narrower parts.

    Seeds in much wider places spread over these before others begin: the ground belongs to what lies on it, not to what
    lies near the mouth of a tail.
    """
    places = Places(free, (slice(0, free.shape[0]), slice(0, free.shape[1])), free.shape[1])
    width = places.depth if places.factor == 1 else depth(free)
    seeds = {i: np.flatnonzero(labels == i) for i in range(1, int(labels.max()) + 1)}
    wides = {i: places.spot(at).width * places.factor for i, at in seeds.items() if len(at)}
    waiting = sorted(wides, key=lambda i: -wides[i])
    labels[:] = 0
    while waiting:
        begin = [i for i in waiting if wides[i] >= UNLIKE * wides[waiting[0]]]
        waiting = waiting[len(begin) :]
        left, new = free & (labels == 0), np.zeros_like(labels)
        for i in reversed(begin):
            new.reshape(-1)[seeds[i]] = i
        least = min(float(width.reshape(-1)[seeds[i]].max()) for i in begin)
        floor = WIDER * max((float(width.reshape(-1)[seeds[i]].max()) for i in waiting), default=0.0)
        for share in (1.0, 0.75, 0.5, 0.25, 0.0):
            wide = left & (width >= max(share * least, floor))
            spread(new, wide, np.flatnonzero(wide & (new == 0)), rounded=True)
        if waiting:  # as far as the mouths of what is narrower, and no further into them
            spread(new, left, np.flatnonzero(left & (new == 0)), rounded=True, most=floor)
        np.copyto(labels, new, where=new > 0)
    spread(labels, free, np.flatnonzero(free & (labels == 0)), rounded=True)


def _nearest(colors: image.Pixels, palette: Sequence[tuple[int, int, int]]) -> image.Pixels:
    """Colors (n, 3) uint8, each replaced by the nearest of the palette in CIELAB."""
    known = np.array(palette, np.uint8)
    unique, back = np.unique(colors, axis=0, return_inverse=True)
    own, theirs = lab(unique), lab(known)
    nearest = np.array([int(np.argmin(((theirs - c) ** 2).sum(1))) for c in own], np.int64)
    return known[nearest[back.reshape(-1)]]


def _box(mask: NDArray[np.bool_]) -> tuple[slice, slice]:
    """Rows and columns that a mask reaches over."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
