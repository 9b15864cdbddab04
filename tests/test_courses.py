"""The courses of painter, shader and closer are trained, gone on with and exported by the same commands."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from conftest import call
from senga.learn import checkpoint, standing
from senga.learn.course_export import EXPORTERS, export_course, is_course
from senga.learn.data.cache import Cache, Plan, build
from senga.learn.networks.closer import Closer
from senga.model.history import NOTHING, digest_of, from_rows
from senga.model.session import Session
from test_cache import make_set

RECIPE = """
name = "tiny"
about = "A network small enough for tests."
task = "{task}"
[course]
pictures = 4
batch = 2
warmup = 1
{sections}
"""

SECTIONS = {
    "paint": """
[views]
size = 32
[network]
width = 16
deep = 1
tokens = 48
layers = 1
bins = 16
""",
    "shade": """
[parts]
size = 32
flat = 1
[adversary]
weight = 0.01
since = 0
[network]
width = 16
deep = 16
fine = 8
""",
    "close": """
[look]
size = 32
[network]
width = 8
""",
}

TASKS = tuple(SECTIONS)

WORDS = "pictures of the pair sets set; lines their own or by the learned extractor, and by filters"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    """Of three drawn pictures to train on, and one to judge by."""
    folder = tmp_path_factory.mktemp("courses")
    return build(Plan((make_set(folder / "set", splits=("train",) * 3 + ("val",)),)), folder / "cache", workers=1)


@pytest.fixture(scope="module")
def place(cache: Cache, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a recipe of each task, each trained once: two steps."""
    folder = tmp_path_factory.mktemp("place")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for task in TASKS:
            (folder / f"{task}.toml").write_text(RECIPE.format(task=task, sections=SECTIONS[task]))
            assert call(patch, "train", f"{task}.toml", "--cache", cache.folder) == 0
    return folder


@pytest.fixture(autouse=True)
def _there(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)


def said(run: Path) -> dict[str, Any]:
    with safe_open(run / checkpoint.WEIGHTS, "numpy") as opened:
        return dict(opened.metadata() or {})


@pytest.mark.parametrize("task", TASKS)
def test_a_course_of_each_task_is_trained_into_a_run_of_its_file_s_name(task: str, place: Path, cache: Cache) -> None:
    run = place / "runs" / task
    state = checkpoint.load(run)
    assert state is not None
    assert (state["step"], state["seen"]) == (2, 4)
    about = said(run)
    assert (about["recipe"], about["step"], about["seen"]) == ("tiny", "2", "4")
    assert (about["cache"], about["data"]) == (cache.key, WORDS)
    assert json.loads(about["settings"])["task"] == task
    assert int(standing.last_row(run / standing.SCORES)["seen"]) == 4


@pytest.mark.parametrize("task", TASKS)
def test_it_goes_on_where_it_was(
    task: str, cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    train = ("train", f"{task}.toml", "--cache", cache.folder, "--run", run)
    assert call(monkeypatch, *train, "--pictures", 2) == 0
    first = checkpoint.load(run)
    assert call(monkeypatch, *train) == 0
    assert "going on at 2 pictures of 4" in capsys.readouterr().out
    second = checkpoint.load(run)
    assert first is not None
    assert second is not None
    assert (first["step"], second["step"]) == (1, 2)
    moved = [float((v - second["network"][k]).abs().max()) for k, v in first["network"].items()]
    assert 0 < max(moved) < 0.01  # a step further, not somewhere else


@pytest.mark.parametrize("task", TASKS)
def test_another_run_starts_from_weights(
    task: str,
    place: Path,
    cache: Cache,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    weights, file = load_file(place / "runs" / task / checkpoint.WEIGHTS), tmp_path / "other.safetensors"
    save_file({k: v + 0.5 for k, v in weights.items()}, file)
    train = ("train", f"{task}.toml", "--cache", cache.folder, "--run", tmp_path / "run", "--start", file)
    assert call(monkeypatch, *train) == 0
    state = checkpoint.load(tmp_path / "run")
    assert state is not None
    assert all(float((state["network"][k] - v - 0.5).abs().max()) < 0.01 for k, v in weights.items())

    other = next(t for t in TASKS if t != task)
    wrong = ("train", f"{other}.toml", "--cache", cache.folder, "--run", tmp_path / "no", "--start", file)
    assert call(monkeypatch, *wrong) == 2
    assert "weights of another network" in capsys.readouterr().err


@pytest.mark.parametrize("task", TASKS)
def test_a_run_of_another_task_is_not_gone_on_with(
    task: str, place: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = next(t for t in TASKS if t != task)
    run = place / "runs" / task
    assert call(monkeypatch, "train", f"{other}.toml", "--cache", cache.folder, "--run", run) == 2
    assert f"a run of the task '{task}', not of '{other}'; name another folder" in capsys.readouterr().err


# The exporter takes its time; files of painters and shaders are made by other tests too, of closers by those of chains.
@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS)
def test_a_run_becomes_a_model_file_whose_card_says_how_it_was_made(
    task: str, place: Path, cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, file = place / "runs" / task, tmp_path / "model"
    assert call(monkeypatch, "export", run, "-o", file, "--license-weights", "none", "--hardware", "a machine") == 0
    card = Session.open(file).card
    assert card.task == ("colorize" if task == "paint" else task)
    assert (card.pairs, card.data, card.license_weights) == (cache.key, WORDS, "none")
    assert card.trained.endswith(", a machine")
    minutes = float(said(run)["minutes"])
    assert (card.steps, card.pictures, card.minutes) == (2, 4, minutes)
    (ran,) = from_rows(card.history, "card")
    assert (ran.recipe, ran.digest) == ("tiny", digest_of(card.recipe))
    assert (ran.steps, ran.pictures, ran.minutes, ran.data) == (2, 4, minutes, cache.key)
    assert ran.started == NOTHING
    assert "thread" in ran.hardware
    assert card.recipe["course"]["pictures"] == 4
    scores = standing.last_row(run / standing.SCORES)
    assert card.scores == {k: float(v) for k, v in scores.items() if k not in ("step", "seen")}
    assert call(monkeypatch, "export", run, "-o", file) == 2  # not over another


def test_a_run_that_was_not_judged_yet_is_exported_as_it_was_saved(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given: list[Any] = []
    run, out = tmp_path / "close", tmp_path / "closer.onnx"
    assert call(monkeypatch, "export", run, "-o", out) == 2
    assert "no run here" in capsys.readouterr().err
    run.mkdir()
    (run / checkpoint.CHECKPOINT).write_bytes((place / "runs" / "close" / checkpoint.CHECKPOINT).read_bytes())
    words: dict[str, Any] = {"data": "drawn by tests", "license_data": "", "license_weights": "", "hardware": ""}
    monkeypatch.setitem(EXPORTERS, "close", (Closer, lambda *a, force: given.extend(a)))  # a file takes long
    assert is_course(run)
    export_course(run, out, **words)
    network, _, origin, where = given
    assert (origin.steps, origin.pictures, origin.data, origin.scores) == (2, 4, "drawn by tests", {})
    assert where == out
    state = checkpoint.load(run)
    assert state is not None
    assert all(torch.equal(v, state["average"][k]) for k, v in network.state_dict().items())
