"""Files in a shard, by name: the shard is gone through once for where they lie, and then read only there."""

import tarfile
import threading
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from senga.errors import PairSetError

MEND = "build or pack the set again: whole shards are kept"

OPEN = 64
"""Shards whose tables are kept in memory (ours): a table of 3000 files takes half a megabyte."""

_finding = threading.Lock()


def read(shard: Path, name: str) -> bytes:
    """Content of one file of a shard.

    Raises:
        PairSetError: no shard, a broken one, or no such file in it.
    """
    start, size = _place(shard, name)
    try:
        with shard.open("rb") as file:
            file.seek(start)
            content = file.read(size)
    except OSError as error:
        raise broken(shard, error) from error
    if len(content) < size:
        raise broken(shard, f"ends within {name}")
    return content


def has(shard: Path, name: str) -> bool:
    """Whether a shard holds a file of this name; raises as `read`."""
    return name in _table_of(shard)


def broken(shard: Path, reason: object) -> PairSetError:
    """The error for a shard that cannot be read."""
    text = reason.strerror if isinstance(reason, OSError) and reason.strerror else str(reason)
    first = (text.strip().splitlines() or [type(reason).__name__])[0]
    return PairSetError(f"{shard}: a shard that cannot be read ({first}); {MEND}")


def check_end(file: BinaryIO, end: int) -> None:
    """Refuses a tar whose members end at byte `end` with anything but zeros behind them.

    Python's reader takes a damaged header for the end, and a cut-off file for a whole one.

    Raises:
        tarfile.ReadError: damaged or cut off.
    """
    file.seek(end)
    rest = file.read(1 << 20)
    if len(rest) < 2 * tarfile.BLOCKSIZE or rest.strip(b"\0"):
        raise tarfile.ReadError(f"damaged or cut off at byte {end}")


def _place(shard: Path, name: str) -> tuple[int, int]:
    try:
        return _table_of(shard)[name]
    except KeyError:
        raise PairSetError(f"{shard}: the shard lacks {name}, which the manifest names; {MEND}") from None


def _table_of(shard: Path) -> dict[str, tuple[int, int]]:
    try:
        about = shard.stat()
        # Threads that come to a new shard together would each go through it.
        with _finding:
            return _table(shard, about.st_size, about.st_mtime_ns)
    except (OSError, tarfile.TarError) as error:
        raise broken(shard, error) from error


@lru_cache(maxsize=OPEN)
def _table(shard: Path, size: int, changed: int) -> dict[str, tuple[int, int]]:
    """(first byte, bytes) by name; `size` and `changed` are there so that a shard written anew is gone through anew."""
    with shard.open("rb") as file, tarfile.open(fileobj=file, mode="r:") as tar:
        table = {member.name: (member.offset_data, member.size) for member in tar if member.isreg()}
        check_end(file, tar.offset)
    return table
