"""Statistics of batch norms that fit the weights beside them."""

from collections.abc import Callable, Iterable

import torch
from torch import nn

from senga.learn.data.batches import Batch

SETTLE = 256
"""Examples from which batch norms take their statistics (ours)."""


def settle(network: nn.Module, batches: Iterable[Batch], see: Callable[[Batch], object]) -> None:
    """Gives batch norms the statistics of this very network's activations.

    Those kept while training lag behind its weights: after a few hundred steps a network that was off by 0.18 in
    training was off by 0.23 with them. Source: Wu, Johnson 2021 (precise BN).

    Args:
        network: set to evaluation, but for its batch norms; nothing happens to one that has none.
        batches: drawn only if there are norms. see: has the network answer to a batch.
    """
    norms = [m for m in network.modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)]
    if not norms:
        return
    network.eval()
    before = [m.momentum for m in norms]
    for m in norms:
        m.reset_running_stats()
        m.momentum = None  # the mean of all batches
        m.train()
    for batch in batches:
        with torch.no_grad():
            see(batch)
    for m, momentum in zip(norms, before, strict=True):
        m.momentum = momentum
