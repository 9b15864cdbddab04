"""Classic line filters, against OpenCV as the referee, and their twins on the training device."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
import torch

from senga.learn.data import line_augmentation
from senga.lines import edges
from senga.lines.edges import Canny, Dilate, Xdog
from senga.recipe import LineKind

SHAPES = [(1, 1), (1, 7), (7, 1), (2, 2), (3, 5), (64, 64), (511, 333)]


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(height * 1000 + width).integers(0, 256, (height, width, 3), np.uint8)


def shapes(height: int, width: int) -> np.ndarray:
    """Flat figures with smooth and jagged outlines, as in a drawn picture."""
    picture = np.full((height, width, 3), (250, 240, 230), np.uint8)
    random = np.random.default_rng(1)
    for i in range(30):
        x, y, r = int(random.integers(width)), int(random.integers(height)), int(random.integers(1, 60))
        color = tuple(int(v) for v in random.integers(0, 256, 3))
        if i % 3 == 0:
            cv2.circle(picture, (x, y), r, color, -1, cv2.LINE_AA if i % 2 else cv2.LINE_8)
        elif i % 3 == 1:
            cv2.rectangle(picture, (x, y), (x + r, y + r // 2), color, 1 + i % 4)
        else:
            cv2.line(picture, (x, y), (width - x, y + r), color, 1 + i % 3, cv2.LINE_AA)
    return picture


def gradient(height: int, width: int) -> np.ndarray:
    """Slopes in both directions with long rows of equal gradients: ties that thinning must settle."""
    rows, columns = np.mgrid[:height, :width]
    planes = [rows * 40 % 256, columns * 25 % 256, (rows + columns) * 15 % 256]
    return np.stack(planes, 2).astype(np.uint8)


def soft(height: int, width: int) -> np.ndarray:
    return cv2.GaussianBlur(shapes(height, width), (0, 0), 2.0)


PICTURES: list[Callable[[int, int], np.ndarray]] = [noise, shapes, gradient, soft]
THRESHOLDS = [(100, 200), (50, 150), (20, 20), (0, 0), (0, 1), (200, 100), (300.7, 900.2), (99.999, 100.001)]


class TestGray:
    @pytest.mark.parametrize("shape", SHAPES)
    def test_gray_equals_opencv(self, shape: tuple[int, int]) -> None:
        for make in PICTURES:
            picture = make(*shape)
            np.testing.assert_array_equal(edges.to_gray(picture), cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))

    def test_all_grays_stay_and_gray_pictures_pass_through(self) -> None:
        ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)
        np.testing.assert_array_equal(edges.to_gray(np.dstack([ramp] * 3)), ramp)
        np.testing.assert_array_equal(edges.to_gray(ramp), ramp)


class TestCanny:
    @pytest.mark.parametrize("thresholds", THRESHOLDS)
    @pytest.mark.parametrize("make", PICTURES)
    def test_edges_equal_opencv_pixel_for_pixel(
        self, make: Callable[[int, int], np.ndarray], thresholds: tuple[float, float]
    ) -> None:
        for shape in SHAPES:
            picture = make(*shape)
            wanted = 255 - cv2.Canny(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), *thresholds)
            np.testing.assert_array_equal(edges.canny(picture, Canny(*thresholds)), wanted, err_msg=str(shape))

    def test_a_step_gives_one_line_of_one_pixel(self) -> None:
        picture = np.zeros((20, 20), np.uint8)
        picture[:, 10:] = 255
        ink = edges.canny(picture) == 0
        assert (ink.sum(1) == 1).all()

    def test_a_flat_picture_is_blank(self) -> None:
        assert edges.canny(np.full((9, 9, 3), 77, np.uint8), Canny(0, 0)).min() == 255


class TestDilate:
    @pytest.mark.parametrize("size", [1, 3, 5, 9])
    @pytest.mark.parametrize("make", PICTURES)
    def test_lines_equal_opencv(self, make: Callable[[int, int], np.ndarray], size: int) -> None:
        for shape in SHAPES:
            gray = cv2.cvtColor(make(*shape), cv2.COLOR_RGB2GRAY).astype(np.uint8)
            wanted = 255 - cv2.absdiff(cv2.dilate(gray, np.ones((size, size), np.uint8)), gray)
            np.testing.assert_array_equal(edges.dilate(gray, Dilate(size)), wanted, err_msg=str(shape))

    def test_gain_darkens_the_same_lines(self) -> None:
        picture = soft(64, 64)
        plain, strong = (edges.dilate(picture, Dilate(5, gain)).astype(int) for gain in (1.0, 2.0))
        np.testing.assert_array_equal(255 - strong, np.minimum(2 * (255 - plain), 255))


class TestXdog:
    @pytest.mark.parametrize("value", [0, 1, 128, 255])
    def test_a_flat_picture_is_blank_paper(self, value: int) -> None:
        flat = np.full((33, 21, 3), value, np.uint8)
        assert edges.xdog(flat).min() == 255

    def test_epsilon_is_a_gray_level_whatever_tau_is(self) -> None:
        for tau in (0.5, 0.9, 0.99):
            for value, wanted in ((120, 0), (136, 255)):
                flat = np.full((16, 16), value, np.uint8)
                lines = edges.xdog(flat, Xdog(tau=tau, epsilon=0.5, phi=1e6))
                assert np.unique(lines).tolist() == [wanted]

    @pytest.mark.parametrize("width", [1, 2, 4])
    def test_a_dark_line_on_white_stays_ink_and_the_paper_paper(self, width: int) -> None:
        page = np.full((40, 40, 3), 255, np.uint8)
        page[:, 18 : 18 + width] = 30
        lines = edges.xdog(page)
        assert lines[:, 18 : 18 + width].max() < 40
        assert lines[:, :12].min() == lines[:, 30:].min() == 255

    def test_epsilon_fills_dark_areas_that_are_outlined_without_it(self) -> None:
        picture = np.full((60, 60, 3), 255, np.uint8)
        picture[15:45, 15:45] = 60
        outlined, filled = edges.xdog(picture), edges.xdog(picture, Xdog(epsilon=0.5))
        assert outlined[24:36, 24:36].min() == 255
        assert filled[24:36, 24:36].max() < 30
        assert outlined[16, 30] < 30
        assert filled[:10].min() == 255

    def test_a_tau_nearer_to_1_draws_fainter_edges(self) -> None:
        picture = np.full((40, 40, 3), 200, np.uint8)
        picture[:, 20:] = 180
        low, high = (edges.xdog(picture, Xdog(tau=tau)) for tau in (0.9, 0.995))
        assert low.min() == 255
        assert high.min() < 128

    def test_a_soft_onset_gives_grays_and_a_steep_one_ink_and_paper(self) -> None:
        picture = soft(64, 64)
        steep, gentle = (edges.xdog(picture, Xdog(epsilon=0.6, phi=phi)) for phi in (1e9, 3.0))
        assert set(np.unique(steep)) == {0, 255}
        assert len(np.unique(gentle)) > 20


class TestAll:
    @pytest.mark.parametrize("method", [edges.canny, edges.dilate, edges.xdog])
    @pytest.mark.parametrize("shape", SHAPES)
    def test_every_answer_is_line_art_of_the_same_size(
        self, method: Callable[[np.ndarray], np.ndarray], shape: tuple[int, int]
    ) -> None:
        picture = shapes(*shape)
        before = picture.copy()
        for given in (picture, edges.to_gray(picture)):
            lines = method(given)
            assert lines.shape == shape
            assert lines.dtype == np.uint8
        np.testing.assert_array_equal(method(picture), method(edges.to_gray(picture)))
        np.testing.assert_array_equal(picture, before)

    @pytest.mark.parametrize("method", [edges.canny, edges.dilate, edges.xdog])
    def test_ink_is_0_and_rarer_than_paper(self, method: Callable[[np.ndarray], np.ndarray]) -> None:
        page = np.full((80, 80, 3), 255, np.uint8)
        cv2.circle(page, (40, 40), 25, (0, 0, 0), 2, cv2.LINE_AA)
        lines = method(page)
        assert lines.min() == 0
        assert np.mean(lines < 128) < 0.2
        assert lines[0, 0] == 255

    def test_parameters_are_found_by_the_method_s_name(self) -> None:
        assert [edges.parameters_of(m) for m in ("canny", "dilate", "xdog")] == [Canny, Dilate, Xdog]


def as_tensor(pictures: list[np.ndarray]) -> torch.Tensor:
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 255


class TestTwins:
    """The batched filters of training draw what the single ones of use draw."""

    PICTURES = (shapes(61, 83), noise(61, 83), soft(61, 83))

    @pytest.mark.parametrize(
        "p", [Xdog(phi=8.0), Xdog(0.4, 1.6, 0.98, 0.1, 2.0), Xdog(1.3, 4.5, 0.9, 0.5, 5.0), Xdog(0.2, 1.6, 0.5, 0.6, 3)]
    )
    def test_xdog_agrees_within_one_gray_level(self, p: Xdog) -> None:
        luma = torch.from_numpy(np.stack([edges.to_gray(c) for c in self.PICTURES])).float().div(255).unsqueeze(1)
        ones = torch.ones(len(luma))
        found = line_augmentation.xdog(luma, ones * p.sigma, p.k, ones * p.tau, ones * p.epsilon, ones * p.phi)
        for mine, picture in zip(found, self.PICTURES, strict=True):
            wanted = edges.xdog(picture, p).astype(np.float32) / 255
            assert np.abs(mine[0].numpy() - wanted).max() <= 1 / 255

    def test_examples_of_one_batch_keep_their_own_parameters(self) -> None:
        luma = torch.from_numpy(edges.to_gray(self.PICTURES[0])).float().div(255).expand(2, 1, -1, -1)
        sigma, tau = torch.tensor([0.4, 1.5]), torch.tensor([0.98, 0.9])
        epsilon, phi = torch.tensor([0.1, 0.6]), torch.tensor([2.0, 6.0])
        both = line_augmentation.xdog(luma, sigma, 1.6, tau, epsilon, phi)
        for i in range(2):
            one = slice(i, i + 1)
            alone = line_augmentation.xdog(luma[one], sigma[one], 1.6, tau[one], epsilon[one], phi[one])
            torch.testing.assert_close(both[one], alone, atol=1e-4, rtol=0)

    @pytest.mark.parametrize("p", [Dilate(), Dilate(3, 2.5), Dilate(7, 0.5)])
    def test_dilate_agrees_within_one_gray_level(self, p: Dilate) -> None:
        luma = torch.from_numpy(np.stack([edges.to_gray(c) for c in self.PICTURES])).float().div(255).unsqueeze(1)
        found = line_augmentation.dilate(luma, p.size, p.gain)
        for mine, picture in zip(found, self.PICTURES, strict=True):
            wanted = edges.dilate(picture, p).astype(np.float32) / 255
            assert np.abs(mine[0].numpy() - wanted).max() <= 1 / 255

    def test_gray_agrees_within_one_gray_level(self) -> None:
        found = line_augmentation.gray(as_tensor(list(self.PICTURES)))[:, 0].numpy() * 255
        wanted = np.stack([edges.to_gray(c) for c in self.PICTURES])
        assert np.abs(found - wanted).max() <= 0.51

    @pytest.mark.parametrize("kind", ["xdog", "dilate", "canny", "mix"])
    def test_lines_drawn_in_training_are_paper_on_flat_color_and_ink_on_outlines(self, kind: LineKind) -> None:
        picture = np.full((64, 64, 3), (240, 220, 200), np.uint8)
        cv2.circle(picture, (32, 32), 18, (20, 20, 20), 2)
        batch = as_tensor([picture] * 8)
        lines = line_augmentation.draw(batch, kind, torch.Generator().manual_seed(0))
        assert lines.shape == (8, 1, 64, 64)
        assert lines.min() >= 0
        assert lines.max() <= 1
        assert lines[:, :, :8].mean() > 0.95
        ring = torch.from_numpy((picture[..., 0] < 100).copy())
        assert lines[:, 0, ring].mean() < lines[:, :, :8].mean() - 0.3

    def test_the_same_seed_draws_the_same_lines_and_another_seed_others(self) -> None:
        batch = as_tensor(list(self.PICTURES))
        first, again, other = (
            line_augmentation.draw(batch, "mix", torch.Generator().manual_seed(s)) for s in (3, 3, 4)
        )
        assert torch.equal(first, again)
        assert not torch.equal(first, other)

    def test_an_unknown_kind_of_lines_is_refused(self) -> None:
        with pytest.raises(ValueError, match="given"):
            line_augmentation.draw(as_tensor([self.PICTURES[0]]), "given", torch.Generator())
