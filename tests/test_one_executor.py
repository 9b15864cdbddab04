"""One executor: library, command line, server, frames and layers give a request the same pixels or the same refusal."""

import base64
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper
from starlette.testclient import TestClient

from conftest import call, patchwork, ring
from senga import Colorizer, SengaError, image
from senga.color.colorizer import Page
from senga.color.files.project import Project
from senga.color.frames import frames_onward
from senga.color.layers import render_layers
from senga.color.render import candidate_requests, render, render_pictures
from senga.color.request import SEED, Request
from senga.learn.colorist_export import pack
from senga.web.app import make_app
from senga.web.guard import known_names
from test_staged_model import A_CARD

STROKE = {"kind": "stroke", "points": [[14, 16], [18, 16]], "color": "#d02030", "width": 4}
MARKED: dict[str, Any] = {"marks": [STROKE]}
PALETTE = {"palette": ["#224466", "#ddbb99", "#fff0e0"]}
BORROWED = {"reference": "r.png", "reference_strength": 0.5}
REQUESTS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "a hint": MARKED,
    "a hint and its reach": {**MARKED, "reach": "far"},
    "a hint of its region": {**MARKED, "reach": "region"},
    "a gap": {**MARKED, "gap": 4},
    "flat": {**MARKED, "mode": "flat"},
    "a palette": {**MARKED, **PALETTE},
    "flat with a palette": {**MARKED, **PALETTE, "mode": "flat"},
    "tint": {"tint": 0.7},
    "flat with a tint": {**MARKED, "tint": 0.4, "mode": "flat"},
    "a reference": {**MARKED, **BORROWED},
    "little light": {"light": 0.3},
    "no light": {"light": 0},
    "shade alone, soft and blue, from the right": {
        "light": 0,
        "shade": 1.2,
        "shade_softness": 0.7,
        "shade_tint": "#4050c0",
        "light_side": 1,
    },
    "a palette alone": PALETTE,
    "a flat palette alone": {**PALETTE, "mode": "flat"},
    "a flat reference": {"reference": "r.png", "mode": "flat"},
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


Found = list[np.ndarray] | str
"""Pictures, or what an error says."""


@dataclass
class Door:
    """A model behind all doors, in a folder of its own."""

    file: Path
    colorizer: Colorizer
    client: TestClient
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def page(self, drawing: bytes) -> Page:
        return self.colorizer.page(image.to_drawing(image.read_bytes(drawing, "drawing")))

    def library(self, drawing: bytes, request: Request) -> Found:
        """What all other doors have to answer."""
        try:
            return render_pictures(self.page(drawing), request, reference=borrowed(request))
        except SengaError as error:
            return plain(str(error))

    def methods(self, drawing: bytes, request: Request) -> Found:
        """`Page.candidates` and `Page.paint`, which have no flat mode."""
        page = self.page(drawing)
        given = (
            request.hints(page.drawing.lines, areas=page.areas),
            borrowed(request),
            request.palette,
            request.reference_strength,
        )
        more: dict[str, Any] = {
            "light": request.lighting,
            "reach": request.reach,
            "gap": request.gap,
            "tint": request.tint,
        }
        try:
            if request.candidates == 1:
                return [page.paint(*given, seed=request.seed, **more)]
            return page.candidates(request.candidates, *given, seed=request.seed, **more)
        except SengaError as error:
            return plain(str(error))

    def layers(self, drawing: bytes, request: Request) -> Found:
        try:
            return [render_layers(self.page(drawing), request, reference=borrowed(request)).merged]
        except SengaError as error:
            return plain(str(error))

    def frames(self, drawing: bytes, request: Request) -> Found:
        """A film of one frame."""
        drawings = [image.to_drawing(image.read_bytes(drawing, "drawing"))]
        try:
            return [f.picture for f in frames_onward(drawings, self.colorizer, request, reference=borrowed(request))]
        except SengaError as error:
            return plain(str(error))

    def project(self, drawing: bytes, request: Request) -> Found:
        Project(drawing, "d.png", request, REFERENCE if request.reference else None).write("p.senga", force=True)
        several = ("--candidates", request.candidates) if request.candidates > 1 else ()
        return self._command("color", "p.senga", "-o", "o.png", *several, count=request.candidates)

    def batch(self, drawing: bytes, request: Request) -> Found:
        """A folder of drawings and options; what has no option is left to the project."""
        Path("in").mkdir(exist_ok=True)
        Path("in/o.png").write_bytes(drawing)
        options: list[object] = ["--tint", request.tint, "--light", request.light, "--reach", request.reach]
        options += ["--seed", request.seed, "--gap", request.gap]
        options += ["--light-softness", request.light_softness, "--shade-softness", request.shade_softness]
        options += ["--light-side", request.light_side]
        options += [] if request.shade is None else ["--shade", request.shade]
        options += [] if request.shade_tint is None else ["--shade-tint", request.shade_tint]
        if request.candidates > 1:
            options += ["--candidates", request.candidates]
        if request.reference:
            options += ["--reference-strength", request.reference_strength]
        options += self._given(drawing, request)
        return self._command("color", "in", "-o", "out", *options, count=request.candidates, folder=Path("out"))

    def flats(self, drawing: bytes, request: Request) -> Found:
        """The verb of flats, which has neither tint nor candidates."""
        Path("d.png").write_bytes(drawing)
        return self._command("flats", "d.png", "-o", "o.png", *self._given(drawing, request), count=1)

    def http(self, drawing: bytes, request: Request) -> Found:
        id = self._uploaded(drawing, request)
        if request.candidates == 1:
            answer = self.client.post(f"/api/v1/drawings/{id}/color", json=request.to_table())
            found = [answer.content]
        else:
            answer = self.client.post(f"/api/v1/drawings/{id}/candidates", json=request.to_table())
            lines = [json.loads(line) for line in answer.text.splitlines()] if answer.status_code == 200 else []
            found = [base64.b64decode(line["png"]) for line in lines]
        if answer.status_code != 200:
            return plain(answer.json()["error"])
        return [image.read_bytes(content, "answer") for content in found]

    def export(self, drawing: bytes, request: Request) -> Found:
        id = self._uploaded(drawing, request)
        answer = self.client.post(f"/api/v1/drawings/{id}/export?format=webp", json=request.to_table())
        if answer.status_code != 200:
            return plain(answer.json()["error"])
        return [image.read_bytes(answer.content, "answer")]

    def live(self, drawing: bytes, request: Request, side: int) -> np.ndarray:
        """The colors without lines that the painting channel answers with."""
        id = self._uploaded(drawing, request)
        with self.client.websocket_connect(f"ws://127.0.0.1:8420/api/v1/drawings/{id}/live") as socket:
            socket.send_text(json.dumps({"seq": 1, "request": request.to_table(), "side": side}))
            message = socket.receive_bytes()
        (length,) = struct.unpack_from("<I", message)
        header, pictures = json.loads(message[4 : 4 + length]), message[4 + length :]
        return image.read_bytes(pictures[: header.get("color", len(pictures))], "colors")[..., :3]

    def _uploaded(self, drawing: bytes, request: Request) -> str:
        id: str = self.client.post("/api/v1/drawings", content=drawing).json()["id"]
        if request.reference:
            self.client.put(f"/api/v1/drawings/{id}/reference", content=REFERENCE)
        return id

    def _given(self, drawing: bytes, request: Request) -> list[object]:
        """Palette, reference and hints as options."""
        options: list[object] = []
        if request.palette:
            options += ["--palette", ",".join(request.palette)]
        if request.reference:
            Path("r.png").write_bytes(REFERENCE)
            options += ["--reference", "r.png"]
        if hints := request.hints(image.to_drawing(image.read_bytes(drawing, "drawing")).lines):
            hints.write("h.png", force=True)
            options += ["--hints", "h.png"]
        return options

    def _command(self, *words: object, count: int, folder: Path = Path()) -> Found:
        self.capsys.readouterr()
        options = ("--model", self.file, "--threads", 1, "--force", "--on-error", "stop")
        if call(self.monkeypatch, *words, *options):
            return plain(self.capsys.readouterr().err)
        names = ["o.png"] if count == 1 else [f"o-{i}.png" for i in range(1, count + 1)]
        return [image.read_rgba(folder / name) for name in names]


def ways(door: Door, request: Request) -> dict[str, Any]:
    """The doors that can be asked for a request."""
    open_ = {"project": door.project, "http": door.http}
    if request.mode == "paint":
        open_ |= {"methods": door.methods, "batch": door.batch}
    if request.candidates == 1:
        open_ |= {"layers": door.layers, "export": door.export}
        if not request.marks:
            open_["frames"] = door.frames
        if request.mode == "flat" and not request.tint and request.reference_strength == 1:
            open_["flats"] = door.flats
    return open_


def borrowed(request: Request) -> np.ndarray | None:
    return image.read_bytes(REFERENCE, "r")[..., :3] if request.reference else None


def plain(error: str) -> str:
    """What an error says, without who says it."""
    return " ".join(error.split()).rsplit(": does not ", 1)[-1].rsplit(": takes ", 1)[-1]


def same(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two pictures are, one of them perhaps with an alpha that says nothing."""
    first, second = (
        p if p.shape[2] == 4 else np.dstack([p, np.full(p.shape[:2], 255, np.uint8)]) for p in (one, other)
    )
    return bool(np.array_equal(first, second))


def stage(name: str, takes: str, answers: str, nodes: list[Any], **constants: Any) -> bytes:
    """A graph of a model in stages; `takes` and `answers` name its arrays, of any shape."""

    def value(name: str) -> Any:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, None)

    kept = []
    for key, numbers in constants.items():
        array = np.array(numbers, np.float32 if isinstance(numbers, float) else np.int64)
        kind = TensorProto.FLOAT if isinstance(numbers, float) else TensorProto.INT64
        kept.append(helper.make_tensor(key, kind, array.shape, array.reshape(-1)))
    graph = helper.make_graph(nodes, name, [*map(value, takes.split())], [*map(value, answers.split())], kept)
    made: bytes = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10
    ).SerializeToString()
    return made


@pytest.fixture(scope="module")
def colorist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of pixels in stages: the mean of palette and reference, but for hints; lines have half of it."""
    node = helper.make_node
    think = [
        node("Slice", ["palette", "first", "last", "axis"], ["rgb"]),
        node("ReduceMean", ["rgb", "colors"], ["mean"], keepdims=1),
        node("Reshape", ["mean", "plane"], ["base"]),
        node("ReduceMean", ["reference"], ["look"], keepdims=0),
        node("Mul", ["look", "strength"], ["borrowed"]),
        node("Reshape", ["borrowed", "single"], ["more"]),
        node("Add", ["base", "more"], ["thought"]),
    ]
    numbers = {"first": [0], "last": [3], "axis": [2], "colors": [1], "plane": [1, 3, 1, 1], "single": [1, 1, 1, 1]}
    paint = [
        node("Sub", ["unit", "mask"], ["free"]),
        node("Mul", ["free", "thought"], ["ground"]),
        node("Mul", ["reached", "mask"], ["hinted"]),
        node("Add", ["ground", "hinted"], ["color"]),
        node("Mul", ["color", "half"], ["ink"]),
    ]
    parts = {
        "cut": stage("cut", "line", "choice", [node("Identity", ["line"], ["choice"])]),
        "read": stage("read", "line", "known", [node("Identity", ["line"], ["known"])]),
        "think": stage("think", "palette reference strength", "thought", think, **numbers),
        "reach": stage("reach", "hint", "reached", [node("Identity", ["hint"], ["reached"])]),
        "paint": stage("paint", "mask thought reached", "color ink", paint, unit=1.0, half=0.5),
    }
    file = tmp_path_factory.mktemp("models") / "colorist.zip"
    file.write_bytes(pack(parts, A_CARD.to_json()))
    return file


@pytest.fixture(scope="module", params=["painter_file", "tiny_model", "colorist"])
def model(request: pytest.FixtureRequest) -> Path:
    """A painter, which takes all; a model of pixels that takes hints alone, and one that takes all."""
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
    request = Request.from_table(REQUESTS[name])
    drawing = DRAWINGS["cut out" if len(name) % 2 else "32 px"]
    wanted = door.library(drawing, request)
    for way, ask in ways(door, request).items():
        found = ask(drawing, request)
        if isinstance(wanted, str):
            assert found == wanted, way
        else:
            assert not isinstance(found, str), (way, found)
            assert len(found) == len(wanted) == request.candidates, way
            assert all(map(same, found, wanted)), way


def test_a_model_refuses_what_it_does_not_take_and_nothing_else(door: Door) -> None:
    drawing = DRAWINGS["32 px"]
    refused = {name for name, t in REQUESTS.items() if isinstance(door.library(drawing, Request.from_table(t)), str)}
    if "palette" in door.colorizer.session.card.conditions:
        assert not refused
    else:  # flats can be kept to a palette by any model
        assert refused == {
            "a palette",
            "a palette alone",
            "tint",
            "flat with a tint",
            "a reference",
            "a flat reference",
            "candidates",
            "flat candidates",
        }


@pytest.mark.parametrize("name", ["a hint", "flat with a palette", "no light"])
def test_the_painting_channel_and_previews_show_what_is_rendered(door: Door, name: str) -> None:
    request, drawing = Request.from_table(REQUESTS[name]), DRAWINGS["cut out"]
    page = door.page(drawing)
    for side, shape in ((0, (70, 90)), (45, (35, 45))):
        (wanted,) = render(page, request, shape=shape)
        assert np.array_equal(door.live(drawing, request, side), wanted.color)
        id = door.client.post("/api/v1/drawings", content=drawing).json()["id"]
        shown = door.client.post(f"/api/v1/drawings/{id}/color?side={side}", json=request.to_table())
        assert same(image.read_bytes(shown.content, "answer"), wanted.picture(page.drawing, request.tint))


@pytest.mark.parametrize("name", ["nothing", "a hint and its reach", "flat candidates", "a reference"])
def test_each_candidate_is_the_answer_to_a_request_of_its_own(door: Door, name: str) -> None:
    session = door.colorizer.session
    if "palette" not in session.card.conditions:
        pytest.skip("a model without palettes has one answer")
    request, drawing = Request.from_table({**REQUESTS[name], "candidates": 3, "seed": SEED - 1}), DRAWINGS["32 px"]
    each = candidate_requests(session, request)
    assert [one.candidates for one in each] == [1, 1, 1]
    if session.by_regions:  # the last seed there is, and on from the first
        assert [one.seed for one in each] == [SEED - 1, 0, 1]
    alone = [door.library(drawing, one)[0] for one in each]
    together = door.library(drawing, request)
    assert all(map(same, alone, together))  # type: ignore[arg-type]


def test_flats_of_a_rendering_are_its_colors_without_light(door: Door) -> None:
    page = door.page(DRAWINGS["cut out"])
    request = Request.from_table(MARKED)
    (painted,), (flat,) = (render(page, r) for r in (request, Request.from_table({**MARKED, "mode": "flat"})))
    assert np.array_equal(painted.flat, flat.color)
    assert np.array_equal(flat.flat, flat.color)


def test_flats_are_kept_to_the_palette_by_every_model(door: Door) -> None:
    page = door.page(DRAWINGS["cut out"])
    (flat,) = render(page, Request.from_table({**PALETTE, "mode": "flat"}))
    wanted = {(0x22, 0x44, 0x66), (0xDD, 0xBB, 0x99), (0xFF, 0xF0, 0xE0)}
    assert {tuple(c) for c in flat.color.reshape(-1, 3).tolist()} <= wanted


def test_frames_borrow_from_the_key_and_refuse_a_reference_that_the_model_does_not_take(door: Door) -> None:
    drawing, key = door.page(DRAWINGS["32 px"]).drawing, patchwork(32, 32)
    assert len(list(frames_onward([drawing], door.colorizer, key=key))) == 1
    asked = frames_onward([drawing], door.colorizer, Request(reference="r"), key=key, reference=key)
    if "reference" in door.colorizer.session.card.conditions:
        assert len(list(asked)) == 1
    else:
        with pytest.raises(SengaError, match="does not take a reference"):
            next(asked)
    with pytest.raises(SengaError, match="leave out marks and candidates"):
        next(frames_onward([drawing], door.colorizer, Request(candidates=2)))


def test_the_page_s_candidates_can_be_asked_for_again(door: Door) -> None:
    session = door.colorizer.session
    if "palette" not in session.card.conditions:
        pytest.skip("a model without palettes has one answer")
    id = door.client.post("/api/v1/drawings", content=DRAWINGS["32 px"]).json()["id"]
    for mode in ("paint", "flat"):
        asked = {**MARKED, **PALETTE, "candidates": 3, "seed": 4, "mode": mode}
        answer = door.client.post(f"/api/v1/drawings/{id}/candidates", json=asked)
        lines = [json.loads(line) for line in answer.text.splitlines()]
        if session.by_regions:
            assert [line["seed"] for line in lines] == [4, 5, 6]
            assert all(line["palette"] == PALETTE["palette"] for line in lines)
        for line in lines:
            alone = {**asked, "candidates": 1, "seed": line["seed"], "palette": line["palette"]}
            shown = door.client.post(f"/api/v1/drawings/{id}/color", json=alone)
            assert shown.content == base64.b64decode(line["png"])
