"""What middleware that changes a response must do for server and application (PEP 3333)."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from client import environ_for, module

begin = module("middleware.wrapping").begin
HEADERS = [("Content-Type", "text/plain")]


class Body:
    """A body that knows whether it was closed."""

    def __init__(self, *chunks: bytes) -> None:
        self.chunks, self.closed, self.taken = chunks, 0, 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.chunks:
            self.taken += 1
            yield chunk

    def close(self) -> None:
        self.closed += 1


def test_a_list_is_passed_on_as_it_is() -> None:
    made = [b"a", b"b"]

    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", HEADERS)
        return made

    status, headers, body = begin(application, environ_for("GET", "/"))
    assert (status, headers) == ("200 OK", HEADERS)
    assert body is made


def test_an_iterable_is_read_up_to_its_first_byte() -> None:
    made = Body(b"", b"a", b"", b"b")

    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", HEADERS)
        return made

    body = begin(application, environ_for("GET", "/"))[2]
    assert made.taken == 2
    assert list(body) == [b"a", b"", b"b"]
    body.close()
    assert made.closed == 1


def test_a_generator_starts_with_its_first_chunk() -> None:
    steps: list[str] = []

    def application(environ: Any, start_response: Any) -> Any:
        try:
            start_response("201 Created", HEADERS)
            yield b"a"
            steps.append("second")
            yield b"b"
        finally:
            steps.append("closed")

    status, headers, body = begin(application, environ_for("GET", "/"))
    assert (status, headers, steps) == ("201 Created", HEADERS, [])
    assert list(body) == [b"a", b"b"]
    body.close()
    assert steps == ["second", "closed"]


def test_a_generator_can_be_empty() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", HEADERS)
        yield from ()

    assert b"".join(begin(application, environ_for("GET", "/"))[2]) == b""


def test_a_body_is_closed_if_nothing_is_sent() -> None:
    closed: list[bool] = []

    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", HEADERS)
        try:
            yield b"a"
        finally:
            closed.append(True)

    begin(application, environ_for("GET", "/"))[2].close()
    assert closed == [True]


def test_what_is_written_comes_first() -> None:
    made = Body(b"c", b"d")

    def application(environ: Any, start_response: Any) -> Any:
        write = start_response("200 OK", HEADERS)
        write(b"a")
        write(b"b")
        return made

    body = begin(application, environ_for("GET", "/"))[2]
    assert b"".join(body) == b"abcd"
    body.close()
    assert made.closed == 1


def test_an_error_replaces_the_status() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", HEADERS)
        try:
            raise OSError
        except OSError:
            start_response("500 Internal Server Error", [], sys.exc_info())
        yield b"sorry"

    status, headers, body = begin(application, environ_for("GET", "/"))
    assert (status[:3], headers, list(body)) == ("500", [], [b"sorry"])


def test_a_later_error_is_raised() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", HEADERS)
        yield b"a"
        try:
            raise OSError("no disk")
        except OSError:
            start_response("500 Internal Server Error", [], sys.exc_info())

    body = begin(application, environ_for("GET", "/"))[2]
    with pytest.raises(OSError, match="no disk"):
        list(body)


def test_a_body_that_fails_at_once_is_closed() -> None:
    class Failing(Body):
        def __iter__(self) -> Iterator[bytes]:
            raise OSError("no disk")

    made = Failing()

    with pytest.raises(OSError, match="no disk"):
        begin(lambda environ, start_response: made, environ_for("GET", "/"))
    assert made.closed == 1


@pytest.mark.parametrize("body", [[], [b"a"], iter([b"a"])])
def test_an_application_that_never_starts_its_response_is_named(body: Any) -> None:
    with pytest.raises(RuntimeError, match="has not called start_response"):
        begin(lambda environ, start_response: body, environ_for("GET", "/"))


def test_the_body_of_an_application_that_never_starts_is_closed() -> None:
    made = Body(b"a")
    with pytest.raises(RuntimeError):
        begin(lambda environ, start_response: made, environ_for("GET", "/"))
    assert made.closed == 1


def test_a_second_start_without_an_error_is_refused() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", HEADERS)
        start_response("200 OK", HEADERS)
        return []

    with pytest.raises(RuntimeError, match="called twice"):
        begin(application, environ_for("GET", "/"))


def again(start_response: Any) -> None:
    """Start another response, because of an error."""
    try:
        raise OSError("no disk")
    except OSError:
        start_response("500 Internal Server Error", [], sys.exc_info())


def test_an_error_before_the_first_byte_replaces_the_response() -> None:
    """An empty chunk sends nothing, so the error is not late (PEP 3333)."""

    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", HEADERS)
        yield b""
        again(start_response)
        yield b"sorry"

    status, headers, body = begin(application, environ_for("GET", "/"))
    assert (status[:3], headers, list(body)) == ("500", [], [b"sorry"])


def test_an_error_in_the_body_before_its_first_byte_replaces_the_response() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        def chunks() -> Iterator[bytes]:
            again(start_response)
            yield b"sorry"

        start_response("200 OK", HEADERS)
        return chunks()

    status, headers, body = begin(application, environ_for("GET", "/"))
    assert (status[:3], headers, list(body)) == ("500", [], [b"sorry"])


def test_an_error_after_a_written_byte_is_raised() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", HEADERS)(b"a")
        again(start_response)
        return []

    with pytest.raises(OSError, match="no disk"):
        begin(application, environ_for("GET", "/"))


def test_an_error_after_an_empty_write_replaces_the_response() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", HEADERS)(b"")
        again(start_response)
        return [b"sorry"]

    status, _, body = begin(application, environ_for("GET", "/"))
    assert (status[:3], b"".join(body)) == ("500", b"sorry")
