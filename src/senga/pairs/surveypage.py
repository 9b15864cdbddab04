"""A survey of a pair set as one HTML page."""

import itertools
from collections import Counter

import numpy as np

from senga import __version__, image
from senga.errors import SengaError
from senga.htmlreport import histogram, picture, render
from senga.pairs.survey import Look, Survey

SIDE = 176
"""Largest side of a picture on the page, px."""

MOST = 40
"""Most colors, origins and twins that are shown."""


def survey_page(survey: Survey, samples: int = 24, seed: int = 0) -> str:
    """The page.

    Args:
        survey: to be shown. samples: pairs on the sample sheet. seed: of their choice.
    """
    unreadable = {"title": "Cannot be read", "about": "", "rows": [("file", "reason"), *survey.unreadable]}
    return render(
        "survey.html",
        title=f"Pair set {survey.pairset.folder.resolve().name}",
        about=[_about(survey)],
        counts=_counts(survey.counts),
        histograms=_histograms(survey.looks) if survey.looks else [],
        colors=[(f"#{r:02x}{g:02x}{b:02x}", f"{share:.1%}") for (r, g, b), share in survey.palette[:MOST]],
        samples=_samples(survey, samples, seed),
        alike=_alike(survey),
        twins=_twins(survey),
        sections=[unreadable] if survey.unreadable else [],
    )


def _about(survey: Survey) -> str:
    pairs = survey.pairset.pairs
    sources = len({p.source for p in pairs})
    lined = sum(p.line is not None for p in pairs)
    return (
        f"{len(pairs)} pairs of {sources} pictures, {lined} with line art; fingerprint {survey.pairset.fingerprint()}; "
        f"senga {__version__}."
    )


def _counts(counts: dict[str, Counter[str]]) -> list[list[tuple[str, ...]]]:
    shown = []
    for name, counter in counts.items():
        if not counter:
            continue
        total = counter.total()
        rows: list[tuple[str, ...]] = [(name, "pairs", "share")]
        rows += [(key, str(count), f"{count / total:.1%}") for key, count in counter.most_common(MOST)]
        if len(counter) > MOST:
            rest = total - sum(count for _, count in counter.most_common(MOST))
            rows.append((f"{len(counter) - MOST} others", str(rest), f"{rest / total:.1%}"))
        shown.append(rows)
    return shown


def _histograms(looks: tuple[Look, ...]) -> list[str]:
    def of(name: str) -> np.ndarray:
        return np.array([float(getattr(one, name)) for one in looks])

    width, height, ink = of("width"), of("height"), of("ink")
    shown: list[str] = [
        histogram("Shorter side", np.minimum(width, height), " px"),
        histogram("Width / height", width / height, ""),
        histogram("Colorfulness", of("colorfulness"), ""),
        histogram("Mean luma", of("luma"), ""),
        histogram("Nearly white", of("white") * 100, " %"),
    ]
    if not np.isnan(ink).all():
        shown.append(histogram("Ink in line art", ink[~np.isnan(ink)] * 100, " %"))
    return shown


Figure = tuple[str, list[tuple[str, str]]]
"""What it says, and its pictures: names and addresses."""


def _samples(survey: Survey, samples: int, seed: int) -> list[Figure]:
    """Pairs drawn evenly over the manifest, pictures beside their line art."""
    count = min(samples, len(survey.looks))
    # One of each stretch of the manifest: a plain draw would show the largest origins alone.
    edges = np.linspace(0, len(survey.looks), count + 1).astype(int)
    random = np.random.default_rng(seed)
    figures: list[Figure] = []
    for start, end in itertools.pairwise(edges):
        one = survey.looks[int(random.integers(start, max(start + 1, end)))]
        pair = survey.pairset.pairs[one.index]
        pictures = [(pair.color, _shown(survey.pairset.color(pair)))]
        if pair.line:
            pictures.append((pair.line, _shown(survey.pairset.line(pair))))
        figures.append((f"{pair.color}, {one.width}x{one.height}, {pair.split}", pictures))
    return figures


def _alike(survey: Survey) -> str:
    if not survey.twins:
        return "No two pictures of different sources look alike."
    return f"{len(survey.twins)} pictures look like an earlier one of another source; 'senga pairs check' names all."


def _twins(survey: Survey) -> list[Figure]:
    by_name = {p.color: p for p in survey.pairset.pairs}
    shown: list[Figure] = []
    for names in survey.twins[: MOST // 2]:
        try:
            pictures = [(n, _shown(survey.pairset.color(by_name[n]))) for n in names]
        except SengaError:  # pragma: no cover - it was read a moment ago
            continue
        shown.append((" and ".join(names), pictures))
    return shown


def _shown(pixels: image.Pixels) -> str:
    scale = min(1.0, SIDE / max(pixels.shape[:2]))
    height, width = (max(1, round(s * scale)) for s in pixels.shape[:2])
    return picture(image.resize(pixels, (height, width)))
