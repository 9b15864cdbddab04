import dataclasses
from pathlib import Path

import numpy as np
import pytest

from conftest import patchwork
from senga import SengaError, extract_lines, image
from senga.lines import mix
from senga.lines.learned import Inker
from senga.lines.mix import METHODS, Mix, accidents, mixed
from senga.pairs.build import BuildPlan, build_pairs
from senga.pairs.pairset import PairSet

NONE = dict.fromkeys((*METHODS, "blend", "accidents"), 0.0)


def refuse() -> Inker:
    raise AssertionError("the learned extractor was not asked for")


def test_a_seed_decides_and_seeds_differ() -> None:
    picture = patchwork(80, 100)
    drawn = [extract_lines(picture, "mix", seed=s) for s in (1, 1, 2, 3, 4)]
    assert (drawn[0] == drawn[1]).all()
    assert len({d.tobytes() for d in drawn}) == 4


@pytest.mark.parametrize("method", [m for m in METHODS if m != "learned"])
def test_each_method_alone_draws_the_picture_s_edges(method: str) -> None:
    picture = patchwork(90, 120, 3)
    for seed in range(3):
        lines = mixed(picture, Mix(**{**NONE, method: 1.0}), seed, refuse)
        assert lines.shape == (90, 120)
        assert 0.005 < (lines < 200).mean() < 0.6
        edges = extract_lines(picture, "canny") == 0
        assert lines[edges].mean() < lines[~edges].mean() - 20


def test_the_learned_extractor_takes_part() -> None:
    lines = extract_lines(patchwork(90, 120, 3), "mix", **{**NONE, "learned": 1.0})
    assert (lines < 100).any()


def test_shares_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    def note(picture: np.ndarray, method: str, *_: object) -> np.ndarray:
        drawn.append(method)
        return picture

    monkeypatch.setattr(mix, "_drawn", note)
    wanted = Mix(**{**NONE, "xdog_fine": 3.0, "canny": 1.0})
    for seed in range(400):
        mixed(np.full((4, 4), 200, np.uint8), wanted, seed, refuse)
    assert drawn.count("xdog_fine") / len(drawn) == pytest.approx(0.75, abs=0.07)
    assert set(drawn) == {"xdog_fine", "canny"}
    drawn.clear()
    for seed in range(200):
        mixed(np.full((4, 4), 200, np.uint8), dataclasses.replace(wanted, blend=4.0), seed, refuse)
    assert len(drawn) == pytest.approx(300, abs=30)  # half of them are blends of two


def test_accidents_happen_as_often_as_asked() -> None:
    lines = np.ones((40, 40), np.float32)
    lines[20] = 0
    changed = [not np.array_equal(accidents(lines, 0.05, np.random.default_rng(s)), lines) for s in range(200)]
    assert 0.1 < np.mean(changed) < 0.5
    assert np.array_equal(accidents(lines, 0.0, np.random.default_rng(0)), lines)
    always = accidents(lines, 1.0, np.random.default_rng(0))
    assert always.min() >= 0
    assert always.max() <= 1
    assert lines[20].max() == 0, "the caller's array is left alone"


@pytest.mark.parametrize("wrong", [{"canny": -1}, dict.fromkeys(METHODS, 0), {"accidents": 2}, {"canny": float("nan")}])
def test_shares_that_are_none_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(SengaError, match="mix: shares"):
        extract_lines(patchwork(20, 20), "mix", **wrong)


def test_a_mixed_pair_set_is_the_same_by_any_number_of_workers(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for i in range(6):
        image.write(folder / f"{i}.png", patchwork(60, 70, i))
    plan = BuildPlan(method="mix", seed=5)
    for name, workers in (("one", 1), ("two", 2)):
        build_pairs(folder, tmp_path / name, plan, workers=workers)
    one, two = PairSet.open(tmp_path / "one"), PairSet.open(tmp_path / "two")
    assert one.fingerprint() == two.fingerprint()
    for a, b in zip(one.pairs, two.pairs, strict=True):
        np.testing.assert_array_equal(one.line(a), two.line(b))
    other = PairSet.open(build_and_open(folder, tmp_path / "other", BuildPlan(method="mix", seed=6)))
    assert any((one.line(a) != other.line(b)).any() for a, b in zip(one.pairs, other.pairs, strict=True))


def build_and_open(folder: Path, out: Path, plan: BuildPlan) -> Path:
    build_pairs(folder, out, plan, workers=1)
    return out
