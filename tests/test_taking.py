"""Regions that take a hint's color though nobody said so of them."""

import numpy as np
import pytest

from senga.color.taking import take_hints
from senga.color.thought import Thought
from senga.color.tokens import KNOWN, opponent

GRAY, WHITE, RED, BLUE = opponent(np.array([[0.5] * 3, [1.0] * 3, [0.8, 0.1, 0.1], [0.1, 0.2, 0.8]], np.float32))


def thought(chances: list[float], known: np.ndarray) -> Thought:
    """The first region is hinted; each of the others points at it by such a chance, and else is white."""
    logits = np.full((len(known), 1 + len(known)), -50.0, np.float32)
    logits[:, 0], logits[1:, 1] = np.log(1 - np.array([0.5, *chances])), np.log(chances)
    return Thought(logits, np.zeros((len(known), 1, 3), np.float32), WHITE[None], known[:, :3])


def hinted(count: int) -> np.ndarray:
    known = np.zeros((count, KNOWN), np.float32)
    known[0, :3], known[0, 3] = RED, 1
    return known


def takes(colors: list[np.ndarray], chances: list[float], shares: list[float], follows: list[bool]) -> list[bool]:
    """Which of the regions that nobody hinted have the hint's color at the end."""
    known, before = hinted(1 + len(colors)), np.stack([RED, *colors])
    (after,) = take_hints(
        [before], known, thought(chances, known), np.array([0.1, *shares], np.float32), np.array([True, *follows])
    )
    red = np.square(after - RED).sum(1) < 1e-9
    assert red[0]
    assert np.array_equal(after[~red], before[~red])
    found: list[bool] = red[1:].tolist()
    return found


def test_what_is_sure_to_be_of_a_hints_color_takes_it_exactly_whatever_it_had() -> None:
    assert takes([BLUE, WHITE, GRAY], [0.6, 0.6, 0.1], [0.1] * 3, [True] * 3) == [True, True, False]


@pytest.mark.parametrize(("share", "taken"), [(0.1, False), (0.4, True)])
def test_a_strand_goes_with_most_of_the_hair_or_not_at_all(share: float, taken: bool) -> None:
    assert takes([BLUE, BLUE], [0.6, 0.1], [share, 0.3], [True] * 2) == [taken, False]


def test_what_likes_its_own_color_better_keeps_it() -> None:
    assert takes([WHITE], [0.4], [0.1], [True]) == [False]


def test_the_ground_follows_no_figure() -> None:
    assert takes([BLUE], [0.9], [0.1], [False]) == [False]


def test_without_hints_nothing_changes() -> None:
    known = np.zeros((2, KNOWN), np.float32)
    before = np.stack([BLUE, WHITE])
    shares, follows = np.array([0.5, 0.5], np.float32), np.array([True, True])
    (after,) = take_hints([before], known, thought([0.9], known), shares, follows)
    assert np.array_equal(after, before)
