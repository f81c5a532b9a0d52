"""Server-sent events, as browsers read them."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from client import module

sse = module("sse")


def test_an_event_is_written() -> None:
    options = {"event": "note", "id": "7", "retry": 0}
    assert sse.event("a", **options) == b"event: note\nid: 7\nretry: 0\ndata: a\n\n"


@pytest.mark.parametrize("data", ["a\nb", "a\r\nb", "a\rb"])
def test_each_line_of_data_has_its_name(data: str) -> None:
    assert sse.event(data) == b"data: a\ndata: b\n\n"


@pytest.mark.parametrize("data", ["", "\u2028", "\x0b", "\x85"])
def test_only_cr_and_lf_end_a_line(data: str) -> None:
    assert sse.event(data) == f"data: {data}\n\n".encode()


@pytest.mark.parametrize("options", [{"event": "a\nb"}, {"id": "a\rb"}, {"id": "\0"}])
def test_a_name_or_id_with_a_line_end_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="invalid event, id or retry"):
        sse.event("", **options)


def test_an_event_can_hold_half_a_character() -> None:
    assert sse.event("\ud800") == b"data: ?\n\n"


def test_a_stream_begins_before_its_first_event() -> None:
    status, headers, body = sse.stream({}, [sse.event("a")], status=203, headers=[("X-A", "1")])
    assert status.startswith("203 ")
    assert ("Content-Type", "text/event-stream") in headers
    assert ("X-Accel-Buffering", "no") in headers  # nginx would wait for more
    assert ("Cache-Control", "no-cache") in headers and headers[-1] == ("X-A", "1")
    assert list(body) == [sse.HEARTBEAT, b"data: a\n\n"]


def test_the_source_is_closed_with_the_stream() -> None:
    source = BytesIO(sse.event("a"))
    sse.stream({}, source)[2].close()
    assert source.closed


@pytest.mark.parametrize("retry", ["1", "1\ndata: b", 1.5, b"1", -1])
def test_a_retry_is_a_whole_number(retry: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        sse.event("a", retry=retry)


def test_the_first_chunk_does_not_wait_for_an_event() -> None:
    def events() -> Iterator[bytes]:
        raise AssertionError("the stream waits for an event")
        yield b""

    _, _, body = sse.stream({}, events())
    assert next(iter(body)) == sse.HEARTBEAT


def test_an_event_has_only_what_it_is_given() -> None:
    assert sse.event("a") == b"data: a\n\n"
    assert sse.event("a", event="b") == b"event: b\ndata: a\n\n"
    assert sse.event("a", id="b") == b"id: b\ndata: a\n\n"


def test_one_after_another_is_made_while_it_is_sent() -> None:
    made = 0

    def source() -> Any:
        nonlocal made
        for _ in range(9):
            made += 1
            yield sse.event("a")

    chunks = iter(sse.stream({}, source())[2])
    next(chunks)
    next(chunks)
    assert made <= 2
