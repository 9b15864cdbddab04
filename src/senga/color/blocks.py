"""Large drawings in blocks: which are all of paper, and labels of blocks at the drawing's own size."""

import math

import numpy as np

from senga.color.flood import Index, Labels, Mask, connected_at, spread
from senga.color.strips import CACHED, strips


def pooled(mask: Mask, factor: int) -> Mask:
    """A mask at 1 / factor of its size, True only where the whole block is; the last blocks may be cut off."""
    if factor == 1:
        return mask
    rows = mask[::factor].copy()
    for i in range(1, factor):
        part = mask[i::factor]
        rows[: len(part)] &= part
    answer = rows[:, ::factor].copy()
    for i in range(1, factor):
        part = rows[:, i::factor]
        answer[:, : part.shape[1]] &= part
    return answer


def enlarged(small: Labels, clear: Mask, paper: Mask, factor: int, least: float, within: Mask | None = None) -> Labels:
    """Labels of blocks at the drawing's size, dividing blocks that hold ink anew, along the ink.

    Nothing crosses a line on the way: clear blocks keep their label, from there labels run over the paper beside lines,
    and only then under the ink. Places between lines closer than a block, which no label reaches, become new ones.

    Args:
        small: (h, w) int32, the label of each block, 0 for none. clear: (h, w) bool, blocks all of paper.
        paper: (H, W) bool. factor: side of a block, px.
        least: new labels of less paper are dropped, px.
        within: (H, W) bool, where labels are wanted; None: everywhere.

    Returns:
        (H, W) int32 from 1; 0 where `within` is not, and where no label reaches.
    """
    labels = np.empty(paper.shape, np.int32)
    sure = np.where(clear, small, np.int32(0))
    for rows in strips(paper.shape, factor):
        part = sure[rows.start // factor : -(-rows.stop // factor)]
        blocks = np.repeat(np.repeat(part, factor, 0), factor, 1)
        labels[rows] = blocks[: rows.stop - rows.start, : paper.shape[1]]
    spread(labels, paper, _bare(labels, paper))
    if math.isfinite(least):
        left = _bare(labels, paper)
        found, count = connected_at(left, paper.shape[1])
        number = np.zeros(count + 1, np.int32)
        keep = np.bincount(found, minlength=count + 1) >= least
        keep[0] = False
        number[keep] = int(small.max()) + 1 + np.arange(keep.sum())
        labels.reshape(-1)[left] = number[found]
    if within is None:
        _fill_solid(labels, small, paper, factor)
        if not labels.any():
            labels[:] = 1
    spread(labels, within, _bare(labels, within))
    return labels


def _bare(labels: Labels, within: Mask | None) -> Index:
    """Flat numbers of pixels of label 0, of those `within` alone if it is given."""
    found = []
    for rows in strips(labels.shape, most=CACHED):
        bare = labels[rows] == 0
        if within is not None:
            bare &= within[rows]
        found.append(np.flatnonzero(bare) + rows.start * labels.shape[1])
    return np.concatenate(found)


def _fill_solid(labels: Labels, small: Labels, paper: Mask, factor: int) -> None:
    """Lets the blocks' own labels do deep in solid black, where running under the ink would take long."""
    solid = pooled(~paper, factor)
    for axis in (0, 1):
        solid = solid & _shifted(solid, 1, axis) & _shifted(solid, -1, axis)
    y, x = np.nonzero(solid)
    for down in range(factor):
        for right in range(factor):
            row, column = y * factor + down, x * factor + right
            here = (row < labels.shape[0]) & (column < labels.shape[1])
            labels[row[here], column[here]] = small[y[here], x[here]]


def _shifted(mask: Mask, by: int, axis: int) -> Mask:
    """A mask moved by one, what comes in at the edge is True."""
    moved = np.ones_like(mask)
    source, target = (slice(None, -1), slice(1, None)) if by > 0 else (slice(1, None), slice(None, -1))
    if axis == 0:
        moved[target] = mask[source]
    else:
        moved[:, target] = mask[:, source]
    return moved
