"""Names of results that would be one file are set apart, and said; what the place cannot have as a name is made one."""

import logging
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from senga import storage
from senga.inputs.item import Item

log = logging.getLogger("senga.jobs")

Names = Callable[[str], Sequence[str]]
"""The files that a verb writes for a target."""


@dataclass(frozen=True)
class Wish:
    """How a result would be called if it were alone.

    Attributes:
        item: whose it is. folder: that it goes to, or the archive. inside: its name there, "/" between folders.
    """

    item: Item
    folder: str
    inside: str


def each_apart(
    archives: Iterable[str], alike: Callable[[str], str], wish: Callable[[str], str] = storage.base
) -> dict[str, str]:
    """A name for each archive, its own file's or, where another has that, with a number: "vol1 (2).cbz".

    Args:
        archives: files; "" for none is left out. alike: as `told_apart` gives it.
        wish: how one would be called if it were alone.
    """
    found: dict[str, str] = {}
    taken: dict[str, str] = {}
    for file in dict.fromkeys(filter(None, archives)):
        name = next(n for n in _numbered(wish(file)) if _is_free(taken.get(alike(n)), file))
        other = taken.get(alike(wish(file)), file)
        if name != wish(file):
            log.warning("%s: becomes %s, as %s has that name", *map(storage.shown, (file, name, other)))
        found[file] = name
        taken.setdefault(alike(name), file)
    return found


def told_apart(out: str, every: Iterable[str]) -> Callable[[str], str]:
    """What makes of names that are one file in a folder the same name; names themselves where each is its own.

    Args:
        out: the folder, or what will lie in it. every: names that matter; where no two are alike nothing is tried out.
    """
    known = set(every)
    if len({_folded(name) for name in known}) == len(known):
        return str
    case, form = storage.one_name(out)

    def key(name: str) -> str:
        name = unicodedata.normalize("NFC", name) if form else name
        return name.casefold() if case else name

    return key


def set_apart(wishes: Sequence[Wish], names: Names, alike: Callable[[str], str]) -> list[str]:
    """The name inside its folder that each result gets: as wished, or with a number where another has that.

    What is named twice keeps its name, to be refused. A page that has its result's name already goes before others.
    """
    taken: dict[tuple[str, str], Wish] = {}
    given: dict[int, str] = {}
    renamed: list[tuple[Wish, str, Wish]] = []
    order = sorted(range(len(wishes)), key=lambda at: not _keeps_name(wishes[at]))
    for at in order:
        wish = wishes[at]
        path = PurePosixPath(wish.inside)
        other: Wish | None = None
        for name in _numbered(path.name):
            inside = _fitting(str(path.with_name(name)), wish.folder, names)
            files = [(wish.folder, alike(str(PurePosixPath(inside).with_name(f)))) for f in _files(inside, names)]
            holder = next((taken[f] for f in files if f in taken), None)
            if holder is None or _is_one(holder, wish):
                break
            other = other or holder
        given[at] = inside
        taken.update((file, wish) for file in files if file not in taken)
        if other is not None:
            renamed.append((wish, inside, other))
    _tell(renamed, [(w, given[at]) for at, w in enumerate(wishes) if at in given])
    return [given[at] for at in range(len(wishes))]


def _tell(renamed: Sequence[tuple[Wish, str, Wish]], given: Sequence[tuple[Wish, str]]) -> None:
    if renamed:
        wish, inside, other = renamed[0]
        more = f", and {len(renamed) - 1} more so" if len(renamed) > 1 else ""
        log.warning(
            "%s: its result is %s, as %s has the name %s%s",
            storage.shown(wish.item.place),
            storage.shown(inside),
            storage.shown(other.item.place),
            storage.shown(wish.inside),
            more,
        )
    apart = {wish for wish, _, _ in renamed}
    unfit = [(w, inside) for w, inside in given if inside != storage.encodable(w.inside) and w not in apart]
    if unfit:
        wish, inside = unfit[0]
        more = f", and {len(unfit) - 1} more so" if len(unfit) > 1 else ""
        what = storage.shown(wish.item.place)
        log.warning("%s: its result is %s, as no file can have its name%s", what[:200], storage.shown(inside), more)


def _is_free(holder: str | None, file: str) -> bool:
    """Whether a file may have a name that another has, or none: what is named twice is to be refused as that."""
    return holder is None or storage.same(holder, file)


def _is_one(one: Wish, other: Wish) -> bool:
    return one.item.member == other.item.member and storage.same(one.item.file, other.item.file)


def _keeps_name(wish: Wish) -> bool:
    return PurePosixPath(wish.item.name).name == PurePosixPath(wish.inside).name


def _files(inside: str, names: Names) -> Sequence[str]:
    base = PurePosixPath(inside).name
    return names(base) or [base]


def _fitting(inside: str, folder: str, names: Names) -> str:
    """A name as the folder can have it, with all that the verb writes under it."""
    if storage.is_remote(folder):
        return inside
    base = PurePosixPath(inside).name
    longer = max(storage.size_of_name(f) for f in _files(inside, names)) - storage.size_of_name(base)
    *above, _ = PurePosixPath(inside).parts
    return str(PurePosixPath(*map(storage.fitting, above), storage.fitting(base, longer)))


def _numbered(name: str) -> Iterable[str]:
    """A name, then that name with 2, 3 and so on."""
    yield name
    path, number = PurePosixPath(name), 1
    while True:
        number += 1
        yield str(path.with_name(f"{path.stem} ({number}){path.suffix}"))


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
