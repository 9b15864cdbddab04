"""Lines by lineartization 1.7.0, to compare line art with: python lineartization.py COMMAND SET OUT [OPTION...].

COMMAND is the program, in an environment of its own; OPTIONs are handed to it, as --method minimum --no-true-black.
Draws the validation and test pictures of a pair set into OUT under the pairs' names.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from senga import image
from senga.pairs.pairset import PairSet


def main(command: str, folder: str, out: str, *options: str) -> None:
    pairs = PairSet.open(folder)
    Path(out).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        for pair in (*pairs.of("val"), *pairs.of("test")):
            source = Path(place) / "picture.png"
            image.write(source, pairs.color(pair), force=True)
            target = Path(out) / f"{Path(pair.color).stem}.png"
            subprocess.run([command, str(source), str(target), *options], check=True, capture_output=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
