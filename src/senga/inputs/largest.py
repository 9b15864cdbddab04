"""How much memory the largest of many pictures takes, by their headers."""

from collections.abc import Callable, Sequence

from senga import storage
from senga.inputs.item import Item

LOOKED = 2000
"""Pictures that are looked at, evenly among more. Ours: a second or so."""


def most_needed(items: Sequence[Item], need: Callable[[tuple[int, int]], float]) -> float:
    """Bytes of the picture that needs most; 0 if no size is known. Nothing is fetched for it.

    Args:
        need: bytes for a picture of (height, width).
    """
    here = [item for item in items if not storage.is_remote(item.file)]
    some = here[:: -(-len(here) // LOOKED) or 1]
    return max((need(shape) for item in some if (shape := item.shape()) is not None), default=0.0)
