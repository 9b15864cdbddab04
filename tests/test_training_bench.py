"""How fast training is here is told with a yardstick, on pictures of a cache or on made ones."""

import os
import re
from pathlib import Path

import pytest
import torch

from conftest import call
from senga import extras
from senga.errors import TrainingError
from senga.learn import training_bench
from senga.learn.data.cache import Cache


def test_samples_steps_and_products_are_timed_on_as_many_threads(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in (("MADE", 3), ("SIZE", 32), ("BATCH", 2)):
        monkeypatch.setattr(training_bench, name, value)
    allowed = os.sched_getaffinity(0)
    cache = training_bench.made_cache(tmp_path)
    assert (len(cache.of("train")), len(cache.of("val"))) == (2, 1)
    assert cache.read(1).labels.max() > 20  # as many regions as a drawing has
    lines = list(training_bench.time_training(cache.folder, (1,), 0.05))
    assert lines[0] == f"cache: {cache.folder}, 3 pictures; torch {torch.__version__}"
    assert re.fullmatch(
        r"1 thread: matrix product: \d+ GFLOP/s in fp32, (\d+ in bf16|no bf16 on this processor)", lines[1]
    )
    assert re.fullmatch(r"1 thread: [1-9]\d* samples a second at 32 px \(goal: 100\)", lines[2])
    assert re.match(r"1 thread: \d+\.\d pictures a second in steps of 2 at 32 px \(goal: 22\)", lines[3])
    assert re.fullmatch(r"1 thread: \d+\.\d pictures a second of the shader in steps of 8", lines[4])
    assert re.fullmatch(r"1 thread: \d+\.\d pictures a second of the closer in steps of 16", lines[5])
    assert os.sched_getaffinity(0) == allowed
    assert isinstance(Cache.open(cache.folder), Cache)
    with pytest.raises(TrainingError, match="no cache here"):
        list(training_bench.time_training(tmp_path / "none", (1,), 0.05))


def test_without_torch_it_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("senga.bench.find_spec", lambda _: None)
    assert call(monkeypatch, "bench", "--train") == 0
    assert f"it needs more packages; run: {extras.command('train')}\n" in capsys.readouterr().out
    assert call(monkeypatch, "bench", "--cache", "x") == 2
    assert "--cache goes with --train" in capsys.readouterr().err
