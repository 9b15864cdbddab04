"""Regions of one color in training pictures, found once and kept beside the pair set."""

import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senga import image, storage
from senga.errors import TrainingError
from senga.pairs.pairset import Pair, PairSet

FOLDER = "regions"


def regions_of(pairs: PairSet, pair: Pair) -> NDArray[np.uint16]:
    """(H, W) region numbers of a pair's picture: packed with it, or from the set's cache, which is filled on the way.

    Raises:
        TrainingError: a broken cache file. PairSetError: a broken shard.
    """
    packed = pairs.regions(pair)
    if packed is not None:
        return packed
    kept = kept_regions(pairs, pair)
    if kept is not None:
        return kept
    file = _place(pairs, pair)
    found = find_regions(pairs.color(pair))
    file.parent.mkdir(parents=True, exist_ok=True)
    with storage.writing(file, force=True) as out:
        np.savez_compressed(out, regions=found)
    return found


def kept_regions(pairs: PairSet, pair: Pair) -> NDArray[np.uint16] | None:
    """What the set's cache holds for a pair, or None.

    Raises:
        TrainingError: a broken cache file.
    """
    file = _place(pairs, pair)
    if file.is_file():
        try:
            with file.open("rb") as opened, np.load(opened) as kept:
                found: NDArray[np.uint16] = kept["regions"]
                return found
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error) as error:
            raise TrainingError(f"{file}: cannot be read ({error}); remove it: it is made anew") from error
    return None


def find_regions(picture: image.Pixels) -> NDArray[np.uint16]:
    """(H, W) region numbers of a picture (H, W, 3) uint8.

    Source: Felzenszwalb and Huttenlocher 2004; scale 100, sigma 0.5, least area 100 px, as Hint-AUC uses it (2026).
    """
    from skimage.segmentation import felzenszwalb

    numbers = felzenszwalb(picture[..., ::-1], scale=100, sigma=0.5, min_size=100)
    return np.asarray(np.minimum(numbers, 65535), np.uint16)


def _place(pairs: PairSet, pair: Pair) -> Path:
    # As the picture lies in the pair set: pictures of one name in two folders are two. The usual folder is left out.
    if pair.shard:
        return pairs.folder / FOLDER / f"{pair.name}.npz"
    place = Path(pair.color).with_suffix(".npz")
    return pairs.folder / FOLDER / (place.relative_to("color") if place.is_relative_to("color") else place)


def flat_regions(found: Sequence[NDArray[np.uint16]], pictures: Sequence[image.Pixels]) -> NDArray[np.int16]:
    """Region numbers of several pictures in one row, as a picture store lays its pictures; wrapped to 16 bits.

    Raises:
        TrainingError: regions of another size than their picture's.
    """
    if any(r.shape != p.shape[:2] for r, p in zip(found, pictures, strict=True)):
        raise TrainingError(f"regions that were kept are of other pictures; remove the pair set's folder '{FOLDER}'")
    return np.concatenate([r.reshape(-1) for r in found]).view(np.int16)
