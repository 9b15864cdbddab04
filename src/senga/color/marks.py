"""Marks: what a person's brush did on a drawing, as data that a page sends and a project file keeps.

The JSON form of marks is a list, the first laid first; each is one of

    {"kind": "stroke", "points": [[x, y], ...], "color": "#rrggbb", "width": 6, "pressure": [0.4, ...], "reach": "far"}
    {"kind": "erase", "points": [[x, y], ...], "width": 20, "pressure": [1, ...]}
    {"kind": "fill", "points": [[x, y]], "color": "#rrggbb", "reach": "region"}

Points are px of the drawing, whole at the centers of pixels, and may lie outside. A stroke of one point is a dot. The
width is px; "pressure", which may be left out, has one number of 0 to 1 for each point, and scales the width there.
"reach", which may be left out too, is how far the mark reaches: "region", "object" or "far"; without it a stroke
reaches as far as the request says, and a fill stays in its region. "told", which strokes and fills may have, is the
color that the mark had before it was exchanged for another: the model goes on by it, so that nothing else changes.
Every other key is needed, no key more is taken.
What marks do together is told in `senga.color.laying`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np

from senga.color import strict_json
from senga.color.hints import Point
from senga.color.palette import Color, hex_of
from senga.errors import HintError

Kind = Literal["stroke", "erase", "fill"]
KINDS: tuple[str, ...] = get_args(Kind)

Reach = Literal["region", "object", "far"]
REACHES: tuple[Reach, ...] = get_args(Reach)

MARKS, POINTS, ALL_POINTS = 10_000, 10_000, 200_000
"""Most marks of a drawing, points of a mark, and points of all marks together. Ours."""

EFFORT = 40_000_000
"""Most rows of pixels that the discs and lines of all marks together may cross: to draw more would take half a minute.
Ours; a mark of 200 px width through `ALL_POINTS` is that much."""

FAR = 100_000.0
"""Farthest from the drawing's corner that a point may lie, px. Ours."""

WIDEST = 10_000.0
"""Greatest width, px. Ours."""

TEXT = 16_000_000
"""Most characters of marks as JSON: `ALL_POINTS` with their pressures in full precision. Ours."""


@dataclass(frozen=True)
class Mark:
    """One thing that a person's brush did; see `Mark.stroke`, `Mark.erase` and `Mark.fill`.

    Attributes:
        kind: "stroke" (of one point: a dot), "erase" (hints are taken away), or "fill" (a hint all over the area that
            is closed by ink around the point).
        points: (x, y) px of the drawing, within `FAR`; exactly one of a fill.
        color: '#rrggbb'; "" of an erase.
        width: px, more than 0, up to `WIDEST`; 0 of a fill.
        pressure: from 0 to 1 at each point, scales the width there; () is 1 everywhere.
        reach: how far the color reaches: "region", "object" or "far"; "" of a stroke: as far as the request says,
            of a fill: its region, and of an erase.
        told: '#rrggbb', the color that the model is told in the place of `color`; "" is `color` itself.
        effort: how many rows of pixels its discs and lines cross, about, wherever they lie.

    Raises:
        HintError: anything else.
    """

    kind: Kind
    points: tuple[Point, ...]
    color: str = ""
    width: float = 0.0
    pressure: tuple[float, ...] = ()
    reach: Reach | Literal[""] = ""
    told: str = ""
    effort: float = field(default=0.0, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise HintError(f"{strict_json.shown(self.kind)} is no kind of mark; known: {', '.join(KINDS)}")
        points = _numbers(self.points, "points")
        if points.size == 0 or points.shape[1:] != (2,):
            raise HintError(f"a {self.kind} needs at least one point (x, y)")
        if len(points) > (1 if self.kind == "fill" else POINTS):
            most = "a fill has one point" if self.kind == "fill" else f"at most {POINTS}"
            raise HintError(f"a {self.kind} of {len(points)} points; {most}")
        if not (np.abs(points) <= FAR).all():  # nan too is refused
            raise HintError(f"a {self.kind}'s points are finite and within {FAR:g} px")
        pressure = _numbers(self.pressure, "pressure")
        if pressure.size and (pressure.shape != (len(points),) or self.kind == "fill"):
            raise HintError(f"a {self.kind} of {len(points)} points does not take {pressure.size} numbers of pressure")
        if not ((pressure >= 0) & (pressure <= 1)).all():
            raise HintError(f"a {self.kind}'s pressure is from 0 to 1 at each point")
        width = _numbers(self.width, "width")
        if width.ndim or not (width == 0 if self.kind == "fill" else 0 < width <= WIDEST):
            wanted = "has no width" if self.kind == "fill" else f"is more than 0 and up to {WIDEST:g} px wide"
            raise HintError(f"a {self.kind} {wanted}")
        if (self.kind == "erase") != (self.color == ""):
            raise HintError(f"a {self.kind} {'has no' if self.kind == 'erase' else 'needs a'} color")
        if self.reach not in ("", *REACHES) or (self.kind == "erase" and self.reach):
            known = "has no reach" if self.kind == "erase" else f"reaches {', '.join(REACHES)}"
            raise HintError(f"a {self.kind} {known}; not {strict_json.shown(self.reach)}")
        if self.kind == "erase" and self.told:
            raise HintError("an erase has no color, and tells none")
        # Marks that say the same are equal, however they were given.
        object.__setattr__(self, "points", tuple(map(tuple, points.tolist())))
        object.__setattr__(self, "pressure", tuple(pressure.reshape(-1).tolist()))
        object.__setattr__(self, "width", float(width))
        object.__setattr__(self, "color", hex_of(self.color) if self.color else "")
        object.__setattr__(self, "told", hex_of(self.told) if self.told else "")
        effort = len(points) * (float(width) + 1) + float(np.abs(np.diff(points[:, 1])).sum())
        object.__setattr__(self, "effort", effort)

    @staticmethod
    def stroke(
        points: Sequence[Point],
        color: Color,
        width: float,
        pressure: Sequence[float] = (),
        reach: Reach | Literal[""] = "",
    ) -> "Mark":
        """A line of one color along points (x, y) px, `width` px wide; of one point: a dot."""
        return Mark("stroke", tuple(points), hex_of(color), width, tuple(pressure), reach)

    @staticmethod
    def erase(points: Sequence[Point], width: float, pressure: Sequence[float] = ()) -> "Mark":
        """Hints taken away along points (x, y) px, `width` px wide."""
        return Mark("erase", tuple(points), "", width, tuple(pressure))

    @staticmethod
    def fill(point: Point, color: Color, reach: Reach | Literal[""] = "") -> "Mark":
        """A hint all over the area that is closed by ink around a point (x, y) px."""
        return Mark("fill", (point,), hex_of(color), reach=reach)

    @staticmethod
    def from_table(value: object, place: str = "mark") -> "Mark":
        """A mark from its JSON form, already parsed; `place` names it in errors.

        Raises:
            HintError: a key that is missing or unknown, or a value of another type or out of range.
        """
        kind = strict_json.one_of(strict_json.entry(value, place, "kind"), f"{place}.kind", KINDS)
        keys = {"kind": True, "points": True}
        keys |= {} if kind == "erase" else {"color": True, "reach": False, "told": False}
        keys |= {} if kind == "fill" else {"width": True, "pressure": False}
        given = strict_json.table(value, place, keys)
        points = strict_json.entries(given["points"], f"{place}.points", POINTS, parse_point)
        width = strict_json.number(given["width"], f"{place}.width", 0, WIDEST) if "width" in given else 0.0
        pressure = strict_json.entries(given.get("pressure", ()), f"{place}.pressure", POINTS, _share)
        color = parse_hex(given["color"], f"{place}.color") if "color" in given else ""
        reach = strict_json.one_of(given["reach"], f"{place}.reach", REACHES) if "reach" in given else ""
        told = parse_hex(given["told"], f"{place}.told") if "told" in given else ""
        try:
            return Mark(kind, points, color, width, pressure, reach, told)  # type: ignore[arg-type]
        except HintError as error:
            raise HintError(f"[{place}]: {error}") from error

    def to_table(self) -> dict[str, Any]:
        """The JSON form, as `from_table` reads it."""
        answer: dict[str, Any] = {"kind": self.kind, "points": [list(p) for p in self.points]}
        if self.color:
            answer["color"] = self.color
        if self.kind != "fill":
            answer["width"] = self.width
        if self.pressure:
            answer["pressure"] = list(self.pressure)
        if self.reach:
            answer["reach"] = self.reach
        if self.told:
            answer["told"] = self.told
        return answer


def parse_marks(value: object, place: str = "marks") -> tuple[Mark, ...]:
    """Marks from their JSON form, already parsed; `place` names them in errors.

    Raises:
        HintError: as `Mark.from_table` and `check_marks`.
    """
    if isinstance(value, list):
        # Before any point is read.
        counts = [len(p) for m in value if isinstance(m, dict) and isinstance(p := m.get("points"), list)]
        if sum(counts) > ALL_POINTS:
            raise HintError(f"[{place}]: {sum(counts)} points in all; at most {ALL_POINTS}")
    marks = strict_json.entries(value, place, MARKS, Mark.from_table)
    check_marks(marks)
    return marks


def check_marks(marks: Sequence[Mark]) -> None:
    """Refuses what one drawing cannot hold.

    Raises:
        HintError: more than `MARKS` marks, `ALL_POINTS` points or `EFFORT`.
    """
    points = sum(len(m.points) for m in marks)
    for count, most, what in ((len(marks), MARKS, "marks"), (points, ALL_POINTS, "points of marks in all")):
        if count > most:
            raise HintError(f"{count} {what}; at most {most}")
    if sum(m.effort for m in marks) > EFFORT:
        raise HintError("the marks are too long and wide in all; make the thickest ones thinner or shorter")


def read_marks(text: str | bytes) -> tuple[Mark, ...]:
    """Marks from a JSON text. Raises as `parse_marks`, and for a text that is not JSON or too long.

    >>> read_marks('[{"kind": "fill", "points": [[3, 4]], "color": "#7A4A2B"}]')
    (Mark(kind='fill', points=((3.0, 4.0),), color='#7a4a2b', width=0.0, pressure=(), reach='', told=''),)
    """
    return parse_marks(strict_json.parse(text, TEXT))


def parse_hex(value: object, place: str) -> str:
    """'#rrggbb' from JSON, which knows no other way to write a color.

    Raises:
        HintError: anything else.
    """
    if not isinstance(value, str) or not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise HintError(f"[{place}]: wanted a color as '#rrggbb', found {strict_json.shown(value)}")
    return value.lower()


def rgb_of(color: str) -> tuple[int, int, int]:
    """The RGB of a mark's color, '#rrggbb'."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def parse_point(value: object, place: str) -> Point:
    """A point from its JSON form, [x, y], px within `FAR`.

    Raises:
        HintError: anything else.
    """
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise HintError(f"[{place}]: wanted [x, y], found {strict_json.shown(value)}")
    return strict_json.number(value[0], place, -FAR, FAR), strict_json.number(value[1], place, -FAR, FAR)


def _share(value: object, place: str) -> float:
    return strict_json.number(value, place, 0, 1)


def _numbers(values: object, what: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    try:
        return np.array(values, np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise HintError(f"a mark's {what}: not all of them numbers") from error
