"""Several pictures on one sheet, numbered, to choose from."""

import math
from collections.abc import Sequence

import numpy as np

from senga.errors import ImageError
from senga.image import Pixels, flatten, resize

MARGIN = 6
"""Between pictures and around them, px."""

DIGITS = (
    "111101101101111", "010110010010111", "111001111100111", "111001111001111", "101101111001001",
    "111100111001111", "111100111101111", "111001010010010", "111101111101111", "111101111001111",
)  # fmt: skip
"""The digits 0 to 9, each 5 rows of 3 px, 1 = ink."""


def contact_sheet(pictures: Sequence[Pixels], columns: int | None = None, cell: int | None = None) -> Pixels:
    """Pictures in rows on white, each with its number, from 1 on, in its corner.

    Args:
        pictures: (H, W, 3) or (H, W, 4) uint8, of any sizes; what is transparent shows white.
        columns: default: as many as make the sheet about square.
        cell: longest side of a picture on the sheet, px; larger ones are made smaller. Default: 512 for up to nine
            pictures, 256 for more.

    Returns:
        (H, W, 3) uint8.

    Raises:
        ImageError: no pictures, or columns or a cell under 1.

    >>> contact_sheet([np.zeros((40, 30, 3), np.uint8)] * 3, columns=2).shape
    (98, 78, 3)
    """
    if not pictures:
        raise ImageError("a sheet needs at least one picture")
    longest = cell if cell is not None else 512 if len(pictures) <= 9 else 256
    if longest < 1 or (columns is not None and columns < 1):
        raise ImageError("a sheet needs columns and a cell of at least 1")
    shown = [_fitted(flatten(p), longest) for p in pictures]
    scale = max(1, min(4, max(max(p.shape[:2]) for p in shown) // 100))
    labels = [number(i, scale) for i in range(1, len(shown) + 1)]
    # A picture smaller than its number has a cell that the number fits.
    height, width = (max(p.shape[side] for p in [*shown, labels[-1]]) for side in (0, 1))
    across = min(columns or round(math.sqrt(len(shown) * height / width)) or 1, len(shown))
    down = math.ceil(len(shown) / across)
    sheet = np.full((MARGIN + down * (height + MARGIN), MARGIN + across * (width + MARGIN), 3), 255, np.uint8)
    for i, (picture, label) in enumerate(zip(shown, labels, strict=True)):
        top, left = MARGIN + i // across * (height + MARGIN), MARGIN + i % across * (width + MARGIN)
        for pixels in (picture, label):
            sheet[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
    return sheet


def number(value: int, scale: int = 1) -> Pixels:
    """A number in black digits on a white box, (7 scale, (4 digits + 1) scale, 3) uint8; digits are 5 px high."""
    digits = [np.array(list(DIGITS[int(d)]), np.uint8).reshape(5, 3) for d in str(value)]
    ink = np.pad(np.hstack([np.pad(d, ((1, 1), (1, 0))) for d in digits]), ((0, 0), (0, 1)))
    gray = np.repeat(np.repeat(np.where(ink == 1, 0, 255).astype(np.uint8), scale, 0), scale, 1)
    return np.repeat(gray[..., None], 3, 2)


def _fitted(picture: Pixels, longest: int) -> Pixels:
    height, width = picture.shape[:2]
    shrink = min(1.0, longest / max(height, width))
    return resize(picture, (max(1, round(height * shrink)), max(1, round(width * shrink))))
