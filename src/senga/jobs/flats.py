"""Flats as work."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from senga import image, storage
from senga.color.closer import check_gap
from senga.color.colorizer import needed
from senga.color.files.flatsvg import flats_to_svg
from senga.color.fill_regions import Areas
from senga.color.flat_coloring import check_source, flat_layer
from senga.color.flats import lay_flats
from senga.color.spaces import RGB
from senga.inputs.item import Item
from senga.jobs import given_files
from senga.jobs.drawing import check_svg, note_polarity
from senga.jobs.given_files import opened
from senga.jobs.work import Work
from senga.lines.polarity import inverted_drawing


@dataclasses.dataclass(frozen=True)
class LayFlats(Work):
    """One flat color in each region.

    Attributes:
        source: where colors come from: hints, model, or both; as `senga.flats` takes it.
        hints, reference, model: files. palette: colors for regions without hint.
        ball_radius: of the trapped ball, px. gap: how boldly open lines are closed.
        layer: the flats alone. svg: an SVG beside each result.
        color_bubbles, invert: as `Colorizer.page` takes them.
        line_layer, hint_layer, backend: as `ColorDrawings` has them.

    Raises:
        SettingError: settings that do not go together. HintError: a gap out of range.
    """

    FILES: ClassVar[tuple[str, ...]] = ("hints", "reference", "model")

    source: str = "both"
    hints: str | None = None
    palette: tuple[RGB, ...] = ()
    reference: str | None = None
    ball_radius: float | None = None
    gap: float = 1.0
    layer: bool = False
    svg: bool = False
    model: Path | None = None
    color_bubbles: bool = False
    invert: bool = False
    line_layer: str | None = None
    hint_layer: str | None = None
    backend: str = "onnxruntime"

    def __post_init__(self) -> None:
        check_source(
            self.source, self.hints or self.hint_layer, palette=self.palette, reference=self.reference, model=self.model
        )
        check_gap(self.gap)

    def need(self, shape: tuple[int, int]) -> float:
        """As coloring without light takes."""
        return needed(shape[0] * shape[1], lean=False)

    def check(self, sources: Sequence[str], out: str) -> None:
        """An SVG needs a file that it stands beside."""
        check_svg(self.svg, out)

    def open(self) -> None:
        """Model and reference, as they are now."""
        given_files.forget()
        if self.source != "hints":
            opened(self.model, self.threads, self.backend)
        given_files.reference_of(self.reference)

    def names(self, target: str) -> list[str]:
        """The picture, and the SVG beside it."""
        return [target, str(Path(target).with_suffix(".svg"))] if self.svg else [target]

    def do(self, item: Item, target: str, *, force: bool) -> list[str]:
        """Lays flats."""
        drawing = item.drawing(
            self.line_layer,
            None if self.hints else self.hint_layer,
            with_hints=not self.hints and self.source != "model",
        )
        note_polarity(item, drawing.layer, invert=self.invert)
        if self.invert:
            drawing = inverted_drawing(drawing)
        laid = given_files.hints_for(item, drawing, self.hints, self.hint_layer)
        model = None if self.source == "hints" else opened(self.model, self.threads, self.backend)
        closer = None if model is None else model.closer
        areas = Areas(drawing.lines, self.ball_radius, self.gap, self.threads, self.backend, closer)
        borrowed = given_files.reference_of(self.reference)
        found = flat_layer(drawing, areas, laid, self.palette, borrowed, model, color_bubbles=self.color_bubbles)
        laid_out = found if self.layer else lay_flats(found, drawing)
        image.write(target, laid_out, force=force, tags=drawing.tags)
        if self.svg:
            storage.write_new(Path(target).with_suffix(".svg"), flats_to_svg(found).encode(), force=force)
        return self.names(target)
