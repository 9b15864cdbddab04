"""Model files that go together: by name, or in one folder; and the list of what the shipped ones learned from."""

import csv
import io
import shutil
from pathlib import Path

import numpy as np
import pytest

from conftest import call
from senga import Colorizer, ModelError, image
from senga.color.schemes import COLORS, SCHEMES
from senga.learn.data.cache import Plan
from senga.lines import learned
from senga.model.shipped import OPEN, WEIGHTS, beside, model_file
from senga.model.training_pictures import COLUMNS, DIGITS, training_pictures


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with a painter alone."""
    shutil.copy(WEIGHTS / "painter.zip", tmp_path)
    return tmp_path


@pytest.fixture
def drawing() -> image.Pixels:
    """Nine boxes."""
    lines = np.full((96, 96), 255, np.uint8)
    for at in (2, 32, 62, 92):
        lines[at : at + 2] = lines[:, at : at + 2] = 0
    return lines


def test_a_file_goes_before_a_set_of_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert model_file(None, "painter.zip") == WEIGHTS / "painter.zip"
    assert model_file("mine.zip", "painter.zip") == Path("mine.zip")
    assert model_file(OPEN, "painter.zip") == WEIGHTS / OPEN / "painter.zip"
    Path(OPEN).write_bytes(b"")
    assert model_file(OPEN, "painter.zip") == Path(OPEN)


def test_what_is_not_beside_a_model_is_the_shipped_one(own: Path) -> None:
    assert beside(own / "painter.zip", "shader.onnx") == WEIGHTS / "shader.onnx"
    (own / "shader.onnx").write_bytes(b"")
    assert beside(own / "painter.zip", "shader.onnx") == own / "shader.onnx"


def test_a_painter_alone_paints_as_the_shipped_one(own: Path, drawing: image.Pixels) -> None:
    one, other = (Colorizer.open(model).page(drawing).paint() for model in (own / "painter.zip", None))
    assert np.array_equal(one, other)


@pytest.mark.parametrize("name", ["closer.onnx", "shader.onnx"])
def test_networks_beside_a_painter_are_used_with_it(name: str, own: Path, drawing: image.Pixels) -> None:
    (own / name).write_bytes(b"no network")
    with pytest.raises(ModelError, match=name) as told:
        Colorizer.open(own / "painter.zip").page(drawing).paint()
    assert str(own) in str(told.value)


def test_schemes_beside_a_painter_are_what_it_chooses_from(own: Path, drawing: image.Pixels) -> None:
    blues = np.stack([np.array([[i, 2 * i, 255]] * COLORS, np.uint8) for i in range(24)])
    np.savez(own / SCHEMES.name, schemes=blues)
    made = Colorizer.open(own / "painter.zip").page(drawing).paint(light=0)
    colored = made[np.ptp(made.astype(int), axis=2) > 20]
    assert len(colored)
    assert (colored[:, 2] > colored[:, 0]).mean() > 0.95


def test_caches_by_other_inkers_are_not_one_another(tmp_path: Path) -> None:
    other = tmp_path / "inker.onnx"
    other.write_bytes(learned.SHIPPED.read_bytes() + b"\0")
    assert Plan((), inker=other).key([]) != Plan(()).key([])


def test_training_pictures_are_told_with_where_they_are_from_and_their_terms(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = list(training_pictures())
    assert all(row[column] for row in rows for column in COLUMNS)
    assert all(len(row["digest"]) == DIGITS for row in rows)
    assert len({row["digest"] for row in rows}) == len(rows)
    mine = list(training_pictures(only_open=True))
    assert mine == [row for row in rows if row["open"] == "yes"]
    assert 0 < len(mine) < len(rows)
    assert call(monkeypatch, "card", "painter", "--pictures") == 0
    assert list(csv.DictReader(io.StringIO(capsys.readouterr().out))) == rows


def test_of_other_files_no_training_pictures_are_known(
    own: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "card", str(own / "painter.zip"), "--pictures") == 2
    assert str(own) in capsys.readouterr().err


def test_the_open_set_is_whole_and_says_what_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {file.name for file in (WEIGHTS / OPEN).iterdir()}
    assert names == {"painter.zip", "closer.onnx", "shader.onnx", "inker.onnx", "schemes.npz"}
    assert sum(file.stat().st_size for file in WEIGHTS.rglob("*") if file.is_file()) < 40e6
    for name in ("painter", "closer", "shader", "inker"):
        assert call(monkeypatch, "card", f"{OPEN}/{name}") == 0
        told = capsys.readouterr().out
        assert "terms of the data: openly licensed" in told
        assert "history not known" not in told
        assert "from random weights" in told
    assert call(monkeypatch, "card", f"{OPEN}/painter", "--pictures") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert rows == list(training_pictures(only_open=True))


def test_the_open_set_draws_and_colors(tmp_path: Path, drawing: image.Pixels, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    image.write("drawing.png", drawing)
    assert call(monkeypatch, "color", "drawing.png", "-o", "usual.png") == 0
    assert call(monkeypatch, "color", "drawing.png", "-o", "open.png", "--model", OPEN) == 0
    made, usual = image.read("open.png"), image.read("usual.png")
    assert made.shape == usual.shape
    assert (made != usual).any()
    assert (made[drawing == 0] == 0).all()
    assert call(monkeypatch, "lines", "open.png", "-o", "lines.png", "--model", OPEN) == 0
    assert image.read("lines.png").shape[:2] == drawing.shape
    assert call(monkeypatch, "flats", "drawing.png", "-o", "flats.png", "--model", OPEN) == 0
