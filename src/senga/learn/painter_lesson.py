"""The painter's lesson: regions of which some are given, the others to be said."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from senga import image
from senga.color.tokens import from_opponent, make_tokens, opponent
from senga.learn.curriculum import Stage, views_at
from senga.learn.data.cache import Cache
from senga.learn.data.painter_batches import BORROWED, PainterBatch, Sample, collate, make_batch, make_sample
from senga.learn.data.reveals import Reveals, true_colors
from senga.learn.data.samples import Draws, Views, take_view
from senga.learn.networks.painter import Answer, Painter, mean_color, surprise

MEAN = 5.0
"""Weight of the squared error of the mixture's mean, beside its surprise. Ours."""

JUDGED = 96
"""Validation pictures. Ours."""

BUDGETS = (0, 1, 4, 16)
"""Regions revealed when validating."""


@dataclass
class PainterLesson:
    """See `senga.learn.lesson.Lesson`.

    Attributes:
        network: in training. cache: samples are made from it.
        views: of training samples, and `judged` of validation's, which have the size of training's as it is now: what
            is learned at one size is not seen at another.
        stages: of a course, which make other views of `views`; none: `views` all along.
    """

    network: Painter
    cache: Cache
    views: Views = Views()
    reveals: Reveals = Reveals()
    judged: Views = Views(whole=1.0, accidents=0.0)
    pairs: int | None = None
    stages: tuple[Stage, ...] = ()
    device: str = "cpu"
    draws: Draws = field(init=False)
    _now: Views = field(init=False, repr=False)
    _kept: list[list[Sample]] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        self.draws = Draws(self.cache, self.views.cap, self.pairs)
        self._now = views_at(self.views, self.stages, 0.0)

    def batch(self, random: np.random.Generator, count: int) -> PainterBatch:
        return make_batch(self.draws, count, self._now, self.reveals, random)

    def losses(self, batch: PainterBatch) -> dict[str, Tensor]:
        b = PainterBatch(*(t.to(self.device, non_blocking=True) for t in batch.__dict__.values()))
        return objectives(self.network, b, referred=bool((b.partner >= 0).any()))

    def advance(self, share: float) -> None:
        self._now = views_at(self.views, self.stages, share)

    def renew(self) -> None:
        self.draws.renew()

    def validate(self, network: Painter) -> dict[str, float]:
        """PSNR of region colors (each pixel of a region counting alike) with some regions revealed, and surprise."""
        scores: dict[str, float] = {"size": self._now.size}
        for budget, samples in zip(BUDGETS, self.samples(), strict=True):
            errors, lost = [], []
            for first in range(0, len(samples), 16):
                batch = collate(samples[first : first + 16])
                answer = network(*(t.to(self.device) for t in batch.inputs()))
                known, palette, truth = (t.to(self.device) for t in (batch.known, batch.palette, batch.truth))
                mean = mean_color(answer, network.bins, known, palette)
                hinted = known[:, :, 3:4]
                mean = hinted * known[:, :, :3] + (1 - hinted) * mean
                lost.append((surprise(answer, network.bins, known, palette, truth).cpu() * batch.weight).sum(1))
                for i, sample in enumerate(samples[first : first + 16]):
                    errors.append(_error(sample, mean[i].float().cpu().numpy()))
            scores[f"psnr_{budget}"] = float(np.mean([-10 * np.log10(max(e, 1e-6)) for e in errors]))
            scores[f"surprise_{budget}"] = float(torch.cat(lost).mean())
        return scores

    def samples(self) -> list[list[Sample]]:
        """Validation samples for each of `BUDGETS`, always the same of a size; fewer while the cache is young."""
        numbers, views = self.cache.of("val", 0)[:JUDGED], replace(self.judged, size=self._now.size)
        if not self._kept or len(self._kept[0]) != len(numbers) or len(self._kept[0][0].view.lines) != views.size:
            self._kept = [
                [_revealed(self.cache, n, views, b, np.random.default_rng([n, 7])) for n in numbers] for b in BUDGETS
            ]
        return self._kept

    def sheet(self, network: Painter) -> image.Pixels | None:
        """Rows of: line art, flat truth, mean without hints, with 4 and with 16 regions revealed."""
        rows = []
        for i in range(0, min(48, len(self.samples()[0])), 3):
            row: list[Any] = []
            for budget, samples in zip(BUDGETS, self.samples(), strict=True):
                sample = samples[i]
                if not row:
                    row.append(np.repeat(sample.view.lines[..., None], 3, 2))
                    row.append(_painted(sample, sample.revealed.truth))
                batch = collate([sample])
                answer = network(*(t.to(self.device) for t in batch.inputs()))
                known, palette = batch.known.to(self.device), batch.palette.to(self.device)
                mean = mean_color(answer, network.bins, known, palette)
                hinted = known[:, :, 3:4]
                mean = hinted * known[:, :, :3] + (1 - hinted) * mean
                if budget != 1:
                    row.append(_painted(sample, mean[0].float().cpu().numpy()))
            rows.append(np.concatenate(row, 1))
        return np.concatenate(rows) if rows else None


def objectives(network: Painter, batch: PainterBatch, *, referred: bool) -> dict[str, Tensor]:
    """Surprise and error of a batch, weighted; `referred` as for `answered`."""
    answer, known = answered(network, batch, referred=referred)
    bins, r = network.bins, batch.truth.shape[1]
    with torch.autocast(batch.truth.device.type, enabled=False):
        mine = Answer(answer.logits[:, :r], answer.moved[:, :r])
        lost = surprise(mine, bins, known, batch.palette, batch.truth)
        off = (mean_color(mine, bins, known, batch.palette) - batch.truth).square().sum(2)
    return {"surprise": (lost * batch.weight).sum(1).mean(), "mean": MEAN * (off * batch.weight).sum(1).mean()}


def answered(network: Painter, batch: PainterBatch, *, referred: bool) -> tuple[Answer, Tensor]:
    """The network's answer to a batch, and what was known: the batch's regions first, then those of references.

    Args:
        referred: whether any sample has a reference.
    """
    regions = network.pool(network.read(batch.planes), batch.shares)
    geometry, known, there = batch.geometry, batch.known, batch.there
    if referred:
        other, q = batch.partner.clamp_min(0), min(BORROWED, batch.truth.shape[1])
        shown = there[other, :q] * (batch.partner >= 0).unsqueeze(1)
        flags = torch.zeros_like(known[:, :q, :3])
        flags[:, :, 2] = shown
        borrowed = torch.cat([batch.truth[other, :q] * shown.unsqueeze(2), flags], 2)
        regions = torch.cat([regions, regions[other, :q]], 1)
        geometry, known = torch.cat([geometry, geometry[other, :q]], 1), torch.cat([known, borrowed], 1)
        there = torch.cat([there, shown], 1)
    return network.think(regions, geometry, known, there, batch.palette, batch.offered), known


def _revealed(cache: Cache, number: int, views: Views, budget: int, random: np.random.Generator) -> Sample:
    """A sample in which `budget` regions, larger ones sooner, are given by their mean color; the loss sees the rest."""
    sample = make_sample(cache, number, views, Reveals(none=1.0, one=0.0, guesses=0.0, palettes=0.0), random)
    revealed, size = sample.revealed, sample.tokens.geometry[:, 4]
    # Nested: the first of the sixteen are the four.
    order = np.argsort(-(np.random.default_rng([number, 11]).random(len(size)) ** (1 / np.maximum(size, 1e-3))))
    known, weight = revealed.known.copy(), revealed.weight.copy()
    known[order[:budget], :3], known[order[:budget], 3] = revealed.truth[order[:budget]], 1
    weight[order[:budget]] = 0
    return Sample(sample.view, sample.tokens, type(revealed)(revealed.truth, known, weight, revealed.palette))


def _error(sample: Sample, colors: np.ndarray) -> float:
    """Mean squared error in RGB of the flats, over all pixels of regions."""
    off = np.square(from_opponent(colors[: sample.tokens.count]) - from_opponent(sample.revealed.truth)).mean(1)
    size = sample.tokens.geometry[:, 4] ** 2
    return float((off * size).sum() / size.sum())


def _painted(sample: Sample, colors: np.ndarray) -> np.ndarray:
    rgb = np.concatenate([from_opponent(colors[: sample.tokens.count]), np.ones((1, 3), np.float32)])
    flat = rgb[sample.tokens.label] * (sample.view.lines[..., None] / np.float32(255))
    return np.rint(flat * 255).astype(np.uint8)


def fit_bins(cache: Cache, count: int, views: Views, random: np.random.Generator, pictures: int = 600) -> Tensor:
    """Color bins (count, 3) in `opponent` units: k-means over region colors, each color counting once, however often.

    Colors are first counted on a grid: white and skin would else take most of the bins.
    """
    draws, found = Draws(cache, views.cap), []
    for _ in range(pictures):
        view = take_view(cache, draws.next(random), views, random)
        tokens = make_tokens(view.lines, view.labels, 128)
        found.append(opponent(true_colors(view.color, view.lines, tokens)))
    colors = np.concatenate(found)
    cells, counts = np.unique(np.rint(colors / 0.03).astype(np.int64), axis=0, return_counts=True)
    weights = np.minimum(counts, 20).astype(np.float64) ** 0.5
    colors = cells.astype(np.float32) * 0.03
    bins = colors[random.choice(len(colors), count, replace=False, p=weights / weights.sum())]
    for _ in range(15):
        nearest = ((colors[:, None] - bins[None]) ** 2).sum(2).argmin(1)
        total = np.bincount(nearest, weights, count)
        for i in range(3):
            moved = np.bincount(nearest, weights * colors[:, i], count) / np.maximum(total, 1e-9)
            bins[:, i] = np.where(total > 0, moved, bins[:, i])
    return torch.from_numpy(bins)
