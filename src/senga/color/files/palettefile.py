"""Palette files of all kinds, as bytes: known by their content, and by their ending where content says nothing."""

import zipfile
from collections import Counter
from collections.abc import Callable
from io import BytesIO

from senga.color.files.colorlist import decode_list
from senga.color.files.colortables import TABLE, decode_act, decode_pal
from senga.color.files.kritapalette import decode_kpl
from senga.color.files.swatches import Skip, Swatch, decode_aco, decode_ase, decode_gpl, decode_text
from senga.errors import PaletteError

Decode = Callable[[bytes, Skip], list[Swatch]]

ENDINGS: dict[str, Decode] = {
    ".gpl": decode_gpl,
    ".ase": decode_ase,
    ".aco": decode_aco,
    ".act": decode_act,
    ".pal": decode_pal,
    ".kpl": decode_kpl,
    ".txt": decode_list,
    ".hex": decode_list,
}
"""What reads a file of each ending, if its content says nothing else."""

PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"8BPS")
"""How pictures begin; RIFF may be a palette, too, and is asked before."""

LONGEST = 300_000
"""Bytes of a list of colors that are read: what is longer is no palette. Ours: ten thousand colors with names."""


def decoder_of(content: bytes, ending: str = "") -> Decode | None:
    """What reads a palette file; None for what is none, a picture perhaps.

    Args:
        content: the file's. ending: of its name, in small letters with its dot; "" if nobody knows.
    """
    start = decode_text(content[:64]).lstrip()
    if start.startswith("GIMP Palette"):
        return decode_gpl
    if start.startswith("JASC-PAL") or (content[:4] == b"RIFF" and content[8:12] == b"PAL "):
        return decode_pal
    if content[:4] == b"ASEF" or content[4:6] == b"\xe0\xa5":
        return decode_ase
    if content[:4] == b"PK\3\4" and (ending == ".kpl" or _is_krita(content)):
        return decode_kpl
    if content.startswith(PICTURES):
        return None
    if content[:2] in (b"\0\1", b"\0\2") and ending != ".act":
        return decode_aco
    if len(content) in (TABLE, TABLE + 4) and ending in ("", ".act", ".pal") and not _is_text(content):
        return decode_act
    return ENDINGS.get(ending)


def read(content: bytes, decode: Decode) -> tuple[list[Swatch], str]:
    """The swatches of a palette file, and what was left out of it in one line, "" for nothing.

    Raises:
        PaletteError: broken, or of entries that are all left out.
    """
    if decode is decode_list and len(content) > LONGEST:
        raise PaletteError(f"a text of {len(content):,} bytes, which is no list of colors; wanted at most {LONGEST:,}")
    why: list[str] = []
    swatches = decode(content, why.append)
    said = ", ".join(f"{count} {reason}" if count > 1 else reason for reason, count in Counter(why).most_common(3))
    more = " and others" if len(set(why)) > 3 else ""
    if why and not swatches:
        raise PaletteError(f"no color in it that can be read: {said}{more}")
    return swatches, f"{len(why)} of {len(why) + len(swatches)} colors left out: {said}{more}" if why else ""


def decoder_of_text(content: bytes) -> Decode | None:
    """What reads a text of unknown kind: a list of colors; None for what is no text."""
    return decode_list if len(content) <= LONGEST and _is_text(content) else None


def _is_text(content: bytes) -> bool:
    return bool(content) and all(c.isprintable() or c.isspace() for c in decode_text(content)[:4096])


def _is_krita(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(BytesIO(content)) as pack:
            return "colorset.xml" in pack.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False
