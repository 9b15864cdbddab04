"""Pictures of the page in each theme and width, for eyes: SENGA_SHOTS names the folder they go to.

SENGA_SHOTS_DRAWING names the drawing that lies open, a sample if it does not. `-k "360 and dark and ja"` takes some.
"""

import io
import os
from pathlib import Path
from typing import Any

import pytest
from pages import Server, Table, browser, ready, server
from PIL import Image

FOLDER = os.environ.get("SENGA_SHOTS", "")
WHY = ready() or ("" if FOLDER else "SENGA_SHOTS names no folder")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(WHY != "", reason=WHY)]

DRAWING = Path(os.environ.get("SENGA_SHOTS_DRAWING") or Path(__file__).parents[2] / "examples" / "dress.png")
# Shares of width and height, and the color of a short stroke there.
STROKES = [
    ((0.55, 0.16), "#6b4a35"),
    ((0.40, 0.17), "#f6d5c0"),
    ((0.22, 0.67), "#b8405e"),
    ((0.55, 0.69), "#b8405e"),
    ((0.45, 0.66), "#f2e3c6"),
]


class Shots:
    """Pictures of one page, numbered by what they show."""

    def __init__(self, table: Table, name: str) -> None:
        self.table, self.name = table, name
        Path(FOLDER).mkdir(parents=True, exist_ok=True)

    def take(self, what: str) -> None:
        self.table.page.wait_for_timeout(350)  # sheets slide, notes fade
        self.table.page.screenshot(path=Path(FOLDER) / f"{self.name}-{what}.png")

    def menu(self, name: str, what: str = "") -> None:
        self.table.page.evaluate("name => document.getElementById(name).showPopover()", name)
        self.take(what or name)
        self.table.page.evaluate("name => document.getElementById(name).hidePopover()", name)


def painted(table: Table) -> None:
    """The drawing with a few strokes, a version and a lock."""
    content = DRAWING.read_bytes()
    width, height = Image.open(io.BytesIO(content)).size
    table.drop(content, DRAWING.name)
    for (x, y), color in STROKES:
        at = [x * width, y * height]
        table.run(
            """app.setColor(given.color); app.useColor(given.color);
            app.current.change({marks: [...app.current.state.marks, {kind: 'stroke', color: given.color,
            width: given.width, points: [given.at, [given.at[0] + given.width, given.at[1] + given.width]]}]})""",
            {"at": at, "color": color, "width": max(width, height) / 80},
        )
    table.colored()
    table.run("app.current.change({locked: [given]})", [0.45 * width, 0.66 * height])
    table.colored()
    table.page.evaluate("document.getElementById('notes').replaceChildren()")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(360, 740), (820, 1180), (1280, 800), (2560, 1440)])
@pytest.mark.parametrize("locale", ["en-US", "ja-JP", "zh-CN"])
def test_shots(browser: Any, server: Server, theme: Any, width: int, height: int, locale: str) -> None:
    touch = width < 1000
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, locale=locale, has_touch=touch, is_mobile=touch
    )
    table = Table.open(context, f"http://127.0.0.1:{server.port}/")
    page = table.page
    shots = Shots(table, f"page-{width}-{theme}-{locale[:2]}")
    shots.take("welcome")
    painted(table)
    shots.take("brush")
    if width < 700:
        for sheet in ("color", "conditions"):
            page.click(f"#{sheet}-sheet")
            shots.take(f"sheet-{sheet}")
            for i in range(1, 5):
                page.evaluate(
                    "document.getElementById('panel').scrollBy(0, document.getElementById('panel').clientHeight - 60)"
                )
                if sheet == "conditions":
                    shots.take(f"sheet-{sheet}-{i}")
            page.evaluate("document.getElementById('panel').scrollTo(0, 0)")
            page.click("#sheet-close")
            page.wait_for_timeout(250)
    for tool in ("select", "fill", "recolor", "lock", "lasso"):
        table.run("app.set({tool: given})", tool)
        if tool == "select":
            table.run("const {select} = await import('/page/selecting.js'); select(app.current, 2)")
        shots.take(tool)
    table.run("app.set({tool: 'brush'})")
    table.run("const {turnTo} = await import('/page/turning.js'); turnTo(-24)")
    shots.menu("turning")
    table.run("const {turnTo} = await import('/page/turning.js'); turnTo(0)")
    page.evaluate("for (const more of document.querySelectorAll('#exports details')) more.open = true")
    shots.menu("exports")
    shots.menu("choices")
    table.run("const {openGuide} = await import('/page/guide.js'); openGuide()")
    shots.take("guide")
    page.keyboard.press("Escape")
    table.run("const {openHelp} = await import('/page/help.js'); openHelp()")
    shots.take("help")
    page.evaluate("document.getElementById('help').scrollTo(0, 1e6)")
    shots.take("help-end")
    page.keyboard.press("Escape")
    page.keyboard.press("\\")
    shots.take("before")
    page.keyboard.press("\\")
    page.evaluate("document.getElementById('ask-prepare').click()")
    page.wait_for_timeout(1500)
    shots.take("prepare")
    page.evaluate("document.getElementById('prepare-not').click()")
    page.evaluate("document.getElementById('version-keep').click()")
    page.wait_for_timeout(300)
    table.run("const {openComparison} = await import('/page/comparing.js'); openComparison('now', 'now')")
    page.wait_for_timeout(800)
    shots.take("compare")
    table.run("const {close} = await import('/page/comparing.js'); close()")
    if width >= 700:
        if width == 1280:
            page.evaluate("document.getElementById('ask-ideas').click()")
            page.wait_for_selector('#ideas[aria-busy="false"]', timeout=90000)
        page.set_viewport_size({"width": width, "height": 2300})
        page.evaluate("for (const part of document.querySelectorAll('#panel details')) part.open = true")
        page.wait_for_timeout(400)
        page.locator("#panel").screenshot(path=Path(FOLDER) / f"{shots.name}-panel.png")
    assert table.errors == []
    context.close()
