"""Values as lines of JSON."""

import json
from io import BytesIO, StringIO
from typing import Any

import pytest
from client import module

ndjson = module("ndjson")


def test_each_value_is_a_line() -> None:
    status, headers, body = ndjson.stream({}, ["\n", 2], status=201, headers=[("X-A", "1")])
    assert status == "201 Created"
    assert ("Content-Type", "application/x-ndjson") in headers
    assert headers[-1] == ("X-A", "1")
    assert list(body) == [b'"\\n"\n', b"2\n"]


def test_a_number_that_json_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError):
        ndjson.stream({}, [float("nan")])


def test_the_source_is_closed_with_the_stream() -> None:
    source = StringIO("value\nvalue\n")
    ndjson.stream({}, source)[2].close()
    assert source.closed


def test_the_source_is_closed_if_a_value_cannot_be_sent() -> None:
    source = BytesIO(b"value\n")
    with pytest.raises(TypeError):
        ndjson.stream({}, source)
    assert source.closed


@pytest.mark.parametrize(
    "value",
    [
        {"a": [1, {"b": "c\nd"}], "e\r\n": None},
        "\n\r\x0b\x0c\x1c\x85\u2028\u2029",
        [[], {}, [[[]]]],
        "\ud800",
    ],
)
def test_a_value_never_spans_two_lines(value: object) -> None:
    [line] = ndjson.stream({}, [value])[2]
    assert line.decode().splitlines(keepends=True) == [line.decode()]
    assert line.endswith(b"\n")
    assert json.loads(line) == value


def test_one_after_another_is_made_while_it_is_sent() -> None:
    made = 0

    def source() -> Any:
        nonlocal made
        for _ in range(9):
            made += 1
            yield made

    chunks = iter(ndjson.stream({}, source())[2])
    next(chunks)
    next(chunks)
    assert made <= 2
