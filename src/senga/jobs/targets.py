"""Where results go: a file, a folder whose layout is the sources', an archive; what is refused before any work."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from senga import image
from senga.errors import SengaError
from senga.jobs import archives
from senga.jobs.items import Item
from senga.jobs.ledger import NAME

STAGE = ".parts"
"""End of the folder that an archive's pages lie in until all are done."""

FEW = 8
"""With fewer tasks than this one process does them, and no ledger is kept: they are soon done again. Ours."""

Names = Callable[[str], Sequence[str]]
"""The files that a verb writes for a target."""


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
    """

    tasks: tuple[Task, ...]
    ledger: Path | None

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
) -> Plan:
    """Where each item's result goes; folders that are missing are made.

    Args:
        items: from `find_items`. out: file; folder; archive; "-" is stdout.
        names: all files that the verb writes for a target. more: endings it writes besides those of pictures.
        force: overwrite existing files, but never a source.
        resume: results that lie there are a stopped run's, and are looked at one by one.
        unpack: pages of archives become loose files, not an archive of the same kind.
        single: whether `out` may be a file of its own; default: where one item was named.

    Raises:
        SengaError: what would overwrite, collide, or cannot be made.
    """
    known = (*image.WRITES, *more)
    ending = Path(out).suffix.lower()
    is_folder = Path(out).is_dir()
    alone = len(items) == 1 and not items[0].archive if single is None else single
    if out == "-" or (alone and not is_folder and ending in known):
        if len(items) != 1 or (out == "-" and list(names("a.png")) != ["a.png"]):
            raise SengaError("-o -: stdout takes one picture; give a folder for several")
        tasks = [Task(items[0], out, tuple(names(out)) if out != "-" else (), folders=False)]
        _refuse(tasks, force=force, resume=False)
        return Plan(tuple(tasks), None)
    if ending in archives.ENDINGS and not is_folder:
        several = len({item.archive for item in items}) > 1
        tasks = [_staged(item, out, _inside(item, within=several), names) for item in items]
        _refuse(tasks, force=force, resume=resume)
        _make(Path(out).parent)
        return Plan(tuple(tasks), Path(out).with_name(f".{Path(out).name}{NAME}"))
    if alone and ending and not is_folder:
        raise SengaError(f"{out}: unknown ending '{Path(out).suffix}'; known: {', '.join(known)}")
    if Path(out).exists() and not is_folder:
        raise SengaError(f"{out}: is a file; several pictures need a folder")
    tasks = []
    for item in items:
        if Path(item.archive).suffix.lower() in archives.ENDINGS and not unpack:
            tasks.append(_staged(item, str(Path(out) / Path(item.archive).name), _inside(item, within=False), names))
        else:
            target = str(Path(out) / _inside(item, within=True))
            tasks.append(Task(item, target, tuple(names(target))))
    _refuse(tasks, force=force, resume=resume)
    _make(Path(out))
    worth = resume or len(tasks) >= FEW or any(t.pack for t in tasks)
    return Plan(tuple(tasks), Path(out) / NAME if worth else None)


def _staged(item: Item, pack: str, inside: str, names: Names) -> Task:
    target = str(Path(pack + STAGE) / inside)
    return Task(item, target, tuple(names(target)), pack, inside)


def _inside(item: Item, *, within: bool) -> str:
    """The result's name in a folder or archive; of pages `within` the archive's own folder or without it."""
    name = PurePosixPath(item.name)
    if item.archive and not within:
        name = PurePosixPath(*name.parts[1:])
    return str(name.with_name(f"{name.stem}.png"))


def _refuse(tasks: Sequence[Task], *, force: bool, resume: bool) -> None:
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
            there = file != "-" and Path(file).exists()
            source = task.item.file
            if there and source != "-" and Path(source).exists() and Path(source).samefile(file):
                raise SengaError(f"{source}: would be overwritten by its own result; give another name")
            if there and not (force or resume):
                raise SengaError(f"{file}: exists; give another name, or --force to overwrite it")
    for archive in {task.pack for task in tasks if task.pack}:
        there = Path(archive).exists()
        if there and any(Path(t.item.file).exists() and Path(t.item.file).samefile(archive) for t in tasks):
            raise SengaError(f"{archive}: would be overwritten by its own result; give another name")
        if there and not (force or resume):
            raise SengaError(f"{archive}: exists; give another name, or --force to overwrite it")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SengaError(f"{folder}: cannot be made a folder: {error.strerror}") from error
