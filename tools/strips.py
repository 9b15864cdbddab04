"""Sheets to look at: real drawings colored in every mode, one model above the other.

    python tools/strips.py DRAWINGS OUT --model old=shipped --model new=FILE --reference PICTURE

DRAWINGS is a folder of line art; twenty are taken, spread over its names. Nobody lays hints by hand, so that any folder
will do: dots lie in the middle of the largest regions that `find_regions` answers, in fixed colors, in the order of
size; what has much of the picture's upper and side borders is the ground. The same dots for every model and run.
OUT/sheet-01.webp and so on have four drawings each: a row a model, a column a mode, readable at 100 %.
"""

import argparse
import itertools
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

import senga
from senga import image
from senga.color.colorizer import SHIPPED, Page
from senga.color.flats import flat_colors, lay_flats
from senga.color.regions import find_regions
from senga.compare.fewhints import Dot, lay_dots
from senga.compare.truecolors import true_colors
from senga.errors import HintError, ModelError, SengaError

COUNT, A_SHEET = 20, 4
CELL, EDGE, BAR, SIDE = 272, 4, 20, 78
"""Side of a cell and the margin in it, height of captions, width of the models' names, px."""

FEW, MANY = 4, 24
"""Dots."""

GROUND, BORDER = (232, 238, 243), 0.1
"""Color of the ground's dots, and the share of the picture's border, the lower one apart, from which on a region is
ground."""

COLORS = (
    (122, 82, 48),
    (251, 220, 200),
    (63, 111, 176),
    (216, 80, 106),
    (240, 208, 96),
    (242, 242, 246),
    (93, 160, 90),
)
"""Colors of the other dots: hair, skin, blue and red cloth, gold, white, green."""

PALETTE = ("#f7efe2", "#fbdcc8", "#8c3b2e", "#2d4a7a", "#e2b04a", "#3a2a2a")
MODES = ("automatic", "second idea", "palette", f"{FEW} dots", f"{MANY} dots", f"flat, {MANY} dots", "reference")
"""The last one only where a reference is given."""

ENDINGS = (".png", ".webp", ".jpg", ".jpeg")
BLANK = 236

Cell = NDArray[np.uint8] | None
"""A picture, or nothing where a model does not take what the mode gives."""


@dataclass(frozen=True)
class Drawn:
    """A drawing and the hints for it."""

    name: str
    drawing: image.Drawing
    few: senga.Hints
    many: senga.Hints


@dataclass(frozen=True)
class Named:
    """A model under a name."""

    name: str
    colorizer: senga.Colorizer


def choose(folder: Path, count: int) -> list[Path]:
    """Up to `count` drawings of a folder, spread over their names.

    Raises:
        SengaError: none there.
    """
    files = sorted(f for f in folder.glob("*") if f.suffix.lower() in ENDINGS)
    if not files:
        raise SengaError(f"{folder}: no drawings here; wanted files {', '.join(ENDINGS)}")
    return [files[i] for i in np.linspace(0, len(files) - 1, min(count, len(files))).astype(int)]


def choose_dots(lines: image.Pixels, count: int) -> list[Dot]:
    """A dot in the middle of each of the largest regions; the first ones of more are the fewer.

    Args:
        lines: (H, W) uint8, 0 = ink.
    """
    found = true_colors(np.repeat(lines[..., None], 3, 2), lines)
    largest = np.argsort(-found.area, kind="stable")[:count].tolist()
    labels = find_regions(lines).labels
    border = np.concatenate([labels[0], labels[:, 0], labels[:, -1]])
    ground = np.bincount(border, minlength=int(labels.max()) + 1) >= BORDER * len(border)
    others = itertools.cycle(COLORS)
    dots = []
    for dot in found.dots(largest):
        color = GROUND if ground[labels[dot.y, dot.x]] else next(others)
        dots.append(Dot(dot.x, dot.y, dot.radius, color))
    return dots


def read(file: Path) -> Drawn:
    """A drawing with its dots."""
    drawing = senga.read_drawing(file)
    dots = choose_dots(drawing.lines, MANY)
    return Drawn(file.stem, drawing, lay_dots(dots[:FEW], drawing.shape), lay_dots(dots, drawing.shape))


def cells(model: Named, drawn: Drawn, reference: image.Pixels | None, seed: int) -> list[Cell]:
    """What a model makes of a drawing, by mode."""
    page = model.colorizer.page(drawn.drawing)
    tint = 1.0 if colors_lines(page) else 0.0
    asked: list[Callable[[], NDArray[np.uint8]]] = [
        lambda: page.paint(tint=tint),
        lambda: page.candidates(2, seed=seed, tint=tint)[1],
        lambda: page.paint(palette=PALETTE, tint=tint),
        lambda: page.paint(drawn.few, tint=tint),
        lambda: page.paint(drawn.many, tint=tint),
        lambda: flat(page, drawn),
    ]
    if reference is not None:
        asked.append(lambda: page.paint(reference=reference, tint=tint))
    return [answered(ask) for ask in asked]


def flat(page: Page, drawn: Drawn) -> NDArray[np.uint8]:
    """The flats of many dots, by the same way as `senga color --flat`."""
    return lay_flats(flat_colors(page.areas.regions, drawn.many, page.color(drawn.many)), drawn.drawing)


def colors_lines(page: Page) -> bool:
    """Whether the model colors lines."""
    return answered(lambda: page.paint(tint=1.0)) is not None


def answered(ask: Callable[[], NDArray[np.uint8]]) -> Cell:
    """The painting, or None where the model does not take what it is asked with."""
    try:
        return image.flatten(ask())
    except (ModelError, HintError):
        return None


def fitted(picture: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The picture within a square of `side` px."""
    scale = side / max(picture.shape[:2])
    return image.resize(picture, (max(1, round(picture.shape[0] * scale)), max(1, round(picture.shape[1] * scale))))


class Sheet:
    """A sheet that is written on from above to below."""

    def __init__(self, blocks: int, models: int, reference: image.Pixels | None) -> None:
        self.modes = MODES if reference is not None else MODES[:-1]
        height = BAR + CELL // 3 + blocks * (BAR + models * CELL)
        self.made = Image.new("RGB", (SIDE + (1 + len(self.modes)) * CELL, height), (BLANK,) * 3)
        self.pen, self.font = ImageDraw.Draw(self.made), ImageFont.load_default(14)
        self.at = BAR + CELL // 3
        self._asked_with(reference)

    def title(self, text: str) -> None:
        """The line above all."""
        self._write(EDGE, 0, text)

    def block(self, drawn: Drawn, rows: Sequence[tuple[str, list[Cell]]]) -> None:
        """One drawing: its dots at the left, a row a model."""
        for column, caption in enumerate((drawn.name, *self.modes)):
            self._write(SIDE + column * CELL + EDGE, self.at, caption)
        self.at += BAR
        for row, (name, found) in enumerate(rows):
            # Few dots beside the first model, many beside the last, if there are several.
            dots = drawn.few if len(rows) > 1 and row == 0 else drawn.many
            self._write(EDGE, self.at + EDGE, "\n".join(name[i : i + 9] for i in range(0, len(name), 9)))
            first = fitted(shown(drawn.drawing, dots), CELL - 2 * EDGE)
            for column, picture in enumerate((first, *found)):
                left, top = SIDE + column * CELL + EDGE, self.at + EDGE
                if picture is None:
                    self._write(left, top, "(not taken)")
                else:
                    self.made.paste(Image.fromarray(fitted(picture, CELL - 2 * EDGE)), (left, top))
            self.at += first.shape[0] + 2 * EDGE

    def save(self, file: Path) -> None:
        """Writes the sheet as far as it is used."""
        self.made.crop((0, 0, self.made.width, self.at)).save(file, quality=88, method=4)

    def _asked_with(self, reference: image.Pixels | None) -> None:
        """The palette, and the reference."""
        left = SIDE + CELL * (1 + MODES.index("palette")) + EDGE
        for i, color in enumerate(PALETTE):
            self.pen.rectangle((left + i * 40, BAR + 8, left + i * 40 + 36, BAR + 44), fill=color)
        if reference is not None:
            small = fitted(image.flatten(reference), CELL // 3 - EDGE)
            self.made.paste(Image.fromarray(small), (SIDE + CELL * (1 + MODES.index("reference")) + EDGE, BAR))

    def _write(self, x: int, y: int, text: str) -> None:
        self.pen.multiline_text((x, y + 1), text, (20, 20, 20), self.font)


def shown(drawing: image.Drawing, hints: senga.Hints) -> NDArray[np.uint8]:
    """The drawing with its dots, rimmed so that light ones are seen, and large enough for the sheet."""
    picture = drawing.layer.copy()
    grown = hints.mask.copy()
    for axis in (0, 1):
        for by in (-1, 1):
            grown |= np.roll(hints.mask, by, axis)
    picture[grown] = 0
    picture[hints.mask] = hints.color[hints.mask]
    return picture


def make(
    folder: Path,
    out: Path,
    models: Sequence[Named],
    *,
    count: int = COUNT,
    reference: image.Pixels | None = None,
    seed: int = 1,
    force: bool = False,
    report: Callable[[str], None] = lambda line: None,
) -> list[Path]:
    """The sheets that were written.

    Args:
        folder: of drawings. out: folder for the sheets. models: rows. count: drawings, at most.
        reference: whose colors are borrowed, (H, W, 3 or 4) uint8. seed: of the second idea. force: overwrite.
        report: is told each drawing's name.

    Raises:
        SengaError: no drawings, a folder in use. ImageError, ModelError: as files are opened.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())) and not force:
        raise SengaError(f"{out}: exists and is not empty; give another folder, or --force to overwrite")
    files = choose(folder, count)
    out.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for first in range(0, len(files), A_SHEET):
        some = files[first : first + A_SHEET]
        sheet = Sheet(len(some), len(models), reference)
        names = ", ".join(f"{m.name}: {Path(m.colorizer.session.name).name}" for m in models)
        sheet.title(f"senga {senga.__version__}. {names}")
        for file in some:
            drawn = read(file)
            sheet.block(drawn, [(m.name, cells(m, drawn, reference, seed)) for m in models])
            report(drawn.name)
        place = out / f"sheet-{len(written) + 1:02d}.webp"
        sheet.save(place)
        written.append(place)
    return written


def open_model(text: str, threads: int | None) -> Named:
    """A model from NAME=FILE, FILE, or "shipped" in the place of a file."""
    name, equals, file = text.partition("=")
    if not equals:
        name, file = Path(text).stem, text
    return Named(name, senga.Colorizer.open(SHIPPED if file == "shipped" else file, threads=threads))


def main(arguments: Sequence[str] | None = None) -> None:
    """Reads the command line and writes the sheets."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("drawings", type=Path, help="folder of line art")
    parser.add_argument("out", type=Path, help="folder for the sheets")
    parser.add_argument("--model", action="append", help="NAME=FILE or NAME=shipped; repeatable, a row each")
    parser.add_argument("--reference", type=Path, help="picture whose colors are borrowed")
    parser.add_argument("--count", type=int, default=COUNT, help="drawings, at most")
    parser.add_argument("--seed", type=int, default=1, help="of the second idea")
    parser.add_argument("--threads", type=int, help="processor threads")
    parser.add_argument("--force", action="store_true", help="overwrite sheets")
    given = parser.parse_args(arguments)
    try:
        written = make(
            given.drawings,
            given.out,
            [open_model(text, given.threads) for text in given.model or ["shipped"]],
            count=given.count,
            reference=senga.read(given.reference) if given.reference else None,
            seed=given.seed,
            force=given.force,
            report=lambda line: print(line, file=sys.stderr),
        )
    except SengaError as error:
        sys.exit(str(error))
    print("\n".join(str(place) for place in written))


if __name__ == "__main__":
    main()
