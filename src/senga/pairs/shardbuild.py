"""Pictures become shards of a pair set, each shard one job: what a million pictures need is one file a thousand.

A shard that is finished has a receipt beside it: what was asked for, what was made, its digest. A build that goes on
keeps the shards whose receipts hold, wherever they were made, and the manifest is put together from the receipts.
"""

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from senga import storage
from senga.errors import PairSetError, SengaError
from senga.pairs.cut import make_pairs, shown_name
from senga.pairs.pairset import DROPPED, MANIFEST, Pair, as_line, parse_line, read_manifest
from senga.pairs.plan import BuildPlan, keep_plan, plan_record
from senga.pairs.shards import FOLDER, Row, pack_shard, shard_name
from senga.pairs.skipped import SKIPPED, BuildReport, Skipped, as_skipped_line
from senga.pairs.sources import Source
from senga.workers.engines import Engine, results_of
from senga.workers.worker import Worker


@dataclass(frozen=True)
class Shelf:
    """The sources of one shard.

    Attributes:
        number: of the shard. sources: in order. asked: digest of the plan and of the sources' names and groups.
    """

    number: int
    sources: tuple[Source, ...]
    asked: str


@dataclass(frozen=True)
class Filled:
    """What became of a shelf.

    Attributes:
        number: of the shard. pictures: that were on the shelf. pairs: that are in the shard.
        skipped: pictures without pair. kept: whether an earlier run's shard was proven.
    """

    number: int
    pictures: int
    pairs: int
    skipped: tuple[Skipped, ...]
    kept: bool = False


@dataclass(frozen=True)
class Filling(Worker[Shelf, Filled]):
    """Fills shards by a plan, in the folder or at the URL `out`."""

    plan: BuildPlan
    out: str
    max_ram: float | None = None

    def do(self, job: Shelf) -> Filled:
        """Fills one; the receipt comes last."""
        shard = storage.join(self.out, shard_name(job.number))
        found = read_receipt(self.out, job.number)
        if found and found["asked"] == job.asked and found["sha256"] == storage.digest(shard):
            skipped = tuple(Skipped(**one) for one in found["skipped"])
            return Filled(job.number, len(job.sources), len(found["pairs"]), skipped, kept=True)
        left_out: list[Skipped] = []
        pairs = self._pack(shard, self._rows(job.sources, left_out))
        receipt = {
            "asked": job.asked,
            "sha256": storage.digest(shard),
            "skipped": [one._asdict() for one in left_out],
            "pairs": [as_line(pair) for pair in pairs],
        }
        storage.write(_receipt(self.out, job.number), json.dumps(receipt, ensure_ascii=False).encode() + b"\n")
        return Filled(job.number, len(job.sources), len(pairs), tuple(left_out))

    def lost(self, job: Shelf, reason: str) -> Filled:
        """A shard that cannot be filled leaves a hole that nobody would find later."""
        raise PairSetError(f"{shard_name(job.number)}: {reason}, or smaller --shards")

    def _pack(self, shard: str, rows: Iterator[Row]) -> tuple[Pair, ...]:
        if not storage.is_remote(shard):
            return pack_shard(Path(shard), rows)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / FOLDER / storage.base(shard)
            file.parent.mkdir()
            pairs = pack_shard(file, rows)
            storage.send(file, shard)
        return pairs

    def _rows(self, sources: Sequence[Source], left_out: list[Skipped]) -> Iterator[Row]:
        """Rows of one picture after another; those without are noted."""
        for source in sources:
            made = make_pairs(source, self.plan, self.max_ram)
            if isinstance(made, str):
                left_out.append(Skipped(shown_name(source), made))
                continue
            for pair, color, line in made:
                yield pair, color, line, None


def build_shards(
    sources: Sequence[Source],
    out: str,
    plan: BuildPlan,
    *,
    engine: Engine,
    workers: int | None,
    each: int | None = None,
    stop: bool,
    report: Callable[[int, int, int], None],
) -> BuildReport:
    """Builds a pair set of shards; arguments and errors as `senga.pairs.build.build_pairs`, `each` bytes a worker."""
    storage.make_folder(storage.join(out, FOLDER))
    keep_plan(plan, out)
    storage.clear(storage.join(out, FOLDER))
    shelves = list(_shelves(sources, plan))
    done, pairs, added, skipped = 0, 0, 0, list[Skipped]()
    report(0, len(sources), 0)
    with closing(results_of(engine)(Filling(plan, out, each), shelves, workers)) as filled:
        for one in filled:
            done, pairs = done + one.pictures, pairs + one.pairs
            added += 0 if one.kept else one.pairs
            skipped += one.skipped
            report(done, len(sources), len(skipped))
            if stop and one.skipped:
                first = min(one.skipped)
                raise PairSetError(f"{first.file}: {first.reason}; the build was stopped by --on-error stop")
    _finish(out, len(shelves), sorted(skipped))
    return BuildReport(pairs, len(sources) - len(skipped), added, tuple(sorted(skipped)))


def read_receipt(out: str, number: int) -> dict[str, Any] | None:
    """What lies beside a finished shard; None where there is none, or half of one."""
    try:
        found = json.loads(storage.read(_receipt(out, number)))
    except (OSError, ValueError, SengaError):
        return None
    return found if isinstance(found, dict) and {"asked", "sha256", "pairs", "skipped"} <= found.keys() else None


def _shelves(sources: Sequence[Source], plan: BuildPlan) -> Iterator[Shelf]:
    plan_text = json.dumps(plan_record(plan), sort_keys=True)
    for number, start in enumerate(range(0, len(sources), plan.shard)):
        part = tuple(sources[start : start + plan.shard])
        listed = [[shown_name(s), s.split, s.group, s.origin] for s in part]
        yield Shelf(number, part, hashlib.sha256(f"{plan_text}{json.dumps(listed)}".encode()).hexdigest())


def _receipt(out: str, number: int) -> str:
    return storage.join(out, shard_name(number).replace(".tar", ".json"))


def _finish(out: str, shelves: int, skipped: Sequence[Skipped]) -> None:
    """Writes the manifest, a shard's pairs after another's; shards of a larger run before are taken away."""
    dropped = storage.join(out, DROPPED)
    left_out = {pair.color for pair in read_manifest(Path(dropped))} if Path(dropped).exists() else set()
    with tempfile.TemporaryDirectory(dir=None if storage.is_remote(out) else out) as folder:
        whole = Path(folder) / MANIFEST
        with whole.open("wb") as manifest:
            for number in range(shelves):
                receipt = read_receipt(out, number)
                if receipt is None:
                    raise PairSetError(f"{_receipt(out, number)}: has gone; build again: whole shards are kept")
                for line in receipt["pairs"]:
                    if parse_line(line, _receipt(out, number)).color not in left_out:
                        manifest.write(line.encode() + b"\n")
        storage.send(whole, storage.join(out, MANIFEST))
    number = shelves
    while read_receipt(out, number) is not None:
        storage.remove(_receipt(out, number))
        storage.remove(storage.join(out, shard_name(number)))
        number += 1
    if skipped:
        storage.write(storage.join(out, SKIPPED), b"".join(map(as_skipped_line, skipped)))
    elif storage.exists(storage.join(out, SKIPPED)):
        storage.remove(storage.join(out, SKIPPED))
