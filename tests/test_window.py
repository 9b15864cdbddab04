"""Training pictures larger than memory: what is held, in which order, to the same numbers after a stop."""

import dataclasses
import gc
import os
import signal
import threading
import tracemalloc
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from conftest import patchwork
from senga import image
from senga.errors import PairSetError, TrainingError
from senga.learn import checkpoint
from senga.learn.data.batches import Batch, Batches
from senga.learn.data.line_targets import lines_only, scales, with_centers
from senga.learn.data.parts import SHOWN, make_parts, pixels_of
from senga.learn.data.window import Share
from senga.learn.train import train
from senga.pairs.pack import pack_pairs
from senga.pairs.pairset import Pair, PairSet, Split, write_manifest
from senga.recipe import Data, Generator, Hinting, Lines, Losses, Recipe, Training

pytestmark = pytest.mark.usefixtures("few_colors", "few_settled", "no_curves")

UNET = Recipe(
    name="test",
    about="A run small enough for tests.",
    data=Data(size=32, lines=Lines("given")),
    hints=Hinting(kind="patches", count=4, size=5, encoding="overwrite"),
    generator=Generator(kind="unet", width=8, kernel=3),
    losses=Losses(l1=1.0),
    training=Training(steps=24, batch=2, rate=1e-3, average=0.9, precision="fp32", save=5, evaluate=100, seed=5),
)
INKER = dataclasses.replace(
    UNET,
    task="lines",
    data=Data(size=32, lines=Lines("given"), shrink=(1.0, 2.0)),
    hints=Hinting(kind="none"),
    generator=Generator(kind="inker", width=24),
    losses=Losses(strokes=1.0),
)
COLORIST = dataclasses.replace(
    UNET,
    data=Data(size=32, lines=Lines("mix")),
    hints=Hinting(kind="mix", encoding="masked-channels", regions=0.5),
    generator=Generator(kind="colorist", width=40, layers=1, rounds=4),
    losses=Losses(chroma=1.0, classes=0.05),
)

COUNT = 40
"""Training pictures of 40 x 48 px."""

GB = 12 * 40 * 48 * 4 / 1e9
"""Memory for 12 of them with line art: parts of one picture each, 11 of them held."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> PairSet:
    place = tmp_path_factory.mktemp("set")
    rows = []
    for i in range(COUNT + 2):
        picture = patchwork(40, 48, i)
        picture[0, 0] = (i, 0, 0)  # says which one it is
        image.write(place / f"{i:02}.png", picture)
        image.write(place / f"{i:02}-line.png", image.gray(picture))
        split: Split = "train" if i < COUNT else "val"
        origin = "often" if i < COUNT * 3 // 4 else "rare"
        box = (0, 0, 48, 40)
        rows.append(Pair(f"{i:02}.png", f"{i:02}-line.png", f"{i}", box, 0, "given", {}, f"{i}", split, f"{i}", origin))
    write_manifest(place, rows)
    return PairSet.open(place)


@pytest.fixture(scope="module")
def shards(folder: PairSet, tmp_path_factory: pytest.TempPathFactory) -> PairSet:
    return pack_pairs(folder, tmp_path_factory.mktemp("packed"), each=6)


def seeded(seed: int = 3) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def shown(batches: Batches) -> list[int]:
    """Which pictures are held."""
    return [int(batches.store.flat[start, 0]) for start in batches.store.starts]


def use_up(batches: Batches) -> None:
    for _ in range(COUNT):
        batches.next()


def same(one: Batch, other: Batch) -> bool:
    return torch.equal(one.planes, other.planes) and torch.equal(one.target, other.target)


def alike(a: nn.Module, b: nn.Module) -> bool:
    first, second = a.state_dict(), b.state_dict()
    return all(torch.equal(first[k], second[k]) for k in first)


class TestEverythingHeld:
    @pytest.mark.parametrize("recipe", [UNET, INKER, COLORIST], ids=["unet", "inker", "colorist"])
    @pytest.mark.parametrize("memory", [None, 1.0])
    def test_shards_give_the_same_batches_as_the_folder(
        self, recipe: Recipe, memory: float | None, folder: PairSet, shards: PairSet
    ) -> None:
        plain = Batches(recipe, folder, seeded())
        packed = Batches(recipe, shards, seeded(), memory=memory)
        assert len(plain) == len(packed)
        for _ in range(3):
            assert same(plain.next(), packed.next())

    def test_shards_train_to_the_same_weights(self, folder: PairSet, shards: PairSet, tmp_path: Path) -> None:
        short = dataclasses.replace(UNET, training=dataclasses.replace(UNET.training, steps=3))
        whole = train(short, folder, tmp_path / "folder")
        assert alike(train(short, shards, tmp_path / "shards"), whole)
        assert alike(train(short, shards, tmp_path / "memory", memory=1.0), whole)
        assert (tmp_path / "folder" / "scores.csv").read_text() == (tmp_path / "shards" / "scores.csv").read_text()


class TestWindow:
    @pytest.mark.parametrize("kind", ["folder", "shards"])
    def test_every_picture_is_held_within_an_epoch(self, kind: str, request: pytest.FixtureRequest) -> None:
        batches = Batches(UNET, request.getfixturevalue(kind), seeded(), memory=GB)
        assert len(batches) == COUNT
        held: set[int] = set()
        counts = set()
        for _ in range(COUNT // UNET.training.batch):
            batches.next()
            held.update(shown(batches))
            counts.add(len(shown(batches)))
        assert held == set(range(COUNT))
        assert max(counts) <= 11

    def test_every_picture_is_drawn_as_often_as_any_other(self, shards: PairSet) -> None:
        batches = Batches(UNET, shards, seeded(), memory=GB)
        drawn: Counter[int] = Counter()
        epochs = 20
        for _ in range(epochs * COUNT // UNET.training.batch):
            batches.next()
            share = batches.chances / batches.chances.sum()
            for picture, chance in zip(shown(batches), share.tolist(), strict=True):
                drawn[picture] += chance * UNET.training.batch
        assert set(drawn) == set(range(COUNT))
        assert min(drawn.values()) > 0.8 * epochs
        assert max(drawn.values()) < 1.2 * epochs

    def test_a_cap_on_an_origin_holds_over_the_windows(self, folder: PairSet, shards: PairSet) -> None:
        capped = dataclasses.replace(UNET, data=dataclasses.replace(UNET.data, cap=0.5))
        for pairs in (folder, shards):
            batches = Batches(capped, pairs, seeded(), memory=GB)
            often = 0.0
            for _ in range(160):
                batches.next()
                mine = torch.tensor([i < COUNT * 3 // 4 for i in shown(batches)])
                often += float(batches.chances[mine].sum() / batches.chances.sum())
            assert abs(often / 160 - 0.5) < 0.06, "three quarters of the pictures, half of the draws"

    def test_what_is_held_depends_on_seed_and_step_alone(self, shards: PairSet) -> None:
        through = Batches(UNET, shards, seeded(), memory=GB)
        seen = []
        for _ in range(50):
            through.next()
            seen.append(shown(through))
        assert len({tuple(s) for s in seen}) > 20
        for step in (0, 1, 7, 30, 49):
            there = Batches(UNET, shards, seeded(step), memory=GB, step=step)
            there.next()
            assert shown(there) == seen[step]
        other = dataclasses.replace(UNET, training=dataclasses.replace(UNET.training, seed=6))
        assert shown(Batches(other, shards, seeded(), memory=GB)) != seen[0]

    def test_pictures_lie_whole_where_they_are_said_to_lie(self, shards: PairSet) -> None:
        batches = Batches(UNET, shards, seeded(), memory=GB)
        pairs = shards.of("train")
        for _ in range(30):
            batches.next()
            for i, picture in enumerate(shown(batches)):
                wanted = torch.from_numpy(lines_only(shards, pairs[picture])).permute(2, 0, 1).unsqueeze(0)
                assert torch.equal((batches.store.whole(i) * 255).round(), wanted.float())

    def test_inkers_hold_their_scales(self, shards: PairSet) -> None:
        each = len(scales(INKER.data.shrink))
        batches = Batches(INKER, shards, seeded(), memory=GB * 3)
        assert len(batches) == COUNT * each
        assert 0 < len(batches.store) < COUNT * each
        for _ in range(30):
            batches.next()
        pair = shards.of("train")[shown(batches)[0]]
        for i, wanted in enumerate(with_centers(shards, pair, INKER.data.shrink)):
            np.testing.assert_array_equal((batches.store.whole(i)[0] * 255).round().permute(1, 2, 0), wanted)

    def test_regions_come_along(self, shards: PairSet) -> None:
        batches = Batches(COLORIST, shards, seeded(), memory=GB)
        again = Batches(COLORIST, shards, seeded(), memory=GB)
        for _ in range(30):
            assert same(batches.next(), again.next())
        store = batches.store
        assert store.regions is not None
        for start, picture in zip(store.starts.tolist(), shown(batches), strict=True):
            from senga.learn.data.color_regions import find_regions

            wanted = find_regions(shards.color(shards.of("train")[picture])).reshape(-1)
            np.testing.assert_array_equal(store.regions[start : start + len(wanted)].numpy().view(np.uint16), wanted)

    def test_several_processes_share_the_parts(self, shards: PairSet) -> None:
        ranks = [Batches(UNET, shards, seeded(), memory=GB, share=Share(rank, 2)) for rank in range(2)]
        held: list[set[int]] = [set(), set()]
        for _ in range(COUNT // 2 // UNET.training.batch - 6):  # within the first epoch
            for batches, mine in zip(ranks, held, strict=True):
                batches.next()
                mine.update(shown(batches))
        assert not held[0] & held[1]
        assert len(held[0] | held[1]) > COUNT * 0.7


class TestRun:
    @pytest.mark.parametrize("kind", ["folder", "shards"])
    def test_a_run_that_was_stopped_and_resumed_equals_an_unbroken_one(
        self, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
    ) -> None:
        pairs = request.getfixturevalue(kind)
        whole = train(UNET, pairs, tmp_path / "whole", memory=GB)
        assert alike(train(UNET, pairs, tmp_path / "again", memory=GB), whole)
        straight = Batches.next

        def stops(batches: Batches) -> Batch:
            if batches.step == 12:
                os.kill(os.getpid(), signal.SIGTERM)
            return straight(batches)

        with monkeypatch.context() as patch:
            patch.setattr(Batches, "next", stops)
            with pytest.raises(KeyboardInterrupt):
                train(UNET, pairs, tmp_path / "run", memory=GB)
        state = checkpoint.load(tmp_path / "run")
        assert state is not None
        assert state["step"] == 13
        assert alike(train(UNET, pairs, tmp_path / "run", memory=GB), whole)
        assert not alike(train(UNET, pairs, tmp_path / "all"), whole)

    def test_epochs_count_all_pictures_and_the_window_is_told(self, shards: PairSet, tmp_path: Path) -> None:
        seen: list[Any] = []
        said: list[str] = []
        recipe = dataclasses.replace(UNET, training=dataclasses.replace(UNET.training, steps=0, epochs=1))
        train(recipe, shards, tmp_path, memory=GB, report=seen.append, tell=said.append)
        assert seen[-1].steps == COUNT // UNET.training.batch
        assert "holding 11 of 40 parts of 40 pairs at a time, 0.00 GB" in said

    def test_a_colorist_trains_from_a_window(self, shards: PairSet, tmp_path: Path) -> None:
        short = dataclasses.replace(COLORIST, training=dataclasses.replace(COLORIST.training, steps=3))
        assert alike(train(short, shards, tmp_path / "a", memory=GB), train(short, shards, tmp_path / "b", memory=GB))

    def test_a_shard_that_breaks_on_the_way_stops_the_run_with_its_name(self, folder: PairSet, tmp_path: Path) -> None:
        packed = pack_pairs(folder, tmp_path / "set", each=6)
        batches = Batches(UNET, packed, seeded(), memory=GB)
        for file in (tmp_path / "set" / "shards").iterdir():
            file.unlink()
        with pytest.raises(PairSetError, match=r"shards/00000\d.tar: .*; build or pack the set again"):
            use_up(batches)


class TestMemory:
    def test_no_more_is_held_than_was_allowed(self, tmp_path: Path) -> None:
        rows = []
        for i in range(120):
            image.write(tmp_path / f"{i}.png", np.full((200, 200, 3), i, np.uint8))
            rows.append(Pair(f"{i}.png", None, f"{i}", (0, 0, 200, 200), 0, "none", {}, f"{i}", "train", f"{i}"))
        plain = dataclasses.replace(UNET, data=Data(size=32, lines=Lines("dilate")))
        whole = 120 * 200 * 200 * 3
        memory = whole / 8
        tracemalloc.start()
        try:
            batches = Batches(plain, PairSet(tmp_path, tuple(rows)), seeded(), memory=memory / 1e9)
            assert batches.store.flat.nbytes <= memory
            assert batches.store.flat.nbytes > memory / 2
            for _ in range(60):
                batches.next()
            # Decoded pictures on their way into the store; those are not of torch's memory, which is not traced.
            assert tracemalloc.get_traced_memory()[1] < 28 * 200 * 200 * (3 + 4 + 4) < whole
        finally:
            tracemalloc.stop()

    def test_threads_end_with_what_they_read_for(self, shards: PairSet) -> None:
        batches = Batches(UNET, shards, seeded(), memory=GB)
        batches.next()
        assert batches.window is not None
        assert batches.window.next is not None
        batches.window.next.result()
        del batches
        gc.collect()
        assert not [t for t in threading.enumerate() if t.name.startswith("part ") and t.is_alive()]

    def test_memory_for_less_than_a_few_pictures_is_refused(self, shards: PairSet) -> None:
        with pytest.raises(TrainingError, match=r"--memory 1e-05 is too little.*give 6\.9 times as much"):
            Batches(UNET, shards, seeded(), memory=1e-5)

    def test_pictures_larger_than_their_rows_say_are_refused(self, folder: PairSet) -> None:
        rows = tuple(dataclasses.replace(p, box=(0, 0, 47, 40)) for p in folder.pairs)
        with pytest.raises(TrainingError, match=r"\d\d\.png: larger than its row's 'box' says"):
            Batches(UNET, PairSet(folder.folder, rows), seeded(), memory=GB)
        Batches(UNET, PairSet(folder.folder, rows), seeded())


class TestParts:
    def pairs(self, sides: list[int], each: int = 0) -> list[Pair]:
        shards = [f"shards/{i // each:06}.tar" if each else "" for i in range(len(sides))]
        return [
            Pair(f"{i}.png", None, f"{i}", (0, 0, side, side), 0, "none", {}, "", "train", f"{i}", "", shard)
            for i, (side, shard) in enumerate(zip(sides, shards, strict=True))
        ]

    @pytest.mark.parametrize("each", [0, 7, 50, 1000])
    @pytest.mark.parametrize("share", [0.1, 0.35, 0.9, 1.0, 2.0])
    def test_parts_hold_each_pair_once_and_keep_within_the_room(self, each: int, share: float) -> None:
        sides = np.random.default_rng(each).integers(4, 20, 900).tolist()
        pairs = self.pairs(sides, each)
        whole = sum(side * side for side in sides)
        room = int(whole * share)
        parts = make_parts(pairs, [1 / 900] * 900, [1.0], room)
        assert sorted(p.color for part in parts.parts for p in part.pairs) == sorted(p.color for p in pairs)
        assert parts.room <= room
        assert parts.pixels == max(sum(pixels_of(p, [1.0]) for p in part.pairs) for part in parts.parts)
        assert all(len({p.shard for p in part.pairs}) == 1 for part in parts.parts) or len(parts.parts) == 1
        if share >= 1:
            assert [p for part in parts.parts for p in part.pairs] == pairs
        else:
            assert parts.shown >= SHOWN
            held = parts.shown * sum(sum(pixels_of(p, [1.0]) for p in part.pairs) for part in parts.parts)
            assert held / len(parts.parts) > room * 0.5
        assert sum(parts.draws(part) for part in parts.parts) == pytest.approx(900, rel=0.1)

    def test_whole_shards_are_parts_where_several_fit(self) -> None:
        parts = make_parts(self.pairs([10] * 200, 10), [1 / 200] * 200, [1.0], 100 * 100)
        assert [len(part.pairs) for part in parts.parts] == [10] * 20
        assert parts.shown == 9

    def test_the_sequence_is_one_permutation_after_another(self) -> None:
        parts = make_parts(self.pairs([10] * 200, 10), [1 / 200] * 200, [1.0], 100 * 100)
        first, second = ([parts.at(20 * epoch + i, 0) for i in range(20)] for epoch in range(2))
        for epoch in (first, second):
            assert sorted(p.pairs[0].color for p in epoch) == sorted(p.pairs[0].color for p in parts.parts)
        assert first != second
        assert [parts.at(i, 1) for i in range(20)] != first
