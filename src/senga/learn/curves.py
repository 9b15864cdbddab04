"""A run's log as a picture."""

import csv
from pathlib import Path


def draw_curves(run: Path) -> None:
    """Draws losses.csv and scores.csv of a run's folder to curves.png, if there is anything to draw."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    losses, scores = _columns(run / "losses.csv"), _columns(run / "scores.csv")
    figure = Figure(figsize=(11, 4), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    for name, values in losses.items():
        if name != "step":
            left.plot(losses["step"], values, label=name)
    left.set(title="losses", xlabel="step", yscale="log")
    for axis, column in ((middle, "psnr"), (right, "colorfulness")):
        for budget in sorted(set(scores.get("hints", []))):
            at = [i for i, h in enumerate(scores["hints"]) if h == budget]
            axis.plot([scores["step"][i] for i in at], [scores[column][i] for i in at], label=f"{budget:.0f} hints")
        axis.set(title={"psnr": "PSNR, dB", "colorfulness": "colorfulness ratio"}[column], xlabel="step")
    for axis in (left, middle, right):
        if axis.lines:
            axis.legend(fontsize=7)
        axis.grid(alpha=0.3)
    figure.savefig(run / "curves.png", dpi=90)


def _columns(file: Path) -> dict[str, list[float]]:
    if not file.exists():
        return {}
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {name: [float(r[name]) for r in rows] for name in (rows[0] if rows else {})}
