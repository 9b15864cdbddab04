"""Coloring and flats as work."""

import dataclasses
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

from senga import image, storage
from senga.color import colorizer
from senga.color.character import Character
from senga.color.colored import is_colored
from senga.color.colorizer import Colorizer, Page
from senga.color.files.characterfile import read_character
from senga.color.files.flatsvg import flats_to_svg
from senga.color.files.layerfile import LAYERED, write_layers
from senga.color.files.project import Project, is_project
from senga.color.fill_regions import Areas
from senga.color.flats import flat_colors, lay_flats
from senga.color.hints import Hints
from senga.color.layers import layer_alone, render_layers, rgba
from senga.color.palette import hex_of
from senga.color.recolor import recolor
from senga.color.render import render, render_pictures
from senga.color.request import Request
from senga.color.sheet import contact_sheet
from senga.color.spaces import RGB
from senga.errors import ImageError
from senga.inputs.item import Item
from senga.jobs.work import Work, note


@dataclasses.dataclass(frozen=True)
class ColorDrawings(Work):
    """Coloring of line drawings and projects.

    Attributes:
        request: palette, strength, tint, light, reach, candidates; of projects candidates and, if given, seed alone.
        pictured: whether the sources are colored pictures, to be colored anew.
        several: whether candidates were asked for, be it one. sheet: all of them on one sheet. seed: if given.
        hints, character, reference: files. layer: one layer alone.
        model, backend, max_ram: as `Colorizer.open` takes them.
        colored: what becomes of pages that are colored already: "redo" colors them, "copy" takes them as they are,
            "skip" leaves them out.
    """

    FILES: ClassVar[tuple[str, ...]] = ("hints", "character", "reference", "model")

    request: Request = Request()
    pictured: bool = False
    several: bool = False
    sheet: bool = False
    seed: int | None = None
    hints: str | None = None
    character: Path | None = None
    reference: str | None = None
    layer: str | None = None
    model: Path | None = None
    backend: str = "onnxruntime"
    max_ram: int | None = None
    colored: str = "redo"

    def open(self) -> None:
        """Model, character and reference, as they are now."""
        for cache in (_opened, _read_character, _read_reference, _reference_of):
            cache.cache_clear()
        self._painter()
        self._who()
        self._borrowed()

    def names(self, target: str) -> list[str]:
        """One a candidate, unless they stand on a sheet."""
        if not self.several or self.sheet:
            return [target]
        return numbered(target, self.request.candidates)

    def do(self, item: Item, target: str, *, force: bool) -> list[str]:
        """Colors."""
        if self.pictured:
            image.write(target, self._recolored(item.picture()), force=force)
            return [target]
        project = self._project(item) if is_project(item.name) else None
        if Path(target).suffix.lower() in LAYERED or self.layer is not None:
            self._write_layers(item, project, target, force=force)
            return [target]
        if self.colored != "redo" and project is None and is_colored(picture := item.picture()):
            note(f"{item.place}: is colored already; {'left out' if self.colored == 'skip' else 'copied'}")
            if self.colored == "skip":
                return []
            image.write(target, picture, force=force)
            return [target]
        drawing = project.open_drawing() if project else item.drawing()
        page = self._page(item, drawing)
        if project:
            answers = render_pictures(page, project.request, reference=project.open_reference())
        else:
            answers = render_pictures(page, self.request, self._laid(item, drawing), self._borrowed())
        if not self.several or self.sheet:
            image.write(target, contact_sheet(answers) if self.sheet else answers[0], force=force)
            return [target]
        files = self.names(target)
        for file, picture in zip(files, answers, strict=True):
            image.write(file, picture, force=force)
        return files

    def _recolored(self, picture: image.Pixels) -> image.Pixels:
        hints = None if self.hints is None else Hints.read(self.hints, picture.shape[:2])
        keep, painter = hints is not None, self._painter()
        return recolor(picture, self.request, hints, self._borrowed(), keep=keep, colorizer=painter)

    def _painter(self) -> Colorizer:
        return _opened(self.model, self.threads, self.backend, self.max_ram)

    def _who(self) -> Character:
        return _read_character(self.character) if self.character else Character("nobody")

    def _borrowed(self) -> image.Pixels | None:
        return _read_reference(self.reference) if self.reference else _reference_of(self.character)

    def _page(self, item: Item, drawing: image.Drawing) -> Page:
        try:
            return self._painter().page(drawing)
        except ImageError as error:
            raise ImageError(f"{item.place}: {error}") from error

    def _laid(self, item: Item, drawing: image.Drawing) -> Hints:
        theirs = self._who().hints(drawing.shape, None if item.file == "-" else Path(item.name).name)
        return Hints.read(self.hints, drawing.shape).over(theirs) if self.hints else theirs

    def _project(self, item: Item) -> Project:
        fetched = item.kept is not None or item.member or storage.is_remote(item.file)
        project = Project.from_bytes(item.content(), item.place) if fetched else Project.read(item.file)
        if doubt := project.doubt(self._painter().session):
            note(f"{item.place}: {doubt}")
        kept = project.request
        count = self.request.candidates if self.several else 1
        wanted = dataclasses.replace(kept, candidates=count, seed=kept.seed if self.seed is None else self.seed)
        return dataclasses.replace(project, request=wanted)

    def _write_layers(self, item: Item, project: Project | None, target: str, *, force: bool) -> None:
        if project:
            page = self._painter().page(project.open_drawing())
            layers = render_layers(page, project.request, reference=project.open_reference())
        else:
            page = self._painter().page(item.drawing())
            layers = render_layers(page, self.request, self._laid(item, page.drawing), self._borrowed())
        if self.layer is None:
            write_layers(target, layers, force=force)
        else:
            image.write(target, layer_alone(layers, self.layer), force=force)


@dataclasses.dataclass(frozen=True)
class LayFlats(Work):
    """One flat color in each region.

    Attributes:
        model_too: whether a model colors regions. hints, reference: files. colors: a palette.
        radius: of the trapped ball, px. gap: how boldly open lines are closed. layer: the flats alone. svg: an SVG
            beside each result. model: model file.
    """

    FILES: ClassVar[tuple[str, ...]] = ("hints", "reference", "model")

    model_too: bool = True
    hints: str | None = None
    reference: str | None = None
    colors: tuple[RGB, ...] = ()
    radius: float | None = None
    gap: float = 1.0
    layer: bool = False
    svg: bool = False
    model: Path | None = None

    def open(self) -> None:
        """Model and reference, as they are now."""
        _opened.cache_clear()
        _read_reference.cache_clear()
        self._request()  # refuses colors that cannot be asked for
        if self.model_too:
            _opened(self.model, self.threads, "onnxruntime", None)
        if self.reference:
            _read_reference(self.reference)

    def names(self, target: str) -> list[str]:
        """The picture, and the SVG beside it."""
        return [target, str(Path(target).with_suffix(".svg"))] if self.svg else [target]

    def do(self, item: Item, target: str, *, force: bool) -> list[str]:
        """Lays flats."""
        drawing = item.drawing()
        laid = Hints.read(self.hints, drawing.shape) if self.hints else Hints.blank(drawing.shape)
        areas = Areas(drawing.lines, self.radius, self.gap)
        if self.model_too:
            page = _opened(self.model, self.threads, "onnxruntime", None).page(drawing, areas)
            borrowed = _read_reference(self.reference) if self.reference else None
            found = rgba(render(page, self._request(), laid, borrowed)[0].color)
        else:
            found = flat_colors(areas.regions, laid)
        image.write(target, found if self.layer else lay_flats(found, drawing), force=force)
        if self.svg:
            image.write_bytes(Path(target).with_suffix(".svg"), flats_to_svg(found).encode(), force=force)
        return self.names(target)

    def _request(self) -> Request:
        named = "reference" if self.reference else None
        return Request(palette=tuple(hex_of(c) for c in self.colors), reference=named, mode="flat")


def numbered(target: str, count: int) -> list[str]:
    """The names of several results of one source.

    >>> numbered("a.png", 2)
    ['a-1.png', 'a-2.png']
    """
    path = Path(target)
    return [str(path.with_name(f"{path.stem}-{i}{path.suffix}")) for i in range(1, count + 1)]


@lru_cache(maxsize=1)
def _opened(model: Path | None, threads: int | None, backend: str, max_ram: int | None) -> Colorizer:
    # By its module: who stands something else in its place there means all who open one.
    return colorizer.Colorizer.open(model, threads=threads, backend=backend, max_ram=max_ram)


@lru_cache(maxsize=1)
def _read_character(file: Path) -> Character:
    return read_character(file)


@lru_cache(maxsize=1)
def _read_reference(file: str) -> image.Pixels:
    return image.read(file)


@lru_cache(maxsize=1)
def _reference_of(character: Path | None) -> image.Pixels | None:
    return None if character is None else _read_character(character).reference_picture()
