import cv2
import numpy as np
import pytest

from conftest import patchwork
from senga.metrics import color_difference, lab, ssim

SHARMA = """
50.0000 2.6772 -79.7751 50.0000 0.0000 -82.7485 2.0425
50.0000 3.1571 -77.2803 50.0000 0.0000 -82.7485 2.8615
50.0000 2.8361 -74.0200 50.0000 0.0000 -82.7485 3.4412
50.0000 -1.3802 -84.2814 50.0000 0.0000 -82.7485 1.0000
50.0000 -1.1848 -84.8006 50.0000 0.0000 -82.7485 1.0000
50.0000 -0.9009 -85.5211 50.0000 0.0000 -82.7485 1.0000
50.0000 0.0000 0.0000 50.0000 -1.0000 2.0000 2.3669
50.0000 -1.0000 2.0000 50.0000 0.0000 0.0000 2.3669
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0009 7.1792
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0010 7.1792
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0011 7.2195
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0012 7.2195
50.0000 -0.0010 2.4900 50.0000 0.0009 -2.4900 4.8045
50.0000 -0.0010 2.4900 50.0000 0.0010 -2.4900 4.8045
50.0000 -0.0010 2.4900 50.0000 0.0011 -2.4900 4.7461
50.0000 2.5000 0.0000 50.0000 0.0000 -2.5000 4.3065
50.0000 2.5000 0.0000 73.0000 25.0000 -18.0000 27.1492
50.0000 2.5000 0.0000 61.0000 -5.0000 29.0000 22.8977
50.0000 2.5000 0.0000 56.0000 -27.0000 -3.0000 31.9030
50.0000 2.5000 0.0000 58.0000 24.0000 15.0000 19.4535
50.0000 2.5000 0.0000 50.0000 3.1736 0.5854 1.0000
50.0000 2.5000 0.0000 50.0000 3.2972 0.0000 1.0000
50.0000 2.5000 0.0000 50.0000 1.8634 0.5757 1.0000
50.0000 2.5000 0.0000 50.0000 3.2592 0.3350 1.0000
60.2574 -34.0099 36.2677 60.4626 -34.1751 39.4387 1.2644
63.0109 -31.0961 -5.8663 62.8187 -29.7946 -4.0864 1.2630
61.2901 3.7196 -5.3901 61.4292 2.2480 -4.9620 1.8731
35.0831 -44.1164 3.7933 35.0232 -40.0716 1.5901 1.8645
22.7233 20.0904 -46.6940 23.0331 14.9730 -42.5619 2.0373
36.4612 47.8580 18.3852 36.2715 50.5065 21.2231 1.4146
90.8027 -2.0831 1.4410 91.1528 -1.6435 0.0447 1.4441
90.9257 -0.5406 -0.9208 88.6381 -0.8985 -0.7239 1.5381
6.7747 -0.2908 -2.4247 5.8714 -0.0985 -2.2286 0.6377
2.0776 0.0795 -1.1350 0.9033 -0.0636 -0.5514 0.9082
"""
"""Table 1 of Sharma, Wu and Dalal 2005: two colors in CIELAB and their difference."""


def test_color_difference_gives_the_published_values() -> None:
    rows = np.array([row.split() for row in SHARMA.strip().splitlines()], np.float64)
    assert len(rows) == 34
    for first, second in ((rows[:, :3], rows[:, 3:6]), (rows[:, 3:6], rows[:, :3])):
        np.testing.assert_allclose(color_difference(first, second), rows[:, 6], atol=5e-5)
    whole = color_difference(rows[:, :3].reshape(2, 17, 3), rows[:, 3:6].reshape(2, 17, 3))
    assert whole.shape == (2, 17)


def test_equal_colors_do_not_differ() -> None:
    colors = lab(patchwork(20, 30))
    assert color_difference(colors, colors).max() == 0


def test_lab_is_the_referees() -> None:
    cube = np.stack(np.meshgrid(*[np.arange(0, 256, 15, dtype=np.uint8)] * 3), -1).reshape(18, -1, 3)
    exact = (cube / 255).astype(np.float32)
    np.testing.assert_allclose(lab(cube), cv2.cvtColor(exact, cv2.COLOR_RGB2Lab), atol=0.4)  # its tables are coarse
    np.testing.assert_allclose(lab(exact), lab(cube), atol=0.001)


@pytest.mark.parametrize("shape", [(256, 256), (11, 40)])
def test_ssim_is_the_formulas(shape: tuple[int, int]) -> None:
    random = np.random.default_rng(1)
    truth = (patchwork(*shape) / 255).astype(np.float64)
    picture = np.clip(truth + random.normal(0, 0.1, truth.shape), 0, 1)

    def mean(plane: np.ndarray) -> np.ndarray:
        return cv2.GaussianBlur(plane, (11, 11), 1.5)[5:-5, 5:-5]

    mx, my = mean(picture), mean(truth)
    vx, vy, vxy = mean(picture**2) - mx**2, mean(truth**2) - my**2, mean(picture * truth) - mx * my
    each = (2 * mx * my + 1e-4) * (2 * vxy + 9e-4) / ((mx**2 + my**2 + 1e-4) * (vx + vy + 9e-4))
    single = picture.astype(np.float32), truth.astype(np.float32)
    assert ssim(*single) == pytest.approx(each.mean(), abs=1e-5)
    assert ssim(single[1], single[1]) == pytest.approx(1)
