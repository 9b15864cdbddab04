"""Pictures of the page in each theme and width, for eyes: SENGA_SHOTS names the folder they go to."""

import os
from pathlib import Path
from typing import Any

import pytest
from pages import Server, Table, browser, ready, server  # noqa: F401

FOLDER = os.environ.get("SENGA_SHOTS", "")
WHY = ready() or ("" if FOLDER else "SENGA_SHOTS names no folder")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(WHY != "", reason=WHY)]

DRESS = Path(__file__).parents[2] / "examples" / "dress.png"
FILLS = [
    ((330, 150), "#6b4a35"),
    ((240, 160), "#f6d5c0"),
    ((130, 620), "#b8405e"),
    ((330, 640), "#b8405e"),
    ((270, 610), "#f2e3c6"),
]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(360, 740), (820, 1180), (1280, 800), (2560, 1440)])
@pytest.mark.parametrize("locale", ["en-US", "ja-JP", "zh-CN"])
def test_shots(browser: Any, server: Server, theme: Any, width: int, height: int, locale: str) -> None:  # noqa: F811
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, locale=locale, has_touch=width < 700
    )
    opened = Table.open(context, f"http://127.0.0.1:{server.port}/")
    folder = Path(FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"page-{width}-{theme}-{locale[:2]}"
    opened.page.screenshot(path=folder / f"{name}-welcome.png")
    opened.drop(DRESS.read_bytes(), "dress.png")
    for place, color in FILLS:
        opened.run(
            """app.current.change({marks: [...app.current.state.marks,
            {kind: 'stroke', points: [given[0], [given[0][0] + 14, given[0][1] + 16]], color: given[1], width: 9}]})""",
            [list(place), color],
        )
    opened.colored()
    opened.page.evaluate("document.getElementById('notes').replaceChildren()")
    opened.page.wait_for_timeout(300)
    opened.page.screenshot(path=folder / f"{name}.png")
    if width < 700:
        for sheet in ("color", "conditions"):
            opened.page.click(f"#{sheet}-sheet")
            opened.page.wait_for_timeout(400)
            opened.page.screenshot(path=folder / f"{name}-{sheet}.png")
    elif locale == "en-US" and width == 1280:
        opened.page.click("#ask-ideas")
        opened.page.wait_for_selector('#ideas[aria-busy="false"]', timeout=90000)
        opened.page.locator("#ideas").scroll_into_view_if_needed()
        opened.page.screenshot(path=folder / f"{name}-ideas.png")
        opened.page.keyboard.press("Escape")
        opened.page.keyboard.press("\\")
        opened.page.screenshot(path=folder / f"{name}-before.png")
    opened.run("const {turnTo} = await import('/page/turning.js'); turnTo(-24)")
    opened.page.evaluate("document.getElementById('turning').showPopover()")
    opened.page.wait_for_timeout(300)
    opened.page.screenshot(path=folder / f"{name}-turned.png")
    for menu in ("exports", "choices"):
        opened.page.evaluate("name => document.getElementById(name).showPopover()", menu)
        opened.page.screenshot(path=folder / f"{name}-{menu}.png")
    opened.page.keyboard.press("Escape")
    opened.page.keyboard.press("?")
    opened.page.wait_for_timeout(200)
    opened.page.screenshot(path=folder / f"{name}-help.png")
    assert opened.errors == []
    context.close()
