from pathlib import Path

import numpy as np
import pytest

import senga
from conftest import ring
from senga import Colorizer, HintError, Hints, ModelError, image
from senga.color.region_brush import RegionBrush
from senga.color.scaling import enlarge, working_lines
from senga.color.tokens import opponent
from senga.metrics import colorfulness

SIZES = [(1, 1), (1, 40), (37, 3), (511, 333), (64, 64), (700, 900)]


@pytest.fixture(scope="module")
def painter() -> Colorizer:
    return Colorizer.open(threads=2)


@pytest.fixture(scope="module")
def small(tiny_model: Path) -> Colorizer:
    return Colorizer.open(tiny_model, threads=2)


@pytest.mark.parametrize("shape", SIZES)
def test_the_picture_comes_back_at_the_drawings_size(small: Colorizer, shape: tuple[int, int]) -> None:
    lines = np.random.default_rng(0).choice([0, 255], shape, p=[0.1, 0.9]).astype(np.uint8)
    painted = small.page(lines).paint()
    assert painted.shape == (*shape, 3)
    assert painted.dtype == np.uint8


def test_the_persons_own_lines_are_multiplied_on_top(small: Colorizer) -> None:
    layer = np.full((90, 70, 3), 255, np.uint8)
    layer[20:23] = (0, 0, 120)  # blue pencil
    layer[60:62] = 0
    layer[30:50, 30:33] = 128
    page = small.page(layer)
    painted, color = page.paint(), page.color()
    wanted = np.rint(color.astype(float) * layer / 255)
    assert (painted == wanted).all()
    assert (painted[60:62] == 0).all()
    assert (painted[20:23, :, :2] == 0).all()


def test_alpha_of_a_cut_out_comes_back_byte_for_byte(small: Colorizer) -> None:
    pixels = np.full((40, 50, 4), 255, np.uint8)
    pixels[..., 3] = np.random.default_rng(0).integers(0, 256, (40, 50))
    pixels[10:30, 10:40, 3] = 255
    pixels[20, 10:40, :3] = 0
    painted = small.page(pixels).paint()
    assert painted.shape == (40, 50, 4)
    assert (painted[..., 3] == pixels[..., 3]).all()


def test_ink_on_nothing_is_painted_on_paper(small: Colorizer) -> None:
    pixels = np.zeros((60, 60, 4), np.uint8)
    pixels[..., 3] = 255 - ring(60, 60, 20)
    page = small.page(pixels)
    assert page.paint().shape == (60, 60, 3)
    assert (page.drawing.lines == ring(60, 60, 20)).all()


@pytest.mark.parametrize("side", [96, 1000])
def test_a_hint_colors_its_region_and_not_the_other_side_of_a_line(painter: Colorizer, side: int) -> None:
    lines = ring(side, side, side * 0.3, thick=side / 40)
    hints = Hints.blank(lines.shape).dot((side / 2, side / 2), "#d02020", radius=side / 40)
    for x, y in ((0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9)):
        hints = hints.dot((side * x, side * y), "#2040d0", radius=side / 40)
    painted = painter.page(lines).color(hints).astype(float)
    y, x = np.mgrid[:side, :side]
    far = np.hypot(y - side / 2, x - side / 2)
    red, blue = np.array((0xD0, 0x20, 0x20)), np.array((0x20, 0x40, 0xD0))
    assert np.abs(painted[far < side * 0.15] - red).mean() < 35
    for region, mine, other in ((far < side * 0.26, red, blue), (far > side * 0.34, blue, red)):
        nearer = np.abs(painted[region] - mine).sum(1) < np.abs(painted[region] - other).sum(1)
        assert nearer.mean() > 0.97


def test_hints_are_obeyed_where_they_are(painter: Colorizer) -> None:
    lines = ring(256, 256, 80)
    colors = ["#e03030", "#30c040", "#3050e0", "#101010", "#f0f0f0"]
    for color in colors:
        hints = Hints.blank(lines.shape).dot((128, 128), color, radius=5)
        at = painter.page(lines).color(hints)[126:131, 126:131].reshape(-1, 3).astype(float)
        wanted = np.array(senga.color.palette.parse_color(color))
        assert np.abs(at - wanted).mean() < 20, color


def test_the_shipped_model_gives_color_without_hints(painter: Colorizer) -> None:
    drawing = image.read_drawing(Path(__file__).parent.parent / "examples" / "dress.png")
    assert colorfulness(painter.page(drawing).color()) > 24


def test_of_two_schemes_the_one_is_taken_that_does_not_end_in_brown(painter: Colorizer) -> None:
    lines = np.full((160, 128), 255, np.uint8)
    for left, top, right, bottom in ((20, 10, 108, 60), (40, 30, 88, 100), (20, 100, 60, 150), (68, 100, 108, 150)):
        lines[top : bottom + 1, [left, right]] = lines[[top, bottom], left : right + 1] = 0
    brush = painter.page(lines).regional
    assert isinstance(brush, RegionBrush)
    painting = brush.painting
    brown = np.linspace((110, 70, 40), (240, 200, 170), 8)
    varied = np.array(
        [*brown[-2:], *brown[:1], (90, 120, 220), (220, 60, 90), (250, 250, 250), (60, 160, 90), (40, 40, 50)]
    )
    schemes = opponent(np.stack([brown, varied]).astype(np.float32) / 255)
    for order in (schemes, schemes[::-1]):
        np.testing.assert_array_equal(order[painting.worths(order, 0).argmax()], schemes[1])


def test_painting_twice_gives_the_same_bytes(small: Colorizer) -> None:
    page = small.page(ring(120, 90, 30))
    assert (page.paint() == page.paint()).all()


def test_gray_paper_is_read_as_paper() -> None:
    lines = np.where(ring(300, 300, 90, thick=4) == 0, 30, 225).astype(np.uint8)
    seen = working_lines(lines, (150, 150))
    assert np.median(seen) == 255
    assert seen.min() < 80


def test_thin_lines_stay_dark_when_a_drawing_is_made_smaller() -> None:
    lines = np.full((1600, 1600), 255, np.uint8)
    lines[:, 800:802] = 0
    seen = working_lines(lines, (400, 400))
    assert seen[:, 198:203].min(1).max() < 120


def test_colors_are_not_mixed_across_a_line_when_made_larger() -> None:
    lines = np.full((40, 40), 255, np.uint8)
    lines[:, 20] = 0
    color = np.zeros((3, 40, 40), np.float32)
    color[0, :, :20], color[2, :, 20:] = 1, 1
    large = enlarge(color, lines, (400, 400))
    assert (large[:, :195] == (255, 0, 0)).all(axis=2).mean() > 0.97
    assert (large[:, 215:] == (0, 0, 255)).all(axis=2).mean() > 0.97


def test_hints_of_another_size_are_refused(small: Colorizer) -> None:
    with pytest.raises(HintError, match="do not fit"):
        small.page(ring(40, 40, 10)).paint(Hints.blank((41, 40)))


def test_a_condition_the_model_does_not_take_is_refused_by_name(small: Colorizer) -> None:
    page = small.page(ring(40, 40, 10))
    with pytest.raises(ModelError, match="does not take a palette; it takes: hints"):
        page.paint(palette=["#fff"])
    with pytest.raises(ModelError, match="does not take a reference"):
        page.paint(reference=np.zeros((4, 4, 3), np.uint8))


def test_files_that_are_no_models_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"missing\.onnx: no such model file"):
        Colorizer.open(tmp_path / "missing.onnx")
    (tmp_path / "text.onnx").write_text("hello")
    with pytest.raises(ModelError, match=r"text\.onnx: not a model file"):
        Colorizer.open(tmp_path / "text.onnx")


def test_a_model_without_a_card_is_refused(tmp_path: Path, tiny_model: Path) -> None:
    import onnx

    model = onnx.load(tiny_model)
    del model.metadata_props[:]
    onnx.save(model, tmp_path / "bare.onnx")
    with pytest.raises(ModelError, match=r"bare\.onnx: has no senga card"):
        Colorizer.open(tmp_path / "bare.onnx")


def test_the_shipped_card_says_what_one_must_know(painter: Colorizer) -> None:
    card = painter.session.card
    assert card.task == "colorize"
    assert card.conditions == ("hints", "palette", "reference")
    assert "without an art licence" in card.license_data
    assert card.steps > 0
    assert len(card.pairs) == 16
    assert card.scores
