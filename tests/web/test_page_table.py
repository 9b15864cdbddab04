"""The page as a table to work at: frames, widths, errors, projects, what it keeps; in a real browser."""

import json
import zipfile
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from pages import ACROSS, BOX, RED, RING, Server, Table, browser, drawing, drawn, ready, server, table
from PIL import Image

from senga.color.files.project import Project
from senga.color.request import Request

pytestmark = [pytest.mark.slow, pytest.mark.skipif(ready() != "", reason=ready())]


def framed(table: Table) -> bool:
    """Whether what has the focus has a frame."""
    style: str = table.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    return style != "none"


def test_only_keys_make_a_frame(drawn: Table) -> None:
    drawn.page.keyboard.press("b")
    drawn.paint(ACROSS)
    assert drawn.page.evaluate("document.activeElement.id") == "sheet"
    assert not framed(drawn)
    drawn.page.keyboard.press("Control+z")
    assert not framed(drawn), "a short cut is not a walk through the page"
    drawn.page.keyboard.press("Tab")
    drawn.page.keyboard.press("Shift+Tab")
    assert framed(drawn)
    drawn.paint(ACROSS)
    assert not framed(drawn)


@pytest.mark.parametrize("touch", [False, True])
@pytest.mark.parametrize("locale", ["en-US", "ja-JP", "zh-CN"])
def test_820_px_wide(browser: Any, server: Server, touch: bool, locale: str) -> None:
    context = browser.new_context(
        viewport={"width": 820, "height": 1180}, has_touch=touch, is_mobile=touch, locale=locale
    )
    opened = Table.open(context, f"http://127.0.0.1:{server.port}/")
    opened.drop(drawing())
    out = opened.page.evaluate(
        """() => { const panel = document.getElementById('panel').getBoundingClientRect();
            return [...document.querySelectorAll('#panel *')].filter((e) => {
                const box = e.getBoundingClientRect();
                return box.width && (box.right > panel.right + 0.5 || box.left < panel.left - 0.5); })
                .map((e) => e.outerHTML.slice(0, 90)); }"""
    )
    assert out == []
    view, stage = (opened.page.locator(name).bounding_box() for name in ("#view", "#stage"))
    assert stage["x"] <= view["x"]
    assert view["x"] + view["width"] <= stage["x"] + stage["width"]
    for place in opened.page.locator("#view button:visible, #top button:visible").all():
        box = place.bounding_box()
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 820
    assert opened.errors == []
    context.close()


def test_errors_are_in_the_language_of_the_page(browser: Any, server: Server) -> None:
    context = browser.new_context(locale="ja-JP")
    opened = Table.open(context, f"http://127.0.0.1:{server.port}/")
    for content in (b"", b"not a picture", drawing()[:-200]):
        opened.page.evaluate("document.getElementById('notes').replaceChildren()")
        opened.drop(content, "絵.png", wait=False)
        opened.page.wait_for_selector(".note.error")
        words = opened.page.evaluate("document.querySelector('.note.error span').firstChild.data")
        assert words.startswith("絵.png")
        assert not any("a" <= c <= "z" for c in words.removeprefix("絵.png")), words
    context.close()


def altered(project: bytes, part: str, content: bytes) -> bytes:
    """A project file with another part."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(project)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    return out.getvalue()


def test_a_bad_project_leaves_no_tab_and_no_trace(drawn: Table) -> None:
    good = Project(drawing(), "a.png").to_bytes()
    facts = json.loads(zipfile.ZipFile(BytesIO(good)).read("project.json"))
    facts["request"]["mode"] = "shiny"
    for bad in (
        good[: len(good) // 2],
        altered(good, "drawing", b"not a picture"),
        altered(good, "drawing", drawing()[:-300]),
        altered(good, "marks.json", b'[{"kind": "stroke"}]'),
        altered(good, "project.json", json.dumps(facts).encode()),
    ):
        drawn.page.evaluate("document.getElementById('notes').replaceChildren()")
        drawn.drop(bad, "bad.senga", wait=False)
        drawn.page.wait_for_selector(".note.error")
        drawn.until("return app.drawings.length === 1")
    drawn.color(RED)
    drawn.paint(ACROSS)
    assert len(drawn.marks()) == 1, "the drawing that was in front goes on"
    drawn.page.wait_for_timeout(700)
    drawn.page.reload()
    drawn.page.wait_for_selector("html[data-ready]")
    assert drawn.page.locator("#tabs [role=tab]").count() == 1


def test_a_project_whose_reference_is_broken_opens_without_it(table: Table) -> None:
    made = Project(drawing(), "a.png", Request(reference="r.png"), drawing())
    table.drop(altered(made.to_bytes(), "reference", b"not a picture"), "half.senga")
    table.page.wait_for_selector(".note.error")
    assert table.run("return app.current.state.reference") is None
    table.color(RED)
    table.paint(ACROSS)
    assert len(table.marks()) == 1


def test_a_kept_drawing_that_is_broken_keeps_no_other_away(drawn: Table) -> None:
    drawn.page.wait_for_timeout(700)
    drawn.run("""const storage = await import('/page/storage.js');
        await storage.put('drawings', 'broken', {key: 'broken', name: 'x', history: {present: 7, past: 3}});
        await storage.put('files', 'broken', new Blob(['x']));""")
    drawn.page.reload()
    drawn.page.wait_for_selector("html[data-ready]")
    drawn.until("return app.drawings.some((d) => d.name === 'ring.png' && d.opened)")
    drawn.paint(ACROSS)
    assert len(drawn.marks()) == 1


def test_kept_bitmaps_have_a_budget_and_undo_beyond_it_asks_again(drawn: Table) -> None:
    drawn.run("app.current.answers.room = 3 * 4 * 400 * 300")
    drawn.color(RED)
    for y in range(130, 170, 8):
        drawn.paint([(100, y), (140, y)])
    assert drawn.run("return app.current.answers.bytes <= app.current.answers.room")
    for _ in range(5):
        drawn.page.keyboard.press("Control+z")
    drawn.colored()
    assert drawn.marks() == []
    r, g, b = drawn.under(RING)
    assert not (r > g + 60 and r > b + 60), "what is shown is of the state that is there"
    assert drawn.under(BOX) is not None


def gray_photo() -> bytes:
    """The drawing on gray paper with grain, as a PNG."""
    lines = np.asarray(Image.open(BytesIO(drawing()))).astype(float)
    grain = np.random.default_rng(1).normal(0, 3, lines.shape)
    return png(np.clip(lines * 0.55 + 50 + grain, 0, 255).astype(np.uint8))


def png(pixels: np.ndarray) -> bytes:
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def test_a_photo_is_noticed_and_cleaned_after_a_preview(table: Table) -> None:
    photo = gray_photo()
    table.drop(photo, "photo.png")
    table.page.wait_for_selector("#prepare-use:enabled")
    assert "photo" in table.page.inner_text("#prepare p")
    left, right = table.seen((40, 285)), table.seen((380, 285))
    assert max(left) < 225, "left of the divider is what came"
    assert min(right) > 245, "right of it clean paper"
    table.paint([(100, 150), (120, 150)], wait=False)
    assert table.marks() == [], "a preview is not painted on"
    table.page.click("#prepare-use")
    table.until("return !app.current.proposal && app.current.blob !== app.current.source")
    table.colored()
    assert table.page.locator("#prepare").is_hidden()
    assert min(table.under((380, 20))) > 200
    table.color(RED)
    table.paint(ACROSS)
    table.page.wait_for_timeout(800)
    table.page.reload()
    table.page.wait_for_selector("html[data-ready]")
    table.colored()
    assert table.page.locator("#prepare").is_hidden(), "offered once"
    assert table.run("return app.current.source.size") == len(photo), "the file as it came is kept"
    file = table.saved(lambda: table.page.keyboard.press("Control+s"))
    kept = np.asarray(Image.open(BytesIO(Project.from_bytes(file.read_bytes(), "it").drawing)).convert("L"))
    assert (kept > 250).mean() > 0.9, "the project holds the clean lines"
    table.page.click("#ask-prepare")
    table.page.wait_for_selector("#prepare-use:enabled")
    table.page.click("#prepare [data-value=keep]")
    table.page.wait_for_selector("#prepare-use:enabled")
    table.page.click("#prepare-use")
    table.until("return !app.current.proposal && !app.current.busy")
    table.colored()
    assert len(table.marks()) == 1, "marks stay"


def test_left_as_it_is_nothing_changes(table: Table) -> None:
    table.drop(gray_photo(), "photo.png")
    table.page.wait_for_selector("#prepare-not")
    before = table.run("return app.current.id")
    table.page.click("#prepare-not")
    table.colored()
    assert table.run("return app.current.id") == before
    table.color(RED)
    table.paint(ACROSS)
    assert len(table.marks()) == 1


def test_white_on_black_is_noticed_and_inverted(table: Table) -> None:
    lines = np.asarray(Image.open(BytesIO(drawing())))
    table.drop(png(255 - lines), "board.png")
    table.page.wait_for_selector("#prepare-use:enabled")
    assert table.page.is_checked("#prepare-invert")
    table.page.click("#prepare-use")
    table.until("return !app.current.proposal && app.current.blob !== app.current.source")
    table.colored()
    table.page.keyboard.press("q")
    assert min(table.seen((20, 20))) > 150, "the paper is light"
    assert max(table.seen((120, 60))) < 90, "lines are dark"


def test_a_colored_picture_becomes_lines_with_its_colors_as_reference(table: Table) -> None:
    picture = np.full((300, 400, 3), (235, 235, 225), np.uint8)
    picture[60:240, 40:180] = (40, 160, 70)
    picture[60:240, 220:360] = (200, 60, 40)
    table.drop(png(picture), "painted.png")
    table.page.wait_for_selector("#prepare-use:enabled")
    table.page.click("#prepare-keep")
    table.page.click("#prepare-use")
    table.until("return !app.current.proposal && app.current.state.reference !== null")
    table.colored()
    assert table.sent[-1]["request"]["reference"] == "painted.png"
    r, g, b = table.under((110, 150))
    assert g > max(r + 20, b), "it has the picture's colors"
    table.color("#2040e0")
    table.page.keyboard.press("g")
    table.paint([(110, 150)])
    r, g, b = table.under((110, 150))
    assert b > r + 60, "a hint changes them"


def test_a_clean_drawing_is_asked_nothing(drawn: Table) -> None:
    drawn.until("return app.current.look === 'lines'")
    assert drawn.page.locator("#prepare").is_hidden()


def test_a_sample_is_there_to_try(table: Table) -> None:
    table.page.click("#open-sample")
    table.page.wait_for_selector("#tabs [aria-selected=true]")
    table.colored()
    assert table.run("return [app.current.width, app.current.height]") == [432, 481]


def test_colors_that_were_painted_with_are_at_hand(drawn: Table) -> None:
    for color in ("#102030", "#405060", "#102030"):
        drawn.color(color)
        drawn.paint(ACROSS, wait=False)
    drawn.color("#ffffff")
    chips = [place.get_attribute("data-color") for place in drawn.page.locator("#used button").all()]
    assert chips == ["#102030", "#405060"]
    drawn.page.click('#used [data-color="#405060"]')
    assert drawn.run("return app.settings.color") == "#405060"
    drawn.page.wait_for_timeout(600)
    drawn.page.reload()
    drawn.page.wait_for_selector("html[data-ready]")
    assert drawn.page.locator("#used button").count() == 2


def test_the_brush_is_sized_beside_the_drawing(drawn: Table) -> None:
    before = drawn.run("return app.settings.size")
    box = drawn.page.locator("#brush-size input").bounding_box()
    x = box["x"] + box["width"] / 2
    drawn.page.mouse.move(x, box["y"] + box["height"] * 0.8)
    drawn.page.mouse.down()
    drawn.page.mouse.move(x, box["y"] + 4, steps=5)
    drawn.page.mouse.up()
    assert drawn.run("return app.settings.size") > 2 * before, "up is larger"
    drawn.page.keyboard.press("i")
    assert drawn.page.locator("#brush-size").is_hidden(), "an eyedropper has no size"
