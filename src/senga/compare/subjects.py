"""What is colored: truths, and their line art by each method, out of a pair set or a frozen split."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from senga import image
from senga.compare.frozen_split import GIVEN, Frozen
from senga.compare.sampling import chosen
from senga.errors import PairSetError
from senga.lines.extract import METHODS, extract_lines
from senga.pairs.pairset import PairSet


@dataclass(frozen=True)
class Subject:
    """One picture.

    Attributes:
        name: of the picture. truth: (H, W, 3) uint8. lines: by method, (H, W) uint8, 0 = ink.
    """

    name: str
    truth: image.Pixels
    lines: Mapping[str, image.Pixels]

    @property
    def seed(self) -> int:
        """Of what is drawn at random for this picture: the same in every run, with whatever other pictures."""
        return zlib.crc32(self.name.encode())


@dataclass(frozen=True)
class Subjects:
    """Pictures to color, read one by one.

    Attributes:
        origin: what they are, in words. split, fingerprint: of the pair set. methods: how lines are drawn.
        count: how many pictures.
    """

    origin: str
    split: str
    fingerprint: str
    methods: tuple[str, ...]
    count: int
    _read: Iterator[Subject]

    def __iter__(self) -> Iterator[Subject]:
        return self._read


def from_pairs(pairs: PairSet, split: str, methods: Sequence[str], most: int, threads: int | None = None) -> Subjects:
    """Pictures of a pair set.

    Args:
        pairs: pair set. split: which split of it. most: at most so many pairs, spread over the manifest.
        methods: names of `lines.extract.METHODS`, or "given" for the pairs' own. threads: processor threads.

    Raises:
        PairSetError: no such split, nothing in it, or an unknown method.
    """
    for method in methods:
        if method != GIVEN and method not in METHODS:
            raise PairSetError(f"unknown method '{method}'; known: {GIVEN}, {', '.join(METHODS)}")
    found = chosen(pairs, split, most)

    def read() -> Iterator[Subject]:
        for pair in found:
            truth = pairs.color(pair)
            lines = {m: pairs.line(pair) if m == GIVEN else extract_lines(truth, m, threads=threads) for m in methods}
            yield Subject(pair.name, truth, lines)

    fingerprint = pairs.fingerprint()
    origin = f"{len(found)} pictures of the {split} split of pair set {fingerprint}"
    return Subjects(origin, split, fingerprint, tuple(methods), len(found), read())


def from_frozen(frozen: Frozen, methods: Sequence[str], most: int) -> Subjects:
    """Pictures of a frozen split.

    Args:
        frozen: the split. methods: whose lines; none: all of the split. most: at most so many, spread over the split.

    Raises:
        PairSetError: lines that the split lacks.
    """
    about = frozen.about
    wanted = tuple(methods) or about.methods
    for method in wanted:
        if method not in about.methods:
            raise PairSetError(f"{frozen.folder}: has no lines '{method}'; it has {', '.join(about.methods)}")
    names = [about.names[i] for i in np.linspace(0, len(about.names) - 1, min(most, len(about.names))).astype(int)]

    def read() -> Iterator[Subject]:
        for name in names:
            yield Subject(name, frozen.truth(name), {m: frozen.lines(name, m) for m in wanted})

    origin = f"{len(names)} pictures of the {about.split} split of pair set {about.fingerprint}"
    return Subjects(origin, about.split, about.fingerprint, wanted, len(names), read())
