"""Batches for the painter, from a cache."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from senga.color.tokens import KNOWN, Tokens, make_tokens
from senga.learn.data.cache import Cache
from senga.learn.data.reveals import MOST_OFFERED, Revealed, Reveals, reveal
from senga.learn.data.samples import Draws, Random, View, Views, take_view

STEP = 32
"""Tokens of a batch are filled up to a multiple of it: few different shapes are quicker."""

BORROWED = 48
"""Regions of a reference at most, its largest. Ours."""

REFERRED = 0.85
"""Share of the samples of a batch with references that are shown theirs. Ours."""


@dataclass(frozen=True)
class PainterBatch:
    """Samples, filled up to equal numbers of regions R and palette colors P; see `Painter.think` and `Revealed`.

    `partner` (N,) int64: the sample whose picture is this one's reference, or -1.
    """

    planes: Tensor
    shares: Tensor
    geometry: Tensor
    known: Tensor
    there: Tensor
    palette: Tensor
    offered: Tensor
    truth: Tensor
    weight: Tensor
    partner: Tensor

    def inputs(self) -> tuple[Tensor, ...]:
        """What the network takes, in its order."""
        return self.planes, self.shares, self.geometry, self.known, self.there, self.palette, self.offered


@dataclass(frozen=True)
class Sample:
    """One sample."""

    view: View
    tokens: Tokens
    revealed: Revealed


def most_tokens(size: int) -> int:
    """Tokens of a view at most: 128 at 128 px, more of larger ones."""
    return max(STEP, size // STEP * STEP)


def make_sample(cache: Cache, number: int, views: Views, reveals: Reveals, random: Random) -> Sample:
    """A sample of a picture."""
    view = take_view(cache, number, views, random)
    tokens = make_tokens(view.lines, view.labels, most_tokens(views.size))
    return Sample(view, tokens, reveal(view, tokens, reveals, random))


def make_batch(draws: Draws, count: int, views: Views, reveals: Reveals, random: Random) -> PainterBatch:
    """A batch of `count` samples.

    In some batches samples stand in twos, each the other's reference: another view of the same picture, or a picture
    of the same group (the same character, where groups say so). The drawing's features serve both.
    """
    if count > 1 and random.random() < reveals.references:
        samples: list[Sample] = []
        partners: list[int] = []
        for first in range(0, count - count % 2, 2):
            one = draws.next(random)
            two = draws.beside(one, random) if random.random() < 0.6 else one
            samples += [make_sample(draws.cache, n, views, reveals, random) for n in (one, two)]
            shown = random.random(2) < REFERRED
            partners += [first + 1 if shown[0] else -1, first if shown[1] else -1]
        if count % 2:
            samples.append(make_sample(draws.cache, draws.next(random), views, reveals, random))
            partners.append(-1)
        return collate(samples, partners)
    return collate([make_sample(draws.cache, draws.next(random), views, reveals, random) for _ in range(count)])


def collate(samples: list[Sample], partners: Sequence[int] = ()) -> PainterBatch:
    """Samples of one size as a batch; `partners` as in `PainterBatch`, none if empty."""
    regions = -(-max(s.tokens.count for s in samples) // STEP) * STEP
    n, cells = len(samples), samples[0].tokens.shares.shape[1:]
    planes = np.stack([s.tokens.planes for s in samples])
    shares = np.zeros((n, regions, *cells), np.float32)
    geometry = np.zeros((n, regions, samples[0].tokens.geometry.shape[1]), np.float32)
    known, truth = np.zeros((n, regions, KNOWN), np.float32), np.zeros((n, regions, 3), np.float32)
    there, weight = np.zeros((n, regions), np.float32), np.zeros((n, regions), np.float32)
    palette, offered = np.zeros((n, MOST_OFFERED, 3), np.float32), np.zeros((n, MOST_OFFERED), np.float32)
    for i, s in enumerate(samples):
        r, p = s.tokens.count, len(s.revealed.palette)
        shares[i, :r], geometry[i, :r], known[i, :r] = s.tokens.shares, s.tokens.geometry, s.revealed.known
        truth[i, :r], weight[i, :r], there[i, :r] = s.revealed.truth, s.revealed.weight, 1
        palette[i, :p], offered[i, :p] = s.revealed.palette, 1
    partner = np.full(n, -1, np.int64)
    for i, other in enumerate(partners):
        partner[i] = other
    arrays = (planes, shares, geometry, known, there, palette, offered, truth, weight, partner)
    return PainterBatch(*(torch.from_numpy(a) for a in arrays))
