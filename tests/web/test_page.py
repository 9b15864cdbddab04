"""What an illustrator does with the page, done in a real browser with the real server and the shipped colorist."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pages import ACROSS, BOX, RED, RING, Server, Table, browser, drawing, drawn, is_red, ready, server, table
from PIL import Image

from senga.color.files.project import Project

pytestmark = [pytest.mark.slow, pytest.mark.skipif(ready() != "", reason=ready())]


def test_a_red_stroke_turns_the_area_red_under_the_lines(drawn: Table) -> None:
    assert not is_red(drawn.under(RING))
    drawn.color(RED)
    drawn.paint(ACROSS)
    drawn.page.keyboard.press("q")  # hints away: what is red now is the color layer
    assert is_red(drawn.under(RING))
    assert is_red(drawn.seen((120, 160)))
    assert max(drawn.seen((120, 60))) < 90, "the line on top stays dark"


def test_strokes_are_sent_while_drawn_and_numbers_grow(drawn: Table) -> None:
    drawn.sent.clear()
    drawn.color(RED)
    drawn.paint(ACROSS)
    numbers = [message["seq"] for message in drawn.sent]
    assert len(numbers) >= 2
    assert numbers == sorted(set(numbers))
    growing = [len(m["request"]["marks"][0]["points"]) for m in drawn.sent if m["request"]["marks"]]
    assert growing == sorted(growing)


def test_undo_and_redo(drawn: Table) -> None:
    before = drawn.under(RING)
    drawn.color(RED)
    drawn.paint(ACROSS)
    drawn.page.keyboard.press("Control+z")
    drawn.colored()
    assert drawn.marks() == []
    assert drawn.under(RING) == before
    drawn.page.click("#redo")
    drawn.colored()
    assert is_red(drawn.under(RING))


def test_undo_is_250_deep_and_covers_settings(drawn: Table) -> None:
    drawn.run("""for (let i = 0; i < 249; i++) app.current.change({marks: [...app.current.state.marks,
        {kind: 'stroke', points: [[i, 10]], color: '#123456', width: 4}]}); app.current.change({mode: 'flat'});""")
    for _ in range(250):
        drawn.run("app.current.undo()")
    assert drawn.run("return [app.current.state.marks.length, app.current.state.mode]") == [0, "paint"]
    for _ in range(250):
        drawn.run("app.current.redo()")
    assert drawn.run("return [app.current.state.marks.length, app.current.state.mode]") == [249, "flat"]


def test_a_drag_of_a_slider_is_one_step(drawn: Table) -> None:
    place = drawn.page.locator('input[aria-label="Colored lines"]')
    box = place.bounding_box()
    x, y = box["x"] + 6, box["y"] + box["height"] / 2
    drawn.page.mouse.move(x, y)
    drawn.page.mouse.down()
    for step in range(1, 9):
        drawn.page.mouse.move(x + 6 * step, y)
        drawn.page.wait_for_timeout(40)
    drawn.page.mouse.up()
    assert drawn.run("return app.current.history.past.length") == 1
    drawn.colored()
    assert drawn.run("return app.current.color.ink !== null"), "tinted lines have their colors"
    for _ in range(4):
        drawn.page.keyboard.down("ArrowLeft")  # held: it repeats
        drawn.page.wait_for_timeout(30)
    drawn.page.keyboard.up("ArrowLeft")
    assert drawn.run("return app.current.history.past.length") == 2
    drawn.page.keyboard.press("Control+z")
    drawn.page.keyboard.press("Control+z")
    assert drawn.run("return app.current.state.tint") == 0


def test_a_reload_restores_everything(drawn: Table) -> None:
    drawn.color(RED)
    drawn.paint(ACROSS)
    drawn.page.click("#mode [data-value=flat]")
    drawn.colored()
    marks = drawn.marks()
    drawn.page.wait_for_timeout(900)
    drawn.page.reload()
    drawn.page.wait_for_selector("html[data-ready]")
    drawn.colored()
    assert drawn.marks() == marks
    assert drawn.run("return app.current.state.mode") == "flat"
    assert drawn.run("return app.settings.color") == RED
    assert is_red(drawn.under(RING))
    drawn.page.keyboard.press("Control+z")
    drawn.page.keyboard.press("Control+z")
    assert drawn.marks() == [], "the steps are kept too"


def test_a_server_that_forgot_the_drawing_gets_it_again(browser: Any) -> None:
    server = Server()
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
    try:
        table = Table.open(context, server.start())
        table.drop(drawing())
        table.color(RED)
        table.paint(ACROSS)
        known = table.run("return app.current.id")
        server.stop()
        table.page.wait_for_timeout(300)
        table.paint([(290, 150), (310, 150)], wait=False)
        server.start()
        table.until("return app.current.id !== given", known)
        table.colored()
        assert len(table.marks()) == 2
        assert is_red(table.under(RING))
        assert is_red(table.under(BOX))
        assert table.errors == []
    finally:
        context.close()
        server.stop()


def test_stale_answers_are_ignored(table: Table) -> None:
    shown = table.run("""
        const {Live} = await import('/page/live.js');
        const picture = async (color) => {
            const canvas = new OffscreenCanvas(2, 2), pen = canvas.getContext('2d');
            pen.fillStyle = color; pen.fillRect(0, 0, 2, 2);
            return new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
        };
        const sockets = [];
        const Real = WebSocket;
        window.WebSocket = class { static OPEN = 1; readyState = 1; sent = []; constructor() { sockets.push(this); }
            send(text) { this.sent.push(JSON.parse(text)); } close() {} };
        const heard = [];
        const live = new Live({color: ({seq}) => heard.push(seq), error() {}, link() {}, forgotten() {}});
        live.connect('x');
        const [socket] = sockets;
        socket.onopen();
        const answer = async (seq) => {
            const header = new TextEncoder().encode(JSON.stringify({seq, kind: 'color'}));
            const body = await picture('red');
            const data = new Uint8Array(4 + header.length + body.length);
            new DataView(data.buffer).setUint32(0, header.length, true);
            data.set(header, 4); data.set(body, 4 + header.length);
            socket.onmessage({data: data.buffer});
            await new Promise((go) => setTimeout(go, 60));
        };
        live.ask({}, 0, false);  // 1, a stroke grows
        live.ask({}, 0, false);  // 2, waits
        await answer(1);         // shown, and 2 goes out
        live.ask({}, 0, true);   // 3, the stroke ends: 2 is stale now
        await answer(2);
        await answer(3);
        await answer(2);
        live.close();
        window.WebSocket = Real;
        return [heard, socket.sent.map((m) => m.seq)];
    """)
    assert shown == [[1, 3], [1, 2, 3]]


def test_a_pen_presses(drawn: Table) -> None:
    pen: dict[str, Any] = {"pointerType": "pen", "number": 7}
    drawn.point("pointerdown", (95, 150), pressure=0.1, **pen)
    for i in range(1, 9):
        drawn.point("pointermove", (95 + 6 * i, 150), pressure=0.1 + 0.1 * i, **pen)
    drawn.point("pointerup", (143, 150), pressure=0, **pen)
    [mark] = drawn.marks()
    assert len(mark["pressure"]) == len(mark["points"]) >= 8
    assert mark["pressure"] == sorted(mark["pressure"])
    assert mark["pressure"][0] < 0.3 < 0.8 < mark["pressure"][-1] <= 1
    drawn.colored()
    assert "pressure" in drawn.sent[-1]["request"]["marks"][0]


def test_a_finger_paints_and_two_move_the_view(drawn: Table) -> None:
    touch = {"pointerType": "touch"}
    drawn.point("pointerdown", (100, 150), number=2, **touch)
    for x in range(105, 145, 5):
        drawn.point("pointermove", (x, 150), number=2, **touch)
    drawn.point("pointerup", (145, 150), number=2, **touch)
    [mark] = drawn.marks()
    assert "pressure" not in mark
    scale, angle = drawn.run("return [app.current.view.scale, app.current.view.angle]")
    drawn.point("pointerdown", (100, 150), number=3, **touch)
    drawn.point("pointerdown", (200, 150), number=4, isPrimary=False, **touch)
    for step in range(1, 9):
        drawn.page.evaluate(
            """([step]) => { const sheet = document.getElementById('sheet'), box = sheet.getBoundingClientRect();
                const at = (id, x, y) => sheet.dispatchEvent(new PointerEvent('pointermove', {bubbles: true,
                    pointerId: id, pointerType: 'touch', buttons: 1, clientX: box.left + x, clientY: box.top + y}));
                at(3, 400 - 12 * step, 400); at(4, 600 + 12 * step, 400 + 8 * step); }""",
            [step],
        )
    drawn.point("pointerup", (100, 150), number=3, **touch)
    drawn.point("pointerup", (100, 150), number=4, **touch)
    grown, turned = drawn.run("return [app.current.view.scale, app.current.view.angle]")
    assert grown != scale
    assert turned != angle
    assert len(drawn.marks()) == 1, "two fingers paint nothing"


def test_a_tap_of_two_fingers_takes_back(drawn: Table) -> None:
    drawn.paint(ACROSS)
    drawn.page.evaluate(
        """() => { const sheet = document.getElementById('sheet');
            const at = (kind, id, x) => sheet.dispatchEvent(new PointerEvent(kind, {bubbles: true, cancelable: true,
                pointerId: id, pointerType: 'touch', buttons: 1, clientX: x, clientY: 300}));
            for (const kind of ['pointerdown', 'pointerup']) { at(kind, 5, 300); at(kind, 6, 400); } }"""
    )
    assert drawn.marks() == []


def test_the_eyedropper_and_alt_take_the_color_under_the_pointer(drawn: Table) -> None:
    drawn.color(RED)
    drawn.paint(ACROSS)
    for take in ("key", "alt"):
        drawn.color("#00ff00")
        if take == "key":
            drawn.page.keyboard.press("i")
        else:
            drawn.page.keyboard.press("b")
            drawn.page.keyboard.down("Alt")
        drawn.page.mouse.click(*drawn.window(RING))
        drawn.page.keyboard.up("Alt")
        picked, before = drawn.run("return [app.settings.color, app.settings.before]")
        assert is_red((int(picked[1:3], 16), int(picked[3:5], 16), int(picked[5:], 16))), take
        assert before == "#00ff00"
    assert len(drawn.marks()) == 1, "nothing was painted"


def test_tools_lay_their_marks(drawn: Table) -> None:
    drawn.page.keyboard.press("l")
    drawn.paint([(90, 140), (110, 180), (150, 160)])
    drawn.page.keyboard.press("d")
    drawn.paint([(300, 140), (310, 150)])
    drawn.page.keyboard.press("g")
    drawn.paint([BOX])
    drawn.page.keyboard.press("e")
    drawn.paint([(90, 140), (120, 140)])
    line, dot, fill, erase = drawn.marks()
    assert len(line["points"]) == 2
    assert len(dot["points"]) == 1
    assert fill["kind"] == "fill"
    assert "width" not in fill
    assert erase["kind"] == "erase"
    assert "color" not in erase
    # A pixel's center has whole coordinates.
    assert np.allclose(fill["points"][0], np.array(BOX) - 0.5, atol=0.6)


def test_flat_mode_gives_even_areas(drawn: Table) -> None:
    drawn.color(RED)
    drawn.page.keyboard.press("g")
    drawn.paint([BOX])
    drawn.page.keyboard.press("m")
    drawn.colored()
    assert drawn.sent[-1]["request"]["mode"] == "flat"
    inside = {drawn.under((x, y)) for x in (260, 300, 340) for y in (100, 150, 200)}
    assert len(inside) == 1
    assert is_red(inside.pop())


def test_swatches_and_the_palette(drawn: Table) -> None:
    drawn.page.fill("#hex", "123ABC")
    drawn.page.keyboard.press("Enter")
    drawn.page.locator("#sheet").focus()
    drawn.page.keyboard.press("s")
    assert drawn.page.locator('#swatches [data-color="#123abc"]').count() == 1
    drawn.page.check("#palette-on")
    drawn.colored()
    assert "#123abc" in drawn.sent[-1]["request"]["palette"]
    drawn.page.keyboard.press("Control+z")
    drawn.colored()
    assert drawn.sent[-1]["request"]["palette"] == []
    with drawn.page.expect_file_chooser() as chooser:
        drawn.page.click("[data-part=swatches] [data-label=palette-open]")
    chooser.value.set_files({"name": "two.txt", "mimeType": "text/plain", "buffer": b"#0a0b0c\n#d0e0f0\n"})
    drawn.page.wait_for_selector('#swatches [data-color="#0a0b0c"]')
    drawn.page.locator('#swatches [data-color="#0a0b0c"]').focus()
    drawn.page.keyboard.press("Delete")
    assert drawn.page.locator('#swatches [data-color="#0a0b0c"]').count() == 0
    file = drawn.saved(lambda: drawn.page.select_option("[data-part=swatches] .save-as", "gpl"))
    assert file.read_bytes().startswith(b"GIMP Palette")


def test_a_reference_is_brought_once_and_undone(drawn: Table) -> None:
    with drawn.page.expect_file_chooser() as chooser:
        drawn.page.click("#reference")
    sky = Path(__file__).parents[2] / "examples" / "cook-hints.png"
    chooser.value.set_files(str(sky))
    drawn.page.wait_for_selector("#reference img:not([hidden])")
    drawn.colored()
    assert drawn.sent[-1]["request"]["reference"] == "cook-hints.png"
    drawn.page.click("[data-label=reference-off]")
    drawn.colored()
    assert drawn.sent[-1]["request"]["reference"] is None
    drawn.page.keyboard.press("Control+z")
    drawn.colored()
    assert drawn.sent[-1]["request"]["reference"] == "cook-hints.png"


def test_an_idea_is_adopted(drawn: Table) -> None:
    drawn.page.click("#ask-ideas")
    drawn.page.wait_for_selector("#ideas .idea:nth-child(3)", timeout=60000)
    drawn.page.wait_for_selector('#ideas[aria-busy="false"]', timeout=90000)
    assert drawn.page.locator("#ideas .take").count() == 8
    idea = drawn.run("return app.current.ideas[2]")
    drawn.page.click("#ideas .idea:nth-child(3) .take")
    drawn.colored()
    asked = drawn.sent[-1]["request"]
    assert (asked["seed"], asked["palette"]) == (idea["seed"], idea["palette"])
    assert drawn.page.is_checked("#palette-on") == bool(idea["palette"])
    drawn.page.keyboard.press("Control+z")
    drawn.colored()
    asked = drawn.sent[-1]["request"]
    assert (asked["seed"], asked["palette"]) == (0, [])


def test_more_ideas_go_on_from_the_last(drawn: Table) -> None:
    seeds = []
    for _ in range(2):
        drawn.page.click("#ask-ideas")
        drawn.until("return app.current.ideas?.length === 8 && !app.current.thinking", seconds=150)
        seeds.append(drawn.run("return app.current.ideas[0].seed"))
    assert seeds == [0, 8]


def test_light_is_a_setting_like_others(drawn: Table) -> None:
    drawn.page.locator('input[aria-label="Light"]').evaluate(
        """place => { place.value = '0.5';
            for (const kind of ['input', 'change']) place.dispatchEvent(new Event(kind)); }"""
    )
    drawn.colored()
    asked = drawn.sent[-1]["request"]
    assert asked["light"] == 0.5
    drawn.page.click("#export")
    project = Project.from_bytes(drawn.saved(lambda: drawn.page.click("[data-format=senga]")).read_bytes(), "it")
    assert project.request.light == 0.5
    drawn.page.keyboard.press("Control+z")
    drawn.colored()
    assert drawn.sent[-1]["request"]["light"] == 1


def test_export_psd_reads_back(drawn: Table) -> None:
    psd = pytest.importorskip("psd_tools")
    drawn.color(RED)
    drawn.paint(ACROSS)
    drawn.page.click("#export")
    file = drawn.saved(lambda: drawn.page.click("[data-format=psd]"))
    read = psd.PSDImage.open(file)
    assert (read.width, read.height) == (400, 300)
    assert len(list(read.descendants())) >= 3


def test_export_png_keeps_the_lines(drawn: Table) -> None:
    drawn.page.click("#export")
    file = drawn.saved(lambda: drawn.page.click("[data-format=png]"))
    with Image.open(file) as picture:
        assert picture.size == (400, 300)
        assert np.asarray(picture.convert("RGB"))[60, 120].max() < 20


def test_a_project_comes_back(drawn: Table) -> None:
    drawn.color(RED)
    drawn.paint(ACROSS)
    marks = drawn.marks()
    file = drawn.saved(lambda: drawn.page.keyboard.press("Control+s"))
    read = Project.from_bytes(file.read_bytes(), "ring.senga")
    assert read.drawing == drawing()
    assert [m.to_table() for m in read.request.marks] == [{**m, "points": m["points"]} for m in marks]
    assert len(read.swatches) == 11
    assert read.model is not None
    drawn.drop(file.read_bytes(), "again.senga")
    assert drawn.marks() == marks
    assert is_red(drawn.under(RING))


def test_several_drawings_and_export_all(drawn: Table) -> None:
    drawn.drop(drawing(200, 260), "second.png")
    assert drawn.page.locator("#tabs [role=tab]").count() == 2
    drawn.page.keyboard.press("Alt+PageUp")
    assert drawn.page.get_attribute("#tabs [aria-selected=true]", "title") == "ring.png"
    drawn.colored()
    drawn.page.click("#export")
    file = drawn.saved(lambda: drawn.page.click("#export-all"))
    with zipfile.ZipFile(file) as packed:
        assert packed.testzip() is None
        assert packed.namelist() == ["ring-color.png", "second-color.png"]
        with packed.open("second-color.png") as one, Image.open(one) as picture:
            assert picture.size == (260, 200)


def test_what_is_no_drawing_is_told(table: Table) -> None:
    table.drop(b"not a picture", "broken.png", wait=False)
    table.page.wait_for_selector(".note.error")
    assert table.page.locator("#tabs [role=tab]").count() == 0
    assert table.page.is_visible("#open-first")


def test_before_and_after(drawn: Table) -> None:
    drawn.color(RED)
    drawn.paint(ACROSS)
    drawn.page.keyboard.press("q")
    drawn.page.keyboard.press("\\")
    drawn.page.keyboard.press("End")
    assert drawn.seen((120, 165)) == (255, 255, 255)
    drawn.page.keyboard.press("Home")
    assert is_red(drawn.seen((120, 165)))


def test_after_is_what_is_exported_before_the_lines_alone(drawn: Table) -> None:
    drawn.color("#00ff00")
    drawn.paint(ACROSS)
    drawn.run("app.current.change({tint: 1})")
    drawn.colored()
    drawn.page.keyboard.press("w")  # layers that are off in the window are in the file all the same
    drawn.page.keyboard.press("\\")
    drawn.page.keyboard.press("Home")
    drawn.page.wait_for_timeout(100)
    drawn.page.click("#export")
    file = drawn.saved(lambda: drawn.page.click("[data-format=png]"))
    with Image.open(file) as picture:
        made = np.asarray(picture.convert("RGB")).astype(int)
    for x, y in [(120, 150), (140, 150), (120, 60), (300, 150), (20, 20)]:
        seen, meant = drawn.seen((x + 0.5, y + 0.5)), made[y, x]
        assert np.abs(np.array(seen) - meant).max() < 40, ((x, y), seen, meant)
    drawn.page.locator("#divider").press("End")
    drawn.page.wait_for_timeout(100)
    assert drawn.seen((120, 150)) == (255, 255, 255)
    assert max(drawn.seen((120, 60))) < 90


def test_layers_on_and_off(drawn: Table) -> None:
    on_line = (120, 60)
    assert max(drawn.seen(on_line)) < 90
    drawn.page.keyboard.press("w")
    drawn.page.wait_for_timeout(60)
    assert max(drawn.seen(on_line)) > 90
    drawn.page.keyboard.press("v")
    drawn.page.wait_for_timeout(60)
    assert drawn.seen(RING) == (255, 255, 255)


def test_by_keyboard_alone(drawn: Table) -> None:
    page = drawn.page
    page.locator("body").click(position={"x": 640, "y": 20})
    page.keyboard.press("Tab")
    for _ in range(40):
        if page.evaluate("document.activeElement.id") == "sheet":
            break
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "sheet"
    ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert ring == "solid", "the focus is seen"
    page.keyboard.press("g")
    x, y = drawn.run("return app.current.view.toDrawing(app.current.view.middle)")
    for _ in range(4):
        page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Enter")
    [mark] = drawn.marks()
    assert mark["kind"] == "fill"
    assert mark["points"][0][0] < x - 20
    assert abs(mark["points"][0][1] + 0.5 - y) < 1
    page.keyboard.press("?")
    assert page.is_visible("#help")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+z")
    assert drawn.marks() == []


def test_everything_has_a_name(drawn: Table) -> None:
    nameless = drawn.page.evaluate(
        """() => [...document.querySelectorAll('button, input, select, canvas[tabindex], [role=slider], img')]
            .filter((e) => !e.hidden && e.type !== 'file')
            .filter((e) => !(e.ariaLabel || e.textContent.trim() || e.labels?.length || e.alt !== undefined))
            .map((e) => e.outerHTML)"""
    )
    assert nameless == []


@pytest.mark.parametrize(
    ("locale", "word"),
    [("zh-CN", "把线稿拖到这里"), ("ja-JP", "線画をここにドロップ"), ("de-DE", "Drop a drawing here")],
)
def test_the_browser_chooses_the_language(browser: Any, server: Server, locale: str, word: str) -> None:
    context = browser.new_context(locale=locale)
    opened = Table.open(context, f"http://127.0.0.1:{server.port}/")
    assert opened.page.inner_text("h1") == word
    opened.page.click("#menu")
    opened.page.select_option("#choose-language", "ja")
    assert opened.page.inner_text("h1") == "線画をここにドロップ"
    context.close()


def test_360_px_wide(browser: Any, server: Server) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, locale="en-US")
    opened = Table.open(context, f"http://127.0.0.1:{server.port}/")
    page = opened.page
    wide = "() => [document.documentElement.scrollWidth, document.body.scrollWidth]"
    opened.drop(drawing())
    assert page.evaluate(wide) == [360, 360]
    tools = page.locator("#tools").bounding_box()
    assert tools["y"] > 650, "tools stand at the bottom"
    for place in page.locator("#tools button:visible, #top button:visible").all():
        place.scroll_into_view_if_needed()  # the bar of the tools scrolls
        box = place.bounding_box()
        assert box["x"] >= 0, place
        assert box["x"] + box["width"] <= 360, place
    for sheet in ("color", "conditions"):
        page.click(f"#{sheet}-sheet")
        page.wait_for_timeout(300)
        assert page.is_visible("#panel")
        assert page.evaluate(wide) == [360, 360]
        assert page.evaluate(
            "() => { const p = document.getElementById('panel'); return p.scrollWidth <= p.clientWidth; }"
        )
    page.keyboard.press("Escape")
    page.wait_for_timeout(300)
    assert not page.is_visible("#panel")
    page.tap("#tools [data-tool=fill]")
    page.touchscreen.tap(*opened.window(RING))
    assert [m["kind"] for m in opened.marks()] == ["fill"]
    assert opened.errors == []
    context.close()
