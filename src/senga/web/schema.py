"""The description of the API: JSON schemas, one OpenAPI document, and a page that shows it without any script.

Written by hand beside the strict reader; tests hold both to the same keys, ranges and defaults.
"""

import html
import json
from typing import Any, get_args

from senga.color import marks, request
from senga.color.closer import GAPS
from senga.color.conditioning import MOST
from senga.color.first_look import Look
from senga.color.light import SIDE, STRONGEST
from senga.web import characters

Table = dict[str, Any]

_COLOR: Table = {"type": "string", "pattern": "^#[0-9a-fA-F]{6}$", "examples": ["#7a4a2b"]}
_POINT: Table = {
    "type": "array",
    "items": {"type": "number", "minimum": -marks.FAR, "maximum": marks.FAR},
    "minItems": 2,
    "maxItems": 2,
    "description": "[x, y], px of the drawing; whole at the centers of pixels",
}
_POINTS: Table = {"type": "array", "items": _POINT, "minItems": 1, "maxItems": marks.POINTS}
_WIDTH: Table = {"type": "number", "exclusiveMinimum": 0, "maximum": marks.WIDEST, "description": "px"}
_SHARE: Table = {"type": "number", "minimum": 0, "maximum": 1}
_REACH: Table = {
    "enum": list(marks.REACHES),
    "description": "how far it reaches; else a stroke as the request says, a fill its region",
}
_TOLD: Table = {
    **_COLOR,
    "description": "the color before it was exchanged for another: the model is told it, so that nothing else changes",
}
_PRESSURE: Table = {"type": "array", "items": _SHARE, "description": "one number for each point; scales the width"}

_SEED: Table = {
    "type": "object",
    "properties": {
        "color": {"type": "string", "maxLength": characters.NAME, "description": "a part, or '#rrggbb'"},
        "at": {
            "type": "array",
            "items": {"type": "array", "items": _SHARE, "minItems": 2, "maxItems": 2},
            "minItems": 1,
            "maxItems": characters.POINTS,
            "description": "points [x, y] as shares of a drawing's width and height; more than one are a stroke",
        },
        "radius": {**_SHARE, "default": 0.01, "description": "share of the longer side"},
        "drawing": {"type": "string", "maxLength": characters.NAME, "description": "pattern of drawings' names"},
    },
    "required": ["color", "at"],
    "additionalProperties": False,
}


def _mark(kind: str, needed: Table, more: Table) -> Table:
    return {
        "type": "object",
        "properties": {"kind": {"const": kind}, **needed, **more},
        "required": ["kind", *needed],
        "additionalProperties": False,
    }


SCHEMAS: dict[str, Table] = {
    "Error": {
        "type": "object",
        "properties": {
            "error": {"type": "string", "description": "one clear line"},
            "kind": {"type": "string", "description": "one word for programs"},
        },
        "required": ["error", "kind"],
    },
    "Color": _COLOR,
    "Mark": {
        "oneOf": [
            _mark(
                "stroke",
                {"points": _POINTS, "color": _COLOR, "width": _WIDTH},
                {"pressure": _PRESSURE, "reach": _REACH, "told": _TOLD},
            ),
            _mark("erase", {"points": _POINTS, "width": _WIDTH}, {"pressure": _PRESSURE}),
            _mark("fill", {"points": {**_POINTS, "maxItems": 1}, "color": _COLOR}, {"reach": _REACH, "told": _TOLD}),
        ],
        "description": "what the brush did; a stroke of one point is a dot; a fill covers the area around its "
        "point, but what has a hint of its own; in one place the latest wins; to erase a fill's point takes it away",
    },
    "Request": {
        "type": "object",
        "properties": {
            "marks": {"type": "array", "items": {"$ref": "#/components/schemas/Mark"}, "maxItems": marks.MARKS},
            "palette": {"type": "array", "items": _COLOR, "maxItems": MOST},
            "reference": {
                "type": ["string", "null"],
                "maxLength": request.NAME,
                "description": "any name: the reference that was sent for this drawing is used; null: none",
            },
            "reference_strength": {**_SHARE, "default": 1},
            "tint": {**_SHARE, "default": 0, "description": "how much lines take the color of what they outline"},
            "mode": {"enum": list(request.MODES), "default": "paint"},
            "light": {
                "type": "number",
                "minimum": 0,
                "maximum": STRONGEST,
                "default": 1,
                "description": "strength of light, and of shade where that has none of its own; 0: flat colors",
            },
            "shade": {
                "type": ["number", "null"],
                "minimum": 0,
                "maximum": STRONGEST,
                "description": "strength of shade; null: as light",
            },
            "light_softness": {**_SHARE, "default": 0, "description": "0: as the model draws it"},
            "shade_softness": {**_SHARE, "default": 0, "description": "0: as the model draws it"},
            "shade_tint": {
                "oneOf": [_COLOR, {"type": "null"}],
                "description": "shade leans to this color, as bright as it was; grays change nothing",
            },
            "light_side": {
                "type": "number",
                "minimum": -1,
                "maximum": 1,
                "default": SIDE,
                "description": "from which side light falls: -1 left, 1 right",
            },
            "reach": {
                "enum": list(marks.REACHES),
                "default": "object",
                "description": "how far a mark reaches that does not say so itself: its region, what clearly belongs "
                "to it, or everything",
            },
            "gap": {
                "type": "number",
                "minimum": GAPS[0],
                "maximum": GAPS[1],
                "default": 1,
                "description": "how boldly open lines are closed, 0: not at all",
            },
            "candidates": {"type": "integer", "minimum": 1, "maximum": request.CANDIDATES, "default": 1},
            "seed": {"type": "integer", "minimum": 0, "maximum": request.SEED - 1, "default": 0},
            "recolored": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"from": _COLOR, "to": _COLOR},
                    "required": ["from", "to"],
                    "additionalProperties": False,
                },
                "maxItems": request.RECOLORED,
                "description": "flat colors that are exchanged wherever the answer has them, all at once; what hints "
                "say stays",
            },
            "finished": {
                "type": ["string", "null"],
                "maxLength": request.NAME,
                "description": "any name: the finished colors that were sent for this drawing are kept where 'locked' "
                "and 'within' say so; null: none",
            },
            "locked": {
                "type": "array",
                "items": _POINT,
                "maxItems": request.LOCKED,
                "description": "points of regions in which nothing changes; needs 'finished'",
            },
            "within": {
                "type": "array",
                "items": _POINT,
                "maxItems": request.LASSO,
                "description": "corners of a lasso, three or more, outside which nothing changes; needs 'finished'",
            },
            "colored": {
                "type": ["string", "null"],
                "maxLength": request.NAME,
                "description": "any name: the colored picture that was sent for this drawing, of which its lines were "
                "drawn, keeps its colors, light and lines where no hint changes them; color layers hold its lines "
                "then. A palette or reference wins over it; null: none",
            },
        },
        "additionalProperties": False,
        "description": "what a coloring asks for beside the drawing; each key may be left out",
    },
    "Drawing": {
        "type": "object",
        "properties": {
            "id": {"type": "string", "description": "who has it may do all with the drawing; there is no list"},
            "width": {"type": "integer"},
            "height": {"type": "integer"},
            "alpha": {"type": "boolean", "description": "whether the drawing is cut out"},
            "seconds": {"type": "number"},
            "project": {
                "type": "object",
                "description": "of a .senga file: what it holds beside the drawing, its reference already in place",
                "properties": {
                    "name": {"type": "string"},
                    "request": {"$ref": "#/components/schemas/Request"},
                    "swatches": {"type": "array", "items": {"type": "object"}},
                    "model": {"type": ["object", "null"], "description": "name and sha256 of what painted it"},
                },
            },
        },
        "required": ["id", "width", "height", "alpha", "seconds"],
    },
    "Look": {
        "type": "object",
        "properties": {"look": {"enum": list(get_args(Look))}},
        "required": ["look"],
    },
    "Layers": {
        "type": "object",
        "properties": {
            "layers": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"path": {"type": "string"}, "visible": {"type": "boolean"}},
                    "required": ["path", "visible"],
                },
                "description": "the highest first",
            },
            "taken": {"type": ["string", "null"], "description": "null: what the document shows"},
        },
        "required": ["layers", "taken"],
    },
    "Reference": {
        "type": "object",
        "properties": {
            "width": {"type": "integer"},
            "height": {"type": "integer"},
            "colors": {"type": "array", "items": _COLOR},
        },
        "required": ["width", "height", "colors"],
    },
    "Colors": {
        "type": "object",
        "properties": {"colors": {"type": "array", "items": _COLOR}},
        "required": ["colors"],
    },
    "Palette": {
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": 200},
            "colors": {"type": "array", "items": _COLOR, "minItems": 1, "maxItems": MOST},
        },
        "required": ["colors"],
        "additionalProperties": False,
    },
    "Character": {
        "type": "object",
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": characters.NAME},
            "colors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "part": {"type": "string", "minLength": 1, "maxLength": characters.NAME},
                        "color": _COLOR,
                    },
                    "required": ["part", "color"],
                    "additionalProperties": False,
                },
                "maxItems": MOST,
                "description": "colors of parts; none is there twice",
            },
            "palette": {"type": "array", "items": _COLOR, "maxItems": MOST, "description": "that belong to no part"},
            "reference": {
                "type": ["string", "null"],
                "maxLength": characters.NAME,
                "description": "name of the picture beside the file whose colors are borrowed",
            },
            "reference_strength": {**_SHARE, "default": 1},
            "hints": {"type": "array", "items": _SEED, "maxItems": characters.HINTS},
        },
        "required": ["name"],
        "additionalProperties": False,
    },
    "Candidate": {
        "type": "object",
        "properties": {
            "index": {"type": "integer"},
            "seed": {"type": "integer", "description": "a request for one answer with it has this one"},
            "palette": {
                "type": "array",
                "items": _COLOR,
                "description": "that it was colored with: the request's own, or one that was chosen for it",
            },
            "png": {"type": "string", "contentEncoding": "base64", "contentMediaType": "image/png"},
        },
        "required": ["index", "seed", "palette", "png"],
    },
    "Health": {
        "type": "object",
        "properties": {
            "status": {"const": "ok"},
            "version": {"type": "string"},
            "model": {"type": "string"},
            "drawings": {"type": "integer"},
        },
        "required": ["status", "version", "model", "drawings"],
    },
    "Info": {
        "type": "object",
        "properties": {
            "version": {"type": "string"},
            "model": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "conditions": {"type": "array", "items": {"type": "string"}},
                    "fingerprint": {"type": "string"},
                },
            },
            "limits": {"type": "object", "additionalProperties": {"type": "number"}},
        },
        "required": ["version", "model", "limits"],
    },
}
"""JSON schemas by name."""

ABOUT = """\
Color line drawings. Upload a drawing once, then ask as often as the hints change.

The painting channel is a WebSocket at `/api/v1/drawings/{id}/live`. Each message of the client is a text,
`{"seq": number, "request": Request, "side": largest side of the answer in px, 0 for full size}`. The server answers the
newest message only; older ones that wait are dropped. An answer is one binary message: 4 bytes, little-endian, the
length of a JSON header; the header, `{"seq", "kind": "color", "width", "height", "seconds"}`; then the color layer
without lines, as WebP or PNG. Where lines shall be tinted the header also has `"color"` and `"ink"`, the lengths of two
pictures: the color layer, and the colors of the lines; `"lined": true` says that lines lie on the color layer already,
those of a colored picture that keeps its own. An error is a text, `{"seq", "error", "kind"}`. A channel whose
drawing was dropped is closed with code 4404.

Files come bare or as the one file of a form (multipart/form-data); `X-File-Name` is UTF-8, as it is or percent-encoded.
Whatever answers GET answers HEAD.

Where the server is reached from other machines, every request needs the token: `Authorization: Bearer TOKEN`.
"""

ERRORS = {
    400: "not JSON, not a form, or cut off",
    401: "needs the token",
    403: "another host, origin or site",
    404: "no such drawing, or dropped meanwhile",
    408: "received too slowly",
    413: "too large",
    415: "encoded",
    422: "cannot be read, or does not fit",
    503: "too much to do, or took too long; Retry-After says when to try again",
}
"""Errors by status."""


def ref(name: str) -> Table:
    """A reference to one of `SCHEMAS`."""
    return {"$ref": f"#/components/schemas/{name}"}


def takes(kind: str, schema: Table, about: str) -> Table:
    """An operation's body."""
    return {"requestBody": {"required": True, "description": about, "content": {kind: {"schema": schema}}}}


def gives(status: int, about: str, content: dict[str, Table], *errors: int) -> dict[int | str, Table]:
    """An operation's answers: the good one, and errors, the guard's among them."""
    found: dict[int | str, Table] = {status: {"description": about}}
    if content:
        found[status]["content"] = {kind: {"schema": schema} for kind, schema in content.items()}
    for error in sorted({401, 403, *errors}):
        found[error] = {"description": ERRORS[error], "content": {"application/json": {"schema": ref("Error")}}}
    return found


def completed(document: Table) -> Table:
    """FastAPI's document with our schemas in the place of its own."""
    document.setdefault("components", {})["schemas"] = SCHEMAS
    document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{}, {"token": []}]
    for path in document["paths"].values():
        for operation in path.values():
            # FastAPI's own form of this error, which no answer has.
            if operation["responses"].get("422", {}).get("description") == "Validation Error":
                operation["responses"]["422"] = gives(200, "", {}, 422)[422]
    return document


STYLE = """\
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }
pre, code { font: 0.9em/1.4 ui-monospace, monospace; }
pre { overflow: auto; padding: 0.5rem; border: 1px solid #8884; border-radius: 4px; }
h2 { margin-top: 2.5rem; font-size: 1.1rem; }
table { border-collapse: collapse; } td { padding: 0.1rem 0.8rem 0.1rem 0; vertical-align: top; }
"""
"""Style sheet of the document's page."""


def as_page(document: Table) -> str:
    """The document as a page of HTML, nothing of it from elsewhere."""
    text = html.escape
    parts = ["<!doctype html><html lang=en><meta charset=utf-8><title>senga API</title>"]
    parts.append('<meta name=viewport content="width=device-width"><link rel=stylesheet href="/api/v1/docs.css">')
    parts.append(f"<h1>senga API {text(document['info']['version'])}</h1>")
    parts += [f"<p>{text(p)}</p>" for p in document["info"]["description"].split("\n\n")]
    parts.append('<p><a href="/api/v1/openapi.json">openapi.json</a></p>')
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            parts.append(f"<h2><code>{text(method.upper())} {text(path)}</code></h2>")
            parts.append(f"<p>{text(operation.get('description') or operation['summary'])}</p><table>")
            for given in operation.get("parameters", []):
                said = json.dumps({k: v for k, v in given["schema"].items() if k != "title"})
                parts.append(f"<tr><td>{text(given['in'])}<td><code>{text(given['name'])}</code><td>{text(said)}")
            for kind, body in operation.get("requestBody", {}).get("content", {}).items():
                parts.append(f"<tr><td>body<td>{text(kind)}<td>{_link(body['schema'])}")
            for status, answer in operation["responses"].items():
                said = ", ".join(f"{text(k)} {_link(v['schema'])}" for k, v in answer.get("content", {}).items())
                parts.append(f"<tr><td>{text(status)}<td>{text(answer['description'])}<td>{said}")
            parts.append("</table>")
    for name, schema in SCHEMAS.items():
        parts.append(f'<h2 id="{name}">{name}</h2><pre>{text(json.dumps(schema, indent=2))}</pre>')
    return "".join(parts)


def _link(schema: Table) -> str:
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    return f'<a href="#{name}">{name}</a>' if name else ""
