# mypy: no-warn-return-any
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conftest import call as run
from conftest import ring
from senga import HintError, Hints, image
from senga.color import flats as module
from senga.color.blocks import enlarged, pooled
from senga.color.files.flatsvg import flats_to_svg
from senga.color.flats import flat_colors, lay_flats
from senga.color.flood import connected
from senga.color.regions import WORKING, Regions, find_regions

RED, GREEN, BLUE, CLEAR = (255, 0, 0, 255), (0, 255, 0, 255), (0, 0, 255, 255), (0, 0, 0, 0)
ODD = [(1, 1), (1, 40), (37, 3), (511, 333), (2, 2)]


@dataclass
class Done:
    """What a command answered."""

    code: int
    err: str


Call = Callable[..., Done]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    def of(*arguments: object) -> Done:
        code = run(monkeypatch, *arguments)
        return Done(code, capsys.readouterr().err)

    return of


def disk(height: int, width: int, radius: float) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    return np.hypot(y - height / 2, x - width / 2) < radius


def walls(height: int, width: int, at: int, thick: int = 1) -> np.ndarray:
    """Line art of two halves, an upright line between."""
    lines = np.full((height, width), 255, np.uint8)
    lines[:, at : at + thick] = 0
    return lines


def at(layer: np.ndarray, x: int, y: int) -> tuple[int, ...]:
    return tuple(layer[y, x].tolist())


@pytest.mark.parametrize(("radius", "count"), [(3.0, 2), (2.0, 2), (1.0, 1)])
def test_a_ring_with_a_gap_of_3_px_holds_a_large_ball_and_leaks_a_small_one(radius: float, count: int) -> None:
    assert find_regions(ring(120, 120, 40, gap=3), radius).count == count


def test_the_usual_ball_bridges_gaps_in_a_large_drawing_as_in_a_small_one() -> None:
    small, large = ring(300, 300, 100, gap=4), ring(1600, 1600, 500, thick=6, gap=10)
    assert find_regions(small).count == find_regions(large).count == 2


def test_a_bridged_gap_is_closed_where_it_is_narrowest() -> None:
    regions = find_regions(ring(120, 120, 40, gap=3), 3)
    inside = regions.labels == regions.labels[60, 60]
    assert (inside == disk(120, 120, 40)).mean() > 0.985


@pytest.mark.parametrize("shape", ODD)
@pytest.mark.parametrize("ink", [0.0, 0.2, 1.0])
def test_every_pixel_has_a_label_at_odd_sizes_all_ink_and_all_paper(shape: tuple[int, int], ink: float) -> None:
    lines = np.where(np.random.default_rng(0).random(shape) < ink, 0, 255).astype(np.uint8)
    regions = find_regions(lines)
    assert regions.labels.shape == shape
    assert regions.labels.dtype == np.int32
    assert sorted(np.unique(regions.labels)) == list(range(regions.count))
    assert regions.sizes.sum() == lines.size
    assert regions.paper_sizes.sum() == regions.paper.sum()
    layer = flat_colors(regions, Hints.blank(shape).dot((0, 0), "#f00", 0), np.full((*shape, 3), 9, np.uint8))
    assert lay_flats(layer, image.to_drawing(lines)).shape == (*shape, 3)


def test_a_line_askew_of_one_pixel_closes() -> None:
    lines = np.full((40, 40), 255, np.uint8)
    lines[np.arange(40), np.arange(40)] = 0
    assert find_regions(lines).count == 2


def test_pixels_under_a_line_belong_to_its_two_sides_up_to_the_middle() -> None:
    regions = find_regions(walls(60, 80, 40, thick=8))
    assert regions.count == 2
    assert (regions.labels[:, :44] == 0).all()
    assert (regions.labels[:, 44:] == 1).all()


def test_soft_borders_of_lines_show_no_halo() -> None:
    soft = image.resize(ring(480, 480, 180, thick=8), (120, 120))
    layer = flat_colors(find_regions(soft), Hints.blank(soft.shape).dot((60, 60), "#f00").dot((4, 4), "#00f"))
    # Every pixel has one of the two colors in full, inside and outside of the line's middle.
    red = (layer == RED).all(-1)
    assert (red | (layer == BLUE).all(-1)).all()
    y, x = np.mgrid[:120, :120]
    off = np.hypot(y - 59.5, x - 59.5) - 45
    assert red[off < -0.75].all()
    assert not red[off > 0.75].any()


def test_a_tip_that_narrows_stays_with_its_strand() -> None:
    lines = np.full((60, 200), 255, np.uint8)
    for x in range(200):
        half = int(14 * (1 - x / 200))
        lines[max(0, 30 - half - 1), x] = lines[30 + half + 1, x] = 0
    regions = find_regions(lines)
    assert regions.count <= 3
    assert regions.labels[30, 5] == regions.labels[30, 150]


def test_specks_of_paper_join_a_neighbor_and_merging_joins_more() -> None:
    lines = np.full((80, 80), 255, np.uint8)
    lines[20:30, 20:30] = 0
    lines[24:26, 24:26] = 255  # 4 px of paper in a block of ink
    lines[50:62, 50] = lines[50:62, 61] = lines[50, 50:62] = lines[61, 50:62] = 0  # a box of 100 px
    regions = find_regions(lines)
    assert regions.count == 2
    assert find_regions(lines, least=1).count == 3
    merged = regions.merged(500)
    assert merged.count == 1
    assert merged.sizes.tolist() == [6400]
    assert regions.merged(100).count == 2


def test_merging_prefers_the_neighbor_over_open_paper() -> None:
    labels = np.zeros((10, 30), np.int32)
    labels[:, 10:14], labels[:, 14:] = 1, 2
    paper = np.ones_like(labels, bool)
    paper[:, 8:12] = False
    assert Regions(labels, paper, 3).merged(50).labels[0].tolist() == [0] * 10 + [1] * 20


def test_faint_pencil_closes_and_the_grain_of_paper_is_no_line() -> None:
    faint = np.where(ring(120, 120, 40) == 0, 205, 255).astype(np.uint8)
    assert find_regions(faint).count == 2
    grain = np.random.default_rng(0).normal(225, 8, (120, 120))
    rough = np.where(ring(120, 120, 40, thick=3) == 0, 60, np.clip(grain, 0, 255)).astype(np.uint8)
    assert find_regions(rough).count == 2


def test_a_hint_inside_a_closed_ring_changes_no_pixel_outside() -> None:
    lines = ring(200, 200, 60, thick=1.5)
    regions = find_regions(lines)
    color = np.random.default_rng(0).integers(0, 256, (200, 200, 3)).astype(np.uint8)
    without = flat_colors(regions, None, color)
    hinted = flat_colors(regions, Hints.blank(lines.shape).dot((100, 100), "#f00", 20), color)
    changed = (without != hinted).any(-1)
    assert changed[disk(200, 200, 57)].all()
    assert not changed[~disk(200, 200, 63)].any()


def test_no_color_crosses_a_thin_line_of_a_drawing_that_isdivided_at_a_reduced_size() -> None:
    lines = ring(1700, 1531, 500, thick=1.5)
    regions = find_regions(lines)
    assert lines.size > WORKING
    assert regions.factor == 2
    assert regions.count == 2
    inner, _ = connected(regions.paper)
    inside = inner == inner[850, 765]
    assert len(np.unique(regions.labels[inside])) == 1
    assert len(np.unique(regions.labels[regions.paper & ~inside])) == 1


def test_places_closer_than_a_block_become_regions_of_their_own() -> None:
    paper = np.ones((60, 60), bool)
    paper[:, [20, 23, 26]] = False
    clear = pooled(paper, 6)
    small = np.where(np.arange(10) < 4, 1, 2)[None].repeat(10, 0).astype(np.int32)
    labels = enlarged(small, clear, paper, 6, 20)
    assert len(np.unique(labels)) == 4
    assert (labels[:, :20] == 1).all()
    assert (labels[:, 27:] == 2).all()


def test_two_hints_in_one_region_are_both_obeyed_and_meet_midway() -> None:
    shape = (60, 200)
    hints = Hints.blank(shape).dot((20, 30), "#f00", 4).dot((180, 30), "#00f", 4)
    layer = flat_colors(find_regions(np.full(shape, 255, np.uint8)), hints)
    assert (layer[hints.mask][:, :3] == hints.color[hints.mask]).all()
    assert (layer[:, :90] == RED).all()
    assert (layer[:, 110:] == BLUE).all()


def test_a_further_hint_divides_no_other_region_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    divided = []

    def counted(*given: Any) -> np.ndarray:
        divided.append(given)
        return real(*given)

    real = module.divided
    monkeypatch.setattr(module, "divided", counted)
    regions = find_regions(walls(60, 121, 60))
    hints = Hints.blank(regions.shape).dot((10, 30), "#f00").dot((50, 30), "#0f0")
    first = flat_colors(regions, hints)
    more = hints.dot((70, 30), "#f00").dot((110, 30), "#00f")
    both = flat_colors(regions, more)
    assert len(divided) == 2
    assert np.array_equal(both[:, :60], first[:, :60])
    assert at(both, 110, 30) == BLUE
    other = flat_colors(regions, more.dot((10, 5), "#00f"))
    assert len(divided) == 3
    assert np.array_equal(other[:, 61:], both[:, 61:])
    fresh = flat_colors(find_regions(walls(60, 121, 60)), more.dot((10, 5), "#00f"))
    assert np.array_equal(other, fresh)


def test_a_border_between_two_hints_lies_where_the_region_narrows() -> None:
    lines = walls(120, 240, 60, thick=2)
    lines[45:75, 60:62] = 255  # an opening far too wide for the ball, nearer to one hint
    hints = Hints.blank(lines.shape).dot((45, 60), "#f00", 2).dot((200, 60), "#00f", 2)
    regions = find_regions(lines)
    assert regions.count == 1
    layer = flat_colors(regions, hints)
    assert ((layer[:, :55] == RED).all(-1)).mean() > 0.97
    assert ((layer[:, 75:] == BLUE).all(-1)).mean() > 0.97


def test_hints_of_a_large_region_are_parted_along_lines_at_full_size() -> None:
    lines = walls(1100, 1400, 700)
    lines[:40] = 255  # the line is open at its upper end
    hints = Hints.blank(lines.shape).dot((300, 600), "#f00", 9).dot((1100, 600), "#00f", 9)
    regions = find_regions(lines)
    assert regions.count == 1
    layer = flat_colors(regions, hints)
    assert (layer[100:, :700] == RED).all()
    assert (layer[100:, 701:] == BLUE).all()


def test_a_single_pixel_is_obeyed_beside_a_broad_stroke() -> None:
    hints = Hints.blank((100, 100)).stroke([(10, 20), (90, 20)], "#f00", 16).dot((50, 90), "#0f0", 0)
    layer = flat_colors(find_regions(np.full((100, 100), 255, np.uint8)), hints)
    assert at(layer, 50, 90) == GREEN
    assert at(layer, 50, 20) == RED


def test_a_stroke_that_slips_over_a_line_does_not_count_there() -> None:
    lines = walls(200, 200, 100, thick=2)
    hints = Hints.blank(lines.shape).stroke([(20, 100), (101, 100)], "#f00", 8)
    layer = flat_colors(find_regions(lines), hints)
    assert at(layer, 50, 5) == RED
    assert at(layer, 150, 100) == CLEAR
    across = Hints.blank(lines.shape).stroke([(60, 100), (140, 100)], "#f00", 8)
    assert at(flat_colors(find_regions(lines), across), 150, 5) == RED


def test_a_hint_on_ink_alone_counts_for_the_region_that_the_ink_belongs_to() -> None:
    lines = walls(60, 80, 40, thick=12)
    layer = flat_colors(find_regions(lines), Hints.blank(lines.shape).dot((43, 30), "#0f0", 1))
    assert at(layer, 5, 5) == GREEN
    assert at(layer, 75, 5) == CLEAR


def test_one_brush_that_a_picture_format_blurred_a_little_is_one_color() -> None:
    hints = Hints.blank((50, 50)).dot((25, 25), (120, 80, 40), 8)
    color = hints.color.astype(int) + np.random.default_rng(0).integers(-1, 2, (50, 50, 3)) * hints.mask[..., None]
    layer = flat_colors(find_regions(np.full((50, 50), 255, np.uint8)), Hints(color.astype(np.uint8), hints.mask))
    assert len(np.unique(layer.reshape(-1, 4), axis=0)) == 1


def test_hints_win_and_the_rest_takes_the_median_of_the_colored_layer() -> None:
    lines = walls(60, 90, 30)
    lines[:, 60] = 0
    color = np.full((60, 90, 3), (10, 200, 30), np.uint8)
    color[:10] = 250  # less than half
    layer = flat_colors(find_regions(lines), Hints.blank(lines.shape).dot((10, 30), "#f00"), color)
    assert at(layer, 5, 5) == RED
    assert at(layer, 45, 5) == at(layer, 80, 50) == (10, 200, 30, 255)


def test_a_palette_takes_the_models_colors_in_but_never_a_hint() -> None:
    lines = walls(40, 60, 30)
    color = np.full((40, 60, 3), (200, 40, 50), np.uint8)
    hints = Hints.blank(lines.shape).dot((10, 20), "#123456")
    layer = flat_colors(find_regions(lines), hints, color, ["#00f", "#f00", "#fff"])
    assert at(layer, 5, 5) == (0x12, 0x34, 0x56, 255)
    assert at(layer, 55, 5) == RED


def test_what_nobody_colors_stays_clear_and_the_drawings_own_lines_lie_on_top() -> None:
    pixels = np.full((40, 60, 4), 255, np.uint8)
    pixels[:, 30, :3] = (0, 0, 120)
    pixels[:, :5, 3] = 0
    drawing = image.to_drawing(pixels)
    layer = flat_colors(find_regions(drawing.lines), Hints.blank(drawing.shape).dot((10, 20), "#f00"))
    assert at(layer, 50, 20) == CLEAR
    laid = lay_flats(layer, drawing)
    assert (laid[..., 3] == pixels[..., 3]).all()
    assert at(laid, 50, 20) == (255, 255, 255, 255)
    assert at(laid, 10, 20) == RED
    assert tuple(laid[20, 30, :2]) == (0, 0)


@pytest.mark.parametrize("radius", [0.0, -1.0, 501.0, float("nan")])
def test_a_ball_out_of_range_is_refused(radius: float) -> None:
    with pytest.raises(HintError, match="radius"):
        find_regions(np.full((9, 9), 255, np.uint8), radius)


def test_hints_and_colors_of_another_size_are_refused() -> None:
    regions = find_regions(np.full((9, 9), 255, np.uint8))
    with pytest.raises(HintError, match="hints of"):
        flat_colors(regions, Hints.blank((9, 8)))
    with pytest.raises(HintError, match="colors of"):
        flat_colors(regions, None, np.zeros((8, 9, 3), np.uint8))


def test_the_svg_has_each_color_and_the_drawings_size() -> None:
    lines = ring(80, 120, 30)
    hints = Hints.blank(lines.shape).dot((60, 40), "#f00").dot((5, 5), "#102030")
    svg = flats_to_svg(flat_colors(find_regions(lines), hints))
    assert 'width="120" height="80"' in svg
    assert {c.lower() for c in re.findall(r'fill="([^"]*)"', svg)} == {"#ff0000", "#102030"}
    assert "<path" not in flats_to_svg(np.zeros((4, 4, 4), np.uint8))


def write_ring(folder: Path) -> tuple[Path, Path]:
    lines, hints = ring(64, 96, 20), Hints.blank((64, 96)).dot((48, 32), "#f00", 3)
    image.write(folder / "ring.png", lines)
    hints.write(folder / "hints.png")
    return folder / "ring.png", folder / "hints.png"


def test_the_verb_lays_hints_without_any_model(call: Call, tmp_path: Path) -> None:
    drawing, hints = write_ring(tmp_path)
    out = tmp_path / "out.png"
    done = call("flats", drawing, "-o", out, "--hints", hints, "--source", "hints", "--layer", "--svg")
    assert done.code == 0
    layer = image.read_rgba(out)
    assert at(layer, 48, 32) == RED
    assert at(layer, 2, 2) == CLEAR
    assert (tmp_path / "out.svg").read_text().startswith("<svg")
    whole = tmp_path / "whole.png"
    assert call("flats", drawing, "-o", whole, "--hints", hints, "--source", "hints").code == 0
    assert (image.read(whole)[image.read(drawing) == 0] == 0).all()


@pytest.mark.parametrize("model", ["painter_file", "tiny_model"])
def test_the_verb_asks_a_model_and_keeps_to_the_palette(
    call: Call, tmp_path: Path, request: pytest.FixtureRequest, model: str
) -> None:
    drawing, hints = write_ring(tmp_path)
    asked = ("--model", request.getfixturevalue(model), "--palette", "#0f0,#00f,#800", "--layer")
    done = call("flats", drawing, "-o", tmp_path / "out.png", "--hints", hints, *asked)
    assert done.code == 0, done.err  # a model that takes no palette is not asked to
    layer = image.read_rgba(tmp_path / "out.png")
    assert at(layer, 48, 32) == RED
    found = {tuple(color) for color in layer.reshape(-1, 4).tolist()}
    assert RED in found
    assert found - {RED} <= {(0, 255, 0, 255), (0, 0, 255, 255), (0x88, 0, 0, 255)}
    assert found != {RED}


def test_the_verb_lays_regions_by_its_radius_and_by_those_asks_the_model(
    call: Call, tmp_path: Path, painter_file: Path
) -> None:
    image.write(tmp_path / "ring.png", ring(120, 120, 40, gap=9))
    Hints.blank((120, 120)).dot((60, 60), "#f00").write(tmp_path / "hints.png")
    for radius, open_ in (("5", False), ("1", True)):
        out = tmp_path / f"{radius}.png"
        options = ("--hints", tmp_path / "hints.png", "--layer", "--ball-radius", radius, "--gap", 0)
        assert call("flats", tmp_path / "ring.png", "-o", out, *options, "--model", painter_file).code == 0
        assert (at(image.read_rgba(out), 2, 2) == RED) == open_


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--source", "hints"), "needs --hints"),
        (("--source", "lines"), "unknown --source"),
        (("--source", "model", "--hints", "h.png"), "--hints goes with"),
        (("--source", "hints", "--hints", "h.png", "--palette", "#fff"), "--palette goes with"),
        (("--gap", "9"), "a gap is from 0 to 8"),
        (("--source", "hints", "--hints", "missing.png"), "no such file"),
        (("--model", "missing.onnx"), "missing.onnx"),
    ],
)
def test_the_verb_refuses_in_one_line_and_writes_nothing(
    call: Call, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    drawing, _ = write_ring(tmp_path)
    done = call("flats", drawing, "-o", tmp_path / "out.png", *options)
    assert done.code == 2
    assert said in done.err
    assert done.err.count("\n") == 1
    assert not (tmp_path / "out.png").exists()


def test_the_verb_overwrites_neither_picture_nor_svg_unasked(call: Call, tmp_path: Path) -> None:
    drawing, hints = write_ring(tmp_path)
    (tmp_path / "out.svg").write_text("mine")
    options = ("--hints", hints, "--source", "hints", "--svg")
    done = call("flats", drawing, "-o", tmp_path / "out.png", *options)
    assert done.code == 2
    assert "exists" in done.err
    assert not (tmp_path / "out.png").exists()
    assert (tmp_path / "out.svg").read_text() == "mine"
    assert call("flats", drawing, "-o", tmp_path / "out.png", *options, "--force").code == 0
    assert call("flats", drawing, "-o", "-", *options).code == 2


def test_the_gap_says_how_boldly_open_lines_are_closed(call: Call, tmp_path: Path) -> None:
    image.write(tmp_path / "ring.png", ring(256, 256, 80, thick=3, gap=14))
    Hints.blank((256, 256)).dot((128, 128), "#f00").write(tmp_path / "hints.png")
    for gap, color in (("0", RED), ("1", CLEAR)):
        out = tmp_path / f"{gap}.png"
        options = ("--hints", tmp_path / "hints.png", "--source", "hints", "--layer", "--gap", gap)
        assert call("flats", tmp_path / "ring.png", "-o", out, *options).code == 0
        assert at(image.read_rgba(out), 2, 2) == color
