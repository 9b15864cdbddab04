"""Coloring as work."""

import dataclasses
import logging
from pathlib import Path
from typing import NamedTuple

from senga import image, storage
from senga.color.colored import is_colored
from senga.color.colorizer import Colorizer, Page
from senga.color.cutout import color_alone, cut_out_picture
from senga.color.files.layerfile import LAYERED, write_layers
from senga.color.files.project import Project, is_project
from senga.color.hints import Hints
from senga.color.layers import layer_alone, render_layers, rgba
from senga.color.own_colors import OwnColors
from senga.color.recolor import recolor
from senga.color.region_layers import render_region_layers
from senga.color.render import render, render_pictures
from senga.color.request import Request
from senga.color.sheet import contact_sheet
from senga.errors import ImageError
from senga.imagefiles.tags import Tags
from senga.inputs.item import Item
from senga.jobs import given_files
from senga.jobs.color_settings import ColorSettings
from senga.jobs.drawing import note_polarity
from senga.jobs.given_files import opened
from senga.jobs.work import Fate
from senga.lines.polarity import inverted_drawing

log = logging.getLogger("senga.jobs")


class Asked(NamedTuple):
    """What `render.render` takes."""

    page: Page
    request: Request
    hints: Hints | None
    reference: image.Pixels | None
    finished: image.Pixels | None
    own: OwnColors | None


@dataclasses.dataclass(frozen=True)
class ColorDrawings(ColorSettings):
    """Coloring of line drawings and projects."""

    def open(self) -> None:
        """Model, character and reference, as they are now."""
        given_files.forget()
        self._painter()
        self.who()
        self.borrowed()

    def names(self, target: str) -> list[str]:
        """One a candidate, unless they stand on a sheet."""
        return [target] if self.candidates is None or self.sheet else numbered(target, self.candidates)

    def fate(self, item: Item) -> Fate:
        """Pages that are colored already are copied or left out, if that was asked for."""
        if self.colored == "redo" or self.from_picture or is_project(item.name) or not is_colored(item.picture()):
            return "work"
        log.warning("%s: is colored already; %s", item.place, "left out" if self.colored == "skip" else "copied")
        return "skip" if self.colored == "skip" else "copy"

    def do(self, item: Item, target: str, *, force: bool) -> list[str]:
        """Colors."""
        if self.from_picture:
            picture, tags = item.tagged()
            image.write(target, self._recolored(picture), force=force, tags=tags)
            return [target]
        project = self._project(item) if is_project(item.name) else None
        if Path(target).suffix.lower() in LAYERED or self.layer is not None:
            self._write_layers(item, project, target, force=force)
            return [target]
        asked = self._asked(item, project)
        drawing = asked.page.drawing
        if self.transparent:
            page, request, hints, reference, finished, own = asked
            made = render(page, request, hints, reference, finished=finished, own=own)
            answers = [cut_out_picture(page.at(request.gap), one, request.tint) for one in made]
        else:
            answers = render_pictures(*asked)
        if self.candidates is None or self.sheet:
            tags = Tags(profile=drawing.tags.profile) if self.sheet else drawing.tags
            image.write(target, contact_sheet(answers) if self.sheet else answers[0], force=force, tags=tags)
            return [target]
        files = self.names(target)
        for file, picture in zip(files, answers, strict=True):
            image.write(file, picture, force=force, tags=drawing.tags)
        return files

    def _recolored(self, picture: image.Pixels) -> image.Pixels:
        hints = None if self.hints is None else Hints.read(self.hints, picture.shape[:2], self.hint_layer)
        keep, painter = hints is not None, self._painter()
        return recolor(picture, self.request, hints, self.borrowed(), keep=keep, colorizer=painter)

    def _painter(self) -> Colorizer:
        return opened(self.model, self.threads, self.backend, self.max_ram)

    def _drawing(self, item: Item) -> image.Drawing:
        drawing = item.drawing(self.line_layer, None if self.hints else self.hint_layer, with_hints=not self.hints)
        note_polarity(item, drawing.layer, invert=self.invert)
        return inverted_drawing(drawing) if self.invert else drawing

    def _page(self, item: Item, drawing: image.Drawing) -> Page:
        try:
            return self._painter().page(drawing, color_bubbles=self.color_bubbles)
        except ImageError as error:
            raise ImageError(f"{item.place}: {error}") from error

    def _laid(self, item: Item, drawing: image.Drawing) -> Hints:
        theirs = self.who().hints(drawing.shape, None if item.file == "-" else Path(item.name).name)
        own = given_files.hints_for(item, drawing, self.hints, self.hint_layer)
        return theirs if own is None else own.over(theirs)

    def _project(self, item: Item) -> Project:
        fetched = item.kept is not None or item.member or storage.is_remote(item.file)
        project = Project.from_bytes(item.content(), item.place) if fetched else Project.read(item.file)
        if doubt := project.doubt(self._painter().session):
            log.warning("%s: %s", item.place, doubt)
        kept = project.request
        seed = kept.seed if self.seed is None else self.seed
        wanted = dataclasses.replace(kept, candidates=self.candidates or 1, seed=seed)
        return dataclasses.replace(project, request=wanted)

    def _asked(self, item: Item, project: Project | None) -> "Asked":
        """What is asked of the executor for an item, or for the project that it is."""
        if project:
            page = self._page(item, project.open_drawing())
            return Asked(
                page,
                project.request,
                None,
                project.open_reference(),
                project.open_finished(),
                project.open_colored(),
            )
        page = self._page(item, self._drawing(item))
        return Asked(page, self.request, self._laid(item, page.drawing), self.borrowed(), None, None)

    def _write_layers(self, item: Item, project: Project | None, target: str, *, force: bool) -> None:
        asked = self._asked(item, project)
        if self.layer == "color":
            alone = rgba(color_alone(*asked, transparent=self.transparent))
            image.write(target, alone, force=force, tags=asked.page.drawing.tags)
            return
        layers = render_region_layers(*asked) if self.region_layers else render_layers(*asked)
        if self.layer is None:
            write_layers(target, layers, force=force)
        else:
            image.write(target, layer_alone(layers, self.layer), force=force, tags=layers.tags)


def numbered(target: str, count: int) -> list[str]:
    """The names of several results of one source.

    >>> numbered("a.png", 2)
    ['a-1.png', 'a-2.png']
    """
    path = Path(target)
    return [str(path.with_name(f"{path.stem}-{i}{path.suffix}")) for i in range(1, count + 1)]
