"""What a coloring of drawings is asked for, with its rules: which settings go together, and with which files."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from senga import image, storage
from senga.color.character import Character
from senga.color.colorizer import WINDOW, needed
from senga.color.files.layerfile import LAYERED
from senga.color.files.project import ENDING, is_project
from senga.color.layers import NAMES
from senga.color.light import SIDE
from senga.color.marks import REACHES, Reach
from senga.color.palette import hex_of, parse_color
from senga.color.request import Request
from senga.color.spaces import RGB
from senga.color.strip_windows import expected_windows
from senga.errors import SettingError
from senga.jobs import given_files
from senga.jobs.work import Work

COLORED = ("redo", "copy", "skip")
"""What can become of pages that are colored already."""


@dataclasses.dataclass(frozen=True)
class ColorSettings(Work):
    """Settings of a coloring of line drawings and projects; what is None is left to senga, or to the project.

    Attributes:
        from_picture: whether the sources are colored pictures, to be colored anew.
        hints, character, reference: files. palette: colors to use, before those of the character.
        reference_strength: how much is borrowed, 0 to 1. tint, light, reach, gap, seed: as a `Request` has them,
            and so shade, light_softness, shade_softness, shade_tint, light_side.
        candidates: so many answers to each drawing. sheet: all of them on one sheet. layer: one layer alone.
        transparent: without the blank paper around what is drawn. region_layers: in files of layers one a region.
        model, backend: as `Colorizer.open` takes them.
        colored: what becomes of pages that are colored already: "redo" colors them, "copy" takes them as they are,
            "skip" leaves them out.
        color_bubbles, invert: as `Colorizer.page` takes them.
        line_layer, hint_layer: of documents of painting programs, as `image.read_drawing_bytes` takes them; beside
            `hints` the second is of that file.

    Raises:
        SettingError: settings that do not go together. HintError: one out of its range.
    """

    FILES: ClassVar[tuple[str, ...]] = ("hints", "character", "reference", "model")
    READS: ClassVar[tuple[str, ...]] = (ENDING,)
    WRITES: ClassVar[tuple[str, ...]] = tuple(LAYERED)
    APART: ClassVar[tuple[str, ...]] = ("threads",)

    from_picture: bool = False
    hints: str | None = None
    palette: tuple[RGB, ...] = ()
    character: Path | None = None
    reference: str | None = None
    reference_strength: float | None = None
    tint: float = 0.0
    light: float | None = None
    shade: float | None = None
    light_softness: float = 0.0
    shade_softness: float = 0.0
    shade_tint: str | None = None
    light_side: float = SIDE
    reach: str | None = None
    gap: float = 1.0
    seed: int | None = None
    candidates: int | None = None
    sheet: bool = False
    layer: str | None = None
    transparent: bool = False
    region_layers: bool = False
    model: Path | None = None
    backend: str = "onnxruntime"
    colored: str = "redo"
    color_bubbles: bool = False
    invert: bool = False
    line_layer: str | None = None
    hint_layer: str | None = None

    def __post_init__(self) -> None:
        self._check_values()
        self._check_answers()
        self._requested(Character("nobody"), None)  # ranges

    def _check_values(self) -> None:
        find_reach(self.reach or "object")
        if self.layer is not None and self.layer not in NAMES:
            known = ", ".join(NAMES)
            raise SettingError("{layer}: unknown layer '{given}'; known: {all}", given=self.layer, all=known)
        if self.colored not in COLORED:
            raise SettingError("{colored} {given}: give redo, copy or skip", given=self.colored)
        if self.reference_strength is None:
            return
        if self.reference is None and self.character is None:
            raise _no_reference()
        if not 0 <= self.reference_strength <= 1:  # nan too is refused
            strength = self.reference_strength
            raise SettingError("{reference_strength} {given}: give a share of 0 to 1", given=strength)

    def _check_answers(self) -> None:
        """How many answers there are, and in what form."""
        if self.from_picture:
            for name in ("candidates", "layer", "character"):
                if getattr(self, name) is not None:
                    raise SettingError(f"{{from_picture}} makes one picture of one: leave out {{{name}}}")
            for name in ("invert", "color_bubbles", "line_layer", "transparent", "region_layers"):
                if getattr(self, name):
                    raise SettingError(f"{{{name}}} goes with drawings, not with {{from_picture}}")
        if self.sheet and self.candidates is None:
            raise SettingError("{sheet} goes with {candidates}")
        if self.transparent and (self.sheet or self.layer not in (None, "color")):
            raise SettingError("{transparent} goes with pictures and {layer} color")
        if self.region_layers and self.layer is not None:
            raise SettingError("{region_layers} goes with files of layers (.psd, .ora): leave out {layer}")
        if self.layer is None:
            return
        if self.candidates is not None:
            raise SettingError("{layer} is of one answer; leave out {candidates}, or write pictures")
        if self.max_ram is not None:
            raise SettingError("{max_ram} goes with pictures: layers are held all at once")
        if self.colored != "redo":
            raise SettingError("{colored} goes with plain pictures: not with candidates and layers")

    @property
    def clear(self) -> str:
        """A layer alone is, and a picture without its background."""
        return "layer" if self.layer is not None else "transparent" if self.transparent else ""

    def need(self, shape: tuple[int, int]) -> float:
        """As coloring takes; a model of one's own may be one that does with less where there is less."""
        strip = WINDOW * (expected_windows(shape) - 1)
        return strip + needed(shape[0] * shape[1], lean=self.model is not None, lit=self.model is None)

    def check(self, sources: Sequence[str], out: str) -> None:
        """Also reads the files that are named."""
        layered = storage.ending(out) in LAYERED and not storage.names_folder(out) and not storage.is_folder(out)
        if layered:
            self._check_layered(sources, out)
        elif self.region_layers:
            raise SettingError("{region_layers} goes with files of layers: write .psd or .ora")
        if self.colored != "redo" and self.candidates is not None:
            raise SettingError("{colored} goes with plain pictures: not with candidates and layers")
        self._check_projects(sources)
        given_files.forget()
        if self.reference_strength is not None and self.borrowed() is None:
            raise _no_reference()
        self._requested(self.who(), self.borrowed())

    def _check_layered(self, sources: Sequence[str], out: str) -> None:
        if self.from_picture:
            raise SettingError("{from_picture} makes pictures; {out_} has layers", out_=out)
        if len(sources) != 1:
            raise SettingError("{out_}: has the layers of one drawing; write several one by one", out_=out)
        if self.layer is not None:
            raise SettingError("{layer}: {out_} has all layers", out_=out)
        if self.transparent:
            raise SettingError("{transparent} goes with pictures: {out_} has layers", out_=out)
        if self.candidates is not None:
            said = "{out_}: layers are of one answer; leave out {candidates}, or write pictures"
            raise SettingError(said, out_=out)
        if self.max_ram is not None:
            raise SettingError("{max_ram} goes with pictures: layers are held all at once")
        if self.colored != "redo":
            raise SettingError("{colored} goes with plain pictures: not with candidates and layers")

    def _check_projects(self, sources: Sequence[str]) -> None:
        own = (
            *("hints", "palette", "character", "reference", "reference_strength", "tint", "light", "reach", "gap"),
            *("shade", "light_softness", "shade_softness", "shade_tint", "light_side"),
            *("line_layer", "hint_layer"),
        )
        default = {field.name: field.default for field in dataclasses.fields(self)}
        for source in filter(is_project, sources):
            for name in (*own, "invert"):
                if getattr(self, name) != default[name]:
                    said = f"{{source}}: a project says its own colors; leave out {{{name}}}"
                    raise SettingError(said, source=source)

    def who(self) -> Character:
        """The character, one of nothing if none is named."""
        return given_files.character_of(self.character)

    def borrowed(self) -> image.Pixels | None:
        """The picture whose colors are borrowed: the one that is named, or else the character's."""
        if self.reference is not None:
            return given_files.reference_of(self.reference)
        return given_files.reference_of_character(self.character)

    @property
    def request(self) -> Request:
        """What each drawing is asked; of projects candidates and, if given, the seed alone count."""
        return self._requested(self.who(), self.borrowed())

    def _requested(self, who: Character, borrowed: image.Pixels | None) -> Request:
        usual = who.reference_strength if self.reference is None else 1.0
        colors = dict.fromkeys((*self.palette, *who.palette()))
        return Request(
            palette=tuple(hex_of(color) for color in colors),
            reference=None if borrowed is None else "reference",
            reference_strength=usual if self.reference_strength is None else self.reference_strength,
            tint=self.tint,
            light=1.0 if self.light is None else self.light,
            shade=self.shade,
            light_softness=self.light_softness,
            shade_softness=self.shade_softness,
            shade_tint=None if self.shade_tint is None else hex_of(parse_color(self.shade_tint)),
            light_side=self.light_side,
            reach=find_reach(self.reach or "object"),
            gap=self.gap,
            candidates=1 if self.candidates is None else self.candidates,
            seed=self.seed or 0,
        )


def find_reach(text: str) -> Reach:
    """A reach by its name.

    Raises:
        SettingError: no such reach.
    """
    for reach in REACHES:
        if reach == text:
            return reach
    raise SettingError("unknown {reach} '{given}'; known: {all}", given=text, all=", ".join(REACHES))


def _no_reference() -> SettingError:
    return SettingError("{reference_strength} goes with {reference}, or with a character that has one")
