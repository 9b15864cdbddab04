"""Responses as JSON, errors among them: one clear line, one word for programs, never a page of HTML."""

import json
import logging
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from senga.web.refusal import RefusalError, refused

log = logging.getLogger("senga.web")

KINDS = {400: "BadRequest", 404: "NotFound", 405: "NotAllowed", 413: "TooLarge"}


def as_json(value: Any) -> bytes:
    """A JSON text in ASCII: whatever a text of a client holds, it can be sent back."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()


def json_response(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON response."""
    return Response(as_json(value), status, headers, "application/json")


def as_table(refusal: RefusalError) -> dict[str, str]:
    """What a client is told of an error."""
    return {"error": " ".join(str(refusal).split()), "kind": refusal.kind}


def refusal_response(refusal: RefusalError) -> Response:
    """A refusal as a response."""
    retry = {} if refusal.retry is None else {"Retry-After": str(refusal.retry)}
    return json_response(as_table(refusal), refusal.status, retry)


def denial(refusal: RefusalError) -> Response:
    """A refusal as a response to a WebSocket that is not opened; who runs the server is told of it as that."""
    log.warning("a painting channel was refused: %d, %s", refusal.status, as_table(refusal)["error"])
    return refusal_response(refusal)


def as_refusal(error: Exception) -> RefusalError:
    """Any error as the client is told; a defect of the server is also told to who runs it."""
    known = refused(error)
    if known is not None:
        return known
    if isinstance(error, HTTPException):
        return RefusalError(error.status_code, KINDS.get(error.status_code, "Refused"), str(error.detail))
    log.error("a defect of senga", exc_info=error)
    return RefusalError(500, "Defect", "a defect of senga, not of what you sent; its log says more")
