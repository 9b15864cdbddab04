"""What is measured on one painting, each by one function; what a measure cannot tell is NaN or nothing.

A painting is a composite: colors with the drawing multiplied on top. Where the colors alone are asked for, they are got
back by dividing by the lines (`color_layer`), so that paintings of programs that hand out no layers are measured alike.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.hints import Hints
from senga.image import PAPER
from senga.lines.strokes import INK
from senga.metrics import Plane, color_difference, lab

Mask = NDArray[np.bool_]
Regions = NDArray[np.int32]

SIZE = 256
"""Side, px, that pictures are brought to before they are held against the truth. Source: hintauc.Evaluator."""

OTHER = 10.0
"""Delta E 2000 over which two colors are two colors (ours)."""

CHANGED = 5.0
"""Delta E 2000 over which a pixel has changed (ours)."""

NEAR, FAR = 4, (5, 9)
"""Bleeding is looked for in the first 4 px beside a line, and measured by the color of the 6th to 9th (ours)."""

CROSSED, STRETCH = 8, 16
"""Widest line that bleeding is looked for across, and length of line that is taken together, px (ours)."""

GROWN = 8
"""Px by which a truth's region is grown to allow for lines that lie beside the truth's edges (ours)."""


def judged(picture: image.Pixels) -> Plane:
    """(256, 256, 3) float32 in [0, 1] of (H, W, 3) uint8: antialiased bilinear in floating point, squashed.

    Source: hintauc 0.3.3, `Evaluator._read_01`.
    """
    planes = picture.astype(np.float32) / np.float32(255)
    return np.stack([image.resize_plane(np.ascontiguousarray(planes[..., i]), (SIZE, SIZE)) for i in range(3)], -1)


def closeness(picture: Plane, truth: Plane) -> float:
    """Peak signal-to-noise ratio, dB, of two `judged` pictures; 100 where they are equal, as hintauc has it."""
    return float(10 * np.log10(1 / (float(np.mean((picture - truth) ** 2)) + 1e-10)))


def feature_distance(first: Sequence[Plane], second: Sequence[Plane]) -> float:
    """VGG distance: mean over layers of the mean squared distance of features brought to unit length at each place.

    It is built like LPIPS but for its learned weights, and from another trunk, so the numbers are not LPIPS.

    Args:
        first, second: one (C, h, w) a layer, as `model.features.Features` answers.
    """
    return float(np.mean([np.mean(np.sum((_unit(a) - _unit(b)) ** 2, 0)) for a, b in zip(first, second, strict=True)]))


def _unit(feature: Plane) -> Plane:
    length: Plane = np.sqrt(np.sum(feature**2, 0, keepdims=True)) + np.float32(1e-6)
    return feature / length


def color_layer(painted: image.Pixels, lines: image.Pixels) -> Plane:
    """The colors under the drawing, (H, W, 3) float32 in [0, 1]; exact to a gray level on paper, unknown under ink."""
    return np.minimum(painted / np.maximum(lines, 1)[..., None].astype(np.float32), np.float32(1))


def closed_regions(lines: image.Pixels) -> Regions:
    """(H, W) int32: places of paper that ink closes, numbered from 1; 0 is ink. Diagonal neighbors do not touch."""
    import mahotas

    return np.asarray(mahotas.label(lines >= INK)[0], np.int32)


def disobedience(colors: Plane, hints: Hints, lines: image.Pixels) -> Plane:
    """Delta E 2000 between painting and hint, one for each hint pixel on paper.

    Args:
        colors: `color_layer` of the painting. hints: of its size. lines: 0 = ink.
    """
    asked = hints.mask & (lines > PAPER)
    return np.asarray(color_difference(lab(colors[asked]), lab(hints.color[asked])), np.float32)


def variety(answers: Sequence[image.Pixels], side: int = 128) -> float:
    """How much several answers to one drawing differ: mean Delta E 2000 over all pairs of them and all pixels.

    Args:
        answers: paintings (H, W, 3) of one size, at least two. side: longest side that they are compared at, px (ours).
    """
    height, width = answers[0].shape[:2]
    scale = min(1.0, side / max(height, width))
    size = (max(1, round(height * scale)), max(1, round(width * scale)))
    small = [lab(image.resize(a, size)) for a in answers]
    return float(np.mean([color_difference(a, b).mean() for a, b in itertools.combinations(small, 2)]))


@dataclass(frozen=True)
class Change:
    """What one more hint changed where it should not, as shares of 0 to 1.

    Attributes:
        outside: of the pixels outside the hint's region. picture: of all pixels.
        far: of the pixels further than `GROWN` px from the truth's region, whatever the lines say.
    """

    outside: float
    picture: float
    far: float


def changed_elsewhere(before: image.Pixels, after: image.Pixels, touched: Mask, truth_region: Mask) -> Change:
    """How much one more hint changed elsewhere.

    Args:
        before, after: paintings (H, W, 3).
        touched: the hint's region: the truth's, and those of the drawing that the hint lies in (`touched_region`).
        truth_region: the truth's alone.
    """
    from senga.lines.strokes import within

    differs = color_difference(lab(before), lab(after)) > CHANGED
    near = within(truth_region, GROWN)

    def share(where: Mask) -> float:
        return float(differs[where].mean()) if where.any() else 0.0

    return Change(share(~touched), float((differs & ~touched).mean()), share(~near))


def touched_region(regions: Regions, hint: Mask, truth_region: Mask) -> Mask:
    """Where a hint may color: its region of the truth, and each closed region of the drawing that it lies in."""
    inside = np.unique(regions[hint])
    touched: Mask = truth_region | np.isin(regions, inside[inside > 0])
    return touched


@dataclass(frozen=True)
class Borders:
    """Stretches of line across which two closed regions of a drawing face each other, in other colors in the truth.

    Each stretch is there twice, once from either side: stretch `2 i` and `2 i + 1` are one.

    Attributes:
        length: (n,) px of line.
        near: pixels of the side that a stretch is seen from, next to the line; `near_of` says of which stretch.
        far: pixels of that side some way behind them; `far_of` likewise.
        steps: (n,) Delta E 2000 between the truth's colors far on both sides.
    """

    length: NDArray[np.int64]
    near: NDArray[np.int64]
    near_of: NDArray[np.int64]
    far: NDArray[np.int64]
    far_of: NDArray[np.int64]
    steps: NDArray[np.float64]


def find_borders(truth: image.Pixels, lines: image.Pixels, regions: Regions) -> Borders:
    """The borders on which a painting's bleeding is measured.

    Regions face each other where a row or column crosses at most `CROSSED` px of ink between them and goes on for the
    whole of `FAR` through either: what is narrower has no color of its own to tell from what comes across the line.
    """
    count = int(regions.max()) + 1
    clean = (lines > PAPER).ravel()
    stretches, near, far = [], [], []
    for axis in (0, 1):
        numbers = regions if axis else regions.T
        index = np.arange(regions.size).reshape(regions.shape)
        index = index if axis else index.T
        width = numbers.shape[1]
        for gap in range(1, CROSSED + 1):
            span = gap + 2 * FAR[1]
            if width < span:
                continue
            # A window of the whole width: far, near, ink, near, far; `left` and `right` are the pixels at the ink.
            left, right = FAR[1] - 1, FAR[1] + gap

            def at(place: int, numbers: Regions = numbers, length: int = width - span + 1) -> Regions:
                return numbers[:, place : place + length]

            facing = (at(left) > 0) & (at(right) > 0) & (at(left) != at(right))
            for between in range(left + 1, right):
                facing &= at(between) == 0
            for away in range(1, FAR[1]):
                facing &= (at(left - away) == at(left)) & (at(right + away) == at(right))
            row, start = np.nonzero(facing)
            one, other = numbers[row, start + left].astype(np.int64), numbers[row, start + right].astype(np.int64)
            tile = (row // STRETCH) * (width // STRETCH + 1) + start // STRETCH
            place = (tile * 2 + axis) * count * count
            # From either side under one name, the lower number's side first.
            name = (place + np.minimum(one, other) * count + np.maximum(one, other)) * 2
            for first, step, turned in ((left, -1, one > other), (right, 1, other > one)):
                key = name + turned
                stretches.append(key)
                for away in range(FAR[1]):
                    pixel = index[row, start + first + step * away]
                    keep = clean[pixel]
                    if away < NEAR:
                        near.append(np.stack([key[keep], pixel[keep]]))
                    elif away >= FAR[0]:
                        far.append(np.stack([key[keep], pixel[keep]]))
    nothing = np.zeros((2, 0), np.int64)
    names, length = np.unique(np.concatenate([nothing[0], *stretches]), return_counts=True)
    near_of, near_at = np.concatenate([nothing, *near], 1)
    far_of, far_at = np.concatenate([nothing, *far], 1)
    near_of, far_of = np.searchsorted(names, near_of), np.searchsorted(names, far_of)
    means = _means(lab(truth).reshape(-1, 3), far_at, far_of, len(names))
    steps = np.asarray(color_difference(means, means[_opposite(len(names))]), np.float64)
    # Without clean paper on both sides, near and far, there is nothing to compare.
    comparable = (np.bincount(near_of, minlength=len(names)) > 0) & (np.bincount(far_of, minlength=len(names)) > 0)
    wanted = (steps > OTHER) & comparable & comparable[_opposite(len(names))]
    renumbered = np.cumsum(wanted) - 1
    keep_near, keep_far = wanted[near_of], wanted[far_of]
    return Borders(
        length[wanted],
        near_at[keep_near],
        renumbered[near_of[keep_near]],
        far_at[keep_far],
        renumbered[far_of[keep_far]],
        steps[wanted],
    )


def _opposite(count: int) -> NDArray[np.int64]:
    """The number of each stretch's other side."""
    return np.arange(count) ^ 1


@dataclass(frozen=True)
class Bleeding:
    """How clean a painting's borders are, to be summed over pictures.

    Attributes:
        bled: px of line times the share of the way that the color beside it has gone toward the other side's.
        length: px of line that this was measured on: where the painting has two colors.
        kept: px of line times the share of the truth's color step that is left beside the line, at most 1.
        whole: px of line where the truth has two colors.
    """

    bled: float = 0.0
    length: float = 0.0
    kept: float = 0.0
    whole: float = 0.0

    def __add__(self, other: "Bleeding") -> "Bleeding":
        return Bleeding(
            self.bled + other.bled, self.length + other.length, self.kept + other.kept, self.whole + other.whole
        )

    @property
    def share(self) -> float:
        """0: each region's color goes unchanged up to the line; 0.5: the sides meet in one color. NaN: no borders."""
        return self.bled / self.length if self.length else float("nan")

    @property
    def steps(self) -> float:
        """1: the sides are as unlike, right at the line, as in the truth; 0: of one color. NaN: no borders."""
        return self.kept / self.whole if self.whole else float("nan")


def bleeding(colors: Plane, borders: Borders) -> Bleeding:
    """How much color crosses closed lines.

    Of each stretch of line, the color beside it is compared, in CIELAB, with the painting's own colors some way off on
    both sides: how far has it gone from its own side's toward the other's, 0 to 1? Only the painting's own colors
    count, so a wrong color is not bleeding; where a painting has one color on both sides there is no step to bleed, so
    what is left of the truth's step right at the line stands beside it (`Bleeding.steps`).

    Args:
        colors: `color_layer` of the painting. borders: of its drawing.
    """
    number = len(borders.length)
    if not number:
        return Bleeding()
    painted, opposite = lab(colors).reshape(-1, 3), _opposite(number)
    beside = _means(painted, borders.near, borders.near_of, number)
    own = _means(painted, borders.far, borders.far_of, number)
    other = own[opposite]
    way = other - own
    gone = np.sum((beside - own) * way, 1) / np.maximum(np.sum(way * way, 1), 1e-9)
    distinct = color_difference(own, other) > OTHER
    length = borders.length.astype(np.float64)
    steps = color_difference(beside, beside[opposite])
    return Bleeding(
        float((np.clip(gone, 0, 1) * length)[distinct].sum()),
        float(length[distinct].sum()),
        float((np.minimum(1, steps / borders.steps) * length).sum()),
        float(length.sum()),
    )


def _means(
    colors: Plane, pixels: NDArray[np.int64], numbers: NDArray[np.int64] | Regions, count: int
) -> NDArray[np.float64]:
    """(count, 3): mean colors of numbered groups of pixels; 0 of an empty one."""
    size = np.maximum(np.bincount(numbers, minlength=count), 1)
    return np.stack([np.bincount(numbers, colors[pixels, i], minlength=count) / size for i in range(3)], 1)
