"""A pair set becomes one of shards; a packing that was stopped goes on where it was."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from senga import storage
from senga.errors import PairSetError
from senga.image import read_content
from senga.pairs.pairset import MANIFEST, Pair, PairSet, as_line, write_manifest
from senga.pairs.plan import PLAN
from senga.pairs.shards import FOLDER, Row, in_shard, key_of, pack_shard, read_shard, shard_name


def pack_pairs(
    pairs: PairSet,
    out: Path,
    *,
    each: int = 1000,
    regions: Callable[[Pair], bytes | None] = lambda _: None,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> PairSet:
    """The same pair set in shards, in the same order; one pair is held in memory at a time.

    Shards that are there and hold what they should are kept. The manifest is written last: a folder with it is whole.

    Args:
        pairs: the set; may be one of shards itself.
        out: folder of the new set; made if missing.
        each: pairs a shard.
        regions: PNG of a pair's regions (see `senga.image.encode_numbers`), or None.
        report: called with (shards done, shards in all), first and after each shard.

    Raises:
        PairSetError: nothing to pack, or `out` holds another set. ImageError: a file that cannot be read.
        SengaError: one that cannot be written.
    """
    if not pairs.pairs:
        raise PairSetError(f"{pairs.folder}: has no pairs to pack")
    if out.resolve() == pairs.folder.resolve():
        raise PairSetError(f"{out}: is the pair set itself; pack it into another folder")
    given = _with_keys(pairs.pairs)
    packed = [in_shard(pair, shard_name(i // each)) for i, pair in enumerate(given)]
    _make_ready(pairs.folder, out, packed)
    starts = range(0, len(given), each)
    report(0, len(starts))
    for done, start in enumerate(starts):
        file = out / shard_name(done)
        if not _holds(file, packed[start : start + each]):
            pack_shard(file, _rows(pairs, pairs.pairs[start : start + each], given[start : start + each], regions))
        report(done + 1, len(starts))
    write_manifest(out, packed)
    return PairSet(out, tuple(packed))


def _rows(
    pairs: PairSet, files: Sequence[Pair], named: Sequence[Pair], regions: Callable[[Pair], bytes | None]
) -> Iterator[Row]:
    """What goes into a shard: `named` is `files` under the names that they are packed by."""
    for file, name in zip(files, named, strict=True):
        line = None if file.line is None else pairs.content(file, file.line)
        yield name, pairs.content(file, file.color), line, regions(file)


def _with_keys(pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs, some renamed so that no two of the set have one key: pictures of one name lie in two folders."""
    keys = [key_of(pair) for pair in pairs]
    counts, taken = Counter(keys), set(keys)
    named = []
    for pair, key in zip(pairs, keys, strict=True):
        if counts[key] > 1:
            other = "-".join(Path(pair.color).with_suffix("").parts).replace(".", "_")
            while other in taken:
                other += "-"
            taken.add(other)
            named.append(replace(pair, color=other + Path(pair.color).suffix, shard=""))
        else:
            named.append(pair)
    return named


def _make_ready(folder: Path, out: Path, packed: Sequence[Pair]) -> None:
    """Makes the folder, with the plan; refuses one that holds something else."""
    other = PairSetError(f"{out}: holds another pair set, or one packed otherwise; pack into another folder")
    manifest, plan = out / MANIFEST, folder / PLAN
    wanted = "".join(as_line(pair) + "\n" for pair in packed).encode()
    if manifest.exists() and read_content(manifest) != wanted:
        raise other
    try:
        (out / FOLDER).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PairSetError(f"{out}: cannot be made: {error.strerror or error}") from error
    storage.clear(out / FOLDER)
    if plan.exists() and not (out / PLAN).exists():
        storage.write_new(out / PLAN, read_content(plan))
    if (out / PLAN).exists() and (not plan.exists() or read_content(plan) != read_content(out / PLAN)):
        raise other
    known = {pair.shard for pair in packed}
    if any(f"{FOLDER}/{file.name}" not in known for file in (out / FOLDER).glob("*.tar")):
        raise other


def _holds(file: Path, wanted: Sequence[Pair]) -> bool:
    """Whether a shard is whole and holds these pairs, their pictures unchanged.

    Raises:
        PairSetError: it holds other pairs: it is not ours to replace.
    """
    if not file.exists():
        return False
    try:
        found = []
        for pair, parts in read_shard(file):
            found.append((pair, hashlib.sha256(parts["color"]).hexdigest()))
    except PairSetError:
        return False  # damaged: packed anew
    if [pair for pair, _ in found] != list(wanted):
        raise PairSetError(f"{file}: holds other pairs than are to be packed; pack into another folder")
    return all(pair.sha256 == digest for pair, digest in found)
