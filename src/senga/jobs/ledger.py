"""What a run has finished, proven by content: a file in the results' folder, a line an item."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from senga.errors import SengaError

NAME = ".senga-run.jsonl"
"""The ledger's name in a folder of results."""


@dataclass(frozen=True)
class Entry:
    """One finished task.

    Attributes:
        target: its result's file. source: SHA-256 of its item's content.
        work: of all that was asked for, see `work.Work.fingerprint`. made: SHA-256 of each of its files.
    """

    target: str
    source: str
    work: str
    made: dict[str, str]


class Ledger:
    """The finished tasks of a run; files are noted relative to the ledger's folder, which may be moved."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._entries: dict[str, Entry] = {}
        self._out: IO[bytes] | None = None
        for line in self._lines():
            try:
                entry = Entry(**json.loads(line))
            except (ValueError, TypeError):
                continue  # what a kill left half-written proves nothing
            self._entries[entry.target] = entry

    def proofs(self, target: str, work: str) -> tuple[str, dict[str, str]] | None:
        """What an earlier run of the same work noted of a task: its source's digest, and each file's."""
        entry = self._entries.get(self._inside(target))
        if entry is None or entry.work != work:
            return None
        return entry.source, {str(self.file.parent / f): d for f, d in entry.made.items()}

    def own(self, target: str) -> bool:
        """Whether a task's files are as an earlier run, of whatever work, left them."""
        entry = self._entries.get(self._inside(target))
        return entry is not None and all(digest_of(self.file.parent / f) == d for f, d in entry.made.items())

    def add(self, entry: Entry) -> None:
        """Notes a task as finished; its files lie there already.

        Raises:
            SengaError: the ledger cannot be written.
        """
        made = {self._inside(f): d for f, d in entry.made.items()}
        entry = Entry(self._inside(entry.target), entry.source, entry.work, made)
        self._entries[entry.target] = entry
        try:
            if self._out is None:
                torn = self.file.exists() and not self.file.read_bytes().endswith(b"\n")
                self._out = self.file.open("ab")
                if torn:
                    self._out.write(b"\n")
            self._out.write(json.dumps(asdict(entry), ensure_ascii=False).encode() + b"\n")
            self._out.flush()
        except OSError as error:
            raise SengaError(f"{self.file}: cannot be written: {error.strerror or error}") from error

    def close(self) -> None:
        """Ends writing."""
        if self._out is not None:
            self._out.close()
            self._out = None

    def _inside(self, file: str) -> str:
        return Path(os.path.relpath(file, self.file.parent)).as_posix()

    def _lines(self) -> list[bytes]:
        try:
            return self.file.read_bytes().split(b"\n") if self.file.exists() else []
        except OSError as error:
            raise SengaError(f"{self.file}: cannot be read: {error.strerror or error}") from error


def digest(content: bytes) -> str:
    """SHA-256 in hex digits."""
    return hashlib.sha256(content).hexdigest()


def digest_of(file: Path) -> str:
    """SHA-256 of a file; "" where there is none."""
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError:
        return ""
