"""Regions of a strip's windows made one division: what a cut goes through is one region still."""

from collections.abc import Iterable, Sequence

import numpy as np

from senga.color.flood import Index, joined
from senga.color.regions import Regions
from senga.color.strips import strips
from senga.color.windows import Window

SHARED = 0.5
"""Regions on the two sides of a cut are one, if they meet over so much of the narrower one's paper there. Ours: where
less meets, a line bends, or a gap that is bridged lies."""


def joined_regions(windows: Sequence[Window], parts: Iterable[Regions]) -> Regions:
    """The regions of a whole strip.

    Args:
        windows: as `windows.find_windows` answers. parts: the regions of each, taken one after another.
    """
    shape = windows[-1].rows.stop, windows[-1].columns.stop
    labels, paper = np.zeros(shape, np.int32), np.zeros(shape, bool)
    count, factor = 0, 1
    pairs = [np.zeros((2, 0), np.int64)]
    for window, found in zip(windows, parts, strict=True):
        labels[window] = found.labels
        labels[window] += count
        paper[window] = found.paper
        if count:
            pairs.append(_across(labels, paper, window))
        count, factor = count + found.count, max(factor, found.factor)
    first, second = np.concatenate(pairs, 1)
    names, numbers = np.unique(joined(count, first, second), return_inverse=True)
    numbers = numbers.astype(np.int32)
    for rows in strips(shape):
        labels[rows] = numbers[labels[rows]]
    return Regions(labels, paper, len(names), factor)


def _across(labels: np.ndarray, paper: np.ndarray, window: Window) -> Index:
    """(2, N), regions that are one on both sides of a window's first row, or column."""
    if window.rows.start:
        last, first = window.rows.start - 1, window.rows.start
        sides, open_ = labels[[last, first]], paper[[last, first]]
    else:
        last, first = window.columns.start - 1, window.columns.start
        sides, open_ = labels[:, [last, first]].T, paper[:, [last, first]].T
    meet = open_[0] & open_[1]
    names, numbers = np.unique(sides, return_inverse=True)
    above, below = numbers.reshape(sides.shape)
    own = np.bincount(above[open_[0]], minlength=len(names)) + np.bincount(below[open_[1]], minlength=len(names))
    keys, length = np.unique(above[meet].astype(np.int64) * len(names) + below[meet], return_counts=True)
    one, two = keys // len(names), keys % len(names)
    wide = length >= SHARED * np.minimum(own[one], own[two])
    found: Index = np.stack([names[one[wide]], names[two[wide]]]).astype(np.int64)
    return found
