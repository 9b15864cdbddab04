"""JSON read strictly: each value has one type and one range, unknown keys are refused by name, each error is one line.

Every function raises `HintError` with the place in brackets: `[marks 3.width]: wanted ..., found ...`.

Ours, not msgspec's: tried, it saved 40 lines of 615 and lost half of what an error tells (see docs/libraries.md).
"""

import json
import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from senga.errors import HintError

T = TypeVar("T")


def parse(text: str | bytes, most: int) -> object:
    """The value of a JSON text of at most `most` characters; keys given twice and numbers like NaN are refused."""
    if len(text) > most:
        raise HintError(f"a JSON text of {len(text)} characters; at most {most} are read")
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except RecursionError as error:
        raise HintError("not valid JSON: brackets within brackets too deep") from error
    except ValueError as error:  # not UTF-8, not JSON, or a number of thousands of digits
        reason = (str(error).splitlines() or ["broken"])[0]
        raise HintError(f"not valid JSON: {reason.encode('ascii', 'backslashreplace').decode()}") from error


def table(value: object, place: str, known: Mapping[str, bool]) -> dict[str, Any]:
    """An object with no other keys than the `known` ones; those that are True there have to be given."""
    if not isinstance(value, dict):
        raise _wrong(place, "an object", value)
    for key in value:
        if key not in known:
            raise HintError(f"[{place}]: unknown key {shown(key)}; known: {', '.join(sorted(known))}")
    for key, needed in known.items():
        if needed and key not in value:
            raise HintError(f"[{place}]: '{key}' is missing")
    return value


def entry(value: object, place: str, key: str) -> object:
    """What an object says under a key that it has to have, whatever others it has."""
    if not isinstance(value, dict):
        raise _wrong(place, "an object", value)
    if key not in value:
        raise HintError(f"[{place}]: '{key}' is missing")
    return value[key]


def entries(value: object, place: str, most: int, read: Callable[[object, str], T]) -> tuple[T, ...]:
    """A list of at most `most` entries, each as `read(entry, its place)` answers; places count from 1."""
    if not isinstance(value, list | tuple):
        raise _wrong(place, "a list", value)
    if len(value) > most:
        raise HintError(f"[{place}]: {len(value)} entries; at most {most}")
    return tuple(read(entry, f"{place} {i}") for i, entry in enumerate(value, 1))


def number(value: object, place: str, low: float, high: float) -> float:
    """A number of `low` to `high`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:  # nan too is refused
        raise _wrong(place, f"a number of {low:g} to {high:g}", value)
    return float(value)


def whole(value: object, place: str, low: int, high: int) -> int:
    """A whole number of `low` to `high`; 3.0 is one."""
    found = number(value, place, low, high)
    if found != int(found):
        raise _wrong(place, f"a whole number of {low} to {high}", value)
    return int(value) if isinstance(value, int) else int(found)


def text(value: object, place: str, most: int) -> str:
    """A text of at most `most` characters that can be shown on one line; "" is one."""
    if not isinstance(value, str):
        raise _wrong(place, "a text", value)
    if len(value) > most:
        raise HintError(f"[{place}]: a text of {len(value)} characters; at most {most}")
    if not value.isprintable():
        raise HintError(f"[{place}]: {shown(value)} holds what cannot be shown; leave it out")
    return value


def one_of(value: object, place: str, known: tuple[str, ...]) -> str:
    """A text that is one of those known."""
    if not isinstance(value, str) or value not in known:
        raise _wrong(place, " or ".join(f"'{k}'" for k in known), value)
    return value


def shown(value: object) -> str:
    r"""A value as errors show it: short, on one line, in ASCII.

    >>> shown("a\n"), shown([1, 2]), shown(None), shown(2.5)
    ("'a\\n'", 'a list', 'null', '2.5')
    """
    if isinstance(value, str):
        return ascii(value if len(value) <= 40 else value[:40] + "...")
    if isinstance(value, dict | list | tuple):
        return "an object" if isinstance(value, dict) else "a list"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int) and abs(value) >= 10**18:
        return "a whole number of 19 digits or more"
    if isinstance(value, int | float):
        return repr(value) if math.isfinite(value) else f"{value}"
    return f"a {type(value).__name__}"


def _wrong(place: str, wanted: str, found: object) -> HintError:
    return HintError(f"[{place}]: wanted {wanted}, found {shown(found)}")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    answer = dict(pairs)
    if len(answer) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1) if len(keys) < 100 else "a key"
        raise HintError(f"not valid JSON: {shown(twice)} is given twice in one object")
    return answer


def _no_constant(name: str) -> float:
    raise HintError(f"not valid JSON: {name} is not a number")
