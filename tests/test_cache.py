"""A cache is made once, goes on where it stopped, and gives back what went in."""

import dataclasses
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from conftest import call, patchwork
from senga import image
from senga.color.regions import find_regions
from senga.errors import TrainingError
from senga.learn.data import cache as caches
from senga.learn.data.cache import VARIANTS, Cache, Plan, build
from senga.pairs.pairset import Pair, PairSet, write_manifest

SPLITS = ("train", "train", "val", "train", "test", "train", "val", "train", "train", "test", "train")


def make_set(folder: Path, seed: int = 0, splits: tuple[str, ...] = SPLITS, lines: bool = False) -> Path:
    """A pair set of drawn pictures, one a split named; with `lines`, line art of its own."""
    folder.mkdir(parents=True)
    pairs = []
    for i, split in enumerate(splits):
        picture = patchwork(40 + i, 45, seed + i)
        image.write(folder / f"{i}.png", picture)
        line = None
        if lines:
            line = f"{i}-line.png"
            image.write(folder / line, np.where(picture.max(2) <= 20, 0, 255).astype(np.uint8))
        digest = hashlib.sha256((folder / f"{i}.png").read_bytes()).hexdigest()
        box = (0, 0, 45, 40 + i)
        method = "given" if lines else "none"
        name = f"{i}.png"
        pairs.append(Pair(name, line, name, box, 0, method, {}, digest, split, f"group{i}", "drawn"))  # type: ignore[arg-type]
    write_manifest(folder, pairs)
    return folder


@pytest.fixture
def small_shards() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(caches, "SHARD", 3)
        yield


def contents(folder: Path) -> dict[str, bytes]:
    return {f.name: f.read_bytes() for f in sorted(folder.iterdir())}


class StoppedError(Exception):
    """Stands for whatever ends a build."""


def stop_after(shards: int) -> object:
    def report(done: int, total: int) -> None:
        assert total == 3
        if done == shards:
            raise StoppedError

    return report


@pytest.mark.usefixtures("small_shards")
def test_a_build_that_was_stopped_goes_on_and_gives_the_same_bytes(tmp_path: Path) -> None:
    plan = Plan((make_set(tmp_path / "set"),))
    build(plan, tmp_path / "whole", workers=1)
    with pytest.raises(StoppedError):
        build(plan, tmp_path / "parts", workers=1, report=stop_after(1))  # type: ignore[arg-type]
    made = contents(tmp_path / "parts")
    assert {"00000.bin", "00000.json", "cache.json"} == set(made)
    times = {f.name: f.stat().st_mtime_ns for f in (tmp_path / "parts").iterdir()}
    (tmp_path / "parts" / ".senga-0.part").write_bytes(b"half of a shard")
    build(plan, tmp_path / "parts", workers=1)
    assert contents(tmp_path / "parts") == contents(tmp_path / "whole")
    assert all((tmp_path / "parts" / name).stat().st_mtime_ns == at for name, at in times.items())  # not made again


@pytest.mark.usefixtures("small_shards")
def test_shards_that_came_since_are_taken_up(tmp_path: Path) -> None:
    plan = Plan((make_set(tmp_path / "set"),))
    with pytest.raises(StoppedError):
        build(plan, tmp_path / "cache", workers=1, report=stop_after(1))  # type: ignore[arg-type]
    young = Cache.open(tmp_path / "cache")
    assert len(young.entries) == 3
    assert young.of("val") == [0, 1]  # validation comes first
    first = young.read(2).color.copy()
    build(plan, tmp_path / "cache", workers=1)
    assert young.refresh() == 6
    assert young.refresh() == 0
    assert len(young.of("train")) == 7
    assert np.array_equal(young.read(2).color, first)
    assert young.entries == Cache.open(tmp_path / "cache").entries


def test_test_pictures_are_never_inside(tmp_path: Path) -> None:
    built = build(Plan((make_set(tmp_path / "set"),)), tmp_path / "cache", workers=1)
    assert {e.split for e in built.entries} == {"train", "val"}
    assert {e.name for e in built.entries} == {str(i) for i, split in enumerate(SPLITS) if split != "test"}


def test_pictures_lines_and_regions_come_back_as_they_went_in(tmp_path: Path) -> None:
    sets = (make_set(tmp_path / "own", lines=True), make_set(tmp_path / "drawn", seed=50, splits=("train", "val")))
    built = build(Plan(sets), tmp_path / "cache", workers=1)
    opened = [PairSet.open(folder) for folder in sets]
    for number, entry in enumerate(built.entries):
        kept = built.read(number)
        pair = next(p for p in opened[entry.pairs].pairs if p.name == entry.name)
        assert entry.split == pair.split
        assert entry.group == pair.group
        assert np.array_equal(kept.color, opened[entry.pairs].color(pair))
        assert kept.lines.shape == (VARIANTS, *entry.shape)
        if entry.pairs == 0:  # a pair's own lines are its first drawing
            assert np.array_equal(kept.lines[0], opened[0].line(pair))
        for lines, labels in zip(kept.lines, kept.labels, strict=True):
            assert np.array_equal(find_regions(np.array(lines)).labels, labels)
    assert [len(built.of("train", i)) for i in range(2)] == [7, 1]


def test_other_pictures_in_the_same_folder_are_refused(tmp_path: Path) -> None:
    few = ("train", "val")
    one, other = make_set(tmp_path / "one", splits=few), make_set(tmp_path / "other", seed=9, splits=few)
    build(Plan((one,)), tmp_path / "cache", workers=1)
    before = contents(tmp_path / "cache")
    for plan in (Plan((other,)), Plan((one, other)), Plan((one,), seed=1)):
        with pytest.raises(TrainingError, match="a cache of other pictures") as caught:
            build(plan, tmp_path / "cache", workers=1)
        assert "\n" not in str(caught.value)
    assert contents(tmp_path / "cache") == before


def test_the_key_tells_splits_apart(tmp_path: Path) -> None:
    opened = PairSet.open(make_set(tmp_path / "set", splits=("train", "val")))
    moved = dataclasses.replace(opened, pairs=(opened.pairs[0], dataclasses.replace(opened.pairs[1], split="test")))
    plan = Plan((opened.folder,))
    assert plan.key([opened]) == plan.key([PairSet.open(opened.folder)])
    assert plan.key([opened]) != plan.key([moved])


def test_the_verb_makes_a_cache_and_says_what_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_set(tmp_path / "set", splits=("train", "train", "val", "test"))
    assert call(monkeypatch, "cache", folder, "-o", tmp_path / "cache", "--workers", 1) == 0
    said = capsys.readouterr().out
    assert "3 pictures (2 train, 1 val), 2 drawings each" in said
    assert f"{folder}: 2 train, 1 val" in said
    assert call(monkeypatch, "cache", folder, "-o", tmp_path / "cache") == 0  # nothing left to do


def test_the_verb_refuses_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one = make_set(tmp_path / "one", splits=("train", "val"))
    other = make_set(tmp_path / "other", seed=9, splits=("train", "val"))
    hidden = make_set(tmp_path / "hidden", seed=20, splits=("test",))
    broken = make_set(tmp_path / "broken", seed=30, splits=("train",))
    (broken / "0.png").write_bytes(b"no picture")
    assert call(monkeypatch, "cache", one, "-o", tmp_path / "cache", "--workers", 1) == 0
    capsys.readouterr()
    for arguments, said in (
        ((other, "-o", tmp_path / "cache"), "a cache of other pictures"),
        ((tmp_path / "nowhere", "-o", tmp_path / "new"), "no pair set here"),
        ((hidden, "-o", tmp_path / "empty"), "no pictures to train on"),
        ((broken, "-o", tmp_path / "failed"), "0.png"),
    ):
        assert call(monkeypatch, "cache", *arguments, "--workers", 1) == 2
        error = capsys.readouterr().err.strip()
        assert said in error
        assert error.count("\n") == 0


def test_a_folder_without_a_cache_is_told(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="make one with 'senga cache'"):
        Cache.open(tmp_path)
    (tmp_path / "cache.json").write_text(json.dumps({"format": 0}))
    with pytest.raises(TrainingError, match="another format"):
        Cache.open(tmp_path)
