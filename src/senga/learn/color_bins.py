"""Color bins of a network, fitted to the pictures that it is about to learn from."""

import torch
from torch import Tensor

from senga.learn import objectives
from senga.learn.data.batches import Batches
from senga.learn.networks.spec import Network


def fit_bins(generator: Network, batches: Batches, *, fresh: bool) -> Tensor:
    """How rare each of a network's color bins is, (Q,); the bins of a fresh one are fitted first, and set."""
    if not generator.spec.bins:
        return torch.ones(1)
    colors = _some_colors(batches)
    if not fresh:
        return objectives.rarity(colors, generator.bins)
    bins, rarity = objectives.fit_bins(colors, len(generator.bins))
    generator.bins.copy_(bins)
    return rarity


def _some_colors(batches: Batches) -> Tensor:
    """Colors (M, 3) of the store, drawn as training draws pictures; does not touch the batch stream."""
    store = batches.store
    seeded = torch.Generator(store.device).manual_seed(11)
    index = torch.multinomial(batches.chances, 20_000, replacement=True, generator=seeded)
    area = store.heights[index] * store.widths[index]
    at = store.starts[index] + (torch.rand(len(index), generator=seeded, device=store.device) * (area - 1)).long()
    return store.flat[at, :3].float().cpu() / 255
