"""Borders of regions that no ink hides, made smooth: curves at a drawing's own size, and colors that blend along them.

Regions are found at a reduced size, and the walls that close open lines are an answer of a small network: enlarged,
both are stairs. Where the border runs over paper or faint ink, each pixel near it goes to the region that has most of
the open places around it, as far as these are reached without crossing ink. Source: ours; majority by samples, as in
motion by mean curvature (Merriman, Bence, Osher 1992).
"""

import math

import numpy as np

from senga import image
from senga.color.flood import CORNERS, SIDES, Index, Labels, Mask, beside
from senga.color.strips import CACHED, strips

OPEN = 100
"""Ink at least this bright, 0 to 255, hides no border. Ours: pencil is brighter, the middle of a pen's line darker."""

WIDE, PAINTED = 1.2, 1.0
"""How far samples spread, as a standard deviation: so many of a stair's width, and at least so many px. Ours."""

FARTHEST = 2.2
"""Where samples end, in standard deviations. Ours."""

SAMPLES = 24
"""Half of the samples around a pixel. Ours: their other half lies opposite, so that straight borders stay in place."""

PASSES = 2
"""How often borders are smoothed. Ours: once leaves ripples as long as the stairs."""

LOST = 0.2
"""Share of a region that it may lose. Ours."""

ASKED, LOOKED = 0.7, 3
"""Where the eight pixels lie, in standard deviations, of which at least so many are other regions' where a border can
move. Ours."""

TOGETHER = 1 << 20
"""Pixels of a drawing that are looked at at a time. Ours."""

NEXT = (((slice(None), slice(1, None)), (slice(None), slice(-1))), ((slice(1, None),), (slice(-1),)))
"""Where neighbors are: each pixel and the one left of it, each and the one above."""

KERNEL = ((0, 0, 4), *((y, x, 2) for y, x in SIDES), *((y, x, 1) for y, x in CORNERS))
"""Neighbors, (down, right), and what their colors count: binomial, so that an edge is blended over a pixel or two."""


def smooth_borders(labels: Labels, lines: image.Pixels, stair: float) -> None:
    """Smooths borders of regions that no ink hides.

    Regions so narrow or so small that they would lose much of themselves keep their borders.

    Args:
        labels: (H, W) int32, changed in place. lines: (H, W) uint8, 0 = ink. stair: width of the stairs, px.
    """
    _smooth(labels, lines, _near_borders(labels, lines, _spread(stair)), _spread(stair))


def smooth_under_ink(labels: Labels, lines: image.Pixels, stair: float) -> None:
    """Smooths borders under ink, for who looks at colors without the lines; arguments as `smooth_borders`.

    No pixel that is open goes to another region.
    """
    seen = np.full_like(lines, 255)
    near = _near_borders(labels, seen, _spread(stair))
    _smooth(labels, seen, near[lines.reshape(-1).take(near) < OPEN], _spread(stair))


def _spread(stair: float) -> float:
    """How far samples spread, px."""
    return max(PAINTED, WIDE * stair)


def _smooth(labels: Labels, lines: image.Pixels, near: Index, spread: float) -> None:
    """Lets pixels `near` borders, flat numbers ascending, go to the region that has most of the places around them."""
    flat = labels.reshape(-1)
    for _ in range(PASSES if len(near) else 0):
        moves = [_moves(labels, lines, near, rows, spread) for rows in strips(labels.shape, most=TOGETHER)]
        at, found = (np.concatenate(parts) for parts in zip(*moves, strict=True))
        stays = _shrunk(labels, flat[at], found)[flat[at]]
        flat[at[~stays]] = found[~stays]


def _moves(labels: Labels, lines: image.Pixels, near: Index, rows: slice, spread: float) -> tuple[Index, Labels]:
    """Pixels of some rows that go to another region, their flat numbers and the regions.

    Args:
        near: flat numbers of pixels that may, ascending.
    """
    height, width = labels.shape
    first, last = np.searchsorted(near, [rows.start * width, rows.stop * width])
    at = near[first:last]
    if not len(at):
        return at, np.zeros(0, np.int32)
    reach = math.ceil(FARTHEST * spread) + 1
    top, bottom = max(0, rows.start - reach), min(height, rows.stop + reach)
    seen = np.where(lines[top:bottom] >= OPEN, labels[top:bottom], np.int32(-1))
    above, below = reach - (rows.start - top), reach - (bottom - rows.stop)
    seen = np.pad(seen, ((above, below), (reach, reach)), mode="edge")
    stride = seen.shape[1]
    y, x = np.divmod(at, width)
    there = ((y - rows.start + reach) * stride + x + reach).astype(np.int32)
    flat = seen.reshape(-1)
    mixed = _mixed(flat, there, stride, spread)
    at, there = at[mixed], there[mixed]
    found = _majority(flat, there, stride, _offsets(spread))
    moved = found != flat.take(there)
    return at[moved], found[moved]


def blend_borders(color: image.Pixels, labels: Labels, lines: image.Pixels | None) -> None:
    """Blends colors along borders that no ink hides, over a pixel or two: edges without steps.

    Args:
        color: (H, W, N) uint8, changed in place. labels: (H, W) int32.
        lines: (H, W) uint8, 0 = ink; None: there is none, and all borders are seen.
    """
    lines = np.full(labels.shape, 255, np.uint8) if lines is None else lines
    near = np.flatnonzero(_borders(labels, lines))
    if not len(near):
        return
    (height, width), light = labels.shape, lines.reshape(-1)
    flat = color.reshape(-1, color.shape[2])
    y, x = np.divmod(near, width)
    total, weight = np.zeros((len(near), flat.shape[1]), np.uint16), np.zeros((len(near), 1), np.uint16)
    for down, right, share in KERNEL:
        at = np.clip(y + down, 0, height - 1) * width + np.clip(x + right, 0, width - 1)
        counts = (light.take(at) >= OPEN).astype(np.uint16)[:, None] * np.uint16(share)
        total += counts * flat.take(at, axis=0)
        weight += counts
    flat[near] = (2 * total + weight) // (2 * weight)


def _shrunk(labels: Labels, before: Labels, found: Labels) -> Mask:
    """Which regions would lose too much of themselves, (count,) bool, by pixels before and as they are found."""
    count = int(labels.max()) + 1
    moved = before != found
    lost, won = (np.bincount(part[moved], minlength=count) for part in (before, found))
    size = np.zeros(count, np.int64)
    for rows in strips(labels.shape, most=CACHED * 8):
        size += np.bincount(labels[rows].reshape(-1), minlength=count)
    return lost - won > LOST * size


def _near_borders(labels: Labels, lines: image.Pixels, reach: float) -> Index:
    """Flat numbers of open pixels from which a border of open pixels is at most `reach` steps away, ascending."""
    open_, seen = lines.reshape(-1), _borders(labels, lines).reshape(-1)
    front = np.flatnonzero(seen)

    def free(near: Index) -> Mask:
        return (open_.take(near, mode="clip") >= OPEN) & ~seen.take(near, mode="clip")

    for _ in range(math.ceil(reach) if len(front) else 0):
        reached = []
        for side in SIDES:
            _, near = beside(front, side, labels.shape, free)
            seen[near] = True
            reached.append(near)
        front = np.concatenate(reached)
    return np.flatnonzero(seen)


def _borders(labels: Labels, lines: image.Pixels) -> Mask:
    """Which open pixels lie beside an open pixel of another region, (H, W) bool."""
    found = np.zeros(labels.shape, bool)
    for rows in strips(labels.shape, most=CACHED * 8):
        stop = min(rows.stop + 1, labels.shape[0])  # one row more, to which the last may be the neighbor
        part, open_, here = labels[rows.start : stop], lines[rows.start : stop] >= OPEN, found[rows.start : stop]
        for one, other in NEXT:
            border = part[one] != part[other]
            border &= open_[one] & open_[other]
            here[one] |= border
            here[other] |= border
    return found


def _offsets(spread: float) -> list[tuple[int, int]]:
    """Where samples lie, (down, right) px: as dense as a bell curve of this standard deviation, and symmetric."""
    found = []
    end = 1 - math.exp(-(FARTHEST**2) / 2)
    for i in range(SAMPLES):
        far = spread * math.sqrt(-2 * math.log(1 - end * (i + 0.5) / SAMPLES))
        turn = i * math.pi * (3 - math.sqrt(5))  # the golden angle: no two samples in a row
        y, x = round(far * math.sin(turn)), round(far * math.cos(turn))
        found += [(y, x), (-y, -x)]
    return found


def _mixed(flat: Labels, at: Labels, stride: int, spread: float) -> Mask:
    """Beside which pixels there is so much of other regions that they may change, (N,) bool; as `_majority`."""
    far, skew = (max(1, round(ASKED * spread * share)) for share in (1, math.sqrt(0.5)))
    places = [(far * y, far * x) for y, x in SIDES] + [(skew * y, skew * x) for y, x in CORNERS]
    own, others = flat.take(at), np.zeros(len(at), np.uint8)
    for down, right in places:
        label = flat.take(at + np.int32(down * stride + right))
        others += (label != own) & (label >= 0)
    return others >= LOOKED


def _majority(flat: Labels, at: Labels, stride: int, offsets: list[tuple[int, int]]) -> Labels:
    """The region that has most open samples around each pixel; its own, where no other has more.

    Args:
        flat: regions of open pixels, else -1, in rows of `stride`. at: the pixels' flat numbers there.
    """
    own = flat.take(at)
    other, votes = np.full(len(at), -1, np.int32), np.zeros(len(at), np.int8)
    mine = np.zeros(len(at), np.int8)
    found = np.empty((len(offsets), len(at)), np.int32)
    for label, (down, right) in zip(found, offsets, strict=True):
        # The one that could have most of the others: Boyer and Moore 1981.
        np.take(flat, at + np.int32(down * stride + right), out=label, mode="clip")
        is_own = label == own
        mine += is_own
        counts = (label >= 0) & ~is_own
        new = counts & (votes == 0)
        np.copyto(other, label, where=new)
        votes += counts
        votes -= 2 * (counts & (label != other))
    theirs = (found == other).sum(0)
    return np.where((other >= 0) & (theirs > mine), other, own)
