"""A judgment as a folder to read and look at: report.html, report.md, scores, pictures."""

import csv
import io
import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from senga import __version__, image, storage
from senga.color.compositing import composite
from senga.compare import sections, tables
from senga.compare.assessment import Assessment
from senga.compare.evaluate import NAN, SHOWN, Judgment, Single
from senga.compare.frozen_split import Frozen
from senga.compare.regions import RATIOS, Step
from senga.compare.sections import Section
from senga.compare.tables import Measure
from senga.errors import SengaError
from senga.htmlreport import render

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
        SengaError: as `check_folder`; a place that cannot be written.
    """
    check_folder(folder, force=force)
    (folder / PICTURES).mkdir(parents=True, exist_ok=True)
    sheets = _write_pictures(folder, judgment, frozen, force=force)
    further = sections.as_markdown(assessment) if assessment else ""
    texts = {
        "report.md": "\n\n".join(filter(None, [as_markdown(judgment, frozen, sheets), further])) + "\n",
        "report.html": _page(judgment, frozen, sheets, assessment),
        "scores.json": _json(judgment, frozen, assessment),
        "scores.csv": _csv([asdict(v) for v in judgment.verdicts]),
        "pictures.csv": _csv([_row(s) for s in judgment.singles]),
    }
    for name, text in texts.items():
        storage.write_new(folder / name, text.encode(), force=force)


def write_assessment(folder: Path, assessment: Assessment, *, force: bool = False) -> None:
    """Writes a report of what was measured without hints of regions: report.md, report.html, scores.json.

    Raises as `write_report`.
    """
    check_folder(folder, force=force)
    folder.mkdir(parents=True, exist_ok=True)
    about, measured = [sections.about(assessment)], sections.sections(assessment)
    texts = {
        "report.md": sections.whole_report(assessment),
        "report.html": render("report.html", title="Colorizers measured", about=about, sections=measured),
        "scores.json": assessment.to_text(),
    }
    for name, text in texts.items():
        storage.write_new(folder / name, text.encode(), force=force)


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
    for measure in tables.known_measures(judgment):
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


def _page(judgment: Judgment, frozen: Frozen, sheets: Sequence[Sheet], assessment: Assessment | None) -> str:
    known = tables.known_measures(judgment)
    measured = [Section(m.title, f"{m.about} Better: {m.better}.", tables.curve(judgment, m)) for m in known]
    return render(
        "judgment.html",
        title="Colorizers judged",
        about=_about(judgment, frozen),
        summary=tables.summary(judgment),
        painters=tables.painters(judgment),
        curves=[_curves(judgment, measure) for measure in known if measure.field != "seconds"],
        sheets=sheets,
        shares=[f"{r:.0%}" for r in SHOWN],
        sections=measured + (sections.sections(assessment) if assessment else []),
    )


def _curves(judgment: Judgment, measure: Measure) -> str:
    """One measure of all painters as an SVG in a figure; nothing where no painter has two points."""
    method = tables.whole(judgment)
    series = []
    for name in tables.painters(judgment):
        values = [
            (v.ratio, float(getattr(v, measure.field)) * measure.scale) for v in tables.of(judgment, name, method)
        ]
        series.append((name, [(r, value) for r, value in values if not math.isnan(value)]))
    every = [value for _, points in series for _, value in points]
    if max((len(points) for _, points in series), default=0) < 2:
        return ""
    ticks = _ticks(min(every), max(every))
    low, reach = ticks[0], ticks[-1] - ticks[0]
    return render(
        "curves.html",
        title=measure.title,
        about=f"{measure.better} is better; % of regions",
        heights=[((tick - low) / reach, f"{tick:.6g}") for tick in ticks],
        places=[(math.sqrt(r), f"{r * 100:g}") for r in RATIOS if r not in (0.03, 0.05)],
        series=[
            [(math.sqrt(r), (v - low) / reach, f"{name}, {r:.0%}: {v:.{measure.digits}f}") for r, v in points]
            for name, points in series
        ],
    )


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers from under `low` to over `high`, three to seven of them."""
    reach = high - low if high - low > 1e-6 else abs(high) or 1.0
    power = 10 ** math.floor(math.log10(reach / 4))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= reach / 4)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [step * i for i in range(first, max(last, first + 1) + 1)]
