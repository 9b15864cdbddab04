"""How far from ink each place is, where it is near: all that balls between lines ask."""

import math

import numpy as np
from numpy.typing import NDArray

from senga.color.flood import Mask

SHORT = 10
"""Greatest distance whose squares, and sums of two, fit into 8 bits."""


def near_distances(paper: Mask, most: float) -> NDArray[np.float32]:
    """Distances to the nearest ink, (h, w) float32, px, exact up to `most`; farther off anything over it.

    The least over rows of the least over columns, as the exact transform does it, but no farther than is asked: a page
    is done in the time in which it could be copied some times.

    Args:
        paper: (h, w) bool, False is ink; there is none beyond the edges. most: px.
    """
    reach = max(1, math.ceil(most))
    if reach > SHORT:
        import mahotas

        if paper.all():
            return np.full(paper.shape, reach + 1, np.float32)
        squares: NDArray[np.float64] = mahotas.distance(paper)
        return np.sqrt(squares, dtype=np.float32)
    far = np.where(paper, np.uint8(reach + 1), np.uint8(0))
    for _ in range(reach):
        np.minimum(far[1:], far[:-1] + np.uint8(1), out=far[1:])
        np.minimum(far[:-1], far[1:] + np.uint8(1), out=far[:-1])
    far *= far
    nearest = far.copy()
    for aside in range(1, min(reach, paper.shape[1] - 1) + 1):
        moved = far + np.uint8(aside**2)
        np.minimum(nearest[:, :-aside], moved[:, aside:], out=nearest[:, :-aside])
        np.minimum(nearest[:, aside:], moved[:, :-aside], out=nearest[:, aside:])
    roots = np.sqrt(np.arange(256, dtype=np.float32))
    return np.take(roots, nearest, mode="clip")
