"""One picture becomes its pairs: read, drawn, cropped, turned, written."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from senga import image
from senga.errors import ImageError
from senga.lines.extract import draw, make_parameters
from senga.pairs.pairset import Pair
from senga.pairs.plan import BuildPlan
from senga.pairs.sources import Source, hash_of

Box = tuple[int, int, int, int]

NAME_BYTES = 120
"""Most bytes of a source's name in a pair's file name (ours): file systems end at 255."""


@dataclass(frozen=True)
class Cut:
    """What came of one source: its pairs, or the reason why there are none."""

    source: str
    pairs: tuple[Pair, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Job:
    """One source to cut by a plan into the folder of a pair set."""

    source: Source
    plan: BuildPlan
    out: Path


def cut(job: Job) -> Cut:
    """The pairs of one source, written under `out`/color and `out`/line.

    Line art is drawn from the whole picture and cut with it, so that a crop has no border lines of its own.

    Raises:
        ImageError: a file that cannot be written; one that cannot be read is a reason in the answer.
    """
    source, plan = job.source, job.plan
    try:
        source.name.encode("utf-8")
        picture = image.read(source.file)
        content = source.file.read_bytes()
        lines = _lines(source, plan, picture)
    except UnicodeEncodeError:
        return Cut(repr(source.name), reason="the file's name is not UTF-8")
    except MemoryError:
        return Cut(source.name, reason="too large for this machine's memory")
    except (ImageError, OSError, _UnfitError) as error:
        return Cut(source.name, reason=str(error).removeprefix(f"{source.file}: "))
    boxes = places(source.name, picture.shape[:2], plan)
    if not boxes:
        width, height = picture.shape[1], picture.shape[0]
        return Cut(source.name, reason=f"too small: {width}x{height} px, for a crop of {plan.crop} px")
    pairs = []
    for i, (left, top, right, bottom) in enumerate(boxes):
        for turn in range(4 if plan.rotations else 1):
            name = _name(source.name) + (f"-c{i}" if plan.crop else "") + (f"-r{90 * turn}" if turn else "")
            if plan.crop or turn:
                color, written = (
                    f"color/{name}.png",
                    image.encode(_turned(picture[top:bottom, left:right], turn), "PNG"),
                )
            else:
                color, written = f"color/{name}{source.file.suffix.lower()}", content
            image.write_bytes(job.out / color, written, force=True)
            line = None
            if lines is not None:
                line = f"line/{name}.png"
                drawn = image.encode(_turned(lines[top:bottom, left:right], turn), "PNG")
                image.write_bytes(job.out / line, drawn, force=True)
            pairs.append(
                Pair(
                    color=color,
                    line=line,
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
            )
    return Cut(source.name, tuple(pairs))


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
