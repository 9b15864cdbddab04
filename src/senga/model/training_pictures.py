"""The list of pictures that the shipped weights learned from: where each is from, under which terms; no picture."""

import csv
import gzip
from collections.abc import Iterator

from senga.model.shipped import WEIGHTS

LIST = WEIGHTS / "pictures.csv.gz"
"""Made by `tools/training_list.py`; sets of openly licensed pictures alone were trained on those rows of it."""

COLUMNS = ("digest", "open", "source", "origin", "license")
"""Of the list: first `DIGITS` hex digits of the SHA-256 of the file that was trained on, which is made smaller from the
original; whether an open license covers the art; what it belongs to; where it was found; what is said there of its
terms."""

DIGITS = 32


def training_pictures(*, only_open: bool = False) -> Iterator[dict[str, str]]:
    """Rows of the list by `COLUMNS`, openly licensed ones first.

    Args:
        only_open: no others.
    """
    with gzip.open(LIST, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["open"] == "yes" or not only_open:
                yield row
