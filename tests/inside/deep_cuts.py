"""The same bytes give the same result, however they are cut: each reader and each writer."""

from collections.abc import Callable, Iterator
from gzip import decompress
from io import BytesIO
from itertools import repeat
from typing import Any

import pytest
from client import environ_for, module, run

request, response = module("request"), module("response")
csv_rows, ndjson, sse = module("csv_rows"), module("ndjson"), module("sse")
streaming, uploads = module("streaming"), module("uploads")
HTTPError = module("errors").HTTPError
PART = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xc3\xa9\r\n--b--\r\n'


class Cut(BytesIO):
    """A body that arrives in pieces of these sizes, whatever is asked for."""

    def __init__(self, body: bytes, sizes: Iterator[int]) -> None:
        super().__init__(body)
        self.sizes = sizes

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 0, next(self.sizes, 65_536)))


def uploaded(environ: Any) -> Any:
    with uploads.form(environ) as form:
        return form.fields


READERS: dict[str, tuple[Callable[[Any], Any], str, bytes]] = {
    "body": (request.body, "text/plain", b"\x00\xff bytes \r\n"),
    "text": (request.text, "text/plain", "a\u00e9\u20ac\U0001f600\r\n".encode()),
    "text that is not UTF-8": (request.text, "text/plain", b"a\xc3"),
    "JSON": (request.json, "application/json", '{"\u00e9": [1, -2.5e3, "\\u00e9", {}]}'.encode()),
    "JSON that is not valid": (request.json, "application/json", b'{"a": [1, 2}'),
    "form": (request.form, "application/x-www-form-urlencoded", b"a=%C3%A9+b&a=&b=%20&c"),
    "uploads": (uploaded, "multipart/form-data; boundary=b", PART),
    "uploads that break off": (uploaded, "multipart/form-data; boundary=b", PART[:-9]),
}


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("name", READERS)
def test_a_reader_does_not_see_where_a_body_is_cut(name: str, chunked: bool) -> None:
    read, content_type, body = READERS[name]

    def result(*sizes: int, each: int = 65_536) -> object:
        environ = environ_for("POST", "/", b"" if chunked else body, content_type=content_type)
        pieces = iter([*sizes, *repeat(each, len(body) + 1)])
        environ["wsgi.input"] = Cut(body, pieces)
        if chunked:
            environ |= {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
        try:
            return read(environ)
        except HTTPError as error:
            return error.status, error.detail

    whole = result()
    assert result(each=1) == whole
    for at in range(1, len(body)):
        assert result(at) == whole, f"cut after {at} bytes"


EVENT = sse.event("a\nb", event="note", id="7", retry=1)
WRITERS: dict[str, tuple[Callable[[Any], Any], bytes]] = {
    "stream": (lambda chunks: streaming.stream({}, chunks, "text/plain"), b"a\r\nb\x00\xff" * 3),
    "events": (lambda events: sse.stream({}, events), EVENT * 2),
}
WRAPPED = {
    "bare": lambda application: application,
    "gzip": lambda application: module("middleware.gzip").gzip(application, 1),
    "etags": lambda application: module("middleware.etags").etags(application),
    "access_log": lambda application: module("middleware.access_log").access_log(application),
    "mount": lambda a: module("middleware.mount").mount(None, "/x", a),
}


def sent(made: Any, wrap: str) -> bytes:
    """Return the bytes that a client reads."""

    def application(environ: Any, start_response: Any) -> Any:
        status, headers, body = made
        start_response(status, headers)
        return body

    environ = environ_for("POST", "/x/y", b"sent", accept_encoding="gzip")
    body = run(WRAPPED[wrap](application), environ).body
    return decompress(body) if wrap == "gzip" else body


@pytest.mark.parametrize("wrap", WRAPPED)
@pytest.mark.parametrize("name", WRITERS)
def test_a_client_does_not_see_where_a_stream_is_cut(name: str, wrap: str) -> None:
    write, content = WRITERS[name]
    whole = sent(write([content]), wrap)
    assert whole.endswith(content)
    assert sent(write([bytes([byte]) for byte in content]), wrap) == whole
    for at in range(len(content) + 1):
        assert sent(write([content[:at], b"", content[at:]]), wrap) == whole


@pytest.mark.parametrize("wrap", WRAPPED)
def test_a_row_and_a_value_do_not_depend_on_earlier_ones(wrap: str) -> None:
    rows = [["a", 1], ["\u00e9", None], ['"', "\r\n"], []]
    alone = b"".join(sent(csv_rows.stream({}, [row]), wrap) for row in rows)
    assert sent(csv_rows.stream({}, rows), wrap) == alone
    values = [{"a": "\n"}, [], None, "\u00e9"]
    alone = b"".join(sent(ndjson.stream({}, [value]), wrap) for value in values)
    assert sent(ndjson.stream({}, values), wrap) == alone


@pytest.mark.parametrize("write", [csv_rows.stream, ndjson.stream])
def test_a_stream_is_made_while_it_is_sent(write: Any) -> None:
    """Gathered in memory, a million rows would be one response of a million rows."""
    made = 0

    def rows() -> Iterator[list[int]]:
        nonlocal made
        for made in range(1, 1000):
            yield [made]

    _, _, body = write({}, rows())
    chunks = iter(body)
    for expected in range(1, 5):
        assert next(chunks)
        assert made <= expected + 1
