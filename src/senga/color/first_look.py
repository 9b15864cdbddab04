"""What a file that somebody opens as a drawing looks like: lines, a photo or scan, white on black, or colored."""

from typing import Literal

import numpy as np

from senga import image
from senga.color.colored import is_colored
from senga.lines.digital import find_ground
from senga.lines.polarity import is_inverted

Look = Literal["lines", "scan", "inverted", "colored"]

TILE, TILES = 420, 3
"""Side of the fields, px, and how many of them each way, that the grain of a large page's paper is looked at in. Ours:
the whole of 12 megapixels takes 1.2 to 2.7 s of one core, these 0.2."""


def look_at(picture: image.Pixels) -> Look:
    """What a picture looks like.

    "inverted" is white drawing on black, "colored" has areas of color, "scan" paper with grain or uneven light;
    "lines" is none of these: a clean drawing, to be taken as it is.

    Args:
        picture: (H, W, 3) uint8.
    """
    if is_inverted(picture):
        return "inverted"
    if is_colored(picture):
        return "colored"
    return "lines" if find_ground(_fields(picture)) is not None else "scan"


def _fields(picture: image.Pixels) -> image.Pixels:
    """A large picture's fields beside one another, its pixels as they are; a smaller one whole."""
    height, width = picture.shape[:2]
    if min(height, width) < 2 * TILE * TILES:
        return picture
    rows, columns = (
        [slice(start, start + TILE) for start in np.linspace(0, side - TILE, TILES).astype(int)]
        for side in (height, width)
    )
    return np.concatenate([np.concatenate([picture[r, c] for c in columns], axis=1) for r in rows])
