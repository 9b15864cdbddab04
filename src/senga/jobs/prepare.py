"""From sources and a target to a plan: all that is refused before any work is refused here, for every caller."""

from collections.abc import Sequence

from senga.inputs.archives import is_archive
from senga.inputs.item import find_items
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
    items = find_items(sources, work.READS)
    one = len(sources) == 1 and len(items) == 1 and items[0].file == sources[0]
    single = one and not is_archive(sources[0])
    return plan(
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
