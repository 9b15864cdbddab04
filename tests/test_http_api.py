"""The HTTP API as a contract: what programs of others rely on changes only where that was decided."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("uvicorn")

from blocks import ROOT, Block, blocks, parse
from senga import image
from senga.color.colorizer import Colorizer
from served import served

PAGE = ROOT / "docs" / "http-api.md"
BLOCKS = blocks(PAGE)
ADDRESS = "http://127.0.0.1:8420"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(Colorizer.open(threads=1)) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "examples").mkdir()
    for name in ("dress.png", "dress-hints.png"):
        shutil.copy(ROOT / "examples" / name, tmp_path / "examples" / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def of(kind: str) -> list[Block]:
    return [block for block in BLOCKS if block.kind == kind]


def test_the_api_is_the_frozen_one() -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    from freeze_api import FILE, as_text, described

    same = as_text(described()) == FILE.read_text(encoding="utf-8")
    assert same, (
        "the API differs from docs/openapi.json, on which programs rely. If that was decided, and breaks none of them "
        "(docs/http-api.md says what would): run tools/freeze_api.py and tell it in CHANGELOG.md"
    )


def test_every_operation_has_a_name_of_its_own_for_generated_clients() -> None:
    document = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(set(names)) == len(names) > 15
    assert all(name.isidentifier() for name in names)
    assert all(path.startswith("/api/v1/") for path in document["paths"])


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not here")
def test_the_examples_with_curl_do_what_the_page_says(address: str, folder: Path) -> None:
    script = "set -eu\n" + "\n".join(block.text for block in of("sh")).replace(ADDRESS, address)
    assert ADDRESS not in script
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    shape = image.read("examples/dress.png").shape
    for name in ("colored.png", "asked.png", "flats.png", "borrowed.png"):
        assert image.read(name).shape == shape, name
    assert len({Path(name).read_bytes() for name in ("colored.png", "asked.png", "borrowed.png")}) == 3
    assert Path("layers.psd").read_bytes().startswith(b"8BPS")
    error = next(block.text for block in of("text") if '"error"' in block.text)
    assert done.stdout.endswith(error.strip())


def test_the_examples_in_python_do_what_the_page_says(
    address: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert len(of("python")) == 2
    for block in of("python"):
        exec(compile(block.text.replace(ADDRESS, address), PAGE.name, "exec"), {})
    said = capfd.readouterr().out
    assert "422 HintError [tint]" in said
    assert "('color',) flat normal True" in said
    shape = image.read("examples/dress.png").shape
    assert all(image.read(name).shape == shape for name in ("hinted.png", "flats.png", "clean.png"))
    assert Path("idea-1.png").exists()


def test_the_commands_that_it_names_are_there() -> None:
    for block in of("console"):
        for command in block.commands():
            parse(command)
