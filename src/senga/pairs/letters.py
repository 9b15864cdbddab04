"""How much lettering a drawing holds, by a cheap rule: small shapes of one size in rows or columns.

It reads nothing. It finds captions, speech and credits that are set apart from the drawing, in any script; it misses
letters that touch each other or the drawing, and takes a row of equal buttons for a word.
"""

import mahotas
import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.int64]

LEAST, MOST = 5, 40
"""Larger side of a letter, px (ours): below, it is grain; above, drawing."""

RUN = 4
"""Least letters in a row (ours): three alike are eyes and buttons too often."""

SOLID = 0.85
"""A square shape with more of its box filled is a dot, not a letter (ours)."""

BOXES = 4000
"""Most shapes that are looked at (ours): a page of screen tone has many more, and they need the square of the time."""


def count_letters(lines: NDArray[np.uint8]) -> int:
    """Shapes in line art, (H, W) uint8, that stand in rows or columns as letters do.

    Ink is searched, and paper as well: outlined letters are islands of paper. The larger count is the answer.
    """
    ink = lines < 128
    return max(int((_runs(_boxes(shapes)) >= RUN).sum()) for shapes in (ink, ~ink))


def _boxes(shapes: NDArray[np.bool_]) -> Boxes:
    """Boxes (N, 4) of connected shapes that may be letters: top, bottom, left, right, px."""
    labels, count = mahotas.label(shapes, Bc=np.ones((3, 3), bool))
    if count == 0:
        return np.zeros((0, 4), np.int64)
    boxes = mahotas.labeled.bbox(labels)[1:].astype(np.int64)
    area = mahotas.labeled.labeled_size(labels)[1:]
    height, width = boxes[:, 1] - boxes[:, 0], boxes[:, 3] - boxes[:, 2]
    larger, smaller = np.maximum(height, width), np.minimum(height, width)
    open_or_slim = (area <= SOLID * height * width) | (2 * smaller < larger)
    fitting: Boxes = boxes[(larger >= LEAST) & (larger <= MOST) & (area > LEAST) & open_or_slim][:BOXES]
    return fitting


def _runs(boxes: Boxes) -> NDArray[np.int64]:
    """Length of the longest row or column through each box, (N,)."""
    longest = np.ones(len(boxes), np.int64)
    for along in (boxes, boxes[:, [2, 3, 0, 1]]):
        order = np.argsort(along[:, 2], kind="stable")
        longest[order] = np.maximum(longest[order], _row_lengths(along[order]))
    return longest


def _row_lengths(boxes: Boxes) -> NDArray[np.int64]:
    """Length of the longest row through each of some boxes, which are sorted by their left side.

    The next letter of a row begins within 0.7 of a letter's height, is as tall within a factor of 1.5, and stands on
    the same line or hangs from it, within a tenth of the height (all ours).
    """
    top, bottom, left, right = boxes.T
    tall = bottom - top
    before, after = np.ones(len(boxes), np.int64), np.ones(len(boxes), np.int64)
    followers = []
    for i in range(len(boxes)):
        j = np.arange(i + 1, np.searchsorted(left, right[i] + 0.7 * tall[i], side="right"))
        taller = np.maximum(tall[i], tall[j])
        apart = np.minimum(np.abs(bottom[j] - bottom[i]), np.abs(top[j] - top[i]))
        fits = (left[j] >= right[i] - 0.15 * tall[i]) & (taller <= 1.5 * np.minimum(tall[i], tall[j]))
        fits &= (apart <= np.maximum(0.1 * taller, 1)) & (right[j] - left[j] <= 1.6 * taller)
        fits &= np.abs(bottom[j] + top[j] - bottom[i] - top[i]) <= 0.5 * taller
        followers.append(j[fits])
        before[j[fits]] = np.maximum(before[j[fits]], before[i] + 1)
    for i in range(len(boxes) - 1, -1, -1):
        if len(followers[i]):
            after[i] = 1 + after[followers[i]].max()
    return before + after - 1
