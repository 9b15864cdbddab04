"""Reports as one HTML page: its head, tables and bars; nothing outside the page is needed to read it."""

import base64
import html
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from senga import image

STYLE = """
:root { color-scheme: light dark; --ground: #fbfaf8; --card: #fff; --text: #23211f; --soft: #6d6862; --rule: #e4e0da;
  --s0: #2f6fde; --s1: #d9590f; --s2: #2b8a3e; --s3: #9c36b5; --s4: #c2255c; --s5: #0b7285; --s6: #8a6d3b;
  --s7: #495057; }
@media (prefers-color-scheme: dark) { :root { --ground: #191817; --card: #232120; --text: #ebe7e2; --soft: #a39c94;
  --rule: #3a3734; --s0: #7aa7ff; --s1: #ff9a5c; --s2: #69c97e; --s3: #d68be8; --s4: #ff82a9; --s5: #5cc8dd;
  --s6: #d3b06f; --s7: #b3bac1; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 74rem; padding: 2.5rem 1.25rem 5rem; background: var(--ground); color: var(--text);
  font: 16px/1.55 system-ui, sans-serif; }
h1 { font-size: 1.9rem; letter-spacing: -.02em; margin: 0 0 1rem; }
h2 { font-size: 1.15rem; margin: 3rem 0 .25rem; }
p { max-width: 48rem; margin: .4rem 0; color: var(--soft); }
.scroll, figure { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .86rem; font-variant-numeric: tabular-nums; }
th, td { padding: .45rem .8rem; text-align: right; border-top: 1px solid var(--rule); white-space: nowrap; }
thead th { border-top: 0; color: var(--soft); font-weight: 500; white-space: normal; vertical-align: bottom; }
th:first-child, td:first-child, .two td:nth-child(2), .two th:nth-child(2) { text-align: left; }
td:first-child { font-weight: 600; }
.curves { display: grid; grid-template-columns: repeat(auto-fit, minmax(21rem, 1fr)); gap: 1rem; margin: 1rem 0; }
figure { margin: 0; padding: .9rem .9rem .5rem; }
figcaption { font-size: .9rem; font-weight: 600; } figcaption span { color: var(--soft); font-weight: 400; }
svg { display: block; width: 100%; height: auto; } svg text { font: 11px system-ui, sans-serif; fill: var(--soft); }
.key { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; margin: 1rem 0 0; font-size: .9rem; }
.key i { display: inline-block; width: .9rem; height: .9rem; border-radius: 3px; margin-right: .4rem;
  vertical-align: -2px; }
.samples { display: flex; flex-wrap: wrap; gap: .8rem; margin: 1rem 0; }
.samples figure { padding: .5rem; max-width: 24rem; } .samples img { display: inline-block; border-radius: 5px; }
.sheet td { padding: .3rem; text-align: center; border: 0; vertical-align: middle; }
.sheet td:first-child { padding-left: .8rem; text-align: left; font-size: .86rem; }
.sheet thead th { text-align: center; padding-bottom: 0; }
.sheet img { display: block; margin: auto; width: 100%; min-width: 7rem; max-width: 13rem; border-radius: 5px; }
"""


def head(title: str) -> str:
    """The beginning of a page, its title as the first heading."""
    said = html.escape(title)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{said}</title>'
        f"<style>{STYLE}</style><h1>{said}</h1>"
    )


def table(rows: Sequence[Sequence[str]], kind: str = "") -> str:
    """A table of texts, the first row its head; `kind` "two" has two columns of words."""
    heads = "".join(f"<th>{html.escape(cell)}</th>" for cell in rows[0])
    body = "".join(f"<tr>{''.join(f'<td>{html.escape(c)}</td>' for c in row)}</tr>" for row in rows[1:])
    return f'<div class="scroll"><table class="{kind}"><thead><tr>{heads}</tr></thead>{body}</table></div>'


def histogram(title: str, values: NDArray[np.float64], unit: str, bins: int = 24) -> str:
    """A histogram (of at least one value) as an SVG in a figure, least, median and greatest beside the title."""
    width, height, left, bottom = 360, 170, 10, 22
    # A few far outliers would press all else into one bar: the last bar holds them.
    low, high = float(values.min()), float(np.quantile(values, 0.99))
    high = high if high > low else low + 1
    counts, edges = np.histogram(values.clip(low, high), bins, (low, high))
    step = (width - 2 * left) / bins
    tall = (height - bottom - 8) / max(1, int(counts.max()))
    bars = []
    for i, count in enumerate(counts):
        top = height - bottom - count * tall
        said = f"{edges[i]:.4g} to {edges[i + 1]:.4g}{unit}: {count}"
        bars.append(
            f'<rect x="{left + i * step:.1f}" y="{top:.1f}" width="{step - 1:.1f}" height="{count * tall:.1f}" '
            f'fill="var(--s0)"><title>{html.escape(said)}</title></rect>'
        )
    marks = (("start", left, f"{low:.4g}{unit}"), ("end", width - left, f"{high:.4g}{unit} and more"))
    texts = [f'<text x="{x}" y="{height - 6}" text-anchor="{a}">{html.escape(t)}</text>' for a, x, t in marks]
    said = f"{values.min():.4g} to {values.max():.4g}{unit}, median {np.median(values):.4g}"
    return (
        f"<figure><figcaption>{html.escape(title)} <span>{html.escape(said)}</span></figcaption>"
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{html.escape(title)}">'
        f"{''.join(bars)}{''.join(texts)}</svg></figure>"
    )


def picture(pixels: image.Pixels, what: str) -> str:
    """A picture inside the page."""
    data = base64.b64encode(image.encode(pixels, "WEBP")).decode()
    return f'<img loading="lazy" src="data:image/webp;base64,{data}" alt="{html.escape(what)}">'
