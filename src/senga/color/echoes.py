"""What hints in one panel of a page change in the others: who is told there has the same hair here."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senga.color.painting import BELIEVED, MARGIN, Borrowed, Painting, Plane, near_any, together
from senga.color.thought import ALIKE
from senga.color.tokens import KNOWN
from senga.color.votes import FRAMED, squares

SURE, CLEAR = 0.4, 1.5
"""What had another color than a hinted region takes its new one, if that is so likely, and so much likelier than
before, in logits; what had the same, by less. Ours."""

AGAIN = 2
"""How often it is asked what goes with those hints, what it took being known then. Ours."""


@dataclass(frozen=True)
class Elsewhere:
    """Regions of other panels that are hinted.

    Attributes:
        before: with the colors that they had without hints. after: the same regions with the hints' colors.
    """

    before: Borrowed
    after: Borrowed

    @property
    def key(self) -> bytes:
        """That names it."""
        return b"".join([self.after.geometry.tobytes(), self.before.colors.tobytes(), self.after.colors.tobytes()])


def echoes(
    painting: Painting,
    base: Plane,
    own: NDArray[np.int64],
    elsewhere: Elsewhere,
    palette: Plane,
    borrowed: Borrowed | None,
) -> Plane:
    """(R, 3), a panel's colors with those that go with hints of other panels.

    What had the color of a region that is hinted there takes its new color, if that is likely now and likelier than it
    was. What is hinted here says itself what becomes of what has its color here.

    Args:
        painting: the panel. base: (R, 3), its colors without hints. own: (N,), what is hinted in it.
        palette: (P, 3). borrowed: what is shown to it beside them. All in `opponent` units.
    """
    before, after = elsewhere.before, elsewhere.after
    at = np.flatnonzero(~near_any(base, base[own]))
    if not len(at):
        return base
    # Drawn apart, the same hair may have come out in two colors: then it has to be surer.
    had = squares(base[at], before.colors) < ALIKE**2
    sure, more = np.where(had, BELIEVED, SURE), np.where(had, MARGIN, CLEAR)
    colors, known = base.copy(), np.zeros((len(base), KNOWN), np.float32)
    rows, share = np.arange(len(at)), painting.tokens.geometry[at, 4] ** 2
    # What lies along the frame is the ground, which follows no figure.
    framed, theirs = (g[:, 8] > FRAMED for g in (painting.tokens.geometry[at], after.geometry))
    left = framed[:, None] == theirs

    def likely(shown: Borrowed) -> Plane:
        """(len(at), Q), how likely each new color is, a logarithm."""
        thought = painting.new_thought(known, palette, together([shown] if borrowed is None else [borrowed, shown]))
        return np.stack([thought.likelihood(np.broadcast_to(c, (len(at), 3)), at) for c in after.colors], 1)

    then = likely(before)
    for i in range(AGAIN):
        now = likely(after)
        fit = np.where(left & (np.exp(now) > sure) & (now - then > more), np.exp(now), 0)
        best = fit.argmax(1)
        takes = (fit[rows, best] > 0) & (known[at, 3] == 0)
        if i == 0:
            left &= ~_beaten(elsewhere, np.bincount(best[takes], share[takes], len(after.colors)))
            takes &= left[rows, best]
        if not takes.any():
            break
        colors[at[takes]] = after.colors[best[takes]]
        known[at[takes], :3], known[at[takes], 3] = after.colors[best[takes]], 1
    return colors


def _beaten(elsewhere: Elsewhere, goes: NDArray[np.number]) -> NDArray[np.bool_]:
    """(Q,), which hinted regions have nothing in a panel, by how much of it goes with each, (Q,).

    Of two that were alike before the hints, two characters' hair, that one is in the panel which more goes with.
    """
    before, after = elsewhere.before.colors, elsewhere.after.colors
    rivals = (squares(before, before) < ALIKE**2) & (squares(after, after) >= ALIKE**2)
    return np.asarray((rivals & (goes[None] > goes[:, None])).any(1), bool)
