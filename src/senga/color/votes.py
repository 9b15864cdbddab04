"""How a region comes to a color by its chances: colors vote for one another, and luck has its share.

Chances alone end in pale mixtures or, surest first, in skin everywhere.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from senga.color.thought import ALIKE, distances, softmax

Plane = NDArray[np.float32]


@dataclass(frozen=True)
class Luck:
    """How colors are drawn.

    Attributes:
        temperature: 0 takes what has the most votes, 1 as often as its share of them; of `LARGE` regions, of smaller
            ones so much less: garments and hair are drawn, small things follow them.
        ground: how much of the temperature counts for what lies along the frame, 0 to 1.
        breadth: how far colors vote for one another, in `opponent` units: shades of brown together outweigh white.
    """

    temperature: float
    breadth: float
    ground: float = 1.0

    def heats(self, geometry: Plane) -> Plane:
        """(R,) float32, the temperature of each region; geometry (R, `GEOMETRY`) as `tokens.Tokens` has it."""
        share, framed = geometry[:, 4] ** 2, geometry[:, 8]
        large = np.minimum(1, share / LARGE)
        ground = 1 - (1 - self.ground) * np.minimum(1, framed / FRAMED)
        heats: Plane = (self.temperature * large * ground).astype(np.float32)
        return heats


SETTLED, FREE, OFFERED, PLAIN = Luck(0.0, 0.5), Luck(0.15, 0.4, 0.0), Luck(0.3, 0.15, 0.0), Luck(0.0, 0.15)
"""What is likeliest, which hints get: who tells wants what follows from it, not a gamble; draws on a quiet ground; and
the same two of a palette. Ours, set on validation: chances alone end in pale mixtures or, surest first, in skin
everywhere; without hints and palette the likeliest is one brown."""

LARGE = 0.02
"""Share of the drawing from which on a region is large. Ours."""

FRAMED = 0.15
"""Share of the frame from which on a region along it is ground. Ours."""

REPEATS, SAME = 0.2, 0.06
"""A color that is known, another strand's or the palette's, is taken as it is where so much of the chance of what is
averaged is its and it lies so near, in `opponent` units. Ours: to take the likeliest known color wherever known colors
are likely costs 0.3 dB with 64 dots. Who gives a palette wants its colors, however near."""


def choose(
    logits: Plane, own: Plane, centers: Plane, pointed: Plane, noise: Plane, luck: Luck, same: float = SAME
) -> tuple[Plane, Plane]:
    """A color for each of W regions, (W, 3), by the votes of their chances, and how sure it is, (W,).

    Args:
        logits: (W, bins + T). own: (W, bins, 3), the bins as moved. centers: (bins, 3). pointed: (T, 3).
        noise: (W, bins), added to the logarithms of votes. same: how near a known color is taken as it is.
    """
    bins, chance = own.shape[1], softmax(logits)
    counted = votes(chance, centers, pointed, luck.breadth)
    pick = np.argmax(np.log(counted + 1e-9) + noise, 1)
    off = distances(own, np.square(own).sum(2), pointed, centers[pick])
    near = chance * np.exp(-off / (2 * ALIKE**2))
    total = np.maximum(near.sum(1), 1e-9)
    mean = (np.einsum("rk,rkc->rc", near[:, :bins], own) + near[:, bins:] @ pointed) / total[:, None]
    # Exactly a known color, if there is one that is meant: strands of one hair are of one color.
    off = squares(mean, pointed) + (near[:, bins:] < REPEATS * total[:, None])
    nearest = off.argmin(1)
    exact = off[np.arange(len(off)), nearest] < same**2
    colors = np.where(exact[:, None], pointed[nearest], mean)
    return colors.astype(np.float32), counted.max(1).astype(np.float32)


def votes(chance: Plane, centers: Plane, pointed: Plane, breadth: float) -> Plane:
    """(W, bins), the votes that each bin has in W regions of chances (W, bins + T).

    Colors alike vote for one another, and each bin is a candidate, however few votes are its own: white and skin,
    which hold most of the chance in few bins, would else win everywhere.
    """
    counted: Plane = chance[:, : len(centers)] @ _kernel_of(centers.tobytes(), breadth)
    counted += chance[:, len(centers) :] @ _kernel(pointed, centers, breadth)
    return counted


@lru_cache(maxsize=8)
def _kernel_of(centers: bytes, breadth: float) -> Plane:
    """`_kernel` of the bins with one another, given as their bytes: it is asked for in each round."""
    bins = np.frombuffer(centers, np.float32).reshape(-1, 3)
    return _kernel(bins, bins, breadth)


def _kernel(one: Plane, two: Plane, breadth: float) -> Plane:
    """How much each color of one list (A, 3) votes for each of another (B, 3), (A, B)."""
    share: Plane = np.exp(squares(one, two) / np.float32(-2 * breadth**2))
    return share


def squares(one: Plane, two: Plane) -> Plane:
    """Squared distances (A, B) of colors (A, 3) and (B, 3); by a product, ten times as fast as differences."""
    found: Plane = np.square(one).sum(1)[:, None] + np.square(two).sum(1)[None] - 2 * one @ two.T
    return np.maximum(found, 0)
