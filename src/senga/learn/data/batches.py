"""Pairs to tensors: crop, turn, draw lines, sample hints, all on the training device."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Generator, Tensor

from senga.color.conditioning import SIDE
from senga.color.encode import encode
from senga.errors import TrainingError
from senga.learn.data.color_regions import flat_regions, regions_of
from senga.learn.data.condition_sampling import disturb, exchanged, recolor, sample_palette
from senga.learn.data.hint_sampling import sample_hints
from senga.learn.data.line_sources import Pen
from senga.learn.data.line_targets import scales, with_centers
from senga.learn.data.parts import make_parts
from senga.learn.data.picture_augmentation import disguise
from senga.learn.data.region_hints import region_hints
from senga.learn.data.store import PictureStore, Shelf, load
from senga.learn.data.whole_pictures import picture_reader
from senga.learn.data.window import Share, Shown, Window
from senga.learn.networks.generators import spec_of
from senga.learn.networks.style import shrunk
from senga.pairs.pairset import Pair, PairSet
from senga.recipe import Recipe


@dataclass
class Batch:
    """Examples, all in [0, 1]: `planes` (N, P, H, W) for the generator, `target` (N, C, H, W) wanted.

    The target is a color picture, line art (1 = paper), or ink and nearness to center lines (1 = ink). `line`
    (N, 1, H, W) is the line art, 1 = paper. `palette` (N, P, 4) is RGB and 1, or 0 where there is none; `reference`
    (M, 3, S, S) is of the first M examples.
    """

    planes: Tensor
    target: Tensor
    line: Tensor
    palette: Tensor | None = None
    reference: Tensor | None = None


class Batches:
    """An endless, seeded stream of training batches.

    Its whole state is `seeded`'s and the step, so a resumed run goes on with the batch that would have come next.

    Attributes:
        store: the pictures, or those of the window's parts. chances: of each to be drawn.
        window: what is held of a train split larger than memory, else None.
    """

    def __init__(
        self,
        recipe: Recipe,
        pairs: PairSet,
        seeded: Generator,
        *,
        memory: float | None = None,
        share: Share = Share(),
        step: int = 0,
        shelf: Shelf | None = None,
    ) -> None:
        """Reads the training pictures.

        Args:
            recipe: the experiment. pairs: the data. seeded: source of all that is random, on the training device.
            memory: GB (1e9 bytes) for the pictures that are held at once; None holds all.
            share: which process this is, of how many; matters where not all is held. step: batches drawn before.
            shelf: where pictures may lie that an experiment before this one read.

        Raises:
            TrainingError: nothing to train on, or memory for less than a few pictures.
        """
        chosen = pairs.of("train")
        if not chosen:
            raise TrainingError(f"{pairs.folder}: the pair set has no pairs in split 'train'")
        self.recipe, self.seeded, self.step = recipe, seeded, step
        self.given = recipe.data.lines.kind == "given" or recipe.data.whole
        self.pen = Pen(recipe.data.lines, seeded.device)
        chances = draw_chances(chosen, recipe.data.cap)
        self.shrink, factors, channels = recipe.data.shrink, [1.0], 4 if self.given else 3
        if spec_of(recipe).strokes:
            # Center lines are found at each scale of its own; a center line made smaller would be another width.
            self.shrink, factors, channels = (1.0, 1.0), scales(recipe.data.shrink), 5
        self.examples = len(chosen) * len(factors)
        read = _reader(recipe, pairs, self.pen)
        self.window: Window | None = None
        if memory is None:

            def fill() -> PictureStore:
                shown = load(read, chosen)
                pictures = [picture for held, _ in shown for picture in held]
                found = [regions for _, regions in shown if regions is not None]
                regions = flat_regions(found, pictures) if recipe.hints.regions else None
                return PictureStore.of(pictures, seeded.device, regions)

            self.store = (shelf or Shelf()).take(_alike(recipe, pairs, seeded.device), fill)
            each = [c / len(factors) for c in chances for _ in factors]
            self.chances = torch.tensor(each, device=seeded.device)
        else:
            bytes_ = channels + (2 if recipe.hints.regions else 0)
            parts = make_parts(chosen, chances, factors, int(memory * 1e9 / bytes_), f"--memory {memory:g}")
            flat = torch.empty((parts.room, channels), dtype=torch.uint8, device=seeded.device)
            numbers = torch.empty(parts.room, dtype=torch.int16, device=seeded.device) if recipe.hints.regions else None
            self.store, batch = PictureStore(flat, numbers), recipe.training.batch
            self.window = Window(parts, read, factors, self.store, recipe.training.seed, share, step * batch)
            self.chances = self.window.chances

    def __len__(self) -> int:
        """Pictures of the whole train split, each scale of an inker's counted."""
        return self.examples

    def next(self) -> Batch:
        """The next batch."""
        if self.window:
            self.window.go_to(self.step * self.recipe.training.batch)
            self.chances = self.window.chances
        self.step += 1
        return self._draw()

    def aside(self, count: int, seed: int) -> Iterator[Batch]:
        """Batches of what is held now, that take nothing from the stream."""
        kept = self.seeded
        self.seeded = Generator(kept.device).manual_seed(seed)
        try:
            for _ in range(count):
                yield self._draw()
        finally:
            self.seeded = kept

    def _draw(self) -> Batch:
        data = self.recipe.data
        index = torch.multinomial(self.chances, self.recipe.training.batch, replacement=True, generator=self.seeded)
        cut, regions = self.store.cut(index, data.size, self.seeded, shrink=self.shrink, flip=data.flip, turn=data.turn)
        if self.recipe.task == "lines":
            return self.make_lines(cut)
        referenced = round(self.recipe.hints.references * len(index))
        reference = None
        if referenced:
            if spec_of(self.recipe).learns_from == "target":
                return self.make(cut, regions, shrunk(cut[:referenced, :3]))
            # The same pictures, seen nearly whole, cut elsewhere.
            whole, _ = self.store.cut(index[:referenced], SIDE, self.seeded, shrink=(1.8, 5.0), flip=False, turn=False)
            reference = disturb(whole[:, :3], self.seeded)
        return self.make(cut, regions, reference)

    def make_lines(self, cut: Tensor) -> Batch:
        """A batch for line extractors from pictures (N, 4 or 5, H, W): colors, line art, nearness to center lines."""
        color, line = cut[:, :3], cut[:, 3:4]
        share = self.recipe.data.disguise
        shown = disguise(color, line, share, self.seeded) if share else color
        target = torch.cat([1 - line, cut[:, 4:5]], 1) if cut.shape[1] > 4 else line
        return Batch(shown, target, line)

    def make(self, cut: Tensor, regions: Tensor | None = None, reference: Tensor | None = None) -> Batch:
        """A batch for colorizers.

        Args:
            cut: pictures (N, 3 or 4, H, W): colors, line art if it is given.
            regions: (N, H, W) region numbers. reference: (M, 3, S, S) of the first M examples.
        """
        color, hinting = cut[:, :3], self.recipe.hints
        line = cut[:, 3:4] if self.given else self.pen.draw(color, self.seeded)
        palette = None
        if hinting.palettes:
            chance = torch.rand(len(color), generator=self.seeded, device=color.device)
            # Where colors follow no habit, only what is given can say them.
            order = exchanged(chance < hinting.palettes * 0.25, self.seeded)
            color = recolor(color, order)
            if reference is not None:
                reference = recolor(reference, order[: len(reference)])
            palette = sample_palette(color, (chance < hinting.palettes), self.seeded)
        hint, mask = self.hint(color, regions)
        planes = torch.cat(encode(line, hint, mask, hinting.encoding), 1)
        return Batch(planes, color, line, palette, reference)

    def hint(self, color: Tensor, regions: Tensor | None) -> tuple[Tensor, Tensor]:
        """Hint colors and mask of a batch, for some examples by region."""
        hinting, seeded = self.recipe.hints, self.seeded
        if regions is None:
            return sample_hints(color, hinting, seeded)
        # Pictures whose regions were not found have a single one.
        found = regions.flatten(1).amax(1) > regions.flatten(1).amin(1)
        taken = (torch.rand(len(color), generator=seeded, device=color.device) < hinting.regions) & found
        hint, mask = torch.zeros_like(color), torch.zeros_like(color[:, :1])
        if taken.any():
            hint[taken], mask[taken] = region_hints(color[taken], regions[taken], seeded)
        if not taken.all():
            hint[~taken], mask[~taken] = sample_hints(color[~taken], hinting, seeded)
        return hint, mask


def _alike(recipe: Recipe, pairs: PairSet, device: torch.device) -> tuple[object, ...]:
    """All that what `_reader` reads depends on: experiments that agree in it share their pictures."""
    strokes, regions = spec_of(recipe).strokes, bool(recipe.hints.regions)
    return pairs.folder, pairs.pairs, recipe.data, recipe.training.seed, strokes, regions, device


def _reader(recipe: Recipe, pairs: PairSet, pen: Pen) -> Callable[[Pair], Shown]:
    """How a pair of the set is held while a recipe is trained."""
    see, strokes = picture_reader(recipe, pairs, pen), spec_of(recipe).strokes

    def read(pair: Pair) -> Shown:
        if strokes:
            pictures: list[np.ndarray] = list(with_centers(pairs, pair, recipe.data.shrink))
        else:
            pictures = [see(pair)]
        return pictures, regions_of(pairs, pair) if recipe.hints.regions else None

    return read


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
