"""The judge: hints by regions, measures, verdicts, reports, on pictures drawn in code."""

import csv
import html
import itertools
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from conftest import patchwork
from senga import PairSetError, SengaError, image
from senga.cli import app
from senga.color.hints import Hints
from senga.compare import measures, tables
from senga.compare.evaluate import Judgment, Painter, PaintPage, area_under, folder_painter, judge, model_painter
from senga.compare.frozen_split import HINTS, Frozen, freeze
from senga.compare.regions import RATIOS, STEPS, RegionHints, Step
from senga.compare.report import write_report
from senga.errors import ModelError
from senga.model.features import Features
from senga.pairs.pairset import MANIFEST, Pair, PairSet, Split, as_line

Page = Callable[[str, str, image.Pixels], PaintPage]

# Two rooms side by side between walls of 2 px, and what is around them.
ROOMS = np.zeros((120, 160), np.int32)
ROOMS[22:98, 22:79], ROOMS[22:98, 81:138] = 1, 2
WALLS = np.zeros((120, 160), bool)
WALLS[20:100, 20:140] = True
WALLS[22:98, 22:138] = False
WALLS[20:100, 79:81] = True
LINES = np.where(WALLS, 0, 255).astype(np.uint8)
COLORS = np.array([[240, 238, 230], [220, 60, 50], [40, 90, 210]], np.uint8)
TRUTH = COLORS[ROOMS] * ~WALLS[..., None]


def hints_of(picture: np.ndarray, rooms: np.ndarray) -> RegionHints:
    """Regions as they are drawn, by area; each is hinted by its row of 64 that is longest."""
    rows, columns = np.arange(64) * rooms.shape[0] // 64, np.arange(64) * rooms.shape[1] // 64
    small, colors = rooms[rows][:, columns], picture[rows][:, columns]
    names, counts = np.unique(small, return_counts=True)
    rank, flat = np.zeros((64, 64), np.int32), np.zeros((64, 64, 3), np.uint8)
    scribble, dot = np.zeros((64, 64), bool), np.zeros((64, 64), bool)
    for place, name in enumerate(names[np.argsort(-counts, kind="stable")]):
        where = small == name
        rank[where], flat[where] = place, np.median(colors[where], 0).astype(np.uint8)
        row = int(np.argmax(where.sum(1)))
        scribble[row] |= where[row]
        dot[row, np.flatnonzero(where[row])[0]] = True
    return RegionHints(rank, flat, scribble, dot, len(names))


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> PairSet:
    folder = tmp_path_factory.mktemp("set")
    rows = []
    splits: tuple[Split, ...] = ("val", "val", "test")
    for i, split in enumerate(splits):
        image.write(folder / f"p{i}.png", np.roll(TRUTH, i, 2))
        image.write(folder / f"p{i}-line.png", LINES)
        box = (0, 0, 160, 120)
        pair = Pair(f"p{i}.png", f"p{i}-line.png", f"p{i}.png", box, 0, "given", {}, f"{i:064}", split, str(i))
        rows.append(as_line(pair))
    (folder / MANIFEST).write_text("\n".join(rows) + "\n")
    return PairSet.open(folder)


@pytest.fixture(scope="module")
def frozen(pairs: PairSet, tmp_path_factory: pytest.TempPathFactory) -> Frozen:
    made = freeze(pairs, "val", tmp_path_factory.mktemp("frozen"), methods=("given", "dilate"), most=9)
    (made.folder / HINTS).mkdir()
    for name in made.about.names:
        hints = hints_of(made.truth(name), ROOMS)
        np.savez(made.folder / HINTS / f"{name}.npz", **vars(hints))
    return Frozen.open(made.folder)


def fills(around: int = 0) -> Page:
    """A painter that gives each room its hint's color, or white; a color reaches so many px too far."""

    def page(name: str, method: str, lines: image.Pixels) -> PaintPage:
        def paint(step: Step, hints: Hints) -> image.Pixels:
            color = np.full((*lines.shape, 3), 255, np.uint8)
            for room in (0, 1, 2):
                inside = (room == ROOMS) & hints.mask & ~WALLS
                if inside.any():
                    shifted = np.roll(ROOMS, around, 1) == room
                    color[(room == ROOMS) | (shifted & (around > 0))] = np.median(hints.color[inside], 0)
            return (color * (lines[..., None] / 255)).astype(np.uint8)

        return paint

    return page


def test_hints_come_by_area_and_rounded_down() -> None:
    hints = hints_of(TRUTH, ROOMS)
    assert hints.count == 3
    assert not hints.at(Step(0.25), (120, 160)).mask.any()
    one = hints.at(Step(0.5), (120, 160))
    assert np.array_equal(one.color[one.mask], np.repeat(COLORS[:1], one.mask.sum(), 0)), "the ground is largest"
    assert np.array_equal(hints.at(Step(0.25, 1), (120, 160)).mask, one.mask), "one more than none"
    every = [hints.at(Step(r), (120, 160)).mask for r in RATIOS]
    assert all((more | fewer == more).all() for fewer, more in itertools.pairwise(every))
    assert hints.at(Step(1), (120, 160), "dot").mask.sum() < every[-1].sum()
    assert hints.at(Step(1, 1), (120, 160)).mask.sum() == every[-1].sum(), "there are no more than all"


@pytest.mark.parametrize("shape", [(64, 64), (256, 256), (288, 341), (63, 130), (168, 180)])
def test_hints_are_enlarged_as_opencv_does(shape: tuple[int, int]) -> None:
    import cv2

    hints = hints_of(TRUTH, ROOMS)
    there = cv2.resize(hints.scribble.astype(np.uint8), shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    assert np.array_equal(hints.at(Step(1), shape).mask, there)


def test_broken_hints_are_named(tmp_path: Path) -> None:
    with pytest.raises(PairSetError, match=r"x\.npz: missing; make hints with"):
        RegionHints.read(tmp_path / "x.npz")
    (tmp_path / "x.npz").write_bytes(b"PK none")
    with pytest.raises(PairSetError, match="not hints of regions"):
        RegionHints.read(tmp_path / "x.npz")


def test_a_perfect_fill_does_not_bleed_and_a_blurred_one_does() -> None:
    regions = measures.closed_regions(LINES)
    assert regions.max() == 3
    borders = measures.find_borders(TRUTH, LINES, regions)
    assert borders.length.sum() == 2 * (76 + 2 * 76 + 2 * 114), "each wall from both sides"
    flat = (COLORS[ROOMS] / 255).astype(np.float32)
    clean = measures.bleeding(flat, borders)
    assert clean.share == 0
    assert clean.steps == pytest.approx(1, abs=1e-6)
    soft, last = flat, 0.0
    for _ in range(3):
        for axis in (0, 1):
            soft = np.mean([np.roll(soft, i, axis) for i in range(-3, 4)], 0, np.float32)
        share = measures.bleeding(soft, borders).share
        assert last < share < 0.5
        last = share


def test_one_color_everywhere_has_no_steps_and_nothing_to_bleed() -> None:
    borders = measures.find_borders(TRUTH, LINES, measures.closed_regions(LINES))
    gray = measures.bleeding(np.full((120, 160, 3), 0.5, np.float32), borders)
    assert gray.steps == 0
    assert np.isnan(gray.share)


def test_open_lines_have_no_borders() -> None:
    lines = LINES.copy()
    lines[50:60, 76:84] = 255
    regions = measures.closed_regions(lines)
    assert regions[60, 40] == regions[60, 120] != 0
    borders = measures.find_borders(TRUTH, lines, regions)
    assert borders.length.sum() == 2 * (2 * 76 + 2 * 114), "the wall between the rooms closes nothing any more"
    assert measures.bleeding(np.zeros((120, 160, 3), np.float32), borders).steps == 0
    blank = np.full((120, 160), 255, np.uint8)
    none = measures.find_borders(TRUTH, blank, measures.closed_regions(blank))
    assert np.isnan(measures.bleeding(np.zeros((120, 160, 3), np.float32), none).share)


def test_obedience_is_asked_on_paper_and_of_the_color_layer() -> None:
    shade = np.full((120, 160), 255, np.uint8)
    shade[:, 80:] = 210
    hints = Hints.blank((120, 160)).patch(COLORS[ROOMS], (30, 30, 130, 40))
    painted = (COLORS[ROOMS] * (shade[..., None] / 255)).astype(np.uint8)
    away = measures.disobedience(measures.color_layer(painted, shade), hints, shade)
    assert len(away) == hints.mask.sum()
    assert away.max() < 1, "gray paper is not disobedience"
    assert measures.disobedience(measures.color_layer(painted // 2, shade), hints, shade).min() > 10
    assert len(measures.disobedience(measures.color_layer(painted, LINES * 0), hints, LINES * 0)) == 0


def test_a_hint_that_stays_in_its_room_changes_nothing_elsewhere(frozen: Frozen) -> None:
    good, leaky = Painter("good", fills(), here=True), Painter("leaky", fills(30), here=True)
    judgment = judge([good, leaky], frozen, methods=["given"])
    for ratio in (0.0, 0.05, 0.25):
        by = {v.painter: v for v in judgment.verdicts if v.ratio == ratio}
        assert by["good"].elsewhere == by["good"].elsewhere_picture == 0
        assert by["leaky"].elsewhere > 0.05
        assert by["leaky"].elsewhere > by["leaky"].elsewhere_picture > 0
        assert by["good"].elsewhere_far == 0 < by["leaky"].elsewhere_far
    last = next(v for v in judgment.verdicts if v.painter == "good" and v.ratio == 1)
    assert last.psnr > 40
    assert last.bleeding == 0
    assert last.hint_worst < 0.2
    assert np.isnan(last.elsewhere), "no hint is left to add"
    assert np.isnan(last.vgg)


def test_verdicts_are_of_each_method_and_their_mean(frozen: Frozen) -> None:
    judgment = judge([Painter("good", fills(), here=True)], frozen)
    assert [v.method for v in judgment.verdicts] == [m for m in ("given", "dilate", "mean") for _ in RATIOS]
    given, dilate, mean = (v for v in judgment.verdicts if v.ratio == 1)
    assert mean.psnr == pytest.approx((given.psnr + dilate.psnr) / 2)
    found = tables.of(judgment, "good", "given")
    assert found[0].psnr < area_under(found, "psnr") < found[-1].psnr
    assert np.isnan(area_under(found[1:], "psnr"))
    assert len(tables.summary(judgment)) == 2
    assert "VGG" not in tables.markdown(tables.summary(judgment))


def test_candidates_are_held_against_each_other(frozen: Frozen) -> None:
    red, blue = np.array([200, 20, 20], np.uint8), np.array([20, 20, 200], np.uint8)

    def several(lines: image.Pixels, count: int) -> list[image.Pixels]:
        return [np.broadcast_to(red if i % 2 else blue, (*lines.shape, 3)).copy() for i in range(count)]

    judgment = judge([Painter("two", fills(), here=True, candidates=several)], frozen, candidates=3)
    apart = measures.variety([np.full((8, 8, 3), red), np.full((8, 8, 3), blue)])
    assert apart > 30
    # Of three answers two are alike: two pairs of three differ.
    assert tables.of(judgment, "two", "mean")[0].variety == pytest.approx(apart * 2 / 3, rel=1e-5)
    assert np.isnan(tables.of(judgment, "two", "mean")[1].variety)
    assert "candidates apart, Delta E, at 0%" in tables.markdown(tables.summary(judgment))
    assert np.isnan(judge([Painter("one", fills(), here=True)], frozen, candidates=3).verdicts[0].variety)


def test_kept_paintings_are_judged_as_when_they_were_made(frozen: Frozen, tiny_model: Path, tmp_path: Path) -> None:
    made = judge([model_painter(str(tiny_model), 2)], frozen, methods=["given"], most=1, keep=tmp_path)
    assert sorted(p.name for p in (tmp_path / "tiny" / "given").iterdir()) == sorted(s.name for s in STEPS)
    read = judge([folder_painter("tiny", tmp_path / "tiny")], frozen, methods=["given"], most=1)
    for before, after in zip(made.verdicts, read.verdicts, strict=True):
        assert {**vars(before), "seconds": 0} == pytest.approx({**vars(after), "seconds": 0}, nan_ok=True)
        assert before.seconds > 0
        assert np.isnan(after.seconds)
    with pytest.raises(SengaError, match="tiny: exists; give another --keep"):
        judge([model_painter(str(tiny_model), 2)], frozen, keep=tmp_path)


def test_a_painter_without_some_ratios_is_not_judged_at_them(frozen: Frozen, tmp_path: Path) -> None:
    for name in frozen.about.names:
        (tmp_path / "given" / "0.00").mkdir(parents=True, exist_ok=True)
        image.write(tmp_path / "given" / "0.00" / f"{name}.png", np.repeat(LINES[..., None], 3, 2))
    judgment = judge([folder_painter("drawing", tmp_path)], frozen, methods=["given"])
    assert [(v.ratio, v.pictures) for v in judgment.verdicts] == [(0.0, 2)]
    with pytest.raises(SengaError, match="has no folder 'dilate'"):
        judge([folder_painter("drawing", tmp_path)], frozen)
    (tmp_path / "given" / "0.01").mkdir()
    with pytest.raises(SengaError, match=r"0\.01.p0\.png: no such file"):
        judge([folder_painter("drawing", tmp_path)], frozen, methods=["given"])
    image.write(tmp_path / "given" / "0.01" / "p0.png", LINES[1:])
    with pytest.raises(SengaError, match="is 160x119 px, its drawing 160x120 px"):
        judge([folder_painter("drawing", tmp_path)], frozen, methods=["given"])


def test_what_cannot_be_judged_is_told(frozen: Frozen, pairs: PairSet, tiny_model: Path, tmp_path: Path) -> None:
    with pytest.raises(SengaError, match="two painters called 'tiny'; tell them apart"):
        judge([model_painter(str(tiny_model)), model_painter(str(tiny_model))], frozen)
    assert model_painter(f"mine={tiny_model}").name == "mine"

    with pytest.raises(SengaError, match="has no lines 'xdog'; it has given, dilate"):
        judge([], frozen, methods=["xdog"])
    with pytest.raises(SengaError, match="no such folder of paintings"):
        folder_painter("x", tmp_path / "no")
    with pytest.raises(PairSetError, match="no frozen split here"):
        Frozen.open(tmp_path)
    with pytest.raises(PairSetError, match="exists and is not empty"):
        freeze(pairs, "val", frozen.folder, methods=["given"], most=1)
    with pytest.raises(PairSetError, match="unknown method 'pencil'"):
        freeze(pairs, "val", tmp_path / "f", methods=["pencil"], most=1)
    with pytest.raises(ModelError, match="make one with"):
        Features.open(tmp_path / "vgg.onnx")
    with pytest.raises(ModelError, match="not a feature network"):
        Features.open(tiny_model)


def test_feature_distance_is_zero_of_equals_and_ignores_length() -> None:
    random = np.random.default_rng(0)
    layers = [random.random((4, 8, 8), np.float32), random.random((6, 4, 4), np.float32)]
    others = [random.random((4, 8, 8), np.float32), random.random((6, 4, 4), np.float32)]
    assert measures.feature_distance(layers, layers) == 0
    assert measures.feature_distance(layers, others) > 0.05
    assert measures.feature_distance(layers, [3 * layer for layer in layers]) == pytest.approx(0, abs=1e-6)


def test_pictures_are_judged_at_256_px() -> None:
    small = measures.judged(patchwork(70, 90))
    assert small.shape == (256, 256, 3)
    assert 0 <= small.min() <= small.max() <= 1
    assert measures.closeness(small, small) == pytest.approx(100)
    half = np.full_like(small, 0.5)
    assert measures.closeness(half, half + np.float32(0.1)) == pytest.approx(20, abs=1e-3)


@pytest.fixture(scope="module")
def judgment(frozen: Frozen) -> Judgment:
    return judge([Painter("a|<b>", fills(), here=True), Painter("leaky", fills(30), here=True)], frozen, show=1)


def test_the_report_is_a_folder_that_stands_alone(judgment: Judgment, frozen: Frozen, tmp_path: Path) -> None:
    folder = tmp_path / "report"
    write_report(folder, judgment, frozen)
    page, text = ((folder / name).read_text(encoding="utf-8") for name in ("report.html", "report.md"))
    assert "a|&lt;b&gt;" in page
    assert "<b>" not in page
    assert "a/<b>" in text
    assert "http" not in page, "nothing from outside"
    for table in (tables.summary(judgment), *(tables.curve(judgment, m) for m in tables.known_measures(judgment))):
        for cell, rows in (("th", table[:1]), ("td", table[1:])):
            told = ["".join(f"<{cell}>{html.escape(text)}</{cell}>" for text in row) for row in rows]
            assert all(f"<tr>{row}</tr>" in page for row in told)
    assert page.count("<svg") >= 8
    assert "prefers-color-scheme: dark" in page
    pictures = {p.name for p in (folder / "pictures").iterdir()}
    assert len(pictures) == 4 + 2 * 4 + 1
    assert all(f"pictures/{name}" in page and f"pictures/{name}" in text for name in pictures)
    scores = json.loads((folder / "scores.json").read_text())
    assert len(scores["verdicts"]) == len(judgment.verdicts)
    assert scores["verdicts"][0]["vgg"] is None
    with (folder / "pictures.csv").open() as file:
        written = list(csv.DictReader(file))
    assert len(written) == len(judgment.singles)
    assert written[0]["vgg"] == "", "not known"
    assert float(written[-1]["bleeding"]) >= 0
    with pytest.raises(SengaError, match="exists and is not empty"):
        write_report(folder, judgment, frozen)
    write_report(folder, judgment, frozen, force=True)


def test_the_verb_freezes_and_judges(pairs: PairSet, frozen: Frozen, tiny_model: Path, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    def call(*words: object) -> str:
        result = CliRunner().invoke(app, ["compare", *map(str, words)], catch_exceptions=False)
        return result.stdout

    folder = tmp_path / "frozen"
    told = call("--pairs", pairs.folder, "--split", "test", "--method", "given", "--freeze", folder)
    assert "1 pictures, lines by given" in told
    assert np.array_equal(Frozen.open(folder).lines("p2", "given"), LINES)
    asked = ("--frozen", frozen.folder, "--method", "given", "--most", 1, "--measure", "dots")
    told = call(tiny_model, *asked, "--report", tmp_path / "r")
    assert "| tiny |" in told
    assert "changed elsewhere" not in told, "no aim, so not in the summary"
    assert "| tiny | given | black |" in told
    page = (tmp_path / "r" / "report.html").read_text(encoding="utf-8")
    assert "changed elsewhere" in page
    assert "Few hints count" in page
    scores = json.loads((tmp_path / "r" / "scores.json").read_text())
    assert scores["assessment"]["dots"][0]["levels"]["0"] > 0
    for words, wrong in (
        (["x.onnx"], "either 'pairs' SET or 'frozen' FOLDER"),
        (["x.onnx", "--pairs", pairs.folder, "--keep", "k"], "'keep' goes with 'frozen'"),
        (["--frozen", frozen.folder], "nothing to judge"),
        (["--pairs", pairs.folder], "nothing to compare"),
        (["--frozen", frozen.folder, "--painted", "x"], "wanted NAME=FOLDER"),
        ([tiny_model, "--frozen", frozen.folder, "--kind", "blot"], "unknown kind of hints 'blot'"),
        (["x", "--pairs", pairs.folder, "--method", "xdog", "--method", "canny"], "several 'method'"),
    ):
        with pytest.raises(SengaError, match=wrong):
            call(*words)


def test_a_model_may_be_shown_the_truth_as_its_reference(frozen: Frozen, tiny_model: Path) -> None:
    seen = []

    def truth(name: str) -> np.ndarray:
        seen.append(name)
        return frozen.truth(name)

    name = frozen.about.names[0]
    lines = frozen.lines(name, "given")
    plain, told = (model_painter(f"shipped{end}", 2, truth) for end in ("", "+reference"))
    assert told.name == "shipped+reference"
    assert model_painter("a=shipped+reference+tint", 2, truth).name == "a"
    none = frozen.hints(name).at(Step(0), lines.shape, "scribble")
    painted = [painter.page(name, "given", lines)(Step(0), none) for painter in (plain, told)]
    assert seen == [name]
    first, second = painted
    assert first is not None
    assert second is not None
    assert (first != second).any()
    with pytest.raises(ModelError, match="does not take a reference"):
        model_painter(f"{tiny_model}+reference", 2, truth)
