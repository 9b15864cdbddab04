"""Whether there is room for a picture: in memory while it is worked on, and in the format of its result.

Both are told by the file's header, before the picture is decoded and any work is done.
"""

import math

from senga import image, storage
from senga.color.files.psd import SIDE
from senga.errors import ImageError
from senga.inputs.item import Item
from senga.jobs.work import Work

SIDES = {**{ending: image.SIDES.get(kind) for ending, kind in image.WRITES.items()}, ".psd": SIDE}
"""Largest side that a result's format holds, px, by its ending; None: any."""


def check_room(item: Item, target: str, work: Work) -> None:
    """Refuses a picture that is too large for its result's format, or for the memory that the work may take.

    Raises:
        ImageError: with the item's name and what mends it; or its content cannot be read.
    """
    most = SIDES.get(storage.ending(target))
    if most is None and work.max_ram is None:
        return
    shape = item.shape()
    if shape is None:  # no picture, or a broken one: who reads it will say so
        return
    size = f"{item.place}: {shape[1]}x{shape[0]} px"
    if most is not None and max(shape) > most:
        other = ".ora" if storage.ending(target) == ".psd" else ".png"
        raise ImageError(f"{size}: {storage.ending(target)} holds at most {most} px a side; give a name with {other}")
    need = work.need(shape)
    if work.max_ram is not None and need > work.max_ram:
        raise ImageError(
            f"{size} need {math.ceil(need / 1e6)} MB, more than the {work.max_ram // 10**6} MB allowed; "
            "allow more, or make it smaller"
        )
