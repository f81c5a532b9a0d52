"""Build complete responses; what cannot be sent raises ValueError or TypeError (PEP 3333)."""

import re
from collections.abc import Callable, Iterable
from html import escape
from http import HTTPStatus
from json import JSONEncoder
from urllib.parse import quote
from wsgiref.util import is_hop_by_hop

from .errors import Headers, HTTPError
from .request import Environ, best_match

Body = Iterable[bytes]
Response = tuple[str, list[tuple[str, str]], Body]  # status, headers and body
ALWAYS = [("X-Content-Type-Options", "nosniff")]  # the headers of every response
VARY = [("Vary", "Accept")]  # the headers of a response that `request.best_match` chose
TEXT, HTML, JSON = "text/plain; charset=utf-8", "text/html; charset=utf-8", "application/json"
PROBLEM_TYPES = ("application/problem+json", "text/html", "text/plain")
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{0}</title><h1>{0}</h1><p>{1}</p>\n"""

_phrases = {status.value: status.phrase for status in HTTPStatus}
_lines = {status: f"{status} {_phrases.get(status, 'Unknown')}" for status in range(200, 600)}
_set_for_you = {"content-length", "content-type", "status", "trailer"}  # and what is hop-by-hop
_name = re.compile(r"[A-Za-z]([A-Za-z0-9_-]*[A-Za-z0-9])?").fullmatch
_value = re.compile(r"[ -~\xa0-\xff]*").fullmatch  # no control characters, above all no line end
_encode = JSONEncoder(allow_nan=False, check_circular=False).encode


def raw(content: bytes, content_type: str, *, status: int = 200, headers: Headers = ()) -> Response:
    """Return a response with bytes of any media type."""
    if not isinstance(content, bytes):
        raise TypeError(f"the content must be bytes, not {type(content).__name__}")
    return build([content], content_type, len(content), status, headers)


def text(content: str, *, status: int = 200, headers: Headers = ()) -> Response:
    """Return a response with plain text."""
    return raw(content.encode(errors="replace"), TEXT, status=status, headers=headers)


def html(content: str, *, status: int = 200, headers: Headers = ()) -> Response:
    """Return a response with an HTML document."""
    return raw(content.encode(errors="replace"), HTML, status=status, headers=headers)


def json(
    content: object, *, content_type: str = JSON, status: int = 200, headers: Headers = ()
) -> Response:
    """Return a response with a value as JSON and a line end; ValueError for NaN and Infinity."""
    encoded = f"{_encode(content)}\n".encode()
    return build([encoded], content_type, len(encoded), status, headers)


def empty(status: int = 204, *, headers: Headers = ()) -> Response:
    """Return a response without a body."""
    return build([], TEXT, 0, status, headers)


def redirect(location: str, *, status: int = 303, headers: Headers = ()) -> Response:
    """Redirect to a path of this site or to a full URL; of a leading ``//``, one ``/`` stays."""
    target = quote(re.sub("^//+", "/", location), safe="!#$%&'()*+,/:;=?@[]~")
    return text(f"See {target}\n", status=status, headers=[("Location", target), *headers])


def problem(environ: Environ, error: HTTPError) -> Response:
    """Return an error as problem details (RFC 9457), HTML or text: what the client prefers."""
    media_type = best_match(environ, PROBLEM_TYPES, default=PROBLEM_TYPES[0])
    status, line, headers = error.status, _lines[error.status], [*VARY, *error.headers]
    if media_type == "text/html":
        return html(page(line, error.detail), status=status, headers=headers)
    if media_type == "text/plain":
        return text(f"{line}\n{error.detail}\n", status=status, headers=headers)
    details = {"title": line[4:], "status": status, "detail": error.detail, **error.more}
    return json(details, content_type=media_type, status=status, headers=headers)


def page(title: str, text: str) -> str:
    """Return a small HTML document; both texts are escaped."""
    return PAGE.format(escape(title, quote=False), escape(text, quote=False))


def close(body: Iterable[object]) -> None:
    """Call the ``close`` of a body that has one."""
    if hasattr(body, "close"):
        body.close()


def checked(made: Response, handler: Callable[..., Response]) -> Response:
    """Return what a handler returned; TypeError if no server can send it."""
    match made:
        case Built():
            return made
        case (str(status), list(headers), body) if status[3:4] == " ":
            ok = [type(pair) is tuple and [*map(type, pair)] == [str, str] for pair in headers]
            ok += [isinstance(chunk, bytes) for chunk in body] if isinstance(body, list) else []
            if all(ok) and not isinstance(body, str | bytes) and all(_value(v) for _, v in headers):
                return made
    name = f"{handler.__module__}.{getattr(handler, '__qualname__', handler)}"
    right = "('200 OK', [('Content-Type', 'text/plain')], [b'Hello']): str, pairs of str, bytes"
    raise TypeError(f"{name} returned {made!r:.200}: write response.text('Hello') or {right}")


class Built(tuple[str, list[tuple[str, str]], Body]):
    """A response that this module has built, so it needs no check."""


def build(body: Body, content_type: str, length: int, status: int, headers: Headers) -> Response:
    """Return a response with checked headers; a negative length leaves Content-Length out."""
    if status not in _lines:
        raise ValueError(f"a response has a status from 200 to 599, not {status!r}")
    if status in (204, 205, 304) and length != 0:
        raise ValueError(f"a {status} response has no body: write response.empty({status})")
    if not (content_type and _value(content_type)):
        raise ValueError(f"invalid content type: {content_type!r}")
    sent = [*ALWAYS, ("Content-Type", content_type), ("Content-Length", str(length))]
    if status in (204, 304):
        sent = [*ALWAYS]
    elif length < 0:  # unknown
        sent.pop()
    for name, value in headers:
        if not (isinstance(value, str) and _name(name) and _value(value)):
            raise ValueError(f"invalid header {name!r}: {value!r}")
        if is_hop_by_hop(name) or name.lower() in _set_for_you:
            raise ValueError(f"leave out the header {name}: it is set for you")
        sent.append((name, value))
    return Built((_lines[status], sent, body))
