"""Batches for the painter, from a cache."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from senga.color.tokens import Tokens, make_tokens
from senga.learn.data.cache import Cache
from senga.learn.data.reveals import MOST_OFFERED, Reveals, Told, tell
from senga.learn.data.samples import Draws, Random, View, Views, take_view

STEP = 32
"""Tokens of a batch are filled up to a multiple of it: few different shapes are quicker."""


@dataclass(frozen=True)
class PainterBatch:
    """Samples, filled up to equal numbers of regions R and palette colors P; see `Painter.think` and `Told`."""

    planes: Tensor
    shares: Tensor
    geometry: Tensor
    known: Tensor
    there: Tensor
    palette: Tensor
    offered: Tensor
    truth: Tensor
    weight: Tensor

    def inputs(self) -> tuple[Tensor, ...]:
        """What the network takes, in its order."""
        return self.planes, self.shares, self.geometry, self.known, self.there, self.palette, self.offered


@dataclass(frozen=True)
class Sample:
    """One sample."""

    view: View
    tokens: Tokens
    told: Told


def most_tokens(size: int) -> int:
    """Tokens of a view at most: 128 at 128 px, more of larger ones."""
    return max(STEP, size // STEP * STEP)


def make_sample(cache: Cache, number: int, views: Views, reveals: Reveals, random: Random) -> Sample:
    """A sample of a picture."""
    view = take_view(cache, number, views, random)
    tokens = make_tokens(view.lines, view.labels, most_tokens(views.size))
    return Sample(view, tokens, tell(view, tokens, reveals, random))


def make_batch(draws: Draws, count: int, views: Views, reveals: Reveals, random: Random) -> PainterBatch:
    """A batch of `count` samples."""
    return collate([make_sample(draws.cache, draws.next(random), views, reveals, random) for _ in range(count)])


def collate(samples: list[Sample]) -> PainterBatch:
    """Samples of one size as a batch."""
    regions = -(-max(s.tokens.count for s in samples) // STEP) * STEP
    n, cells = len(samples), samples[0].tokens.shares.shape[1:]
    planes = np.stack([s.tokens.planes for s in samples])
    shares = np.zeros((n, regions, *cells), np.float32)
    geometry = np.zeros((n, regions, samples[0].tokens.geometry.shape[1]), np.float32)
    known, truth = np.zeros((n, regions, 5), np.float32), np.zeros((n, regions, 3), np.float32)
    there, weight = np.zeros((n, regions), np.float32), np.zeros((n, regions), np.float32)
    palette, offered = np.zeros((n, MOST_OFFERED, 3), np.float32), np.zeros((n, MOST_OFFERED), np.float32)
    for i, s in enumerate(samples):
        r, p = s.tokens.count, len(s.told.palette)
        shares[i, :r], geometry[i, :r], known[i, :r] = s.tokens.shares, s.tokens.geometry, s.told.known
        truth[i, :r], weight[i, :r], there[i, :r] = s.told.truth, s.told.weight, 1
        palette[i, :p], offered[i, :p] = s.told.palette, 1
    arrays = (planes, shares, geometry, known, there, palette, offered, truth, weight)
    return PainterBatch(*(torch.from_numpy(a) for a in arrays))
