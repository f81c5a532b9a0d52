"""Compression: for text, for clients that take it, and without holding a stream back."""

import zlib
from collections.abc import Iterator
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


def test_the_body_of_a_head_is_not_empty() -> None:
    """wsgiref would announce a length of 0 for it."""
    environ = environ_for("HEAD", "/", accept_encoding="gzip")
    body = gzip(answering(response.text(LONG)))(environ, lambda *head: lambda chunk: None)
    assert list(body) == [b""]


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


@pytest.mark.parametrize(
    "accept",
    ["gzip", "br, GZIP;q=0.5", "*", "gzip ; q=1.0, *;q=0", "x,gzip", "gzip;\tq=0.001", "gzip;q=1"],
)
def test_a_client_that_takes_gzip_gets_it(accept: str) -> None:
    assert "Content-Encoding" in ask(response.text(LONG), accept_encoding=accept).headers


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "br",
        "gzip;q=0",
        "gzip;\tq=0",
        "gzip\t; q=0.",
        "gzip; q=0.000, *",
        "*;q=0",
        "identity",
        "gzipped",
        "x-gzip;q=1",
    ],
)
def test_a_client_that_refuses_gzip_gets_the_text(accept: str) -> None:
    got = ask(response.text(LONG), accept_encoding=accept)
    assert (got.text, got.headers["Vary"]) == (LONG, "Accept-Encoding")


def test_a_client_without_accept_encoding_gets_the_text() -> None:
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
    ask(("200 OK", [("Content-Type", "text/css")], source), "HEAD")
    assert source.closed


def test_a_stream_is_compressed_chunk_by_chunk() -> None:
    source = BytesIO(b"a\nb\n")
    application = gzip(answering(("200 OK", [("Content-Type", "text/event-stream")], source)))
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
    application = gzip(answering(("200 OK", [("Content-Type", "text/css")], source)))
    environ = environ_for("GET", "/", accept_encoding="gzip")
    body: Any = application(environ, lambda *head: lambda chunk: None)
    body.close()
    assert source.closed


def test_an_empty_chunk_stays_empty() -> None:
    made = ("200 OK", [("Content-Type", "text/css")], iter([b"a", b"", b"b"]))
    body: Any = gzip(answering(made))(
        environ_for("GET", "/", accept_encoding="gzip"), lambda *head: lambda chunk: None
    )
    chunks = iter(body)
    assert next(chunks) and next(chunks) == b""


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_a_response_with_a_strong_tag_stays_as_it_is(method: str) -> None:
    made = response.text(LONG, headers=[("etag", '"a"')])
    got = ask(made, method)
    assert (got.headers.items(), got.text) == (made[1], LONG)


def test_a_weak_tag_stays_as_it_is() -> None:
    got = ask(response.text(LONG, headers=[("etag", 'W/"a"')]))
    assert (got.headers["ETag"], got.headers["Content-Encoding"]) == ('W/"a"', "gzip")


@pytest.mark.parametrize("tags", ['"a"', '"a-gzip", W/"b"'])
def test_the_application_sees_the_conditions_as_they_were_sent(tags: str) -> None:
    environ = environ_for("PUT", "/", if_match=tags, if_none_match=tags)
    run(gzip(answering(response.empty())), environ)
    assert (environ["HTTP_IF_MATCH"], environ["HTTP_IF_NONE_MATCH"]) == (tags, tags)


@pytest.mark.parametrize(
    "headers, vary",
    [
        ([("ETag", '"a"')], []),
        ([("ETag", 'W/"a"')], ["Accept-Encoding"]),
        ([], ["Accept-Encoding"]),
        ([("Cache-Control", "no-transform")], []),
    ],
)
def test_a_304_has_the_same_vary_header_as_the_full_response(headers: Any, vary: list[str]) -> None:
    made = response.empty(304, headers=headers)
    got = ask(made)
    assert got.status == 304
    assert got.headers.get_all("Vary") == vary
    assert "Content-Encoding" not in got.headers
    assert got.headers.items()[: len(made[1])] == made[1]


def test_a_length_that_is_not_a_number_does_not_matter() -> None:
    made = ("200 OK", [("Content-Type", "text/css"), ("Content-Length", "x")], [LONG.encode()])
    assert decompress(ask(made).body).decode() == LONG


def test_a_stream_is_not_gathered() -> None:
    made: list[int] = []

    def chunks() -> Iterator[bytes]:
        for number in range(100):
            made.append(number)
            yield b"long " * 200

    application = gzip(answering(("200 OK", [("Content-Type", "text/css")], chunks())))
    environ = environ_for("GET", "/", accept_encoding="gzip")
    body: Any = application(environ, lambda *head: lambda chunk: None)
    assert next(iter(body))
    assert len(made) == 1
