"""A corpus of odd files through the command line: each is read, or refused in one line that says what to do."""

import faulthandler
import re
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from conftest import call
from corpus import READ, REFUSED, Odd
from corpus_pictures import all_pictures

LIMIT = 10.0
"""Seconds that one file may take at the most."""

MENDS = re.compile(
    r"; |save it|give |copy or|pack |unpack|rename|upgrade|wanted|write it|make it|known: "
    r"|empty file|no such file|no pictures here|symbolic links"
)
"""How a refusal says what to do, or that there is nothing to be done about it here."""


class Hang(BaseException):
    """A file took too long; no `except Exception` of a reader takes it."""


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
    """Ends a test that hangs; where it hangs within a library, so that no Python runs, the whole run a while later."""

    def late(number: int, frame: FrameType | None) -> None:
        raise Hang(f"over {LIMIT} s")

    faulthandler.dump_traceback_later(6 * LIMIT, exit=True, file=sys.__stderr__)
    before = signal.signal(signal.SIGALRM, late) if hasattr(signal, "SIGALRM") else None
    if before is not None:
        signal.setitimer(signal.ITIMER_REAL, LIMIT)
    yield
    if before is not None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    faulthandler.cancel_dump_traceback_later()


CORPUS = all_pictures()


def test_there_are_many_of_them_each_with_a_title_of_its_own() -> None:
    titles = [odd.title for odd in CORPUS]
    assert len(titles) >= 200
    assert sorted(titles) == sorted(set(titles))


@pytest.mark.parametrize("odd", CORPUS, ids=lambda odd: odd.title)
def test_an_odd_file_is_read_or_refused_in_one_line(
    odd: Odd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    odd.put(tmp_path)
    begun = time.monotonic()
    name = f"./{odd.name}" if odd.name.startswith("-") else odd.name
    code = call(monkeypatch, *(name if part == "FILE" else part for part in odd.command))
    assert time.monotonic() - begun < LIMIT
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert all(line.startswith("senga: ") for line in lines), err
    assert not list(tmp_path.rglob(".senga-*.part")), "nothing half-written stays"
    if odd.ends in (READ, REFUSED):
        assert code == (0 if odd.ends == READ else 2), err
    if code == 0:
        made = results(odd, tmp_path, out)
        assert made == odd.results if odd.ends == READ else made > 0
        assert re.search(odd.said, err) if odd.said else not err or odd.ends != READ, err
    else:
        assert code == 2
        shown = "".join(c if c.isprintable() else repr(c)[1:-1] for c in odd.name)
        assert lines
        assert all(shown in line for line in lines), err
        assert len(lines) == len(set(lines)), err
        assert sum("(page " not in line for line in lines) <= 1, err
        assert re.search(odd.said, lines[-1])
        assert MENDS.search(lines[-1]), lines[-1]


def results(odd: Odd, folder: Path, out: str) -> int:
    """How much came of it."""
    if "out" in odd.command:
        return sum(1 for file in (folder / "out").rglob("*.png") if not file.name.startswith(".senga"))
    return len(out.splitlines())
