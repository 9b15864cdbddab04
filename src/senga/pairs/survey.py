"""What is in a pair set: sizes, colors, how much line there is, what is there twice."""

import dataclasses
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.errors import ImageError
from senga.metrics import colorfulness
from senga.pairs.check import Limits
from senga.pairs.duplicates import difference_hashes, first_alike
from senga.pairs.pairset import Pair, PairSet
from senga.pairs.work import Job, each_pair

GRID = 8
"""Levels of each channel that colors are counted in."""

INK = 128
"""Line art darker than this is ink."""


@dataclass(frozen=True)
class Look:
    """One pair, measured.

    Attributes:
        index: in the manifest. error: why it could not be read, else "".
        width, height: px. colorfulness: see `metrics.colorfulness`. luma: mean, 0 to 255.
        white: share of pixels that are nearly white.
        colors: (GRID^3, 4) sums of red, green, blue and number of pixels of each color cell; None once they are
            added up.
        ink: share of ink in the line art; NaN where there is none.
        hashes: see `duplicates.difference_hashes`.
    """

    index: int
    error: str = ""
    width: int = 0
    height: int = 0
    colorfulness: float = 0.0
    luma: float = 0.0
    white: float = 0.0
    colors: NDArray[np.float64] | None = None
    ink: float = float("nan")
    hashes: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Survey:
    """A pair set, measured; of arrays, those of `looks`, all that could be read.

    Attributes:
        pairset: of what. looks: its pairs that could be read, in the manifest's order.
        unreadable: picture file and reason.
        palette: (RGB, share of all pixels), the most common color cells first.
        twins: pairs of picture files of different sources that look alike, the earlier one first.
        counts: pairs by split, method and origin; each Counter by name.
    """

    pairset: PairSet
    looks: tuple[Look, ...]
    unreadable: tuple[tuple[str, str], ...]
    palette: tuple[tuple[tuple[int, int, int], float], ...]
    twins: tuple[tuple[str, str], ...]
    counts: dict[str, Counter[str]]


def survey(pairset: PairSet, *, workers: int | None = None, report: Callable[[int, int], None] | None = None) -> Survey:
    """Looks at all of a pair set; changes nothing.

    Args:
        pairset: of what.
        workers: processes; 1 works in this one, None takes one a core.
        report: called with (pairs done, pairs in all) after each pair.

    """
    pairs = pairset.pairs
    seen: list[Look] = []
    colors = np.zeros((GRID**3, 4))
    for one in each_pair(look, pairset, workers, report):
        if one.colors is not None:
            colors += one.colors
        seen.append(dataclasses.replace(one, colors=None))
    seen.sort(key=lambda one: one.index)
    looks = tuple(one for one in seen if not one.error)
    counts: dict[str, Counter[str]] = {
        "split": Counter(p.split for p in pairs),
        "method": Counter(p.method for p in pairs),
        "origin": Counter(p.origin for p in pairs if p.origin),
    }
    unreadable = tuple((pairs[one.index].color, one.error) for one in seen if one.error)
    return Survey(pairset, looks, unreadable, _palette(colors), _twins(pairs, looks), counts)


def look(job: Job) -> Look:
    """Measures one pair; a picture that cannot be read is an answer too, a broken shard an error."""
    try:
        files = PairSet(job.folder, ())
        color = files.color(job.pair)
        line = files.line(job.pair) if job.pair.line else None
    except ImageError as error:
        return Look(job.index, str(error))
    cells = (color // (256 // GRID)).astype(np.int64)
    place = ((cells[..., 0] * GRID + cells[..., 1]) * GRID + cells[..., 2]).ravel()
    flat = color.reshape(-1, 3).astype(np.float64)
    sums = [np.bincount(place, flat[:, c], GRID**3) for c in range(3)]
    return Look(
        job.index,
        width=color.shape[1],
        height=color.shape[0],
        colorfulness=colorfulness(color),
        luma=float(image.gray(color).mean()),
        white=float((color.min(2) >= 250).mean()),
        colors=np.stack([*sums, np.bincount(place, minlength=GRID**3)], 1),
        ink=float("nan") if line is None else float((line < INK).mean()),
        hashes=difference_hashes(color),
    )


def _palette(sums: NDArray[np.float64]) -> tuple[tuple[tuple[int, int, int], float], ...]:
    order = np.argsort(-sums[:, 3])
    shares = sums[:, 3] / max(1.0, sums[:, 3].sum())
    means = np.rint(sums[:, :3] / np.maximum(sums[:, 3:], 1)).astype(int)
    found = []
    for i in order[shares[order] > 0]:
        r, g, b = (int(v) for v in means[i])
        found.append(((r, g, b), float(shares[i])))
    return tuple(found)


def _twins(pairs: tuple[Pair, ...], looks: tuple[Look, ...]) -> tuple[tuple[str, str], ...]:
    if not looks:
        return ()
    names: dict[str, int] = {}
    sources = np.array([names.setdefault(pairs[one.index].source, len(names)) for one in looks], np.int64)
    hashes = np.array([one.hashes for one in looks], np.uint64)
    before = first_alike(hashes, sources, Limits().bits)
    color = [pairs[one.index].color for one in looks]
    return tuple((color[first], color[i]) for i, first in enumerate(before) if first >= 0)
