"""Character files in and out of the server."""

from pathlib import Path
from typing import Any

import pytest

from senga.color.files.characterfile import decode_character, read_character
from senga.errors import HintError, PaletteError
from senga.web import characters
from senga.web.schema import SCHEMAS

EXAMPLES = Path(__file__).parents[1] / "examples"

WHOLE: dict[str, Any] = {
    "name": "ミナ",
    "colors": [{"part": "hair", "color": "#8c3b2e"}, {"part": "the left eye", "color": "#4f8a5b"}],
    "palette": ["#f4efe6"],
    "reference": "mina.png",
    "reference_strength": 0.5,
    "hints": [
        {"color": "hair", "at": [[0.4, 0.1], [0.37, 0.19]], "radius": 0.008, "drawing": "girl*"},
        {"color": "#102030", "at": [[0.5, 0.5]], "radius": 0.01, "drawing": ""},
    ],
}


def test_a_character_goes_out_and_comes_back() -> None:
    name, content = characters.write_character(WHOLE)
    assert name == "ミナ"
    assert characters.read_character(content) == WHOLE
    character = decode_character(content, "mina.toml", Path("here"))
    assert character.reference == Path("here/mina.png")


def test_the_example_is_read_as_the_library_reads_it() -> None:
    said = characters.read_character((EXAMPLES / "mina.toml").read_bytes())
    character = read_character(EXAMPLES / "mina.toml")
    assert [one["part"] for one in said["colors"]] == [*character.colors]
    assert len(said["hints"]) == len(character.seeds)
    again = decode_character(characters.write_character(said)[1], "again")
    assert (again.colors, again.others, again.seeds) == (character.colors, character.others, character.seeds)


@pytest.mark.parametrize("place", ["/etc/passwd", "../../secret/mina.png", "C:\\\\pictures\\\\mina.png"])
def test_a_reference_is_a_name_without_folders(place: str) -> None:
    said = characters.read_character(f'name = "a"\nreference = "{place}"\n'.encode())
    assert said["reference"] in ("passwd", "mina.png")


@pytest.mark.parametrize("content", [b"", b"\xff", b"name = 1", b"name = 'a'\nmore = 1", b"[" * 100_000, b"name = ''"])
def test_what_is_no_character_file_is_told_in_one_line(content: bytes) -> None:
    with pytest.raises(PaletteError) as told:
        characters.read_character(content)
    assert "\n" not in str(told.value)
    assert str(told.value).startswith("the character file: ")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"colors": [{"part": "hair", "color": "red"}]}, "colors 1.color"),
        ({"colors": WHOLE["colors"] * 2}, "'hair' is there twice"),
        ({"reference": "../mina.png"}, "no name of a file"),
        ({"reference_strength": 2}, "reference_strength"),
        ({"hints": [{"color": "nose", "at": [[0, 0]]}]}, "'nose' is neither a part"),
        ({"hints": [{"color": "hair", "at": []}]}, "hints 1.at"),
        ({"hints": [{"color": "hair", "at": [[0, 2]]}]}, "hints 1.at 1 2"),
        ({"hints": [{"color": "hair", "at": [[0]]}]}, "hints 1.at 1"),
        ({"more": 1}, "unknown key 'more'"),
    ],
)
def test_a_character_of_another_form_is_refused_with_the_place(change: dict[str, Any], words: str) -> None:
    with pytest.raises(HintError, match=words):
        characters.write_character(WHOLE | change)


def test_the_schema_has_the_readers_keys() -> None:
    schema = SCHEMAS["Character"]
    assert set(schema["properties"]) == set(characters.KEYS)
    assert schema["required"] == [key for key, needed in characters.KEYS.items() if needed]
    assert set(schema["properties"]["hints"]["items"]["properties"]) == set(WHOLE["hints"][0])
