"""A training run: what it writes, how it stops and goes on, what it refuses."""

import csv
import dataclasses
import hashlib
import itertools
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from senga import image
from senga.errors import SengaError, TrainingError
from senga.learn import checkpoint, standing
from senga.learn.curves import draw_curves
from senga.learn.data.batches import Batches, draw_chances
from senga.learn.networks.generators import make_generator
from senga.learn.train import Progress, train
from senga.pairs.pairset import MANIFEST, Pair, PairSet, Split, as_line
from senga.recipe import Data, Generator, Hinting, Lines, Losses, Recipe, Training
from senga.verbs.runs import describe

pytestmark = pytest.mark.usefixtures("few_colors", "few_settled")

COLORIST = Recipe(
    name="test",
    about="A run small enough for tests.",
    data=Data(size=32, lines=Lines("mix"), shrink=(0.8, 1.2)),
    hints=Hinting(kind="mix", count=10, encoding="masked-channels"),
    generator=Generator(kind="colorist", width=40, layers=1, rounds=4),
    losses=Losses(chroma=1.0, classes=0.05),
    training=Training(
        steps=8, batch=2, rate=1e-3, warmup=2, clip=1.0, average=0.9, precision="fp32", save=2, evaluate=4, seed=5
    ),
)
UNET = dataclasses.replace(
    COLORIST,
    data=Data(size=32, lines=Lines("given")),
    hints=Hinting(kind="patches", count=4, size=5, encoding="overwrite"),
    generator=Generator(kind="unet", width=8, kernel=3),
    losses=Losses(l1=1.0),
)


def lasting(recipe: Recipe, **training: Any) -> Recipe:
    return dataclasses.replace(recipe, training=dataclasses.replace(recipe.training, **training))


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A picture of flat rectangles, and its outlines."""
    random = np.random.default_rng(seed)
    height, width = (int(v) for v in random.integers(40, 64, 2))
    color = np.full((height, width, 3), random.integers(120, 256, 3), np.uint8)
    line = np.full((height, width), 255, np.uint8)
    for _ in range(4):
        top, left = int(random.integers(0, height - 12)), int(random.integers(0, width - 12))
        bottom, right = top + int(random.integers(8, 30)), left + int(random.integers(8, 30))
        color[top:bottom, left:right] = random.integers(0, 256, 3)
        line[top:bottom, left:right] = 0
        line[top + 1 : bottom - 1, left + 1 : right - 1] = 255
    return color, line


@pytest.fixture(autouse=True)
def no_curves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Curves are drawn once, for the runs that all tests of this file share."""
    monkeypatch.setattr("senga.learn.train.draw_curves", lambda _: None)


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> PairSet:
    folder = tmp_path_factory.mktemp("pairs")
    rows = []
    splits: list[Split] = ["train" if i < 9 else "val" if i < 11 else "test" for i in range(12)]
    for i, split in enumerate(splits):
        color, line = drawn(i)
        image.write(folder / f"{i}.png", color)
        image.write(folder / f"{i}-line.png", line)
        digest = hashlib.sha256((folder / f"{i}.png").read_bytes()).hexdigest()
        size = (0, 0, color.shape[1], color.shape[0])
        rows.append(Pair(f"{i}.png", f"{i}-line.png", f"{i}.png", size, 0, "given", {}, digest, split, f"{i}"))
    (folder / MANIFEST).write_text("".join(as_line(row) + "\n" for row in rows))
    return PairSet.open(folder)


Run = tuple[nn.Module, Path]


@pytest.fixture(scope="module")
def colorist(pairs: PairSet, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of eight steps that nothing stopped."""
    run = tmp_path_factory.mktemp("runs") / "colorist"
    return train(COLORIST, pairs, run), run


@pytest.fixture(scope="module")
def unet(pairs: PairSet, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The same of a network that learns fast, from given lines."""
    run = tmp_path_factory.mktemp("runs") / "unet"
    return train(UNET, pairs, run), run


def same(a: nn.Module, b: nn.Module) -> bool:
    first, second = a.state_dict(), b.state_dict()
    return first.keys() == second.keys() and all(torch.equal(first[k], second[k]) for k in first)


def steps_of(file: Path) -> list[int]:
    with file.open(newline="") as lines:
        return [int(float(row["step"])) for row in csv.DictReader(lines)]


def at_batch(monkeypatch: pytest.MonkeyPatch, number: int, happens: Callable[[], object]) -> None:
    """Has something happen when the batch of that number, from 1, is asked for."""
    straight: Callable[[Batches], object] = Batches.next
    count = itertools.count(1)

    def following(batches: Batches) -> object:
        if next(count) == number:
            happens()
        return straight(batches)

    monkeypatch.setattr(Batches, "next", following)


def crash() -> None:
    raise RuntimeError


@contextmanager
def hearing(number: int) -> Iterator[None]:
    """Has this process hear a signal that its parent may have told it to ignore."""
    before = signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(number, before)


def weights_of(run: Path) -> dict[str, list[float]]:
    return {k: v.flatten().tolist() for k, v in load_file(run / checkpoint.WEIGHTS).items()}


ALIVE = """
import sys
from pathlib import Path
from senga.learn.standing import held
try:
    with held(Path(sys.argv[1])):
        pass
except Exception as error:
    print(error)
"""


class TestRun:
    def test_a_run_s_folder_holds_all_that_tells_of_it(self, colorist: Run) -> None:
        network, run = colorist
        names = {f.name for f in run.iterdir()}
        assert {"checkpoint.pt", "losses.csv", "scores.csv", "curves.png", "recipe.json"} <= names
        assert {"weights.safetensors", "samples-000004.png", "samples-000008.png"} <= names
        assert not [n for n in names if n.endswith(".part")]
        assert not network.training
        assert steps_of(run / "losses.csv")[-1] == 8
        assert sorted(set(steps_of(run / "scores.csv"))) == [4, 8]
        with (run / "losses.csv").open(newline="") as lines:
            assert next(csv.reader(lines)) == ["step", "chroma", "classes"]
        # A row for each validation picture: lines, three answers, truth.
        assert image.read(run / "samples-000008.png").shape == (2 * 192, 5 * 192, 3)
        assert image.read(run / "curves.png").std() > 1

    def test_training_changes_the_network_and_lowers_its_loss(self, pairs: PairSet, tmp_path: Path) -> None:
        seen: list[Progress] = []
        said: list[str] = []
        recipe = lasting(UNET, steps=40, batch=4, evaluate=1000, save=1000)
        network = train(recipe, pairs, tmp_path / "run", report=seen.append, tell=said.append)
        torch.manual_seed(recipe.training.seed)
        assert not same(network, make_generator(recipe))
        assert seen[-1].step == seen[-1].steps == 40
        assert seen[-1].speed > 0
        assert any("dB" in line for line in said)
        train(lasting(UNET, steps=2, batch=4), pairs, tmp_path / "short", report=seen.append)
        assert seen[-2].losses["l1"] < seen[-1].losses["l1"]

    def test_a_finished_run_is_not_trained_again(
        self, pairs: PairSet, unet: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        network, run = unet
        at_batch(monkeypatch, 1, crash)  # none is asked for
        assert same(train(UNET, pairs, run), network)

    def test_the_seed_decides_the_outcome(self, pairs: PairSet, unet: Run, tmp_path: Path) -> None:
        assert same(train(UNET, pairs, tmp_path / "again"), unet[0])
        assert not same(train(lasting(UNET, seed=6), pairs, tmp_path / "other"), unet[0])

    def test_epochs_count_passes_over_the_training_split(self, pairs: PairSet, tmp_path: Path) -> None:
        seen: list[Progress] = []
        train(lasting(UNET, steps=0, epochs=2, batch=3), pairs, tmp_path / "run", report=seen.append)
        assert seen[-1].steps == 2 * 9 // 3

    def test_a_pair_set_without_validation_pictures_trains(self, pairs: PairSet, tmp_path: Path) -> None:
        bare = PairSet(pairs.folder, tuple(pairs.of("train")))
        said: list[str] = []
        train(lasting(UNET, steps=2), bare, tmp_path / "run", tell=said.append)
        assert any("no validation pairs" in line for line in said)

    @pytest.mark.parametrize("kind", ["colorist", "unet"])
    def test_weights_start_another_run(
        self, kind: str, pairs: PairSet, tmp_path: Path, request: pytest.FixtureRequest
    ) -> None:
        network, run = request.getfixturevalue(kind)
        recipe = {"colorist": COLORIST, "unet": UNET}[kind]
        still = dataclasses.replace(
            recipe, training=dataclasses.replace(recipe.training, steps=1, rate=1e-12, average=0.0)
        )
        started = train(still, pairs, tmp_path / "run", start=run / checkpoint.WEIGHTS).state_dict()
        for name, wanted in network.state_dict().items():
            if "running" not in name and "batches" not in name:  # a batch norm counts without learning
                torch.testing.assert_close(started[name], wanted.half().to(wanted.dtype), atol=1e-6, rtol=0, msg=name)


class TestResuming:
    @pytest.mark.parametrize(
        ("kind", "way"), [("colorist", "signal"), ("unet", "signal"), ("unet", "ctrl-c"), ("unet", "file")]
    )
    def test_a_run_that_was_stopped_and_resumed_equals_an_unbroken_one(
        self,
        kind: str,
        way: str,
        pairs: PairSet,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        request: pytest.FixtureRequest,
    ) -> None:
        whole, run = request.getfixturevalue(kind)
        recipe = {"colorist": COLORIST, "unet": UNET}[kind]
        ask = {
            "signal": lambda: os.kill(os.getpid(), signal.SIGTERM),
            "ctrl-c": lambda: os.kill(os.getpid(), signal.SIGINT),
            "file": lambda: standing.ask_to_stop(tmp_path),
        }[way]
        said: list[str] = []
        with monkeypatch.context() as patch:
            at_batch(patch, 5, ask)
            with hearing(signal.SIGINT), pytest.raises(KeyboardInterrupt):
                train(recipe, pairs, tmp_path, tell=said.append)
        assert said[-1] == "stopped at step 5 of 8; the same command goes on from here"
        state = checkpoint.load(tmp_path)
        assert state is not None
        assert state["step"] == 5
        assert steps_of(tmp_path / "losses.csv") == [5]
        assert not standing.is_alive(tmp_path)
        assert same(train(recipe, pairs, tmp_path), whole)
        assert (tmp_path / "scores.csv").read_text() == (run / "scores.csv").read_text()

    def test_a_run_that_crashed_goes_on_from_its_last_checkpoint(
        self, pairs: PairSet, unet: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            at_batch(patch, 6, crash)
            with pytest.raises(RuntimeError):
                train(UNET, pairs, tmp_path)
        state = checkpoint.load(tmp_path)
        assert state is not None
        assert state["step"] == 4  # saved every second step; the fifth is lost
        # What a crashed run may have logged after its checkpoint is dropped, so that no step is there twice.
        (tmp_path / "losses.csv").write_text("step,l1\n3,1\n5,7\n")
        with (tmp_path / "scores.csv").open("a", newline="") as out:
            out.write("6,0,7,7\n")
        said: list[str] = []
        assert same(train(UNET, pairs, tmp_path, tell=said.append), unet[0])
        assert any("step 4 of 8" in line for line in said)
        assert steps_of(tmp_path / "losses.csv") == [3, 8]
        assert (tmp_path / "scores.csv").read_text() == (unet[1] / "scores.csv").read_text()

    def test_a_slow_run_saves_by_the_clock(
        self, pairs: PairSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("senga.learn.train.LATEST", 0)
        at_batch(monkeypatch, 6, crash)
        with pytest.raises(RuntimeError):
            train(lasting(UNET, save=100), pairs, tmp_path)
        state = checkpoint.load(tmp_path)
        assert state is not None
        assert state["step"] == 5

    def test_a_run_asked_to_end_while_it_is_judged_for_the_last_time_is_whole(
        self, pairs: PairSet, unet: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("senga.learn.train.draw_curves", lambda _: os.kill(os.getpid(), signal.SIGTERM))
        with pytest.raises(KeyboardInterrupt):  # what would come after it does not begin
            train(lasting(UNET, evaluate=100), pairs, tmp_path)
        assert weights_of(tmp_path) == weights_of(unet[1])

    def test_others_are_told_where_a_run_is_and_train_it_not_at_the_same_time(
        self, pairs: PairSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told: list[object] = []

        def meanwhile() -> None:
            command = [sys.executable, "-c", ALIVE, str(tmp_path)]
            told.append(subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip())
            told.append(describe(tmp_path)[1])

        at_batch(monkeypatch, 3, meanwhile)
        train(UNET, pairs, tmp_path)
        assert told[0] == f"{tmp_path}: another process trains it (process {os.getpid()})"
        assert "0 of 16 pictures" in str(told[1])  # nothing was logged so early
        assert describe(tmp_path)[0] == f"{tmp_path}: done"
        assert "16 of 16 pictures (100.0 %), step 8" in describe(tmp_path)[1]
        assert describe(tmp_path)[-1].strip().startswith("scores at step 8: ")

    def test_a_run_that_its_minutes_ended_is_done(self, pairs: PairSet, tmp_path: Path) -> None:
        train(lasting(UNET, steps=10**6, evaluate=10**6), pairs, tmp_path, budget=0.02)
        assert describe(tmp_path)[0] == f"{tmp_path}: done"

    @pytest.mark.parametrize("content", ["", "ste", "step,l1\n3,1\n4,", "step,l1\n3,1\n4", "step,l1\n3,1\n4,0.0"])
    def test_a_log_that_a_crash_left_half_written_does_not_stop_the_run(
        self, content: str, pairs: PairSet, tmp_path: Path, unet: Run
    ) -> None:
        shutil.copytree(unet[1], tmp_path / "run")
        (tmp_path / "run" / "losses.csv").write_text(content)
        train(lasting(UNET, steps=9), pairs, tmp_path / "run")
        assert steps_of(tmp_path / "run" / "losses.csv") == ([3, 9] if "3" in content else [9])
        draw_curves(tmp_path / "run")

    @pytest.mark.parametrize(
        "other",
        [
            lasting(UNET, batch=3),
            lasting(UNET, seed=1),
            dataclasses.replace(UNET, losses=Losses(l2=1.0)),
            dataclasses.replace(UNET, generator=Generator(kind="unet", width=16, kernel=3)),
        ],
    )
    def test_a_folder_with_a_run_of_another_recipe_is_refused_and_kept(
        self, other: Recipe, pairs: PairSet, unet: Run
    ) -> None:
        run = unet[1]
        before = {f.name: f.read_bytes() for f in run.iterdir()}
        with pytest.raises(TrainingError, match="another recipe") as caught:
            train(other, pairs, run)
        assert str(run) in str(caught.value)
        assert {f.name: f.read_bytes() for f in run.iterdir()} == before

    def test_a_broken_checkpoint_is_named_on_one_line(self, unet: Run, tmp_path: Path) -> None:
        whole = (unet[1] / checkpoint.CHECKPOINT).read_bytes()
        for content in (b"", b"nonsense\n" * 40, whole[: len(whole) // 2], whole[:-20]):
            (tmp_path / checkpoint.CHECKPOINT).write_bytes(content)
            with pytest.raises(TrainingError) as caught:
                checkpoint.load(tmp_path)
            assert str(tmp_path / checkpoint.CHECKPOINT) in str(caught.value)
            assert "\n" not in str(caught.value)

    @pytest.mark.parametrize("content", [{"something": torch.zeros(3)}, torch.zeros(3), [1, 2]])
    def test_a_file_that_is_no_checkpoint_of_ours_is_refused(
        self, content: object, pairs: PairSet, tmp_path: Path
    ) -> None:
        torch.save(content, tmp_path / checkpoint.CHECKPOINT)
        with pytest.raises(TrainingError, match="checkpoint"):
            train(UNET, pairs, tmp_path)

    def test_there_is_no_checkpoint_before_the_first(self, tmp_path: Path) -> None:
        assert checkpoint.load(tmp_path) is None

    def test_a_checkpoint_survives_a_crash_while_the_next_is_written(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        checkpoint.save(tmp_path, {"recipe": "{}", "step": 1})

        def breaks(_: object, file: IO[bytes]) -> None:
            file.write(b"half")
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(torch, "save", breaks)
        with pytest.raises(SengaError, match="No space"):
            checkpoint.save(tmp_path, {"recipe": "{}", "step": 2})
        assert checkpoint.load(tmp_path) == {"recipe": "{}", "step": 1}


class TestRefusals:
    def test_a_pair_set_with_nothing_to_train_on_is_refused(self, pairs: PairSet, tmp_path: Path) -> None:
        with pytest.raises(TrainingError, match="train"):
            train(COLORIST, PairSet(pairs.folder, tuple(pairs.of("val"))), tmp_path / "run")

    def test_given_lines_that_are_missing_are_refused(self, pairs: PairSet, tmp_path: Path) -> None:
        bare = PairSet(pairs.folder, tuple(dataclasses.replace(p, line=None) for p in pairs.pairs))
        with pytest.raises(TrainingError, match="line art"):
            train(UNET, bare, tmp_path / "run")
        train(lasting(COLORIST, steps=1), bare, tmp_path / "drawn")

    @pytest.mark.parametrize("clip", [0.0, 1.0])
    @pytest.mark.parametrize("losses", [Losses(l1=3e38, l2=3e38, cross_entropy=3e38), Losses(l2=1e30, l1=1e38)])
    def test_a_loss_or_gradient_that_is_not_finite_stops_the_run(
        self, losses: Losses, clip: float, pairs: PairSet, tmp_path: Path
    ) -> None:
        wild = dataclasses.replace(UNET, losses=losses, training=dataclasses.replace(UNET.training, clip=clip))
        with pytest.raises(TrainingError, match="not finite at step"):
            train(wild, pairs, tmp_path)


class TestWeights:
    def test_weights_come_back_as_half_precision(self, tmp_path: Path) -> None:
        torch.manual_seed(0)
        network, other = make_generator(UNET), make_generator(UNET)
        file = tmp_path / "weights.safetensors"
        checkpoint.save_weights(file, network, {"recipe": "{}"})
        checkpoint.load_weights(file, other)
        for (name, wanted), got in zip(network.state_dict().items(), other.state_dict().values(), strict=True):
            assert got.dtype == wanted.dtype, name
            assert torch.equal(got, wanted.half().to(wanted.dtype)), name
        size = sum(v.numel() * 2 for v in network.state_dict().values())
        assert file.stat().st_size < size + 20_000

    def test_weights_of_another_network_are_refused_and_change_nothing(self, tmp_path: Path) -> None:
        file = tmp_path / "weights.safetensors"
        checkpoint.save_weights(file, make_generator(COLORIST), {})
        for generator in (
            Generator(kind="colorist", width=80, layers=1),
            Generator(kind="colorist", width=40, layers=2),
            Generator(kind="unet", width=8),
        ):
            other = make_generator(dataclasses.replace(COLORIST, generator=generator))
            before = {k: v.clone() for k, v in other.state_dict().items()}
            with pytest.raises(TrainingError, match="another network"):
                checkpoint.load_weights(file, other)
            assert all(torch.equal(v, before[k]) for k, v in other.state_dict().items())

    def test_files_that_hold_no_weights_are_refused(self, tmp_path: Path) -> None:
        network = make_generator(UNET)
        whole = tmp_path / "whole.safetensors"
        checkpoint.save_weights(whole, network, {})
        for content in (b"", b"nonsense " * 50, whole.read_bytes()[:-50]):
            file = tmp_path / "broken.safetensors"
            file.write_bytes(content)
            with pytest.raises(TrainingError) as caught:
                checkpoint.load_weights(file, network)
            assert str(file) in str(caught.value)
            assert "\n" not in str(caught.value)
        with pytest.raises(TrainingError, match="none"):
            checkpoint.load_weights(tmp_path / "none.safetensors", network)

    def test_the_average_moves_slowly_and_forgets_its_beginning(self) -> None:
        network = nn.Linear(1, 1, bias=False)
        nn.init.zeros_(network.weight)
        average = checkpoint.Average(network, 0.9)
        nn.init.ones_(network.weight)
        values = []
        for step in range(60):
            average.update(network, step)
            values.append(float(average.tensors["weight"]))
        assert values == sorted(values)
        assert values[0] == pytest.approx(0.9)  # the first weights count a tenth at once
        assert values[-1] > 0.999
        assert not average.tensors["weight"].requires_grad


def pair(origin: str) -> Pair:
    return Pair("a.png", None, "a.png", (0, 0, 1, 1), 0, "given", {}, "", "train", "a", origin)


class TestChances:
    @pytest.mark.parametrize(
        ("counts", "cap"),
        [
            ({"a": 90, "b": 5, "c": 5}, 0.5),
            ({"a": 60, "b": 30, "c": 5, "d": 5}, 0.4),
            ({"a": 100, "b": 100, "c": 1}, 0.4),
            ({"a": 10, "b": 10}, 0.5),
            ({"a": 1000, "b": 500, "c": 250, "d": 1, "e": 1, "f": 1}, 0.2),
        ],
    )
    def test_no_origin_is_drawn_more_often_than_the_cap_allows(self, counts: dict[str, int], cap: float) -> None:
        pairs = [pair(origin) for origin, count in counts.items() for _ in range(count)]
        chances = np.array(draw_chances(pairs, cap))
        assert chances.sum() == pytest.approx(1)
        assert chances.min() > 0
        shares = {o: chances[[p.origin == o for p in pairs]].sum() for o in counts}
        assert max(shares.values()) <= cap + 1e-9
        for origin in counts:  # one origin's pairs are equals
            assert np.ptp(chances[[p.origin == origin for p in pairs]]) < 1e-12
        # A rarer origin is never drawn more often than a commoner one.
        ordered = [shares[o] for o in sorted(counts, key=lambda o: counts[o])]
        assert all(a <= b + 1e-9 for a, b in itertools.pairwise(ordered))

    def test_pairs_are_equals_where_the_cap_allows_it(self) -> None:
        pairs = [pair(o) for o in "aaabbbccc"]
        np.testing.assert_allclose(draw_chances(pairs, 0.4), 1 / 9)
        np.testing.assert_allclose(draw_chances([pair("a")] * 7 + [pair("b")], 1.0), 1 / 8)

    def test_too_few_origins_for_the_cap_share_equally(self) -> None:
        chances = np.array(draw_chances([pair("a")] * 9 + [pair("b")], 0.1))
        np.testing.assert_allclose(chances, [0.5 / 9] * 9 + [0.5])
        np.testing.assert_allclose(draw_chances([pair("")] * 4, 0.1), 0.25)
