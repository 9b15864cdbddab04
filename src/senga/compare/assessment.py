"""All that is measured on models by truths alone: few hints, region colors, spread and harm, mosaic, the
Fréchet distance.

A drawing is read once a model; then every measure asks for the paintings that it needs.
"""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeVar, get_args

import numpy as np

from senga import __version__, image
from senga.color.compositing import composite
from senga.color.flats import medians
from senga.color.regions import find_regions
from senga.compare import fewhints, frechet, mosaic, regioncolors, spread
from senga.compare.fewhints import FewHints
from senga.compare.frechet import Floats, Frechet
from senga.compare.models import Model, Paint
from senga.compare.mosaic import Mosaic, Power
from senga.compare.regioncolors import Accuracy, Answered
from senga.compare.spread import Spread, Trial
from senga.compare.subjects import Subject, Subjects
from senga.compare.truecolors import true_colors
from senga.errors import SengaError
from senga.model.features import Features

Measure = Literal["dots", "regions", "spread", "mosaic", "frechet"]
MEASURES: tuple[Measure, ...] = get_args(Measure)

MEAN, ALL = "mean", "all"
"""Stand for the method in rows that are the mean over all methods, or of all trials together."""

UNCOLORED, FLATS = "(uncolored)", "(true flats)"
"""Rows of the Fréchet distance for comparison: line art alone, and the median of the truth in each region under it."""

Row = TypeVar("Row", FewHints, Accuracy, Frechet)


@dataclass(frozen=True)
class Assessment:
    """What came out, a row a model and method; the mean over methods last where there are several.

    Attributes:
        origin, split, fingerprint, methods: see `Subjects`. pictures: how many.
        dots, regions, spread, mosaic, frechet: rows; empty where that was not asked.
    """

    origin: str
    split: str
    fingerprint: str
    methods: tuple[str, ...]
    pictures: int
    dots: tuple[FewHints, ...] = ()
    regions: tuple[Accuracy, ...] = ()
    spread: tuple[Spread, ...] = ()
    mosaic: tuple[Mosaic, ...] = ()
    frechet: tuple[Frechet, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As a JSON object; what is not known is null."""
        return {"senga": __version__, **_plain(asdict(self))}

    def to_text(self) -> str:
        """The same, written out."""
        return json.dumps(self.to_json(), indent=1, ensure_ascii=False) + "\n"


def find_measures(names: Sequence[str]) -> tuple[Measure, ...]:
    """The measures of these names, in the order of `MEASURES`; "all" stands for all.

    Raises:
        SengaError: one that is not known.
    """
    for name in names:
        if name not in (*MEASURES, "all"):
            raise SengaError(f"unknown measure '{name}'; known: {', '.join(MEASURES)}, all")
    return tuple(m for m in MEASURES if m in names or "all" in names)


def assess(
    models: Sequence[Model],
    subjects: Subjects,
    measures: Sequence[Measure] = MEASURES,
    *,
    threads: int | None = None,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Assessment:
    """Measures of each model.

    Args:
        models: who. subjects: on what; they are read once. measures: which.
        threads: processor threads, of the trunk. report: called with (done, total) pictures.

    Raises:
        SengaError: two models of one name, or too few pictures for the Fréchet distance.
    """
    for model in models:
        if [m.name for m in models].count(model.name) > 1:
            raise SengaError(f"two models called '{model.name}'; tell them apart as NAME=FILE")
    if "frechet" in measures and subjects.count < 2:
        raise SengaError("the Fréchet distance is of sets; give at least 2 pictures")
    notes = _Notes(frechet.open_trunk(threads) if "frechet" in measures else None)
    done = 0
    for done, subject in enumerate(subjects, 1):
        notes.real(subject)
        for method in subjects.methods:
            notes.compared(subject, method)
            lines = subject.lines[method]
            colors = true_colors(subject.truth, lines)
            boxes = mosaic.windows(find_regions(lines), lines) if "mosaic" in measures else []
            for model in models:
                paint = _unhinted_once(model.page(lines))
                if "dots" in measures:
                    notes.dots += fewhints.few_hints(model, paint, subject, method)
                if "regions" in measures and colors.count:
                    notes.regions += regioncolors.answer_regions(model, paint, colors, method, subject.seed)
                if "spread" in measures:
                    notes.trials += spread.try_dots(model, paint, colors, method, subject.seed)
                if "mosaic" in measures:
                    notes.even(model, paint, method, boxes)
                notes.colored(model, paint, method)
        report(done, subjects.count)
    names = [m.name for m in models]
    return Assessment(
        subjects.origin,
        subjects.split,
        subjects.fingerprint,
        subjects.methods,
        done,
        _with_means(_dots(notes.dots)),
        _with_means(_regions(notes.regions)),
        _spread(notes.trials, names, subjects.methods) if "spread" in measures else (),
        tuple(mosaic.sum_up(*key, powers) for key, powers in notes.powers.items()),
        _with_means(notes.distances()),
    )


@dataclass
class _Notes:
    """What is written down picture by picture."""

    trunk: Features | None
    dots: list[FewHints] = field(default_factory=list)
    regions: list[Answered] = field(default_factory=list)
    trials: list[Trial] = field(default_factory=list)
    powers: dict[tuple[str, str], list[Power]] = field(default_factory=dict)
    truths: list[Floats] = field(default_factory=list)
    seen: dict[tuple[str, str, float], list[Floats]] = field(default_factory=dict)

    def real(self, subject: Subject) -> None:
        if self.trunk:
            self.truths.append(frechet.pooled_features(subject.truth, self.trunk))

    def compared(self, subject: Subject, method: str) -> None:
        """The rows that models are held against."""
        if self.trunk:
            lines = subject.lines[method]
            ink, regions = np.repeat(lines[..., None], 3, 2), find_regions(lines)
            self._see(UNCOLORED, method, 0.0, ink)
            self._see(FLATS, method, 0.0, composite(medians(regions, subject.truth)[regions.labels], ink))

    def even(self, model: Model, paint: Paint, method: str, boxes: Sequence[tuple[slice, slice]]) -> None:
        """An automatic coloring in windows where it should be even."""
        powers, painted = self.powers.setdefault((model.name, method), []), paint(None, 0.0)
        powers += [mosaic.power(painted, box) for box in boxes]

    def colored(self, model: Model, paint: Paint, method: str) -> None:
        """Automatic colorings."""
        if self.trunk:
            for tint in (0.0, 1.0) if model.colors_lines else (0.0,):
                self._see(model.name, method, tint, paint(None, tint))

    def distances(self) -> list[Frechet]:
        return [
            Frechet(*key, len(features), frechet.frechet_distance(features, self.truths))
            for key, features in self.seen.items()
        ]

    def _see(self, name: str, method: str, tint: float, picture: image.Pixels) -> None:
        if self.trunk:
            self.seen.setdefault((name, method, tint), []).append(frechet.pooled_features(picture, self.trunk))


def _unhinted_once(paint: Paint) -> Paint:
    """The same, but what it answers without hints is kept: all measures ask for it."""
    kept: dict[float, image.Pixels] = {}

    def painted(hints: Any, tint: float) -> image.Pixels:
        if hints is not None:
            return paint(hints, tint)
        if tint not in kept:
            kept[tint] = paint(None, tint)
        return kept[tint]

    return painted


def _dots(found: Sequence[FewHints]) -> list[FewHints]:
    """Means over pictures."""
    rows = []
    for model, method, tint in dict.fromkeys((f.model, f.method, f.tint) for f in found):
        some = [f.levels for f in found if (f.model, f.method, f.tint) == (model, method, tint)]
        rows.append(FewHints(model, method, tint, {n: float(np.mean([s[n] for s in some])) for n in some[0]}))
    return rows


def _regions(found: Sequence[Answered]) -> list[Accuracy]:
    keys = dict.fromkeys((f.model, f.method, f.revealed) for f in found)
    return [regioncolors.sum_up([f for f in found if (f.model, f.method, f.revealed) == key]) for key in keys]


def _spread(found: Sequence[Trial], names: Sequence[str], methods: Sequence[str]) -> tuple[Spread, ...]:
    rows = [
        spread.sum_up([t for t in found if (t.model, t.method) == (name, method)], name, method)
        for name in names
        for method in methods
    ]
    if len(methods) > 1:  # a ratio of sums over all trials, not a mean of ratios
        rows += [spread.sum_up([t for t in found if t.model == name], name, ALL) for name in names]
    return tuple(rows)


def _with_means(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Rows, and behind them, where there are several methods, those of the mean over methods; counts are summed up."""
    methods = dict.fromkeys(row.method for row in rows)
    if len(methods) < 2:
        return tuple(rows)
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        key = row.model, getattr(row, "tint", 0.0), getattr(row, "revealed", 0)
        groups.setdefault(key, []).append(row)
    return tuple(rows) + tuple(_mean(group) for group in groups.values())


SUMMED, KEPT = ("regions",), ("model", "tint", "revealed", "pictures")


def _mean(rows: Sequence[Row]) -> Row:
    values: dict[str, Any] = {}
    for name, first in vars(rows[0]).items():
        every = [getattr(row, name) for row in rows]
        if name == "method":
            values[name] = MEAN
        elif name in KEPT:
            values[name] = first
        elif name in SUMMED:
            values[name] = sum(every)
        elif isinstance(first, dict):
            values[name] = {n: float(np.mean([e[n] for e in every])) for n in first}
        else:
            values[name] = float(np.mean(every))
    return type(rows[0])(**values)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return None if isinstance(value, float) and math.isnan(value) else value
