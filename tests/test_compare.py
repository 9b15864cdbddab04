import hashlib
from pathlib import Path

import numpy as np
import pytest

from conftest import patchwork
from senga import PairSetError, SengaError, bench, image
from senga.compare.color import compare_models, table
from senga.metrics import colorfulness, psnr
from senga.pairs.pairset import MANIFEST, Pair, PairSet, as_line


@pytest.fixture
def pairs(tmp_path: Path) -> PairSet:
    folder = tmp_path / "set"
    folder.mkdir()
    rows = []
    for i in range(3):
        picture = patchwork(70, 90, i)
        image.write(folder / f"{i}.png", picture)
        digest = hashlib.sha256(picture.tobytes()).hexdigest()
        rows.append(as_line(Pair(f"{i}.png", None, f"{i}.png", (0, 0, 90, 70), 0, "none", {}, digest, "val", str(i))))
    (folder / MANIFEST).write_text("\n".join(rows) + "\n")
    return PairSet.open(folder)


def test_every_model_is_scored_at_every_budget(pairs: PairSet, tiny_model: Path) -> None:
    results = compare_models([tiny_model, tiny_model], pairs, "val", budgets=(0, 4), threads=2)
    assert [(r.hints, r.pictures) for r in results] == [(0, 3), (4, 3)] * 2
    first, second = results[:2], results[2:]
    assert [r.psnr for r in first] == [r.psnr for r in second], "the same hints for every model"
    assert f"| tiny.onnx | 4 | {results[1].psnr:.2f} |" in table(results)


def test_more_hints_are_better_with_the_shipped_model(pairs: PairSet) -> None:
    levels = [r.psnr for r in compare_models(["shipped"], pairs, "val", budgets=(0, 16, 256), threads=2)]
    assert levels[0] < levels[1] < levels[2]


def test_the_strip_is_a_sheet_and_is_not_overwritten(pairs: PairSet, tiny_model: Path, tmp_path: Path) -> None:
    strip = tmp_path / "strip.png"
    compare_models([tiny_model], pairs, "val", budgets=(0, 16), threads=2, strip=strip)
    assert image.read(strip).shape == (3 * 192, 4 * 192, 3)
    with pytest.raises(SengaError, match="exists"):
        compare_models([tiny_model], pairs, "val", budgets=(0,), strip=strip)


def test_an_empty_or_unknown_split_is_named(pairs: PairSet, tiny_model: Path) -> None:
    with pytest.raises(PairSetError, match="no pairs in split 'test'"):
        compare_models([tiny_model], pairs, "test")
    with pytest.raises(PairSetError, match="unknown split 'vla'; known: train, val, test"):
        compare_models([tiny_model], pairs, "vla")


def test_psnr_is_the_textbooks() -> None:
    black, gray = np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 51, np.uint8)
    assert psnr(black, gray) == pytest.approx(20 * np.log10(255 / 51))
    assert psnr(gray, gray) == 99


def test_gray_has_no_colorfulness_and_color_has() -> None:
    gray = np.repeat(np.random.default_rng(0).integers(0, 256, (9, 9, 1)), 3, 2).astype(np.uint8)
    assert colorfulness(gray) == 0
    halves = np.zeros((8, 8, 3), np.uint8)
    halves[:, :4, 0], halves[:, 4:, 2] = 255, 255
    assert colorfulness(halves) > 100


@pytest.mark.slow
def test_bench_measures_and_says_what(tiny_model: Path) -> None:
    text = "\n".join(bench.bench_text(tiny_model, threads=2, runs=1, yardstick=False))
    for wanted in ("machine:", "base install on disk:", "matrix product", "color 512x512: min", "peak memory"):
        assert wanted in text


def test_installed_size_counts_the_needs_too() -> None:
    alone = sum(f.stat().st_size for f in Path(bench.__file__).parent.rglob("*") if f.is_file())
    assert bench.installed_size("senga") > alone + 50e6  # numpy and the runtime alone are more
