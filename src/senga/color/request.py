"""The request: all that a coloring asks for beside the drawing, one typed form for page, HTTP API, CLI and project.

`senga.color.render` answers it.

Its JSON form is one object; each key may be left out, no key more is taken. These are the defaults:

    {"marks": [], "palette": [], "reference": null, "reference_strength": 1, "tint": 0,
     "mode": "paint", "light": 1, "reach": "object", "gap": 1, "candidates": 1, "seed": 0,
     "recolored": [], "finished": null, "locked": [], "within": [],
     "shade": null, "light_softness": 0, "shade_softness": 0, "shade_tint": null, "light_side": -0.25,
     "colored": null}

"marks" as in `senga.color.marks`; "palette" a list of "#rrggbb"; "reference" the name of a picture, which is for the
door that took the request in to find: a name is never opened as a file here; "reference_strength" and "tint" 0 to 1;
"mode" "paint" or "flat"; "light" and "shade" 0 to 1.5, their strengths, a null shade as strong as light;
"light_softness" and "shade_softness" 0 to 1; "shade_tint" "#rrggbb" or null; "light_side" -1, from the left, to 1;
"reach" "region", "object" or "far"; "gap" 0 to 8; "candidates" 1 to 64; "seed" a whole number from 0, of what is drawn
at random; "recolored" a list of {"from": "#rrggbb", "to": "#rrggbb"};
"finished" the name of a picture, as the reference's, of the drawing's size, the colors of an earlier answer without
lines; "locked" and "within", which need it, lists of [x, y], px of the drawing; "colored" the name of a picture, as the
reference's, of the drawing's size, from which its lines were drawn and whose colors stay where no hint changes them.
"""

import json
from dataclasses import dataclass
from typing import Any, Literal, get_args

from senga import image
from senga.color import strict_json
from senga.color.closer import GAPS
from senga.color.conditioning import MOST
from senga.color.fill_regions import Areas
from senga.color.hints import Hints, Point
from senga.color.laying import lay
from senga.color.light import SIDE, STRONGEST, Light
from senga.color.marks import REACHES, TEXT, Mark, Reach, check_marks, parse_hex, parse_marks, parse_point
from senga.color.palette import hex_of
from senga.errors import HintError

Mode = Literal["paint", "flat"]
MODES: tuple[Mode, ...] = get_args(Mode)

CANDIDATES = 64
"""Most candidates of a request."""

SEED = 2**53
"""Seeds are less than this: up to there every program that reads JSON reads the same number."""

NAME = 200
"""Most characters of a reference's name."""

KEYS = (
    "marks",
    "palette",
    "reference",
    "reference_strength",
    "tint",
    "mode",
    "light",
    "reach",
    "gap",
    "candidates",
    "seed",
    "recolored",
    "finished",
    "locked",
    "within",
    "shade",
    "light_softness",
    "shade_softness",
    "shade_tint",
    "light_side",
    "colored",
)

RECOLORED, LOCKED, LASSO = 256, 10_000, 10_000
"""Most colors that are exchanged, regions that are locked, and corners of a lasso. Ours."""


@dataclass(frozen=True)
class Recolored:
    """A color that is exchanged wherever the answer has it.

    Attributes:
        old: '#rrggbb'; regions that have it, or so nearly that no eye tells it, get the new one. new: '#rrggbb'.
    """

    old: str
    new: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "old", hex_of(self.old))
        object.__setattr__(self, "new", hex_of(self.new))

    @staticmethod
    def from_table(value: object, place: str) -> "Recolored":
        """From its JSON form, {"from": "#rrggbb", "to": "#rrggbb"}. Raises as `Request.from_table`."""
        given = strict_json.table(value, place, {"from": True, "to": True})
        return Recolored(parse_hex(given["from"], f"{place}.from"), parse_hex(given["to"], f"{place}.to"))

    def to_table(self) -> dict[str, str]:
        """The JSON form."""
        return {"from": self.old, "to": self.new}


@dataclass(frozen=True)
class Request:
    """What a coloring asks for.

    Attributes:
        marks: what the brush did, in order.
        palette: '#rrggbb' colors to use, at most 256; () leaves the choice to the model.
        reference: name of the picture whose colors are borrowed, None for none.
        reference_strength: how much is borrowed, from 0 to 1.
        tint: how much lines take the color of what they outline, from 0 to 1.
        mode: "paint", or "flat": one even color for each area.
        light: strength of light, and of shade where it has none of its own, from 0 to 1.5, for models that shade.
        shade, light_softness, shade_softness, shade_tint, light_side: as a `Light` has them.
        reach: how far a hint reaches that does not say so itself: "region", "object" or "far".
        gap: how boldly open lines are closed, 0 to 8, as `senga.flats` takes it: fills and hints stay within them.
        candidates: how many answers, 1 to 64.
        seed: of what is drawn at random for candidates.
        recolored: colors that are exchanged in the answer, at once; what hints say stays.
        finished: name of a picture of the drawing's size, colors under the lines of an earlier answer; None for none.
        locked: points (x, y) of regions that stay as they are in it. within: corners of a polygon outside which all
            stays so; () is everywhere.
        colored: name of the colored picture that the drawing's lines were drawn from: its colors, light and lines stay
            where no hint changes them. A palette or reference wins over it. None for none.

    Raises:
        HintError: anything else.
    """

    marks: tuple[Mark, ...] = ()
    palette: tuple[str, ...] = ()
    reference: str | None = None
    reference_strength: float = 1.0
    tint: float = 0.0
    mode: Mode = "paint"
    light: float = 1.0
    reach: Reach = "object"
    gap: float = 1.0
    candidates: int = 1
    seed: int = 0
    recolored: tuple[Recolored, ...] = ()
    finished: str | None = None
    locked: tuple[Point, ...] = ()
    within: tuple[Point, ...] = ()
    shade: float | None = None
    light_softness: float = 0.0
    shade_softness: float = 0.0
    shade_tint: str | None = None
    light_side: float = SIDE
    colored: str | None = None

    def __post_init__(self) -> None:
        check_marks(self.marks)
        if len(self.palette) > MOST:
            raise HintError(f"a palette of {len(self.palette)} colors; at most {MOST} can be used")
        if self.reference is not None:
            strict_json.text(self.reference, "reference", NAME)
        strict_json.number(self.reference_strength, "reference_strength", 0, 1)
        strict_json.number(self.tint, "tint", 0, 1)
        strict_json.one_of(self.mode, "mode", MODES)
        object.__setattr__(self, "shade_tint", self.lighting.shade_tint)
        strict_json.one_of(self.reach, "reach", REACHES)
        strict_json.number(self.gap, "gap", *GAPS)
        strict_json.whole(self.candidates, "candidates", 1, CANDIDATES)
        strict_json.whole(self.seed, "seed", 0, SEED - 1)
        self._check_held()
        object.__setattr__(self, "marks", tuple(self.marks))
        object.__setattr__(self, "palette", tuple(hex_of(c) for c in self.palette))

    def _check_held(self) -> None:
        if len(self.recolored) > RECOLORED:
            raise HintError(f"{len(self.recolored)} colors to be exchanged; at most {RECOLORED}")
        if self.finished is not None:
            strict_json.text(self.finished, "finished", NAME)
        if self.colored is not None:
            strict_json.text(self.colored, "colored", NAME)
        for name, most in (("locked", LOCKED), ("within", LASSO)):
            points = strict_json.entries(getattr(self, name), name, most, parse_point)
            object.__setattr__(self, name, points)
            if points and self.finished is None:
                raise HintError(f"'{name}' keeps what is finished: name the picture of it as 'finished'")
        if 0 < len(self.within) < 3:
            raise HintError(f"[within]: a lasso of {len(self.within)} points; it needs three at least")

    @property
    def lighting(self) -> Light:
        """How light and shade are laid."""
        return Light(self.light, self.shade, self.light_softness, self.shade_softness, self.shade_tint, self.light_side)

    @staticmethod
    def from_table(value: object, place: str = "request") -> "Request":
        """A request from its JSON form, already parsed; `place` names it in errors.

        Raises:
            HintError: an unknown key, or a value of another type or out of range.
        """
        given = dict(strict_json.table(value, place, dict.fromkeys(KEYS, False)))
        if "marks" in given:
            given["marks"] = parse_marks(given["marks"])
        if "palette" in given:
            given["palette"] = strict_json.entries(given["palette"], "palette", MOST, parse_hex)
        if "recolored" in given:
            given["recolored"] = strict_json.entries(given["recolored"], "recolored", RECOLORED, Recolored.from_table)
        for name, most in (("reference_strength", 1), ("tint", 1), ("light", STRONGEST), ("gap", GAPS[1])):
            if name in given:
                given[name] = strict_json.number(given[name], name, 0, most)
        for name, least, most in (("light_softness", 0, 1), ("shade_softness", 0, 1), ("light_side", -1, 1)):
            if name in given:
                given[name] = strict_json.number(given[name], name, least, most)
        if given.get("shade") is not None:
            given["shade"] = strict_json.number(given["shade"], "shade", 0, STRONGEST)
        if given.get("shade_tint") is not None:
            given["shade_tint"] = parse_hex(given["shade_tint"], "shade_tint")
        for name, low, high in (("candidates", 1, CANDIDATES), ("seed", 0, SEED - 1)):
            if name in given:
                given[name] = strict_json.whole(given[name], name, low, high)
        return Request(**given)

    @staticmethod
    def from_json(text: str | bytes) -> "Request":
        """A request from a JSON text. Raises as `from_table`, and for a text that is not JSON or too long.

        >>> Request.from_json('{"palette": ["#7a4a2b"], "tint": 0.5}').tint
        0.5
        """
        return Request.from_table(strict_json.parse(text, TEXT))

    def to_table(self) -> dict[str, Any]:
        """The JSON form with every key, as `from_table` reads it."""
        answer = {key: getattr(self, key) for key in KEYS}
        answer |= {"marks": [m.to_table() for m in self.marks], "palette": list(self.palette)}
        answer["recolored"] = [one.to_table() for one in self.recolored]
        return answer | {name: [list(p) for p in getattr(self, name)] for name in ("locked", "within")}

    @property
    def keeps_own(self) -> bool:
        """Whether the colored picture's own colors stay where no hint changes them."""
        return self.colored is not None and not self.palette and self.reference is None

    def to_json(self) -> str:
        """The JSON form as a text."""
        return json.dumps(self.to_table(), ensure_ascii=False)

    def hints(self, lines: image.Pixels, below: Hints | None = None, areas: Areas | None = None) -> Hints | None:
        """The hints of the marks, None if there are none; arguments and errors as `laying.lay`.

        Args:
            areas: of the lines, at any gap.
        """
        if not self.marks and below is None:
            return None
        laid = lay(self.marks, lines, below=below, areas=(areas or Areas(lines)).at(self.gap))
        return laid if laid.mask.any() else None
