"""Colors as people write them, and palettes: lists of colors, swatch files, and the main colors of pictures."""

import logging
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from senga import image, storage
from senga.color.files import palettefile
from senga.color.files.colorlist import read_colors
from senga.color.files.swatches import Swatch, encode_aco, encode_ase, encode_gpl, one_line
from senga.color.maincolors import palette_of
from senga.color.spaces import RGB
from senga.errors import HintError, ImageError, PaletteError

log = logging.getLogger("senga.color")

Color = str | tuple[int, int, int]
"""'#rrggbb', '#rgb', the same without '#', or (r, g, b) of 0 to 255."""

FILES = (".gpl", ".ase", ".aco", ".txt", ".hex")
"""Endings of palette files, read and written: GIMP, Adobe, Photoshop, and HEX colors one a line."""

READS = (".kpl", ".act", ".pal")
"""Endings of palette files that are read and not written: Krita, Adobe color tables, Paint Shop Pro and Windows."""


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
        source: colors apart by commas or spaces, HEX or rgb(122, 74, 43), or one color as 122,74,43; or a file: a
            palette, known by its content or else its ending, of `FILES` and `READS`; or any picture, whose main colors
            are found; "-" is stdin. A text that is all colors is never taken for a file. What is left out of a file is
            told to the logger `senga.color`.
        count: the most colors of a picture.

    Raises:
        PaletteError: neither colors nor a file, one that is empty or broken, or a text that could be several things.
        ImageError: a picture that cannot be read.
    """
    name = one_line(str(source))[:200] or "''"
    try:
        if isinstance(source, str) and (colors := read_colors(source, lambda why: None)):
            return tuple(colors)
        if not str(source) or not (str(source) == "-" or _may_be_file(source)):
            raise PaletteError("neither colors nor a file; write colors as '#7a4a2b,#ffffff' or '122,74,43'")
        content = storage.read_stdin() if str(source) == "-" else Path(source).read_bytes()
        decode = palettefile.decoder_of(content, Path(source).suffix.lower()) or palettefile.decoder_of_text(content)
        if decode:
            swatches, left_out = palettefile.read(content, decode)
        else:
            swatches, left_out = [*map(Swatch, palette_of(image.read_bytes(content, name), count))], ""
    except PaletteError as error:
        raise PaletteError(f"{name}: {_with_mend(str(error))}") from error
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte
        raise PaletteError(f"{name}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if left_out:
        log.warning("%s: %s", name, left_out)
    if not swatches:
        raise PaletteError(f"{name}: {_with_mend('no color in it')}")
    return tuple(swatches)


def _with_mend(said: str) -> str:
    """What is wrong with a palette, with the mend where that is not said already."""
    return (
        said
        if re.search(r"; |wanted|write", said)
        else f"{said}; save it as .gpl, or list its colors as #rrggbb in a .txt"
    )


def _may_be_file(source: str | Path) -> bool:
    """Whether a file is there, or a palette file is named, whose want shall be told as that."""
    return Path(source).suffix.lower() in (*FILES, *READS) or Path(source).exists()


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


def encode_hex(swatches: Sequence[Swatch]) -> bytes:
    """A text of HEX colors and their names, one a line."""
    return "".join(f"{hex_of(s.color)} {one_line(s.name).lstrip('#,; ')}".rstrip() + "\n" for s in swatches).encode()
