"""Shards: many pairs in one tar, as WebDataset lays them, for sets of more files than a folder bears.

A shard is `shards/000012.tar` in the pair set's folder. A pair is the members `KEY.color.<ending>`, `KEY.line.png` if
there is line art, `KEY.regions.png` if regions were packed (16-bit gray), and `KEY.json`, its line of the manifest, one
after another; KEY has no dot. The bytes depend on the pairs alone: no times, no owners.

Source: https://github.com/webdataset/webdataset, "The WebDataset Format".
"""

import io
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from senga.errors import PairSetError
from senga.pairs.members import broken, check_end
from senga.pairs.pairset import Pair, as_line, parse_line
from senga.storage import writing

FOLDER = "shards"

Row = tuple[Pair, bytes, bytes | None, bytes | None]
"""A pair to be packed: pair, contents of its picture, of its line art (PNG) and of its regions (PNG)."""


def shard_name(number: int) -> str:
    """Name of a set's shard, relative to the set's folder.

    >>> shard_name(12)
    'shards/000012.tar'
    """
    return f"{FOLDER}/{number:06d}.tar"


def key_of(pair: Pair) -> str:
    """What the names of a pair's members in a shard begin with; pairs of one set must differ in it."""
    return pair.name.replace(".", "_")


def in_shard(pair: Pair, shard: str) -> Pair:
    """The pair as it stands in the manifest when its files lie in a shard.

    Args:
        pair: with its files anywhere. shard: name relative to the set's folder.
    """
    key = key_of(pair)
    ending = pair.color.rpartition(".color.")[2] if pair.shard else Path(pair.color).suffix[1:]
    color = f"{key}.color.{ending.lower() or 'png'}"
    return replace(pair, color=color, line=pair.line and f"{key}.line.png", shard=shard)


def pack_shard(file: Path, rows: Iterable[Row]) -> tuple[Pair, ...]:
    """Writes a shard, whole or not at all, and answers with its pairs as they stand in the manifest.

    One row is held at a time. An older shard of this name is replaced.

    Args:
        file: SET/shards/NUMBER.tar. rows: pairs and the contents of their files.

    Raises:
        PairSetError: two pairs of one key, or line art that comes without a name or does not come.
        SengaError: a place that cannot be written.
    """
    shard = f"{file.parent.name}/{file.name}"
    packed: dict[str, Pair] = {}
    with writing(file, force=True) as out, tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for given, color, line, regions in rows:
            pair, key = in_shard(given, shard), key_of(given)
            if key in packed:
                raise PairSetError(f"{file}: two pairs would be named '{key}' in it; rename the picture {given.source}")
            if (pair.line is None) != (line is None):
                raise PairSetError(
                    f"{file}: {given.color} has line art in its row and none in its files, or none there"
                )
            contents = {pair.color: color, f"{key}.line.png": line, f"{key}.regions.png": regions}
            contents[f"{key}.json"] = as_line(pair).encode()
            for name, content in contents.items():
                if content is not None:
                    member = tarfile.TarInfo(name)
                    member.size = len(content)
                    tar.addfile(member, io.BytesIO(content))
            packed[key] = pair
    return tuple(packed.values())


def read_shard(file: Path) -> Iterator[tuple[Pair, dict[str, bytes]]]:
    """Each pair of a shard, in its order, with the contents of its files by part: color, line, regions.

    Raises:
        PairSetError: a shard that is missing or broken, or holds something else than pairs.
    """
    row: bytes | None = None
    key, parts = "", dict[str, bytes]()
    for name, content in _members(file):
        found, _, part = name.partition(".")
        if found != key and key:
            yield _pair(file, key, row, parts), parts
            row, parts = None, {}
        key = found
        if part == "json":
            row = content
        else:
            parts[part.partition(".")[0]] = content
    if key:
        yield _pair(file, key, row, parts), parts


def _pair(file: Path, key: str, row: bytes | None, parts: dict[str, bytes]) -> Pair:
    if row is None or "color" not in parts:
        raise broken(file, f"'{key}' lacks {'its picture' if row else 'its row'}")
    pair = parse_line(row.decode("utf-8", "replace"), f"{file}: {key}.json")
    if pair.line is not None and "line" not in parts:
        raise broken(file, f"'{key}' lacks its line art")
    return pair


def _members(file: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of each member, in order."""
    try:
        with file.open("rb") as opened, tarfile.open(fileobj=opened, mode="r:") as tar:
            for member in tar:
                content = tar.extractfile(member)
                if content is None:
                    raise tarfile.ReadError(f"{member.name} is not a file")
                yield member.name, content.read()
            check_end(opened, tar.offset)
    except (OSError, tarfile.TarError, EOFError) as error:
        raise broken(file, error) from error
