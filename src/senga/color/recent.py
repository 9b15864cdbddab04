"""What was asked last, and its answers: as many as memory shall hold, the oldest go first."""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """Answers by what was asked.

    >>> squares = Recent[int](most=2)
    >>> [squares.of(bytes([n]), lambda n=n: n * n) for n in (2, 3, 2, 4)], len(squares)
    ([4, 9, 4, 16], 2)
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._kept: dict[bytes, T] = {}

    def of(self, key: bytes, make: Callable[[], T]) -> T:
        """The answer to a question: the one that is kept, or what `make` answers."""
        # Another thread may take out at any time what was there a moment before.
        found = self._kept.get(key)
        if found is None:
            found = make()
            while len(self._kept) >= self.most:
                self._kept.pop(next(iter(self._kept)), None)
            self._kept[key] = found
        return found

    def __len__(self) -> int:
        return len(self._kept)
