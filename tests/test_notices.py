"""What a person should know and what stops nothing: logged by the library, told on stderr by the program."""

import logging
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from senga import image
from senga.inputs.item import find_items
from senga.jobs.drawing import CleanUp

TOLD = "no ink found; a lower --ink keeps fainter lines"


def blank(folder: Path, count: int) -> list[Path]:
    files = [folder / f"blank{i}.png" for i in range(count)]
    for file in files:
        image.write(file, np.full((50, 50), 220, np.uint8))
    return files


def program(*arguments: object) -> list[str]:
    """The lines on stderr of a command in a process of its own."""
    command = [sys.executable, "-c", "from senga.cli import main; main()", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stderr.splitlines()


def test_the_library_logs_under_its_own_name(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (item,) = find_items([str(file) for file in blank(tmp_path, 1)])
    with caplog.at_level(logging.WARNING, "senga"):
        CleanUp().do(item, str(tmp_path / "out.png"), force=False)
    assert [(r.name, r.getMessage()) for r in caplog.records] == [("senga.jobs", f"{item.place}: {TOLD}")]


@pytest.mark.parametrize("workers", [1, 2])
def test_the_program_tells_them_on_stderr_whoever_works(tmp_path: Path, workers: int) -> None:
    files = blank(tmp_path, 3)
    told = program("clean", *files, "-o", tmp_path / "out", "--workers", workers)
    assert sorted(line for line in told if TOLD in line) == [f"senga: {file}: {TOLD}" for file in files]
