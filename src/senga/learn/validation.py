"""Validation of colorizers while training: hinted and unhinted scores on whole pictures, and pictures to look at."""

import dataclasses

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from senga.color.encode import encode
from senga.learn.data.hint_sampling import sample_hints
from senga.learn.data.line_sources import Pen
from senga.learn.data.store import PictureStore, load
from senga.learn.data.whole_pictures import picture_reader
from senga.learn.networks.generators import spec_of
from senga.learn.networks.style import shrunk
from senga.metrics import colorfulness, psnr
from senga.pairs.pairset import PairSet
from senga.recipe import Lines, Recipe

BUDGETS = (0, 1, 4, 16, 64)
"""Hints shown to the network: so many 3x3 patches of the truth at random places."""

OWN = ("patches", "fixed-patches", "blur")
"""Kinds of hints that patches at random places are no measure for: a network is shown its own kind, as it learned."""


class Validation:
    """`most` validation pictures, spread over the manifest, at most `side` px, with fixed lines and hint places.

    Pictures that training sees whole are as large as there, twice as long as wide at most.

    A generator that learns from the target's own style sees each picture as its reference, as in training; in the last
    column of the sheet the next picture.
    """

    def __init__(
        self,
        recipe: Recipe,
        pairs: PairSet,
        device: torch.device,
        most: int = 48,
        side: int = 256,
        eye: nn.Module | None = None,
    ) -> None:
        chosen = pairs.of("val")
        # Spread over the manifest, so that all origins have their say.
        chosen = [chosen[i] for i in np.linspace(0, len(chosen) - 1, min(most, len(chosen))).astype(int)]
        self.recipe = recipe
        self.references: list[Tensor] = []
        self.examples: list[tuple[Tensor, Tensor]] = []
        if not chosen:
            return
        # Where recipes mix the inker in, they are measured on the mixture's other lines, as they always were.
        pen = Pen(Lines(recipe.data.lines.kind), device)
        side = 2 * recipe.data.size if recipe.data.whole else side
        store = PictureStore.of(load(picture_reader(recipe, pairs, pen), chosen), device)
        seeded = torch.Generator(device).manual_seed(20_170_127)
        for i in range(len(store)):
            whole = store.whole(i)
            h, w = whole.shape[2:]
            scale = min(1.0, side / max(h, w))
            size = [max(32, int(s * scale) // 32 * 32) for s in (h, w)]
            whole = F.interpolate(whole, size=size, mode="bilinear", antialias=True).clamp(0, 1)
            color, line = whole[:, :3], whole[:, 3:4]
            self.examples.append((color, line if line.numel() else pen.draw(color, seeded)))
            if spec_of(recipe).learns_from == "target" and eye is not None:
                self.references.append(eye(shrunk(color)))

    @property
    def budgets(self) -> tuple[int, ...]:
        """How many hints are shown, from none on: `BUDGETS`, or of its own kind as many as the recipe has; 1 a blur."""
        hinting = self.recipe.hints
        if hinting.kind == "none":
            return (0,)
        if hinting.kind in OWN:
            return (0, 1 if hinting.kind == "blur" else hinting.count)
        return BUDGETS

    def _planes(self, i: int, budget: int) -> Tensor:
        color, line = self.examples[i]
        hinting = self.recipe.hints
        if budget and hinting.kind in OWN:
            seeded = torch.Generator(color.device).manual_seed(int(i))
            hint, mask = sample_hints(color, dataclasses.replace(hinting, none=0.0), seeded)
            return torch.cat(encode(line, hint, mask, hinting.encoding), 1)
        h, w = color.shape[2:]
        random = np.random.default_rng([i, 7])
        mask = torch.zeros_like(line)
        for y, x in zip(random.integers(0, h - 2, 64)[:budget], random.integers(0, w - 2, 64)[:budget], strict=True):
            mask[:, :, y : y + 3, x : x + 3] = 1
        return torch.cat(encode(line, color * mask, mask, hinting.encoding), 1)

    @torch.no_grad()
    def paint(self, generator: nn.Module, i: int, budget: int, other: int = 0) -> Tensor:
        """Colors (1, 3, H, W) of example `i`, its lines multiplied on top as in use.

        Args:
            generator: who paints. i: of whom. budget: hints. other: how many examples on the reference stands.
        """
        _, line = self.examples[i]
        conditions = []
        if self.references:
            reference = self.references[(i + other) % len(self.references)]
            conditions = [reference, reference.new_ones(1, 1)]
        answer: Tensor = generator(self._planes(i, budget), *conditions)
        return answer.float().clamp(0, 1) * line

    def scores(self, generator: nn.Module) -> list[dict[str, float]]:
        """A row for every one of `budgets`.

        Means over pictures: psnr (dB) of the composite, colorfulness as a share of the truth's.
        """
        rows = []
        for budget in self.budgets:
            levels: list[float] = []
            mine: list[float] = []
            true: list[float] = []
            for i, (color, _) in enumerate(self.examples):
                painted, wanted = pixels(self.paint(generator, i, budget)), pixels(color)
                levels.append(psnr(painted, wanted))
                mine.append(colorfulness(painted))
                true.append(colorfulness(wanted))
            if levels:
                share = float(np.mean(mine) / np.mean(true))
                rows.append({"hints": budget, "psnr": float(np.mean(levels)), "colorfulness": share})
        return rows

    @staticmethod
    def describe(rows: list[dict[str, float]]) -> str:
        """The scores in a line."""
        parts = [f"{r['hints']:.0f}: {r['psnr']:.2f} dB, color {r['colorfulness']:.2f}" for r in rows]
        return "hints " + ", ".join(parts)

    def grid(self, generator: nn.Module, most: int = 8) -> np.ndarray:
        """(H, W, 3) uint8 sheet: a row an example: lines, answers without hints, with some and with most, truth.

        Where there are references: lines, answer with its own, the next example, answer with that one's, truth.
        """
        cell = 192
        shows = sorted({0, self.budgets[len(self.budgets) // 2], self.budgets[-1]})
        rows = []
        for i in np.linspace(0, len(self.examples) - 1, min(most, len(self.examples))).astype(int):
            color, line = self.examples[i]
            if self.references:
                next_one = self.examples[(i + 1) % len(self.examples)][0]
                answers = [self.paint(generator, i, 0), next_one, self.paint(generator, i, 0, other=1)]
            else:
                answers = [self.paint(generator, i, b) for b in shows]
            shown = [line.expand(-1, 3, -1, -1), *answers, color]
            rows.append(torch.cat([fit(picture, cell) for picture in shown], 3))
        return pixels(torch.cat(rows, 2))


def fit(picture: Tensor, cell: int) -> Tensor:
    """A picture (1, C, H, W) made to fit a gray square of `cell` px."""
    h, w = picture.shape[2:]
    scale = cell / max(h, w)
    size = [max(1, int(h * scale)), max(1, int(w * scale))]
    small = F.interpolate(picture, size=size, mode="bilinear", antialias=True).clamp(0, 1)
    return F.pad(small, (0, cell - size[1], 0, cell - size[0]), value=0.5)


def pixels(color: Tensor) -> np.ndarray:
    """(1, 3, H, W) in [0, 1] as (H, W, 3) uint8."""
    return (color[0].permute(1, 2, 0) * 255).round().to(torch.uint8).cpu().numpy()
