"""Line art by a method drawn at random, with the accidents that drawings have: for pair sets that teach all lines.

A colorizer that learned from one extractor fails on lines of another thickness. Source of the ranges: ours, after the
extractors' usual values.
"""

from collections.abc import Callable
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from senga.errors import SengaError
from senga.lines import edges, learned
from senga.lines.edges import gaussian

Plane = NDArray[np.float32]
Random = np.random.Generator


@dataclass(frozen=True)
class Mix:
    """Chances of the methods, in any unit, and the share of drawings that get each accident.

    Attributes:
        xdog_fine, xdog_middle, xdog_bold: XDoG with sigma 0.4, 0.7, 1.2 px (each varied by a fifth).
        dilate: dilation difference of 3 or 5 px, with a gain of 1.5 to 4.
        canny: thresholds of 50 to 120 and twice that.
        learned: the learned extractor, 1 to 3 px or as wide as in the picture, at any detail.
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
    blend: float = 0.15
    accidents: float = 0.2


METHODS = ("xdog_fine", "xdog_middle", "xdog_bold", "dilate", "canny", "learned")
_SIGMA = {"xdog_fine": 0.4, "xdog_middle": 0.7, "xdog_bold": 1.2}


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
    chances = np.array([getattr(parameters, name) for name in METHODS], np.float64)
    blends = random.random() < parameters.blend / (chances.sum() + parameters.blend)
    count = min(1 + int(blends), int((chances > 0).sum()))
    chosen = random.choice(len(METHODS), count, replace=False, p=chances / chances.sum())
    drawn = [_drawn(picture, METHODS[i], random, inker).astype(np.float32) / np.float32(255) for i in chosen]
    lines: Plane = drawn[0]
    if len(drawn) > 1:
        share = random.uniform(0.3, 0.7)
        lines = (
            np.minimum(*drawn)
            if random.random() < 0.5
            else (share * drawn[0] + (1 - share) * drawn[1]).astype(np.float32)
        )
    return learned.to_gray(1 - accidents(lines, parameters.accidents, random))


def _drawn(
    picture: NDArray[np.uint8], method: str, random: Random, inker: Callable[[], learned.Inker]
) -> NDArray[np.uint8]:
    if method in _SIGMA:
        filled = random.random() < 0.2
        made = edges.Xdog(
            sigma=_SIGMA[method] * random.uniform(0.8, 1.2),
            tau=random.uniform(0.975, 0.99),
            epsilon=random.uniform(0.2, 0.5) if filled else random.uniform(-0.3, 0.1),
            phi=float(np.exp(random.uniform(0.7, 3.0))),
        )
        return edges.xdog(picture, made)
    if method == "dilate":
        size = 3 if random.random() < 0.7 else 5
        return edges.dilate(picture, edges.Dilate(size, random.uniform(1.5, 4.0)))
    if method == "canny":
        low = random.uniform(50, 120)
        return edges.canny(picture, edges.Canny(low, 2 * low))
    even = random.random() < 0.6
    made_learned = learned.Learned(
        thickness=random.uniform(1.0, 3.0) if even else 0.0,
        detail=random.uniform(0.5, 1.0),
        solid=random.random() < 0.5,
    )
    return inker().draw(picture, made_learned)


def accidents(lines: Plane, share: float, random: Random) -> Plane:
    """Line art (H, W) in [0, 1], 1 = paper, with each accident at a chance of `share`."""

    def happens() -> bool:
        return bool(random.random() < share)

    h, w = lines.shape
    if happens():  # darker
        lines = lines ** np.float32(random.uniform(1.4, 1.7))
    if happens():  # thicker
        padded = np.pad(lines, 1, mode="edge")
        lines = np.minimum.reduce([padded[y : y + h, x : x + w] for y in range(3) for x in range(3)])
    if happens():  # ink or no ink
        lines = (lines > random.uniform(0.4, 0.85)).astype(np.float32)
    if happens():
        lines = gaussian(lines, random.uniform(0.4, 0.9))
    if happens():  # gaps
        lines = lines.copy()
        for _ in range(max(1, h * w // 4000)):
            y, x, r = random.integers(0, h), random.integers(0, w), random.integers(1, 4)
            lines[max(0, y - r) : y + r + 1, max(0, x - r) : x + r + 1] = 1
    if happens():  # faded
        lines = 1 - np.float32(random.uniform(0.7, 1.0)) * (1 - lines)
    if happens():
        lines = lines + random.normal(0, random.uniform(0.01, 0.05), (h, w)).astype(np.float32)
    if happens():  # brighter: faint lines go
        lines = lines / np.float32(random.uniform(0.75, 0.95))
    return np.clip(lines, 0, 1).astype(np.float32)
