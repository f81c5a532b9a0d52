"""Compression: for text, for clients that take it, and without holding a stream back."""

import zlib
from gzip import decompress
from io import BytesIO
from typing import Any

import pytest
from client import Response, environ_for, module, run

gzip = module("middleware.gzip").gzip
response = module("response")
LONG = "long " * 200
SHORT = LONG[1:]


def ask(made: Any, method: str = "GET", **headers: str) -> Response:
    """Send a request to an application that returns one response."""
    sent = {"accept_encoding": "gzip", **headers}
    return run(gzip(answering(made)), environ_for(method, "/", **sent))


def answering(made: Any) -> Any:
    def application(environ: Any, start_response: Any) -> Any:
        assert environ["REQUEST_METHOD"]
        start_response(*made[:2])
        return made[2]

    return application


def test_a_long_text_is_compressed() -> None:
    got = ask(response.text(LONG))
    assert got.headers["Content-Encoding"] == "gzip"
    assert got.headers["Content-Length"] == str(len(got.body))
    assert got.headers["Vary"] == "Accept-Encoding"
    assert decompress(got.body).decode() == LONG


@pytest.mark.parametrize(
    "content_type",
    ["application/problem+json", "image/svg+xml", "Application/JSON", "application/x-ndjson"],
)
def test_a_type_that_holds_text_is_compressed(content_type: str) -> None:
    got = ask(response.raw(LONG.encode(), content_type))
    assert decompress(got.body).decode() == LONG


@pytest.mark.parametrize(
    "made",
    [
        response.text(SHORT),
        response.raw(LONG.encode(), "image/png"),
        response.raw(LONG.encode(), "application/octet-stream"),
        response.text(LONG, headers=[("Content-Encoding", "br")]),
        response.text(LONG, headers=[("cache-control", "private, no-transform")]),
        response.text(LONG, status=206),
        response.empty(),
        response.empty(205),
    ],
)
def test_another_response_stays_as_it_is(made: Any) -> None:
    got = ask(made)
    assert (got.headers.items(), [got.body]) == (made[1], made[2] or [b""])


@pytest.mark.parametrize("accept", ["gzip", "br, GZIP;q=0.5", "*", "gzip ; q=1.0, *;q=0", "x,gzip"])
def test_a_client_that_takes_gzip_gets_it(accept: str) -> None:
    assert "Content-Encoding" in ask(response.text(LONG), accept_encoding=accept).headers


@pytest.mark.parametrize(
    "accept", ["", "br", "gzip;q=0", "gzip; q=0.000, *", "*;q=0", "identity", "gzipped"]
)
def test_a_client_that_does_not_gets_the_text(accept: str) -> None:
    got = ask(response.text(LONG), accept_encoding=accept)
    assert (got.text, got.headers["Vary"]) == (LONG, "Accept-Encoding")


def test_a_client_that_says_nothing_gets_the_text() -> None:
    assert run(gzip(answering(response.text(LONG))), environ_for("GET", "/")).text == LONG


def test_a_response_without_a_type_stays_as_it_is() -> None:
    got = ask(("200 OK", [], [LONG.encode()]))
    assert (got.text, got.headers.items()) == (LONG, [])


def test_head_has_the_headers_of_get_but_no_length() -> None:
    status, headers, _ = response.text(LONG)
    got = ask((status, headers, []), "HEAD")
    assert (got.body, got.headers["Content-Encoding"]) == (b"", "gzip")
    assert got.headers["Content-Length"] is None


def test_the_body_of_a_head_is_closed() -> None:
    source = BytesIO(b"a")
    ask(response.stream(source, "text/css"), "HEAD")
    assert source.closed


def test_a_stream_is_compressed_chunk_by_chunk() -> None:
    source = BytesIO(b"a\nb\n")
    application = gzip(answering(response.stream(source, "text/event-stream")))
    environ = environ_for("GET", "/", accept_encoding="gzip")
    body: Any = application(environ, lambda *head: lambda chunk: None)
    unpacker, chunks = zlib.decompressobj(31), iter(body)
    assert [unpacker.decompress(next(chunks)) for _ in "ab"] == [b"a\n", b"b\n"]
    assert unpacker.decompress(b"".join(chunks)) == b""
    assert unpacker.eof
    body.close()
    assert source.closed


def test_a_stream_that_nobody_reads_is_closed() -> None:
    source = BytesIO(b"a")
    application = gzip(answering(response.stream(source, "text/css")))
    environ = environ_for("GET", "/", accept_encoding="gzip")
    body: Any = application(environ, lambda *head: lambda chunk: None)
    body.close()
    assert source.closed


def test_an_empty_chunk_stays_empty() -> None:
    made = ("200 OK", [("Content-Type", "text/css")], iter([b"", b"a"]))
    body: Any = gzip(answering(made))(
        environ_for("GET", "/", accept_encoding="gzip"), lambda *head: lambda chunk: None
    )
    assert next(iter(body)) == b""


@pytest.mark.parametrize("tag, sent", [('"a"', '"a-gzip"'), ('W/"a"', 'W/"a"')])
def test_a_compressed_response_has_a_tag_of_its_own(tag: str, sent: str) -> None:
    assert ask(response.text(LONG, headers=[("etag", tag)])).headers["ETag"] == sent
    assert ask(response.text(SHORT, headers=[("etag", tag)])).headers["ETag"] == tag


@pytest.mark.parametrize("key", ["HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH"])
def test_the_application_sees_its_own_tag(key: str) -> None:
    environ = environ_for("PUT", "/") | {key: '"a-gzip", "b", W/"c-gzip"'}
    run(gzip(answering(response.empty())), environ)
    assert environ[key] == '"a", "b", W/"c"'


@pytest.mark.parametrize("tag", ['"a"', '"a-gzip"'])
def test_what_the_client_has_keeps_its_tag(tag: str) -> None:
    made = response.empty(304, headers=[("ETag", '"a"')])
    got = ask(made, if_none_match=tag)
    assert (got.status, got.headers["ETag"]) == (304, tag)
    assert got.headers["Vary"] == "Accept-Encoding"
