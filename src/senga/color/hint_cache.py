"""The hints of one drawing while somebody paints: a stroke that grows costs only itself, however many went before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from senga import image
from senga.color.fill_regions import Areas
from senga.color.hints import Hints
from senga.color.marks import Mark, lay

STATES, BYTES = 4, 64_000_000
"""Most states that are kept, and most bytes of them; one is kept however large it is. Ours."""


DOT = 100
"""Pixels that take as long as one row that a mark crosses. Ours."""


@dataclass(eq=False)
class HintCache:
    """Hints by marks; for one thread at a time.

    What is kept is chosen for a page that sends its marks again with every move of the pen: the state below the last
    mark is used again and again, and states of the last mark that are outgrown make room first.

    Attributes:
        lines: (H, W) uint8, 0 = ink. areas: of them.
    """

    lines: image.Pixels
    areas: Areas = field(init=False, repr=False)
    _kept: list[tuple[tuple[Mark, ...], Hints]] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        self.areas = Areas(self.lines)

    def lay(self, marks: Sequence[Mark], check: Callable[[], None] = lambda: None) -> Hints:
        """The hints of all the marks, as `senga.color.marks.lay` answers; `check` as there."""
        wanted = tuple(marks)
        done, below = self._below(wanted)
        if done < len(wanted) - 1:
            below = lay(wanted[done:-1], self.lines, below=below, areas=self.areas, check=check)
            done = len(wanted) - 1
            self._keep(wanted[:done], below)
        if done == len(wanted):
            return below if below is not None else Hints.blank(self.lines.shape)
        whole = lay(wanted[done:], self.lines, below=below, areas=self.areas, check=check)
        if self._most > 1:
            self._keep(wanted, whole)
        return whole

    def work(self, marks: Sequence[Mark]) -> float:
        """About how many pixels are looked at until `marks` are laid: those of the boxes of what is not laid yet."""
        height, width = self.lines.shape
        done = max((len(k[0]) for k in self._kept if tuple(marks[: len(k[0])]) == k[0]), default=0)
        pixels = 0.0
        for mark in marks[done:]:
            if mark.kind != "fill":
                x, y = zip(*mark.points, strict=True)
                across = min(width, max(x) + mark.width / 2) - max(0, min(x) - mark.width / 2)
                down = min(height, max(y) + mark.width / 2) - max(0, min(y) - mark.width / 2)
                pixels += max(0.0, across) * max(0.0, down) + DOT * mark.effort
        return pixels

    @property
    def _most(self) -> int:
        return min(STATES, max(1, BYTES // (4 * self.lines.size)))

    def _below(self, wanted: tuple[Mark, ...]) -> tuple[int, Hints | None]:
        """The state with the most of the wanted marks and no other, and how many they are; it counts as used."""
        fitting = [k for k in self._kept if wanted[: len(k[0])] == k[0]]
        if not fitting:
            return 0, None
        best = max(fitting, key=lambda k: len(k[0]))
        self._kept = [k for k in self._kept if k is not best] + [best]
        return len(best[0]), best[1]

    def _keep(self, marks: tuple[Mark, ...], hints: Hints) -> None:
        self._kept.append((marks, hints))
        del self._kept[: -self._most]
