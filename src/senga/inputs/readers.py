"""Archives that were opened once: their tables are read once, not anew for each of their files."""

import io
import os
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import RLock
from typing import IO, cast

from senga import storage
from senga.errors import SengaError
from senga.inputs import kinds
from senga.inputs.membernames import open_zip, read_zipped, tar_names, zip_names


class _Lent(io.RawIOBase):
    """A file that is open only while somebody reads in it, so that it can be renamed and removed in between."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.at = 0
        self.file: IO[bytes] | None = None

    @contextmanager
    def open(self) -> Iterator[None]:
        """Opens it. Raises as `storage.opened`."""
        with storage.opened(self.place) as file:
            self.file = file
            try:
                yield
            finally:
                self.file = None

    def read(self, size: int | None = -1, /) -> bytes:
        assert self.file is not None
        self.file.seek(self.at)
        content = self.file.read(-1 if size is None else size)
        self.at += len(content)
        return content

    def seek(self, at: int, whence: int = os.SEEK_SET, /) -> int:
        if whence == os.SEEK_CUR:
            at += self.at
        elif whence == os.SEEK_END:
            assert self.file is not None
            at += self.file.seek(0, os.SEEK_END)
        if at < 0:
            raise OSError("a place before the file's beginning")
        self.at = at
        return at

    def tell(self) -> int:
        return self.at

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


class Reader:
    """An archive whose table was read. Its functions raise errors of many kinds where a byte is wrong.

    Attributes:
        ended: whether it ends as it should, or so that more may have followed.
    """

    def __init__(self, place: str, kind: str) -> None:
        """Reads the table of a file of a kind of `kinds`."""
        self._file = _Lent(place)
        self._lock = RLock()
        self._zip: zipfile.ZipFile | None = None
        self.ended = True
        with self._file.open():
            if kind == kinds.ZIP:
                self._zip = open_zip(cast(IO[bytes], self._file))
                self._entries = zip_names(self._zip)
            else:
                self._tar = tarfile.open(fileobj=self._file, encoding="utf-8", errors="surrogateescape")  # noqa: SIM115
                self._members = tar_names(self._tar)
                self.ended = self._ends()

    def _ends(self) -> bool:
        """Whether a tar has its mark at the end. Without it the file may have been cut off; at other bytes the library
        stops in silence, whatever follows.
        """
        stream = self._tar.fileobj
        assert stream is not None
        stream.seek(self._tar.offset)
        block = stream.read(tarfile.BLOCKSIZE)
        if any(block) or 0 < len(block) < tarfile.BLOCKSIZE:
            raise SengaError(f"damaged behind {list(self._members)[-1]}" if self._members else "damaged")
        return bool(block)

    @property
    def names(self) -> list[str]:
        """Of its files, in its order."""
        return list(self._entries if self._zip else self._members)

    def read(self, name: str, most: int) -> bytes:
        """Content of a file.

        Raises:
            SengaError: it has more than `most` bytes, or is no file.
        """
        with self._lock, self._file.open():
            if (self._entries[name].file_size if self._zip else self._members[name].size) > most:
                raise SengaError(f"too large: more than {most >> 20} MB; make it smaller")
            if self._zip:
                return read_zipped(self._zip, self._entries[name])
            content = self._tar.extractfile(self._members[name])
            if content is None:
                raise SengaError("not a file; pack it again")
            return content.read()

    def head(self, name: str, size: int) -> bytes:
        """The first bytes of a file."""
        with self._lock, self._file.open():
            content = self._zip.open(self._entries[name]) if self._zip else self._tar.extractfile(self._members[name])
            if content is None:
                return b""
            with content:
                return content.read(size)


def reader(place: str, kind: str) -> Reader:
    """The archive at a place; of one here that has not changed, what was read of it before."""
    if storage.is_remote(place):
        return Reader(place, kind)
    facts = Path(place).stat()
    return _kept(place, kind, facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=2)
def _kept(place: str, kind: str, changed: int, size: int) -> Reader:
    """`changed` and `size` tell another archive of the same name."""
    return Reader(place, kind)
