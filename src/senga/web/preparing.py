"""Line art of what was uploaded, where that is none yet: a photo cleaned, white on black turned, a picture's lines."""

import dataclasses
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from senga import image
from senga.lines.clean import Cleaning, clean
from senga.lines.learned import opened
from senga.lines.polarity import inverted
from senga.web.scheduler import CancelToken
from senga.web.store import Kept

Way = Literal["clean", "draw", "keep"]
WAYS: tuple[str, ...] = get_args(Way)


@dataclasses.dataclass(frozen=True)
class Preparation:
    """How line art is made of what was uploaded.

    Attributes:
        way: "clean" cleans a photo or scan, "draw" draws a colored picture's lines, "keep" takes it as it is.
        invert: it is white on black: turned first.
        ink: as `Cleaning.ink`. pencil: whether colored pencil is ink.
    """

    way: Way
    invert: bool = False
    ink: float = Cleaning().ink
    pencil: bool = False


def prepared(kept: Kept, how: Preparation, inker: Path, threads: int | None, cancel: CancelToken) -> bytes:
    """A PNG of the line art, of the drawing's size, with its resolution; what is cut out stays cut out.

    Raises:
        SengaError: a parameter out of range.
    """
    drawing = kept.drawing
    tags = dataclasses.replace(drawing.tags, profile=b"")
    if how.way == "keep":
        own = drawing.layer if drawing.own is None else drawing.own
        return image.encode(inverted(own) if how.invert else own, "PNG", fast=True, tags=drawing.tags)
    if how.way == "clean":
        pencil = "keep" if how.pencil else "drop"
        lines = clean(drawing.layer, Cleaning(ink=how.ink, pencil=pencil, invert=how.invert))
    else:
        picture = inverted(drawing.layer) if how.invert else drawing.layer
        lines = opened(inker, threads).draw(picture)
    cancel.check()
    made = lines if drawing.alpha is None else np.dstack([lines, lines, lines, drawing.alpha])
    return image.encode(made, "PNG", fast=True, tags=tags)
