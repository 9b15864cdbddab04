"""A colored picture on the page: its colors stay where no hint changes them; in a real browser."""

import io

import numpy as np
import pytest
from pages import Table, browser, ready, server, table
from PIL import Image

from senga.color.files.project import Project

pytestmark = [pytest.mark.slow, pytest.mark.skipif(ready() != "", reason=ready())]

GREEN, RED, PAPER = (40, 160, 70), (200, 60, 40), (235, 235, 225)
LEFT, RIGHT, GROUND = (110, 150), (290, 150), (20, 20)


def picture() -> np.ndarray:
    """A green and a red field with black outlines."""
    made = np.full((300, 400, 3), PAPER, np.uint8)
    for left, color in ((40, GREEN), (220, RED)):
        made[60:240, left : left + 140] = 0
        made[64:236, left + 4 : left + 136] = color
    return made


def png() -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture()).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def kept(table: Table) -> Table:
    """The picture's lines are drawn, and its colors kept, as is offered."""
    table.drop(png(), "painted.png")
    table.page.wait_for_selector("#prepare-use:enabled")
    assert table.page.is_checked("#prepare-keep")
    table.page.click("#prepare-use")
    table.until("return !app.current.proposal && app.current.state.colored !== null")
    table.colored()
    return table


def near(found: tuple[int, int, int], wanted: tuple[int, int, int], most: int = 4) -> bool:
    return max(abs(a - b) for a, b in zip(found, wanted, strict=True)) <= most


def exported(table: Table) -> np.ndarray:
    table.page.click("#export")
    file = table.saved(lambda: table.page.click("[data-format=png]"))
    return np.asarray(Image.open(file).convert("RGB"))


def test_without_hints_the_picture_is_as_it_was(kept: Table) -> None:
    assert kept.sent[-1]["request"]["reference"] is None
    for place, color in ((LEFT, GREEN), (RIGHT, RED), (GROUND, PAPER)):
        assert near(kept.under(place), color)
    kept.page.keyboard.press("q")
    assert near(kept.seen(LEFT), GREEN)
    assert max(kept.seen((42, 150))) < 60, "its own lines are seen"
    assert np.array_equal(exported(kept), picture())


def test_a_hint_changes_its_field_and_nothing_else(kept: Table) -> None:
    kept.color("#2040e0")
    kept.paint([(100, 150), (120, 150)])
    r, g, b = kept.under(LEFT)
    assert b > max(r, g) + 80
    assert near(kept.under(RIGHT), RED)
    made = exported(kept)
    assert np.array_equal(made[:, 230:], picture()[:, 230:])
    assert made[150, 110, 2] > 150


def test_it_can_be_switched_off_and_on_and_undone(kept: Table) -> None:
    kept.page.click("#keep-colors")
    kept.colored()
    assert kept.sent[-1]["request"]["colored"] is None
    kept.page.keyboard.press("Control+z")
    kept.colored()
    assert kept.page.is_checked("#keep-colors")
    assert near(kept.under(LEFT), GREEN)


def test_it_is_there_after_a_reload_and_in_a_project(kept: Table) -> None:
    kept.color("#2040e0")
    kept.paint([(100, 150), (120, 150)])
    kept.page.click("#version-keep")
    kept.until("return !!app.current.versions[0]?.thumb")
    kept.run("await app.current.saveNow()")
    kept.page.reload()
    kept.page.wait_for_selector("html[data-ready]")
    kept.colored()
    assert near(kept.under(RIGHT), RED)
    file = kept.saved(lambda: kept.page.keyboard.press("Control+s"))
    content = file.read_bytes()
    read = Project.from_bytes(content, "a.senga")
    assert read.colored == png()
    assert read.versions[0].colored == png()
    kept.drop(content, "again.senga")
    assert near(kept.under(RIGHT), RED)
    assert kept.under(LEFT)[2] > 150
    assert kept.page.is_checked("#keep-colors")


def test_ideas_are_not_of_the_picture_s_colors(kept: Table) -> None:
    kept.page.click("#ask-ideas")
    kept.until("return app.current.ideas.length >= 8 && !app.current.thinking", seconds=200)
    kept.page.click("#ideas .idea:nth-child(2) .take")
    kept.colored()
    assert kept.sent[-1]["request"]["colored"] is None
    kept.page.keyboard.press("Control+z")
    kept.colored()
    assert near(kept.under(LEFT), GREEN)
