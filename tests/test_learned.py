"""The learned extractor as it is shipped, and its geometry on made answers of a network."""

from typing import Any

import numpy as np
import pytest

from senga import SengaError, extract_lines
from senga.errors import ModelError
from senga.lines.clean import clean, is_line_art
from senga.lines.learned import Inker, Learned, Seen, draw, settle
from senga.lines.score import read_drawn, score
from senga.lines.strokes import nearness


@pytest.fixture(scope="module")
def inker() -> Inker:
    return Inker.open(threads=2)


def rings(size: int = 400, thick: float = 4.0) -> tuple[np.ndarray, np.ndarray]:
    """A picture of outlined discs in flat colors, and its line art."""
    y, x = np.mgrid[:size, :size]
    color = np.full((size, size, 3), (235, 240, 250), np.float64)
    lines = np.full((size, size), 255.0)
    for cx, cy, r, fill in (
        (130, 140, 80, (240, 180, 90)),
        (260, 250, 90, (90, 150, 210)),
        (110, 300, 50, (60, 70, 60)),
    ):
        away = np.hypot(y - cy * size / 400, x - cx * size / 400)
        inside = away < r * size / 400
        color[inside] = fill
        lines[inside] = 255
        stroke = np.clip(thick / 2 + 0.5 - np.abs(away - r * size / 400), 0, 1)
        lines = np.minimum(lines, 255 * (1 - stroke))
    return np.rint(color * lines[..., None] / 255).astype(np.uint8), np.rint(lines).astype(np.uint8)


def f1(lines: np.ndarray, truth: np.ndarray) -> float:
    true = read_drawn(truth)
    return score(read_drawn(lines, widest=true.widest), true).f1


class TestShipped:
    def test_it_draws_the_lines_that_are_there_and_no_others(self, inker: Inker) -> None:
        picture, truth = rings()
        assert f1(inker.draw(picture), truth) > 0.95

    @pytest.mark.parametrize("thickness", [1.5, 3.0, 6.0])
    def test_every_line_has_the_asked_thickness(self, inker: Inker, thickness: float) -> None:
        picture, truth = rings()
        drawn = read_drawn(inker.draw(picture, Learned(thickness=thickness)))
        assert np.median(drawn.width) == pytest.approx(thickness, abs=0.5)
        assert score(drawn, read_drawn(truth)).f1 > 0.95
        assert np.percentile(drawn.width, 90) - np.percentile(drawn.width, 10) < 1

    def test_dark_and_low_contrast_pictures_work(self, inker: Inker) -> None:
        picture, truth = rings()
        assert f1(inker.draw((picture * 0.2).astype(np.uint8)), truth) > 0.9
        assert f1(inker.draw((110 + picture * 0.25).astype(np.uint8)), truth) > 0.9

    @pytest.mark.parametrize("shape", [(1, 1), (5, 300), (97, 211), (640, 333)])
    def test_any_size_comes_back_in_its_size(self, inker: Inker, shape: tuple[int, int]) -> None:
        picture = np.random.default_rng(1).integers(0, 256, (*shape, 3)).astype(np.uint8)
        for parameters in (Learned(), Learned(thickness=2.0, detail=0.3)):
            lines = inker.draw(picture, parameters)
            assert lines.shape == shape
            assert lines.dtype == np.uint8

    def test_gray_pictures_are_taken(self, inker: Inker) -> None:
        picture, truth = rings()
        assert f1(inker.draw(picture.mean(2).astype(np.uint8)), truth) > 0.9

    def test_flat_areas_stay_paper_without_any_grid(self, inker: Inker) -> None:
        flat = np.full((512, 512, 3), (180, 120, 140), np.uint8)
        seen = inker.look(flat)
        inner = seen.ink[64:-64, 64:-64]
        assert inner.max() < 0.1
        spectrum = np.abs(np.fft.fft2(inner - inner.mean()))
        side = spectrum.shape[0]
        for period in (2, 4, 8, 16):
            peak = side // period
            around = np.median(spectrum[: side // 2, : side // 2])
            assert max(spectrum[peak, 0], spectrum[0, peak], spectrum[peak, peak]) < 1e-3 * side * side + 50 * around

    def test_tiles_leave_no_seam(self, inker: Inker, monkeypatch: pytest.MonkeyPatch) -> None:
        picture, _ = rings(704, 5)
        whole = inker.look(picture).ink
        import dataclasses

        card = dataclasses.replace(inker.session.card, area=384 * 384)
        tiled = Inker(dataclasses.replace(inker.session, card=card)).look(picture).ink
        assert np.abs(whole - tiled).max() < 0.1
        assert ((whole > 0.5) != (tiled > 0.5)).mean() < 1e-3

    def test_line_art_comes_back_as_clean_line_art(self) -> None:
        _, truth = rings()
        again = extract_lines(truth)
        assert f1(again, truth) > 0.99
        assert (again == clean(truth)).all()


class TestDrawing:
    """What is drawn from a network's answer, without a network."""

    def seen(self) -> Seen:
        """A ring between unlike colors, a line inside of it between like ones, and a solid."""
        y, x = np.mgrid[:300, :300]
        ring, bar = np.abs(np.hypot(y - 150, x - 150) - 100), np.where((x > 100) & (x < 190), np.abs(y - 120), 99)
        solid = (y > 180) & (y < 220) & (x > 130) & (x < 180)
        away = np.minimum(ring, bar)
        ink = np.maximum(np.clip(2 - away, 0, 1), solid).astype(np.float32)
        center = np.maximum(np.exp(-(away**2) / 2.88), nearness(solid & ~np.roll(solid, 1, 0), 1.2))
        color = np.full((300, 300, 3), 240, np.uint8)
        color[np.hypot(y - 150, x - 150) < 100] = (200, 90, 60)
        color[ink > 0.5] = 20
        return Seen(color, ink, center.astype(np.float32), (300, 300))

    def test_little_detail_keeps_outlines_and_drops_what_lies_inside(self) -> None:
        for thickness in (0.0, 2.0):
            outline = draw(self.seen(), Learned(thickness=thickness, detail=0.0))
            everything = draw(self.seen(), Learned(thickness=thickness, detail=1.0))
            assert (everything[120, 110:180] < 128).all()
            assert (outline[120, 110:180] > 128).all()
            assert outline[50, 150] < 128
            assert everything[50, 150] < 128

    def test_more_detail_never_takes_lines_away(self) -> None:
        inked = [(draw(self.seen(), Learned(thickness=2.0, detail=d)) < 128).sum() for d in (0.0, 0.3, 0.6, 1.0)]
        assert inked == sorted(inked)

    def test_solids_are_filled_or_outlined(self) -> None:
        for thickness in (0.0, 2.0):
            filled = draw(self.seen(), Learned(thickness=thickness))
            outlined = draw(self.seen(), Learned(thickness=thickness, solid=False))
            assert filled[200, 155] == 0
            assert outlined[200, 155] == 255
            assert outlined[182, 155] < 128 or outlined[181, 155] < 128

    def test_what_was_seen_twice_as_large_is_drawn_at_its_own_size(self) -> None:
        seen = self.seen()
        small = Seen(seen.color, seen.ink, seen.center, (150, 150), 2)
        lines = draw(small, Learned(thickness=2.0))
        assert lines.shape == (150, 150)
        assert np.median(read_drawn(lines).width) == pytest.approx(2, abs=0.5)

    def test_a_published_network_is_cut_at_its_published_level(self) -> None:
        ink = np.array([[0.05, 0.11, 0.9]], np.float32)
        seen = Seen(np.zeros((1, 3, 3), np.uint8), ink, None, (1, 3))
        assert draw(seen).tolist() == [[255, 0, 0]]


class TestSettle:
    """Dark areas are filled or empty as a whole."""

    def half_sure(self, share: float, size: int = 240) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """A black square with a line through it, of which the network fills a share, in blots."""
        color = np.full((size, size, 3), 230, np.uint8)
        color[40:200, 40:200] = 20
        blots = np.random.default_rng(0).random((20, 20)).repeat(12, 0).repeat(12, 1) < share
        ink = np.where(blots, 0.85, 0.15).astype(np.float32)
        ink[color[..., 0] > 100] = 0
        ink[38:44, 38:202] = ink[196:202, 38:202] = 1
        center = np.zeros((size, size), np.float32)
        ink[118:122, 60:180] = center[118:122, 60:180] = 1
        return color, ink, center

    def test_an_area_that_is_mostly_ink_is_filled(self) -> None:
        settled = settle(*self.half_sure(0.8))
        assert settled[50:190, 50:190].min() > 0.85

    def test_an_area_that_is_mostly_paper_is_emptied_but_for_its_strokes_and_rim(self) -> None:
        color, ink, center = self.half_sure(0.4)
        settled = settle(color, ink, center)
        assert settled[60:110, 60:180].max() < 0.1
        assert settled[118:122, 70:170].min() > 0.9
        assert settled[40, 60:180].min() > 0.9

    def test_areas_of_which_the_network_is_sure_stay(self) -> None:
        color, ink, center = self.half_sure(0.4)
        sure = (ink > 0.5).astype(np.float32)
        np.testing.assert_array_equal(settle(color, sure, center), sure)

    def test_thin_strokes_and_light_areas_are_left_alone(self) -> None:
        color, ink, center = self.half_sure(0.5)
        np.testing.assert_array_equal(settle(np.full_like(color, 128), ink, center), ink)
        thin_ones = np.full_like(color, 230)
        thin_ones[::12, :] = 10
        np.testing.assert_array_equal(settle(thin_ones, ink, center), ink)

    def test_large_pictures_are_judged_alike(self) -> None:
        small = self.half_sure(0.4)
        large = [np.repeat(np.repeat(p, 8, 0), 8, 1) for p in small]
        settled = settle(*large)
        assert settled[500:900, 500:1400].max() < 0.1
        assert settled.shape == (1920, 1920)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"thickness": -1}, "thickness"), ({"detail": 1.5}, "detail"), ({"gap": -2}, "gap"), ({"sigma": 1}, "sigma")],
)
def test_parameters_are_refused_by_name(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(SengaError, match=said):
        extract_lines(rings()[0], "learned", **wrong)


def test_a_colorizer_is_no_line_extractor() -> None:
    from senga.color.colorizer import SHIPPED, Colorizer
    from senga.lines import learned

    with pytest.raises(ModelError, match=r"painter\.zip: a model that colors line art; wanted one that draws lines"):
        Inker.open(SHIPPED)
    with pytest.raises(
        ModelError, match=r"inker\.onnx: a model that draws lines from pictures; wanted one that colors"
    ):
        Colorizer.open(learned.SHIPPED)


class TestIsLineArt:
    def test_drawings_are_pictures_are_not(self) -> None:
        picture, lines = rings()
        assert is_line_art(lines)
        assert not is_line_art(picture)
        assert not is_line_art(255 - lines)
        assert not is_line_art(np.full((50, 50, 3), (200, 150, 150), np.uint8))

    def test_a_drawing_on_tinted_paper_is_one(self) -> None:
        _, lines = rings()
        tinted = (lines[..., None] / 255 * np.array([245, 235, 210])).astype(np.uint8)
        assert is_line_art(tinted)

    def test_a_spot_of_color_makes_a_picture(self) -> None:
        _, lines = rings()
        page = np.repeat(lines[..., None], 3, 2)
        page[100:160, 100:160] = (230, 60, 60)
        assert not is_line_art(page)
