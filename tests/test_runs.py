"""A run in the background begins, tells how it is, stops without losing a step, and goes on where it was."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from conftest import call
from senga.errors import TrainingError
from senga.learn import background, checkpoint, standing
from senga.learn.courses import follow
from senga.learn.curriculum import Course
from senga.learn.data.cache import Plan, build
from test_cache import make_set

TINY = """
name = "tiny"
about = "A painter small enough for tests."
task = "paint"
[course]
pictures = 10_000_000
batch = 2
[views]
size = 32
[network]
width = 16
deep = 1
tokens = 96
layers = 1
bins = 16
"""


class Counting:
    """A lesson that learns one number, notes what it is told, and calls `at` before each step."""

    def __init__(self, at: Callable[[int], None] = lambda _: None) -> None:
        self.network = nn.Linear(1, 1)
        self.shares: list[float] = []
        self.drawn: list[float] = []
        self.at = at

    def batch(self, random: np.random.Generator, count: int) -> Tensor:
        self.at(len(self.drawn))
        self.drawn.append(float(random.random()))
        return torch.ones(count, 1)

    def losses(self, batch: Any) -> dict[str, Tensor]:
        return {"off": (self.network(batch) - 3).square().mean()}

    def validate(self, network: nn.Module) -> dict[str, float]:
        return {"weight": float(next(network.parameters()).mean())}

    def sheet(self, network: nn.Module) -> None:
        return None

    def advance(self, share: float) -> None:
        self.shares.append(share)

    def renew(self) -> None:
        pass


COURSE = Course(pictures=100, batch=2, warmup=1, rate=0.05)
ABOUT = {"recipe": "counting"}


@pytest.mark.parametrize("way", ["file", "signal"])
def test_a_run_that_is_asked_to_stop_saves_and_goes_on_at_the_step_it_was(tmp_path: Path, way: str) -> None:
    def ask(step: int) -> None:
        if step == 7 and way == "file":
            standing.ask_to_stop(tmp_path)
        elif step == 7:
            os.kill(os.getpid(), signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    first = Counting(ask)
    follow(first, COURSE, tmp_path, ABOUT)
    state = checkpoint.load(tmp_path)
    assert state is not None
    assert state["step"] == 8  # the step under way was finished
    where = standing.read_standing(tmp_path)
    assert where is not None
    assert (where.step, where.seen, where.pictures, where.process) == (8, 16, 100, os.getpid())
    assert not (tmp_path / standing.STOP).exists()
    assert signal.getsignal(signal.SIGTERM) == before
    assert not (tmp_path / standing.SCORES).exists()  # no time is lost on scores
    assert int(standing.last_row(tmp_path / standing.LOG)["step"]) == 8  # nor is what was learned

    second = Counting()
    told: list[str] = []
    follow(second, COURSE, tmp_path, ABOUT, tell=told.append)
    assert told[0] == "going on at 16 pictures of 100"
    assert second.shares[0] == 0.16
    assert second.shares[-1] == pytest.approx(0.98)
    assert first.drawn[0] != second.drawn[0]  # other pictures than at the start
    assert int(standing.last_row(tmp_path / standing.SCORES)["seen"]) == 100
    state = checkpoint.load(tmp_path)
    assert state is not None
    assert state["step"] == 50


def test_stopping_and_going_on_is_as_training_through(tmp_path: Path) -> None:
    whole, parts = Counting(), Counting(lambda step: standing.ask_to_stop(tmp_path / "b") if step == 20 else None)
    parts.network.load_state_dict(whole.network.state_dict())
    follow(whole, COURSE, tmp_path / "a", ABOUT)
    follow(parts, COURSE, tmp_path / "b", ABOUT)
    again = Counting()
    follow(again, COURSE, tmp_path / "b", ABOUT)
    for one, other in zip(whole.network.parameters(), again.network.parameters(), strict=True):
        assert torch.equal(one, other)


def test_a_second_signal_ends_at_once(tmp_path: Path) -> None:
    with standing.stop_asked(tmp_path) as asked:
        assert not asked()
        os.kill(os.getpid(), signal.SIGTERM)
        assert asked()
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    with standing.stop_asked(tmp_path) as asked:
        assert not asked()


def test_other_threads_train_without_signals(tmp_path: Path) -> None:
    thread = threading.Thread(target=follow, args=(Counting(), COURSE, tmp_path, ABOUT))
    thread.start()
    thread.join()
    assert int(standing.last_row(tmp_path / standing.SCORES)["seen"]) == 100


def test_a_folder_of_another_recipe_or_network_is_refused(tmp_path: Path) -> None:
    follow(Counting(), COURSE, tmp_path, ABOUT)
    with pytest.raises(TrainingError, match="a run of the recipe 'counting', not of 'other'"):
        follow(Counting(), COURSE, tmp_path, {"recipe": "other"})
    wider = Counting()
    wider.network = nn.Linear(2, 1)
    with pytest.raises(TrainingError, match="its checkpoint is of another network"):
        follow(wider, COURSE, tmp_path, ABOUT)


def test_a_folder_of_another_task_is_refused_whatever_its_recipe_is_called(tmp_path: Path) -> None:
    follow(Counting(), COURSE, tmp_path, ABOUT | {"settings": {"task": "count"}})
    with pytest.raises(TrainingError, match="a run of the task 'count', not of 'guess'; name another folder"):
        follow(Counting(), COURSE, tmp_path, ABOUT | {"settings": {"task": "guess"}})
    follow(Counting(), COURSE, tmp_path, ABOUT | {"settings": {"task": "count"}})


def test_a_run_that_did_not_say_its_task_goes_on(tmp_path: Path) -> None:
    follow(Counting(lambda step: standing.ask_to_stop(tmp_path) if step == 3 else None), COURSE, tmp_path, ABOUT)
    told: list[str] = []
    follow(Counting(), COURSE, tmp_path, ABOUT | {"settings": {"task": "count"}}, tell=told.append)
    assert told[0] == "going on at 8 pictures of 100"


HOLD = "import sys, time; from pathlib import Path; from senga.learn.standing import held\n"
HOLD += "with held(Path(sys.argv[1])):\n    print('held', flush=True); time.sleep(60)"


def test_one_process_trains_a_run_and_its_death_is_seen(tmp_path: Path) -> None:
    assert not standing.is_alive(tmp_path)
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        assert standing.is_alive(tmp_path)
        with pytest.raises(TrainingError, match=f"another process trains it .process {other.pid}"):
            follow(Counting(), COURSE, tmp_path, ABOUT)
        assert not standing.wait_for_end(tmp_path, 0.2)
        other.kill()
        other.wait()
        assert standing.wait_for_end(tmp_path, 5)
    with standing.held(tmp_path), standing.held(tmp_path):  # twice by the same
        assert standing.is_alive(tmp_path)
    assert not standing.is_alive(tmp_path)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a tiny cache and recipe, from which nothing of this checkout is copied."""
    build(Plan((make_set(tmp_path / "set", splits=("train",) * 3 + ("val",)),)), tmp_path / "cache", workers=1)
    (tmp_path / "small.toml").write_text(TINY)  # another name than the recipe inside bears
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(background, "checkout", lambda: None)
    return tmp_path


def test_start_status_stop_and_start_again(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    core = min(os.sched_getaffinity(0))
    start = ("runs", "start", "small.toml", "--cache", "cache", "--core", core)
    run = place / "runs" / "small"
    assert call(monkeypatch, *start) == 0
    try:
        assert "what it says goes to" in capsys.readouterr().out
        time.sleep(2)  # for a step
        assert call(monkeypatch, *start) == 2  # one at a time
        assert "a process trains it already" in capsys.readouterr().err
        assert call(monkeypatch, "runs", "status") == 0
        assert "runs/small: training, process" in capsys.readouterr().out
        found = standing.read_standing(run)
        assert found is not None
        assert os.sched_getaffinity(found.process) == {core}
        assert call(monkeypatch, "runs", "stop", "small") == 0  # its name will do
    finally:
        standing.ask_to_stop(run)
    said = capsys.readouterr().out
    assert "not running" in said
    stopped = standing.read_standing(run)
    assert stopped is not None
    assert f"step {stopped.step:,}" in said
    state = checkpoint.load(run)
    assert state is not None
    assert state["step"] == stopped.step > 0
    assert call(monkeypatch, "runs", "stop", run) == 2
    assert "no process trains it" in capsys.readouterr().err

    assert call(monkeypatch, *start, "--renew") == 0
    try:
        time.sleep(2)  # for a step
        assert f"going on at {stopped.seen:,} pictures" in (run / background.TEXT).read_text()
        assert call(monkeypatch, "runs", "stop", run) == 0
    finally:
        standing.ask_to_stop(run)
    later = standing.read_standing(run)
    assert later is not None
    assert later.step > stopped.step


EXPERIMENT = """
name = "experiment"
about = "Colors by a small network."
[data]
size = 32
lines = { kind = "dilate" }
[generator]
kind = "unet"
width = 8
[losses]
l1 = 1
[training]
steps = 9
"""


def test_a_start_passes_on_what_its_kind_of_recipe_takes(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given: list[Any] = []

    def start(arguments: list[str], run: Path, **_: object) -> background.Started:
        given.append((arguments, run))
        return background.Started((), "", -1, 1)

    monkeypatch.setattr(background, "start", start)
    (place / "experiment.toml").write_text(EXPERIMENT)
    numbers = ("--steps", 90, "--batch", 2, "--largest", 64, "--memory", 0.5)
    assert call(monkeypatch, "runs", "start", "experiment.toml", "--pairs", "set", *numbers) == 0
    run = ("--run", place / "runs" / "experiment")
    wanted = ["train", place / "experiment.toml", *run, "--pairs", place / "set", *numbers]
    assert given.pop() == ([*map(str, wanted)], place / "runs" / "experiment")
    course = ("runs", "start", "small.toml", "--cache", "cache", "--pictures", 8, "--threads", 2, "--run", "a")
    assert call(monkeypatch, *course) == 0
    wanted = ["train", place / "small.toml", "--run", place / "a", "--cache", place / "cache"]
    assert given.pop() == ([*map(str, wanted), "--pictures", "8", "--threads", "2"], place / "a")
    for refused, said in (
        (("experiment.toml",), "trains from a pair set: give --pairs"),
        (("small.toml",), "is a course: give --cache"),
        (("experiment.toml", "--pairs", "set", "--pictures", 8), "--pictures, --threads and --device are of courses"),
        (("small.toml", "--cache", "cache", "--steps", 8), "is a course: it takes --cache"),
        (("experiment.toml", "--pairs", "cache"), "no pair set here"),
        (("none.toml", "--pairs", "set"), "none.toml"),
    ):
        capsys.readouterr()
        assert call(monkeypatch, "runs", "start", *refused) == 2
        assert said in capsys.readouterr().err
    assert not given


@pytest.mark.slow  # the same of a course is not
def test_an_experiment_starts_stops_and_ends_in_the_background(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "experiment.toml").write_text(EXPERIMENT)
    start = ("runs", "start", "experiment.toml", "--pairs", "set", "--batch", 2, "--steps")
    run = place / "runs" / "experiment"
    assert call(monkeypatch, *start, 10**6) == 0
    try:
        time.sleep(2)  # for a step
        assert call(monkeypatch, "runs", "stop", "experiment") == 0
    finally:
        standing.ask_to_stop(run)
    assert "runs/experiment: not running" in capsys.readouterr().out
    stopped = standing.read_standing(run)
    assert stopped is not None
    assert stopped.step > 0
    assert call(monkeypatch, *start, stopped.step + 2) == 0
    assert standing.wait_for_end(run, 60)
    assert f"going on at step {stopped.step} of {stopped.step + 2}" in (run / background.TEXT).read_text()
    assert (run / checkpoint.WEIGHTS).exists()
    assert call(monkeypatch, "runs", "status") == 0
    assert "runs/experiment: done" in capsys.readouterr().out


def test_a_start_that_fails_says_why(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "runs", "start", "small.toml", "--cache", "nowhere") == 2
    assert "nowhere: no cache here" in capsys.readouterr().err
    assert call(monkeypatch, "runs", "start", "small.toml", "--cache", "cache", "--start", "none.safetensors") == 2
    error = capsys.readouterr().err.strip()
    assert "ended at once: senga: " in error
    assert "none.safetensors" in error
    assert "\n" not in error
    for named in ("runs/small", "small"):
        assert call(monkeypatch, "runs", "status", named) == 0
        assert "runs/small: ended: senga: " in capsys.readouterr().out
    for named in ("runs/none", "none"):
        assert call(monkeypatch, "runs", "status", named) == 2
        assert f"{named}: no run here" in capsys.readouterr().err
        assert call(monkeypatch, "runs", "stop", named) == 2
        assert f"{named}: no process trains it" in capsys.readouterr().err
    (place / "small").mkdir()  # a folder of that name that is no run
    assert call(monkeypatch, "runs", "status", "small") == 0


def test_status_tells_scores_and_when_it_was_heard_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    follow(Counting(), COURSE, tmp_path / "runs" / "counting", ABOUT)
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "runs" / "counting" / standing.STATUS
    row = json.loads(file.read_text())
    file.write_text(json.dumps(row | {"written": time.time() - 240}))
    assert call(monkeypatch, "runs", "status") == 0
    said = capsys.readouterr().out
    assert "runs/counting: done" in said
    assert "100 of 100 pictures (100.0 %), step 50" in said
    assert "last heard of 4.0 minutes ago" in said
    assert "scores at 100 pictures: weight" in said


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
    return subprocess.run(
        ["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True, text=True
    ).stdout


def test_a_run_has_its_own_copy_of_the_code_and_moves_when_told(tmp_path: Path) -> None:
    root = tmp_path / "checkout"
    (root / "src").mkdir(parents=True)
    git(root, "init", "-q")
    for text in ("one", "two"):
        (root / "src" / "a.py").write_text(text)
        git(root, "add", ".")
        git(root, "commit", "-qm", text)
        if text == "one":
            tree, first = background.own_code(root, tmp_path / "run", renew=False)
            assert (tree / "src" / "a.py").read_text() == "one"
    (root / "src" / "a.py").write_text("not committed")
    same, still = background.own_code(root, tmp_path / "run", renew=False)
    assert (same, still) == (tree, first)
    assert (tree / "src" / "a.py").read_text() == "one"
    _, second = background.own_code(root, tmp_path / "run", renew=True)
    assert second != first
    assert (tree / "src" / "a.py").read_text() == "two"
    with pytest.raises(TrainingError, match="git worktree failed"):
        background.own_code(tmp_path, tmp_path / "other", renew=False)


def test_a_run_s_environment_is_a_copy_that_sees_the_run_s_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sys.prefix == sys.base_prefix:
        pytest.skip("this Python is no environment")
    library = next(Path(p) for p in sys.path if p.startswith(sys.prefix) and p.endswith("site-packages"))
    small = tmp_path / "prefix" / library.relative_to(sys.prefix)
    small.mkdir(parents=True)
    (small / "thing.py").write_text("HERE = 1\n")
    (small / "_editable_impl_senga.pth").write_text("/elsewhere\n")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "prefix"))
    monkeypatch.setattr(sys, "path", [str(small)])
    tree = tmp_path / "tree"
    (tree / "src").mkdir(parents=True)
    (tree / "src" / "own.py").write_text("HERE = 2\n")
    python = background.own_environment(tmp_path / "run", tree, renew=False)
    said = subprocess.run(
        [str(python), "-c", "import thing, own; print(thing.HERE, own.HERE, thing.__file__)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said.startswith("1 2 ")
    assert "environment" in said
    (small / "thing.py").unlink()  # an upgrade replaces names
    (small / "thing.py").write_text("HERE = 3\n")
    assert (
        subprocess.run([str(python), "-c", "import thing; raise SystemExit(thing.HERE)"], check=False).returncode == 1
    )
    again = background.own_environment(tmp_path / "run", tree, renew=True)
    assert subprocess.run([str(again), "-c", "import thing; raise SystemExit(thing.HERE)"], check=False).returncode == 3
