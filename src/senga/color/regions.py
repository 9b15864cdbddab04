"""Regions of line art: areas closed by lines, gaps bridged, found by a trapped ball.

A ball too large for a gap is trapped by the lines around it; what it can reach is a region. Here the ball is read off
the distance to the nearest ink: where that is more than its radius, the ball fits. Smaller balls then reach into what
is left, as in the paper; what they reach joins the region that it opens into, widest passages first, and becomes a
region of its own where no larger ball was. Large drawings are divided at a reduced size, at which a block counts as
ink if any of its pixels is; the blocks along lines are then divided again, pixel by pixel, at the drawing's own size.

Source: Zhang et al. 2009, "Vectorizing Cartoon Animations" (the trapped ball, radii 3, 2, 1); passages, by distance to
ink in place of a moved ball, as in watersheds of distance transforms; the joining of crumbs is ours.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senga import image, stopping
from senga.color.blocks import enlarged, pooled
from senga.color.distances import near_distances
from senga.color.flood import SIDES, Index, Labels, Mask, beside, connected, connected_at, joined, spread
from senga.color.places import Places
from senga.color.strips import CACHED, strips
from senga.errors import HintError

BALL = 3.0
"""Radius of the largest ball, px of a drawing of up to `USUAL` px. Source: Zhang et al. 2009."""

USUAL = 640_000
"""Size over which the ball grows with the drawing's sides, px. Ours: at 1200 px hair that is open still holds."""

WORKING = 2_250_000
"""Largest drawing that is divided at its own size, px. Ours: A4 at 600 dpi is then divided at a quarter."""

INK, NOISE = 0.88, 5.0
"""Share of the paper's brightness under which a pixel is ink; and how many times the paper's own noise it has to be
darker, on paper so coarse that this is more. Ours: faint pencil closes, the grain of paper is no line."""

STEPS = 12
"""Most balls. Ours."""

OPEN = 0.7
"""How wide a passage may be beside the narrower of two places, before these are one place that winds. Ours."""

LEAST = 8
"""Closed regions of less paper join a neighbor, px of the working size. Ours."""

LEAST_OPEN = 40
"""The same for regions that open into another, px of the working size. Ours."""


LEAST_WALLED = 120
"""The same for regions that nothing but a wall divides from another, px of the working size. Ours."""

OVER_PAPER = 1_000_000
"""How many pixels of a border under ink one over paper counts as. Ours."""

MANY = 16_000_000
"""Pairs of regions that are counted in a table; of more, a sort finds those that are there."""

ASKED = 4096
"""Steps of a loop from one asking whether the work is wanted to the next. Ours."""

WALLED = 0.5
"""Least share of such a border that lies on walls. Ours."""


@dataclass(frozen=True)
class Regions:
    """A drawing divided into regions: every pixel, those under ink too, belongs to one.

    Attributes:
        labels: (H, W) int32, the region of each pixel, 0 to count - 1. Under a line both sides run to its middle.
        paper: (H, W) bool, False under ink.
        count: regions.
        factor: the drawing was divided at 1 / factor of its size.
        divisions: of regions last divided between hints, by what they were made of, the box and the parts in it:
            `flats.lay` keeps them, so that a further hint elsewhere costs no more than itself.
        grounds: places of regions along the frame, kept by `ground.rest_of_ground`.
    """

    labels: Labels
    paper: Mask = field(repr=False)
    count: int
    factor: int = 1
    divisions: dict[bytes, tuple[tuple[slice, slice], NDArray[np.uint16]]] = field(
        default_factory=dict, repr=False, compare=False
    )
    grounds: dict[int, Places] = field(default_factory=dict, repr=False, compare=False)

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width) in px."""
        return self.labels.shape[0], self.labels.shape[1]

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """(count,) int64, pixels of each region, under ink too."""
        return self._counted(None)

    @cached_property
    def paper_sizes(self) -> NDArray[np.int64]:
        """(count,) int64, pixels of paper of each region."""
        return self._counted(self.paper)

    @cached_property
    def framed(self) -> NDArray[np.float64]:
        """(count,), the share of the picture's frame that each region lies along."""
        frame = np.concatenate([self.labels[0], self.labels[-1], self.labels[1:-1, 0], self.labels[1:-1, -1]])
        return np.bincount(frame, minlength=self.count) / len(frame)

    def merged(self, least: int) -> "Regions":
        """The same regions, those of fewer than `least` px joined to the neighbor with the longest common border.

        A border over open paper counts before one under ink. The smallest are joined first; what has grown to `least`
        on the way stays. A drawing of one region keeps it.
        """
        one, two, length = self.borders
        links: dict[int, dict[int, int]] = {}
        for a, b, weight in zip(one.tolist(), two.tolist(), length.tolist(), strict=True):
            links.setdefault(a, {})[b] = links.setdefault(b, {})[a] = weight
        size = self.sizes.tolist()
        goes = list(range(self.count))
        for small in np.argsort(self.sizes, kind="stable").tolist():
            stopping.check()
            if size[small] >= least or not links.get(small):
                continue
            into = max(links[small], key=lambda n: (links[small][n], -n))
            goes[small] = into
            size[into] += size[small]
            for other, weight in links.pop(small).items():
                del links[other][small]
                if other != into:
                    links[into][other] = links[other][into] = links[into].get(other, 0) + weight
        first, second = np.arange(self.count), np.array(goes, np.int64)
        names, numbers = np.unique(joined(self.count, first, second), return_inverse=True)
        return Regions(numbers.astype(np.int32)[self.labels], self.paper, len(names), self.factor)

    def _counted(self, where: Mask | None) -> NDArray[np.int64]:
        counts = np.zeros(self.count, np.int64)
        for rows in strips(self.shape):  # whole, the count would need eight bytes a pixel
            part = self.labels[rows]
            counts += np.bincount(part.reshape(-1) if where is None else part[where[rows]], minlength=self.count)
        return counts

    @cached_property
    def borders(self) -> tuple[Index, Index, Index]:
        """Neighbors (first < second) and how long their border is; over paper each pixel counts `OVER_PAPER`."""
        keys, weights = [], []
        for one, other in _pairs(self.labels.shape):
            a, b = self.labels[one], self.labels[other]
            at = np.nonzero(a != b)
            low, high = np.minimum(a[at], b[at]).astype(np.int64), np.maximum(a[at], b[at])
            keys.append(low * self.count + high)
            weights.append(np.where(self.paper[one][at] & self.paper[other][at], OVER_PAPER, 1))
        unique, back = np.unique(np.concatenate(keys), return_inverse=True)
        length = np.zeros(len(unique), np.int64)
        np.add.at(length, back, np.concatenate(weights))
        return unique // self.count, unique % self.count, length


def find_regions(
    lines: image.Pixels,
    ball_radius: float | None = None,
    least: int | None = None,
    walls: Mask | Callable[[], Mask] | None = None,
) -> Regions:
    """Divides a drawing into regions.

    A gap in a line is bridged if it is narrower than twice the ball's radius, or if a wall closes it.

    Args:
        lines: (H, W) uint8, 0 = ink.
        ball_radius: of the largest ball, px of the drawing, 0.5 to 500; default: 3 px, and more in proportion to the
            sides for drawings over `USUAL` px.
        least: closed regions of less paper join a neighbor, px of the drawing; default: `LEAST` at the working size.
        walls: (H, W) bool, where one color ends though there is no ink, as `senga.color.closer` answers; they are
            paper that divides, and belong to the regions beside them. Or what answers with them, and is asked once ink
            has divided. None: ink alone divides.

    Raises:
        HintError: a radius out of range, walls of another size.

    >>> lines = np.full((40, 40), 255, np.uint8)
    >>> lines[10:30, 10] = lines[10:30, 29] = lines[10, 10:30] = lines[29, 10:30] = 0
    >>> lines[18:21, 29] = 255  # a gap
    >>> find_regions(lines).count, find_regions(lines, ball_radius=1).count
    (2, 1)
    """
    if ball_radius is not None and not 0.5 <= ball_radius <= 500:  # nan too is refused
        raise HintError(f"a ball's radius is from 0.5 to 500 px, not {ball_radius:g}")
    factor = max(1, math.ceil(math.sqrt(lines.size / WORKING)))
    radius = BALL * max(1.0, math.sqrt(lines.size / USUAL)) if ball_radius is None else ball_radius
    tiny = LEAST * factor**2 if least is None else least
    clear = paper = _paper(lines)
    small = plain = pooled(paper, factor)
    labels = whole = _trapped(plain, radius / factor, tiny / factor**2)
    if walls is not None:
        found = walls() if callable(walls) else walls
        if found.shape != lines.shape:
            raise HintError(f"walls of {found.shape} do not fit a drawing of {lines.shape} (height, width)")
        clear = paper & ~found
        small = pooled(clear, factor)
        labels = _trapped(small, radius / factor, tiny / factor**2)
        labels = _refined(whole, labels, small, plain, radius / factor)
    if factor > 1:
        labels = enlarged(labels, small, clear, factor, tiny)
    used = np.zeros(int(labels.max()) + 1, np.int64)
    for rows in strips(labels.shape, most=CACHED * 8):
        used += np.bincount(labels[rows].reshape(-1), minlength=len(used))
    number = (np.cumsum(used > 0) - 1).astype(np.int32)
    for rows in strips(labels.shape, most=CACHED):
        labels[rows] = np.take(number, labels[rows], mode="clip")
    return Regions(labels, paper, int((used > 0).sum()), factor)


def _trapped(paper: Mask, radius: float, least: float) -> Labels:
    """Labels (h, w) int32 from 1 of a drawing, by balls of `radius` px and less.

    Args:
        paper: (h, w) bool.
        radius: of the largest ball. least: closed places of less paper join a neighbor.
    """
    if paper.all() or not paper.any():
        return np.ones(paper.shape, np.int32)
    distance = near_distances(paper, _ample(radius))
    step = max(0.5, radius / STEPS)
    balls = [radius - i * step for i in range(math.ceil(radius / step))]
    # How many of the smaller balls it takes until one fits: 0 where the largest does.
    level = np.zeros(paper.shape, np.uint8)
    near = np.flatnonzero(paper & (distance <= radius))
    level.reshape(-1)[near] = np.searchsorted(-np.array([*balls, 0.0]), -distance.reshape(-1)[near], side="right")
    labels, count = connected(distance > radius)
    order = near[np.argsort(level.reshape(-1)[near], kind="stable")]
    starts = np.searchsorted(level.reshape(-1)[order], np.arange(1, len(balls) + 2))
    for i in range(1, len(balls) + 1):
        index = order[starts[i - 1] : starts[i]]
        spread(labels, paper & (level <= i), index)
        new = index[labels.reshape(-1)[index] == 0]
        if len(new):
            found, more = connected_at(new, paper.shape[1])
            labels.reshape(-1)[new] = found + count
            count += more
    labels = _joined_crumbs(labels, count, distance, near, radius, least)
    spread(labels, None, np.flatnonzero(labels == 0), rounded=True)
    return labels


def _ample(radius: float) -> float:
    """How wide a place has to be, px: no passage is wider than the ball, so that more makes no difference."""
    return radius / OPEN + 1


def _joined_crumbs(
    labels: Labels, count: int, distance: NDArray[np.float32], near: Index, radius: float, least: float
) -> Labels:
    """Labels without crumbs: places that wind, and small ones that open into another, joined; closed small ones 0.

    Args:
        labels: (h, w) int32, 0 under ink, else 1 to count. distance: (h, w) float32, px to the nearest ink.
        near: flat numbers of the paper where the largest ball does not fit: passages lie there.
        radius: of the largest ball. least: paper of the least closed region.
    """
    flat, far = labels.reshape(-1), distance.reshape(-1)
    own, depth = flat[near], far[near]
    keys, widths = [], []

    def other(there: Index) -> Mask:
        found = flat.take(there, mode="clip")
        another: Mask = (found != own) & (found != 0)
        return another

    for side in SIDES:
        at, there = beside(near, side, labels.shape, other)
        a, b = own[at], flat[there]
        keys.append(np.minimum(a, b).astype(np.int64) * (count + 1) + np.maximum(a, b))
        widths.append(np.minimum(depth[at], far[there]))
    key, width = np.concatenate(keys), np.concatenate(widths)
    order = np.lexsort((-width, key))
    key, first = np.unique(key[order], return_index=True)
    width = width[order][first]
    size = np.bincount(flat, minlength=count + 1)
    ample = np.float32(_ample(radius))
    widest = np.zeros(count + 1, np.float32)
    wide = distance >= ample
    widest[np.bincount(labels[wide], minlength=count + 1) > 0] = ample
    between = np.flatnonzero((distance > radius) & ~wide)
    np.maximum.at(widest, flat[between], far[between])
    np.maximum.at(widest, own, depth)
    areas, peaks, root = size.tolist(), widest.tolist(), list(range(count + 1))

    def find(n: int) -> int:
        while root[n] != n:
            root[n] = root[root[n]]
            n = root[n]
        return n

    small = LEAST_OPEN * least / LEAST
    for number, i in enumerate(np.argsort(-width, kind="stable").tolist()):  # widest passages first
        if number % ASKED == 0:
            stopping.check()
        one, two = find(int(key[i] // (count + 1))), find(int(key[i] % (count + 1)))
        if one == two:
            continue
        if width[i] >= OPEN * min(peaks[one], peaks[two]) or min(areas[one], areas[two]) < small:
            root[two] = one
            areas[one], peaks[one] = areas[one] + areas[two], max(peaks[one], peaks[two])
    roots = np.array([find(n) for n in range(count + 1)])
    whole = np.array(areas)[roots]
    whole[0] = 0
    # A drawing keeps its largest region, however small.
    kept = whole >= min(least, whole.max())
    kept[0] = False
    return np.take(np.where(kept, roots, 0).astype(np.int32), labels, mode="clip")


def _refined(whole: Labels, walled: Labels, clear: Mask, paper: Mask, radius: float) -> Labels:
    """Regions divided further by walls, where the parts are worth it: none small, none narrower than the ball.

    Args:
        whole: (h, w) int32 from 1, regions by ink. walled: the same, by ink and walls.
        clear: (h, w) bool, paper that is no wall. paper: (h, w) bool. radius: of the largest ball.
    """
    part, of = _parts(whole, walled)
    count = len(of)
    alone = np.bincount(of)[of] == 1
    if alone.all():
        return whole
    size = np.bincount(part[paper], minlength=count)
    deep = np.zeros(count, np.float32)
    at = np.flatnonzero(clear & ~np.take(alone, part, mode="clip"))
    np.maximum.at(deep, part.reshape(-1)[at], near_distances(clear, radius).reshape(-1)[at])
    links = _links(part, of, paper, paper & ~clear)
    root = np.arange(count)
    for small in sorted(links, key=lambda n: (size[n], n)):
        stopping.check()
        if links[small] and (size[small] < LEAST_WALLED or deep[small] <= radius):
            into = max(links[small], key=lambda n: (links[small][n][0], -n))
            _join(links, root, small, into)
            size[into] += size[small]
            deep[into] = max(deep[into], deep[small])
    # What a wall does not close, the ball has closed: at a wall's end that is fine, along all of a border it is not.
    weak = [(a, b) for a, near in links.items() for b, (long, wall) in near.items() if a < b and wall < WALLED * long]
    first, second = (np.array([pair[i] for pair in weak], np.int64) for i in (0, 1))
    root = joined(count, first, second)[root]
    return (root + 1).astype(np.int32)[part]


def _parts(whole: Labels, walled: Labels) -> tuple[Labels, Index]:
    """Numbers from 0 of what is one in both divisions (h, w), and the label in `whole` of each number."""
    (one, first), (two, second) = _renumbered(whole), _renumbered(walled)
    names = len(second)
    key = one.astype(np.int64) * names + two
    if len(first) * names > MANY:
        both, part = np.unique(key, return_inverse=True)
        return part.reshape(whole.shape).astype(np.int32), first[both // names]
    there = np.bincount(key.reshape(-1)) > 0
    return (np.cumsum(there, dtype=np.int32) - 1)[key], first[np.flatnonzero(there) // names]


def _renumbered(labels: Labels) -> tuple[Labels, Index]:
    """Labels with numbers from 0 and without gaps, in the same order, and what each was."""
    there = np.bincount(labels.reshape(-1)) > 0
    return np.take(np.cumsum(there, dtype=np.int32) - 1, labels, mode="clip"), np.flatnonzero(there)


Links = dict[int, dict[int, tuple[int, int]]]
"""Of each region its neighbors: how long the border is, pixels under ink counting little; and how much is wall."""


def _links(part: Labels, of: Index, paper: Mask, wall: Mask) -> Links:
    """Borders between parts that are `of` the same region."""
    count = len(of)
    keys, weights, walls = [], [], []
    for one, other in _pairs(part.shape):
        a, b = part[one], part[other]
        y, x = np.nonzero(a != b)
        same = of[a[y, x]] == of[b[y, x]]
        at = y[same], x[same]
        a, b = a[at].astype(np.int64), b[at].astype(np.int64)
        keys.append(np.minimum(a, b) * count + np.maximum(a, b))
        weights.append(np.where(paper[one][at] & paper[other][at], OVER_PAPER, 1))
        walls.append(wall[one][at] | wall[other][at])
    key, back = np.unique(np.concatenate(keys), return_inverse=True)
    weight = np.concatenate(weights)
    length = np.bincount(back.reshape(-1), weight, len(key)).astype(np.int64)
    walled = np.bincount(back.reshape(-1), weight * np.concatenate(walls), len(key)).astype(np.int64)
    links: Links = {}
    for k, long, wall_long in zip(key.tolist(), length.tolist(), walled.tolist(), strict=True):
        a, b = divmod(k, count)
        links.setdefault(a, {})[b] = links.setdefault(b, {})[a] = (long, wall_long)
    return links


def _join(links: Links, root: Index, gone: int, into: int) -> None:
    """Joins a part into a neighbor; the neighbor gets its borders."""
    root[root == gone] = into
    for other, (long, wall) in links.pop(gone).items():
        del links[other][gone]
        if other != into:
            known = links[into].get(other, (0, 0))
            links[into][other] = links[other][into] = (known[0] + long, known[1] + wall)


def _paper(lines: image.Pixels) -> Mask:
    """Where there is no ink: the paper of scans is gray, its level is the brightest tenth."""
    some = lines[:: 1 + lines.shape[0] // 1000, :: 1 + lines.shape[1] // 1000].reshape(-1)
    paper = float(_quantile(some, 0.9))
    if paper <= 128:
        paper = 255.0
    light = some[some >= 0.7 * paper]
    middle = _quantile(light, 0.5)
    noise = 1.4826 * _quantile(np.abs(light.astype(np.int16) - middle), 0.5)  # of a bell curve, by its median
    level = max(0.7 * paper, min(INK * paper, middle - NOISE * noise))
    answer: Mask = lines >= np.uint8(math.ceil(level))
    return answer


def _quantile(values: NDArray[np.integer[Any]], share: float) -> int:
    """The least value (0 to 255) that no smaller share of the values reaches; 255 where there are none."""
    counts = np.cumsum(np.bincount(values, minlength=256))
    return int(np.searchsorted(counts, share * counts[-1])) if counts[-1] else 255


def _pairs(shape: tuple[int, ...]) -> list[tuple[tuple[slice, slice], tuple[slice, slice]]]:
    """Where neighbors are: each pixel and the one right of it, each and the one below."""
    whole, start, end = slice(None), slice(None, -1), slice(1, None)
    return [((whole, start), (whole, end)), ((start, whole), (end, whole))]
