"""How near line art comes to the line art that a person made: where its lines run, and how wide they are.

Both drawings are reduced to center lines of strokes and outlines of solids (`senga.lines.strokes`), so that double
edges and thick borders count against a method, and solid black counts the same whether filled or outlined.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.lines.strokes import INK, Mask, centers, depth, solids, widest_stroke, within

TOLERANCE = 2.0
"""Lines this near to each other are the same line, px."""

_FINE = 3  # widths are measured on a drawing enlarged so many times


@dataclass(frozen=True)
class Drawn:
    """Line art read for scoring.

    Attributes:
        center: (H, W) bool, see `strokes.centers`.
        rows, columns: of the center pixels that belong to strokes, not to solids.
        width: of the stroke at each of these, px.
        widest: what was wider counted as solid, px.
    """

    center: Mask
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    width: NDArray[np.float32]
    widest: float


@dataclass(frozen=True)
class LineScore:
    """One drawing against the truth; sums, so that drawings can be added up.

    Attributes:
        hits, drawn: center pixels drawn that lie on a true line, and all drawn.
        found, true: true center pixels that were drawn, and all true.
        errors: width drawn less true width, px, at each matched center pixel of strokes.
        widths: width drawn, px, at each center pixel of strokes, as a share of its drawing's median.
    """

    hits: int
    drawn: int
    found: int
    true: int
    errors: NDArray[np.float32]
    widths: NDArray[np.float32]

    @property
    def precision(self) -> float:
        """Share of drawn lines that are true; 1 where nothing was drawn."""
        return self.hits / self.drawn if self.drawn else 1.0

    @property
    def recall(self) -> float:
        """Share of true lines that were drawn; 1 where nothing was to be drawn."""
        return self.found / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.precision * self.recall / max(self.precision + self.recall, 1e-9)


def read_drawn(lines: NDArray[np.uint8], level: int = INK, widest: float | None = None) -> Drawn:
    """Center lines and widths of line art (H, W) uint8, 0 = ink.

    Args:
        level: darker is ink.
        widest: ink wider than this is a solid, px; default: by the drawing's own strokes. A drawing that is scored is
            read with the truth's.
    """
    ink = lines < level
    widest = widest_stroke(ink) if widest is None else widest
    center = centers(ink, widest)
    rows, columns = np.nonzero(center & ~solids(ink, widest))
    h, w = lines.shape
    # Enlarged while it is still gray: soft borders tell where the outline runs between pixels.
    fine = image.resize(lines, (h * _FINE, w * _FINE)) < level
    inside = depth(fine)
    # The deepest place near the center pixel: a stroke of an even width has its center between two pixels.
    reach = _FINE
    padded = np.pad(inside, reach)
    y, x = rows * _FINE + _FINE // 2 + reach, columns * _FINE + _FINE // 2 + reach
    deepest = np.zeros(len(rows), np.float32)
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            np.maximum(deepest, padded[y + dy, x + dx], out=deepest)
    width = np.maximum((2 * deepest - 1) / _FINE, 0).astype(np.float32)
    return Drawn(center, rows, columns, width, widest)


def score(drawn: Drawn, truth: Drawn, tolerance: float = TOLERANCE) -> LineScore:
    """Scores a drawing; both of the same shape."""
    near_truth, near_drawn = within(truth.center, tolerance), within(drawn.center, tolerance)
    errors = drawn.width - _nearest_width(truth, drawn.rows, drawn.columns, tolerance)
    typical = float(np.median(drawn.width)) if len(drawn.width) else 1.0
    return LineScore(
        hits=int((drawn.center & near_truth).sum()),
        drawn=int(drawn.center.sum()),
        found=int((truth.center & near_drawn).sum()),
        true=int(truth.center.sum()),
        errors=errors[~np.isnan(errors)],
        widths=drawn.width / max(typical, 1e-6),
    )


def total(scores: Sequence[LineScore]) -> LineScore:
    """All drawings as one: each center pixel counts the same."""
    return LineScore(
        sum(s.hits for s in scores),
        sum(s.drawn for s in scores),
        sum(s.found for s in scores),
        sum(s.true for s in scores),
        np.concatenate([s.errors for s in scores]) if scores else np.zeros(0, np.float32),
        np.concatenate([s.widths for s in scores]) if scores else np.zeros(0, np.float32),
    )


def _nearest_width(
    truth: Drawn, rows: NDArray[np.int64], columns: NDArray[np.int64], tolerance: float
) -> NDArray[np.float32]:
    """True stroke width at the nearest true center pixel within the tolerance; NaN where there is none."""
    reach = int(tolerance)
    plane = np.full([s + 2 * reach for s in truth.center.shape], np.nan, np.float32)
    plane[truth.rows + reach, truth.columns + reach] = truth.width
    found = np.full(len(rows), np.nan, np.float32)
    steps = [
        (y, x) for y in range(-reach, reach + 1) for x in range(-reach, reach + 1) if y * y + x * x <= tolerance**2
    ]
    for y, x in sorted(steps, key=lambda s: s[0] ** 2 + s[1] ** 2):
        open_ = np.isnan(found)
        found[open_] = plane[rows[open_] + reach + y, columns[open_] + reach + x]
    return found
