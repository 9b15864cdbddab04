import io
import json
import os
import re
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pytest
from PIL import Image

from conftest import call, patchwork, ring
from senga import Hints, extract_lines, image
from senga.errors import SengaError
from senga.verbs.train import need_train_extra

Run: TypeAlias = "pytest.CaptureFixture[str]"


def senga(*arguments: object, stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-c", "from senga.cli import main; main()", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, check=False)


@pytest.fixture
def drawing(tmp_path: Path) -> Path:
    file = tmp_path / "ring.png"
    image.write(file, ring(90, 70, 25))
    return file


def test_color_writes_a_picture_of_the_same_size(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, drawing: Path, tiny_model: Path
) -> None:
    assert call(monkeypatch, "color", drawing, "-o", tmp_path / "out.png", "--model", tiny_model) == 0
    assert image.read(tmp_path / "out.png").shape == (90, 70, 3)


def test_color_takes_hints_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, drawing: Path) -> None:
    Hints.blank((90, 70)).dot((35, 45), "#0000ff", 4).write(tmp_path / "h.png")
    assert call(monkeypatch, "color", drawing, "-o", tmp_path / "a.png", "--hints", tmp_path / "h.png") == 0
    assert call(monkeypatch, "color", drawing, "-o", tmp_path / "b.png") == 0
    hinted, bare = image.read(tmp_path / "a.png").astype(int), image.read(tmp_path / "b.png").astype(int)
    assert hinted[45, 35, 2] - hinted[45, 35, 0] > 120 > bare[45, 35, 2] - bare[45, 35, 0]


def test_several_drawings_go_to_a_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, drawing: Path, tiny_model: Path
) -> None:
    other = tmp_path / "other.jpg"
    image.write(other, ring(40, 40, 10))
    out = tmp_path / "new" / "out"
    assert call(monkeypatch, "color", drawing, other, "-o", out, "--model", tiny_model) == 0
    assert sorted(p.name for p in out.iterdir()) == ["other.png", "ring.png"]


def test_a_broken_file_among_good_ones_is_named_and_the_rest_is_done(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    drawing: Path,
    tiny_model: Path,
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(drawing.read_bytes()[:200])
    assert call(monkeypatch, "color", broken, drawing, "-o", tmp_path / "out", "--model", tiny_model) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1
    assert "broken.png" in said[0]
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["ring.png"]


def test_an_existing_file_is_kept_unless_forced(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, drawing: Path
) -> None:
    out = tmp_path / "out.png"
    out.write_text("mine")
    assert call(monkeypatch, "lines", drawing, "-o", out) == 2
    assert out.read_text() == "mine"
    assert "--force" in capsys.readouterr().err
    assert call(monkeypatch, "lines", drawing, "-o", out, "--force") == 0
    assert image.read(out).shape == (90, 70, 3)


def test_a_drawing_is_never_overwritten_by_its_own_result(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], drawing: Path
) -> None:
    before = drawing.read_bytes()
    assert call(monkeypatch, "lines", drawing, "-o", drawing, "--force") == 2
    assert drawing.read_bytes() == before


def test_of_two_sources_of_one_name_the_second_gets_a_number_and_a_note(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, drawing: Path
) -> None:
    (tmp_path / "sub").mkdir()
    image.write(tmp_path / "sub" / "ring.png", ring(9, 9, 3))
    assert call(monkeypatch, "lines", drawing, tmp_path / "sub" / "ring.png", "-o", tmp_path / "out") == 0
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["ring (2).png", "ring.png"]
    assert "its result is ring (2).png" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["color", "gone.png", "-o", "o.png"], "gone.png: no such file"),
        (["color", "ring.png", "-o", "o.xyz"], "unknown ending '.xyz'"),
        (["color", "ring.png", "-o", "o.png", "--model", "gone.onnx"], "gone.onnx: no such model file"),
        (["color", "ring.png", "-o", "o.png", "--hints", "gone.png"], "gone.png: no such file"),
        (["lines", "ring.png", "-o", "o.png", "--method", "magic"], "unknown line method 'magic'"),
        (["lines", "ring.png", "-o", "o.png", "--method", "canny", "--sigma", "2"], "unknown parameter 'sigma'"),
        (["lines", "ring.png", "-o", "o.png", "--method", "dilate", "--size", "4"], "size must be odd"),
        (["recipes", "show", "magic"], "magic: no such recipe"),
        (["train", "colorist", "--pairs", "gone"], "gone: no pair set here"),
        (["pairs", "check", "gone"], "gone: no pair set here"),
        (["export", "gone", "-o", "m.onnx"], "gone: no run here"),
        (["card", "gone.onnx"], "gone.onnx: no such model file"),
    ],
)
def test_bad_input_gets_one_line_and_exit_code_2(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    drawing: Path,
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(p.name for p in tmp_path.iterdir())
    assert call(monkeypatch, *arguments) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("senga: ")
    assert said in lines[0]
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_pipes_carry_pictures() -> None:
    picture = io.BytesIO()
    Image.fromarray(patchwork(40, 30)).save(picture, "PNG")
    done = senga("lines", "-", "-o", "-", "--method", "canny", stdin=picture.getvalue())
    assert done.returncode == 0, done.stderr
    out = np.asarray(Image.open(io.BytesIO(done.stdout)))
    assert (out == extract_lines(patchwork(40, 30), "canny")).all()


def test_an_empty_pipe_is_one_line() -> None:
    done = senga("color", "-", "-o", "-")
    assert done.returncode == 2
    assert done.stderr.decode().strip() == "senga: stdin: empty file"


def test_lines_are_drawn_by_the_learned_extractor_unless_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    source = tmp_path / "p.png"
    image.write(source, patchwork(150, 170))
    assert call(monkeypatch, "lines", source, "-o", tmp_path / "l.png") == 0
    assert (image.read(tmp_path / "l.png")[..., 0] == extract_lines(image.read(source), "learned")).all()
    assert call(monkeypatch, "lines", source, "-o", tmp_path / "t.png", "--thickness", 5, "--binary") == 0
    bold = image.read(tmp_path / "t.png")
    assert set(np.unique(bold)) == {0, 255}
    assert (bold == 0).mean() > (image.read(tmp_path / "l.png") < 128).mean()


def test_line_art_can_be_transparent_and_vector(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    source = tmp_path / "p.png"
    image.write(source, patchwork(120, 130))
    out = tmp_path / "l.png"
    assert call(monkeypatch, "lines", source, "-o", out, "--transparent", "--svg") == 0
    layer = image.read_rgba(out)
    assert (255 - layer[..., 3] == extract_lines(image.read(source))).all()
    assert not layer[..., :3].any()
    assert (tmp_path / "l.svg").read_text().startswith("<svg ")
    out.unlink()
    assert call(monkeypatch, "lines", source, "-o", out, "--svg") == 2  # the SVG is there
    assert not out.exists()
    assert call(monkeypatch, "lines", source, "-o", "-", "--svg") == 2


def test_a_picture_that_is_line_art_already_is_cleaned_with_a_note(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, drawing: Path, capsys: Run
) -> None:
    assert call(monkeypatch, "lines", drawing, "-o", tmp_path / "l.png") == 0
    assert "ring.png: is line art already; cleaned, not drawn anew" in capsys.readouterr().err
    again, before = image.read(tmp_path / "l.png")[..., 0] < 128, image.read(drawing)[..., 0] < 128
    assert (again == before).mean() > 0.99


def test_clean_makes_a_photo_of_a_drawing_line_art(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Run
) -> None:
    light = np.linspace(0.5, 0.95, 200)[None, :, None] * np.array([1.0, 0.95, 0.85])
    lines = ring(160, 200, 60, 3)
    photo = tmp_path / "photo.jpg"
    image.write(photo, (255 * (0.25 + 0.75 * (lines > 0))[..., None] * light).astype(np.uint8))
    assert call(monkeypatch, "clean", photo, "-o", tmp_path / "c.png", "--svg") == 0
    cleaned = image.read(tmp_path / "c.png")[..., 0]
    assert ((cleaned < 128) == (lines == 0)).mean() > 0.98
    assert (cleaned[:15] == 255).all()
    assert (tmp_path / "c.svg").exists()
    image.write(tmp_path / "blank.png", np.full((50, 50), 220, np.uint8))
    assert call(monkeypatch, "clean", tmp_path / "blank.png", "-o", tmp_path / "b.png") == 0
    assert "blank.png: no ink found" in capsys.readouterr().err


def test_what_cleaning_takes_out_is_counted_with_the_mend_and_lines_has_the_mend_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Run
) -> None:
    random = np.random.default_rng(2)
    paper = np.repeat(ring(200, 260, 70, 4)[..., None], 3, 2).astype(np.float64)
    paper[20:23, 20:23] = paper[180:182, 240:242] = 40
    image.write(tmp_path / "scan.png", np.clip(paper - 12 + random.normal(0, 3, paper.shape), 0, 255).astype(np.uint8))
    for verb in ("clean", "lines"):
        assert call(monkeypatch, verb, tmp_path / "scan.png", "-o", tmp_path / "a.png", "--force") == 0
        assert re.search(r"scan.png: 2 loose specks \(\d+ px in all\) taken out; --speck 0", capsys.readouterr().err)
        assert call(monkeypatch, verb, tmp_path / "scan.png", "-o", tmp_path / "b.png", "--speck", 0, "--force") == 0
        assert "specks" not in capsys.readouterr().err
        assert image.read(tmp_path / "a.png")[21, 21, 0] == 255
        assert image.read(tmp_path / "b.png")[21, 21, 0] < 128


@pytest.mark.parametrize("verb", ["clean", "lines"])
def test_white_drawing_on_black_is_told_and_inverted_when_asked(
    verb: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Run
) -> None:
    lines = ring(200, 260, 70, 3)
    image.write(tmp_path / "chalk.png", 255 - lines)
    image.write(tmp_path / "plain.png", lines)
    assert call(monkeypatch, verb, tmp_path / "chalk.png", "-o", tmp_path / "a.png") == 0
    assert "chalk.png: looks like white drawing on black; --invert" in capsys.readouterr().err
    assert call(monkeypatch, verb, tmp_path / "chalk.png", "-o", tmp_path / "b.png", "--invert") == 0
    assert call(monkeypatch, verb, tmp_path / "plain.png", "-o", tmp_path / "c.png") == 0
    assert "white drawing" not in capsys.readouterr().err
    assert (image.read(tmp_path / "b.png") == image.read(tmp_path / "c.png")).all()


def test_a_drawing_in_blue_pencil_is_kept_with_a_note(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Run
) -> None:
    ink = (ring(200, 260, 70, 3) < 128)[..., None]
    image.write(tmp_path / "blue.png", np.where(ink, np.array([90, 140, 235]), 255).astype(np.uint8))
    assert call(monkeypatch, "clean", tmp_path / "blue.png", "-o", tmp_path / "a.png") == 0
    assert "blue.png: nearly all of it is colored pencil, which is kept as ink" in capsys.readouterr().err
    assert ((image.read(tmp_path / "a.png")[..., 0] < 128) == ink[..., 0]).mean() > 0.99


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("lines", "{p}", "-o", "{o}", "--detail", "2"), "learned: detail must be in 0 to 1"),
        (
            ("lines", "{p}", "-o", "{o}", "--method", "canny", "--thickness", "2"),
            "canny: unknown parameter 'thickness'",
        ),
        (("lines", "{p}", "-o", "{o}", "--method", "xdog", "--model", "m.onnx"), "--model goes with learned and mix"),
        (("lines", "{p}", "-o", "{o}", "--model", "m.onnx"), "m.onnx: no such model file"),
        (("clean", "{p}", "-o", "{o}", "--ink", "3"), "clean: ink must be in 0.02 to 0.98"),
        (("clean", "{p}", "-o", "{o}", "--pencil", "red"), "clean: pencil must be 'drop' or 'keep'"),
        (("compare", "learned", "--pairs", ".", "--task", "inking"), "unknown task 'inking'; known: colorize, lines"),
        (("compare", "learned", "--pairs", ".", "--task", "lines", "--drawn", "x"), "--drawn x: wanted NAME=FOLDER"),
        (("compare", "shipped", "--pairs", ".", "--drawn", "x=y"), "--drawn goes with --task lines"),
    ],
)
def test_wrong_options_of_lines_clean_and_compare_get_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Run, arguments: tuple[str, ...], said: str
) -> None:
    image.write(tmp_path / "p.png", patchwork(40, 40))
    filled = [a.format(p=tmp_path / "p.png", o=tmp_path / "o.png") for a in arguments]
    assert call(monkeypatch, *filled) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
    assert [f.name for f in tmp_path.iterdir()] == ["p.png"]


def test_lines_parameters_reach_the_method(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    picture = patchwork(60, 50)
    image.write(tmp_path / "p.png", picture)
    arguments = ["lines", tmp_path / "p.png", "-o", tmp_path / "l.png", "--method", "dilate", "--size", 3, "--gain", 2]
    assert call(monkeypatch, *arguments) == 0
    assert (image.read_drawing(tmp_path / "l.png").lines == extract_lines(picture, "dilate", size=3, gain=2)).all()


def test_the_whole_way_from_pictures_to_a_colored_drawing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, drawing: Path
) -> None:
    """Picture, line art, pair set, training, model file, coloring: each by its own verb."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pictures").mkdir()
    for i in range(12):
        image.write(tmp_path / "pictures" / f"{i}.png", patchwork(64, 80, i))
    build = ["pairs", "build", "pictures", "set", "--method", "xdog", "--val", 0.2, "--test", 0.2, "--workers", 1]
    assert call(monkeypatch, *build) == 0
    recipe = tmp_path / "mine.toml"
    from conftest import TINY

    recipe.write_text(TINY.replace('kind = "mix" }', 'kind = "given" }'))
    assert call(monkeypatch, "train", recipe, "--pairs", "set", "--run", "run") == 0
    assert {"losses.csv", "curves.png", "checkpoint.pt", "weights.safetensors"} <= {
        p.name for p in (tmp_path / "run").iterdir()
    }
    assert call(monkeypatch, "export", "run", "-o", "mine.onnx", "--data", "rectangles") == 0
    capsys.readouterr()
    assert call(monkeypatch, "card", "mine.onnx") == 0
    told = capsys.readouterr().out
    assert "data: rectangles" in told
    assert "1. tiny (" in told
    assert "4 steps, 8 pictures" in told
    assert "from random weights" in told
    assert call(monkeypatch, "card", "mine.onnx", "--json") == 0
    assert json.loads(capsys.readouterr().out)["history"][0]["pictures"] == 8
    assert call(monkeypatch, "color", drawing, "-o", "colored.png", "--model", "mine.onnx") == 0
    assert image.read(tmp_path / "colored.png").shape == (90, 70, 3)
    assert call(monkeypatch, "compare", "mine.onnx", "--pairs", "set", "--split", "val", "--most", 2) == 0
    assert "| mine.onnx | 256 |" in capsys.readouterr().out


def test_help_comes_at_once() -> None:
    """Half a second is the goal that bench states; here only what would be a plain mistake fails."""
    start = time.perf_counter()
    done = senga("--help")
    assert done.returncode == 0
    assert time.perf_counter() - start < 5
    loaded = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import senga.cli"], capture_output=True, text=True, check=True
    ).stderr
    for heavy in ("onnxruntime", "torch", "mahotas"):
        assert f" {heavy}\n" not in loaded


def test_missing_training_packages_are_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("senga.extras.find_spec", lambda name: None if name == "torch" else find_spec(name))
    with pytest.raises(SengaError, match=r"^torch not installed; run: pip install [^\n]+$"):
        need_train_extra()


def test_version_is_printed() -> None:
    assert senga("--version").stdout.decode().startswith("senga 0.")


def test_nothing_is_left_behind_when_the_disk_is_full(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, drawing: Path
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    monkeypatch.setattr(os, "rename", full)
    monkeypatch.setattr(os, "replace", full)
    assert call(monkeypatch, "lines", drawing, "-o", tmp_path / "o.png") == 2
    assert "No space left" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["ring.png"]
