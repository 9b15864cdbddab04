"""Line art and colors between the drawing's own size and the size at which a network works."""

import math

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.regions import Regions

STEP = 4
"""Colors are enlarged by paper up to so many times the working size, and evenly from there on. Ours."""

MIXED = 256
"""Rows that are enlarged by one product of matrices. Ours."""

NARROW = 16
"""Networks take sides of multiples of this, px: a narrower side is padded up to it."""


def working_lines(lines: image.Pixels, shape: tuple[int, int]) -> image.Pixels:
    """Line art as a network sees it best: at (height, width) `shape`, paper white, thin lines still dark.

    Args:
        lines: (H, W) uint8, 0 = ink.
        shape: not larger than the lines.
    """
    # The paper of scans is gray: its level, the brightest tenth, becomes white.
    paper = _ninth_tenth(lines)
    small = image.resize(lines, shape).astype(np.float32)
    shrink = math.sqrt(lines.size / (shape[0] * shape[1]))
    if 128 < paper < 255:
        small = small * (255 / paper)
    # Making a line smaller makes it paler; without the ink's darkness a region would leak. Ours: up to twice.
    ink = (255 - small) * min(2.0, max(1.0, shrink**0.75))
    paler: image.Pixels = np.clip(np.rint(255 - ink), 0, 255).astype(np.uint8)
    return paler


def _ninth_tenth(lines: image.Pixels) -> float:
    """`np.percentile(lines, 90)`, by counting: to sort a large page takes longer than all else that is done to it."""
    ends = np.cumsum(image.histogram(lines))
    place = 0.9 * (lines.size - 1)
    low, high = np.searchsorted(ends, [math.floor(place), math.ceil(place)], side="right").tolist()
    return float(low + (high - low) * (place % 1))


class Enlarger:
    """Planes brought evenly to a drawing's size, some rows at a time: whole, they would fill memory instead of the
    processor's cache.

    Args:
        planes: (K, h, w) float32, kept as they are.
        shape: (height, width) of the drawing, not smaller.
    """

    def __init__(self, planes: NDArray[np.float32], shape: tuple[int, int]) -> None:
        height, width = shape
        small = planes.shape[1]
        self._wide = planes
        if width != planes.shape[2]:
            self._wide = np.stack([image.resize_plane(plane, (small, width)) for plane in planes])
        at = np.clip((np.arange(height) + 0.5) * small / height - 0.5, 0, small - 1)
        self._first = at.astype(np.int64)
        self._beyond = (at - self._first).astype(np.float32)

    def rows(self, rows: slice) -> NDArray[np.float32]:
        """(K, n, W) float32, those rows of the planes enlarged; may be written to."""
        start, stop, _ = rows.indices(len(self._first))
        if stop - start <= MIXED:
            return self._mixed(rows)
        # Of a narrow drawing a great many rows are asked for at once: their shares would be a square of them.
        parts = [self._mixed(slice(at, min(at + MIXED, stop))) for at in range(start, stop, MIXED)]
        return np.concatenate(parts, 1)

    def _mixed(self, rows: slice) -> NDArray[np.float32]:
        first, beyond = self._first[rows], self._beyond[rows]
        top = int(first[0])
        # Each row is a mixture of two: as a product of matrices the cheapest way to say so.
        shares = np.zeros((len(first), int(first[-1]) + 2 - top), np.float32)
        number = np.arange(len(first))
        shares[number, first - top] = 1 - beyond
        shares[number, first - top + 1] = beyond
        last = min(top + shares.shape[1], self._wide.shape[1])
        found: NDArray[np.float32] = np.matmul(shares[:, : last - top], self._wide[:, top:last])
        return found


def enlarge(color: NDArray[np.float32], lines: image.Pixels, shape: tuple[int, int]) -> image.Pixels:
    """Colors at the drawing's size, (H, W, 3) uint8.

    Colors are carried by paper: under ink, both sides meet there, where it does not show.

    Args:
        color: (3, h, w) in [0, 1].
        lines: (h, w) uint8, the working lines.
        shape: (height, width) of the drawing.
    """
    if lines.shape == shape:
        return np.rint(color.transpose(1, 2, 0) * 255).astype(np.uint8)
    wide = (STEP * lines.shape[0], STEP * lines.shape[1])
    if shape[0] > wide[0] and shape[1] > wide[1]:  # from there on there is no ink whose weight would count
        return np.array(image.resize(enlarge(color, lines, wide), shape))
    weight = paper_weight(lines)
    total = image.resize_plane(weight, shape)
    out = np.empty((*shape, 3), np.uint8)
    for i in range(3):
        plane = image.resize_plane(color[i] * weight, shape)
        plane /= total
        plane *= 255
        np.rint(plane, out=plane)
        out[..., i] = np.clip(plane, 0, 255, out=plane).astype(np.uint8)
    return out


def paper_weight(lines: image.Pixels) -> NDArray[np.float32]:
    """How much the color of each place counts, (h, w): paper much, ink hardly. Lines (h, w) uint8, 0 = ink."""
    return ((lines.astype(np.float32) / 255) ** 4 + 0.02).astype(np.float32)


def working_shape(shape: tuple[int, ...], area: int) -> tuple[int, int]:
    """(height, width) at which a drawing of `shape` is seen: of at most `area` px.

    One that is hundreds of times as long as it is wide is seen shorter: what its narrow side is padded with counts.
    """
    share = min(1.0, (area / (shape[0] * shape[1])) ** 0.5)
    most = max(1, area // NARROW)
    return min(most, max(1, round(shape[0] * share))), min(most, max(1, round(shape[1] * share)))


def labels_at(regions: Regions, shape: tuple[int, ...]) -> NDArray[np.int32]:
    """(h, w) int32, the region in whose paper each working pixel's middle lies, or the nearest paper of its block."""
    height, width = regions.shape
    h, w = shape
    labels = np.full((h, w), -1, np.int32)
    # Middle first, then places around it, until one is paper.
    for dy, dx in ((0.5, 0.5), (0.25, 0.25), (0.75, 0.75), (0.25, 0.75), (0.75, 0.25), (0.05, 0.5), (0.95, 0.5)):
        y = np.minimum(((np.arange(h) + dy) * height / h).astype(np.int64), height - 1)[:, None]
        x = np.minimum(((np.arange(w) + dx) * width / w).astype(np.int64), width - 1)[None]
        take = (labels < 0) & regions.paper[y, x]
        labels[take] = regions.labels[y, x][take]
    y, x = (np.arange(h) * height // h)[:, None], (np.arange(w) * width // w)[None]
    return np.where(labels < 0, regions.labels[y, x], labels)
