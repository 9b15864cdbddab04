"""The one way to put a file to its place: whole or not at all, and nothing left beside it."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from senga import storage
from senga.errors import SengaError
from senga.learn import checkpoint, standing

KILLED = """
import os, sys
from pathlib import Path
from senga import storage
with storage.writing(Path(sys.argv[1]), force=True) as file:
    file.write(b"half")
    file.flush()
    os._exit(9)
"""


def names(folder: Path) -> list[str]:
    return sorted(f.name for f in folder.iterdir())


def test_what_is_there_is_replaced_only_by_force(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    storage.write_new(file, b"one")
    with pytest.raises(SengaError, match=r"a\.json: exists; give another name, or --force"):
        storage.write_new(file, b"two")
    with pytest.raises(SengaError, match=r"a\.json: exists; give another name, or --force"):
        storage.refuse_existing(file)
    assert file.read_bytes() == b"one"
    storage.refuse_existing(file, force=True)
    storage.write_new(file, b"two", force=True)
    storage.write(file, b"three")
    assert file.read_bytes() == b"three"
    assert names(tmp_path) == ["a.json"]


def test_a_block_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "a.bin"
    storage.write(file, b"precious")

    def half() -> None:
        with storage.writing(file, force=True) as out:
            out.write(b"half")
            raise KeyError("on the way")

    with pytest.raises(KeyError):
        half()
    assert file.read_bytes() == b"precious"
    assert names(tmp_path) == ["a.bin"]


def test_what_a_killed_process_left_is_cleared_and_no_other_file(tmp_path: Path) -> None:
    for name in ("a.bin", ".senga-notes", "b.part"):
        storage.write(tmp_path / name, b"precious")
    assert subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "a.bin")], check=False).returncode == 9
    assert len(names(tmp_path)) == 4
    storage.clear(tmp_path)
    assert names(tmp_path) == [".senga-notes", "a.bin", "b.part"]
    assert (tmp_path / "a.bin").read_bytes() == b"precious"


def test_a_checkpoint_that_cannot_be_written_leaves_the_last_one(tmp_path: Path) -> None:
    checkpoint.save(tmp_path, {"recipe": {}, "step": 3, "weights": torch.ones(2)})
    with pytest.raises(Exception, match="pickle"):
        checkpoint.save(tmp_path, {"recipe": {}, "step": 4, "weights": lambda: None})
    kept = checkpoint.load(tmp_path)
    assert kept is not None
    assert kept["step"] == 3
    assert names(tmp_path) == [checkpoint.CHECKPOINT]


def test_a_run_that_goes_on_clears_what_the_last_process_left(tmp_path: Path) -> None:
    (tmp_path / ".senga-0.part").write_bytes(b"half a checkpoint")
    with standing.held(tmp_path):
        assert names(tmp_path) == [standing.LOCK]
