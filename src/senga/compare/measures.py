"""What is measured on one painting, each by one function; what a measure cannot tell is NaN or nothing.

A painting is a composite: colors with the drawing multiplied on top. Where the colors alone are asked for, they are got
back by dividing by the lines (`color_layer`), so that paintings of programs that hand out no layers are measured alike.
"""

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

BAND, MIDDLE, CROSSED = 4, 6, 8
"""Bleeding, px (ours): how far from a line it is looked for; from where on a region is its middle; widest line."""

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
    """Where two closed regions of a drawing whose true colors differ face each other across a line.

    Attributes:
        pairs: (n, 2) numbers of regions, each border twice: once from either side.
        length: (n,) px of line.
        band: pixels on the first region's side, up to `BAND` px from the line; `of` says of which border each is.
        middle: pixel indices far from any line; `inside` says in which region each lies.
        steps: (n,) Delta E 2000 of the truth's mean colors.
    """

    pairs: NDArray[np.int64]
    length: NDArray[np.int64]
    band: NDArray[np.int64]
    of: NDArray[np.int64]
    middle: NDArray[np.int64]
    inside: Regions
    steps: NDArray[np.float64]


def find_borders(truth: image.Pixels, lines: image.Pixels, regions: Regions) -> Borders:
    """The borders on which a painting's bleeding is measured.

    Regions face each other where a row or column crosses at most `CROSSED` px of ink between them. Regions without a
    middle (paper over `MIDDLE` px from ink) are left out: there is no place to tell their own color by.
    """
    from senga.lines.strokes import depth

    count = int(regions.max()) + 1
    middle = np.flatnonzero((depth(regions > 0) > MIDDLE) & (lines > PAPER))
    inside = regions.ravel()[middle]
    has_middle = np.bincount(inside, minlength=count) > 0
    keys = []
    clean = (lines > PAPER).ravel()
    for axis in (0, 1):
        numbers = regions if axis else regions.T
        index = np.arange(regions.size).reshape(regions.shape)
        index = index if axis else index.T
        width = numbers.shape[1]
        for gap in range(1, CROSSED + 1):
            left, right = numbers[:, : width - gap - 1], numbers[:, gap + 1 :]
            facing = (left > 0) & (right > 0) & (left != right) & has_middle[left] & has_middle[right]
            for between in range(1, gap + 1):
                facing &= numbers[:, between : between + width - gap - 1] == 0
            row, at = np.nonzero(facing)
            for here, there, step in ((at, at + gap + 1, -1), (at + gap + 1, at, 1)):
                own, other = numbers[row, here], numbers[row, there]
                for away in range(BAND):
                    place = here + step * away
                    valid = (place >= 0) & (place < width)
                    valid[valid] &= numbers[row[valid], place[valid]] == own[valid]
                    pixel = index[row[valid], place[valid]]
                    key = own[valid].astype(np.int64) * count + other[valid]
                    keep = clean[pixel]
                    # The length counts lines crossed, whether or not the paper beside them is clean.
                    if away == 0:
                        keys.append(np.stack([key, np.full(len(key), -1)]))
                    keys.append(np.stack([key[keep], pixel[keep]]))
    joined = np.concatenate(keys, 1)
    names, number = np.unique(joined[0], return_inverse=True)
    pairs = np.stack([names // count, names % count], 1)
    crossing = joined[1] < 0
    length = np.bincount(number[crossing], minlength=len(names))
    means = _means(lab(truth).reshape(-1, 3), middle, inside, count)
    steps = color_difference(means[pairs[:, 0]], means[pairs[:, 1]])
    wanted = steps > OTHER
    renumbered = np.cumsum(wanted) - 1
    kept = ~crossing & wanted[number]
    return Borders(
        pairs[wanted], length[wanted], joined[1][kept], renumbered[number[kept]], middle, inside, steps[wanted]
    )


@dataclass(frozen=True)
class Bleeding:
    """How clean a painting's borders are, to be summed over pictures.

    Attributes:
        bled: px of line times the share of the way that the color beside it has gone toward the other side's.
        length: px of line that this was measured on: where the painting has two colors.
        kept: px of line times the share of the truth's color step that the painting has, at most 1.
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
        """1: neighbors are as unlike as in the truth; 0: all are of one color. NaN: no borders."""
        return self.kept / self.whole if self.whole else float("nan")


def bleeding(colors: Plane, borders: Borders) -> Bleeding:
    """How much color crosses closed lines.

    Of each border, the color of the band beside the line is compared, in CIELAB, with the painting's own mean colors in
    the middles of both regions: how far has it gone from its own toward the other's, 0 to 1? Only the painting's own
    colors count, so a wrong color is not bleeding; where a painting gives both regions one color there is no step to
    bleed, so its lack is told beside it (`Bleeding.steps`).

    Args:
        colors: `color_layer` of the painting. borders: of its drawing.
    """
    if not len(borders.pairs):
        return Bleeding()
    painted = lab(colors).reshape(-1, 3)
    means = _means(painted, borders.middle, borders.inside, int(borders.inside.max()) + 1)
    own, other = means[borders.pairs[:, 0]], means[borders.pairs[:, 1]]
    steps = color_difference(own, other)
    number = len(borders.pairs)
    has_band = np.bincount(borders.of, minlength=number) > 0
    beside = _means(painted, borders.band, borders.of, number)
    way = other - own
    gone = np.sum((beside - own) * way, 1) / np.maximum(np.sum(way * way, 1), 1e-9)
    told = (steps > OTHER) & has_band
    length = borders.length.astype(np.float64)
    return Bleeding(
        float((np.clip(gone, 0, 1) * length)[told].sum()),
        float(length[told].sum()),
        float((np.minimum(1, steps / borders.steps) * length).sum()),
        float(length.sum()),
    )


def _means(
    colors: Plane, pixels: NDArray[np.int64], numbers: NDArray[np.int64] | Regions, count: int
) -> NDArray[np.float64]:
    """(count, 3): mean colors of numbered groups of pixels; 0 of an empty one."""
    size = np.maximum(np.bincount(numbers, minlength=count), 1)
    return np.stack([np.bincount(numbers, colors[pixels, i], minlength=count) / size for i in range(3)], 1)
