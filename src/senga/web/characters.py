"""Character files in and out of the server, as bytes; a reference is only named, never opened."""

from pathlib import Path, PureWindowsPath
from typing import Any

from senga.color import strict_json
from senga.color.character import Character, Seed
from senga.color.conditioning import MOST
from senga.color.files.characterfile import decode_character, encode_character
from senga.color.hints import Point
from senga.color.marks import parse_hex
from senga.color.palette import hex_of, parse_color
from senga.errors import HintError, PaletteError

NAME, HINTS, POINTS = 200, 10_000, 10_000
"""Most characters of a name, hints of a character, and points of a hint. Ours."""

KEYS = {
    "name": True,
    "colors": False,
    "palette": False,
    "reference": False,
    "reference_strength": False,
    "hints": False,
}


def read_character(content: bytes) -> dict[str, Any]:
    """A character file's content as JSON says it; a reference by its name alone, without folders.

    Raises:
        PaletteError: as `characterfile.decode_character`, or more than the JSON form has room for.
    """
    character = decode_character(content, "the character file")
    reference = None if character.reference is None else PureWindowsPath(character.reference).name
    found: dict[str, Any] = {
        "name": character.name,
        "colors": [{"part": part, "color": hex_of(color)} for part, color in character.colors.items()],
        "palette": [hex_of(color) for color in character.others],
        "reference": reference or None,
        "reference_strength": character.reference_strength,
        "hints": [
            {"color": s.color, "at": [list(p) for p in s.at], "radius": s.radius, "drawing": s.drawing}
            for s in character.seeds
        ],
    }
    try:
        _character(found)
    except HintError as error:
        raise PaletteError(f"the character file: {error}") from error
    return found


def write_character(value: object) -> tuple[str, bytes]:
    """A character's name and its file, of its JSON form.

    Raises:
        HintError: another key, type or range, or a hint whose color is neither a part nor HEX.
    """
    character = _character(value)
    return character.name, encode_character(character)


def _character(value: object) -> Character:
    given = strict_json.table(value, "character", KEYS)
    name = strict_json.text(given["name"], "name", NAME)
    if not name:
        raise HintError("[name]: it is empty")
    parts = strict_json.entries(given.get("colors", []), "colors", MOST, _part)
    twice = next((part for part, _ in parts if [p for p, _ in parts].count(part) > 1), None)
    if twice is not None:
        raise HintError(f"[colors]: {strict_json.shown(twice)} is there twice")
    others = strict_json.entries(given.get("palette", []), "palette", MOST, parse_hex)
    reference = given.get("reference")
    if reference is not None:
        reference = strict_json.text(reference, "reference", NAME)
        if not reference.strip(".") or set(reference) & set("/\\:"):
            raise HintError(f"[reference]: {strict_json.shown(reference)} is no name of a file, without folders")
    character = Character(
        name,
        {part: parse_color(color) for part, color in parts},
        tuple(parse_color(color) for color in others),
        None if reference is None else Path(reference),
        strict_json.number(given.get("reference_strength", 1), "reference_strength", 0, 1),
        strict_json.entries(given.get("hints", []), "hints", HINTS, _seed),
    )
    for seed in character.seeds:
        character.color_of(seed.color)
    return character


def _part(value: object, place: str) -> tuple[str, str]:
    given = strict_json.table(value, place, {"part": True, "color": True})
    part = strict_json.text(given["part"], f"{place}.part", NAME)
    if not part:
        raise HintError(f"[{place}.part]: it is empty")
    return part, parse_hex(given["color"], f"{place}.color")


def _seed(value: object, place: str) -> Seed:
    given = strict_json.table(value, place, {"color": True, "at": True, "radius": False, "drawing": False})
    at = strict_json.entries(given["at"], f"{place}.at", POINTS, _point)
    if not at:
        raise HintError(f"[{place}.at]: no points")
    return Seed(
        strict_json.text(given["color"], f"{place}.color", NAME),
        at,
        strict_json.number(given.get("radius", 0.01), f"{place}.radius", 0, 1),
        strict_json.text(given.get("drawing", ""), f"{place}.drawing", NAME),
    )


def _point(value: object, place: str) -> Point:
    found = strict_json.entries(value, place, 2, lambda v, p: strict_json.number(v, p, 0, 1))
    if len(found) < 2:
        raise HintError(f"[{place}]: wanted [x, y], as shares of 0 to 1")
    return found[0], found[1]
