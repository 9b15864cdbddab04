"""What a run works on: pictures named one by one, by patterns, in folders, in archives."""

import glob
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from senga import image, storage
from senga.errors import SengaError
from senga.inputs import archives

ENDINGS = (".png", ".webp", ".tif", ".tiff", ".bmp", ".dib", ".gif", ".jpg", ".jpeg")
"""File endings taken for pictures; where several files could be the line art of one, the earlier ending wins."""


@dataclass(frozen=True)
class Item:
    """One picture to be worked on.

    Attributes:
        place: what it is called in messages and reports: its path, or ARCHIVE:MEMBER.
        name: relative to what was named, "/" between folders; its results are named after it.
        file: the file to read, "-" for stdin. member: its name in it, where that is an archive; else "".
        broken: why it cannot be read, known beforehand; else "".
        kept: its content, where it was read already.
    """

    place: str
    name: str
    file: str
    member: str = ""
    broken: str = ""
    kept: bytes | None = field(default=None, repr=False, compare=False)

    def content(self) -> bytes:
        """The file's content.

        Raises:
            ImageError, SengaError: it cannot be read.
        """
        if self.kept is not None:
            return self.kept
        if self.broken:
            raise SengaError(f"{self.place}: {self.broken}")
        if self.member:
            return archives.read_member(self.file, self.member)
        return storage.read(self.file) if storage.is_remote(self.file) else image.read_content(self.file)

    def loaded(self) -> "Item":
        """The item with its content, so that it is read from its disk or fetched but once. Raises as `content`."""
        return replace(self, kept=self.content())

    def picture(self) -> image.Pixels:
        """(H, W, 3) uint8 sRGB, on white where it is transparent. Raises as `content`."""
        return image.read_picture_bytes(self.content(), self._shown)

    def drawing(self) -> image.Drawing:
        """As a line drawing. Raises as `content`."""
        return image.read_drawing_bytes(self.content(), self._shown)

    def shape(self) -> tuple[int, int] | None:
        """(height, width) by the file's header; None where that does not tell, or cannot be read, as of stdin."""
        if self.kept is None and (self.file == "-" or self.broken):
            return None
        try:
            if self.kept is None and not self.member and not storage.is_remote(self.file):
                with Path(self.file).open("rb") as file:  # its first bytes alone
                    return image.header_shape(file)
            return image.header_shape(io.BytesIO(self.content()))
        except (SengaError, OSError, ValueError):
            return None

    @property
    def _shown(self) -> str:
        return "stdin" if self.file == "-" else self.place

    @property
    def archive(self) -> str:
        """The archive that it is in; "" if it is a file of its own."""
        return self.file if self.member else ""


def find_items(sources: Sequence[str], more: Iterable[str] = ()) -> list[Item]:
    """The items of what was named, in the order named; in folders and archives as a reader counts, 2 before 10.

    Args:
        sources: files; folders, read with their sub-folders but for hidden ones; patterns such as 'ch*/**/*.png' that a
            shell has left alone; archives (.zip, .cbz, .tar, .cbt); files, folders and archives by URL; "-" for stdin.
        more: endings that count in folders, besides those of pictures.

    Raises:
        SengaError: a folder, archive or pattern without a picture.
    """
    endings = (*ENDINGS, *more)
    items: list[Item] = []
    for source in sources:
        path = Path(source)
        if storage.is_remote(source) and not archives.is_archive(source):
            items += _at_url(source, endings, several=len(sources) > 1)
        elif storage.is_remote(source):
            items += _in_archive(source, endings)
        elif source != "-" and path.is_dir():
            items += _in_folder(path, endings, several=len(sources) > 1)
        elif source != "-" and archives.is_archive(path) and path.is_file():
            items += _in_archive(source, endings)
        elif source != "-" and not path.exists() and glob.has_magic(source):
            items += _by_pattern(source, endings)
        else:
            items.append(Item(source, "stdin" if source == "-" else path.name, source))
    return items


def natural(name: str) -> tuple[tuple[int, int | str], ...]:
    """A key to sort names as a reader counts.

    >>> sorted(["p10.png", "p2.png", "P1.png"], key=natural)
    ['P1.png', 'p2.png', 'p10.png']
    """
    parts = re.split(r"(\d+)", name.casefold())
    return tuple((0, int(p)) if p.isdecimal() else (1, p) for p in parts if p)


def _in_folder(folder: Path, endings: tuple[str, ...], *, several: bool) -> list[Item]:
    names = []
    for file in folder.rglob("*"):
        inside = file.relative_to(folder)
        if file.suffix.lower() in endings and not any(p.startswith(".") for p in inside.parts) and file.is_file():
            names.append(inside.as_posix())
    if not names:
        raise SengaError(f"{folder}: no pictures here ({', '.join(endings)})")
    # Of several folders each keeps its name, or their pages would be written over each other.
    before = f"{folder.resolve().name}/" if several else ""
    return [Item(str(folder / n), before + n, str(folder / n)) for n in sorted(names, key=natural)]


def _at_url(url: str, endings: tuple[str, ...], *, several: bool) -> list[Item]:
    """What lies at a URL: with a picture's ending a file, else a folder."""
    if storage.ending(url) in endings:
        return [Item(url, storage.base(url), url)]
    names = [n for n in storage.find(url) if storage.ending(n) in endings]
    shown = [n for n in names if not any(part.startswith(".") for part in n.split("/"))]
    if not shown:
        raise SengaError(f"{url}: no pictures here ({', '.join(endings)})")
    before = f"{storage.base(url)}/" if several else ""
    files = {n: storage.join(url, n) for n in sorted(shown, key=natural)}
    return [Item(file, before + n, file) for n, file in files.items()]


def _in_archive(file: str, endings: tuple[str, ...]) -> list[Item]:
    stem = Path(storage.base(file)).stem
    try:
        names = archives.members(file)
    except SengaError as error:
        # One broken archive of many must not stop the others.
        reason = str(error).removeprefix(f"{file}: ")
        return [Item(file, f"{stem}/{storage.base(file)}", file, broken=reason)]
    pages = [n for n in names if PurePosixPath(n).suffix.lower() in endings and not _hidden(n)]
    if not pages:
        return [Item(file, f"{stem}/{storage.base(file)}", file, broken="an archive without pictures")]
    return [Item(f"{file}:{n}", f"{stem}/{n}", file, n) for n in sorted(pages, key=natural)]


def _by_pattern(pattern: str, endings: tuple[str, ...]) -> list[Item]:
    every = glob.glob(pattern, recursive=True)  # noqa: PTH207 - patterns may be absolute
    found = [f for f in every if Path(f).suffix.lower() in endings and Path(f).is_file()]
    if not found:
        raise SengaError(f"{pattern}: no picture fits the pattern ({', '.join(endings)})")
    fixed = []
    for part in Path(pattern).parts[:-1]:
        if glob.has_magic(part):
            break
        fixed.append(part)
    root = Path(*fixed) if fixed else Path()
    return [Item(f, Path(f).relative_to(root).as_posix(), f) for f in sorted(found, key=natural)]


def _hidden(name: str) -> bool:
    """Whether a member is a program's own litter (`__MACOSX/._page.png`)."""
    return any(p.startswith((".", "__MACOSX")) for p in PurePosixPath(name).parts)
