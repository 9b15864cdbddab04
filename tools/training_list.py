"""The list of training pictures that ships: python tools/training_list.py TABLE.csv=FOLDER... OUT.csv.gz.

Tables have columns file (or color), split, source, origin, licence_class (1: an open licence covers the art) and
licence_statement. Rows of train splits come out, each with the digest of its file; no picture does.
"""

import csv
import gzip
import io
import sys
from pathlib import Path

from senga import storage
from senga.model.training_pictures import COLUMNS, DIGITS


def rows_of(table: Path, folder: Path) -> list[dict[str, str]]:
    """Rows of the list, of a table's training pictures."""
    found = []
    with table.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["split"] != "train":
                continue
            digest = storage.digest(str(folder / (row.get("file") or row["color"])))[:DIGITS]
            is_open = "yes" if row["licence_class"] == "1" else "no"
            cells = (digest, is_open, row["source"], row["origin"], row["licence_statement"])
            found.append(dict(zip(COLUMNS, cells, strict=True)))
    return found


def main() -> None:
    """Reads the tables and writes the list, the same bytes each time."""
    *tables, out = sys.argv[1:]
    rows = [row for text in tables for row in rows_of(*(Path(part) for part in text.split("=", 1)))]
    rows.sort(key=lambda row: (row["open"] != "yes", row["source"], row["origin"], row["digest"]))
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    Path(out).write_bytes(gzip.compress(text.getvalue().encode(), 9, mtime=0))
    print(len(rows), "pictures,", sum(row["open"] == "yes" for row in rows), "openly licensed")


if __name__ == "__main__":
    main()
