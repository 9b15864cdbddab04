"""Weights carry their whole history: every run that led to them, and the truth where it is not known."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from conftest import call
from senga.errors import ModelError, TrainingError
from senga.learn import checkpoint, run_history, standing
from senga.learn.chain import read_chain
from senga.learn.courses import follow
from senga.learn.run_history import digest_of_file, history_of, said_to_start
from senga.model.card import Card
from senga.model.history import (
    NOTHING,
    TrainingRun,
    as_rows,
    describe,
    digest_of,
    from_rows,
    is_whole,
    runs_of,
)
from senga.model.shipped import WEIGHTS
from test_runs import COURSE, Counting

CARD = Card(
    name="old",
    task="close",
    encoding="none",
    low=0.0,
    high=1.0,
    size_multiple=16,
    area=1,
    conditions=(),
    recipe={"name": "old"},
    pairs="f" * 16,
    data="",
    license_data="",
    license_weights="",
    trained="2026-11-29, one core",
    steps=7,
    parameters=1,
    tolerance=0.0,
)


def about(name: str, **settings: Any) -> dict[str, Any]:
    return {"recipe": name, "cache": "c" * 16, "settings": {"name": name, **settings}}


def stopping(run: Path, at: int) -> Counting:
    return Counting(lambda step: standing.ask_to_stop(run) if step == at else None)


def forget(run: Path) -> None:
    """Makes a run's checkpoint and weights such as they were before histories."""
    state = checkpoint.load(run)
    assert state is not None
    checkpoint.save(run, {k: v for k, v in state.items() if k != run_history.HISTORY})
    file = run / checkpoint.WEIGHTS
    with safe_open(file, "pt") as opened:
        words = {k: v for k, v in opened.metadata().items() if k != run_history.HISTORY}
        tensors = {k: opened.get_tensor(k) for k in opened.keys()}  # noqa: SIM118 - it is no dictionary
    save_file(tensors, file, metadata=words)


def test_a_run_from_nothing_says_so_and_how_long_it_was(tmp_path: Path) -> None:
    follow(Counting(), COURSE, tmp_path, about("one"))
    (run,) = history_of(tmp_path / checkpoint.WEIGHTS)
    assert (run.recipe, run.steps, run.pictures, run.data) == ("one", 50, 100, "c" * 16)
    assert run.digest == digest_of({"name": "one"})
    assert run.started == NOTHING
    assert run.hardware.startswith(f"{torch.get_num_threads()} thread")
    assert is_whole([run])
    assert not any("not known" in line for line in describe([run]))


def test_a_run_that_starts_from_anothers_weights_adds_itself_to_their_history(tmp_path: Path) -> None:
    follow(Counting(), COURSE, tmp_path / "one", about("one"))
    weights = tmp_path / "one" / checkpoint.WEIGHTS
    before = digest_of_file(weights)
    follow(Counting(), COURSE, tmp_path / "two", about("two"), start=weights)
    follow(Counting(), COURSE, tmp_path / "three", about("three"), start=tmp_path / "two" / checkpoint.WEIGHTS)
    one, two, three = history_of(tmp_path / "three" / checkpoint.WEIGHTS)
    assert [r.recipe for r in (one, two, three)] == ["one", "two", "three"]
    assert (two.started, two.started_digest) == ("one/weights.safetensors", before)
    assert three.started == "two/weights.safetensors"
    assert [r.pictures for r in (one, two, three)] == [100, 100, 100]  # each its own
    assert is_whole([one, two, three])


def test_a_run_that_was_stopped_and_went_on_stays_one_run(tmp_path: Path) -> None:
    follow(Counting(), COURSE, tmp_path / "one", about("one"))
    weights, run = tmp_path / "one" / checkpoint.WEIGHTS, tmp_path / "two"
    follow(stopping(run, 9), COURSE, run, about("two"), start=weights)
    assert [r.pictures for r in history_of(run / checkpoint.WEIGHTS)] == [100, 20]
    follow(Counting(), COURSE, run, about("two"))  # without --start: the checkpoint knows
    _, two = history_of(run / checkpoint.WEIGHTS)
    assert (two.pictures, two.steps, two.started, two.changed) == (100, 50, "one/weights.safetensors", ())


def test_a_recipe_that_was_changed_on_the_way_is_told(tmp_path: Path) -> None:
    follow(stopping(tmp_path, 9), COURSE, tmp_path, about("one", rate=1))
    follow(Counting(), COURSE, tmp_path, about("one", rate=2))
    (run,) = history_of(tmp_path / checkpoint.WEIGHTS)
    assert run.digest == digest_of({"name": "one", "rate": 2})
    assert run.changed == ((digest_of({"name": "one", "rate": 1}), 20),)
    assert "until 20 pictures by another form of the recipe" in "\n".join(describe([run]))


def test_what_is_older_than_histories_is_not_made_up(tmp_path: Path) -> None:
    run = tmp_path / "one"
    follow(stopping(run, 9), COURSE, run, about("one"))
    forget(run)
    (old,) = history_of(run / checkpoint.WEIGHTS)
    assert (old.recipe, old.pictures, old.steps, old.started) == ("one", 20, 10, None)
    follow(Counting(), COURSE, run, about("one"))
    (on,) = history_of(run / checkpoint.WEIGHTS)
    assert (on.pictures, on.started) == (100, None)
    assert describe([on])[0] == "history not known before the run of 'one'"
    bare = tmp_path / "bare.safetensors"
    save_file(nn.Linear(1, 1).state_dict(), bare)
    follow(Counting(), COURSE, tmp_path / "two", about("two"), start=bare)
    (two,) = history_of(tmp_path / "two" / checkpoint.WEIGHTS)
    assert two.started == "bare.safetensors"
    assert not is_whole([two])


def test_a_person_may_say_what_an_old_run_started_from_and_no_other(tmp_path: Path) -> None:
    follow(Counting(), COURSE, tmp_path, about("one"))
    file = tmp_path / checkpoint.WEIGHTS
    old = TrainingRun("old", pictures=5)
    assert is_whole(said_to_start([old], "nothing"))
    one, then = said_to_start([old], str(file))
    assert (one.recipe, then.recipe, then.started_digest) == ("one", "old", digest_of_file(file))
    with pytest.raises(TrainingError, match="the run of 'one' says itself what it started from: random weights"):
        said_to_start([one], "nothing")


def test_cards_without_a_history_tell_what_they_have() -> None:
    (run,) = runs_of(CARD, "old.onnx")
    assert run == TrainingRun("old", digest_of({"name": "old"}), 7, hardware="one core", data="f" * 16)
    (run,) = runs_of(dataclasses.replace(CARD, history=({"recipe": "painter", "pictures": 9, "minutes": 2.5},)), "")
    assert (run.recipe, run.steps, run.pictures, run.minutes, run.started) == ("painter", 7, 9, 2.5, None)
    whole = (TrainingRun("a", started=NOTHING), TrainingRun("b", steps=9, started="a.zip"))
    read = Card.from_json(dataclasses.replace(CARD, history=as_rows(whole)).to_json(), "file")
    first, last = runs_of(read, "file")
    assert (first, last.steps, last.started) == (whole[0], 9, "a.zip")


@pytest.mark.parametrize("name", ["painter.zip", "shader.onnx", "closer.onnx", "inker.onnx"])
def test_a_run_from_a_shipped_model_file_goes_on_with_its_history(name: str) -> None:
    recipe = {"name": "mine"}
    *before, mine = run_history.begin(recipe, "d", "cpu", WEIGHTS / name, None)
    chain, _ = read_chain(Path(name).stem)
    assert before[-1].recipe == chain.steps[-1].recipe
    assert (mine.started, mine.started_digest) == (name, digest_of_file(WEIGHTS / name))


def test_the_verb_prints_the_history_and_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "card", "closer") == 0
    told = capsys.readouterr().out
    assert "\nhistory:\n" in told
    assert "1. closer (" in told
    assert call(monkeypatch, "card", "closer", "--json") == 0
    assert json.loads(capsys.readouterr().out)["task"] == "close"


@pytest.mark.parametrize("rows", [[3], [{"steps": 4}], [{"recipe": "a", "changed": [1]}]])
def test_a_broken_history_is_one_line_that_names_the_file(rows: list[Any]) -> None:
    with pytest.raises(ModelError, match=r"^mine.onnx: its history is broken .*export or train it again$"):
        from_rows(rows, "mine.onnx")
