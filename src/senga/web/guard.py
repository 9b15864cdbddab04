"""What stands before every route: who may ask, from where, and what every response carries.

Loopback needs no token, but its pages do need protection from other pages in the same browser: the Host header is
checked, so that no foreign name can be made to point here (DNS rebinding), and the Origin of whatever changes state.
"""

import hashlib
import hmac
import ipaddress
import re
import socket
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from senga.web import tokenpage
from senga.web.refusal import RefusalError
from senga.web.responses import denial, refusal_response

COOKIE = "senga"
"""Name of the cookie that stands for the token."""

SAFE = ("GET", "HEAD", "OPTIONS")
"""Methods that change nothing."""

UNHEARD = (401, 403, 408, 413)
"""Statuses of requests whose bodies nobody wants: they are not read to their end."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
"""Of every response."""


def is_loopback(host: str) -> bool:
    """Whether an address to listen on is reached from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def known_names(host: str, more: Iterable[str] = ()) -> frozenset[str]:
    """Names that a Host header may give beside loopback's own and, where a token is needed, any IP address.

    Args:
        host: address that is listened on. more: names besides, as of a proxy in front.
    """
    names = {"localhost", "127.0.0.1", "::1", host, *more}
    if not is_loopback(host):
        own = socket.gethostname()
        names |= {own, f"{own}.local"}
    return frozenset(name.lower().rstrip(".") for name in names)


class Guard:
    """An ASGI application before another one."""

    def __init__(self, app: ASGIApp, names: frozenset[str], token: str | None = None) -> None:
        """Guards `app`.

        Args:
            app: the application.
            names: that a Host header may give, see `known_names`.
            token: that every request needs; None: nobody needs one.
        """
        self.app = app
        self.names = names
        self.token = token
        self._cookie = _cookie_of(token) if token else ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers, refuses or hands on."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        guarded = self._dressed(scope, headers, send)
        if scope["type"] == "http" and scope["method"] == "HEAD":
            # Whatever answers GET answers HEAD, with the same headers.
            scope, guarded = {**scope, "method": "GET"}, _bodiless(guarded)
        try:
            _check_length(headers)
            self._check_place(scope, headers)
            welcome = self._check_token(scope, headers)
        except RefusalError as refusal:
            await _told(scope, headers, refusal)(scope, receive, guarded)
            return
        if welcome is not None:
            await welcome(scope, receive, guarded)
            return
        await self.app(scope, receive, guarded)

    def _check_place(self, scope: Scope, headers: Headers) -> None:
        """Refuses foreign hosts and origins."""
        given = headers.getlist("host")
        host = _name_of(given[0]) if len(given) == 1 else None
        if host is None or not (host in self.names or (self.token and _is_address(host))):
            raise RefusalError(403, "Forbidden", "this server is not known by that name; see --allow-name")
        socket_or_change = scope["type"] == "websocket" or scope["method"] not in SAFE
        origin = headers.get("origin")
        if socket_or_change and origin is not None and _place_of(origin) != given[0].lower():
            raise RefusalError(403, "Forbidden", "asked for by a page of another origin")
        if socket_or_change and headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            raise RefusalError(403, "Forbidden", "asked for by a page of another site")

    def _check_token(self, scope: Scope, headers: Headers) -> Response | None:
        """Refuses who has no token; who brings it in the address gets a cookie and the address without it."""
        if self.token is None:
            return None
        way, _, given = headers.get("authorization", "").partition(" ")
        if way.lower() == "bearer" and _same(given.strip(), self.token):
            return None
        if _same(_cookie_in(headers.getlist("cookie")), self._cookie):
            return None
        if scope["type"] == "http" and scope["path"] == "/" and scope["method"] == "GET":
            asked = parse_qs(scope.get("query_string", b"").decode("latin-1"))
            if _same(asked.get("token", [""])[0], self.token):
                welcome = RedirectResponse("/", 303)
                secure = scope.get("scheme") == "https"
                welcome.set_cookie(COOKIE, self._cookie, httponly=True, samesite="strict", path="/", secure=secure)
                return welcome
        raise RefusalError(401, "Unauthorized", "needs the token: open the address that 'senga serve' printed")

    def _dressed(self, scope: Scope, headers: Headers, send: Send) -> Send:
        """Adds the headers of every response."""
        policy = _policy(headers.get("host", ""))
        private = scope["path"] == "/" or scope["path"].startswith("/api/")

        async def dressed(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                out = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    out[name] = value
                if "content-security-policy" not in out:
                    out["Content-Security-Policy"] = policy
                if "cache-control" not in out:
                    out["Cache-Control"] = "no-store" if private else "no-cache"
                if message["status"] in UNHEARD:
                    out["Connection"] = "close"
                if message["status"] == 401:
                    out["WWW-Authenticate"] = "Bearer"
            await send(message)

        return dressed


def _bodiless(send: Send) -> Send:
    """Sends headers alone."""

    async def sent(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return sent


def _told(scope: Scope, headers: Headers, refusal: RefusalError) -> Response:
    """A refusal as who asked can take it: a browser that opens the page without its token is asked for it."""
    if scope["type"] == "websocket":
        return denial(refusal)
    shown = scope["method"] == "GET" and scope["path"] == "/" and "text/html" in headers.get("accept", "")
    if refusal.status == 401 and shown:
        return tokenpage.response(headers.get("accept-language", ""), wrong=b"token=" in scope.get("query_string", b""))
    return refusal_response(refusal)


def _check_length(headers: Headers) -> None:
    """Refuses a body that is told to end in two ways: a proxy before us might believe the other one."""
    lengths = {length.strip() for given in headers.getlist("content-length") for length in given.split(",")}
    if len(lengths) > 1 or (lengths and "transfer-encoding" in headers):
        raise RefusalError(400, "BadRequest", "give one Content-Length, and none beside Transfer-Encoding")


def _policy(host: str) -> str:
    """The Content-Security-Policy: everything from here and nowhere else, no inline script or style."""
    # Older browsers do not count sockets of the same host to 'self'.
    sockets = f" ws://{host} wss://{host}" if re.fullmatch(r"[\w.:\[\]-]{1,255}", host, re.ASCII) else ""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' blob: data:; "
        f"connect-src 'self'{sockets}; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )


def _name_of(host: str) -> str | None:
    """The name in a Host header, without its port; None if it is none."""
    found = re.fullmatch(r"(?:\[([0-9a-fA-F:.]+)\]|([^\s:/@\[\]]+))(?::\d{1,5})?", host)
    return (found[1] or found[2]).lower().rstrip(".") if found else None


def _place_of(origin: str) -> str | None:
    """Host and port of an Origin header; None for what is no origin of a web page."""
    try:
        parts = urlsplit(origin.lower())
    except ValueError:
        return None
    return parts.netloc if parts.scheme in ("http", "https") and parts.netloc else None


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _cookie_of(token: str) -> str:
    """What the cookie holds: who reads it does not have the token itself."""
    return hmac.new(token.encode(), b"senga cookie", hashlib.sha256).hexdigest()


def _cookie_in(headers: list[str]) -> str:
    for header in headers:
        try:
            jar = SimpleCookie(header)
        except CookieError:
            continue
        if COOKIE in jar:
            return jar[COOKIE].value
    return ""


def _same(given: str, wanted: str) -> bool:
    """Whether two secrets are the same; takes as long for any."""
    return hmac.compare_digest(given.encode(errors="replace"), wanted.encode())
