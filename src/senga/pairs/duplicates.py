"""Pictures that look alike, found by 64-bit hashes without comparing each with each."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from senga.image import Pixels, gray, resize

ONES = np.array([bin(i).count("1") for i in range(1 << 16)], np.uint8)
"""Bits that are set in each 16-bit number."""

BLOCK = 1 << 21
"""Hashes compared at a time (ours): some 100 MB."""


def difference_hashes(picture: Pixels) -> tuple[int, int]:
    """Two 64-bit difference hashes: whether each of 8 x 8 places is lighter than its right, and its lower, neighbour.

    Scaling, compression and changes of color and contrast leave them nearly the same; turning and cropping do not.
    The second is there because by the first alone most faces seen from the front are one picture.

    Source: Krawetz 2013, "Kind of like that" (dHash); the second hash is ours.
    """
    plain = gray(picture)
    across, down = resize(plain, (8, 9)), resize(plain, (9, 8))
    return _packed(across[:, :-1] > across[:, 1:]), _packed(down[:-1] > down[1:])


def distance(first: tuple[int, int], second: tuple[int, int]) -> int:
    """Bits in which the hashes of two pictures differ: of the two pairs of hashes the more different one's."""
    return max((a ^ b).bit_count() for a, b in zip(first, second, strict=True))


def first_alike(hashes: NDArray[np.uint64], sources: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """For each picture, the first one before it whose hashes differ by few bits and whose source is another.

    Hashes that differ by `most` bits agree wholly in at least one of `most` + 1 bands, so only pictures that share a
    band of the first hash are compared.

    Args:
        hashes: (N, 2), see `difference_hashes`. sources: (N,).
        most: bits in which the hashes of pictures alike may differ, 0 to 63; see `distance`.

    Returns:
        (N,) places in `hashes`; -1 where there is none.
    """
    none = len(hashes)
    first = np.full(none, none, np.int64)
    borders = np.linspace(0, 64, most + 2).astype(int)
    for start, end in pairwise(borders):
        mask = (1 << int(end - start)) - 1
        keys = (hashes[:, 0] >> np.uint64(start)) & np.uint64(mask)
        order = np.argsort(keys, kind="stable")
        for members in np.split(order, np.flatnonzero(np.diff(keys[order])) + 1):
            rows = max(1, BLOCK // max(1, len(members)))
            for at in range(0, len(members) if len(members) > 1 else 0, rows):
                later = members[at : at + rows]
                bits = _ones(hashes[later][:, None] ^ hashes[members][None]).max(-1)
                alike = (bits <= most) & (sources[later][:, None] != sources[members][None])
                alike &= members[None] < later[:, None]
                found = np.where(alike.any(1), members[alike.argmax(1)], none)
                first[later] = np.minimum(first[later], found)
    return np.where(first == none, -1, first)


def _packed(bits: NDArray[np.bool_]) -> int:
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def _ones(numbers: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Bits that are set in each number."""
    parts = np.ascontiguousarray(numbers)[..., None].view(np.uint16)
    counts: NDArray[np.uint8] = ONES[parts].sum(-1, dtype=np.uint8)
    return counts
