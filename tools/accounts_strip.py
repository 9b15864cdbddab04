"""Makes the picture strip of recipes: `python tools/accounts_strip.py OUT MODEL,MODEL,... PICTURE...`.

The first row has the pictures; then a row a model, by name. Of each picture: line art as the recipe learned from (see
`accounts.py`), what the model makes of it without hints, and with hints of the picture's colors if it takes them (40
dots; patches or a blur if it learned from those alone), with the picture as reference if it takes one, and then with
the next picture. What no model of the strip has takes no room. Only pictures that may be shown belong here.
"""

import re
import sys
from pathlib import Path

import numpy as np
import torch
from accounts import learned_from
from PIL import Image, ImageDraw, ImageFont

import senga
from senga import image
from senga.learn.data.hint_sampling import sample_hints
from senga.learn.validation import OWN
from senga.model.card import Card
from senga.recipe import Hinting

SIDE = 192
SEEN = 148
"""Side that networks see such a square at, px: 128 x 170 px are their working area."""
DOTS = 40
WIDE, HIGH = 132, 20
"""Room for the rows' names and the columns' heads, px."""
COLUMNS = ("lines", "alone", "told", "told of the next")
BLANK = 244

Cells = list[np.ndarray | None]
"""What a row has of one picture, by column."""


def square(picture: np.ndarray) -> np.ndarray:
    """A picture's middle, SIDE x SIDE."""
    height, width = picture.shape[:2]
    scale = SIDE / min(height, width)
    sized = image.resize(picture, (max(SIDE, round(height * scale)), max(SIDE, round(width * scale))))
    top, left = (sized.shape[0] - SIDE) // 4, (sized.shape[1] - SIDE) // 2
    return np.ascontiguousarray(sized[top : top + SIDE, left : left + SIDE])


def dots(picture: np.ndarray) -> senga.Hints:
    """Dots of the picture's own colors at random places."""
    random = np.random.default_rng(0)
    hints = senga.Hints.blank(picture.shape[:2])
    for x, y in random.integers(2, SIDE - 2, (DOTS, 2)).tolist():
        red, green, blue = picture[y, x].tolist()
        hints = hints.dot((x, y), color=(red, green, blue), radius=2)
    return hints


def own(picture: np.ndarray, card: Card) -> senga.Hints:
    """Hints of the kind that a model learned from, as large as they were to it."""
    hinting = Hinting(**{**card.recipe["hints"], "none": 0.0})
    small = torch.tensor(image.resize(picture, (SEEN, SEEN))).permute(2, 0, 1).unsqueeze(0).float() / 255
    color, mask = sample_hints(small, hinting, torch.Generator().manual_seed(0))
    at = np.arange(SIDE) * SEEN // SIDE
    laid = (color[0].permute(1, 2, 0) * 255).round().to(torch.uint8).numpy()[at][:, at]
    return senga.Hints(laid, mask[0, 0].numpy()[at][:, at] > 0)


def row(model: str, pictures: list[np.ndarray]) -> list[Cells]:
    """Of each picture its cells."""
    painter = senga.Colorizer.open(model)
    card = painter.session.card
    found: list[Cells] = []
    for i, picture in enumerate(pictures):
        lines = senga.extract_lines(picture, learned_from(card))
        page = painter.page(lines)
        told = another = None
        if "hints" in card.conditions:
            kind = card.recipe["hints"]["kind"]
            told = page.paint(own(picture, card) if kind in OWN else dots(picture))
        elif "reference" in card.conditions:
            told = page.paint(reference=picture)
            another = page.paint(reference=pictures[(i + 1) % len(pictures)])
        alone = None if card.conditions == ("reference",) else page.paint()
        found.append([np.repeat(lines[..., None], 3, 2), alone, told, another])
    return found


def sheet(rows: list[list[Cells]], names: list[str]) -> Image.Image:
    """Rows of cells, the first one of pictures, with names beside and heads above; columns without any are left out."""
    kept = [c for c in range(len(COLUMNS)) if any(cells[c] is not None for row in rows for cells in row)]
    across = [(i, c) for i in range(len(rows[0])) for c in kept]
    made = Image.new("RGB", (WIDE + len(across) * SIDE, HIGH + len(rows) * SIDE), (BLANK,) * 3)
    pen, font = ImageDraw.Draw(made), ImageFont.load_default(13)
    for at, (_, column) in enumerate(across):
        pen.text((WIDE + at * SIDE + 6, 2), COLUMNS[column], (0, 0, 0), font)
    for y, (cells, name) in enumerate(zip(rows, names, strict=True)):
        # A name is broken after hyphens and spaces, so that it fits beside its row.
        lines, said = [], ""
        for part in re.findall("[^ -]*[ -]?", name):
            if said and font.getlength(said + part) > WIDE - 10:
                lines.append(said)
                said = ""
            said += part
        pen.multiline_text((6, HIGH + y * SIDE + 6), "\n".join([*lines, said]), (0, 0, 0), font)
        for at, (i, column) in enumerate(across):
            cell = cells[i][column]
            if cell is not None:
                made.paste(Image.fromarray(cell), (WIDE + at * SIDE, HIGH + y * SIDE))
    return made


def main(out: str, models: str, *names: str) -> None:
    pictures = [square(senga.read(name)) for name in names]
    rows: list[list[Cells]] = [[[picture, None, None, None] for picture in pictures]]
    rows += [row(model, pictures) for model in models.split(",")]
    sheet(rows, ["", *(Path(model).stem for model in models.split(","))]).save(out, quality=85)


if __name__ == "__main__":
    main(*sys.argv[1:])
