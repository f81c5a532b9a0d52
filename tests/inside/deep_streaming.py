"""Deep tests of streaming.py: they run inside a generated project."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest
from client import Response, environ_for, module, run

bare, request, response = module("bare"), module("request"), module("response")
streaming = module("streaming")
HTTPError = module("errors").HTTPError
CHUNKED = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}

Send = Callable[..., Response]


@pytest.fixture
def send(monkeypatch: pytest.MonkeyPatch) -> Send:
    """Send a request to a handler of the test's own, which every path leads to."""

    def send(handler: Callable[[Any], Any], method: str = "GET", body: bytes = b"") -> Response:
        monkeypatch.setattr(bare, "find", lambda path: ({"GET": handler, "POST": handler}, ()))
        return run(bare.application, environ_for(method, "/", body))

    return send


def test_a_stream_is_sent_chunk_by_chunk() -> None:
    status, headers, body = streaming.stream({}, BytesIO(b"a\nb\n"), "text/css")
    assert (status, headers) == ("200 OK", [*response.ALWAYS, ("Content-Type", "text/css")])
    assert list(body) == [b"a\n", b"b\n"]


def test_a_stream_can_be_empty() -> None:
    assert b"".join(streaming.stream({}, [], "text/css")[2]) == b""


def test_a_stream_can_have_a_length() -> None:
    for length in (0, 2):
        headers = streaming.stream({}, [bytes(length)], "text/css", length=length)[1]
        assert headers[-1] == ("Content-Length", str(length))


def test_a_stream_is_closed_at_the_end(send: Send) -> None:
    source = BytesIO(b"a\n")
    assert send(lambda environ: streaming.stream(environ, source, "text/css")).body == b"a\n"
    assert source.closed


def test_a_stream_is_closed_if_only_its_head_is_sent(send: Send) -> None:
    source = BytesIO(b"a\n")
    made = streaming.stream({}, source, "text/css")
    assert send(lambda environ: made, "HEAD").body == b""
    assert source.closed


def test_a_stream_with_a_wrong_header_is_closed(send: Send) -> None:
    source = BytesIO(b"a\n")
    sent = send(
        lambda environ: streaming.stream(environ, source, "text/css", headers=[("X", "\n")])
    )
    assert sent.status == 500
    assert source.closed


def fails(error: Exception) -> Iterator[bytes]:
    """Make no chunk."""
    raise error
    yield b""


@pytest.mark.parametrize("error, status", [(HTTPError(404), 404), (OSError(), 500)])
def test_a_stream_that_fails_at_once_is_an_error(send: Send, error: Exception, status: int) -> None:
    assert (
        send(lambda environ: streaming.stream(environ, fails(error), "text/css")).status == status
    )


def test_a_stream_of_text_is_an_error(send: Send) -> None:
    assert send(lambda environ: streaming.stream(environ, ["x"], "text/css")).status == 500


def test_a_stream_that_fails_later_is_not_completed(send: Send) -> None:
    with pytest.raises(OverflowError):
        send(lambda environ: streaming.stream(environ, map(int.to_bytes, [1, -1]), "text/css"))


@pytest.mark.parametrize("length", [0, 2])
@pytest.mark.parametrize("chunks", [[b""], [b"a"], [b"abc"], [b"ab", b"c"], [b"a", b"bc"]])
def test_a_stream_of_another_length_fails_and_sends_no_more(
    chunks: list[bytes], length: int
) -> None:
    sent = []
    with suppress(ValueError):
        for chunk in streaming.stream({}, chunks, "text/css", length=length)[2]:
            sent.append(chunk)
        assert len(b"".join(chunks)) == length, "no ValueError"
    assert len(b"".join(sent)) <= length


@pytest.mark.parametrize("status", [204, 205, 304])
@pytest.mark.parametrize("length", [-1, 1])
def test_a_stream_has_no_status_that_allows_no_body(status: int, length: int) -> None:
    source = BytesIO(b"a")
    with pytest.raises(ValueError, match="has no body"):
        streaming.stream({}, source, "text/css", status=status, length=length)
    assert source.closed


def test_a_stream_is_made_while_it_is_sent() -> None:
    made = []

    def chunks() -> Iterator[bytes]:
        for number in range(3):
            made.append(number)
            yield b"a"

    body = iter(streaming.stream({}, chunks(), "text/css")[2])
    assert made == [0]
    next(body)
    next(body)
    assert made == [0, 1]


@pytest.mark.parametrize("content_type", ["text/html\r\nX: y", "text/\u20ac", ""])
def test_a_content_type_that_cannot_be_sent_is_refused(content_type: str) -> None:
    with pytest.raises(ValueError, match="invalid content type"):
        streaming.stream({}, [b""], content_type)


@pytest.mark.parametrize("headers", [{"CONTENT_LENGTH": "200000"}, CHUNKED])
def test_what_a_stream_has_not_read_is_dropped_after_it(headers: dict[str, Any]) -> None:
    body, closed = BytesIO(b"x" * 200_000), []

    class Chunks(list[bytes]):
        def close(self) -> None:
            closed.append(body.tell())

    environ = environ_for("POST", "/") | {"wsgi.input": body} | headers
    with pytest.MonkeyPatch.context() as patch:
        handler = {"POST": lambda environ: streaming.stream(environ, Chunks([b"a"]), "text/css")}
        patch.setattr(bare, "find", lambda path: (handler, ()))
        assert run(bare.application, environ).body == b"a"
    assert (closed, body.tell()) == ([0], 200_000)


def test_a_source_that_fails_to_close_leaves_no_rest_of_the_request() -> None:
    class Chunks(list[bytes]):
        def close(self) -> None:
            raise RuntimeError("cannot close")

    environ = environ_for("POST", "/", b"abc")
    unread = environ["wsgi.input"]
    with pytest.raises(RuntimeError, match="cannot close"):
        streaming.stream(environ, Chunks([b"a"]), "text/css")[2].close()
    assert unread.tell() == 3


def test_a_stream_can_read_the_body_while_it_is_sent(send: Send) -> None:
    def handler(environ: Any) -> Any:
        return streaming.stream(environ, request.chunks(environ), "text/css")

    content = b"x" * 200_000
    assert send(handler, "POST", content).body == content
