"""Frames of an animation in steady colors: regions that are the same from frame to frame keep their color.

Each frame is divided into regions, and each region looks for itself in the frame before, which is moved by the shift
that both drawings have to each other. What it finds gives its color on, as it was first laid down: colors do not
drift. What is new is colored by the model, and from then on has a color too.

Source: ours; the shift is found by phase correlation (Kuglin and Hines 1975).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.colorizer import Colorizer
from senga.color.flats import medians
from senga.color.hints import Hints
from senga.color.regions import Regions
from senga.color.render import render
from senga.color.request import Request
from senga.errors import HintError
from senga.metrics import color_difference, lab

SIDE = 512
"""Largest side that regions are compared at, px."""

COVER = 0.5
"""Share of a region that must lie on a region of the frame before to be taken for it. Ours."""

SAME = 8.0
"""Regions of the frame before whose colors differ by less, Delta E 2000, count together. Ours."""

ALIKE = 0.6
"""A region that lies on nothing is sought among those of at least this share of its size, and at most its inverse."""

PART = 0.35
"""Share of a region that must lie on one of the frame before of which nothing else has more: legs that stride. Ours."""

NEAR = 0.12
"""How far such a region may have moved beside the common shift, as a share of the frame's diagonal. Ours."""

REACH = 0.25
"""Largest common shift, as a share of each side."""

EDGE = 2
"""Hints keep so many px away from a region's borders, where neighbors of another color begin. Ours."""


@dataclass(frozen=True)
class Known:
    """What one frame leaves to the next.

    Attributes:
        labels: (h, w) int32 regions, made small. ink: (h, w) float32, 1 = ink.
        sizes: (count,) px of the small regions. centers: (count, 2) their middles, (y, x).
        colors: (count, 3) uint8, each region's color.
    """

    labels: NDArray[np.int32]
    ink: NDArray[np.float32]
    sizes: NDArray[np.int64]
    centers: NDArray[np.float64]
    colors: image.Pixels


@dataclass(frozen=True)
class Painted:
    """One frame.

    Attributes:
        picture: (H, W, 3) or (H, W, 4) uint8, as `Rendering.picture` answers.
        found: share of its area whose region was found in the frame before; NaN in the first one.
        flicker: mean Delta E 2000 between the mean colors of these regions in both frames, large regions counted
            more; NaN in the first one.
    """

    picture: image.Pixels
    found: float
    flicker: float


def frames_onward(
    drawings: Iterable[image.Drawing],
    colorizer: Colorizer,
    request: Request = Request(),
    *,
    key: image.Pixels | None = None,
    reference: image.Pixels | None = None,
) -> Iterator[Painted]:
    """Frames in steady colors, one after another, the first drawing's first; `animation.color_frames` goes both ways.

    Args:
        drawings: of one size, in order. colorizer: of a model that takes hints.
        request: what is asked for of each frame; its reach does not count, see below.
        key: (H, W, 3) uint8, the first drawing colored by a person; without one the model colors it.
        reference: the picture that the request names, whose colors new regions borrow; default: the key, of models
            that take references.

    Raises:
        HintError: marks or candidates are asked for; frames, or the key, of another size; else as `render.render`.
        PaletteError, ModelError: as `render.render`.
    """
    if request.marks or request.candidates > 1:
        raise HintError("frames are colored in one way, from one to the next; leave out marks and candidates")
    if key is not None and request.reference is None and "reference" in colorizer.session.card.conditions:
        request, reference = replace(request, reference="key"), key
    # All that is known counts for what is new, however unlike it is: nothing else can change.
    request = replace(request, reach="far")
    before: Known | None = None
    shown: image.Pixels | None = None
    for number, drawing in enumerate(drawings, 1):
        page = colorizer.page(drawing).at(request.gap)
        regions = page.areas.regions
        own, colors = _colors_before(before, key, regions, drawing, number)
        (found,) = render(page, request, _hints(regions, own >= 0, colors), reference)
        laid = medians(regions, found.flat if colorizer.session.by_regions else found.color)
        colors = np.where(own[:, None] >= 0, colors, laid)
        seen = laid
        if request.mode == "flat":
            seen, found = colors, replace(found, color=np.ascontiguousarray(colors[regions.labels]))
        now = _known(regions, drawing, colors)
        again = flicker = float("nan")
        if before is not None and shown is not None:
            share = now.sizes / now.sizes.sum()
            again = float(share[own >= 0].sum())
            flicker = _flicker(before, now, own, shown, seen)
        yield Painted(found.picture(drawing, request.tint), again, flicker)
        before, shown = now, seen


def _colors_before(
    before: Known | None, key: image.Pixels | None, regions: Regions, drawing: image.Drawing, number: int
) -> tuple[NDArray[np.int64], image.Pixels]:
    """For each region its own number in the frame before, or -1, and the color that it had there.

    Args:
        before: that frame; None: the `number`th frame is the first one, whose colors the key has, if there is one.

    Raises:
        HintError: a frame or a key of another size.
    """
    if before is None and key is not None:
        if key.shape[:2] != drawing.shape:
            (h, w), (height, width) = key.shape[:2], drawing.shape
            raise HintError(f"the key is {w}x{h} px, its drawing {width}x{height} px")
        return np.arange(regions.count), medians(regions, key)
    if before is None:
        return np.full(regions.count, -1), np.zeros((regions.count, 3), np.uint8)
    small = _small(regions)
    if small.shape != before.labels.shape:
        raise HintError(f"frame {number} is of another size than those before it")
    own = follow(before, small, _small_ink(drawing), regions.count)
    return own, np.where(own[:, None] >= 0, before.colors[own], 0).astype(np.uint8)


def follow(before: Known, labels: NDArray[np.int32], ink: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """For each region its own number in the frame before, or -1.

    Args:
        before: that frame. labels: (h, w) small regions of this one, of `count`. ink: (h, w), 1 = ink.
    """
    dy, dx = common_shift(before.ink, ink)
    moved = _moved(before.labels, dy, dx)
    sizes = np.bincount(labels.ravel(), minlength=count)
    there = moved >= 0
    pairs = labels[there].astype(np.int64) * len(before.sizes) + moved[there]
    both, overlap = np.unique(pairs, return_counts=True)
    mine, theirs = both // len(before.sizes), both % len(before.sizes)
    own = np.full(count, -1, np.int64)
    # The greatest share first; a region may be torn in two by an arm, so that several may have the same origin.
    share = overlap / np.maximum(sizes[mine], 1)
    for at in np.argsort(share)[::-1]:
        if share[at] < COVER:
            break
        if own[mine[at]] < 0:
            own[mine[at]] = theirs[at]
    _vote(own, mine, theirs, overlap, before.colors, np.bincount(labels[there], minlength=count))
    amounts = dict(zip(zip(mine.tolist(), theirs.tolist(), strict=True), overlap.tolist(), strict=True))
    second = _let_go(own, labels, amounts)
    centers = _centers(labels, count, sizes)
    free = np.setdiff1d(np.arange(len(before.sizes)), own[own >= 0])
    shifted = before.centers + np.array([dy, dx])
    reach = NEAR * float(np.hypot(*labels.shape))
    # Also those that share their origin with a greater part of it: an arm that moved before the wall is no wall, if
    # the arm of the frame before is found nowhere else.
    for i in np.flatnonzero(((own < 0) | second) & (sizes > 0)):
        ratio = before.sizes[free] / sizes[i]
        far = np.hypot(*(shifted[free] - centers[i]).T)
        fitting = (ratio >= ALIKE) & (ratio <= 1 / ALIKE) & (far <= reach)
        if fitting.any():
            best = free[np.where(fitting, far, np.inf).argmin()]
            own[i] = best
            free = free[free != best]
    return own


def _vote(
    own: NDArray[np.int64],
    mine: NDArray[np.int64],
    theirs: NDArray[np.int64],
    overlap: NDArray[np.int64],
    colors: image.Pixels,
    known: NDArray[np.int64],
) -> None:
    """Regions of which none of the frame before covers enough.

    They may lie on several of one color, as a sleeve and the dress that it ran into; or on one that is found nowhere
    else.

    Args:
        own: changed in place. mine, theirs, overlap: which regions lie on which, and on how many px.
        colors: of the frame before. known: px of each region that lie on anything.
    """
    shades = lab(colors[None])[0]
    most = np.zeros(len(colors), np.int64)
    claimed = own[mine] == theirs
    np.maximum.at(most, theirs[claimed], overlap[claimed])
    for i in np.unique(mine[own[mine] < 0]).tolist():
        at = np.flatnonzero(mine == i)
        at = at[np.argsort(overlap[at])[::-1]]
        size = max(int(known[i]), 1)
        near = color_difference(np.broadcast_to(shades[theirs[at[0]]], (len(at), 3)), shades[theirs[at]]) < SAME
        left = at[(overlap[at] >= PART * size) & (overlap[at] > most[theirs[at]])]
        if overlap[at][near].sum() >= COVER * size:
            own[i] = theirs[at[0]]
        elif len(left):
            own[i] = theirs[left[0]]


def _let_go(
    own: NDArray[np.int64], labels: NDArray[np.int32], overlap: dict[tuple[int, int], int]
) -> NDArray[np.bool_]:
    """Takes their origin from regions that came up inside another: a mouth that opens is no part of the cheek.

    Returns:
        (count,) which of the others share their origin with a region that has more of it.
    """
    second = np.zeros(len(own), bool)
    beside: dict[int, set[int]] = {}
    for one, other in ((labels[:, 1:], labels[:, :-1]), (labels[1:], labels[:-1])):
        edge = one != other
        for a, b in np.unique(np.stack([one[edge], other[edge]], 1), axis=0).tolist():
            beside.setdefault(a, set()).add(b)
            beside.setdefault(b, set()).add(a)
    for origin in np.unique(own[own >= 0]).tolist():
        claimants = np.flatnonzero(own == origin).tolist()
        main = max(claimants, key=lambda i: overlap.get((i, origin), 0))
        for i in claimants:
            second[i] = i != main
            if i != main and beside.get(i) == {main}:
                own[i] = -1
    return second


def common_shift(before: NDArray[np.float32], now: NDArray[np.float32]) -> tuple[int, int]:
    """(dy, dx) px by which a drawing as a whole moved since the one before; both (h, w), 1 = ink.

    >>> one = np.zeros((32, 32), np.float32); one[8:12, 5:9] = 1
    >>> common_shift(one, np.roll(one, (3, -2), (0, 1)))
    (3, -2)
    """
    if not before.any() or not now.any():
        return 0, 0
    spectrum = np.fft.rfft2(now) * np.conj(np.fft.rfft2(before))
    peaks = np.fft.irfft2(spectrum / np.maximum(np.abs(spectrum), 1e-9), now.shape)
    height, width = now.shape
    ys, xs = np.fft.fftfreq(height, 1 / height), np.fft.fftfreq(width, 1 / width)
    allowed = (np.abs(ys)[:, None] <= REACH * height) & (np.abs(xs)[None] <= REACH * width)
    y, x = np.unravel_index(np.where(allowed, peaks, -np.inf).argmax(), peaks.shape)
    shift = int(ys[y]), int(xs[x])
    # Where drawings share little, the peak is noise: standing still explains as much ink then.
    still = float((before * now).sum())
    return shift if _overlap(before, now, *shift) > still else (0, 0)


def _overlap(before: NDArray[np.float32], now: NDArray[np.float32], dy: int, dx: int) -> float:
    h, w = now.shape
    rows, columns = slice(max(dy, 0), min(h, h + dy)), slice(max(dx, 0), min(w, w + dx))
    there = now[rows, columns]
    return float((there * before[max(-dy, 0) : max(-dy, 0) + there.shape[0], max(-dx, 0) :][:, : there.shape[1]]).sum())


def _moved(labels: NDArray[np.int32], dy: int, dx: int) -> NDArray[np.int32]:
    """Labels moved by a shift, -1 where nothing came."""
    h, w = labels.shape
    out = np.full_like(labels, -1)
    target = out[max(dy, 0) : min(h, h + dy), max(dx, 0) : min(w, w + dx)]
    target[:] = labels[max(-dy, 0) : max(-dy, 0) + target.shape[0], max(-dx, 0) : max(-dx, 0) + target.shape[1]]
    return out


def _small(regions: Regions) -> NDArray[np.int32]:
    step = max(1, -(-max(regions.shape) // SIDE))
    return np.ascontiguousarray(regions.labels[step // 2 :: step, step // 2 :: step])


def _small_ink(drawing: image.Drawing) -> NDArray[np.float32]:
    step = max(1, -(-max(drawing.shape) // SIDE))
    h, w = drawing.shape
    rows, columns = len(range(step // 2, h, step)), len(range(step // 2, w, step))
    return (255 - image.resize(drawing.lines, (rows, columns))).astype(np.float32) / np.float32(255)


def _centers(labels: NDArray[np.int32], count: int, sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    rows, columns = np.indices(labels.shape)
    sums = [np.bincount(labels.ravel(), axis.ravel(), count) for axis in (rows, columns)]
    return np.stack(sums, 1) / np.maximum(sizes, 1)[:, None]


def _known(regions: Regions, drawing: image.Drawing, colors: image.Pixels) -> Known:
    labels = _small(regions)
    sizes = np.bincount(labels.ravel(), minlength=regions.count)
    return Known(labels, _small_ink(drawing), sizes, _centers(labels, regions.count, sizes), colors)


def _hints(regions: Regions, known: NDArray[np.bool_], colors: image.Pixels) -> Hints:
    """The known regions' colors on their paper, some way from their borders."""
    labels = regions.labels
    mask = known[labels] & regions.paper
    inner = mask.copy()
    for axis in (0, 1):
        for by in (-EDGE, EDGE):
            inner &= np.roll(labels, by, axis) == labels
    # Of a region that is all border, any of its paper.
    kept = np.bincount(labels[inner], minlength=regions.count) > 0
    mask = np.where(kept[labels], inner, mask)
    return Hints(np.where(mask[..., None], colors[labels], 0).astype(np.uint8), mask)


def _flicker(before: Known, now: Known, own: NDArray[np.int64], shown: image.Pixels, painted: image.Pixels) -> float:
    there = own >= 0
    weight = now.sizes[there].astype(np.float64)
    if not weight.sum():
        return float("nan")
    first, second = (lab(c[None])[0] for c in (shown[own[there]], painted[there]))
    return float((color_difference(first, second) * weight).sum() / weight.sum())
