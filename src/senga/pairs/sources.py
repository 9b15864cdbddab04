"""Which pictures a folder holds, and which split, group and origin each has."""

import csv
import glob
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from senga import storage
from senga.errors import PairSetError, SengaError
from senga.inputs.folders import walk
from senga.inputs.item import ENDINGS, Item, find_items
from senga.inputs.passed import Passed
from senga.pairs.pairset import MANIFEST, SPLITS, Split
from senga.pairs.plan import BuildPlan


@dataclass(frozen=True)
class Source:
    """One picture before it is cut.

    Attributes:
        item: the picture; its name is relative to what was named, "/" between folders.
        line: its given line art, or None.
        split, group, origin: as in `senga.pairs.pairset.Pair`.
    """

    item: Item
    line: Path | None
    split: Split
    group: str
    origin: str

    @property
    def name(self) -> str:
        """The item's."""
        return self.item.name


def find_sources(
    places_of: Sequence[str | Path], out: str | Path, plan: BuildPlan, passed: Passed | None = None
) -> list[Source]:
    """Every picture in what was named, sorted by name.

    Args:
        places_of: folders, read with their sub-folders, but for hidden ones, pair sets, and the folder of line art;
            archives, patterns and URLs as `find_items` takes them.
        out: where the pair set goes; never read as input.
        plan: gives the shares of the splits, the table and the folder of line art.
        passed: takes what lies among the pictures and is none.

    Raises:
        PairSetError: no folder, no picture in it, two of one name, or a table that does not fit.
    """
    items = _items([str(place) for place in places_of], str(out), plan, passed)
    named = ", ".join(str(place) for place in places_of)
    rows = {} if plan.table is None else read_table(plan.table)
    if rows and not rows.keys() & {n for name, item in items.items() for n in (name, item.whole)}:
        first = next(iter(rows))
        raise PairSetError(f"{plan.table}: names no picture of {named}; its first row names '{first}'")
    given = {row.group: row.split for row in rows.values() if row.split}
    drawings = _drawings(plan.lines_folder)
    sources = []
    for name in sorted(items):
        # Frames of one animation are alike: they stay in one split.
        whole = items[name].whole
        row = rows.get(name, rows.get(whole, Row(whole)))
        split = given.get(row.group) or split_of(row.group, plan)
        line = drawings.get(name.rpartition(".")[0])
        sources.append(Source(items[name], line, split, row.group, row.origin))
    return sources


def _items(named: list[str], out: str, plan: BuildPlan, passed: Passed | None) -> dict[str, Item]:
    """What was named, by the pictures' names."""
    for place in named:
        if storage.is_remote(place) or Path(place).exists() or glob.has_magic(place):
            continue
        raise PairSetError(f"{place}: no such folder of pictures")
    for place in filter(os.path.isdir, named):
        if not storage.is_remote(out) and Path(out).resolve() == Path(place).resolve():
            raise PairSetError(f"{out}: is the folder of pictures itself; build into another folder")
    apart = [out] if plan.lines_folder is None else [out, str(plan.lines_folder)]
    found: dict[str, Item] = {}
    try:
        items = find_items(named, apart=apart, closed_by=MANIFEST, passed=passed)
    except SengaError as error:
        raise PairSetError(str(error)) from error
    for item in items:
        if item.name in found:
            raise PairSetError(f"{item.place}: has the name of {found[item.name].place}; rename one")
        found[item.name] = item
    return found


def split_of(group: str, plan: BuildPlan) -> Split:
    """Split of a group, by a hash of it and the seed: the same whatever else lies in the folder."""
    place = hash_of(plan.seed, group) / 2**64
    if place < plan.test:
        return "test"
    return "val" if place < plan.test + plan.val else "train"


def hash_of(*parts: object) -> int:
    """64-bit hash of some values, the same on every machine and in every process."""
    text = "\0".join(map(str, parts)).encode("utf-8", "surrogateescape")
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "big")


@dataclass(frozen=True)
class Row:
    """What a table says of one picture; a group is the picture's own name if the table names none."""

    group: str
    split: Split | None = None
    origin: str = ""


def read_table(table: Path) -> dict[str, Row]:
    """Rows of a table (see `BuildPlan.table`) by file name.

    Raises:
        PairSetError: no such table, no column 'file', a file named twice, an unknown split, or a group that the
            table puts in two splits.
    """
    rows: dict[str, Row] = {}
    splits: dict[str, Split] = {}
    try:
        with table.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            if "file" not in (reader.fieldnames or ()):
                raise PairSetError(f"{table}: has no column 'file'; its columns: {', '.join(reader.fieldnames or ())}")
            for line in reader:
                place = f"{table}:{reader.line_num}"
                name = line["file"] or ""
                split = _split(line.get("split") or "", place)
                row = Row(line.get("group") or name, split, line.get("source") or "")
                if name in rows:
                    raise PairSetError(f"{place}: '{name}' is named a second time")
                if split and splits.setdefault(row.group, split) != split:
                    raise PairSetError(f"{place}: group '{row.group}' is in {splits[row.group]} and in {split}")
                rows[name] = row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PairSetError(f"{table}: cannot be read: {error}") from error
    return rows


def _split(text: str, place: str) -> Split | None:
    for known in SPLITS:
        if text == known:
            return known
    if text:
        raise PairSetError(f"{place}: unknown split '{text}'; known: {', '.join(SPLITS)}")
    return None


def _drawings(folder: Path | None) -> dict[str, Path]:
    """Line art by relative name without ending."""
    if folder is None:
        return {}
    if not folder.is_dir():
        raise PairSetError(f"{folder}: no such folder of line art")
    named = [place / name for place, names in walk(folder, closed_by=MANIFEST) for name in names]
    files = [file for file in named if file.suffix.lower() in ENDINGS]
    files.sort(key=lambda file: ENDINGS.index(file.suffix.lower()), reverse=True)
    return {file.relative_to(folder).with_suffix("").as_posix(): file for file in files}
