"""A run's log as a picture."""

import csv
from pathlib import Path

MIDDLE = {"psnr": "PSNR, dB", "f1": "F1", "precision": "precision", "recall": "recall"}
ACCURACY = "accuracy"
"""The column that tells how often the discriminator was right, a share of 1."""

RIGHT = {"colorfulness": "colorfulness ratio", "width_error": "width error, px", "width_spread": "its spread, px"}


def draw_curves(run: Path) -> None:
    """Draws losses.csv and scores.csv of a run's folder to curves.png, if there is anything to draw."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    losses, scores = _columns(run / "losses.csv"), _columns(run / "scores.csv")
    figure = Figure(figsize=(11, 4), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    for name, values in losses.items():
        if name not in ("step", ACCURACY):
            left.plot(losses["step"], values, label=name)
    left.set(title="losses", xlabel="step", yscale="log")
    if ACCURACY in losses:
        share = left.twinx()
        share.plot(losses["step"], losses[ACCURACY], color="black", linestyle=":", label="discriminator's accuracy")
        share.set(ylim=(0, 1))
        share.legend(fontsize=7, loc="lower right")
    for axis, columns in ((middle, MIDDLE), (right, RIGHT)):
        shown = {name: label for name, label in columns.items() if name in scores}
        for name, label in shown.items():
            budgets: list[float | None] = [*sorted(set(scores.get("hints", [])))] or [None]
            for budget in budgets:
                at = [i for i in range(len(scores["step"])) if budget is None or scores["hints"][i] == budget]
                known = label if budget is None else f"{budget:.0f} hints"
                axis.plot([scores["step"][i] for i in at], [scores[name][i] for i in at], label=known)
        axis.set(title=", ".join(shown.values()), xlabel="step")
    for axis in (left, middle, right):
        if axis.lines:
            axis.legend(fontsize=7, loc="upper right")
        axis.grid(alpha=0.3)
    figure.savefig(run / "curves.png", dpi=90)


def _columns(file: Path) -> dict[str, list[float]]:
    if not file.exists():
        return {}
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {name: [float(r[name]) for r in rows] for name in (rows[0] if rows else {})}
