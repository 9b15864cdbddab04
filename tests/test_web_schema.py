"""The web schema and the strict reader are written apart: here they are held to the same keys, ranges and defaults."""

import re
from typing import Any

import pytest

from senga import HintError
from senga.color.marks import Mark
from senga.color.request import Request
from senga.web.schema import SCHEMAS

REQUEST = SCHEMAS["Request"]["properties"]
MARKS = {mark["properties"]["kind"]["const"]: mark for mark in SCHEMAS["Mark"]["oneOf"]}
COLORS = {"from": "#000000", "to": "#ffffff"}
GOOD: dict[str, Any] = {"points": [[3, 4]], "color": "#7a4a2b", "width": 6, "pressure": [0.5], "reach": "far"}
GOOD["told"] = "#102030"

# Beside the range of each number, values of every other type.
OTHERS: tuple[Any, ...] = (None, True, "1", [], {})


def reads(request: dict[str, Any]) -> bool:
    try:
        Request.from_table(request)
    except HintError:
        return False
    return True


def test_defaults_are_the_same() -> None:
    told = {key: property["default"] for key, property in REQUEST.items() if "default" in property}
    assert told == {key: value for key, value in Request().to_table().items() if value not in ([], None)}


@pytest.mark.parametrize("key", [key for key, property in REQUEST.items() if "minimum" in property])
def test_numbers_of_a_request_have_the_same_range(key: str) -> None:
    low, high = REQUEST[key]["minimum"], REQUEST[key]["maximum"]
    step = 1 if REQUEST[key]["type"] == "integer" else 0.001
    assert reads({key: low})
    assert reads({key: high})
    assert not reads({key: low - step})
    assert not reads({key: high + step})
    assert reads({key: low + 0.5}) == ("number" in REQUEST[key]["type"])
    assert reads({key: None}) == ("null" in REQUEST[key]["type"])
    assert not any(reads({key: other}) for other in OTHERS if other is not None)


@pytest.mark.parametrize("key", [key for key, property in REQUEST.items() if "enum" in property])
def test_words_of_a_request_are_the_same(key: str) -> None:
    assert all(reads({key: word}) for word in REQUEST[key]["enum"])
    assert not any(reads({key: word}) for word in ("", "PAINT", *OTHERS))


def test_lists_and_texts_of_a_request_are_as_long() -> None:
    most = REQUEST["palette"]["maxItems"]
    assert reads({"palette": ["#000000"] * most})
    assert not reads({"palette": ["#000000"] * (most + 1)})
    most = REQUEST["reference"]["maxLength"]
    assert reads({"reference": "a" * most})
    assert not reads({"reference": "a" * (most + 1)})
    finished = {"finished": "f"}
    for key, entry, least in (("locked", [1, 2], 0), ("within", [1, 2], 3), ("recolored", COLORS, 0)):
        most = REQUEST[key]["maxItems"]
        assert reads({key: [entry] * most, **finished})
        assert not reads({key: [entry] * (most + 1), **finished})
        assert reads({key: [entry], **finished}) == (least < 2)
    assert REQUEST["marks"]["items"] == {"$ref": "#/components/schemas/Mark"}


@pytest.mark.parametrize("kind", MARKS)
def test_marks_need_and_take_the_same_keys(kind: str) -> None:
    known, needed = set(MARKS[kind]["properties"]), set(MARKS[kind]["required"])
    whole = {key: value for key, value in (GOOD | {"kind": kind}).items() if key in known}
    assert Mark.from_table(whole).kind == kind
    for key in known | set(GOOD):
        rest = {k: v for k, v in whole.items() if k != key}
        given = [rest, whole | {key: GOOD.get(key, kind)}]
        for mark in given:
            fits = needed <= set(mark) <= known
            assert reads({"marks": [mark]}) == fits, (kind, key, mark)


def test_numbers_of_marks_have_the_same_range() -> None:
    properties = MARKS["stroke"]["properties"]
    point, width, pressure = (
        properties["points"]["items"]["items"],
        properties["width"],
        properties["pressure"]["items"],
    )

    def stroke(**changed: Any) -> bool:
        return reads({"marks": [GOOD | {"kind": "stroke"} | changed]})

    for limits, given in (
        (point, lambda n: {"points": [[n, 0]]}),
        (point, lambda n: {"points": [[0, n]]}),
        (pressure, lambda n: {"pressure": [n]}),
    ):
        assert stroke(**given(limits["minimum"]))
        assert stroke(**given(limits["maximum"]))
        assert not stroke(**given(limits["minimum"] - 0.001))
        assert not stroke(**given(limits["maximum"] + 0.001))
    assert stroke(width=width["maximum"])
    assert not stroke(width=width["maximum"] + 0.001)
    assert not stroke(width=width["exclusiveMinimum"])


def test_colors_are_written_the_same_way() -> None:
    pattern = SCHEMAS["Color"]["pattern"]
    for color in ("#7a4a2b", "#7A4A2B", "#fff", "red", "7a4a2b", "#7a4a2bff", ""):
        assert reads({"palette": [color]}) == bool(re.fullmatch(pattern, color))
