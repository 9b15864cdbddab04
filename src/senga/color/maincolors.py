"""The main colors of a picture."""

import numpy as np
from numpy.typing import NDArray

from senga.color.spaces import RGB, oklab
from senga.errors import PaletteError
from senga.image import Pixels

ALIKE = 0.04
"""Colors nearer than this in Oklab are one main color: about twice what the eye just tells apart. Ours."""

Floats = NDArray[np.float64]


def palette_of(picture: Pixels, count: int = 8) -> tuple[RGB, ...]:
    """The main colors of a picture, the one that covers most first; the same picture always gives the same.

    Colors are gathered by k-means in Oklab. Of each gathering its most frequent color is taken, not its mean: flat
    colors come back exactly, and soft borders do not muddy them.

    Args:
        picture: (H, W, 3) or (H, W, 4) uint8; what is transparent does not count.
        count: the most colors, 1 to 256; fewer come back from a picture with fewer that differ.

    Raises:
        PaletteError: wholly transparent, or a count out of range.

    >>> palette_of(np.full((9, 9, 3), (122, 74, 43), np.uint8))
    ((122, 74, 43),)
    """
    if not 1 <= count <= 256:
        raise PaletteError(f"a palette of {count} colors; give 1 to 256")
    pixels = picture.reshape(-1, picture.shape[2])
    if picture.shape[2] == 4:
        pixels = pixels[pixels[:, 3] > 0]
    if not len(pixels):
        raise PaletteError("a picture that is wholly transparent has no colors")
    pixels = pixels[:: max(1, len(pixels) // 500_000)]  # half a million pixels say enough
    alpha = pixels[:, 3] / 255.0 if pixels.shape[1] == 4 else np.ones(len(pixels))
    # 32 levels a channel: each cell that is used stands for its pixels by their mean.
    cell = (pixels[:, :3] >> 3).astype(np.int64) @ np.array([1024, 32, 1])
    total = np.bincount(cell, alpha, minlength=32768)
    used = np.flatnonzero(total)
    share = total[used] / total.sum()
    sums = np.stack([np.bincount(cell, alpha * pixels[:, c], minlength=32768)[used] for c in range(3)], 1)
    places = oklab(np.rint(sums / total[used, None]).astype(np.uint8))
    main = _merged(_gathered(places, share, count), places, share)
    return tuple(_most(pixels[cell == used[i], :3]) for i in main)


def _gathered(places: Floats, share: Floats, count: int) -> NDArray[np.int64]:
    """For each place (n, 3) the number of its gathering, by k-means."""
    # Started from places that are frequent and far from those already chosen, so that small, vivid things such as
    # eyes are not lost in a large dress; no random numbers.
    centers = places[[share.argmax()]]
    far = _distances(places, centers)[:, 0]
    for _ in range(count - 1):
        if far.max() < ALIKE**2:
            break
        centers = np.vstack([centers, places[(np.sqrt(share) * far).argmax()]])
        far = np.minimum(far, _distances(places, centers[-1:])[:, 0])
    for _ in range(20):
        nearest = _distances(places, centers).argmin(1)
        mass = np.bincount(nearest, share, minlength=len(centers))[:, None]
        moved = [np.bincount(nearest, share * places[:, c], minlength=len(centers)) for c in range(3)]
        centers = np.where(mass > 0, np.stack(moved, 1) / np.maximum(mass, 1e-12), centers)
    last: NDArray[np.int64] = _distances(places, centers).argmin(1)
    return last


def _distances(places: Floats, centers: Floats) -> Floats:
    """Squared distances (n, k) of places (n, 3) from centers (k, 3)."""
    squares: Floats = (places**2).sum(1)[:, None] + (centers**2).sum(1) - 2 * places @ centers.T
    return squares.clip(0)


def _merged(nearest: NDArray[np.int64], places: Floats, share: Floats) -> list[int]:
    """The most frequent place of each gathering, ordered by what the gathering covers; those alike are one."""
    found = []
    for number in np.unique(nearest):
        mine = np.flatnonzero(nearest == number)
        found.append((float(share[mine].sum()), int(mine[share[mine].argmax()])))
    kept: dict[int, float] = {}
    for weight, at in sorted(found, key=lambda f: (-f[0], f[1])):
        near = next((k for k in kept if np.linalg.norm(places[k] - places[at]) < ALIKE), at)
        kept[near] = kept.get(near, 0.0) + weight
    return sorted(kept, key=lambda k: -kept[k])


def _most(colors: Pixels) -> RGB:
    """The color that half of these (n, 3) have, or else their mean."""
    values, counts = np.unique(colors @ np.array([65536, 256, 1]), return_counts=True)
    if 2 * counts.max() >= len(colors):
        most = int(values[counts.argmax()])
        return most >> 16, most >> 8 & 255, most & 255
    r, g, b = (round(c) for c in colors.mean(0).tolist())
    return r, g, b
