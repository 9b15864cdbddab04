"""An assessment as tables with what a reader must know to read them."""

import math
from dataclasses import dataclass

from senga import __version__
from senga.compare import fewhints, mosaic, regioncolors, spread
from senga.compare.assessment import FLATS, UNCOLORED, Assessment
from senga.compare.tables import Rows, markdown


@dataclass(frozen=True)
class Section:
    """A table under its title, and what it says in a sentence or two."""

    title: str
    about: str
    rows: Rows


def sections(found: Assessment) -> list[Section]:
    """What was measured, a section each."""
    every = [_dots(found), _regions(found), _spread(found), _mosaic(found), _frechet(found)]
    return [section for section in every if len(section.rows) > 1]


def about(found: Assessment) -> str:
    """What it was measured on."""
    return f"{found.origin}; lines by {' and '.join(found.methods)}; senga {__version__}."


def as_markdown(found: Assessment, level: str = "##") -> str:
    """All sections, without a head."""
    return "\n\n".join(f"{level} {s.title}\n\n{s.about}\n\n{markdown(s.rows)}" for s in sections(found))


def _dots(found: Assessment) -> Section:
    budgets = fewhints.BUDGETS
    heads = ["model", "lines", "drawn", *(f"{n} dots" if n != 1 else "1 dot" for n in budgets)]
    rows = [
        [r.model, r.method, _ink(r.tint), *(_text(r.levels.get(n, math.nan), 2) for n in budgets)] for r in found.dots
    ]
    said = (
        "PSNR, dB, of the whole painting at the picture's own size, mean of pictures. Dots of the truth's color lie at "
        "random calm places on paper, the same for all models; more dots hold the fewer. Better: higher."
    )
    return Section("Few hints count", said, [heads, *rows])


def _regions(found: Assessment) -> Section:
    near, rough = regioncolors.NEAR, regioncolors.ROUGH
    heads = ["model", "lines", "revealed", "regions", f"within {near:.0f}, %", f"within {rough:.0f}, %"]
    heads += [f"within {near:.0f}, % of area", f"within {rough:.0f}, % of area"]
    heads += ["mean error", "by area", "of regions without a hint"]
    rows = [
        [r.model, r.method, str(r.revealed), str(r.regions)]
        + [_text(100 * v, 1) for v in (r.near, r.rough, r.near_area, r.rough_area)]
        + [_text(v, 2) for v in (r.error, r.error_area, r.error_rest)]
        for r in found.regions
    ]
    said = (
        f"Regions whose mean color is within {near:.0f} or {rough:.0f} Delta E 2000 of the true one, and the mean "
        "difference; regions of 0.2 % of the picture or more. Revealed regions, drawn at random, get a dot of their "
        "color. Better: higher shares, lower errors."
    )
    return Section("Region color accuracy", said, [heads, *rows])


def _spread(found: Assessment) -> Section:
    heads = ["model", "lines", "trials", "semantic spread, %", "harm, %", "in the dot's own region, %"]
    rows = [
        [r.model, r.method, str(r.trials), *(_text(100 * v, 1) for v in (r.spread, r.harm, r.own))]
        for r in found.spread
    ]
    said = (
        "One dot of its true color in a region that is badly colored without hints. Spread: by how much the error of "
        f"the other regions of the same true color (within {spread.SAME:.0f} Delta E 2000) falls; harm: by how much "
        "that of regions of other colors rises (under 0: it falls); ratios of sums over all trials. Better: spread "
        "higher, harm lower."
    )
    return Section("Semantic spread and harm", said, [heads, *rows])


def _mosaic(found: Assessment) -> Section:
    heads = ["model", "lines", "windows", *(f"every {p} px" for p in mosaic.PERIODS)]
    rows = [[r.model, r.method, str(r.windows), *(_text(r.ratios[p], 2) for p in mosaic.PERIODS)] for r in found.mosaic]
    said = (
        f"Power of upright patterns in automatic colorings, in windows of {mosaic.SIDE} px on blank paper of one "
        "region, over that of the periods beside. Better: 1 or less."
    )
    return Section("Mosaic", said, [heads, *rows])


def _frechet(found: Assessment) -> Section:
    heads = ["model", "lines", "drawn", "pictures", "Fréchet VGG distance"]
    rows = [[r.model, r.method, _ink(r.tint), str(r.pictures), _text(r.distance, 3)] for r in found.frechet]
    said = (
        "Squared Fréchet distance, in 256 pooled features of a frozen VGG16 trunk, of the automatic colorings to the "
        "truths of the same pictures; covariances shrunk, so only the same number of pictures compares. It is not FID. "
        f"{UNCOLORED} is the line art alone, {FLATS} the truth's median in each region under it. Better: lower."
    )
    return Section("Fréchet VGG distance", said, [heads, *rows])


def _ink(tint: float) -> str:
    return "colored" if tint else "black"


def _text(value: float, digits: int) -> str:
    return "" if math.isnan(value) else f"{value:.{digits}f}"


def whole_report(found: Assessment) -> str:
    """The assessment as a Markdown document."""
    return f"# Colorizers measured\n\n{about(found)}\n\n{as_markdown(found)}\n"
