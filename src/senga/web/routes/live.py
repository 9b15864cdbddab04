"""The painting channel."""

from starlette.websockets import WebSocket

from senga.web.refusal import RefusalError
from senga.web.responses import denial
from senga.web.routes.common import new_router
from senga.web.server import Server

router = new_router()


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
