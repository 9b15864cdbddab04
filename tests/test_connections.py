"""A real server on a free port: slow, silent and greedy clients, and what is no HTTP."""

import asyncio
import json
import logging
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest
import uvicorn

import served
from conftest import ring
from senga import image
from senga.color.colorizer import Colorizer
from senga.web.connections import Patience, Places
from senga.web.server import Limits

HOST = b"Host: 127.0.0.1\r\n"
HEALTH = b"GET /api/v1/health HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
PNG = image.encode(ring(48, 64, 16), "PNG")


@pytest.fixture(scope="module")
def colorizer() -> Colorizer:
    return Colorizer.open(threads=1)


@dataclass(frozen=True)
class Running:
    """A server that runs."""

    port: int
    server: uvicorn.Server

    def open(self, sent: bytes = b"") -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self.port), 10)
        made.sendall(sent)
        return made

    def ask(self, sent: bytes) -> bytes:
        """All that comes back until the server closes."""
        with self.open(sent) as asking:
            return heard(asking)


def heard(asking: socket.socket) -> bytes:
    got = b""
    try:
        while part := asking.recv(65536):
            got += part
    except ConnectionResetError:
        return got + b"[reset]"
    return got


@contextmanager
def running(colorizer: Colorizer, limits: Limits = Limits(), patience: Patience = Patience()) -> Iterator[Running]:
    with served.running(colorizer, limits, patience) as made:
        yield Running(*made)


@pytest.fixture(scope="module")
def plain(colorizer: Colorizer) -> Iterator[Running]:
    with running(colorizer) as made:
        yield made


@pytest.fixture
def logged(plain: Running, caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """What is logged, by the HTTP server too, which keeps its records from the root."""
    own = logging.getLogger("uvicorn")
    own.addHandler(caplog.handler)
    yield caplog
    own.removeHandler(caplog.handler)


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def said(answer: bytes) -> str:
    return str(json.loads(answer.partition(b"\r\n\r\n")[2])["error"])


UNFINISHED = {
    "nothing": b"",
    "half a line": b"GET /api/hea",
    "half a head": b"POST /api/v1/drawings HTTP/1.1\r\nHost: 127",
    "no body": b"POST /api/v1/drawings HTTP/1.1\r\n" + HOST + b"Content-Length: 100\r\n\r\n",
    "half a body": b"POST /api/v1/drawings HTTP/1.1\r\n" + HOST + b"Content-Length: 100\r\n\r\nxx",
    "half a chunk": b"POST /api/v1/drawings HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n9\r\nxx",
    "a body that nobody reads": b"POST /api/nowhere HTTP/1.1\r\n" + HOST + b"Content-Length: 100\r\n\r\nxx",
}


class TestSlowClients:
    @pytest.mark.parametrize("sent", UNFINISHED.values(), ids=UNFINISHED)
    def test_unfinished_requests_however_many_keep_nobody_out(self, plain: Running, sent: bytes) -> None:
        with ExitStack() as open_:
            for _ in range(300):
                open_.enter_context(plain.open(sent))
            start = time.monotonic()
            assert status(plain.ask(HEALTH)) == 200
            assert time.monotonic() - start < 3

    def test_an_upload_under_way_is_finished_beside_them(self, plain: Running) -> None:
        head = b"POST /api/v1/drawings HTTP/1.1\r\n" + HOST + b"Connection: close\r\nContent-Length: %d\r\n\r\n"
        with ExitStack() as open_, plain.open(head % len(PNG)) as mine:
            for i in range(len(PNG)):
                mine.sendall(PNG[i : i + 1])
                time.sleep(0.004)  # the server is to hear it before the others come, on a busy machine too
                if i % 2:
                    open_.enter_context(plain.open(UNFINISHED["half a body"]))
            assert status(heard(mine)) == 201

    def test_a_head_has_its_time(self, colorizer: Colorizer) -> None:
        with running(colorizer, patience=Patience(head=0.4)) as server:
            with server.open(b"GET / HTTP/1.1\r\n") as slow:
                start = time.monotonic()
                for _ in range(4):
                    slow.sendall(b"X: y\r\n")  # a byte now and then does not buy more
                    time.sleep(0.05)
                answer = heard(slow)
                assert status(answer) == 408
                assert "0.4 s" in said(answer)
                assert 0.3 < time.monotonic() - start < 3
            with server.open() as silent:
                assert heard(silent) == b""
            with server.open(HEALTH.replace(b"Connection: close\r\n", b"")) as kept:
                first = kept.recv(65536)
                while not first.endswith(b"}"):
                    first += kept.recv(65536)
                assert status(first) == 200
                kept.sendall(b"GET /api/hea")
                assert status(heard(kept)) == 408

    @pytest.mark.parametrize("sent", [b"", b"xx"])
    def test_a_body_has_its_time(self, colorizer: Colorizer, sent: bytes) -> None:
        with running(colorizer, Limits(quiet=0.4)) as server:
            start = time.monotonic()
            answer = server.ask(UNFINISHED["no body"] + sent)
            assert status(answer) == 408
            assert time.monotonic() - start < 3

    def test_a_body_that_keeps_coming_has_more(self, colorizer: Colorizer) -> None:
        head = b"POST /api/v1/drawings HTTP/1.1\r\n" + HOST + b"Connection: close\r\nContent-Length: %d\r\n\r\n"
        with running(colorizer, Limits(quiet=0.4, rate=len(PNG) / 8)) as server, server.open(head % len(PNG)) as slow:
            for start in range(0, len(PNG), len(PNG) // 8):
                slow.sendall(PNG[start : start + len(PNG) // 8])
                time.sleep(0.1)
            assert status(heard(slow)) == 201

    def test_who_does_not_take_an_answer_loses_the_place(self, colorizer: Colorizer) -> None:
        noise = image.encode(_noise(1400), "PNG")
        with running(colorizer, patience=Patience(taking=0.3)) as server:
            head = b"POST /api/v1/drawings HTTP/1.1\r\n" + HOST + b"Connection: close\r\nContent-Length: %d\r\n\r\n"
            id = json.loads(server.ask(head % len(noise) + noise).partition(b"\r\n\r\n")[2])["id"].encode()
            asked = b"GET /api/v1/drawings/" + id + b"/lines.png HTTP/1.1\r\n" + HOST + b"\r\n"
            greedy = socket.socket()
            greedy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            greedy.connect(("127.0.0.1", server.port))
            with greedy:
                greedy.sendall(asked)
                until = time.monotonic() + 20
                time.sleep(0.3)
                while server.server.server_state.connections and time.monotonic() < until:
                    time.sleep(0.05)
                assert not server.server.server_state.connections
            whole = server.ask(asked.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
            assert whole.endswith(b"IEND\xaeB`\x82")

    def test_who_works_or_sends_gives_no_way_to_who_comes(self) -> None:
        given_way = []

        class Guest:
            connections: frozenset[object] = frozenset()

            def __init__(self, name: str, ago: float, received: int, waited_for: bool = True) -> None:
                self.address, self.name, self.received, self.waited_for = "a", name, received, waited_for
                self.heard = asyncio.get_running_loop().time() - ago

            def give_way(self) -> None:
                given_way.append(self.name)
                places.leave(self)  # type: ignore[arg-type]

            def look(self, *_: object) -> None: ...

        places = Places(Patience(each=3))

        async def scene() -> None:
            guests = (Guest("at work", 90, 0, False), Guest("silent", 9, 10**6), Guest("long silent", 20, 5))
            more = (Guest("just came", 0.1, 0), Guest("sends", 0.5, 500), Guest("next", 0, 0), Guest("last", 0, 0))
            for guest in (*guests, *more):
                places.take(guest)  # type: ignore[arg-type]

        asyncio.run(scene())
        assert given_way == ["long silent", "silent", "just came"]


def _noise(side: int) -> image.Pixels:
    import numpy as np

    return np.random.default_rng(0).integers(0, 256, (side, side), np.uint8)


SMUGGLED = {
    "Content-Length beside Transfer-Encoding": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    "the other way round": b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
    "two lengths": b"Content-Length: 5\r\nContent-Length: 6\r\n",
    "two lengths in one": b"Content-Length: 5, 6\r\n",
    "a length that is none": b"Content-Length: +5\r\n",
    "another length that is none": b"Content-Length: 0x5\r\n",
    "chunked twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    "chunked and more": b"Transfer-Encoding: chunked, identity\r\n",
    "space before the colon": b"Content-Length : 5\r\n",
}


class TestHTTP:
    @pytest.mark.parametrize("headers", SMUGGLED.values(), ids=SMUGGLED)
    def test_a_body_that_ends_in_two_ways_is_refused(self, plain: Running, headers: bytes) -> None:
        inner = b"GET /api/v1/info HTTP/1.1\r\n" + HOST + b"\r\n"
        answer = plain.ask(b"POST /api/v1/palette HTTP/1.1\r\n" + HOST + headers + b"\r\n0\r\n\r\n" + inner)
        assert status(answer) in (400, 501)
        assert "not a request of HTTP" in said(answer)
        assert answer.count(b"HTTP/1.1") == 1  # what was smuggled in is not answered
        assert b"nosniff" in answer

    def test_chunks_in_http_1_0_are_refused(self, plain: Running) -> None:
        asked = b"POST /api/v1/palette HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        assert status(plain.ask(asked)) == 400

    def test_plain_chunks_are_read(self, plain: Running) -> None:
        asked = b"POST /api/v1/palette HTTP/1.1\r\n" + HOST + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        answer = plain.ask(asked + b"4\r\n#fff\r\n0\r\n\r\n")
        assert status(answer) == 200

    def test_a_broken_chunk_breaks_nothing(self, plain: Running, logged: pytest.LogCaptureFixture) -> None:
        asked = b"POST /api/v1/palette HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
        assert status(plain.ask(asked + b"nonsense\r\n")) == 400
        with plain.open(asked) as late:
            time.sleep(0.1)
            late.sendall(b"nonsense\r\n")
            assert status(heard(late)) == 400
        assert status(plain.ask(HEALTH)) == 200
        assert not [r for r in logged.records if r.exc_info or r.levelno >= logging.ERROR]

    def test_head_has_no_body_on_the_wire(self, plain: Running) -> None:
        head, _, body = plain.ask(HEALTH.replace(b"GET", b"HEAD")).partition(b"\r\n\r\n")
        assert status(head) == 200
        assert body == b""


UPGRADE = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
KEY = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"


class TestRefusedWebSockets:
    @pytest.mark.parametrize(
        ("path", "headers", "wanted", "told"),
        [
            (b"/api/v1/drawings/x/live", KEY, 404, "no such drawing"),
            (b"/api/nowhere", KEY, 404, "no painting channel here"),
            (b"/api/v1/health", KEY, 404, "no painting channel here"),
            (b"/api/v1/drawings/x/live", KEY + b"Origin: http://evil.example\r\n", 403, "another origin"),
            (b"/api/v1/drawings/x/live", b"", 400, "handshake"),
        ],
    )
    def test_each_is_logged_as_what_it_is(
        self,
        plain: Running,
        logged: pytest.LogCaptureFixture,
        path: bytes,
        headers: bytes,
        wanted: int,
        told: str,
    ) -> None:
        answer = plain.ask(b"GET " + path + b" HTTP/1.1\r\n" + HOST + UPGRADE + headers + b"\r\n")
        assert status(answer) == wanted
        time.sleep(0.05)
        (record,) = [r for r in logged.records if r.levelno >= logging.WARNING]
        assert record.levelno == logging.WARNING
        assert record.exc_info is None
        assert told in record.getMessage()
        assert str(wanted) in record.getMessage()
        assert "/x/" not in record.getMessage()  # who reads the log has no drawing's address
