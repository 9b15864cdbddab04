"""Archives of pages: zip and tar, and the comic books that are named after them; PDF files, to be read alone."""

import io
import tarfile
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path, PurePosixPath

from senga import storage
from senga.errors import SengaError
from senga.inputs import kinds, pdf
from senga.inputs.membernames import KeptName, leads_out
from senga.inputs.readers import reader

ZIPS, TARS = (".zip", ".cbz"), (".tar", ".cbt")
ENDINGS = (*ZIPS, *TARS)
"""File endings of archives that are written."""

COMICS = (".cbz", ".cbt", ".cbr", ".cb7", ".cba")
"""Endings of comics, which are ZIP, tar, RAR, 7z or ACE, and often not the one that they say."""

ALL = (*COMICS, *ZIPS, *TARS, ".epub", pdf.ENDING, ".tgz", ".tbz2", ".txz", ".rar", ".7z")
"""Endings by which a file is taken for an archive, whatever it is; which kind, its first bytes say."""

STAGE = ".parts"
"""End of the folder that an archive's pages lie in until all are done."""

OTHERS = (
    *(".ora", ".kra", ".krz", ".procreate", ".senga", ".npz", ".whl", ".jar"),
    *(".docx", ".xlsx", ".pptx", ".odt", ".odg", ".odp"),
)
"""Endings of files that are ZIP inside, and no archives of pages."""

MOST = 1 << 30
"""Largest member that is read, bytes."""


def is_archive(path: str | Path) -> bool:
    """Whether a name is an archive's; of a file here without a known ending, whether its first bytes are."""
    ending = storage.ending(str(path))
    if ending in ALL or storage.base(str(path)).lower().endswith((".tar.gz", ".tar.bz2", ".tar.xz")):
        return True
    if ending in OTHERS or storage.is_remote(path) or not storage.is_file(path):
        return False
    try:
        return kinds.kind_of(str(path)) in (kinds.ZIP, kinds.TAR, kinds.PDF, *kinds.FOREIGN)
    except (SengaError, OSError):
        return False


def written_as(file: str, name: str) -> str:
    """What an archive of such a name comes back as: ZIP and tar by an ending of theirs, others by their own.

    >>> written_as("sub/book.cbz", "sub/book.cbz")
    'sub/book.cbz'
    """
    kind = "" if storage.ending(file) in ENDINGS else _kind(file)
    if kind not in (kinds.ZIP, kinds.TAR):
        return name
    comic = storage.ending(file) in (*COMICS, ".epub")
    ending = (".cbz" if comic else ".zip") if kind == kinds.ZIP else (".cbt" if comic else ".tar")
    path = PurePosixPath(name.removesuffix(PurePosixPath(name).suffix))
    return str(path.with_suffix(ending) if path.suffix == ".tar" else path.with_name(path.name + ending))


def members(file: str) -> list[str]:
    """Names of the files in an archive, in its order.

    Raises:
        SengaError: not an archive, broken, of a kind that is not read, or with names that lead out of it.
    """
    kind = _kind(file)
    if kind in kinds.FOREIGN:
        mend = "save it as .cbz" if storage.ending(file) not in ENDINGS else "unpack it, and pack its pages as a ZIP"
        raise SengaError(f"{file}: a {kind} archive{_named(file, kind)}, which senga does not read; {mend}")
    if kind == kinds.PDF:
        return pdf.pages(file)
    if kind not in (kinds.ZIP, kinds.TAR):
        what = f"a broken archive ({f'a {kind}' if kind else 'neither ZIP nor tar'}{_named(file, kind)})"
        raise SengaError(f"{file}: {what if kind != 'empty file' else 'an empty file'}; pack it again")
    try:
        names = reader(file, kind).names
    except Exception as error:  # both readers raise errors of many kinds on broken data
        raise SengaError(f"{file}: a broken archive ({_reason(error)}); pack it again") from error
    for name in names:
        if leads_out(name):
            raise SengaError(f"{file}: holds a file named {name!r}, which leads out of it; pack it again")
    return names


def read_member(file: str, name: str) -> bytes:
    """Content of one file in an archive.

    Raises:
        SengaError: missing, broken, encrypted or too large.
    """
    place = f"{file}:{name}"
    kind = _kind(file)
    if kind == kinds.PDF:
        return pdf.page(file, name)
    try:
        return reader(file, kind).read(name, MOST)
    except SengaError as error:
        raise SengaError(f"{place}: {error}") from error
    except Exception as error:  # as above; an encrypted member is a RuntimeError
        raise SengaError(f"{place}: cannot be read from its archive ({_reason(error)}); pack it again") from error


def may_go_on(file: str) -> bool:
    """Whether an archive, whose `members` were read, ends as if it had been cut off between two of its files."""
    kind = _kind(file)
    return kind == kinds.TAR and not reader(file, kind).ended


def heads(file: str, names: Iterable[str], size: int) -> dict[str, bytes]:
    """The first bytes of some files in an archive, which is opened but once; those that cannot be read are left out."""
    wanted = set(names)
    found: dict[str, bytes] = {}
    with suppress(Exception):  # what is broken is told when it is worked on
        kind = _kind(file)
        if kind in (kinds.ZIP, kinds.TAR):
            opened = reader(file, kind)
            for name in (name for name in opened.names if name in wanted):
                with suppress(Exception):
                    found[name] = opened.head(name, size)
    return found


def pack(target: Path, files: Iterable[tuple[str, Path | bytes]], *, force: bool = False) -> None:
    """Writes an archive whole or not at all; the same files make the same archive, byte for byte.

    Args:
        target: its ending says the kind. files: names inside, and files or contents, in order.
        force: overwrite it.

    Raises:
        SengaError: as `storage.writing`.
    """
    with storage.writing(target, force=force) as out:
        if target.suffix.lower() in ZIPS:
            with zipfile.ZipFile(out, "w") as made:
                for name, content in files:
                    # Pictures are packed already; dated 1980, so that the same pages are the same archive.
                    one = KeptName(name)
                    one.external_attr, one.create_system = 0o644 << 16, 3
                    with made.open(one, "w", force_zip64=True) as inside:
                        inside.write(content if isinstance(content, bytes) else content.read_bytes())
            return
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT, encoding="utf-8") as made_tar:
            for name, content in files:
                data = content if isinstance(content, bytes) else content.read_bytes()
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode = len(data), 0o644
                made_tar.addfile(entry, io.BytesIO(data))


def _kind(file: str) -> str:
    """`kinds.kind_of`, asked once of what is far away; what may be a PDF is one. Raises SengaError."""
    try:
        kind = _remote_kind(file) if storage.is_remote(file) else kinds.kind_of(file)
        return kind or (kinds.PDF if storage.ending(file) == pdf.ENDING else "")
    except OSError as error:
        raise SengaError(f"{file}: cannot be read: {error.strerror or error}") from error


_remote_kind = lru_cache(maxsize=64)(kinds.kind_of)


def _named(file: str, kind: str) -> str:
    """How an archive is named that is not what it is named."""
    ending = storage.ending(file)
    return "" if ending in kinds.OWN_ENDINGS.get(kind, ()) else f", named {ending}" if ending else ""


def _reason(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
