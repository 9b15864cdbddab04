"""A drawing by which export finds out which numbers come up in a network: the sample of the web page, which ships."""

from importlib.resources import files

import numpy as np

from senga import image
from senga.color.closer import find_closed_regions
from senga.color.regions import Regions
from senga.color.scaling import labels_at, working_lines, working_shape
from senga.color.tokens import Tokens, make_tokens

SAMPLE = "web/page/sample.png"

SHARES = (0.4, 1.0, 1.5)
"""Areas at which it is seen, by the area of use: thicker and thinner lines, fewer and more places. Ours."""


def sample_tokens(area: int, multiple: int, most: int) -> list[Tokens]:
    """The sample as a painter reads it, at several sizes about an area of so many px, each also mirrored.

    Args:
        multiple: of the sides, px. most: tokens at most.
    """
    drawing = image.read_drawing_bytes((files("senga") / SAMPLE).read_bytes(), SAMPLE)
    regions = find_closed_regions(drawing.lines)
    found = []
    for share in SHARES:
        lines, labels = _seen(drawing.lines, regions, round(area * share), multiple)
        found += [make_tokens(lines, labels, most), make_tokens(lines[:, ::-1], labels[:, ::-1], most)]
    return found


def _seen(lines: image.Pixels, regions: Regions, area: int, multiple: int) -> tuple[image.Pixels, np.ndarray]:
    """Lines and labels at an area, padded to a multiple."""
    small = working_shape(lines.shape, area)
    margin = tuple((0, -side % multiple) for side in small)
    seen, labels = working_lines(lines, small), labels_at(regions, small)
    return np.pad(seen, margin, mode="edge"), np.pad(labels, margin, mode="edge")
