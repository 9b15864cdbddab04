"""Krita's palettes (.kpl), as bytes: a ZIP with colors of many models in XML, which become sRGB."""

import io
import math
import zipfile
from collections.abc import Callable
from xml.etree import ElementTree

from senga.color.files.swatches import Skip, Swatch, one_line
from senga.color.spaces import RGB, from_cmyk, from_lab, from_linear, from_shares, from_xyz
from senga.errors import PaletteError

COLORS = "colorset.xml"
"""The file that holds the colors."""

MOST = 16_000_000
"""Largest such file that is read, bytes."""

MODELS: dict[str, tuple[str, Callable[..., RGB]]] = {
    "RGB": ("rgb", from_shares),
    "sRGB": ("rgb", from_shares),
    "Gray": ("g", lambda g: from_shares(g, g, g)),
    "CMYK": ("cmyk", from_cmyk),
    "Lab": ("Lab", from_lab),
    "XYZ": ("xyz", from_xyz),
}
"""Elements that are colors: the names of their numbers, and what makes a color of them."""

LINEAR = "g10"
"""In the name of a space of RGB whose numbers are light, as Krita names them."""


def decode_kpl(content: bytes, skip: Skip = lambda why: None) -> list[Swatch]:
    """The swatches of a Krita palette, groups opened out.

    Args:
        skip: told of each color of a model that is not known.

    Raises:
        PaletteError: not such a file, or broken.

    Source: Krita manual, "The Krita Palette format KPL".
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as pack:
            if pack.getinfo(COLORS).file_size > MOST:
                raise PaletteError(f"its {COLORS} is larger than {MOST >> 20} MB")
            text = pack.read(COLORS)
        plain = text.replace(b"\0", b"")  # UTF-16 too
        if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
            raise PaletteError("an XML with definitions of its own, which no palette needs; save it again")
        root = ElementTree.fromstring(text)
    except PaletteError:
        raise
    except KeyError as error:
        raise PaletteError(f"not a Krita palette: holds no {COLORS}") from error
    except Exception as error:  # of many kinds where a byte is wrong, not all of them zipfile's own
        raise PaletteError(f"a broken Krita palette ({one_line(str(error))}); save it again") from error
    percent = not root.get("version", "1.0").startswith("1")
    swatches = []
    for entry in root.iter("ColorSetEntry"):
        color = next((c for c in (_color(e, percent) for e in entry) if c), None)
        if color is None:
            skip(
                f"of the unknown model {one_line(' '.join(e.tag for e in entry if e.tag != 'Position'))[:40] or 'none'}"
            )
        else:
            swatches.append(Swatch(color, one_line(entry.get("name", ""))))
    return swatches


def _color(element: ElementTree.Element, percent: bool) -> RGB | None:
    """The color of an element; None if it is none."""
    keys, made = MODELS.get(element.tag, ("", None))
    try:
        values = [float(element.get(key, "")) for key in keys]
    except ValueError:
        return None
    if made is None or not all(map(math.isfinite, values)):
        return None
    if element.tag == "Lab" and not percent and min(values) >= 0 and max(values) <= 1:
        # Krita's first version of the format writes all numbers as shares of their range.
        values = [100 * values[0], 255 * values[1] - 128, 255 * values[2] - 128]
    if element.tag == "RGB" and LINEAR in element.get("space", ""):
        return from_linear(values[0], values[1], values[2])
    return made(*values)
