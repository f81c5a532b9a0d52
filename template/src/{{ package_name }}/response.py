"""Build complete responses; what cannot be sent raises ValueError or TypeError (PEP 3333)."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from http import HTTPStatus
from json import JSONEncoder
from typing import Any
from wsgiref.util import is_hop_by_hop

from .request import Environ, best_match

Headers = Iterable[tuple[str, str]]
Body = Iterable[bytes]
Response = tuple[str, list[tuple[str, str]], Body]
ALWAYS = [("X-Content-Type-Options", "nosniff")]  # the headers of every response
VARY = [("Vary", "Accept")]  # the headers of a response that `request.best_match` chose
TEXT, HTML, JSON = "text/plain; charset=utf-8", "text/html; charset=utf-8", "application/json"
PROBLEM_TYPES = ("application/problem+json", "text/html", "text/plain")
PAGE = """<!doctype html><html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{0}</title><h1>{0}</h1><p>{1}</p>\n"""

_statuses = {code: f"{code} Unknown" for code in range(200, 600)}
_statuses |= {code.value: f"{code.value} {code.phrase}" for code in HTTPStatus if code >= 200}
_set_for_you = {"content-length", "content-type", "status", "trailer"}  # and what is hop-by-hop
_header = re.compile(r"[A-Za-z](?:[A-Za-z0-9_-]*[A-Za-z0-9])?\n[ -~\xa0-\xff]*").fullmatch
_encode = JSONEncoder(allow_nan=False, check_circular=False).encode


def raw(content: bytes, content_type: str, *, status: int = 200, headers: Headers = ()) -> Response:
    """Return a response with bytes of any media type."""
    if not isinstance(content, bytes):
        raise TypeError(f"the content must be bytes, not {type(content).__name__}")
    return _build([content], status, content_type, len(content), headers)


def text(content: str, *, status: int = 200, headers: Headers = ()) -> Response:
    """Return a response with plain text."""
    return raw(content.encode(errors="replace"), TEXT, status=status, headers=headers)


def html(content: str, *, status: int = 200, headers: Headers = ()) -> Response:
    """Return a response with an HTML document."""
    return raw(content.encode(errors="replace"), HTML, status=status, headers=headers)


def json(
    content: object, *, content_type: str = JSON, status: int = 200, headers: Headers = ()
) -> Response:
    """Return a response with a value as JSON; ValueError for NaN and Infinity."""
    return raw(_encode(content).encode(), content_type, status=status, headers=headers)


def stream(
    chunks: Body, content_type: str, *, length: int = -1, status: int = 200, headers: Headers = ()
) -> Response:
    """Return a streamed response; its first chunk is made now, so an error in it is still seen."""
    body = _streamed(chunks, status, content_type, length, headers)
    return *next(body), body


def redirect(location: str, *, status: int = 303, headers: Headers = ()) -> Response:
    """Redirect to a path of this site or to a full URL; a leading ``//`` leads to no other site."""
    from urllib.parse import quote  # imported here for a faster start

    target = quote(re.sub("^//+", "/", location), safe="!#$%&'()*+,/:;=?@[]~")
    return text(f"See {target}\n", status=status, headers=[("Location", target), *headers])


def empty(status: int = 204, *, headers: Headers = ()) -> Response:
    """Return a response without a body."""
    return _build([], status, TEXT, 0, headers)


def problem(environ: Environ, status: int, detail: str = "", *, headers: Headers = ()) -> Response:
    """Return an error as problem details (RFC 9457), HTML or text: what the client prefers."""
    media_type = best_match(environ, PROBLEM_TYPES, default=PROBLEM_TYPES[0])
    content, content_type = _represented(media_type, _statuses[status], detail)
    return raw(content, content_type, status=status, headers=[*VARY, *headers])


def page(title: str, text: str) -> str:
    """Return a small HTML document; both texts are escaped."""
    from html import escape  # imported here for a faster start

    return PAGE.format(escape(title, quote=False), escape(text, quote=False))


def close(body: Iterable[object]) -> None:
    """Call the ``close`` of a body that has one."""
    getattr(body, "close", lambda: None)()


@lru_cache(64)  # a 404 and a 405 are the same each time
def _represented(media_type: str, title: str, detail: str) -> tuple[bytes, str]:
    if media_type == "text/html":
        return page(title, detail).encode(errors="replace"), HTML
    if media_type == "text/plain":
        return f"{title}\n{detail}\n".encode(errors="replace"), TEXT
    details = {"title": title[4:], "status": int(title[:3]), "detail": detail}
    return _encode(details).encode(), media_type


def _build(body: Body, status: int, content_type: str, length: int, headers: Headers) -> Response:
    """Put a response together. Every header passes this one gate."""
    if status not in _statuses:
        raise ValueError(f"a response has a status from 200 to 599, not {status!r}")
    if status in (204, 205, 304) and length != 0:
        raise ValueError(f"a {status} response has no body: write response.empty({status})")
    sent = ALWAYS.copy()
    if status not in (204, 304):
        if not (content_type.isascii() and content_type.isprintable()):
            raise ValueError(f"invalid content type: {content_type!r}")
        sent.append(("Content-Type", content_type))
        if length >= 0:
            sent.append(("Content-Length", str(length)))
    for name, value in headers:
        if not isinstance(value, str) or not _header(f"{name}\n{value}"):
            raise ValueError(f"invalid header {name!r}: {value!r}")
        if is_hop_by_hop(name) or name.lower() in _set_for_you:
            raise ValueError(f"leave out the header {name}: it is set for you")
        sent.append((name, value))
    return _statuses[status], sent, body


def _streamed(chunks: Body, *head: Any) -> Iterator[Any]:
    """Yield the status and the headers, then the chunks: `close` works from the first step on."""
    try:
        rest = iter(chunks)
        first = b"".join([next(rest, b"")])  # TypeError if it is not bytes
        yield _build([], *head)[:2]
        yield first
        yield from rest
    finally:
        close(chunks)
