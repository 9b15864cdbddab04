"""Screentone taken out of what is looked at: its dots are ink, and would divide what they shade."""

import numpy as np
from numpy.typing import NDArray

from senga.lines.specks import USUAL, Pieces, distances_to_next, in_tone
from senga.lines.strokes import depth

AREA, ROUND = 60.0, 2.0
"""Largest area of a tone's dot, px at the usual size, and the most that it is longer than wide. Ours."""

DOTS = 100
"""Dots that make a tone: fewer are drawn one by one. Ours."""


MANY = 1000
"""Small pieces up to which each is held against each."""


def without_tone(lines: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Line art without the dots of screentone; the same array where there is none.

    Tone of lines and gray tones stay. The dots' soft borders go with them, up to the next ink.

    Args:
        lines: (H, W) uint8, 0 = ink.
    """
    import mahotas

    ink = lines < 128
    scale = max(1.0, min(lines.shape) / USUAL)
    pieces = Pieces.of(ink)
    longer, shorter = np.maximum(pieces.height, pieces.width), np.minimum(pieces.height, pieces.width)
    small = (pieces.area <= AREA * scale**2) & (longer <= ROUND * np.maximum(shorter, 1))
    small[0] = False
    if np.count_nonzero(small) < DOTS or _are_strewn(pieces.middle[small]):
        return lines
    dots = in_tone(pieces, small, scale, DOTS)
    if not dots.any():
        return lines
    dots |= _cut_off(pieces, dots, pieces.area <= AREA * scale**2)
    taken, kept = dots[pieces.labels], ink & ~dots[pieces.labels]
    around, beside = (mahotas.dilate(mask, np.ones((5, 5), bool)) for mask in (taken, kept))
    bare: NDArray[np.uint8] = np.where(taken | (around & ~beside), np.uint8(255), lines)
    return bare


def _are_strewn(places: NDArray[np.float64]) -> bool:
    """Whether too few of some places lie as far from the next as most do; of many it is not asked. It spares time."""
    if len(places) > MANY:
        return False
    apart = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    nearest = apart.min(1)
    usual = np.median(nearest)
    return bool(np.count_nonzero(np.abs(nearest - usual) < 0.3 * usual) < DOTS)


def _cut_off(pieces: Pieces, dots: NDArray[np.bool_], small: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which small pieces are dots as well that the edge of their tone cuts: no larger, and beside others."""
    pitch = np.median(distances_to_next(pieces.middle[dots]))
    near = depth(~dots[pieces.labels]) <= pitch
    found = np.zeros(len(dots), bool)
    found[np.unique(pieces.labels[near])] = True
    found &= small & (pieces.area <= 1.2 * pieces.area[dots].max())
    found[0] = False
    return found
