"""Connections: how long each may take for what it sends and takes, how many there are, and which HTTP is none.

A place is for whoever has something to do. Who keeps one and sends nothing gives way to the next that comes, so that
unfinished requests, however many, never keep anybody out.
"""

import asyncio
import logging
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any, cast

import h11
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from senga.web.guard import HEADERS
from senga.web.refusal import RefusalError
from senga.web.responses import as_json, as_table

log = logging.getLogger("senga.web")

SWEEP = 0.25
"""Most seconds between two looks at all connections."""

FRESH = 1.0
"""Seconds for which a connection counts as just heard: many may come before the next byte of an upload is read."""


@dataclass(frozen=True)
class Patience:
    """What a connection may take.

    Attributes:
        places: most connections. each: most of one client's that are waited for.
        head: seconds from the first byte of a request to the end of its head.
        taking: seconds in which a client has to take some of its answer. rate: bytes a second that it takes at least.
    """

    places: int = 256
    each: int = 64
    head: float = 10.0
    taking: float = 20.0
    rate: float = 500.0


@dataclass(eq=False)
class Places:
    """The connections of a server; of the event loop's thread alone."""

    patience: Patience = Patience()
    _there: set["Connection"] = field(default_factory=set)
    _looking: asyncio.TimerHandle | None = None

    def protocol(self) -> type[asyncio.Protocol]:
        """What a server is given as its protocol: connections that take their places here."""
        return cast(type[asyncio.Protocol], partial(Connection, self))

    def take(self, comer: "Connection") -> None:
        """Gives a place to one that has just come; another that is waited for may lose its own."""
        waited = sorted((c for c in self._there if c.waited_for), key=partial(_rank, asyncio.get_running_loop().time()))
        its = [c for c in waited if c.address == comer.address]
        if len(its) >= self.patience.each:
            its[0].give_way()
        elif waited and len(comer.connections) >= self.patience.places:
            waited[0].give_way()
        self._there.add(comer)
        if self._looking is None:
            self._look()

    def leave(self, connection: "Connection") -> None:
        """Takes a connection's place back."""
        self._there.discard(connection)

    def _look(self) -> None:
        """Ends what takes too long, again and again as long as anybody is there."""
        loop = asyncio.get_running_loop()
        for connection in tuple(self._there):
            connection.look(loop.time(), self.patience)
        patience = min(self.patience.head, self.patience.taking)
        self._looking = loop.call_later(min(SWEEP, patience / 4), self._look) if self._there else None


def _rank(now: float, connection: "Connection") -> tuple[bool, float, float]:
    """Who gives way first: whoever was silent longest; of those just heard, whoever has sent least."""
    fresh = now - connection.heard < FRESH
    return fresh, connection.received if fresh else 0, connection.heard


class Connection(H11Protocol):
    """A client's connection."""

    def __init__(
        self,
        places: Places,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.places = places
        self.conn = _StrictHTTP(h11.SERVER)
        self.heard = self.loop.time()
        """When anything came last, s."""
        self.received = 0
        """Bytes since the last answer."""
        self._began: float | None = self.heard
        """When the head began that is not yet whole, s."""
        self._taking: tuple[float, int] | None = None
        """Since when an answer lies ready to be taken, s, and how much of it was left then, bytes."""

    @property
    def address(self) -> str:
        """The client's."""
        return self.client[0] if self.client else ""

    @property
    def waited_for(self) -> bool:
        """Whether all that is to be done now is to be done by the client."""
        if self.transport.get_write_buffer_size():
            return True
        if self.cycle is None or self.cycle.response_complete:
            return True
        return self.cycle.more_body and not self.flow.read_paused

    def give_way(self) -> None:
        """Ends at once, without a word."""
        self.places.leave(self)
        self.connections.discard(self)
        self.transport.abort()

    def look(self, now: float, patience: Patience) -> None:
        """Ends what takes too long."""
        left = self.transport.get_write_buffer_size()
        if left:
            since, before = self._taking or (now, left)
            if now - since < patience.taking and self._taking:
                return
            if self._taking and before - patience.rate * patience.taking < left <= before:
                self.give_way()
                return
            self._taking = (now, left)
            return
        self._taking = None
        if self._began is not None and now - self._began > patience.head:
            if self.conn.their_state is h11.IDLE and not self.conn.trailing_data[0]:
                self.transport.close()  # came and said nothing, as browsers do to be quicker later
            else:
                self._refuse(
                    RefusalError(408, "TooSlow", f"the request's head did not come within {patience.head:g} s")
                )
            self._began = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.places.take(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.places.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self.heard = self.loop.time()
        self.received += len(data)
        if self._began is None and (self.cycle is None or self.cycle.response_complete):
            self._began = self.heard
        super().data_received(data)
        self._settle()

    def on_response_complete(self) -> None:
        self.received = 0
        super().on_response_complete()
        if self.conn.their_state is not h11.IDLE or self.conn.trailing_data[0]:
            self._began = self.loop.time()
        self._settle()

    def _settle(self) -> None:
        """A head that is whole is no longer waited for."""
        if self.cycle is not None and not self.cycle.response_complete:
            self._began = None

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        self.places.leave(self)
        super().handle_websocket_upgrade(event)

    def send_400_response(self, msg: str) -> None:
        assert isinstance(self.conn, _StrictHTTP)
        found = self.conn.fault
        said = f"not a request of HTTP: {found or msg}"
        status = found.error_status_hint if found is not None else 400
        self._refuse(RefusalError(status, "BadRequest", said[:200]))

    def _refuse(self, refusal: RefusalError) -> None:
        """Answers what never came to the application, if it still can be answered, and ends."""
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.abort()
            return
        body = as_json(as_table(refusal))
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), "Connection": "close"}
        given = [(k.encode(), v.encode()) for k, v in {**HEADERS, **headers, "Cache-Control": "no-store"}.items()]
        reason = HTTPStatus(refusal.status).phrase.encode()
        for part in (h11.Response(status_code=refusal.status, headers=given, reason=reason), h11.Data(data=body)):
            self.transport.write(self.conn.send(part) or b"")
        self.conn.send(h11.EndOfMessage())
        self.transport.close()


class _StrictHTTP(h11.Connection):
    """HTTP in which nobody can say two things about where a body ends: a proxy before us might believe the other one.

    Attributes:
        fault: what was wrong.
    """

    fault: h11.RemoteProtocolError | None = None

    def next_event(self) -> Any:
        """What came; see `h11.Connection.next_event`."""
        try:
            event = super().next_event()
            if isinstance(event, h11.Request):
                names = {bytes(name) for name, _ in event.headers}
                if b"transfer-encoding" in names and b"content-length" in names:
                    raise h11.RemoteProtocolError("Content-Length beside Transfer-Encoding")
                if b"transfer-encoding" in names and bytes(event.http_version) < b"1.1":
                    raise h11.RemoteProtocolError("Transfer-Encoding in HTTP/1.0")
        except h11.RemoteProtocolError as error:
            self.fault = error
            raise
        return event


class Channel(WebSocketsSansIOProtocol):
    """A WebSocket. One that is refused is answered, and no defect of ours."""

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if self.response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
            log.warning("a WebSocket is refused: %d, its handshake is none", self.response.status_code)

    async def send(self, message: Any) -> None:
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True  # else it would be told as one that the application forgot
