"""A network's answer to a training batch: references looked at by the frozen encoder, palettes as they are."""

from typing import Any

import torch
from torch import nn

from senga.learn.data.batches import Batch
from senga.learn.networks.spec import Answer, Tokens


def answer(generator: nn.Module, batch: Batch, eye: nn.Module | None = None) -> Answer:
    """The generator's answer, with all that its losses need; `eye`, frozen, looks at the references."""
    network: Any = generator  # in training it sits inside Fabric's wrapper, which hands `answer` on
    conditioned = batch.palette is not None or batch.reference is not None
    said: Answer = network.answer(batch.planes, tokens_of(batch, eye) if conditioned else None)
    return said


def tokens_of(batch: Batch, eye: nn.Module | None) -> Tokens:
    """What a batch's palettes and references say."""
    n, like = len(batch.planes), batch.planes
    palette = like.new_zeros(n, 1, 4) if batch.palette is None else batch.palette
    if batch.reference is None or eye is None:
        return Tokens(palette, like.new_zeros(n, 1, 256 + 5), like.new_zeros(n, 1))
    seen = eye(batch.reference)
    rest = n - len(seen)
    reference = torch.cat([seen, seen.new_zeros(rest, *seen.shape[1:])])
    strength = torch.cat([seen.new_ones(len(seen), 1), seen.new_zeros(rest, 1)])
    return Tokens(palette, reference, strength)
