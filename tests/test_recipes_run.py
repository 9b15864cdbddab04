"""`senga recipes run`: experiments one after the other, from data to model files."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from conftest import call
from senga import image
from senga.color.colorizer import Colorizer
from senga.errors import RecipeError
from senga.learn import checkpoint
from senga.learn.recipe_order import in_order
from senga.pairs.pairset import MANIFEST, Pair, PairSet, as_line
from senga.recipe import scaled_down
from senga.recipefile import read_recipe

pytestmark = pytest.mark.usefixtures("few_settled", "no_curves")

SMALL = """
name = "{name}"
about = "Small."
[data]
size = 32
lines = {{ kind = "dilate" }}
[generator]
kind = "unet"
width = 4
kernel = 3
[losses]
l1 = 1
[training]
steps = 2
batch = 2
rate = {rate}
after = "{after}"
precision = "fp32"
"""


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pairs")
    rows = []
    for i in range(3):
        color = np.full((40, 40, 3), 60 * i + 40, np.uint8)
        color[10:30, 10:20] = (200, 30, 60)
        image.write(folder / f"{i}.png", color)
        digest = hashlib.sha256((folder / f"{i}.png").read_bytes()).hexdigest()
        rows.append(Pair(f"{i}.png", None, f"{i}.png", (0, 0, 40, 40), 0, "none", {}, digest, "train", f"{i}"))
    (folder / MANIFEST).write_text("".join(as_line(row) + "\n" for row in rows))
    return folder


def shipped(monkeypatch: pytest.MonkeyPatch, folder: Path, **recipes: tuple[str, str]) -> None:
    """Stands recipes (name: recipe before it, rate) in the place of those that ship."""
    files = []
    for name, (after, rate) in recipes.items():
        file = folder / f"{name}.toml"
        file.write_text(SMALL.format(name=name, after=after, rate=rate))
        files.append(file)
    monkeypatch.setattr("senga.recipefile.shipped_recipes", lambda: files)


def make_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty model files: a real one takes six seconds, and nothing is asked of it."""
    monkeypatch.setattr("senga.learn.export_run.export_run", lambda run, out, *_, **__: out.touch())


@pytest.fixture
def no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    make_empty(monkeypatch)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    return call(monkeypatch, "recipes", "run", *arguments)


def test_a_stage_starts_from_the_weights_of_the_one_before(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pairs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped(monkeypatch, tmp_path, first=("", "1e-2"), second=("first", "1e-12"))
    out = tmp_path / "runs"
    with monkeypatch.context() as patch:
        make_empty(patch)
        assert run(monkeypatch, "first", "--pairs", pairs, "-o", out) == 0
    assert run(monkeypatch, "second", "--pairs", pairs, "-o", out) == 0
    first, second = (checkpoint.load(out / name) for name in ("first", "second"))
    assert first is not None
    assert second is not None
    for name, value in first["generator"].items():
        if "running" not in name and "batches" not in name:
            torch.testing.assert_close(second["generator"][name], value.half().float(), atol=1e-6, rtol=0)
    drawing = np.full((40, 40), 255, np.uint8)
    assert Colorizer.open(out / "second.onnx").page(drawing).paint().shape == (40, 40, 3)
    # What is there is left alone.
    before = (out / "second.onnx").read_bytes()
    capsys.readouterr()
    assert run(monkeypatch, "first", "second", "--pairs", pairs, "-o", out) == 0
    assert capsys.readouterr().out.count("is there") == 2
    assert (out / "second.onnx").read_bytes() == before


@pytest.mark.usefixtures("no_files")
def test_pictures_that_several_read_alike_are_read_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pairs: Path
) -> None:
    reads: list[Pair] = []
    color = PairSet.color

    def counted(self: PairSet, pair: Pair) -> np.ndarray:
        reads.append(pair)
        return color(self, pair)

    monkeypatch.setattr(PairSet, "color", counted)
    shipped(monkeypatch, tmp_path, first=("", "1e-2"), second=("", "1e-3"), larger=("", "1e-3"), last=("", "1e-3"))
    for name, size in (("larger", 64), ("last", 64)):
        file = tmp_path / f"{name}.toml"
        file.write_text(file.read_text().replace("size = 32", f"size = {size}"))
    names = ["first", "second", "larger", "last"]
    assert run(monkeypatch, *names, "--pairs", pairs, "-o", tmp_path / "together") == 0
    assert len(reads) == 6  # three pictures at each size
    for name in names:
        assert run(monkeypatch, name, "--pairs", pairs, "-o", tmp_path / "apart") == 0
    assert len(reads) == 6 + 12
    for name in names:  # and what was read for another is what would have been read
        one, other = (checkpoint.load(tmp_path / out / name) for out in ("together", "apart"))
        assert one is not None
        assert other is not None
        for key, value in one["generator"].items():
            assert torch.equal(value, other["generator"][key]), (name, key)


@pytest.mark.usefixtures("no_files")
def test_a_budget_ends_each(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pairs: Path) -> None:
    shipped(monkeypatch, tmp_path, endless=("", "1e-3"))
    file = tmp_path / "endless.toml"
    file.write_text(file.read_text().replace("steps = 2", "steps = 1000000"))
    assert run(monkeypatch, "endless", "--pairs", pairs, "-o", tmp_path / "runs", "--budget", "0.02") == 0
    state = checkpoint.load(tmp_path / "runs" / "endless")
    assert state is not None
    assert 0 < state["step"] < 100_000


@pytest.mark.usefixtures("no_files")
def test_steps_in_place_of_the_recipes_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pairs: Path) -> None:
    shipped(monkeypatch, tmp_path, first=("", "1e-3"))
    out = tmp_path / "runs"
    assert run(monkeypatch, "first", "--pairs", pairs, "-o", out, "--steps", 5, "--batch", 3) == 0
    state = checkpoint.load(out / "first")
    assert state is not None
    assert state["step"] == 5
    training = json.loads((out / "first" / "recipe.json").read_text())["training"]
    assert (training["steps"], training["evaluate"], training["cooldown"], training["batch"]) == (5, 3, 0.3, 3)


@pytest.mark.usefixtures("no_files")
def test_examples_smaller_than_the_recipes_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, pairs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    large, odd = tmp_path / "large.toml", ["--largest", 40]
    large.write_text(SMALL.format(name="large", after="", rate="1e-3").replace("size = 32", "size = 64"))
    out = tmp_path / "runs"
    assert run(monkeypatch, large, "--pairs", pairs, "-o", out, *odd) == 2
    assert "multiple of 32" in capsys.readouterr().err
    assert not out.exists()
    assert run(monkeypatch, large, "--pairs", pairs, "-o", out, "--largest", 32) == 0
    assert json.loads((out / "large" / "recipe.json").read_text())["data"]["size"] == 32
    assert scaled_down(read_recipe(large), largest=128).data.size == 64


def test_recipes_come_in_the_order_that_they_need(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shipped(monkeypatch, tmp_path, c=("b", "1"), a=("", "1"), b=("a", "1"), x=("y", "1"), y=("x", "1"))
    assert [r.name for r in in_order(["c", "a", "b"])] == ["a", "b", "c"]
    with pytest.raises(RecipeError, match="recipes that start from each other"):
        in_order(["x"])
    (tmp_path / "other.toml").write_text(SMALL.format(name="a", after="", rate="2"))
    with pytest.raises(RecipeError, match="another recipe is named 'a' too"):
        in_order(["a", str(tmp_path / "other.toml")])
    with pytest.raises(RecipeError, match="magic: no such recipe"):
        in_order(["magic"])


def test_the_verb_lists_and_shows(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, said in ((["list"], "style2paints-v1 "), (["show", "unet-canny"], 'kind = "canny"')):
        assert call(monkeypatch, "recipes", *arguments) == 0
        told = capsys.readouterr().out
        assert said in told
        if arguments == ["list"]:  # variants come after what they vary
            names = [line.split()[0] for line in told.splitlines()]
            assert names == sorted(names)
            assert names.index("unet-canny") < names.index("unet-canny-hints")
