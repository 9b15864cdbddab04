"""Addresses of what goes with a drawing: a reference, hints, finished colors, the colored picture."""

from starlette.requests import Request as Call
from starlette.responses import Response

from senga.web import rendering
from senga.web.refusal import RefusalError
from senga.web.responses import json_response
from senga.web.routes.common import ANY, BYTES, DRAWING, Found, Shared, new_router
from senga.web.schema import gives, ref, takes

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

        await server.work(kept, "slow", work)
    return Response(status_code=204)


@router.delete("/api/v1/drawings/{id}/hints", status_code=204, responses=gives(204, "forgotten", {}, 404, 503))
async def drop_hints(kept: Found, server: Shared) -> Response:
    """Forget the layer of hints."""
    await server.work(kept, "quick", lambda _: kept.canvas.rest_on(None))
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


@router.put(
    "/api/v1/drawings/{id}/colored",
    status_code=204,
    openapi_extra=takes(ANY, BYTES, "a picture file of the drawing's size, of which its lines were drawn"),
    responses=gives(204, "kept", {}, *DRAWING),
)
async def set_colored(call: Call, kept: Found, server: Shared) -> Response:
    """Give the colored picture whose colors requests may leave where no hint changes them."""
    async with server.upload(call) as (content, _):

        def work(_: object) -> None:
            kept.own = rendering.read_own(content, kept.drawing.shape, server.limits.pixels)
            kept.own_file = content

        await server.work(kept, "slow", work)
    return Response(status_code=204)


@router.delete("/api/v1/drawings/{id}/colored", status_code=204, responses=gives(204, "forgotten", {}, 404, 503))
async def drop_colored(kept: Found, server: Shared) -> Response:
    """Forget the colored picture."""

    def work(_: object) -> None:
        kept.own = kept.own_file = None

    await server.work(kept, "quick", work)
    return Response(status_code=204)
