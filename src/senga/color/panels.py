"""Panels of a comic's page: cut in the gutters between their frames, across the page, then across what that leaves.

A painter sees each panel as large as if it were a drawing alone. On a page that is seen whole a face is five places of
its features, and what is likeliest of all panels together is one brown.

A gutter is a band of little ink from edge to edge with a frame along both sides. Without a frame nothing is cut: two
figures that stand apart are one drawing. Gutters that slant more than a degree or two are not found, nor are those of
panels that overlap; such panels are seen together, as a page of one panel is.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.blocks import pooled
from senga.color.flood import Mask
from senga.color.window import Window, ink_level

SEEN = 900
"""Longer side at which a page is looked at, px."""

CLEAN, QUIET = 0.003, 0.04
"""Share of a gutter's rows that is ink at most; and where there is none so clean either way: a bubble or a hand may
cross it. Ours."""

GUTTER = (0.003, 0.08)
"""Width of a gutter, from and to, by the page's shorter side. Ours."""

FRAMED, NEAR = 0.45, 0.025
"""Share of a gutter's length along which a frame lies at least, on both sides; and how near, by the page's shorter
side. Ours."""

PIECES, SOLID, STRAIGHT = 16, 0.6, 1.5
"""Pieces that what lies beside a gutter is looked at in; share of a piece's row that is ink where a frame is; and how
far from one straight line, px, the pieces of a frame lie: scans lie a little aslant, and hair at a figure's edge runs
along it, but not straight. Ours."""

EDGE = 0.25
"""Share of a row that is ink, from which on it is of the frame. Ours."""

LEAST = 0.1
"""Sides of a panel at least, by the page's shorter side. Ours."""

SMALL = 200
"""Shorter side under which a picture is no page, px. Ours."""

MOST = 24
"""Most panels; a page that would be cut into more is taken whole. Ours: each takes its time."""


def find_panels(lines: image.Pixels) -> tuple[Window, ...]:
    """The panels of a page (H, W) uint8, 0 = ink, from the top and from the left; all of it, if it has none.

    Together they are the page, without overlap: the gutters between them are cut in the middle.

    >>> page = np.full((600, 400), 255, np.uint8)
    >>> for rows, columns in ((slice(20, 290), slice(20, 380)), (slice(310, 580), slice(20, 190))):
    ...     page[rows, columns] = 0
    ...     page[rows, columns][3:-3, 3:-3] = 255
    >>> [(window.rows.start, window.rows.stop) for window in find_panels(page)]
    [(0, 300), (300, 600)]
    """
    height, width = lines.shape
    whole = (Window(slice(0, height), slice(0, width)),)
    if min(height, width) < SMALL:
        return whole
    factor = max(1, math.ceil(max(height, width) / SEEN))
    ink = ~pooled(lines >= ink_level(lines), factor)
    small = Window(slice(0, ink.shape[0]), slice(0, ink.shape[1]))
    found = _divided(ink, small, min(ink.shape))
    if not 1 < len(found) <= MOST:
        return whole
    # A door, a table or straight hair have a side like a frame's; panels have more.
    sides = np.array([_frames(ink[window], _reach(min(ink.shape))) for window in found])
    if sides.min() < 2 or np.median(sides) < 3:
        return whole

    def at(span: slice, small: int, full: int) -> slice:
        start, stop = (full if end == small else end * factor for end in (span.start, span.stop))
        return slice(start, stop)

    return tuple(Window(at(w.rows, ink.shape[0], height), at(w.columns, ink.shape[1], width)) for w in found)


def inside(lines: image.Pixels, panel: Window) -> Window:
    """What lies within a panel's frame, which the frame's own lines do not; all of the panel, if it has none.

    Seen so, its ground lies along the edge, as that of a drawing does.

    Args:
        lines: (H, W) uint8, of the page.
    """
    part = lines[panel]
    ink = part < ink_level(part)
    reach, spans = _reach(min(lines.shape)), list[slice]()
    for span, axis in zip(panel, (1, 0), strict=True):
        inked = np.flatnonzero(ink.any(axis))
        if not len(inked):
            return panel
        first, last = int(inked[0]), int(inked[-1])
        across = np.flatnonzero(ink.any(1 - axis))
        share = ink.sum(axis) / (across[-1] + 1 - across[0])
        start = first + _thickness(share[first : last + 1], reach)
        stop = last + 1 - _thickness(share[first : last + 1][::-1], reach)
        if stop - start < (span.stop - span.start) / 2:
            return panel
        spans.append(slice(span.start + start, span.start + stop))
    return Window(*spans)


def _thickness(share: NDArray[np.floating], reach: int) -> int:
    """Where a frame that begins within `reach` rows ends, by the share of each row from the edge that is ink."""
    there = share >= EDGE
    first = int(there[:reach].argmax())
    return first + int((~there[first:]).argmax()) if there[:reach].any() else 0


def _reach(side: int) -> int:
    """How near a frame lies, px, on a page whose shorter side is so long."""
    return max(2, round(NEAR * side))


def _divided(ink: Mask, window: Window, side: int) -> list[Window]:
    """A window's panels.

    Args:
        ink: (h, w), of the page. side: shorter one of the page, px.
    """
    part = ink[window]
    for quiet in (CLEAN, QUIET):
        rows, columns = _gutters(part, side, quiet), list[int]()
        if not rows:
            columns = _gutters(part.T, side, quiet)
        if rows or columns:
            down, beside = _spans(window.rows, rows), _spans(window.columns, columns)
            return [panel for r in down for c in beside for panel in _divided(ink, Window(r, c), side)]
    return [window]


def _spans(span: slice, cuts: Sequence[int]) -> list[slice]:
    """A span in parts, cut so far from its start."""
    ends = [span.start, *(span.start + cut for cut in cuts), span.stop]
    return [slice(a, b) for a, b in pairwise(ends)]


def _gutters(ink: Mask, side: int, most_ink: float) -> list[int]:
    """The middles of the gutters across a part of a page, (h, w), with so much of their rows ink at most."""
    inked = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    if not len(inked[0]):
        return []
    # Margins are no gutters, and frames do not run along them.
    top, bottom = int(inked[0][0]), int(inked[0][-1]) + 1
    body = ink[:, inked[1][0] : inked[1][-1] + 1]
    quiet = body.mean(1) <= most_ink
    edges = np.flatnonzero(np.diff(np.pad(quiet[top:bottom], 1).astype(np.int8))) + top
    least, most = max(2.0, GUTTER[0] * side), GUTTER[1] * side
    reach, found, before = _reach(side), list[int](), top
    for start, stop in edges.reshape(-1, 2).tolist():
        wide = least <= stop - start <= most
        roomy = min(start - before, bottom - stop) >= LEAST * side
        if wide and roomy and _framed(body[max(0, start - reach) : start]) and _framed(body[stop : stop + reach]):
            found.append((start + stop) // 2)
            before = stop
    return found


def _frames(ink: Mask, reach: int) -> int:
    """On how many of its four sides what lies in a part of a page, (h, w), is framed, the frame being so near, px."""
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    if not len(rows):
        return 0
    body = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return sum(_framed(side) for side in (body[:reach], body[-reach:], body[:, :reach].T, body[:, -reach:].T))


def _framed(beside: NDArray[np.bool_]) -> bool:
    """Whether a frame lies in the rows beside a gutter, (h, w): one straight line over so much of their length."""
    length = beside.shape[1] // PIECES
    if not length or not len(beside):
        return False
    share = beside[:, : length * PIECES].reshape(len(beside), PIECES, length).mean(2)
    at = np.flatnonzero(share.max(0) >= SOLID)
    if len(at) < max(2, FRAMED * PIECES):
        return False
    rows = share[:, at].argmax(0)
    # The line through two pieces that most others lie on.
    first, second = np.triu_indices(len(at), 1)
    slope = (rows[second] - rows[first]) / (at[second] - at[first])
    off = np.abs(rows[first, None] + slope[:, None] * (at - at[first, None]) - rows)
    return bool((off <= STRAIGHT).sum(1).max() >= FRAMED * PIECES)
