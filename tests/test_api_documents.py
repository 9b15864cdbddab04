"""The Python interface is documented: docs/api.md has every public name, and every public name says what it is."""

import inspect
import re
from collections.abc import Iterator

import senga
from blocks import ROOT

PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


def documented() -> Iterator[tuple[str, object]]:
    """Public names of the package, and public members of its classes."""
    for name in senga.__all__:
        value = getattr(senga, name)
        if name.startswith("__"):
            continue
        yield name, value
        if inspect.isclass(value) and not issubclass(value, Exception):
            for member, held in vars(value).items():
                if not member.startswith("_") and (callable(getattr(value, member)) or isinstance(held, property)):
                    yield f"{name}.{member}", held


def test_every_public_name_says_what_it_is() -> None:
    bare = [name for name, value in documented() if not (inspect.getdoc(value) or "").strip()]
    assert bare == []
    assert len(list(documented())) > 60


def test_the_page_has_every_public_name_and_no_other() -> None:
    (table,) = re.findall(r"^\| \| \|\n\|---\|---\|\n(.*?)\n\n", PAGE, re.S | re.M)
    assert set(re.findall(r"`(\w+)`", table)) == {n for n in senga.__all__ if not n.startswith("__")}
