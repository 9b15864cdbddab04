"""Pictures as uint8 in the memory of the training device, and square examples cut from them there."""

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import torch
from torch import Generator, Tensor

from senga.pairs.pairset import Pair

T = TypeVar("T")

AHEAD = 16
"""Pairs in work at a time (ours): more than threads that pay, few enough to take little memory."""


def load(read: Callable[[Pair], T], chosen: Sequence[Pair]) -> list[T]:
    """What `read` answers for each pair, by as many threads as pay."""
    return list(load_each(read, chosen))


def load_each(read: Callable[[Pair], T], chosen: Sequence[Pair]) -> Iterator[T]:
    """As `load`, one by one; few answers wait at a time."""
    with ThreadPoolExecutor() as pool:
        waiting: deque[Future[T]] = deque()
        for pair in chosen:
            waiting.append(pool.submit(read, pair))
            if len(waiting) == AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


class Shelf:
    """The pictures that an experiment read, kept for the next one if that reads the same.

    Those of one alone: two sets may be more than a GPU holds.
    """

    def __init__(self) -> None:
        """Holds nothing yet."""
        self._key: object = None
        self._store: PictureStore | None = None

    def take(self, key: object, read: Callable[[], "PictureStore"]) -> "PictureStore":
        """What lies here under `key`, or what `read` answers, which lies here from now on."""
        if self._store is None or key != self._key:
            self._store = None  # given up before the next is read
            self._store, self._key = read(), key
        return self._store


class PictureStore:
    """Pictures in one flat tensor.

    Attributes:
        flat: (pixels, channels) uint8, picture after picture; the first three channels are red, green, blue.
        regions: region number of each pixel, (pixels,) int16 taken as unsigned, or None.
        starts, heights, widths: of the pictures that are shown: first pixel in `flat`, and px.
    """

    def __init__(self, flat: Tensor, regions: Tensor | None = None) -> None:
        """Shows no picture yet."""
        self.flat, self.regions = flat, regions
        self.device, self.channels = flat.device, flat.shape[1]
        self.show([], [])

    @staticmethod
    def of(pictures: Sequence[np.ndarray], device: torch.device, regions: np.ndarray | None = None) -> "PictureStore":
        """Pictures (H, W, channels) uint8, all of as many channels, on `device`, with regions (see `flat_regions`)."""
        sizes = [p.shape[:2] for p in pictures]
        counts = np.cumsum([0] + [h * w for h, w in sizes])
        flat = torch.empty((int(counts[-1]), pictures[0].shape[2]), dtype=torch.uint8)
        for i, picture in enumerate(pictures):
            flat[counts[i] : counts[i + 1]] = torch.from_numpy(picture.reshape(-1, flat.shape[1]))
        store = PictureStore(flat.to(device), None if regions is None else torch.from_numpy(regions).to(device))
        store.show(counts[:-1].tolist(), sizes)
        return store

    def put(self, start: int, picture: np.ndarray, regions: np.ndarray | None = None) -> None:
        """Lays a picture (H, W, channels) uint8, and its regions (H, W) uint16 if there are any, from pixel `start`."""
        flat = torch.from_numpy(picture.reshape(-1, self.channels))
        self.flat[start : start + len(flat)] = flat
        if self.regions is not None and regions is not None:
            self.regions[start : start + len(flat)] = torch.from_numpy(regions.reshape(-1).view(np.int16))

    def show(self, starts: Sequence[int], sizes: Sequence[tuple[int, ...]]) -> None:
        """Makes pictures the store's: where each begins in `flat`, and its (height, width)."""
        self.sizes = list(sizes)
        self.starts = torch.tensor(starts, dtype=torch.int64, device=self.device)
        shape = torch.tensor(self.sizes, dtype=torch.float32, device=self.device).view(-1, 2)
        self.heights, self.widths = shape[:, 0], shape[:, 1]

    def __len__(self) -> int:
        return len(self.sizes)

    def cut(
        self,
        index: Tensor,
        size: int,
        seeded: Generator,
        *,
        shrink: tuple[float, float],
        flip: bool,
        turn: bool,
    ) -> tuple[Tensor, Tensor | None]:
        """Random square examples.

        Args:
            index: (N,) int64, which pictures.
            size: side, px.
            seeded: source of all that is random, on the store's device.
            shrink: (least, most) picture pixels a pixel of the example, log-uniform; a picture too small for the
                drawn factor is cut as large as it is.
            flip: mirror half of them.
            turn: turn by 0, 90, 180 or 270 degrees.

        Returns:
            (N, channels, size, size) float in [0, 1], and (N, size, size) int64 region numbers if there are any.
        """
        n = len(index)

        def rand() -> Tensor:
            return torch.rand(n, generator=seeded, device=self.device)

        height, width = self.heights[index], self.widths[index]
        low, high = (math.log(s) for s in shrink)
        factor = torch.exp(rand() * (high - low) + low)
        factor = torch.minimum(factor, torch.minimum(height, width) / size)
        top, left = rand() * (height - factor * size), rand() * (width - factor * size)
        if shrink == (1.0, 1.0):
            # Crops, not resizing: whole pixels wherever the picture is large enough.
            top, left = (torch.where(factor == 1, v.floor(), v) for v in (top, left))
        mirrored = (rand() < 0.5) & flip
        turns = (rand() * 4).long() if turn else torch.zeros(n, dtype=torch.long, device=self.device)
        at = torch.arange(size, device=self.device)
        rows, columns = (g.expand(n, size, size) for g in torch.meshgrid(at, at, indexing="ij"))
        for k in (1, 2, 3):
            chosen = (turns >= k).view(n, 1, 1)
            rows, columns = torch.where(chosen, columns, rows), torch.where(chosen, size - 1 - rows, columns)
        columns = torch.where(mirrored.view(n, 1, 1), size - 1 - columns, columns)
        y = (rows + 0.5) * factor.view(n, 1, 1) - 0.5 + top.view(n, 1, 1)
        x = (columns + 0.5) * factor.view(n, 1, 1) - 0.5 + left.view(n, 1, 1)
        return self._bilinear(index, y, x), self._nearest(index, y, x)

    def _bilinear(self, index: Tensor, y: Tensor, x: Tensor) -> Tensor:
        n, size = len(index), y.shape[1]
        bottom = (self.heights[index] - 1).long().view(n, 1, 1)
        right = (self.widths[index] - 1).long().view(n, 1, 1)
        start = self.starts[index].view(n, 1, 1)
        y0, x0 = y.floor(), x.floor()
        fy, fx = (y - y0).unsqueeze(3), (x - x0).unsqueeze(3)
        total: Tensor | None = None
        for dy in (0, 1):
            for dx in (0, 1):
                row = torch.minimum((y0.long() + dy).clamp_min(0), bottom)
                column = torch.minimum((x0.long() + dx).clamp_min(0), right)
                weight = (fy if dy else 1 - fy) * (fx if dx else 1 - fx)
                part = self.flat[start + row * (right + 1) + column].float() * weight
                total = part if total is None else total + part
        assert total is not None
        # The four weights may add up to a little more than 1, which cross-entropy refuses.
        return (total / 255).clamp(0, 1).permute(0, 3, 1, 2).reshape(n, self.channels, size, size).contiguous()

    def _nearest(self, index: Tensor, y: Tensor, x: Tensor) -> Tensor | None:
        if self.regions is None:
            return None
        bottom = (self.heights[index] - 1).long().view(-1, 1, 1)
        right = (self.widths[index] - 1).long().view(-1, 1, 1)
        row = torch.minimum(y.round().long().clamp_min(0), bottom)
        column = torch.minimum(x.round().long().clamp_min(0), right)
        return self.regions[self.starts[index].view(-1, 1, 1) + row * (right + 1) + column].long() & 0xFFFF

    def whole(self, i: int) -> Tensor:
        """Picture `i` as (1, channels, H, W) float in [0, 1]."""
        h, w = self.sizes[i]
        start = int(self.starts[i])
        flat = self.flat[start : start + h * w].float() / 255
        return flat.view(h, w, self.channels).permute(2, 0, 1).unsqueeze(0)
