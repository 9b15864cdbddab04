"""Color schemes of a cache's training pictures, unlike one another: python tools/schemes.py CACHE OUT.npz [COUNT].

A scheme is the eight main colors of a picture's regions, as palettes of the painter's training are, one of them light,
since most drawings have a light ground, and one of them like skin. Pale, garish and dark pictures are left out, and
pictures of one color.
"""

import sys
from pathlib import Path

import numpy as np

from senga.color.schemes import COLORS, distance
from senga.color.spaces import oklab
from senga.color.tokens import from_opponent, make_tokens, opponent
from senga.learn.data.cache import Cache
from senga.learn.data.painter_batches import most_tokens
from senga.learn.data.reveals import main_regions, true_colors
from senga.learn.data.samples import Views, take_view
from senga.metrics import colorfulness

VIEWS = Views(size=128, whole=1.0, filtered=0.0, accidents=0.0)
COLORFUL, LARGEST, LIGHT, BRIGHT = (30, 85), 0.6, 0.88, 0.5
"""Least and most colorfulness; most of the picture that is of one color; what is light; least luma. Ours."""

APART = 0.045
"""Schemes nearer one another are alike, in Oklab. Ours."""


def find_scheme(cache: Cache, number: int, random: np.random.Generator) -> np.ndarray | None:
    """The scheme of a picture, (COLORS, 3) uint8, or None if it has none that is worth keeping."""
    view = take_view(cache, number, VIEWS, random)
    if not COLORFUL[0] < colorfulness(view.color) < COLORFUL[1]:
        return None
    tokens = make_tokens(view.lines, view.labels, most_tokens(VIEWS.size))
    truth, size = opponent(true_colors(view.color, view.lines, tokens)), tokens.geometry[:, 4] ** 2
    main = main_regions(truth, size, COLORS)
    if len(main) < COLORS:
        return None
    nearest = np.square(truth[:, None] - truth[None, main]).sum(2).argmin(1)
    share = np.bincount(nearest, size, COLORS) / size.sum()
    rgb = from_opponent(truth[main])
    luma = float(truth[:, 0] @ size / size.sum()) + 0.5
    if share.max() > LARGEST or not (rgb.min(1) > LIGHT).any() or not like_skin(rgb).any() or luma < BRIGHT:
        return None
    return np.rint(rgb * 255).astype(np.uint8)


def like_skin(rgb: np.ndarray) -> np.ndarray:
    """Which colors (N, 3) in [0, 1] people are painted with, (N,) bool: light, warm, not vivid. Ranges ours."""
    red, green, blue = rgb.T
    warm = (green - blue) / np.maximum(red - blue, 1e-6)
    between: np.ndarray = (red > 0.8) & (red - blue > 0.08) & (red - blue < 0.45) & (warm > 0.2) & (warm < 0.75)
    return between


def main() -> None:
    """Looks at all training pictures of a cache, and writes the schemes."""
    cache, out = Cache.open(Path(sys.argv[1])), Path(sys.argv[2])
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 512
    random = np.random.default_rng(0)
    kept: list[np.ndarray] = []
    places: list[np.ndarray] = []
    looked = 0
    for number in random.permutation(cache.of("train", None)):
        if len(kept) == count:
            break
        looked += 1
        scheme = find_scheme(cache, int(number), random)
        if scheme is None:
            continue
        place = oklab(scheme)
        if all(distance(place, p) > APART for p in places):
            kept.append(scheme)
            places.append(place)
    np.savez_compressed(out, schemes=np.stack(kept))
    print(looked, "looked at,", len(kept), "kept")


if __name__ == "__main__":
    main()
