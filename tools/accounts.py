"""Makes the table of published experiments from judgments' scores and the cards of the model files.

Run from the checkout, after `senga compare MODELS --frozen SPLIT --report REPORT` (several times, each with the line
sources that its models learned from, if that is quicker): `python tools/accounts.py REPORT[,REPORT...] MODEL...`.
Each model is shown on lines of the kind that it learned from, and on those of the shipped extractor, clean as people's.
"""

import json
import sys
from pathlib import Path
from typing import Any

from senga.color.colorizer import SHIPPED, Colorizer
from senga.compare.evaluate import REFERENCE, TINT
from senga.model.card import Card

CLEAN = "learned"
SOURCES = {"canny": "canny", "dilate": "dilate", "given": "xdog"}
"""Line sources of a judgment, by the recipe's kind of lines; mixtures and learned lines are shown on `CLEAN`."""


def learned_from(card: Card) -> str:
    """The line source that a model is shown on as its own."""
    return SOURCES.get(card.recipe["data"]["lines"]["kind"], CLEAN)


HEAD: tuple[str, ...] = ("model", "lines", "PSNR, dB, no hints", "5 %", "25 %", "100 %")
HEAD += ("on clean lines, no hints", "100 %")
HEAD += ("SSIM, no hints", "colorfulness, no hints", "at 25 %", "VGG distance, no hints", "off the hint, median")
HEAD += ("changed elsewhere at 5 %, %", "s a picture", "parameters, M", "pictures seen", "minutes")


def main(reports: list[Path], models: list[str]) -> None:
    verdicts = [v for report in reports for v in json.loads((report / "scores.json").read_text())["verdicts"]]
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}")
    for text in models:
        file = text.replace(REFERENCE, "").replace(TINT, "")
        card = Colorizer.open(SHIPPED if file == "shipped" else file).session.card
        print(f"| {' | '.join(row(Path(file).stem + text[len(file) :], card, verdicts))} |")


def row(name: str, card: Card, verdicts: list[dict[str, Any]]) -> list[str]:
    """The cells of a model's row."""
    mine = {(v["method"], v["ratio"]): v for v in verdicts if v["painter"] == name}
    lines = learned_from(card)

    def cell(ratio: float, field: str, digits: int, scale: float = 1, method: str = lines) -> str:
        value = mine.get((method, ratio), {}).get(field)
        return "" if value is None else f"{value * scale:.{digits}f}"

    cells = [name, lines, *(cell(r, "psnr", 2) for r in (0.0, 0.05, 0.25, 1.0))]
    cells += [cell(r, "psnr", 2, method=CLEAN) for r in (0.0, 1.0)]
    cells += [cell(0.0, "ssim", 3), cell(0.0, "colorfulness", 2), cell(0.25, "colorfulness", 2), cell(0.0, "vgg", 3)]
    cells += [cell(1.0, "hint_median", 1), cell(0.05, "elsewhere", 2, 100), cell(0.0, "seconds", 3)]
    seen = card.steps * card.recipe["training"]["batch"]
    return [*cells, f"{card.parameters / 1e6:.1f}", f"{seen:,}", f"{card.minutes:.0f}" if card.minutes else ""]


if __name__ == "__main__":
    main([Path(r) for r in sys.argv[1].split(",")], sys.argv[2:])
