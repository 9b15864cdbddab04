"""Line art by a method drawn at random, with the accidents that drawings have: for pair sets that teach all lines.

A colorizer that learned from one extractor fails on lines of another thickness. The table of ranges and shares below is
the mixture: `mixed` draws from it here, `senga.learn.data.line_augmentation` in batches on the training device, and a
test holds the two together. Source of the ranges: ours, after the extractors' usual values.
"""

from collections.abc import Callable
from dataclasses import astuple, dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from senga.errors import SengaError
from senga.lines import edges, learned
from senga.lines.edges import gaussian

Plane = NDArray[np.float32]
Random = np.random.Generator
Share = TypeVar("Share", float, Any)


@dataclass(frozen=True)
class Range:
    """Values from `low` to `high`, evenly, or evenly in their logarithm.

    >>> Range(1, 3).at(0.5), Range(1, 4, logarithmic=True).at(0.5)
    (2.0, 2.0)
    """

    low: float
    high: float
    logarithmic: bool = False

    def at(self, share: Share) -> Share:
        """The value at a share of the way, 0 to 1: a number, or an array or tensor of them."""
        if self.logarithmic:
            return self.low * (self.high / self.low) ** share  # type: ignore[no-any-return]
        return self.low + (self.high - self.low) * share


SIGMA = {"xdog_fine": Range(0.32, 0.48), "xdog_middle": Range(0.56, 0.84), "xdog_bold": Range(0.96, 1.44)}
"""XDoG at three widths, px."""

TAU, PHI = Range(0.975, 0.99), Range(float(np.exp(0.7)), float(np.exp(3.0)), logarithmic=True)
FILLED = 0.2
"""Share of XDoG drawings whose dark areas are filled, as inkers do."""

EPSILON, EPSILON_FILLED = Range(-0.3, 0.1), Range(0.2, 0.5)

THIN, SIZES, GAIN = 0.7, (3, 5), Range(1.5, 4.0)
"""Dilation differences: share of the smaller of two windows, px, and the gain on the difference."""

LOW = Range(50, 120)
"""Canny: lower threshold; the upper one is twice that."""

NARROW, WIDE, PRESSURE = Range(0.35, 0.7), Range(1.2, 2.5), Range(3.7, 10.0, logarithmic=True)
"""Pencil: the two blurs, px, and the gain on what is darker than its surroundings."""

EVEN, THICKNESS, DETAIL, SOLID = 0.6, Range(1.0, 3.0), Range(0.5, 1.0), 0.5
"""The learned extractor: share of drawings of one width, that width, px, detail, and share with solids filled."""

OVER, WEIGHT = 0.5, Range(0.3, 0.7)
"""Blends: share of those laid over each other, and the first one's weight in the others, which are averages."""

DARKER, CUT, BLUR, FADE = Range(1.4, 1.7), Range(0.4, 0.85), Range(0.4, 0.9), Range(0.7, 1.0)
NOISE, BRIGHTER = Range(0.01, 0.05), Range(0.75, 0.95)
"""Accidents: power, level of what is ink, sigma in px, how much ink stays, deviation, level that becomes paper."""

GAP_EACH, GAP_RADII = 4000, (1, 2, 3)
"""Gaps: one for so many px, each a square of 2 r + 1 px."""


@dataclass(frozen=True)
class Mix:
    """Chances of the methods, in any unit, and the share of drawings that get each accident.

    Attributes:
        xdog_fine, xdog_middle, xdog_bold: XDoG with sigma 0.4, 0.7, 1.2 px (each varied by a fifth).
        dilate: dilation difference of 3 or 5 px, with a gain of 1.5 to 4.
        canny: thresholds of 50 to 120 and twice that.
        learned: the learned extractor, 1 to 3 px or as wide as in the picture, at any detail.
        pencil: what is darker than its surroundings, in grays.
        blend: of the remaining chance: two of the methods, averaged or laid over each other.
        accidents: chance of each of: darker by a power, thicker, binary at a random level, blurred, gaps, faded,
            noise, brighter.
    """

    xdog_fine: float = 0.15
    xdog_middle: float = 0.15
    xdog_bold: float = 0.1
    dilate: float = 0.2
    canny: float = 0.05
    learned: float = 0.2
    pencil: float = 0.1
    blend: float = 0.15
    accidents: float = 0.2

    def chances(self) -> NDArray[np.float64]:
        """The chance of each of `METHODS`; they sum to 1."""
        found: NDArray[np.float64] = np.array([getattr(self, name) for name in METHODS], np.float64)
        return found / float(found.sum())

    def blends(self) -> float:
        """The chance that two methods are drawn; it is of use where more than one has a share."""
        return self.blend / (float(sum(getattr(self, name) for name in METHODS)) + self.blend)


METHODS = ("xdog_fine", "xdog_middle", "xdog_bold", "dilate", "canny", "learned", "pencil")


def check_mix(p: Mix) -> None:
    """Refuses shares that are none.

    Raises:
        SengaError: a negative share, none at all, or more than 1 for accidents.
    """
    shares = astuple(p)
    if min(shares) < 0 or not all(np.isfinite(shares)) or sum(shares[: len(METHODS)]) <= 0 or p.accidents > 1:
        raise SengaError(f"mix: shares must be 0 or more, not all methods 0, and accidents at most 1; found {p}")


def mixed(
    picture: NDArray[np.uint8], parameters: Mix, seed: int, inker: Callable[[], learned.Inker]
) -> NDArray[np.uint8]:
    """Line art (H, W) uint8, 0 = ink, by a method that the seed chooses.

    Args:
        picture: (H, W, 3) or (H, W) uint8. inker: opens the learned extractor; called only when it is chosen.
    """
    random = np.random.default_rng(seed)
    chances = parameters.chances()
    blends = random.random() < parameters.blends()
    count = min(1 + int(blends), int((chances > 0).sum()))
    chosen = random.choice(len(METHODS), count, replace=False, p=chances)
    drawn = [_drawn(picture, METHODS[i], random, inker).astype(np.float32) / np.float32(255) for i in chosen]
    lines: Plane = drawn[0]
    if len(drawn) > 1:
        share = WEIGHT.at(random.random())
        lines = (
            np.minimum(*drawn)
            if random.random() < OVER
            else (share * drawn[0] + (1 - share) * drawn[1]).astype(np.float32)
        )
    return learned.to_gray(1 - accidents(lines, parameters.accidents, random))


def _drawn(
    picture: NDArray[np.uint8], method: str, random: Random, inker: Callable[[], learned.Inker]
) -> NDArray[np.uint8]:
    if method in SIGMA:
        filled = random.random() < FILLED
        made = edges.Xdog(
            sigma=SIGMA[method].at(random.random()),
            tau=TAU.at(random.random()),
            epsilon=(EPSILON_FILLED if filled else EPSILON).at(random.random()),
            phi=PHI.at(random.random()),
        )
        return edges.xdog(picture, made)
    if method == "dilate":
        size = SIZES[0] if random.random() < THIN else SIZES[1]
        return edges.dilate(picture, edges.Dilate(size, GAIN.at(random.random())))
    if method == "canny":
        low = LOW.at(random.random())
        return edges.canny(picture, edges.Canny(low, 2 * low))
    if method == "pencil":
        return pencil(picture, *(each.at(random.random()) for each in (NARROW, WIDE, PRESSURE)))
    even = random.random() < EVEN
    made_learned = learned.Learned(
        thickness=THICKNESS.at(random.random()) if even else 0.0,
        detail=DETAIL.at(random.random()),
        solid=random.random() < SOLID,
    )
    return inker().draw(picture, made_learned)


def pencil(picture: NDArray[np.uint8], narrow: float, wide: float, pressure: float) -> NDArray[np.uint8]:
    """Grays (H, W) uint8 where a picture is darker than its surroundings, the more the darker; paper elsewhere.

    Args:
        picture: (H, W, 3) or (H, W) uint8. narrow, wide: blurs of what is drawn and of its surroundings, px.
        pressure: gain on the difference.
    """
    gray = edges.to_gray(picture).astype(np.float32) / np.float32(255)
    drawn = 1 + np.float32(pressure) * (gaussian(gray, narrow) - gaussian(gray, wide))
    lines: NDArray[np.uint8] = np.rint(np.clip(drawn, 0, 1) * 255).astype(np.uint8)
    return lines


def accidents(lines: Plane, share: float, random: Random) -> Plane:
    """Line art (H, W) in [0, 1], 1 = paper, with each accident at a chance of `share`."""

    def happens() -> bool:
        return bool(random.random() < share)

    h, w = lines.shape
    if happens():  # darker
        lines = lines ** np.float32(DARKER.at(random.random()))
    if happens():  # thicker
        padded = np.pad(lines, 1, mode="edge")
        lines = np.minimum.reduce([padded[y : y + h, x : x + w] for y in range(3) for x in range(3)])
    if happens():  # ink or no ink
        lines = (lines > CUT.at(random.random())).astype(np.float32)
    if happens():
        lines = gaussian(lines, BLUR.at(random.random()))
    if happens():  # gaps
        lines = lines.copy()
        for _ in range(max(1, h * w // GAP_EACH)):
            y, x = random.integers(0, h), random.integers(0, w)
            r = random.integers(GAP_RADII[0], GAP_RADII[-1] + 1)
            lines[max(0, y - r) : y + r + 1, max(0, x - r) : x + r + 1] = 1
    if happens():  # faded
        lines = 1 - np.float32(FADE.at(random.random())) * (1 - lines)
    if happens():
        lines = lines + random.normal(0, NOISE.at(random.random()), (h, w)).astype(np.float32)
    if happens():  # brighter: faint lines go
        lines = lines / np.float32(BRIGHTER.at(random.random()))
    return np.clip(lines, 0, 1).astype(np.float32)
