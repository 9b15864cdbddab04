"""The server: what it answers, what it refuses, and what it forgets."""

import asyncio
import base64
import contextlib
import dataclasses
import hashlib
import io
import json
import re
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families
from starlette.routing import Route
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from conftest import ring
from layered_files import L, bgra, kra, ora, psd, solid, tiles
from senga import image
from senga.color.colorizer import Colorizer
from senga.color.cutout import color_alone
from senga.color.files.project import Project
from senga.color.fill_regions import Areas
from senga.color.hint_cache import HintCache
from senga.color.hints import Hints
from senga.color.laying import draw, lay
from senga.color.marks import Mark
from senga.color.region_brush import RegionBrush
from senga.color.render import render, render_pictures
from senga.color.request import Request
from senga.imagefiles.tags import Tags
from senga.web import rendering, schema
from senga.web.app import PARTS, make_app
from senga.web.guard import is_loopback, known_names
from senga.web.refusal import RefusalError
from senga.web.scheduler import JobQueue, Newest
from senga.web.server import Limits, label
from senga.web.store import Store, weigh

HOST = "http://127.0.0.1:8420"
NAMES = known_names("127.0.0.1")
TOKEN = "a-token-of-enough-characters"


@pytest.fixture(scope="module")
def colorizer() -> Colorizer:
    return Colorizer.open(threads=1)


def client_of(colorizer: Colorizer, limits: Limits = Limits(), **more: Any) -> TestClient:
    app = make_app(colorizer, limits, names=more.pop("names", NAMES), **more)
    return TestClient(app, base_url=HOST, follow_redirects=False)


@pytest.fixture(scope="module")
def client(colorizer: Colorizer) -> Iterator[TestClient]:
    with client_of(colorizer) as made:
        yield made


def png(pixels: np.ndarray) -> bytes:
    return image.encode(pixels, "PNG")


DRAWING = ring(48, 64, 16)


def keep(client: TestClient, content: bytes = png(DRAWING), **headers: str) -> str:
    answer = client.post("/api/v1/drawings", content=content, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def channel(client: TestClient, id: str, **more: Any) -> Any:
    """The painting channel; the test client calls its host otherwise there."""
    return client.websocket_connect(f"ws{HOST.removeprefix('http')}/api/v1/drawings/{id}/live", **more)


def stroke(color: str = "#d02030", x: float = 30, y: float = 24) -> dict[str, Any]:
    return {"kind": "stroke", "points": [[x, y], [x + 4, y]], "color": color, "width": 5}


def pixels(content: bytes) -> np.ndarray:
    return image.read_bytes(content, "the answer")


def is_error(answer: Any, status: int) -> bool:
    said = answer.json()
    assert answer.status_code == status, answer.text
    assert set(said) == {"error", "kind"}
    assert "\n" not in said["error"]
    return True


def unframed(message: bytes) -> tuple[dict[str, Any], bytes]:
    (length,) = struct.unpack("<I", message[:4])
    return json.loads(message[4 : 4 + length]), message[4 + length :]


class TestDrawings:
    @pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "BMP"])
    def test_gray_rgb_and_rgba_come_in_with_their_sizes(self, client: TestClient, kind: str) -> None:
        color = np.repeat(DRAWING[..., None], 3, 2)
        cut_out = np.dstack([color, np.where(np.arange(64) < 40, 255, 0) * np.ones((48, 1))]).astype(np.uint8)
        for given_, alpha in ((DRAWING, False), (color, False), (cut_out, kind != "BMP")):
            answer = client.post("/api/v1/drawings", content=image.encode(given_, kind))
            assert answer.status_code == 201
            said = answer.json()
            assert (said["width"], said["height"], said["alpha"]) == (64, 48, alpha)
            assert said["seconds"] >= 0

    def test_a_16_bit_drawing_comes_in(self, client: TestClient) -> None:
        id = keep(client, deep_png(DRAWING.astype(np.uint16) * 257))
        seen = pixels(client.get(f"/api/v1/drawings/{id}/preview.png?side=64").content)
        assert np.array_equal(seen[..., 0], DRAWING)

    def test_documents_of_painting_programs_come_in_as_their_lines(self, client: TestClient) -> None:
        ink, paper = np.zeros((48, 64, 4), np.uint8), solid((255, 255, 255), 48, 64)
        ink[10:38, 20:24, 3] = 255
        stack = '<layer name="Ink" src="a.png"/><layer name="paper" src="b.png"/>'
        layers = '<layer name="ink" nodetype="paintlayer" filename="a"/><layer name="p" nodetype="filelayer"/>'
        for content in (
            psd(paper, [L("paper", paper), L("線画", ink)]),
            psd(paper, [L("paper", paper), L("線画", ink)], large=True),
            ora(stack, {"a.png": ink, "b.png": paper}, paper, "64 48"),
            kra(layers, {"a": tiles(bgra(ink))}, paper, "64 48"),
        ):
            id = keep(client, content)
            seen = pixels(client.get(f"/api/v1/drawings/{id}/preview.png?side=64").content)
            assert np.array_equal(seen[..., 0], 255 - ink[..., 3])
            assert is_error(client.post("/api/v1/drawings", content=content[: len(content) // 2]), 422)

    def test_a_document_of_too_many_pixels_is_refused(self, colorizer: Colorizer) -> None:
        with client_of(colorizer, Limits(pixels=2000)) as small:
            for content in (psd(solid((0, 0, 0), 48, 64)), ora("", {}, size="64 48"), kra("", {}, size="64 48")):
                answer = small.post("/api/v1/drawings", content=content)
                assert is_error(answer, 422)
                assert "too large: 64x48 px" in answer.json()["error"]

    def test_what_is_no_picture_is_refused(self, client: TestClient) -> None:
        whole = png(DRAWING)
        for broken in (b"", b"hello", whole[: len(whole) // 2], b"\x89PNG\r\n\x1a\n" + b"\0" * 50, b"\0" * 1000):
            assert is_error(client.post("/api/v1/drawings", content=broken), 422)

    def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(self, colorizer: Colorizer) -> None:
        with client_of(colorizer, Limits(pixels=10_000)) as small:
            assert is_error(small.post("/api/v1/drawings", content=png(ring(120, 120, 30))), 422)
        start = time.monotonic()
        with client_of(colorizer) as client:
            answer = client.post("/api/v1/drawings", content=bomb(60_000, 60_000))
            assert is_error(answer, 422)
            assert "too large" in answer.json()["error"]
        assert time.monotonic() - start < 5

    def test_a_drawing_of_another_or_dropped_is_not_there(self, client: TestClient) -> None:
        id = keep(client)
        assert client.get(f"/api/v1/drawings/{id}/preview.png").status_code == 200
        assert len(id) >= 22  # 128 bits
        assert client.delete(f"/api/v1/drawings/{id}").status_code == 204
        for other in (id, id[:-1] + "_", "x", "%00", "..%2f..%2fetc%2fpasswd"):
            for method, path in (
                ("GET", "lines.png"),
                ("GET", "preview.png"),
                ("POST", "color"),
                ("POST", "candidates"),
                ("POST", "export?format=png"),
                ("PUT", "reference"),
                ("DELETE", "reference"),
            ):
                answer = client.request(
                    method, f"/api/v1/drawings/{other}/{path}", content=b"{}" if method != "GET" else b""
                )
                assert is_error(answer, 404)
        for other in (id, id[:-1] + "_", "x"):
            with pytest.raises(WebSocketDenialResponse) as denied, channel(client, other):
                pass
            assert denied.value.status_code == 404
        assert is_error(client.delete(f"/api/v1/drawings/{id}"), 404)

    def test_there_is_no_list_of_drawings(self, client: TestClient) -> None:
        assert is_error(client.get("/api/v1/drawings"), 405)

    def test_two_clients_do_not_see_each_others_drawings(self, client: TestClient) -> None:
        mine, other = keep(client), keep(client)
        assert mine != other
        white = np.full((30, 20), 255, np.uint8)
        third = keep(client, png(white))
        red = {"marks": [stroke("#ff0000")]}
        assert client.post(f"/api/v1/drawings/{mine}/color", json=red).status_code == 200
        plain = pixels(client.post(f"/api/v1/drawings/{other}/color?lines=0", json={}).content)
        reds = pixels(client.post(f"/api/v1/drawings/{mine}/color?lines=0", json=red).content)
        assert not np.array_equal(plain, reds)
        assert pixels(client.get(f"/api/v1/drawings/{third}/preview.png").content).shape == (30, 20, 4)
        black = png(np.zeros((9, 9, 3), np.uint8))
        assert client.put(f"/api/v1/drawings/{mine}/reference", content=black).status_code == 200
        assert is_error(client.post(f"/api/v1/drawings/{other}/color", json={"reference": "x"}), 422)

    def test_the_lines_over_white_paper_are_the_drawing(self, client: TestClient) -> None:
        colored = np.random.default_rng(0).integers(0, 256, (48, 64, 3)).astype(np.uint8)
        soft = np.tile(np.arange(64, dtype=np.uint8) * 4, (48, 1))
        for drawn, slack in ((DRAWING, 0), (soft, 0), (colored, 1)):
            ink = pixels(client.get(f"/api/v1/drawings/{keep(client, png(drawn))}/lines.png").content).astype(int)
            over = (ink[..., :3] * ink[..., 3:] + 255 * (255 - ink[..., 3:]) + 127) // 255
            wanted = drawn if drawn.ndim == 3 else drawn[..., None]
            assert np.abs(over - wanted.astype(int)).max() <= slack
            if drawn.ndim == 2:
                assert not ink[..., :3].any()

    def test_a_label_is_never_a_path(self) -> None:
        for name in (
            "../../etc/passwd",
            "C:\\x\\y.png",
            "%2e%2e%2fa.png",
            "a\nb",
            "\0",
            "." * 300,
            "é" * 300,
            "%ff%fe",
        ):
            made = label(name)
            assert made
            assert not re.search(r"[\\/\0\n]", made)
            assert not made.startswith(".")


def deep_png(values: np.ndarray) -> bytes:
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    head = struct.pack(">IIBBBBB", values.shape[1], values.shape[0], 16, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def bomb(width: int, height: int) -> bytes:
    """A small file that says it is a huge picture."""
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 10_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


class TestColor:
    def test_color_is_what_the_library_answers(self, client: TestClient, colorizer: Colorizer) -> None:
        request = {"marks": [stroke()], "palette": ["#224466", "#ddbb99"], "tint": 0.5}
        answer = client.post(f"/api/v1/drawings/{keep(client)}/color", json=request)
        wanted = render_pictures(colorizer.page(DRAWING), Request.from_table(request))[0]
        assert np.array_equal(pixels(answer.content)[..., :3], wanted)

    def test_a_side_makes_it_smaller_and_never_larger(self, client: TestClient) -> None:
        id = keep(client)
        for side, shape in ((32, (24, 32)), (1, (1, 1)), (500, (48, 64)), (0, (48, 64))):
            for lines in (0, 1):
                answer = client.post(f"/api/v1/drawings/{id}/color?side={side}&lines={lines}", json={})
                assert pixels(answer.content).shape[:2] == shape
        assert is_error(client.post(f"/api/v1/drawings/{id}/color?side=-1", json={}), 422)

    def test_a_cut_out_keeps_its_alpha(self, client: TestClient) -> None:
        alpha = np.where(np.arange(64) < 40, 255, 0) * np.ones((48, 1))
        id = keep(client, png(np.dstack([DRAWING, DRAWING, DRAWING, alpha]).astype(np.uint8)))
        found = pixels(client.post(f"/api/v1/drawings/{id}/color", json={}).content)
        assert np.array_equal(found[..., 3], alpha)

    def test_hints_are_obeyed_wherever_the_marks_come_from(self, client: TestClient) -> None:
        """Marks that were read in an earlier request are not read again: the answer must not change by that."""
        id = keep(client)
        one, two, three = stroke("#d02030"), stroke("#20a040", 10, 10), stroke("#2030d0", 50, 40)
        orders: tuple[list[Any], ...] = (
            [one],
            [one, two],
            [one, two, three],
            [two, three],
            [three],
            [],
            [one, two, three],
        )
        for marks in orders:
            seen = client.post(f"/api/v1/drawings/{id}/color?lines=0", json={"marks": marks}).content
            fresh = client.post(f"/api/v1/drawings/{keep(client)}/color?lines=0", json={"marks": marks}).content
            assert np.array_equal(pixels(seen), pixels(fresh))

    def test_flat_mode_gives_few_colors(self, client: TestClient) -> None:
        id = keep(client)
        found = pixels(client.post(f"/api/v1/drawings/{id}/color?lines=0", json={"mode": "flat"}).content)
        assert len(np.unique(found.reshape(-1, 4), axis=0)) <= 3

    def test_a_reference_is_borrowed_from_until_it_is_dropped(self, client: TestClient) -> None:
        id = keep(client)
        blue = np.full((40, 40, 3), (20, 40, 220), np.uint8)
        said = client.put(f"/api/v1/drawings/{id}/reference", content=png(blue))
        assert said.json() == {"width": 40, "height": 40, "colors": ["#1428dc"]}
        answer = client.post(f"/api/v1/drawings/{id}/color?lines=0", json={"reference": "blue.png"})
        blued = pixels(answer.content).astype(int)
        red = np.full((40, 40, 3), (220, 40, 20), np.uint8)
        client.put(f"/api/v1/drawings/{id}/reference", content=png(red))
        again = client.post(f"/api/v1/drawings/{id}/color?lines=0", json={"reference": "a"})
        redder = pixels(again.content).astype(int)
        assert (redder[..., 0] - redder[..., 2]).mean() > (blued[..., 0] - blued[..., 2]).mean()
        assert client.delete(f"/api/v1/drawings/{id}/reference").status_code == 204
        assert is_error(client.post(f"/api/v1/drawings/{id}/color", json={"reference": "blue.png"}), 422)
        assert is_error(client.put(f"/api/v1/drawings/{id}/reference", content=b"no picture"), 422)
        clear = np.zeros((8, 8, 4), np.uint8)
        assert is_error(client.put(f"/api/v1/drawings/{id}/reference", content=png(clear)), 422)

    def test_candidates_come_line_by_line(self, client: TestClient) -> None:
        several = np.hstack([DRAWING, np.minimum(ring(48, 64, 20), ring(48, 64, 9)), DRAWING])
        id = keep(client, png(several))
        request = {"candidates": 3, "palette": [], "marks": []}
        with client.stream("POST", f"/api/v1/drawings/{id}/candidates", json=request) as answer:
            assert answer.headers["content-type"] == "application/x-ndjson"
            lines = [json.loads(line) for line in answer.iter_lines()]
        assert [line["index"] for line in lines] == [0, 1, 2]
        shown = [pixels(base64.b64decode(line["png"])) for line in lines]
        assert all(s.shape == (48, 192, 4) for s in shown)
        assert not np.array_equal(shown[1], shown[2])
        assert lines[0]["palette"] == []
        assert all(re.fullmatch("#[0-9a-f]{6}", c) for line in lines[1:] for c in line["palette"])
        schema_ = client.get("/api/v1/openapi.json").json()["components"]["schemas"]["Candidate"]
        assert all(set(line) == set(schema_["properties"]) == set(schema_["required"]) for line in lines)
        for line, picture in zip(lines, shown, strict=True):
            alone = {"marks": [], "palette": line["palette"], "seed": line["seed"]}
            chosen = client.post(f"/api/v1/drawings/{id}/color", json=alone)
            assert np.array_equal(pixels(chosen.content), picture)

    def test_candidates_of_a_bad_request_are_an_error_at_once(self, client: TestClient) -> None:
        id = keep(client)
        for asked in ({"candidates": 65}, {"reference": "none", "candidates": 2}):
            assert is_error(client.post(f"/api/v1/drawings/{id}/candidates", json=asked), 422)

    def test_a_model_without_palettes_says_so(self, tmp_path: Path) -> None:
        with client_of(Colorizer.open(plain_model(tmp_path), threads=1)) as client:
            id = keep(client)
            assert client.post(f"/api/v1/drawings/{id}/color", json={"marks": [stroke()]}).status_code == 200
            for request in ({"palette": ["#112233"]}, {"tint": 1}):
                assert is_error(client.post(f"/api/v1/drawings/{id}/color", json=request), 422)
                assert is_error(client.post(f"/api/v1/drawings/{id}/color?side=8", json=request), 422)
            assert is_error(client.post(f"/api/v1/drawings/{id}/candidates", json={"candidates": 2}), 422)


class TestEasel:
    def test_marks_that_grow_shrink_and_change_lie_as_if_laid_anew(self) -> None:
        random = np.random.default_rng(0)
        cache = HintCache(DRAWING)
        marks: list[Any] = []
        for step in range(120):
            if marks and random.random() < 0.3:
                del marks[-int(random.integers(1, 4)) :]
            elif marks and marks[-1].kind == "stroke" and random.random() < 0.5:
                grown = (*marks[-1].points, tuple(random.integers(0, 60, 2)))
                marks[-1] = Mark.stroke(grown, "#102030", 4)
            else:
                place = tuple(random.integers(0, 60, 2))
                more = [Mark.stroke([place], f"#{step:06x}", 6), Mark.erase([place], 5), Mark.fill(place, "#aabbcc")]
                marks.append(more[step % 3])
            seen, wanted = cache.lay(marks), lay(marks, DRAWING)
            assert np.array_equal(seen.color, wanted.color)
            assert np.array_equal(seen.mask, wanted.mask)

    def test_the_area_of_a_fill_is_shown_before_it_is_poured(self, client: TestClient) -> None:
        id = keep(client)
        mark = {"kind": "fill", "points": [[2, 2]], "color": "#00ff00"}
        shown = client.post(f"/api/v1/drawings/{id}/area?x=2&y=2", json={"gap": 2})
        assert shown.status_code == 200
        mask = image.read_bytes(shown.content, "area")[..., 3] > 0
        areas = Areas(DRAWING, gap=2)
        assert np.array_equal(mask, lay([Mark.from_table(mark)], DRAWING, areas=areas).mask)
        assert mask.any()
        small = client.post(f"/api/v1/drawings/{id}/area?x=2&y=2&side=32", json={})
        assert max(image.read_bytes(small.content, "area").shape) == 32
        assert is_error(client.post(f"/api/v1/drawings/{id}/area?x=no&y=2", json={}), 422)
        assert is_error(client.post(f"/api/v1/drawings/{id}/area?x=2&y=2", json={"gap": 9}), 422)

    def test_a_stroke_that_grows_lays_no_other_mark_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        laid: list[int] = []

        def counted(marks: Any, which: Any, *args: Any) -> None:
            laid.append(len(which))
            draw(marks, which, *args)

        monkeypatch.setattr("senga.color.hint_cache.draw", counted)
        cache = HintCache(DRAWING)
        before = [Mark.stroke([(i, 5)], "#ff0000", 3) for i in range(30)]
        cache.lay(before)
        for size in range(1, 40):
            cache.lay([*before, Mark.stroke([(i, 20) for i in range(size)], "#00ff00", 3)])
        assert laid == [29, 1] + [1] * 39


class TestLive:
    def test_a_message_is_answered_with_the_color_layer(self, client: TestClient) -> None:
        id = keep(client)
        request = {"marks": [stroke()]}
        with channel(client, id) as socket:
            socket.send_text(json.dumps({"seq": 7, "request": request, "side": 0}))
            header, picture = unframed(socket.receive_bytes())
        assert {k: header[k] for k in ("seq", "kind", "width", "height")} == {
            "seq": 7,
            "kind": "color",
            "width": 64,
            "height": 48,
        }
        wanted = pixels(client.post(f"/api/v1/drawings/{id}/color?lines=0", json=request).content)
        assert np.array_equal(pixels(picture), wanted)

    def test_tinted_lines_come_as_a_second_picture(self, client: TestClient) -> None:
        with channel(client, keep(client)) as socket:
            socket.send_text(json.dumps({"seq": 1, "request": {"tint": 0.5}, "side": 32}))
            header, rest = unframed(socket.receive_bytes())
        assert header["color"] + header["ink"] == len(rest)
        color, ink = pixels(rest[: header["color"]]), pixels(rest[header["color"] :])
        assert color.shape == ink.shape == (24, 32, 4)

    def test_messages_that_are_wrong_are_told_and_the_channel_stays(self, client: TestClient) -> None:
        with channel(client, keep(client)) as socket:
            for text, seq in (
                ("no json", None),
                ("[1]", None),
                ('{"request": {}}', None),
                ('{"seq": "a", "request": {}}', None),
                ('{"seq": -1, "request": {}}', None),
                ('{"seq": 3}', None),
                ('{"seq": 3, "request": {}, "other": 1}', None),
                ('{"seq": 3, "request": []}', 3),
                ('{"seq": 4, "request": {"tint": 2}}', 4),
                ('{"seq": 5, "request": {}, "side": -1}', 5),
                ('{"seq": 6, "request": {"marks": [{"kind": "stroke"}]}}', 6),
                ("[" * 100_000, None),
            ):
                socket.send_text(text)
                said = json.loads(socket.receive_text())
                assert said["seq"] == seq
                assert said["error"]
                assert said["kind"] in ("HintError", "BadRequest")
            socket.send_bytes(b"bytes")
            assert json.loads(socket.receive_text())["kind"] == "BadRequest"
            socket.send_text('{"seq": 9, "request": {}}')
            assert unframed(socket.receive_bytes())[0]["seq"] == 9

    def test_older_messages_are_dropped_and_the_last_is_always_answered(
        self, client: TestClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        id = keep(client)
        begun, free = threading.Event(), threading.Event()
        true_render = rendering.render_first
        painted: list[int] = []

        def slow(kept: Any, colorizer: Any, request: Request, side: int, cancel: Any) -> Any:
            painted.append(len(request.marks))
            begun.set()
            assert free.wait(30)
            return true_render(kept, colorizer, request, side, cancel)

        with channel(client, id) as socket:
            socket.send_text('{"seq": 0, "request": {}}')  # what was read ahead is done by then
            socket.receive_bytes()
            monkeypatch.setattr(rendering, "render_first", slow)
            socket.send_text(json.dumps({"seq": 1, "request": {"marks": [stroke()]}}))
            assert begun.wait(30)
            for seq in range(2, 12):
                socket.send_text(json.dumps({"seq": seq, "request": {"marks": [stroke()] * seq}}))
            time.sleep(0.3)  # until all of them have come in
            free.set()
            seen = [unframed(socket.receive_bytes())[0]["seq"] for _ in range(2)]
        assert seen == [1, 11]
        assert painted == [1, 11]

    def test_a_dropped_drawing_closes_its_channel(self, client: TestClient) -> None:
        id = keep(client)
        with channel(client, id) as socket:
            socket.send_text('{"seq": 1, "request": {}}')
            socket.receive_bytes()
            client.delete(f"/api/v1/drawings/{id}")
            assert json.loads(socket.receive_text())["kind"] == "NotFound"
            with pytest.raises(WebSocketDisconnect) as closed:
                socket.receive_text()
        assert closed.value.code == 4404

    def test_channels_are_counted(self, colorizer: Colorizer) -> None:
        with client_of(colorizer, Limits(seats=1, sockets=2)) as client:
            one, two, three = (keep(client) for _ in range(3))
            with channel(client, one):
                with (
                    pytest.raises(WebSocketDenialResponse) as denied,
                    channel(client, one),
                ):
                    pass
                assert is_error(denied.value, 503)
                with (
                    channel(client, two),
                    pytest.raises(WebSocketDenialResponse),
                    channel(client, three),
                ):
                    pass
            with channel(client, one) as again:
                again.send_text('{"seq": 1, "request": {}}')
                assert unframed(again.receive_bytes())[0]["seq"] == 1


class TestExport:
    def test_every_format_is_what_it_says(self, client: TestClient, colorizer: Colorizer) -> None:
        id = keep(client, png(DRAWING), **{"X-File-Name": "%E7%8C%AB%20a.png"})
        request = {"marks": [stroke()], "tint": 0.25}
        starts = {
            "png": b"\x89PNG",
            "webp": b"RIFF",
            "layer": b"\x89PNG",
            "psd": b"8BPS",
            "ora": b"PK",
            "flats.svg": b"<svg",
        }
        wanted = render_pictures(colorizer.page(DRAWING), Request.from_table(request))[0]
        for kind, start in starts.items():
            answer = client.post(f"/api/v1/drawings/{id}/export?format={kind}", json=request)
            assert answer.status_code == 200, (kind, answer.text)
            assert answer.content.startswith(start)
            said = answer.headers["content-disposition"]
            assert said.startswith('attachment; filename="_ a')
            assert "filename*=UTF-8''%E7%8C%AB%20a" in said
            if kind in ("png", "webp"):
                assert np.array_equal(pixels(answer.content)[..., :3], wanted)
        layer = pixels(client.post(f"/api/v1/drawings/{id}/export?format=layer", json=request).content)
        alone = color_alone(colorizer.page(DRAWING), Request.from_table(request))
        assert np.array_equal(layer[..., :3], alone[..., :3])

    def test_a_project_goes_out_and_comes_back(self, client: TestClient, colorizer: Colorizer) -> None:
        id = keep(client, png(DRAWING), **{"X-File-Name": "cat.png"})
        client.put(f"/api/v1/drawings/{id}/reference", content=png(np.full((9, 9, 3), (20, 40, 220), np.uint8)))
        request = {"marks": [stroke()], "reference": "blue", "reference_strength": 0.5}
        content = client.post(f"/api/v1/drawings/{id}/export?format=senga", json=request).content
        project = Project.from_bytes(content, "it")
        assert project.drawing == png(DRAWING)
        said = client.post("/api/v1/drawings", content=content).json()
        assert said["project"]["request"] == Request.from_table(request).to_table()
        assert said["project"]["name"] == "cat"
        again = client.post(f"/api/v1/drawings/{said['id']}/color", json=said["project"]["request"])
        assert np.array_equal(pixels(again.content)[..., :3], project.paint(colorizer)[0])

    def test_layers_are_the_picture(self, client: TestClient) -> None:
        psd_tools = pytest.importorskip("psd_tools")
        for mode in ("paint", "flat"):
            request = {"marks": [stroke()], "mode": mode}
            id = keep(client)
            shown = pixels(client.post(f"/api/v1/drawings/{id}/color", json=request).content)[..., :3]
            psd = psd_tools.PSDImage.open(
                io.BytesIO(client.post(f"/api/v1/drawings/{id}/export?format=psd", json=request).content)
            )
            merged = np.asarray(psd.topil().convert("RGB"))
            assert np.abs(merged.astype(int) - shown).max() <= 1

    def test_a_broken_project_is_refused(self, client: TestClient) -> None:
        for content in (b"PK", b"PK\3\4" + b"x" * 100, b"PK\5\6" + b"\0" * 18):
            assert is_error(client.post("/api/v1/drawings", content=content), 422)

    def test_unknown_formats_are_refused(self, client: TestClient) -> None:
        id = keep(client)
        for query in ("", "?format=", "?format=exe", "?format=../png"):
            assert is_error(client.post(f"/api/v1/drawings/{id}/export{query}", json={}), 422)


def Hints_of(request: dict[str, Any]) -> Hints | None:  # noqa: N802
    return Request.from_table(request).hints(DRAWING)


class TestPalettes:
    @pytest.mark.parametrize("kind", ["gpl", "ase", "aco", "txt"])
    def test_palettes_go_out_and_come_back(self, client: TestClient, kind: str) -> None:
        colors = ["#7a4a2b", "#ffffff", "#000000", "#9ed3ef"]
        answer = client.post(f"/api/v1/palette/export?format={kind}", json={"name": "髪 1", "colors": colors})
        assert answer.status_code == 200
        assert answer.headers["content-disposition"].startswith("attachment")
        assert client.post("/api/v1/palette", content=answer.content).json() == {"colors": colors}

    def test_texts_and_pictures_have_colors(self, client: TestClient) -> None:
        assert client.post("/api/v1/palette", content=b"#7A4A2B, #fff").json() == {"colors": ["#7a4a2b", "#ffffff"]}
        green = png(np.full((9, 9, 3), (0, 200, 0), np.uint8))
        assert client.post("/api/v1/palette", content=green).json() == {"colors": ["#00c800"]}

    def test_what_is_no_palette_is_refused(self, client: TestClient) -> None:
        for content in (b"", b"/etc/passwd", b"..", b"\0\1\xff\xff", b"ASEF\0", b"GIMP Palette\nx", b"\xff\xd8\xff"):
            assert is_error(client.post("/api/v1/palette", content=content), 422)
        broken: tuple[Any, ...] = (
            {},
            {"colors": []},
            {"colors": ["red"]},
            {"colors": ["#123456"] * 300},
            [],
            {"name": "\n", "colors": ["#123456"]},
        )
        for value in broken:
            assert is_error(client.post("/api/v1/palette/export?format=gpl", json=value), 422)
        assert is_error(client.post("/api/v1/palette/export?format=gpl", content=b"{"), 400)
        assert is_error(client.post("/api/v1/palette/export?format=zip", json={"colors": ["#123456"]}), 422)


class TestCharacters:
    def test_character_files_go_out_and_come_back(self, client: TestClient) -> None:
        mina = {"name": "ミナ", "colors": [{"part": "hair", "color": "#8c3b2e"}]}
        answer = client.post("/api/v1/character/export", json=mina)
        assert answer.status_code == 200
        assert answer.headers["content-disposition"].startswith("attachment")
        assert client.post("/api/v1/character", content=answer.content).json()["colors"] == mina["colors"]

    def test_what_is_no_character_is_refused(self, client: TestClient) -> None:
        assert is_error(client.post("/api/v1/character", content=b"no TOML"), 422)
        assert is_error(client.post("/api/v1/character/export", json={"name": ""}), 422)


class TestExportedPictures:
    """Size, resolution, quality, transparency."""

    @staticmethod
    def made(client: TestClient, asked: str, content: bytes = png(DRAWING)) -> bytes:
        answer = client.post(f"/api/v1/drawings/{keep(client, content)}/export?{asked}", json={"marks": [stroke()]})
        assert answer.status_code == 200, answer.text
        return bytes(answer.content)

    @pytest.mark.parametrize("kind", ["png", "webp", "jpg", "layer"])
    def test_the_longest_side_is_what_is_asked_for(self, client: TestClient, kind: str) -> None:
        for side, shape in ((0, (48, 64)), (32, (24, 32)), (128, (96, 128)), (256, (192, 256))):
            assert pixels(self.made(client, f"format={kind}&side={side}")).shape[:2] == shape

    def test_too_large_is_refused_with_the_most_there_is(self, colorizer: Colorizer, client: TestClient) -> None:
        with client_of(colorizer, Limits(pixels=10_000)) as small:
            answer = small.post(f"/api/v1/drawings/{keep(small)}/export?format=png&side=200", json={})
            assert is_error(answer, 422)
            assert "at most 115" in answer.json()["error"]
        assert is_error(client.post(f"/api/v1/drawings/{keep(client)}/export?format=png&side=257", json={}), 422)

    def test_resolution_and_profile_are_in_the_file(self, client: TestClient) -> None:
        for kind in ("png", "jpg"):
            _, tags = image.read_tagged(self.made(client, f"format={kind}&dpi=350&srgb=1"), "it")
            assert tags.dpi == pytest.approx((350, 350), abs=0.1)
            assert tags.profile[16:20] == b"RGB "
        own = image.encode(DRAWING, "PNG", tags=Tags(dpi=(600, 600)))
        assert image.read_tagged(self.made(client, "format=jpg", own), "it")[1].dpi == (600, 600)

    def test_less_quality_makes_less_bytes(self, client: TestClient) -> None:
        for kind in ("jpg", "webp"):
            rough, fine = (len(self.made(client, f"format={kind}&quality={q}&side=256")) for q in (30, 95))
            assert rough < fine

    def test_a_transparent_background_keeps_the_ink_on_it(self, client: TestClient) -> None:
        opaque = pixels(self.made(client, "format=png"))
        clear = pixels(self.made(client, "format=png&transparent=1"))
        assert clear[0, 0, 3] == 0
        assert clear[24, 32, 3] == 255, "what is inside the ring stays"
        assert (clear[DRAWING == 0][:, 3] == 255).all()
        alpha = clear[..., 3:].astype(float) / 255
        on_paper = clear[..., :3] * alpha + 255 * (1 - alpha)
        outside = clear[..., 3] < 255
        assert np.abs(on_paper[outside] - DRAWING[outside][:, None]).max() < 3
        assert np.abs(on_paper[~outside] - opaque[~outside][:, :3]).max() < 3

    def test_colors_alone_are_clear_where_paper_is_blank(self, client: TestClient) -> None:
        clear = pixels(self.made(client, "format=layer&transparent=1"))
        assert clear[0, 0, 3] == 0
        assert clear[24, 32, 3] == 255

    def test_layered_files_say_their_resolution_and_profile_and_have_layers_of_regions(
        self, client: TestClient
    ) -> None:
        for kind in ("psd", "ora"):
            plain = self.made(client, f"format={kind}")
            made = self.made(client, f"format={kind}&regions=1&dpi=350&srgb=1")
            assert b"#c03050" not in plain, "one layer of all flats"
            read, tags = image.read_tagged(made, "it")
            assert np.abs(read.astype(int) - image.read_tagged(plain, "it")[0]).max() <= 1
            assert tags.dpi == pytest.approx((350, 350), abs=0.1)
            assert tags.profile[16:20] == b"RGB "

    def test_what_a_format_cannot_is_refused(self, client: TestClient) -> None:
        id = keep(client)
        for asked in (
            "format=jpg&transparent=1",
            "format=psd&side=64",
            "format=png&regions=1",
            "format=senga&dpi=300",
            "format=flats.svg&transparent=1",
            "format=png&side=-1",
            "format=png&dpi=0.5",
            "format=png&dpi=inf",
            "format=jpg&quality=101",
        ):
            assert is_error(client.post(f"/api/v1/drawings/{id}/export?{asked}", json={}), 422), asked


class TestPreparing:
    @staticmethod
    def photo() -> np.ndarray:
        """The drawing on gray paper with grain."""
        grain = np.random.default_rng(1).normal(0, 3, DRAWING.shape)
        return np.clip(DRAWING * 0.6 + 40 + grain, 0, 255).astype(np.uint8)

    def test_what_a_drawing_looks_like(self, client: TestClient) -> None:
        for picture, wanted in ((DRAWING, "lines"), (self.photo(), "scan"), (255 - DRAWING, "inverted")):
            id = keep(client, png(picture))
            assert client.get(f"/api/v1/drawings/{id}/look").json() == {"look": wanted}

    def test_a_photo_is_cleaned_and_the_drawing_stays_what_it_was(self, client: TestClient) -> None:
        id = keep(client, png(self.photo()))
        made = pixels(client.get(f"/api/v1/drawings/{id}/prepared.png?way=clean").content)[..., 0]
        assert made.shape == DRAWING.shape
        assert (made[DRAWING == 255] > 250).mean() > 0.8
        assert self.photo().max() < 210
        assert (made[DRAWING == 0] < 90).mean() > 0.9
        assert np.array_equal(pixels(client.get(f"/api/v1/drawings/{id}/preview.png").content)[..., 0], self.photo())

    def test_white_on_black_is_turned(self, client: TestClient) -> None:
        id = keep(client, png(255 - DRAWING))
        kept, turned = (
            pixels(client.get(f"/api/v1/drawings/{id}/prepared.png?way=keep&invert={number}").content)[..., 0]
            for number in (0, 1)
        )
        assert np.array_equal(turned, DRAWING)
        assert np.array_equal(kept, 255 - DRAWING)
        cleaned = client.get(f"/api/v1/drawings/{id}/prepared.png?way=clean&invert=1")
        assert (pixels(cleaned.content)[..., 0][DRAWING == 0] < 90).mean() > 0.9

    def test_what_is_cut_out_stays_cut_out(self, client: TestClient) -> None:
        alpha = np.where(np.arange(64) < 40, 255, 0) * np.ones((48, 1))
        id = keep(client, png(np.dstack([DRAWING, DRAWING, DRAWING, alpha]).astype(np.uint8)))
        for way in ("clean", "keep"):
            assert np.array_equal(
                pixels(client.get(f"/api/v1/drawings/{id}/prepared.png?way={way}").content)[..., 3], alpha
            )

    def test_lines_of_a_colored_picture(self, client: TestClient) -> None:
        picture = np.full((96, 128, 3), (120, 180, 230), np.uint8)
        picture[24:72, 32:96] = (220, 90, 60)
        picture[80:] = (60, 150, 70)
        id = keep(client, png(picture))
        assert client.get(f"/api/v1/drawings/{id}/look").json() == {"look": "colored"}
        made = pixels(client.get(f"/api/v1/drawings/{id}/prepared.png?way=draw").content)[..., :3]
        assert np.ptp(made, axis=2).max() == 0
        assert made[48, 64].min() > 200, "an area is paper"
        assert made[20:28, 32:96, 0].min(axis=0).mean() < 128, "its border is a line"

    def test_ways_and_ranges_are_checked(self, client: TestClient) -> None:
        id = keep(client)
        for asked in ("", "?way=melt", "?way=clean&ink=0", "?way=clean&ink=nan", "?way=clean&pencil=blue"):
            assert is_error(client.get(f"/api/v1/drawings/{id}/prepared.png{asked}"), 422), asked
        assert is_error(client.get("/api/v1/drawings/x/prepared.png?way=clean"), 404)
        assert is_error(client.get("/api/v1/drawings/x/look"), 404)


class TestGuard:
    def test_without_its_token_nothing_is_answered(self, colorizer: Colorizer) -> None:
        with client_of(colorizer, token=TOKEN) as client:
            for path in (
                "/",
                "/api/v1/health",
                "/api/v1/docs",
                "/page/app.js",
                "/?token=wrong",
                f"/api/v1/health?token={TOKEN}",
            ):
                answer = client.get(path)
                assert is_error(answer, 401)
                assert answer.headers["www-authenticate"] == "Bearer"
            assert is_error(client.post("/api/v1/drawings", content=png(DRAWING)), 401)
            for wrong in (f"Bearer {TOKEN}x", "Bearer ", TOKEN, "Bearer \xe9", f"Basic {TOKEN}"):
                headers = {"Authorization": wrong.encode("latin-1")}
                assert client.get("/api/v1/health", headers=headers).status_code == 401
            with pytest.raises(WebSocketDenialResponse) as denied, channel(client, "x"):
                pass
            assert denied.value.status_code == 401
            assert client.get("/api/v1/health", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200

    def test_a_browser_without_its_token_gets_a_page_that_asks_for_it(self, colorizer: Colorizer) -> None:
        browser = {"Accept": "text/html,application/xhtml+xml", "Accept-Language": "ja;q=0.9,en"}
        with client_of(colorizer, token=TOKEN) as client:
            asked, wrong = client.get("/", headers=browser), client.get("/?token=<b>x", headers=browser)
            for answer in (asked, wrong):
                assert answer.status_code == 401
                assert answer.headers["content-type"].startswith("text/html")
                assert 'lang="ja"' in answer.text
                assert 'name="token"' in answer.text
                assert "form-action 'self'" in answer.headers["content-security-policy"]
                style = answer.text.split("<style>")[1].split("</style>")[0]
                digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
                assert f"style-src 'sha256-{digest}'" in answer.headers["content-security-policy"]
            assert 'role="alert"' not in asked.text
            assert 'role="alert"' in wrong.text
            assert "<b>" not in wrong.text, "what was given is not repeated"
            assert is_error(client.get("/api/v1/health", headers=browser), 401), "programs get JSON"
            assert is_error(client.get("/"), 401)

    def test_the_token_in_the_address_becomes_a_cookie(self, colorizer: Colorizer) -> None:
        with client_of(colorizer, token=TOKEN) as client:
            answer = client.get(f"/?token={TOKEN}")
            assert (answer.status_code, answer.headers["location"]) == (303, "/")
            cookie = answer.headers["set-cookie"]
            assert "HttpOnly" in cookie
            assert "SameSite=strict" in cookie
            assert TOKEN not in cookie
            assert client.get("/api/v1/health").status_code == 200
            id = keep(client)
            with channel(client, id) as socket:
                socket.send_text('{"seq": 1, "request": {}}')
                socket.receive_bytes()
            client.cookies.clear()
            assert client.get("/api/v1/health", headers={"Cookie": "senga=x"}).status_code == 401

    @pytest.mark.parametrize(
        ("host", "good"),
        [
            ("127.0.0.1", True),
            ("localhost:8420", True),
            ("LOCALHOST", True),
            ("[::1]:1", True),
            ("evil.example", False),
            ("127.0.0.1.evil.example", False),
            ("192.168.0.7", False),
            ("localhost@evil.example", False),
            ("", False),
            ("[::1", False),
            ("local host", False),
        ],
    )
    def test_only_known_hosts_are_answered(self, client: TestClient, host: str, good: bool) -> None:
        answer = client.get("/api/v1/health", headers={"Host": host})
        assert answer.status_code == 200 if good else is_error(answer, 403)

    def test_with_a_token_an_address_of_the_machine_is_a_known_host(self, colorizer: Colorizer) -> None:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        with client_of(colorizer, token=TOKEN, names=known_names("0.0.0.0", ["draw.example"])) as client:
            for host, status in (("192.168.0.7:8420", 200), ("draw.example", 200), ("evil.example", 403)):
                assert client.get("/api/v1/health", headers={"Host": host, **headers}).status_code == status

    @pytest.mark.parametrize(
        ("headers", "good"),
        [
            ({}, True),
            ({"Origin": HOST}, True),
            ({"Origin": HOST, "Sec-Fetch-Site": "same-origin"}, True),
            ({"Origin": "http://evil.example"}, False),
            ({"Origin": "null"}, False),
            ({"Origin": "http://127.0.0.1:9999"}, False),
            ({"Origin": "http://127.0.0.1:8420.evil.example"}, False),
            ({"Origin": "file://127.0.0.1:8420"}, False),
            ({"Origin": "http://["}, False),
            ({"Sec-Fetch-Site": "cross-site"}, False),
            ({"Sec-Fetch-Site": "same-site"}, False),
        ],
    )
    def test_pages_of_other_origins_change_nothing(
        self, client: TestClient, headers: dict[str, str], good: bool
    ) -> None:
        answer = client.post("/api/v1/drawings", content=png(DRAWING), headers=headers)
        assert answer.status_code == 201 if good else is_error(answer, 403)
        if good:
            id = answer.json()["id"]
            with channel(client, id, headers=headers):
                return
        id = keep(client)
        with (
            pytest.raises(WebSocketDenialResponse) as denied,
            channel(client, id, headers=headers),
        ):
            pass
        assert denied.value.status_code == 403

    def test_cors_is_closed(self, client: TestClient) -> None:
        asked = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
        for answer in (client.options("/api/v1/drawings", headers=asked), client.get("/api/v1/health", headers=asked)):
            assert not [name for name in answer.headers if name.startswith("access-control")]

    def test_every_answer_has_the_headers_that_keep_browsers_safe(self, client: TestClient) -> None:
        id = keep(client)
        for path in (
            "/",
            "/api/v1/health",
            "/api/v1/docs",
            f"/api/v1/drawings/{id}/lines.png",
            "/nowhere",
            "/api/v1/drawings/x/lines.png",
        ):
            headers = client.get(path).headers
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "*" not in policy
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-frame-options"] == "DENY"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["cross-origin-resource-policy"] == "same-origin"
            if path.startswith("/api/"):
                assert headers["cache-control"] == "no-store"

    def test_loopback_is_known(self) -> None:
        assert all(map(is_loopback, ("127.0.0.1", "127.1.2.3", "::1", "localhost")))
        assert not any(map(is_loopback, ("0.0.0.0", "::", "192.168.0.1", "example.org", "")))


class TestLimits:
    def test_a_body_is_refused_by_its_length_or_while_it_streams(self, colorizer: Colorizer) -> None:
        with client_of(colorizer, Limits(body=1000, text=300)) as client:
            assert is_error(client.post("/api/v1/drawings", content=b"x" * 1001), 413)
            taken = [0]

            def endless() -> Iterator[bytes]:
                while taken[0] < 10_000_000:
                    taken[0] += 100
                    yield b"x" * 100

            answer = client.post("/api/v1/drawings", content=endless())
            assert is_error(answer, 413)
            assert answer.headers["connection"] == "close"
            assert is_error(client.post("/api/v1/palette/export?format=gpl", content=b" " * 301), 413)
            assert is_error(client.post("/api/v1/drawings", content=b"x", headers={"Content-Encoding": "gzip"}), 415)
            assert is_error(client.post("/api/v1/drawings", content=b"x" * 900), 422)

    def test_uploads_at_once_are_bounded(self, colorizer: Colorizer) -> None:
        with client_of(colorizer, Limits(body=10_000, text=300)) as client:
            intake = server_of(client).intake
            intake.more(intake.most - 5)
            answer = client.post("/api/v1/drawings", content=b"x" * 900)
            assert is_error(answer, 503)
            assert int(answer.headers["retry-after"]) > 0
            intake.less(intake.most - 5)
            assert intake.there == 0
            assert is_error(client.post("/api/v1/drawings", content=b"x" * 900), 422)

    def test_a_full_line_refuses_and_says_when_to_come_back(self, colorizer: Colorizer) -> None:
        with client_of(colorizer, Limits(waiting=0)) as client:
            id = keep(client)
            server_of(client).works.tallies["quick"].there = 1
            answer = client.post(f"/api/v1/drawings/{id}/color", json={})
            assert is_error(answer, 503)
            assert int(answer.headers["retry-after"]) > 0

    def test_a_work_that_takes_too_long_is_given_up(
        self, colorizer: Colorizer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rendering, "open_page", lambda kept, colorizer: time.sleep(0.6))
        with client_of(colorizer, Limits(seconds=0.2)) as client:
            answer = client.post(f"/api/v1/drawings/{keep(client)}/color", json={})
            assert is_error(answer, 503)
            assert "0.2 s" in answer.json()["error"]

    def test_memory_is_bounded_by_dropping_the_longest_unused(self, colorizer: Colorizer) -> None:
        with client_of(colorizer) as client:
            client.post(f"/api/v1/drawings/{keep(client)}/color", json={})
            size = server_of(client).store.size
        with client_of(colorizer, Limits(memory=3 * size + size // 2)) as client:
            store = server_of(client).store
            ids = []
            for _ in range(6):
                ids.append(keep(client))
                client.post(f"/api/v1/drawings/{ids[-1]}/color", json={})
                client.get(f"/api/v1/drawings/{ids[0]}/preview.png")
                assert store.size <= store.memory
            found = [client.get(f"/api/v1/drawings/{id}/preview.png").status_code for id in ids]
            assert found == [200, 404, 404, 404, 200, 200]

    def test_a_drawing_larger_than_all_memory_is_refused(self, colorizer: Colorizer) -> None:
        with client_of(colorizer, Limits(memory=60_000)) as client:
            assert is_error(client.post("/api/v1/drawings", content=png(DRAWING)), 413)

    def test_idle_drawings_are_dropped(self, colorizer: Colorizer) -> None:
        now = [0.0]
        with client_of(colorizer, Limits(idle=0.4), clock=lambda: now[0]) as client:
            old, new = keep(client), keep(client)
            client.post(f"/api/v1/drawings/{old}/color", json={})
            client.post(f"/api/v1/drawings/{new}/color", json={})
            now[0] = 0.3
            assert client.get(f"/api/v1/drawings/{new}/preview.png").status_code == 200
            now[0] = 0.5
            until = time.monotonic() + 10
            while len(server_of(client).store) > 1 and time.monotonic() < until:
                time.sleep(0.05)
            assert client.get(f"/api/v1/drawings/{old}/preview.png").status_code == 404
            assert client.get(f"/api/v1/drawings/{new}/preview.png").status_code == 200

    def test_what_a_drawing_needs_is_counted(self, colorizer: Colorizer) -> None:
        store = Store(10**9, 60)
        kept = store.add("a", b"x" * 1000, image.to_drawing(DRAWING))
        before = weigh(kept)
        assert before >= 1000 + DRAWING.size * 4
        kept.page = colorizer.page(kept.drawing)
        render(kept.page, Request(light=0))
        if kept.page.brush is not None:
            arrays = list(kept.page.brush._read.values())  # type: ignore[attr-defined]
        else:
            brush = kept.page.regional
            assert isinstance(brush, RegionBrush)
            painting = brush.painting
            arrays = [painting.features, painting.tokens.shares, kept.page.areas.regions.labels]
        assert weigh(kept) >= before + sum(a.nbytes for a in arrays)


def plain_model(folder: Path) -> Path:
    """A model file that paints hints where they are and nothing else."""
    from onnx import TensorProto, helper, save_model

    from senga.model.card import KEY, Card

    nodes = [helper.make_node("Slice", ["planes", "from", "to", "axis"], ["color"])]
    numbers = [helper.make_tensor(n, TensorProto.INT64, [1], [v]) for n, v in (("from", 1), ("to", 4), ("axis", 1))]
    sides: tuple[list[str | int | None], ...] = ([1, 5, "h", "w"], [1, 3, "h", "w"])
    ends = [
        helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in zip(("planes", "color"), sides, strict=True)
    ]
    graph = helper.make_graph(nodes, "plain", ends[:1], ends[1:], numbers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    facts: dict[str, Any] = {"name": "plain", "task": "colorize", "encoding": "masked-channels", "low": 0.0}
    facts |= {"high": 1.0, "size_multiple": 1, "area": 4096, "conditions": ("hints",), "recipe": {}, "pairs": ""}
    facts |= {"data": "", "license_data": "", "license_weights": "", "trained": "", "steps": 0, "parameters": 0}
    facts["tolerance"] = 0.0
    entry = model.metadata_props.add()
    entry.key, entry.value = KEY, Card(**facts).to_json()
    save_model(model, folder / "plain.onnx")
    return folder / "plain.onnx"


def server_of(client: TestClient) -> Any:
    return client.app.app.state.server  # type: ignore[attr-defined]


class TestWorks:
    def test_a_drawing_is_locked_until_its_thread_is_done_even_if_nobody_waits(self) -> None:
        async def scene() -> None:
            works, lock = JobQueue(2, seconds=0.1), asyncio.Lock()
            free = threading.Event()
            with pytest.raises(RefusalError):
                await works.do("quick", lambda e: free.wait(10), lock)
            assert lock.locked()
            free.set()
            await asyncio.wait_for(lock.acquire(), 5)
            lock.release()
            assert await works.do("quick", lambda e: 5, lock) == 5
            works.close()

        asyncio.run(scene())

    def test_no_more_work_at_once_than_allowed(self) -> None:
        async def scene() -> int:
            works = JobQueue(2, seconds=10)
            now, most = [0], [0]
            guard = threading.Lock()

            def work(_: object) -> None:
                with guard:
                    now[0] += 1
                    most[0] = max(most[0], now[0])
                time.sleep(0.02)
                with guard:
                    now[0] -= 1

            await asyncio.gather(*(works.do("quick", work) for _ in range(12)))
            works.close()
            return most[0]

        assert asyncio.run(scene()) == 2

    def test_heavy_works_leave_the_other_lanes_free(self) -> None:
        async def scene() -> tuple[int, int]:
            works, free = JobQueue(1, seconds=10), threading.Event()
            heavy = [asyncio.create_task(works.do("heavy", lambda e: free.wait(9))) for _ in range(3)]
            await asyncio.sleep(0.05)
            found = await works.do("quick", lambda e: 1), await works.do("slow", lambda e: 2)
            assert not any(task.done() for task in heavy)
            free.set()
            await asyncio.gather(*heavy)
            works.close()
            return found

        assert asyncio.run(scene()) == (1, 2)

    def test_thousands_of_marks_are_heavy_and_strokes_are_quick(self, colorizer: Colorizer) -> None:
        fills = [{"kind": "fill", "points": [[i % 64, i % 48]], "color": "#102030"} for i in range(10_000)]
        wide = {"kind": "erase", "points": [[0, 0], [9000, 9000]] * 1000, "width": 9000}
        with client_of(colorizer) as client:
            id = keep(client)
            tallies = server_of(client).works.tallies
            for marks, heavy in (([stroke()], 0), (fills, 2), ([wide], 3), ([wide, stroke()], 3)):
                answer = client.post(f"/api/v1/drawings/{id}/color?side=16", json={"marks": marks})
                assert answer.status_code in (200, 422), answer.text
                assert tallies["heavy"].done == heavy
            with channel(client, id) as socket:
                socket.send_text(json.dumps({"seq": 1, "request": {"marks": fills}, "side": 16}))
                assert unframed(socket.receive_bytes())[0]["seq"] == 1
            assert tallies["heavy"].done == 5

    def test_a_given_up_work_is_told_so(self) -> None:
        async def scene() -> str:
            works = JobQueue(1, seconds=0.05)
            said: list[str] = []
            done = threading.Event()

            def work(cancel: Any) -> None:
                time.sleep(0.2)
                try:
                    cancel.check()
                except RefusalError:
                    said.append("given up")
                done.set()

            with contextlib.suppress(RefusalError):
                await works.do("quick", work)
            await asyncio.to_thread(done.wait, 5)
            works.close()
            return said[0]

        assert asyncio.run(scene()) == "given up"

    def test_the_newest_thing_is_taken(self) -> None:
        async def scene() -> list[int]:
            place: Newest[int] = Newest()
            for i in range(5):
                place.put(i)
            first = await place.take()
            place.put(9)
            return [first, await place.take()]

        assert asyncio.run(scene()) == [4, 9]


MALFORMED: list[tuple[str, str, bytes, dict[str, str]]] = [
    ("POST", "color", b"", {}),
    ("POST", "color", b"null", {}),
    ("POST", "color", b"[]", {}),
    ("POST", "color", b"{", {}),
    ("POST", "color", b"\xff\xfe", {}),
    ("POST", "color", b"[" * 200_000, {}),
    ("POST", "color", b'{"a": 1}', {}),
    ("POST", "color", b'{"marks": {}}', {}),
    ("POST", "color", b'{"marks": [1]}', {}),
    ("POST", "color", b'{"marks": [{"kind": "stroke", "points": [], "color": "#000000", "width": 1}]}', {}),
    ("POST", "color", b'{"marks": [{"kind": "stroke", "points": [[1e400, 0]], "color": "#000000", "width": 1}]}', {}),
    ("POST", "color", b'{"marks": [{"kind": "stroke", "points": [[NaN, 0]], "color": "#000000", "width": 1}]}', {}),
    ("POST", "color", b'{"tint": 1e999}', {}),
    ("POST", "color", b'{"light": 1.6}', {}),
    ("POST", "color", b'{"light": null}', {}),
    ("POST", "color", b'{"reach": "everywhere"}', {}),
    ("POST", "color", b'{"seed": 99999999999999999999999999999999}', {}),
    ("POST", "color", b'{"seed": ' + b"9" * 10_000 + b"}", {}),
    ("POST", "color", b'{"reference": "\\ud800"}', {}),
    ("POST", "color", b'{"\\ud800\\u0000": 1}', {}),
    ("POST", "color", b'{"reference": "../../etc/passwd"}', {}),
    ("POST", "color", b'{"palette": ["\\ud800"]}', {}),
    ("POST", "color", b'{"tint": 0, "tint": 0}', {}),
    ("POST", "color?side=x", b"{}", {}),
    ("POST", "color?side=99999999999999999999", b"{}", {}),
    ("POST", "color?side=%ff%00", b"{}", {}),
    ("POST", "color?lines=maybe", b"{}", {}),
    ("POST", "color", b"{}", {"Content-Encoding": "br"}),
    ("POST", "candidates", b'{"candidates": 0}', {}),
    ("POST", "candidates", b'{"candidates": 1.5}', {}),
    ("POST", "export?format=psd&format=%ff", b"{}", {}),
    ("POST", "export?format=png", b"no", {}),
    ("GET", "preview.png?side=0", b"", {}),
    ("GET", "preview.png?side=abc", b"", {}),
    ("GET", "live", b"", {}),
    ("PATCH", "color", b"{}", {}),
    ("GET", "color", b"", {}),
    ("PUT", "reference", b"", {}),
    ("PUT", "reference", b"\x89PNG\r\n\x1a\n", {"X-File-Name": "%"}),
]


class TestMetrics:
    def test_what_is_done_is_counted_in_prometheus_form(self, colorizer: Colorizer) -> None:
        with client_of(colorizer) as client:

            def values() -> dict[str, float]:
                answer = client.get("/metrics")
                assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
                lines = answer.text.splitlines()
                told = {line.split()[2] for line in lines if line.startswith("# TYPE")}
                found = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
                assert {name.partition("{")[0] for name in found} == told
                return {name: float(value) for name, value in found.items()}

            before = values()
            assert before["senga_drawings"] == 0
            assert before['senga_works_total{lane="slow",outcome="done"}'] == 0
            sent = client.post("/api/v1/drawings", content=image.encode(ring(40, 50, 12), "PNG"))
            client.get(f"/api/v1/drawings/{sent.json()['id']}/lines.png")
            client.post("/api/v1/drawings", content=b"broken")
            after = values()
            assert after["senga_drawings"] == 1
            assert after["senga_drawings_bytes"] > 40 * 50
            assert after['senga_works_total{lane="quick",outcome="done"}'] >= 1
            assert after['senga_works_total{lane="slow",outcome="failed"}'] == 1
            assert after['senga_works_seconds_total{lane="slow"}'] > 0
        with client_of(colorizer) as other:
            assert "senga_drawings 0.0\n" in other.get("/metrics").text
        with client_of(colorizer, token=TOKEN) as client:
            assert client.get("/metrics").status_code == 401
            assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200

    def test_names_and_types_are_those_that_dashboards_know(self, client: TestClient) -> None:
        found = {family.name: family for family in text_string_to_metric_families(client.get("/metrics").text)}
        assert {name: family.type for name, family in found.items()} == {
            "senga_info": "gauge",
            "senga_drawings": "gauge",
            "senga_drawings_bytes": "gauge",
            "senga_painting_channels": "gauge",
            "senga_uploads_bytes": "gauge",
            "senga_works": "counter",
            "senga_works_seconds": "counter",
            "senga_works_under_way": "gauge",
            "senga_memory_peak_bytes": "gauge",
        }
        works = {(s.labels["lane"], s.labels["outcome"]) for s in found["senga_works"].samples}
        lanes = ("quick", "slow", "heavy", "ahead")
        assert works == {(lane, end) for lane in lanes for end in ("done", "refused", "failed")}
        assert {s.name for s in found["senga_works"].samples} == {"senga_works_total"}

    def test_a_model_of_any_name_leaves_the_text_readable(self, colorizer: Colorizer) -> None:
        name = 'the "wild" one\\\n'
        card = dataclasses.replace(colorizer.session.card, name=name)
        named = dataclasses.replace(colorizer, session=dataclasses.replace(colorizer.session, card=card))
        with client_of(named) as client:
            told = text_string_to_metric_families(client.get("/metrics").text)
            (sample,) = next(family for family in told if family.name == "senga_info").samples
        assert sample.labels["model"] == name


class TestMalformed:
    @pytest.mark.parametrize("case", MALFORMED, ids=lambda c: f"{c[0]} {c[1]} {c[2][:30]!r}")
    def test_each_is_told_in_one_line(self, client: TestClient, case: tuple[str, str, bytes, dict[str, str]]) -> None:
        method, path, content, headers = case
        address = f"/api/v1/drawings/{drawing_of(client)}/{path}"
        answer = client.request(method, address, content=content, headers=headers)
        assert 400 <= answer.status_code < 500
        assert is_error(answer, answer.status_code)

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.binary(max_size=300),
        st.sampled_from(
            [
                b"",
                b"\x89PNG\r\n\x1a\n",
                b"RIFF\0\0\0\0WEBP",
                b"II*\0",
                b"GIF89a",
                b"PK\3\4",
                b"ASEF\0\1",
                b"\0\1",
                b"BM",
                b"\xff\xd8\xff\xe0",
            ]
        ),
    )
    def test_junk_uploads_never_break_the_server(self, client: TestClient, junk: bytes, start: bytes) -> None:
        for path in ("/api/v1/drawings", "/api/v1/palette"):
            assert client.post(path, content=start + junk).status_code in (200, 201, 413, 422)

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.data())
    def test_damaged_pictures_never_break_the_server(self, client: TestClient, data: st.DataObject) -> None:
        kind = data.draw(st.sampled_from(["PNG", "WEBP", "TIFF", "BMP", "JPEG"]))
        content = bytearray(image.encode(DRAWING, kind))
        for _ in range(data.draw(st.integers(1, 8))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        cut = data.draw(st.integers(0, len(content)))
        for path in ("/api/v1/drawings", "/api/v1/palette"):
            assert client.post(path, content=bytes(content[:cut])).status_code in (200, 201, 413, 422)

    junk = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    )

    @settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.dictionaries(st.sampled_from([*Request().to_table(), "x"]), junk) | junk)
    def test_junk_requests_never_break_the_server(self, client: TestClient, value: Any) -> None:
        text = json.dumps(value).encode()
        answer = client.post(f"/api/v1/drawings/{drawing_of(client)}/color?side=16", content=text)
        assert answer.status_code in (200, 400, 422)
        with channel(client, drawing_of(client)) as socket:
            socket.send_text(json.dumps({"seq": 1, "request": value, "side": 16}))
            message = socket.receive()
            assert message.get("bytes") or json.loads(message["text"])["kind"] != "Defect"

    @settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.sampled_from(["GET", "POST", "PUT", "DELETE"]), st.text(max_size=12), st.binary(max_size=12))
    def test_junk_addresses_never_break_the_server(
        self, client: TestClient, method: str, path: str, body: bytes
    ) -> None:
        from urllib.parse import quote

        for start in ("/", "/api/", "/page/", "/api/v1/drawings/", f"/api/v1/drawings/{drawing_of(client)}/"):
            answer = client.request(method, start + quote(path, errors="replace"), content=body)
            assert answer.status_code < 500


_known: dict[int, str] = {}


def drawing_of(client: TestClient) -> str:
    """One drawing for many tests that change nothing."""
    id = _known.get(1)
    if id is None or client.get(f"/api/v1/drawings/{id}/preview.png?side=1").status_code != 200:
        id = _known[1] = keep(client)
    return id


class TestPage:
    def test_the_page_and_its_files_are_served_and_known_by_their_tags(self, client: TestClient) -> None:
        answer = client.get("/")
        assert answer.headers["content-type"].startswith("text/html")
        names = re.findall(r'(?:src|href)="(/page/[^"]+)"', answer.text)
        assert names
        for name in names:
            found = client.get(name)
            assert found.status_code == 200, name
            assert client.get(name, headers={"If-None-Match": found.headers["etag"]}).status_code == 304
        script = next(client.get(n) for n in names if n.endswith(".js"))
        assert script.headers["content-type"].startswith("text/javascript")

    @pytest.mark.parametrize(
        "path", ["../app.py", "..%2fapp.py", "%2e%2e/app.py", "/etc/passwd", ".", "", "app.js%00", "nothing.js"]
    )
    def test_nothing_else_is(self, client: TestClient, path: str) -> None:
        assert client.get(f"/page/{path}").status_code == 404

    def test_the_page_loads_nothing_from_other_hosts(self, client: TestClient) -> None:
        for name, sheet in client.app.app.state.sheets.items():  # type: ignore[attr-defined]
            if name.endswith((".html", ".css", ".js")):
                text = sheet.content.decode()
                assert not re.search(
                    r"""(?:src|href)=["']https?:|import[^;\n]*["']https?:|url\(\s*["']?https?:""", text
                ), name


class TestDocument:
    def test_every_route_is_described_with_its_errors(self, client: TestClient) -> None:
        document = client.get("/api/v1/openapi.json").json()
        assert document["openapi"].startswith("3.1")
        there = [r for part in PARTS for r in part.router.routes]
        known = [r for r in there if isinstance(r, Route) and r.include_in_schema]
        routes = {(m.lower(), r.path) for r in known for m in r.methods or ()}
        described = {(m, path) for path, operations in document["paths"].items() for m in operations}
        assert described == routes
        names = [o["operationId"] for p in document["paths"].values() for o in p.values()]
        assert len(names) == len(set(names))
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                assert operation["description"]
                assert {"401", "403"} <= set(operation["responses"])
                assert ("requestBody" in operation) == (method in ("post", "put")), path
                for name in re.findall(r"\{(\w+)\}", path):
                    assert name in [p["name"] for p in operation["parameters"]]

    def test_an_address_of_no_version_is_told_the_one_that_there_is(self, client: TestClient) -> None:
        for path in ("/api/info", "/api/drawings/x/lines.png", "/api/v2/info"):
            answer = client.get(path)
            assert is_error(answer, 404)
            assert "the API is at /api/v1/" in answer.json()["error"]
        assert "ask for /api/v1/info" in client.get("/api/info").json()["error"]
        assert "ask for" not in client.get("/api/v1/nowhere").json()["error"]

    def test_every_reference_in_it_leads_somewhere(self, client: TestClient) -> None:
        document = client.get("/api/v1/openapi.json").json()
        used = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
        assert used <= set(document["components"]["schemas"])
        assert set(document["components"]["schemas"]) - used <= {"Color"}
        assert "HTTPValidationError" not in json.dumps(document)

    def test_answers_are_as_it_says(self, client: TestClient) -> None:
        schemas = client.get("/api/v1/openapi.json").json()["components"]["schemas"]
        id = keep(client)
        for name, said in (
            ("Health", client.get("/api/v1/health").json()),
            ("Info", client.get("/api/v1/info").json()),
            ("Drawing", client.post("/api/v1/drawings", content=png(DRAWING)).json()),
            ("Reference", client.put(f"/api/v1/drawings/{id}/reference", content=png(DRAWING)).json()),
            ("Colors", client.post("/api/v1/palette", content=b"#fff").json()),
            ("Character", client.post("/api/v1/character", content=b"name = 'Mina'").json()),
            ("Error", client.get("/api/x").json()),
        ):
            assert set(schemas[name]["required"]) <= set(said) <= set(schemas[name]["properties"])
        assert set(schemas["Request"]["properties"]) == set(Request().to_table())
        limits = client.get("/api/v1/info").json()["limits"]
        assert limits["body"] == Limits().body

    def test_its_page_holds_no_script_and_nothing_of_other_hosts(self, client: TestClient) -> None:
        page = client.get("/api/v1/docs")
        assert page.headers["content-type"].startswith("text/html")
        assert "<script" not in page.text
        assert "style=" not in page.text
        assert not re.search(r"(?:src|href)=\"?https?:", page.text)
        assert "/api/v1/drawings/{id}/color" in page.text
        assert client.get("/api/v1/docs.css").headers["content-type"].startswith("text/css")


def test_the_marks_that_a_text_may_hold_fit_into_it() -> None:
    point = len("[1234.25,1234.25],") + len("0.501,")
    assert schema.SCHEMAS["Request"]["properties"]["marks"]["maxItems"] == 10_000
    assert 200_000 * point < rendering.TEXT
