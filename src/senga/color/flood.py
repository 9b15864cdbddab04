"""Places of a drawing that hang together, and labels that spread over it; plain numpy, as fast as a page needs.

Pixels hang together by their sides, not by their corners: a line one pixel wide that goes askew still closes.
"""

import numpy as np
from numpy.typing import NDArray

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
    starts, ends = change[::2], change[1::2]
    first = np.searchsorted(ends, starts + stride, "right")
    many = np.searchsorted(starts, ends + stride, "left") - first
    above = np.repeat(np.arange(len(starts)), many)
    below = np.arange(len(above)) - np.repeat(np.cumsum(many) - many, many) + np.repeat(first, many)
    names, numbers = np.unique(joined(len(starts), above, below), return_inverse=True)
    labels = np.zeros(mask.shape, np.int32)
    labels[mask] = np.repeat((numbers + 1).astype(np.int32), ends - starts)
    return labels, len(names)


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


def spread(labels: Labels, free: Mask, index: Index, *, rounded: bool = False) -> None:
    """Lets labels run over free pixels, step by step, so that each takes the label that is nearest along them.

    Args:
        labels: (H, W) int32, changed in place: pixels of 0 are taken.
        free: (H, W) bool, what may be taken.
        index: flat numbers of free pixels of label 0 where it begins: those beside a label are taken first.
        rounded: count steps to corners in every second round, so that fronts are octagons, not lozenges; nothing
            slips between two corners of ink.
    """
    flat, open_ = labels.reshape(-1), free.reshape(-1)
    size = labels.shape
    taken = np.zeros(len(index), np.int32)
    for side in SIDES:
        inside, near = neighbors(index, side, size)
        found = flat[near]
        taken[inside] = np.where(taken[inside] == 0, found, taken[inside])
    new = taken != 0
    front = index[new]
    flat[front] = taken[new]
    diagonal = False
    while len(front):
        diagonal = rounded and not diagonal
        reached = []
        for side in (*SIDES, *CORNERS) if diagonal else SIDES:
            inside, near = neighbors(front, side, size)
            take = open_[near] & (flat[near] == 0)
            if side in CORNERS:
                at = front[inside]
                take &= open_[at + side[1]] | open_[at + side[0] * size[1]]
            near = near[take]
            flat[near] = flat[front[inside][take]]
            reached.append(near)
        front = np.concatenate(reached)


def neighbors(index: Index, side: tuple[int, int], size: tuple[int, ...]) -> tuple[Mask | slice, Index]:
    """Which pixels have a neighbor at that side, and its flat number."""
    (height, width), (down, right) = size, side
    near = index + (down * width + right)
    inside: Mask | None = None
    if right:
        inside = index % width != (width - 1 if right > 0 else 0)
    if down:
        within = (near >= 0) & (near < height * width)
        inside = within if inside is None else inside & within
    assert inside is not None
    return (slice(None), near) if inside.all() else (inside, near[inside])
