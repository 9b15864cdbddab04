"""Pictures of a cache packed small, to be taken to a machine that trains: WebP in shards, with an index each.

Lines and regions are not packed: they take more room than pictures, and less time to make than to copy. Shards lie in
parts, folders of a size that can be copied at once.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from senga import image, storage
from senga.errors import TrainingError
from senga.learn.data.cache import Cache, Entry
from senga.pairs.pairset import Split

JUDGED = 96
"""Validation pictures that are packed at most, all of the first pair set: lessons judge by these. Ours."""


@dataclass(frozen=True)
class Packed:
    """A picture of a shard.

    Attributes:
        name: of the picture in its pair set. pairs: which of the cache's pair sets.
        split, group, origin: as the pair set says.
        shape: (height, width) px. offset, size: of its bytes in the shard.
    """

    name: str
    pairs: int
    split: Split
    group: str
    origin: str
    shape: tuple[int, int]
    offset: int
    size: int


@dataclass(frozen=True)
class Packing:
    """How pictures are packed.

    Attributes:
        side: shorter side at most, px; larger pictures are made smaller.
        quality: of WebP, 1 to 100. shard, part: bytes of a shard and of a part at most. most: bytes of all.
        cap: no origin has more than this share of the pictures, where there are more than fit.
        seed: of the order.
    """

    side: int = 256
    quality: int = 86
    shard: int = 18_000_000
    part: int = 18_000_000
    most: int = 1 << 40
    cap: float = 0.1
    seed: int = 0


def pack(
    cache: Cache, out: Path, packing: Packing = Packing(), report: Callable[[int, int], None] = lambda *_: None
) -> list[Path]:
    """Packs the pictures of a cache, validation first, until they have `packing.most` bytes.

    Args:
        cache: whose pictures. out: folder of the parts, `part-0` and so on; must be empty or new.
        report: called with (pictures done, bytes) now and then.

    Returns:
        The parts' folders.

    Raises:
        TrainingError: there is something in `out`.
    """
    if out.exists() and any(out.iterdir()):
        raise TrainingError(f"{out}: not empty; remove it, or name another folder")
    writer = _Writer(out, packing)
    for done, number in enumerate(order(cache, packing), 1):
        entry, color = cache.entries[number], np.asarray(cache.read(number).color)
        content = image.encode(smaller(color, packing.side), "WEBP", quality=packing.quality)
        if writer.total + len(content) > packing.most:
            break
        writer.add(entry, _smaller_shape(entry.shape, packing.side), content)
        if done % 100 == 0:
            report(done, writer.total)
    return writer.close()


def order(cache: Cache, packing: Packing) -> list[int]:
    """Numbers of the cache's pictures, the most wanted first.

    Validation is first, then training at random; of origins that have more than their cap, what is above it is last.
    """
    judged = cache.of("val", 0)[:JUDGED]
    train = np.array(cache.of("train"), np.int64)
    random = np.random.default_rng(packing.seed)
    train = train[random.permutation(len(train))]
    seen: dict[str, int] = {}
    late = []
    for number in train:
        origin = cache.entries[number].origin
        seen[origin] = seen.get(origin, 0) + 1
        late.append(bool(origin) and seen[origin] > packing.cap * len(train))
    return [*judged, *train[np.argsort(late, kind="stable")].tolist()]


def smaller(color: image.Pixels, side: int) -> image.Pixels:
    """A picture (H, W, 3) uint8 with a shorter side of `side` px at most."""
    return image.resize(color, _smaller_shape((color.shape[0], color.shape[1]), side))


def _smaller_shape(shape: tuple[int, int], side: int) -> tuple[int, int]:
    shrink = max(1.0, min(shape) / side)
    return round(shape[0] / shrink), round(shape[1] / shrink)


def read_packed(folders: Iterable[Path]) -> list[tuple[Path, Packed]]:
    """All pictures of parts, each with the file of its shard; validation first.

    Raises:
        TrainingError: no shards there, or an index that cannot be read.
    """
    found: list[tuple[Path, Packed]] = []
    places = list(folders)
    for index in sorted({file for place in places for file in place.rglob("*.json")}):
        try:
            rows = json.loads(index.read_text(encoding="utf-8"))
            found += [(index.with_suffix(".bin"), Packed(**r | {"shape": tuple(r["shape"])})) for r in rows]
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise TrainingError(f"{index}: not the index of a shard ({error})") from error
    if not found:
        raise TrainingError(f"{', '.join(map(str, places))}: no packed pictures here")
    return sorted(found, key=lambda f: f[1].split != "val")


def unpack(shard: Path, rows: Sequence[Packed]) -> list[image.Pixels]:
    """Pictures (H, W, 3) uint8 of a shard."""
    found = []
    with shard.open("rb") as file:
        for row in rows:
            file.seek(row.offset)
            found.append(image.flatten(image.read_bytes(file.read(row.size), f"{shard}: {row.name}")))
    return found


class _Writer:
    """Shards that are written one after another."""

    def __init__(self, out: Path, packing: Packing) -> None:
        self.out, self.packing = out, packing
        self.total, self.of_part, self.shards = 0, 0, 0
        self.parts: list[Path] = []
        self.rows: list[Packed] = []
        self.content = bytearray()

    def add(self, entry: Entry, shape: tuple[int, int], content: bytes) -> None:
        """Adds a picture."""
        if self.content and len(self.content) + len(content) > self.packing.shard:
            self._write()
        where = (len(self.content), len(content))
        self.rows.append(Packed(entry.name, entry.pairs, entry.split, entry.group, entry.origin, shape, *where))
        self.content += content
        self.total += len(content)

    def close(self) -> list[Path]:
        """Writes the rest."""
        if self.rows:
            self._write()
        return self.parts

    def _write(self) -> None:
        index = json.dumps([asdict(row) for row in self.rows], ensure_ascii=False).encode()
        size = len(index) + len(self.content)
        if not self.parts or self.of_part + size > self.packing.part:
            self.parts.append(self.out / f"part-{len(self.parts)}")
            self.parts[-1].mkdir(parents=True)
            self.of_part = 0
        self.of_part += size
        file = self.parts[-1] / f"{self.shards:05d}.bin"
        storage.write(file, bytes(self.content))
        storage.write(file.with_suffix(".json"), index)
        self.shards += 1
        self.rows, self.content = [], bytearray()
