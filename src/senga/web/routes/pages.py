"""Addresses of the page itself, and of what the server says of itself."""

import dataclasses

from starlette.requests import Request as Call
from starlette.responses import Response

from senga import __version__
from senga.color import marks
from senga.color.conditioning import MOST
from senga.color.request import CANDIDATES
from senga.web import prometheus, rendering, schema
from senga.web.refusal import RefusalError
from senga.web.responses import json_response
from senga.web.routes.common import Shared, new_router
from senga.web.schema import gives, ref

router = new_router()


@router.get("/", include_in_schema=False)
async def index(call: Call) -> Response:
    """The page."""
    return await sheet("index.html", call)


@router.get("/page/{name:path}", include_in_schema=False)
async def sheet(name: str, call: Call) -> Response:
    """A file of the page."""
    found = call.app.state.sheets.get(name)
    if found is None:
        raise RefusalError(404, "NotFound", "no such file of the page")
    headers = {"ETag": found.tag, "Cache-Control": "no-cache"}
    if call.headers.get("if-none-match") == found.tag:
        return Response(status_code=304, headers=headers)
    return Response(found.content, headers=headers | {"Content-Type": found.kind})


@router.get("/api/v1/openapi.json", include_in_schema=False)
async def openapi(call: Call) -> Response:
    """The API's description."""
    return json_response(call.app.state.document)


@router.get("/api/v1/docs", include_in_schema=False)
async def docs(call: Call) -> Response:
    """The API's description as a page."""
    return Response(schema.as_page(call.app.state.document), media_type="text/html")


@router.get("/api/v1/docs.css", include_in_schema=False)
async def docs_style() -> Response:
    """Style of that page."""
    return Response(schema.STYLE, media_type="text/css")


@router.get("/api/v1/health", responses=gives(200, "it runs", {"application/json": ref("Health")}))
async def health(server: Shared) -> Response:
    """Whether the server runs, and how many drawings it keeps."""
    name = server.colorizer.session.card.name
    return json_response({"status": "ok", "version": __version__, "model": name, "drawings": len(server.store)})


@router.get("/metrics", include_in_schema=False)
async def counted(call: Call) -> Response:
    """What was done, for Prometheus."""
    text = prometheus.as_text(call.app.state.metrics)
    return Response(text, headers={"Content-Type": prometheus.KIND, "Cache-Control": "no-store"})


@router.get("/api/v1/info", responses=gives(200, "what it can do", {"application/json": ref("Info")}))
async def info(server: Shared) -> Response:
    """The model and the limits: bytes, px, seconds."""
    card = server.colorizer.session.card
    model = {"name": card.name, "conditions": list(card.conditions), "fingerprint": server.fingerprint}
    limits = dataclasses.asdict(server.limits) | {"marks": marks.MARKS, "points": marks.ALL_POINTS}
    limits |= {"points_each": marks.POINTS, "palette": MOST, "candidates": CANDIDATES, "side": rendering.SIDE}
    return json_response({"version": __version__, "model": model, "limits": limits})
