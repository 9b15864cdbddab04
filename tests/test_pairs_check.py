"""Checking pair sets: every kind of defect is found where it was made, and a sound pair passes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from conftest import patchwork
from senga import image
from senga.lines.extract import extract_lines
from senga.pairs.build import BuildPlan, build_pairs
from senga.pairs.check import Finding, Limits, check_pairs, drop, without
from senga.pairs.duplicates import difference_hashes, distance, first_alike
from senga.pairs.pairset import Pair, PairSet

Pixels = np.ndarray
SIDE = 128


class Maker:
    """Writes pairs into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pairs: list[Pair] = []

    def add(self, picture: Pixels, lines: Pixels | None, source: str = "", split: str = "train") -> str:
        name = f"{len(self.pairs)}"
        image.write(self.folder / f"{name}.png", picture)
        if lines is not None:
            image.write(self.folder / f"{name}-line.png", lines)
        line = None if lines is None else f"{name}-line.png"
        source = source or name
        box = (0, 0, picture.shape[1], picture.shape[0])
        self.pairs.append(Pair(f"{name}.png", line, source, box, 0, "given", {}, "", split, source))  # type: ignore[arg-type]
        return f"{name}.png"

    def check(self, limits: Limits = Limits()) -> list[Finding]:
        return check_pairs(PairSet(self.folder, tuple(self.pairs)), limits, workers=1)

    def kinds(self) -> list[str]:
        return [finding.kind for finding in self.check()]


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    return Maker(tmp_path)


def shifted(lines: Pixels, right: int, down: int) -> Pixels:
    wide = np.pad(lines, 8, constant_values=255)
    return wide[8 - down : 8 - down + lines.shape[0], 8 - right : 8 - right + lines.shape[1]]


def lettered(pixels: Pixels) -> Pixels:
    """The pixels, (H, W) or (H, W, 3), under a white caption of two lines of ten signs, 8 px high."""
    signs = ["1111001100111111", "1111100110011111", "1001100111111001", "1111100010001111", "0110100110010110"]
    pixels = pixels.copy()
    pixels[14:48, 2:124] = 255
    for row in range(2):
        for column in range(10):
            sign = np.array(list(signs[(row * 3 + column) % 5]), int).reshape(4, 4).repeat(2, 0).repeat(2, 1)
            pixels[20 + 14 * row : 28 + 14 * row, 8 + 11 * column : 16 + 11 * column][sign == 1] = 0
    return pixels


@pytest.mark.parametrize("method", ["xdog", "canny", "dilate"])
def test_sound_pairs_pass(maker: Maker, method: str) -> None:
    for seed in range(8):
        picture = patchwork(SIDE, SIDE + seed, seed)
        maker.add(picture, extract_lines(picture, method))
    assert maker.check() == []


PICTURE = patchwork(SIDE, SIDE, 1)
LINES = extract_lines(PICTURE, "xdog")
GRAY = np.repeat(image.gray(PICTURE)[..., None], 3, 2)

DEFECTS: dict[str, tuple[str, Callable[[], tuple[Pixels, Pixels | None]]]] = {
    "white line art": ("blank", lambda: (PICTURE, np.full_like(LINES, 255))),
    "black line art": ("blank", lambda: (PICTURE, np.zeros_like(LINES))),
    "one color": ("blank", lambda: (np.full_like(PICTURE, (200, 90, 90)), LINES)),
    "gray": ("nearly-gray", lambda: (GRAY, LINES)),
    "almost gray": ("nearly-gray", lambda: ((0.96 * GRAY + 0.04 * PICTURE).astype(np.uint8), LINES)),
    "gray without lines": ("nearly-gray", lambda: (GRAY, None)),
    "gray paper": ("tinted-paper", lambda: (PICTURE, (LINES * 0.9).astype(np.uint8))),
    "cream paper": ("tinted-paper", lambda: (PICTURE, (LINES[..., None] * [1, 0.96, 0.9]).astype(np.uint8))),
    "blue ink": ("tinted-paper", lambda: (PICTURE, np.maximum(LINES[..., None], [30, 60, 200]).astype(np.uint8))),
    "letters in lines": ("text-heavy", lambda: (lettered(PICTURE), lettered(LINES))),
    "letters in picture": ("text-heavy", lambda: (lettered(PICTURE), None)),
    "right": ("misaligned", lambda: (PICTURE, shifted(LINES, 3, 0))),
    "up and left": ("misaligned", lambda: (PICTURE, shifted(LINES, -7, -8))),
    "another's lines": ("misaligned", lambda: (PICTURE, extract_lines(patchwork(SIDE, SIDE, 6)[::-1], "canny"))),
    "other size": ("misaligned", lambda: (PICTURE, LINES[:-1])),
    "small": ("too-small", lambda: (PICTURE[:, :63], LINES[:, :63])),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_each_defect_is_found_and_nothing_else(maker: Maker, defect: str) -> None:
    kind, make = DEFECTS[defect]
    maker.add(*make())
    findings = maker.check()
    assert [finding.kind for finding in findings] == [kind]
    assert findings[0].color == "0.png"
    assert findings[0].text


def test_shift_is_reported_in_px_right_and_down(maker: Maker) -> None:
    maker.add(PICTURE, shifted(LINES, -5, 4))
    (finding,) = maker.check()
    assert (finding.value, finding.limit) == (5, 1)
    assert "(-5, +4) px" in finding.text


def test_a_shift_of_one_px_passes(maker: Maker) -> None:
    maker.add(PICTURE, shifted(LINES, 1, -1))
    assert maker.check() == []


def test_limits_decide(maker: Maker) -> None:
    maker.add(PICTURE, LINES)
    tight = Limits(side=SIDE + 1, color_variety=1.1, line_variety=0, tint=-1, letters=-1)
    kinds = {finding.kind for finding in maker.check(tight)}
    assert kinds == {"too-small", "blank", "tinted-paper", "text-heavy"}
    assert [f.kind for f in maker.check(replace(tight, side=0, color_variety=0, line_variety=0))] == [
        "tinted-paper",
        "text-heavy",
    ]
    assert [f.kind for f in maker.check(Limits(chroma=256))] == ["nearly-gray"]


def test_the_same_pixels_of_another_source_are_an_exact_duplicate(maker: Maker) -> None:
    maker.add(PICTURE, LINES)
    maker.add(PICTURE, LINES)
    (finding,) = maker.check()
    assert (finding.color, finding.kind) == ("1.png", "exact-duplicate")
    assert "0.png" in finding.text


def test_a_rescaled_darker_picture_is_a_near_duplicate(maker: Maker) -> None:
    maker.add(PICTURE, LINES)
    smaller = (image.resize(PICTURE, (90, 90)) * 0.8).astype(np.uint8)
    maker.add(smaller, extract_lines(smaller))
    (finding,) = maker.check()
    assert (finding.color, finding.kind) == ("1.png", "near-duplicate")


def test_pictures_alike_in_two_splits_are_a_leak_named_outside_the_test_split(maker: Maker) -> None:
    maker.add(PICTURE, LINES, split="train")
    maker.add(PICTURE, LINES, split="test")
    assert [(f.color, f.kind) for f in maker.check()] == [("0.png", "exact-duplicate"), ("0.png", "split-leak")]


def test_pictures_of_one_source_do_not_count_against_each_other(maker: Maker) -> None:
    maker.add(PICTURE, LINES, source="a")
    maker.add(PICTURE, LINES, source="a")
    maker.add(PICTURE[::-1].copy(), LINES[::-1].copy(), source="a")
    assert maker.check() == []
    maker.add(PICTURE, LINES, source="b")
    maker.add(PICTURE, LINES, source="a")
    # The last one is of the first one's source, but source b has the same pixels.
    assert [f.color for f in maker.check()] == ["3.png", "4.png"]


def test_unreadable_files_are_found_and_stop_nothing(maker: Maker) -> None:
    broken = maker.add(PICTURE, LINES)
    (maker.folder / broken).write_bytes(b"no picture")
    maker.add(PICTURE, shifted(LINES, 4, 4))
    assert maker.kinds() == ["unreadable", "misaligned"]


def test_workers_change_nothing_and_each_pair_is_reported(maker: Maker) -> None:
    for seed in range(60):
        picture = patchwork(64, 64, seed % 50)
        maker.add(picture, shifted(extract_lines(picture), seed % 5, 0))
    pairs = PairSet(maker.folder, tuple(maker.pairs))
    seen: list[tuple[int, int]] = []
    two = check_pairs(pairs, workers=2, report=lambda *now: seen.append(now))
    assert two == maker.check()
    assert two
    assert seen == [(i + 1, 60) for i in range(60)]


def test_dropped_pairs_leave_the_manifest_and_do_not_come_back(tmp_path: Path) -> None:
    folder, out = tmp_path / "pictures", tmp_path / "set"
    folder.mkdir()
    for i in range(3):
        image.write(folder / f"{i}.png", patchwork(80, 80, i))
    image.write(folder / "gray.png", np.repeat(image.gray(patchwork(80, 80, 9))[..., None], 3, 2))
    plan = BuildPlan("canny")
    build_pairs(folder, out, plan, workers=1)
    pairs = PairSet.open(out)
    findings = check_pairs(pairs, workers=1)
    assert [finding.kind for finding in findings] == ["nearly-gray"]
    kept = without(pairs, findings)
    assert [pair.source for pair in kept.pairs] == ["0.png", "1.png", "2.png"]
    assert PairSet.open(out).pairs == pairs.pairs  # nothing was written yet
    drop(pairs, findings)
    assert PairSet.open(out).pairs == kept.pairs
    assert (out / findings[0].color).exists()
    assert build_pairs(folder, out, plan, workers=1).added == 0
    assert PairSet.open(out).pairs == kept.pairs


def test_first_alike_equals_a_search_of_all_pairs() -> None:
    random = np.random.default_rng(0)
    near = random.integers(0, 2**64, (40, 2), np.uint64).repeat(10, 0)
    flips = np.uint64(1) << random.integers(0, 64, (6, *near.shape), np.uint64)
    hashes = near ^ np.bitwise_xor.reduce(flips * random.integers(0, 2, flips.shape, np.uint64), axis=0)
    hashes = hashes[random.permutation(len(hashes))]
    sources = random.integers(0, 30, len(hashes))

    def plain(i: int) -> int:
        for j in range(i):
            near = distance(tuple(map(int, hashes[i])), tuple(map(int, hashes[j]))) <= 6  # type: ignore[arg-type]
            if near and sources[i] != sources[j]:
                return j
        return -1

    expected = [plain(i) for i in range(len(hashes))]
    assert first_alike(hashes, sources, 6).tolist() == expected
    assert 50 < sum(j >= 0 for j in expected) < 400


def test_hashes_of_different_pictures_are_far_apart() -> None:
    hashes = [difference_hashes(patchwork(SIDE, SIDE, seed)) for seed in range(12)]
    assert min(distance(a, b) for i, a in enumerate(hashes) for b in hashes[:i]) > 6
