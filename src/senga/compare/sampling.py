"""Which pairs are compared on, and how pictures are laid out to be looked at."""

from collections.abc import Sequence

import numpy as np

from senga import image
from senga.errors import PairSetError
from senga.pairs.pairset import SPLITS, Pair, PairSet


def chosen(pairs: PairSet, split: str, most: int) -> list[Pair]:
    """At most so many pairs of a split, spread over the manifest.

    Raises:
        PairSetError: no such split, or nothing in it.
    """
    for known in SPLITS:
        if known == split:
            found = pairs.of(known)
            if not found:
                raise PairSetError(f"{pairs.folder}: no pairs in split '{split}'")
            spread = np.linspace(0, len(found) - 1, min(most, len(found))).astype(int)
            return [found[i] for i in spread]
    raise PairSetError(f"unknown split '{split}'; known: {', '.join(SPLITS)}")


def row(pictures: Sequence[image.Pixels], cell: int = 192) -> image.Pixels:
    """Pictures, gray or color, side by side, each in a square of `cell` px."""
    squares = []
    for picture in pictures:
        scale = cell / max(picture.shape[:2])
        small = image.resize(picture, (max(1, int(picture.shape[0] * scale)), max(1, int(picture.shape[1] * scale))))
        if small.ndim == 2:
            small = np.repeat(small[..., None], 3, 2)
        square = np.full((cell, cell, 3), 128, np.uint8)
        square[: small.shape[0], : small.shape[1]] = small
        squares.append(square)
    return np.hstack(squares)
