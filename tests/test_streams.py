"""What comes in and goes out by stdin and stdout, and where results go: full, closed, or not there."""

import errno
import io
import sys
from pathlib import Path

import pytest
from PIL import Image

from conftest import call, ring

Said = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Image.fromarray(ring(40, 50, 12)).save("1.png")


class Full(io.StringIO):
    """A stdout that nothing goes into any more."""

    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("command", [("clean", "1.png", "-o", "out/"), ("palette", "show", "#fff")])
def test_a_stdout_that_is_full_is_told_in_one_line(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    monkeypatch.setattr(sys, "stdout", Full())
    assert call(monkeypatch, *command) == 2
    err = capsys.readouterr().err
    assert err == "senga: stdout cannot be written to: No space left on device; send it elsewhere\n"


def test_closed_ones_are_told_where_they_are_needed(monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    for command in (("clean", "-", "-o", "2.png"), ("palette", "show", "-"), ("project", "new", "-", "-o", "a.senga")):
        assert call(monkeypatch, *command) == 2
        assert capsys.readouterr().err == "senga: stdin: closed; give a file\n"
    monkeypatch.setattr(sys, "stdout", None)
    assert call(monkeypatch, "clean", "1.png", "-o", "-") == 2
    assert capsys.readouterr().err == "senga: stdout: closed; give a file\n"
    assert call(monkeypatch, "clean", "1.png", "-o", "2.png") == 0


@pytest.mark.parametrize(
    "command",
    [
        ("clean", "1.png", "-o", "gone/1.png"),
        ("clean", "1.png", "-o", "out/", "--report", "gone/r.json"),
        ("palette", "convert", "#fff", "-o", "gone/a.gpl"),
        ("character", "new", "1.png", "--name", "a", "-o", "gone/a.toml"),
    ],
)
def test_a_folder_that_is_not_there_is_told_before_the_work(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    assert call(monkeypatch, *command) == 2
    assert "the folder gone is not there; make it first" in capsys.readouterr().err
    assert not Path("out").exists()


def test_an_empty_name_is_not_the_folder_here(monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    assert call(monkeypatch, "clean", "", "-o", "out") == 2
    assert "an empty name; give a file, or '.'" in capsys.readouterr().err
    assert call(monkeypatch, "clean", ".", "-o", "out") == 0
