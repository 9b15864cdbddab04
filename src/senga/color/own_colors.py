"""A colored picture's own colors, which stay where no hint changes them; its light and lines lie on the new ones."""

from dataclasses import dataclass, field

import numpy as np

from senga import image
from senga.color.flats import medians
from senga.color.regions import Regions
from senga.color.strips import strips
from senga.color.tokens import OPPONENT

DEEP = 2.0
"""Brightness that is added before shades are compared, of 255: what is black has no shade to speak of. Ours."""


@dataclass(eq=False)
class OwnColors:
    """The colored picture that a drawing's lines were drawn from.

    Attributes:
        picture: (H, W, 3) uint8, of the drawing's size.
    """

    picture: image.Pixels = field(repr=False)
    _bases: dict[float, image.Pixels] = field(default_factory=dict, repr=False)
    _sized: dict[tuple[int, int], image.Pixels] = field(default_factory=dict, repr=False)

    def base(self, regions: Regions, gap: float) -> image.Pixels:
        """(count, 3) uint8, the color of each region of the drawing as it is divided at a gap; the last is kept."""
        if gap not in self._bases:
            made = medians(regions, self.picture)
            self._bases.clear()
            self._bases[gap] = made
        return self._bases[gap]

    def sized(self, shape: tuple[int, int]) -> image.Pixels:
        """The picture at a size (height, width), (h, w, 3) uint8; the last smaller one is kept."""
        if shape == self.picture.shape[:2]:
            return self.picture
        if shape not in self._sized:
            made = image.resize(self.picture, shape)
            self._sized.clear()
            self._sized[shape] = made
        return self._sized[shape]


def moved(picture: image.Pixels, flat: image.Pixels, new: image.Pixels) -> image.Pixels:
    """A picture whose flat colors are exchanged, with its light, shade and lines; all (H, W, 3) uint8.

    What is darker than its flat color darkens the new one by as much, what is brighter goes as far towards white. By
    brightness alone: a channel that the old color lacks tells nothing of its shade. Where flats are equal, so is what
    comes back.

    >>> red, blue = np.uint8([[[200, 0, 0]]]), np.uint8([[[0, 0, 200]]])
    >>> moved(red // 2, red, blue).tolist(), moved(red, red, red).tolist()
    ([[[0, 0, 103]]], [[[200, 0, 0]]])
    """
    out = picture.copy()
    for rows in strips(picture.shape):
        change = (flat[rows] != new[rows]).any(2)
        if not change.any():
            continue
        old, seen, color = (p[rows][change].astype(np.float32) for p in (flat, picture, new))
        was, now = old @ OPPONENT[0], seen @ OPPONENT[0]
        shade = np.minimum(1, (now + DEEP) / (was + DEEP))[:, None]
        shine = np.clip((now - was) / np.maximum(255 - was, 1), 0, 1)[:, None]
        out[rows][change] = np.rint((color + (255 - color) * shine) * shade)
    return out
