"""The README's examples do what they say."""

import contextlib
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from senga import cli, image

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", TEXT, re.S)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_python_examples_write_pictures_of_the_drawings_sizes(folder: Path) -> None:
    for code in blocks("python"):
        exec(compile(code, "README.md", "exec"), {})
    for made, drawing in (("dress-color", "dress"), ("witch-ink", "witch")):
        assert image.read(f"{made}.png").shape == image.read(f"examples/{drawing}.png").shape


def test_the_commands_on_sample_drawings_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commands = [line[2:] for block in blocks("console") for line in block.splitlines() if line.startswith("$ senga ")]
    runnable = [c for c in commands if "examples/" in c or "girl-color.png" in c]
    assert len(runnable) >= 5
    for command in runnable:
        monkeypatch.setattr(sys, "argv", shlex.split(command))
        with contextlib.suppress(SystemExit):
            cli.main()
        assert not capsys.readouterr().err, command
    assert image.read("girl-lines.png").shape == image.read("examples/girl.png").shape


def test_every_verb_that_the_readme_names_exists(capsys: pytest.CaptureFixture[str]) -> None:
    import typer

    command = typer.main.get_command(cli.app)
    for verb in set(re.findall(r"senga ((?:pairs )?[a-z]+)[ `]", " ".join(blocks("console")))):
        node = command
        for word in verb.split():
            node = node.commands[word]  # type: ignore[attr-defined]


def test_the_two_commands_are_targets_of_the_makefile() -> None:
    (block,) = (b for b in blocks("sh") if "make demo" in b)
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M)
    assert [line.split()[1] for line in block.splitlines()] == ["demo", "test"]
    assert {"demo", "test"} <= set(targets)


def test_files_that_the_readme_links_to_exist() -> None:
    for link in re.findall(r"\]\(([^)#]+)", TEXT):
        assert (ROOT / link).exists(), link
