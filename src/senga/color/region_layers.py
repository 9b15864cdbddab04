"""Flats in layers of their own: one for each region, grouped by color, so that each can be selected and repainted."""

from dataclasses import replace

import numpy as np

from senga import stopping
from senga.color.colorizer import Page
from senga.color.flats import Flats
from senga.color.hints import Hints
from senga.color.layers import Group, Layer, Layered, layers_and_flats
from senga.color.own_colors import OwnColors
from senga.color.palette import hex_of
from senga.color.request import Request
from senga.image import Pixels

MOST = 200
"""Regions that have a layer of their own, the largest; all others share one. Ours: programs show some hundreds."""

SMALL = "small regions"
"""Name of the layer of those others."""


def render_region_layers(
    page: Page,
    request: Request,
    hints: Hints | None = None,
    reference: Pixels | None = None,
    finished: Pixels | None = None,
    own: OwnColors | None = None,
) -> Layered:
    """As `layers.render_layers`, the flats in layers of their own, one a region; arguments and errors too."""
    layered, flats = layers_and_flats(page, request, hints, reference, finished, own)
    return with_region_layers(layered, flats)


def with_region_layers(layered: Layered, flats: Flats) -> Layered:
    """A picture whose layer "flat" is a group of layers, one a region, that show the same together.

    Args:
        layered: from `layers.layers_of`, made of these flats.
    """
    group = region_group(flats)

    def put(one: Layer | Group) -> Layer | Group:
        if isinstance(one, Group):
            return replace(one, layers=tuple(put(layer) for layer in one.layers))
        return group if one.name == "flat" else one

    return replace(layered, layers=tuple(put(one) for one in layered.layers))


def region_group(flats: Flats) -> Group:
    """The group "flat": groups named by color, '#rrggbb', of regions; the colors that cover most are lowest.

    A color that one region has is a layer of that name.
    """
    import mahotas

    labels, colors = flats.labels, flats.colors
    sizes = np.bincount(labels.reshape(-1), minlength=flats.count)
    # Label 0 is the ground to mahotas, whose box it counts all the same.
    boxes = np.asarray(mahotas.labeled.bbox(np.ascontiguousarray(labels)), np.int64)
    order = [int(n) for n in np.argsort(-sizes, kind="stable") if sizes[n]]
    own, rest = order[:MOST], order[MOST:]
    by_color: dict[str, list[Layer]] = {}
    for number in own:
        stopping.check()
        top, bottom, left, right = boxes[number].tolist()
        pixels = np.empty((bottom - top, right - left, 4), np.uint8)
        pixels[..., :3] = colors[number]
        pixels[..., 3] = np.where(labels[top:bottom, left:right] == number, 255, 0)
        name = hex_of(tuple(colors[number].tolist()))
        found = by_color.setdefault(name, [])
        found.append(Layer(f"region {len(found) + 1}", pixels, at=(left, top)))
    parts: list[Layer | Group] = [
        replace(layers[0], name=name) if len(layers) == 1 else Group(name, tuple(layers))
        for name, layers in by_color.items()
    ]
    if rest:
        there = np.zeros(flats.count, bool)
        there[rest] = True
        small = np.dstack([flats.layer, np.where(there[labels], np.uint8(255), np.uint8(0))])
        small[small[..., 3] == 0] = 0
        parts.append(Layer(SMALL, small))
    return Group("flat", tuple(parts))
