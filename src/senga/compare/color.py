"""Scores colorizers on one split at equal hints: what is measured is what is shipped.

Each picture goes the way that a person's drawing goes: line art in, `Colorizer` as shipped, composite out, all at the
picture's own size. Hints are 3x3 patches of the truth at random places, the same places for every model.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from senga import image
from senga.color.colorizer import SHIPPED, Colorizer
from senga.color.hints import Hints
from senga.compare.sampling import chosen as chosen_pairs
from senga.compare.sampling import row
from senga.errors import SengaError
from senga.lines.extract import extract_lines
from senga.metrics import colorfulness, psnr
from senga.pairs.pairset import PairSet

BUDGETS = (0, 1, 4, 16, 64, 256)
"""Numbers of 3x3 patches shown to a model."""


@dataclass(frozen=True)
class Result:
    """One model at one hint budget, over all pictures.

    Attributes:
        model: file name. hints: patches shown.
        psnr: mean, dB, of the composite. colorfulness: mean colorfulness / mean of the truths'.
        seconds: median of one painting.
        pictures: how many were scored.
    """

    model: str
    hints: int
    psnr: float
    colorfulness: float
    seconds: float
    pictures: int


def compare_models(
    models: Sequence[str | Path],
    pairs: PairSet,
    split: str,
    *,
    most: int = 200,
    method: str = "xdog",
    budgets: Sequence[int] = BUDGETS,
    threads: int | None = None,
    strip: Path | None = None,
    force: bool = False,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> list[Result]:
    """Scores of each model at each budget.

    Args:
        models: model files; "shipped" is the one in the package.
        pairs: pair set. split: which split of it. most: at most so many pairs, spread over the manifest.
        method: how lines are drawn of pairs that have none.
        budgets: numbers of hints.
        strip: file for a sheet: a row a picture: lines, each model at 0, 16 and 256 hints, truth.
        force: overwrite `strip`.
        report: called with (done, total) pictures.

    Raises:
        PairSetError: no such split, or nothing in it. ModelError, ImageError: as they are opened.
    """
    chosen = chosen_pairs(pairs, split, most)
    if strip and strip.exists() and not force:
        raise SengaError(f"{strip}: exists; give another name, or --force to overwrite it")
    painters = [Colorizer.open(SHIPPED if str(m) == "shipped" else m, threads=threads) for m in models]
    levels: dict[tuple[int, int], list[tuple[float, float, float]]] = {}
    truths, rows = [], []
    for done, pair in enumerate(chosen):
        truth = pairs.color(pair)
        lines = extract_lines(truth, method) if pair.line is None else pairs.line(pair)
        truths.append(colorfulness(truth))
        shown = [np.repeat(lines[..., None], 3, 2)]
        for m, painter in enumerate(painters):
            page = painter.page(lines)
            takes_hints = "hints" in painter.session.card.conditions
            for budget in budgets if takes_hints else (0,):
                hints = Hints.blank(truth.shape).sample(truth, budget, seed=done)
                start = time.perf_counter()
                painted = page.paint(hints)
                seconds = time.perf_counter() - start
                levels.setdefault((m, budget), []).append((psnr(painted, truth), colorfulness(painted), seconds))
                if budget in (0, 16, 256):
                    shown.append(painted)
        if strip and done % max(1, len(chosen) // 12) == 0:
            rows.append(row([*shown, truth]))
        report(done + 1, len(chosen))
    if strip:
        image.write(strip, np.vstack(rows), force=force)
    names = [Path(p.session.name).name for p in painters]
    return [
        Result(
            names[m],
            budget,
            float(np.mean([v[0] for v in values])),
            float(np.mean([v[1] for v in values]) / max(float(np.mean(truths)), 1e-6)),
            float(np.median([v[2] for v in values])),
            len(values),
        )
        for (m, budget), values in levels.items()
    ]


def table(results: Sequence[Result]) -> str:
    """Results as a Markdown table."""
    rows = ["| model | hints | PSNR, dB | colorfulness ratio | s a picture | pictures |", "|---|---|---|---|---|---|"]
    rows += [
        f"| {r.model} | {r.hints} | {r.psnr:.2f} | {r.colorfulness:.2f} | {r.seconds:.3f} | {r.pictures} |"
        for r in results
    ]
    return "\n".join(rows)
