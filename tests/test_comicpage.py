"""Pages of comics: bubbles and gutters stay paper, faces and garments do not."""

from functools import cache

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from senga.color.colorizer import Colorizer
from senga.color.comicpage import find_blank
from senga.color.fill_regions import Areas
from senga.color.flat_coloring import flats
from senga.color.hints import Hints
from senga.color.layers import render_layers
from senga.color.request import Request

WIDTH, HEIGHT = 500, 700
BUBBLES = {(240, 60): "Where did\nyou put it?", (395, 75): "No way!", (360, 430): "THAT IS ALL\nI KNOW"}
FACES = ((110, 110), (130, 440))
GUTTERS = ((12, 12), (250, 345), (488, 600), (250, 690))
PANELS = ((60, 300), (420, 300), (470, 660))


@cache
def comic_page(times: float = 1.0, tilt: float = 0.0) -> np.ndarray:
    """Two panels with bubbles of lettering, and faces as round as bubbles; (H, W) uint8, 0 = ink."""
    fine = 4
    page = Image.new("L", (WIDTH * fine, HEIGHT * fine), 255)
    pen = ImageDraw.Draw(page)

    def box(*sides: float) -> list[float]:
        return [fine * side for side in sides]

    for top, bottom in ((25, 335), (355, 675)):
        pen.rectangle(box(25, top, 475, bottom), outline=0, width=3 * fine)
    for x, y in FACES:
        pen.ellipse(box(x - 45, y - 45, x + 45, y + 45), outline=0, width=2 * fine)
        for off in (-18, 18):
            pen.ellipse(box(x + off - 6, y - 14, x + off + 6, y + 6), outline=0, width=2 * fine)
            pen.line(box(x + off - 9, y - 22, x + off + 9, y - 22), fill=0, width=2 * fine)
        pen.arc(box(x - 15, y + 8, x + 15, y + 28), 20, 160, fill=0, width=2 * fine)
        pen.polygon(box(x - 50, y + 160, x - 35, y + 60, x + 35, y + 60, x + 50, y + 160), outline=0, width=2 * fine)
        for row in range(4):  # hatching and buttons are no lettering
            pen.line(box(x - 25, y + 80 + 8 * row, x - 10, y + 84 + 8 * row), fill=0, width=fine)
            pen.ellipse(box(x + 8, y + 74 + 18 * row, x + 14, y + 80 + 18 * row), fill=0)
    for (x, y), words in BUBBLES.items():
        pen.ellipse(box(x - 70, y - 32, x + 70, y + 32), outline=0, width=2 * fine, fill=255)
        font = ImageFont.load_default(16 * fine)
        pen.multiline_text((x * fine, y * fine), words, font=font, fill=0, anchor="mm", align="center")
    size = (round(WIDTH * times), round(HEIGHT * times))
    return np.asarray(page.rotate(tilt, Image.Resampling.BICUBIC, fillcolor=255).resize(size, Image.Resampling.LANCZOS))


def at(picture: np.ndarray, place: tuple[int, int]) -> list[int]:
    """The value at (x, y) of the page as drawn at its usual size."""
    times = picture.shape[0] / HEIGHT
    value: list[int] = picture[round(place[1] * times), round(place[0] * times)].tolist()
    return value


def clear_of_letters(place: tuple[int, int]) -> tuple[int, int]:
    return place[0] - 62, place[1]


@pytest.mark.parametrize(("times", "tilt"), [(1.0, 0.0), (2.4, 0.0), (1.5, 0.8)])
def test_bubbles_and_gutters_are_found_and_nothing_else(times: float, tilt: float) -> None:
    regions = Areas(comic_page(times, tilt)).regions
    blank = (find_blank(regions).group > 0)[regions.labels]
    for place in (*map(clear_of_letters, BUBBLES), *GUTTERS):
        assert at(blank, place), place
    for place in (*((x, y - 32) for x, y in FACES), *((x, y + 120) for x, y in FACES), *PANELS):
        assert not at(blank, place), place


def test_counters_of_letters_stay_paper_with_their_bubble() -> None:
    page = comic_page(2.0)
    regions = Areas(page).regions
    blank = (find_blank(regions).group > 0)[regions.labels]
    for x, y in BUBBLES:
        inside = (slice(2 * y - 40, 2 * y + 40), slice(2 * x - 100, 2 * x + 100))
        assert blank[inside][page[inside] > 250].all()


def test_an_open_bubble_is_found_too() -> None:
    page = comic_page(2.0).copy()
    (x, y) = next(iter(BUBBLES))
    page[2 * y - 4 : 2 * y + 4, 2 * (x - 72) : 2 * (x - 64)] = 255
    regions = Areas(page).regions
    assert at((find_blank(regions).group > 0)[regions.labels], (x + 60, y))


def test_painted_bubbles_and_gutters_are_white_without_shade_unless_all_is_to_be_colored() -> None:
    page = comic_page()
    painter = Colorizer.open(threads=1)
    color = painter.page(page).paint(tint=0.0)
    for place in (*map(clear_of_letters, BUBBLES), *GUTTERS):
        assert at(color, place) == [255, 255, 255]
    every = painter.page(page, color_bubbles=True)
    assert any(at(color, (x, y + 120)) != [255, 255, 255] for x, y in FACES)
    green = every.paint(Hints.blank(page.shape).dot((12, 12), "#00ff00"), reach="far")
    assert at(green, (488, 600))[1] > at(green, (488, 600))[0] + 100


def test_a_bubble_in_which_a_hint_stands_has_its_color_counters_too() -> None:
    page = comic_page()
    place = next(iter(BUBBLES))
    hints = Hints.blank(page.shape).dot(clear_of_letters(place), "#ffcc00")
    for color in (
        Colorizer.open(threads=1).page(page).paint(hints, light=0.0),
        flats(page, hints, palette=["#ff0000", "#0000ff"]),
    ):
        inside = color[place[1] - 20 : place[1] + 20, place[0] - 50 : place[0] + 50].astype(int)
        ink = page[place[1] - 20 : place[1] + 20, place[0] - 50 : place[0] + 50]
        assert (np.abs(inside[ink == 255] - [255, 204, 0]) <= 1).all()
        other = list(BUBBLES)[2]
        assert at(color, clear_of_letters(other)) == [255, 255, 255]


def test_flats_of_a_palette_leave_paper_white_and_layers_do_too() -> None:
    page = comic_page()
    laid = flats(page, palette=["#ff0000", "#0000ff"], layer=True)
    assert at(laid, GUTTERS[0]) == [255, 255, 255, 255]
    assert at(laid, PANELS[0]) in ([255, 0, 0, 255], [0, 0, 255, 255])
    layers = render_layers(Colorizer.open(threads=1).page(page), Request())
    assert at(layers.merged, clear_of_letters(next(iter(BUBBLES)))) == [255, 255, 255]


def test_a_white_drawing_on_black_is_painted_as_its_negative() -> None:
    page = comic_page()
    painter = Colorizer.open(threads=1)
    assert (painter.page(255 - page, invert=True).paint() == painter.page(page).paint()).all()
    red = Hints.blank(page.shape).dot(PANELS[0], "#ff0000")
    assert (flats(255 - page, red, source="hints", invert=True) == flats(page, red, source="hints")).all()
