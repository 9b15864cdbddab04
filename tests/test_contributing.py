"""CONTRIBUTING's ways are worked through: what they show runs and does what they say."""

import re
import shutil
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import typer
from typer.testing import CliRunner

from blocks import ROOT, blocks, parse, run
from conftest import patchwork
from senga import image
from senga.color.files.swatches import Swatch
from senga.errors import PaletteError

pytestmark = pytest.mark.usefixtures("few_settled")

PAGE = ROOT / "CONTRIBUTING.md"


def shown(name: str) -> Any:
    """What a listing of the page defines under a name."""
    listings = re.findall(r"^   ```python\n(.*?)^   ```", PAGE.read_text(encoding="utf-8"), re.S | re.M)
    (listing,) = (text for text in map(textwrap.dedent, listings) if re.search(rf"^(?:class|def) {name}\b", text, re.M))
    held: dict[str, Any] = {"__name__": "shown"}
    exec(compile(listing, PAGE.name, "exec"), held)
    return held[name]


@pytest.mark.slow  # a network is trained and exported
def test_a_second_recipe_is_trained_exported_and_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    (tmp_path / "PICTURES").mkdir()
    for number in range(8):
        image.write(tmp_path / "PICTURES" / f"{number}.png", patchwork(96, 80, number))
    monkeypatch.chdir(tmp_path)
    (recipe,) = (b.text for b in blocks(PAGE) if b.kind == "toml")
    Path("mine.toml").write_text(recipe, encoding="utf-8")
    (walk,) = (b for b in blocks(PAGE) if b.kind == "console")
    for command in walk.commands():
        run(command, monkeypatch)
    told = capsys.readouterr().out
    assert re.search(r"^\| mine\.onnx \| 0 \| \d", told, re.M)
    assert image.read("cat-mine.png").shape == image.read("examples/cat.png").shape


def test_every_command_of_the_walk_is_one_that_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (walk,) = (b for b in blocks(PAGE) if b.kind == "console")
    assert len(walk.commands()) > 3
    for command in walk.commands():
        parse(command)


def test_the_network_answers_colors_of_its_planes_size() -> None:
    network = shown("Plain")(planes=5, width=4, layers=3)
    colors = network(torch.rand(2, 5, 9, 7)).detach()
    assert colors.shape == (2, 3, 9, 7)
    assert 0 <= float(colors.min()) <= float(colors.max()) <= 1


def test_the_verb_says_how_much_is_ink(tmp_path: Path) -> None:
    drawing = np.full((10, 10), 255, np.uint8)
    drawing[:, :3] = 0
    image.write(tmp_path / "d.png", drawing)
    app = typer.Typer()
    app.command()(shown("ink"))
    said = CliRunner().invoke(app, [str(tmp_path / "d.png")])
    assert said.output.strip().endswith("d.png: 30.0 %")


def test_the_measure_is_1_for_the_truth_and_0_for_gray() -> None:
    sum_up, truths = shown("sum_up"), [patchwork(40, 40, 1), patchwork(40, 40, 2)]
    assert sum_up("m", "xdog", truths, truths).ratio == pytest.approx(1)
    assert sum_up("m", "xdog", [np.full((40, 40, 3), 90, np.uint8)] * 2, truths).ratio == pytest.approx(0)


def test_the_file_format_comes_back_as_it_was_written() -> None:
    colors = [Swatch((122, 74, 43), "hair, dark"), Swatch((0, 255, 7))]
    written = shown("encode_colors")(colors)
    assert written.startswith(b"KDE RGB Palette\n122 74 43 hair, dark\n0 255 7\n")
    assert shown("decode_colors")(written) == colors
    with pytest.raises(PaletteError, match="line 2: wanted three numbers"):
        shown("decode_colors")(b"KDE RGB Palette\n1 2 300\n")
    left_out: list[str] = []
    assert shown("decode_colors")(written + b"and more\n", left_out.append) == colors
    assert left_out == ["line 4: wanted three numbers of 0 to 255, found 'and more'"]


def test_files_that_the_page_names_are_there() -> None:
    named = set(re.findall(r"`((?:src|tests|docs)/[\w/]+\.\w+)`", PAGE.read_text(encoding="utf-8")))
    made = {"src/senga/learn/networks/plain.py", "src/senga/verbs/ink.py", "src/senga/compare/vividness.py"}
    assert len(named) > 15
    assert {name for name in named if not (ROOT / name).exists()} == made
