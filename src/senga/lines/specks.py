"""Specks of dirt, told from what is drawn small: lettering, dots, tone, short strokes.

A speck is small, alone, and of no direction. What is small in the company of other small things is drawn: the dot of
an i, dots of tone, stipple, hatching. On a clean page (`digital`) there is no dirt at all, unless single pixels lie
scattered all over it, as on a scan that was made two levels.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senga.lines.strokes import Mask, depth

USUAL = 1000
"""Shorter side, px, at which the lengths and areas here are meant; larger drawings have larger specks."""

AREA = 12.0
"""Largest area of a speck, px at the usual size. Ours."""

LETTER = 40.0
"""Largest extent of what may be a letter, px at the usual size. Ours."""

REACH, FAR = 6.0, 18.0
"""Gaps between letters and dots, and between the dots of a pale tone, up to which these are company, px at the usual
size. Ours."""

COMPANY, CROWD = 3, 6
"""How many together are company; and on a page whose small pieces mostly lie alone, so that some meet by chance. A
letter counts as two. Ours."""

LATTICE, UNEVEN = 16, 0.3
"""Dots of a tone are so many at least; and so much their distances to the next may vary, as a share of their mean:
dirt's vary by half. Ours."""

LONG, THIN = 5.0, 2.5
"""Extent, px, and extent over width, from which on a small piece is a stroke. Ours."""

SINGLE = 3
"""Area of what is a single pixel of dirt on a scan of two levels, px at the usual size. Ours."""

DUSTY = 24
"""So many alone, and in more than half of sixteen parts of the page: dirt of a page that has clean paper. Ours."""


@dataclass(frozen=True)
class Pieces:
    """Connected ink.

    Attributes:
        labels: (H, W) int32, 0 paper, else the piece. area, height, width: (N + 1,) px. middle: (N + 1, 2), (y, x) px.
        strongest: (N + 1,) float32, the most ink in it, as a share of the drawing's.
    """

    labels: NDArray[np.int32]
    area: NDArray[np.int64]
    height: NDArray[np.int64]
    width: NDArray[np.int64]
    middle: NDArray[np.float64]
    strongest: NDArray[np.float32]

    @staticmethod
    def of(ink: Mask, share: NDArray[np.float32] | None = None) -> "Pieces":
        """The pieces of some ink, which has these shares of the drawing's; None: all of it is full ink."""
        import mahotas

        labels, count = mahotas.label(ink, Bc=np.ones((3, 3), bool))
        area = np.bincount(labels.ravel(), minlength=count + 1)
        strongest = np.ones(count + 1, np.float32)
        if share is not None:
            strongest[:] = 0
            np.maximum.at(strongest, labels.ravel(), share.ravel())
        boxes = mahotas.labeled.bbox(labels)
        boxes = np.pad(boxes, ((0, count + 1 - len(boxes)), (0, 0)))
        middle = np.stack([boxes[:, 0] + boxes[:, 1], boxes[:, 2] + boxes[:, 3]], 1) / 2
        return Pieces(labels, area, boxes[:, 1] - boxes[:, 0], boxes[:, 3] - boxes[:, 2], middle, strongest)

    @property
    def extent(self) -> NDArray[np.int64]:
        """(N + 1,), the longer side of each one's box, px."""
        return np.maximum(self.height, self.width)

    @property
    def are_strokes(self) -> Mask:
        """(N + 1,), which are long and thin."""
        length = np.hypot(self.height, self.width)
        return (length >= LONG) & (length**2 >= THIN * self.area)


def find_specks(pieces: Pieces, most: float | None, *, clean: bool, faint: float) -> Mask:
    """Which pieces are dirt, (N + 1,) bool.

    Args:
        most: area, px, up to which loose ink is taken for dirt whatever lies around it; None: see above.
        clean: whether the page is.
        faint: share of the drawing's ink that something must reach somewhere, or it is a stain of the paper.
    """
    shape = pieces.labels.shape
    scale = max(1.0, min(shape) / USUAL)
    if most is not None:
        found = (pieces.area <= most) | ((pieces.strongest <= faint) & (most > 0))
    elif clean:
        found = _scattered(pieces, scale)
    else:
        small = pieces.area <= AREA * scale**2
        drawn = pieces.are_strokes | _in_company(pieces, small, scale)
        stains = (pieces.strongest <= faint) & ~(pieces.are_strokes & ~small)
        found = (small & ~drawn) | stains
    found[0] = False
    return found


def _scattered(pieces: Pieces, scale: float) -> Mask:
    """Single pixels that lie alone all over a page of clean paper; none if they are few."""
    single = pieces.area <= SINGLE * scale**2
    single[0] = False
    if np.count_nonzero(single) < DUSTY:
        return np.zeros(len(single), bool)
    alone = single & ~_in_company(pieces, single, scale) & ~_beside_ink(pieces, single, REACH * scale)
    if np.count_nonzero(alone) < DUSTY:
        return np.zeros(len(single), bool)
    parts = np.floor(4 * pieces.middle[alone] / np.array(pieces.labels.shape)).astype(int) @ np.array([4, 1])
    if len(np.unique(parts)) <= 8:
        return np.zeros(len(single), bool)
    return alone


def _beside_ink(pieces: Pieces, small: Mask, reach: float) -> Mask:
    """Which small pieces lie within reach of others that are not."""
    found = np.zeros(len(small), bool)
    large = ~small
    large[0] = False
    if large.any():
        near = depth(~large[pieces.labels]) <= reach
        found[np.unique(pieces.labels[near])] = True
    return found & small


def _in_company(pieces: Pieces, small: Mask, scale: float) -> Mask:
    """Which small pieces lie with others of their kind: lettering and dots near each other, tone farther apart."""
    small = small.copy()
    small[0] = False
    if not small.any():
        return small
    letters = ~small & (pieces.extent <= LETTER * scale)
    letters[0] = False
    groups = _grouped(pieces, small | letters, REACH * scale)
    weight = np.bincount(groups, small + 2.0 * letters)[groups]
    by_chance = np.mean(weight[small] < COMPANY) > 0.5
    kept = small & (weight >= (CROWD if by_chance else COMPANY))
    return kept | in_tone(pieces, small, scale)


def in_tone(pieces: Pieces, small: Mask, scale: float, least: int = LATTICE) -> Mask:
    """Which small pieces are dots of a tone: `least` or more, each as far from the next as the others are.

    Args:
        small: (N + 1,), which pieces may be. scale: of lengths, over those at the usual size.
    """
    groups = _grouped(pieces, small, FAR * scale)
    many = np.bincount(groups[small], minlength=int(groups.max()) + 1)
    kept = np.zeros(len(small), bool)
    for group in np.flatnonzero(many >= least):
        members = np.flatnonzero(small & (groups == group))
        nearest = distances_to_next(pieces.middle[members])
        if np.std(nearest) <= UNEVEN * np.mean(nearest):
            kept[members] = True
    return kept


def distances_to_next(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far some four hundred of (N, 2) places, or all if they are fewer, lie from the nearest other."""
    some = places[:: max(1, len(places) // 400)]
    return np.array([np.partition(np.hypot(*(places - one).T), 1)[1] for one in some])


def _grouped(pieces: Pieces, chosen: Mask, reach: float) -> NDArray[np.int64]:
    """(N + 1,), the group of each chosen piece, from 1: those in one are no more than `reach` px apart, one by one."""
    import mahotas

    mask = chosen[pieces.labels]
    near = depth(~mask) <= reach / 2
    labels, _ = mahotas.label(near, Bc=np.ones((3, 3), bool))
    groups = np.zeros(len(chosen), np.int64)
    groups[pieces.labels[mask]] = labels[mask]
    return groups
