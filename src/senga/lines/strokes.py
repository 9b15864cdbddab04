"""Geometry of ink: which of it is stroke and which is solid black, where strokes' centers run, how wide they are.

Measuring, training targets and drawing at one width all read a drawing by these functions, so that all mean the same
by "a line".
"""

import numpy as np
from numpy.typing import NDArray

from senga.lines import thinning

Mask = NDArray[np.bool_]

WIDEST = 16.0
"""Ink wider than this is a solid in training targets, px; a solid counts by its outline (ours)."""

CLOSE = 4.0
"""Reach from which on distances are taken, px: below, the mask is moved. Ours."""

PART, BESIDE = 24_000, 8_000
"""Length of parts in which distances of long pictures are taken, and what is looked at beside each, px. Ours."""

INK = 128
"""Line art darker than this level of 255 is ink."""


def depth(ink: Mask) -> NDArray[np.float32]:
    """Distance of each ink pixel to the nearest paper pixel, px; 0 on paper. Beyond the picture's edge ink goes on."""
    import mahotas

    if ink.all():
        return np.full(ink.shape, np.float32(max(ink.shape)))
    if max(ink.shape) > PART + 2 * BESIDE:
        return _depth_by_parts(ink)
    squared = mahotas.distance(ink)
    inside: NDArray[np.float32] = np.sqrt(squared, out=squared).astype(np.float32)
    return inside


def _depth_by_parts(ink: Mask) -> NDArray[np.float32]:
    """`depth` of what is so long that squares of sides are no 32-bit numbers; over `BESIDE` px it may be too large."""
    upright = ink if ink.shape[0] >= ink.shape[1] else ink.T
    found = np.empty(upright.shape, np.float32)
    for top in range(0, len(upright), PART):
        first = max(0, top - BESIDE)
        part = depth(np.ascontiguousarray(upright[first : top + PART + BESIDE]))
        found[top : top + PART] = part[top - first : top - first + PART]
    return found if ink.shape[0] >= ink.shape[1] else found.T


def solids(ink: Mask, widest: float = WIDEST) -> Mask:
    """Ink that is wider than a stroke: what a disc of diameter `widest` fits into, grown back."""
    core = depth(ink) > widest / 2
    if not core.any():
        return core
    # Grown a little further than it was shrunk, or corners of a solid would stay behind as crumbs of stroke.
    return ink & (depth(~core) <= widest / 2 + 2)


def typical_width(inside: NDArray[np.float32]) -> float:
    """Median width of strokes in whole pixels, at least 1, from the depths at their center lines."""
    return max(1.0, 2 * float(np.median(inside)) - 1) if len(inside) else 1.0


def widest_beside(wide: float) -> float:
    """Width, px, over which ink is a solid beside strokes of a typical width: twice it, or 5 px more, up to 48 px.

    Where strokes meet, discs of up to one and a half times their width fit in; spots and pupils are wider (ours).
    """
    return min(max(2 * wide, wide + 5), 3 * WIDEST)


def widest_stroke(ink: Mask) -> float:
    """`widest_beside` a drawing's own typical stroke, px."""
    return widest_beside(typical_width(depth(ink)[thin_strokes(ink)]))


def within(mask: Mask, reach: float) -> Mask:
    """The mask and all pixels up to `reach` px from it."""
    if not mask.any():
        return mask
    if reach >= CLOSE:
        far: Mask = depth(~mask) <= reach
        return far
    # So near by moving the mask: a byte a pixel, in a fraction of the time that distances take.
    near, (height, width) = mask.copy(), mask.shape
    for down in range(-int(reach), int(reach) + 1):
        for right in range(-int(reach), int(reach) + 1):
            if 0 < down**2 + right**2 <= reach**2 and abs(down) < height and abs(right) < width:
                to = slice(max(0, down), height + min(0, down)), slice(max(0, right), width + min(0, right))
                of = slice(max(0, -down), height + min(0, -down)), slice(max(0, -right), width + min(0, -right))
                near[to] |= mask[of]
    return near


def thin_strokes(ink: Mask) -> Mask:
    """Skeleton of all ink but the largest solids, whose thinning would take long and say nothing."""
    return thin(ink & ~solids(ink, 3 * WIDEST))


def centers(ink: Mask, widest: float = WIDEST) -> Mask:
    """Center lines of strokes and outlines of solids, one pixel wide."""
    solid = solids(ink, widest)
    center = thin(ink & ~solid)
    if solid.any():
        inside = depth(ink)
        center = center | (solid & (inside > 0) & (inside <= 1))
    return center


def thin(ink: Mask, margin: int = 12) -> Mask:
    """Skeleton of ink, one pixel wide.

    Strokes end in a fork as long as they are wide where they run off the picture; a margin of repeated pixels takes
    the fork.
    """
    return thinning.thin(np.pad(ink, margin, mode="edge"))[margin:-margin, margin:-margin]


def nearness(center: Mask, spread: float) -> NDArray[np.float32]:
    """1 on center lines, falling off as a Gaussian of their distance with this sigma, px."""
    if not center.any():
        return np.zeros(center.shape, np.float32)
    import mahotas

    squared = mahotas.distance(~center)
    near: NDArray[np.float32] = np.exp(-squared / (2 * spread**2)).astype(np.float32)
    return near
