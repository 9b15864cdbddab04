"""An animation's frames in steady colors: from its key frame to its end, and from there to its beginning."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from senga import image
from senga.color.colorizer import Colorizer
from senga.color.frames import Painted, frames_onward
from senga.color.request import Request
from senga.errors import SettingError


def color_frames(
    drawings: Sequence[image.Drawing | image.Pixels],
    request: Request = Request(),
    *,
    key: image.Pixels | None = None,
    at: int | None = None,
    reference: image.Pixels | None = None,
    colorizer: Colorizer | None = None,
) -> Iterator[tuple[int, Painted]]:
    """Frames of an animation in steady colors, each as soon as it is painted.

    Each region looks for itself in the frame beside and takes its color along; what is new is colored by the model, and
    keeps its color then.

    Args:
        drawings: of one size, in order: from `senga.read_drawing`, or pixels as `senga.Colorizer.page` takes them. A
            sequence that reads them when they are asked for holds but few at once.
        request: its mode, light, tint and reference strength count.
        key: (H, W, 3) uint8, one of the drawings colored by a person. at: which, from 0; default: the first.
        reference: (H, W, 3) uint8, picture whose colors new regions borrow; default: the key.
        colorizer: of a model that takes hints; default: the shipped one.

    Returns:
        The number of each frame and what was painted: its `picture`, (H, W, 3) uint8, or (H, W, 4) with the drawing's
        alpha; its `found` and `flicker`. First from the key frame to the last, then from there back to the first.

    Raises:
        SettingError: `at` without a key, or of no frame; more than one candidate. HintError: frames, or the key, of
            another size. ModelError: as `Page.paint`.
    """
    if at is not None and key is None:
        raise SettingError("{at} goes with {key}")
    if at is not None and not 0 <= at < len(drawings):
        raise SettingError("{at} {given}: there are {count} frames, from 0", given=at, count=len(drawings))
    if request.candidates > 1 or request.marks or request.palette:
        raise SettingError("frames go on from one to the next; leave out marks, palette and {candidates}")
    if reference is not None and request.reference is None:
        request = replace(request, reference="reference")
    return _both_ways(drawings, colorizer or Colorizer.open(), at or 0, request, key, reference)


def _both_ways(
    drawings: Sequence[image.Drawing | image.Pixels],
    model: Colorizer,
    first: int,
    request: Request,
    key: image.Pixels | None,
    reference: image.Pixels | None,
) -> Iterator[tuple[int, Painted]]:
    for order in (range(first, len(drawings)), range(first, -1, -1)):
        back = order.step < 0
        if back and len(order) < 2:
            continue
        frames = (image.to_drawing(drawings[i]) for i in order)
        found = frames_onward(frames, model, request, key=key, reference=reference)
        for number, painted in zip(order, found, strict=True):
            if not back or number != first:  # the key frame is painted once more on the way back, and was handed out
                yield number, painted
