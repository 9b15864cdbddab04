"""Regions as a network reads them: which pixels each pools, where it lies, what it looks like.

The same numbers at use and in training: one place makes both.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CELL = 4
"""Side of a place of the network's features, px."""

GEOMETRY = 12
"""Numbers of `Tokens.geometry` a region."""

KNOWN = 6
"""Numbers that tell what is known of a region's color: three of color (`opponent`), given by a hint, guessed in an
earlier round, region of a reference."""

OPPONENT = np.array([[0.299, 0.587, 0.114], [-0.169, -0.331, 0.5], [0.5, -0.419, -0.081]], np.float32)
"""RGB to luma and two color differences (ITU-R BT.601): a linear space in which mixtures have a mean."""

CHROMA = np.array([1.0, 1.2, 1.2], np.float32)
"""Color differences count a little more than their size. Ours."""

Plane = NDArray[np.float32]


def opponent(colors: NDArray[np.floating]) -> Plane:
    """Opponent colors (..., 3) float32 of RGB (..., 3) in [0, 1]; luma first, 0.5 taken off."""
    moved: Plane = np.asarray(colors, np.float32) @ (OPPONENT * CHROMA[:, None]).T
    moved[..., 0] -= 0.5
    return moved


_BACK = np.linalg.inv(OPPONENT * CHROMA[:, None]).astype(np.float32)


def from_opponent(colors: NDArray[np.floating]) -> Plane:
    """RGB (..., 3) float32 in [0, 1] of `opponent` colors."""
    back = np.array(colors, np.float32)
    back[..., 0] += 0.5
    shares: Plane = np.clip(back @ _BACK.T, 0, 1).astype(np.float32)
    return shares


@dataclass(frozen=True)
class Tokens:
    """Regions of one drawing at its working size, largest first.

    Attributes:
        label: (h, w) int32, the region's number here, -1 for regions that were too many or too small.
        names: (R,) int64, the labels that the drawing's own division gave them.
        planes: (2, h, w) float32: ink, and borders of regions.
        shares: (R, h/4, w/4) float32, how much of each place belongs to it; each sums to 1. Sides are even.
        geometry: (R, `GEOMETRY`) float32: middle (x, y; in shares of the root of the area, from the picture's middle),
            spread (x, y), the root and log of its share of the picture, log spread ratio, ink under it, share of the
            picture's border and of its own edge there, how compact it is, aspect of the picture.
    """

    label: NDArray[np.int32]
    names: NDArray[np.int64]
    planes: Plane
    shares: Plane
    geometry: Plane

    @property
    def count(self) -> int:
        """Regions."""
        return len(self.names)


def make_tokens(lines: NDArray[np.uint8], labels: NDArray[np.integer], most: int, least: int = 3) -> Tokens:
    """Tokens of a drawing.

    Args:
        lines: (h, w) uint8, 0 = ink; sides multiples of 16.
        labels: (h, w), the region of each pixel, any numbers from 0.
        most: tokens at most; the smallest regions go without. least: the same of regions of fewer pixels.
    """
    sizes = np.bincount(labels.reshape(-1))
    order = np.argsort(-sizes, kind="stable")
    names = order[: min(most, int((sizes >= least).sum()))]
    if len(names) == 0:
        names = order[:1]
    number = np.full(len(sizes), -1, np.int32)
    number[names] = np.arange(len(names), dtype=np.int32)
    label = number[labels]
    count = len(names)
    ink = (255 - lines).astype(np.float32) / np.float32(255)
    return Tokens(
        label,
        names.astype(np.int64),
        np.stack([ink, borders(labels)]),
        _shares(label, count),
        _geometry(label, count, ink),
    )


def borders(labels: NDArray[np.integer]) -> Plane:
    """(h, w) float32, 1 where the pixel to the right or below belongs to another region."""
    edge = np.zeros(labels.shape, np.float32)
    edge[:, :-1][labels[:, 1:] != labels[:, :-1]] = 1
    edge[:-1][labels[1:] != labels[:-1]] = 1
    return edge


def _shares(label: NDArray[np.int32], count: int) -> Plane:
    h, w = label.shape
    wide = w // CELL
    cell = (np.arange(h) // CELL)[:, None] * wide + np.arange(w) // CELL
    cells = (h // CELL) * wide
    flat = label.reshape(-1)
    found = np.bincount((flat + 1) * cells + cell.reshape(-1), minlength=(count + 1) * cells)
    counts = found.reshape(count + 1, cells)[1:].astype(np.float32)
    counts /= np.maximum(counts.sum(1, keepdims=True), 1)
    return counts.reshape(count, h // CELL, wide)


def _geometry(label: NDArray[np.int32], count: int, ink: Plane) -> Plane:
    h, w = label.shape
    flat = label.reshape(-1) + 1
    unit = np.sqrt(h * w)
    x = np.broadcast_to(((np.arange(w) + 0.5) - w / 2) / unit, (h, w)).reshape(-1).astype(np.float32)
    y = np.broadcast_to((((np.arange(h) + 0.5) - h / 2) / unit)[:, None], (h, w)).reshape(-1).astype(np.float32)

    def mean(values: Plane) -> Plane:
        return (np.bincount(flat, values, count + 1)[1:] / size).astype(np.float32)

    size = np.maximum(np.bincount(flat, minlength=count + 1)[1:], 1).astype(np.float32)
    mx, my = mean(x), mean(y)
    sx = np.sqrt(np.maximum(mean(x * x) - mx * mx, 0) + 1e-6)
    sy = np.sqrt(np.maximum(mean(y * y) - my * my, 0) + 1e-6)
    share = size / (h * w)
    frame = np.concatenate([label[0], label[-1], label[:, 0], label[:, -1]]) + 1
    touch = np.bincount(frame, minlength=count + 1)[1:].astype(np.float32)
    covered = mean(ink.reshape(-1))
    columns = (
        mx,
        my,
        sx,
        sy,
        np.sqrt(share),
        np.log(share) / 8 + 0.5,
        np.log(sx / sy) / 3,
        covered,
        touch / (2 * (h + w)),
        touch / (touch + np.sqrt(size) * 4),
        share / (sx * sy * 12),
        np.full(count, np.log(w / h), np.float32),
    )
    return np.stack(columns, 1).astype(np.float32)
