"""Validation of line extractors while training: scores on whole pictures at their own size, and pictures to look at."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from senga.learn.data.line_targets import lines_only
from senga.learn.data.store import PictureStore, load
from senga.learn.networks.generators import spec_of
from senga.learn.validation import fit, pixels
from senga.lines.score import LineScore, read_drawn, score, total
from senga.lines.strokes import INK
from senga.pairs.pairset import PairSet
from senga.recipe import Recipe

PUBLISHED_INK = 230
"""Line art darker than this level of 255 is ink for a network of gray lines: 0.9, Lento."""


class LineValidation:
    """The first `most` validation pairs, spread over the manifest, at most `side` px (a corner of larger ones)."""

    def __init__(self, recipe: Recipe, pairs: PairSet, device: torch.device, most: int = 32, side: int = 384) -> None:
        chosen = pairs.of("val")
        chosen = [chosen[i] for i in np.linspace(0, len(chosen) - 1, min(most, len(chosen))).astype(int)]
        self.recipe = recipe
        self.examples: list[tuple[Tensor, Tensor]] = []
        if not chosen:
            return
        store = PictureStore.of(load(lambda p: lines_only(pairs, p), chosen), device)
        for i in range(len(store)):
            whole = store.whole(i)[:, :, :side, :side]
            h, w = whole.shape[2:]
            whole = F.pad(whole, (0, -w % 16, 0, -h % 16), mode="replicate")
            self.examples.append((whole[:, :3], whole[:, 3:4]))

    @torch.no_grad()
    def draw(self, generator: nn.Module, i: int) -> Tensor:
        """Line art (1, 1, H, W) of example `i`, 1 = paper."""
        answer: Tensor = generator(self.examples[i][0]).float()
        return 1 - answer[:, :1] if answer.shape[1] > 1 else answer

    def scores(self, generator: nn.Module) -> list[dict[str, float]]:
        """One row: precision, recall, F1 at 2 px, mean and spread of the error of stroke widths in px."""
        level = INK if spec_of(self.recipe).strokes else PUBLISHED_INK
        found: list[LineScore] = []
        for i, (_, line) in enumerate(self.examples):
            truth = read_drawn(_gray(line))
            found.append(score(read_drawn(_gray(self.draw(generator, i)), level, truth.widest), truth))
        if not found:
            return []
        whole = total(found)
        row = {"f1": float(np.mean([s.f1 for s in found])), "precision": whole.precision, "recall": whole.recall}
        row["width_error"] = float(np.abs(whole.errors).mean()) if len(whole.errors) else 0.0
        row["width_spread"] = float(whole.errors.std()) if len(whole.errors) else 0.0
        return [row]

    @staticmethod
    def describe(rows: list[dict[str, float]]) -> str:
        """The scores in a line."""
        return ", ".join(f"{name.replace('_', ' ')} {value:.3f}" for name, value in rows[0].items())

    def grid(self, generator: nn.Module, most: int = 8) -> np.ndarray:
        """(H, W, 3) uint8 sheet: a row an example: picture, answer, true lines."""
        rows = []
        for i in np.linspace(0, len(self.examples) - 1, min(most, len(self.examples))).astype(int):
            color, line = self.examples[i]
            shown = [color, self.draw(generator, i).expand(-1, 3, -1, -1), line.expand(-1, 3, -1, -1)]
            rows.append(torch.cat([fit(picture, 256) for picture in shown], 3))
        return pixels(torch.cat(rows, 2))


def _gray(line: Tensor) -> np.ndarray:
    gray: np.ndarray = (line[0, 0] * 255).round().clamp(0, 255).to(torch.uint8).cpu().numpy()
    return gray
