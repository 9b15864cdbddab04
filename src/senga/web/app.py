"""The HTTP API and the page: routes that take apart what comes in and hand it on. `guard` stands before them."""

import dataclasses
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, FastAPI, Query
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.requests import Request as Call
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp
from starlette.websockets import WebSocket

from senga import __version__, image
from senga.color import marks
from senga.color.colorizer import Colorizer
from senga.color.conditioning import MOST
from senga.color.first_look import look_at
from senga.color.request import CANDIDATES, Request
from senga.errors import SengaError
from senga.imagefiles.tags import LEAST as LEAST_DPI
from senga.imagefiles.tags import MOST as MOST_DPI
from senga.web import exports, preparing, prometheus, rendering, schema, swatches
from senga.web.guard import Guard
from senga.web.leaving import unless_left
from senga.web.refusal import RefusalError
from senga.web.responses import as_json, as_refusal, as_table, denial, json_response, refusal_response
from senga.web.scheduler import CancelToken, Lane
from senga.web.schema import gives, ref, takes
from senga.web.server import Limits, Server, label
from senga.web.static_files import read_page
from senga.web.store import Kept

API = "/api/v1"
"""Where the API lies. What programs rely on: docs/http-api.md says what may change under one number."""

BYTES = {"type": "string", "format": "binary"}
ANY = "application/octet-stream"
DRAWING = (400, 404, 408, 413, 415, 422, 503)
"""Errors of operations that take a body and work."""

Side = Annotated[int, Query(ge=0, le=rendering.SIDE, description="largest side of the answer, px; 0: full size")]
Asks = takes("application/json", ref("Request"), "what is wanted")

router = APIRouter()


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
        known = path if path.startswith(f"{API}/") else f"{API}/{path.removeprefix('/api/')}"
        said = f"no such address; the API is at {API}/" + ("" if known == path else f": ask for {known[:200]}")
        return refusal_response(RefusalError(404, "NotFound", said))
    return refusal_response(as_refusal(error))


async def _tell_invalid(_: Call, error: Exception) -> Response:
    """FastAPI's complaints of what stands in an address; what was given is not repeated."""
    found = error.errors()[:3] if isinstance(error, RequestValidationError) else []
    said = "; ".join(f"{'.'.join(str(p) for p in e['loc'][1:])}: {e['msg']}" for e in found)
    return refusal_response(RefusalError(422, "BadRequest", said or "not understood"))


async def _shared(connection: HTTPConnection) -> Server:
    server: Server = connection.app.state.server
    return server


async def _found(id: str, connection: HTTPConnection) -> Kept:
    server: Server = connection.app.state.server
    return server.store.get(id)


Shared = Annotated[Server, Depends(_shared)]
Found = Annotated[Kept, Depends(_found)]


async def _asked(call: Call, server: Server, kept: Kept) -> tuple[Request, bool]:
    """The request in a body, and whether it is heavy; read in a thread: thousands of strokes take their time."""
    async with server.body(call, server.limits.text) as content:

        def read(_: object) -> tuple[Request, bool]:
            request = rendering.parse_request(kept, rendering.parse_json(content))
            return request, rendering.is_heavy(kept, request, len(content))

        return await server.work(kept, "heavy" if rendering.is_long(len(content)) else "quick", read)


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


@router.post(
    "/api/v1/drawings",
    status_code=201,
    openapi_extra=takes(ANY, BYTES, "a picture file, or a .senga project"),
    responses=gives(201, "kept", {"application/json": ref("Drawing")}, 400, 408, 413, 415, 422, 503),
)
async def upload(call: Call, server: Shared) -> Response:
    """Keep a drawing: PNG, JPEG, WebP, TIFF, BMP or GIF of 1 to 16 bits, or a project. X-File-Name is only a label."""
    start = time.perf_counter()
    async with server.upload(call) as (content, name):
        kept, project = await server.keep(content, label(name))
    height, width = kept.drawing.shape
    said: dict[str, Any] = {"id": kept.id, "width": width, "height": height, "alpha": kept.drawing.alpha is not None}
    said["seconds"] = round(time.perf_counter() - start, 4)
    return json_response(said if project is None else {**said, "project": project}, 201)


@router.get("/api/v1/drawings/{id}/lines.png", responses=gives(200, "full size", {"image/png": BYTES}, 404, 503))
async def lines(kept: Found, server: Shared) -> Response:
    """The person's ink on nothing, to be laid over colors."""
    work = lambda _: image.encode(rendering.lines_picture(kept.drawing), "PNG", fast=True)  # noqa: E731
    return Response(await server.works.do("quick", work), media_type="image/png")


@router.get(
    "/api/v1/drawings/{id}/preview.png", responses=gives(200, "the drawing", {"image/png": BYTES}, 404, 422, 503)
)
async def preview(kept: Found, server: Shared, side: Annotated[int, Query(ge=1, le=2048)] = 256) -> Response:
    """The drawing itself, small."""
    work = lambda _: image.encode(rendering.preview(kept.drawing, side), "PNG", fast=True)  # noqa: E731
    return Response(await server.works.do("quick", work), media_type="image/png")


@router.get("/api/v1/drawings/{id}/look", responses=gives(200, "of it", {"application/json": ref("Look")}, 404, 503))
async def look(kept: Found, server: Shared) -> Response:
    """What the upload looks like: a drawing of lines, or a photo or scan, white on black, a colored picture."""
    found = await server.works.do("slow", lambda _: look_at(kept.drawing.layer))
    return json_response({"look": found})


@router.get(
    "/api/v1/drawings/{id}/prepared.png",
    responses=gives(200, "line art of its size", {"image/png": BYTES}, 404, 422, 503),
)
async def prepare(
    call: Call,
    kept: Found,
    server: Shared,
    way: Annotated[preparing.Way, Query(description="clean a photo, draw a picture's lines, or keep it")],
    invert: Annotated[bool, Query(description="1: it is white on black")] = False,
    ink: Annotated[float, Query(ge=0.02, le=0.98, description="less keeps fainter lines")] = 0.35,
    pencil: Annotated[bool, Query(description="1: colored pencil is ink")] = False,
) -> Response:
    """Line art of what was uploaded, to be uploaded in its place."""
    how, threads = preparing.Preparation(way, invert, ink, pencil), server.colorizer.threads
    work = server.works.do("slow", lambda e: preparing.prepared(kept, how, threads, e))
    return Response(await unless_left(call, work), media_type="image/png")


@router.delete("/api/v1/drawings/{id}", status_code=204, responses=gives(204, "forgotten", {}, 404))
async def forget(kept: Found, server: Shared) -> Response:
    """Forget a drawing at once."""
    server.store.drop(kept)
    return Response(status_code=204)


@router.put(
    "/api/v1/drawings/{id}/reference",
    openapi_extra=takes(ANY, BYTES, "a picture file"),
    responses=gives(200, "kept", {"application/json": ref("Reference")}, *DRAWING),
)
async def set_reference(call: Call, kept: Found, server: Shared) -> Response:
    """Give the picture whose colors requests may borrow."""
    async with server.upload(call) as (content, _):

        def work(_: object) -> list[str]:
            kept.reference, colors = rendering.read_reference(content, server.limits.pixels)
            kept.reference_file = content
            return colors

        colors = await server.work(kept, "slow", work)
    if kept.reference is None:
        raise RefusalError.unknown()
    height, width = kept.reference.shape[:2]
    return json_response({"width": width, "height": height, "colors": colors})


@router.delete("/api/v1/drawings/{id}/reference", status_code=204, responses=gives(204, "forgotten", {}, 404, 503))
async def drop_reference(kept: Found, server: Shared) -> Response:
    """Forget the reference."""

    def work(_: object) -> None:
        kept.reference = kept.reference_file = None

    await server.work(kept, "quick", work)
    return Response(status_code=204)


@router.put(
    "/api/v1/drawings/{id}/hints",
    status_code=204,
    openapi_extra=takes(ANY, BYTES, "a PNG of the drawing's size: colored strokes on a transparent layer"),
    responses=gives(204, "kept", {}, *DRAWING),
)
async def set_hints(call: Call, kept: Found, server: Shared) -> Response:
    """Give a layer of hints, on which the marks of all later requests are laid."""
    async with server.upload(call) as (content, _):

        def work(_: object) -> None:
            kept.canvas.rest_on(rendering.read_hints(content, kept.drawing.shape, server.limits.pixels))
            kept.hinted = True

        await server.work(kept, "slow", work)
    return Response(status_code=204)


@router.delete("/api/v1/drawings/{id}/hints", status_code=204, responses=gives(204, "forgotten", {}, 404, 503))
async def drop_hints(kept: Found, server: Shared) -> Response:
    """Forget the layer of hints."""

    def work(_: object) -> None:
        kept.canvas.rest_on(None)
        kept.hinted = False

    await server.work(kept, "quick", work)
    return Response(status_code=204)


@router.put(
    "/api/v1/drawings/{id}/finished",
    status_code=204,
    openapi_extra=takes(ANY, BYTES, "a picture file of the drawing's size: a color layer without lines"),
    responses=gives(204, "kept", {}, *DRAWING),
)
async def set_finished(call: Call, kept: Found, server: Shared) -> Response:
    """Give the finished colors, which stay where requests lock regions, or outside their lasso."""
    async with server.upload(call) as (content, _):

        def work(_: object) -> None:
            kept.finished = rendering.read_finished(content, kept.drawing.shape, server.limits.pixels)
            kept.finished_file = content

        await server.work(kept, "slow", work)
    return Response(status_code=204)


@router.delete("/api/v1/drawings/{id}/finished", status_code=204, responses=gives(204, "forgotten", {}, 404, 503))
async def drop_finished(kept: Found, server: Shared) -> Response:
    """Forget the finished colors."""

    def work(_: object) -> None:
        kept.finished = kept.finished_file = None

    await server.work(kept, "quick", work)
    return Response(status_code=204)


@router.websocket("/api/v1/drawings/{id}/live")
async def live(id: str, socket: WebSocket) -> None:
    """The painting channel."""
    server: Server = socket.app.state.server
    try:
        kept = server.store.get(id)
        async with server.seat(kept):
            await socket.accept()
            await server.live(socket, kept)
    except RefusalError as refusal:
        await socket.send_denial_response(denial(refusal))


@router.websocket("/{path:path}")
async def no_channel(socket: WebSocket) -> None:
    """Anywhere else there is none."""
    await socket.send_denial_response(denial(RefusalError(404, "NotFound", "there is no painting channel here")))


@router.post(
    "/api/v1/drawings/{id}/color",
    openapi_extra=Asks,
    responses=gives(200, "the colored drawing", {"image/png": BYTES}, *DRAWING),
)
async def color(
    call: Call,
    kept: Found,
    server: Shared,
    lines: Annotated[bool, Query(description="1: with the drawing's lines; 0: the color layer alone")] = True,
    side: Side = 0,
) -> Response:
    """Color a drawing."""
    request, heavy = await _asked(call, server, kept)

    def work(cancel: CancelToken) -> bytes:
        if lines:
            pixels = rendering.render_picture(kept, server.colorizer, request, side, cancel)
        else:
            pixels = rendering.render_first(kept, server.colorizer, request, side, cancel).color
        cancel.check()
        return image.encode(pixels, "PNG", fast=True)

    content = await unless_left(call, server.work(kept, "heavy" if heavy else "quick", work))
    return Response(content, media_type="image/png")


@router.post(
    "/api/v1/drawings/{id}/area",
    openapi_extra=Asks,
    responses=gives(200, "white where it would be, on nothing", {"image/png": BYTES}, *DRAWING),
)
async def area(
    call: Call,
    kept: Found,
    server: Shared,
    x: Annotated[float, Query(ge=-marks.FAR, le=marks.FAR, description="px of the drawing")],
    y: Annotated[float, Query(ge=-marks.FAR, le=marks.FAR, description="px of the drawing")],
    side: Side = 0,
) -> Response:
    """What a fill at a point would cover, by the request's marks and gap, before it is poured."""
    request, heavy = await _asked(call, server, kept)

    def work(cancel: CancelToken) -> bytes:
        pixels = rendering.fill_area(kept, request, (x, y), side)
        cancel.check()
        return image.encode(pixels, "PNG", fast=True)

    content = await unless_left(call, server.work(kept, "heavy" if heavy else "quick", work))
    return Response(content, media_type="image/png")


@router.post(
    "/api/v1/drawings/{id}/candidates",
    openapi_extra=Asks,
    responses=gives(200, "one a line, as ready", {"application/x-ndjson": ref("Candidate")}, *DRAWING),
)
async def candidates(call: Call, kept: Found, server: Shared) -> Response:
    """Several different ways to color a drawing, small; a line of JSON each. Errors after the first are lines too."""
    request, heavy = await _asked(call, server, kept)
    lane: Lane = "heavy" if heavy else "slow"
    split = server.work(kept, lane, lambda e: rendering.split_candidates(kept, server.colorizer, request, e))
    each = await unless_left(call, split)

    async def made(index: int) -> bytes:
        one = each[index]
        return await server.work(kept, lane, lambda e: rendering.candidate_line(kept, server.colorizer, one, index, e))

    first = await unless_left(call, made(0))

    async def all_lines() -> AsyncIterator[bytes]:
        yield first
        try:
            for index in range(1, len(each)):
                yield await made(index)
        except Exception as error:
            yield as_json(as_table(as_refusal(error))) + b"\n"

    return StreamingResponse(all_lines(), media_type="application/x-ndjson")


@router.post(
    "/api/v1/drawings/{id}/export",
    openapi_extra=Asks,
    responses=gives(200, "the file", {f.kind: BYTES for f in exports.FORMATS.values()}, *DRAWING),
)
async def export(
    call: Call,
    kept: Found,
    server: Shared,
    format: Annotated[str, Query(json_schema_extra={"enum": [*exports.FORMATS]})],
    side: Annotated[int, Query(ge=0, le=rendering.SIDE, description="longest side, px; 0: the drawing's own")] = 0,
    dpi: Annotated[float, Query(ge=0, le=MOST_DPI, description="pixels an inch; 0: as the drawing's file says")] = 0,
    quality: Annotated[int, Query(ge=0, le=100, description="of jpg and webp; 0: 95, and lossless")] = 0,
    transparent: Annotated[bool, Query(description="1: without the blank paper around what is drawn")] = False,
    srgb: Annotated[bool, Query(description="1: with the profile of sRGB")] = False,
) -> Response:
    """The finished file: picture, color layer alone ("layer"), layers, flats, or project."""
    chosen = exports.FORMATS.get(format)
    if chosen is None:
        raise RefusalError(422, "BadRequest", f"format: one of {', '.join(exports.FORMATS)}")
    if 0 < dpi <= LEAST_DPI:
        raise RefusalError(422, "BadRequest", f"dpi: 0, or more than {LEAST_DPI:g}")
    how = exports.Wanted(side, dpi, quality, transparent, srgb)
    chosen.check(how)
    request, heavy = await _asked(call, server, kept)
    most = server.limits.pixels

    def work(cancel: CancelToken) -> bytes:
        return chosen.make(kept, server.colorizer, request, how, most, cancel)

    content = await unless_left(call, server.work(kept, "heavy" if heavy else "slow", work))
    return _file(content, f"{kept.name}{chosen.ending}", chosen.kind)


@router.post(
    "/api/v1/palette",
    openapi_extra=takes(ANY, BYTES, "a palette file, a picture or HEX colors"),
    responses=gives(200, "its colors", {"application/json": ref("Colors")}, 400, 408, 413, 415, 422, 503),
)
async def read_palette(call: Call, server: Shared) -> Response:
    """The colors of a palette file (.gpl, .ase, .aco, .act, .kpl, .pal, text), or the main colors of a picture."""
    async with server.upload(call) as (content, _):
        colors = await server.works.do("slow", lambda _: swatches.read_colors(content, server.limits.pixels))
    return json_response({"colors": colors})


@router.post(
    "/api/v1/palette/export",
    openapi_extra=takes("application/json", ref("Palette"), "its name and colors"),
    responses=gives(200, "the file", {ANY: BYTES}, 400, 408, 413, 415, 422, 503),
)
async def write_palette(call: Call, server: Shared, format: Literal["gpl", "ase", "aco", "txt"]) -> Response:
    """Colors as a palette file."""
    async with server.body(call, server.limits.text) as content:
        name, made = swatches.write_colors(rendering.parse_json(content), format)
    return _file(made, f"{label(name)}.{format}", ANY)


def _file(content: bytes, name: str, kind: str) -> Response:
    """A file to be saved, never shown."""
    plain = "".join(c if c.isascii() and c not in '"\\%' else "_" for c in name)
    said = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, media_type=kind, headers={"Content-Disposition": said})
