"""The closer's lesson: line art with gaps, and the borders of the colors that it was drawn around."""

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from senga import image
from senga.learn.data.borders import BorderStore, Look, Opened, Openings, take_opened
from senga.learn.data.cache import Cache
from senga.learn.data.samples import Draws
from senga.learn.networks.closer import Closer

RARE = 3.0
"""How much more a place on a border counts than one beside: borders are a few percent of the paper. Ours."""

OVERLAP = 0.5
"""Weight of the overlap (dice) of walls and borders. Ours."""

JUDGED = 96
"""Validation pictures. Ours."""

FRESH, FIRST = 0.04, 200
"""Share of the samples from a picture not seen before, whose borders take longer to find than a step; and how many such
come first. Ours."""

LEVELS = 100
"""Thresholds that precision and recall are taken at. Ours."""


@dataclass(frozen=True)
class OpenedBatch:
    """Samples in one; N, C, H, W.

    Attributes:
        ink: (N, 1, S, S). walls, weight: (N, 1, S/2, S/2).
    """

    ink: Tensor
    walls: Tensor
    weight: Tensor


@dataclass
class CloserLesson:
    """See `senga.learn.lesson.Lesson`.

    Attributes:
        network: in training. cache: samples are made from it. look, openings: how, in training and validation.
    """

    network: Closer
    cache: Cache
    look: Look = Look()
    openings: Openings = Openings()
    device: str = "cpu"
    draws: Draws = field(init=False)
    store: BorderStore = field(init=False)
    _known: list[int] = field(default_factory=list, init=False, repr=False)
    _judged: list[Opened] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        self.draws = Draws(self.cache, self.look.cap)
        self.store = BorderStore(self.cache)

    def batch(self, random: np.random.Generator, count: int) -> OpenedBatch:
        return collate(
            [take_opened(self.store, self._next(random), self.look, self.openings, random) for _ in range(count)]
        )

    def _next(self, random: np.random.Generator) -> int:
        """Number of a picture: mostly of one whose borders are known."""
        if len(self._known) < FIRST or random.random() < FRESH:
            self._known.append(self.draws.next(random))
            return self._known[-1]
        return self._known[int(random.integers(len(self._known)))]

    def losses(self, batch: OpenedBatch) -> dict[str, Tensor]:
        ink = batch.ink.to(self.device, memory_format=torch.channels_last, non_blocking=True)
        walls, weight = batch.walls.to(self.device), batch.weight.to(self.device)
        logits = self.network(ink)
        with torch.autocast(self.device, enabled=False):
            logits = logits.float()
            off = F.binary_cross_entropy_with_logits(
                logits, walls, weight, pos_weight=torch.tensor(RARE, device=self.device)
            )
            chance = torch.sigmoid(logits)
            both = (weight * chance * walls).sum()
            dice = 1 - (2 * both + 1) / ((weight * (chance + walls)).sum() + 1)
        return {"entropy": off, "overlap": OVERLAP * dice}

    def advance(self, share: float) -> None:
        """Views stay as they are all along."""

    def renew(self) -> None:
        self.draws.renew()

    def validate(self, network: Closer) -> dict[str, float]:
        """How well walls on paper are found: mean precision over recalls, and the best F1 and its threshold."""
        right, all_, there = np.zeros(LEVELS), np.zeros(LEVELS), 0.0
        samples = self.samples()
        for first in range(0, len(samples), 16):
            batch = collate(samples[first : first + 16])
            chance = torch.sigmoid(network(batch.ink.to(self.device)).float()).cpu().numpy().reshape(-1)
            # What lies a pixel off counts neither way.
            use = (batch.weight.numpy().reshape(-1) >= 0.5).astype(np.float64)
            walls = batch.walls.numpy().reshape(-1)
            level = np.minimum((chance * LEVELS).astype(np.int64), LEVELS - 1)
            all_ += np.bincount(level, use, LEVELS)
            right += np.bincount(level, use * walls, LEVELS)
            there += float((use * walls).sum())
        hit, said = right[::-1].cumsum(), np.maximum(all_[::-1].cumsum(), 1e-9)
        recall, precision = hit / max(there, 1e-9), hit / said
        f1 = 2 * hit / (said + there)
        best = int(f1.argmax())
        mean = float((np.diff(recall, prepend=0) * precision).sum())
        return {"precision": mean, "f1": float(f1[best]), "threshold": 1 - (best + 1) / LEVELS}

    def samples(self) -> list[Opened]:
        """Validation samples, the same at every call; fewer while the cache is young."""
        numbers = self.cache.of("val", 0)[:JUDGED]
        if len(self._judged) != len(numbers):
            self._judged = [
                take_opened(self.store, n, self.look, self.openings, np.random.default_rng([n, 7])) for n in numbers
            ]
        return self._judged

    def sheet(self, network: Closer) -> image.Pixels | None:
        """Rows of, twice: picture, ink, true borders, walls."""
        samples = self.samples()[:24]
        rows = []
        for first in range(0, len(samples) - 1, 2):
            pair = samples[first : first + 2]
            chance = torch.sigmoid(network(collate(pair).ink.to(self.device)).float()).cpu().numpy()[:, 0]
            row = []
            for sample, found in zip(pair, chance, strict=True):
                planes = 1 - sample.ink, 1 - _doubled(sample.walls), 1 - _doubled(found)
                row += [sample.color, *(np.repeat((255 * p).astype(np.uint8)[..., None], 3, 2) for p in planes)]
            rows.append(np.concatenate(row, 1))
        return np.concatenate(rows) if rows else None


def collate(samples: list[Opened]) -> OpenedBatch:
    """Samples in one batch."""
    return OpenedBatch(*(_stack([getattr(s, name) for s in samples]) for name in ("ink", "walls", "weight")))


def _stack(planes: list[np.ndarray]) -> Tensor:
    return torch.from_numpy(np.stack(planes)[:, None])


def _doubled(plane: np.ndarray) -> np.ndarray:
    return plane.repeat(2, 0).repeat(2, 1)
