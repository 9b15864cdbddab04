"""Files here and, by URL, in object storage: s3://bucket/folder, gs://, az://, sftp://, whatever fsspec knows.

Names of files here are paths, as the system has them; URLs have "/" between folders on every system. A file appears
at its place whole or not at all: `write`, `write_new` and `writing` are the one way to put it there.
"""

import hashlib
import os
import posixpath
import re
import sys
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from senga import extras
from senga.errors import SengaError

CHUNK = 1 << 20
"""Bytes read at once."""

WINDOWS = os.name == "nt"
"""Whether names are as Windows has them."""

LONGEST = 255
"""Longest part of a path, as `size_of_name` counts: the limit of ext4, APFS and NTFS."""

PART = ".senga-"
"""How names of files begin that are not whole yet."""


def is_remote(place: str | Path) -> bool:
    """Whether a name is a URL.

    >>> is_remote("s3://drawings/a.png"), is_remote("C:/drawings/a.png"), is_remote("-")
    (True, False, False)
    """
    scheme, found, _ = str(place).partition("://")
    return bool(found) and scheme.replace("+", "").isalnum()


def join(place: str, *names: str) -> str:
    """A name in a folder.

    >>> join("s3://drawings/", "ch1/a.png")
    's3://drawings/ch1/a.png'
    """
    if is_remote(place):
        return posixpath.join(place.rstrip("/") if names else place, *names)
    return str(Path(place, *names))


def parent(place: str) -> str:
    """The folder that a name stands in.

    >>> parent("s3://drawings/ch1/a.png")
    's3://drawings/ch1'
    """
    return place.rpartition("/")[0] if is_remote(place) else str(Path(place).parent)


def base(place: str) -> str:
    """The last part of a name.

    >>> base("s3://drawings/ch1/a.png")
    'a.png'
    """
    return place.rstrip("/").rpartition("/")[2] if is_remote(place) else Path(place).name


def ending(place: str) -> str:
    """The ending of a name in small letters, with its dot; "" for none.

    >>> ending("s3://drawings/BOOK.CBZ")
    '.cbz'
    """
    return Path(base(place)).suffix.lower()


def relative(place: str, folder: str) -> str:
    """A name as it is called from a folder, "/" between folders.

    >>> relative("s3://drawings/ch1/a.png", "s3://drawings")
    'ch1/a.png'
    """
    if is_remote(place):
        return place.removeprefix(folder.rstrip("/") + "/")
    return Path(os.path.relpath(place, folder)).as_posix()


def exists(place: str) -> bool:
    """Whether anything is there; under a name that no file can have nothing is."""
    if not is_remote(place):
        try:
            return Path(place).exists()
        except (OSError, ValueError):
            return False
    system, path = _system(place)
    with _told(place, "looked for"):
        return bool(system.exists(path))


def is_folder(place: str) -> bool:
    """Whether a folder is there; in object storage, whether anything lies below that name."""
    if not is_remote(place):
        try:
            return Path(place).is_dir()
        except (OSError, ValueError):
            return False
    system, path = _system(place)
    with _told(place, "looked for"):
        return bool(system.isdir(path))


def is_file(path: str | Path) -> bool:
    """Whether a file is there, on a disk; a name that no file can have is none."""
    try:
        return Path(path).is_file()
    except (OSError, ValueError):
        return False


def names_folder(place: str) -> bool:
    """Whether a name says that it is a folder's: it ends as one.

    >>> names_folder("Vol.1/"), names_folder("Vol.1")
    (True, False)
    """
    return place.endswith(("/", os.sep))


def find(folder: str) -> list[str]:
    """Names of all files below a remote folder, relative to it, sorted."""
    system, path = _system(folder)
    with _told(folder, "listed"):
        if not system.exists(path):
            return []
        found = system.find(path)
    root = path.rstrip("/") + "/"
    return sorted(f.removeprefix(root) for f in found if f.startswith(root))


def same(one: str, other: str) -> bool:
    """Whether two names mean one file, which is there; "-" means none."""
    if is_remote(one) or is_remote(other):
        return one == other
    return "-" not in (one, other) and exists(one) and exists(other) and Path(one).samefile(other)


def make_folder(folder: str) -> None:
    """Makes a folder and those it lies in; object storage needs none.

    Raises:
        SengaError: it cannot be made.
    """
    try:
        if is_remote(folder):
            system, path = _system(folder)
            system.makedirs(path, exist_ok=True)
        else:
            Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SengaError(f"{folder}: cannot be made a folder: {error.strerror or error}") from error


@contextmanager
def opened(place: str) -> Iterator[IO[bytes]]:
    """A file, to be read from any position.

    Raises:
        SengaError: a remote one that cannot be read. OSError: one here that cannot.
    """
    if not is_remote(place):
        with Path(place).open("rb") as file:
            yield file
        return
    system, path = _system(place)
    with _told(place, "read"):
        file = system.open(path, "rb")
    try:
        yield file
    finally:
        file.close()


def read(place: str) -> bytes:
    """A file's content. Raises as `opened`."""
    if not is_remote(place):
        return Path(place).read_bytes()
    system, path = _system(place)
    with _told(place, "read"):
        content: bytes = system.cat_file(path)
    return content


def read_stdin() -> bytes:
    """All that comes by stdin.

    Raises:
        SengaError: it is closed, or cannot be read.
    """
    if sys.stdin is None:
        raise SengaError("stdin: closed; give a file")
    try:
        return sys.stdin.buffer.read()
    except OSError as error:
        raise SengaError(f"stdin: cannot be read: {error.strerror or error}; give a file") from error


def write(place: str | Path, content: bytes) -> None:
    """Puts a content at a place, over what lies there.

    Raises:
        SengaError: it cannot be written.
    """
    if not is_remote(place):
        write_new(Path(place), content, force=True)
        return
    system, path = _system(str(place))
    with _told(str(place), "written"):
        if _whole_alone(system):
            system.pipe_file(path, content)
            return
        # Where a file grows as it is written, nobody may see it before it is whole.
        part = f"{posixpath.dirname(path)}/{_part()}"
        system.makedirs(posixpath.dirname(path), exist_ok=True)
        try:
            system.pipe_file(part, content)
            system.mv(part, path)
        except BaseException:
            if system.exists(part):
                system.rm_file(part)
            raise


def write_new(path: Path, content: bytes, *, force: bool = False, error: type[SengaError] = SengaError) -> None:
    """Puts a content at a place here, over what lies there only with `force`.

    Raises:
        SengaError: existing file without `force`, or a place that cannot be written; of the kind of `error`.
    """
    with writing(path, force=force, error=error) as file:
        file.write(content)


@contextmanager
def writing(path: Path, *, force: bool = False, error: type[SengaError] = SengaError) -> Iterator[IO[bytes]]:
    """A file, open to be written and to seek in, that becomes `path` when the block ends well and else is gone.

    Raises:
        SengaError: as `write_new`; a full disk inside the block too.
    """
    # Opened plainly, not by `tempfile`, so that the file gets the permissions that the person's umask says.
    part = path.parent / _part()
    try:
        if "\0" in str(path):
            raise OSError("a zero byte in the name")
        if path.exists() and not force:
            raise error(_existing(path))
        with part.open("xb") as file:
            yield file
        if force:
            part.replace(path)
        else:
            _rename_new(part, path, error)
    except OSError as found:
        raise error(f"{shown(path)}: cannot be written: {found.strerror or _reason(found)}") from found
    finally:
        with suppress(OSError, ValueError):
            part.unlink()


def _rename_new(part: Path, path: Path, error: type[SengaError]) -> None:
    """Renames without ever replacing a file that appeared meanwhile."""
    try:
        path.hardlink_to(part)
    except FileExistsError as found:
        raise error(_existing(path)) from found
    except OSError:  # a file system without hard links
        part.rename(path)


def refuse_existing(path: str | Path, *, force: bool = False) -> None:
    """Refuses a file that `write_new` would refuse in the end, before the work; "-" is stdout.

    Raises:
        SengaError: it exists, and is not to be overwritten by `force`; or its folder is not there.
    """
    if str(path) == "-":
        return
    if not force and exists(str(path)):
        raise SengaError(_existing(Path(path)))
    refuse_homeless(path)


def refuse_homeless(path: str | Path) -> None:
    """Refuses a file of which the folder is not there; object storage needs none.

    Raises:
        SengaError: it is not.
    """
    folder = parent(str(path))
    if not is_remote(path) and not is_folder(folder):
        raise SengaError(f"{shown(path)}: the folder {shown(folder)} is not there; make it first")


def _existing(path: Path) -> str:
    return f"{shown(path)}: exists; give another name, or --force to overwrite it"


def one_name(place: str) -> tuple[bool, bool]:
    """Whether names that differ by case alone, or by their Unicode normal form alone, are one file in a folder here.

    Args:
        place: the folder or what will lie below it; the nearest folder above it that is there is asked.
    """
    if is_remote(place):
        return False, False
    folder = Path(place).absolute()
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    asked = folder / f"{PART}{uuid.uuid4().hex}-\u00e9.part"
    try:
        asked.touch(exist_ok=False)
        try:
            upper = asked.with_name(f"{asked.stem.upper()}.part")
            return upper.exists(), asked.with_name(unicodedata.normalize("NFD", asked.name)).exists()
        finally:
            asked.unlink()
    except OSError:  # a folder that cannot be written to is told of when something is written
        return False, False


def size_of_name(name: str) -> int:
    """How long a name is as the system counts: bytes, or on Windows units of UTF-16."""
    # Half a surrogate pair is a byte of a name that is not UTF-8.
    return len(name.encode("utf-16-le", "surrogatepass")) // 2 if WINDOWS else len(name.encode(errors="replace"))


def fitting(name: str, longer: int = 0) -> str:
    """One part of a path as the system can have it: most often as it is.

    What is too long is cut before its ending, and told from others by a digest; what Windows forbids becomes "_" there.

    Args:
        name: the part. longer: by how much what is written under it is longer than it.
    """
    given = name
    if WINDOWS:
        name = re.sub(r'[<>:"|?*\\\x00-\x1f]', "_", name)
        name = re.sub(r"[. ]+$", "_", name)
        name = re.sub(r"(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(?=\.|$)", r"\1_", name)
    if size_of_name(name) + longer <= LONGEST:
        return encodable(name)
    told = f"~{hashlib.sha256(given.encode(errors='surrogatepass')).hexdigest()[:8]}{Path(name).suffix[:16]}"
    stem = name[:LONGEST]
    while size_of_name(stem + told) + longer > LONGEST and stem:
        stem = stem[:-1]
    return encodable(stem + told)


def encodable(name: str) -> str:
    """A name that the system's own encoding holds: where that is ASCII, the bytes of UTF-8 one by one."""
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        return os.fsdecode(name.encode(errors="surrogateescape"))
    return name


def shown(place: str | Path) -> str:
    """A name as it is shown in errors: on one line, whatever is in it."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(place))


def _part() -> str:
    return f"{PART}{uuid.uuid4().hex}.part"


def clear(folder: str | Path) -> None:
    """Takes away what a killed process left half-written in a folder; in object storage nothing is."""
    if not is_remote(folder):
        for rest in Path(folder).glob(f"{PART}*.part"):
            rest.unlink(missing_ok=True)


def send(file: Path, place: str) -> None:
    """Takes a finished file here to its place, over what lies there.

    Raises:
        SengaError: it cannot be written.
    """
    if not is_remote(place):
        try:
            file.replace(place)
            return
        except OSError:  # another disk
            pass
    write(place, file.read_bytes())


def remove(place: str) -> None:
    """Removes a file, or a folder with all below; nothing there is well too."""
    if not is_remote(place):
        Path(place).unlink(missing_ok=True)
        return
    system, path = _system(place)
    with _told(place, "removed"):
        if system.exists(path):
            system.rm(path, recursive=True)


def digest(place: str) -> str:
    """SHA-256 of a file in hex digits; "" where there is none."""
    try:
        with opened(place) as content:
            made = hashlib.sha256()
            while block := content.read(CHUNK):
                made.update(block)
            return made.hexdigest()
    except (OSError, ValueError, SengaError):  # ValueError: a name that no file can have
        return ""


def _whole_alone(system: Any) -> bool:
    """Whether an object appears there only once it is whole, as in every object storage."""
    return any(p in {"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oci", "oss"} for p in _protocols(system))


def _protocols(system: Any) -> tuple[str, ...]:
    return (system.protocol,) if isinstance(system.protocol, str) else tuple(system.protocol)


def _system(place: str) -> tuple[Any, str]:
    """The file system of a URL, and the path in it.

    Raises:
        SengaError: the package for it is missing, or nobody knows it.
    """
    extras.require("remote", "fsspec", who=f"{place}: URLs need another package")
    from fsspec.core import url_to_fs

    try:
        system, path = url_to_fs(place)
    except (ImportError, ValueError) as error:
        raise SengaError(f"{place}: {_reason(error)}") from error
    except Exception as error:
        raise SengaError(f"{place}: cannot be reached: {_reason(error)}") from error
    return system, path


@contextmanager
def _told(place: str, done: str) -> Iterator[None]:
    """Turns what the many file systems raise, each their own, into one line."""
    try:
        yield
    except FileNotFoundError as error:
        raise SengaError(f"{place}: no such file") from error
    except SengaError:
        raise
    except Exception as error:
        raise SengaError(f"{place}: cannot be {done}: {_reason(error)}") from error


def _reason(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
