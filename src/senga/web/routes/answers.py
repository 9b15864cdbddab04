"""Addresses that answer with colors."""

from collections.abc import AsyncIterator, Callable
from typing import Annotated

from fastapi import Query
from starlette.requests import Request as Call
from starlette.responses import Response, StreamingResponse

from senga import image
from senga.color import marks
from senga.imagefiles.tags import LEAST as LEAST_DPI
from senga.imagefiles.tags import MOST as MOST_DPI
from senga.web import exports, rendering
from senga.web.leaving import unless_left
from senga.web.refusal import RefusalError
from senga.web.responses import as_json, as_refusal, as_table
from senga.web.routes.common import BYTES, DRAWING, Asks, Found, Shared, Side, as_file, asked, new_router
from senga.web.scheduler import CancelToken, Lane
from senga.web.schema import gives, ref
from senga.web.server import Server
from senga.web.store import Kept

router = new_router()


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
    request, heavy = await asked(call, server, kept)

    def draw(cancel: CancelToken) -> image.Pixels:
        if lines:
            return rendering.render_picture(kept, server.colorizer, request, side, cancel)
        return rendering.render_first(kept, server.colorizer, request, side, cancel).color

    return await _picture(call, server, kept, draw, heavy=heavy)


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
    request, heavy = await asked(call, server, kept)

    return await _picture(call, server, kept, lambda _: rendering.fill_area(kept, request, (x, y), side), heavy=heavy)


@router.post(
    "/api/v1/drawings/{id}/candidates",
    openapi_extra=Asks,
    responses=gives(200, "one a line, as ready", {"application/x-ndjson": ref("Candidate")}, *DRAWING),
)
async def candidates(call: Call, kept: Found, server: Shared) -> Response:
    """Several different ways to color a drawing, small; a line of JSON each. Errors after the first are lines too."""
    request, heavy = await asked(call, server, kept)
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
    regions: Annotated[bool, Query(description="1: of psd and ora, a layer for each region")] = False,
    only: Annotated[str, Query(description="of layers: names of those to be written, with commas; none: all")] = "",
) -> Response:
    """The finished file: picture, color layer alone ("layer"), layers, flats, or project."""
    chosen = exports.FORMATS.get(format)
    if chosen is None:
        raise RefusalError(422, "BadRequest", f"format: one of {', '.join(exports.FORMATS)}")
    if 0 < dpi <= LEAST_DPI:
        raise RefusalError(422, "BadRequest", f"dpi: 0, or more than {LEAST_DPI:g}")
    how = exports.Wanted(side, dpi, quality, transparent, srgb, regions, exports.named(only))
    chosen.check(how)
    request, heavy = await asked(call, server, kept)
    most = server.limits.pixels

    def work(cancel: CancelToken) -> bytes:
        return chosen.make(kept, server.colorizer, request, how, most, cancel)

    content = await unless_left(call, server.work(kept, "heavy" if heavy else "slow", work))
    return as_file(content, f"{kept.name}{chosen.ending}", chosen.kind)


async def _picture(
    call: Call, server: Server, kept: Kept, draw: Callable[[CancelToken], image.Pixels], *, heavy: bool
) -> Response:
    """What is drawn of a drawing, as a PNG, unless who asked has left."""

    def work(cancel: CancelToken) -> bytes:
        pixels = draw(cancel)
        cancel.check()
        return image.encode(pixels, "PNG", fast=True)

    content = await unless_left(call, server.work(kept, "heavy" if heavy else "quick", work))
    return Response(content, media_type="image/png")
