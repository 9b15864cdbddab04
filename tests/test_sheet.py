import numpy as np
import pytest

from senga.color.sheet import MARGIN, contact_sheet, number
from senga.errors import ImageError

RED, BLUE = (200, 30, 40), (30, 60, 200)


def plain(height: int, width: int, color: tuple[int, ...] = RED) -> np.ndarray:
    return np.full((height, width, len(color)), color, np.uint8)


def test_pictures_stand_in_rows_with_white_between_them() -> None:
    sheet = contact_sheet([plain(40, 60), plain(40, 60, BLUE), plain(40, 60)], columns=2)
    assert sheet.shape == (2 * 40 + 3 * MARGIN, 2 * 60 + 3 * MARGIN, 3)
    assert tuple(sheet[MARGIN + 39, MARGIN + 59]) == RED
    assert tuple(sheet[MARGIN + 39, 2 * MARGIN + 119]) == BLUE
    assert tuple(sheet[2 * MARGIN + 79, MARGIN + 59]) == RED
    assert (sheet[:MARGIN] == 255).all()
    assert (sheet[2 * MARGIN + 40 :, 2 * MARGIN + 60 :] == 255).all()  # no fourth picture


def test_each_picture_bears_its_number() -> None:
    sheet = contact_sheet([plain(50, 50)] * 12, columns=12)
    for i in range(12):
        label = number(i + 1)
        left = MARGIN + i * (50 + MARGIN)
        assert (sheet[MARGIN : MARGIN + label.shape[0], left : left + label.shape[1]] == label).all()


def test_no_two_numbers_look_alike() -> None:
    assert len({number(i).tobytes() for i in range(100)}) == 100
    assert number(64, 3).shape == (21, 27, 3)


def test_large_pictures_are_made_smaller_and_small_ones_are_left() -> None:
    assert contact_sheet([plain(1200, 800)], cell=300).shape == (300 + 2 * MARGIN, 200 + 2 * MARGIN, 3)
    assert contact_sheet([plain(1200, 800)]).shape[0] == 512 + 2 * MARGIN
    assert contact_sheet([plain(600, 300)] * 10).shape[0] <= 4 * 256 + 5 * MARGIN
    assert contact_sheet([plain(100, 80)]).shape[0] == 100 + 2 * MARGIN


@pytest.mark.parametrize("count", [1, 2, 5, 9, 64])
@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (200, 100)])
def test_a_sheet_is_about_square_and_holds_all(count: int, shape: tuple[int, int]) -> None:
    sheet = contact_sheet([plain(*shape)] * count)
    height, width = sheet.shape[:2]
    assert (sheet == RED).all(2).any() or shape == (1, 1)
    assert max(height, width) <= 3 * min(height, width) or count < 9


def test_what_is_transparent_shows_white() -> None:
    sheet = contact_sheet([plain(60, 60, (*RED, 0))])
    assert tuple(sheet[MARGIN + 50, MARGIN + 50]) == (255, 255, 255)


@pytest.mark.parametrize(("count", "columns", "cell"), [(0, None, None), (2, 0, None), (2, None, 0)])
def test_a_sheet_of_nothing_is_refused(count: int, columns: int | None, cell: int | None) -> None:
    with pytest.raises(ImageError, match="a sheet needs"):
        contact_sheet([plain(5, 5)] * count, columns, cell)
