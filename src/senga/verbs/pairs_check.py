"""The verb `pairs check`."""

from pathlib import Path
from typing import Annotated

import typer

from senga.verbs.progress import progress_bar


def pairs_check(
    folder: Annotated[Path, typer.Argument(help="Folder of a pair set.")],
    drop: Annotated[bool, typer.Option("--drop", help="Take the pairs that were found out of the manifest.")] = False,
) -> None:
    """Find pairs that would teach nonsense: blank, gray, tinted, lettered, shifted, too small, duplicate."""
    from collections import Counter

    from senga.pairs.check import check_pairs
    from senga.pairs.check import drop as drop_pairs
    from senga.pairs.pairset import PairSet

    pairs = PairSet.open(folder)
    with progress_bar("pairs") as bar:
        task = bar.add_task("", total=len(pairs.pairs))
        findings = check_pairs(pairs, report=lambda done, total: bar.update(task, completed=done))
    for finding in findings:
        typer.echo(f"{finding.color}: {finding.kind}: {finding.text}")
    counts = Counter(f.kind for f in findings)
    said = ", ".join(f"{count} {kind}" for kind, count in counts.most_common()) or "nothing found"
    typer.echo(f"{folder}: {len(pairs.pairs)} pairs: {said}")
    if drop and findings:
        kept = drop_pairs(pairs, findings)
        typer.echo(f"{folder}: {len(pairs.pairs) - len(kept.pairs)} pairs taken out of the manifest; files are kept")
