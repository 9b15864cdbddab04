from pathlib import Path

import numpy as np
import pytest

from conftest import call, ring
from senga import Colorizer, Hints, image
from senga.color.files.layerfile import write_layers
from senga.color.files.project import Project
from senga.color.layers import render_layers
from senga.color.marks import Mark
from senga.color.render import render_pictures
from senga.color.request import Request
from senga.errors import HintError
from test_layers import close, drawing_of, read_ora, read_psd


@pytest.fixture(scope="module")
def painter() -> Colorizer:
    return Colorizer.open(threads=1)


@pytest.mark.parametrize(("mode", "tint"), [("paint", 0.0), ("paint", 0.7), ("flat", 0.0), ("flat", 0.5)])
def test_a_request_in_layers_shows_its_answer(tmp_path: Path, painter: Colorizer, mode: str, tint: float) -> None:
    page = painter.page(drawing_of("cut out", (121, 83)))
    hints = Hints.blank((121, 83)).dot((41, 60), "#c03050", 5)
    asked = Request(mode=mode, tint=tint, palette=("#c03050", "#f0e0d0"))  # type: ignore[arg-type]
    (wanted,) = render_pictures(page, asked, hints)
    layered = render_layers(page, asked, hints)
    assert np.array_equal(layered.merged, wanted)
    write_layers(tmp_path / "o.psd", layered)
    write_layers(tmp_path / "o.ora", layered)
    assert close(read_psd(tmp_path / "o.psd")[0], wanted)
    assert close(read_ora(tmp_path / "o.ora")[0], wanted)
    with pytest.raises(HintError, match="layers are of one answer"):
        render_layers(page, Request(candidates=2))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, painter: Colorizer) -> Path:
    """Where a drawing and hints lie; the model was opened before."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Colorizer, "open", lambda *_, **__: painter)
    image.write("ring.png", ring(90, 71, 25, thick=3))
    Hints.blank((90, 71)).dot((35, 45), "#d02040", 3).write("h.png")
    return tmp_path


@pytest.mark.parametrize("tint", [(), ("--tint", 0.8)])
def test_color_writes_layers_that_show_its_picture(
    monkeypatch: pytest.MonkeyPatch, folder: Path, capsys: pytest.CaptureFixture[str], tint: tuple[str, ...]
) -> None:
    options = ("--hints", "h.png", "--palette", "#d02040,#fff0e0", "--threads", 1, *tint)
    for name in ("o.png", "o.psd", "o.ORA"):
        assert call(monkeypatch, "color", "ring.png", "-o", name, *options) == 0
    assert capsys.readouterr().out.split() == ["o.png", "o.psd", "o.ORA"]
    wanted = image.read("o.png")
    for shown, found, *_ in (read_psd(Path("o.psd")), read_ora(Path("o.ORA"))):
        assert close(shown, wanted)
        names = [layer.name for layer in found if layer.name != "light"]
        hidden = ["lines, untinted", "lines"] if tint else ["lines"]
        assert names == ["hints", *hidden, "shade", "flat"]


def test_color_writes_one_layer_alone(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    for name in ("lines", "color", "hints"):
        assert call(monkeypatch, "color", "ring.png", "-o", f"{name}.png", "--hints", "h.png", "--layer", name) == 0
    assert np.array_equal(image.read_rgba("lines.png"), image.read_rgba("ring.png"))
    assert np.array_equal(image.read_rgba("hints.png"), Hints.read("h.png").rgba())
    with_lines = image.read("color.png")[ring(90, 71, 25, thick=3) == 0]
    assert with_lines.mean() > 30  # color runs on under the ink


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("-o", "o.psd", "--candidates", 2), "o.psd: layers are of one answer; leave out --candidates"),
        (("-o", "o.png", "--layer", "flat", "--candidates", 2), "--layer is of one answer; leave out --candidates"),
        (("-o", "o.ora", "--layer", "flat"), "--layer: o.ora has all layers"),
        (("-o", "o.png", "--layer", "sky"), "--layer: unknown layer 'sky'; known: lines, color, light, shade, flat"),
        (("ring.png", "-o", "o.psd"), "o.psd: has the layers of one drawing"),
        (("-o", "o.xcf"), "unknown ending '.xcf'; known: .png"),
        (("-o", "o.png", "--layer", "hints"), "no layer 'hints' here"),
    ],
)
def test_layers_that_cannot_be_are_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    options: tuple[object, ...],
    said: str,
) -> None:
    assert call(monkeypatch, "color", "ring.png", *options) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
    assert sorted(f.name for f in folder.iterdir()) == ["h.png", "ring.png"]


def test_a_layered_file_is_not_overwritten(
    monkeypatch: pytest.MonkeyPatch, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("o.psd").write_text("mine")
    assert call(monkeypatch, "color", "ring.png", "-o", "o.psd") == 2
    assert "o.psd: exists" in capsys.readouterr().err
    assert Path("o.psd").read_text() == "mine"


def test_a_project_comes_apart_as_it_is_painted(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    asked = Request(marks=(Mark("stroke", ((35, 45),), "#d02040", 8),), mode="flat", candidates=3)
    Project.new(Path("ring.png").read_bytes(), "ring.png", asked).write("p.senga")
    for name in ("o.png", "o.psd"):
        assert call(monkeypatch, "color", "p.senga", "-o", name, "--threads", 1) == 0
    assert close(read_psd(Path("o.psd"))[0], image.read("o.png"))
