"""The HTTP API and the page: `routes` take apart what comes in and hand it on, `guard` stands before them."""

import re
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.requests import Request as Call
from starlette.responses import Response
from starlette.types import ASGIApp

from senga import __version__
from senga.color.colorizer import Colorizer
from senga.errors import SengaError
from senga.web import prometheus, schema
from senga.web.guard import Guard
from senga.web.refusal import RefusalError
from senga.web.responses import as_refusal, refusal_response
from senga.web.routes import answers, beside, drawings, live, pages, palettes
from senga.web.routes.common import new_router
from senga.web.server import Limits, Server
from senga.web.static_files import read_page

API = "/api/v1"
"""Where the API lies. What programs rely on: docs/http-api.md says what may change under one number."""

PARTS = (pages, drawings, beside, live, answers, palettes)
"""Modules of routes, in the order in which addresses are looked for."""

router = new_router()
for part in PARTS:
    router.include_router(part.router)


def make_app(
    colorizer: Colorizer,
    limits: Limits = Limits(),
    *,
    names: Iterable[str] = (),
    token: str | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> ASGIApp:
    """The server as an ASGI application, its guard before it.

    Args:
        colorizer: the model.
        limits: see there.
        names: that a Host header may give, see `guard.known_names`.
        token: that every request needs; None: nobody needs one.
        clock: seconds, of the drawings' age.
    """
    server = Server(colorizer, limits, clock)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with server.opened():
            yield

    app = FastAPI(
        title="senga",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.server = server
    app.state.metrics = prometheus.registry(server)
    app.state.sheets = read_page()
    app.state.document = schema.completed(
        get_openapi(title="senga", version=__version__, description=schema.ABOUT, routes=router.routes)
    )
    app.include_router(router)
    for kind in (SengaError, HTTPException, MemoryError, Exception):
        app.add_exception_handler(kind, _tell)
    app.add_exception_handler(RequestValidationError, _tell_invalid)
    return Guard(app, frozenset(names), token)


async def _tell(call: Call, error: Exception) -> Response:
    path = call.url.path
    if isinstance(error, HTTPException) and error.status_code == 404 and path.startswith("/api/"):
        versioned = re.match(r"/api/v\d+/", path)
        said = f"no such address; the API is at {API}/"
        said += "" if versioned else f": ask for {API}/{path.removeprefix('/api/')[:200]}"
        return refusal_response(RefusalError(404, "NotFound", said))
    return refusal_response(as_refusal(error))


async def _tell_invalid(_: Call, error: Exception) -> Response:
    """FastAPI's complaints of what stands in an address; what was given is not repeated."""
    found = error.errors()[:3] if isinstance(error, RequestValidationError) else []
    said = "; ".join(f"{'.'.join(str(p) for p in e['loc'][1:])}: {e['msg']}" for e in found)
    return refusal_response(RefusalError(422, "BadRequest", said or "not understood"))
