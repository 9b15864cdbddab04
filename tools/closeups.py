"""Close-ups of faces to learn from. python tools/closeups.py SQUARES OUT PICTURES...

SQUARES is a table (CSV) of squares: file, split, group, source, left, top, side, in pixels of the picture; a file is
named as in one of the folders PICTURES, with or without its ending. Each square is made 320 px large and written to
OUT, beside OUT.csv for `senga pairs build OUT SET --method none --table OUT.csv`. `source` puts them in three classes:
by the cap on a source (`senga.learn.data.samples`) close-ups have at most three tenths of what is drawn.

In pictures of 288 px an iris is a dozen pixels, cut up by lashes: lines drawn of a close-up have irises, whites,
mouths and strands as regions of their own, as drawings of people have them. `tools/closeups.csv` lists the squares of
the trial in docs/experiments/which-color.md: 1.35 to 2.2 times a face, around faces of 44 px and more that a detector
found (the cascade of nagadomi's animeface, at 95 % or more), of squares under 260 px.
"""

import csv
import sys
from pathlib import Path

from senga import image

SIDE = 320


def main() -> None:
    """Cuts all squares, and says how many."""
    table, out, folders = Path(sys.argv[1]), Path(sys.argv[2]), [Path(f) for f in sys.argv[3:]]
    files = {name: f for folder in folders for f in sorted(folder.iterdir()) for name in (f.name, f.stem)}
    with table.open(newline="") as lines:
        squares = list(csv.DictReader(lines))
    missing = sorted({row["file"] for row in squares} - files.keys())
    if missing:
        sys.exit(f"{table}: {len(missing)} files, {missing[0]} first, are in none of the folders; name all folders")
    out.mkdir(parents=True, exist_ok=True)
    rows = [["file", "split", "group", "source"]]
    for number, row in enumerate(squares):
        left, top, side = (int(row[name]) for name in ("left", "top", "side"))
        part = image.flatten(image.read(files[row["file"]]))[top : top + side, left : left + side]
        if part.shape[:2] != (side, side):
            sys.exit(f"{table}: row {number + 1}: not inside {row['file']}")
        name = f"{Path(row['file']).stem}-{number}.png"
        image.write(out / name, image.resize(part, (SIDE, SIDE)), force=True)
        rows.append([name, row["split"], row["group"], row["source"]])
    with out.with_suffix(".csv").open("w", newline="") as written:
        csv.writer(written).writerows(rows)
    print(f"{out}: {len(squares)} close-ups of {len({row['file'] for row in squares})} pictures")


if __name__ == "__main__":
    main()
