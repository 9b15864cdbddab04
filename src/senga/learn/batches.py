"""Pairs to tensors: crop, turn, draw lines, sample hints, all on the training device."""

from collections import Counter
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from senga.color.encode import encode
from senga.errors import TrainingError
from senga.learn.drawn import draw
from senga.learn.hinting import sample_hints
from senga.learn.store import PictureStore
from senga.pairs.pairset import Pair, PairSet
from senga.recipe import Recipe


@dataclass
class Batch:
    """Examples: `planes` (N, P, H, W) for the generator, `color` (N, 3, H, W) wanted, `line` (N, 1, H, W); [0, 1]."""

    planes: Tensor
    color: Tensor
    line: Tensor


class Batches:
    """An endless, seeded stream of training batches.

    Its whole state is `seeded`'s, so a resumed run goes on with the batch that would have come next.
    """

    def __init__(self, recipe: Recipe, pairs: PairSet, seeded: Generator) -> None:
        chosen = pairs.of("train")
        if not chosen:
            raise TrainingError(f"{pairs.folder}: the pair set has no pairs in split 'train'")
        self.recipe, self.seeded = recipe, seeded
        self.given = recipe.data.lines.kind == "given"
        self.store = PictureStore(pairs, chosen, lines=self.given, device=seeded.device)
        self.chances = torch.tensor(draw_chances(chosen, recipe.data.cap), device=seeded.device)

    def next(self) -> Batch:
        """The next batch."""
        data = self.recipe.data
        index = torch.multinomial(self.chances, self.recipe.training.batch, replacement=True, generator=self.seeded)
        cut = self.store.cut(index, data.size, self.seeded, shrink=data.shrink, flip=data.flip, turn=data.turn)
        return self.make(cut)

    def make(self, cut: Tensor) -> Batch:
        """A batch from pictures (N, 3 or 4, H, W)."""
        color = cut[:, :3]
        line = cut[:, 3:4] if self.given else draw(color, self.recipe.data.lines.kind, self.seeded)
        hint, mask = sample_hints(color, self.recipe.hints, self.seeded)
        planes = torch.cat(encode(line, hint, mask, self.recipe.hints.encoding), 1)
        return Batch(planes, color, line)


def draw_chances(pairs: list[Pair], cap: float) -> list[float]:
    """Chance of each pair to be drawn, no origin over `cap` of the draws; equal chances where that allows it.

    Where there are too few origins to keep the cap, it is the same for all origins.
    """
    counts = Counter(p.origin for p in pairs)
    capped: set[str] = set()
    while True:
        free = sum(c for o, c in counts.items() if o not in capped)
        left = 1 - cap * len(capped)
        over = {o for o, c in counts.items() if o not in capped and c / free * left > cap + 1e-12}
        if left <= 0 or len(capped) + len(over) == len(counts):
            return [1 / len(counts) / counts[p.origin] for p in pairs] if cap < 1 else [1 / len(pairs)] * len(pairs)
        if not over:
            break
        capped |= over
    return [cap / counts[p.origin] if p.origin in capped else left / free for p in pairs]
