"""Scores ways of drawing lines on one split of true line art.

Every way gets the gray level under which its lines count as ink chosen on the validation split, so that none loses by
being paler than another.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from senga import image
from senga.compare.sampling import chosen, row
from senga.errors import PairSetError, SengaError
from senga.lines import learned
from senga.lines.extract import METHODS, Parameters, draw, make_parameters
from senga.lines.score import Drawn, LineScore, read_drawn, score, total
from senga.pairs.pairset import Pair, PairSet

LEVELS = (128, 176, 80, 215, 40, 240)
"""Gray levels tried on the validation split; of equals, the first."""

TUNED_ON = 24
"""Validation pairs that the level is chosen on."""

Draw = Callable[[Pair, image.Pixels], image.Pixels]


@dataclass(frozen=True)
class LineResult:
    """One way of drawing lines, over all pictures.

    Attributes:
        name: as it was asked for. level: gray level under which its lines counted as ink.
        f1, precision, recall: at 2 px, all center pixels together; f1_mean: mean of the pictures' F1.
        width_error: mean absolute difference to the true stroke width, px. width_spread: standard deviation of that
            difference. unevenness: standard deviation of its widths, as shares of each drawing's median.
        seconds: median of one picture; NaN for line art that was drawn elsewhere.
        pictures: how many were scored.
    """

    name: str
    level: int
    f1: float
    precision: float
    recall: float
    f1_mean: float
    width_error: float
    width_spread: float
    unevenness: float
    seconds: float
    pictures: int


def compare_lines(
    methods: Sequence[str],
    pairs: PairSet,
    split: str,
    *,
    drawn: Mapping[str, Path] | None = None,
    most: int = 200,
    threads: int | None = None,
    strip: Path | None = None,
    force: bool = False,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> list[LineResult]:
    """Scores of each way.

    Args:
        methods: names of `lines.extract.METHODS`, or model files; each may be followed by parameters, as in
            "xdog:sigma=1.2,tau=0.99", and preceded by a name of its own, as in "fine=xdog:sigma=0.8".
        pairs: pair set with line art. split: which split of it. most: at most so many pairs.
        drawn: line art that other programs drew, by name: folders with files called as the pairs' color files,
            in any format; for the validation split too, or level 128 is taken.
        strip: file for a sheet: a row a picture: picture, each way, truth. force: overwrite it.
        report: called with (done, total) pictures.

    Raises:
        PairSetError: no such split, pairs without line art. SengaError: a method or parameter that is not known, a
            drawing that is missing or of another size.
    """
    if strip and strip.exists() and not force:
        raise SengaError(f"{strip}: exists; give another name, or --force to overwrite it")
    ways: dict[str, Draw] = {}
    for text in methods:
        name, what = _named(text)
        if name in ways:
            raise SengaError(f"two ways called '{name}'; tell them apart as NAME=FILE")
        ways[name] = _way(what, threads)
    ways |= {name: _from_folder(folder, pairs) for name, folder in (drawn or {}).items()}
    shown = chosen(pairs, split, most)
    tuned = chosen(pairs, "val", TUNED_ON) if pairs.of("val") else []
    for pair in (*shown, *tuned):
        if pair.line is None:
            raise PairSetError(f"{pairs.folder}: {pair.color} has no line art to compare with")
    steps = len(ways) * len(tuned) + len(shown)
    levels: dict[str, int] = {}
    done = 0
    for name, way in ways.items():
        levels[name] = _level(way, pairs, tuned)
        done += len(tuned)
        report(done, steps)
    scores: dict[str, list[LineScore]] = {name: [] for name in ways}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    rows = []
    for i, pair in enumerate(shown):
        picture, line = pairs.color(pair), pairs.line(pair)
        truth = read_drawn(line)
        sheet = [picture]
        for name, way in ways.items():
            start = time.perf_counter()
            lines = way(pair, picture)
            seconds[name].append(time.perf_counter() - start)
            scores[name].append(score(read_drawn(lines, levels[name], truth.widest), truth))
            sheet.append(lines)
        if strip and i % max(1, len(shown) // 12) == 0:
            rows.append(row([*sheet, line], 256))
        report(done + i + 1, steps)
    if strip:
        image.write(strip, np.vstack(rows), force=force)
    return [_result(name, levels[name], scores[name], seconds[name], name in (drawn or {})) for name in ways]


def table(results: Sequence[LineResult]) -> str:
    """Results as a Markdown table."""
    rows = [
        "| lines by | F1 | precision | recall | F1, mean of pictures | width error, px | its spread, px | unevenness |"
        " ink level | s a picture | pictures |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for r in results:
        seconds = "" if np.isnan(r.seconds) else f"{r.seconds:.3f}"
        rows += [
            f"| {r.name} | {r.f1:.3f} | {r.precision:.3f} | {r.recall:.3f} | {r.f1_mean:.3f} | {r.width_error:.2f} |"
            f" {r.width_spread:.2f} | {r.unevenness:.2f} | {r.level} | {seconds} |"
            f" {r.pictures} |"
        ]
    return "\n".join(rows)


def _result(name: str, level: int, scores: list[LineScore], seconds: list[float], elsewhere: bool) -> LineResult:
    whole = total(scores)
    some = len(whole.errors) > 0
    return LineResult(
        name,
        level,
        whole.f1,
        whole.precision,
        whole.recall,
        float(np.mean([s.f1 for s in scores])),
        float(np.abs(whole.errors).mean()) if some else float("nan"),
        float(whole.errors.std()) if some else float("nan"),
        float((whole.widths - 1).std()) if len(whole.widths) else float("nan"),
        float("nan") if elsewhere else float(np.median(seconds)),
        len(scores),
    )


def _level(way: Draw, pairs: PairSet, tuned: Sequence[Pair]) -> int:
    """The gray level at which a way does best on the validation pairs."""
    sums = np.zeros(len(LEVELS))
    try:
        drawings = [way(pair, pairs.color(pair)) for pair in tuned]
    except _NotDrawnError:
        return 128
    if all(len(np.unique(d)) <= 2 for d in drawings):
        return 128
    for pair, lines in zip(tuned, drawings, strict=True):
        truth: Drawn = read_drawn(pairs.line(pair))
        sums += [score(read_drawn(lines, level, truth.widest), truth).f1 for level in LEVELS]
    return LEVELS[int(np.argmax(sums))] if len(tuned) else 128


def _named(text: str) -> tuple[str, str]:
    """What a way is called, and the way: NAME=WAY, or the way itself."""
    name, given, way = text.partition("=")
    return (name, way) if given and ":" not in name and not Path(text).exists() else (text, text)


def _way(text: str, threads: int | None) -> Draw:
    """What a method or model file, with or without parameters, draws."""
    name, _, rest = text.partition(":")
    if name.endswith(".onnx") and not Path(text).exists():
        model: Path | None = Path(name)
    elif Path(text).suffix == ".onnx":
        model, rest = Path(text), ""
    else:
        model = None
    given = {}
    for part in filter(None, rest.split(",")):
        key, _, value = part.partition("=")
        try:
            given[key.strip()] = float(value)
        except ValueError as error:
            raise SengaError(f"{text}: wanted name=number after the colon, found '{part}'") from error
    if model is None and name not in METHODS:
        raise SengaError(f"{name}: neither a method ({', '.join(METHODS)}) nor a model file (.onnx)")
    made: Parameters = make_parameters("learned" if model else name, given)
    if model or name in ("learned", "mix"):
        learned.opened(model, threads)  # a broken file is refused now, not after an hour
    return lambda pair, picture: draw(picture, made, model=model, threads=threads)


class _NotDrawnError(SengaError):
    """A drawing that a folder lacks."""


def _from_folder(folder: Path, pairs: PairSet) -> Draw:
    if not folder.is_dir():
        raise SengaError(f"{folder}: no such folder of drawn lines")
    files = {file.stem: file for file in sorted(folder.iterdir()) if not file.name.startswith(".")}

    def read(pair: Pair, picture: image.Pixels) -> image.Pixels:
        stem = pair.name
        if stem not in files:
            raise _NotDrawnError(f"{folder}: has no drawing called '{stem}'")
        lines = image.gray(image.read(files[stem]))
        if lines.shape != picture.shape[:2]:
            (h, w), (height, width) = lines.shape, picture.shape[:2]
            raise SengaError(f"{files[stem]}: is {w}x{h} px, its picture {width}x{height} px")
        return lines

    return read
