"""Pages of panels: cut between their frames, colored panel by panel, hints that follow a character over the page."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from senga.color.closer import find_closed_regions
from senga.color.colorizer import Colorizer, needed
from senga.color.fill_regions import Areas
from senga.color.hints import Hints
from senga.color.panels import find_panels, inside
from senga.color.strip_brush import StripBrush
from senga.color.window import Window

FACE = (180, 190)
"""A place in the face of `figure`, (y, x)."""


def figure(size: int = 380, *, frame: int = 4) -> np.ndarray:
    """A head with hair and a body, in a frame."""
    picture = Image.new("L", (size, size), 255)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, size - 1, size - 1), outline=0, width=frame)
    draw.ellipse((110, 60, 270, 240), outline=0, width=3)
    draw.arc((100, 40, 280, 200), 180, 360, fill=0, width=3)
    draw.line((100, 120, 95, 300), fill=0, width=3)
    draw.line((280, 120, 285, 300), fill=0, width=3)
    draw.line((95, 300, 150, 235), fill=0, width=3)
    draw.line((285, 300, 230, 235), fill=0, width=3)
    for x in (150, 210):
        draw.ellipse((x, 140, x + 24, 165), outline=0, width=3)
    draw.polygon(((150, 250), (230, 250), (300, 370), (80, 370)), outline=0, width=3)
    return np.asarray(picture)


def page(rows: int = 2, columns: int = 2, *, frame: int = 4, gutter: int = 24, margin: int = 40) -> np.ndarray:
    side, panel = 380 + gutter, figure(frame=frame)
    lines = np.full((2 * margin + rows * side - gutter, 2 * margin + columns * side - gutter), 255, np.uint8)
    for i in range(rows):
        for j in range(columns):
            y, x = margin + i * side, margin + j * side
            lines[y : y + 380, x : x + 380] = panel
    return lines


def boxes(lines: np.ndarray) -> list[tuple[int, int, int, int]]:
    return [(w.rows.start, w.rows.stop, w.columns.start, w.columns.stop) for w in find_panels(lines)]


def test_a_page_is_cut_in_the_middle_of_its_gutters() -> None:
    found = boxes(page())
    assert len(found) == 4
    for got, wanted in zip(
        found, [(0, 432, 0, 432), (0, 432, 432, 864), (432, 864, 0, 432), (432, 864, 432, 864)], strict=True
    ):
        assert np.abs(np.subtract(got, wanted)).max() <= 3


def test_rows_may_have_unlike_panels_and_columns_too() -> None:
    lines = page(3, 2)
    lines[444:824, 44:820] = 255
    lines[[444, 823], 40:824] = lines[444:824, [40, 823]] = 0
    for given in (lines, np.ascontiguousarray(lines.T)):
        found = boxes(given)
        assert len(found) == 5
        assert sum((b - a) * (d - c) for a, b, c, d in found) == given.size


def test_a_scan_that_lies_aslant_and_a_bubble_across_a_gutter_are_borne() -> None:
    tilted = Image.fromarray(page()).rotate(0.7, Image.Resampling.BICUBIC, fillcolor=255)
    ImageDraw.Draw(tilted).ellipse((200, 400, 260, 470), outline=0, width=3)
    assert len(boxes(np.asarray(tilted))) == 4


def test_without_frames_nothing_is_cut() -> None:
    lines = page(frame=0)
    assert len(boxes(lines)) == 1
    assert len(boxes(figure())) == 1
    assert len(boxes(np.full((500, 700), 255, np.uint8))) == 1


def test_straight_hair_beside_a_bare_place_is_no_frame() -> None:
    lines = np.full((600, 500), 255, np.uint8)
    lines[:, [90, 120, 380, 410]] = 0  # strands, with bare paper beside them
    lines[80:84, 120:380] = lines[500:504, 200:300] = 0
    assert len(boxes(lines)) == 1


@pytest.mark.parametrize("shape", [(1, 1), (9, 400), (199, 300)])
def test_what_is_too_small_is_no_page(shape: tuple[int, int]) -> None:
    assert boxes(np.zeros(shape, np.uint8)) == [(0, shape[0], 0, shape[1])]


def test_gutters_and_margins_are_one_region_and_stay_paper() -> None:
    lines = page()
    regions = find_closed_regions(lines)
    assert len(np.unique(regions.labels[[5, 432, 860, 432], [5, 200, 600, 700]])) == 1
    assert Areas(lines).blank.group[regions.labels[5, 5]] > 0


def test_each_panel_is_seen_as_large_as_alone() -> None:
    colorizer = Colorizer.open(threads=1)
    brush = colorizer.page(page()).regional
    assert isinstance(brush, StripBrush)
    assert len(brush._brushes) == 4
    assert min(b.lines.size for b in brush._brushes) >= 0.8 * colorizer.page(figure()).lines.size


def hinted(shape: tuple[int, int], *dots: tuple[int, int, tuple[int, int, int]]) -> Hints:
    color, mask = np.zeros((*shape, 3), np.uint8), np.zeros(shape, bool)
    for y, x, rgb in dots:
        color[y - 3 : y + 4, x - 3 : x + 4], mask[y - 3 : y + 4, x - 3 : x + 4] = rgb, True
    return Hints(color, mask)


def colors_of_faces(table: np.ndarray, labels: np.ndarray) -> np.ndarray:
    at = [(40 + i * 404 + FACE[0], 40 + j * 404 + FACE[1]) for i in (0, 1) for j in (0, 1)]
    return np.array([table[labels[y, x]] for y, x in at]).astype(int)


def test_a_hint_follows_its_character_from_panel_to_panel() -> None:
    read = Colorizer.open(threads=1).page(page())
    brush, labels, green = read.regional, read.areas.regions.labels, (60, 190, 90)
    hints = hinted(labels.shape, (40 + FACE[0], 40 + FACE[1], green))
    faces = colors_of_faces(brush.tables(hints)[0], labels)
    assert np.abs(faces[0] - green).max() <= 1
    assert (np.abs(faces[1:] - green).max(1) <= 1).sum() >= 2
    # A hint that reaches no further than its region changes nothing else, and no hint of its own is overruled.
    alone = colors_of_faces(brush.tables(hints, reach="region")[0], labels)
    bare = colors_of_faces(brush.tables()[0], labels)
    assert (alone[1:] == bare[1:]).all()
    red = (200, 40, 40)
    both = hinted(labels.shape, (40 + FACE[0], 40 + FACE[1], green), (444 + FACE[0], 444 + FACE[1], red))
    faces = colors_of_faces(brush.tables(both)[0], labels)
    assert np.abs(faces[3] - red).max() <= 1
    assert np.abs(faces[0] - green).max() <= 1


def test_recoloring_all_that_had_a_color_goes_over_the_whole_page() -> None:
    read = Colorizer.open(threads=1).page(page())
    brush, labels = read.regional, read.areas.regions.labels
    base = np.full((read.areas.regions.count, 3), 255, np.uint8)
    for y in (40, 444):
        for x in (40, 444):
            base[labels[y + FACE[0], x + FACE[1]]] = (230, 120, 60)
    hints = hinted(labels.shape, (40 + FACE[0], 40 + FACE[1], (40, 90, 200)))
    far = colors_of_faces(brush.tables(hints, reach="far", base=base)[0], labels)
    assert np.abs(far - (40, 90, 200)).max() <= 2
    near = colors_of_faces(brush.tables(hints, reach="region", base=base)[0], labels)
    assert (near[1:] == (230, 120, 60)).all()


def test_where_memory_is_short_a_page_is_seen_whole() -> None:
    least = int(needed(page().size, lean=False, lit=True))
    assert len(Colorizer.open(threads=1, max_ram=least).page(page()).areas.windows) == 1
    assert len(Colorizer.open(threads=1, max_ram=least + 100_000_000).page(page()).areas.windows) == 4


def test_what_lies_within_a_frame() -> None:
    lines = page(frame=6)
    found = [inside(lines, panel) for panel in find_panels(lines)]
    assert [(w.rows.start, w.rows.stop) for w in found[::2]] == [(46, 414), (450, 818)]
    blank = np.full((300, 300), 255, np.uint8)
    whole = Window(slice(0, 300), slice(0, 300))
    assert inside(blank, whole) == whole


def test_the_ground_of_a_panel_stays_paper_when_a_figure_is_hinted() -> None:
    read = Colorizer.open(threads=1).page(page())
    labels = read.areas.regions.labels
    hints = hinted(labels.shape, (40 + FACE[0], 40 + FACE[1], (60, 190, 90)))
    table = read.regional.tables(hints)[0]
    assert (table[labels[[60, 60, 470], [60, 790, 60]]] == 255).all()
