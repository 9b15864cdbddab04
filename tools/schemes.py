"""Color schemes of a pair set's training pictures, unlike one another: python schemes.py SET OUT.npz [COUNT]."""

import sys
from pathlib import Path

import numpy as np

from senga import image
from senga.color.maincolors import palette_of
from senga.color.schemes import distance
from senga.color.spaces import oklab
from senga.metrics import colorfulness
from senga.pairs.pairset import PairSet

LOOKED_AT = 1500
COLORS = 8

if __name__ == "__main__":
    pairs = PairSet.open(Path(sys.argv[1]))
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 160
    train = pairs.of("train")
    palettes = []
    for i in np.random.default_rng(0).permutation(len(train))[:LOOKED_AT]:
        picture = image.resize(pairs.color(train[i]), (128, 128))
        colors = palette_of(picture, COLORS)
        if len(colors) == COLORS and 25 < colorfulness(picture) < 90:
            palettes.append(np.array(colors, np.uint8))
    places = [oklab(p) for p in palettes]
    # From the most usual one outwards, to schemes that differ from all before; the strangest fifth is left out.
    usual = np.array([np.mean([distance(a, b) for b in places[:: max(1, len(places) // 100)]]) for a in places])
    allowed = usual <= np.quantile(usual, 0.8)
    chosen = [int(usual.argmin())]
    nearest = np.array([distance(places[chosen[0]], p) for p in places])
    while len(chosen) < min(count, int(allowed.sum())):
        chosen.append(int(np.where(allowed, nearest, -1).argmax()))
        nearest = np.minimum(nearest, [distance(places[chosen[-1]], p) for p in places])
    np.savez_compressed(sys.argv[2], schemes=np.stack([palettes[i] for i in chosen]))
    print(len(palettes), "looked at,", len(chosen), "kept")
