"""Batches for the shader, from a cache."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from senga.color.tokens import borders
from senga.learn.data.lights import Lit, Parts, Plane, take_part
from senga.learn.data.samples import Draws, Random


@dataclass(frozen=True)
class LitBatch:
    """Samples side by side; N, C, H, W. Labels (N, H, W) count on from sample to sample, `regions` in all."""

    planes: Tensor
    light: Tensor
    color: Tensor
    labels: Tensor
    regions: int

    def to(self, device: str) -> "LitBatch":
        """The same elsewhere."""
        planes, light = self.planes.to(device), self.light.to(device)
        return LitBatch(planes, light, self.color.to(device), self.labels.to(device), self.regions)


def make_batch(draws: Draws, count: int, parts: Parts, random: Random) -> LitBatch:
    """A batch of `count` samples; of parts without light only some are kept."""
    samples: list[Lit] = []
    while len(samples) < count:
        lit = take_part(draws.cache, draws.next(random), parts, random)
        if lit.light[0] > -1.3 or random.random() < parts.flat:
            samples.append(lit)
    noise = random.normal(0, 0.1, (count, len(samples[0].light)))  # what is given at use is never exact
    return collate(samples, (np.stack([s.light for s in samples]) + noise).astype(np.float32))


def collate(samples: list[Lit], light: Plane | None = None) -> LitBatch:
    """Samples of one size as a batch; `light` (N, 8) in the place of their own."""
    planes = [
        np.concatenate(
            [s.lines[None], s.flat.transpose(2, 0, 1), borders(s.labels)[None], s.places.transpose(2, 0, 1)]
        ).astype(np.float32)
        for s in samples
    ]
    starts = np.cumsum([0, *(int(s.labels.max()) + 1 for s in samples)])
    labels = np.stack([s.labels + start for s, start in zip(samples, starts, strict=False)])
    lights = np.stack([s.light for s in samples]) if light is None else light
    color = np.stack([s.color.transpose(2, 0, 1) for s in samples])
    arrays = (np.stack(planes), lights, color, labels)
    first, second, third, fourth = (torch.from_numpy(np.ascontiguousarray(a)) for a in arrays)
    return LitBatch(first, second, third, fourth, int(starts[-1]))
