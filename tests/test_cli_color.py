import itertools
from pathlib import Path

import numpy as np
import pytest

from conftest import ring
from senga import image
from senga.color.palette import read_palette, read_swatches
from test_cli import call

HAIR, SKIN, WHITE = (0x7A, 0x4A, 0x2B), (0xFA, 0xDC, 0xC8), (255, 255, 255)

MINA = """
name = "Mina"
[colors]
hair = "#7a4a2b"
skin = "#fadcc8"
[[hints]]
color = "hair"
at = [0.5, 0.5]
radius = 0.1
[[hints]]
color = "skin"
at = [0.1, 0.1]
drawing = "front*"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a drawing, a character and a colored picture lie."""
    monkeypatch.chdir(tmp_path)
    image.write("ring.png", ring(90, 70, 25))
    (tmp_path / "mina.toml").write_text(MINA)
    image.write("blue.png", np.full((8, 9, 3), (20, 30, 200), np.uint8))
    return tmp_path


def test_palette_show_prints_hex_colors_and_names(
    monkeypatch: pytest.MonkeyPatch, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "palette", "show", "7a4a2b, FFF") == 0
    assert capsys.readouterr().out == "#7a4a2b\n#ffffff\n"
    Path("p.gpl").write_text("GIMP Palette\n122 74 43 hair\n")
    assert call(monkeypatch, "palette", "show", "p.gpl") == 0
    assert capsys.readouterr().out == "#7a4a2b hair\n"
    assert call(monkeypatch, "palette", "show", "blue.png") == 0
    assert capsys.readouterr().out == "#141ec8\n"


def test_palette_convert_keeps_colors_and_names(
    monkeypatch: pytest.MonkeyPatch, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("p.gpl").write_text("GIMP Palette\n122 74 43 hair\n250 220 200\n")
    chain = ("p.gpl", "p.ase", "p.aco", "p.hex", "p.txt")
    for source, out in itertools.pairwise(chain):
        assert call(monkeypatch, "palette", "convert", source, "-o", out) == 0
    assert read_swatches("p.txt") == read_swatches("p.gpl")
    capsys.readouterr()
    for source, out, said in (("#fff", "p.ase", "p.ase: exists"), ("#fff", "p.act", "unknown ending '.act'")):
        assert call(monkeypatch, "palette", "convert", source, "-o", out) == 2
        told = capsys.readouterr().err
        assert said in told
        assert told.count("\n") == 1
    assert read_palette("p.ase") == (HAIR, SKIN)
    assert call(monkeypatch, "palette", "convert", "#fff", "-o", "p.ase", "--force") == 0
    assert read_palette("p.ase") == (WHITE,)


def test_a_character_is_made_and_shown(
    monkeypatch: pytest.MonkeyPatch, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = ("character", "new", "blue.png", "-o", "b.toml", "--name", "Blue")
    assert call(monkeypatch, *new, "--reference") == 0
    assert call(monkeypatch, "character", "show", "b.toml") == 0
    assert capsys.readouterr().out == "b.toml\nBlue\n#141ec8 color-1\nreference blue.png, strength 1\n"
    assert call(monkeypatch, *new) == 2
    assert "b.toml: exists" in capsys.readouterr().err


def test_character_show_tells_hints_and_bad_pictures_are_named(
    monkeypatch: pytest.MonkeyPatch, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "character", "show", "mina.toml") == 0
    assert capsys.readouterr().out.splitlines() == [
        "Mina",
        "#7a4a2b hair",
        "#fadcc8 skin",
        "hint hair at (0.5, 0.5)",
        "hint skin at (0.1, 0.1), drawings front*",
    ]
    image.write("clear.png", np.zeros((4, 4, 4), np.uint8))
    assert call(monkeypatch, "character", "new", "clear.png", "-o", "c.toml", "--name", "C") == 2
    assert "clear.png: a picture that is wholly transparent" in capsys.readouterr().err
