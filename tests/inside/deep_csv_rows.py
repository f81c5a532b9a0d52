"""Rows as CSV."""

from io import StringIO

from client import module

csv_rows = module("csv_rows")


def test_each_row_is_a_line() -> None:
    rows = [["a", 1], ['b,"\n', None], ["\ud800"]]
    status, headers, body = csv_rows.stream(rows, status=203, headers=[("X-A", "1")])
    assert status.startswith("203 ")
    assert ("Content-Type", "text/csv; charset=utf-8") in headers
    assert headers[-1] == ("X-A", "1")
    assert list(body) == [b"a,1\r\n", b'"b,""\n",\r\n', b"?\r\n"]


def test_the_source_is_closed_with_the_stream() -> None:
    source = StringIO("row\nrow\n")
    csv_rows.stream(source)[2].close()
    assert source.closed
