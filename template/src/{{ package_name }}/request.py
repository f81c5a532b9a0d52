"""Read the request: functions over ``environ``, the dict that the server fills (PEP 3333)."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from io import BufferedIOBase
from json import JSONDecoder
from time import monotonic
from typing import Any
from urllib.parse import parse_qs
from wsgiref.types import WSGIEnvironment

from .errors import HTTPError

Environ = WSGIEnvironment
BODY_LIMIT = 1_048_576  # bytes; a larger body gets a 413
DEPTH_LIMIT = 64  # nested arrays and objects; deeper JSON gets a 400
FIELD_LIMIT = 1_000  # fields in a query or form; more get a 400
DROP_LIMIT, DROP_SECONDS = 16_777_216, 10  # how much of a body `drop` reads, and how long


def path(environ: Environ) -> str:
    """Return the path, also from an absolute URL (RFC 9112, section 3.2.2); 400 if not UTF-8."""
    sent: str = environ.get("PATH_INFO") or "/"
    target = sent if sent.isascii() else _utf8(sent, "The path")
    if "://" in target and target.lower().startswith(("http://", "https://")):
        target = "/" + target.partition("://")[2].partition("/")[2]
    return target


def header(environ: Environ, name: str, default: str = "") -> str:
    """Return a header's value, or ``default`` if it is missing or empty."""
    key = name.upper().replace("-", "_")
    prefix = "" if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else "HTTP_"
    return str(environ.get(prefix + key) or default)


def query(environ: Environ) -> dict[str, list[str]]:
    """Return the query's fields, each with all its values; 400 if not UTF-8 or too many."""
    return _fields(_utf8(environ.get("QUERY_STRING", ""), "The query"))


def first(fields: dict[str, list[str]], name: str, default: str = "") -> str:
    """Return the first value of a field of a query or form, or ``default``."""
    return fields.get(name, [default])[0]


def best_match(environ: Environ, offers: Sequence[str], *, default: str = "") -> str:
    """Return the media type that the client prefers, else ``default`` or 406 (RFC 9110, 12.5.1)."""
    accept, best, highest = environ.get("HTTP_ACCEPT") or "*/*", default, 0.0
    if accept == "*/*":  # as most programs send it
        return offers[0]
    weights = _weights(accept)
    for offer in offers:
        exact = offer.lower().replace(" ", "")
        name = exact.partition(";")[0]
        ranges = [exact, name, name.partition("/")[0] + "/*", "*/*"]  # the most specific decides
        weight = next((weights[key] for key in ranges if key in weights), 0.0)
        if weight > highest:
            best, highest = offer, weight
    if not best:
        raise HTTPError(406, f"Available: {', '.join(offers)}.")
    return best


def body(environ: Environ, media_type: str = "") -> bytes:
    """Return the body; 415 for another media type, 400, 411 or 413 for a wrong length."""
    return b"".join(chunks(environ, media_type))


def text(environ: Environ, media_type: str = "text/plain") -> str:
    """Return the body as text; 400 or 415 if it is not UTF-8; also raises what `body` raises."""
    if (sent := environ.get("CONTENT_TYPE", "")) != media_type:
        charset = sent.lower().partition("charset=")[2].partition(";")[0].strip(' "')
        if charset not in ("", "utf-8", "utf8", "us-ascii"):
            raise HTTPError(415, "Send the body in UTF-8.")
    return _utf8(body(environ, media_type), "The body")


def json(environ: Environ) -> Any:
    """Return the value of a JSON body; 400 if it is invalid; also raises what `text` raises."""
    source = text(environ, "application/json")
    try:
        # The decoder could overflow the stack of a thread.
        if source.count("[") + source.count("{") > DEPTH_LIMIT and _is_deep(source):
            raise ValueError(f"it is nested deeper than {DEPTH_LIMIT} levels, or not closed")
        return _decoder.decode(source)
    except ValueError as error:
        raise HTTPError(400, f"The body is not JSON: {error}.") from error


def form(environ: Environ) -> dict[str, list[str]]:
    """Return a form's fields, each with all its values; raises what `query` and `text` raise."""
    return _fields(text(environ, "application/x-www-form-urlencoded"))


def chunks(environ: Environ, media_type: str = "", *, limit: int = BODY_LIMIT) -> Iterator[bytes]:
    """Yield the body as it arrives, at most ``limit`` bytes; raises what `body` raises."""
    if media_type and (sent := environ.get("CONTENT_TYPE", "")) != media_type:
        sent = sent.partition(";")[0].strip().lower()
        if sent != media_type and not (media_type == "application/json" and sent.endswith("+json")):
            raise HTTPError(415, f"Send {media_type}.", [("Accept", media_type)])
    if (coding := environ.get("HTTP_CONTENT_ENCODING")) and coding.lower() != "identity":
        raise HTTPError(415, "Send the body unencoded.", [("Accept-Encoding", "identity")])
    stream = reader(environ)
    size = stream.length  # bytes; if it is unknown, those that were read
    while stream.left and size <= limit and (chunk := stream.read(65_536)):
        size = stream.length or size + len(chunk)
        if size <= limit:
            yield chunk
    if size > limit:
        raise HTTPError(413, f"Send at most {limit} bytes.")


def drop(environ: Environ) -> None:
    """Read the rest of the body: some servers reset the connection if it stays unread."""
    limit = 0 if "HTTP_EXPECT" in environ else DROP_LIMIT  # such a client waits, and sends none
    with suppress(Exception):  # the client is gone, or its Content-Length is wrong
        stream, dropped, end = reader(environ), 0, monotonic() + DROP_SECONDS
        while stream.left and dropped < limit and monotonic() < end:
            dropped += len(stream.read(65_536))


def reader(environ: Environ) -> "Reader":
    """Return ``wsgi.input`` as a stream that ends where the body ends."""
    stream: Reader = environ["wsgi.input"]
    if type(stream) is not Reader:
        stream = environ["wsgi.input"] = Reader(environ)
    return stream


class Reader(BufferedIOBase):
    """The body as a stream that ends where the body ends; 400 or 411 if its length is unknown."""

    def __init__(self, environ: Environ) -> None:
        length, coding = environ.get("CONTENT_LENGTH"), environ.get("HTTP_TRANSFER_ENCODING")
        if length and not (length.isascii() and length.isdigit()):
            raise HTTPError(400, "Content-Length is not a number.")
        if coding and not (environ.get("wsgi.input_terminated") and coding.lower() == "chunked"):
            raise HTTPError(411, "Send a Content-Length, and no Transfer-Encoding.")
        self.stream = environ["wsgi.input"]
        self.length = int((length or "0")[:4_000])  # `int` refuses more than 4,300 digits
        self.left = self.length or (float("inf") if environ.get("wsgi.input_terminated") else 0)

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """Return at most ``size`` bytes, or all; none at the end; 400 if they break off."""
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(65_536), b""))
        wanted = min(size, self.left)
        try:
            chunk: bytes = self.stream.read(wanted) if wanted else b""
        except Exception as error:  # servers raise different exceptions here
            raise HTTPError(400, "The body cannot be read.") from error
        if not chunk and wanted and self.length:
            raise HTTPError(400, "The body is shorter than its Content-Length.")
        self.left = self.left - len(chunk) if chunk or not wanted else 0
        return chunk

    read1 = read


def _utf8(content: str | bytes, what: str) -> str:
    """Decode bytes, or text that stands for bytes: servers decode with latin-1 (PEP 3333)."""
    try:
        return (content.encode("latin-1") if isinstance(content, str) else content).decode()
    except UnicodeError as error:
        raise HTTPError(400, f"{what} is not UTF-8.") from error


def _fields(pairs: str) -> dict[str, list[str]]:
    try:
        return parse_qs(pairs, keep_blank_values=True, errors="strict", max_num_fields=FIELD_LIMIT)
    except ValueError as error:
        raise HTTPError(400, f"Send at most {FIELD_LIMIT} fields, in UTF-8.") from error


def _weights(accept: str) -> dict[str, float]:
    """Return the weight of each media range of an Accept header."""
    weights: dict[str, float] = {}
    for item in accept.lower().split(","):
        parts = [part.strip(" \t") for part in item.split(";")]
        name = ";".join(part for part in parts if part and not part.startswith(("q=", "charset=")))
        weight = next((part[2:] for part in parts if part.startswith("q=")), "1")
        with suppress(ValueError):
            if name and 0 <= float(weight) <= 1:
                weights[name] = max(float(weight), weights.get(name, 0.0))
    return weights or {"*/*": 1.0}


def _is_deep(source: str) -> bool:
    """Whether JSON is nested deeper than the limit, without a loop in Python."""
    pieces = source.replace("\\\\", "").replace('\\"', "").split('"')
    brackets = "".join(pieces[::2]).encode().translate(*_brackets)  # outside strings
    for _ in range(DEPTH_LIMIT):  # each time, remove the innermost pairs
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)


def _finite(literal: str) -> float:
    """Return a number; ValueError for NaN and Infinity, which JSON does not have."""
    if abs(number := float(literal)) < float("inf"):  # False for NaN, too
        return number
    raise ValueError("a number is too large, NaN or Infinity")


_decoder = JSONDecoder(parse_float=_finite, parse_constant=_finite)
_brackets = bytes.maketrans(b"{}", b"[]"), bytes(set(range(256)) - set(b"[]{}"))
