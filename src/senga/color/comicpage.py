"""What stays paper on a page of a comic: speech bubbles with their lettering, and the gutters between panels.

A bubble is a closed place of a simple outline, ellipse or box, with nothing in it but lettering: many small pieces of
ink of one size, of unlike shapes, close to one another and clear of the outline. A gutter is a thin place along the
picture's frame, or from edge to edge, with straight sides. All levels are ours, set on pages drawn by tests and on
drawings without lettering, of which hardly any has either.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.blocks import pooled
from senga.color.flats import Groups
from senga.color.flood import Labels, Mask, connected
from senga.color.regions import OVER_PAPER, Regions
from senga.color.strips import strips

SEEN = 1_200_000
"""Size at which a page is looked at, px."""

BUBBLE = (0.0008, 0.3)
"""Share of the page that a bubble covers, from and to."""

SIMPLE, SIMPLER = 0.78, 0.88
"""How much of a bubble and of the ellipse or box like it both have in common; and of one with little lettering."""

FULL = 0.3
"""Share of its box that a bubble's paper fills at least."""

LETTERS, FEW = 3, 6
"""Least letters; fewer than the second are little lettering."""

MOST = 1000
"""Most pieces of ink in a bubble: dots of tone are more."""

TAIL, BODY = 0.12, 0.85
"""What is thinner than twice this, of the root of its area, is a bubble's tail; the rest is such a share at least."""

LETTER = (4, 0.07)
"""Extent of a letter, from px to a share of the page's shorter side: less is a point."""

ALIKE, SHARE, MANY = (0.45, 2.2), 0.75, 0.6
"""Letters are so many times as large as the middle one; such a share of the ink in a bubble is letters at least, and
such a share of its pieces."""

CLEAR, CLOSE = 0.4, 0.7
"""Lettering keeps so far from the outline, and letters at most so far from the next, in middle letters."""

RUN, IN_LINE = 3, 0.6
"""So many letters are a line of them; and at least such a share stands in lines: brow and eye are two."""

UNLIKE = 0.18
"""How much letters' proportions and densities vary at least, beside hatching and polka dots."""

INK = (0.015, 0.5)
"""Share of a bubble that lettering covers, from and to."""

STRAIGHT, STRAIGHTER = 0.6, 0.8
"""Share of a margin's border, and of a strip's from edge to edge, that lies on straight lines."""

WIDE, NARROW = 0.12, 0.04
"""Width of a margin, and of a strip, at most, of the page's shorter side."""

AROUND = 0.5
"""Share of the picture's frame that a margin lies along at least."""

LINE = 0.12
"""Length of a straight line, of the page's shorter side, at least."""

LEAST = 0.001
"""Share of the page that a gutter covers at least."""

INSIDE = 0.8
"""Share of a region's paper that lies in a bubble, for the region to be of it."""


@dataclass(frozen=True)
class Blank:
    """Regions that stay paper.

    Attributes:
        group: (count,) int64, 0 of regions that are colored; else of which bubble or gutter a region is, from 1.
    """

    group: NDArray[np.int64]

    def colors(self, spoken: Mapping[int, Groups]) -> tuple[NDArray[np.int64], image.Pixels]:
        """The regions that hints say nothing of, (N,), and their colors, (N, 3) uint8.

        They are white; but in a bubble that a hint stands in all of them, counters of letters too, have its color.

        Args:
            spoken: what hints say of each region, as `flats.said` answers.
        """
        table = np.full((int(self.group.max(initial=0)) + 1, 3), 255, np.uint8)
        for region, groups in spoken.items():
            table[self.group[region]] = groups[0][0]
        regions = np.flatnonzero(self.group > 0)
        regions = regions[~np.isin(regions, list(spoken))]
        return regions, table[self.group[regions]]


def find_blank(regions: Regions) -> Blank:
    """The regions of a drawing that are speech bubbles and gutters."""
    factor = max(1, math.ceil(math.sqrt(regions.labels.size / SEEN)))
    paper = pooled(regions.paper, factor)
    labels = np.ascontiguousarray(regions.labels[::factor, ::factor])
    bubbles = _bubbles(paper, labels, regions.count)
    group = _regions_in(regions, bubbles, factor)
    gutters = np.flatnonzero(_gutters(regions, labels, paper) & (group == 0))
    group[gutters] = int(bubbles.max()) + 1 + np.arange(len(gutters))
    return Blank(group)


def _regions_in(regions: Regions, bubbles: Labels, factor: int) -> NDArray[np.int64]:
    """The bubble that each region is in, (count,), 0 for none; bubbles (h, w) at 1 / factor of the drawing's size."""
    group, within = np.zeros((2, regions.count), np.int64)
    if not bubbles.any():
        return group
    for rows in strips(regions.shape, factor):
        part = np.repeat(bubbles[rows.start // factor : -(-rows.stop // factor)], factor, 0)
        part = np.repeat(part, factor, 1)[: rows.stop - rows.start, : regions.shape[1]]
        at = (part > 0) & regions.paper[rows]
        numbers = regions.labels[rows][at]
        within += np.bincount(numbers, minlength=regions.count)
        group[numbers] = part[at]
    group[within < np.maximum(1, INSIDE * regions.paper_sizes)] = 0
    return group


def _bubbles(paper: Mask, labels: Labels, count: int) -> Labels:
    """Which speech bubble each pixel is in, (h, w) int32 from 1, with its lettering; 0 where there is none."""
    import mahotas

    ink, many = mahotas.label(~paper, Bc=np.ones((3, 3), bool))
    bubbles = np.zeros(paper.shape, np.int32)
    if many < LETTERS:
        return bubbles
    letters = Letters.of(ink, many)
    low, high = (share * paper.size for share in BUBBLE)
    number = 0
    # Closed places first; where an outline is open, the regions that gaps were bridged for.
    for places in (connected(paper)[0], np.where(paper, labels + 1, 0).astype(np.int32)):
        sizes = np.bincount(places.ravel())
        boxes = mahotas.labeled.bbox(places)
        for place in np.flatnonzero((sizes >= low) & (sizes <= high)).tolist():
            top, bottom, left, right = boxes[place].tolist()
            if place == 0 or top == 0 or left == 0 or bottom == paper.shape[0] or right == paper.shape[1]:
                continue
            box = (slice(top, bottom), slice(left, right))
            mask = places[box] == place
            # What is no bubble at a glance need not be filled.
            if mask.mean() < FULL or bubbles[box][mask].any() or letters.count_in(boxes[place]) < LETTERS:
                continue
            outside, _ = mahotas.label(np.pad(~mask, 1, constant_values=True))
            filled = outside[1:-1, 1:-1] != outside[0, 0]
            if np.count_nonzero(filled) <= high and _is_bubble(filled, ink[box], letters, min(paper.shape)):
                number += 1
                bubbles[box][filled] = number
    return bubbles


@dataclass(frozen=True)
class Letters:
    """Pieces of ink that may be letters.

    Attributes:
        area: (N + 1,) px. boxes: (N + 1, 4), top, bottom, left and right.
    """

    area: NDArray[np.int64]
    boxes: NDArray[np.int64]

    @staticmethod
    def of(ink: Labels, count: int) -> "Letters":
        """Those of labels (h, w), 0 where there is no ink."""
        import mahotas

        return Letters(np.bincount(ink.ravel(), minlength=count + 1), mahotas.labeled.bbox(ink).astype(np.int64))

    def count_in(self, box: NDArray[np.int64]) -> int:
        """How many lie in a box, (top, bottom, left, right)."""
        (top, bottom, left, right), own = box, self.boxes
        inside = (own[:, 0] > top) & (own[:, 1] < bottom) & (own[:, 2] > left) & (own[:, 3] < right)
        return int(np.count_nonzero(inside & (self.area > 0)))


def _is_bubble(filled: Mask, ink: Labels, letters: Letters, side: int) -> bool:
    """Whether a filled place (h, w) with the numbers of the ink in it holds lettering and nothing else."""
    import mahotas

    within = np.bincount(ink[filled])
    numbers = np.flatnonzero(within)
    numbers = numbers[numbers > 0]
    boxes, area = letters.boxes[numbers], letters.area[numbers]
    size = np.stack([boxes[:, 1] - boxes[:, 0], boxes[:, 3] - boxes[:, 2]], 1)
    if not LETTERS <= len(numbers) <= MOST or not INK[0] <= area.sum() / np.count_nonzero(filled) <= INK[1]:
        return False
    away = np.sqrt(mahotas.distance(np.pad(filled, 1))[1:-1, 1:-1])
    for upright in (0, 1):  # rows of letters as high as each other, or columns of letters as wide
        extent = size[:, upright]
        real = (extent >= LETTER[0]) & (size.max(1) >= LETTER[0])
        if np.count_nonzero(real) < LETTERS:
            continue
        usual = float(np.median(extent[real]))
        alike = real & (extent >= ALIKE[0] * usual) & (extent <= ALIKE[1] * usual)
        few = np.count_nonzero(alike)
        if (
            usual <= LETTER[1] * side
            and few >= max(LETTERS, MANY * np.count_nonzero(real))
            and area[alike].sum() >= SHARE * area.sum()
            and _in_line(boxes[alike], usual, upright) >= IN_LINE
            and _variety(size[alike], area[alike]) >= UNLIKE
            and np.quantile(away[filled & (ink > 0)], 0.05) >= CLEAR * usual
        ):
            return _simplicity(filled, away) >= (SIMPLE if few >= FEW else SIMPLER)
    return False


def _in_line(boxes: NDArray[np.int64], usual: float, upright: int) -> float:
    """Share of boxes (N, 4) that stand in rows (columns, if upright) of `RUN` letters or more one after another."""
    along, across = ((0, 1), (2, 3)) if upright else ((2, 3), (0, 1))
    (low, high), (first, last) = (boxes[:, list(sides)].T.astype(np.float64) for sides in (along, across))
    gap = np.maximum(low[:, None], low) - np.minimum(high[:, None], high)
    common = np.minimum(last[:, None], last) - np.maximum(first[:, None], first)
    least = np.minimum((last - first)[:, None], last - first)
    linked = (gap <= CLOSE * usual) & (common >= 0.5 * least)
    group = np.arange(len(boxes))
    for _ in range(len(boxes)):
        lowest = np.where(linked, group, len(boxes)).min(1)
        if (lowest == group).all():
            break
        group = lowest
    return float((np.bincount(group, minlength=len(boxes))[group] >= RUN).mean())


def _variety(size: NDArray[np.int64], area: NDArray[np.int64]) -> float:
    """How much pieces differ in proportion and in density."""
    proportion = np.log(size[:, 0] / size[:, 1])
    return float(np.std(proportion) + np.std(area / size.prod(1)))


def _simplicity(filled: Mask, away: NDArray[np.float64]) -> float:
    """How much of a place, without its tail, and of the ellipse or the box like it both have in common, 0 to 1.

    Args:
        filled: (h, w). away: (h, w), px from each of its pixels to what lies outside.
    """
    import mahotas

    reach = TAIL * float(np.sqrt(np.count_nonzero(filled)))
    core = away >= reach
    if not core.any():
        return 0.0
    body = np.sqrt(mahotas.distance(~core)) <= reach
    y, x = np.nonzero(body)
    rows, columns = slice(int(y.min()), int(y.max()) + 1), slice(int(x.min()), int(x.max()) + 1)
    off = np.stack([y - y.mean(), x - x.mean()])
    inverse = np.linalg.pinv(off @ off.T / len(y))
    down, right = np.mgrid[: body.shape[0], : body.shape[1]]
    a, b = down - y.mean(), right - x.mean()
    ellipse = inverse[0, 0] * a * a + 2 * inverse[0, 1] * a * b + inverse[1, 1] * b * b <= 4
    shared = np.count_nonzero(ellipse & body) / np.count_nonzero(ellipse | body)
    # What the body leaves out is the tail alone.
    left = np.count_nonzero(body) / np.count_nonzero(filled)
    return float(max(shared, body[rows, columns].mean()) * min(1.0, left / BODY))


def _gutters(regions: Regions, labels: Labels, paper: Mask) -> Mask:
    """Which regions are gutters and margins, (count,) bool."""
    height, width = labels.shape
    found = np.zeros(regions.count, bool)
    frame = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    along = np.bincount(frame, minlength=regions.count) / len(frame)
    sizes = np.bincount(labels[paper], minlength=regions.count)
    side = min(height, width)
    thin: dict[int, bool] = {}

    def is_thin(region: int, widest: float, straightest: float) -> bool:
        wide, straight = _width_and_straightness(labels == region, LINE * side)
        return wide <= widest * side and straight >= straightest

    for region in np.flatnonzero((along > 0) & (sizes >= LEAST * labels.size)).tolist():
        mask = labels == region
        margin = along[region] >= AROUND
        across = (mask[0].any() and mask[-1].any()) or (mask[:, 0].any() and mask[:, -1].any())
        if margin:
            found[region] = is_thin(region, WIDE, STRAIGHT)
        elif across:
            found[region] = is_thin(region, NARROW, STRAIGHTER)
    # What goes on over open paper from a gutter, thin as it is, is one too.
    first, second, length = regions.borders
    open_ = length >= OVER_PAPER
    waiting = np.flatnonzero(found).tolist()
    while waiting:
        region = waiting.pop()
        beside = np.concatenate([second[open_ & (first == region)], first[open_ & (second == region)]])
        for near in beside.tolist():
            if near not in thin:
                thin[near] = bool(sizes[near] < 0.1 * labels.size) and is_thin(near, NARROW, STRAIGHT)
            if thin[near] and not found[near]:
                found[near] = True
                waiting.append(near)
    return found


def _width_and_straightness(mask: Mask, least: float) -> tuple[float, float]:
    """A place's usual width, px, and the share of its border, but for the picture's frame, on straight lines.

    Args:
        mask: (h, w). least: of a straight line, px.
    """
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    padded = np.pad(mask, 1, mode="edge")
    inner = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    border = mask & ~inner
    y, x = np.nonzero(border)
    if not len(y):
        return math.inf, 0.0
    frame = mask[0].sum() + mask[-1].sum() + mask[:, 0].sum() + mask[:, -1].sum()
    wide = 2 * np.count_nonzero(mask) / (len(y) + frame)
    if wide > 0.25 * max(len(rows), len(columns)):
        return wide, 0.0
    return wide, _on_lines(y, x, _directions(mask, y, x), least)


def _directions(mask: Mask, y: NDArray[np.int64], x: NDArray[np.int64]) -> NDArray[np.float64]:
    """(N,) the direction across the border at its pixels, 0 to pi, from the mask around them."""
    reach = 4
    padded = np.pad(mask, reach, mode="edge")
    down = right = np.zeros(len(y))
    for j in range(-reach, reach + 1):
        for i in range(-reach, reach + 1):
            there = padded[y + reach + j, x + reach + i]
            down, right = down + j * there, right + i * there
    directions: NDArray[np.float64] = np.arctan2(down, right) % np.pi
    return directions


def _on_lines(
    y: NDArray[np.int64], x: NDArray[np.int64], across: NDArray[np.float64], least: float, bins: int = 60
) -> float:
    """Share of points on straight lines with at least `least` of them, by votes for directions and distances."""
    voted = np.zeros(len(y), bool)
    for turn in (0, 0.5):  # a line on the edge of two bins is whole in one of them
        angle = np.rint(across / np.pi * bins + turn).astype(np.int64)
        exact = (angle - turn) * np.pi / bins
        for shift in (0.0, 0.5):
            distance = np.floor((y * np.sin(exact) + x * np.cos(exact)) / 6 + shift).astype(np.int64)
            _, back, votes = np.unique(
                (angle % bins) * 1_000_000 + distance + 500_000, return_inverse=True, return_counts=True
            )
            voted |= votes[back] >= least
    return float(voted.mean())
