"""Library, command line, batch and server are doors to one thing: the same request has the same answer at each."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from conftest import call, patchwork, ring
from senga import Colorizer, SengaError, image
from senga.color.apart import take_apart
from senga.color.files.project import Project
from senga.color.request import Request, run
from senga.web.app import make_app
from senga.web.guard import known_names

STROKE = {"kind": "stroke", "points": [[14, 16], [18, 16]], "color": "#d02030", "width": 4}
MARKED: dict[str, Any] = {"marks": [STROKE]}
PALETTE = {"palette": ["#224466", "#ddbb99", "#fff0e0"]}
BORROWED = {"reference": "r.png", "reference_strength": 0.5}
REQUESTS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "a hint": MARKED,
    "a hint and its reach": {**MARKED, "reach": "far"},
    "a hint of its region": {**MARKED, "reach": "region"},
    "flat": {**MARKED, "mode": "flat"},
    "a palette": {**MARKED, **PALETTE},
    "flat with a palette": {**MARKED, **PALETTE, "mode": "flat"},
    "tint": {"tint": 0.7},
    "flat with a tint": {**MARKED, "tint": 0.4, "mode": "flat"},
    "a reference": {**MARKED, **BORROWED},
    "little light": {"light": 0.3},
    "no light": {"light": 0},
    "another seed": {"seed": 5},
    "candidates": {**MARKED, "candidates": 3, "seed": 2},
    "flat candidates": {**PALETTE, "candidates": 2, "mode": "flat"},
}
REFERENCE = image.encode(patchwork(40, 40), "PNG")


def small() -> np.ndarray:
    return ring(32, 32, 10)


def cut_out() -> np.ndarray:
    """Larger, its right side cut out softly."""
    lines = ring(70, 90, 25, gap=6)
    alpha = np.clip(np.linspace(500, 0, 90), 0, 255) * np.ones((70, 1))
    return np.dstack([lines, lines, lines, alpha]).astype(np.uint8)


DRAWINGS = {"32 px": image.encode(small(), "PNG"), "cut out": image.encode(cut_out(), "PNG")}


@dataclass
class Door:
    """A model behind all doors, in a folder of its own."""

    file: Path
    colorizer: Colorizer
    client: TestClient
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def library(self, drawing: bytes, table: dict[str, Any]) -> list[np.ndarray] | str:
        request = Request.from_table(table)
        reference = image.read_bytes(REFERENCE, "r")[..., :3] if request.reference else None
        try:
            page = self.colorizer.page(image.to_drawing(image.read_bytes(drawing, "drawing")))
            return run(request, page, reference)
        except SengaError as error:
            return plain(str(error))

    def project(self, drawing: bytes, table: dict[str, Any]) -> list[np.ndarray] | str:
        request = Request.from_table(table)
        Project(drawing, "d.png", request, REFERENCE if request.reference else None).write("p.senga", force=True)
        several = ("--candidates", request.candidates) if request.candidates > 1 else ()
        return self._command("p.senga", "-o", "o.png", *several, count=request.candidates)

    def batch(self, drawing: bytes, table: dict[str, Any]) -> list[np.ndarray] | str:
        """A folder of drawings and options; what has no option is left to the project."""
        request = Request.from_table(table)
        Path("in").mkdir(exist_ok=True)
        Path("in/o.png").write_bytes(drawing)
        Path("r.png").write_bytes(REFERENCE)
        options: list[object] = ["--tint", request.tint, "--light", request.light, "--reach", request.reach]
        options += ["--seed", request.seed]
        if request.candidates > 1:
            options += ["--candidates", request.candidates]
        if request.palette:
            options += ["--palette", ",".join(request.palette)]
        if request.reference:
            options += ["--reference", "r.png", "--reference-strength", request.reference_strength]
        lines = image.to_drawing(image.read_bytes(drawing, "drawing")).lines
        if hints := request.hints(lines):
            hints.write("h.png", force=True)
            options += ["--hints", "h.png"]
        return self._command("in", "-o", "out", *options, count=request.candidates, folder=Path("out"))

    def http(self, drawing: bytes, table: dict[str, Any]) -> list[np.ndarray] | str:
        id = self.client.post("/api/drawings", content=drawing).json()["id"]
        if table.get("reference"):
            self.client.put(f"/api/drawings/{id}/reference", content=REFERENCE)
        if table.get("candidates", 1) == 1:
            answer = self.client.post(f"/api/drawings/{id}/color", json=table)
            found = [answer.content]
        else:
            answer = self.client.post(f"/api/drawings/{id}/candidates", json=table)
            lines = [json.loads(line) for line in answer.text.splitlines()] if answer.status_code == 200 else []
            found = [base64.b64decode(line["png"]) for line in lines]
        if answer.status_code != 200:
            return plain(answer.json()["error"])
        return [image.read_bytes(content, "answer") for content in found]

    def _command(self, *words: object, count: int, folder: Path = Path()) -> list[np.ndarray] | str:
        self.capsys.readouterr()
        options = ("--model", self.file, "--threads", 1, "--force", "--on-error", "stop")
        if call(self.monkeypatch, "color", *words, *options):
            return plain(self.capsys.readouterr().err)
        names = ["o.png"] if count == 1 else [f"o-{i}.png" for i in range(1, count + 1)]
        return [image.read_rgba(folder / name) for name in names]


def plain(error: str) -> str:
    """What an error says, without who says it."""
    return " ".join(error.split()).rsplit(": does not ", 1)[-1].rsplit(": takes ", 1)[-1]


def same(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two pictures are, one of them perhaps with an alpha that says nothing."""
    wide = [p if p.shape[2] == 4 else np.dstack([p, np.full(p.shape[:2], 255, np.uint8)]) for p in (one, other)]
    return bool(np.array_equal(*wide))


@pytest.fixture(scope="module", params=["painter_file", "tiny_model"])
def model(request: pytest.FixtureRequest) -> Path:
    """A painter, which takes all; and a model of pixels that takes hints alone."""
    file: Path = request.getfixturevalue(request.param)
    return file


@pytest.fixture(scope="module")
def behind(model: Path) -> Iterator[tuple[Colorizer, TestClient]]:
    colorizer = Colorizer.open(model, threads=1)
    app = make_app(colorizer, names=known_names("127.0.0.1"))
    with TestClient(app, base_url="http://127.0.0.1:8420") as client:
        yield colorizer, client


@pytest.fixture
def door(
    model: Path,
    behind: tuple[Colorizer, TestClient],
    shaded: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Door:
    monkeypatch.chdir(tmp_path)
    return Door(model, *behind, monkeypatch, capsys)


@pytest.mark.parametrize("name", REQUESTS)
def test_the_same_request_has_the_same_answer_at_every_door(door: Door, name: str) -> None:
    table = REQUESTS[name]
    drawing = DRAWINGS["cut out" if len(name) % 2 else "32 px"]
    wanted = door.library(drawing, table)
    doors = [door.project, door.http] + ([door.batch] if table.get("mode") != "flat" else [])
    for other in doors:
        found = other(drawing, table)
        if isinstance(wanted, str):
            assert found == wanted, other
        else:
            assert not isinstance(found, str), (other, found)
            assert len(found) == len(wanted) == table.get("candidates", 1)
            assert all(map(same, found, wanted)), other


def test_a_model_refuses_what_it_does_not_take_and_nothing_else(door: Door) -> None:
    refused = {name for name, table in REQUESTS.items() if isinstance(door.library(DRAWINGS["32 px"], table), str)}
    if "palette" in door.colorizer.session.card.conditions:
        assert not refused
    else:  # flats can be kept to a palette by any model
        assert refused == {
            "a palette",
            "tint",
            "flat with a tint",
            "a reference",
            "candidates",
            "flat candidates",
        }


@pytest.mark.parametrize("mode", ["paint", "flat"])
def test_layers_show_the_picture(door: Door, mode: str) -> None:
    table = {**MARKED, "mode": mode}
    page = door.colorizer.page(image.to_drawing(cut_out()))
    request = Request.from_table(table)
    found = take_apart(request, page, request.hints(page.drawing.lines))
    assert same(found.merged, run(request, page)[0])


def test_a_candidates_seed_alone_gives_its_picture(door: Door) -> None:
    if not door.colorizer.session.by_regions:
        pytest.skip("a model of pixels has candidates by palettes alone")
    id = door.client.post("/api/drawings", content=DRAWINGS["32 px"]).json()["id"]
    asked = {**MARKED, **PALETTE, "candidates": 3, "seed": 4}
    answer = door.client.post(f"/api/drawings/{id}/candidates", json=asked)
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["seed"] for line in lines] == [4, 5, 6]
    assert all(line["palette"] == PALETTE["palette"] for line in lines)
    for line in lines:
        alone = {**asked, "candidates": 1, "seed": line["seed"]}
        shown = door.client.post(f"/api/drawings/{id}/color", json=alone)
        assert shown.content == base64.b64decode(line["png"])
