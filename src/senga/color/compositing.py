"""Colors and the person's own lines put together."""

import numpy as np

from senga import image
from senga.color.regions import strips


def composite(color: image.Pixels, layer: image.Pixels) -> image.Pixels:
    """Color with a line layer multiplied on top, rounded to the nearest; all (H, W, 3) uint8."""
    out = np.empty_like(color)
    for rows in strips(color.shape):
        product = color[rows].astype(np.uint16)
        product *= layer[rows]
        product += 127
        product //= 255
        out[rows] = product
    return out


def tinted(painted: image.Pixels, ink: image.Pixels, layer: image.Pixels, tint: float) -> image.Pixels:
    """A composite whose lines take the colors of `ink` by the share `tint`; all (H, W, 3) uint8."""
    out = np.empty_like(painted)
    for rows in strips(painted.shape):
        added = ink[rows].astype(np.float32) * (255 - layer[rows]) * (tint / 255)
        out[rows] = np.clip(np.rint(painted[rows] + added), 0, 255)
    return out
