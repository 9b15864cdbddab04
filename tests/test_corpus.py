"""A corpus of odd files through the command line: each is read, or refused in one line that says what to do."""

import faulthandler
import re
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from conftest import call
from corpus import READ, REFUSED, Odd, drawing, saved
from corpus_archives import all_archives
from corpus_documents import CARD, HINTS, SOME, all_documents
from corpus_palettes import all_palettes
from corpus_pictures import all_pictures
from senga.inputs import archives

LIMIT = 10.0
"""Seconds that one file may take at the most."""

MENDS = re.compile(
    r"; |save it|give |copy or|pack |unpack|rename|upgrade|wanted|write it|make it|known: "
    r"|empty file|without pictures|no such file|no pictures here|no picture fits|symbolic links|is a directory"
    r"|is missing|not valid|no part of|too many|must not be|no name of a file|the request's reference|: hints are"
    r"|is a folder|no such model file",
    re.IGNORECASE,
)
"""How a refusal says what to do, or that there is nothing to be done about it here."""


class Hang(BaseException):
    """A file took too long; no `except Exception` of a reader takes it."""


FOLLOWS = re.compile(r"senga: (out/.*: not made: |passed over: )|.*: its result is |.*what follows is left out")
"""What is told besides, of what a refusal entails."""


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    """Ends a test that hangs; where it hangs within a library, so that no Python runs, the whole run a while later."""

    def late(number: int, frame: FrameType | None) -> None:
        raise Hang(f"over {LIMIT} s")

    faulthandler.dump_traceback_later(6 * LIMIT, exit=True)
    before = signal.signal(signal.SIGALRM, late) if hasattr(signal, "SIGALRM") else None
    if before is not None:
        signal.setitimer(signal.ITIMER_REAL, LIMIT)
    yield
    if before is not None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    faulthandler.cancel_dump_traceback_later()


CORPUS = [*all_pictures(), *all_archives(), *all_palettes(), *all_documents()]


def test_there_are_many_of_them_each_with_a_title_of_its_own() -> None:
    titles = [odd.title for odd in CORPUS]
    assert len(titles) >= 200
    assert sorted(titles) == sorted(set(titles))


@pytest.mark.parametrize("odd", CORPUS, ids=lambda odd: odd.title)
def test_an_odd_file_is_read_or_refused_in_one_line(
    odd: Odd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tiny_model: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    if odd.command == HINTS:
        (tmp_path / "drawing.png").write_bytes(saved(drawing(), "PNG"))
        (tmp_path / "out").mkdir()
    if odd.command in (HINTS, CARD):
        shutil.copy(tiny_model, tmp_path / "model.onnx")
    odd.put(tmp_path)
    begun = time.monotonic()
    name = f"./{odd.name}" if odd.name.startswith("-") else odd.name
    code = call(monkeypatch, *({"FILE": name, "MODEL": "model.onnx"}.get(part, part) for part in odd.command))
    assert time.monotonic() - begun < LIMIT
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert all(line.startswith("senga: ") for line in lines), err
    assert not list(tmp_path.rglob(".senga-*.part")), "nothing half-written stays"
    if odd.ends in (READ, REFUSED):
        assert code == (0 if odd.ends == READ else 2), err
    if code == 0:
        made = results(odd, tmp_path, out)
        assert made == odd.results if odd.ends == READ and odd.results != SOME else made > 0
        assert re.search(odd.said, err) if odd.said else not err or odd.ends != READ, err
    else:
        assert code == 2
        shown = "".join(c if c.isprintable() else repr(c)[1:-1] for c in odd.name)
        causes = [line for line in lines if not FOLLOWS.match(line)]
        assert causes
        assert len(lines) == len(set(lines)), err
        assert all(shown in line for line in causes), err
        assert (
            sum(f"{shown} (page " not in line and f"{shown}:" not in line.rpartition(": ")[0] for line in causes) <= 1
        )
        assert re.search(odd.said, err)
        assert all(MENDS.search(line) for line in causes), err


def results(odd: Odd, folder: Path, out: str) -> int:
    """How much came of it: pages, loose or packed, or lines."""
    if "out" not in odd.command:
        return len(out.splitlines())
    files = [file for file in (folder / "out").rglob("*") if file.is_file() and not file.name.startswith(".senga")]
    pages = 0
    for file in files:
        if archives.is_archive(file):
            names = archives.members(str(file))
            pages += sum(archives.read_member(str(file), name).startswith(b"\x89PNG") for name in names)
        else:
            pages += file.read_bytes().startswith(b"\x89PNG")
    return pages
