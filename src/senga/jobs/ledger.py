"""What a run has finished, proven by content: a file in the results' folder, a line an item."""

import hashlib
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from senga import storage
from senga.errors import SengaError

NAME = ".senga-run.jsonl"
"""The ledger's name in a folder of results."""

EVERY = 30
"""Seconds between writings of a ledger in object storage, where nothing can be added to a file: each writes it whole.
What was finished since is compared when a run goes on. Ours."""


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

    def check(self) -> None:
        """Raises TypeError for what no run notes."""
        digests = self.made.values() if isinstance(self.made, dict) else ()
        texts = (self.target, self.source, self.work, *digests)
        if not digests or not all(isinstance(text, str) and text for text in texts):
            raise TypeError("not an entry")


class Ledger:
    """The finished tasks of a run; files are noted relative to the ledger's folder, which may be moved."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._entries: dict[str, Entry] = {}
        self._out: IO[bytes] | None = None
        self._written, self._unwritten = time.monotonic(), False
        for line in self._lines():
            try:
                entry = Entry(**json.loads(line))
                entry.check()
            except (ValueError, TypeError, RecursionError):
                continue  # what a kill left half-written proves nothing, nor what somebody else wrote
            self._entries[entry.target] = entry

    def proofs(self, target: str, work: str) -> tuple[str, dict[str, str]] | None:
        """What an earlier run of the same work noted of a task: its source's digest, and each file's."""
        entry = self._entries.get(self._inside(target))
        if entry is None or entry.work != work:
            return None
        return entry.source, {self._outside(f): d for f, d in entry.made.items()}

    def own(self, target: str) -> bool:
        """Whether a task's files are as an earlier run, of whatever work, left them."""
        entry = self._entries.get(self._inside(target))
        return entry is not None and all(storage.digest(self._outside(f)) == d for f, d in entry.made.items())

    def add(self, entry: Entry) -> None:
        """Notes a task as finished; its files lie there already.

        Raises:
            SengaError: the ledger cannot be written.
        """
        made = {self._inside(f): d for f, d in entry.made.items()}
        entry = Entry(self._inside(entry.target), entry.source, entry.work, made)
        self._entries[entry.target] = entry
        if storage.is_remote(self.file):
            self._unwritten = True
            if time.monotonic() - self._written > EVERY:
                self._rewrite()
            return
        try:
            if self._out is None:
                file = Path(self.file)
                torn = file.exists() and not file.read_bytes().endswith(b"\n")
                self._out = file.open("ab")
                if torn:
                    self._out.write(b"\n")
            self._out.write(_as_line(entry))
            self._out.flush()
        except OSError as error:
            raise SengaError(f"{self.file}: cannot be written: {error.strerror or error}") from error

    def close(self) -> None:
        """Ends writing."""
        if self._out is not None:
            self._out.close()
            self._out = None
        if self._unwritten:
            self._rewrite()

    def _rewrite(self) -> None:
        storage.write(self.file, b"".join(map(_as_line, self._entries.values())))
        self._written, self._unwritten = time.monotonic(), False

    def _inside(self, file: str) -> str:
        return storage.relative(file, storage.parent(self.file))

    def _outside(self, file: str) -> str:
        return storage.join(storage.parent(self.file), file)

    def _lines(self) -> list[bytes]:
        try:
            return storage.read(self.file).split(b"\n") if storage.exists(self.file) else []
        except OSError as error:
            raise SengaError(f"{self.file}: cannot be read: {error.strerror or error}") from error


def _as_line(entry: Entry) -> bytes:
    # Bytes of names that are not UTF-8 become escapes, which JSON gives back as what they were.
    return json.dumps(asdict(entry), ensure_ascii=False).encode(errors="backslashreplace") + b"\n"


def digest(content: bytes) -> str:
    """SHA-256 in hex digits."""
    return hashlib.sha256(content).hexdigest()
