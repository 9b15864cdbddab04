"""What marks do together: the hints that they make on a drawing.

A later stroke lies over an earlier one, and where it covers most of it, it takes its place. A stroke colors the regions
that it is meant for (`senga.color.slips`), an erase takes away what it touches, and a fill whose point it touches.

A fill is a hint all over the area around its point. It never takes what has a hint of its own: where strokes and fills
lie in one region, as behind open lines, the region is divided between them where it narrows (`senga.color.places`).
Only in one and the same place there is nothing to divide: there the latest of them wins, be it fill or stroke.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from senga import image, stopping
from senga.color.fill_regions import REACH, Areas
from senga.color.flats import divided, division_key
from senga.color.flood import Index, Mask
from senga.color.hints import Hints, Point
from senga.color.marks import REACHES, Mark, rgb_of
from senga.color.pen import Trail, trail
from senga.color.places import Places, Spot
from senga.color.slips import meant
from senga.color.strips import strips
from senga.errors import HintError

NONE = -1
"""Number where no mark lies."""

COVERED = 0.5
"""Share of a stroke in one region that later ones cover, from which on they take its place. Ours."""

MOST_ORDERED = np.iinfo(np.uint16).max
"""Marks that are told apart by when they were laid; all later ones count as one."""

LIVING = 8
"""Fills of one region that may be in places of their own; earlier ones are no longer asked. Ours."""

STRIP = 1 << 18
"""Pixels of hints that are colored at a time. Ours, measured."""

Part = tuple[int, int]
"""A mark's part in a region: the numbers of both."""


@dataclass
class Drawn:
    """Strokes and erasures drawn, one over another; fills wait, for what comes later bears on them.

    Attributes:
        top: (H, W) int32, number of the mark that lies uppermost; -2 - n where the erasure n does; `NONE`.
        sizes: how many pixels each part of a stroke had, but for those that were erased.
        gone: fills whose point was erased.
    """

    top: NDArray[np.int32]
    sizes: dict[Part, int]
    gone: set[int]

    @staticmethod
    def blank(shape: tuple[int, ...]) -> "Drawn":
        """Nothing drawn yet."""
        return Drawn(np.full(shape, NONE, np.int32), {}, set())

    def copy(self) -> "Drawn":
        """The same, to be drawn on."""
        return Drawn(self.top.copy(), dict(self.sizes), set(self.gone))


def lay(
    marks: Sequence[Mark],
    lines: image.Pixels,
    *,
    below: Hints | None = None,
    areas: Areas | None = None,
) -> Hints:
    """The hints that marks make, in order.

    Args:
        marks: in order.
        lines: (H, W) uint8, 0 = ink, of the drawing: fills stop at them, and strokes stay on their side.
        below: hints to lay the marks on; they stay as they are.
        areas: of the same lines, if they are kept from call to call: they are found but once.

    Raises:
        HintError: hints of another size.
    """
    if below is not None and below.shape != lines.shape:
        raise HintError(f"hints of {below.shape} do not fit lines of {lines.shape} (height, width)")
    if not marks:
        return below or Hints.blank(lines.shape)
    areas = areas or Areas(lines)
    drawn = Drawn.blank(lines.shape)
    draw(marks, range(len(marks)), drawn, areas)
    return settle(marks, drawn, areas, below)


def draw(marks: Sequence[Mark], which: Iterable[int], drawn: Drawn, areas: Areas) -> None:
    """Draws those of the marks whose numbers are given, in order, on what is drawn already."""
    shape = (drawn.top.shape[0], drawn.top.shape[1])
    for i in which:
        stopping.check()
        mark = marks[i]
        if mark.kind == "fill" or (covered := _covered(mark, shape)) is None:
            continue
        rows, columns, where = covered
        top = drawn.top[rows, columns]
        if mark.kind == "erase":
            _erase(marks[:i], i, drawn, areas, covered)
            continue
        labels, paper = areas.regions.labels[rows, columns], areas.regions.paper[rows, columns]
        under = labels[where]
        regions = meant(mark, areas.regions, under, paper[where])
        kept = np.isin(under, regions)
        if not kept.all():
            where = where.copy()
            where[where] = kept
        np.copyto(top, np.int32(i), where=where)
        for region, size in zip(*np.unique(under[kept], return_counts=True), strict=True):
            drawn.sizes[i, int(region)] = int(size)


def _erase(before: Sequence[Mark], number: int, drawn: Drawn, areas: Areas, covered: Trail) -> None:
    rows, columns, where = covered
    top = drawn.top[rows, columns]
    lost = where & (top >= 0)
    labels = areas.regions.labels[rows, columns][lost] if lost.any() else ()
    for mark, region in zip(top[lost].tolist(), np.asarray(labels).tolist(), strict=True):
        drawn.sizes[mark, region] -= 1
    np.copyto(top, np.int32(-2 - number), where=where)
    for i, mark in enumerate(before):
        if mark.kind == "fill":
            x, y = (int(np.floor(v + 0.5)) for v in mark.points[0])
            inside = rows.start <= y < rows.stop and columns.start <= x < columns.stop
            if inside and where[y - rows.start, x - columns.start]:
                drawn.gone.add(i)


def settle(
    marks: Sequence[Mark],
    drawn: Drawn,
    areas: Areas,
    below: Hints | None = None,
) -> Hints:
    """The hints of marks that are drawn, all of them; their fills are laid."""
    top = drawn.top
    at = np.flatnonzero(top >= 0)
    parts = _parts(at, top, drawn, areas)
    # Whose each pixel is, from 1: of millions of pixels one number is put down, not what the mark says.
    whose = np.zeros(top.shape, np.int32)
    flat = whose.reshape(-1)
    for pixels, numbers in _fills(marks, drawn, areas, parts):
        later = top.reshape(-1)[pixels]
        left = (later == NONE) | ((later <= -2) & (-2 - later < numbers)) | (later >= 0)
        flat[pixels[left]] = numbers[left] + 1
    for (mark, _), pixels in parts.items():
        flat[pixels] = mark + 1
    colored = np.zeros((*top.shape, 3), np.uint8) if below is None else below.color.copy()
    mask = np.zeros(top.shape, bool) if below is None else below.mask.copy()
    reach = _reach_plane(marks, below, top.shape)
    if any(mark.kind == "erase" for mark in marks):
        erased = np.flatnonzero(top <= -2)
        mask.reshape(-1)[erased] = False
        colored.reshape(-1, 3)[erased] = 0
    colors = np.array([(0, 0, 0), *(rgb_of(mark.color) if mark.color else (0, 0, 0) for mark in marks)], np.uint8)
    reaches = np.array([0, *map(_reach, marks)], np.uint8)
    for rows in strips(top.shape, most=STRIP):
        there = whose[rows] > 0
        if not there.any():
            continue
        own = whose[rows][there]
        colored[rows][there] = np.take(colors, own, axis=0)
        mask[rows] |= there
        if reach is not None:
            reach[rows][there] = reaches[own]
    order = np.minimum(whose, MOST_ORDERED).astype(np.uint16)
    meant = below is None or below.meant or not below.mask.any()
    return Hints(colored, mask, reach, meant, order)


def as_told(hints: Hints, marks: Sequence[Mark]) -> Hints:
    """The hints of marks in the colors that the model is told; the same where no mark tells another than its own."""
    if hints.order is None or not any(mark.told for mark in marks):
        return hints
    at = np.flatnonzero(hints.order)
    numbers = hints.order.reshape(-1)[at] - 1
    other = np.array([bool(mark.told) for mark in marks])[numbers]
    colors = np.array([rgb_of(mark.told) if mark.told else (0, 0, 0) for mark in marks], np.uint8)
    color = hints.color.copy()
    color.reshape(-1, 3)[at[other]] = colors[numbers[other]]
    return replace(hints, color=color)


def covered_by_last(marks: Sequence[Mark], drawn: Drawn, areas: Areas) -> Mask:
    """What the last of the marks, a fill, covers, (H, W) bool; `drawn` is what was drawn of those before it."""
    mask = np.zeros(drawn.top.shape, bool)
    last = len(marks) - 1
    number = areas.number_at(marks[last].points[0])
    if number is None:
        return mask
    box = areas.box(number)
    here = drawn.top[box]
    inside = (areas.regions.labels[box] == number) & (here >= 0)
    y, x = np.nonzero(inside)
    parts = _parts((y + box[0].start) * drawn.top.shape[1] + x + box[1].start, drawn.top, drawn, areas)
    for pixels, numbers in _fills(marks, drawn, areas, parts, only=number):
        mask.reshape(-1)[pixels[numbers == last]] = True
    for pixels in parts.values():
        mask.reshape(-1)[pixels] = False
    return mask


def _parts(at: Index, top: NDArray[np.int32], drawn: Drawn, areas: Areas) -> dict[Part, Index]:
    """The parts of strokes that are left, in the order of the strokes, and the flat numbers of their pixels."""
    if not len(at):
        return {}
    count = areas.regions.count
    keys = top.reshape(-1)[at].astype(np.int64) * count + areas.regions.labels.reshape(-1)[at]
    order = np.argsort(keys, kind="stable")
    names, starts = np.unique(keys[order], return_index=True)
    found = {}
    for name, pixels in zip(names.tolist(), np.split(at[order], starts[1:]), strict=True):
        part = divmod(name, count)
        if len(pixels) > (1 - COVERED) * drawn.sizes[part]:
            found[part] = pixels
    return found


def _fills(
    marks: Sequence[Mark],
    drawn: Drawn,
    areas: Areas,
    parts: dict[Part, Index],
    only: int | None = None,
) -> list[tuple[Index, NDArray[np.int64]]]:
    """Pixels (N,) of fills, and of strokes in one region with them, and the numbers (N,) of these.

    Parts of strokes that fills take the place of are taken out.

    Args:
        only: a region, to look at no other.
    """
    living: dict[int, list[int]] = {}
    for i, mark in enumerate(marks):
        stopping.check()
        if mark.kind != "fill" or i in drawn.gone:
            continue
        number = areas.number_at(mark.points[0])
        if number is not None and only in (None, number):
            living.setdefault(number, []).append(i)
    if not living:
        return []
    strokes: dict[int, list[int]] = {}
    for mark_number, region in parts:
        if region in living:
            strokes.setdefault(region, []).append(mark_number)
    alone = np.full(areas.regions.count, NONE, np.int64)
    found = []
    for region, fills in living.items():
        stopping.check()
        rivals = {i: parts[i, region] for i in strokes.get(region, ())}
        if not rivals and len(fills) == 1:
            alone[region] = fills[0]
            continue
        kept, seeds = _kept(marks, fills, rivals, areas, region)
        for i in rivals.keys() - kept:
            del parts[i, region]
        if len(kept) == 1 and kept[0] in fills:
            alone[region] = kept[0]
        elif any(i in fills for i in kept):
            found.append(_shared(kept, seeds, areas, region))
    taken = np.flatnonzero(alone >= 0)
    if len(taken) <= 4:
        found += [_whole(areas, region, alone[region]) for region in taken.tolist()]
    else:
        pixels = np.flatnonzero((alone >= 0)[areas.regions.labels] & areas.regions.paper)
        found.append((pixels, alone[areas.regions.labels.reshape(-1)[pixels]]))
    return found


def _kept(
    marks: Sequence[Mark], fills: Sequence[int], rivals: dict[int, Index], areas: Areas, region: int
) -> tuple[list[int], dict[int, Index]]:
    """Which of a region's fills and strokes stand, the latest first, and the pixels from which each spreads."""
    box = areas.box(region)
    places = Places((areas.regions.labels[box] == region) & areas.regions.paper[box], box, areas.lines.shape[1])
    spots: dict[int, Spot] = {}
    seeds: dict[int, Index] = {}
    for i in sorted([*fills[-LIVING:], *rivals], reverse=True):
        filled = i not in rivals
        point = marks[i].points[0]
        others = [n for n in spots if filled or n not in rivals]
        if filled and any(places.within(spots[n], point) for n in others):
            continue
        pixels = _pin(areas, region, point) if filled else rivals[i]
        spot = places.spot(pixels)
        if any(places.one(spot, spots[n]) for n in others):
            continue
        spots[i] = spot
        seeds[i] = np.concatenate([pixels, places.pixels(spot)]) if filled else pixels
    return list(spots), seeds


def _pin(areas: Areas, region: int, point: Point) -> Index:
    """The flat number of a region's pixel of paper that is nearest to a point, as an array of one."""
    reach = REACH * areas.regions.factor
    row, column = round(point[1]), round(point[0])
    near = slice(max(0, row - reach), row + reach + 1), slice(max(0, column - reach), column + reach + 1)
    for box in (near, areas.box(region)):  # most often it is near, and need not be sought in all of a large region
        y, x = np.nonzero((areas.regions.labels[box] == region) & areas.regions.paper[box])
        far = np.hypot(y + box[0].start - point[1], x + box[1].start - point[0])
        if len(far) and (box is not near or far.min() < reach):
            break
    i = far.argmin()
    return np.array([(y[i] + box[0].start) * areas.lines.shape[1] + x[i] + box[1].start], np.int64)


def _shared(kept: Sequence[int], seeds: dict[int, Index], areas: Areas, region: int) -> tuple[Index, NDArray[np.int64]]:
    """The pixels of a region's paper, and which of the fills and strokes that share it each of them goes to.

    Strokes are given their share, too: nothing is left to be divided anew when colors are laid.
    """
    box = areas.box(region)
    inside: Mask = areas.regions.labels[box] == region
    sown = [seeds[i] for i in kept]
    parts = areas.shares.of(
        division_key(region, sown),
        lambda: divided(inside, areas.regions.paper[box], box, sown, areas.regions.shape).astype(np.uint16),
    )
    y, x = np.nonzero(inside & areas.regions.paper[box])
    numbers = np.array([kept[0], *kept], np.int64)[parts[y, x]]
    return (y + box[0].start) * areas.lines.shape[1] + x + box[1].start, numbers


def _whole(areas: Areas, region: int, number: int) -> tuple[Index, NDArray[np.int64]]:
    """All paper of a region."""
    box = areas.box(region)
    y, x = np.nonzero((areas.regions.labels[box] == region) & areas.regions.paper[box])
    pixels = (y + box[0].start) * areas.lines.shape[1] + x + box[1].start
    return pixels, np.full(len(pixels), number)


def _reach_plane(marks: Sequence[Mark], below: Hints | None, shape: tuple[int, ...]) -> NDArray[np.uint8] | None:
    if below is not None and below.reach is not None:
        return below.reach.copy()
    return np.zeros(shape, np.uint8) if any(map(_reach, marks)) else None


def _reach(mark: Mark) -> int:
    """How far a mark reaches, as `Hints.reach` counts it: a fill that does not say so stays in its area."""
    return 1 + REACHES.index(mark.reach) if mark.reach else int(mark.kind == "fill")


def _covered(mark: Mark, shape: tuple[int, int]) -> Trail | None:
    points = np.array(mark.points, np.float64)
    radii = mark.width / 2 * (np.array(mark.pressure) if mark.pressure else np.ones(len(points)))
    return trail(points, radii, shape)
