"""Hints as objects, locks, the lasso and exchanged colors on the page; in a real browser."""

import json
import zipfile
from typing import Any

import numpy as np
import pytest
from pages import ACROSS, BOX, RED, RING, Table, browser, drawing, is_red, ready, server, table

from senga.color.files.project import Project

pytestmark = [pytest.mark.slow, pytest.mark.skipif(ready() != "", reason=ready())]

BLUE = "#1030d0"
OUTSIDE = (215, 20)


@pytest.fixture
def drawn(table: Table) -> Table:
    table.drop(drawing())
    table.color(RED)
    return table


def click(table: Table, place: tuple[float, float], wait: bool = True) -> None:
    """A click of the mouse on a place of the drawing."""
    table.paint([place], wait=wait)


def tool(table: Table, key: str) -> None:
    """Takes a tool by its key."""
    table.page.keyboard.press(key)


def state(table: Table, name: str) -> Any:
    """Part of the front drawing's state."""
    return table.run("return app.current.state[given]", name)


def steps(table: Table) -> int:
    """How many steps can be undone."""
    count: int = table.run("return app.current.history.past.length")
    return count


def chosen(table: Table) -> Any:
    """The selected mark."""
    return table.run("return (await import('/page/selecting.js')).selectedMark()")


def near(color: tuple[int, int, int], wanted: str, most: int = 6) -> bool:
    return all(abs(c - int(wanted[i : i + 2], 16)) <= most for c, i in zip(color, (1, 3, 5), strict=True))


def test_a_fill_is_shown_before_it_is_poured(drawn: Table) -> None:
    tool(drawn, "g")
    before = drawn.seen((300, 200))
    drawn.page.mouse.move(*drawn.window(BOX))
    drawn.until("return (await renderer.pointer).at !== null")
    for _ in range(100):
        if is_red(drawn.seen((300, 200))):
            break
        drawn.page.wait_for_timeout(30)
    assert is_red(drawn.seen((300, 200)))
    assert not is_red(drawn.seen(RING)), "the ring is another area"
    assert not is_red(before)
    assert drawn.marks() == []
    drawn.page.mouse.move(*drawn.window(OUTSIDE))
    drawn.page.wait_for_timeout(300)
    assert not is_red(drawn.seen((300, 200)))


def test_a_fill_whose_drop_is_erased_takes_its_color_along(drawn: Table) -> None:
    tool(drawn, "g")
    click(drawn, BOX)
    assert near(drawn.under((300, 200)), RED, 40)
    tool(drawn, "e")
    head = BOX[1] - 12 * 400 / 900  # where the drop is seen, not where it stands
    drawn.paint([(BOX[0] - 2, head), (BOX[0] + 2, head)])
    assert [m["kind"] for m in drawn.marks()] == ["erase"]
    assert not near(drawn.under((300, 200)), RED, 40)
    drawn.page.keyboard.press("Control+z")
    drawn.colored()
    assert near(drawn.under((300, 200)), RED, 40)


def test_gaps_are_closed_as_boldly_as_is_said(drawn: Table) -> None:
    tool(drawn, "g")
    drawn.page.locator("#options .gap-slider input").fill("3")
    drawn.colored()
    assert state(drawn, "gap") == 3
    assert steps(drawn) == 1
    assert drawn.sent[-1]["request"]["gap"] == 3
    assert drawn.page.locator("[data-part=coloring] .gap-slider output").text_content() == "3"


def test_new_hints_reach_as_far_as_is_chosen(drawn: Table) -> None:
    tool(drawn, "b")
    drawn.paint(ACROSS)
    drawn.page.locator("#brush-reach input").fill("2")
    drawn.paint(ACROSS)
    tool(drawn, "g")
    assert drawn.page.locator("#brush-reach output").text_content() == "Region", "a fill has a reach of its own"
    click(drawn, BOX)
    assert [m.get("reach") for m in drawn.marks()] == [None, "far", None]
    tool(drawn, "b")
    drawn.page.locator("#brush-reach input").fill("1")
    drawn.paint(ACROSS)
    assert "reach" not in drawn.marks()[-1]


def test_a_mark_is_selected_moved_widened_recolored_and_deleted(drawn: Table) -> None:
    drawn.paint(ACROSS)
    tool(drawn, "a")
    click(drawn, (120, 150))
    assert chosen(drawn)["color"] == RED
    drawn.paint([(120, 150), (140, 130)])
    (mark,) = drawn.marks()
    assert np.allclose(mark["points"][0], (94.5 + 20, 149.5 - 20), atol=1.5)
    assert steps(drawn) == 2
    width = mark["width"]
    x, y = drawn.run(
        """const [x, y] = app.current.view.toWindow(app.current.state.marks[0].points.at(-1).map((v) => v + 0.5));
        const out = (app.current.state.marks[0].width / 2) * app.current.view.scale + 14;
        return [x + out * 0.7071, y - out * 0.7071]"""
    )
    box = drawn.page.locator("#sheet").bounding_box()
    drawn.page.mouse.move(box["x"] + x, box["y"] + y)
    drawn.page.mouse.down()
    drawn.page.mouse.move(box["x"] + x + 20, box["y"] + y - 20, steps=5)
    drawn.page.mouse.up()
    drawn.colored()
    assert drawn.marks()[0]["width"] > width * 1.5
    assert steps(drawn) == 3
    drawn.color(BLUE)
    assert drawn.marks()[0]["color"] == BLUE
    drawn.page.click("#options [data-value=region]")
    assert drawn.marks()[0]["reach"] == "region"
    drawn.page.keyboard.press("Delete")
    assert drawn.marks() == []
    assert steps(drawn) == 6
    for _ in range(5):
        drawn.page.keyboard.press("Control+z")
    assert drawn.marks()[0]["width"] == width
    assert drawn.marks()[0]["color"] == RED


def test_a_color_follows_the_mark_while_it_is_dragged(drawn: Table) -> None:
    drawn.run("app.set({size: 40})")
    click(drawn, BOX)
    assert is_red(drawn.under(BOX))
    tool(drawn, "a")
    drawn.page.mouse.move(*drawn.window(BOX))
    drawn.page.mouse.down()
    drawn.page.mouse.move(*drawn.window(RING), steps=5)
    drawn.until("return app.current.color && !app.current.live.busy")
    assert is_red(drawn.under(RING))
    assert steps(drawn) == 1, "no step yet"
    drawn.page.mouse.up()
    drawn.colored()
    assert is_red(drawn.under(RING))
    assert steps(drawn) == 2


def test_marks_are_edited_by_keys_alone(drawn: Table) -> None:
    drawn.paint(ACROSS)
    tool(drawn, "a")
    drawn.page.keyboard.press("PageDown")
    before = chosen(drawn)
    drawn.page.keyboard.press("ArrowRight")
    drawn.page.keyboard.press("Shift+ArrowDown")
    drawn.page.keyboard.press("]")
    after = drawn.marks()[0]
    assert np.allclose(np.subtract(after["points"], before["points"]), (1, 10))
    assert after["width"] > before["width"]
    drawn.page.keyboard.press("Escape")
    assert chosen(drawn) is None
    assert drawn.run("return app.settings.tool") == "select"


def test_a_click_again_takes_the_mark_beneath(drawn: Table) -> None:
    drawn.paint(ACROSS)
    drawn.color(BLUE)
    drawn.paint(ACROSS)
    tool(drawn, "a")
    click(drawn, (120, 150))
    assert chosen(drawn)["color"] == BLUE
    click(drawn, (120, 150))
    assert chosen(drawn)["color"] == RED
    assert [m["color"] for m in drawn.marks()] == [RED, BLUE], "to select recolors nothing"


def test_a_locked_region_stays_as_it_is(drawn: Table) -> None:
    tool(drawn, "g")
    click(drawn, BOX)
    kept = drawn.under((300, 200))
    tool(drawn, "k")
    click(drawn, (280, 130))
    drawn.until("return app.current.state.locked.length === 1")
    drawn.colored()
    tool(drawn, "g")
    drawn.color(BLUE)
    click(drawn, BOX)
    click(drawn, RING)
    assert drawn.under((300, 200)) == kept
    assert near(drawn.under(RING), BLUE, 60)
    tool(drawn, "k")
    click(drawn, (310, 190))
    drawn.until("return app.current.state.locked.length === 0")
    drawn.colored()
    assert drawn.under((300, 200)) != kept
    drawn.page.keyboard.press("Control+z")
    drawn.colored()
    assert drawn.under((300, 200)) == kept


def test_nothing_changes_outside_the_lasso(drawn: Table) -> None:
    drawn.colored()
    outside, inside = drawn.under((300, 210)), drawn.under((300, 90))
    tool(drawn, "o")
    drawn.paint([(230, 50), (380, 50), (380, 150), (230, 150), (230, 60)])
    drawn.until("return app.current.state.within.length > 2")
    drawn.colored()
    tool(drawn, "g")
    click(drawn, BOX)
    assert drawn.under((300, 210)) == outside
    assert drawn.under((300, 100)) != inside
    tool(drawn, "o")
    drawn.page.click("#options button:visible")
    drawn.colored()
    assert state(drawn, "within") == []
    assert drawn.under((300, 210)) != outside


def test_a_lasso_is_set_corner_by_corner_too(drawn: Table) -> None:
    tool(drawn, "o")
    for place in [(230, 50), (380, 50), (380, 150)]:
        click(drawn, place)
    assert state(drawn, "within") == []
    click(drawn, (230, 50))
    drawn.until("return app.current.state.within.length === 3")
    click(drawn, (230, 50))
    drawn.page.keyboard.press("Escape")
    assert len(state(drawn, "within")) == 3


def test_everything_of_a_color_is_recolored_with_its_hints(drawn: Table) -> None:
    tool(drawn, "g")
    click(drawn, BOX)
    click(drawn, RING)
    drawn.color(BLUE)
    tool(drawn, "c")
    click(drawn, (300, 200))
    drawn.until("return app.current.state.recolored.length === 1")
    drawn.colored()
    assert [(m["color"], m["told"]) for m in drawn.marks()] == [(BLUE, RED)] * 2
    assert near(drawn.under((300, 200)), BLUE, 60)
    assert near(drawn.under(RING), BLUE, 60)
    assert steps(drawn) == 3
    assert drawn.page.locator("#exchanges .exchange").count() == 1
    drawn.page.keyboard.press("Control+z")
    drawn.colored()
    assert is_red(drawn.under(RING))


def test_what_no_hint_told_is_recolored_and_put_back(drawn: Table) -> None:
    before = drawn.under(RING)
    drawn.color(BLUE)
    tool(drawn, "c")
    click(drawn, RING)
    drawn.until("return app.current.state.recolored.length === 1")
    drawn.colored()
    assert near(drawn.under(RING), BLUE, 60)
    drawn.page.click("#exchanges .away")
    drawn.colored()
    assert drawn.under(RING) == before


def test_one_region_is_recolored_alone(drawn: Table) -> None:
    tool(drawn, "c")
    drawn.page.click("#options [data-value=region]:visible")
    before = drawn.under(RING)
    click(drawn, BOX)
    (mark,) = drawn.marks()
    assert (mark["kind"], mark["reach"], mark["color"]) == ("fill", "region", RED)
    assert near(drawn.under((300, 200)), RED, 40)
    assert np.abs(np.subtract(drawn.under(RING), before)).max() <= 3, "no more than light from beside it"


def everything(table: Table) -> None:
    """A drawing with locks, lasso, exchanged colors and reaches."""
    tool(table, "b")
    table.page.locator("#brush-reach input").fill("2")
    table.paint(ACROSS)
    tool(table, "k")
    click(table, BOX)
    table.until("return app.current.state.locked.length === 1")
    tool(table, "o")
    table.paint([(20, 20), (380, 20), (380, 280), (20, 280), (20, 30)])
    table.until("return app.current.state.within.length > 2")
    table.color(BLUE)
    tool(table, "c")
    click(table, RING)
    table.until("return app.current.state.recolored.length === 1")
    table.colored()


HELD = ("recolored", "locked", "within", "marks", "gap")


def test_a_project_keeps_what_is_held(drawn: Table, tmp_path: Any) -> None:
    everything(drawn)
    wanted = {name: state(drawn, name) for name in HELD}
    seen = [drawn.under(p) for p in (RING, BOX, OUTSIDE)]
    first = drawn.saved(lambda: drawn.page.keyboard.press("Control+s")).read_bytes()
    drawn.drop(first, "held.senga")
    assert {name: state(drawn, name) for name in HELD} == wanted
    assert [drawn.under(p) for p in (RING, BOX, OUTSIDE)] == seen
    second = drawn.saved(lambda: drawn.page.keyboard.press("Control+s"))
    project = Project.read(second.rename(tmp_path / "again.senga"))
    assert len(project.request.locked) == 1
    assert project.finished is not None
    with zipfile.ZipFile(tmp_path / "again.senga") as pack:
        assert json.loads(pack.read("project.json"))["request"]["recolored"] == wanted["recolored"]


def test_reloads_copies_and_closed_drawings_keep_what_is_held(drawn: Table) -> None:
    everything(drawn)
    wanted = {name: state(drawn, name) for name in HELD}
    seen = drawn.under(BOX)
    drawn.run("await app.current.saveNow()")
    drawn.page.reload()
    drawn.page.wait_for_selector("html[data-ready]")
    drawn.colored()
    assert {name: state(drawn, name) for name in HELD} == wanted
    assert drawn.under(BOX) == seen
    drawn.run("await app.duplicate(app.current)")
    drawn.colored()
    assert {name: state(drawn, name) for name in HELD} == wanted
    assert drawn.under(BOX) == seen
    key = drawn.run("const {key} = app.current; await app.close(app.current); return key")
    drawn.run("await app.reopen(given)", key)
    drawn.colored()
    assert {name: state(drawn, name) for name in HELD} == wanted
    assert drawn.under(BOX) == seen
    for _ in range(3):
        drawn.page.keyboard.press("Control+z")
    drawn.colored()
