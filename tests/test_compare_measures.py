"""What is measured by truths alone: dots, region colors, spread and harm, the Fréchet distance, on drawn pictures."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from senga import PairSetError, SengaError, image
from senga.cli import app
from senga.color.compositing import composite
from senga.color.hints import Hints
from senga.color.regions import find_regions
from senga.compare import mosaic
from senga.compare.assessment import FLATS, UNCOLORED, assess, find_measures
from senga.compare.fewhints import choose_dots, dot_radius, few_hints, lay_dots
from senga.compare.frechet import frechet_distance, open_trunk, pooled_features, shrinkage
from senga.compare.models import Model, Paint, open_model, open_models
from senga.compare.regioncolors import REVEALED, answer_regions
from senga.compare.regioncolors import sum_up as sum_up_answers
from senga.compare.report import write_assessment
from senga.compare.sections import sections
from senga.compare.spread import sum_up, try_dots
from senga.compare.subjects import Subject, Subjects, from_pairs
from senga.compare.truecolors import true_colors
from senga.metrics import color_difference, lab
from senga.pairs.pairset import MANIFEST, Pair, PairSet, as_line

COLORS = np.array([[214, 60, 48], [40, 96, 208], [70, 160, 70]], np.uint8)
ROWS, COLUMNS, SIDE = 3, 5, 32
GRAY = np.array([128, 128, 128], np.uint8)


def tiles() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Truth, line art, and which color each pixel has: tiles between lines of 2 px, a color a row."""
    y, x = np.mgrid[: ROWS * SIDE, : COLUMNS * SIDE]
    which = y // SIDE
    walls = (y % SIDE < 2) | (x % SIDE < 2)
    truth = COLORS[which] * ~walls[..., None]
    return truth.astype(np.uint8), np.where(walls, 0, 255).astype(np.uint8), which


TRUTH, LINES, WHICH = tiles()
INK = np.repeat(LINES[..., None], 3, 2)
SUBJECT = Subject("tiles", TRUTH, {"given": LINES})


def fake(answer: Callable[[Hints | None], np.ndarray], name: str = "fake", **traits: bool) -> Model:
    """A colorizer that answers with colors under the lines."""

    def page(lines: np.ndarray) -> Paint:
        return lambda hints, tint: composite(answer(hints), np.repeat(lines[..., None], 3, 2))

    return Model(name, page, **traits)


def knows(hints: Hints | None) -> np.ndarray:
    """Gray, but every region of a dot's true color has it."""
    colors = np.broadcast_to(GRAY, TRUTH.shape).copy()
    for row in np.unique(WHICH[hints.mask]) if hints else ():
        colors[row == WHICH] = COLORS[row]
    return colors


def floods(hints: Hints | None) -> np.ndarray:
    """True in the first row, gray elsewhere; a dot's color goes everywhere."""
    if hints is None:
        return np.where((WHICH == 0)[..., None], COLORS[0], GRAY)
    return np.broadcast_to(hints.color[hints.mask][0], TRUTH.shape).copy()


def stays(hints: Hints | None) -> np.ndarray:
    """Gray, but in the tiles that have a dot."""
    colors = np.broadcast_to(GRAY, TRUTH.shape).copy()
    if hints:
        for y, x in zip(*np.nonzero(hints.mask), strict=True):
            top, left = y // SIDE * SIDE, x // SIDE * SIDE
            colors[top : top + SIDE, left : left + SIDE] = hints.color[y, x]
    return colors


def spread_of(answer: Callable[[Hints | None], np.ndarray]) -> tuple[int, float, float, float]:
    model = fake(answer)
    trials = try_dots(model, model.page(LINES), true_colors(TRUTH, LINES), "given", 3)
    found = sum_up(trials, model.name, "given")
    return found.trials, found.spread, found.harm, found.own


def test_each_tile_is_a_region_of_its_true_color_with_a_middle_inside() -> None:
    colors = true_colors(TRUTH, LINES)
    assert colors.count == ROWS * COLUMNS
    assert colors.errors(TRUTH).max() < 0.5
    rows = colors.middle[:, 1] // SIDE
    assert np.array_equal(np.rint(colors.rgb * 255).astype(np.uint8), COLORS[rows])
    assert (np.abs(colors.middle % SIDE - 16.5) <= 1).all()
    assert colors.area.sum() == pytest.approx((LINES > 0).mean())


def test_small_regions_do_not_count() -> None:
    lines = LINES.copy()
    lines[10:15, 10:15], lines[11:14, 11:14] = 0, 255  # a box of 9 px, 0.06 % of the picture
    assert true_colors(TRUTH, lines).count == ROWS * COLUMNS


def test_who_knows_the_truth_spreads_wholly_and_does_no_harm() -> None:
    trials, spread, harm, own = spread_of(knows)
    assert trials == 4
    assert spread == pytest.approx(1, abs=0.01)
    assert own == pytest.approx(1, abs=0.01)
    assert harm == 0


def test_who_floods_the_picture_spreads_and_does_great_harm() -> None:
    trials, spread, harm, _ = spread_of(floods)
    assert trials == 4
    assert spread > 0.95
    assert harm > 0.3


def test_who_keeps_a_dot_to_its_region_neither_spreads_nor_harms() -> None:
    _, spread, harm, own = spread_of(stays)
    assert (spread, harm) == (0, 0)
    assert own > 0.95


def test_a_drawing_that_is_right_already_or_a_model_without_hints_is_not_tried() -> None:
    assert spread_of(lambda hints: COLORS[WHICH])[0] == 0
    model = fake(stays, takes_hints=False)
    assert try_dots(model, model.page(LINES), true_colors(TRUTH, LINES), "given", 3) == []
    assert np.isnan(sum_up([], "fake", "given").spread)


def test_trials_are_summed_up_by_what_was_wrong() -> None:
    model = fake(knows)
    trials = try_dots(model, model.page(LINES), true_colors(TRUTH, LINES), "given", 3)[:1]
    small = type(trials[0])("fake", "given", (1.0, 1.0), (1.0, 1.0), (0.0, 0.0))
    found = sum_up([*trials, small], "fake", "given")
    before = trials[0].same[0]
    assert found.spread == pytest.approx((before - trials[0].same[1]) / (before + 1))


def test_dots_lie_on_calm_paper_have_the_truths_color_and_more_hold_the_fewer() -> None:
    noisy = TRUTH.copy()
    noisy[:, :SIDE] = np.random.default_rng(0).integers(0, 256, (len(noisy), SIDE, 3))
    dots = choose_dots(noisy, LINES, 64, seed=1)
    assert choose_dots(noisy, LINES, 16, seed=1) == dots[:16]
    assert choose_dots(noisy, LINES, 16, seed=2) != dots[:16]
    laid = lay_dots(dots, LINES.shape)
    assert laid.mask.any()
    assert not (laid.mask & (LINES == 0)).any(), "whole on paper"
    assert (np.nonzero(laid.mask)[1] >= SIDE - dot_radius(LINES.shape)).all(), "none in the noise"
    assert np.array_equal(laid.color[laid.mask], noisy[laid.mask])
    assert lay_dots(dots[:4], LINES.shape).mask.sum() <= laid.mask.sum()


def test_a_drawing_with_little_calm_paper_still_gets_its_dots() -> None:
    noise = np.random.default_rng(0).integers(0, 256, TRUTH.shape).astype(np.uint8)
    dots = choose_dots(noise, LINES, 256, seed=0)
    assert len(dots) == 256
    assert all(LINES[d.y, d.x] == 255 for d in dots)
    assert len(choose_dots(TRUTH, np.where(np.arange(160) == 80, 255, LINES * 0).astype(np.uint8), 256, 0)) == 96


def test_few_hints_count_with_black_and_with_colored_lines() -> None:
    plain = fake(knows, colors_lines=False)
    (black,) = few_hints(plain, plain.page(LINES), SUBJECT, "given")
    assert list(black.levels) == [0, 1, 4, 16, 64, 256]
    assert black.levels[0] < black.levels[1] < black.levels[256] == 99
    both = Model("b", lambda lines: lambda hints, tint: TRUTH if tint else INK)
    first, second = few_hints(both, both.page(LINES), SUBJECT, "given")
    assert (first.tint, second.tint) == (0, 1)
    assert second.levels[0] == 99
    assert first.levels[0] < 10
    deaf = fake(knows, takes_hints=False, colors_lines=False)
    assert list(few_hints(deaf, deaf.page(LINES), SUBJECT, "given")[0].levels) == [0]


def test_region_accuracy_counts_regions_areas_and_those_not_told() -> None:
    model, colors = fake(stays), true_colors(TRUTH, LINES)
    answers = answer_regions(model, model.page(LINES), colors, "given", seed=5)
    found = {a.revealed: sum_up_answers([a]) for a in answers}
    assert tuple(found) == REVEALED
    assert [round(found[n].near * 15) for n in REVEALED] == [0, 1, 4, 15]
    assert found[4].near_area == pytest.approx(4 / 15)
    away = color_difference(lab(np.rint(colors.rgb * 255).astype(np.uint8)), lab(GRAY))
    assert found[0].error == pytest.approx(float(away.mean()), abs=0.1)
    assert found[4].error < found[0].error
    assert found[4].error_rest == pytest.approx(float(away[~answers[2].hinted].mean()), abs=0.1)
    assert np.isnan(found[16].error_rest), "all are told"
    assert answers[1].hinted.sum() == 1
    assert (answers[2].hinted | ~answers[1].hinted).all(), "more hold the fewer"


def test_a_set_is_at_no_distance_from_itself_and_shifted_colors_are_further_and_further() -> None:
    random, trunk = np.random.default_rng(0), open_trunk(1)

    def pictures(shift: int) -> list[np.ndarray]:
        return [np.roll(COLORS, i, 1)[(WHICH + i // 3) % 3].astype(int) + shift for i in range(9)]

    noise = random.integers(-20, 20, (9, *TRUTH.shape))

    def features(shift: int) -> list[np.ndarray]:
        made = [np.clip(p + n, 0, 255).astype(np.uint8) for p, n in zip(pictures(shift), noise, strict=True)]
        return [pooled_features(p, trunk) for p in made]

    real = features(0)
    assert frechet_distance(real, real) == pytest.approx(0, abs=1e-6)
    near, far = (frechet_distance(features(shift), real) for shift in (20, 60))
    assert 0.001 < near < far


def test_the_distance_of_gaussians_is_the_textbooks() -> None:
    random = np.random.default_rng(0)
    one = random.normal(size=(4000, 3))
    moved, wider = one + np.array([3, 0, 0]), one * 2
    assert frechet_distance(list(moved), list(one)) == pytest.approx(9, abs=0.01)
    # Traces of S, 4 S and 2 * 2 S are left: that of S, 3.
    assert frechet_distance(list(wider), list(one)) == pytest.approx(3, rel=0.05)
    turned = one[:, [1, 0, 2]] * [1, 5, 1]
    assert frechet_distance(list(turned), list(one * [5, 1, 1])) == pytest.approx(32, rel=0.05)


def test_few_pictures_are_shrunk_more_than_many_and_stay_finite() -> None:
    random = np.random.default_rng(0)
    few, many = random.normal(size=(10, 40)) * np.arange(40), random.normal(size=(4000, 40)) * np.arange(40)
    assert 1 > shrinkage(few) > 5 * shrinkage(many) > 0
    assert shrinkage(np.ones((5, 4))) == 1
    assert np.isfinite(frechet_distance(list(few[:2]), list(many)))
    assert frechet_distance([np.ones(4)] * 2, [np.zeros(4)] * 2) == pytest.approx(4)


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> PairSet:
    folder = tmp_path_factory.mktemp("set")
    rows = []
    for i in range(3):
        image.write(folder / f"p{i}.png", np.roll(TRUTH, i, 2))
        image.write(folder / f"p{i}-line.png", LINES)
        box = (0, 0, TRUTH.shape[1], TRUTH.shape[0])
        pair = Pair(f"p{i}.png", f"p{i}-line.png", f"p{i}.png", box, 0, "given", {}, f"{i:064}", "val", str(i))
        rows.append(as_line(pair))
    (folder / MANIFEST).write_text("\n".join(rows) + "\n")
    return PairSet.open(folder)


def test_means_of_methods_stand_behind_and_spread_is_of_all_trials(pairs: PairSet) -> None:
    models = [fake(knows, "knows", colors_lines=False), fake(floods, "floods")]
    found = assess(models, from_pairs(pairs, "val", ("given", "dilate"), 2), threads=1)
    assert found.pictures == 2
    assert [(r.model, r.method) for r in found.spread[-2:]] == [("knows", "all"), ("floods", "all")]
    assert found.spread[-2].trials == sum(r.trials for r in found.spread if r.model == "knows" and r.method != "all")
    dots = {(r.model, r.method, r.tint): r.levels[0] for r in found.dots}
    assert len(dots) == 3 * 3
    assert dots["knows", "mean", 0.0] == pytest.approx((dots["knows", "given", 0] + dots["knows", "dilate", 0]) / 2)
    distances = {(r.model, r.method, r.tint): r.distance for r in found.frechet}
    assert distances[FLATS, "given", 0.0] < distances[UNCOLORED, "given", 0.0]
    assert len(found.regions) == 2 * 3 * 4
    assert [s.title for s in sections(found)] == [
        "Few hints count",
        "Region color accuracy",
        "Semantic spread and harm",
        "Mosaic",
        "Fréchet VGG distance",
    ]


def test_a_mosaic_is_found_by_its_period() -> None:
    lines = np.full((96, 160), 255, np.uint8)
    lines[:, 80] = 0
    boxes = mosaic.windows(find_regions(lines), lines)
    assert boxes
    assert all(box[1].stop <= 80 or box[1].start > 80 for box in boxes)
    y, x = np.mgrid[:96, :160]
    shade = 128 + 40 * np.sin(x / 40) + np.random.default_rng(0).normal(0, 0.3, x.shape)
    for period in mosaic.PERIODS:
        squares = shade + 2 * ((x // (period // 2) + y // (period // 2)) % 2)
        calm, tiled = (
            mosaic.sum_up(
                "m", "given", [mosaic.power(np.repeat(p[..., None], 3, 2).astype(np.uint8), b) for b in boxes]
            )
            for p in (shade, squares)
        )
        assert calm.ratios[period] < 1.5
        assert tiled.ratios[period] > 5
    even = np.full((96, 160, 3), 200, np.uint8)
    assert mosaic.sum_up("m", "given", [mosaic.power(even, b) for b in boxes]).ratios == dict.fromkeys((4, 8, 16), 1.0)
    assert math.isnan(mosaic.sum_up("m", "given", []).ratios[8])


def test_a_drawing_without_regions_is_passed_over() -> None:
    ink = np.zeros_like(LINES)
    subjects = Subjects("one", "val", "0", ("given",), 1, iter([Subject("ink", TRUTH, {"given": ink})]))
    found = assess([fake(knows)], subjects, ("dots", "regions", "spread"))
    assert found.regions == ()
    assert found.spread[0].trials == 0
    assert json.loads(found.to_text())["spread"][0]["harm"] is None


def test_reports_and_refusals(pairs: PairSet, tmp_path: Path) -> None:
    found = assess([fake(knows, "a|<b>")], from_pairs(pairs, "val", ("given",), 2), ("dots", "frechet"), threads=1)
    write_assessment(tmp_path / "report", found)
    content = json.loads((tmp_path / "report" / "scores.json").read_text())
    assert content["pictures"] == 2
    assert content["dots"][0]["levels"]["0"] < content["dots"][0]["levels"]["256"]
    page, text = ((tmp_path / "report" / name).read_text(encoding="utf-8") for name in ("report.html", "report.md"))
    assert "a|&lt;b&gt;" in page
    assert "It is not FID" in text
    with pytest.raises(SengaError, match="exists and is not empty"):
        write_assessment(tmp_path / "report", found)
    with pytest.raises(SengaError, match="at least 2 pictures"):
        assess([], from_pairs(pairs, "val", ("given",), 1), ("frechet",))
    with pytest.raises(SengaError, match="two models called 'fake'"):
        assess([fake(knows), fake(floods)], from_pairs(pairs, "val", ("given",), 1), ("dots",))
    with pytest.raises(SengaError, match="unknown measure 'fid'"):
        find_measures(["fid"])
    assert find_measures(["spread", "all", "dots"]) == ("dots", "regions", "spread", "mosaic", "frechet")
    with pytest.raises(PairSetError, match="unknown method 'pencil'"):
        from_pairs(pairs, "val", ("pencil",), 1)


def test_a_model_file_is_measured_for_what_it_can(tiny_model: Path) -> None:
    tiny, shipped = open_model(f"t={tiny_model}", 1), open_models(["shipped", "shipped+tint", "shipped+reference"], 1)
    assert (tiny.name, tiny.takes_hints, tiny.colors_lines) == ("t", True, False)
    assert [(m.name, m.colors_lines) for m in shipped] == [("shipped", True)]
    assert tiny.page(LINES)(None, 0.0).shape == TRUTH.shape


def test_the_verb_measures_a_model_file(pairs: PairSet, tiny_model: Path, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    def call(*words: object) -> str:
        result = CliRunner().invoke(app, ["compare", *map(str, words)], catch_exceptions=False)
        return result.stdout

    told = call(tiny_model, "--pairs", pairs.folder, "--most", 2, "--method", "given", "--measure", "regions")
    assert "2 pictures of the val split" in told
    assert "| tiny | given | 16 | 30 |" in told
    assert "Few hints" not in told
    report = tmp_path / "report"
    call(tiny_model, "--pairs", pairs.folder, "--most", 1, "--method", "given", "--measure", "dots", "--report", report)
    assert (report / "report.html").is_file()
    for words, wrong in (
        (["x.onnx", "--pairs", pairs.folder, "--report", "r"], "'report' goes with 'frozen' or 'measure'"),
        (["x.onnx", "--pairs", pairs.folder, "--measure", "fid"], "unknown measure 'fid'"),
        (["--pairs", pairs.folder, "--measure", "dots"], "nothing to compare"),
        (["x", "--pairs", pairs.folder, "--measure", "dots", "--task", "lines"], "'measure' goes with"),
    ):
        with pytest.raises(SengaError, match=wrong):
            call(*words)
