"""Judges colorizers on a frozen split by hints of regions: model files, and what other programs painted of the same.

Each picture goes the way that a person's drawing goes: line art in, hints of ever more regions, composite out, all at
the picture's own size.
"""

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.colorizer import SHIPPED, Colorizer
from senga.color.hints import Hints
from senga.compare import measures
from senga.compare.frozen_split import Frozen
from senga.compare.measures import Bleeding, Change
from senga.compare.regions import RATIOS, STEPS, Kind, RegionHints, Step
from senga.errors import SengaError
from senga.metrics import Plane, colorfulness, ssim
from senga.model.features import Features

MEAN = "mean"
"""Stands for the method in verdicts that are the mean over all methods."""

TINT = "+tint"
"""End of a model's name that asks for colored lines."""

REFERENCE = "+reference"
"""End of a model's name that shows it the truth as its reference, as style2paints V1 was trained."""

SHOWN = (0.0, 0.05, 0.25, 1.0)
"""Ratios at which pictures are kept to be looked at."""

NAN = float("nan")

_FINEST, _WORST = 0.1, 100.0  # Delta E 2000: how differences from hints are counted, so that millions can be pooled

PaintPage = Callable[[Step, Hints], image.Pixels | None]
"""Painting (H, W, 3) of one drawing at one step; None where the painter does not answer."""


@dataclass(frozen=True)
class Painter:
    """Somebody who is judged.

    Attributes:
        name: in tables.
        page: takes a picture's name, the method of its lines and the lines, answers with what paints them.
        here: whether it paints now, so that its time can be taken.
        candidates: takes lines and how many different answers are wanted; None for who has one answer only.
    """

    name: str
    page: Callable[[str, str, image.Pixels], PaintPage]
    here: bool
    candidates: Callable[[image.Pixels, int], list[image.Pixels]] | None = None


@dataclass(frozen=True)
class Single:
    """One painting, measured.

    Attributes:
        painter, method, name, ratio: who, of which lines, of which picture, at which share of regions.
        psnr, ssim, vgg: against the truth, at 256x256; vgg is NaN without a feature network.
        colorfulness, truth_colorfulness: of painting and truth.
        bleeding: at the borders of closed regions.
        differences: hint pixels by Delta E 2000 from their hint, in steps of 0.1.
        change: by one more hint, where that was asked.
        seconds: of painting; at the first step, of reading the page too. NaN if painted elsewhere.
        variety: of candidates without hints, where that was asked; at ratio 0.
    """

    painter: str
    method: str
    name: str
    ratio: float
    psnr: float
    ssim: float
    vgg: float
    colorfulness: float
    truth_colorfulness: float
    bleeding: Bleeding
    differences: NDArray[np.int64]
    change: Change | None
    seconds: float
    variety: float


@dataclass(frozen=True)
class Verdict:
    """One painter at one ratio on lines of one method, or the mean of methods, over all pictures.

    Attributes:
        painter, method, ratio, pictures: who, of which lines, share of regions hinted, how many.
        psnr, ssim, vgg: means of pictures, at 256x256. colorfulness: mean / mean of the truths'.
        bleeding, steps: see `measures.bleeding`, all borders together.
        hint_median, hint_worst: Delta E 2000 from the hint, median and 95th percentile of all hint pixels on paper.
        elsewhere, elsewhere_picture, elsewhere_far: see `measures.Change`, means of pictures.
        seconds: median; at ratio 0 of the first color, reading included, else of a further hint.
        variety: at ratio 0, see `measures.variety`, mean of pictures.
    """

    painter: str
    method: str
    ratio: float
    pictures: int
    psnr: float
    ssim: float
    vgg: float
    colorfulness: float
    bleeding: float
    steps: float
    hint_median: float
    hint_worst: float
    elsewhere: float
    elsewhere_picture: float
    elsewhere_far: float
    seconds: float
    variety: float


@dataclass(frozen=True)
class Judgment:
    """Everything that came out.

    Attributes:
        verdicts: by painter, method (the mean last), ratio. singles: what they are made of.
        truth: Bleeding of the truths themselves, by method: shading is a change of color beside a line too.
        shown: paintings to look at, by (picture, painter, ratio), of the first method's lines.
        kind: of hints.
    """

    verdicts: tuple[Verdict, ...]
    singles: tuple[Single, ...]
    truth: Mapping[str, Bleeding]
    shown: Mapping[tuple[str, str, float], image.Pixels]
    kind: Kind


def model_painter(text: str, threads: int | None = None, truth: Callable[[str], image.Pixels] | None = None) -> Painter:
    """A model file as a painter.

    Args:
        text: file, or "shipped"; NAME=FILE gives another name than the file's stem. With "+tint" at the end, the
            model colors the lines too; with "+reference" it is shown the truth as its reference. Both may stand
            there, in any order.
        threads: processor threads. truth: the truth of a picture by name, for "+reference".

    Raises:
        ModelError: as `Colorizer.open`, or a model that takes no references is to be shown one.
    """
    plain, ends = text, ""
    while plain.endswith((TINT, REFERENCE)):
        end = TINT if plain.endswith(TINT) else REFERENCE
        plain, ends = plain.removesuffix(end), end + ends
    tint = 1.0 if TINT in ends else 0.0
    name, equals, file = plain.partition("=")
    if not equals or Path(plain).exists():
        name, file = Path(plain).stem + ends, plain
    painter = Colorizer.open(SHIPPED if file == "shipped" else file, threads=threads)
    takes_hints = "hints" in painter.session.card.conditions
    shown = truth if REFERENCE in ends else None
    if shown:
        painter.session.card.check_conditions(painter.session.name, {"reference": True})

    def page(picture: str, method: str, lines: image.Pixels) -> PaintPage:
        read = painter.page(lines)
        reference = shown(picture) if shown else None

        def paint(step: Step, hints: Hints) -> image.Pixels | None:
            if step != Step(0) and not takes_hints:
                return None
            return read.paint(hints if takes_hints else None, reference, tint=tint)

        return paint

    def candidates(lines: image.Pixels, count: int) -> list[image.Pixels]:
        return painter.page(lines).candidates(count, tint=tint)

    several = "palette" in painter.session.card.conditions
    return Painter(name, page, here=True, candidates=candidates if several else None)


def folder_painter(name: str, folder: Path) -> Painter:
    """What was painted elsewhere, as a painter.

    Args:
        name: for tables. folder: METHOD/RATIO/NAME.png in it; a ratio's folder may be missing whole, and then the
            painter is not judged at it.

    Raises:
        SengaError: no such folder.
    """
    if not folder.is_dir():
        raise SengaError(f"{folder}: no such folder of paintings")

    def page(picture: str, method: str, lines: image.Pixels) -> PaintPage:
        if not (folder / method).is_dir():
            raise SengaError(f"{folder}: has no folder '{method}'; paint those lines too, or name other --method")

        def paint(step: Step, hints: Hints) -> image.Pixels | None:
            place = folder / method / step.name
            if not place.is_dir():
                return None
            painted = image.read(place / f"{picture}.png")
            if painted.shape[:2] != lines.shape:
                (h, w), (height, width) = painted.shape[:2], lines.shape
                raise SengaError(f"{place / picture}.png: is {w}x{h} px, its drawing {width}x{height} px")
            return painted

        return paint

    return Painter(name, page, here=False)


def judge(
    painters: Sequence[Painter],
    frozen: Frozen,
    *,
    methods: Sequence[str] = (),
    kind: Kind = "scribble",
    most: int = 1_000_000,
    vgg: Features | None = None,
    candidates: int = 0,
    show: int = 0,
    keep: Path | None = None,
    force: bool = False,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Judgment:
    """Judgment of each painter at each step.

    Args:
        painters: who. frozen: on what. methods: whose lines; default: all of the split.
        kind: of hints. most: at most so many pictures, spread over the split.
        vgg: network for the VGG distance. candidates: how many answers without hints are compared with each other,
            at least 2; 0: none.
        show: so many pictures are kept to be looked at.
        keep: folder that paintings made here are written into, as PAINTER/METHOD/RATIO/NAME.png. force: over others.
        report: called with (done, total) pictures.

    Raises:
        SengaError: two painters of one name, lines that the split lacks, a painting that is missing or of another
            size. ImageError, ModelError: as files are opened.
    """
    chosen = methods or frozen.about.methods
    for method in chosen:
        if method not in frozen.about.methods:
            raise SengaError(f"{frozen.folder}: has no lines '{method}'; it has {', '.join(frozen.about.methods)}")
    known: set[str] = set()
    for painter in painters:
        if painter.name in known:
            raise SengaError(f"two painters called '{painter.name}'; tell them apart as NAME=FILE")
        known.add(painter.name)
        if keep and painter.here and (keep / painter.name).exists() and not force:
            raise SengaError(f"{keep / painter.name}: exists; give another --keep, or --force to overwrite it")
    every = frozen.about.names
    names = [every[i] for i in np.linspace(0, len(every) - 1, min(most, len(every))).astype(int)]
    looked_at = {names[i] for i in np.linspace(0, len(names) - 1, min(show, len(names))).astype(int)}
    singles: list[Single] = []
    truths = dict.fromkeys(chosen, Bleeding())
    shown: dict[tuple[str, str, float], image.Pixels] = {}
    for done, name in enumerate(names):
        for method in chosen:
            subject = _read(frozen, name, method, kind, vgg)
            flat = (subject.truth / np.float32(255)).astype(np.float32)
            truths[method] += measures.bleeding(flat, subject.borders)
            for painter in painters:
                found, painted = _measure(painter, subject, candidates)
                singles += found
                if name in looked_at and method == chosen[0]:
                    shown |= {(name, painter.name, r): painted[Step(r)] for r in SHOWN if Step(r) in painted}
                if keep and painter.here:
                    for step, pixels in painted.items():
                        place = keep / painter.name / method / step.name
                        place.mkdir(parents=True, exist_ok=True)
                        image.write(place / f"{name}.png", pixels, force=force)
        report(done + 1, len(names))
    verdicts = [
        verdict
        for painter in painters
        for verdict in _verdicts([s for s in singles if s.painter == painter.name], chosen)
    ]
    return Judgment(tuple(verdicts), tuple(singles), truths, shown, kind)


def area_under(verdicts: Sequence[Verdict], measure: str) -> float:
    """Hint-AUC: a measure's mean over the share of regions hinted, by trapezoids; NaN unless known at every ratio.

    Args:
        verdicts: of one painter and one method.

    Source: hintauc 0.3.3, `hint_auc`.
    """
    by_ratio = {v.ratio: float(getattr(v, measure)) for v in verdicts}
    if set(by_ratio) != set(RATIOS):
        return NAN
    return sum((b - a) * (by_ratio[a] + by_ratio[b]) / 2 for a, b in itertools.pairwise(RATIOS))


@dataclass(frozen=True)
class _Subject:
    """One picture with lines of one method, and what of it does not depend on the painter."""

    name: str
    method: str
    kind: Kind
    truth: image.Pixels
    lines: image.Pixels
    hints: RegionHints
    regions: measures.Regions
    borders: measures.Borders
    judged: Plane
    colorful: float
    vgg: Features | None
    features: Sequence[Plane]


def _read(frozen: Frozen, name: str, method: str, kind: Kind, vgg: Features | None) -> _Subject:
    truth, lines = frozen.truth(name), frozen.lines(name, method)
    regions, judged = measures.closed_regions(lines), measures.judged(truth)
    return _Subject(
        name,
        method,
        kind,
        truth,
        lines,
        frozen.hints(name),
        regions,
        measures.find_borders(truth, lines, regions),
        judged,
        colorfulness(truth),
        vgg,
        vgg.of(judged) if vgg else (),
    )


def _measure(painter: Painter, subject: _Subject, candidates: int) -> tuple[list[Single], dict[Step, image.Pixels]]:
    """All of one picture's paintings by one painter, and their measures."""
    shape = (subject.lines.shape[0], subject.lines.shape[1])
    start = time.perf_counter()
    paint = painter.page(subject.name, subject.method, subject.lines)
    painted: dict[Step, image.Pixels] = {}
    seconds: dict[Step, float] = {}
    # As a person would: from no hint to all, each further hint beside the step that it is held against.
    for step in sorted(STEPS, key=lambda step: (step.ratio, step.more)):
        hints = subject.hints.at(step, shape, subject.kind)
        if seconds:
            start = time.perf_counter()
        answer = paint(step, hints)
        seconds[step] = time.perf_counter() - start if painter.here else NAN
        if answer is not None:
            painted[step] = image.flatten(answer)
    variety = NAN
    if candidates and painter.candidates:
        variety = measures.variety([image.flatten(a) for a in painter.candidates(subject.lines, candidates)])
    singles = []
    for ratio in RATIOS:
        step = Step(ratio)
        if step not in painted:
            continue
        small = measures.judged(painted[step])
        colors = measures.color_layer(painted[step], subject.lines)
        away = measures.disobedience(colors, subject.hints.at(step, shape, subject.kind), subject.lines)
        bins = np.minimum(away / _FINEST, _WORST / _FINEST - 1).astype(np.int64)
        singles.append(
            Single(
                painter.name,
                subject.method,
                subject.name,
                ratio,
                measures.closeness(small, subject.judged),
                ssim(small, subject.judged),
                measures.feature_distance(subject.vgg.of(small), subject.features) if subject.vgg else NAN,
                colorfulness(painted[step]),
                subject.colorful,
                measures.bleeding(colors, subject.borders),
                np.bincount(bins, minlength=round(_WORST / _FINEST)),
                _change(painted, step, subject, shape),
                seconds[step],
                NAN if ratio else variety,
            )
        )
    return singles, painted


def _change(
    painted: Mapping[Step, image.Pixels], step: Step, subject: _Subject, shape: tuple[int, int]
) -> Change | None:
    """What the next region's hint changes elsewhere; None if that was not painted or all regions have theirs."""
    further = Step(step.ratio, 1)
    rank = step.regions(subject.hints.count)
    if further not in painted or rank == subject.hints.count:
        return None
    region = subject.hints.region(rank, shape)
    hint = subject.hints.at(further, shape, subject.kind).mask & region
    touched = measures.touched_region(subject.regions, hint, region)
    return measures.changed_elsewhere(painted[step], painted[further], touched, region)


def _verdicts(singles: Sequence[Single], methods: Sequence[str]) -> list[Verdict]:
    """Of one painter: each method's, and their mean if there are several."""
    found = []
    for method in methods:
        for ratio in RATIOS:
            some = [s for s in singles if s.method == method and s.ratio == ratio]
            if some:
                found.append(_verdict(some))
    if len(methods) < 2:
        return found
    means = []
    for ratio in RATIOS:
        some_verdicts = [v for v in found if v.ratio == ratio]
        if some_verdicts:
            values = {
                f.name: float(np.mean([getattr(v, f.name) for v in some_verdicts]))
                for f in fields(Verdict)
                if f.name not in ("painter", "method", "ratio", "pictures")
            }
            means.append(Verdict(some_verdicts[0].painter, MEAN, ratio, some_verdicts[0].pictures, **values))
    return [*found, *means]


def _verdict(singles: Sequence[Single]) -> Verdict:
    first = singles[0]
    borders = sum((s.bleeding for s in singles), Bleeding())
    changes = [s.change for s in singles if s.change]
    differences = np.sum([s.differences for s in singles], 0)

    def mean(values: Sequence[float]) -> float:
        return float(np.mean(values)) if values else NAN

    return Verdict(
        first.painter,
        first.method,
        first.ratio,
        len(singles),
        mean([s.psnr for s in singles]),
        mean([s.ssim for s in singles]),
        mean([s.vgg for s in singles]),
        mean([s.colorfulness for s in singles]) / max(mean([s.truth_colorfulness for s in singles]), 1e-6),
        borders.share,
        borders.steps,
        _percentile(differences, 0.5),
        _percentile(differences, 0.95),
        mean([c.outside for c in changes]),
        mean([c.picture for c in changes]),
        mean([c.far for c in changes]),
        float(np.median([s.seconds for s in singles])),
        mean([s.variety for s in singles]),
    )


def _percentile(counts: NDArray[np.int64], share: float) -> float:
    """Delta E 2000 that a share of the counted pixels stays under, to 0.1, rounded down; NaN of none."""
    total = np.cumsum(counts)
    if total[-1] == 0:
        return NAN
    return float(np.searchsorted(total, share * total[-1]) * _FINEST)
