"""Files as clients send them: bare, or as a part of a form, under a name written in one of several ways."""

import re
from base64 import b64decode
from collections.abc import Mapping
from email.errors import HeaderParseError
from email.header import decode_header
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, unquote_to_bytes

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from senga.web.refusal import RefusalError

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

FORM = "multipart/form-data"

NAME = 2000
"""Most characters of a name that are looked at."""

PARTS = 50
"""Most parts of a form. Ours."""


class Part(NamedTuple):
    """A part of a form: its headers by names in small letters, and what it holds."""

    headers: dict[str, str]
    content: bytes

    @property
    def disposition(self) -> str:
        """What it is, in the form's words."""
        return self.headers.get("content-disposition", "")

    @property
    def is_file(self) -> bool:
        """Whether it is a file, not a field."""
        return re.search(r";\s*filename\*?=", self.disposition, re.IGNORECASE) is not None


def is_form(kind: str) -> bool:
    """Whether a Content-Type is a form's with files."""
    return kind.partition(";")[0].strip().lower() == FORM


def file_in(content: bytes, kind: str) -> tuple[bytes, str]:
    """The one file of a form, and its name; `kind` is the form's Content-Type.

    Where nothing in it is called a file, its one field is taken as that.

    Raises:
        RefusalError: 400, not a form, cut off, no file in it, or several.
    """
    parts = _parts(content, kind)
    files = [part for part in parts if part.is_file] or parts
    full = [part for part in files if part.content] or files[:1]
    if not full:
        raise RefusalError(400, "BadRequest", "no file in the form; send one, as curl -F file=@drawing.png does")
    if len(full) > 1:
        raise RefusalError(400, "BadRequest", f"{len(full)} files in one form; send one at a time")
    return _unwrapped(full[0]), name_in(full[0].disposition)


def name_of(headers: Mapping[str, str]) -> str:
    """The name that a request gives its file in X-File-Name, or else in Content-Disposition; "" if none.

    Args:
        headers: as latin-1, by names in small letters.
    """
    given = headers.get("x-file-name", "")[:NAME]
    if not given:
        return name_in(headers.get("content-disposition", ""))
    found = re.fullmatch(r"([\w-]+)'[\w-]*'(\S*)", given)
    return _decoded(found[1], found[2]) if found else unquote(_text(given), errors="replace")


def name_in(disposition: str) -> str:
    """The file's name in a Content-Disposition, given as latin-1; "" if none."""
    disposition = disposition[: 2 * NAME]
    found = re.search(r""";\s*filename\*\s*=\s*"?([\w-]+)'[\w-]*'([^\s;"]*)""", disposition, re.IGNORECASE)
    if found:
        return _decoded(found[1], found[2])
    _, options = parse_options_header(disposition)
    return _text(options.get(b"filename", b"").decode("latin-1"))[:NAME]


def _decoded(charset: str, escaped: str) -> str:
    """A text in RFC 5987's form, of a charset and percent escapes."""
    try:
        return unquote_to_bytes(escaped.encode("latin-1")).decode(charset, errors="replace")
    except LookupError:  # no such charset
        return unquote(escaped, errors="replace")


def _text(raw: str) -> str:
    """A header's text, given as latin-1: UTF-8 if its bytes are that, as most send it; encoded words are decoded."""
    try:
        text = raw.encode("latin-1").decode("utf-8")
    except UnicodeError:
        text = raw
    if not re.fullmatch(r"\s*(=\?[^?\s]+\?[bqBQ]\?[^?]*\?=\s*)+", text):
        return text
    try:
        found = decode_header(text)
        return "".join(part.decode(code or "ascii") if isinstance(part, bytes) else part for part, code in found)
    except (HeaderParseError, LookupError, ValueError):
        return text


def _unwrapped(part: Part) -> bytes:
    """What a part holds, without the wrapping that mail needs."""
    wrapped = part.headers.get("content-transfer-encoding", "binary").strip().lower()
    if wrapped in ("binary", "8bit", "7bit"):
        return part.content
    if wrapped == "base64":
        return b64decode(part.content)
    raise RefusalError(415, "Encoded", "send the form's file as it is, without Content-Transfer-Encoding")


def _parts(content: bytes, kind: str) -> list[Part]:
    """The parts of a form, none of them copied before it is whole."""
    _, options = parse_options_header(kind)
    boundary = options.get(b"boundary", b"")
    if not boundary:
        raise RefusalError(400, "BadRequest", "a form without a boundary in its Content-Type")
    parts: list[Part] = []
    ended: list[bool] = []
    pieces: list[bytes] = []
    headers: dict[str, str] = {}
    field, value = bytearray(), bytearray()

    def begin() -> None:
        if len(parts) >= PARTS:
            raise RefusalError(400, "BadRequest", f"more than {PARTS} parts in one form")
        headers.clear()
        pieces.clear()

    def header() -> None:
        headers[field.decode("latin-1").lower()] = value.decode("latin-1")
        field.clear()
        value.clear()

    callbacks: MultipartCallbacks = {
        "on_part_begin": begin,
        "on_header_field": lambda data, start, end: field.extend(data[start:end]),
        "on_header_value": lambda data, start, end: value.extend(data[start:end]),
        "on_header_end": header,
        "on_part_data": lambda data, start, end: pieces.append(data[start:end]),
        "on_part_end": lambda: parts.append(Part(dict(headers), b"".join(pieces))),
        "on_end": lambda: ended.append(True),
    }
    try:
        parser = MultipartParser(boundary, callbacks)
        parser.write(content)
        parser.finalize()
    except FormParserError as error:
        raise RefusalError(400, "BadRequest", f"not a form as its Content-Type says: {str(error)[:100]}") from error
    if not ended:
        raise RefusalError(400, "BadRequest", "a form that is cut off before its end; send it again")
    return parts
