"""The client of the server: what it asks, remembers and tells; and that its file can stand alone."""

import ast
import io
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("uvicorn")

from conftest import ring
from senga import Client, Hints, Mark, Request, ServerError, client, image, render
from senga.client import Layer
from senga.color.colorizer import Colorizer
from senga.color.compositing import composite
from senga.web.server import Limits
from served import served

DRAWING = ring(48, 64, 16)
LINES = image.encode(DRAWING, "PNG")
RED, BLUE = "#d02030", "#2040d0"
TOKEN = "a-token-of-enough-characters"


def layer_of(*hints: tuple[float, float, str]) -> bytes:
    laid = Hints.blank(DRAWING.shape)
    for x, y, color in hints:
        laid = laid.dot((x, y), color, radius=4)
    return image.encode(laid.rgba(), "PNG")


def pixels(png: bytes) -> np.ndarray:
    return image.read_bytes(png, "the answer")[..., :3]


@pytest.fixture(scope="module")
def colorizer() -> Colorizer:
    return Colorizer.open(threads=1)


@pytest.fixture(scope="module")
def address(colorizer: Colorizer) -> Iterator[str]:
    with served(colorizer) as made:
        yield made


@pytest.fixture
def asking(address: str) -> Iterator[Client]:
    with Client(address) as made:
        yield made


@pytest.fixture
def asked(asking: Client, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the client has asked the server, ids left out."""
    heard: list[str] = []
    own = asking._request

    def noted(method: str, path: str, *more: Any) -> Any:
        parts = path.partition("?")[0].split("/")
        heard.append(f"{method} {parts[1] if len(parts) < 4 else parts[-1]}")
        return own(method, path, *more)

    monkeypatch.setattr(asking, "_request", noted)
    return heard


@contextmanager
def peer(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """The address of something that is no senga server: `answer` talks to each connection in turn."""
    listening = socket.create_server(("127.0.0.1", 0))

    def talk() -> None:
        while True:
            try:
                made, _ = listening.accept()
            except OSError:
                return
            with made:
                answer(made)

    thread = threading.Thread(target=talk)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(20)


class TestColoring:
    def test_a_layer_of_hints_colors_as_the_library_does(self, asking: Client, colorizer: Colorizer) -> None:
        hints = layer_of((32, 24, RED))
        found = pixels(asking.color(LINES, hints=hints, with_lines=False))
        given = Hints.of_pixels(image.read_bytes(hints, "hints"), "hints")
        (wanted,) = render(colorizer.page(image.to_drawing(DRAWING)), Request(), given)
        assert np.array_equal(found, wanted.color)

    def test_marks_lie_on_the_layer_and_a_layer_that_is_taken_back_is_gone(self, asking: Client) -> None:
        bare = asking.color(LINES, with_lines=False)
        hints = layer_of((32, 24, RED))
        over = {"marks": [Mark.stroke([(32, 24), (33, 24)], BLUE, 12).to_table()]}
        red, blue = (pixels(asking.color(LINES, hints, options=more, with_lines=False)) for more in ({}, over))
        assert red[24, 32, 0] > red[24, 32, 2] + 60
        assert blue[24, 32, 2] > blue[24, 32, 0] + 60
        assert asking.color(LINES, with_lines=False) == bare

    def test_palettes_and_references_are_borrowed_from(self, asking: Client) -> None:
        blue = image.encode(np.full((20, 20, 3), (20, 40, 220), np.uint8), "PNG")
        plain, borrowed, told = asking.color(LINES), asking.color(LINES, reference=blue), asking.palette(blue)
        assert told == ["#1428dc"]
        assert plain != borrowed
        assert asking.color(LINES, palette=told) not in (plain, borrowed)
        assert asking.color(LINES) == plain

    def test_flats_have_few_colors_and_no_lines(self, asking: Client) -> None:
        flat = pixels(asking.flats(LINES, layer_of((32, 24, RED))))
        assert len(np.unique(flat.reshape(-1, 3), axis=0)) <= 3

    def test_layers_put_together_are_the_colored_picture(self, asking: Client) -> None:
        hints = layer_of((32, 24, RED))
        layers = asking.layers(LINES, hints)
        assert layers[0].name == "flat"
        assert [layer.name for layer in layers if not layer.visible] == ["hints"]
        shown = np.full((*DRAWING.shape, 3), 255, np.uint8)
        for layer in layers:
            if layer.visible:
                lay(shown, layer)
        assert np.array_equal(shown, pixels(asking.color(LINES, hints)))

    def test_layers_can_be_had_by_name_and_are_those_of_the_whole_answer(self, asking: Client) -> None:
        hints = layer_of((32, 24, RED))
        whole = {one.name: one for one in asking.layers(LINES, hints)}
        some = asking.layers(LINES, hints, only=("shade", "flat", "color"))
        assert [one.name for one in some] == ["flat", "shade"]
        assert some == [whole["flat"], whole["shade"]]
        with pytest.raises(ServerError, match="layers are named"):
            asking.layers(LINES, only=("flat", "shadow"))
        with pytest.raises(ServerError, match="has all of its layers"):
            asking.export(LINES, "psd", only="flat")

    def test_layers_of_a_cut_out_drawing_have_its_mask(self, asking: Client) -> None:
        alpha = np.zeros(DRAWING.shape, np.uint8)
        alpha[8:40, 10:50] = 255
        own = image.encode(np.dstack([DRAWING, DRAWING, DRAWING, alpha]), "PNG")
        layers = asking.layers(own)
        assert all(layer.groups[0] == "drawing" for layer in layers)
        assert np.array_equal(pixels(layers[0].mask)[..., 0], alpha)

    def test_candidates_are_told_as_they_come_and_each_can_be_had_alone(self, asking: Client) -> None:
        heard: list[int] = []
        found = asking.candidates(LINES, 3, tell=lambda one: heard.append(one.index))
        assert heard == [one.index for one in found] == [0, 1, 2]
        chosen = found[2]
        alone = asking.color(LINES, palette=chosen.palette, seed=chosen.seed)
        assert np.array_equal(pixels(alone), pixels(chosen.png))

    def test_an_area_is_shown_before_it_is_filled(self, asking: Client) -> None:
        inside = image.read_bytes(asking.area(LINES, 32, 24), "the answer")[..., 3] > 0
        assert inside[24, 32]
        assert not inside[2, 2]

    def test_pictures_and_photos_become_line_art(self, asking: Client) -> None:
        photo = image.encode((DRAWING // 2 + 90).astype(np.uint8), "PNG")
        made = pixels(asking.clean(photo))
        assert made[2, 2, 0] > 240
        assert pixels(asking.lines(LINES)).shape == (*DRAWING.shape, 3)
        assert asking.look(LINES) == "lines"

    def test_other_files_are_exported(self, asking: Client) -> None:
        assert asking.export(LINES, "psd").startswith(b"8BPS")
        small = asking.export(LINES, "jpg", side=32, srgb=True)
        assert pixels(small).shape == (24, 32, 3)


def lay(shown: np.ndarray, layer: Layer) -> None:
    """Puts a layer on what is shown, where its alpha is all or nothing."""
    if not layer.png:
        return
    whole = image.read_bytes(layer.png, layer.name)
    place = shown[layer.y : layer.y + layer.height, layer.x : layer.x + layer.width]
    there, color = whole[..., 3:] > 0, whole[..., :3]
    mixed = {"normal": color, "multiply": composite(place, color), "screen": 255 - composite(255 - place, 255 - color)}
    place[:] = np.where(there, mixed[layer.blend], place)


class TestMemory:
    def test_only_what_changed_is_sent_again(self, asking: Client, asked: list[str]) -> None:
        red, blue = layer_of((32, 24, RED)), layer_of((32, 24, BLUE))
        for hints in (red, red, blue):
            asking.color(LINES, hints)
        asking.area(LINES, 3, 3)
        asking.color(LINES)
        steps = ["POST drawings", "PUT hints", "POST color", "POST color", "PUT hints", "POST color"]
        assert asked == [*steps, "POST area", "DELETE hints", "POST color"]

    def test_a_drawing_that_the_server_forgot_is_sent_again(self, asking: Client, asked: list[str]) -> None:
        hints = layer_of((32, 24, RED))
        before = asking.color(LINES, hints)
        (known,) = asking._sent.values()
        asking._forget(known)
        asked.clear()
        assert asking.color(LINES, hints) == before
        assert asked == ["POST color", "POST drawings", "PUT hints", "POST color"]

    def test_old_drawings_and_those_of_a_closed_client_are_forgotten(self, address: str) -> None:
        with Client(address) as watching:
            there = watching.health()["drawings"]
            with Client(address) as asking:
                for radius in range(client.KEPT + 3):
                    asking.look(image.encode(ring(30, 30, 3 + radius), "PNG"))
                assert watching.health()["drawings"] == there + client.KEPT
            assert watching.health()["drawings"] == there


class TestCalls:
    def test_one_connection_serves_many_calls_and_no_proxy_is_asked(
        self, address: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        with Client(address) as asking:
            asking.health()
            first = asking._socket
            assert asking.models()[0]["name"] == asking.health()["model"]
            with pytest.raises(ServerError):
                asking.color(b"no picture")
            assert asking._socket is first is not None

    def test_errors_are_the_servers_own_line(self, asking: Client) -> None:
        with pytest.raises(ServerError, match=r"^\[tint\]: wanted a number of 0 to 1, found 2$") as refused:
            asking.color(LINES, options={"tint": 2})
        assert (refused.value.status, refused.value.kind) == (422, "HintError")
        with pytest.raises(ServerError, match="hints are 30x30 px, the drawing 64x48 px"):
            asking.color(LINES, hints=image.encode(np.zeros((30, 30, 4), np.uint8), "PNG"))
        with pytest.raises(ServerError, match="no transparent place"):
            asking.color(LINES, hints=LINES)
        with pytest.raises(ServerError, match="a project keeps marks, not a layer of hints"):
            asking.export(LINES, "senga", hints=layer_of((32, 24, RED)))
        assert asking.color(LINES, hints=layer_of((32, 24, RED))) != asking.color(LINES)

    def test_a_body_that_is_refused_half_way_is_told_why(self, colorizer: Colorizer) -> None:
        with served(colorizer, Limits(body=1000)) as where, Client(where) as asking:
            with pytest.raises(ServerError, match="send less") as refused:
                asking.look(b"x" * 30_000_000)
            assert refused.value.status == 413
            assert asking.health()["drawings"] == 0

    def test_the_token_comes_as_it_is_or_in_the_address_that_was_printed(self, colorizer: Colorizer) -> None:
        with served(colorizer, token=TOKEN) as where:
            for made in (Client(where, TOKEN), Client(f"{where}/?token={TOKEN}")):
                with made as asking:
                    assert asking.color(LINES)
            with Client(where, "another-token-of-characters") as asking, pytest.raises(ServerError) as refused:
                asking.color(LINES)
            assert refused.value.status == 401

    def test_progress_is_told_and_a_call_can_be_cancelled(self, asking: Client) -> None:
        assert asking.progress().step == "idle"
        large = image.encode(ring(700, 900, 250), "PNG")
        ended: list[ServerError] = []

        def ask() -> None:
            with pytest.raises(ServerError) as error:
                asking.candidates(large, 64)
            ended.append(error.value)

        thread = threading.Thread(target=ask)
        thread.start()
        until = time.monotonic() + 60
        while asking.progress().step != "working" and time.monotonic() < until:
            time.sleep(0.005)
        assert asking.progress().seconds > 0
        asking.cancel()
        thread.join(20)
        assert [error.kind for error in ended] == ["Cancelled"]
        assert asking.progress().step == "idle"
        asking.cancel()
        assert asking.health()["status"] == "ok", "what was cancelled before is no matter now"

    def test_who_is_told_of_a_candidate_cannot_ask_meanwhile(self, asking: Client) -> None:
        with pytest.raises(RuntimeError, match="under way"):
            asking.candidates(LINES, 2, tell=lambda one: asking.health())
        assert asking.health()["status"] == "ok"

    def test_calls_of_many_threads_follow_one_another(self, asking: Client) -> None:
        found: list[bytes] = []
        threads = [threading.Thread(target=lambda: found.append(asking.color(LINES))) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert len(found) == 6
        assert len(set(found)) == 1


class TestWhatIsNoServer:
    def test_nobody_there_is_told_with_the_mend(self) -> None:
        free = socket.create_server(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        with pytest.raises(ServerError, match=f"no senga server at http://127.0.0.1:{port}.*senga serve") as error:
            Client(f"127.0.0.1:{port}").health()
        assert (error.value.status, error.value.kind) == (0, "NoServer")

    @pytest.mark.parametrize("address", ["ftp://x", "http://", "http://x:99999", ""])
    def test_an_address_that_is_none_is_refused_at_once(self, address: str) -> None:
        with pytest.raises(ServerError, match="no address of a server"):
            Client(address)

    def test_silence_ends_in_time(self) -> None:
        def answer(made: socket.socket) -> None:
            made.recv(1 << 20)
            time.sleep(1)

        with peer(answer) as where, Client(where, timeout=0.3) as asking:
            with pytest.raises(ServerError, match=r"no answer within 0\.3 s") as error:
                asking.health()
            assert error.value.kind == "TooSlow"

    @pytest.mark.parametrize(
        "sent",
        [
            b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<b/>",
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
            b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n{}",
            b"220 mail.example ESMTP\r\n",
            b"",
        ],
    )
    def test_whatever_another_program_answers_is_one_clear_error(self, sent: bytes) -> None:
        def answer(made: socket.socket) -> None:
            made.recv(1 << 20)
            made.sendall(sent)

        with peer(answer) as where, Client(where) as asking:
            for call in (asking.models, lambda: asking.look(LINES)):
                with pytest.raises(ServerError) as error:
                    call()
                assert error.value.kind in ("BadAnswer", "NoServer")
                assert "\n" not in str(error.value)

    def test_a_connection_that_was_closed_while_idle_is_made_anew(self) -> None:
        body = b'{"status": "ok"}'
        served_by: list[int] = []

        def answer(made: socket.socket) -> None:
            made.recv(1 << 20)
            made.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            served_by.append(1)

        with peer(answer) as where, Client(where) as asking:
            for _ in range(3):
                assert asking.health() == {"status": "ok"}
        assert len(served_by) == 3


class TestItsFile:
    FILE = Path(client.__file__)

    def test_it_is_read_by_python_3_8_and_imports_the_standard_library_alone(self) -> None:
        tree = ast.parse(self.FILE.read_text(encoding="utf-8"), feature_version=(3, 8))
        names = {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
        names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names
        younger = {"removeprefix", "removesuffix", "bit_count", "pairwise", "batched"}
        assert not younger & {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}

    def test_a_copy_of_it_works_without_anything_that_is_installed(self, address: str, tmp_path: Path) -> None:
        shutil.copy(self.FILE, tmp_path / "own_copy.py")
        (tmp_path / "lines.png").write_bytes(LINES)
        code = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
from own_copy import Client
with Client({address!r}) as asking:
    sys.stdout.buffer.write(asking.color(open({str(tmp_path / "lines.png")!r}, "rb").read()))
assert not any(name.partition(".")[0] in ("senga", "numpy", "PIL") for name in sys.modules)
"""
        done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, timeout=120)
        assert done.returncode == 0, done.stderr.decode()
        assert pixels(io.BytesIO(done.stdout).getvalue()).shape == (*DRAWING.shape, 3)
