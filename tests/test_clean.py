# mypy: no-warn-return-any
import numpy as np
import pytest

from senga.errors import SengaError
from senga.lines.clean import Cleaning, clean, clean_up
from senga.lines.score import read_drawn, score
from senga.lines.vector import to_svg

RANDOM = np.random.default_rng(3)
SIZE = 400


def drawing() -> np.ndarray:
    """Rings and a bar, 3 px wide, 0 = ink."""
    y, x = np.mgrid[:SIZE, :SIZE]
    away = np.minimum(np.abs(np.hypot(y - 150, x - 150) - 90), np.abs(np.hypot(y - 260, x - 270) - 70))
    away = np.minimum(away, np.where((x > 40) & (x < 360), np.abs(y - 350), 99))
    return np.rint(255 * (1 - np.clip(2 - away, 0, 1))).astype(np.uint8)


def photo(lines: np.ndarray, *, ink: float = 0.75, noise: float = 4.0, dust: int = 30) -> np.ndarray:
    """The drawing as a phone sees it: warm paper, light that falls off, gray ink, grain, dust."""
    y, x = np.mgrid[: lines.shape[0], : lines.shape[1]] / SIZE
    light = 0.95 - 0.45 * np.hypot(y - 0.2, x - 0.1)
    gray = 1 - ink * (1 - lines / 255.0)
    for _ in range(dust):
        top, left = RANDOM.integers(0, min(lines.shape) - 2, 2)
        gray[top : top + 2, left : left + 2] *= 0.6
    color = 255 * (gray * light)[..., None] * np.array([1.0, 0.94, 0.82])
    return np.clip(color + RANDOM.normal(0, noise, color.shape), 0, 255).astype(np.uint8)


def f1(lines: np.ndarray) -> float:
    true = read_drawn(drawing())
    return score(read_drawn(lines, widest=true.widest), true).f1


def test_uneven_light_tinted_paper_grain_and_dust_go() -> None:
    cleaned = clean(photo(drawing()))
    assert cleaned.shape == (SIZE, SIZE)
    assert f1(cleaned) > 0.97
    far = drawing() == 255
    far[1:-1, 1:-1] &= (drawing()[2:, 1:-1] == 255) & (drawing()[:-2, 1:-1] == 255)
    assert (cleaned[far] > 200).mean() > 0.995
    assert np.median(cleaned[drawing() == 0]) == 0


def test_faint_pencil_becomes_ink() -> None:
    assert f1(clean(photo(drawing(), ink=0.25, noise=2.0))) > 0.95


def test_blue_pencil_is_dropped_or_kept() -> None:
    page = np.repeat(drawing()[..., None], 3, 2)
    page[60:64, 20:380] = (120, 160, 235)
    page[200:300, 20:23] = (230, 130, 130)
    dropped = clean(page)
    assert (dropped[50:75, 20:60] == 255).all()
    assert f1(dropped) > 0.98
    kept = clean(page, Cleaning(pencil="keep"))
    assert (kept[61:63, 20:40] < 128).all()


def test_specks_of_a_photo_go_by_size_and_dots_that_are_larger_stay() -> None:
    page = drawing()
    page[20:23, 20:23] = 0
    page[20:30, 60:70] = 0
    taken = photo(page, dust=0)
    cleaned = clean_up(taken)
    assert (cleaned.lines[15:28, 15:28] == 255).all()
    assert (cleaned.lines[22:28, 62:68] == 0).all()
    assert cleaned.specks == 1
    assert 4 <= cleaned.speck_area <= 20
    kept = clean_up(taken, Cleaning(speck=0))
    assert kept.lines[21, 21] < 128
    assert kept.specks == 0
    assert (clean(page, Cleaning(speck=15))[15:28, 15:28] == 255).all()  # who says a size means it, of clean pages too


def test_gaps_are_closed_when_asked() -> None:
    page = drawing()
    page[:, 200:206] = 255
    assert (clean(page)[350, 201:205] == 255).all()
    assert (clean(page, Cleaning(gap=8))[350, 200:206] < 128).all()


@pytest.mark.parametrize("thickness", [2.0, 5.0])
def test_lines_can_be_redrawn_at_one_width(thickness: float) -> None:
    cleaned = clean(photo(drawing()), Cleaning(thickness=thickness))
    assert f1(cleaned) > 0.97
    assert np.median(read_drawn(cleaned).width) == pytest.approx(thickness, abs=0.5)


def test_binary_has_two_levels() -> None:
    assert set(np.unique(clean(photo(drawing()), Cleaning(binary=True)))) == {0, 255}


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (40, 7), (64, 64, 3)])
def test_any_size_and_blank_paper(shape: tuple[int, ...]) -> None:
    assert (clean(np.full(shape, 230, np.uint8)) == 255).all()
    noisy = np.clip(RANDOM.normal(200, 4, shape), 0, 255).astype(np.uint8)
    assert (clean(noisy) > 128).mean() > 0.98


def test_clean_line_art_stays_as_it_is() -> None:
    cleaned = clean(drawing())
    assert np.abs(cleaned.astype(int) - drawing()).max() < 90
    assert f1(cleaned) > 0.995


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (Cleaning(ink=0), "ink"),
        (Cleaning(gap=-1), "gap"),
        (Cleaning(thickness=0.1), "thickness"),
        (Cleaning(pencil="green"), "pencil"),
    ],
)
def test_parameters_out_of_range_are_refused_by_name(wrong: Cleaning, said: str) -> None:
    with pytest.raises(SengaError, match=f"clean: {said}"):
        clean(drawing(), wrong)


class TestSvg:
    def test_the_drawing_s_own_coordinates(self) -> None:
        import re

        svg = to_svg(drawing())
        assert f'width="{SIZE}" height="{SIZE}" viewBox="0 0 {SIZE} {SIZE}"' in svg
        scale = float(re.findall(r"scale\(([\d.]+)\)", svg)[0])
        numbers = []
        for shape in re.findall(r"<path [^>]*/>", svg):
            move = re.search(r"translate\(([-\d.]+),([-\d.]+)\)", shape)
            dx, dy = (float(v) for v in move.groups()) if move else (0.0, 0.0)
            for x, y in re.findall(r"(-?[\d.]+)[ ,](-?[\d.]+)", re.findall(r' d="([^"]*)"', shape)[0]):
                numbers.append(((float(x) + dx) * scale, (float(y) + dy) * scale))
        x, y = np.array(numbers).T
        assert 38 < x.min() < 62
        assert x.max() == pytest.approx(360, abs=3)
        assert y.max() == pytest.approx(352, abs=3)

    def test_blank_paper_has_no_shapes(self) -> None:
        assert "<path" not in to_svg(np.full((30, 40), 255, np.uint8))
