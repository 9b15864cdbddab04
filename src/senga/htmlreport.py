"""Reports as one HTML page, from the templates of the package; nothing outside the page is needed to read it."""

import base64

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from numpy.typing import NDArray

from senga import image

_TEMPLATES = Environment(
    loader=PackageLoader("senga"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_TEMPLATES.filters["px"] = "{:.1f}".format


def render(template: str, **facts: object) -> Markup:
    """A template filled: texts are escaped, what another template made is not; a fact that it lacks is an error."""
    return Markup(_TEMPLATES.get_template(template).render(facts))


def histogram(title: str, values: NDArray[np.float64], unit: str, bins: int = 24) -> Markup:
    """A histogram (of at least one value) as an SVG in a figure, least, median and greatest beside the title."""
    # A few far outliers would press all else into one bar: the last bar holds them.
    low, high = float(values.min()), float(np.quantile(values, 0.99))
    high = high if high > low else low + 1
    counts, edges = np.histogram(values.clip(low, high), bins, (low, high))
    captions = [f"{edges[i]:.4g} to {edges[i + 1]:.4g}{unit}: {count}" for i, count in enumerate(counts)]
    return render(
        "histogram.html",
        title=title,
        about=f"{values.min():.4g} to {values.max():.4g}{unit}, median {np.median(values):.4g}",
        bars=list(zip(counts / max(1, counts.max()), captions, strict=True)),
        least=f"{low:.4g}{unit}",
        most=f"{high:.4g}{unit}",
    )


def picture(pixels: image.Pixels) -> str:
    """A picture as an address that holds it whole."""
    return f"data:image/webp;base64,{base64.b64encode(image.encode(pixels, 'WEBP')).decode()}"
