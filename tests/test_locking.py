"""What is locked, or lies outside a lasso, stays to the pixel; colors are exchanged wherever an answer has them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from senga import Colorizer, HintError, ModelError, image
from senga.color.colorizer import Page
from senga.color.files.project import Project
from senga.color.flats import said
from senga.color.hints import Hints
from senga.color.laying import as_told
from senga.color.locking import within
from senga.color.marks import Mark
from senga.color.render import render, render_pictures
from senga.color.request import Recolored, Request
from senga.web.app import make_app
from senga.web.guard import known_names

LINES = np.full((64, 96), 255, np.uint8)
LINES[:, 47:49] = 0
FINISHED = np.random.default_rng(0).integers(0, 256, (64, 96, 3)).astype(np.uint8)
RED = Mark.fill((10, 10), "#ff0000")
BLUE = Mark.fill((80, 10), "#0000ff")
LOCKED = Request(marks=(RED, BLUE), finished="f", locked=((20, 30),))
LASSO = ((60.0, 10.0), (90.0, 10.0), (90.0, 50.0), (60.0, 50.0))


@pytest.fixture(scope="module")
def page(painter_file: Path) -> Page:
    return Colorizer.open(painter_file, threads=1).page(LINES)


def test_a_locked_region_stays_to_the_pixel(page: Page) -> None:
    color = render(page, LOCKED, finished=FINISHED)[0].color
    left = page.areas.regions.labels == page.areas.regions.labels[30, 20]
    assert np.array_equal(color[left], FINISHED[left])
    free = render(page, Request(marks=(RED, BLUE)))[0].color
    assert np.array_equal(color[~left], free[~left])
    assert not np.array_equal(color, free)


def test_nothing_changes_outside_a_lasso(page: Page) -> None:
    request = Request(marks=(RED, BLUE), finished="f", within=LASSO, mode="flat")
    color = render(page, request, finished=FINISHED)[0].color
    inside = within(LASSO, (64, 96), (64, 96))
    assert (color[inside] == (0, 0, 255)).all()
    assert np.array_equal(color[~inside], FINISHED[~inside])
    small = render(page, request, finished=FINISHED, shape=(32, 48))[0].color
    assert tuple(small[15, 37]) == (0, 0, 255)
    assert tuple(small[15, 10]) != (255, 0, 0)


def test_a_lasso_is_even_odd_and_may_lie_outside() -> None:
    assert within([(-5, -5), (200, -5), (200, 99), (-5, 99)], (20, 30), (20, 30)).all()
    assert not within([(40, 40), (50, 40), (50, 50)], (20, 30), (20, 30)).any()
    twice = [(1.5, 1.5), (8.5, 1.5), (8.5, 8.5), (1.5, 8.5)] * 2
    assert not within(twice, (10, 10), (10, 10)).any()
    assert within(twice[:4], (10, 10), (10, 10)).sum() == 49


def test_what_is_finished_is_named_and_given_or_neither_and_fits(page: Page) -> None:
    with pytest.raises(HintError, match="'f', but none is at hand"):
        render(page, LOCKED)
    with pytest.raises(HintError, match="names no finished picture, but one is at hand"):
        render(page, Request(), finished=FINISHED)
    with pytest.raises(HintError, match="does not fit"):
        render(page, LOCKED, finished=FINISHED[:9])


def test_everything_of_one_color_is_recolored_and_hints_stay(page: Page) -> None:
    flat = Request(mode="flat")
    was = render(page, flat)[0].color
    old = ["#{:02x}{:02x}{:02x}".format(*was[10, x]) for x in (10, 80)]
    swap = tuple(dict.fromkeys((Recolored(old[0], "#123456"), Recolored(old[1], "#123456"))))
    assert (render(page, Request(mode="flat", recolored=swap))[0].color == (0x12, 0x34, 0x56)).all()
    hinted = render(page, Request(mode="flat", marks=(RED,), recolored=(Recolored("#ff0000", "#00ff00"),)))[0].color
    assert tuple(hinted[10, 10]) == (255, 0, 0)
    assert np.array_equal(
        render(page, Request(mode="flat", recolored=(Recolored("#00fe01", "#000000"),)))[0].color, was
    )


def test_the_model_hears_nothing_but_what_it_is_told(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Any] = []
    ask: Any = type(page.regional).tables

    def listening(brush: Any, hints: Hints, *rest: Any, spoken: Any = None, **more: Any) -> Any:
        heard.append(said(page.areas.regions, hints) if spoken is None else spoken)
        return ask(brush, hints, *rest, spoken=spoken, **more)

    monkeypatch.setattr(type(page.regional), "tables", listening)
    render(page, Request(marks=(replace(RED, color="#00ff00", told="#ff0000"), BLUE)))
    render(page, Request(marks=(RED, BLUE)))
    told, plain = ({number: groups[0][0] for number, groups in one.items()} for one in heard)
    assert told == plain
    assert set(told.values()) == {(255, 0, 0), (0, 0, 255)}


def test_a_hint_may_show_another_color_than_the_model_is_told(page: Page) -> None:
    told = render(page, Request(mode="flat", marks=(replace(RED, reach="far"),)))[0].color
    shown = Mark.fill((10, 10), "#00ff00", "far")
    both = Request(mode="flat", marks=(replace(shown, told="#ff0000"), BLUE))
    color = render(page, both)[0].color
    left = page.areas.regions.labels == page.areas.regions.labels[10, 10]
    assert (color[left] == (0, 255, 0)).all()
    lonely = render(page, replace(both, marks=both.marks[:1]))[0].color
    assert np.array_equal(lonely[~left], told[~left]), "what follows from it follows from what the model is told"
    laid = both.hints(LINES)
    assert laid is not None
    heard = as_told(laid, both.marks)
    assert tuple(heard.color[10, 10]) == (255, 0, 0)
    assert tuple(heard.color[10, 80]) == (0, 0, 255)
    assert as_told(laid, (shown, BLUE)) is laid
    with pytest.raises(HintError, match="tells none"):
        Mark("erase", ((1, 1),), "", 3, told="#ff0000")


def test_a_model_of_pixels_exchanges_no_colors(tiny_model: Path) -> None:
    page = Colorizer.open(tiny_model, threads=1).page(LINES)
    with pytest.raises(ModelError, match="colors are exchanged by a model that colors regions"):
        render(page, Request(recolored=(Recolored("#000000", "#ffffff"),)))


def test_projects_keep_what_is_finished(page: Page, painter_file: Path) -> None:
    project = Project(image.encode(LINES, "PNG"), "d.png", LOCKED, finished=image.encode(FINISHED, "PNG"))
    again = Project.from_bytes(project.to_bytes(), "p")
    assert again == project
    wanted = render_pictures(page, LOCKED, finished=FINISHED)
    assert np.array_equal(again.paint(Colorizer.open(painter_file, threads=1))[0][..., :3], wanted[0][..., :3])


def test_the_server_keeps_what_is_finished(page: Page, painter_file: Path) -> None:
    app = make_app(Colorizer.open(painter_file, threads=1), names=known_names("127.0.0.1"))
    with TestClient(app, base_url="http://127.0.0.1:8420") as client:
        id = client.post("/api/v1/drawings", content=image.encode(LINES, "PNG")).json()["id"]
        asked = json.loads(LOCKED.to_json())
        assert client.post(f"/api/v1/drawings/{id}/color", json=asked).status_code == 422
        for sent, status in ((FINISHED[:9], 422), (FINISHED, 204)):
            answer = client.put(f"/api/v1/drawings/{id}/finished", content=image.encode(sent, "PNG"))
            assert answer.status_code == status
        shown = client.post(f"/api/v1/drawings/{id}/color?lines=0", json=asked)
        wanted = render(page, LOCKED, finished=FINISHED)[0].color
        assert np.array_equal(image.read_bytes(shown.content, "answer")[..., :3], wanted)
        file = client.post(f"/api/v1/drawings/{id}/export?format=senga", json=asked).content
        assert Project.from_bytes(file, "p").request == LOCKED
        opened = client.post("/api/v1/drawings", content=file).json()
        assert opened["project"]["request"]["locked"] == [[20, 30]]
        again = client.post(f"/api/v1/drawings/{opened['id']}/color?lines=0", json=asked)
        assert again.content == shown.content
        assert client.delete(f"/api/v1/drawings/{id}/finished").status_code == 204
        assert client.post(f"/api/v1/drawings/{id}/color", json=asked).status_code == 422
