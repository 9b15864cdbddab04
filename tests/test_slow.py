"""Minutes, not seconds: run before a release (`make slow`)."""

import csv
import json
import os
import subprocess
import sys
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch

from senga import image
from senga.learn.export import TOLERANCE, Origin, _prepared, difference, export, staged_difference
from senga.learn.networks.colorist import Colorist
from senga.learn.networks.generators import input_planes, make_generator
from senga.model.session import Session
from senga.recipefile import read_recipe, shipped_recipes

pytestmark = pytest.mark.slow

SENGA = str(Path(sys.executable).with_name("senga"))


@pytest.mark.parametrize("name", [file.stem for file in shipped_recipes()])
def test_every_shipped_recipe_exports_at_its_full_size(name: str, tmp_path: Path) -> None:
    recipe = read_recipe(name)
    torch.manual_seed(0)
    network = make_generator(recipe)
    card = export(recipe, network, Origin("", "made", "none", "none", "never", 0), tmp_path / "m.onnx")
    session = Session.open(tmp_path / "m.onnx")
    planes = input_planes(recipe)
    if session.staged:
        made = _prepared(recipe, network)
        assert isinstance(made, Colorist)
        assert staged_difference(made, session) <= TOLERANCE
        return
    assert difference(_prepared(recipe, network), session, planes, card.size_multiple) <= TOLERANCE


TWIN = """
name = "twin"
about = "The same picture again and again, so that any two batches are the same."
[data]
size = 64
lines = {{ kind = "dilate" }}
flip = false
[generator]
kind = "unet"
width = 8
kernel = 3
{discriminator}
[losses]
l1 = 1
{adversary}
[training]
steps = 12
batch = {batch}
rate = 1e-3
precision = "fp32"
evaluate = 12
save = 12
"""
GAME = ("[discriminator]\nkind = 'strided'\nwidth = 8", "adversary = 0.1")


@pytest.mark.parametrize("game", [("", ""), GAME], ids=["alone", "game"])
def test_two_processes_learn_what_one_learns_from_as_large_a_batch(game: tuple[str, str], tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    random = np.random.default_rng(0)
    picture = random.integers(0, 256, (8, 8, 3), np.uint8).repeat(8, 0).repeat(8, 1)
    for i in range(4):
        image.write(pictures / f"{i}.png", picture)
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}

    def run(*arguments: object) -> None:
        subprocess.run([SENGA, *map(str, arguments)], check=True, env=environment, capture_output=True, timeout=300)

    run("pairs", "build", pictures, tmp_path / "set", "--method", "none", "--val", 0, "--test", 0, "--workers", 1)
    losses = []
    for devices, batch in ((1, 4), (2, 2)):
        recipe = tmp_path / f"{devices}.toml"
        recipe.write_text(TWIN.format(batch=batch, discriminator=game[0], adversary=game[1]))
        folder = tmp_path / f"run{devices}"
        run("train", recipe, "--pairs", tmp_path / "set", "--run", folder, "--devices", devices)
        with (folder / "losses.csv").open(newline="") as lines:
            losses.append([{k: float(v) for k, v in row.items()} for row in csv.DictReader(lines)])
        with torch.no_grad():
            state = torch.load(folder / "checkpoint.pt", weights_only=True)["generator"]
        losses[-1].append({k: float(v.float().abs().mean()) for k, v in state.items()})
    one, two = losses
    assert one[-2]["step"] == two[-2]["step"] == 12
    for first, second in zip(one, two, strict=True):
        for key in first.keys() - {"step"}:
            # A batch norm keeps n / (n - 1) of the variance of n values: 16/15 of a batch of 4, at worst, 8/7 of 2.
            near = 0.08 if key.endswith("running_var") else 0.02
            assert second[key] == pytest.approx(first[key], rel=near, abs=1e-3), key


def test_a_run_killed_at_any_moment_and_resumed_equals_an_unbroken_one(tmp_path: Path) -> None:
    pictures = tmp_path / "in"
    random = np.random.default_rng(0)
    for i in range(120):
        file = pictures / f"{i % 5}" / f"{i}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        image.write(file, random.integers(0, 256, (20, 22, 3), np.uint8).repeat(16, 0).repeat(16, 1))
    command: list[str | Path] = [SENGA, "lines", pictures, "--method", "xdog", "--svg", "--workers", "2", "-o"]

    def results(folder: Path) -> dict[str, bytes]:
        found = (f for f in folder.rglob("*") if f.is_file() and f.suffix in (".png", ".svg"))
        return {f.relative_to(folder).as_posix(): f.read_bytes() for f in found}

    took = timed([*command, tmp_path / "whole"])
    whole = results(tmp_path / "whole")
    assert len(whole) == 240
    for moment in np.linspace(0.1, 0.95, 10):
        out = tmp_path / f"broken{moment:.2f}"
        killed([*command, out], float(moment) * took)
        subprocess.run([*command, out, "--resume"], check=True, capture_output=True)
        assert results(out) == whole
        left = [f for f in out.rglob(".senga-*") if f.name != ".senga-run.jsonl"]
        assert not left, "what a killed process left half-written is cleared away"


def test_a_comic_whose_making_was_killed_is_whole_when_it_is_resumed(tmp_path: Path) -> None:
    pages = tmp_path / "in"
    pages.mkdir()
    random = np.random.default_rng(1)
    for i in range(40):
        image.write(pages / f"p{i}.png", random.integers(0, 256, (300, 320, 3), np.uint8))
    command: list[str | Path] = [SENGA, "lines", pages, "--method", "canny", "--workers", "2", "-o"]
    took = timed([*command, tmp_path / "whole.cbz"])
    for moment in (0.3, 0.6, 0.9, 0.97):
        out = tmp_path / f"broken{moment}.cbz"
        killed([*command, out], moment * took)
        subprocess.run([*command, out, "--resume"], check=True, capture_output=True)
        assert out.read_bytes() == (tmp_path / "whole.cbz").read_bytes()


def test_a_thousand_files_of_which_fifty_are_broken(tmp_path: Path) -> None:
    pages = tmp_path / "in"
    pages.mkdir()
    good = image.encode(np.full((32, 40, 3), 200, np.uint8), "PNG")
    jpeg = image.encode(np.full((32, 40, 3), 90, np.uint8), "JPEG")
    huge = bytearray(good)
    huge[16:24] = (60000).to_bytes(4, "big") * 2
    huge[29:33] = zlib.crc32(bytes(huge[12:29])).to_bytes(4, "big")
    wrong = [
        b"", b" ", b"text", b"<svg/>", b"%PDF-1.7", b"GIF89a", b"BM", b"RIFF0000WEBP", b"II*\0", b"MM\0*",
        b"\x89PNG\r\n\x1a\n", good[:40], good[:-30], good[: len(good) // 2], good[1:], bytes(huge),
        jpeg[:30], jpeg[: len(jpeg) // 3], jpeg[2:], b"\xff\xd8\xff", b"\0" * 500, good[:8] + b"x" * 100,
        b"PK\x03\x04", b"8BPS", good.replace(b"IDAT", b"IDAX"),
    ]  # fmt: skip
    assert len(wrong) == 25
    broken = set()
    for i in range(1000):
        content = good
        if i % 20 == 7:
            content = wrong[(i // 20) % 25]
            broken.add(f"{i:04}.png")
        (pages / f"{i:04}.png").write_bytes(content)
    assert len(broken) == 50
    report = tmp_path / "report.json"
    command: list[str | Path] = [SENGA, "lines", pages, "-o", tmp_path / "out", "--method", "canny", "--report", report]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert len(list((tmp_path / "out").glob("*.png"))) == 950
    told = [line for line in done.stderr.splitlines() if line.startswith("senga: ")]
    assert {Path(line.split(": ")[1]).name for line in told} == broken
    assert len(told) == 50
    counts = json.loads(report.read_text())["counts"]
    assert (counts["done"], counts["failed"]) == (950, 50)


def timed(command: list[object]) -> float:
    """Seconds that a command takes."""
    started = time.monotonic()
    subprocess.run([*map(str, command)], check=True, capture_output=True)
    return time.monotonic() - started


def killed(command: list[object], seconds: float) -> None:
    """A command, killed after so long."""
    run = subprocess.Popen([*map(str, command)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    run.kill()
    run.wait()
