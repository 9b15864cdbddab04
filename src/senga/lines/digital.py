"""Whether a page is clean: drawn or made by a program, its paper of one level, rather than photographed or scanned."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.lines.strokes import Mask

SAME = 2
"""Levels by which paper of one level may differ: what JPEG does to it."""

FAINT = 24
"""Levels under the paper's from which something is drawn, not paper. Ours."""

BLOCK = 8
"""How far from what is drawn JPEG leaves its traces, px."""

EVEN = 0.985
"""Share of the paper, away from what is drawn, that has the paper's level on a clean page. Ours: of scans, even those
whose paper a program has made white, some keep less; grain and uneven light leave a tenth."""

LEAST = 0.1
"""Share of a page that its paper covers at least. Ours: dense tone leaves a fifth."""

TONE = 0.02
"""Share of a page from which on one level, that its neighbors do not share, is an even gray tone. Ours."""

TWO = 0.98
"""Share of a page of two levels alone that has them. Ours: its borders may be soft."""


@dataclass(frozen=True)
class Ground:
    """A clean page's paper: its color, (C,) uint8, of as many channels as the page has."""

    color: NDArray[np.uint8]


def find_ground(picture: NDArray[np.uint8]) -> Ground | None:
    """The paper of a clean page; None of a photo or a scan, whose paper has grain or light that is not even.

    Args:
        picture: (H, W, 3) or (H, W) uint8.
    """
    gray = picture if picture.ndim == 2 else image.gray(picture)
    counts = image.histogram(gray)
    near = np.convolve(counts, np.ones(2 * SAME + 1, np.int64), "same")
    bright = np.flatnonzero(near >= LEAST * gray.size)
    bright = bright[bright > 128]
    if not len(bright):
        return None
    # The brightest level that covers enough: of the window that holds it, the level itself.
    around = slice(max(0, int(bright[-1]) - SAME), int(bright[-1]) + SAME + 1)
    level = int(counts[around].argmax()) + around.start
    if not (_two_levels(counts, level) or _even(gray, counts, level)):
        return None
    pixels = picture.reshape(gray.size, -1)
    return Ground(np.median(pixels[gray.reshape(-1) == level][::101], axis=0).astype(np.uint8))


def _two_levels(counts: NDArray[np.int64], level: int) -> bool:
    """Whether nearly all of a page is its paper or one ink."""
    ink = int(counts[:128].max())
    return bool(ink > 0 and counts[level] + ink >= TWO * counts.sum())


def _even(gray: NDArray[np.uint8], counts: NDArray[np.int64], level: int) -> bool:
    """Whether paper away from what is drawn is of one level, but for even tones."""
    drawn = gray < level - FAINT
    for tone in _tones(counts, level):
        drawn |= np.abs(gray.astype(np.int16) - tone) <= SAME
    for reach in (BLOCK, 2):
        away = ~_grown(drawn, reach)
        if away.mean() >= 0.02:
            break
    if not away.any():
        return False
    return bool((np.abs(gray[away].astype(np.int16) - level) <= SAME).mean() >= EVEN)


def _tones(counts: NDArray[np.int64], level: int) -> list[int]:
    """Levels near the paper's that stand alone and cover much: pale tones, laid by a program."""
    found = []
    for tone in range(level - FAINT, level - 2 * SAME):
        beside = [counts[i] for i in (tone - SAME - 1, tone + SAME + 1)]
        if counts[tone] >= TONE * counts.sum() and counts[tone] > 8 * max(beside):
            found.append(tone)
    return found


def _grown(mask: Mask, reach: int) -> Mask:
    """The mask and all within a square of `reach` px around it."""
    for axis in (0, 1):
        sums = np.cumsum(np.pad(mask, [(reach + 1, reach) if a == axis else (0, 0) for a in (0, 1)]), axis, np.int32)
        low, high = (np.take(sums, np.arange(mask.shape[axis]) + at, axis) for at in (0, 2 * reach + 1))
        mask = high > low
    return mask
