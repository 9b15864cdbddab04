"""Verdicts as tables: which measures there are, what they are called, how they are rounded."""

import math
from dataclasses import dataclass

from senga.compare.evaluate import MEAN, NAN, Judgment, Verdict, area_under
from senga.compare.regions import RATIOS


@dataclass(frozen=True)
class Measure:
    """One measure of a `Verdict`.

    Attributes:
        field: of the verdict. title: with its unit. digits: after the point. scale: that the field is shown times.
        better: which way. about: one sentence.
    """

    field: str
    title: str
    digits: int
    scale: float
    better: str
    about: str

    def text(self, value: float) -> str:
        """A value as it is shown; nothing for NaN."""
        return "" if math.isnan(value) else f"{value * self.scale:.{self.digits}f}"


MEASURES = (
    Measure("psnr", "PSNR, dB", 2, 1, "higher", "Against the truth, at 256x256; mean of pictures."),
    Measure("ssim", "SSIM", 3, 1, "higher", "Structural similarity to the truth, at 256x256; mean of pictures."),
    Measure(
        "vgg",
        "VGG distance",
        3,
        1,
        "lower",
        "Squared distance of normalized features of a frozen VGG16 trunk, mean of five layers; not LPIPS.",
    ),
    Measure("colorfulness", "colorfulness ratio", 2, 1, "nearest to 1", "Mean colorfulness over the truths'."),
    Measure(
        "bleeding",
        "bleeding",
        3,
        1,
        "lower",
        "How far the color within 4 px of a closed line has gone toward the other side's; 0.5: the sides meet.",
    ),
    Measure(
        "steps",
        "color steps kept",
        2,
        1,
        "higher",
        "Color difference of the two sides of a closed line, right at it, as a share of the truth's, at most 1.",
    ),
    Measure(
        "hint_median", "off the hint, median Delta E", 1, 1, "lower", "Painting against hint, at hint pixels on paper."
    ),
    Measure("hint_worst", "off the hint, 95th percentile", 1, 1, "lower", "The same, all but the worst twentieth."),
    Measure(
        "elsewhere",
        "changed elsewhere, %",
        2,
        100,
        "lower",
        "Pixels outside a new hint's region (the truth's, and the closed ones of the drawing that it lies in) that "
        "change by Delta E over 5.",
    ),
    Measure(
        "elsewhere_picture", "changed elsewhere, % of the picture", 2, 100, "lower", "Counted over the whole picture."
    ),
    Measure(
        "elsewhere_far",
        "changed far away, %",
        2,
        100,
        "lower",
        "Pixels further than 8 px from the new hint's region of the truth, whatever the lines say.",
    ),
    Measure(
        "seconds", "seconds", 3, 1, "lower", "Median; at 0 the first color, reading included, else a further hint."
    ),
    Measure(
        "variety",
        "candidates apart, Delta E",
        1,
        1,
        "higher",
        "Mean difference of all pairs of candidates without hints, at 128 px; mean of pictures.",
    ),
)
"""What is shown, in order."""


def known_measures(judgment: Judgment) -> list[Measure]:
    """The measures that anything is known of."""
    return [m for m in MEASURES if any(not math.isnan(getattr(v, m.field)) for v in judgment.verdicts)]


def painters(judgment: Judgment) -> list[str]:
    """Names of all that were judged, in their order."""
    return list(dict.fromkeys(v.painter for v in judgment.verdicts))


def whole(judgment: Judgment) -> str:
    """The method that stands for all: the mean, or the only one."""
    methods = list(dict.fromkeys(v.method for v in judgment.verdicts))
    return MEAN if MEAN in methods else methods[0]


def of(judgment: Judgment, painter: str, method: str) -> list[Verdict]:
    """One painter's verdicts on lines of one method, by ratio."""
    return [v for v in judgment.verdicts if v.painter == painter and v.method == method]


Rows = list[list[str]]

SUMMED_AT = {
    "bleeding": 0.05,
    "steps": 1.0,
    "hint_median": 1.0,
    "hint_worst": 1.0,
    "variety": 0.0,
}
"""Measures that are summed up by their value at one ratio: without hints some painters have no color, and with all of
them hints lie so close to lines that obeying one looks like bleeding."""


LEFT_OUT = ("elsewhere", "elsewhere_picture", "elsewhere_far")
"""Measures that have a table of their own alone: whether a hint stays where it lies is shown, but it is no aim, as one
strand's color is wanted on the next."""


def summary(judgment: Judgment) -> Rows:
    """A header and a row a painter, mean of methods; measures that are curves as their Hint-AUC."""
    method = whole(judgment)
    heads, rows = ["painter"], [[name] for name in painters(judgment)]
    for measure in known_measures(judgment):
        if measure.field in LEFT_OUT:
            continue
        if measure.field == "seconds":
            heads += ["first color, s", "further hint, s"]
        elif measure.field in SUMMED_AT:
            heads.append(f"{measure.title}, at {SUMMED_AT[measure.field]:.0%}")
        else:
            heads.append(f"Hint-AUC of {measure.title}")
        for row in rows:
            found = of(judgment, row[0], method)
            by_ratio = {v.ratio: float(getattr(v, measure.field)) for v in found}
            if measure.field == "seconds":
                further = [value for ratio, value in by_ratio.items() if ratio]
                row.append(measure.text(by_ratio.get(0.0, NAN)))
                row.append(measure.text(sorted(further)[len(further) // 2] if further else NAN))
            elif measure.field in SUMMED_AT:
                row.append(measure.text(by_ratio.get(SUMMED_AT[measure.field], NAN)))
            else:
                row.append(measure.text(area_under(found, measure.field)))
    return [heads, *rows]


def curve(judgment: Judgment, measure: Measure) -> Rows:
    """A header and a row a painter and method: the measure at each ratio, and its Hint-AUC where all are known."""
    methods = list(dict.fromkeys(v.method for v in judgment.verdicts))
    ratios = [
        r for r in RATIOS if any(v.ratio == r and not math.isnan(getattr(v, measure.field)) for v in judgment.verdicts)
    ]
    areas = ratios == list(RATIOS) and measure.field != "seconds"
    heads = ["painter", "lines", *(f"{r:.0%}" for r in ratios), *(["Hint-AUC"] if areas else [])]
    rows = []
    for name in painters(judgment):
        for method in methods:
            found = of(judgment, name, method)
            by_ratio = {v.ratio: float(getattr(v, measure.field)) for v in found}
            area = [measure.text(area_under(found, measure.field))] if areas else []
            rows.append([name, method, *(measure.text(by_ratio.get(r, NAN)) for r in ratios), *area])
    return [heads, *rows]


def markdown(rows: Rows) -> str:
    """Rows, the first of them heads, as a Markdown table."""
    lines = [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]
    return "\n".join([lines[0], "|---" * len(rows[0]) + "|", *lines[1:]])
