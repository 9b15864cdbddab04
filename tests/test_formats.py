"""The tables of docs/formats.md say what happens, of every format and mode of the image library."""

import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, features

from senga import image
from senga.errors import ImageError

PAGE = (Path(__file__).parent.parent / "docs" / "formats.md").read_text(encoding="utf-8")
BUILT = {"AVIF": "avif", "JPEG2000": "jpg_2000"}
Image.init()


def table(heading: str) -> dict[str, list[str]]:
    """The rows of the table under a heading, by their first cells."""
    part = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    (text,) = [p for p in part if p.startswith(f"{heading}\n")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return {row[0]: row[1:] for row in rows[2:]}


FORMATS, MODES = table("Formats"), table("Modes")


def made(mode: str, kind: str) -> bytes | None:
    """A file of a picture that is dark at its left and light at its right; None: the library writes none."""
    ramp = np.repeat(np.linspace(0, 255, 32).astype(np.uint8)[None], 24, 0)
    deep = {"I": "=i4", "I;16": "<u2", "I;16B": ">u2"}
    out = io.BytesIO()
    try:
        if mode in deep:
            picture = Image.fromarray((ramp.astype(np.uint16) * 257).astype(deep[mode]))
        elif mode == "F":
            picture = Image.fromarray(ramp.astype(np.float32) / 255)
        elif mode in ("PA", "La", "RGBa", "LAB", "I;16L", "I;16N"):
            picture = Image.new(mode, (32, 24))
        else:
            gray = Image.fromarray(ramp)
            picture = (gray if mode in ("1", "L", "LA") else gray.convert("RGB")).convert(mode)
        picture.save(out, kind)
    except Exception:  # the library says in many ways that it cannot
        return None
    return out.getvalue()


def is_read(content: bytes) -> bool:
    try:
        image.read_bytes(content, "a.file")
    except ImageError as error:
        if not re.fullmatch(r"a\.file: [^\n]+; [^\n]*save it [^\n]+", str(error)):
            pytest.fail(f"says no mend: {error}")
        return False
    return True


def test_every_format_and_mode_has_its_row() -> None:
    assert set(FORMATS) == {*Image.OPEN, *Image.SAVE}
    assert {*Image.MODES, "RGBa", "La", "PA", "I;16", "I;16B", "I;16L", "I;16N"} <= set(MODES)
    assert {row[0] for row in (*FORMATS.values(), *MODES.values())} == {"yes", "no"}


@pytest.mark.parametrize("kind", FORMATS)
def test_a_format_is_read_or_refused_as_its_row_says(kind: str) -> None:
    wanted = FORMATS[kind][0] == "yes" and features.check(BUILT.get(kind, "zlib"))
    assert wanted == (kind in image.READS or kind == "MPO")
    for mode in ("L", "RGB", "1", "P"):
        if kind in Image.SAVE and (content := made(mode, kind)) is not None:
            assert is_read(content) == wanted, mode


@pytest.mark.parametrize("mode", MODES)
def test_a_mode_is_read_as_its_row_says(mode: str) -> None:
    read, kind, _ = MODES[mode]
    if read == "no":
        for other in ("PNG", "JPEG", "TIFF", "BMP"):
            assert made(mode, other) is None, other
        return
    content = made(mode, kind)
    assert content is not None
    assert Image.open(io.BytesIO(content)).mode[:4] == {"RGBX": "RGB"}.get(mode, mode[:4])
    assert is_read(content)
    if mode not in ("PA", "LAB", "I;16L"):
        found = image.flatten(image.read_bytes(content, "a.file")).astype(int)
        assert found[:, :4].mean() < 32
        assert found[:, -4:].mean() > 220
