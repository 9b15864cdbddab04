import hashlib
from pathlib import Path

import numpy as np
import pytest

from senga import PairSetError, SengaError, image
from senga.compare.lines import compare_lines, table
from senga.errors import ModelError
from senga.pairs.pairset import MANIFEST, Pair, PairSet, Split, as_line


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A flat-colored disc under a bar, both with 8 px strokes, and its line art."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:150, :160]
    cy, cx, r = random.integers(60, 90), random.integers(60, 100), random.integers(25, 45)
    away = np.hypot(y - cy, x - cx) - r
    lines = np.where(np.abs(away) < 4, 0, 255).astype(np.uint8)
    lines[16:24, 10:150] = 0
    color = np.full((150, 160, 3), random.integers(180, 250, 3), np.uint8)
    color[away < 0] = random.integers(90, 200, 3)
    color[lines == 0] = 15
    return color, lines


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> PairSet:
    folder = tmp_path_factory.mktemp("set")
    rows = []
    splits: tuple[Split, ...] = ("val", "val", "test", "test", "test")
    for i, split in enumerate(splits):
        color, line = drawn(i)
        image.write(folder / f"{i}.png", color)
        image.write(folder / f"{i}-line.png", line)
        digest = hashlib.sha256(color.tobytes()).hexdigest()
        pair = Pair(f"{i}.png", f"{i}-line.png", f"{i}.png", (0, 0, 160, 150), 0, "given", {}, digest, split, str(i))
        rows.append(as_line(pair))
    (folder / MANIFEST).write_text("\n".join(rows) + "\n")
    return PairSet.open(folder)


def elsewhere(pairs: PairSet, folder: Path, darkness: int = 255, *, skip: str = "") -> Path:
    """Another program's lines: the truth, paler, in other file formats."""
    folder.mkdir()
    for pair in pairs.pairs:
        if pair.color != skip:
            pale = 255 - (255 - pairs.line(pair).astype(int)) * darkness // 255
            image.write(folder / f"{Path(pair.color).stem}.webp", pale.astype(np.uint8))
    return folder


def test_methods_parameters_and_folders_are_scored_side_by_side(pairs: PairSet, tmp_path: Path) -> None:
    truth = elsewhere(pairs, tmp_path / "truth")
    results = compare_lines(["learned", "canny", "dilate:size=3"], pairs, "test", drawn={"mine": truth}, threads=2)
    assert [r.name for r in results] == ["learned", "canny", "dilate:size=3", "mine"]
    by = {r.name: r for r in results}
    assert by["mine"].f1 == 1
    assert by["mine"].width_error == 0
    assert np.isnan(by["mine"].seconds)
    assert all(r.pictures == 3 for r in results)
    assert by["learned"].f1 > by["canny"].f1
    text = table(results)
    assert f"| mine | 1.000 | 1.000 | 1.000 | 1.000 | 0.00 | 0.00 | {by['mine'].unevenness:.2f} |" in text
    assert len(text.splitlines()) == 6


def test_ways_have_names_if_they_are_given(pairs: PairSet) -> None:
    results = compare_lines(["thin=dilate:size=3", "dilate:size=5"], pairs, "test", threads=1)
    assert [r.name for r in results] == ["thin", "dilate:size=5"]
    with pytest.raises(SengaError, match="two ways called 'thin'"):
        compare_lines(["thin=canny", "thin=dilate"], pairs, "test")


def test_a_pale_drawing_gets_the_level_that_suits_it(pairs: PairSet, tmp_path: Path) -> None:
    pale = elsewhere(pairs, tmp_path / "pale", 40)
    # Soft borders, so that there are more than two levels.
    for file in pale.iterdir():
        lines = image.read(file)[..., 0]
        lines[0, 0] = 250
        image.write(file, lines, force=True)
    (result,) = compare_lines([], pairs, "test", drawn={"pale": pale})
    assert result.level > 215
    assert result.f1 > 0.99


def test_without_drawings_of_the_validation_split_the_level_is_the_middle(pairs: PairSet, tmp_path: Path) -> None:
    folder = elsewhere(pairs, tmp_path / "some", 40, skip="0.png")
    (result,) = compare_lines([], pairs, "test", drawn={"some": folder})
    assert result.level == 128
    assert result.recall == 0


def test_the_strip_shows_picture_ways_and_truth(pairs: PairSet, tmp_path: Path) -> None:
    strip = tmp_path / "strip.png"
    compare_lines(["canny"], pairs, "test", strip=strip)
    assert image.read(strip).shape == (3 * 256, 3 * 256, 3)
    with pytest.raises(SengaError, match="exists"):
        compare_lines(["canny"], pairs, "test", strip=strip)


def test_what_is_missing_or_wrong_is_named(pairs: PairSet, tmp_path: Path) -> None:
    with pytest.raises(SengaError, match="sketch: neither a method"):
        compare_lines(["sketch"], pairs, "test")
    with pytest.raises(SengaError, match="xdog: unknown parameter 'sgma'"):
        compare_lines(["xdog:sgma=1"], pairs, "test")
    with pytest.raises(SengaError, match="wanted name=number"):
        compare_lines(["xdog:sigma=thick"], pairs, "test")
    with pytest.raises(ModelError, match="no such model file"):
        compare_lines(["nothing.onnx"], pairs, "test")
    with pytest.raises(SengaError, match="no such folder"):
        compare_lines([], pairs, "test", drawn={"x": tmp_path / "no"})
    with pytest.raises(SengaError, match="has no drawing called '3'"):
        compare_lines([], pairs, "test", drawn={"x": elsewhere(pairs, tmp_path / "lacking", skip="3.png")})
    with pytest.raises(PairSetError, match="no pairs in split 'train'"):
        compare_lines(["canny"], pairs, "train")
    other = elsewhere(pairs, tmp_path / "sized")
    image.write(other / "2.webp", np.full((9, 9), 255, np.uint8), force=True)
    with pytest.raises(SengaError, match="is 9x9 px, its picture 160x150 px"):
        compare_lines([], pairs, "test", drawn={"x": other})
