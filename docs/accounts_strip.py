"""Makes the picture strip of recipes: `python docs/accounts_strip.py OUT MODEL,MODEL,... PICTURE...`.

The first row has the pictures; then a row a model. Of each picture: line art as the recipe learned from (see
`accounts.py`), what the model makes of it without hints, and with hints of the picture's colors if it takes them (40
dots; patches or a blur if it learned from those alone), with the picture as reference if it takes one, else gray. Only
pictures that may be shown belong here.
"""

import sys

import numpy as np
import torch
from accounts import learned_from
from PIL import Image

import senga
from senga import image
from senga.learn.hinting import sample_hints
from senga.learn.measures import OWN
from senga.model.card import Card
from senga.recipe import Hinting

SIDE = 192
SEEN = 148
"""Side that networks see such a square at, px: 128 x 170 px are their working area."""
DOTS = 40


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
        hints = hints.dot((x, y), color=tuple(int(v) for v in picture[y, x]), radius=2)
    return hints


def own(picture: np.ndarray, card: Card) -> senga.Hints:
    """Hints of the kind that a model learned from, as large as they were to it."""
    hinting = Hinting(**{**card.recipe["hints"], "none": 0.0})
    small = torch.tensor(image.resize(picture, (SEEN, SEEN))).permute(2, 0, 1).unsqueeze(0).float() / 255
    color, mask = sample_hints(small, hinting, torch.Generator().manual_seed(0))
    at = np.arange(SIDE) * SEEN // SIDE
    laid = (color[0].permute(1, 2, 0) * 255).round().to(torch.uint8).numpy()[at][:, at]
    return senga.Hints(laid, mask[0, 0].numpy()[at][:, at] > 0)


def row(model: str, pictures: list[np.ndarray]) -> np.ndarray:
    painter = senga.Colorizer.open(model)
    card = painter.session.card
    cells = []
    for picture in pictures:
        lines = senga.extract_lines(picture, learned_from(card))
        page = painter.page(lines)
        told = np.full((SIDE, SIDE, 3), 128, np.uint8)
        if "hints" in card.conditions:
            kind = card.recipe["hints"]["kind"]
            told = page.paint(own(picture, card) if kind in OWN else dots(picture))
        elif "reference" in card.conditions:
            told = page.paint(reference=picture)
        alone = np.full_like(told, 128) if card.conditions == ("reference",) else page.paint()
        cells += [np.repeat(lines[..., None], 3, 2), alone, told]
    return np.hstack(cells)


def main(out: str, models: str, *names: str) -> None:
    pictures = [square(senga.read(name)) for name in names]
    gray = np.full((SIDE, SIDE, 3), 128, np.uint8)
    rows = [np.hstack([cell for picture in pictures for cell in (picture, gray, gray)])]
    rows += [row(model, pictures) for model in models.split(",")]
    Image.fromarray(np.vstack(rows)).save(out, quality=85)


if __name__ == "__main__":
    main(*sys.argv[1:])
