"""Palettes in and out of the server, as bytes: a file is known by its content."""

import logging
from collections.abc import Callable

from senga import image
from senga.color import strict_json
from senga.color.conditioning import MOST
from senga.color.files.palettefile import decoder_of, decoder_of_text, read
from senga.color.files.swatches import Swatch, encode_aco, encode_ase, encode_gpl
from senga.color.maincolors import palette_of
from senga.color.marks import parse_hex
from senga.color.palette import encode_hex, hex_of, parse_color
from senga.errors import PaletteError

log = logging.getLogger("senga.web")

KINDS: dict[str, Callable[[list[Swatch], str], bytes]] = {
    "gpl": encode_gpl,
    "ase": lambda swatches, _: encode_ase(swatches),
    "aco": lambda swatches, _: encode_aco(swatches),
    "txt": lambda swatches, _: encode_hex(swatches),
}
"""Endings of palette files, and what makes them of swatches and a name."""

MAIN_COLORS = 8
"""Most main colors of a picture."""


def read_colors(content: bytes, pixels: int) -> list[str]:
    """The colors of a palette file, a picture or a text of HEX colors, as '#rrggbb', at most 256.

    Args:
        content: GIMP (.gpl), Adobe (.ase, .act), Photoshop (.aco), Krita (.kpl), Paint Shop Pro or Windows (.pal), text
            (.txt, .hex), or any picture that senga reads.
        pixels: largest picture, px.

    Raises:
        PaletteError: no colors in it, or broken. ImageError: a picture that is broken or too large.
    """
    decode = decoder_of(content) or decoder_of_text(content)
    if decode is None:
        picture = image.read_bytes(content, "the palette", pixels)
        swatches = [Swatch(color) for color in palette_of(picture, MAIN_COLORS)]
    else:
        swatches, left_out = read(content, decode)
        if left_out:
            log.warning("a palette: %s", left_out)
    if not swatches:
        raise PaletteError("no color in it")
    return [hex_of(s.color) for s in swatches[:MOST]]


def write_colors(value: object, kind: str) -> tuple[str, bytes]:
    """A palette's name and its file, of {"name": ..., "colors": ["#rrggbb", ...]}; `kind` is one of `KINDS`.

    Raises:
        HintError: another key or type, or more than 256 colors. PaletteError: no colors.
    """
    given = strict_json.table(value, "palette", {"name": False, "colors": True})
    name = strict_json.text(given.get("name", ""), "name", 200) or "palette"
    colors = strict_json.entries(given["colors"], "colors", MOST, parse_hex)
    if not colors:
        raise PaletteError("no colors to write")
    return name, KINDS[kind]([Swatch(parse_color(c)) for c in colors], name)
