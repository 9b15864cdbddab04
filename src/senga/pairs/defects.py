"""What is measured on one pair, each file read once."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.errors import ImageError
from senga.lines.edges import gaussian
from senga.lines.extract import extract_lines
from senga.pairs.duplicates import difference_hashes
from senga.pairs.letters import count_letters
from senga.pairs.pairset import PairSet
from senga.pairs.work import Job

REACH = 8
"""Shifts of line art against picture that are searched: so many px to each side."""

LEVELS = np.arange(256)
"""Gray levels of a channel."""

WINDOW = 2048
"""Side of the middle of a picture in which a shift is searched, px (ours): a shift is the same all over."""


@dataclass(frozen=True)
class Measures:
    """What was measured on a pair; the line art's are None where there is none.

    Attributes:
        index: of the pair in its set.
        unreadable: why a file could not be read; all else is then empty.
        size, line_size: (width, height), px.
        color_variety, line_variety: share of pixels that differ from the median color by more than 16 of 255.
        chroma: mean of (largest - smallest channel), 0 to 255, over pixels that are neither white nor black.
        line_chroma: the same of the line-art file.
        tint: how far the line art's paper is from white, 0 to 255, in its darkest channel.
        letters: shapes in rows or columns, see `count_letters`; in an XDoG of the picture if there is no line art.
        shift: (right, down) of the line art against the picture, px, where they agree best.
        agreement, rest: correlation of their edges, -1 to 1, at that shift and at none.
        sha256: of the picture's size and pixels. hashes: see `difference_hashes`.
    """

    index: int
    unreadable: str = ""
    size: tuple[int, int] = (0, 0)
    line_size: tuple[int, int] | None = None
    color_variety: float = 0.0
    line_variety: float | None = None
    chroma: float = 0.0
    line_chroma: float | None = None
    tint: float | None = None
    letters: int = 0
    shift: tuple[int, int] | None = None
    agreement: float = 0.0
    rest: float = 0.0
    sha256: str = ""
    hashes: tuple[int, int] = (0, 0)


def measure(job: Job) -> Measures:
    """The measures of one pair; a picture that cannot be read is an answer too.

    Raises:
        PairSetError: a shard that cannot be read.
    """
    try:
        files = PairSet(job.folder, ())
        picture = files.color(job.pair)
        drawing = None if job.pair.line is None else files.drawing(job.pair)
    except ImageError as error:
        return Measures(job.index, unreadable=str(error))
    lines = extract_lines(picture) if drawing is None else drawing.lines
    fits = drawing is not None and drawing.shape == picture.shape[:2]
    shift, agreement, rest = find_shift(picture, lines) if fits else (None, 0.0, 0.0)
    height, width = picture.shape[:2]
    return Measures(
        index=job.index,
        size=(width, height),
        line_size=None if drawing is None else (drawing.shape[1], drawing.shape[0]),
        color_variety=variety(picture),
        line_variety=None if drawing is None else variety(lines[..., None]),
        chroma=mean_chroma(picture),
        line_chroma=None if drawing is None else mean_chroma(drawing.layer),
        tint=None if drawing is None else paper_tint(drawing.layer, lines),
        letters=count_letters(lines),
        shift=shift,
        agreement=agreement,
        rest=rest,
        sha256=hashlib.sha256(f"{width} {height} ".encode() + picture.tobytes()).hexdigest(),
        hashes=difference_hashes(picture),
    )


def variety(pixels: image.Pixels) -> float:
    """Share of pixels (H, W, C) that differ from the median color by more than 16 in a channel."""
    far = np.zeros(pixels.shape[:2], bool)
    for channel in np.moveaxis(pixels, 2, 0):
        far |= (np.abs(LEVELS - _quantile(channel, 0.5)) > 16)[channel]
    return float(far.mean())


def mean_chroma(picture: image.Pixels) -> float:
    """Mean of (largest - smallest channel) over pixels that are neither white nor black; 0 if there are none.

    White paper around a small colored figure says nothing of the figure's color.
    """
    red, green, blue = np.moveaxis(picture, 2, 0)  # by planes: numpy takes ten times as long along a short axis
    low = np.minimum(np.minimum(red, green), blue)
    high = np.maximum(np.maximum(red, green), blue)
    between = (low < 240) & (high > 16)
    return float((high - low)[between].mean()) if between.any() else 0.0


def paper_tint(layer: image.Pixels, lines: image.Pixels) -> float:
    """How far paper is from white in its darkest channel; the lightest quarter of the light pixels is paper."""
    light = lines >= 128
    return 255 - min(_quantile(channel[light], 0.75) for channel in np.moveaxis(layer, 2, 0)) if light.any() else 255.0


def _quantile(values: image.Pixels, share: float) -> float:
    """As `numpy.quantile` of uint8 values, counted in place of sorted."""
    upto = np.cumsum(np.bincount(values.ravel(), minlength=256))
    at = share * (values.size - 1)
    below, above = np.searchsorted(upto, [np.floor(at), np.ceil(at)], side="right")
    return float(below + (above - below) * (at - np.floor(at)))


def find_shift(picture: image.Pixels, lines: image.Pixels) -> tuple[tuple[int, int] | None, float, float]:
    """Where line art lies over its picture, by correlation of their edges.

    Args:
        picture: (H, W, 3) uint8. lines: (H, W) uint8.

    Returns:
        (right, down) in px, within `REACH`, at which the correlation is highest, or None if either has no edges; that
        correlation; the correlation without a shift.
    """
    top, left = (max(0, (side - WINDOW) // 2) for side in lines.shape)
    middle = (slice(top, top + WINDOW), slice(left, left + WINDOW))
    below, above = _edges(picture[middle]), _edges(lines[middle][..., None])
    scale = float(np.sqrt((below**2).sum() * (above**2).sum()))
    if scale < 1e-6:
        return None, 0.0, 0.0
    # Padded, so that what leaves at one border does not come in at the other.
    shape = (_quick(below.shape[0] + REACH), _quick(below.shape[1] + REACH))
    product = np.fft.rfft2(above, shape) * np.conj(np.fft.rfft2(below, shape))
    found = np.fft.irfft2(product, shape) / scale
    shifts = np.arange(-REACH, REACH + 1)
    near = found[np.ix_(shifts % shape[0], shifts % shape[1])]
    down, right = (int(i) - REACH for i in np.unravel_index(near.argmax(), near.shape))
    return (right, down), float(near.max()), float(near[REACH, REACH])


def _edges(pixels: image.Pixels) -> NDArray[np.float64]:
    """Edge strength (H, W) of (H, W, C) pixels, the strongest channel's, less its mean.

    Cut at 40 gray levels over 2 px (ours), so that black on white does not outweigh color against color.
    """
    strongest: NDArray[np.float32] = np.zeros(pixels.shape[:2], np.float32)
    for channel in range(pixels.shape[2]):
        soft = np.pad(gaussian(pixels[..., channel].astype(np.float32), 1.0), 1, mode="edge")
        across, down = soft[1:-1, 2:] - soft[1:-1, :-2], soft[2:, 1:-1] - soft[:-2, 1:-1]
        np.maximum(strongest, np.sqrt(across * across + down * down), out=strongest)
    edges = np.minimum(strongest, 40).astype(np.float64)
    edges -= edges.mean()
    return edges


def _quick(length: int) -> int:
    """The next length whose Fourier transform is quick: of no other prime factors than 2, 3 and 5."""
    while True:
        rest = length
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return length
        length += 1
