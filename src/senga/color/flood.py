"""Places of a drawing that hang together, and labels that spread over it; plain numpy, as fast as a page needs.

Pixels hang together by their sides, not by their corners: a line one pixel wide that goes askew still closes.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from senga import stopping

Mask = NDArray[np.bool_]
Labels = NDArray[np.int32]
Index = NDArray[np.int64]

SIDES = ((0, 1), (0, -1), (1, 0), (-1, 0))
CORNERS = ((1, 1), (1, -1), (-1, 1), (-1, -1))
"""Neighbors, (down, right)."""


def connected(mask: Mask) -> tuple[Labels, int]:
    """Numbers of the places that hang together, by runs of rows.

    Args:
        mask: (H, W) bool.

    Returns:
        (H, W) int32, 0 where the mask is not, else from 1 in reading order; and how many.

    >>> connected(np.array([[1, 0, 1], [1, 0, 0], [0, 1, 1]], bool))[0].tolist()
    [[1, 0, 2], [1, 0, 0], [0, 3, 3]]
    """
    height, width = mask.shape
    stride = width + 2
    walled = np.zeros((height, stride), bool)
    walled[:, 1:-1] = mask
    flat = walled.reshape(-1)
    change = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    numbers, count = _numbered_runs(change[::2], change[1::2], stride)
    labels = np.zeros(mask.shape, np.int32)
    labels[mask] = numbers
    return labels, count


def connected_at(index: Index, width: int) -> tuple[Labels, int]:
    """As `connected`, of few pixels of a drawing `width` px wide: the number of each from 1, and how many.

    Args:
        index: flat numbers of the pixels, ascending.
    """
    if len(index) == 0:
        return np.zeros(0, np.int32), 0
    walled = index + 2 * (index // width)
    breaks = np.flatnonzero(np.diff(walled) != 1) + 1
    starts, ends = walled[np.r_[0, breaks]], walled[np.r_[breaks - 1, -1]] + 1
    return _numbered_runs(starts, ends, width + 2)


def _numbered_runs(starts: Index, ends: Index, stride: int) -> tuple[Labels, int]:
    """The number of each pixel of runs in rows of `stride` px that touch no neighboring row's end; and how many."""
    first = np.searchsorted(ends, starts + stride, "right")
    many = np.searchsorted(starts, ends + stride, "left") - first
    above = np.repeat(np.arange(len(starts)), many)
    below = np.arange(len(above)) - np.repeat(np.cumsum(many) - many, many) + np.repeat(first, many)
    names, numbers = np.unique(joined(len(starts), above, below), return_inverse=True)
    return np.repeat((numbers + 1).astype(np.int32), ends - starts), len(names)


def joined(count: int, first: Index, second: Index) -> Index:
    """For each of `count` things the least thing that it hangs together with, by pairs first[i], second[i]."""
    root = np.arange(count)
    while len(first):
        first, second = root[first], root[second]
        apart = first != second
        first, second = first[apart], second[apart]
        np.minimum.at(root, np.maximum(first, second), np.minimum(first, second))
        while (root[root] != root).any():
            root = root[root]
    return root


def spread(labels: Labels, free: Mask | None, index: Index, *, rounded: bool = False, most: float = math.inf) -> None:
    """Lets labels run over free pixels, step by step, so that each takes the label that is nearest along them.

    Args:
        labels: (H, W) int32, changed in place: pixels of 0 are taken.
        free: (H, W) bool, what may be taken; None: everything.
        index: flat numbers of free pixels of label 0 where it begins: those beside a label are taken first.
        rounded: count steps to corners in every second round, so that fronts are octagons, not lozenges; nothing
            slips between two corners of ink.
        most: steps.
    """
    flat, size = labels.reshape(-1), labels.shape
    open_ = None if free is None else free.reshape(-1)
    taken = np.zeros(len(index), np.int32)
    for side in SIDES:
        at, near = beside(index, side, size, lambda near: flat.take(near, mode="clip") != 0, taken == 0)
        taken[at] = flat[near]
    new = taken != 0
    front, known = index[new], taken[new]
    flat[front] = known
    diagonal, steps = False, 1

    def bare(near: Index) -> Mask:
        there: Mask = flat.take(near, mode="clip") == 0
        if open_ is not None:
            there &= open_.take(near, mode="clip")
        return there

    while len(front) and steps < most:
        stopping.check()
        diagonal, steps = rounded and not diagonal, steps + 1
        reached = []
        for side in (*SIDES, *CORNERS) if diagonal else SIDES:
            at, near = beside(front, side, size, bare)
            if open_ is not None and side in CORNERS:
                corner = front[at]
                passes = open_[corner + side[1]] | open_[corner + side[0] * size[1]]
                at, near = at[passes], near[passes]
            flat[near] = known[at]
            reached.append(near)
        front = np.concatenate(reached)
        known = flat[front]


def beside(
    index: Index,
    side: tuple[int, int],
    size: tuple[int, ...],
    wanted: Callable[[Index], Mask],
    use: Mask | None = None,
) -> tuple[Index, Index]:
    """Which pixels have a wanted neighbor at a side, by their places in `index`, and the neighbors' flat numbers.

    Args:
        index: flat numbers. side: (down, right). size: (height, width).
        wanted: says it of flat numbers; some may lie outside or in another row. It is asked first, as few are.
        use: (N,), pixels of the index that count.
    """
    (height, width), (down, right) = size, side
    near = index + (down * width + right)
    found = wanted(near)
    at = (found if use is None else found & use).nonzero()[0]
    near = near[at]
    inside = near % width != (0 if right > 0 else width - 1) if right else np.ones(len(near), bool)
    if down:
        inside &= (near >= 0) & (near < height * width)
    return (at, near) if inside.all() else (at[inside], near[inside])
