"""Files that a work's settings name, read once a process and kept until the work is opened anew."""

from functools import lru_cache
from pathlib import Path

from senga import image
from senga.color import colorizer
from senga.color.character import Character
from senga.color.files.characterfile import read_character
from senga.color.hints import Hints
from senga.inputs.item import Item


@lru_cache(maxsize=1)
def opened(
    model: Path | None, threads: int | None, backend: str = "onnxruntime", max_ram: int | None = None
) -> colorizer.Colorizer:
    """The colorizer of a model file; arguments as `Colorizer.open`."""
    # By its module: who stands something else in its place there means all who open one.
    return colorizer.Colorizer.open(model, threads=threads, backend=backend, max_ram=max_ram)


@lru_cache(maxsize=1)
def character_of(file: Path | None) -> Character:
    """The character of a file; one of nothing for None."""
    return Character("nobody") if file is None else read_character(file)


@lru_cache(maxsize=1)
def reference_of(file: str | None) -> image.Pixels | None:
    """The picture whose colors are borrowed; None for none."""
    return None if file is None else image.read(file)


@lru_cache(maxsize=1)
def reference_of_character(file: Path | None) -> image.Pixels | None:
    """The picture whose colors a character borrows; None for none."""
    return character_of(file).reference_picture()


def hints_for(item: Item, drawing: image.Drawing, file: str | None, layer: str | None) -> Hints | None:
    """The hints for a drawing: of the file that is named, or else those in the drawing's own; None for none.

    Args:
        layer: of `file`, if that is a document of a painting program.

    Raises:
        ImageError, HintError: as `Hints.read`.
    """
    if file is not None:
        return Hints.read(file, drawing.shape, layer)
    return None if drawing.hints is None else Hints.of_pixels(drawing.hints, item.place)


def forget() -> None:
    """Files may be others now."""
    for kept in (opened, character_of, reference_of, reference_of_character):
        kept.cache_clear()
