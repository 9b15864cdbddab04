"""Colored pictures in other colors."""

from pathlib import Path

import numpy as np
import pytest

import senga
from conftest import call
from senga import Colorizer, HintError, Hints, Request, image
from senga.color.own_colors import moved

SKIN, CLOTH, PAPER = (240, 205, 180), (60, 110, 200), (255, 255, 255)
GREEN = (40, 160, 70)
REGION, FAR = Request(reach="region"), Request(reach="far")


def colored(height: int = 150, width: int = 200) -> np.ndarray:
    """Two patches of one cloth in light and shade and one of skin on white, with dark outlines."""
    y, x = np.mgrid[:height, :width]
    picture = np.full((height, width, 3), 255, np.uint8)
    for left, color in ((15, CLOTH), (75, CLOTH), (135, SKIN)):
        inside = (x >= left) & (x < left + 48) & (y >= 30) & (y < 120)
        shade = np.where((x - left) > 36, 0.7, 1.0)[..., None]
        picture[inside] = 0
        core = (x >= left + 3) & (x < left + 45) & (y >= 33) & (y < 117)
        picture[core] = np.rint(np.array(color) * np.broadcast_to(shade, (height, width, 1))[core])
    return picture


@pytest.fixture(scope="module")
def painter(painter_file: Path) -> Colorizer:
    return Colorizer.open(painter_file, threads=1)


LEFT, MIDDLE, RIGHT = (30, 75), (90, 75), (150, 75)  # (x, y) on cloth, cloth and skin


def hint(shape: tuple[int, int] = (150, 200)) -> Hints:
    return Hints.blank(shape).dot(LEFT, "#28a046", 4)


def at(picture: np.ndarray, place: tuple[int, int]) -> tuple[int, ...]:
    return tuple(picture[place[1], place[0]].tolist())


def test_without_hints_the_picture_stays_as_it_is(painter: Colorizer) -> None:
    assert np.array_equal(senga.recolor(colored(), colorizer=painter), colored())


def test_a_hint_changes_its_region_and_the_rest_keeps_every_pixel(painter: Colorizer) -> None:
    before = colored()
    after = senga.recolor(before, REGION, hint(), colorizer=painter)
    assert np.abs(np.array(at(after, LEFT)) - GREEN).max() <= 3
    far = np.s_[:, 70:]
    assert np.array_equal(after[far], before[far])
    dark = before.max(2) == 0
    assert after[dark].max() < 12  # outlines stay


def test_shade_lies_on_the_new_color(painter: Colorizer) -> None:
    after = senga.recolor(colored(), REGION, hint(), colorizer=painter).astype(float)
    lit, shade = after[75, 30], after[75, 56]
    assert np.allclose(shade / lit, 0.7, atol=0.05)


def test_far_reaches_what_had_the_same_color_and_no_more(painter: Colorizer) -> None:
    before = colored()
    after = senga.recolor(before, FAR, hint(), colorizer=painter)
    assert np.abs(np.array(at(after, MIDDLE)) - GREEN).max() <= 3
    assert at(after, RIGHT) == SKIN
    assert at(after, (3, 3)) == PAPER


def test_with_a_palette_everything_is_colored_anew(painter: Colorizer) -> None:
    after = senga.recolor(colored(), Request(palette=("#803020", "#f0e0d0"), light=0), hint(), colorizer=painter)
    assert at(after, LEFT) == GREEN
    assert not np.array_equal(after[:, 70:], colored()[:, 70:])
    anew = senga.recolor(colored(), Request(light=0, seed=3), keep=False, colorizer=painter)
    assert anew.shape == colored().shape
    assert not np.array_equal(anew, colored())


def test_alpha_comes_back_and_other_sizes_are_refused(painter: Colorizer) -> None:
    alpha = np.full((150, 200), 255, np.uint8)
    alpha[:, 180:] = 90
    after = senga.recolor(np.dstack([colored(), alpha]), REGION, hint(), colorizer=painter)
    assert np.array_equal(after[..., 3], alpha)
    with pytest.raises(HintError, match="do not fit"):
        senga.recolor(colored(), hints=hint((150, 199)), colorizer=painter)
    with pytest.raises(HintError, match="leave out candidates"):
        senga.recolor(colored(), Request(candidates=2), colorizer=painter)


def test_moved_colors_keep_what_is_darker_and_brighter() -> None:
    flat, new = np.full((1, 4, 3), CLOTH, np.uint8), np.full((1, 4, 3), (200, 60, 40), np.uint8)
    seen = np.array([[CLOTH, (30, 55, 100), (0, 0, 0), (255, 255, 255)]], np.uint8)
    made = moved(seen, flat, new).astype(int)
    assert tuple(made[0, 0]) == (200, 60, 40)
    assert np.abs(made[0, 1] - np.array((100, 30, 20))).max() <= 3
    assert made[0, 2].max() <= 5
    assert made[0, 3].min() >= 250
    assert np.array_equal(moved(seen, flat, flat), seen)
    black = np.zeros((1, 1, 3), np.uint8)
    assert np.array_equal(moved(black, black, new[:, :1]), new[:, :1])


def test_the_verb_recolors_a_picture(
    painter_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    image.write("p.png", colored())
    hint().write("h.png")
    model = ("--model", painter_file, "--threads", 1, "--light", 0)
    asked = ("--from-picture", "p.png", "--hints", "h.png", "--reach", "far")
    assert call(monkeypatch, "color", "-o", "o.png", *asked, *model) == 0
    wanted = senga.recolor(colored(), FAR, hint(), colorizer=Colorizer.open(painter_file, threads=1))
    assert np.array_equal(image.read("o.png"), wanted)
    assert call(monkeypatch, "color", "-o", "anew.png", "--from-picture", "p.png", *model) == 0
    assert not np.array_equal(image.read("anew.png"), colored())
    for wrong, said in (
        (("p.png", "--from-picture", "p.png"), "leave out drawings"),
        (("--from-picture", "p.png", "--candidates", 2), "leave out --candidates"),
        ((), "give drawings, or a colored picture by --from-picture"),
    ):
        capsys.readouterr()
        assert call(monkeypatch, "color", "-o", "x.png", *wrong, *model) == 2
        told = capsys.readouterr().err
        assert said in told
        assert told.count("\n") == 1
