"""Which pictures a folder holds, and which split, group and origin each has."""

import csv
import glob
import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from senga import storage
from senga.errors import PairSetError
from senga.inputs.item import ENDINGS, Item, find_items
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


def find_sources(places_of: Sequence[str | Path], out: str | Path, plan: BuildPlan) -> list[Source]:
    """Every picture in what was named, sorted by name.

    Args:
        places_of: folders, read with their sub-folders, but for hidden ones, pair sets, and the folder of line art;
            archives, patterns and URLs as `find_items` takes them.
        out: where the pair set goes; never read as input.
        plan: gives the shares of the splits, the table and the folder of line art.

    Raises:
        PairSetError: no folder, no picture in it, two of one name, or a table that does not fit.
    """
    items = _items([str(place) for place in places_of], str(out), plan)
    named = ", ".join(str(place) for place in places_of)
    rows = {} if plan.table is None else read_table(plan.table)
    if rows and not rows.keys() & items.keys():
        first = next(iter(rows))
        raise PairSetError(f"{plan.table}: names no picture of {named}; its first row names '{first}'")
    given = {row.group: row.split for row in rows.values() if row.split}
    drawings = _drawings(plan.lines_folder)
    sources = []
    for name in sorted(items):
        row = rows.get(name, Row(name))
        split = given.get(row.group) or split_of(row.group, plan)
        line = drawings.get(name.rpartition(".")[0])
        sources.append(Source(items[name], line, split, row.group, row.origin))
    return sources


def _items(named: list[str], out: str, plan: BuildPlan) -> dict[str, Item]:
    """What was named, by the pictures' names."""
    if len(named) == 1 and not storage.is_remote(named[0]) and not Path(named[0]).is_file():
        folder = Path(named[0])
        if folder.is_dir():
            return _in_folder(folder, out, plan)
        if not glob.has_magic(named[0]):
            raise PairSetError(f"{folder}: no such folder of pictures")
    found: dict[str, Item] = {}
    for item in find_items(named):
        if item.name in found:
            raise PairSetError(f"{item.place}: has the name of {found[item.name].place}; rename one")
        found[item.name] = item
    return found


def _in_folder(folder: Path, out: str, plan: BuildPlan) -> dict[str, Item]:
    apart = [] if plan.lines_folder is None else [plan.lines_folder]
    if not storage.is_remote(out):
        if Path(out).resolve() == folder.resolve():
            raise PairSetError(f"{out}: is the folder of pictures itself; build into another folder")
        apart.append(Path(out))
    files = {file.relative_to(folder).as_posix(): str(file) for file in _pictures(folder, apart)}
    if not files:
        raise PairSetError(f"{folder}: no pictures here ({', '.join(ENDINGS)})")
    return {name: Item(file, name, file) for name, file in files.items()}


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


def _pictures(folder: Path, apart: Iterable[Path] = ()) -> list[Path]:
    """Picture files under a folder, without hidden ones, folders `apart`, and pair sets below the top."""
    closed = {path.resolve() for path in apart}
    found = []
    for place, folders, names in os.walk(folder):
        here = Path(place)
        if here != folder and MANIFEST in names:
            folders.clear()
            continue
        folders[:] = [n for n in folders if not n.startswith(".") and (here / n).resolve() not in closed]
        found += [here / n for n in names if not n.startswith(".") and Path(n).suffix.lower() in ENDINGS]
    return found


def _drawings(folder: Path | None) -> dict[str, Path]:
    """Line art by relative name without ending."""
    if folder is None:
        return {}
    if not folder.is_dir():
        raise PairSetError(f"{folder}: no such folder of line art")
    files = sorted(_pictures(folder), key=lambda file: ENDINGS.index(file.suffix.lower()), reverse=True)
    return {file.relative_to(folder).with_suffix("").as_posix(): file for file in files}
