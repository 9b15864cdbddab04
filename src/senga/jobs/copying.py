"""Pages that go over as they are: the file, not its pixels saved anew."""

import sys
from pathlib import Path, PurePosixPath

from senga import image, storage
from senga.inputs.item import Item


def copy(item: Item, target: str, *, named: bool, force: bool) -> str:
    """Puts an item's own bytes to its target's place under its own ending; answers with the file.

    A file that a person named keeps that name: of another format than the item, it is saved in that one.

    Args:
        item: the page. target: where its result would go; "-" is stdout. named: whether a person named that file.
        force: overwrite an existing file.

    Raises:
        SengaError: the page cannot be read, or its copy not be written.
    """
    content = item.content()
    if item.page:  # one of several pictures in its file
        return _save(item, content, target, force=force)
    if target == "-":
        sys.stdout.buffer.write(content)
        return target
    if not named:
        target = str(Path(target).with_suffix(PurePosixPath(item.name).suffix))
    elif image.format_of(content) != image.WRITES.get(storage.ending(target)):
        return _save(item, content, target, force=force)
    # The same file there is this copy: a run goes on, or a folder is worked on in its place.
    if not (storage.exists(target) and storage.read(target) == content):
        storage.write_new(Path(target), content, force=force)
    return target


def _save(item: Item, content: bytes, target: str, *, force: bool) -> str:
    """Saves an item's pixels anew, with its transparency and tags, in the target's format."""
    pixels, tags = image.read_tagged(content, item.place, frame=item.frame if item.page else None)
    shown = pixels if pixels[..., 3].min() < 255 else image.flatten(pixels)
    image.write(target, shown, force=force, tags=tags)
    return target
