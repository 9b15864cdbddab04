"""Hints beside the ground: a tail behind open lines is one region with it, and a stroke in the tail means the tail."""

import numpy as np

from senga.color.flood import Index
from senga.color.places import UNLIKE, Places
from senga.color.regions import Regions

FRAMED = 0.15
"""Share of the picture's frame from which on a region along it is ground. Ours, as for the painter."""

KEPT = 4
"""Grounds of which places are kept. Ours."""


def rest_of_ground(regions: Regions, region: int, hinted: Index) -> Index | None:
    """Where the ground begins that hints in one region with it do not mean: flat numbers of pixels; None: nowhere.

    Args:
        hinted: flat numbers of the pixels of all hints in the region.
    """
    if regions.framed[region] < FRAMED:
        return None
    hinted = hinted[regions.paper.reshape(-1)[hinted]]
    if not len(hinted):
        return None
    if region not in regions.grounds:
        while len(regions.grounds) >= KEPT:
            regions.grounds.pop(next(iter(regions.grounds)))
        regions.grounds[region] = _places(regions, region)
    places = regions.grounds[region]
    if places.spot(hinted).width >= UNLIKE * places.widest:
        return None
    return places.pixels(places.widest_spot())


def _places(regions: Regions, region: int) -> Places:
    mask = regions.labels == region
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    box = slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
    return Places(mask[box] & regions.paper[box], box, regions.shape[1])
