"""Patterns such as 'ch*/**/*.png' that a shell has left alone; brackets that are part of a name mean themselves."""

import fnmatch
import glob
from collections.abc import Collection
from pathlib import Path

from senga.inputs.folders import lies_in, walk
from senga.inputs.passed import Passed


def has_magic(text: str) -> bool:
    """Whether a text has wildcards."""
    return glob.has_magic(text)


def expand(pattern: str, apart: Collection[Path] = (), passed: Passed | None = None) -> tuple[Path, list[Path]]:
    """What fits a pattern, and the folder that its results are called from: the parts before the first wildcard.

    Args:
        pattern: with `*`, `?`, `[...]`, and `**` for any folders; a part that is the name of something is that, and
            brackets that fit nothing are taken for brackets.
        apart: resolved folders that nothing is taken from, if the pattern does not begin in one. passed: as `walk`
            takes it.
    """
    parts = list(Path(pattern).parts)
    root = Path()
    while len(parts) > 1 and (not has_magic(parts[0]) or (root / parts[0]).exists()):
        root /= parts.pop(0)
    if lies_in(root, apart):
        apart = ()
    if parts[-1] == "**":
        parts.append("*")
    found = [root]
    for part in parts:
        if part == "**":
            found = [place for base in found for place, _ in walk(base, apart, passed)]
        else:
            found = [one for base in found for one in _fitting(base, part)]
        found = list(dict.fromkeys(found))
    seen, once = set(), []
    for one in found:
        real = one.parent.resolve() / one.name
        if real not in seen and not lies_in(one, apart):
            seen.add(real)
            once.append(one)
    return root, once


def _fitting(folder: Path, part: str) -> list[Path]:
    """What fits one part of a pattern in a folder."""
    if not has_magic(part) or (folder / part).exists():
        return [folder / part] if (folder / part).exists() else []
    try:
        names = sorted(one.name for one in folder.iterdir())
    except OSError:  # no folder, or a closed one
        return []
    shown = [name for name in names if part.startswith(".") or not name.startswith(".")]
    fit = fnmatch.filter(shown, part) or fnmatch.filter(shown, part.replace("[", "[[]"))
    return [folder / name for name in fit]
