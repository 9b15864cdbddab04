"""Pictures some rows at a time."""

from collections.abc import Iterator

from senga import stopping

CACHED = 1 << 15
"""Pixels whose planes stay in a processor's cache from one step to the next. Ours, measured."""


def strips(shape: tuple[int, ...], multiple: int = 1, most: int = 4_000_000) -> Iterator[slice]:
    """Rows of a picture, some megapixels at a time, so that what is made on the way stays small.

    Between them the work can be ended, see `senga.stopping`.

    Args:
        shape: (height, width, ...). multiple: all strips but the last have a multiple of so many rows.
        most: pixels at a time, if that is a row at least. What several steps are made of goes fastest by `CACHED`.
    """
    rows = multiple * max(1, most // (shape[1] * multiple))
    for top in range(0, shape[0], rows):
        stopping.check()
        yield slice(top, min(top + rows, shape[0]))
