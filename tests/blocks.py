"""Code blocks of the documents, and how they are tried.

A block is run as it stands, in a folder that has `examples/`. One that needs what no test has (a server, a cluster,
hours) has the comment `<!-- parsed: why -->` over it: its commands are parsed, not run.
"""

import glob
import re
import shlex
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer

from senga import cli

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
BLOCK = re.compile(r"(?:^<!-- parsed: ([^\n]+) -->\n)?^```(\w+)\n(.*?)^```", re.S | re.M)


@dataclass(frozen=True)
class Block:
    """A code block: its language, its text, and why it is only parsed ("": it is run)."""

    kind: str
    text: str
    why: str

    def commands(self) -> list[str]:
        """What a person types; each line after a prompt, or each line of a block of a shell."""
        lines = [line.split("  #")[0].strip() for line in self.text.splitlines()]
        return [line.removeprefix("$ ") for line in lines if line.startswith("$ ") or (self.kind == "sh" and line)]


def blocks(page: Path) -> list[Block]:
    """The blocks of a document, in order."""
    return [Block(kind, text, why) for why, kind, text in BLOCK.findall(page.read_text(encoding="utf-8"))]


def words_of(command: str) -> list[str]:
    """The words of a command without variables before it, and without what only starts it elsewhere."""
    words = shlex.split(command)
    while re.match(r"[A-Z_]+=", words[0]):
        words = words[1:]
    return words[words.index("--") + 1 :] if words[0] == "torchrun" else words


def parse(command: str) -> None:
    """Refuses a command that could not work.

    Raises:
        AssertionError: no such verb, option, extra, target or file.
    """
    name, *words = words_of(command)
    if name == "senga":
        node = typer.main.get_command(cli.app)
        while hasattr(node, "commands"):
            assert words, command
            assert words[0] in node.commands, command
            node = node.commands[words.pop(0)]
        node.make_context("senga", words)
    elif name == "pip":
        assert words[0] == "install", command
        for extra in re.findall(r"\.\[(\w+)\]", command):
            assert extra in PROJECT["optional-dependencies"], command
    elif name == "make":
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M)
        assert set(words) <= set(targets), command
    elif name == "python":
        script = words[1].replace(".", "/") if words[0] == "-m" else words[0]
        assert words[0] == "-m" or (ROOT / script).is_file(), command
    elif name == "podman":
        assert (ROOT / "Containerfile").is_file(), command
    else:
        raise AssertionError(f"nobody tries: {command}")


def run(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs a `senga` command in this process; others are parsed.

    Raises:
        AssertionError: it fails.
    """
    words = words_of(command)
    if words[0] != "senga":
        parse(command)
        return
    # As a shell does: a pattern that fits files stands for them.
    files = [sorted(glob.glob(word)) if "*" in word else [] for word in words]  # noqa: PTH207 - names as they are given
    monkeypatch.setattr(sys, "argv", [w for word, fit in zip(words, files, strict=True) for w in fit or [word]])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code in (0, None), command


def try_all(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs, or parses, every block of a document, in order."""
    for block in blocks(page):
        if block.kind == "python":
            exec(compile(block.text, page.name, "exec"), {})
        elif block.kind == "toml":
            tomllib.loads(block.text)
        elif block.kind == "text":
            continue
        else:
            assert block.kind in ("console", "sh"), f"{page.name}: nobody tries a block of {block.kind}"
            assert block.commands(), block.text
            for command in block.commands():
                if block.why:
                    parse(command)
                else:
                    run(command, monkeypatch)
