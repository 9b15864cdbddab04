"""A colored drawing without its background: blank paper around what is drawn becomes transparent, ink on it stays."""

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.flats import medians
from senga.color.regions import Regions
from senga.color.strips import strips

PALE, GRAY = 225, 24
"""Least level of a region's color, and by how much its channels differ at most, that is taken for paper. Ours."""


def find_background(regions: Regions, color: image.Pixels) -> NDArray[np.bool_]:
    """(H, W) bool: the regions of paper's color that reach the picture's border; at the bottom alone, where figures
    are cut off, none does.

    Args:
        regions: of the drawing. color: (H, W, 3) uint8, its colors without lines.
    """
    labels = regions.labels
    border = np.unique(np.concatenate([labels[0], labels[:, 0], labels[:, -1]]))
    flat = medians(regions, color)[border].astype(int)
    paper = (flat.min(1) >= PALE) & (np.ptp(flat, axis=1) <= GRAY)
    chosen = np.zeros(regions.count, bool)
    chosen[border[paper]] = True
    return chosen[labels]


def cut_out(picture: image.Pixels, layer: image.Pixels, background: NDArray[np.bool_]) -> image.Pixels:
    """A colored drawing (H, W, 4) uint8 whose background is transparent, with as much ink in it as there was.

    Args:
        picture: (H, W, 3) or (H, W, 4) uint8, lines on top. layer: (H, W, 3) uint8, the lines on white.
        background: (H, W) bool.
    """
    out = np.empty((*picture.shape[:2], 4), np.uint8)
    for rows in strips(picture.shape):
        ink = 255 - layer[rows].min(2, keepdims=True).astype(np.int32)
        seen = picture[rows][..., :3].astype(np.int32)
        alone = np.clip((seen - (255 - ink)) * 255 // np.maximum(ink, 1), 0, 255)
        away = background[rows][..., None]
        out[rows][..., :3] = np.where(away, alone, seen)
        own = picture[rows][..., 3:].astype(np.int32) if picture.shape[2] == 4 else 255
        out[rows][..., 3:] = np.where(away, np.minimum(ink, own), own)
    return out
