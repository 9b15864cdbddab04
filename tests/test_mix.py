import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from conftest import patchwork
from senga import SengaError, extract_lines, image
from senga.learn.data import line_augmentation
from senga.lines import edges, mix
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
    shares: dict[str, Any] = {**NONE, "learned": 1.0}
    lines = extract_lines(patchwork(90, 120, 3), "mix", **shares)
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
def test_shares_that_are_none_are_refused(wrong: dict[str, Any]) -> None:
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


class Filters:
    """Stands in for the filters of one implementation of the mixture: keeps what each example was to be drawn with."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.drawn: dict[str, list[tuple[float, ...]]] = {m: [] for m in ("xdog", "dilate", "canny", "pencil")}
        self.patch = monkeypatch.setattr

    def one_by_one(self) -> None:
        def kept(name: str) -> Callable[..., np.ndarray]:
            def draw(picture: np.ndarray, *given: Any) -> np.ndarray:
                values = given if len(given) > 1 else dataclasses.astuple(given[0])
                self.drawn[name].append(tuple(float(v) for v in values))
                return picture

            return draw

        for name in ("xdog", "dilate", "canny"):
            self.patch(edges, name, kept(name))
        self.patch(mix, "pencil", kept("pencil"))

    def in_batches(self) -> None:
        def kept(name: str) -> Callable[..., torch.Tensor]:
            def draw(luma: torch.Tensor, *given: Any) -> torch.Tensor:
                columns = [torch.as_tensor(g, dtype=torch.float64).reshape(-1).expand(len(luma)) for g in given]
                self.drawn[name] += [tuple(row) for row in torch.stack(columns, 1).tolist()]
                return luma

            return draw

        for name in ("xdog", "canny", "pencil"):
            self.patch(line_augmentation, name, kept(name))

        def dilated(luma: torch.Tensor, seeded: torch.Generator) -> torch.Tensor:
            assert mix.SIZES == (3, 5)
            self.patch(line_augmentation, "dilate", lambda luma, size, gain: size + gain / 100 + 0 * luma)
            rows = whole(luma, seeded)[:, 0, 0, 0]
            sizes = rows.floor()
            self.drawn["dilate"] += list(zip(sizes.tolist(), ((rows - sizes) * 100).tolist(), strict=True))
            return luma

        whole = line_augmentation._dilate
        self.patch(line_augmentation, "_dilate", dilated)


def shares(drawn: dict[str, list[tuple[float, ...]]]) -> dict[str, float]:
    total = sum(map(len, drawn.values()))
    return {name: len(rows) / total for name, rows in drawn.items()}


def test_training_draws_from_the_same_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same methods as often, with parameters of the same ranges and spread, one by one and in batches."""
    many = 2500
    alone, together = Filters(monkeypatch), Filters(monkeypatch)
    alone.one_by_one()
    gray = np.full((2, 2), 200, np.uint8)
    for seed in range(many):
        mixed(gray, line_augmentation.MIXED, seed, refuse)
    together.in_batches()
    line_augmentation.mixed(torch.full((many, 1, 2, 2), 0.8), line_augmentation.MIXED, torch.Generator().manual_seed(1))
    assert sum(map(len, together.drawn.values())) == pytest.approx(sum(map(len, alone.drawn.values())), rel=0.02)
    for name, share in shares(alone.drawn).items():
        assert shares(together.drawn)[name] == pytest.approx(share, abs=0.03), name
        one, other = (np.sort(np.array(f.drawn[name], np.float64), 0) for f in (alone, together))
        at = np.linspace(0, 1, 21)
        wanted, found = np.quantile(one, at, axis=0), np.quantile(other, at, axis=0)
        width = np.maximum(wanted[-1] - wanted[0], 1e-6)
        # Quantiles at a jump between two values may fall on either side of it.
        near = (np.abs(found - wanted) / width < 0.12).mean(0)
        assert (near >= 0.9).all(), (name, near)
        assert (np.abs(found[[0, -1]] - wanted[[0, -1]]) / width < 0.1).all(), name


def test_accidents_of_training_do_to_lines_what_those_of_pair_sets_do() -> None:
    lines: np.ndarray = extract_lines(patchwork(80, 100, 2), "xdog").astype(np.float32) / 255
    for share, near in ((0.0, 0.001), (0.3, 0.06), (1.0, 0.02)):
        alone = np.stack([accidents(lines, share, np.random.default_rng(s)) for s in range(300)])
        batch = torch.from_numpy(lines).expand(300, 1, -1, -1)
        found = line_augmentation.accidents(batch, share, torch.Generator().manual_seed(5))[:, 0].numpy()
        assert np.abs(found.mean(0) - alone.mean(0)).mean() < near
        for measure in (np.mean, np.std, lambda a, axis: (a < 0.5).mean(axis), lambda a, axis: (a == 1).mean(axis)):
            one, other = (np.sort(measure(a, axis=(1, 2))) for a in (alone, found))
            assert np.abs(one - other).mean() < near


def test_gaps_of_training_are_as_many_and_as_large_as_those_of_pair_sets() -> None:
    ink = np.zeros((100, 120), np.float32)  # ink alone: what has become paper is a gap
    alone = np.stack([accidents(ink, 1.0, np.random.default_rng(s)) for s in range(200)])
    batch = torch.from_numpy(ink).expand(200, 1, -1, -1)
    found = line_augmentation.accidents(batch, 1.0, torch.Generator().manual_seed(2))[:, 0].numpy()
    one, other = ((a > 0.5).mean((1, 2)) for a in (alone, found))
    assert other.mean() == pytest.approx(one.mean(), rel=0.06)
    assert other.std() == pytest.approx(one.std(), rel=0.2)
    assert one.std() > 0


def test_batched_pencil_draws_what_the_single_one_draws() -> None:
    picture = patchwork(61, 83, 4)
    luma = line_augmentation.gray(torch.from_numpy(picture).permute(2, 0, 1)[None].float() / 255)
    wanted = mix.pencil(picture, 0.5, 2.0, 6.0).astype(np.float32) / 255
    found = line_augmentation.pencil(luma, *(torch.tensor([v]) for v in (0.5, 2.0, 6.0)))[0, 0].numpy()
    assert np.abs(found - wanted).max() < 0.02
