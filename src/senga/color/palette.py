"""Colors as people write them, and palettes: lists of colors, swatch files, and the main colors of pictures."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from senga import image, storage
from senga.color.files.swatches import (
    Swatch,
    decode_aco,
    decode_ase,
    decode_gpl,
    decode_text,
    encode_aco,
    encode_ase,
    encode_gpl,
    one_line,
)
from senga.color.maincolors import palette_of
from senga.color.spaces import RGB
from senga.errors import HintError, ImageError, PaletteError

HEX = r"#?(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})"

Color = str | tuple[int, int, int]
"""'#rrggbb', '#rgb', the same without '#', or (r, g, b) of 0 to 255."""

FILES = (".gpl", ".ase", ".aco", ".txt", ".hex")
"""Endings of palette files, read and written: GIMP, Adobe, Photoshop, and HEX colors one a line."""


def parse_color(color: Color) -> RGB:
    """(r, g, b) of 0 to 255.

    Raises:
        HintError: not a color.

    >>> parse_color("#7a4a2b"), parse_color("fff")
    ((122, 74, 43), (255, 255, 255))
    """
    if isinstance(color, str):
        text = color.strip().removeprefix("#")
        if re.fullmatch(r"[0-9a-fA-F]{3}", text):
            text = "".join(c * 2 for c in text)
        if not re.fullmatch(r"[0-9a-fA-F]{6}", text):
            raise HintError(f"{color!r} is not a color; write it as #rrggbb")
        return int(text[0:2], 16), int(text[2:4], 16), int(text[4:6], 16)
    if len(color) != 3 or any(not 0 <= c <= 255 for c in color):
        raise HintError(f"{color!r} is not a color; give three numbers of 0 to 255")
    r, g, b = (int(c) for c in color)
    return r, g, b


def hex_of(color: Color) -> str:
    """'#rrggbb' of a color.

    >>> hex_of((122, 74, 43))
    '#7a4a2b'
    """
    return "#{:02x}{:02x}{:02x}".format(*parse_color(color))


def read_palette(source: str | Path, count: int = 8) -> tuple[RGB, ...]:
    """The colors of a palette; arguments and errors as `read_swatches`.

    >>> read_palette("#7a4a2b, fff")
    ((122, 74, 43), (255, 255, 255))
    """
    return tuple(s.color for s in read_swatches(source, count))


def read_palettes(sources: Iterable[str | Path]) -> tuple[RGB, ...]:
    """The colors of several palettes, each once; errors as `read_swatches`.

    >>> read_palettes(["#fff,#000", "#FFF"])
    ((255, 255, 255), (0, 0, 0))
    """
    return tuple(dict.fromkeys(color for source in sources for color in read_palette(source)))


def read_swatches(source: str | Path, count: int = 8) -> tuple[Swatch, ...]:
    """The colors of a palette, with the names that the file gives them.

    Args:
        source: HEX colors apart by commas or spaces; or a file: one of `FILES`, or any picture, whose main colors are
            found. A text that is all HEX colors is never taken for a file.
        count: the most colors of a picture.

    Raises:
        PaletteError: neither colors nor a file, or a palette file that is empty or broken.
        ImageError: a picture that cannot be read.
    """
    if isinstance(source, str) and (colors := _all_colors(source)):
        return tuple(map(Swatch, colors))
    path, name = Path(source), one_line(str(source))[:200] or "''"
    ending = path.suffix.lower()
    decode = {".gpl": decode_gpl, ".ase": decode_ase, ".aco": decode_aco, ".txt": decode_hex, ".hex": decode_hex}
    try:
        if ending in decode:
            swatches = tuple(decode[ending](path.read_bytes()))
        elif str(source) == "-" or (str(source) and path.exists()):
            swatches = tuple(map(Swatch, palette_of(image.read_rgba(source), count)))
        else:
            raise PaletteError("neither HEX colors, as '#7a4a2b,#ffffff', nor a file")
    except PaletteError as error:
        raise PaletteError(f"{name}: {error}") from error
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte
        raise PaletteError(f"{name}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if not swatches:
        raise PaletteError(f"{name}: no color in it")
    return swatches


def write_palette(path: str | Path, colors: Sequence[Color], names: Sequence[str] = (), *, force: bool = False) -> None:
    """Writes a palette file, whole or not at all.

    Args:
        path: file ending in one of `FILES`.
        colors: in order. names: of the first colors; the rest have none.
        force: overwrite an existing file.

    Raises:
        PaletteError: unknown ending, no colors, or more of them than the format holds.
        HintError: not a color.
        ImageError: existing file without `force`, or a place that cannot be written.
    """
    target = Path(path)
    name, ending = one_line(str(path)), target.suffix.lower()
    named = [*names, *[""] * (len(colors) - len(names))]
    swatches = [Swatch(parse_color(c), n) for c, n in zip(colors, named, strict=False)]
    if ending not in FILES:
        raise PaletteError(f"{name}: unknown ending '{one_line(target.suffix)}'; known: {', '.join(FILES)}")
    if not swatches:
        raise PaletteError(f"{name}: no colors to write")
    try:
        if ending == ".gpl":
            content = encode_gpl(swatches, target.stem)
        else:
            content = {".ase": encode_ase, ".aco": encode_aco}.get(ending, encode_hex)(swatches)
    except PaletteError as error:
        raise PaletteError(f"{name}: {error}") from error
    storage.write_new(target, content, force=force, error=ImageError)


def _all_colors(text: str) -> list[RGB]:
    """The colors of a text that holds nothing but HEX colors; none if there is anything else in it."""
    words = [w for w in re.split(r"[\s,;]+", text) if w]
    return [parse_color(w) for w in words] if all(re.fullmatch(HEX, w) for w in words) else []


def decode_hex(content: bytes) -> list[Swatch]:
    """The swatches of a text: on each line HEX colors, or one and its name; lines from ';' or '# ' on are remarks.

    Raises:
        PaletteError: a line that is neither.
    """
    swatches: list[Swatch] = []
    for number, line in enumerate(decode_text(content).splitlines(), 1):
        text = line.strip()
        # Paint.NET writes opacity before the color: ffrrggbb.
        text = re.sub(r"^[0-9a-fA-F]{2}(?=[0-9a-fA-F]{6}$)", "", text)
        if not text or re.match(r";|//|#(\s|$)", text):
            continue
        # After '#7a4a2b', 'bed' is a name, and '#bed' a color.
        named = text.startswith("#") and re.search(r"[\s,;][^#\s,;]", text)
        if not named and (colors := _all_colors(text)):
            swatches.extend(map(Swatch, colors))
            continue
        found = re.match(rf"({HEX})[\s,;]+(.+)", text)
        if not found:
            raise PaletteError(
                f"line {number}: wanted a color as #rrggbb and perhaps its name, found '{one_line(text)[:60]}'"
            )
        swatches.append(Swatch(parse_color(found[1]), one_line(found[2])))
    return swatches


def encode_hex(swatches: Sequence[Swatch]) -> bytes:
    """A text of HEX colors and their names, one a line."""
    return "".join(f"{hex_of(s.color)} {one_line(s.name).lstrip('#,; ')}".rstrip() + "\n" for s in swatches).encode()
