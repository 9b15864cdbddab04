"""Thinning: ink made one pixel wide, by looking at those pixels alone that may go.

Source: Golay 1969 (hexagonal patterns), on squares: one after another, eight patterns take pixels with paper on one
side and ink on the other, until none fits. `mahotas.thin` goes by the same patterns in the same order, and tests hold
this to its answers, byte for byte; but it looks at every pixel eight times a round. A page of 2000x1400 px takes a
tenth of its time, a drawing of 300 px half.
"""

import numpy as np
from numpy.typing import NDArray

AROUND = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
"""The eight neighbors of a pixel, (down, right), clockwise from the one above: the bits of its code."""


def _fits() -> NDArray[np.bool_]:
    """(8, 256), whether the ink around a pixel, as a code, fits each pattern: three of paper, three across of ink."""
    codes, rows = np.arange(256), []
    for middle in (0, 1, 2, 3, 4, 5, 7, 6):
        paper, ink = (sum(1 << (middle + i) % 8 for i in those) for those in ((-1, 0, 1), (3, 4, 5)))
        rows.append((codes & paper == 0) & (codes & ink == ink))
    return np.array(rows)


FITS = _fits()


def thin(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Center lines of ink, (H, W), one pixel wide.

    >>> ink = np.ones((3, 9), bool)
    >>> thin(ink)[:, 2:7].astype(int).tolist()
    [[0, 0, 0, 0, 0], [1, 1, 1, 1, 1], [0, 0, 0, 0, 0]]
    """
    left = np.pad(ink, 1)
    flat, steps = left.reshape(-1), [down * left.shape[1] + right for down, right in AROUND]
    # Codes are kept up to date where a pixel goes, in the place of looking around each again.
    at, codes = np.flatnonzero(flat), np.zeros(flat.shape, np.uint8)
    for bit, step in enumerate(steps):
        codes[at] |= flat[at + step].astype(np.uint8) << np.uint8(bit)
    while len(at):
        before = len(at)
        for fits in FITS:
            gone = at[fits[codes[at]]]
            flat[gone] = False
            codes[gone] = 0  # fits no pattern
            for bit, step in enumerate(steps):
                codes[gone + step] &= np.uint8(255 ^ 1 << (bit + 4) % 8)
        at = at[flat[at]]
        if len(at) == before:
            break
    return left[1:-1, 1:-1].copy()
