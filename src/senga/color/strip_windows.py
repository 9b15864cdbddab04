"""Windows along a long strip, as webtoons are: cut in the gutters between panels, else where a row is quiet.

A network sees a drawing at one size. Of a strip thirty times as long as it is wide it would see sixty pixels of width;
window by window it sees each panel as large as if that were a drawing alone.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.strips import strips
from senga.color.window import Window, ink_level

LONG = 2.5
"""From so many times as long as wide on a drawing is a strip. Ours: figures and double pages are less."""

USUAL, LEAST, MOST = 1.3, 0.3, 3.5
"""Length of a window by its width, as a panel has it; and least and greatest by the usual. Ours."""

AREA = 224 * 224
"""Windows of narrow strips are as long as this area asks for, px: more of them would show no more. Ours."""

COUNT = 128
"""Most windows; of a longer strip they are longer. Ours: each takes its time."""

CROSSING, INKED = 0.6, 4.0
"""What a cut across a panel costs, and so many times its row's share of ink, beside the square of the logarithm of how
many times the usual a window is long. Ours."""

BLANK = 40
"""Levels that a gutter's row may differ in. Ours: the grain of scans, soft gradients."""

STEP = 40
"""Places in a usual window at which a strip may be cut. Ours."""

Rows = NDArray[np.int64]


def find_strip_windows(lines: image.Pixels) -> tuple[Window, ...]:
    """The windows of a drawing (H, W) uint8, 0 = ink, in order; of one that is no strip, all of it.

    >>> panels = np.full((900, 300), 255, np.uint8)
    >>> panels[10:440, 10:290] = panels[460:890, 10:290] = 0
    >>> [window.rows for window in find_strip_windows(panels)]
    [slice(0, 450, None), slice(450, 900, None)]
    """
    height, width = lines.shape
    down = height >= width
    long, across = (height, width) if down else (width, height)
    usual = _usual(long, across)
    if not is_strip(lines.shape):
        return (Window(slice(0, height), slice(0, width)),)
    cuts = _cuts(*_profile(lines, down=down), usual)
    spans = [slice(start, stop) for start, stop in pairwise(cuts)]
    return tuple(Window(s, slice(0, width)) if down else Window(slice(0, height), s) for s in spans)


def expected_windows(shape: tuple[int, int]) -> int:
    """About how many windows a drawing of (height, width) has, before it is seen."""
    long, across = max(shape), min(shape)
    return round(long / _usual(long, across)) if is_strip(shape) else 1


def is_strip(shape: tuple[int, ...]) -> bool:
    """Whether a drawing of (height, width) is a strip."""
    long, across = max(shape), min(shape)
    return long >= max(LONG * across, 1.5 * _usual(long, across))


def _usual(long: int, across: int) -> float:
    """The usual length of a strip's window, px."""
    return max(USUAL * across, AREA / across, long / COUNT)


def _profile(lines: image.Pixels, *, down: bool) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    """Of each row along a strip, whether it is blank, and its share of ink."""
    level = ink_level(lines)
    axis, long = (1, lines.shape[0]) if down else (0, lines.shape[1])
    least, most = np.full(long, 255, np.uint8), np.zeros(long, np.uint8)
    inked = np.zeros(long, np.float32)
    for rows in strips(lines.shape):
        part, at = lines[rows], rows if down else slice(None)
        least[at] = np.minimum(least[at], part.min(axis))
        most[at] = np.maximum(most[at], part.max(axis))
        inked[at] += (part < level).sum(axis)
    share = inked / np.float32(lines.shape[axis])
    # What is even is a gutter, a black one too; on coarse paper what has no ink is.
    return (most - least <= BLANK) | (inked == 0), share


def _cuts(blank: NDArray[np.bool_], share: NDArray[np.float32], usual: float) -> list[int]:
    """Where a strip is cut, its ends included: what costs least in all."""
    long = len(blank)
    at, cost = _places(blank, share, max(1, int(usual / STEP)))
    at, cost = np.concatenate([[0], at, [long]]), np.concatenate([[0.0], cost, [0.0]])
    best, before = np.full(len(at), np.inf), np.zeros(len(at), np.int64)
    best[0] = 0
    for i in range(1, len(at)):
        first = np.searchsorted(at, at[i] - MOST * usual)
        last = max(int(np.searchsorted(at, at[i] - LEAST * usual, "right")), int(first) + 1)
        last = min(last, i)
        lengths = (at[i] - at[first:last]) / usual
        totals = best[first:last] + np.square(np.log(lengths)) + cost[i]
        if len(totals):
            pick = int(totals.argmin())
            best[i], before[i] = totals[pick], first + pick
    cuts, i = [long], len(at) - 1
    while i:
        i = int(before[i])
        cuts.append(int(at[i]))
    return cuts[::-1]


def _places(blank: NDArray[np.bool_], share: NDArray[np.float32], step: int) -> tuple[Rows, NDArray[np.float64]]:
    """Places between the ends of a strip where it may be cut, one in so many rows, and what each costs."""
    price = np.where(blank, 0.1, CROSSING + INKED * share.astype(np.float64))
    ends = np.flatnonzero(np.diff(np.pad(blank, 1).astype(np.int8)))
    middles = (ends[::2] + ends[1::2]) // 2
    price[np.minimum(middles, len(price) - 1)] -= 0.1
    count = len(price) // step
    quiet = price[: count * step].reshape(count, step).argmin(1) + np.arange(count) * step
    at = quiet[(quiet > 0) & (quiet < len(price))]
    return at, price[at]
