"""Lists of colors as people write them: HEX, three numbers of 0 to 255, `rgb(...)`; what could be two things is asked.

Three numbers are one color. "124 200 100" could be three HEX colors as well, and is not guessed: it is refused with
both ways to write it, unless other lines of its file tell. With commas, "124,200,100", it is the one color, and that is
said.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass

from senga.color.files.swatches import Skip, Swatch, decode_text, one_line
from senga.color.spaces import RGB
from senga.errors import PaletteError

log = logging.getLogger("senga.color")

HEX = r"#?(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})"

RGB_FUNCTION = r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})\s*(?:[,/]\s*([\d.]+%?)\s*)?\)"
"""A color as style sheets have it."""

BREAK = r"[\s,;]+"


@dataclass(frozen=True)
class Words:
    """A text that is all colors.

    Attributes:
        swatches: them, but for transparent ones. clear: transparent ones.
        unsure: whether the text could be HEX colors too. note: how it was read, where that could surprise.
    """

    swatches: tuple[Swatch, ...]
    clear: int = 0
    unsure: bool = False
    note: str = ""


def read_colors(text: str, skip: Skip) -> list[Swatch]:
    """The colors of a text that holds nothing but colors; none if there is anything else in it.

    Raises:
        PaletteError: it could be HEX colors and one color in numbers; says how to write either.
    """
    found = _words(text)
    if found is None:
        return []
    if found.unsure and not found.note:
        raise PaletteError(_ask(text))
    _tell(found, skip)
    return list(found.swatches)


def decode_list(content: bytes, skip: Skip = lambda why: None) -> list[Swatch]:
    """The swatches of a text: on each line colors, or one and its name; lines from ';' or '# ' on are remarks.

    Args:
        skip: told of each line that is no color, and of each color that is transparent; they are left out.

    Raises:
        PaletteError: no line is a color, or one could be several things and no other line tells.
    """
    lines = [(number, line.strip()) for number, line in enumerate(decode_text(content).splitlines(), 1)]
    lines = [(n, text) for n, text in lines if text and not re.match(r";|//|#(\s|$)", text)]
    found = [(number, text, _line(text)) for number, text in lines]
    # "248 217 196" beside "140 59 46" is a color of three numbers, too.
    sure = any(_numbers(text) and not line.unsure for _, text, line in found if line)
    swatches: list[Swatch] = []
    bad = []
    for number, text, line in found:
        if line is None:
            bad.append(f"line {number}: wanted a color as #rrggbb and perhaps its name, found '{one_line(text)[:60]}'")
            continue
        if line.unsure and not sure and not line.note:
            raise PaletteError(f"line {number}: '{one_line(text)[:60]}' {_ask(text)}")
        _tell(Words(line.swatches, line.clear) if sure else line, skip)
        swatches.extend(line.swatches)
    if bad and not swatches:
        raise PaletteError(bad[0])
    for why in bad:
        skip(why)
    return swatches


def _tell(found: Words, skip: Skip) -> None:
    if found.note:
        log.warning("%s", found.note)
    for _ in range(found.clear):
        skip("transparent")


def _line(text: str) -> Words | None:
    """The colors of a line, or one with its name; None for neither."""
    # Paint.NET writes opacity before the color: ffrrggbb.
    if opacity := re.fullmatch(r"([0-9a-fA-F]{2})([0-9a-fA-F]{6})", text):
        swatch = Swatch(_hex(opacity[2]))
        return Words((), 1) if opacity[1] == "00" else Words((swatch,))
    # After '#7a4a2b', 'bed' is a name, and '#bed' a color.
    named = text.startswith("#") and re.search(r"[\s,;][^#\s,;]", text)
    if not named and (found := _words(text)):
        return found
    if numbers := _numbers(text):
        name = one_line(re.sub(rf"^(?:\d+(?:{BREAK}|$)){{{len(numbers)}}}", "", text))
        return _colors([numbers], name)
    if function := re.match(rf"{RGB_FUNCTION}\s*[,;]?\s*(.*)", text, re.I):
        return _function(function, one_line(function[5]))
    if re.fullmatch(rf"\d+(?:{BREAK}\d+){{2,}}", text):
        return None  # numbers that are no color's: the first of them is not a HEX color with a name
    if hexed := re.match(rf"({HEX}){BREAK}(.+)", text):
        return Words((Swatch(_hex(hexed[1]), one_line(hexed[2])),))
    return None


def _words(text: str) -> Words | None:
    """A text of colors alone; None if there is anything else in it, or nothing."""
    functions = list(re.finditer(RGB_FUNCTION, text, re.I))
    if functions and not re.sub(BREAK, "", re.sub(RGB_FUNCTION, "", text, flags=re.I)):
        each = [_function(f) for f in functions]
        if None in each:
            return None
        return Words(tuple(s for e in each if e for s in e.swatches), sum(e.clear for e in each if e))
    words = [w for w in re.split(BREAK, text) if w]
    hexed = bool(words) and all(re.fullmatch(HEX, w) for w in words)
    groups = [words[i : i + 3] for i in range(0, len(words), 3)]
    if len(words) == 4 and not hexed:
        groups = [words]
    if words and len(groups[-1]) >= 3 and all(_is_number(w) for w in words):
        found = _colors([[int(w) for w in group] for group in groups])
        if not hexed:
            return found
        commas = len(words) == 3 and re.fullmatch(r"\d+,\s*\d+,\s*\d+", text.strip())
        each_hex = ",".join(f"#{w}" for w in words)
        note = f"{','.join(words)} is read as red, green and blue; three HEX colors are {each_hex}" if commas else ""
        return Words(found.swatches, unsure=True, note=note)
    if hexed and len(words) > 3 and len(numbers := _numbers(text)) >= 3:
        # "124 200 100 bed" is a color with a name, or four colors.
        name = " ".join(words[len(numbers) :])
        return Words(_colors([numbers], name).swatches, unsure=True)
    return Words(tuple(Swatch(_hex(w)) for w in words)) if hexed else None


def _numbers(text: str) -> list[int]:
    """Three numbers of 0 to 255 at a text's beginning, or four, the last of them opacity; none without three."""
    words = [w for w in re.split(BREAK, text) if w]
    count = next((at for at, w in enumerate(words) if not _is_number(w)), len(words))
    return [int(w) for w in words[: min(count, 4)]] if count >= 3 else []


def _colors(groups: Sequence[Sequence[int]], name: str = "") -> Words:
    """Colors of three numbers, or of four, of which the last is opacity."""
    shown = [g for g in groups if len(g) == 3 or g[3]]
    return Words(tuple(Swatch((g[0], g[1], g[2]), name) for g in shown), len(groups) - len(shown))


def _function(found: re.Match[str], name: str = "") -> Words | None:
    red, green, blue = (int(found[i]) for i in (1, 2, 3))
    if max(red, green, blue) > 255:
        return None
    clear = found[4] is not None and not found[4].strip("0.%")
    return Words((), 1) if clear else Words((Swatch((red, green, blue), name),))


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) <= 3 and int(word) <= 255


def _hex(text: str) -> RGB:
    digits = text.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(c * 2 for c in digits)
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def _ask(text: str) -> str:
    words = [w for w in re.split(BREAK, text) if w]
    groups = [words[i : i + 3] for i in range(0, min(len(words), 6), 3)]
    numbers = " ".join(f"rgb({', '.join(g)})" if all(map(_is_number, g)) else " ".join(g) for g in groups)
    hexed, more = ",".join(f"#{w}" for w in words[:6]), " ..." if len(words) > 6 else ""
    return f"can be red, green and blue, or HEX colors; write '{numbers}{more}' or '{hexed}{more}'"
