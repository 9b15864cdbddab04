"""The script that makes sheets of real drawings, on drawings made here."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from conftest import ring
from senga import SengaError, image

sys.path.insert(0, str(Path(__file__).parent.parent / "tools"))
import strips


@pytest.fixture(scope="module")
def drawings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drawings")
    for i in range(6):
        image.write(folder / f"d{i}.png", ring(72, 96, 20 + i))
    (folder / "notes.txt").write_text("no drawing")
    return folder


def test_drawings_are_spread_over_the_folder_and_others_are_passed_over(drawings: Path, tmp_path: Path) -> None:
    assert [f.stem for f in strips.choose(drawings, 3)] == ["d0", "d2", "d5"]
    assert len(strips.choose(drawings, 20)) == 6
    with pytest.raises(SengaError, match="no drawings here"):
        strips.choose(tmp_path, 3)


def test_dots_are_the_same_each_time_in_the_largest_regions_the_ground_in_its_own_color() -> None:
    lines = ring(72, 96, 30)
    lines[30:42, 40:42] = lines[30:42, 54:56] = lines[30:32, 40:56] = lines[40:42, 40:56] = 0
    dots = strips.choose_dots(lines, 9)
    assert dots == strips.choose_dots(lines, 9)
    assert dots[:2] == strips.choose_dots(lines, 2)
    assert [d.color for d in dots] == [strips.GROUND, *strips.COLORS[:2]]
    assert np.hypot(dots[0].x - 48, dots[0].y - 36) > 30, "outside the ring"
    assert (lines[[d.y for d in dots], [d.x for d in dots]] == 255).all()
    assert 32 <= dots[2].y < 40
    assert 42 <= dots[2].x < 54


def test_sheets_have_a_row_a_model_and_a_column_a_mode(drawings: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told: list[str] = []
    shipped = strips.open_model("shipped", 1)
    models = [shipped, strips.Named("new", shipped.colorizer)]
    reference = np.full((20, 30, 3), (200, 60, 60), np.uint8)
    (sheet,) = strips.make(drawings, out, models, count=2, reference=reference, report=told.append)
    assert told == ["d0", "d5"]
    with Image.open(sheet) as made:
        pixels = np.asarray(made.convert("RGB"))
    assert pixels.shape[1] == strips.SIDE + 8 * strips.CELL
    inner = strips.CELL - 2 * strips.EDGE
    high = inner * 3 // 4 + 2 * strips.EDGE
    assert pixels.shape[0] == strips.BAR + strips.CELL // 3 + 2 * (strips.BAR + 2 * high)
    top = strips.BAR * 2 + strips.CELL // 3 + strips.EDGE
    first, second = (pixels[top + row * high :][: high - 8, strips.SIDE + strips.CELL :] for row in (0, 1))
    assert np.abs(first.astype(int) - second).mean() < 1, "one model answers alike"
    flat, borrowed = (first[:, i * strips.CELL + strips.EDGE :][:, : strips.CELL // 4] for i in (5, 6))
    assert np.abs(flat.astype(int) - borrowed).mean() > 3
    with pytest.raises(SengaError, match="exists and is not empty"):
        strips.make(drawings, out, models)


def test_the_command_says_what_it_wrote_and_names_what_is_wrong(
    drawings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    strips.main([str(drawings), str(tmp_path / "out"), "--count", "1", "--threads", "1"])
    assert capsys.readouterr().out.strip() == str(tmp_path / "out" / "sheet-01.webp")
    with Image.open(tmp_path / "out" / "sheet-01.webp") as made:
        assert made.width == strips.SIDE + 7 * strips.CELL, "no reference, no column"
    with pytest.raises(SystemExit, match="no such model file"):
        strips.main([str(drawings), str(tmp_path / "x"), "--model", "new=nowhere.onnx"])
