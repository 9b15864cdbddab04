"""A character file: one character's colors over many drawings, in strict TOML.

name = "Mina"
palette = ["#fff7ec", "#3b2f4a"]      # colors without a part
reference = "mina.png"                # a colored picture, found from this file's folder
reference_strength = 0.8

[colors]                              # parts, named freely
hair = "#7a4a2b"
skin = "#fadcc8"

[[hints]]
color = "hair"                        # a part, or HEX
at = [0.5, 0.2]                       # shares of width and height; a list of points is a stroke
radius = 0.01                         # share of the longer side; or width, twice the radius
drawing = "mina-front*"               # only for drawings of such names
"""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from senga import image, storage
from senga.color.character import Character, Seed, character_of
from senga.color.files.swatches import one_line
from senga.color.palette import hex_of, parse_color
from senga.color.spaces import RGB
from senga.errors import HintError, ImageError, PaletteError, SettingError


def character_from(picture: str, name: str, count: int = 8, *, borrow: bool = False) -> Character:
    """A character of a colored picture's file, whose colors wait to be given their parts' names.

    Args:
        picture: file; "-" is stdin. name: the character's. count: the most colors.
        borrow: whether the picture becomes its reference.

    Raises:
        SettingError: a picture without a name to be borrowed from. PaletteError: no color in it.
        ImageError: it cannot be read.
    """
    if borrow and picture == "-":
        raise SettingError("{reference} names a file; stdin has no name")
    try:
        character = character_of(image.read_rgba(picture), name, count)
    except PaletteError as error:
        raise PaletteError(f"{picture}: {error}") from error
    return replace(character, reference=Path(picture)) if borrow else character


def read_character(path: str | Path) -> Character:
    """The character of a file.

    Raises:
        PaletteError: no such file, not TOML, or an entry that is missing, unknown or ill-typed.
    """
    file = Path(path)
    try:
        content = file.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte
        raise PaletteError(one_line(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}")) from error
    return decode_character(content, str(path), file.parent)


def decode_character(content: bytes, name: str, folder: Path = Path()) -> Character:
    """The character of a file's content; `name` names it in errors, its reference lies in `folder`.

    Raises:
        PaletteError: not TOML, or an entry that is missing, unknown or ill-typed.
    """
    try:
        table = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise PaletteError(one_line(f"{name}: not UTF-8; save it as that")) from error
    except tomllib.TOMLDecodeError as error:
        raise PaletteError(one_line(f"{name}: not valid TOML: {error}")) from error
    except RecursionError as error:
        raise PaletteError(one_line(f"{name}: not valid TOML: brackets within brackets too deep")) from error
    except ValueError as error:  # a number of thousands of digits
        raise PaletteError(one_line(f"{name}: cannot be read: {error}")) from error
    try:
        return _character(table, folder)
    except (PaletteError, HintError) as error:
        raise PaletteError(one_line(f"{name}: {error}")) from error


def write_character(path: str | Path, character: Character, *, force: bool = False) -> None:
    """Writes a character file, whole or not at all; its reference is named from the file's folder.

    Raises:
        PaletteError: a name that does not end in .toml.
        ImageError: existing file without `force`, or a place that cannot be written.
    """
    file = Path(path)
    if file.suffix.lower() != ".toml":
        raise PaletteError(f"{one_line(str(path))}: a character file ends in .toml")
    place = None if character.reference is None else os.path.relpath(character.reference, file.parent)
    content = encode_character(replace(character, reference=None if place is None else Path(place)))
    storage.write_new(file, content, force=force, error=ImageError)


def encode_character(character: Character) -> bytes:
    """A character file's content; its reference is named as it is."""
    lines = [f"name = {_text(character.name)}"]
    if character.others:
        lines.append(f"palette = [{', '.join(_text(hex_of(c)) for c in character.others)}]")
    if character.reference is not None:
        lines.append(f"reference = {_text(character.reference.as_posix())}")
        lines.append(f"reference_strength = {float(character.reference_strength)}")
    if character.colors:
        parts = (f"{_key(part)} = {_text(hex_of(color))}" for part, color in character.colors.items())
        lines += ["", "[colors]", *parts]
    for seed in character.seeds:
        at = [[float(x), float(y)] for x, y in seed.at]
        lines += ["", "[[hints]]", f"color = {_text(seed.color)}", f"at = {at[0] if len(at) == 1 else at}"]
        lines.append(f"radius = {float(seed.radius)}")
        if seed.drawing:
            lines.append(f"drawing = {_text(seed.drawing)}")
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def _character(table: Mapping[str, Any], folder: Path) -> Character:
    _known(table, "top level", "name", "colors", "palette", "reference", "reference_strength", "hints")
    if "name" not in table:
        raise PaletteError("[top level]: 'name' is missing")
    colors = _typed(table.get("colors", {}), dict, "colors", "a table of parts")
    others = _typed(table.get("palette", []), list, "palette", "a list of HEX colors")
    reference = table.get("reference")
    strength = _share(table.get("reference_strength", 1.0), "reference_strength")
    if reference is None and "reference_strength" in table:
        raise PaletteError("[reference_strength]: goes with 'reference', which is missing")
    character = Character(
        _typed(table["name"], str, "name", "a text"),
        {part: _color(color, f"colors.{part}") for part, color in colors.items()},
        tuple(_color(color, "palette") for color in others),
        None if reference is None else folder / _typed(reference, str, "reference", "the name of a picture"),
        strength,
        tuple(
            _seed(_typed(entry, dict, f"hints {i}", "a table"), f"hints {i}")
            for i, entry in enumerate(_typed(table.get("hints", []), list, "hints", "[[hints]] tables"), 1)
        ),
    )
    for i, seed in enumerate(character.seeds, 1):
        try:
            character.color_of(seed.color)
        except HintError as error:
            raise PaletteError(f"[hints {i}.color]: {error}") from error
    return character


def _seed(table: Mapping[str, Any], place: str) -> Seed:
    _known(table, place, "color", "at", "radius", "width", "drawing")
    for key in ("color", "at"):
        if key not in table:
            raise PaletteError(f"[{place}]: '{key}' is missing")
    if "radius" in table and "width" in table:
        raise PaletteError(f"[{place}]: give 'radius' or 'width', which is twice the radius, not both")
    at = _typed(table["at"], list, f"{place}.at", "[x, y], or a list of such points")
    points = at if at and isinstance(at[0], list) else [at]
    if not all(isinstance(p, list) and len(p) == 2 for p in points):
        raise PaletteError(f"[{place}.at]: wanted [x, y], or a list of such points, found {at!r}")
    radius = _share(table.get("radius", 0.01), f"{place}.radius")
    if "width" in table:
        radius = _share(table["width"], f"{place}.width") / 2
    return Seed(
        _typed(table["color"], str, f"{place}.color", "a part or a HEX color"),
        tuple((_share(x, f"{place}.at"), _share(y, f"{place}.at")) for x, y in points),
        radius,
        _typed(table.get("drawing", ""), str, f"{place}.drawing", "a pattern of file names"),
    )


def _known(table: Mapping[str, Any], place: str, *names: str) -> None:
    for key in table:
        if key not in names:
            raise PaletteError(f"[{place}]: unknown key '{key}'; known: {', '.join(sorted(names))}")


def _typed(value: Any, kind: type[Any], place: str, wanted: str) -> Any:
    if not isinstance(value, kind):
        raise PaletteError(f"[{place}]: wanted {wanted}, found {value!r}")
    return value


def _share(value: Any, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:  # nan too is refused
        raise PaletteError(f"[{place}]: wanted a share of 0 to 1, found {value!r}")
    return float(value)


def _color(value: Any, place: str) -> RGB:
    try:
        return parse_color(_typed(value, str, place, "a HEX color"))
    except HintError as error:
        raise PaletteError(f"[{place}]: {error}") from error


def _text(text: str) -> str:
    """A text as TOML writes it: JSON's escapes are TOML's, but for one character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(part: str) -> str:
    return part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else _text(part)
