"""What the network said once of a drawing's regions, and how likely it makes colors."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

ALIKE = 0.09
"""How far apart colors are alike, in `tokens.opponent` units. Ours."""

Plane = NDArray[np.float32]


@dataclass(frozen=True)
class Thought:
    """What the network said when something was known.

    Attributes:
        logits: (R, bins + T), of the bins and of the colors that may be pointed at.
        moved: (R, bins, 3), how far from its bin a region's color is. bins: (bins, 3). pointed: (T, 3). All in
            `tokens.opponent` units.
    """

    logits: Plane
    moved: Plane = field(repr=False)
    bins: Plane = field(repr=False)
    pointed: Plane = field(repr=False)

    def likelihood(self, colors: Plane, of: NDArray[np.integer] | slice = slice(None)) -> Plane:
        """(N,) log likelihood, up to a constant, of a color (N, 3) for each of some regions, their numbers (N,)."""
        own, squares = self._own
        off = distances(own[of], squares[of], self.pointed, colors)
        fit = np.exp(off / np.float32(-2 * (ALIKE / 1.5) ** 2))
        found: Plane = np.log((self.chance[of] * fit).sum(1) + np.float32(1e-5))
        return found

    @cached_property
    def chance(self) -> Plane:
        """(R, bins + T), of all that its logits speak of."""
        return softmax(self.logits)

    @cached_property
    def _own(self) -> tuple[Plane, Plane]:
        """The bins as moved, (R, bins, 3), and their squared lengths, (R, bins)."""
        own = self.moved + self.bins
        return own, np.square(own).sum(2)


def distances(own: Plane, squares: Plane, pointed: Plane, color: Plane) -> Plane:
    """Squared distances (W, bins + T) of one color a region, (W, 3), to all that its logits speak of.

    Args:
        own: (W, bins, 3); squares: (W, bins), of their lengths. pointed: (T, 3).
    """
    near = squares - 2 * np.einsum("rkc,rc->rk", own, color)
    far = np.square(pointed).sum(1)[None] - 2 * color @ pointed.T
    answer: Plane = np.concatenate([near, far], 1) + np.square(color).sum(1)[:, None]
    return answer


def softmax(logits: Plane) -> Plane:
    """Chances, of the last axis of logits."""
    raised = np.exp(logits - logits.max(-1, keepdims=True))
    chances: Plane = (raised / raised.sum(-1, keepdims=True)).astype(np.float32)
    return chances
