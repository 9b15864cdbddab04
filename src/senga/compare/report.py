"""A judgment as a folder to read and look at: report.html, report.md, scores, pictures."""

import csv
import html
import io
import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from senga import __version__, image
from senga.color.compositing import composite
from senga.compare import sections, tables
from senga.compare.assessment import Assessment
from senga.compare.evaluate import NAN, SHOWN, Judgment, Single
from senga.compare.frozen_split import Frozen
from senga.compare.regions import RATIOS, Step
from senga.compare.tables import Measure
from senga.errors import SengaError
from senga.htmlreport import head, table

PICTURES = "pictures"


def check_folder(folder: Path, *, force: bool) -> None:
    """Refuses a folder that is in use; asked before hours of judging, not after.

    Raises:
        SengaError: it exists and is not empty, without `force`.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())) and not force:
        raise SengaError(f"{folder}: exists and is not empty; give another folder, or --force to overwrite")


def write_report(
    folder: Path, judgment: Judgment, frozen: Frozen, assessment: Assessment | None = None, *, force: bool = False
) -> None:
    """Writes the report.

    Args:
        folder: to be made; nothing outside it is needed to read it. force: overwrite what is in it.
        judgment: what to report. frozen: the split that it is of. assessment: what else was measured on it.

    Raises:
        SengaError: as `check_folder`. ImageError: a place that cannot be written.
    """
    check_folder(folder, force=force)
    (folder / PICTURES).mkdir(parents=True, exist_ok=True)
    sheets = _write_pictures(folder, judgment, frozen, force=force)
    further = sections.as_markdown(assessment) if assessment else ""
    texts = {
        "report.md": "\n\n".join(filter(None, [as_markdown(judgment, frozen, sheets), further])) + "\n",
        "report.html": _page(judgment, frozen, sheets) + (_further(assessment) if assessment else ""),
        "scores.json": _json(judgment, frozen, assessment),
        "scores.csv": _csv([asdict(v) for v in judgment.verdicts]),
        "pictures.csv": _csv([_row(s) for s in judgment.singles]),
    }
    for name, text in texts.items():
        image.write_bytes(folder / name, text.encode(), force=force)


def write_assessment(folder: Path, assessment: Assessment, *, force: bool = False) -> None:
    """Writes a report of what was measured without hints of regions: report.md, report.html, scores.json.

    Raises as `write_report`.
    """
    check_folder(folder, force=force)
    folder.mkdir(parents=True, exist_ok=True)
    page = f"{head('Colorizers measured')}\n<p>{html.escape(sections.about(assessment))}</p>\n{_further(assessment)}"
    texts = {
        "report.md": sections.whole_report(assessment),
        "report.html": page,
        "scores.json": assessment.to_text(),
    }
    for name, text in texts.items():
        image.write_bytes(folder / name, text.encode(), force=force)


def _further(assessment: Assessment) -> str:
    """The sections of an assessment as HTML."""
    parts = [
        f"<h2>{html.escape(s.title)}</h2><p>{html.escape(s.about)}</p>{table(s.rows, 'two')}"
        for s in sections.sections(assessment)
    ]
    return "\n".join(parts) + "\n"


Sheet = tuple[str, list[tuple[str, list[str]]], str]
"""A picture's name, its rows (label, files of the ratios shown), and the truth's file."""


def _write_pictures(folder: Path, judgment: Judgment, frozen: Frozen, *, force: bool) -> list[Sheet]:
    method = next((v.method for v in judgment.verdicts), "")
    sheets = []
    for number, name in enumerate(dict.fromkeys(key[0] for key in judgment.shown)):
        truth, lines = frozen.truth(name), frozen.lines(name, method)
        hints = frozen.hints(name)

        def save(what: str, pixels: image.Pixels, number: int = number) -> str:
            file = f"{PICTURES}/{number:02d}-{what}.png"
            image.write(folder / file, pixels, force=force)
            return file

        given = []
        for ratio in SHOWN:
            at = hints.at(Step(ratio), (lines.shape[0], lines.shape[1]), judgment.kind)
            on_paper = np.where(at.mask[..., None], at.color, np.uint8(255))
            given.append(save(f"hints-{Step(ratio).name}", composite(on_paper, np.repeat(lines[..., None], 3, 2))))
        rows = [("hints", given)]
        for i, painter in enumerate(tables.painters(judgment)):
            shown = [(r, judgment.shown.get((name, painter, r))) for r in SHOWN]
            files = ["" if p is None else save(f"{i}-{Step(r).name}", p) for r, p in shown]
            rows.append((painter, files))
        sheets.append((name, rows, save("truth", truth)))
    return sheets


def _about(judgment: Judgment, frozen: Frozen) -> list[str]:
    """What a reader must know to read the numbers, in sentences."""
    number = len({s.name for s in judgment.singles})
    methods = list(dict.fromkeys(s.method for s in judgment.singles))
    hints = {"scribble": "scribbles", "dot": "dots"}[judgment.kind]
    truth = ", ".join(f"{bleeding.share:.3f} ({m})" for m, bleeding in judgment.truth.items())
    return [
        f"{number} pictures of the {frozen.about.split} split of pair set {frozen.about.fingerprint}; lines by "
        f"{' and '.join(methods)}; hints are {hints} of the largest regions by the Hint-AUC protocol "
        f"(geodesic paths, stable order), {', '.join(f'{r:.0%}' for r in RATIOS)} of the regions; senga {__version__}.",
        "Hint-AUC is the mean of a measure over the share of regions hinted, by trapezoids. Hints are cut from the "
        "truth, so levels at different shares do not compare.",
        f"The truths themselves, whose shading also changes beside lines, have a bleeding of {truth}.",
    ]


def as_markdown(judgment: Judgment, frozen: Frozen, sheets: Sequence[Sheet] = (), *, summary: bool = False) -> str:
    """The report as Markdown, with pictures if there are any; or its first table alone."""
    parts = ["# Colorizers judged", *_about(judgment, frozen), tables.markdown(tables.summary(judgment))]
    if summary:
        return "\n\n".join(parts[1:])
    for measure in tables.told(judgment):
        parts += [f"## {measure.title}", f"{measure.about} Better: {measure.better}."]
        parts.append(tables.markdown(tables.curve(judgment, measure)))
    if sheets:
        parts.append("## Pictures")
    for name, rows, truth in sheets:
        table = [[name, *(f"{r:.0%}" for r in SHOWN)]]
        table += [[label, *(f"![]({file})" if file else "" for file in files)] for label, files in rows]
        table.append(["truth", f"![]({truth})", *[""] * (len(SHOWN) - 1)])
        parts.append(tables.markdown(table))
    return "\n\n".join(parts)


def _json(judgment: Judgment, frozen: Frozen, assessment: Assessment | None) -> str:
    def plain(value: Any) -> Any:
        return None if isinstance(value, float) and math.isnan(value) else value

    content = {
        "senga": __version__,
        "split": frozen.about.split,
        "fingerprint": frozen.about.fingerprint,
        "hints": judgment.kind,
        "pictures": len({s.name for s in judgment.singles}),
        "truth_bleeding": {m: plain(bleeding.share) for m, bleeding in judgment.truth.items()},
        "verdicts": [{key: plain(value) for key, value in asdict(v).items()} for v in judgment.verdicts],
    }
    if assessment:
        content["assessment"] = assessment.to_json()
    return json.dumps(content, indent=1) + "\n"


def _row(single: Single) -> dict[str, Any]:
    """One painting's measures in one number each."""
    numbers = {key: value for key, value in vars(single).items() if isinstance(value, (str, float))}
    borders, change = single.bleeding, single.change
    return numbers | {
        "bleeding": borders.share,
        "steps": borders.steps,
        "elsewhere": change.outside if change else NAN,
    }


def _csv(rows: Sequence[dict[str, Any]]) -> str:
    """Rows of the same keys; an empty cell for NaN."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({k: "" if v != v else f"{v:.6g}" if isinstance(v, float) else v for k, v in row.items()})
    return out.getvalue()


def _page(judgment: Judgment, frozen: Frozen, sheets: Sequence[Sheet]) -> str:
    names, known = tables.painters(judgment), tables.told(judgment)
    key = "".join(
        f'<span><i style="background: var(--s{i % 8})"></i>{html.escape(name)}</span>' for i, name in enumerate(names)
    )
    parts = [
        head("Colorizers judged"),
        *(f"<p>{html.escape(sentence)}</p>" for sentence in _about(judgment, frozen)),
        table(tables.summary(judgment)),
        "<h2>Over the share of regions hinted</h2><p>Mean of line sources; the share on a square-root scale.</p>",
        f'<div class="key">{key}</div><div class="curves">',
        *(_curve(judgment, measure) for measure in known if measure.field != "seconds"),
        "</div>",
    ]
    if sheets:
        parts.append("<h2>Pictures</h2><p>By share of regions hinted; lines of the first source.</p>")
    for _, rows, truth in sheets:
        heads = "".join(f"<th>{r:.0%}</th>" for r in SHOWN)
        body = []
        for i, (label, files) in enumerate(rows):
            cells = "".join(f"<td>{_img(file, f'{label}, {r:.0%}')}</td>" for r, file in zip(SHOWN, files, strict=True))
            last = f'<td rowspan="{len(rows)}">{_img(truth, "truth")}</td>' if i == 0 else ""
            body.append(f"<tr><td>{html.escape(label)}</td>{cells}{last}</tr>")
        parts.append(
            f'<div class="scroll"><table class="sheet"><thead><tr><th></th>{heads}<th>truth</th></tr></thead>'
            f"{''.join(body)}</table></div>"
        )
    for measure in known:
        parts.append(f"<h2>{html.escape(measure.title)}</h2><p>{measure.about} Better: {measure.better}.</p>")
        parts.append(table(tables.curve(judgment, measure), "two"))
    return "\n".join(parts) + "\n"


def _img(file: str, what: str) -> str:
    return f'<img loading="lazy" src="{html.escape(file)}" alt="{html.escape(what)}">' if file else ""


def _curve(judgment: Judgment, measure: Measure) -> str:
    """One measure of all painters as an SVG in a figure; nothing where no painter has two points."""
    width, height, left, right, top, bottom = 360, 210, 40, 10, 12, 26
    method = tables.whole(judgment)
    series = []
    for i, name in enumerate(tables.painters(judgment)):
        values = [
            (v.ratio, float(getattr(v, measure.field)) * measure.scale) for v in tables.of(judgment, name, method)
        ]
        series.append((i, name, [(r, value) for r, value in values if not math.isnan(value)]))
    every = [value for _, _, points in series for _, value in points]
    if max((len(points) for _, _, points in series), default=0) < 2:
        return ""
    ticks = _ticks(min(every), max(every))
    low, high = ticks[0], ticks[-1]

    def x(ratio: float) -> float:
        return left + math.sqrt(ratio) * (width - left - right)

    def y(value: float) -> float:
        return top + (high - value) / (high - low) * (height - top - bottom)

    parts = []
    for tick in ticks:
        parts.append(
            f'<path d="M{left} {y(tick):.1f}H{width - right}" stroke="var(--rule)"/>'
            f'<text x="{left - 6}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick:.6g}</text>'
        )
    for ratio in (r for r in RATIOS if r not in (0.03, 0.05)):
        parts.append(f'<text x="{x(ratio):.1f}" y="{height - 8}" text-anchor="middle">{ratio * 100:g}</text>')
    for i, name, points in series:
        places = [(x(r), y(value)) for r, value in points]
        color = f"var(--s{i % 8})"
        line = "M" + "L".join(f"{px:.1f} {py:.1f}" for px, py in places) if places else ""
        dashes = ' stroke-dasharray="5 3"' if i >= 8 else ""
        parts.append(
            f'<path d="{line}" fill="none" stroke="{color}" stroke-width="2" stroke-linejoin="round"{dashes}/>'
        )
        for (px, py), (ratio, value) in zip(places, points, strict=True):
            told = f"{html.escape(name)}, {ratio:.0%}: {value:.{measure.digits}f}"
            parts.append(f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3" fill="{color}"><title>{told}</title></circle>')
    caption = f"{html.escape(measure.title)} <span>{measure.better} is better; % of regions</span>"
    return (
        f'<figure><figcaption>{caption}</figcaption><svg viewBox="0 0 {width} {height}">{"".join(parts)}</svg></figure>'
    )


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers from under `low` to over `high`, three to seven of them."""
    reach = high - low if high - low > 1e-6 else abs(high) or 1.0
    power = 10 ** math.floor(math.log10(reach / 4))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= reach / 4)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [step * i for i in range(first, max(last, first + 1) + 1)]
