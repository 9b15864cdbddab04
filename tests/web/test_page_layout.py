"""Nothing on the page is cut off, out of reach, over something else or too small for a finger, at any width."""

from typing import Any

import pytest
from pages import RED, Server, Table, browser, drawing, ready, server

pytestmark = [pytest.mark.slow, pytest.mark.skipif(ready() != "", reason=ready())]

FINGER = 30  # least side of what is touched, px

# What is wrong with what is seen now, a line each. What scrolls may lie outside; an ellipsis is meant.
FAULTS = """
    const seen = (place) => place.checkVisibility({visibilityProperty: true}) && place.offsetWidth > 0;
    const named = (place) =>
        place.id || place.getAttribute('aria-label') || place.textContent.trim() || place.className;
    const rect = (place) => place.getBoundingClientRect();
    const all = (places) => [...document.querySelectorAll(places)].filter(seen);
    const scroller = (place) => {
        for (let up = place; up && up !== document.body; up = up.parentElement) {
            const {overflowX, overflowY} = getComputedStyle(up);
            if (/auto|scroll/.test(overflowX + overflowY)) return up;
        }
        return null;
    };
    const faults = new Set();
    for (const place of all('button, input:not([type=file]), select, a.item')) {
        const box = rect(place), home = scroller(place);
        const outside = box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1;
        if (!home && outside) faults.add(`out of the window: ${named(place)}`);
        if (home && home.scrollWidth > home.clientWidth + 1 && !['tools', 'tabs'].includes(home.id))
            faults.add(`scrolls sideways: ${named(home)}`);
        const {width, height} = rect((place.type === 'checkbox' && place.closest('label')) || place);
        if (given && place.type !== 'range' && (width < given || height < given))
            faults.add(`small: ${named(place)} ${width}x${height}`);
    }
    for (const place of all('button, .words, label > span, h2, h3, p, dd, output')) {
        if (place.matches('.unseen, .tag') || getComputedStyle(place).textOverflow === 'ellipsis') continue;
        if (place.clientWidth && place.scrollWidth > place.clientWidth + 1) faults.add(`cut: ${named(place)}`);
    }
    for (const place of all('.choice button span, #options .words, .main span, #comparison span'))
        if (place.getClientRects().length > 1) faults.add(`wraps: ${named(place)}`);
    const bars = all('#options, #beside, #view, #prepare, #readout');
    for (const one of bars) for (const other of bars.slice(bars.indexOf(one) + 1)) {
        const a = rect(one), b = rect(other);
        if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
            faults.add(`over each other: ${one.id}, ${other.id}`);
    }
    return [...faults];
"""


@pytest.mark.parametrize("locale", ["en-US", "ja-JP", "zh-CN"])
@pytest.mark.parametrize(("width", "height"), [(360, 740), (820, 1180), (1280, 800), (2560, 1440)])
def test_all_is_in_reach_and_readable(browser: Any, server: Server, width: int, height: int, locale: str) -> None:
    touch = width < 1000
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale=locale, has_touch=touch, is_mobile=touch
    )
    table = Table.open(context, f"http://127.0.0.1:{server.port}/")
    page = table.page
    found: dict[str, list[str]] = {}

    def look(what: str) -> None:
        page.wait_for_timeout(250)  # sheets slide
        faults = table.run(FAULTS, FINGER if touch else 0)
        if faults:
            found[what] = faults

    look("welcome")
    table.drop(drawing())
    table.color(RED)
    table.paint([(95, 150), (145, 150)])
    for tool in ("brush", "fill", "erase", "recolor", "lock", "lasso"):
        table.run("app.set({tool: given})", tool)
        look(tool)
    table.run("app.set({tool: 'select'}); (await import('/page/selecting.js')).select(app.current, 0)")
    look("select")
    for menu in ("exports", "choices", "turning"):
        page.evaluate(
            """name => { for (const more of document.querySelectorAll('#exports details')) more.open = true;
            document.getElementById(name).showPopover(); }""",
            menu,
        )
        look(menu)
        page.evaluate("name => document.getElementById(name).hidePopover()", menu)
    for name in ("guide", "help"):
        table.run("const sheet = await import(`/page/${given}.js`); (sheet.openHelp ?? sheet.openGuide)()", name)
        look(name)
        page.evaluate("name => document.getElementById(name).close()", name)
    for sheet in ("color", "conditions") if width < 760 else ():
        page.click(f"#{sheet}-sheet")
        look(f"sheet {sheet}")
        page.click("#sheet-close")
    page.evaluate("document.getElementById('version-keep').click()")
    table.run("(await import('/page/comparing.js')).openComparison('now', 'now')")
    look("comparison")
    table.run("(await import('/page/comparing.js')).close()")
    page.evaluate("document.getElementById('ask-prepare').click()")
    page.wait_for_selector("#prepare:not([hidden])")
    look("prepare")
    assert found == {}
    assert table.errors == []
    context.close()
