"""One picture becomes its pairs: read, drawn, cropped, turned, written."""

import dataclasses
import hashlib
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from senga import image, storage
from senga.errors import SengaError
from senga.lines.extract import METHODS, draw, make_parameters
from senga.lines.need import needed
from senga.pairs.pairset import Pair
from senga.pairs.plan import BuildPlan
from senga.pairs.sources import Source, hash_of
from senga.workers.worker import Worker

Box = tuple[int, int, int, int]

NAME_BYTES = 120
"""Most bytes of a source's name in a pair's file name (ours): file systems end at 255."""


@dataclass(frozen=True)
class Cut:
    """What came of one source: its pairs, or the reason why there are none."""

    source: str
    pairs: tuple[Pair, ...] = ()
    reason: str = ""


Made = tuple[Pair, bytes, bytes | None]
"""A pair, and the contents of its picture and of its line art."""


@dataclass(frozen=True)
class Cutting(Worker[Source, Cut]):
    """Cuts sources by a plan into the folder of a pair set."""

    plan: BuildPlan
    out: Path
    max_ram: float | None = None

    def do(self, job: Source) -> Cut:
        """The pairs of one source, written under `out`/color and `out`/line.

        Raises:
            SengaError: a file that cannot be written; one that cannot be read is a reason in the answer.
        """
        made = make_pairs(job, self.plan, self.max_ram)
        if isinstance(made, str):
            return Cut(shown_name(job), reason=made)
        for pair, color, line in made:
            storage.write_new(self.out / pair.color, color, force=True)
            if pair.line is not None and line is not None:
                storage.write_new(self.out / pair.line, line, force=True)
        return Cut(job.name, tuple(pair for pair, _, _ in made))

    def lost(self, job: Source, reason: str) -> Cut:
        """A picture that is skipped."""
        return Cut(shown_name(job), reason=reason)


def need(shape: tuple[int, int], plan: BuildPlan) -> float:
    """Bytes that a process takes at most for the pairs of a picture of (height, width)."""
    return needed(shape, plan.method if plan.method in METHODS else "dilate")


def make_pairs(source: Source, plan: BuildPlan, max_ram: float | None = None) -> list[Made] | str:
    """The pairs of one source with the contents of their files, or the reason why there are none.

    Line art is drawn from the whole picture and cut with it, so that a crop has no border lines of its own.

    Args:
        max_ram: bytes that it may take; a picture that needs more is left alone.
    """
    shape = None if max_ram is None else source.item.shape()
    if shape is not None and max_ram is not None and need(shape, plan) > max_ram:
        megabytes = math.ceil(need(shape, plan) / 1e6)
        return f"{shape[1]}x{shape[0]} px need {megabytes} MB, more than allowed; allow more, or make it smaller"
    try:
        source.name.encode("utf-8")
        content = source.item.content()
        picture = dataclasses.replace(source.item, kept=content).picture()
        lines = _lines(source, plan, picture)
    except UnicodeEncodeError:
        return "the file's name is not UTF-8"
    except MemoryError:
        return "too large for this machine's memory"
    except (SengaError, OSError, _UnfitError) as error:
        return str(error).removeprefix(f"{source.item.place}: ")
    boxes = places(source.name, picture.shape[:2], plan)
    if not boxes:
        width, height = picture.shape[1], picture.shape[0]
        return f"too small: {width}x{height} px, for a crop of {plan.crop} px"
    made: list[Made] = []
    for i, (left, top, right, bottom) in enumerate(boxes):
        for turn in range(4 if plan.rotations else 1):
            name = _name(source.name) + (f"-c{i}" if plan.crop else "") + (f"-r{90 * turn}" if turn else "")
            ending, written = Path(source.name).suffix.lower(), content
            if plan.crop or turn or source.item.page:
                ending, written = ".png", image.encode(_turned(picture[top:bottom, left:right], turn), "PNG")
            drawn = None
            if lines is not None:
                drawn = image.encode(_turned(lines[top:bottom, left:right], turn), "PNG")
            pair = Pair(
                color=f"color/{name}{ending}",
                line=None if drawn is None else f"line/{name}.png",
                source=source.name,
                box=(left, top, right, bottom),
                rotation=90 * turn,
                method=plan.method,
                parameters=plan.drawn_by(),
                sha256=hashlib.sha256(written).hexdigest(),
                split=source.split,
                group=source.group,
                origin=source.origin,
            )
            made.append((pair, written, drawn))
    return made


def shown_name(source: Source) -> str:
    """A source's name as it can be written, also where it is no text."""
    try:
        source.name.encode("utf-8")
    except UnicodeEncodeError:
        return repr(source.name)
    return source.name


def places(name: str, shape: tuple[int, ...], plan: BuildPlan) -> list[Box]:
    """Boxes (left, top, right, bottom) of a picture's crops, px, no two alike; none if the picture is too small.

    A place depends on the seed and the picture's name alone, so neither order nor number of workers moves it.
    """
    height, width = shape[:2]
    side = plan.crop
    if side == 0:
        return [(0, 0, width, height)]
    rows, columns = height - side + 1, width - side + 1
    if rows < 1 or columns < 1:
        return []
    if rows * columns <= plan.crops:
        corners = [(left, top) for top in range(rows) for left in range(columns)]
    else:
        drawn: dict[tuple[int, int], None] = {}
        tries = 0
        while len(drawn) < plan.crops:
            at = hash_of(plan.seed, name, tries) % (rows * columns)
            drawn[at % columns, at // columns] = None
            tries += 1
        corners = list(drawn)
    return [(left, top, left + side, top + side) for left, top in corners]


class _UnfitError(Exception):
    """Line art that does not go with its picture."""


def _lines(source: Source, plan: BuildPlan, picture: image.Pixels) -> image.Pixels | None:
    """Line art of the whole picture, (H, W) uint8."""
    if plan.method == "none":
        return None
    if plan.method == "given":
        if source.line is None:
            raise _UnfitError(f"no line art of this name in {plan.lines_folder}")
        lines = image.read_drawing(source.line).lines
        if lines.shape != picture.shape[:2]:
            (h, w), (height, width) = lines.shape, picture.shape[:2]
            raise _UnfitError(f"line art is {w}x{h} px, the picture {width}x{height} px")
        return lines
    made = plan.parameters or make_parameters(plan.method, {})
    # One thread each: the pictures are shared out over processes.
    return draw(picture, made, threads=1, seed=hash_of(plan.seed, source.name, "lines"))


def _turned(pixels: image.Pixels, turn: int) -> image.Pixels:
    """Turned by quarters, counter-clockwise."""
    return np.ascontiguousarray(np.rot90(pixels, turn))


def _name(source: str) -> str:
    """File name of a source in the set, without ending: folders are flattened, so a hash keeps names apart."""
    stem = source.rpartition("/")[2].rpartition(".")[0]
    short = stem.encode()[:NAME_BYTES].decode(errors="ignore")
    return f"{short}-{hash_of(source) >> 32:08x}"
