"""What a hand does at the page: sliders beside the drawing, keys of one's own, a turned view, a steady stroke."""

import io
import math
from typing import Any

import numpy as np
import pytest
from pages import ACROSS, BOX, RED, RING, Server, Table, browser, drawing, drawn, is_red, ready, server, table
from PIL import Image

from layered_files import L, psd, solid
from senga.color.files.project import Project

pytestmark = [pytest.mark.slow, pytest.mark.skipif(ready() != "", reason=ready())]


def reopened(table: Table) -> None:
    table.page.wait_for_timeout(700)
    table.page.reload()
    table.page.wait_for_selector("html[data-ready]")
    table.colored()


def test_how_far_a_hint_reaches_is_set_beside_the_drawing(drawn: Table) -> None:
    box = drawn.page.locator("#brush-reach input").bounding_box()
    drawn.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 3)
    drawn.paint(ACROSS)
    for _ in range(3):
        drawn.page.keyboard.press("{")
    drawn.paint(ACROSS)
    drawn.page.keyboard.press("}")
    assert drawn.page.locator("#brush-reach output").text_content() == "Object"
    drawn.paint(ACROSS)
    marks = drawn.sent[-1]["request"]["marks"]
    assert [m.get("reach") for m in marks] == ["far", "region", None], "what is usual is not said"
    assert drawn.page.locator(":text-is('Object'):visible").count() == 1, "reach stands in one place"


def test_sliders_can_be_hidden_and_stay_so(drawn: Table) -> None:
    drawn.page.keyboard.press("y")
    assert drawn.page.locator("#brush-size").is_hidden()
    reopened(drawn)
    assert drawn.page.locator("#brush-size").is_hidden()
    drawn.page.click("#beside-toggle")
    assert drawn.page.locator("#brush-size").is_visible()


@pytest.mark.parametrize("way", ["ctrl-alt", "alt-right"])
def test_a_drag_with_keys_sizes_the_brush_and_paints_nothing(drawn: Table, way: str) -> None:
    held = ["Control", "Alt"] if way == "ctrl-alt" else ["Alt"]
    button: Any = "left" if way == "ctrl-alt" else "right"
    x, y = drawn.window(RING)
    drawn.page.mouse.move(x, y)
    for key in held:
        drawn.page.keyboard.down(key)
    radius = "return renderer.brushWidth() * app.current.view.scale / 2"
    before = drawn.run(radius)
    drawn.page.mouse.down(button=button)
    drawn.page.mouse.move(x + 40, y, steps=5)
    assert drawn.run(radius) == pytest.approx(before + 40, abs=1)
    assert drawn.page.inner_text("#readout") == f"{round(drawn.run('return renderer.brushWidth()'))} px"
    at = drawn.run("return renderer.pointer.at")
    stage = drawn.page.locator("#sheet").bounding_box()
    assert (stage["x"] + at[0], stage["y"] + at[1]) == pytest.approx((x, y), abs=1), "the ring grows where it is"
    drawn.page.mouse.move(x + 10, y, steps=5)
    assert drawn.run(radius) == pytest.approx(before + 10, abs=1)
    drawn.page.mouse.up(button=button)
    for key in held:
        drawn.page.keyboard.up(key)
    assert drawn.marks() == []
    size = drawn.run("return app.settings.size")
    drawn.page.keyboard.press("]")
    assert drawn.run("return app.settings.size") > size


def test_a_key_is_changed_by_pressing_another(drawn: Table) -> None:
    page = drawn.page
    page.keyboard.press("?")
    page.click("#help [data-work=brush]")
    page.keyboard.press("j")
    assert page.inner_text("#help [data-work=brush]") == "J"
    page.keyboard.press("Escape")
    assert page.locator("#help").is_hidden()
    page.keyboard.press("e")
    page.keyboard.press("b")
    assert drawn.run("return app.settings.tool") == "erase", "the old key does nothing now"
    page.keyboard.press("j")
    assert drawn.run("return app.settings.tool") == "brush"
    assert page.get_attribute("#tools [data-tool=brush]", "title").endswith("(J)")
    reopened(drawn)
    page.keyboard.press("e")
    page.keyboard.press("j")
    assert drawn.run("return app.settings.tool") == "brush", "it is remembered"


def test_a_key_that_another_work_has_is_told_and_can_be_taken_over(drawn: Table) -> None:
    page = drawn.page
    page.keyboard.press("?")
    page.click("#help [data-work=brush]")
    page.keyboard.press("Control+w")
    assert "browser" in page.inner_text("#key-said")
    page.keyboard.press("f")
    assert "Mirror" in page.inner_text("#key-said")
    assert page.inner_text("#help [data-work=brush]") == "B", "nothing is taken unasked"
    page.click("#key-take")
    assert page.inner_text("#help [data-work=brush]") == "F"
    assert page.inner_text("#help [data-work=mirror]") == "no key"
    page.click("#help [data-work=brush]")
    page.keyboard.press("Escape")
    assert page.locator("#help").is_visible(), "Escape leaves the key as it is, and the sheet open"
    page.click("#keys-usual")
    assert page.inner_text("#help [data-work=mirror]") == "F"
    assert drawn.run("return app.settings.keys") == {}


def test_every_work_of_the_table_is_done_by_its_key(drawn: Table) -> None:
    left = drawn.run("""const {KEYS} = await import('/page/keys.js');
        const {worksThere} = await import('/page/keyboard.js');
        return KEYS.map(([, name]) => name).filter((name) => !name.startsWith('hold-') && !worksThere(name))""")
    assert left == []


@pytest.mark.parametrize(("degrees", "mirrored"), [(37, False), (-128, True), (90, True)])
def test_strokes_land_where_the_pen_is_in_a_turned_view(drawn: Table, degrees: int, mirrored: bool) -> None:
    page = drawn.page
    drawn.run("app.set({smoothing: 0})")
    page.click("#turned")
    page.fill("#degrees", str(degrees))
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert page.inner_text("#turned") == f"{degrees}°"
    drawn.page.locator("#sheet").focus()
    if mirrored:
        page.keyboard.press("f")
        page.click("#turned")
        page.fill("#degrees", str(degrees))
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
    assert drawn.run("return [app.current.view.degrees, app.current.view.mirror]") == [degrees, mirrored]
    x, y = drawn.window((200, 150))
    up = drawn.window((200, 100))
    seen = math.degrees(math.atan2(up[0] - x, y - up[1]))
    assert seen == pytest.approx(degrees, abs=0.6), "up points where the number says"
    drawn.color(RED)
    drawn.paint(ACROSS)
    [mark] = drawn.marks()
    np.testing.assert_allclose(mark["points"][0], np.subtract(ACROSS[0], 0.5), atol=1)
    np.testing.assert_allclose(mark["points"][-1], np.subtract(ACROSS[1], 0.5), atol=1)
    assert is_red(drawn.under(RING))
    assert is_red(drawn.seen((120, 170))), "and is seen there"
    page.keyboard.press("g")
    drawn.paint([BOX])
    np.testing.assert_allclose(drawn.marks()[-1]["points"], [np.subtract(BOX, 0.5)], atol=1)
    page.keyboard.press("i")
    drawn.color("#00ff00")
    page.mouse.click(*drawn.window(RING))
    assert drawn.run("return app.settings.color") != "#00ff00"
    page.keyboard.press("5")
    assert drawn.run("return app.current.view.degrees") == 0


def test_a_held_key_and_a_drag_turn_the_view_freely(drawn: Table) -> None:
    page = drawn.page
    middle = drawn.run("return app.current.view.middle")
    stage = page.locator("#sheet").bounding_box()
    cx, cy = stage["x"] + middle[0], stage["y"] + middle[1]

    def at(angle: float) -> tuple[float, float]:
        return cx + 200 * math.cos(math.radians(angle)), cy + 200 * math.sin(math.radians(angle))

    page.locator("#sheet").focus()
    page.mouse.move(*at(0))
    page.keyboard.down("Shift")
    page.keyboard.down("Space")
    page.mouse.down()
    page.mouse.move(*at(33), steps=4)
    assert drawn.run("return app.current.view.degrees") == pytest.approx(33, abs=1)
    assert page.inner_text("#readout").endswith("°")
    page.mouse.move(*at(88), steps=4)
    assert drawn.run("return app.current.view.degrees") == 90, "it catches at a quarter"
    page.mouse.move(*at(57), steps=4)
    page.mouse.up()
    page.keyboard.up("Space")
    page.keyboard.up("Shift")
    assert drawn.run("return app.current.view.degrees") == pytest.approx(57, abs=1)
    assert drawn.marks() == []
    page.keyboard.press("r")
    assert drawn.run("return app.current.view.degrees") == 60, "by steps it comes to whole ones"
    page.keyboard.press("Shift+R")
    assert drawn.run("return app.current.view.degrees") == 45


def test_a_steady_hand_evens_a_stroke_out_and_leaves_it_at_the_pen(drawn: Table) -> None:
    pen: dict[str, Any] = {"pointerType": "pen", "number": 7}
    waves = {}
    for strength in (0, 0.7):
        drawn.run("app.set({smoothing: given})", strength)
        drawn.point("pointerdown", (60, 150), pressure=0.2, **pen)
        for i in range(1, 46):
            drawn.point("pointermove", (60 + 2 * i, 150 + 4 * (-1) ** i), pressure=0.2 + 0.015 * i, **pen)
        end = drawn.run("return app.current.growing.points.at(-1)")
        np.testing.assert_allclose(end, (149.5, 145.5), atol=1.5, err_msg="the eye sees it up to the pen")
        drawn.point("pointerup", (150, 146), pressure=0, **pen)
        mark = drawn.marks()[-1]
        np.testing.assert_allclose(mark["points"][-1], (149.5, 145.5), atol=1.5)
        assert len(mark["pressure"]) == len(mark["points"])
        assert mark["pressure"][0] < 0.4 < 0.8 < mark["pressure"][-1]
        middle = [y for x, y in mark["points"] if 90 < x < 125]
        waves[strength] = np.ptp(middle)
    assert waves[0] > 6
    assert waves[0.7] < waves[0] / 2


def test_light_and_shade_are_set_apart_each_drag_one_step(drawn: Table) -> None:
    def drag(words: str, value: float) -> None:
        drawn.page.locator(f'#panel input[aria-label="{words}"]').evaluate(
            """(place, value) => { for (const part of [0.3, 0.7, 1]) {
                    place.value = String(value * part); place.dispatchEvent(new Event('input')); }
                place.dispatchEvent(new Event('change')); }""",
            value,
        )

    drag("Shade", 1.5)
    drag("Light", 0.5)
    drag("Soft shade", 0.6)
    drag("Light from", 1)
    drawn.color("#4050c0")
    drawn.page.click("#shade-tint-take")
    drawn.colored()
    asked = drawn.sent[-1]["request"]
    assert (asked["light"], asked["shade"]) == (0.5, 1.5)
    assert (asked["light_softness"], asked["shade_softness"], asked["light_side"]) == (0, 0.6, 1)
    assert asked["shade_tint"] == "#4050c0"
    file = drawn.saved(lambda: drawn.page.keyboard.press("Control+s"))
    kept = Project.from_bytes(file.read_bytes(), "it").request
    assert (kept.shade, kept.shade_tint, kept.light_side) == (1.5, "#4050c0", 1)
    drawn.drop(file.read_bytes(), "again.senga")
    assert drawn.run("return app.current.state.shadeTint") == "#4050c0"
    drawn.page.keyboard.press("Alt+PageUp")
    for _ in range(5):
        drawn.page.keyboard.press("Control+z")
    assert drawn.run("return [app.current.state.light, app.current.state.shade, app.current.history.past.length]") == [
        1,
        None,
        0,
    ]


def test_the_layer_that_is_the_lines_is_told_and_another_can_be_chosen(table: Table) -> None:
    lines = np.asarray(Image.open(io.BytesIO(drawing())))
    ink = np.dstack([np.zeros((*lines.shape, 3), np.uint8), 255 - lines])
    other = np.roll(ink, 40, 0)
    content = psd(
        np.dstack([lines] * 3), [L("paper", solid((255, 255, 255, 255), 300, 400)), L("draft", other), L("ink", ink)]
    )
    table.drop(content, "figure.psd", wait=False)
    table.page.wait_for_selector("#notes .note:has-text('ink')")
    table.colored()
    table.until("return document.getElementById('line-layer').value === 'ink'")
    before = table.run("return app.current.source.size")
    table.page.select_option("#line-layer", "draft")
    table.until("return app.current.source !== app.current.blob && app.current.opened && !app.current.busy")
    table.colored()
    assert max(table.seen((120, 100))) < 90, "the draft's ring is 40 px lower"
    reopened(table)
    table.until("return document.getElementById('line-layer').value === 'draft'")
    assert table.run("return app.current.source.size") == before, "the document is kept"
