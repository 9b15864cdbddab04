"""Whether a page is colored already: areas whose colors no mixture of its paper and its ink makes."""

import mahotas
import numpy as np

from senga import image
from senga.metrics import lab

SIDE = 256
"""Largest side that a page is looked at with, px."""

APART = 12.0
"""Chroma, in Lab, by which a pixel must differ from the mixture of paper and ink of its lightness. Ours."""

AREA = 5
"""Side of the squares that must be colored throughout, px: colored lines alone are a pencil's. Ours."""

SHARE = 0.0025
"""Share of a page that such squares' middles make up at least. Ours."""


def is_colored(picture: image.Pixels) -> bool:
    """Whether a page has colored areas.

    Tinted paper, a scan gone yellow, ink or pencil of one color on it are no coloring; nor are pencil lines of
    another color. Shades of one color on paper of the same are taken for ink.

    Args:
        picture: (H, W, 3) uint8.
    """
    small = image.thumbnail(picture, SIDE)
    seen = small.reshape(-1, 3).astype(np.float64)
    luma = seen @ np.array([0.299, 0.587, 0.114])
    order = np.argsort(luma)
    few = max(1, len(order) // 50)
    # Medians: a few glaring pixels are neither paper nor ink.
    ink, paper = (np.median(seen[part], 0) for part in (order[:few], order[-max(few, len(order) // 5) :]))
    low, high = (float(c @ np.array([0.299, 0.587, 0.114])) for c in (ink, paper))
    share = ((luma - low) / max(high - low, 1.0)).clip(0, 1)[:, None]
    mixed = np.rint(ink + share * (paper - ink)).astype(np.uint8).reshape(small.shape)
    gap = lab(small)[..., 1:] - lab(mixed)[..., 1:]
    off = np.hypot(gap[..., 0], gap[..., 1]) > APART
    inner = mahotas.erode(off, np.ones((AREA, AREA), bool))
    return bool(inner.mean() > SHARE)
