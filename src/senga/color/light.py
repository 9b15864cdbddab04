"""What a person may say of light and shade on flat colors: how strong and how soft each is, and what color shade has.

Source of the softening: means over runs of one region, along rows and columns in turn, as the normalized convolution of
Gastal and Oliveira, "Domain Transform for Edge-Aware Image and Video Processing", 2011, where edges are borders.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senga.color import strict_json
from senga.color.flood import Labels
from senga.color.palette import hex_of, parse_color
from senga.color.tokens import OPPONENT

STRONGEST = 1.5
"""Greatest strength. Ours: beyond, blotches show."""

SIDE = -0.25
"""From which side light falls as nobody says otherwise, -1 left, 1 right: a little from the left. Ours, by eye."""

SOFTEST = 1 / 32
"""How far the greatest softness spreads, in sides of a square of the picture's area. Ours."""

PASSES = 3
"""Means over runs each way: of three, what is spread falls off nearly as a bell curve."""

TINTED = 3.0
"""Most that a tint makes of the shade of a channel: of a pure yellow blue alone would be left to darken. Ours."""

GRAY = OPPONENT[0]
"""Shares of red, green and blue in gray."""

Plane = NDArray[np.float32]


@dataclass(frozen=True)
class Light:
    """How light and shade are laid, by models that shade.

    Attributes:
        strength: of light, 0 (none) to `STRONGEST`. shade: the same of shade; None: as light.
        softness, shade_softness: 0, as the model draws them, to 1, wide gradients within each region.
        shade_tint: '#rrggbb', shade leans to this color, as bright as it was; grays and None leave it as it is.
        side: from which side light falls, -1 left to 1 right.

    Raises:
        HintError: anything else.
    """

    strength: float = 1.0
    shade: float | None = None
    softness: float = 0.0
    shade_softness: float = 0.0
    shade_tint: str | None = None
    side: float = SIDE

    def __post_init__(self) -> None:
        strict_json.number(self.strength, "light", 0, STRONGEST)
        if self.shade is not None:
            strict_json.number(self.shade, "shade", 0, STRONGEST)
        strict_json.number(self.softness, "light_softness", 0, 1)
        strict_json.number(self.shade_softness, "shade_softness", 0, 1)
        strict_json.number(self.side, "light_side", -1, 1)
        if self.shade_tint is not None:
            object.__setattr__(self, "shade_tint", hex_of(self.shade_tint))

    def fields(self) -> dict[str, Any]:
        """As fields of a `Request`."""
        return {
            "light": self.strength,
            "shade": self.shade,
            "light_softness": self.softness,
            "shade_softness": self.shade_softness,
            "shade_tint": self.shade_tint,
            "light_side": self.side,
        }

    @property
    def shading(self) -> float:
        """The strength of shade."""
        return self.strength if self.shade is None else self.shade

    @property
    def none(self) -> bool:
        """Whether there is neither light nor shade."""
        return self.strength == 0 and self.shading == 0

    @property
    def tint(self) -> Plane:
        """(3,), what a tint makes of the shade of red, green and blue."""
        if self.shade_tint is None:
            return np.ones(3, np.float32)
        lacks = 1 - np.array(parse_color(self.shade_tint), np.float32) / 255
        bright = float(lacks @ GRAY)
        return np.ones(3, np.float32) if bright < 1e-3 else np.minimum(lacks / bright, TINTED).astype(np.float32)


def apart(
    bright: NDArray[np.uint8], dark: NDArray[np.uint8], flat: NDArray[np.uint8], tint: float
) -> NDArray[np.uint8]:
    """One channel's colors with the light of one strength and the shade of another, any equal shapes, uint8.

    Args:
        bright, dark: the colors at the strength of light, and at that of shade. flat: without either.
        tint: what becomes of shade, as `Light.tint` says.
    """
    shade = (flat.astype(np.float32) - dark) * np.float32(tint)
    shaded = np.rint(flat - np.clip(shade, 0, flat)).astype(np.uint8)
    return np.where(bright > flat, bright, shaded)


def softened(change: Plane, labels: Labels, weight: Plane, light: Light) -> Plane:
    """What light changes, (3, h, w), spread within each region: what is brighter than its mean, and what is darker.

    Args:
        change: (3, h, w). labels: (h, w), the region of each place. weight: (h, w), how much each place counts.
    """
    mean = _means(change, labels, weight)
    parts = [(np.maximum(change - mean, 0), light.softness), (np.minimum(change - mean, 0), light.shade_softness)]
    side = (labels.shape[0] * labels.shape[1]) ** 0.5
    spread: Plane = mean + sum(_spread(part, labels, weight, round(soft * SOFTEST * side)) for part, soft in parts)
    return spread


def _means(change: Plane, labels: Labels, weight: Plane) -> Plane:
    """(3, h, w), the mean of each place's region."""
    own = labels.reshape(-1)
    total = np.maximum(np.bincount(own, weight.reshape(-1)), 1e-9)
    sums = [np.bincount(own, (plane * weight).reshape(-1)) / total for plane in change]
    return np.stack([one[labels] for one in sums]).astype(np.float32)


def _spread(planes: Plane, labels: Labels, weight: Plane, radius: int) -> Plane:
    """Weighed means of places of one region around each place."""
    if radius < 1:
        return planes
    given = np.concatenate([planes * weight, weight[None]])
    across, down = _runs(labels, radius), _runs(labels.T, radius)
    for _ in range(PASSES):
        given = _run_means(given, *across)
        given = _run_means(given.transpose(0, 2, 1), *down).transpose(0, 2, 1)
    spread: Plane = (given[:-1] / np.maximum(given[-1:], np.float32(1e-6))).astype(np.float32)
    return spread


def _runs(labels: Labels, radius: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First, and one past the last, of each place's run along its row (h, w): of one region, at most `radius` away."""
    width = labels.shape[1]
    at = np.arange(width)
    new = np.ones(labels.shape, bool)
    new[:, 1:] = labels[:, 1:] != labels[:, :-1]
    first = np.maximum.accumulate(np.where(new, at, 0), 1)
    ends = np.ones(labels.shape, bool)
    ends[:, :-1] = new[:, 1:]
    last = np.minimum.accumulate(np.where(ends, at, width - 1)[:, ::-1], 1)[:, ::-1]
    return np.maximum(first, at - radius), np.minimum(last, at + radius) + 1


def _run_means(planes: Plane, first: NDArray[np.int64], stop: NDArray[np.int64]) -> Plane:
    """Means of (K, h, w) over runs of rows."""
    sums = np.zeros((*planes.shape[:2], planes.shape[2] + 1), np.float64)
    np.cumsum(planes, 2, out=sums[..., 1:])
    found = np.take_along_axis(sums, stop[None], 2) - np.take_along_axis(sums, first[None], 2)
    means: Plane = (found / (stop - first)).astype(np.float32)
    return means
