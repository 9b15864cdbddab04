"""What verbs share that write a result for each source: where results go, what is refused, what is told."""

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from senga.errors import SengaError

Force = Annotated[bool, typer.Option("--force", help="Overwrite existing files.")]
Threads = Annotated[int | None, typer.Option(help="Processor threads; default: all.", min=1)]
Model = Annotated[Path | None, typer.Option(help="Model file; default: the one that ships with senga.")]


def find_targets(
    sources: Sequence[str], out: str, force: bool, copies: int = 0, more: Iterable[str] = ()
) -> list[tuple[str, str]]:
    """(source, target) for each source; refuses what would overwrite, before any work is done.

    Args:
        sources: files; "-" is stdin.
        out: file, or folder for several sources; "-" is stdout.
        force: overwrite existing files, but never a source.
        copies: results of each source, written to `numbered` names; 0: one, to the target itself.
        more: file endings that the verb writes besides those of pictures.
    """
    from senga import image

    known = (*image.WRITES, *more)
    single = len(sources) == 1 and not Path(out).is_dir() and Path(out).suffix.lower() in known
    if out == "-" or single:
        if len(sources) != 1 or (out == "-" and copies):
            raise SengaError("-o -: stdout takes one picture; give a folder for several")
        pairs = [(sources[0], out)]
    else:
        if len(sources) == 1 and Path(out).suffix and not Path(out).is_dir():
            raise SengaError(f"{out}: unknown ending '{Path(out).suffix}'; known: {', '.join(known)}")
        if Path(out).exists() and not Path(out).is_dir():
            raise SengaError(f"{out}: is a file; several pictures need a folder")
        pairs = [(s, str(Path(out) / f"{'stdin' if s == '-' else Path(s).stem}.png")) for s in sources]
    seen: dict[str, str] = {}
    for source, target in pairs:
        for file in numbered(target, copies) if copies else [target]:
            if file in seen:
                raise SengaError(f"{source}: would be written over {seen[file]}'s result {file}; rename one")
            seen[file] = source
            refuse_existing(file, force)
            both = file != "-" and source != "-" and Path(source).exists() and Path(file).exists()
            if both and Path(source).samefile(file):
                raise SengaError(f"{source}: would be overwritten by its own result; give another name")
    if pairs and pairs[0][1] != "-" and not single:
        try:
            Path(out).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SengaError(f"{out}: cannot be made a folder: {error.strerror}") from error
    return pairs


def numbered(target: str, count: int) -> list[str]:
    """The names of several results of one source.

    >>> numbered("a.png", 2)
    ['a-1.png', 'a-2.png']
    """
    path = Path(target)
    return [str(path.with_name(f"{path.stem}-{i}{path.suffix}")) for i in range(1, count + 1)]


def refuse_existing(file: str | Path, force: bool) -> None:
    """Raises where a file would be overwritten without `force`; "-" is stdout."""
    if str(file) != "-" and not force and Path(file).exists():
        raise SengaError(f"{file}: exists; give another name, or --force to overwrite it")


def for_each(targets: Sequence[tuple[str, str]], work: Callable[[str, str], Sequence[str] | None]) -> None:
    """Does `work(source, target)` for each; a failure is told and does not stop the others.

    What was written is told: the files that the work answers with, or the target where it answers None.
    """
    failed = 0
    for source, target in targets:
        try:
            written = work(source, target)
        except SengaError as error:
            failed += 1
            typer.echo(f"senga: {error}", err=True)
            continue
        for file in [target] if written is None else written:
            if file != "-":
                typer.echo(file)
    if failed:
        sys.exit(2)


def check_svg(targets: Sequence[tuple[str, str]], svg: bool, force: bool) -> None:
    """Refuses what an SVG would overwrite, before any work is done."""
    for _, target in targets if svg else ():
        if target == "-":
            raise SengaError("--svg writes a file beside the result; give -o a file, not stdout")
        refuse_existing(Path(target).with_suffix(".svg"), force)
