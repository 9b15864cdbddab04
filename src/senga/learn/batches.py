"""Pairs to tensors: crop, turn, draw lines, sample hints, all on the training device."""

from collections import Counter
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from senga.color.encode import encode
from senga.errors import TrainingError
from senga.learn.disguise import disguise
from senga.learn.drawn import draw
from senga.learn.hinting import sample_hints
from senga.learn.linetargets import lines_only, with_centers
from senga.learn.store import PictureStore, load
from senga.pairs.pairset import Pair, PairSet
from senga.recipe import Recipe


@dataclass
class Batch:
    """Examples, all in [0, 1]: `planes` (N, P, H, W) for the generator, `target` (N, C, H, W) wanted.

    The target is a color picture, line art (1 = paper), or ink and nearness to center lines (1 = ink). `line`
    (N, 1, H, W) is the line art, 1 = paper.
    """

    planes: Tensor
    target: Tensor
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
        chances = draw_chances(chosen, recipe.data.cap)
        self.shrink = recipe.data.shrink
        if recipe.generator.kind == "inker":
            # Center lines are found at each scale of its own; a center line made smaller would be another width.
            shown = load(lambda pair: list(with_centers(pairs, pair, recipe.data.shrink)), chosen)
            chances = [c / len(s) for c, s in zip(chances, shown, strict=True) for _ in s]
            pictures = [p for s in shown for p in s]
            self.shrink = (1.0, 1.0)
        elif self.given:
            pictures = load(lambda pair: lines_only(pairs, pair), chosen)
        else:
            pictures = load(pairs.color, chosen)
        self.store = PictureStore(pictures, seeded.device)
        self.chances = torch.tensor(chances, device=seeded.device)

    def next(self) -> Batch:
        """The next batch."""
        data = self.recipe.data
        index = torch.multinomial(self.chances, self.recipe.training.batch, replacement=True, generator=self.seeded)
        cut = self.store.cut(index, data.size, self.seeded, shrink=self.shrink, flip=data.flip, turn=data.turn)
        return self.make(cut)

    def make(self, cut: Tensor) -> Batch:
        """A batch from pictures (N, 3 to 5, H, W): colors, line art, nearness to center lines."""
        color = cut[:, :3]
        line = cut[:, 3:4] if self.given else draw(color, self.recipe.data.lines.kind, self.seeded)
        if self.recipe.task == "lines":
            share = self.recipe.data.disguise
            shown = disguise(color, line, share, self.seeded) if share else color
            target = torch.cat([1 - line, cut[:, 4:5]], 1) if cut.shape[1] > 4 else line
            return Batch(shown, target, line)
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
