"""Where results go: a file, a folder whose layout is the sources', an archive; what is refused before any work."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from senga import image, storage
from senga.errors import SengaError, SettingError
from senga.inputs import archives
from senga.inputs.item import ENDINGS, Item
from senga.inputs.passed import Passed
from senga.jobs.ledger import NAME
from senga.jobs.naming import Names, Wish, each_apart, set_apart, told_apart

log = logging.getLogger("senga.jobs")

STAGE = archives.STAGE
"""End of the folder that an archive's pages lie in until all are done."""

NOT_FOLDERS = (
    *image.WRITES, *ENDINGS, *archives.ALL, ".psd", ".psb", ".ora", ".kra", ".clip", ".xcf", ".svg", ".tga", ".jxl",
    ".heic", ".senga", ".mp4", ".webm", ".mov", ".mkv", ".avi", ".mobi", ".azw3", ".json", ".jsonl", ".csv", ".txt",
    ".html", ".gz", ".bz2", ".xz", ".zst", ".lzh", ".ace",
)  # fmt: skip
"""Endings that are a file's: who gives one for a folder means something else. "Vol.1" is a folder's name."""
INPUT = "input"
"""The format of results that are saved as their sources were."""

FEW = 8
"""With fewer tasks than this one process does them, and no ledger is kept: they are soon done again. Ours."""


@dataclass(frozen=True)
class Task:
    """An item and where its result goes.

    Attributes:
        item: to be worked on. target: the result's file, or "-". files: all that is written for it.
        pack: archive that the files go into when all of it is done; "" for none. inside: the target's name in it.
        folders: whether folders are made for it; a person who names a file has made its folder.
    """

    item: Item
    target: str
    files: tuple[str, ...]
    pack: str = ""
    inside: str = ""
    folders: bool = True


@dataclass(frozen=True)
class Plan:
    """All tasks of a run.

    Attributes:
        tasks: in order. ledger: file that tells what is finished; None for a few files, which need none.
        passed: what lay among the sources and is not worked on.
    """

    tasks: tuple[Task, ...]
    ledger: str | None
    passed: Passed = field(default_factory=Passed)

    def packs(self) -> dict[str, list[Task]]:
        """The tasks of each archive that is to be made, in order."""
        found: dict[str, list[Task]] = {}
        for task in self.tasks:
            if task.pack:
                found.setdefault(task.pack, []).append(task)
        return found


def plan(
    items: Sequence[Item],
    out: str,
    *,
    names: Names = lambda target: [target],
    more: Iterable[str] = (),
    force: bool = False,
    resume: bool = False,
    unpack: bool = False,
    single: bool | None = None,
    format: str | None = None,
) -> Plan:
    """Where each item's result goes; folders that are missing are made.

    Args:
        items: from `find_items`. out: file; folder; archive; "-" is stdout.
        names: all files that the verb writes for a target. more: endings it writes besides those of pictures.
        force: overwrite existing files, but never a source.
        resume: results that lie there are a stopped run's, and are looked at one by one.
        unpack: pages of archives become loose files, not an archive of the same kind.
        single: whether `out` may be a file of its own; default: where one item was named. Several pages of one file
            then go to OUT-1.png and so on.
        format: of results in folders and archives: an ending of `image.WRITES` without its dot, or "input" for the
            item's own (PNG where senga does not write that); default: PNG.

    Raises:
        SettingError: no such format, or another one than a file's that was named.
        SengaError: what would overwrite, collide, or cannot be made.
    """
    known = (*image.WRITES, *more)
    check_format(format)
    ending = storage.ending(out)
    is_folder = out != "-" and (storage.names_folder(out) or storage.is_folder(out))
    alone = len(items) == 1 and not items[0].archive if single is None else single
    if out == "-" or (alone and not is_folder and ending in known):
        if out == "-":
            items = _one_for_stdout(items, names, alone=alone)
        _check_named(format, out)
        if out != "-":
            storage.refuse_homeless(out)
        tasks = [_alone(item, out, names) for item in items]
        _refuse(tasks, storage.exists, force=force, resume=False)
        return Plan(tuple(tasks), None)
    if ending in archives.ENDINGS and not is_folder:
        several = len({item.archive for item in items}) > 1
        insides = _insides(items, out, names, [(out, several)] * len(items), format)
        tasks = [_staged(item, out, inside, names) for item, inside in zip(items, insides, strict=True)]
        _refuse(tasks, storage.exists, force=force, resume=resume)
        storage.make_folder(storage.parent(out))
        return Plan(tuple(tasks), _beside(out, f".{storage.base(out)}{NAME}"))
    if alone and ending and not is_folder:
        raise SengaError(f"{out}: unknown ending '{ending}'; known: {', '.join(known)}; a folder is given as '{out}/'")
    if not is_folder and storage.exists(out):
        raise SengaError(f"{out}: is a file; several pictures need a folder")
    if not is_folder and (ending in NOT_FOLDERS or ending in known):
        known = archives.ENDINGS
        raise SengaError(f"{out}: no folder by its ending; give one ('{out}/' is), or an archive ({', '.join(known)})")
    books = {i.archive: i.book for i in items if storage.ending(i.book) in archives.ENDINGS and not unpack}
    packs = each_apart(books, told_apart(out, books.values()), books.__getitem__)
    places = [(storage.join(out, packs[i.archive]), False) if i.archive in packs else (out, True) for i in items]
    tasks = []
    for item, inside, (place, loose) in zip(items, _insides(items, out, names, places, format), places, strict=True):
        target = storage.join(out, inside)
        tasks.append(Task(item, target, _files(target, names)) if loose else _staged(item, place, inside, names))
    _refuse(tasks, _looked_for(out), force=force, resume=resume)
    storage.make_folder(out)
    worth = resume or len(tasks) >= FEW or any(t.pack for t in tasks)
    return Plan(tuple(tasks), storage.join(out, NAME) if worth else None)


def _one_for_stdout(items: Sequence[Item], names: Names, *, alone: bool) -> Sequence[Item]:
    """The one item that goes to stdout.

    Raises:
        SengaError: there are several, which are not pages of one file.
    """
    if (len(items) != 1 and not alone) or list(names("a.png")) != ["a.png"]:
        raise SengaError("-o -: stdout takes one picture; give a folder for several")
    if len(items) > 1:
        log.warning("%s: stdout takes one picture; the other %d are left out", items[0].place, len(items) - 1)
    return items[:1]


def _alone(item: Item, out: str, names: Names) -> Task:
    """A named file's result in a file that is named too."""
    if out == "-":
        return Task(item, out, (), folders=False)
    if item.page and item.name != item.whole:
        added = PurePosixPath(item.name).stem.removeprefix(PurePosixPath(item.whole).stem)
        ending = PurePosixPath(storage.base(out)).suffix
        out = storage.join(storage.parent(out), storage.base(out).removesuffix(ending) + added + ending)
    return Task(item, out, _files(out, names), folders=False)


def _files(target: str, names: Names) -> tuple[str, ...]:
    """All files of a target; verbs know names alone, not where they stand."""
    folder = storage.parent(target)
    return tuple(storage.join(folder, name) for name in names(storage.base(target)))


def stage_of(pack: str) -> str:
    """The folder that the pages of an archive lie in until all are done."""
    return _beside(pack, storage.base(pack) + STAGE)


def _beside(file: str, name: str) -> str:
    return storage.join(storage.parent(file), name if storage.is_remote(file) else storage.fitting(name))


def _staged(item: Item, pack: str, inside: str, names: Names) -> Task:
    target = storage.join(stage_of(pack), inside)
    return Task(item, target, _files(target, names), pack, inside)


def check_format(format: str | None) -> None:
    """Refuses a format that is not written.

    Raises:
        SettingError: it is not.
    """
    if format is not None and format != INPUT and f".{format}" not in image.WRITES:
        known = ", ".join([INPUT, *(ending[1:] for ending in image.WRITES)])
        raise SettingError("{format} {given}: unknown; known: {all}", given=format, all=known)


def _check_named(format: str | None, out: str) -> None:
    own = "PNG" if out == "-" else image.WRITES.get(storage.ending(out))
    if format is not None and (format == INPUT or image.WRITES[f".{format}"] != own):
        said = "{format} goes with folders and archives: {out_} says its own; leave it out"
        raise SettingError(said, out_="stdout, which is PNG," if out == "-" else out)


def archive_folder(item: Item, name: str) -> str:
    """The folder that stands for its archive in the name of a page or of its result."""
    return str(PurePosixPath(*PurePosixPath(name).parts[: len(PurePosixPath(item.book).parts)]))


def _insides(
    items: Sequence[Item], out: str, names: Names, places: Sequence[tuple[str, bool]], format: str | None
) -> list[str]:
    """The results' names in their folders or archives.

    Args:
        places: for each item its folder or archive, and whether archives have folders of their own in it.
    """
    wanted = [_inside(item, format, within=within) for item, (_, within) in zip(items, places, strict=True)]
    alike = told_apart(out, wanted)
    tops = {item.archive: archive_folder(item, item.name) for item in items if item.archive}
    # Two archives of one name must not become one folder, whose pages nobody could tell apart.
    own = each_apart(tops, alike, tops.__getitem__) if any(within for _, within in places) else {}
    wishes = []
    for item, inside, (place, within) in zip(items, wanted, places, strict=True):
        if item.archive and within:
            inside = str(PurePosixPath(own[item.archive], PurePosixPath(inside).relative_to(tops[item.archive])))
        wishes.append(Wish(item, place, inside))
    return set_apart(wishes, names, alike)


def _inside(item: Item, format: str | None, *, within: bool) -> str:
    """The result's name in a folder or archive; of pages `within` the archive's own folder or without it."""
    name = PurePosixPath(item.name)
    if item.archive and not within:
        name = PurePosixPath(*name.parts[len(PurePosixPath(item.book).parts) :])
    ending = f".{format or 'png'}"
    if format == INPUT:
        ending = name.suffix if name.suffix.lower() in image.WRITES else ".png"
    return str(name.with_name(f"{name.stem}{ending}"))


def _looked_for(out: str) -> Callable[[str], bool]:
    """Whether a file is there; object storage is asked once for all of them."""
    if not storage.is_remote(out):
        return storage.exists
    there = {storage.join(out, name) for name in storage.find(out)}
    return there.__contains__


def _refuse(tasks: Sequence[Task], exists: Callable[[str], bool], *, force: bool, resume: bool) -> None:
    """Raises for results that would be written over each other, over a source, or over what lies there."""
    seen: dict[str, Task] = {}
    for task in tasks:
        for file in task.files or (task.target,):
            other = seen.get(file)
            if other is not None:
                raise SengaError(
                    f"{task.item.place}: would be written over {other.item.place}'s result {file}; rename one"
                )
            seen[file] = task
            there = file != "-" and exists(file)
            if there and storage.same(task.item.file, file):
                raise SengaError(f"{task.item.file}: would be overwritten by its own result; give another name")
            if there and not (force or resume):
                raise SengaError(f"{file}: exists; give another name, or --force to overwrite it")
    for archive in {task.pack for task in tasks if task.pack}:
        there = exists(archive)
        if there and any(storage.same(t.item.file, archive) for t in tasks):
            raise SengaError(f"{archive}: would be overwritten by its own result; give another name")
        if there and not (force or resume):
            raise SengaError(f"{archive}: exists; give another name, or --force to overwrite it")
