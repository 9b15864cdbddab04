"""Pairs that would teach nonsense: blank, gray, tinted, lettered, shifted, too small, there twice."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from senga import storage
from senga.pairs.defects import REACH, Measures, measure
from senga.pairs.duplicates import distance, first_alike
from senga.pairs.pairset import DROPPED, Pair, PairSet, as_line, read_manifest, write_manifest
from senga.pairs.work import each_pair

Kind = Literal[
    "unreadable",
    "too-small",
    "blank",
    "nearly-gray",
    "tinted-paper",
    "text-heavy",
    "misaligned",
    "exact-duplicate",
    "near-duplicate",
    "split-leak",
]


@dataclass(frozen=True)
class Limits:
    """Where a defect begins. All are ours, set on 300 vector pairs with line art and 300 painted pictures.

    Attributes:
        side: least side, px: a network with a scale of 1/16 still sees 4 x 4 places.
        color_variety: least share of pixels off the median color in a picture; real pictures had 0.11 and more.
        line_variety: the same in line art; real line art had 0.02 and more, crops too.
        chroma: least mean chroma, 0 to 255; real pictures had 7 and more, gray scans saved as JPEG have 3 and less.
        tint: most that paper may lack to white, and mean chroma that a line-art file may have, 0 to 255.
        letters: most shapes in rows or columns; 1 in 100 real pictures and pairs had more.
        shift: most px that line art may lie off its picture; Canny and thick lines are off by half a px.
        gain: a shift counts if it makes the correlation of edges so many times as high; in crops of 128 px with
            few lines 1.06 comes about by chance.
        agreement: least correlation of the edges; line art of another picture had less in 95 of 100, a picture's own
            0.42 and more.
        bits: most bits of 64 in which each of the two hashes of pictures alike differ.
    """

    side: int = 64
    color_variety: float = 0.01
    line_variety: float = 0.002
    chroma: float = 6.0
    tint: float = 12.0
    letters: int = 12
    shift: int = 1
    gain: float = 1.09
    agreement: float = 0.15
    bits: int = 6


@dataclass(frozen=True)
class Finding:
    """One defect of one pair.

    Attributes:
        color: the pair's picture file, as in the manifest.
        kind: what is wrong. text: the same for a person, with numbers.
        value, limit: what was measured, and the limit that it passed.
    """

    color: str
    kind: Kind
    value: float
    limit: float
    text: str


def check_pairs(
    pairset: PairSet,
    limits: Limits = Limits(),
    *,
    workers: int | None = None,
    report: Callable[[int, int], None] | None = None,
) -> list[Finding]:
    """The defects of a pair set, in the manifest's order; reads each file once and changes none.

    Of pictures alike only pairs of different sources count, and the later one is named; test comes before val
    before train, so that dropping what is named keeps the test split whole.

    Args:
        workers: processes; 1 works in this one, None takes one a core.
        report: called with (pairs done, pairs in all) after each pair.
    """
    pairs = pairset.pairs
    measured = list(each_pair(measure, pairset, workers, report))
    measured.sort(key=lambda m: m.index)
    found: dict[int, list[Finding]] = {m.index: list(_defects(pairs[m.index].color, m, limits)) for m in measured}
    for index, finding in _duplicates(pairs, [m for m in measured if not m.unreadable], limits):
        found[index].append(finding)
    return [finding for index in sorted(found) for finding in found[index]]


def without(pairset: PairSet, findings: Iterable[Finding]) -> PairSet:
    """The pair set without the pairs that the findings name; no file is changed."""
    named = {finding.color for finding in findings}
    return PairSet(pairset.folder, tuple(pair for pair in pairset.pairs if pair.color not in named))


def drop(pairset: PairSet, findings: Iterable[Finding]) -> PairSet:
    """Takes the named pairs out of the manifest and answers what is left.

    Their files stay; their lines move to `dropped.jsonl`, so that a build that goes on does not make them again.

    Raises:
        SengaError: a place that cannot be written.
    """
    kept = without(pairset, findings)
    left = {pair.color for pair in kept.pairs}
    file = pairset.folder / DROPPED
    dropped = (read_manifest(file) if file.exists() else ()) + pairset.pairs
    # First the list, then the manifest: a kill in between leaves pairs in both, which the next drop puts right.
    lines = {pair.color: as_line(pair) for pair in dropped if pair.color not in left}
    storage.write_new(file, "".join(f"{line}\n" for line in lines.values()).encode(), force=True)
    write_manifest(pairset.folder, kept.pairs)
    return kept


def _defects(color: str, m: Measures, limits: Limits) -> Iterator[Finding]:
    """Defects that a pair has by itself."""
    if m.unreadable:
        yield Finding(color, "unreadable", 0, 0, m.unreadable)
        return
    if min(m.size) < limits.side:
        text = f"{m.size[0]}x{m.size[1]} px, less than {limits.side} px a side"
        yield Finding(color, "too-small", min(m.size), limits.side, text)
    if m.color_variety < limits.color_variety:
        text = f"{m.color_variety:.2%} of the picture is not of one color"
        yield Finding(color, "blank", m.color_variety, limits.color_variety, text)
    elif m.chroma < limits.chroma:
        text = f"the picture is nearly gray: mean chroma {m.chroma:.1f} of 255"
        yield Finding(color, "nearly-gray", m.chroma, limits.chroma, text)
    if m.line_variety is not None and m.line_variety < limits.line_variety:
        text = f"{m.line_variety:.2%} of the line art is not of one gray"
        yield Finding(color, "blank", m.line_variety, limits.line_variety, text)
    elif m.tint is not None and m.tint > limits.tint:
        text = f"the line art's paper is {m.tint:.0f} of 255 from white"
        yield Finding(color, "tinted-paper", m.tint, limits.tint, text)
    elif m.line_chroma is not None and m.line_chroma > limits.tint:
        text = f"the line-art file is colored: mean chroma {m.line_chroma:.0f} of 255"
        yield Finding(color, "tinted-paper", m.line_chroma, limits.tint, text)
    if m.letters > limits.letters:
        text = f"{m.letters} shapes in rows or columns, as letters are"
        yield Finding(color, "text-heavy", m.letters, limits.letters, text)
    yield from _misaligned(color, m, limits)


def _misaligned(color: str, m: Measures, limits: Limits) -> Iterator[Finding]:
    if m.line_size is not None and m.line_size != m.size:
        (w, h), (width, height) = m.line_size, m.size
        text = f"the line art is {w}x{h} px, the picture {width}x{height} px"
        yield Finding(color, "misaligned", max(abs(w - width), abs(h - height)), 0, text)
    blank = m.color_variety < limits.color_variety or (m.line_variety or 0) < limits.line_variety
    if m.shift is None or blank:
        return
    off = max(map(abs, m.shift))
    if m.agreement < limits.agreement:
        text = f"the line art follows nothing in the picture: correlation of edges {m.agreement:.2f}"
        yield Finding(color, "misaligned", m.agreement, limits.agreement, text)
    elif off > limits.shift and m.agreement > limits.gain * m.rest:
        at_least = "at least " if off == REACH else ""
        text = f"the line art lies {at_least}({m.shift[0]:+d}, {m.shift[1]:+d}) px (right, down) off the picture"
        yield Finding(color, "misaligned", off, limits.shift, text)


def _duplicates(pairs: tuple[Pair, ...], measured: list[Measures], limits: Limits) -> Iterator[tuple[int, Finding]]:
    """Defects that a pair has beside another: (its place in the set, finding)."""
    keep = {"test": 0, "val": 1, "train": 2}
    order = sorted(measured, key=lambda m: (keep[pairs[m.index].split], m.index))
    numbers: dict[str, int] = {}
    sources = np.array([numbers.setdefault(pairs[m.index].source, len(numbers)) for m in order], np.int64)
    near = first_alike(np.array([m.hashes for m in order], np.uint64).reshape(-1, 2), sources, limits.bits)
    for m, place, twin in zip(order, near, _first_equal(order, sources), strict=True):
        other = order[twin if twin >= 0 else place]
        if twin < 0 and place < 0:
            continue
        mine, first = pairs[m.index], pairs[other.index]
        bits = distance(m.hashes, other.hashes)
        if twin >= 0:
            yield m.index, Finding(mine.color, "exact-duplicate", 0, 0, f"the same pixels as {first.color}")
        else:
            text = f"looks like {first.color}: hashes differ by at most {bits} of 64 bits"
            yield m.index, Finding(mine.color, "near-duplicate", bits, limits.bits, text)
        if mine.split != first.split:
            text = f"is in {mine.split}, and {first.color}, which looks like it, in {first.split}"
            yield m.index, Finding(mine.color, "split-leak", bits, limits.bits, text)


def _first_equal(order: list[Measures], sources: NDArray[np.int64]) -> list[int]:
    """For each picture the first one before it with the same pixels and another source, or -1."""
    # Per pixels: the first place, and the first place of another source than that one's.
    seen: dict[str, list[int]] = {}
    answers = []
    for i, m in enumerate(order):
        firsts = seen.setdefault(m.sha256, [])
        answers.append(next((j for j in firsts if sources[j] != sources[i]), -1))
        if len(firsts) < 2 and all(sources[j] != sources[i] for j in firsts):
            firsts.append(i)
    return answers
