"""Regions of one color in training pictures, found once and kept beside the pair set."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.pairs.pairset import Pair, PairSet

FOLDER = "regions"


def regions_of(pairs: PairSet, pair: Pair) -> NDArray[np.uint16]:
    """(H, W) region numbers of a pair's picture; from the pair set's cache, which is filled on the way."""
    file = _place(pairs, pair)
    if file.is_file():
        with np.load(file) as kept:
            found: NDArray[np.uint16] = kept["regions"]
            return found
    found = find_regions(pairs.color(pair))
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(f".{np.random.default_rng().integers(1 << 30)}.part")
    with part.open("wb") as out:
        np.savez_compressed(out, regions=found)
    part.replace(file)
    return found


def find_regions(picture: image.Pixels) -> NDArray[np.uint16]:
    """(H, W) region numbers of a picture (H, W, 3) uint8.

    Source: Felzenszwalb and Huttenlocher 2004; scale 100, sigma 0.5, least area 100 px, as Hint-AUC uses it (2026).
    """
    from skimage.segmentation import felzenszwalb

    numbers = felzenszwalb(picture[..., ::-1], scale=100, sigma=0.5, min_size=100)
    return np.asarray(np.minimum(numbers, 65535), np.uint16)


def _place(pairs: PairSet, pair: Pair) -> Path:
    return pairs.folder / FOLDER / Path(pair.color).with_suffix(".npz").name


def flat_regions(found: Sequence[NDArray[np.uint16]]) -> NDArray[np.int16]:
    """Region numbers of several pictures in one row, as a picture store lays its pictures; wrapped to 16 bits."""
    return np.concatenate([r.reshape(-1) for r in found]).view(np.int16)
