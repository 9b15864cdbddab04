"""Makes the table of published experiments from a judgment's scores and the cards of the model files.

Run from the checkout, after `senga compare MODELS --frozen SPLIT --report REPORT`:
`.venv/bin/python docs/accounts.py REPORT MODELS... > docs/accounts.md`.
"""

import json
import sys
from pathlib import Path
from typing import Any

from senga.compare.judge import MEAN, REFERENCE, TINT
from senga.model.session import Session

RATIOS = (0.0, 0.05, 0.25, 1.0)
HEAD = ("model", "PSNR, dB, no hints", "5 %", "25 %", "100 %", "SSIM, no hints", "colorfulness, no hints", "at 25 %")
HEAD += ("VGG distance, no hints", "off the hint, median", "changed elsewhere at 5 %, %", "s a picture")
HEAD += ("parameters, M", "steps", "minutes", "on")


def main(report: Path, models: list[str]) -> None:
    verdicts = json.loads((report / "scores.json").read_text())["verdicts"]
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}")
    for text in models:
        plain = text.replace(REFERENCE, "").replace(TINT, "")
        card = Session.open(plain).card
        name = Path(plain).stem + text[len(plain) :]
        mine = [v for v in verdicts if v["painter"] == name]
        method = MEAN if any(v["method"] == MEAN for v in mine) else mine[0]["method"]
        at = {v["ratio"]: v for v in mine if v["method"] == method}
        cells = [name, *(_cell(at, r, "psnr", 2) for r in RATIOS), _cell(at, 0.0, "ssim", 3)]
        cells += [_cell(at, 0.0, "colorfulness", 2), _cell(at, 0.25, "colorfulness", 2), _cell(at, 0.0, "vgg", 3)]
        cells += [_cell(at, 1.0, "hint_median", 1), _cell(at, 0.05, "elsewhere", 2, 100), _cell(at, 0.0, "seconds", 3)]
        cells += [f"{card.parameters / 1e6:.1f}", str(card.steps), f"{card.minutes:.0f}" if card.minutes else ""]
        print(f"| {' | '.join([*cells, card.trained.partition(', ')[2]])} |")


def _cell(at: dict[float, dict[str, Any]], ratio: float, field: str, digits: int, scale: float = 1) -> str:
    value = at.get(ratio, {}).get(field)
    return "" if value is None else f"{value * scale:.{digits}f}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
