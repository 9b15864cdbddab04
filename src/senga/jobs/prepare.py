"""From sources and a target to a plan: all that is refused before any work is refused here, for every caller."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from senga import image, storage
from senga.errors import SengaError, SettingError
from senga.inputs.archives import is_archive
from senga.inputs.item import ENDINGS, find_items, is_picture
from senga.inputs.passed import Passed
from senga.jobs.targets import Plan, plan
from senga.jobs.work import Work


def prepare(
    work: Work,
    sources: Sequence[str],
    out: str,
    *,
    force: bool = False,
    resume: bool = False,
    unpack: bool = False,
    format: str | None = None,
) -> Plan:
    """The plan of a work, as `engine.run` takes it.

    Args:
        work: what is to be done.
        sources: files, folders, patterns, archives, URLs; "-" is stdin.
        out: file, folder, archive or URL; "-" is stdout.
        force, resume, unpack, format: as `targets.plan` takes them.

    Raises:
        SengaError: sources and target that do not go with the work, or that `find_items` or `targets.plan` refuses.
    """
    work.check(sources, out)
    passed = Passed()
    items = find_items(sources, work.READS, apart=[out], passed=passed)
    own = len(sources) == 1 and all(item.file == sources[0] and not item.member for item in items)
    single = own and (is_picture(sources[0], (*ENDINGS, *work.READS)) or not is_archive(sources[0]))
    planned = plan(
        items,
        out,
        names=work.names,
        more=work.WRITES,
        force=force,
        resume=resume,
        unpack=unpack,
        single=single,
        format=format,
    )
    _refuse_own_folder(sources, out)
    if work.clear:
        for task in planned.tasks:
            _check_clear(work.clear, task.target)
    return dataclasses.replace(planned, passed=passed)


def _check_clear(setting: str, target: str) -> None:
    """Refuses a result on a transparent ground in a format that has none.

    Raises:
        SettingError: it would be laid on white.
    """
    if image.WRITES.get(storage.ending(target)) in image.OPAQUE:
        said = f"{{{setting}}}: {{target}} holds nothing transparent; write PNG, WebP or TIFF"
        raise SettingError(said, target=target)


def _refuse_own_folder(sources: Sequence[str], out: str) -> None:
    """Raises where results would lie among their sources, to be taken for such the next time."""
    if out == "-" or storage.is_remote(out) or not storage.is_folder(out):
        return
    for source in sources:
        if source != "-" and not storage.is_remote(source) and storage.is_folder(source) and Path(source).samefile(out):
            raise SengaError(f"{out}: is the folder of pictures itself; give another folder, as '{Path(out, 'out')}'")
