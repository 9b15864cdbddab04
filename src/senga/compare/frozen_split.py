"""A frozen split: truths, line art and hints as plain files, so that every program is judged on the very same ones.

A folder holds `split.json` (what it is), `truth/NAME.png`, `lines/METHOD/NAME.png` and, once the protocol's own script
has been run (tools/peers/hint_auc.py), `hints/NAME.npz`. NAME is the stem of the pair's color file.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from senga import __version__, image, storage
from senga.compare.regions import RegionHints
from senga.compare.sampling import chosen
from senga.errors import PairSetError
from senga.lines.extract import METHODS, extract_lines
from senga.pairs.pairset import Pair, PairSet

ABOUT, TRUTH, LINES, HINTS = "split.json", "truth", "lines", "hints"
GIVEN = "given"
"""The method that takes a pair's own line art."""


@dataclass(frozen=True)
class About:
    """What a frozen split says of itself.

    Attributes:
        split: of the pair set. fingerprint: of the whole pair set. senga: version that drew the lines.
        methods: how lines were drawn. names: of the pictures.
    """

    split: str
    fingerprint: str
    senga: str
    methods: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Frozen:
    """A frozen split, opened."""

    folder: Path
    about: About

    @staticmethod
    def open(folder: str | Path) -> "Frozen":
        """The frozen split in a folder.

        Raises:
            PairSetError: none there, or one that cannot be read.
        """
        place = Path(folder)
        file = place / ABOUT
        if not file.is_file():
            raise PairSetError(
                f"{place}: no frozen split here ({ABOUT} is missing); make one with 'senga compare --freeze'"
            )
        try:
            row = json.loads(file.read_text(encoding="utf-8"))
            about = About(**row | {"methods": tuple(row["methods"]), "names": tuple(row["names"])})
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise PairSetError(f"{file}: cannot be read: {error}; freeze the split anew") from error
        return Frozen(place, about)

    def truth(self, name: str) -> image.Pixels:
        """Picture (H, W, 3) uint8."""
        return image.read(self.folder / TRUTH / f"{name}.png")

    def lines(self, name: str, method: str) -> image.Pixels:
        """Line art (H, W) uint8, 0 = ink."""
        return image.gray(image.read(self.folder / LINES / method / f"{name}.png"))

    def hints(self, name: str) -> RegionHints:
        """Hints of all regions of the picture."""
        return RegionHints.read(self.folder / HINTS / f"{name}.npz")


def freeze(
    pairs: PairSet,
    split: str,
    folder: Path,
    *,
    methods: Sequence[str],
    most: int,
    threads: int | None = None,
    force: bool = False,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Frozen:
    """The frozen split that was written.

    Args:
        pairs: pair set. split: which split of it. most: at most so many pairs, spread over the manifest.
        folder: to be made. force: overwrite what is in it.
        methods: how lines are drawn: names of `lines.extract.METHODS`, or "given" for the pairs' own.
        threads: processor threads. report: called with (done, total) pictures.

    Raises:
        PairSetError: no such split, nothing in it, an unknown method, two pairs of one name, a folder in use.
        ImageError: a picture that cannot be read or written. SengaError: a place that cannot be written.
    """
    for method in methods:
        if method != GIVEN and method not in METHODS:
            raise PairSetError(f"unknown method '{method}'; known: {GIVEN}, {', '.join(METHODS)}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())) and not force:
        raise PairSetError(f"{folder}: exists and is not empty; give another folder, or --force to overwrite")
    found = chosen(pairs, split, most)
    by_name: dict[str, Pair] = {}
    for pair in found:
        name = pair.name
        if name in by_name:
            raise PairSetError(f"{pairs.folder}: {by_name[name].color} and {pair.color} have one name; rename one")
        by_name[name] = pair
    for place in (TRUTH, *(f"{LINES}/{method}" for method in methods)):
        (folder / place).mkdir(parents=True, exist_ok=True)
    for done, (name, pair) in enumerate(by_name.items()):
        truth = pairs.color(pair)
        image.write(folder / TRUTH / f"{name}.png", truth, force=force)
        for method in methods:
            lines = pairs.line(pair) if method == GIVEN else extract_lines(truth, method, threads=threads)
            image.write(folder / LINES / method / f"{name}.png", lines, force=force)
        report(done + 1, len(by_name))
    # Last, so that a folder with it is whole.
    about = About(split, pairs.fingerprint(), __version__, tuple(methods), tuple(by_name))
    storage.write_new(folder / ABOUT, (json.dumps(asdict(about), indent=1) + "\n").encode(), force=force)
    return Frozen(folder, about)
