"""A survey of a pair set as one HTML page."""

import html
import itertools
from collections import Counter

import numpy as np

from senga import __version__, image
from senga.errors import SengaError
from senga.htmlreport import head, histogram, picture, table
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
    name = survey.pairset.folder.resolve().name
    parts = [head(f"Pair set {name}"), f"<p>{html.escape(_about(survey))}</p>"]
    parts += [table(rows) for rows in _counts(survey.counts)]
    if survey.looks:
        parts += ["<h2>Sizes, colors, lines</h2>", '<div class="curves">', *_histograms(survey.looks), "</div>"]
        parts += ["<h2>Most common colors</h2><p>Share of all pixels, in cells of 32 levels.</p>", _colors(survey)]
        parts += ["<h2>Samples</h2>", _samples(survey, samples, seed)]
    parts += [f"<h2>Alike</h2><p>{html.escape(_alike(survey))}</p>", _twins(survey)]
    if survey.unreadable:
        rows = [("file", "reason"), *survey.unreadable]
        parts += ["<h2>Cannot be read</h2>", table(rows, "two")]
    return "\n".join(parts) + "\n"


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
    shown = [
        histogram("Shorter side", np.minimum(width, height), " px"),
        histogram("Width / height", width / height, ""),
        histogram("Colorfulness", of("colorfulness"), ""),
        histogram("Mean luma", of("luma"), ""),
        histogram("Nearly white", of("white") * 100, " %"),
    ]
    if not np.isnan(ink).all():
        shown.append(histogram("Ink in line art", ink[~np.isnan(ink)] * 100, " %"))
    return shown


def _colors(survey: Survey) -> str:
    cells = []
    for (r, g, b), share in survey.palette[:MOST]:
        said = f"#{r:02x}{g:02x}{b:02x}"
        cells.append(f'<span><i style="background: {said}"></i>{said} {share:.1%}</span>')
    return f'<div class="key">{"".join(cells)}</div>'


def _samples(survey: Survey, samples: int, seed: int) -> str:
    """Pairs drawn evenly over the manifest, pictures beside their line art."""
    count = min(samples, len(survey.looks))
    # One of each stretch of the manifest: a plain draw would show the largest origins alone.
    edges = np.linspace(0, len(survey.looks), count + 1).astype(int)
    random = np.random.default_rng(seed)
    rows = []
    for start, end in itertools.pairwise(edges):
        one = survey.looks[int(random.integers(start, max(start + 1, end)))]
        pair = survey.pairset.pairs[one.index]
        color = _small(survey.pairset.color(pair))
        line = _small(survey.pairset.line(pair)) if pair.line else None
        said = html.escape(f"{pair.color}, {one.width}x{one.height}, {pair.split}")
        shown = picture(color, pair.color) + (picture(line, pair.line or "") if line is not None else "")
        rows.append(f"<figure>{shown}<figcaption><span>{said}</span></figcaption></figure>")
    return f'<div class="samples">{"".join(rows)}</div>'


def _alike(survey: Survey) -> str:
    if not survey.twins:
        return "No two pictures of different sources look alike."
    return f"{len(survey.twins)} pictures look like an earlier one of another source; 'senga pairs check' names all."


def _twins(survey: Survey) -> str:
    by_name = {p.color: p for p in survey.pairset.pairs}
    shown = []
    for names in survey.twins[: MOST // 2]:
        try:
            pictures = [picture(_small(survey.pairset.color(by_name[n])), n) for n in names]
        except SengaError:  # pragma: no cover - it was read a moment ago
            continue
        said = html.escape(" and ".join(names))
        shown.append(f"<figure>{''.join(pictures)}<figcaption><span>{said}</span></figcaption></figure>")
    return f'<div class="samples">{"".join(shown)}</div>' if shown else ""


def _small(pixels: image.Pixels) -> image.Pixels:
    scale = min(1.0, SIDE / max(pixels.shape[:2]))
    height, width = (max(1, round(s * scale)) for s in pixels.shape[:2])
    return image.resize(pixels, (height, width))
