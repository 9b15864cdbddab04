"""Archives of pages: zip and tar, and the comic books that are named after them; PDF files, to be read alone."""

import io
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from senga import storage
from senga.errors import SengaError
from senga.inputs import pdf
from senga.inputs.membernames import KeptName, leads_out, open_zip, read_zipped, tar_names, zip_names

ZIPS, TARS = (".zip", ".cbz"), (".tar", ".cbt")
ENDINGS = (*ZIPS, *TARS)
"""File endings of archives that are read and written."""

FOREIGN = {".cbr": "RAR", ".rar": "RAR", ".cb7": "7z", ".7z": "7z"}
"""Archives that are known by name and not read."""

MOST = 1 << 30
"""Largest member that is read, bytes."""


def is_archive(path: str | Path) -> bool:
    """Whether a name is an archive's, of those that are read and those that are known not to be."""
    return storage.ending(str(path)) in (*ENDINGS, *FOREIGN, pdf.ENDING)


def members(file: str) -> list[str]:
    """Names of the files in an archive, in its order.

    Raises:
        SengaError: not an archive, broken, of a kind that is not read, or with names that lead out of it.
    """
    kind = FOREIGN.get(storage.ending(file))
    if kind:
        raise SengaError(f"{file}: a {kind} archive, which senga does not read; save it as .cbz")
    if storage.ending(file) == pdf.ENDING:
        return pdf.pages(file)
    try:
        if storage.ending(file) in ZIPS:
            with storage.opened(file) as content, open_zip(content) as pack:
                names = list(zip_names(pack))
        else:
            with storage.opened(file) as content, _open_tar(content) as pack:
                names = list(tar_names(pack))
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
    if storage.ending(file) == pdf.ENDING:
        return pdf.page(file, name)
    try:
        if storage.ending(file) in ZIPS:
            with storage.opened(file) as stream, open_zip(stream) as pack:
                entry = zip_names(pack)[name]
                if entry.file_size > MOST:
                    raise SengaError(f"{place}: too large: more than {MOST >> 20} MB")
                return read_zipped(pack, entry)
        with storage.opened(file) as stream, _open_tar(stream) as pack:
            member = tar_names(pack)[name]
            if member.size > MOST:
                raise SengaError(f"{place}: too large: more than {MOST >> 20} MB")
            content = pack.extractfile(member)
            if content is None:
                raise SengaError(f"{place}: not a file")
            return content.read()
    except SengaError:
        raise
    except Exception as error:  # as above; an encrypted member is a RuntimeError
        raise SengaError(f"{place}: cannot be read from its archive ({_reason(error)}); pack it again") from error


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


def _open_tar(file: IO[bytes]) -> tarfile.TarFile:
    return tarfile.open(fileobj=file, encoding="utf-8", errors="surrogateescape")


def _reason(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
