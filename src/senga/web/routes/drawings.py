"""Addresses of a drawing: kept, looked at, prepared, forgotten."""

import time
from typing import Annotated, Any

from fastapi import Query
from starlette.requests import Request as Call
from starlette.responses import Response

from senga import image
from senga.color.first_look import look_at
from senga.lines.learned import SHIPPED
from senga.web import documents, preparing, rendering
from senga.web.leaving import unless_left
from senga.web.responses import json_response
from senga.web.routes.common import ANY, BYTES, Found, Shared, new_router
from senga.web.schema import gives, ref, takes
from senga.web.server import label

router = new_router()


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
    how, model = preparing.Preparation(way, invert, ink, pencil), server.colorizer
    inker = model.session.companion(SHIPPED.name)
    work = server.works.do("slow", lambda e: preparing.prepared(kept, how, inker, model.threads, e))
    return Response(await unless_left(call, work), media_type="image/png")


@router.get(
    "/api/v1/drawings/{id}/layers",
    responses=gives(200, "of a document", {"application/json": ref("Layers")}, 404, 422, 503),
)
async def layers(kept: Found, server: Shared) -> Response:
    """Layers of a PSD, PSB, ORA or KRA that can be the lines, and which one was taken; none of other files."""
    most = server.limits.pixels
    return json_response(await server.works.do("slow", lambda _: documents.layers_there(kept, most)))


@router.get("/api/v1/drawings/{id}/layer.png", responses=gives(200, "full size", {"image/png": BYTES}, 404, 422, 503))
async def layer(
    kept: Found,
    server: Shared,
    path: Annotated[str, Query(max_length=1000, description="as /layers has it; none: what the document shows")] = "",
) -> Response:
    """One layer of a document by itself, to be uploaded in its place."""
    most = server.limits.pixels
    work = server.works.do("slow", lambda _: documents.layer_picture(kept, path, most))
    return Response(await work, media_type="image/png")


@router.delete("/api/v1/drawings/{id}", status_code=204, responses=gives(204, "forgotten", {}, 404))
async def forget(kept: Found, server: Shared) -> Response:
    """Forget a drawing at once."""
    server.store.drop(kept)
    return Response(status_code=204)
