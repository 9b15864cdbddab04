"""Training on a lent machine is rehearsed here by the same command: packed, prepared, trained, written in time."""

import importlib.util
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

from senga import image
from senga.errors import TrainingError
from senga.learn.checkpoint import load_weights
from senga.learn.course_recipes import PaintRecipe, read_course
from senga.learn.data import packed as packing
from senga.learn.data.cache import Cache, Entry, Plan, build
from senga.learn.data.packed import Packing, pack, read_packed, unpack
from senga.learn.data.prepared import Prepared
from senga.learn.lessons import make_painter
from senga.learn.run_history import history_of
from senga.learn.sprint import join_parts, load_parts, save_parts
from test_cache import make_set

SCRIPT = Path(__file__).parents[1] / "tools" / "gpu_train.py"

TINY = """
name = "tiny"
about = "A painter small enough for tests."
task = "paint"
[course]
pictures = 1000
batch = 4
warmup = 5
[[stages]]
upto = 0.5
size = 32
[[stages]]
upto = 1
size = 48
native = 0.5
[network]
width = 16
deep = 1
tokens = 96
layers = 1
bins = 16
"""

BLOCKED = ("vtracer", "onnxruntime", "lightning_fabric", "skimage", "matplotlib")
"""Packages that a lent machine may lack."""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    folder = tmp_path_factory.mktemp("cache")
    return build(Plan((make_set(folder / "set"),)), folder / "cache", workers=1)


@pytest.fixture(scope="module")
def parts(cache: Cache, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return pack(cache, tmp_path_factory.mktemp("packed") / "out", Packing(side=36, quality=90, shard=1500, part=4000))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("recipe") / "tiny.toml"
    file.write_text(TINY)
    return file


def recipe_of(tiny: Path) -> PaintRecipe:
    recipe = read_course(tiny)
    assert isinstance(recipe, PaintRecipe)
    return recipe


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gpu_train", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_all_pictures_are_packed_small_and_none_of_the_test_split(cache: Cache, parts: list[Path]) -> None:
    found = read_packed(parts)
    assert {row.name for _, row in found} == {entry.name for entry in cache.entries}
    assert {row.split for _, row in found} == {"train", "val"}
    assert len(parts) > 1
    for part in parts:
        files = [file.stat().st_size for file in part.iterdir()]
        assert max(files) <= 1500
        assert sum(files) <= 4000
    by_name = {entry.name: (i, entry) for i, entry in enumerate(cache.entries)}
    for shard, row in found:
        number, entry = by_name[row.name]
        (picture,) = unpack(shard, [row])
        assert picture.shape[:2] == row.shape
        assert min(row.shape) <= 36
        assert (row.group, row.origin, row.split) == (entry.group, entry.origin, entry.split)
        other = image.resize(np.asarray(cache.read(number).color), row.shape)
        assert np.abs(picture.astype(float) - other).mean() < 20  # lossy, and the same picture


def test_what_fits_is_taken_validation_first_and_origins_above_their_cap_last(
    cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = read_packed(pack(cache, tmp_path / "few", Packing(most=2500)))
    assert sum(row.size for _, row in few) <= 2500
    assert {row.split for _, row in few[:2]} == {"val"}
    assert len(few) < len(cache.entries)
    origins = {"train": ["a"] * 4 + ["b", "c", "d"], "val": ["a", "a"]}
    entries = [
        Entry(f"{split}{i}", 0, split, "", origin, (8, 8), 0)  # type: ignore[arg-type]
        for split, of in origins.items()
        for i, origin in enumerate(of)
    ]
    made = [entries[i] for i in packing.order(Cache(tmp_path, entries), Packing(cap=0.3))]
    assert [e.split for e in made] == ["val"] * 2 + ["train"] * 7
    assert [e.origin for e in made[-2:]] == ["a", "a"]  # two of seven are no more than 0.3
    with pytest.raises(TrainingError, match="not empty"):
        pack(cache, tmp_path / "few")


def test_prepared_pictures_are_those_of_a_cache_and_lie_on_the_device(parts: list[Path], tmp_path: Path) -> None:
    prepared = Prepared(parts, tmp_path / "scratch", device="cpu", workers=0)
    assert prepared.held.of("train") == []
    with pytest.raises(TrainingError, match="no pictures to train on"):
        prepared.wait_until(1)
    prepared.begin()
    prepared.wait_until(100)
    held, store = prepared.held, prepared.store
    assert len(held.of("train")) == 7
    assert held.of("val", 0) == [0, 1]
    for number, (shard, row) in enumerate(read_packed(parts)):
        kept, (height, width) = held.read(number), row.shape
        assert np.array_equal(kept.color, unpack(shard, [row])[0])
        assert kept.lines.min() < 100 < 200 < kept.lines.max()
        assert (kept.lines[0] != kept.lines[1]).any()
        assert kept.labels.max() > 0
        start = int(store.start[number])
        where = slice(start, start + height * width)
        assert (int(store.height[number]), int(store.width[number])) == row.shape
        assert np.array_equal(store.color[where].numpy().reshape(height, width, 3), kept.color)
        assert np.array_equal(store.lines[:, where].numpy().reshape(2, height, width), kept.lines)
        assert np.array_equal(store.labels[:, where].numpy().reshape(2, height, width), kept.labels.astype(np.int16))


@pytest.mark.slow
def test_the_command_is_rehearsed_on_the_cpu_without_what_a_lent_machine_lacks(
    cache: Cache, tiny: Path, tmp_path: Path
) -> None:
    missing = tmp_path / "missing"
    for name in BLOCKED:
        (missing / name).mkdir(parents=True)
        (missing / name / "__init__.py").write_text(f"raise ModuleNotFoundError('{name}')\n")

    def run(*arguments: object) -> str:
        done = subprocess.run(
            [sys.executable, str(SCRIPT), *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"PYTHONPATH": str(missing), "OMP_NUM_THREADS": "1"},
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    said = run("pack", cache.folder, tmp_path / "packed")
    assert "7 pictures to train on, 2 to judge by" in said
    out = tmp_path / "out"
    options = ("--recipe", tiny, "--device", "cpu", "--steps", 20, "--batch", 4, "--workers", 1, "--no-compile")
    said = run("train", tmp_path / "packed", "-o", out, *options)
    assert "first step after" in said
    assert "done: 20 steps, 80 pictures" in said
    assert {f.name for f in out.iterdir()} == {
        "losses.csv",
        "scores.csv",
        "sheet.webp",
        "summary.json",
        "weights.safetensors",
    }
    summary = json.loads((out / "summary.json").read_text())
    assert summary["steps"] == 20
    assert np.isfinite(summary["psnr_0"])
    network = make_painter(recipe_of(tiny))
    load_weights(out / "weights.safetensors", network)  # a course starts from them
    assert all(torch.isfinite(p).all() for p in network.parameters())


@pytest.mark.slow  # it waits for its time to be over
def test_it_ends_in_time_with_scores_and_weights_and_starts_from_them(
    parts: list[Path], tiny: Path, tmp_path: Path, script: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--recipe", str(tiny), "--device", "cpu", "--workers", "0", "--batch", "4", "--no-compile"]
    command = ["train", *map(str, parts), *options]
    began = time.monotonic()
    vars(script)["BEGUN"] = began
    assert script.main([*command, "-o", str(tmp_path / "first"), "--steps", "3"]) == 0
    seconds = time.monotonic() - began + 10  # all but ten of them is preparation
    weights = tmp_path / "first" / "weights.safetensors"
    began = time.monotonic()
    vars(script)["BEGUN"] = began
    further = ["--start", str(weights), "--seconds", f"{seconds:.1f}", "--save", "1"]
    assert script.main([*command, "-o", str(tmp_path / "second"), *further]) == 0
    assert time.monotonic() - began < seconds + 10  # the last scores may take longer on a busy machine
    assert "done: " in capsys.readouterr().out
    rows = (tmp_path / "second" / "scores.csv").read_text().splitlines()
    assert len(rows) > 2  # while it trained, and at its end
    steps = [int(row.split(",")[0]) for row in rows[1:]]
    assert steps == sorted(steps)
    assert steps[-1] > 0
    first, second = (make_painter(recipe_of(tiny)) for _ in range(2))
    load_weights(weights, first)
    load_weights(tmp_path / "second" / "weights.safetensors", second)
    assert torch.equal(first.bins, second.bins)  # those that it started from
    one, two = history_of(tmp_path / "second" / "weights.safetensors")
    assert (one.steps, one.pictures, two.started) == (3, 12, "first/weights.safetensors")
    assert two.pictures == 4 * steps[-1] == 4 * two.steps


def test_what_cannot_be_is_refused_in_one_line(
    parts: list[Path], tiny: Path, tmp_path: Path, script: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    common = ["-o", str(tmp_path / "out"), "--recipe", str(tiny)]
    refused = [
        (["train", str(empty), "--device", "cpu", *common], "no packed pictures here"),
        (["pack", str(empty), str(tmp_path / "x")], "no cache here"),
    ]
    if not torch.cuda.is_available():
        refused.append((["train", *map(str, parts), *common], "PyTorch sees no GPU here"))
    for arguments, said in refused:
        assert script.main(arguments) == 2
        error = capsys.readouterr().err.strip()
        assert said in error
        assert "\n" not in error


def test_weights_travel_in_several_files_and_are_joined(tiny: Path, tmp_path: Path) -> None:
    recipe = recipe_of(tiny)
    network = make_painter(recipe)
    torch.nn.init.normal_(network.bins)
    files = save_parts(tmp_path, network, {"recipe": "tiny"}, limit=300_000)
    assert len(files) > 2
    assert all(file.stat().st_size <= 300_000 for file in files)
    (tmp_path / "whole").mkdir()
    join_parts(files, recipe, tmp_path / "whole" / "w.safetensors")
    for sources in (files, [tmp_path / "whole" / "w.safetensors"]):
        other = make_painter(recipe)
        load_parts(sources, other)
        for mine, theirs in zip(network.state_dict().values(), other.state_dict().values(), strict=True):
            assert torch.equal(mine.half(), theirs.half())
    with pytest.raises(TrainingError, match="weights of another network"):
        load_parts(files[:1], make_painter(recipe))
    with pytest.raises(TrainingError, match="not a weights file"):
        load_parts([tmp_path / "none"], make_painter(recipe))
