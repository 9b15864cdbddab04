"""Regions of a strip's windows made one division: what a cut goes through is one region still."""

from collections.abc import Iterable, Sequence

import numpy as np

from senga.color.flood import Index, joined
from senga.color.regions import Regions
from senga.color.strips import strips
from senga.color.window import Window

SHARED = 0.5
"""Regions on the two sides of a cut are one, if they meet over so much of the narrower one's paper there. Ours: where
less meets, a line bends, or a gap that is bridged lies."""


def joined_regions(windows: Sequence[Window], parts: Iterable[Regions]) -> Regions:
    """The regions of a whole strip.

    Args:
        windows: as `windows.find_windows` answers. parts: the regions of each, taken one after another.
    """
    shape = max(window.rows.stop for window in windows), max(window.columns.stop for window in windows)
    labels, paper = np.zeros(shape, np.int32), np.zeros(shape, bool)
    count, factor = 0, 1
    pairs = [np.zeros((2, 0), np.int64)]
    for window, found in zip(windows, parts, strict=True):
        labels[window] = found.labels
        labels[window] += count
        paper[window] = found.paper
        if window.rows.start:
            pairs.append(
                _across(
                    labels[: window.rows.stop, window.columns],
                    paper[: window.rows.stop, window.columns],
                    window.rows.start,
                )
            )
        if window.columns.start:
            pairs.append(
                _across(
                    labels[window.rows, : window.columns.stop].T,
                    paper[window.rows, : window.columns.stop].T,
                    window.columns.start,
                )
            )
        count, factor = count + found.count, max(factor, found.factor)
    first, second = np.concatenate(pairs, 1)
    names, numbers = np.unique(joined(count, first, second), return_inverse=True)
    numbers = numbers.astype(np.int32)
    for rows in strips(shape):
        labels[rows] = numbers[labels[rows]]
    return Regions(labels, paper, len(names), factor)


def _across(labels: np.ndarray, paper: np.ndarray, first: int) -> Index:
    """(2, N), regions that are one on both sides of a cut above row `first`."""
    above, below = labels[first - 1], labels[first]
    open_ = paper[first - 1], paper[first]
    meet = open_[0] & open_[1]
    names, numbers = np.unique(np.stack([above, below]), return_inverse=True)
    above, below = numbers.reshape(2, -1)
    own = np.bincount(above[open_[0]], minlength=len(names)) + np.bincount(below[open_[1]], minlength=len(names))
    keys, length = np.unique(above[meet].astype(np.int64) * len(names) + below[meet], return_counts=True)
    one, two = keys // len(names), keys % len(names)
    wide = length >= SHARED * np.minimum(own[one], own[two])
    found: Index = np.stack([names[one[wide]], names[two[wide]]]).astype(np.int64)
    return found
