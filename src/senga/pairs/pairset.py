"""A pair set: a folder of pictures and line art, and the manifest that says what each pair is.

The manifest is `manifest.jsonl`, one JSON object a line, one line a pair. Files are named relative to the folder, or
are members of shards (see `senga.pairs.shards`). A pair without line art serves training that draws its own lines.
"""

import hashlib
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from senga import image, storage
from senga.errors import PairSetError
from senga.pairs import fetched, members

Split = Literal["train", "val", "test"]
SPLITS: tuple[Split, ...] = ("train", "val", "test")
MANIFEST = "manifest.jsonl"
DROPPED = "dropped.jsonl"
"""Pairs that were taken out of the manifest, so that a build that goes on does not make them again."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of the manifest.

    Attributes:
        color: picture file. line: line-art file, or None. Members of the shard, if there is one.
        source: the picture file that the pair was cut from, as it was named when the set was built.
        box: (left, top, right, bottom) of the crop in the source, px.
        rotation: degrees counter-clockwise after the crop: 0, 90, 180 or 270.
        method, parameters: how the line art was made; "given" if it was there.
        sha256: of the picture file's content.
        split: "train", "val" or "test", the same for all pairs of one group.
        group: what must not be torn over splits: the source picture unless a table says more.
        origin: where the source picture came from, for caps on its share of the draws; may be empty.
        shard: the tar that holds the files, relative to the set's folder; "" where they lie in the folder itself.
    """

    color: str
    line: str | None
    source: str
    box: tuple[int, int, int, int]
    rotation: int
    method: str
    parameters: dict[str, Any]
    sha256: str
    split: Split
    group: str
    origin: str = ""
    shard: str = ""

    @property
    def name(self) -> str:
        """Of the picture, without folder and ending."""
        return self.color.partition(".")[0] if self.shard else Path(self.color).stem


@dataclass(frozen=True)
class PairSet:
    """A folder of pairs, its manifest read whole."""

    folder: Path
    pairs: tuple[Pair, ...] = field(repr=False)

    @staticmethod
    def open(folder: str | Path) -> "PairSet":
        """The pair set in a folder, or at a URL if it is one of shards, which are then fetched as they are read.

        Raises:
            PairSetError: no manifest, or a line in it that is not a pair.
        """
        url = fetched.spelled(folder)
        place = fetched.stand_in(url, (MANIFEST, DROPPED)) if storage.is_remote(url) else Path(folder)
        manifest = place / MANIFEST
        if not manifest.is_file():
            raise PairSetError(f"{place}: no pair set here ({MANIFEST} is missing); make one with 'senga pairs build'")
        return PairSet(place, read_manifest(manifest))

    def of(self, split: Split) -> list[Pair]:
        """The pairs of one split, in the manifest's order."""
        return [p for p in self.pairs if p.split == split]

    def color(self, pair: Pair) -> image.Pixels:
        """Picture (H, W, 3) uint8.

        Raises:
            ImageError: a file that cannot be read. PairSetError: a shard that cannot be read.
        """
        return image.flatten(self._pixels(pair, pair.color))

    def line(self, pair: Pair) -> image.Pixels:
        """Line art (H, W) uint8, 0 = ink.

        Raises:
            PairSetError: the pair has no line art. Else as `color`.
        """
        return self.drawing(pair).lines

    def drawing(self, pair: Pair) -> image.Drawing:
        """Line art as it was read; raises as `line`."""
        if pair.line is None:
            raise PairSetError(
                f"{self.folder}: {pair.color} has no line art; draw it while training ([data.lines] kind)"
            )
        return image.to_drawing(self._pixels(pair, pair.line))

    def regions(self, pair: Pair) -> NDArray[np.uint16] | None:
        """(H, W) region numbers that were packed with the pair, or None; raises as `color`."""
        name = f"{pair.name}.regions.png"
        if not pair.shard or not members.has(fetched.here(self.folder, pair.shard), name):
            return None
        return image.decode_numbers(self.content(pair, name), f"{self.folder / pair.shard}: {name}")

    def content(self, pair: Pair, name: str) -> bytes:
        """Content of one of a pair's files, by its name in the manifest; raises as `color`."""
        if pair.shard:
            return members.read(fetched.here(self.folder, pair.shard), name)
        return image.read_content(self.folder / name)

    def _pixels(self, pair: Pair, name: str) -> image.Pixels:
        """(H, W, 4) uint8."""
        place = f"{self.folder / pair.shard}: {name}" if pair.shard else str(self.folder / name)
        return image.read_bytes(self.content(pair, name), place)

    def fingerprint(self) -> str:
        """16 hex digits that change when a picture, its split or its lines' making changes."""
        return fingerprint(self.pairs)


def fingerprint(pairs: Iterable[Pair]) -> str:
    """See `PairSet.fingerprint`; the order of the pairs does not matter."""
    digest = hashlib.sha256()
    for row in sorted(f"{p.sha256} {p.split} {p.method} {json.dumps(p.parameters, sort_keys=True)}" for p in pairs):
        digest.update(row.encode() + b"\n")
    return digest.hexdigest()[:16]


def as_line(pair: Pair) -> str:
    """The pair as a line of the manifest, without line end."""
    row = asdict(pair)
    if not pair.shard:  # so that manifests of folders stay as they always were
        del row["shard"]
    return json.dumps(row, ensure_ascii=False)


def parse_line(text: str, place: str) -> Pair:
    """A pair from a line of a manifest; `place` names it in errors."""
    try:
        row = json.loads(text)
        row["box"] = tuple(row["box"])
        # A set may have millions of rows: what is the same in all of them is kept once.
        row["parameters"] = _kept(json.dumps(row["parameters"], sort_keys=True))
        for name in ("method", "split", "origin", "shard"):
            if isinstance(row.get(name), str):
                row[name] = sys.intern(row[name])
        if row["group"] == row["source"]:
            row["group"] = row["source"]
        pair = Pair(**row)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        known = ", ".join(f.name for f in fields(Pair))
        raise PairSetError(f"{place}: not a pair ({error}); a pair has {known}") from error
    if pair.split not in SPLITS:
        raise PairSetError(f"{place}: unknown split {pair.split!r}; known: {', '.join(SPLITS)}")
    return pair


@lru_cache(maxsize=1024)
def _kept(parameters: str) -> dict[str, Any]:
    """Parameters of many pairs, which nobody changes."""
    found: dict[str, Any] = json.loads(parameters)
    return found


def read_manifest(manifest: Path) -> tuple[Pair, ...]:
    """The pairs of a manifest, in its order.

    Raises:
        PairSetError: a file that cannot be read, or a line in it that is not a pair.
    """
    try:
        # Line by line, and at "\n" alone: a file name may hold U+2028 and the like, which JSON leaves as they are.
        with manifest.open(encoding="utf-8", newline="\n") as lines:
            return tuple(parse_line(line, f"{manifest}:{i}") for i, line in enumerate(lines, 1) if line.strip())
    except (OSError, UnicodeDecodeError) as error:
        raise PairSetError(f"{manifest}: cannot be read: {error}; build the set again") from error


def write_manifest(folder: str | Path, pairs: Iterable[Pair]) -> None:
    """Writes the manifest of a folder anew, whole or not at all.

    Raises:
        SengaError: a place that cannot be written.
    """
    text = "".join(as_line(pair) + "\n" for pair in pairs)
    storage.write_new(Path(folder) / MANIFEST, text.encode(), force=True)
