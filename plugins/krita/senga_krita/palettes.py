"""Krita's own palettes as colors of a request."""

from __future__ import annotations

MOST = 256
"""Most colors of a request; the server's bound."""


def names(app) -> list[str]:
    """The names of all palettes, in order."""
    return sorted(app.resources("palette"), key=str.lower)


def colors_of(app, name: str, make) -> list[str]:
    """The colors of a palette as "#rrggbb", each once, as many as a request takes.

    Args:
        app: Krita. name: of the palette; one that is gone has no colors. make: Krita's `Palette`.
    """
    resource = app.resources("palette").get(name)
    if resource is None:
        return []
    palette = make(resource)
    entries = (palette.colorSetEntryByIndex(i) for i in range(palette.colorsCountTotal()))
    return unique(color for entry in entries if (color := hex_of(entry)))


def hex_of(entry) -> str:
    """The "#rrggbb" of a palette's entry; "" of a place without a color, or of another color model."""
    if entry is None or not entry.isValid():
        return ""
    color = entry.color()
    parts = color.componentsOrdered()
    if color.colorModel() != "RGBA" or len(parts) < 3:
        return ""
    return "#" + "".join(f"{round(255 * min(1.0, max(0.0, part))):02x}" for part in parts[:3])


def unique(colors) -> list[str]:
    """Colors without those that were there before, at most `MOST`."""
    return list(dict.fromkeys(colors))[:MOST]
