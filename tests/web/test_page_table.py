"""The page as a table to work at: frames, widths, errors, projects, what it keeps; in a real browser."""

import json
import zipfile
from io import BytesIO
from typing import Any

import pytest
from pages import BOX, RED, RING, Server, Table, browser, drawing, ready, server, table  # noqa: F401

from senga.color.files.project import Project
from senga.color.request import Request

pytestmark = [pytest.mark.slow, pytest.mark.skipif(ready() != "", reason=ready())]

ACROSS = [(95, 150), (145, 150)]


@pytest.fixture
def drawn(table: Table) -> Table:  # noqa: F811
    table.drop(drawing())
    return table


def framed(table: Table) -> bool:  # noqa: F811
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
def test_820_px_wide(browser: Any, server: Server, touch: bool, locale: str) -> None:  # noqa: F811
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


def test_errors_are_in_the_language_of_the_page(browser: Any, server: Server) -> None:  # noqa: F811
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
        drawn.until("return app.drawings.length === 1 && document.getElementById('upload').hidden")
    drawn.color(RED)
    drawn.paint(ACROSS)
    assert len(drawn.marks()) == 1, "the drawing that was in front goes on"
    drawn.page.wait_for_timeout(700)
    drawn.page.reload()
    drawn.page.wait_for_selector("html[data-ready]")
    assert drawn.page.locator("#tabs [role=tab]").count() == 1


def test_a_project_whose_reference_is_broken_opens_without_it(table: Table) -> None:  # noqa: F811
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
