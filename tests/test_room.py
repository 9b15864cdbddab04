"""Pictures that there is no room for, in memory or in their result's format, are told before any work."""

import dataclasses
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from conftest import call
from senga import image
from senga.imagefiles.profiles import ORIENTATION
from senga.inputs.item import Item
from senga.inputs.largest import most_needed
from senga.jobs import engine
from senga.jobs.prepare import prepare
from senga.jobs.work import Work
from senga.pairs.build import build_pairs
from senga.pairs.plan import BuildPlan
from senga.workers import memory


@dataclasses.dataclass(frozen=True)
class Copy(Work):
    """Writes the picture; takes a hundred bytes a pixel."""

    def need(self, shape: tuple[int, int]) -> float:
        return 100.0 * shape[0] * shape[1]

    def do(self, item: Item, target: str, *, force: bool) -> list[str]:
        image.write(target, item.picture(), force=force)
        return [target]


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ten small pages, and a large one that lies among them."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    for i in range(10):
        side = 200 if i == 7 else 20
        Image.new("RGB", (side, side), (200, 10, i)).save(tmp_path / "in" / f"p{i}.png")
    return tmp_path


def blank(file: Path, size: tuple[int, int]) -> Path:
    Image.new("L", size, 255).save(file)
    return file


@pytest.mark.parametrize(
    ("ending", "side", "other"), [(".psd", 30_001, ".ora"), (".webp", 16_384, ".png"), (".jpg", 65_501, ".png")]
)
def test_what_a_format_cannot_hold_is_known_before_the_work(
    ending: str,
    side: int,
    other: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("decoded")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("senga.inputs.item.Item.drawing", never)
    blank(Path("strip.png"), (300, side))
    assert call(monkeypatch, "color", "strip.png", "-o", f"out{ending}", "--light", 0) == 2
    said = capsys.readouterr().err
    assert f"strip.png: 300x{side} px: {ending} holds at most {side - 1} px a side; give a name with {other}" in said
    assert not Path(f"out{ending}").exists()


@pytest.mark.parametrize("verb", ["clean", "lines", "flats", "color"])
def test_a_page_that_needs_more_memory_than_allowed_is_told_by_name(
    verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    blank(Path("page.png"), (9000, 9000))
    assert call(monkeypatch, verb, "page.png", "-o", "out.png", "--max-ram", 600, "--threads", 1) == 2
    said = capsys.readouterr().err
    assert "page.png: 9000x9000 px need" in said
    assert "allow more, or make it smaller" in said


def test_as_many_workers_as_there_is_memory_for(pages: Path) -> None:
    need = 100 * 200 * 200
    for most, workers in ((10 * need, 3), (2 * need, 2), (need, 1)):
        work = Copy(max_ram=most)
        made = engine.run(prepare(work, ["in"], f"out{workers}"), work, workers=3)
        assert (made.workers, made.failed) == (workers, False)


def test_a_page_too_large_fails_alone(pages: Path) -> None:
    work = Copy(max_ram=100 * 100 * 100)
    made = engine.run(prepare(work, ["in"], "out"), work, workers=2)
    (failed,) = [one for one in made.outcomes if one.status == "failed"]
    assert (
        failed.reason == "in/p7.png: 200x200 px need 4 MB, more than the 1 MB allowed; allow more, or make it smaller"
    )


def test_without_a_bound_workers_fit_the_memory_that_is_free(pages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "usable_threads", lambda: 3)
    monkeypatch.setattr(engine, "free_memory", lambda: 2.6 * 100 * 200 * 200)
    assert engine.run(prepare(Copy(), ["in"], "out"), Copy()).workers == 2
    # Who names them gets them.
    assert engine.run(prepare(Copy(), ["in"], "named"), Copy(), workers=3).workers == 3


def test_what_is_allowed_changes_no_result_and_so_no_fingerprint(pages: Path) -> None:
    assert Copy(max_ram=10**9).fingerprint() == Copy().fingerprint()


def test_free_memory_is_that_of_the_container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = memory.free_memory()
    assert whole is None or whole > 10**6
    (tmp_path / "memory.max").write_text("5000000\n")
    (tmp_path / "memory.current").write_text("2000000\n")
    monkeypatch.setattr(memory, "CGROUP", tmp_path)
    assert memory.free_memory() == 3_000_000
    (tmp_path / "memory.max").write_text("max\n")
    assert memory.free_memory() != 3_000_000


def test_sizes_are_read_off_headers(tmp_path: Path) -> None:
    plain = blank(tmp_path / "a.png", (30, 20))
    turned = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    Image.new("L", (30, 20)).save(turned, exif=exif)
    pack = tmp_path / "a.cbz"
    with zipfile.ZipFile(pack, "w") as packed:
        packed.write(plain, "p.png")
    (tmp_path / "broken.png").write_bytes(b"no picture")
    assert Item("a", "a", str(plain)).shape() == (20, 30)
    assert Item("t", "t", str(turned)).shape() == (30, 20) == image.read(turned).shape[:2]
    assert Item("m", "m", str(pack), "p.png").shape() == (20, 30)
    for file in ("broken.png", "none.png"):
        assert Item(file, file, str(tmp_path / file)).shape() is None
    assert image.header_shape(io.BytesIO(b"")) is None
    items = [Item("b", "b", str(tmp_path / "broken.png")), Item("a", "a", str(plain)), Item("-", "-", "-")]
    assert most_needed(items, lambda shape: shape[0] * shape[1]) == 600


@pytest.mark.parametrize("shard", [0, 4])
def test_a_pair_set_is_built_within_its_memory(shard: int, pages: Path) -> None:
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (1500, 1500, 3), np.uint8)).save("in/huge.png")
    plan = BuildPlan(method="dilate", shard=shard)
    built = build_pairs("in", "set", plan, workers=2, max_ram=170_000_000)
    assert built.pictures == 10
    (skipped,) = built.skipped
    assert skipped.file == "huge.png"
    assert "1500x1500 px need" in skipped.reason
    assert skipped.reason.endswith("MB, more than allowed; allow more, or make it smaller")
