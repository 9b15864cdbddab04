"""Versions and ideas: kept, gone back to, compared, marked; in a real browser."""

from typing import Any

import pytest
from pages import ACROSS, BOX, RED, RING, Table, browser, drawing, drawn, is_red, ready, server, table

from senga.color.files.project import Project

pytestmark = [pytest.mark.slow, pytest.mark.skipif(ready() != "", reason=ready())]

BLUE = "#1030e0"


def kept(table: Table) -> None:
    """The person keeps what is shown, and its small picture is made."""
    count = table.run("return app.current.versions.length")
    table.page.click("#version-keep")
    table.until("return app.current.versions.length === given && !!app.current.versions.at(-1).thumb", count + 1)


def two_versions(table: Table) -> None:
    """Version 1 has a red ring, version 2 a red ring and a blue box."""
    table.color(RED)
    table.paint(ACROSS)
    kept(table)
    table.color(BLUE)
    table.paint([(285, 150), (315, 150)])
    kept(table)


def pixel(table: Table, x: float, y: float, pane: int = 0) -> list[int]:
    """What a pane of the comparison shows at shares of its width and height."""
    found: list[int] = table.page.evaluate(
        """([pane, x, y]) => { const canvas = document.querySelectorAll('#comparison .pane')[pane];
            const spot = canvas.getContext('2d').getImageData(x * canvas.width, y * canvas.height, 1, 1);
            return [...spot.data].slice(0, 3);
        }""",
        [pane, x, y],
    )
    return found


def where(table: Table, place: tuple[float, float]) -> tuple[float, float]:
    """Shares of a pane's width and height at which a place of the drawing lies when all of it is shown."""
    box = table.page.evaluate(
        """() => { const c = document.querySelector('#comparison .pane'); return [c.clientWidth, c.clientHeight]; }"""
    )
    scale = min((box[0] - 24) / 400, (box[1] - 24) / 300, 4)
    return 0.5 + (place[0] - 200) * scale / box[0], 0.5 + (place[1] - 150) * scale / box[1]


def made(table: Table) -> None:
    """Waits until the pictures that are compared are there."""
    table.page.wait_for_selector("#comparison progress", state="hidden", timeout=60000)
    table.page.wait_for_timeout(60)


def test_going_back_to_a_version_is_one_step_and_loses_nothing(drawn: Table) -> None:
    two_versions(drawn)
    drawn.color("#10a040")
    drawn.paint([(120, 180), (120, 200)])
    marks = drawn.marks()
    steps = drawn.run("return app.current.history.past.length")
    drawn.page.click("#versions li:last-child .use")
    drawn.colored()
    assert len(drawn.marks()) == 1
    assert is_red(drawn.under(RING))
    assert drawn.run("return app.current.history.past.length") == steps + 1
    assert drawn.page.locator('#versions li:last-child .use[aria-current="true"]').count() == 1
    drawn.page.keyboard.press("Control+z")
    assert drawn.marks() == marks
    assert drawn.run("return app.current.versions.length") == 2


def test_a_version_is_renamed_and_deleted_and_comes_back(drawn: Table) -> None:
    two_versions(drawn)
    first = drawn.page.locator("#versions li:last-child .name")
    first.fill("Red ring")
    first.press("Enter")
    assert drawn.run("return app.current.versions.map((v) => v.name)") == ["Red ring", "Version 2"]
    drawn.page.click("#versions li:last-child [data-icon=trash]")
    assert drawn.run("return app.current.versions.map((v) => v.name)") == ["Version 2"]
    drawn.page.click(".note .act")
    assert drawn.run("return app.current.versions.map((v) => v.name)") == ["Red ring", "Version 2"]


def test_versions_are_there_after_a_reload_with_their_pictures(drawn: Table) -> None:
    two_versions(drawn)
    drawn.run("await app.current.saveNow()")
    drawn.page.reload()
    drawn.page.wait_for_selector("html[data-ready]")
    drawn.colored()
    kind = "return app.current.versions.map((v) => [v.name, v.thumb instanceof Blob, v.state.marks.length])"
    assert drawn.run(kind) == [["Version 1", True, 1], ["Version 2", True, 2]]
    shown = drawn.page.locator('#versions li:first-child .use[aria-current="true"]')
    assert shown.count() == 1, "what is shown is known as version 2"


def test_a_project_holds_versions_and_the_library_reads_them(drawn: Table) -> None:
    two_versions(drawn)
    file = drawn.saved(lambda: drawn.page.keyboard.press("Control+s"))
    read = Project.read(file.rename(file.with_suffix(".senga")))
    assert [(v.name, len(v.request.marks)) for v in read.versions] == [("Version 1", 1), ("Version 2", 2)]
    assert drawn.run("return app.current.changed") is False
    drawn.page.click("#version-keep")
    assert drawn.run("return app.current.changed") is True
    content = read.to_bytes()
    drawn.drop(content, "again.senga")
    drawn.until("return app.current.versions.length === 2 && app.current.versions.every((v) => v.thumb)")
    assert drawn.page.locator("#versions img[src]").count() == 2


def test_two_versions_under_a_divider_and_side_by_side(drawn: Table) -> None:
    two_versions(drawn)
    drawn.page.click("#versions li:last-child [data-icon=compare]")
    drawn.page.select_option("#comparison [data-side='1']", label="Version 2")
    made(drawn)
    ring, box = where(drawn, RING), where(drawn, BOX)
    r, g, b = pixel(drawn, *ring)
    assert is_red((r, g, b))
    assert pixel(drawn, *box)[2] > pixel(drawn, *box)[0] + 80, "right of the divider is version 2"
    handle = drawn.page.locator("#comparison .handle").bounding_box()
    drawn.page.mouse.move(handle["x"] + 15, handle["y"] + 60)
    drawn.page.mouse.down()
    drawn.page.mouse.move(handle["x"] + 2000, handle["y"] + 60)
    drawn.page.mouse.up()
    drawn.page.wait_for_timeout(60)
    assert pixel(drawn, *box)[2] < pixel(drawn, *box)[0] + 80, "all of it is version 1 now"
    drawn.page.click("#comparison [data-value=beside]")
    made(drawn)
    box = where(drawn, BOX)
    left, right = pixel(drawn, *box), pixel(drawn, *box, pane=1)
    assert right[2] > right[0] + 80
    assert left[2] < left[0] + 80
    # Both panes move and zoom together.
    pane = drawn.page.locator("#comparison .pane").nth(1).bounding_box()
    drawn.page.mouse.move(pane["x"] + pane["width"] * box[0], pane["y"] + pane["height"] * box[1])
    drawn.page.mouse.wheel(0, -900)
    made(drawn)
    assert pixel(drawn, *box, pane=1)[2] > 100
    drawn.page.mouse.down()
    drawn.page.mouse.move(pane["x"] + 20, pane["y"] + 20)
    drawn.page.mouse.up()
    made(drawn)
    near = (26 / pane["width"], 26 / pane["height"])
    left, right = pixel(drawn, *near), pixel(drawn, *near, pane=1)
    assert right[2] > right[0] + 80
    assert left != right
    drawn.page.keyboard.press("Escape")
    assert not drawn.page.locator("#comparison").is_visible()
    assert len(drawn.marks()) == 2


def test_a_version_with_another_reference_is_compared_while_painting_goes_on(drawn: Table) -> None:
    script = """const bytes = await (await fetch(given)).blob();
        await app.current.setReference(bytes, 'sky.png'); return true"""
    drawn.run(script, "/page/sample.png")
    drawn.colored()
    kept(drawn)
    drawn.run("app.current.change({reference: null})")
    drawn.colored()
    own = drawn.under(RING)
    drawn.page.click("#versions li [data-icon=compare]")
    made(drawn)
    drawn.page.keyboard.press("Escape")
    drawn.color(RED)
    drawn.paint(ACROSS)
    assert is_red(drawn.under(RING))
    drawn.page.keyboard.press("Control+z")
    drawn.colored()
    assert drawn.under(RING) == own


def ideas(table: Table) -> list[Any]:
    """Asks for ideas; their keys."""
    table.page.click("#ask-ideas")
    table.until("return app.current.ideas.length >= 8 && !app.current.thinking", seconds=150)
    keys: list[Any] = table.run("return app.current.ideas.map((i) => i.key)")
    return keys


def test_marked_ideas_stay_when_others_are_asked_for_and_after_a_reload(drawn: Table) -> None:
    first = ideas(drawn)
    drawn.page.click(f'[data-idea="{first[2]}"] .star')
    second = ideas(drawn)
    assert second[0] == first[2]
    assert len(second) == 9
    assert not set(second[1:]) & set(first)
    drawn.run("await app.current.saveNow()")
    drawn.page.reload()
    drawn.page.wait_for_selector("html[data-ready]")
    drawn.colored()
    assert drawn.run("return app.current.ideas.map((i) => i.key)") == [first[2]]
    assert drawn.page.locator("#ideas img[src]").count() == 1


def test_ideas_differ_only_where_there_is_no_hint_and_taking_one_is_one_step(drawn: Table) -> None:
    drawn.run("app.current.change({reach: 'region'})")
    drawn.color(RED)
    drawn.paint(ACROSS)
    keys = ideas(drawn)
    steps = drawn.run("return app.current.history.past.length")
    boxes = set()
    for key in keys[1:5]:
        drawn.page.click(f'[data-idea="{key}"] .take')
        drawn.colored()
        apart = max(abs(a - b) for a, b in zip(drawn.under(RING), (0xE0, 0x10, 0x20), strict=True))
        assert apart < 24, "what has a hint has its color, in some light"
        boxes.add(drawn.under(BOX))
    assert len(boxes) > 1, "what has none differs"
    assert drawn.run("return app.current.history.past.length") == steps + 4
    assert len(drawn.marks()) == 1


def test_ideas_are_shown_large_marked_kept_and_taken(drawn: Table) -> None:
    keys = ideas(drawn)
    drawn.page.click("#ideas-large")
    made(drawn)
    size = drawn.page.locator("#comparison .pane").first.bounding_box()
    assert size["width"] > 600
    drawn.page.keyboard.press("PageDown")
    made(drawn)
    assert drawn.page.locator("#comparison .tag").first.inner_text() == "Idea 2"
    drawn.page.click("#comparison [data-icon=star]")
    assert drawn.run("return app.current.ideas.filter((i) => i.marked).map((i) => i.key)") == [keys[1]]
    drawn.page.click("#comparison [data-icon=plus]")
    drawn.until("return app.current.versions.length === 1 && !!app.current.versions[0].thumb")
    seed = drawn.run("return app.current.ideas[1].seed")
    assert drawn.run("return app.current.versions[0].state.seed") == seed
    drawn.page.click("#comparison [data-take='0']")
    assert drawn.run("return app.current.state.seed") == seed
    assert not drawn.page.locator("#comparison").is_visible()


def test_large_pictures_are_as_fine_as_the_window_needs_and_let_go_of(drawn: Table) -> None:
    big = drawing(1500, 2000)
    drawn.drop(big, "big.png")
    kept(drawn)
    asked: list[str] = []
    drawn.page.on("request", lambda request: asked.append(request.url) if "/color?side" in request.url else None)
    drawn.page.click("#versions li [data-icon=compare]")
    made(drawn)
    assert asked
    assert not any(url.endswith("side=0") for url in asked)
    pane = drawn.page.locator("#comparison .pane").first.bounding_box()
    drawn.page.mouse.move(pane["x"] + pane["width"] / 3, pane["y"] + pane["height"] / 2)
    drawn.page.mouse.wheel(0, -1200)
    drawn.page.wait_for_timeout(400)
    made(drawn)
    assert any(url.endswith("side=0") for url in asked), "at 100 % it is the drawing's own size"
