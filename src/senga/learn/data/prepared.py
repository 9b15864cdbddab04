"""Packed pictures made ready on a machine that trains: decoded and labeled by all cores, inked by the device.

Everything lies in memory, as one long row of pixels: in files mapped by all processes, and on the device. Training
begins on the pictures that are ready first and takes up the others as they come.
"""

import dataclasses
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from senga.color.regions import find_regions
from senga.errors import TrainingError
from senga.learn.data.batched import LABELS, Store
from senga.learn.data.cache import FILTERS, VARIANTS, Cache, Entry, Kept
from senga.learn.data.learned_lines import Inked
from senga.learn.data.packed import Packed, read_packed, unpack
from senga.lines import learned, mix
from senga.pairs.pairset import Split

CHUNK = 64
"""Pictures that are decoded, inked and labeled together. Ours."""

AT_ONCE = 16
"""Pictures that the device inks at once. Ours."""

COLOR, LINES, REGIONS = "color.raw", "lines.raw", "labels.raw"


@dataclass(frozen=True)
class _Chunk:
    """Pictures that are made ready together: where they lie in the shards and in the rows of pixels."""

    folder: Path
    total: int
    rows: tuple[tuple[Path, Packed, int], ...]


@dataclass
class Held(Cache):
    """Prepared pictures, read as those of a cache are; only those that are ready."""

    color: NDArray[np.uint8] = dataclasses.field(default_factory=lambda: np.zeros((0, 3), np.uint8), repr=False)
    lines: NDArray[np.uint8] = dataclasses.field(default_factory=lambda: np.zeros((2, 0), np.uint8), repr=False)
    labels: NDArray[np.int16] = dataclasses.field(default_factory=lambda: np.zeros((2, 0), np.int16), repr=False)
    ready: set[int] = dataclasses.field(default_factory=set, repr=False)

    def refresh(self) -> int:
        return 0

    def of(self, split: Split, pairs: int | None = None) -> list[int]:
        return [i for i in super().of(split, pairs) if i in self.ready]

    def read(self, number: int) -> Kept:
        entry = self.entries[number]
        height, width = entry.shape
        where = slice(entry.offset, entry.offset + height * width)
        return Kept(
            self.color[where].reshape(height, width, 3),
            self.lines[:, where].reshape(VARIANTS, height, width),
            self.labels[:, where].view(np.uint16).reshape(VARIANTS, height, width),
        )


class Prepared:
    """Packed pictures on their way to a device.

    Attributes:
        store: on the device, for `senga.learn.data.batched`. held: the same for what reads a cache.
    """

    def __init__(self, folders: Sequence[Path], scratch: Path, *, device: str, workers: int, seed: int = 0) -> None:
        """Opens packed pictures; nothing is read yet but the indexes.

        Args:
            folders: of the parts, all below them taken. scratch: folder for the mapped files, empty.
            device: of the store. workers: processes; 0: all is done in this one. seed: of the drawings.
        """
        packed = read_packed(folders)
        areas = np.array([row.shape[0] * row.shape[1] for _, row in packed], np.int64)
        starts = np.cumsum(areas) - areas
        self.scratch, self.device, self.workers, self.seed = scratch, device, workers, seed
        self.total = int(areas.sum())
        scratch.mkdir(parents=True, exist_ok=True)
        color, lines, labels = _mapped(scratch, self.total, "w+")
        entries = [
            Entry(row.name, row.pairs, row.split, row.group, row.origin, row.shape, int(start))
            for (_, row), start in zip(packed, starts, strict=True)
        ]
        self.held = Held(scratch, entries, color=color, lines=lines, labels=labels)
        shapes = torch.tensor([row.shape for _, row in packed])
        self.store = Store(
            torch.zeros(self.total, 3, dtype=torch.uint8, device=device),
            torch.zeros(VARIANTS, self.total, dtype=torch.uint8, device=device),
            torch.zeros(VARIANTS, self.total, dtype=torch.int16, device=device),
            torch.from_numpy(starts).to(device),
            shapes[:, 0].contiguous().to(device),
            shapes[:, 1].contiguous().to(device),
        )
        self.chunks = [
            _Chunk(
                scratch,
                self.total,
                tuple((packed[i][0], packed[i][1], int(starts[i])) for i in range(at, min(at + CHUNK, len(packed)))),
            )
            for at in range(0, len(packed), CHUNK)
        ]
        self._coming: dict[Future[None], int] = {}
        self._pool: ProcessPoolExecutor | None = None

    def begin(self, tell: Callable[[str], None] = lambda _: None) -> None:
        """Decodes and inks all pictures, and has their regions found meanwhile, which goes on afterwards."""
        if self.workers:
            # Born before the device is in use, and of a process that knows nothing of it.
            self._pool = ProcessPoolExecutor(self.workers, mp_context=get_context("spawn"), initializer=_alone)
        inked = Inked(torch.device(self.device))
        seeded = torch.Generator(self.device).manual_seed(self.seed)
        decoding = [self._do(_decode, chunk) for chunk in self.chunks]
        for number, (chunk, decoded) in enumerate(zip(self.chunks, decoding, strict=True)):
            decoded.result()
            self._ink(chunk, inked, seeded)
            self._coming[self._do(_label, chunk, self.seed)] = number
        tell(f"{len(self.held.entries)} pictures decoded and inked")

    def take_up(self, *, wait: bool = False) -> int:
        """Brings pictures whose regions were found to the device; how many came. With `wait`: one chunk at least."""
        if wait and self._coming:
            wait_for(self._coming, return_when="FIRST_COMPLETED")
        done = [future for future in self._coming if future.done()]
        came = 0
        for future in done:
            number = self._coming.pop(future)
            future.result()
            rows = self.chunks[number].rows
            first, (_, last, start) = rows[0][2], rows[-1]
            where = slice(first, start + last.shape[0] * last.shape[1])
            self.store.color[where] = torch.from_numpy(self.held.color[where]).to(self.device)
            self.store.lines[:, where] = torch.from_numpy(self.held.lines[:, where]).to(self.device)
            self.store.labels[:, where] = torch.from_numpy(self.held.labels[:, where]).to(self.device)
            self.held.ready |= set(range(number * CHUNK, number * CHUNK + len(rows)))
            came += len(rows)
        if not self._coming and self._pool is not None:
            self._pool.shutdown()
            self._pool = None
        return came

    def wait_until(self, least: int) -> None:
        """Waits until `least` pictures to train on are ready, or all are.

        Raises:
            TrainingError: there are none.
        """
        while self._coming and len(self.held.of("train")) < least:
            self.take_up(wait=True)
        if not self.held.of("train"):
            raise TrainingError("no pictures to train on among the packed ones")

    def close(self) -> None:
        """Ends the processes, whatever they do."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _do(self, work: Callable[..., None], *arguments: object) -> "Future[None]":
        if self._pool is not None:
            return self._pool.submit(work, *arguments)
        future: Future[None] = Future()
        work(*arguments)
        future.set_result(None)
        return future

    def _ink(self, chunk: _Chunk, inked: Inked, seeded: torch.Generator) -> None:
        """Draws the first drawing of each picture; small pictures are looked at twice as large, as at use."""
        groups: dict[tuple[int, int, int], list[tuple[int, tuple[int, int]]]] = {}
        for _, row, start in chunk.rows:
            height, width = row.shape
            scale = 2 if height * width <= learned.SMALL else 1
            padded = (-(-height * scale // 32) * 32, -(-width * scale // 32) * 32)
            groups.setdefault((scale, *padded), []).append((start, row.shape))
        for (scale, height, width), members in groups.items():
            for at in range(0, len(members), AT_ONCE):
                self._ink_alike(members[at : at + AT_ONCE], scale, (height, width), inked, seeded)

    def _ink_alike(
        self,
        members: list[tuple[int, tuple[int, int]]],
        scale: int,
        padded: tuple[int, int],
        inked: Inked,
        seeded: torch.Generator,
    ) -> None:
        planes = []
        for start, (h, w) in members:
            color = torch.from_numpy(self.held.color[start : start + h * w].reshape(h, w, 3)).to(self.device)
            plane = color.permute(2, 0, 1).unsqueeze(0).float() / 255
            if scale > 1:
                plane = F.interpolate(plane, scale_factor=float(scale), mode="bicubic", align_corners=False).clamp(0, 1)
            gap = (0, padded[1] - w * scale, 0, padded[0] - h * scale)
            planes.append(F.pad(plane, gap, mode="replicate"))
        kind = torch.device(self.device).type
        with torch.autocast(kind, torch.bfloat16, enabled=kind != "cpu"):
            lines = inked.draw(torch.cat(planes), seeded).float()
        lines = F.avg_pool2d(lines, scale) if scale > 1 else lines
        drawn = (lines[:, 0] * 255).round().to(torch.uint8).cpu().numpy()
        for (start, (h, w)), picture in zip(members, drawn, strict=True):
            self.held.lines[0, start : start + h * w] = picture[:h, :w].reshape(-1)


def _mapped(folder: Path, total: int, mode: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.int16]]:
    return (
        np.memmap(folder / COLOR, np.uint8, mode, shape=(total, 3)),  # type: ignore[call-overload]
        np.memmap(folder / LINES, np.uint8, mode, shape=(VARIANTS, total)),  # type: ignore[call-overload]
        np.memmap(folder / REGIONS, np.int16, mode, shape=(VARIANTS, total)),  # type: ignore[call-overload]
    )


def _alone() -> None:
    """One thread a process: there is one a core."""
    os.environ["OMP_NUM_THREADS"] = "1"
    torch.set_num_threads(1)


def _decode(chunk: _Chunk) -> None:
    """Decodes a chunk's pictures into the row of colors."""
    color, _, _ = _mapped(chunk.folder, chunk.total, "r+")
    by_shard: dict[Path, list[tuple[Packed, int]]] = {}
    for shard, row, start in chunk.rows:
        by_shard.setdefault(shard, []).append((row, start))
    for shard, members in by_shard.items():
        for (row, start), picture in zip(members, unpack(shard, [row for row, _ in members]), strict=True):
            if picture.shape[:2] != row.shape:
                raise TrainingError(f"{shard}: {row.name} is {picture.shape[:2]}, its index says {row.shape}")
            color[start : start + picture.shape[0] * picture.shape[1]] = picture.reshape(-1, 3)


def _label(chunk: _Chunk, seed: int) -> None:
    """Draws the second drawing of a chunk's pictures, and finds the regions of both."""
    color, lines, labels = _mapped(chunk.folder, chunk.total, "r+")
    for _, row, start in chunk.rows:
        height, width = row.shape
        where = slice(start, start + height * width)
        picture = np.asarray(color[where].reshape(height, width, 3))
        lines[1, where] = mix.mixed(picture, FILTERS, (seed << 24) + start % (1 << 24), _no_inker).reshape(-1)
        for variant in range(VARIANTS):
            found = find_regions(np.asarray(lines[variant, where]).reshape(height, width)).labels
            labels[variant, where] = np.minimum(found, LABELS - 1).astype(np.int16).reshape(-1)


def _no_inker() -> learned.Inker:
    raise TrainingError("the second drawing is made by filters alone")
