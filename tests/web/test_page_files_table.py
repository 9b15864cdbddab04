"""Files of the page: saved and opened again, exported as wanted, closed and back; tabs; two windows; real browser."""

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pages import ACROSS, BOX, RED, RING, Server, Table, browser, drawing, drawn, is_red, ready, server, table
from PIL import Image

from senga.color.files.project import Project

pytestmark = [pytest.mark.slow, pytest.mark.skipif(ready() != "", reason=ready())]

PICKERS = """window.keepPickers = true; window.asked = 0;
window.showSaveFilePicker = async ({suggestedName}) => { window.asked += 1;
    return (await navigator.storage.getDirectory()).getFileHandle(suggestedName, {create: true}); };
window.showOpenFilePicker = async () =>
    [await (await navigator.storage.getDirectory()).getFileHandle(window.toOpen)];"""


def tabs(table: Table) -> list[str]:
    return [place.inner_text() for place in table.page.locator("#tabs [role=tab]").all()]


def unsaved(table: Table) -> list[bool]:
    return [place.is_visible() for place in table.page.locator("#tabs .unsaved").all()]


def test_saved_to_one_file_again_and_again_and_opened_from_it(browser: Any, server: Server) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
    context.add_init_script(PICKERS)
    table = Table.open(context, f"http://127.0.0.1:{server.port}/")
    read = """const folder = await navigator.storage.getDirectory();
        const file = await (await folder.getFileHandle('ring.senga')).getFile();
        return [...new Uint8Array(await file.arrayBuffer())];"""
    table.drop(drawing())
    assert unsaved(table) == [False], "nothing was done yet"
    table.color(RED)
    for count in (1, 2):
        table.paint([(95, 140 + 10 * count), (145, 140 + 10 * count)])
        assert unsaved(table) == [True]
        assert table.page.title().startswith("•")
        table.page.keyboard.press("Control+s")
        table.until("return !document.title.startsWith('•')")
        assert unsaved(table) == [False]
        project = Project.from_bytes(bytes(table.run(read)), "it")
        assert len(project.request.marks) == count
        assert project.drawing == drawing()
    assert table.page.evaluate("window.asked") == 1, "the second time it is known where"
    table.page.keyboard.press("Control+Shift+s")
    table.until("return window.asked === 2")
    table.page.keyboard.press("Control+z")
    assert unsaved(table) == [True]
    table.page.wait_for_timeout(800)
    table.page.reload()
    table.page.wait_for_selector("html[data-ready]")
    assert unsaved(table) == [True], "that is kept too"
    table.page.evaluate("window.toOpen = 'ring.senga'")
    table.page.click("#open")
    table.page.wait_for_timeout(600)
    assert len(tabs(table)) == 1, "it is open already"
    table.page.click("#tabs .away")
    table.page.click("#open-first")
    table.page.wait_for_selector("#tabs [role=tab]")
    table.colored()
    assert len(table.marks()) == 2
    table.color(RED)
    table.paint([BOX, (310, 150)])
    table.page.keyboard.press("Control+s")
    table.until("return !document.title.startsWith('•')")
    assert table.page.evaluate("window.asked") == 0
    assert len(Project.from_bytes(bytes(table.run(read)), "it").request.marks) == 3
    assert table.errors == []
    context.close()


def test_a_save_that_fails_leaves_the_mark_and_says_so(browser: Any, server: Server) -> None:
    context = browser.new_context(locale="en-US")
    context.add_init_script(
        "window.keepPickers = true; window.showSaveFilePicker = async () => ({name: 'x.senga', "
        "createWritable() { throw new DOMException('the disk is full', 'QuotaExceededError'); }});"
    )
    table = Table.open(context, f"http://127.0.0.1:{server.port}/")
    table.drop(drawing())
    table.paint(ACROSS)
    table.page.keyboard.press("Control+s")
    table.page.wait_for_selector(".note.error")
    assert unsaved(table) == [True]
    context.close()


def test_size_resolution_quality_and_transparency_of_exports(drawn: Table) -> None:
    drawn.color(RED)
    drawn.paint(ACROSS)
    drawn.page.click("#export")
    drawn.page.click("#exports summary")
    drawn.page.fill("#export-side", "200")
    drawn.page.fill("#export-dpi", "350")
    drawn.page.check("#export-transparent")

    def exported(kind: str) -> Any:
        if not drawn.page.locator("#exports").is_visible():
            drawn.page.click("#export")
        path = drawn.saved(lambda: drawn.page.click(f"[data-format={kind}]"))
        return Image.open(BytesIO(Path(path).read_bytes()))

    made = exported("png")
    assert made.size == (200, 150)
    assert made.info["dpi"] == pytest.approx((350, 350), abs=0.1)
    pixels = np.asarray(made.convert("RGBA"))
    assert pixels[3, 3, 3] == 0
    red, green, blue = (int(v) for v in pixels[80, 60, :3])
    assert is_red((red, green, blue))
    assert pixels[80, 60, 3] == 255
    made = exported("jpg")
    assert (made.format, made.size) == ("JPEG", (200, 150))
    made = exported("psd")
    assert made.size == (400, 300), "layers have the drawing's size"


def test_a_long_work_shows_how_far_it_is_and_can_be_cancelled(drawn: Table) -> None:
    drawn.page.route("**/export?*", lambda route: None)  # never answered
    drawn.page.click("#export")
    drawn.page.click("[data-format=png]")
    drawn.page.wait_for_selector("#works .work")
    drawn.page.click("#works .work button")
    drawn.until("return document.querySelectorAll('#works .work').length === 0")
    assert drawn.page.locator(".note.error").count() == 0
    drawn.page.route("**/candidates", lambda route: None)
    drawn.page.click("#ask-ideas")
    drawn.page.wait_for_selector("#works .work")
    drawn.page.click("#works .work button")
    drawn.until("return !app.current.thinking")
    assert drawn.page.locator("#ask-ideas").is_enabled()
    drawn.page.route("**/api/v1/drawings", lambda route: None)
    drawn.drop(drawing(), "second.png", wait=False)
    drawn.page.wait_for_selector("#works .work")
    drawn.page.click("#works .work button")
    drawn.until("return app.drawings.length === 1 && app.current.name === 'ring.png'")


def test_a_closed_drawing_comes_back_at_once_and_after_a_reload(drawn: Table) -> None:
    drawn.color(RED)
    drawn.paint(ACROSS)
    marks = drawn.marks()
    drawn.page.click("#tabs .away")
    drawn.page.click(".note .act")
    drawn.page.wait_for_selector("#tabs [role=tab]")
    drawn.colored()
    assert drawn.marks() == marks
    drawn.page.click("#tabs .away")
    drawn.page.wait_for_selector("#recent-here [data-key-of]")
    drawn.page.reload()
    drawn.page.wait_for_selector("html[data-ready]")
    assert tabs(drawn) == []
    drawn.page.wait_for_selector("#recent-here img[src]")
    drawn.page.click("#recent-here [data-key-of]")
    drawn.page.wait_for_selector("#tabs [role=tab]")
    drawn.colored()
    assert drawn.marks() == marks
    assert is_red(drawn.under(RING))
    drawn.page.keyboard.press("Control+z")
    assert drawn.marks() == [], "its steps too"
    drawn.page.click("#tabs .away")
    drawn.page.click("#recent-here .away")
    drawn.until("return !document.querySelector('#recent-here [data-key-of]')")
    assert drawn.run("const s = await import('/page/storage.js'); return (await s.keys('files')).length") == 0


def test_tabs_are_dragged_renamed_and_copied(drawn: Table) -> None:
    drawn.color(RED)
    drawn.paint(ACROSS)
    drawn.drop(drawing(200, 260), "second.png")
    first, second = (place.bounding_box() for place in drawn.page.locator("#tabs .tab").all())
    drawn.page.mouse.move(first["x"] + 20, first["y"] + 10)
    drawn.page.mouse.down()
    drawn.page.mouse.move(second["x"] + second["width"] - 6, first["y"] + 10, steps=8)
    drawn.page.mouse.up()
    assert tabs(drawn) == ["second.png", "ring.png"]
    drawn.page.keyboard.press("Alt+Shift+PageDown")
    assert tabs(drawn) == ["ring.png", "second.png"]
    drawn.page.keyboard.press("Alt+PageUp")
    drawn.page.keyboard.press("F2")
    drawn.page.keyboard.type("<b>猫</b>")
    drawn.page.keyboard.press("Enter")
    assert tabs(drawn) == ["<b>猫</b>", "second.png"]
    drawn.page.click("#tabs .tab:first-child [role=tab]", button="right")
    drawn.page.click("#tab-menu [data-work=duplicate]")
    drawn.until("return app.drawings.length === 3")
    drawn.colored()
    assert tabs(drawn) == ["<b>猫</b>", "Copy of <b>猫</b>", "second.png"]
    assert len(drawn.marks()) == 1
    drawn.page.keyboard.press("Control+z")
    drawn.paint([BOX, (310, 150)])
    drawn.page.keyboard.press("Alt+PageUp")
    assert len(drawn.marks()) == 1, "a copy is its own"
    drawn.page.wait_for_timeout(800)
    drawn.page.reload()
    drawn.page.wait_for_selector("html[data-ready]")
    assert tabs(drawn) == ["<b>猫</b>", "Copy of <b>猫</b>", "second.png"]
    assert drawn.run("return app.current.name") == "<b>猫</b>"


def test_a_second_window_never_disturbs_the_first(browser: Any, server: Server) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
    address = f"http://127.0.0.1:{server.port}/"
    first = Table.open(context, address)
    first.drop(drawing())
    first.drop(drawing(200, 260), "second.png")
    first.color(RED)
    first.paint([(60, 90), (90, 90)])
    first.page.wait_for_timeout(800)
    second = Table.open(context, address)
    assert tabs(second) == []
    second.drop(drawing(240, 240), "other.png")
    second.run("app.addSwatches(['#010203'])")
    second.page.wait_for_timeout(800)
    first.page.bring_to_front()
    first.run("app.set({size: 20})")
    first.page.wait_for_timeout(500)
    for _ in range(2):
        first.page.reload()
        first.page.wait_for_selector("html[data-ready]")
        assert tabs(first) == ["ring.png", "second.png"]
        first.colored()
        assert len(first.marks()) == 1
    assert "#010203" in first.run("return app.swatches"), "what the other window set is not lost"
    first.page.close(run_before_unload=True)
    second.page.reload()
    second.page.wait_for_selector("html[data-ready]")
    assert set(tabs(second)) == {"other.png", "ring.png", "second.png"}, "what a closed window had comes to the next"
    assert first.errors == second.errors == []
    context.close()
