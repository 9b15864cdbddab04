"""What lies in a folder and below it: links to folders are followed, and no folder is read twice."""

import os
from collections import deque
from collections.abc import Collection, Iterator
from pathlib import Path

from senga.inputs.passed import CLOSED, LINK_BACK, LINK_OUT, NO_FILE, Passed, is_litter


def walk(
    folder: Path, apart: Collection[Path] = (), passed: Passed | None = None, closed_by: str = ""
) -> Iterator[tuple[Path, list[str]]]:
    """Each folder from `folder` on, and the names of the files in it, hidden ones left out.

    Links to folders come last, so that what lies there twice is called by its own name.

    Args:
        folder: where to begin. apart: resolved folders and files that are not read. passed: takes what cannot be read.
        closed_by: folders below the first that hold a file of this name are not read.
    """
    passed = Passed() if passed is None else passed
    first, seen = folder.resolve(), set()
    around = {first, *first.parents}
    waiting, links = deque([folder]), deque[Path]()
    while waiting or links:
        place = waiting.popleft() if waiting else links.popleft()
        real = place.resolve()
        if real in around and place != folder:
            passed.add(str(place), LINK_BACK)
            continue
        if real in seen or (real in apart and place != folder):
            continue
        seen.add(real)
        found = _listed(place, passed)
        if found is None:
            continue
        files, folders, linked = found
        names = [name for name, is_link in files.items() if not _is_apart(real / name, apart, is_link=is_link)]
        if closed_by and place != folder and closed_by in files:
            continue
        waiting.extend(folders)
        links.extend(linked)
        yield place, names


def _is_apart(file: Path, apart: Collection[Path], *, is_link: bool) -> bool:
    return file in apart or (is_link and lies_in(file, apart))


def _listed(place: Path, passed: Passed) -> tuple[dict[str, bool], list[Path], list[Path]] | None:
    """Files, and whether each is a link; folders, and links to folders. None where a folder cannot be opened."""
    files: dict[str, bool] = {}
    folders: list[Path] = []
    links: list[Path] = []
    try:
        with os.scandir(place) as entries:
            for entry in sorted(entries, key=lambda one: one.name):
                if is_litter(entry.name):
                    continue
                here = place / entry.name
                try:
                    if entry.is_file():
                        files[entry.name] = entry.is_symlink()
                    elif entry.is_dir():
                        (links if entry.is_symlink() else folders).append(here)
                    else:
                        passed.add(str(here), LINK_OUT if entry.is_symlink() else NO_FILE)
                except OSError:  # a link to itself
                    passed.add(str(here), LINK_OUT)
    except OSError:
        passed.add(str(place), CLOSED)
        return None
    return files, folders, links


def lies_in(place: Path, apart: Collection[Path]) -> bool:
    """Whether a place is in one of some resolved folders, or one of them."""
    real = place.resolve()
    return any(real.is_relative_to(folder) for folder in apart)
