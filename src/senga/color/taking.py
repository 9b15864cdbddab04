"""Which regions take a hint's color though theirs was another: what is sure, all of one color together."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from senga.color.thought import ALIKE, Thought
from senga.color.votes import squares

TAKEN, MOST_OF_IT = 0.3, 0.5
"""Chance of a hint's color from which on any region takes it, whatever color it had; and of all that has its color, the
share of the area that has to take some hint's color with it. Ours, set by sittings on validation (`tools/sitting.py`)
and looked at: at 0.5 hair that came out in two colors stays so, and strands that go alone leave hair in two."""

Plane = NDArray[np.float32]


def take_hints(
    answers: Sequence[Plane], known: Plane, now: Thought, shares: Plane, follows: NDArray[np.bool_]
) -> list[Plane]:
    """Answers (R, 3), but what is most likely to have a hint's color has that, with most of what had its own.

    Args:
        answers: in `tokens.opponent` units. known: (R, `tokens.KNOWN`), what hints say; hinted regions stay.
        now: what the network says of these hints. shares: (R,), of the drawing.
        follows: (R,), what may follow a hint at all.
    """
    hinted, at = np.flatnonzero(known[:, 3]), np.flatnonzero(follows & (known[:, 3] == 0))
    if not len(hinted) or not len(at):
        return list(answers)
    pointed = now.chance[np.ix_(at, len(now.bins) + hinted)]
    nearest, share = known[hinted[pointed.argmax(1)], :3], shares[at]
    likely = now.likelihood(nearest, at)
    found = []
    for colors in answers:
        own, answer = colors[at], colors.copy()
        takes = (likely > np.log(TAKEN)) & (likely > now.likelihood(own, at))
        alike = squares(own, own) < ALIKE**2
        takes &= alike @ (share * takes) >= MOST_OF_IT * (alike @ share)
        answer[at[takes]] = nearest[takes]
        found.append(answer)
    return found
