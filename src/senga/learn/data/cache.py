"""A memory-mapped cache of what training samples are made from: pictures, line art, region labels.

Lines of the learned extractor take 0.2 s a picture and regions 0.02 s: they are made once, on all cores, and read
back by page faults. A cache is a folder of shards, each a file of raw bytes beside a JSON index; it grows shard by
shard in a seeded order, validation first, so that training can begin on the first and takes up the others as they
come. What is kept for a picture, one after another: color (H, W, 3) uint8, `VARIANTS` line drawings (H, W) uint8,
and the region labels of each (H, W) uint16.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senga import image, storage
from senga.color.regions import find_regions
from senga.errors import TrainingError
from senga.lines import learned, mix
from senga.pairs.pairset import Pair, PairSet, Split
from senga.pairs.work import each
from senga.workers.processes import cores

ABOUT = "cache.json"
FORMAT = 1
VARIANTS = 2
"""Line drawings a picture: the pair's own or the learned extractor's, and one by a filter drawn at random. Ours."""

SHARD = 64
"""Pictures a shard: what a build that is stopped loses at most. Ours."""

FILTERS = mix.Mix(learned=0.0, pencil=0.0, accidents=0.12)
"""How the second drawing is made: filters, few accidents (samples make their own), and no pencil: painters were trained
so. Ours."""


@dataclass(frozen=True)
class Entry:
    """One picture of a cache.

    Attributes:
        name: of the picture in its pair set. pairs: which of the cache's pair sets.
        split, group, origin: as the pair set says.
        shape: (height, width) px. offset: of its bytes in the shard.
    """

    name: str
    pairs: int
    split: Split
    group: str
    origin: str
    shape: tuple[int, int]
    offset: int


@dataclass(frozen=True)
class Kept:
    """A picture of a cache as it lies on the disk; arrays are views into the mapped file.

    Attributes:
        color: (H, W, 3) uint8. lines: (`VARIANTS`, H, W) uint8, 0 = ink. labels: the same shape, uint16.
    """

    color: NDArray[np.uint8]
    lines: NDArray[np.uint8]
    labels: NDArray[np.uint16]


@dataclass
class Cache:
    """An opened cache; `refresh` takes up shards that came since."""

    folder: Path
    entries: list[Entry] = field(default_factory=list)
    _shards: list[int] = field(default_factory=list, repr=False)
    _maps: dict[int, NDArray[np.uint8]] = field(default_factory=dict, repr=False)
    _seen: set[int] = field(default_factory=set, repr=False)

    @staticmethod
    def open(folder: str | Path) -> "Cache":
        """The cache in a folder, with the shards that are ready.

        Raises:
            TrainingError: none there, or of another format.
        """
        place = Path(folder)
        about = _about(place)
        if about is None:
            raise TrainingError(f"{place}: no cache here ({ABOUT} is missing); make one with 'senga cache'")
        if about.get("format") != FORMAT:
            raise TrainingError(f"{place}: a cache of another format; remove the folder and make it anew")
        cache = Cache(place)
        cache.refresh()
        return cache

    @property
    def key(self) -> str:
        """Of what it is made of; see `Plan.key`."""
        return str(self._about().get("key", ""))

    def described(self) -> str:
        """What it is made of, in words for a card; of folders only the names."""
        names = ", ".join(Path(str(folder)).name for folder in self._about().get("sets", []))
        sets = f" of the pair sets {names}" if names else ""
        return f"pictures{sets}; lines their own or by the learned extractor, and by filters"

    def _about(self) -> dict[str, Any]:
        return _about(self.folder) or {}

    def refresh(self) -> int:
        """Takes up new shards; how many pictures came."""
        came = 0
        for index in sorted(self.folder.glob("*.json")):
            if not index.stem.isdigit() or int(index.stem) in self._seen:
                continue
            number = int(index.stem)
            self._seen.add(number)
            # As a plain array: slices of a memmap object cost ten times as much.
            self._maps[number] = np.asarray(np.memmap(index.with_suffix(".bin"), np.uint8, "r"))
            for row in json.loads(index.read_text(encoding="utf-8")):
                self.entries.append(Entry(**row | {"shape": tuple(row["shape"])}))
                self._shards.append(number)
                came += 1
        return came

    def of(self, split: Split, pairs: int | None = None) -> list[int]:
        """Numbers of the pictures of a split, of one pair set or of all."""
        return [i for i, e in enumerate(self.entries) if e.split == split and pairs in (None, e.pairs)]

    def read(self, number: int) -> Kept:
        """The `number`-th picture."""
        entry = self.entries[number]
        return unpack(self._maps[self._shards[number]], entry.offset, entry.shape)


def unpack(raw: NDArray[np.uint8], offset: int, shape: tuple[int, int]) -> Kept:
    """A picture from a shard's bytes, without a copy."""
    height, width = shape
    area = height * width
    lines, labels = offset + 3 * area, offset + _even((3 + VARIANTS) * area)
    return Kept(
        raw[offset:lines].reshape(height, width, 3),
        raw[lines : lines + VARIANTS * area].reshape(VARIANTS, height, width),
        raw[labels : labels + 2 * VARIANTS * area].view(np.uint16).reshape(VARIANTS, height, width),
    )


def _even(count: int) -> int:
    """Next even number: labels of two bytes are then read in place."""
    return count + count % 2


@dataclass(frozen=True)
class Plan:
    """What a cache is made of, and the key by which a change of it is noticed.

    Attributes:
        folders: of the pair sets, in the order that `Entry.pairs` counts.
        seed: of the order of pictures and of the drawings.
        inker: model file of the learned extractor.
    """

    folders: tuple[Path, ...]
    seed: int = 0
    inker: Path = learned.SHIPPED

    def key(self, sets: Sequence[PairSet]) -> str:
        """16 hex digits that change with pictures, extractor, filters or format."""
        digest = hashlib.sha256(self.inker.read_bytes())
        about = [FORMAT, VARIANTS, SHARD, asdict(FILTERS), self.seed, [s.fingerprint() for s in sets]]
        digest.update(json.dumps(about).encode())
        return digest.hexdigest()[:16]


@dataclass(frozen=True)
class _Job:
    """One shard to be made."""

    number: int
    folder: Path
    sets: tuple[Path, ...]
    pairs: tuple[tuple[int, Pair], ...]
    seed: int
    inker: Path = learned.SHIPPED


def build(
    plan: Plan,
    folder: str | Path,
    *,
    workers: int | None = None,
    report: Callable[[int, int], None] | None = None,
) -> Cache:
    """Makes a cache, or goes on with one that was stopped.

    Args:
        plan: what it is made of. Pictures of test splits are left out: nothing that trains may see them.
        folder: of the cache.
        workers: processes; default: one a core.
        report: called with (shards done, shards in all) after each.

    Raises:
        TrainingError: a cache of other pictures lies there, or none is to be trained on. ImageError: a picture that
            cannot be read.
    """
    place = Path(folder)
    sets = [PairSet.open(f) for f in plan.folders]
    key = plan.key(sets)
    about = _about(place)
    if about is not None and about.get("key") != key:
        raise TrainingError(f"{place}: a cache of other pictures or of another way to draw; remove it, or name another")
    place.mkdir(parents=True, exist_ok=True)
    if about is None:
        written = {"format": FORMAT, "key": key, "seed": plan.seed, "sets": [str(f) for f in plan.folders]}
        storage.write(place / ABOUT, json.dumps(written, indent=1).encode())
    storage.clear(place)
    jobs = list(_jobs(plan, place, sets))
    rest = [j for j in jobs if not (place / f"{j.number:05d}.json").is_file()]
    done = len(jobs) - len(rest)
    with closing(each(_make_shard, rest, workers or cores())) as made:
        for _ in made:
            done += 1
            if report:
                report(done, len(jobs))
    built = Cache.open(place)
    if not len(built.of("train")):
        among = ", ".join(map(str, plan.folders))
        raise TrainingError(f"{place}: no pictures to train on in {among}; is all of it val or test?")
    return built


def _jobs(plan: Plan, place: Path, sets: Sequence[PairSet]) -> Iterator[_Job]:
    random = np.random.default_rng(plan.seed)
    rows: list[tuple[int, Pair]] = []
    for split in ("val", "train"):
        part = [(i, pair) for i, s in enumerate(sets) for pair in s.pairs if pair.split == split]
        rows += [part[i] for i in random.permutation(len(part))]
    for number, first in enumerate(range(0, len(rows), SHARD)):
        yield _Job(number, place, tuple(plan.folders), tuple(rows[first : first + SHARD]), plan.seed, plan.inker)


@lru_cache(maxsize=1)
def _inker(model: Path) -> learned.Inker:
    return learned.Inker.open(model, threads=1)


@lru_cache(maxsize=8)
def _opened(folder: Path) -> PairSet:
    return PairSet(folder, ())


def _make_shard(job: _Job) -> int:
    """Makes a shard; the index is written last and says that it is whole."""
    rows: list[dict[str, Any]] = []
    offset = 0
    file = job.folder / f"{job.number:05d}.bin"
    with storage.writing(file, force=True) as out:
        for which, pair in job.pairs:
            pairs = _opened(job.sets[which])
            color = pairs.color(pair)
            random = np.random.default_rng([job.seed, int(pair.sha256[:12], 16)])
            own = pairs.line(pair) if pair.line is not None else None
            drawn = draw(color, own, random, job.inker)
            labels = [np.minimum(find_regions(lines).labels, 65535).astype(np.uint16) for lines in drawn]
            height, width = color.shape[:2]
            content = color.tobytes() + b"".join(lines.tobytes() for lines in drawn)
            content += b"\0" * (_even(len(content)) - len(content)) + b"".join(part.tobytes() for part in labels)
            entry = Entry(pair.name, which, pair.split, pair.group, pair.origin, (height, width), offset)
            rows.append(asdict(entry))
            offset += out.write(content)
    storage.write(file.with_suffix(".json"), json.dumps(rows, ensure_ascii=False).encode())
    return job.number


def draw(
    color: image.Pixels, own: image.Pixels | None, random: np.random.Generator, inker: Path = learned.SHIPPED
) -> list[image.Pixels]:
    """The `VARIANTS` line drawings of a picture: its own or the learned extractor's first, then a filter's.

    Args:
        color: (H, W, 3) uint8. own: (H, W) uint8 line art that came with it, or None.
        random: source of all that is random.
        inker: model file of the learned extractor.
    """
    if own is None:
        even = random.random() < 0.4
        parameters = learned.Learned(
            thickness=float(random.uniform(1.0, 2.2)) if even else 0.0,
            detail=float(random.uniform(0.6, 1.0)),
            solid=bool(random.random() < 0.6),
        )
        own = _inker(inker).draw(color, parameters)
    elif own.shape != color.shape[:2]:
        own = image.resize(own, color.shape[:2])
    return [own, mix.mixed(color, FILTERS, int(random.integers(2**31)), lambda: _inker(inker))]


def _about(folder: Path) -> dict[str, Any] | None:
    file = folder / ABOUT
    if not file.is_file():
        return None
    try:
        row: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TrainingError(f"{file}: cannot be read ({error}); remove the folder and make it anew") from error
    return row
