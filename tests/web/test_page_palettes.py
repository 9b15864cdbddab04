"""Saved colors in named palettes, one palette over all drawings, characters; in a real browser."""

from pathlib import Path
from typing import Any

import pytest
from pages import ACROSS, RED, RING, Table, browser, drawing, drawn, is_red, ready, server, table

from senga.color.files.characterfile import read_character

pytestmark = [pytest.mark.slow, pytest.mark.skipif(ready() != "", reason=ready())]

MINA = b"""name = "Mina"
palette = ["#f4efe6"]
reference = "mina.png"
reference_strength = 0.5
[colors]
hair = "#e01020"
skin = "#f8d9c4"
[[hints]]
color = "hair"
at = [[0.28, 0.5], [0.32, 0.5]]
radius = 0.02
drawing = "ring*"
[[hints]]
color = "skin"
at = [0.75, 0.5]
drawing = "other*"
"""


def chips(table: Table) -> list[str]:
    found: list[str] = table.page.evaluate(
        "[...document.querySelectorAll('#swatches .chip')].map((chip) => chip.dataset.color)"
    )
    return found


def choose(table: Table, opener: str, *files: dict[str, Any]) -> None:
    """The person chooses files that a button asks for."""
    with table.page.expect_file_chooser() as asked:
        table.page.click(opener)
    asked.value.set_files(list(files))


def test_palettes_are_made_renamed_emptied_and_deleted_and_all_of_it_comes_back(drawn: Table) -> None:
    usual = chips(drawn)
    drawn.page.click(".book [data-icon=plus]")
    drawn.page.keyboard.type("Skin")
    drawn.page.keyboard.press("Enter")
    assert chips(drawn) == []
    drawn.color("#123abc")
    drawn.page.click("[data-part=swatches] [data-label=swatch-add]")
    assert chips(drawn) == ["#123abc"]
    assert drawn.page.locator("#palettes option:checked").inner_text() == "Skin"
    drawn.page.click("[data-part=swatches] [data-label=palette-clear]")
    assert chips(drawn) == []
    drawn.page.click(".note .act")
    assert chips(drawn) == ["#123abc"]
    drawn.page.evaluate("document.getElementById('notes').replaceChildren()")
    drawn.page.click("[data-label=palette-delete]")
    assert chips(drawn) == usual
    assert drawn.page.locator("[data-label=palette-delete]").is_disabled(), "the last one stays"
    drawn.page.click(".note .act")
    assert chips(drawn) == ["#123abc"]
    drawn.page.wait_for_timeout(600)  # settings are kept after a moment
    drawn.page.reload()
    drawn.page.wait_for_selector("html[data-ready]")
    assert chips(drawn) == ["#123abc"]
    drawn.page.select_option("#palettes", index=0)
    assert chips(drawn) == usual


def test_a_drawing_may_have_a_palette_of_its_own(drawn: Table) -> None:
    usual = chips(drawn)
    drawn.page.click("#palette-own")
    drawn.page.click(".book [data-icon=plus]")
    drawn.page.keyboard.press("Enter")
    assert chips(drawn) == []
    drawn.drop(drawing(), "other.png")
    assert chips(drawn) == usual
    drawn.run("app.front(app.drawings[0])")
    assert chips(drawn) == []
    drawn.run("await app.current.saveNow()")
    drawn.page.wait_for_timeout(600)
    drawn.page.reload()
    drawn.page.wait_for_selector("html[data-ready]")
    drawn.run("app.front(app.drawings.find((d) => d.name === 'ring.png'))")
    assert chips(drawn) == []
    drawn.page.click("#palette-own")
    assert chips(drawn) == usual


def test_one_palette_over_all_open_drawings(drawn: Table) -> None:
    drawn.drop(drawing(), "other.png")
    drawn.page.click("#palette-all")
    drawn.color(RED)
    drawn.page.click("[data-part=palette] [data-label=palette-add]")
    script = "return app.drawings.map((d) => [d.state.palette.join(), d.state.paletteOn])"
    assert drawn.run(script) == [[RED, True]] * 2
    drawn.drop(drawing(), "third.png")
    assert drawn.run(script) == [[RED, True]] * 3
    drawn.run("app.front(app.drawings[0])")
    drawn.colored()
    assert drawn.sent[-1]["request"]["palette"] == [RED]
    drawn.page.click("#palette-all")
    drawn.page.click("[data-part=palette] [data-label=palette-clear]")
    assert drawn.run(script) == [["", False], [RED, True], [RED, True]]


def test_colors_that_were_painted_with_are_at_hand_the_last_one_first(drawn: Table) -> None:
    for color in (RED, "#1030e0", RED):
        drawn.color(color)
        drawn.paint(ACROSS)
    used = "[...document.querySelectorAll('#used .chip')].map((chip) => chip.dataset.color)"
    assert drawn.page.evaluate(used) == [RED, "#1030e0"]
    drawn.page.click("#used .chip:nth-child(2)")
    assert drawn.run("return app.settings.color") == "#1030e0"


def test_a_character_file_is_opened_and_laid_on_the_drawing_in_one_step(drawn: Table) -> None:
    drawn.color("#1030e0")
    drawn.paint([(285, 150), (315, 150)])
    picture = {"name": "mina.png", "mimeType": "image/png", "buffer": Path("examples/cook-hints.png").read_bytes()}
    toml = {"name": "mina.toml", "mimeType": "application/toml", "buffer": MINA}
    choose(drawn, "[data-label=character-open]", toml, picture)
    drawn.page.wait_for_selector("#character .parts li")
    parts = "[...document.querySelectorAll('#character .parts input')].map((box) => box.value)"
    assert drawn.page.evaluate(parts) == ["hair", "skin"]
    steps = drawn.run("return app.current.history.past.length")
    drawn.page.click("#character-use")
    drawn.until("return app.current.state.marks.length === 2 && !!app.current.state.reference")
    drawn.colored()
    assert drawn.run("return app.current.history.past.length") == steps + 1
    asked = drawn.sent[-1]["request"]
    assert asked["palette"] == ["#e01020", "#f8d9c4", "#f4efe6"]
    assert (asked["reference"], asked["reference_strength"]) == ("mina.png", 0.5)
    assert is_red(drawn.under(RING))
    first = drawn.marks()[0]
    assert first["color"] == "#e01020"
    assert first["points"][0] == pytest.approx([0.28 * 399, 0.5 * 299])
    drawn.page.keyboard.press("Control+z")
    assert len(drawn.marks()) == 1
    assert drawn.run("return app.current.state.reference") is None


def test_a_character_is_made_of_the_drawing_named_and_saved(drawn: Table) -> None:
    for color, places in ((RED, ACROSS), ("#1030e0", [(285, 150), (315, 150)])):
        drawn.color(color)
        drawn.paint(places)
    drawn.page.click("[data-label=character-make]")
    drawn.page.wait_for_selector("#character .parts li:nth-child(2)")
    box = drawn.page.locator("#character .parts input").first
    box.fill("hair")
    box.press("Enter")
    drawn.page.locator("#character .name").fill("ミナ")
    drawn.page.keyboard.press("Tab")
    file = drawn.saved(lambda: drawn.page.click("[data-label=character-save]"))
    character = read_character(file)
    assert character.name == "ミナ"
    assert list(character.colors) == ["hair", "color-2"]
    hints = character.hints((300, 400), "anything.png")
    assert tuple(hints.color[150, 120]) == (0xE0, 0x10, 0x20)
    assert tuple(hints.color[150, 300]) == (0x10, 0x30, 0xE0)
    assert not hints.mask[20, 20]
    drawn.page.click("[data-label=character-delete]")
    assert drawn.page.locator("#character .parts").count() == 0
    drawn.page.click(".note .act")
    assert drawn.page.locator("#character .parts li").count() == 2


def test_of_a_drawing_without_hints_a_character_has_the_main_colors(drawn: Table) -> None:
    drawn.page.click("[data-label=character-make]")
    drawn.page.wait_for_selector("#character .parts li")
    assert drawn.run("return app.settings.characters[0].hints.length") == 0


def test_a_bad_character_file_is_told_in_one_line(drawn: Table) -> None:
    choose(drawn, "[data-label=character-open]", {"name": "a.toml", "mimeType": "text/plain", "buffer": b"colors = 3"})
    drawn.page.wait_for_selector(".note.error")
    assert "character file" in drawn.page.locator(".note.error span").first.inner_text()
    assert drawn.run("return app.settings.characters.length") == 0
