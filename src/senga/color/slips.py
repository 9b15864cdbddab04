"""Which regions a stroke is meant for: the hand slips over outlines and grazes what lies beside them."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from senga.color.marks import Mark
from senga.color.regions import Regions

MEANT = 0.35
"""Least way of the pen's middle through a region, beside its longest through any, for the region to be meant. Ours:
of two regions, one with a quarter of the stroke is a slip; of five strands, each with a fifth, all are meant."""

COVERED = 0.5
"""Share of a region's paper that the pen covers, from which on it is meant wherever the middle runs: crumbs. Ours."""

STEPS = 20_000
"""Most places along a stroke that are looked at. Ours."""


def meant(mark: Mark, regions: Regions, labels: NDArray[np.int32], paper: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The regions, (N,), that a stroke is meant for.

    These are the region in which most of the pen's middle runs, those with nearly as much, those that it crosses on the
    way from one of these to another, and those that it covers. A stroke whose middle touches no paper is meant for the
    region that it covers most of.

    Args:
        mark: a stroke. labels: (N,) the regions of the pixels that it covers, and `paper`, whether ink lies there not.
    """
    dry = labels[paper] if paper.any() else labels
    under, size = np.unique(dry, return_counts=True)
    if len(under) < 2:
        return under.astype(np.int64)
    way = _way(mark, regions)
    if not len(way):
        return under[[int(size.argmax())]].astype(np.int64)
    through, length = np.unique(way, return_counts=True)
    kept = set(through[length >= MEANT * length.max()].tolist())
    # Runs of one region after another: what lies between two that are meant is crossed, not slipped into.
    runs = way[np.r_[True, way[1:] != way[:-1]]]
    at = [i for i, region in enumerate(runs.tolist()) if region in kept]
    for one, other in pairwise(at):
        if runs[one] != runs[other]:
            kept.update(runs[one + 1 : other].tolist())
    kept.update(under[size >= COVERED * regions.paper_sizes[under]].tolist())
    return np.array(sorted(kept), np.int64)


def _way(mark: Mark, regions: Regions) -> NDArray[np.int32]:
    """The regions of the paper that a stroke's middle runs over, one after another, at even steps."""
    points = np.array(mark.points, np.float64)
    if len(points) == 1:
        steps = points
    else:
        along = np.r_[0.0, np.hypot(*np.diff(points, axis=0).T).cumsum()]
        places = np.linspace(0, along[-1], min(STEPS, 2 + int(along[-1])))
        steps = np.stack([np.interp(places, along, points[:, i]) for i in (0, 1)], 1)
    x, y = np.floor(steps + 0.5).astype(np.int64).T
    height, width = regions.shape
    inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
    x, y = x[inside], y[inside]
    found: NDArray[np.int32] = regions.labels[y, x][regions.paper[y, x]]
    return found
