"""Line art from pictures, and clean-up of drawings, as work."""

import dataclasses
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from senga import image, storage
from senga.errors import SettingError
from senga.imagefiles.tags import Tags
from senga.inputs.item import Item
from senga.jobs.work import Work
from senga.lines import extract, learned
from senga.lines.clean import Cleaned, Cleaning, check_cleaning, clean_up, is_line_art
from senga.lines.need import needed
from senga.lines.polarity import inverted, is_inverted
from senga.lines.vector import to_svg

log = logging.getLogger("senga.jobs")


@dataclasses.dataclass(frozen=True)
class Ink(Work):
    """How line art is written.

    Attributes:
        binary: full ink or none. transparent: black ink on nothing. svg: an SVG beside each result.
    """

    binary: bool = False
    transparent: bool = False
    svg: bool = False

    def check(self, sources: Sequence[str], out: str) -> None:
        """An SVG needs a file that it stands beside."""
        check_svg(self.svg, out)

    @property
    def clear(self) -> str:
        """Black ink on nothing is."""
        return "transparent" if self.transparent else ""

    def names(self, target: str) -> list[str]:
        """The SVG first, as it is written."""
        return [str(Path(target).with_suffix(".svg")), target] if self.svg else [target]

    def write(self, target: str, drawn: image.Pixels, tags: Tags, *, force: bool) -> list[str]:
        """Writes line art (H, W) as asked for, with the tags of its source, and answers with the files."""
        if self.binary:
            drawn = np.where(drawn < 128, 0, 255).astype(np.uint8)
        if self.svg:
            storage.write_new(Path(target).with_suffix(".svg"), to_svg(drawn).encode(), force=force)
        shown = np.dstack([np.zeros((*drawn.shape, 3), np.uint8), 255 - drawn]) if self.transparent else drawn
        image.write(target, shown, force=force, tags=tags)
        return self.names(target)


@dataclasses.dataclass(frozen=True)
class DrawLines(Ink):
    """Line art of color pictures.

    Attributes:
        method: of `extract.METHODS`. parameters: its own, of `extract.make_parameters`.
        model: model file, or None for the shipped one. seed: of what "mix" draws at random.
        invert: the pictures are white drawing on black.
        line_layer: of documents of painting programs, the layer that is drawn from; None: what they show.
        backend: as `Session.open` takes it.
    """

    FILES: ClassVar[tuple[str, ...]] = ("model",)

    method: str = "learned"
    parameters: Any = None
    model: Path | None = None
    seed: int = 0
    invert: bool = False
    line_layer: str | None = None
    backend: str = "onnxruntime"

    def __post_init__(self) -> None:
        if self.model and self.method not in ("learned", "mix"):
            raise SettingError("{model} goes with learned and mix, not with '{method_}'", method_=self.method)

    def need(self, shape: tuple[int, int]) -> float:
        """By the method; what is line art already is cleaned, which takes no more."""
        given = self.parameters
        redrawn = isinstance(given, learned.Learned) and (given.thickness > 0 or given.detail < 1 or not given.solid)
        return needed(shape, self.method, redrawn=redrawn)

    def open(self) -> None:
        """The model, where it will be needed for sure."""
        if self.method == "learned":
            learned.opened(self.model, self.threads, self.backend)

    def do(self, item: Item, target: str, *, force: bool) -> list[str]:
        """Draws."""
        picture, tags = item.tagged(self.line_layer)
        note_polarity(item, picture, invert=self.invert)
        if self.invert:
            picture = inverted(picture)
        if isinstance(self.parameters, learned.Learned) and is_line_art(picture):
            log.warning("%s: is line art already; cleaned, not drawn anew", item.place)
            cleaned = clean_up(picture, extract.cleaning_of(self.parameters))
            _note_cleaned(item, cleaned)
            return self.write(target, cleaned.lines, tags, force=force)
        drawn = extract.draw(
            picture, self.parameters, model=self.model, threads=self.threads, seed=self.seed, backend=self.backend
        )
        return self.write(target, drawn, tags, force=force)


@dataclasses.dataclass(frozen=True)
class CleanUp(Ink):
    """Clean-up of photos and scans.

    Attributes:
        cleaning: how. line_layer: as `image.read_line_art` takes it.
    """

    cleaning: Cleaning = Cleaning()
    line_layer: str | None = None

    def __post_init__(self) -> None:
        check_cleaning(self.cleaning)

    def need(self, shape: tuple[int, int]) -> float:
        """By whether lines are redrawn."""
        return needed(shape, "clean", redrawn=self.cleaning.thickness > 0 or self.cleaning.gap > 0)

    def do(self, item: Item, target: str, *, force: bool) -> list[str]:
        """Cleans."""
        picture, tags = item.line_art(self.line_layer)
        note_polarity(item, picture, invert=self.cleaning.invert)
        cleaned = clean_up(picture, self.cleaning)
        _note_cleaned(item, cleaned)
        return self.write(target, cleaned.lines, tags, force=force)


def note_polarity(item: Item, picture: image.Pixels, *, invert: bool) -> None:
    """Tells of white drawing on black that nobody asked to invert."""
    if not invert and is_inverted(picture):
        log.warning("%s: looks like white drawing on black; --invert makes it black on white", item.place)


def _note_cleaned(item: Item, cleaned: Cleaned) -> None:
    """Tells what was left out of a drawing, and what was not though it was to be."""
    if (cleaned.lines == 255).all():
        log.warning("%s: no ink found; a lower --ink keeps fainter lines", item.place)
    if cleaned.kept_pencil:
        log.warning("%s: nearly all of it is colored pencil, which is kept as ink", item.place)
    if cleaned.specks:
        said = "%s: %d loose specks (%d px in all) taken out; --speck 0 keeps them"
        log.warning(said, item.place, cleaned.specks, cleaned.speck_area)


def check_svg(svg: bool, out: str) -> None:
    """Refuses an SVG beside what goes to stdout.

    Raises:
        SettingError: it would have no place.
    """
    if svg and out == "-":
        raise SettingError("{svg} writes a file beside the result; give a file for it, not stdout")
