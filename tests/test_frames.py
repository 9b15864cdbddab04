"""Frames of an animation keep their colors."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import senga
from senga import Request, cli, image
from senga.color.colorizer import Colorizer
from senga.color.frames import Known, common_shift, follow, frames_onward
from senga.errors import HintError, SettingError

COLORS = {"wall": (240, 232, 214), "body": (60, 110, 200), "head": (250, 214, 190), "ball": (220, 60, 50)}


def scene(t: int, shift: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Frame `t`: a figure of body and head that walks, a ball that falls; line art and its colors."""
    y, x = np.mgrid[:140, :180]
    parts = {"wall": np.ones(y.shape, bool)}
    left = 40 + 4 * t + shift
    parts["body"] = (x >= left) & (x < left + 40) & (y >= 70) & (y < 125)
    parts["head"] = np.hypot(x - left - 20, y - 50) < 20
    parts["ball"] = np.hypot(x - 150, y - 20 - 6 * t) < 11
    color, label = np.zeros((*y.shape, 3), np.uint8), np.zeros(y.shape, int)
    for number, (name, where) in enumerate(parts.items()):
        color[where], label[where] = COLORS[name], number
    edge = np.zeros(y.shape, bool)
    for axis in (0, 1):
        edge |= label != np.roll(label, 1, axis)
    edge[0], edge[:, 0] = False, False
    edge |= np.roll(edge, 1, 0) | np.roll(edge, 1, 1)
    return np.where(edge, 0, 255).astype(np.uint8), color


@pytest.fixture(scope="module")
def painter() -> Colorizer:
    return Colorizer.open(threads=1)


def at_middles(picture: np.ndarray, t: int) -> dict[str, np.ndarray]:
    left = 40 + 4 * t
    places = {"wall": (8, 8), "body": (100, left + 20), "head": (48, left + 20), "ball": (20 + 6 * t, 150)}
    return {name: picture[y, x].astype(int) for name, (y, x) in places.items()}


@pytest.mark.parametrize("flat", [False, True])
def test_a_key_frame_s_colors_go_on_with_what_moves(painter: Colorizer, flat: bool) -> None:
    key = scene(0)[1]
    frames = [image.to_drawing(scene(t)[0]) for t in range(5)]
    # At half the light: this is about colors, and the middle of a round thing is lighter than its color.
    request = Request(mode="flat") if flat else Request(light=0.5)
    painted = list(frames_onward(frames, painter, request, key=key))
    assert np.isnan(painted[0].flicker)
    for t, one in enumerate(painted):
        for name, color in at_middles(one.picture, t).items():
            assert np.abs(color - COLORS[name]).max() <= (0 if flat else 16), (t, name)
        if t:
            assert one.found > 0.95
            assert one.flicker < (0.01 if flat else 2)


def test_what_is_new_gets_a_color_and_keeps_it(painter: Colorizer) -> None:
    first = scene(0)[0]
    later = [scene(t)[0] for t in (1, 2, 3)]
    y, x = np.mgrid[:140, :180]
    for page in later:
        page[np.abs(np.hypot(x - 20, y - 110) - 12) < 1.2] = 0
    key = scene(0)[1]
    painted = list(frames_onward(map(image.to_drawing, [first, *later]), painter, key=key))
    new = [p.picture[110, 20].astype(int) for p in painted[1:]]
    assert painted[1].found < 1
    assert painted[2].found > 0.99
    assert np.abs(np.diff(new, axis=0)).max() <= 20


def test_without_a_key_the_model_colors_the_first_frame_and_the_others_follow(painter: Colorizer) -> None:
    frames = [image.to_drawing(scene(t)[0]) for t in range(3)]
    steady = [p.flicker for p in frames_onward(frames, painter, Request(reference="first"), reference=scene(0)[1])][1:]
    assert max(steady) < 3


def test_frames_and_keys_of_other_sizes_are_refused(painter: Colorizer) -> None:
    frames = [image.to_drawing(scene(0)[0]), image.to_drawing(scene(0)[0][:100])]
    with pytest.raises(HintError, match="frame 2 is of another size"):
        list(frames_onward(frames, painter, key=scene(0)[1]))
    with pytest.raises(HintError, match="the key is 180x100 px, its drawing 180x140 px"):
        list(frames_onward(frames, painter, key=scene(0)[1][:100]))


def test_the_common_shift_is_found_and_noise_is_none() -> None:
    lines = 1 - scene(0)[0].astype(np.float32) / np.float32(255)
    assert common_shift(lines, np.roll(lines, (5, -7), (0, 1))) == (5, -7)
    assert common_shift(lines, np.zeros_like(lines)) == (0, 0)


def test_colors_go_both_ways_from_a_key_frame_in_the_middle(painter: Colorizer) -> None:
    frames = [scene(t)[0] for t in range(4)]
    painted = list(senga.color_frames(frames, Request(mode="flat"), key=scene(2)[1], at=2, colorizer=painter))
    assert [number for number, _ in painted] == [2, 3, 1, 0]
    for t, one in painted:
        for name, color in at_middles(one.picture, t).items():
            assert tuple(color) == COLORS[name], (t, name)
    assert np.isnan(painted[0][1].flicker)
    assert painted[-1][1].found > 0.95


@pytest.mark.parametrize(("given", "said"), [({"at": 1}, "'at' goes with 'key'"), ({"at": 4}, "'at' 4: there are 2")])
def test_a_key_frame_that_cannot_be_is_refused_before_any_work(given: dict[str, Any], said: str) -> None:
    key: dict[str, Any] = {"key": scene(0)[1]} if given["at"] > 1 else {}
    with pytest.raises(SettingError, match=said):
        senga.color_frames([scene(0)[0]] * 2, **key, **given)
    with pytest.raises(SettingError, match="leave out marks, palette and 'candidates'"):
        senga.color_frames([scene(0)[0]] * 2, Request(candidates=2))


def test_the_verb_goes_both_ways_from_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    for t in range(4):
        image.write(f"in/f{t}.png", scene(t)[0])
    image.write("f2.png", scene(2)[1])

    def run(*more: str) -> int:
        monkeypatch.setattr(sys, "argv", ["senga", "frames", "in", "-o", "out", "--key", "f2.png", *more])
        try:
            cli.main()
        except SystemExit as stop:
            return int(stop.code or 0)
        return 0

    assert run("--flat", "--report", "r.json") == 0
    assert sorted(f.name for f in Path("out").iterdir()) == [f"f{t}.png" for t in range(4)]
    for t in range(4):
        for name, color in at_middles(image.read(f"out/f{t}.png"), t).items():
            assert tuple(color) == COLORS[name]
    told = json.loads(Path("r.json").read_text())
    assert told["frames"] == 4
    assert told["flicker"] < 0.01
    assert run() == 2
    assert "out/f0.png: exists" in capsys.readouterr().err
    assert run("--at", "f9.png", "--force") == 2
    assert "none of the frames has that name" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("colors", "origins"),
    [
        ([(60, 110, 200), (61, 110, 200), (60, 111, 201)], (1, 2, 3)),
        ([(60, 110, 200), (220, 60, 50), (9, 9, 9)], (-1,)),
    ],
)
def test_a_region_that_lies_on_several_is_found_where_they_have_one_color(
    colors: list[tuple[int, int, int]], origins: tuple[int, ...]
) -> None:
    before = np.zeros((40, 100), np.int32)
    before[:, 10:40], before[:, 40:70], before[:, 70:100] = 1, 2, 3
    now = np.zeros((40, 100), np.int32)
    now[:, 5:100] = 1
    found = follow(known(before, colors), now, np.zeros(before.shape, np.float32), 2)
    assert found[1] in origins


def test_what_left_its_place_is_no_part_of_the_wall_that_it_covers_now() -> None:
    before = np.zeros((40, 100), np.int32)
    before[5:25, 10:20], before[25:40] = 1, 2
    now = np.zeros((40, 100), np.int32)
    now[5:25, 16:26], now[25:40] = 1, 2
    found = follow(known(before, [(60, 110, 200), (9, 9, 9)]), now, np.zeros(before.shape, np.float32), 3)
    assert found.tolist() == [0, 1, 2]


def known(labels: np.ndarray, colors: list[tuple[int, int, int]]) -> Known:
    """A frame of these regions, the first of them a wall."""
    count = int(labels.max()) + 1
    centers = np.array([np.argwhere(labels == i).mean(0) for i in range(count)])
    made = np.array([(240, 232, 214), *colors], np.uint8)
    return Known(labels, np.zeros(labels.shape, np.float32), np.bincount(labels.ravel()), centers, made)
