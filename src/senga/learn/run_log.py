"""The logs of a run, rows of CSV that begin with the step, and the sums that a recipe's rows are means of."""

import csv
import io
import time
from collections.abc import Mapping
from pathlib import Path

from torch import Tensor

from senga import storage


class Tally:
    """Losses since the last row of the log.

    Attributes:
        since: when counting began, as `time.monotonic` has it. counted: steps.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Counts from now on."""
        self._sums: dict[str, float] = {}
        self.since, self.counted = time.monotonic(), 0

    def add(self, losses: dict[str, Tensor]) -> None:
        """Counts a step's losses in."""
        self.counted += 1
        for name, value in losses.items():
            self._sums[name] = self._sums.get(name, 0.0) + float(value.detach())

    def means(self) -> dict[str, float]:
        """The mean of each loss over the steps."""
        return {k: v / self.counted for k, v in self._sums.items()}


def append(file: Path, row: Mapping[str, float]) -> None:
    """Adds a row to a log, and its names before the first; a log of other columns is put aside under a further name."""
    fields = list(row)
    if file.exists():
        with file.open(newline="") as lines:
            header = next(csv.reader(lines), [])
        if header != fields:
            file.replace(file.with_name(f"{file.stem}-{int(time.time())}.csv"))
    new = not file.exists()
    with file.open("a", newline="") as out:
        writer = csv.DictWriter(out, fields)
        if new:
            writer.writeheader()
        writer.writerow({k: v if isinstance(v, int) else f"{v:.6g}" for k, v in row.items()})


def forget_after(file: Path, step: int) -> None:
    """Drops rows that a crashed run wrote after its last checkpoint, and the one that it left half written."""
    if not file.exists():
        return
    text = file.read_text()
    rows = list(csv.reader(text[: text.rfind("\n") + 1].splitlines()))
    if not rows:
        file.unlink()
        return
    written = io.StringIO()
    csv.writer(written).writerows([rows[0], *(r for r in rows[1:] if r and float(r[0]) <= step)])
    storage.write(file, written.getvalue().encode())
