import contextlib
import json
import time
from collections.abc import Mapping
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ring
from senga import HintError, Hints, stopping
from senga.color.fill_regions import Areas
from senga.color.hint_cache import HintCache
from senga.color.laying import draw, lay
from senga.color.marks import FAR, REACHES, WIDEST, Mark, Reach, parse_marks, read_marks
from senga.color.render import render
from senga.color.request import Recolored, Request

PAPER = np.full((60, 80), 255, np.uint8)
RED, BLUE = (255, 0, 0), (0, 0, 255)


def colors(hints: Hints) -> set[tuple[int, ...]]:
    return {tuple(c) for c in hints.color[hints.mask].tolist()}


def same(one: Hints, other: Hints) -> bool:
    return bool((one.mask == other.mask).all() and (one.color == other.color).all())


def far(shape: tuple[int, int], points: list[tuple[float, float]], radii: list[float]) -> np.ndarray:
    """How far each pixel lies outside a stroke (negative: inside), by trying the pen at many places; slow and plain."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(float)
    best = np.full(shape, np.inf)
    ends = list(zip(points, radii, strict=True))
    for (a, r), (b, s) in zip(ends, ends[1:] or ends, strict=False):
        for t in np.linspace(0, 1, 400):
            at = np.add(a, np.subtract(b, a) * t)
            best = np.minimum(best, np.hypot(x - at[0], y - at[1]) - (r + (s - r) * t))
    return best


def test_a_stroke_of_one_point_is_a_dot() -> None:
    hints = lay([Mark.stroke([(30, 20)], "#f00", 10)], PAPER)
    y, x = np.nonzero(hints.mask)
    assert np.hypot(x - 30, y - 20).max() <= 5
    assert hints.mask.sum() == pytest.approx(np.pi * 25, rel=0.1)
    assert colors(hints) == {RED}


def test_pressure_scales_the_width_along_the_line() -> None:
    hints = lay([Mark.stroke([(10, 30), (70, 30)], "#f00", 20, [0, 1])], PAPER)
    height = hints.mask.sum(0)
    assert height[10] == 1
    assert height[40] == pytest.approx(10, abs=1.5)
    assert height[69] == pytest.approx(20, abs=2)
    assert (np.diff(height[10:70]) >= 0).all()
    even = lay([Mark.stroke([(10, 30), (70, 30)], "#f00", 20, [0.5, 0.5])], PAPER)
    assert same(even, lay([Mark.stroke([(10, 30), (70, 30)], "#f00", 10)], PAPER))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(-20, 60), st.floats(-20, 50), st.floats(0.5, 12)),
        min_size=1,
        max_size=4,
    )
)
def test_a_stroke_is_what_a_round_pen_would_cover(way: list[tuple[float, float, float]]) -> None:
    points, radii = [(x, y) for x, y, _ in way], [r for *_, r in way]
    widest = max(radii)
    mark = Mark.stroke(points, "#f00", 2 * widest, [r / widest for r in radii])
    mask = lay([mark], np.full((32, 41), 255, np.uint8)).mask
    outside = far((32, 41), points, radii)
    assert mask[outside < -0.01].all()
    # The pixel nearest to a point is covered, however thin the pen.
    near = {(int(np.floor(y + 0.5)), int(np.floor(x + 0.5))) for x, y in points}
    assert {(i, j) for i, j in np.argwhere(mask & (outside > 0.01)).tolist()} <= near


def test_a_stroke_far_longer_than_the_drawing_is_cut_off() -> None:
    hints = lay([Mark.stroke([(-FAR, 30), (FAR, 30)], "#f00", 2)], PAPER)
    assert hints.mask[30].all()
    assert hints.mask.sum() == 3 * 80
    assert not lay([Mark.stroke([(FAR, FAR)], "#f00", 8)], PAPER).mask.any()
    assert lay([Mark.stroke([(0, 0)], "#f00", WIDEST)], PAPER).mask.all()


def test_the_thinnest_pen_between_pixels_shows() -> None:
    assert lay([Mark.stroke([(4.5, 4.5)], "#f00", 0.1)], PAPER).mask.sum() == 1


def test_hints_lay_strokes_as_marks_do() -> None:
    way, pressure = [(5.0, 5.0), (40.0, 30.0), (70.0, 8.0)], [0.2, 1.0, 0.5]
    by_hints = Hints.blank(PAPER.shape).stroke(way, "#0000ff", 9, pressure)
    assert same(by_hints, lay([Mark.stroke(way, "#00f", 9, pressure)], PAPER))
    with pytest.raises(HintError, match="pressure"):
        Hints.blank(PAPER.shape).stroke(way, "#00f", 9, [1.0])


def test_later_marks_lie_on_top() -> None:
    hints = lay([Mark.stroke([(40, 30)], "#f00", 20), Mark.stroke([(40, 30)], "#00f", 8)], PAPER)
    assert tuple(hints.color[30, 40]) == BLUE
    assert tuple(hints.color[30, 48]) == RED


def test_an_erase_takes_away_what_lies_below_it_and_nothing_later() -> None:
    bar = Mark.stroke([(10, 30), (70, 30)], "#f00", 6)
    rub = Mark.erase([(40, 30)], 12)
    hints = lay([bar, rub], PAPER)
    assert not hints.mask[30, 36:45].any()
    assert hints.mask[30, [12, 68]].all()
    assert not hints.color[~hints.mask].any()
    assert same(lay([bar, rub, bar], PAPER), lay([bar], PAPER))
    assert not lay([rub], PAPER).mask.any()


def test_an_erase_takes_away_hints_below_the_marks() -> None:
    below = Hints.blank(PAPER.shape).dot((40, 30), "#00f", 5)
    assert not lay([Mark.erase([(40, 30)], 14)], PAPER, below=below).mask.any()
    assert below.mask.any()


def test_a_fill_covers_its_area_and_stops_at_a_closed_line() -> None:
    lines = ring(200, 240, 70, thick=2)
    hints = lay([Mark.fill((120, 100), "#f00")], lines)
    y, x = np.mgrid[:200, :240]
    away = np.hypot(y - 100, x - 120)
    assert hints.mask[away < 68].all()
    assert not hints.mask[away > 72].any()
    outside = lay([Mark.fill((3, 3), "#f00")], lines)
    assert outside.mask[away > 72].all()
    assert not outside.mask[away < 68].any()


@pytest.mark.parametrize("gap", [1, 2, 3])
def test_a_fill_does_not_leak_through_a_small_gap(gap: int) -> None:
    lines = ring(200, 240, 70, thick=2, gap=gap)
    hints = lay([Mark.fill((120, 100), "#f00")], lines)
    y, x = np.mgrid[:200, :240]
    away = np.hypot(y - 100, x - 120)
    assert hints.mask[away < 66].mean() > 0.99
    assert not hints.mask[away > 75].any()


def test_a_fill_leaks_through_a_door() -> None:
    hints = lay([Mark.fill((120, 100), "#f00")], ring(200, 240, 70, thick=2, gap=60))
    assert hints.mask[5, 5]


def test_a_fill_of_a_large_drawing_keeps_to_a_thin_line() -> None:
    lines = np.full((2000, 2400), 255, np.uint8)
    lines[:, 1200] = 0
    hints = lay([Mark.fill((100, 100), "#f00")], lines)
    assert hints.mask[:, :1195].all()
    assert not hints.mask[:, 1201:].any()


def test_a_fill_outside_or_deep_in_ink_lays_nothing() -> None:
    lines = PAPER.copy()
    lines[:, :40] = 0
    for point in ((-5, 5), (80, 5), (3, 60), (5, 30)):
        assert not lay([Mark.fill(point, "#f00")], lines).mask.any()
    assert lay([Mark.fill((38, 30), "#f00")], lines).mask[:, 41:].all()  # on the line: the area beside it
    assert not lay([Mark.fill((1, 1), "#f00")], np.zeros((5, 5), np.uint8)).mask.any()
    assert lay([Mark.fill((0, 0), "#f00")], np.full((1, 1), 255, np.uint8)).mask.all()


def some_marks(seed: int, count: int) -> list[Mark]:
    random = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        way = [tuple(p) for p in random.uniform(-10, 90, (int(random.integers(1, 5)), 2)).tolist()]
        color = f"#{int(random.integers(0, 1 << 24)):06x}"
        kind = random.choice(["stroke", "erase", "fill"])
        width = float(random.uniform(0.5, 20))
        if kind == "fill":
            made.append(Mark.fill(way[0], color))
        elif kind == "erase":
            made.append(Mark.erase(way, width))
        else:
            made.append(Mark.stroke(way, color, width, random.random(len(way)).tolist()))
    return made


@pytest.mark.parametrize("seed", range(6))
def test_a_hint_cache_answers_as_laying_all_at_once(seed: int) -> None:
    lines = ring(60, 80, 20, gap=2)
    made = some_marks(seed, 12)
    cache = HintCache(lines)
    for i in range(len(made)):
        assert same(cache.lay(made[: i + 1]), lay(made[: i + 1], lines))
    for i in (11, 7, 3, 0, 5, 12):  # undo and redo
        assert same(cache.lay(made[:i]), lay(made[:i], lines))
    assert same(cache.lay(made[:4] + made[6:]), lay(made[:4] + made[6:], lines))
    assert same(cache.lay(made, gap=0), lay(made, lines, areas=Areas(lines, gap=0)))


def test_ten_thousand_fills_cost_about_one_pass() -> None:
    lines = np.full((1000, 1000), 255, np.uint8)
    lines[::40] = lines[:, ::40] = 0
    areas = Areas(lines)
    areas.regions  # noqa: B018 (found before the clock runs)
    places = np.random.default_rng(0).uniform(0, 999, (10_000, 2)).tolist()
    made = [Mark.fill((x, y), f"#{i:06x}") for i, (x, y) in enumerate(places)]
    start = time.process_time()
    laid = lay(made, lines, areas=areas)
    assert time.process_time() - start < 1  # 0.1 s; one by one 2.8 s
    assert laid.mask[lines == 255].mean() > 0.99


def test_laying_can_be_given_up() -> None:
    calls: list[int] = []

    class Impatient(stopping.Stop):
        def check(self) -> None:
            calls.append(1)
            if len(calls) > 3:
                raise TimeoutError

    for made in (some_marks(0, 9), [Mark.fill((1, 1), "#f00")] * 20):
        calls.clear()
        with pytest.raises(TimeoutError), stopping.stoppable(Impatient(TimeoutError)):
            HintCache(PAPER).lay(made)
        assert 4 <= len(calls) <= 5


def test_a_hint_cache_knows_how_much_is_to_be_laid() -> None:
    cache = HintCache(PAPER)
    wide, thin = Mark.stroke([(0, 0), (79, 59)], "#f00", 5), Mark.stroke([(1, 1), (5, 5)], "#f00", 1)
    assert cache.work([wide, wide]) > 1.5 * cache.work([wide]) > 5 * cache.work([thin]) > 0
    assert cache.work([Mark.erase([(-90, -90), (-80, -80)], 2)]) < cache.work([wide])
    cache.lay([wide, wide, thin])
    assert cache.work([wide, wide, thin]) == 0
    assert cache.work([wide, wide, thin, thin]) == cache.work([thin])


def test_a_hint_cache_lays_only_what_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    laid: list[int] = []

    def counted(marks, which, *args):  # type: ignore[no-untyped-def]
        laid.append(len(which))
        draw(marks, which, *args)

    monkeypatch.setattr("senga.color.hint_cache.draw", counted)
    cache, made = HintCache(PAPER), some_marks(0, 9)
    cache.lay(made[:7])
    assert laid == [6, 1]  # below the last mark, and it
    cache.lay(made[:8])
    cache.lay(made)
    cache.lay(made[:8])  # undone
    cache.lay([*made[:8], made[0]])
    assert laid == [6, 1, 1, 1, 1]


def test_laying_leaves_the_hints_below_alone() -> None:
    below = Hints.blank(PAPER.shape)
    lay([Mark.stroke([(5, 5)], "#f00", 4)], PAPER, below=below)
    assert not below.mask.any()
    with pytest.raises(HintError, match="do not fit"):
        lay([], PAPER, below=Hints.blank((3, 3)))


coordinate = st.floats(-FAR, FAR, allow_nan=False)
color = st.integers(0, (1 << 24) - 1).map("#{:06x}".format)
width = st.floats(0, WIDEST, exclude_min=True)


@st.composite
def mark(draw: st.DrawFn) -> Mark:
    kind = draw(st.sampled_from(["stroke", "erase", "fill"]))
    reaches: tuple[Reach | Literal[""], ...] = ("", *REACHES)
    reach = draw(st.sampled_from(reaches))
    if kind == "fill":
        return Mark.fill((draw(coordinate), draw(coordinate)), draw(color), reach)
    points = draw(st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=5))
    pressure = draw(st.just([]) | st.lists(st.floats(0, 1), min_size=len(points), max_size=len(points)))
    if kind == "erase":
        return Mark.erase(points, draw(width), pressure)
    return Mark.stroke(points, draw(color), draw(width), pressure, reach)


@settings(max_examples=60, deadline=None)
@given(st.lists(mark(), max_size=5))
def test_marks_survive_their_json_form(made: list[Mark]) -> None:
    assert read_marks(json.dumps([m.to_table() for m in made])) == tuple(made)


@settings(max_examples=60, deadline=None)
@given(
    st.builds(
        Request,
        marks=st.lists(mark(), max_size=3).map(tuple),
        palette=st.lists(color, max_size=5).map(tuple),
        reference=st.none() | st.text("aé線 .", max_size=9),
        reference_strength=st.floats(0, 1),
        tint=st.floats(0, 1),
        mode=st.sampled_from(["paint", "flat"]),
        gap=st.floats(0, 8),
        finished=st.just("f"),
        locked=st.lists(st.tuples(coordinate, coordinate), max_size=3).map(tuple),
        within=st.just(()) | st.lists(st.tuples(coordinate, coordinate), min_size=3, max_size=5).map(tuple),
        recolored=st.lists(st.builds(Recolored, color, color), max_size=3).map(tuple),
        candidates=st.integers(1, 64),
        seed=st.integers(0, 2**53 - 1),
    )
)
def test_requests_survive_their_json_form(request_: Request) -> None:
    assert Request.from_json(request_.to_json()) == request_
    assert Request.from_json(request_.to_json().encode()) == request_


def test_an_empty_request_is_the_default() -> None:
    assert Request.from_json("{}") == Request()


DOT = {"kind": "stroke", "points": [[1, 2]], "color": "#ff0000", "width": 3}
ERASE = {"kind": "erase", "points": [[1, 2]], "width": 3}
FILL = {"kind": "fill", "points": [[1, 2]], "color": "#ff0000"}


def without(table: Mapping[str, object], key: str) -> dict[str, object]:
    return {k: v for k, v in table.items() if k != key}


BROKEN = [
    ("null", "wanted a list, found null"),
    ("{}", "wanted a list, found an object"),
    ("[1]", r"\[marks 1\]: wanted an object, found 1"),
    ("[[]]", "wanted an object, found a list"),
    ("[{}]", "'kind' is missing"),
    ("", "not valid JSON"),
    ("[", "not valid JSON"),
    ("[1,]", "not valid JSON"),
    ("\x00", "not valid JSON"),
    (b"\xff\xfe\xff", "not valid JSON"),
    ("[" * 100_000, "not valid JSON"),
    ('{"a":' * 100_000, "not valid JSON"),
    ("[" + "9" * 5000 + "]", "JSON"),
    ("[NaN]", "NaN is not a number"),
    ('[{"kind": "fill", "kind": "fill"}]', "'kind' is given twice"),
    ([{**DOT, "kind": "scribble"}], r"\[marks 1.kind\].*'stroke' or 'erase' or 'fill'.*'scribble'"),
    ([{**DOT, "kind": ["stroke"]}], "found a list"),
    ([{**DOT, "kind": None}], "found null"),
    ([DOT, {**DOT, "opacity": 1}], r"\[marks 2\]: unknown key 'opacity'; known: color, kind"),
    ([{**DOT, "\n\x1b[31m": 1}], r"unknown key '\\n\\x1b\[31m'"),
    ([{**DOT, "\ud800": 1}], r"unknown key '\\ud800'"),
    ([without(DOT, "points")], "'points' is missing"),
    ([without(DOT, "color")], "'color' is missing"),
    ([without(DOT, "width")], "'width' is missing"),
    ([without(FILL, "color")], "'color' is missing"),
    ([{**ERASE, "color": "#ff0000"}], "unknown key 'color'"),
    ([{**ERASE, "reach": "far"}], "unknown key 'reach'"),
    ([{**DOT, "reach": "near"}], r"\[marks 1.reach\].*'near'"),
    ([{**FILL, "reach": None}], "found null"),
    ([{**ERASE, "told": "#ff0000"}], "unknown key 'told'"),
    ([{**DOT, "told": "red"}], r"\[marks 1.told\].*'red'"),
    ([{**FILL, "width": 3}], "unknown key 'width'"),
    ([{**FILL, "pressure": [1]}], "unknown key 'pressure'"),
    ([{**FILL, "points": [[1, 2], [3, 4]]}], "one point"),
    ([{**FILL, "points": []}], "at least one point"),
    ([{**DOT, "points": []}], "at least one point"),
    ([{**DOT, "points": {}}], r"\[marks 1.points\]: wanted a list"),
    ([{**DOT, "points": [1, 2]}], r"\[marks 1.points 1\]: wanted \[x, y\], found 1"),
    ([{**DOT, "points": [[1]]}], r"wanted \[x, y\]"),
    ([{**DOT, "points": [[1, 2, 3]]}], r"wanted \[x, y\]"),
    ([{**DOT, "points": [[1, "2"]]}], "found '2'"),
    ([{**DOT, "points": [[1, True]]}], "found true"),
    ([{**DOT, "points": [[1, None]]}], "found null"),
    ([{**DOT, "points": [[1, 2], [1, 100001]]}], r"\[marks 1.points 2\].*found 100001"),
    ([{**DOT, "points": [[1, 10**400]]}], "19 digits"),
    ('[{"kind": "fill", "points": [[1, 1e999]], "color": "#ff0000"}]', "found inf"),
    ([{**DOT, "points": [[1, 2]] * 10_001}], "10001 entries; at most 10000"),
    ([{**DOT, "points": [[1, 2]] * 9_000}] * 23, "207000 points in all"),
    ([FILL] * 10_001, "at most 10000"),
    ([{**DOT, "points": [[0, -9e4], [0, 9e4]] * 150}], "too long and wide"),
    ([{**DOT, "color": "red"}], "wanted a color as '#rrggbb', found 'red'"),
    ([{**DOT, "color": "#f00"}], "'#rrggbb'"),
    ([{**DOT, "color": "#ff0000\n"}], "'#rrggbb'"),
    ([{**DOT, "color": "#ff000٠"}], "'#rrggbb'"),
    ([{**DOT, "color": [255, 0, 0]}], "'#rrggbb', found a list"),
    ([{**DOT, "color": None}], "found null"),
    ([{**DOT, "width": 0}], "more than 0"),
    ([{**DOT, "width": -1}], "found -1"),
    ([{**DOT, "width": 10_001}], "found 10001"),
    ([{**DOT, "width": "3"}], "found '3'"),
    ([{**DOT, "width": [3]}], "found a list"),
    ([{**DOT, "pressure": 1}], "wanted a list"),
    ([{**DOT, "pressure": [1, 1]}], "2 numbers of pressure"),
    ([{**DOT, "pressure": [1.01]}], r"\[marks 1.pressure 1\].*1.01"),
    ([{**DOT, "pressure": [-0.01]}], "found -0.01"),
    ([{**DOT, "pressure": ["1"]}], "found '1'"),
    ("x" * 17_000_000, "17000000 characters"),
]


@pytest.mark.parametrize(("text", "said"), BROKEN, ids=range(len(BROKEN)))
def test_broken_marks_are_refused_in_one_line(text: object, said: str) -> None:
    with pytest.raises(HintError, match=said) as caught:
        read_marks(text if isinstance(text, str | bytes) else json.dumps(text))
    line = str(caught.value)
    assert line.isprintable()
    assert len(line) < 200


BROKEN_REQUESTS = [
    ("[]", "wanted an object, found a list"),
    ('"x"', "wanted an object, found 'x'"),
    ({"hints": []}, "unknown key 'hints'; known: candidates, colored, finished, gap, light, "),
    ({"marks": None}, "wanted a list, found null"),
    ({"marks": [{}]}, r"\[marks 1\]: 'kind' is missing"),
    ({"palette": "#ff0000"}, "wanted a list"),
    ({"palette": ["#ff0000", "red"]}, r"\[palette 2\].*'red'"),
    ({"palette": ["#ff0000"] * 257}, "257 entries; at most 256"),
    ({"reference": 3}, "wanted a text, found 3"),
    ({"reference": "a\nb"}, "cannot be shown"),
    ({"reference": "\ud800"}, "cannot be shown"),
    ({"reference": "a" * 201}, "201 characters"),
    ({"reference_strength": 1.1}, "found 1.1"),
    ({"reference_strength": None}, "found null"),
    ({"tint": -1}, "found -1"),
    ({"tint": True}, "found true"),
    ({"gap": 8.5}, "found 8.5"),
    ({"locked": [[1, 2]]}, "name the picture of it as 'finished'"),
    ({"within": [[1, 2], [3, 4]], "finished": "f"}, "2 points; it needs three"),
    ({"within": [[1, "2"]], "finished": "f"}, "found '2'"),
    ({"locked": 3, "finished": "f"}, "wanted a list"),
    ({"recolored": [{"from": "#ff0000"}]}, "'to' is missing"),
    ({"recolored": [{"from": "red", "to": "#ff0000"}]}, r"\[recolored 1.from\].*'red'"),
    ({"mode": "oil"}, "'paint' or 'flat', found 'oil'"),
    ({"mode": None}, "found null"),
    ({"candidates": 0}, "found 0"),
    ({"candidates": 65}, "found 65"),
    ({"candidates": 1.5}, "a whole number of 1 to 64, found 1.5"),
    ({"candidates": None}, "found null"),
    ({"seed": -1}, "found -1"),
    ({"seed": 2**53}, "found"),
    ({"seed": 10**300}, "19 digits"),
]


@pytest.mark.parametrize(("text", "said"), BROKEN_REQUESTS, ids=range(len(BROKEN_REQUESTS)))
def test_broken_requests_are_refused_in_one_line(text: object, said: str) -> None:
    with pytest.raises(HintError, match=said) as caught:
        Request.from_json(text if isinstance(text, str) else json.dumps(text))
    assert str(caught.value).isprintable()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*DOT, "pressure", "x"]), inner),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(json_values, st.sampled_from([*DOT, "pressure"]), json_values)
def test_whatever_comes_is_a_mark_or_a_hint_error(value: object, key: str, other: object) -> None:
    for tried in ([value], [{**DOT, key: other}], value):
        for read in (parse_marks, Request.from_table):
            with contextlib.suppress(HintError):
                read(tried)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Mark("blot", ((1, 2),), "#f00", 3),  # type: ignore[arg-type]
        lambda: Mark.stroke([], "#f00", 3),
        lambda: Mark.stroke([(1, float("nan"))], "#f00", 3),
        lambda: Mark.stroke([(1, float("inf"))], "#f00", 3),
        lambda: Mark.stroke([(1, 2)], "#f00", float("nan")),
        lambda: Mark.stroke([(1, 2)], "#f00", 3, [float("nan")]),
        lambda: Mark.stroke([(1, 2, 3)], "#f00", 3),  # type: ignore[list-item]
        lambda: Mark.stroke([("a", "b")], "#f00", 3),  # type: ignore[list-item]
        lambda: Mark.stroke([(1, 2)], "red", 3),
        lambda: Mark("stroke", ((1, 2),), "", 3),
        lambda: Mark("erase", ((1, 2),), "#f00", 3),
        lambda: Mark("fill", ((1, 2),), "#f00", 3),
        lambda: Request(tint=float("nan")),
        lambda: Request(palette=("red",)),
        lambda: Request(marks=tuple(Mark.fill((1, 1), "#f00") for _ in range(10_001))),
    ],
)
def test_what_is_no_mark_is_refused_in_python_too(wrong) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(HintError):
        wrong()


def test_a_reference_is_named_and_given_or_neither() -> None:
    with pytest.raises(HintError, match="names the reference 'x', but none is at hand"):
        render(FakePage(), Request(reference="x"))  # type: ignore[arg-type]
    with pytest.raises(HintError, match="names no reference, but one is at hand"):
        render(FakePage(), Request(), reference=np.zeros((3, 3, 3), np.uint8))  # type: ignore[arg-type]


class FakePage:
    """Stands in for a page where nothing is painted."""

    areas = Areas(PAPER)

    def at(self, gap: float) -> "FakePage":
        return self

    class drawing:  # noqa: N801
        lines = PAPER
