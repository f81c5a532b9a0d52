"""Run in a project with every middleware: each one, each pair and all, between two checkers.

The applications do what PEP 3333 allows, the frequent and the odd. Whatever is wrapped around them,
the status and the body arrive, a stream stays one, and what was opened is closed once.
"""

import sys
from collections.abc import Iterator
from gzip import decompress
from io import BytesIO
from itertools import combinations
from typing import Any
from wsgiref.handlers import SimpleHandler
from wsgiref.validate import validator

import pytest
from client import environ_for, module, run


def chosen(name: str) -> Any:
    return getattr(module(f"middleware.{name}"), name)


# From the inside to the outside, as in __init__.py.
WRAP = {
    "mount": lambda a: chosen("mount")(a, "/elsewhere", broken),
    "etags": chosen("etags"),
    "gzip": lambda a: chosen("gzip")(a, 1),
    "cors": lambda a: chosen("cors")(a, ["https://example.org"]),
    "trusted_hosts": lambda a: chosen("trusted_hosts")(a, ["127.0.0.1"]),
    "security_headers": chosen("security_headers"),
    "access_log": chosen("access_log"),
    "request_id": chosen("request_id"),
    "proxy": lambda a: chosen("proxy")(a, 1),
}
SETS = [(), *((name,) for name in WRAP), *combinations(WRAP, 2), tuple(WRAP)]
TAG = 'W/"a"'  # weak: a response with a strong one is not compressed
TEXT = [("Content-Type", "text/plain"), ("ETag", TAG)]
SENT = {
    "accept_encoding": "gzip",
    "origin": "https://example.org",
    "x_forwarded_for": "192.0.2.1",
    "x_forwarded_proto": "https",
}


class Body:
    """A body that counts how often it was closed, and what was taken of it."""

    def __init__(self, *chunks: bytes) -> None:
        self.chunks, self.closed, self.taken = chunks, 0, 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.chunks:
            self.taken += 1
            yield chunk

    def close(self) -> None:
        self.closed += 1


def wrap(names: Any, application: Any) -> Any:
    for name in names:
        application = WRAP[name](application)
    return application


def broken(environ: Any, start_response: Any) -> Any:
    raise AssertionError("the application under the other prefix")


def listed(body: Body) -> Any:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [*TEXT, ("Content-Length", "4")])
        body.closed, body.taken = 1, 2
        return [b"ab", b"cd"]

    return application


def iterated(body: Body) -> Any:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", TEXT)
        return body

    return application


def late(body: Body) -> Any:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", TEXT)
        try:
            yield from body
        finally:
            body.close()

    return application


def written(body: Body) -> Any:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", TEXT)(b"")
        return body

    return application


def replaced(body: Body) -> Any:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("500 Oh", [("Content-Type", "image/png"), ("X-Wrong", "1")])
        try:
            raise OSError
        except OSError:
            start_response("200 OK", TEXT, sys.exc_info())
        return body

    return application


def replaced_late(body: Body) -> Any:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("500 Oh", [("Content-Type", "image/png"), ("X-Wrong", "1")])
        try:
            raise OSError
        except OSError:
            start_response("200 OK", TEXT, sys.exc_info())
        try:
            yield from body
        finally:
            body.close()

    return application


def replaced_after_an_empty_chunk(body: Body) -> Any:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("500 Oh", [("Content-Type", "image/png"), ("X-Wrong", "1")])
        yield b""
        try:
            raise OSError
        except OSError:
            start_response("200 OK", TEXT, sys.exc_info())
        try:
            yield from body
        finally:
            body.close()

    return application


APPLICATIONS = [
    listed,
    iterated,
    late,
    written,
    replaced,
    replaced_late,
    replaced_after_an_empty_chunk,
]

every_set = pytest.mark.parametrize("names", SETS, ids="+".join)
every_application = pytest.mark.parametrize("make", APPLICATIONS)


class Server:
    """A server that keeps the last status, as servers do until the first byte is sent."""

    def __init__(self) -> None:
        self.status, self.headers, self.written = "", [("", "")], b""
        self.calls = 0

    def start_response(self, status: str, headers: Any, exc_info: Any = None) -> Any:
        assert exc_info or not self.calls
        self.calls += 1
        self.status, self.headers = status, headers

        def write(chunk: bytes) -> None:
            self.written += chunk

        return write

    def get(self, application: Any, environ: Any) -> bytes:
        body = application(environ, self.start_response)
        try:
            content = b"".join(body)
        finally:
            getattr(body, "close", lambda: None)()
        return self.written + content


@every_set
@every_application
@pytest.mark.parametrize("checked", [True, False])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_response_arrives(names: Any, make: Any, checked: bool, method: str) -> None:
    body, server = Body(b"ab", b"cd"), Server()
    inner = make(body)
    environ = environ_for(method, "/", b"sent", **SENT)
    if checked:
        application = validator(wrap(names, validator(inner)))
    else:
        application = wrap(names, inner)
    content = server.get(application, environ)
    headers = {name.lower(): value for name, value in server.headers}
    assert server.status == "200 OK"
    assert (decompress(content) if "gzip" in names else content) == b"abcd"
    assert body.closed == 1
    assert "x-wrong" not in headers
    assert headers["etag"] == TAG
    assert len({(n.lower(), v) for n, v in server.headers}) == len(server.headers)
    for name, header in {
        "gzip": "content-encoding",
        "cors": "access-control-allow-origin",
        "security_headers": "content-security-policy",
        "request_id": "x-request-id",
    }.items():
        assert (header in headers) == (name in names)


@every_set
@pytest.mark.parametrize("make", [iterated, late, replaced, replaced_late])
def test_a_stream_is_not_held_back(names: Any, make: Any) -> None:
    body = Body(b"ab", b"cd", b"ef")
    environ = environ_for("GET", "/", **SENT)
    made = validator(wrap(names, make(body)))(environ, Server().start_response)
    chunks = iter(made)
    assert next(chunks)
    assert body.taken == 1
    assert next(chunks)
    assert body.taken == 2
    made.close()
    assert body.closed == 1


@every_set
@pytest.mark.parametrize("make", [iterated, written, replaced])
def test_an_unread_body_is_closed(names: Any, make: Any) -> None:
    body = Body(b"ab")
    environ = environ_for("GET", "/", **SENT)
    made: Any = wrap(names, make(body))(environ, Server().start_response)
    getattr(made, "close", lambda: None)()
    assert body.closed == 1


@every_set
@pytest.mark.parametrize("when", ["called", "first", "second"])
def test_an_exception_gets_through_and_what_is_open_is_closed(names: Any, when: str) -> None:
    class Failing(Body):
        def __iter__(self) -> Iterator[bytes]:
            if when == "second":
                yield b"ab"
            raise OSError("no disk")

    body = Failing()

    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", TEXT)
        if when == "called":
            raise OSError("no disk")
        return body

    with pytest.raises(OSError, match="no disk"):
        Server().get(validator(wrap(names, validator(application))), environ_for("GET", "/"))
    assert body.closed == (when != "called")


@every_set
def test_an_error_after_the_first_byte_is_raised(names: Any) -> None:
    """The server of this test has sent nothing yet, unlike a middleware that has to begin."""

    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", TEXT)
        yield b"ab"
        try:
            raise OSError("no disk")
        except OSError:
            start_response("500 Oh", [("Content-Type", "text/plain")], sys.exc_info())
        yield b"cd"

    class Sending(Server):
        def start_response(self, status: str, headers: Any, exc_info: Any = None) -> Any:
            if exc_info:
                raise exc_info[1]
            return super().start_response(status, headers)

    with pytest.raises(OSError, match="no disk"):
        Sending().get(validator(wrap(names, application)), environ_for("GET", "/", **SENT))


@every_set
def test_head_has_no_body_and_the_headers_of_get(names: Any) -> None:
    response = module("response")

    def application(environ: Any, start_response: Any) -> Any:
        status, headers, body = response.text("abcd", headers=[("ETag", TAG)])
        start_response(status, headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else body

    sent = {**SENT, "x_request_id": "7f3a"}
    wrapped = validator(wrap(names, validator(application)))
    got = run(wrapped, environ_for("GET", "/", **sent))
    head = run(wrapped, environ_for("HEAD", "/", **sent))
    length = {"content-length"}
    assert head.body == b""
    assert {n.lower() for n in got.headers.keys()} ^ {
        n.lower() for n in head.headers.keys()
    } <= length
    assert head.headers["ETag"] == got.headers["ETag"]


@every_set
@pytest.mark.parametrize("method, headers", [("HEAD", {}), ("GET", {"if_none_match": TAG})])
def test_wsgiref_announces_no_length_of_its_own(
    names: Any, method: str, headers: dict[str, str]
) -> None:
    """It announces a length of 0 for an empty list; that of a 304 is another (RFC 9110, 8.6)."""

    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", TEXT)
        return iter([b""] if method == "HEAD" else [b"abcd"])

    sent, environ = BytesIO(), environ_for(method, "/", **SENT, **headers)
    SimpleHandler(environ["wsgi.input"], sent, environ["wsgi.errors"], environ).run(
        wrap(names, application)
    )
    assert b"\r\nETag: " in sent.getvalue()
    assert b"Content-Length: 0" not in sent.getvalue()


@every_set
def test_a_response_with_a_strong_tag_keeps_its_bytes(names: Any) -> None:
    response = module("response")

    def application(environ: Any, start_response: Any) -> Any:
        status, headers, body = response.text("abcd", headers=[("ETag", '"a"')])
        start_response(status, headers)
        return body

    wrapped = validator(wrap(names, validator(application)))
    got = run(wrapped, environ_for("GET", "/", **SENT))
    assert (got.text, got.headers["ETag"], got.headers["Content-Length"]) == ("abcd", '"a"', "4")
    assert run(wrapped, environ_for("GET", "/", **SENT, if_match='"a"')).status == 200


@every_set
def test_a_matching_etag_is_304(names: Any) -> None:
    response = module("response")

    def application(environ: Any, start_response: Any) -> Any:
        status, headers, body = response.text("abcd", headers=[("ETag", TAG)])
        start_response(status, headers)
        return body

    wrapped = validator(wrap(names, validator(application)))
    first = run(wrapped, environ_for("GET", "/", **SENT))
    again = environ_for("GET", "/", **SENT, if_none_match=first.headers["ETag"])
    second = run(wrapped, again)
    assert second.status == (304 if "etags" in names else 200)
    assert second.headers["ETag"] == first.headers["ETag"]
    assert second.headers.get_all("Vary") == first.headers.get_all("Vary")
