"""What middleware that looks into a response owes to both of its neighbours (PEP 3333)."""

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
        self.chunks, self.closed = chunks, 0

    def __iter__(self) -> Iterator[bytes]:
        yield from self.chunks

    def close(self) -> None:
        self.closed += 1


def test_a_response_is_passed_on_as_it_is() -> None:
    made = Body(b"a")

    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", HEADERS)
        return made

    assert begin(application, environ_for("GET", "/")) == ("200 OK", HEADERS, made)


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


def test_a_body_of_which_nothing_is_sent_is_closed() -> None:
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
