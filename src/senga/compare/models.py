"""Model files as what is measured: something that reads a drawing and paints it as often as it is asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from senga import image
from senga.color.colorizer import SHIPPED, Colorizer
from senga.color.hints import Hints
from senga.compare.evaluate import REFERENCE, TINT
from senga.errors import ModelError

Paint = Callable[[Hints | None, float], image.Pixels]
"""Painting (H, W, 3) uint8 of one drawing by hints and tint: 0 leaves its lines black, 1 colors them."""


@dataclass(frozen=True)
class Model:
    """A colorizer as it is measured.

    Attributes:
        name: in tables. page: reads lines (H, W) uint8, 0 = ink, and answers with what paints them.
        takes_hints, colors_lines: what it can; what it cannot is not asked.
    """

    name: str
    page: Callable[[image.Pixels], Paint]
    takes_hints: bool = True
    colors_lines: bool = True


def open_models(texts: Sequence[str], threads: int | None = None) -> list[Model]:
    """Model files as they are measured, each once.

    Args:
        texts: as `open_model` takes them. One with "+tint" behind is the model without, as lines are measured black and
            colored anyway; one with "+reference" is left out, as it is shown the truth. threads: processor threads.

    Raises:
        ModelError: as `Colorizer.open`.
    """
    plain = [text.removesuffix(TINT) for text in texts if REFERENCE not in text]
    return [open_model(text, threads) for text in dict.fromkeys(plain)]


def open_model(text: str, threads: int | None = None) -> Model:
    """A model file as it is measured.

    Args:
        text: file, or "shipped"; NAME=FILE gives another name than the file's stem. threads: processor threads.

    Raises:
        ModelError: as `Colorizer.open`.
    """
    name, equals, file = text.partition("=")
    if not equals or Path(text).exists():
        name, file = Path(text).stem, text
    colorizer = Colorizer.open(SHIPPED if file == "shipped" else file, threads=threads)

    def page(lines: image.Pixels) -> Paint:
        read = colorizer.page(lines)
        return lambda hints, tint: image.flatten(read.paint(hints, tint=tint))

    return Model(name, page, "hints" in colorizer.session.card.conditions, _colors_lines(colorizer))


def _colors_lines(colorizer: Colorizer) -> bool:
    """Whether it does, by trying: no card says so."""
    try:
        colorizer.page(np.full((32, 32), 255, np.uint8)).paint(tint=1.0)
    except ModelError:
        return False
    return True
