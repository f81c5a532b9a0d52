"""Rows as CSV."""

from io import StringIO
from typing import Any

from client import module

csv_rows = module("csv_rows")


def test_each_row_is_a_line() -> None:
    rows = [["a", 1], ['b,"\n', None], ["\ud800"]]
    status, headers, body = csv_rows.stream({}, rows, status=203, headers=[("X-A", "1")])
    assert status.startswith("203 ")
    assert ("Content-Type", "text/csv; charset=utf-8") in headers
    assert headers[-1] == ("X-A", "1")
    assert list(body) == [b"a,1\r\n", b'"b,""\n",\r\n', b"?\r\n"]


def test_the_source_is_closed_with_the_stream() -> None:
    source = StringIO("row\nrow\n")
    csv_rows.stream({}, source)[2].close()
    assert source.closed


def test_one_after_another_is_made_while_it_is_sent() -> None:
    made = 0

    def source() -> Any:
        nonlocal made
        for _ in range(9):
            made += 1
            yield [made]

    chunks = iter(csv_rows.stream({}, source())[2])
    next(chunks)
    next(chunks)
    assert made <= 2
