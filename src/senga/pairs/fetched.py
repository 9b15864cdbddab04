"""Pair sets by URL: a folder of this machine stands for one, and fetches each shard when it is first read.

The folder lies in the person's cache (SENGA_CACHE, else ~/.cache/senga); a set that is built anew gets another.
"""

import hashlib
import json
import os
import threading
from pathlib import Path

from senga import storage
from senga.errors import PairSetError, SengaError

ORIGIN = "origin.json"
"""Says in such a folder where the set is."""

_fetching = threading.Lock()


def spelled(place: str | Path) -> str:
    """A URL that was taken for a path, and lost a slash by it, as it was.

    >>> spelled(Path("s3://sets/one")), spelled("sets/one")
    ('s3://sets/one', 'sets/one')
    """
    text = str(place)
    scheme, found, rest = text.partition(":/")
    if found and len(scheme) > 1 and "/" not in scheme and not rest.startswith("/"):
        # Three slashes, of file:///x, became one as well.
        return f"{scheme}://{'/' if scheme == 'file' else ''}{rest}"
    return text


def stand_in(url: str, names: tuple[str, ...]) -> Path:
    """The folder that stands for a set.

    Args:
        url: of the set. names: files that are fetched at once, the first of them must be there.

    Raises:
        PairSetError: there is none. SengaError: it cannot be read.
    """
    first = storage.join(url, names[0])
    if not storage.exists(first):
        raise PairSetError(
            f"{url}: no pair set here ({names[0]} is missing); make one with 'senga pairs build --shards'"
        )
    content = storage.read(first)
    home = Path(os.environ.get("SENGA_CACHE") or Path.home() / ".cache" / "senga")
    folder = home / "sets" / hashlib.sha256(f"{url}\n".encode() + content).hexdigest()[:24]
    for name in names:
        if name == names[0] or storage.exists(storage.join(url, name)):
            _put(folder / name, content if name == names[0] else storage.read(storage.join(url, name)))
    _put(folder / ORIGIN, json.dumps({"url": url}).encode())
    return folder


def here(folder: Path, name: str) -> Path:
    """A file of a set's folder, fetched if the folder stands for a URL and it is not there yet.

    Raises:
        SengaError: it cannot be fetched.
    """
    file = folder / name
    if file.exists() or not (folder / ORIGIN).exists():
        return file
    with _fetching:  # threads that come to a new shard together would each fetch it
        if not file.exists():
            url = json.loads((folder / ORIGIN).read_text())["url"]
            _put(file, storage.read(storage.join(url, name)))
    return file


def origin(folder: Path) -> str:
    """How other machines name the set in a folder: the URL that it stands for, else its whole path."""
    try:
        url: str = json.loads((folder / ORIGIN).read_text())["url"]
    except FileNotFoundError:
        return str(folder.resolve())
    return url


def _put(file: Path, content: bytes) -> None:
    try:
        storage.make_folder(str(file.parent))
        storage.write(str(file), content)
    except SengaError as error:
        raise PairSetError(f"{error}; see SENGA_CACHE") from error
