"""The client of a senga server: line drawings as bytes of PNG files in, colored ones out.

    client = Client("http://127.0.0.1:8420")
    png = client.color(lines, hints=strokes, palette=["#7a4a2b"], seed=3)

This file needs the standard library alone, of Python 3.8 or later, and imports nothing of senga: a plugin of a painting
program carries a copy of it. A client keeps one connection. Its calls follow one another, from whichever thread;
`cancel` and `progress` may be called from any other thread meanwhile. What was sent is remembered by its content: who
asks again with the same drawing sends only what changed.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import io
import json
import socket
import threading
import time
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qs, urlencode, urlsplit

T = TypeVar("T")

API = "/api/v1"
"""Where the API lies; this client speaks this version of it."""

KEPT = 8
"""Drawings that the server keeps for a client; of more, those that were not used for the longest time are forgotten."""

CONNECTING = 5.0
"""Most seconds until a server takes a connection."""

CHUNK = 1 << 16
"""Bytes that are sent or read at once: between two of them a call can be cancelled."""

_JSON = "application/json"
_LAYER = ("name", "blend", "visible", "opacity", "x", "y", "width", "height")


class ServerError(Exception):
    """What a server did not do, in its own words: one clear line.

    Attributes:
        status: of HTTP; 0 where no whole answer came.
        kind: one word for programs; of status 0: "NoServer", "TooSlow", "Cancelled" or "BadAnswer".
        retry: seconds after which the same may be asked again; None if that would not help.
    """

    def __init__(self, status: int, kind: str, text: str, retry: float | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.kind = kind
        self.retry = retry


@dataclass(frozen=True)
class Layer:
    """One layer of a colored drawing.

    Attributes:
        name: "flat", "shade", "light", "color", "lines", "lines, untinted" or "hints".
        blend: "normal", "multiply" or "screen".
        visible: False of what is kept hidden. opacity: 0 to 1.
        x, y: px, where the left upper corner of its picture lies. width, height: px of its picture; may be 0.
        png: its picture; b"" of an empty one.
        groups: names of the groups that it lies in, the outermost first.
        mask: PNG of the drawing's size, gray, 0 hides: of the outermost group; b"" where all is shown.
    """

    name: str
    blend: str
    visible: bool
    opacity: float
    x: int
    y: int
    width: int
    height: int
    png: bytes
    groups: tuple[str, ...] = ()
    mask: bytes = b""


@dataclass(frozen=True)
class Candidate:
    """One of several ways to color a drawing.

    Attributes:
        index: its place, from 0. seed, palette: asked for with them, a drawing is colored like this.
        png: a small picture of it.
    """

    index: int
    seed: int
    palette: tuple[str, ...]
    png: bytes


@dataclass(frozen=True)
class Progress:
    """How far the call is that is under way.

    Attributes:
        step: "idle", "sending", "working" (the server has all, and computes) or "receiving".
        share: 0 to 1 of a step whose size is known, else 0.
        seconds: since the call began.
    """

    step: str
    share: float
    seconds: float


class _Wanted(NamedTuple):
    """What a coloring asks for beside the drawing; see `Client`."""

    hints: bytes | None
    palette: Sequence[str]
    reference: bytes | None
    finished: bytes | None
    seed: int
    options: Mapping[str, Any] | None

    @property
    def files(self) -> dict[str, bytes | None]:
        """What the server has beside the drawing meanwhile."""
        return {"hints": self.hints, "reference": self.reference, "finished": self.finished}

    def body(self) -> bytes:
        """The request as JSON."""
        request = {**(self.options or {}), "palette": list(self.palette), "seed": self.seed}
        request.update({name: name for name in ("reference", "finished") if self.files[name] is not None})
        return json.dumps(request).encode()


class _Sent:
    """What the server has of one drawing: its id, and the digests of what was given beside it."""

    def __init__(self, id: str) -> None:
        self.id = id
        self.beside: dict[str, str] = {}


class Client:
    """A server of senga, as `senga serve` runs it. Every method raises `ServerError`, and nothing else of the net.

    Methods that color take these beside the drawing:

        hints: PNG of the drawing's size, painted on a transparent layer; None: none.
        palette: "#rrggbb" colors to use; () leaves the choice to the model.
        reference: a picture file whose colors are borrowed; None: none.
        finished: PNG of the drawing's size, colors under the lines of an earlier answer, which stay where the options
            "locked" and "within" say so; None: none.
        seed: of what is drawn at random.
        options: what a request may hold besides, as `Request` at /api/v1/docs lists it: {"mode": "flat", "tint": 0.5,
            "light": 1, "reach": "object", "gap": 1, "marks": [...], "within": [[x, y], ...], ...}.
    """

    def __init__(
        self, address: str = "http://127.0.0.1:8420", token: str | None = None, timeout: float = 120.0
    ) -> None:
        """A client that has not asked yet.

        Args:
            address: of the server, http or https; a path and a query are left out.
            token: that the server needs; None: none, or the one of an address that 'senga serve' printed.
            timeout: most seconds without a byte of an answer.
        """
        parts = urlsplit(address if "//" in address else "http://" + address)
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            port = 0
        if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
            raise ServerError(
                0, "NoServer", f"no address of a server: {address!r}; give one like http://127.0.0.1:8420"
            )
        token = parse_qs(parts.query).get("token", [None])[0] if token is None else token
        if token is not None and (not token.isascii() or not token.isprintable()):
            raise ServerError(0, "NoServer", "the token has characters that no token has; copy it again")
        self.address = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        self._where = (parts.scheme, parts.hostname, port)
        self._token = token
        self._timeout = timeout
        self._calls = threading.RLock()
        self._state = threading.Lock()
        self._busy = self._cancelled = False
        self._connection: http.client.HTTPConnection | None = None
        self._socket: socket.socket | None = None
        self._used = False
        self._began = 0.0
        self._step: tuple[str, int, int] = ("idle", 0, 0)
        self._sent: OrderedDict[str, _Sent] = OrderedDict()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # What the server says of itself.

    def health(self) -> dict[str, Any]:
        """That the server runs: {"status": "ok", "version", "model", "drawings"}."""
        return self._table("GET", "/health")

    def info(self) -> dict[str, Any]:
        """What the server can do: {"version", "model": {"name", "conditions", "fingerprint"}, "limits": {...}}."""
        return self._table("GET", "/info")

    def models(self) -> list[dict[str, Any]]:
        """The models that the server colors with, {"name", "conditions", "fingerprint"} each; it runs one at a time."""
        return [self._table("GET", "/info", None, "model")["model"]]

    # Coloring.

    def color(
        self,
        lines: bytes,
        hints: bytes | None = None,
        palette: Sequence[str] = (),
        reference: bytes | None = None,
        finished: bytes | None = None,
        seed: int = 0,
        options: Mapping[str, Any] | None = None,
        side: int = 0,
        with_lines: bool = True,
    ) -> bytes:
        """PNG of the colored drawing.

        Args:
            lines: a picture file of the line drawing.
            hints, palette, reference, finished, seed, options: as the class says.
            side: longest side, px; 0: the drawing's own.
            with_lines: False gives the color layer alone.
        """
        asked = {"side": side, "lines": int(with_lines)}
        return self._colored("/color", asked, lines, _Wanted(hints, palette, reference, finished, seed, options))

    def flats(
        self,
        lines: bytes,
        hints: bytes | None = None,
        palette: Sequence[str] = (),
        reference: bytes | None = None,
        finished: bytes | None = None,
        seed: int = 0,
        options: Mapping[str, Any] | None = None,
        side: int = 0,
    ) -> bytes:
        """PNG of one even color for each region, without lines; arguments as of `color`."""
        flat = {**(options or {}), "mode": "flat"}
        asked = {"side": side, "lines": 0}
        return self._colored("/color", asked, lines, _Wanted(hints, palette, reference, finished, seed, flat))

    def layers(
        self,
        lines: bytes,
        hints: bytes | None = None,
        palette: Sequence[str] = (),
        reference: bytes | None = None,
        finished: bytes | None = None,
        seed: int = 0,
        options: Mapping[str, Any] | None = None,
        only: Sequence[str] = (),
    ) -> list[Layer]:
        """The colored drawing in layers, the lowest first; arguments as of `color`.

        Args:
            only: names of the layers that are wanted, all others are left out: "flat", "shade", "light", "color",
                "lines", "hints"; (): all.
        """
        how = {"only": ",".join(only)} if only else {}
        content = self.export(lines, "layers", hints, palette, reference, finished, seed, options, **how)
        try:
            return _layers_in(content)
        except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
            raise ServerError(0, "BadAnswer", "the server's layers cannot be read; is it another version?") from error

    def export(
        self,
        lines: bytes,
        format: str,
        hints: bytes | None = None,
        palette: Sequence[str] = (),
        reference: bytes | None = None,
        finished: bytes | None = None,
        seed: int = 0,
        options: Mapping[str, Any] | None = None,
        **how: Any,
    ) -> bytes:
        """The colored drawing as a file.

        Args:
            lines, hints, palette, reference, finished, seed, options: as of `color`.
            format: "png", "jpg", "webp", "layer", "layers" (a zip of PNGs), "psd", "ora", "flats.svg" or "senga".
            how: side, dpi, quality, transparent, srgb, only, as the API lists them.
        """
        asked = {"format": format, **{name: int(v) if isinstance(v, bool) else v for name, v in how.items()}}
        return self._colored("/export", asked, lines, _Wanted(hints, palette, reference, finished, seed, options))

    def candidates(
        self,
        lines: bytes,
        count: int = 4,
        hints: bytes | None = None,
        palette: Sequence[str] = (),
        reference: bytes | None = None,
        finished: bytes | None = None,
        seed: int = 0,
        options: Mapping[str, Any] | None = None,
        tell: Callable[[Candidate], object] = lambda one: None,
    ) -> list[Candidate]:
        """Several ways to color the drawing; `tell` hears of each as soon as it is ready. Else as `color`."""
        many = {**(options or {}), "candidates": count}
        wanted = _Wanted(hints, palette, reference, finished, seed, many)
        found: list[Candidate] = []

        def take(line: bytes) -> None:
            said = _parsed(line)
            if "error" in said:
                raise ServerError(500, str(said.get("kind")), str(said["error"]))
            _check(said, "index", "seed", "palette", "png")
            png = base64.b64decode(said["png"])
            found.append(Candidate(said["index"], said["seed"], tuple(said["palette"]), png))
            tell(found[-1])

        def send(sent: _Sent) -> None:
            self._beside(sent, wanted)
            answer = self._open("POST", f"/drawings/{sent.id}/candidates", wanted.body(), _JSON)
            whole = False
            try:
                for line in self._lines(answer):
                    take(line)
                whole = True
            finally:
                if not whole:
                    self._drop()

        with self._call():
            self._with_drawing(lines, send)
        return found

    def area(self, lines: bytes, x: float, y: float, options: Mapping[str, Any] | None = None, side: int = 0) -> bytes:
        """PNG, white where a fill at a point of the drawing would be, transparent elsewhere.

        Args:
            lines, side: as of `color`. x, y: px of the drawing. options: "marks" and "gap" bear on it.
        """
        path, body = f"/area?{urlencode({'x': x, 'y': y, 'side': side})}", json.dumps(dict(options or {})).encode()
        with self._call():
            return self._with_drawing(
                lines, lambda sent: self._bytes("POST", f"/drawings/{sent.id}{path}", body, _JSON)
            )

    # Line art.

    def lines(self, picture: bytes, invert: bool = False) -> bytes:
        """PNG of the line art of a colored picture; `invert`: it is white on black."""
        return self._prepared(picture, {"way": "draw", "invert": int(invert)})

    def clean(self, photo: bytes, ink: float = 0.35, pencil: bool = False, invert: bool = False) -> bytes:
        """PNG of clean line art of a photo or scan.

        Args:
            photo: a picture file. ink: 0.02 to 0.98, less keeps fainter lines. pencil: whether colored pencil is ink.
            invert: it is white on black.
        """
        asked = {"way": "clean", "ink": ink, "pencil": int(pencil), "invert": int(invert)}
        return self._prepared(photo, asked)

    def look(self, picture: bytes) -> str:
        """What a picture looks like: "lines", "photo", "inverted" or "colored"."""
        with self._call():
            said = self._with_drawing(picture, lambda sent: self._bytes("GET", f"/drawings/{sent.id}/look"))
        return str(_parsed(said, "look")["look"])

    def palette(self, content: bytes) -> list[str]:
        """The "#rrggbb" colors of a palette file's content, or the main colors of a picture's."""
        colors: list[str] = self._table("POST", "/palette", content, "colors")["colors"]
        return colors

    # The call under way.

    def cancel(self) -> None:
        """Ends the call that is under way, on the server too: it raises `ServerError` of kind "Cancelled"."""
        with self._state:
            if self._busy:
                self._cancelled = True
                self._shut()

    def progress(self) -> Progress:
        """How far the call is that is under way; from any thread."""
        step, done, of = self._step
        return Progress(step, min(1.0, done / of) if of else 0.0, time.monotonic() - self._began if self._busy else 0.0)

    def forget(self) -> None:
        """Lets the server forget the drawings of this client."""
        with self._call():
            while self._sent:
                self._forget(self._sent.popitem()[1])

    def close(self) -> None:
        """Lets the server forget the drawings, where it still answers, and closes the connection."""
        try:
            self.forget()
        except ServerError:
            self._sent.clear()
        self._drop()

    @contextmanager
    def _call(self) -> Iterator[None]:
        """A call under way: what `cancel` ends and `progress` tells of."""
        with self._calls:
            if self._busy:
                raise RuntimeError("this client's call is under way; what hears of it cannot ask the same client")
            with self._state:
                self._busy, self._cancelled, self._began = True, False, time.monotonic()
            try:
                yield
            finally:
                with self._state:
                    self._busy, self._step = False, ("idle", 0, 0)

    # Drawings that the server keeps.

    def _colored(self, path: str, asked: Mapping[str, Any], lines: bytes, wanted: _Wanted) -> bytes:
        query = f"{path}?{urlencode(asked)}"

        def send(sent: _Sent) -> bytes:
            self._beside(sent, wanted)
            return self._bytes("POST", f"/drawings/{sent.id}{query}", wanted.body(), _JSON)

        with self._call():
            return self._with_drawing(lines, send)

    def _with_drawing(self, content: bytes, ask: Callable[[_Sent], T]) -> T:
        """What `ask(sent)` answers; a drawing that the server dropped meanwhile is sent again, once."""
        key = _digest(content)
        known = key in self._sent
        try:
            return ask(self._drawing(key, content))
        except ServerError as error:
            if error.status != 404 or not known:
                raise
        self._sent.pop(key, None)
        return ask(self._drawing(key, content))

    def _drawing(self, key: str, content: bytes) -> _Sent:
        if key not in self._sent:
            self._sent[key] = _Sent(_parsed(self._bytes("POST", "/drawings", content), "id")["id"])
            while len(self._sent) > KEPT:
                self._forget(self._sent.popitem(last=False)[1])
        self._sent.move_to_end(key)
        return self._sent[key]

    def _beside(self, sent: _Sent, wanted: _Wanted) -> None:
        """The server has what is wanted beside a drawing, and nothing else."""
        for name, content in wanted.files.items():
            key = "" if content is None else _digest(content)
            if sent.beside.get(name, "") != key:
                sent.beside[name] = "unknown"  # if this call ends half way
                self._bytes("DELETE" if content is None else "PUT", f"/drawings/{sent.id}/{name}", content)
                sent.beside[name] = key

    def _forget(self, sent: _Sent) -> None:
        try:
            self._bytes("DELETE", f"/drawings/{sent.id}")
        except ServerError as error:
            if error.status != 404:
                raise

    def _prepared(self, picture: bytes, asked: Mapping[str, Any]) -> bytes:
        path = f"/prepared.png?{urlencode(asked)}"
        with self._call():
            return self._with_drawing(picture, lambda sent: self._bytes("GET", f"/drawings/{sent.id}{path}"))

    # HTTP.

    def _table(self, method: str, path: str, body: bytes | None = None, *keys: str) -> dict[str, Any]:
        with self._call():
            return _parsed(self._bytes(method, path, body), *keys)

    def _bytes(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> bytes:
        """The whole answer of one request."""
        answer = self._open(method, path, body, kind)
        size = answer.length or 0
        parts: list[bytes] = []
        got = 0
        try:
            while True:
                self._step = ("receiving", got, size)
                part = answer.read(CHUNK)
                if not part:
                    break
                parts.append(part)
                got += len(part)
        except (OSError, http.client.HTTPException) as error:
            raise self._broken(error) from error
        if self._cancelled or got < size:
            raise self._broken(None)
        return b"".join(parts)

    def _lines(self, answer: http.client.HTTPResponse) -> Iterator[bytes]:
        """The lines of an answer, as they come."""
        while True:
            try:
                line = answer.readline()
            except (OSError, http.client.HTTPException) as error:
                raise self._broken(error) from error
            if self._cancelled:
                raise self._broken(None)
            if not line:
                return
            yield line

    def _open(self, method: str, path: str, body: bytes | None, kind: str = "") -> http.client.HTTPResponse:
        """An answer whose head has come and is a good one; its body is not read yet."""
        while True:
            fresh = not self._used
            try:
                answer = self._request(method, path, body, kind)
                break
            except (OSError, http.client.HTTPException) as error:
                broken = self._broken(error)
                # A connection that the server closed while it was idle: asked once more on a new one.
                if fresh or self._cancelled or isinstance(error, socket.timeout):
                    raise broken from error
        if answer.status < 400:
            return answer
        try:
            text = answer.read(CHUNK)
            if not answer.isclosed():
                self._drop()
        except (OSError, http.client.HTTPException) as error:
            raise self._broken(error) from error
        raise _refusal(answer, text)

    def _request(self, method: str, path: str, body: bytes | None, kind: str) -> http.client.HTTPResponse:
        if self._connection is None or self._connection.sock is None:
            self._drop()
            self._connection = self._connected()
        connection = self._connection
        if self._cancelled:
            raise http.client.NotConnected
        self._used = True
        connection.putrequest(method, API + path, skip_accept_encoding=True)
        if self._token:
            connection.putheader("Authorization", f"Bearer {self._token}")
        if body is not None:
            connection.putheader("Content-Type", kind or "application/octet-stream")
        if body is not None or method != "GET":
            connection.putheader("Content-Length", str(len(body or b"")))
        connection.endheaders()
        view = memoryview(body or b"")
        with suppress(BrokenPipeError, ConnectionResetError):  # it wants no more of this, and says why
            for at in range(0, len(view), CHUNK):
                self._step = ("sending", at, len(view))
                connection.send(view[at : at + CHUNK])
        self._step = ("working", 0, 0)
        return connection.getresponse()

    def _connected(self) -> http.client.HTTPConnection:
        """A new connection: straight to the server, whatever proxies the environment names."""
        scheme, host, port = self._where
        if scheme == "https":
            made: http.client.HTTPConnection = http.client.HTTPSConnection(host, port, timeout=CONNECTING)
        else:
            made = http.client.HTTPConnection(host, port, timeout=CONNECTING)
        made.auto_open = 0
        made.connect()
        self._socket = made.sock
        made.sock.settimeout(self._timeout)
        made.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._used = False
        return made

    def _broken(self, error: Exception | None) -> ServerError:
        """What to tell of a connection that ended; the next call makes a new one."""
        reached = self._connection is not None
        self._drop()
        if self._cancelled:
            return ServerError(0, "Cancelled", "cancelled")
        if isinstance(error, socket.timeout) and reached:
            return ServerError(0, "TooSlow", f"{self.address}: no answer within {self._timeout:g} s; try again")
        if not reached:
            text = f"no senga server at {self.address} ({_told(error)}); start it with 'senga serve'"
            return ServerError(0, "NoServer", text)
        return ServerError(0, "NoServer", f"{self.address}: the server ended before its answer ({_told(error)})")

    def _drop(self) -> None:
        connection, self._connection, self._socket, self._used = self._connection, None, None, False
        if connection is not None:
            connection.close()

    def _shut(self) -> None:
        """Ends what another thread waits for on the connection."""
        if self._socket is not None:
            with suppress(OSError):  # it ended by itself
                self._socket.shutdown(socket.SHUT_RDWR)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _told(error: Exception | None) -> str:
    """An error of the net in a few words."""
    text = getattr(error, "strerror", None) or str(error or "") or "connection closed"
    return " ".join(str(text).split())


def _parsed(content: bytes, *keys: str) -> dict[str, Any]:
    """The object of a JSON text that the server sent, which has these keys."""
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    return _check(found, *keys)


def _check(found: Any, *keys: str) -> dict[str, Any]:
    if not isinstance(found, dict) or not all(key in found for key in keys):
        raise ServerError(0, "BadAnswer", "what answered is no senga server of this version")
    return found


def _refusal(answer: http.client.HTTPResponse, content: bytes) -> ServerError:
    """An error of the server, in its own line."""
    try:
        said = json.loads(content)
        text, kind = str(said["error"]), str(said["kind"])
    except (ValueError, KeyError, TypeError):
        text, kind = f"{answer.status} {answer.reason}; is this a senga server?", "BadAnswer"
    retry = answer.headers.get("Retry-After", "")
    return ServerError(answer.status, kind, text, float(retry) if retry.isdigit() else None)


def _layers_in(content: bytes) -> list[Layer]:
    """The layers of a zip of PNGs, the lowest first."""
    with zipfile.ZipFile(io.BytesIO(content)) as files:

        def found(entries: list[dict[str, Any]], groups: tuple[str, ...], mask: bytes) -> Iterator[Layer]:
            for entry in entries:
                if "layers" in entry:
                    own = files.read(entry["mask"]) if entry["mask"] else b""
                    yield from found(entry["layers"], (*groups, entry["name"]), mask or own)
                    continue
                png = files.read(entry["file"]) if entry["file"] else b""
                known = {name: entry[name] for name in _LAYER}
                yield Layer(png=png, groups=groups, mask=mask, **known)

        return list(found(json.loads(files.read("layers.json"))["layers"], (), b""))
