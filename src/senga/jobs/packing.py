"""Archives out of the pages that a run made: packed when all of their pages are done."""

import shutil
import tempfile
from pathlib import Path

from senga import storage
from senga.errors import SengaError
from senga.inputs import archives, pdf
from senga.jobs.ledger import Entry, Ledger, digest
from senga.jobs.targets import Plan, Task, archive_folder, stage_of
from senga.jobs.tasks import Outcome, stands


def packed_before(plan: Plan, ledger: Ledger, asked: str) -> set[str]:
    """The archives that an earlier run made of the same sources by the same work, and that are as they were."""
    done = set()
    for pack, tasks in plan.packs().items():
        proofs = ledger.proofs(pack, asked)
        if proofs and proofs[0] == _sources(tasks) and stands(proofs[1]):
            done.add(pack)
    return done


def pack_all(
    plan: Plan,
    outcomes: dict[str, Outcome],
    finished: set[str],
    ledger: Ledger | None,
    asked: str,
    *,
    force: bool,
    resume: bool,
) -> tuple[list[str], list[tuple[str, str]]]:
    """Packs the archives of a plan.

    Args:
        plan: of the run. outcomes: by target. finished: archives that need nothing. ledger: of the run.
        asked: fingerprint of the work. force: overwrite. resume: overwrite what an earlier run made.

    Returns:
        Those that were packed, and those that were not with the reason.
    """
    packed, unpacked = [], []
    for pack, tasks in plan.packs().items():
        if pack in finished:
            continue
        missing = [t for t in tasks if t.target not in outcomes or outcomes[t.target].status == "failed"]
        if missing:
            unpacked.append((pack, f"{len(missing)} of its {len(tasks)} pages are missing"))
            continue
        stage = stage_of(pack)
        names = [(storage.relative(f, stage), f) for task in tasks for f in outcomes[task.target].files]
        known = {name for name, _ in names}
        try:
            files: list[tuple[str, Path | bytes]] = [(n, _page(f)) for n, f in names]
            files += [one for one in _others(tasks) if one[0] not in known]
            own = resume and ledger is not None and ledger.own(pack)
            _pack(pack, files, force=force or own)
        except SengaError as error:
            unpacked.append((pack, str(error)))
            continue
        if ledger:
            ledger.add(Entry(pack, _sources(tasks), asked, {pack: storage.digest(pack)}))
        packed.append(pack)
        if storage.is_remote(stage):
            storage.remove(stage)
        else:
            shutil.rmtree(stage, ignore_errors=True)
    return packed, unpacked


def _page(file: str) -> Path | bytes:
    """What is packed under a page's name; a file here is read when its turn comes."""
    return storage.read(file) if storage.is_remote(file) else Path(file)


def _pack(target: str, files: list[tuple[str, Path | bytes]], *, force: bool) -> None:
    if not storage.is_remote(target):
        archives.pack(Path(target), files, force=force)
        return
    if not force and storage.exists(target):
        raise SengaError(f"{target}: exists; give another name, or --force to overwrite it")
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / storage.base(target)
        archives.pack(made, files)
        storage.send(made, target)


def _sources(tasks: list[Task]) -> str:
    """One digest of all sources of an archive; of pages in an archive, of that archive itself."""
    known = [storage.digest(file) for file in dict.fromkeys(t.item.file for t in tasks)]
    return digest("".join([*known, *(t.inside for t in tasks)]).encode(errors="backslashreplace"))


def _others(tasks: list[Task]) -> list[tuple[str, Path | bytes]]:
    """What else is in the archives that the pages came from, such as ComicInfo.xml."""
    pages = {(t.item.file, t.item.member) for t in tasks}
    found: list[tuple[str, Path | bytes]] = []
    tops = {t.item.archive: archive_folder(t.item, t.inside) for t in tasks if t.item.archive}
    for file, top in tops.items():
        if storage.ending(file) == pdf.ENDING:
            continue
        for name in archives.members(file):
            if (file, name) not in pages and not name.split("/")[-1].startswith("."):
                # Of several archives each keeps its own under its own folder, as its pages are.
                found.append((f"{top}/{name}" if len(tops) > 1 else name, archives.read_member(file, name)))
    return found
