"""Colors and the person's own lines put together."""

import numpy as np

from senga import image
from senga.color.strips import CACHED, strips


def composite(color: image.Pixels, layer: image.Pixels) -> image.Pixels:
    """Color with a line layer multiplied on top, rounded to the nearest; all (H, W, 3) uint8."""
    out = np.empty_like(color)
    for rows in strips(color.shape, most=CACHED):
        product = np.multiply(color[rows], layer[rows], dtype=np.uint16)
        product += 128
        product += product >> 8  # with the next step exactly a 255th, without a division
        np.right_shift(product, 8, out=out[rows], casting="unsafe")
    return out


def tinted(painted: image.Pixels, ink: image.Pixels, layer: image.Pixels, tint: float) -> image.Pixels:
    """A composite whose lines take the colors of `ink` by the share `tint`; all (H, W, 3) uint8."""
    out = np.empty_like(painted)
    for rows in strips(painted.shape, most=CACHED):
        added = np.multiply(ink[rows], 255 - layer[rows], dtype=np.float32)
        added *= np.float32(tint / 255)
        added += painted[rows]
        np.rint(added, out=added)
        out[rows] = np.minimum(added, 255, out=added)
    return out
