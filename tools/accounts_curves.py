"""Draws the curves of several runs beside each other: `python tools/accounts_curves.py OUT RUN...`.

Left the loss between answer and truth (L1, L2 or cross-entropy, without its weight in the recipe), in the middle how
often the discriminator was right, if a run has one, right the validation's PSNR, without hints full and with most hints
dotted.
"""

import csv
import json
import sys
from collections.abc import Iterable
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib.figure import Figure

TO_TRUTH = ("l1", "l2", "cross_entropy")
ACCURACY = "accuracy"


def rows(file: Path) -> list[dict[str, float]]:
    if not file.exists():
        return []
    with file.open(newline="") as lines:
        return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(lines)]


def smooth(values: Iterable[float], memory: float = 0.7) -> list[float]:
    """A moving average; what ten seconds of training say is noisy."""
    kept: list[float] = []
    for value in values:
        kept.append(value if not kept else memory * kept[-1] + (1 - memory) * value)
    return kept


def main(out: str, *runs: str) -> None:
    judged = any(ACCURACY in row for run in runs for row in rows(Path(run) / "losses.csv")[:1])
    figure = Figure(figsize=(13 if judged else 9, 4), layout="constrained")
    left, *between, right = figure.subplots(1, 3 if judged else 2)
    for number, run in enumerate(map(Path, runs)):
        color = f"C{number}"
        losses, scores = rows(run / "losses.csv"), rows(run / "scores.csv")
        weights = json.loads((run / "recipe.json").read_text())["losses"]
        name = next(n for n in TO_TRUTH if weights[n])
        steps = [row["step"] for row in losses]
        left.plot(steps, smooth(row[name] / weights[name] for row in losses), color=color, label=f"{run.name}: {name}")
        if losses and ACCURACY in losses[0]:
            between[0].plot(steps, smooth(row[ACCURACY] for row in losses), color=color, label=run.name)
        for budget, style in ((0, "o-"), (max((row["hints"] for row in scores), default=0), "o:")):
            at = [row for row in scores if row["hints"] == budget]
            right.plot([row["step"] for row in at], [row["psnr"] for row in at], style, color=color)
    left.set(title="loss to the truth", xlabel="step", yscale="log")
    for middle in between:
        middle.set(title="discriminator right, share", xlabel="step", ylim=(0, 1.02))
    right.set(title="PSNR on validation, dB (dotted: most hints)", xlabel="step")
    for axis in (left, *between, right):
        axis.grid(alpha=0.3)
    left.legend(fontsize=7)
    figure.savefig(out, dpi=80)


if __name__ == "__main__":
    main(*sys.argv[1:])
