"""Addresses of palettes and characters, which need no drawing."""

from typing import Literal

from starlette.requests import Request as Call
from starlette.responses import Response

from senga.web import characters, rendering, swatches
from senga.web.responses import json_response
from senga.web.routes.common import ANY, BYTES, Shared, as_file, new_router
from senga.web.schema import gives, ref, takes
from senga.web.server import label

router = new_router()


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
    return as_file(made, f"{label(name)}.{format}", ANY)


@router.post(
    "/api/v1/character",
    openapi_extra=takes(ANY, BYTES, "a character file"),
    responses=gives(200, "what it holds", {"application/json": ref("Character")}, 400, 408, 413, 415, 422, 503),
)
async def read_character(call: Call, server: Shared) -> Response:
    """What a character file (.toml) holds; of its reference the name alone."""
    async with server.upload(call) as (content, _):
        found = await server.works.do("quick", lambda _: characters.read_character(content))
    return json_response(found)


@router.post(
    "/api/v1/character/export",
    openapi_extra=takes("application/json", ref("Character"), "a character"),
    responses=gives(200, "the file", {ANY: BYTES}, 400, 408, 413, 415, 422, 503),
)
async def write_character(call: Call, server: Shared) -> Response:
    """A character as a character file."""
    async with server.body(call, server.limits.text) as content:
        name, made = characters.write_character(rendering.parse_json(content))
    return as_file(made, f"{label(name)}.toml", ANY)
