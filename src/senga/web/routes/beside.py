"""Addresses of what goes with a drawing: a reference, hints, finished colors, the colored picture."""

from collections.abc import Callable

from starlette.requests import Request as Call
from starlette.responses import Response

from senga.web import rendering
from senga.web.refusal import RefusalError
from senga.web.responses import json_response
from senga.web.routes.common import ANY, BYTES, DRAWING, Found, Shared, new_router
from senga.web.schema import gives, ref, takes
from senga.web.server import Server
from senga.web.store import Kept

router = new_router()


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

    def drop() -> None:
        kept.reference = kept.reference_file = None

    return await _take(server, kept, drop)


@router.put(
    "/api/v1/drawings/{id}/hints",
    status_code=204,
    openapi_extra=takes(ANY, BYTES, "a PNG of the drawing's size: colored strokes on a transparent layer"),
    responses=gives(204, "kept", {}, *DRAWING),
)
async def set_hints(call: Call, kept: Found, server: Shared) -> Response:
    """Give a layer of hints, on which the marks of all later requests are laid."""

    def keep(content: bytes) -> None:
        kept.canvas.rest_on(rendering.read_hints(content, kept.drawing.shape, server.limits.pixels))

    return await _give(call, server, kept, keep)


@router.delete("/api/v1/drawings/{id}/hints", status_code=204, responses=gives(204, "forgotten", {}, 404, 503))
async def drop_hints(kept: Found, server: Shared) -> Response:
    """Forget the layer of hints."""
    return await _take(server, kept, lambda: kept.canvas.rest_on(None))


@router.put(
    "/api/v1/drawings/{id}/finished",
    status_code=204,
    openapi_extra=takes(ANY, BYTES, "a picture file of the drawing's size: a color layer without lines"),
    responses=gives(204, "kept", {}, *DRAWING),
)
async def set_finished(call: Call, kept: Found, server: Shared) -> Response:
    """Give the finished colors, which stay where requests lock regions, or outside their lasso."""

    def keep(content: bytes) -> None:
        kept.finished = rendering.read_finished(content, kept.drawing.shape, server.limits.pixels)
        kept.finished_file = content

    return await _give(call, server, kept, keep)


@router.delete("/api/v1/drawings/{id}/finished", status_code=204, responses=gives(204, "forgotten", {}, 404, 503))
async def drop_finished(kept: Found, server: Shared) -> Response:
    """Forget the finished colors."""

    def drop() -> None:
        kept.finished = kept.finished_file = None

    return await _take(server, kept, drop)


@router.put(
    "/api/v1/drawings/{id}/colored",
    status_code=204,
    openapi_extra=takes(ANY, BYTES, "a picture file of the drawing's size, of which its lines were drawn"),
    responses=gives(204, "kept", {}, *DRAWING),
)
async def set_colored(call: Call, kept: Found, server: Shared) -> Response:
    """Give the colored picture whose colors requests may leave where no hint changes them."""

    def keep(content: bytes) -> None:
        kept.own = rendering.read_own(content, kept.drawing.shape, server.limits.pixels)
        kept.own_file = content

    return await _give(call, server, kept, keep)


@router.delete("/api/v1/drawings/{id}/colored", status_code=204, responses=gives(204, "forgotten", {}, 404, 503))
async def drop_colored(kept: Found, server: Shared) -> Response:
    """Forget the colored picture."""

    def drop() -> None:
        kept.own = kept.own_file = None

    return await _take(server, kept, drop)


async def _give(call: Call, server: Server, kept: Kept, keep: Callable[[bytes], None]) -> Response:
    """Reads a body, which is then kept with a drawing."""
    async with server.upload(call) as (content, _):
        await server.work(kept, "slow", lambda _: keep(content))
    return Response(status_code=204)


async def _take(server: Server, kept: Kept, drop: Callable[[], None]) -> Response:
    """Has something that is kept with a drawing dropped."""
    await server.work(kept, "quick", lambda _: drop())
    return Response(status_code=204)
