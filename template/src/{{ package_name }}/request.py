"""Read the request: functions over ``environ``, the dict that the server fills (PEP 3333)."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from io import RawIOBase
from itertools import accumulate
from json import JSONDecoder
from sys import maxsize
from time import monotonic
from typing import Any
from wsgiref.types import WSGIEnvironment

from .errors import HTTPError

Environ = WSGIEnvironment
BODY_LIMIT = 1_048_576  # bytes; a larger body gets a 413
DEPTH_LIMIT = 64  # arrays and objects in each other; deeper JSON gets a 400
FIELD_LIMIT = 1_000  # fields in a query or form; more get a 400
_strings = re.compile(r'(?s)"(?:[^"\\]++|\\.)*+"?|[^][{}"]++')  # all but brackets


def path(environ: Environ) -> str:
    """Return the path, also from an absolute URL (RFC 9112, section 3.2.2); 400 if not UTF-8."""
    target: str = environ.get("PATH_INFO") or "/"
    target = target if target.isascii() else _utf8(target, "The path")
    if target[0] != "/" and (url := re.fullmatch(r"(?s)[A-Za-z]+://[^/]*(.*)", target)):
        return url[1] or "/"
    return target


def header(environ: Environ, name: str, default: str = "") -> str:
    """Return a header's value, or ``default`` if it is missing or empty."""
    key = name.upper().replace("-", "_")
    bare = key in ("CONTENT_TYPE", "CONTENT_LENGTH")  # these two have no HTTP_ prefix
    return str(environ.get(key if bare else f"HTTP_{key}") or default)


def query(environ: Environ) -> dict[str, list[str]]:
    """Return the query's fields, each with all its values; 400 if not UTF-8 or too many."""
    return _fields(_utf8(environ.get("QUERY_STRING", ""), "The query"))


def first(fields: dict[str, list[str]], name: str, default: str = "") -> str:
    """Return the first value of a field of a query or form, or ``default``."""
    return fields.get(name, [default])[0]


def cookies(environ: Environ) -> dict[str, str]:
    """Return the cookies by name; if a name is sent twice, the first one (RFC 6265)."""
    pairs = [pair.partition("=") for pair in reversed(header(environ, "Cookie").split(";"))]
    named = [(name.strip(" \t"), value.strip(" \t")) for name, equals, value in pairs if equals]
    return {name: value.strip('"') for name, value in named if name}


def best_match(environ: Environ, offers: Sequence[str], *, default: str = "") -> str:
    """Return the media type that the client prefers, else ``default`` or 406 (RFC 9110, 12.5.1)."""
    if best := _best_match(environ.get("HTTP_ACCEPT") or "*/*", tuple(offers)) or default:
        return best
    raise HTTPError(406, f"Available: {', '.join(offers)}.")


def body(environ: Environ, media_type: str = "") -> bytes:
    """Return the body; 415 for another media type, 400, 411 or 413 for a wrong length."""
    return b"".join(chunks(environ, media_type))


def text(environ: Environ, media_type: str = "text/plain") -> str:
    """Return the body as text; 400 if it is not UTF-8; also raises what `body` raises."""
    return _utf8(body(environ, media_type), "The body")


def json(environ: Environ) -> Any:
    """Return the value of a JSON body; 400 if it is invalid; also raises what `text` raises."""
    source = text(environ, "application/json")
    if source.count("[") + source.count("{") > DEPTH_LIMIT:
        steps = (1 if bracket in "[{" else -1 for bracket in _strings.sub("", source))
        if max(accumulate(steps), default=0) > DEPTH_LIMIT:
            raise HTTPError(400, f"The body is nested more than {DEPTH_LIMIT} levels deep.")
    try:
        return _decoder.decode(source)
    except ValueError as error:
        raise HTTPError(400, f"The body is not JSON: {error}.") from error


def form(environ: Environ) -> dict[str, list[str]]:
    """Return a form's fields, each with all its values; raises what `query` and `text` raise."""
    return _fields(text(environ, "application/x-www-form-urlencoded"))


def chunks(environ: Environ, media_type: str = "", *, limit: int = BODY_LIMIT) -> Iterator[bytes]:
    """Yield the body as it arrives, at most ``limit`` bytes; raises what `body` raises."""
    sent = (environ.get("CONTENT_TYPE") or "").partition(";")[0].strip().lower()
    if media_type not in ("", sent, "application/json" if sent.endswith("+json") else ""):
        raise HTTPError(415, f"Send {media_type}.", [("Accept", media_type)])
    if (environ.get("HTTP_CONTENT_ENCODING") or "identity").lower() != "identity":
        raise HTTPError(415, "Send the body unencoded.", [("Accept-Encoding", "identity")])
    left = length = _length(environ, limit)
    try:
        while left and (chunk := environ["wsgi.input"].read(min(left, 65_536))):
            left -= len(chunk)
            yield chunk
    except Exception as error:  # servers raise different exceptions here
        raise HTTPError(400, "The body cannot be read.") from error
    if length > limit and not left:
        raise HTTPError(413, f"Send at most {limit} bytes.")
    if length <= limit and left:
        raise HTTPError(400, "The body is shorter than its Content-Length.")


def _length(environ: Environ, limit: int) -> int:
    digits: str = environ.get("CONTENT_LENGTH") or ""
    ends = environ.get("wsgi.input_terminated")  # reading past the end does not hang
    if digits.strip("0123456789"):
        raise HTTPError(400, "Content-Length is not a number.")
    if "HTTP_TRANSFER_ENCODING" in environ and not ends:
        raise HTTPError(411, "Send a Content-Length, and no Transfer-Encoding.")
    if len(digits) > 19 or int(digits or 0) > limit:
        raise HTTPError(413, f"Send at most {limit} bytes.")
    return int(digits) if digits else limit + 1 if ends else 0


def _finite(literal: str) -> float:
    if abs(number := float(literal)) < float("inf"):
        return number
    raise ValueError(f"{literal} is not a number")


_decoder = JSONDecoder(parse_float=_finite, parse_constant=_finite)


@lru_cache(128)  # clients send the same Accept each time
def _best_match(accept: str, offers: tuple[str, ...]) -> str:
    weights: dict[str, float] = {}
    for item in accept.lower().split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        quality = next((part for part in parameters if part.startswith("q=")), "q=1")
        if name and (valid := re.fullmatch(r"q=(0?\.[0-9]{1,3}|0\.?|1(\.0{0,3})?)", quality)):
            weights[name] = max(float(valid[1]), weights.get(name, 0.0))
    rest = weights.get("*/*", 0.0 if weights else 1.0)
    ranked = [weights.get(o, weights.get(o.partition("/")[0] + "/*", rest)) for o in offers]
    return offers[ranked.index(max(ranked))] if any(ranked) else ""


def _utf8(content: str | bytes, what: str) -> str:  # servers pass bytes as latin-1 (PEP 3333)
    try:
        return (content.encode("latin-1") if isinstance(content, str) else content).decode()
    except UnicodeError as error:
        raise HTTPError(400, f"{what} is not UTF-8.") from error


def _fields(pairs: str) -> dict[str, list[str]]:
    if pairs.count("&") >= FIELD_LIMIT:
        raise HTTPError(400, f"Send at most {FIELD_LIMIT} fields.")
    fields: dict[str, list[str]] = {}
    decoded = _unquoted if "%" in pairs else str
    for pair in filter(None, pairs.replace("+", " ").split("&")):
        name, _, value = map(decoded, pair.partition("="))
        fields.setdefault(name, []).append(value)
    return fields


def _unquoted(text: str) -> str:
    from urllib.parse import unquote_to_bytes  # imported here for a faster start

    return _utf8(unquote_to_bytes(text), "A field")


def drop(environ: Environ) -> None:
    """Read and drop what is left of the body."""
    if not has_body(environ) or "HTTP_EXPECT" in environ:
        return
    dropped, deadline = 0, monotonic() + 10
    with suppress(Exception):
        stream = reader(environ)
        while dropped < 4_194_304 and monotonic() < deadline and (chunk := stream.read(65_536)):
            dropped += len(chunk)


def has_body(environ: Environ) -> bool:
    """Whether the request has a body."""
    return bool(environ.get("CONTENT_LENGTH")) or "HTTP_TRANSFER_ENCODING" in environ


def reader(environ: Environ) -> "Reader":
    """Return ``wsgi.input`` as a stream that ends with the body; raises what `Reader` raises."""
    stream = environ.get("wsgi.input")
    if not isinstance(stream, Reader):
        stream = environ["wsgi.input"] = Reader(environ)
    return stream


class Reader(RawIOBase):
    """A body, and how much of it is left."""

    def __init__(self, environ: Environ) -> None:
        digits = environ.get("CONTENT_LENGTH") or ""
        if digits and not (digits.isascii() and digits.isdigit()):
            raise HTTPError(400, "Content-Length is not a number.")
        server_ends_it = environ.get("wsgi.input_terminated")
        if "HTTP_TRANSFER_ENCODING" in environ and not server_ends_it:
            raise HTTPError(411, "Send a Content-Length, and no Transfer-Encoding.")
        self.stream: Any = environ.get("wsgi.input")
        self.is_announced = bool(digits) or not server_ends_it
        self.length = int(digits or 0) if self.is_announced and len(digits) < 19 else maxsize
        self.left = self.length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self.left:
            return 0
        chunk: bytes = self.stream.read(min(len(buffer), self.left))
        buffer[: len(chunk)] = chunk
        self.left -= len(chunk)
        return len(chunk)
