"""Deep tests of bare.py, request.py, response.py, errors.py and __main__.py.

They run inside a generated project: its own tests/test_http.py has what owners read.
"""

import json
import logging
import re
import runpy
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.client import HTTPConnection
from io import BufferedIOBase, BufferedReader, BytesIO, StringIO, TextIOWrapper
from socketserver import BaseServer
from typing import Any
from wsgiref.handlers import SimpleHandler

import pytest
from client import PACKAGE, Response, environ_for, module, run

bare = module("bare")
server = module("__main__")
request = module("request")
response = module("response")
HTTPError = module("errors").HTTPError

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
TYPES = ["text/html", "text/csv"]
PROBLEM = "application/problem+json"

Send = Callable[..., Response]
serve_forever = BaseServer.serve_forever  # tests replace it


@pytest.fixture
def send(monkeypatch: pytest.MonkeyPatch) -> Send:
    """Send a request to a handler of the test's own, which every path leads to."""

    def send(
        handler: Callable[[Any], Any], method: str = "GET", body: bytes = b"", **headers: str
    ) -> Response:
        monkeypatch.setattr(bare, "find", lambda path: ({"GET": handler, "POST": handler}, ()))
        return run(bare.application, environ_for(method, "/", body, **headers))

    return send


def refused(status: int) -> Any:
    """Expect an HTTPError with this status and with a sentence for the client."""
    return pytest.raises(HTTPError, match=rf"^\({status}, ['\"].+['\"]\)$")


# The request


@pytest.mark.parametrize(
    "sent, path",
    [
        (None, "/"),
        ("", "/"),
        ("/notes", "/notes"),
        ("/caf\xc3\xa9", "/caf\u00e9"),
        ("http://localhost/notes", "/notes"),
        ("http://localhost", "/"),
        ("HTTPS://localhost/", "/"),
        ("*", "*"),
        ("x/notes", "x/notes"),
        ("http:/notes", "http:/notes"),
    ],
)
def test_a_path_is_read(sent: str | None, path: str) -> None:
    assert request.path({} if sent is None else {"PATH_INFO": sent}) == path


def test_a_path_must_be_utf_8() -> None:
    with refused(400) as caught:
        request.path({"PATH_INFO": "/\xff"})
    assert caught.value.detail == "The path is not UTF-8."


@pytest.mark.parametrize("path", ["x/", "*/", "http:/", "x"])
def test_a_path_must_begin_with_a_slash(path: str) -> None:
    environ = environ_for("GET", "/") | {"PATH_INFO": path}
    assert run(bare.application, environ).status == 404


def test_options_of_the_whole_server_are_answered() -> None:
    assert run(bare.application, environ_for("OPTIONS", "*")).status == 204


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "options"])
def test_only_options_can_be_of_the_whole_server(method: str) -> None:
    assert run(bare.application, environ_for(method, "*")).status == 404


def test_a_header_is_read_by_its_name_in_any_case() -> None:
    environ = environ_for("GET", "/", x_request_id="1", content_type="text/csv")
    assert request.header(environ, "x-request-ID") == "1"
    assert request.header(environ, "Content-Type") == "text/csv"


def test_the_length_of_the_body_is_a_header() -> None:
    assert request.header(environ_for("POST", "/", b"abc"), "content-length") == "3"


def test_a_missing_or_empty_header_has_a_default() -> None:
    environ = environ_for("GET", "/", accept="")
    assert request.header(environ, "X-None") == ""
    assert request.header(environ, "Accept", "*/*") == "*/*"


def test_a_query_keeps_repeated_and_empty_fields() -> None:
    environ = {"QUERY_STRING": "a=1&a=%C3%A9+%2B&b=&c&&d=x=y"}
    fields = {"a": ["1", "\u00e9 +"], "b": [""], "c": [""], "d": ["x=y"]}
    assert request.query(environ) == fields
    assert request.query({}) == {}


@pytest.mark.parametrize("query", ["a=%ff", "%ff=a", "a=\xff"])
def test_a_query_must_be_utf_8(query: str) -> None:
    with refused(400):
        request.query({"QUERY_STRING": query})


def test_a_query_can_have_as_many_fields_as_the_limit() -> None:
    query = "&".join(["a"] * request.FIELD_LIMIT)
    assert len(request.query({"QUERY_STRING": query})["a"]) == request.FIELD_LIMIT


def test_a_query_with_more_fields_is_refused() -> None:
    query = "&".join(["a"] * (request.FIELD_LIMIT + 1))
    with refused(400):
        request.query({"QUERY_STRING": query})


def test_the_first_value_of_a_field_is_taken() -> None:
    assert request.first({"a": ["1", "2"]}, "a") == "1"
    assert request.first({"a": ["1", "2"]}, "b") == ""
    assert request.first({"a": ["1", "2"]}, "b", "3") == "3"
    assert request.first({"a": [""]}, "a", "3") == ""


@pytest.mark.parametrize(
    "accept, best",
    [
        ("", "text/html"),
        ("*/*", "text/html"),
        ("TEXT/html", "text/html"),
        ("text/*;q=0.1", "text/html"),
        (";q=x,,", "text/html"),
        ("text/csv;q=.2, text/html", "text/html"),
        ("text/html, text/html;level=1;q=0", "text/html"),
        ("text/csv;q=1000, text/html;q=0.1", "text/html"),
        ("text/csv;q=nan, text/html;q=0.1", "text/html"),
        ("text/csv;q=0.9000, text/html;q=0.5", "text/csv"),
        ("text/csv;\tq=0, text/html;q=0.1", "text/html"),
        ("text/csv;\tq=0.9, text/html;q=0.1", "text/csv"),
        ("text/html;level=1, text/html;q=0.3, text/csv;q=0.5", "text/csv"),
        ("*/*, text/html;q=0.1", "text/csv"),
        ("text/*, text/html;q=0.1", "text/csv"),
        ("text/html;q=0.1, text/html;q=0.9, text/csv;q=0.5", "text/html"),
        ("text/html;q=0.9, text/html;q=0.1, text/csv;q=0.5", "text/html"),
        ("Text/CSV", "text/csv"),
        ("text/html;q=.2, text/csv;q=0.3", "text/csv"),
        ("text/html;q=0, */*", "text/csv"),
        ("text/csv;q=1.000, text/*; q=0.999", "text/csv"),
        ("text/csv; charset=utf-8", "text/csv"),
    ],
)
def test_the_preferred_type_is_chosen(accept: str, best: str) -> None:
    assert request.best_match(environ_for("GET", "/", accept=accept), TYPES) == best
    assert request.best_match(environ_for("GET", "/", accept=accept), TYPES, default="x/y") == best


@pytest.mark.parametrize("accept", ["image/png", "text/html;q=0, text/csv;q=0.0", "*/*;q=0"])
def test_no_acceptable_type_is_406_without_a_default(accept: str) -> None:
    environ = environ_for("GET", "/", accept=accept)
    with refused(406) as caught:
        request.best_match(environ, TYPES)
    assert all(offer in caught.value.detail for offer in TYPES)
    assert request.best_match(environ, TYPES, default="text/css") == "text/css"


def test_an_offer_is_found_in_any_case_and_returned_as_it_is() -> None:
    environ = environ_for("GET", "/", accept="text/html;q=0.5")
    assert request.best_match(environ, ["image/png", "Text/HTML"]) == "Text/HTML"


def test_a_body_is_read_to_its_length() -> None:
    assert request.body(environ_for("POST", "/", b"abc")) == b"abc"


def test_a_body_can_arrive_in_pieces() -> None:
    class Slow(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(1)

    environ = environ_for("POST", "/", content_length="3") | {"wsgi.input": Slow(b"abc")}
    assert request.body(environ) == b"abc"


def test_a_body_is_read_in_chunks() -> None:
    environ = environ_for("POST", "/", b"x" * 100_000)
    chunks = request.chunks(environ, limit=100_000)
    assert [len(chunk) for chunk in chunks] == [65_536, 34_464]


def test_a_body_without_a_length_is_empty() -> None:
    assert request.body(environ_for("GET", "/")) == b""
    assert request.body({"wsgi.input": None}) == b""  # nothing was read


@pytest.mark.parametrize("length", ["X", "X1", "+1", "-1", "1_0", " 1", "\u0661"])
def test_a_length_must_be_a_number(length: str) -> None:
    environ = environ_for("POST", "/", content_length=length) | {"wsgi.input": BytesIO(b"x")}
    with refused(400):
        request.body(environ)


def test_a_body_must_be_as_long_as_announced() -> None:
    with refused(400):
        request.body(environ_for("POST", "/", b"x", content_length="2"))


def test_a_body_can_be_as_large_as_the_limit() -> None:
    assert list(request.chunks(environ_for("POST", "/", b"abc"), limit=3)) == [b"abc"]


@pytest.mark.parametrize("length", ["4", "9" * 19, "9" * 5_000])
def test_a_body_over_the_limit_is_refused_before_it_is_read(length: str) -> None:
    stream = BytesIO(b"abc")
    environ = environ_for("POST", "/") | {"CONTENT_LENGTH": length, "wsgi.input": stream}
    with refused(413):
        next(request.chunks(environ, limit=3))
    assert stream.tell() == 0


def test_the_limit_of_a_body_is_named_in_the_module() -> None:
    with refused(400):  # shorter than announced
        request.body(environ_for("POST", "/", content_length=str(request.BODY_LIMIT)))
    with refused(413):
        request.body(environ_for("POST", "/", content_length=str(request.BODY_LIMIT + 1)))


def test_a_chunked_body_needs_a_server_that_ends_it() -> None:
    for body in (b"", b"x"):  # with a length, it could be two requests to a proxy
        with refused(411):
            request.body(environ_for("POST", "/", body, transfer_encoding="chunked"))


def chunked(stream: Any) -> dict[str, Any]:
    """Return an environ whose body the server ends, whatever its length is."""
    environ = environ_for("POST", "/", transfer_encoding="chunked")
    return {**environ, "wsgi.input": stream, "wsgi.input_terminated": True}


def test_a_chunked_body_is_read_to_its_end() -> None:
    assert list(request.chunks(chunked(BytesIO(b"abc")), limit=3)) == [b"abc"]


def test_the_end_of_a_chunked_body_is_asked_for_once() -> None:
    class Counted(BytesIO):
        reads = 0

        def read(self, size: int | None = -1, /) -> bytes:
            self.reads += 1
            return super().read(size)

    stream = Counted(b"abc")
    environ = chunked(stream)
    assert request.body(environ) == b"abc"
    request.drop(environ)
    assert (stream.reads, request.reader(environ).read(5)) == (2, b"")


def test_a_chunked_body_over_the_limit_is_refused() -> None:
    chunks = request.chunks(chunked(BytesIO(b"x" * 100_000)), limit=99_999)
    assert len(next(chunks)) == 65_536
    with refused(413):
        next(chunks)  # and not more bytes than the limit


def test_a_body_that_breaks_off_is_refused() -> None:
    with refused(400):
        request.body(chunked(BufferedIOBase()))


@pytest.mark.parametrize("sent", ["text/csv", "Text/CSV; charset=utf-8", "text/csv;"])
def test_a_content_type_is_compared_without_case_and_parameters(sent: str) -> None:
    assert request.body(environ_for("POST", "/", b"x", content_type=sent), "text/csv") == b"x"


@pytest.mark.parametrize("headers", [{}, {"content_type": "text/plain"}, {"content_type": "csv"}])
def test_another_content_type_is_refused(headers: dict[str, str]) -> None:
    with refused(415) as caught:
        request.body(environ_for("POST", "/", b"x", **headers), "text/csv")
    assert caught.value.headers == (("Accept", "text/csv"),)


@pytest.mark.parametrize("sent", ["", "text/csv", "application/hal+json"])
def test_any_content_type_is_read_if_none_is_asked_for(sent: str) -> None:
    assert request.body(environ_for("POST", "/", b"x", content_type=sent)) == b"x"


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "identity, gzip", "x"])
def test_an_encoded_body_is_refused(coding: str) -> None:
    with refused(415) as caught:
        request.body(environ_for("POST", "/", b"x", content_encoding=coding))
    assert caught.value.headers == (("Accept-Encoding", "identity"),)
    assert request.body(environ_for("POST", "/", b"x", content_encoding="Identity")) == b"x"


def test_text_must_be_utf_8() -> None:
    environ = environ_for("POST", "/", b"\xc3\xa9", content_type="text/plain")
    assert request.text(environ) == "\u00e9"
    with refused(400) as caught:
        request.text(environ_for("POST", "/", b"\xff", content_type="text/plain"))
    assert caught.value.detail == "The body is not UTF-8."


def test_text_has_its_own_content_type() -> None:
    with refused(415):
        request.text(environ_for("POST", "/", b"x", content_type="text/css"))


@pytest.mark.parametrize("content_type", [JSON, "Application/Hal+JSON; v=1"])
def test_json_is_read(content_type: str) -> None:
    environ = environ_for("POST", "/", b'[{"a": 1.5}, null]', content_type=content_type)
    assert request.json(environ) == [{"a": 1.5}, None]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"{}x", b"\xff", b"NaN", b"-Infinity", b"1e999", b"1" * 5000]
)
def test_invalid_json_is_refused(body: bytes) -> None:
    with refused(400):
        request.json(environ_for("POST", "/", body, content_type=JSON))


@pytest.mark.parametrize("opening, closing", [(b"[[],", b"]"), (b'{"a":[],"b":', b"}")])
def test_json_can_be_nested_as_deep_as_the_limit(opening: bytes, closing: bytes) -> None:
    depth = request.DEPTH_LIMIT - 1
    body = opening * depth + b"[]" + closing * depth
    assert request.json(environ_for("POST", "/", body, content_type=JSON))


@pytest.mark.parametrize("opening, closing", [(b"[[],", b"]"), (b'{"a":', b"}")])
def test_json_that_is_nested_too_deep_is_refused(opening: bytes, closing: bytes) -> None:
    depth = request.DEPTH_LIMIT
    body = opening * depth + b"[]" + closing * depth
    with refused(400):
        request.json(environ_for("POST", "/", body, content_type=JSON))


def test_json_can_have_more_brackets_in_a_text_than_levels() -> None:
    text = "[" * (request.DEPTH_LIMIT + 1)
    assert request.json(environ_for("POST", "/", f'"{text}"'.encode(), content_type=JSON)) == text


def test_json_can_have_more_brackets_than_levels() -> None:
    body = b"[" + b"[]," * request.DEPTH_LIMIT + b"[]]"
    value = request.json(environ_for("POST", "/", body, content_type=JSON))
    assert value == [[]] * (request.DEPTH_LIMIT + 1)


def test_brackets_in_json_strings_do_not_count() -> None:
    text = '"' + "[{" * request.DEPTH_LIMIT
    body = response.json([text])[2][0]
    assert request.json(environ_for("POST", "/", body, content_type=JSON)) == [text]


def test_a_backslash_at_the_end_of_a_string_hides_no_bracket() -> None:
    depth = request.DEPTH_LIMIT
    body = b'["\\\\", ' + b"[" * depth + b"]" * depth + b', "\\\\"]'
    with refused(400) as caught:
        request.json(environ_for("POST", "/", body, content_type=JSON))
    assert "nested deeper" in caught.value.detail


def test_a_form_is_read() -> None:
    environ = environ_for("POST", "/", b"a=1&a=2", content_type=FORM)
    assert request.form(environ) == {"a": ["1", "2"]}


# The application


def test_a_path_that_is_not_found_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bare, "find", lambda path: None)
    environ = environ_for("GET", "/")
    sent = run(bare.application, environ)
    assert sent.status == 404
    assert sent.headers.items() == response.problem(environ, HTTPError(404))[1]
    assert "404" in sent.text


@pytest.fixture
def post_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every path have a handler for POST, and none for GET."""
    monkeypatch.setattr(bare, "find", lambda path: ({"POST": broken}, ()))


def test_head_is_not_allowed_without_get(post_only: None) -> None:
    sent = run(bare.application, environ_for("HEAD", "/"))
    assert sent.status == 405
    assert sent.headers["Allow"] == "OPTIONS, POST"


def test_options_names_no_head_without_get(post_only: None) -> None:
    sent = run(bare.application, environ_for("OPTIONS", "/"))
    assert sent.status == 204
    assert sent.headers["Allow"] == "OPTIONS, POST"


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_a_handler_of_its_own_is_called(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    def handler(environ: Any) -> Any:
        return response.text("x", status=299)

    monkeypatch.setattr(bare, "find", lambda path: ({"GET": broken, method: handler}, ()))
    sent = run(bare.application, environ_for(method, "/"))
    assert sent.status == 299
    assert sent.body == (b"" if method == "HEAD" else b"x")


def test_a_request_without_a_method_is_not_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bare, "find", lambda path: ({"GET": broken}, ()))
    environ = environ_for("GET", "/")
    del environ["REQUEST_METHOD"]
    assert run(bare.application, environ).status == 405


# The response


BUILDERS = [
    ("text", "\u00e9", "text/plain; charset=utf-8", b"\xc3\xa9"),
    ("html", "<p>", "text/html; charset=utf-8", b"<p>"),
    ("json", None, "application/json", b"null\n"),
]


@pytest.mark.parametrize("builder, content, content_type, body", BUILDERS)
def test_a_response_is_complete(builder: str, content: Any, content_type: str, body: bytes) -> None:
    made = getattr(response, builder)(content)
    length = ("Content-Length", str(len(body)))
    assert made == ("200 OK", [*response.ALWAYS, ("Content-Type", content_type), length], [body])


@pytest.mark.parametrize("builder, content, content_type, body", BUILDERS)
def test_a_response_can_have_another_status_and_more_headers(
    builder: str, content: Any, content_type: str, body: bytes
) -> None:
    made = getattr(response, builder)(content, status=201, headers=[("X-A", "1")])
    assert made[0] == "201 Created"
    assert made[1] == [*getattr(response, builder)(content)[1], ("X-A", "1")]


def test_a_response_can_have_any_media_type() -> None:
    status, headers, body = response.raw(b"\0", "image/png")
    assert (status, body) == ("200 OK", [b"\0"])
    assert headers[-2:] == [("Content-Type", "image/png"), ("Content-Length", "1")]


def test_json_can_have_a_media_type_of_its_own() -> None:
    headers = response.json(1, content_type="application/hal+json")[1]
    assert ("Content-Type", "application/hal+json") in headers


def test_a_response_without_a_body_has_its_length() -> None:
    status, headers, body = response.empty(201, headers=[("X-A", "1")])
    assert (status, body) == ("201 Created", [])
    assert headers[-2:] == [("Content-Length", "0"), ("X-A", "1")]


def test_json_is_written() -> None:
    value = {"a": [1, 1.5, None, True, "\u00e9"]}
    assert json.loads(response.json(value)[2][0]) == value


def test_browsers_guess_no_content_type() -> None:
    assert ("X-Content-Type-Options", "nosniff") in response.text("")[1]


@pytest.mark.parametrize("status", [204, 304])
def test_a_response_that_can_have_no_body_has_no_content_type(status: int) -> None:
    assert response.empty(status, headers=[("X", "a")])[1] == [*response.ALWAYS, ("X", "a")]
    line, headers, body = response.empty(status)
    assert (line[:4], headers, body) == (f"{status} ", response.ALWAYS, [])


def test_a_status_can_be_one_that_python_does_not_know() -> None:
    assert response.text("", status=299)[0] == "299 Unknown"
    assert response.text("", status=599)[0] == "599 Unknown"


@pytest.mark.parametrize("status", [0, 100, 199, 600, "200"])
def test_a_status_that_no_response_has_is_refused(status: Any) -> None:
    with pytest.raises(ValueError, match="status from 200 to 599"):
        response.text("", status=status)


@pytest.mark.parametrize("status", [204, 205, 304])
def test_a_body_with_a_status_that_allows_none_is_refused(status: int) -> None:
    with pytest.raises(ValueError, match=rf"write response.empty\({status}\)"):
        response.text("x", status=status)


def test_headers_are_sent() -> None:
    sent = response.text("", headers=[("X-A", "1"), ("x-a", "\u00e9 ~")])[1]
    assert sent[-2:] == [("X-A", "1"), ("x-a", "\u00e9 ~")]


@pytest.mark.parametrize(
    "name, value",
    [
        ("X", "a\r\nb"),
        ("X", "\0"),
        ("X", "\t"),
        ("X", "\x7f"),
        ("X", "\x9f"),
        ("X", "\u20ac"),
        ("X", 5),
        ("X:", "a"),
        ("X\nY", "a"),
        ("X-", "a"),
        ("", "a"),
        ("1", "a"),
        ("Content-Type", "text/html"),
        ("content-length", "1"),
        ("Transfer-Encoding", "chunked"),
        ("Connection", "close"),
        ("Trailer", "X"),
        ("Status", "200"),
    ],
)
def test_a_header_that_cannot_be_sent_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match="header"):
        response.text("", headers=[(name, value)])
    with pytest.raises(ValueError, match="header"):
        response.empty(headers=[(name, value)])


@pytest.mark.parametrize("content_type", ["text/html\r\nX: y", "text/\u20ac", ""])
def test_a_content_type_that_cannot_be_sent_is_refused(content_type: str) -> None:
    with pytest.raises(ValueError, match="invalid content type"):
        response.raw(b"", content_type)


@pytest.mark.parametrize("content", ["x", None, [b"x"]])
def test_content_that_is_not_bytes_is_refused(content: Any) -> None:
    with pytest.raises(TypeError, match=f"must be bytes, not {type(content).__name__}"):
        response.raw(content, "text/plain")


def test_a_length_that_is_unknown_is_not_announced() -> None:
    body = iter([b"a"])
    described = [*response.ALWAYS, ("Content-Type", "text/css")]
    assert response.build(body, "text/css", -1, 200, ()) == ("200 OK", described, body)


def test_text_can_contain_a_lone_surrogate() -> None:
    assert response.text("\ud800")[2] == [b"?"]
    assert response.html("\ud800")[2] == [b"?"]
    assert response.json("\ud800")[2] == [b'"\\ud800"\n']


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_json_does_not_have_is_refused(value: float) -> None:
    with pytest.raises(ValueError):
        response.json(value)


@pytest.mark.parametrize(
    "location, sent",
    [
        ("/notes?a=1#b", "/notes?a=1#b"),
        ("/caf\u00e9 \r\n%41", "/caf%C3%A9%20%0D%0A%41"),
        ("//evil.example/a", "/evil.example/a"),
        ("https://example.org", "https://example.org"),
    ],
)
def test_a_redirect_stays_on_the_site_unless_it_is_a_full_url(location: str, sent: str) -> None:
    status, headers, body = response.redirect(location, headers=[("X-A", "1")])
    assert status == "303 See Other"
    assert headers[-2:] == [("Location", sent), ("X-A", "1")]
    assert body == [f"See {sent}\n".encode()]


def test_a_redirect_can_have_another_status() -> None:
    assert response.redirect("/", status=301)[0] == "301 Moved Permanently"


def test_a_page_escapes_its_texts() -> None:
    page = response.page("<my-title>", '<my-text class="x">')
    assert "&lt;my-title&gt;" in page
    assert "<my-title>" not in page
    assert '&lt;my-text class="x"&gt;' in page
    assert "<my-text" not in page


# Errors


def test_an_error_has_the_status_and_the_headers_that_it_was_raised_with(send: Send) -> None:
    def handler(environ: Any) -> Any:
        raise HTTPError(409, "Taken.", [("Retry-After", "1")])

    sent = send(handler)
    assert sent.status == 409
    assert sent.headers["Retry-After"] == "1"
    assert "Taken." in sent.text


def problem(accept: str) -> Any:
    environ = environ_for("GET", "/", accept=accept)
    return response.problem(environ, HTTPError(404, "<b>", [("X-A", "1")]))


@pytest.mark.parametrize("accept", [PROBLEM, "text/html", "text/plain", "image/png"])
def test_an_error_depends_on_what_the_client_accepts(accept: str) -> None:
    status, headers, body = problem(accept)
    assert status == "404 Not Found"
    assert headers[-2:] == [*response.VARY, ("X-A", "1")]


def test_an_error_is_problem_details() -> None:
    status, headers, body = problem(PROBLEM)
    assert ("Content-Type", PROBLEM) in headers
    assert json.loads(body[0]) == {"title": "Not Found", "status": 404, "detail": "<b>"}


def test_an_error_is_a_page_for_browsers() -> None:
    status, headers, body = problem("text/html")
    assert ("Content-Type", "text/html; charset=utf-8") in headers
    assert body[0].decode() == response.page("404 Not Found", "<b>")


def test_an_error_is_text() -> None:
    status, headers, body = problem("text/plain")
    assert ("Content-Type", "text/plain; charset=utf-8") in headers
    assert body == [b"404 Not Found\n<b>\n"]


def test_an_error_has_the_first_type_if_the_client_accepts_none() -> None:
    assert problem("image/png") == problem(PROBLEM)


def test_an_error_can_have_any_status_from_400_to_599() -> None:
    assert (HTTPError(400).status, HTTPError(499).status, HTTPError(599).status) == (400, 499, 599)
    for status in (399, 600):
        with pytest.raises(ValueError, match="from 400 to 599"):
            HTTPError(status)


def test_an_error_needs_no_detail() -> None:
    assert HTTPError(404).detail == ""


def broken(environ: Any) -> Any:
    """Fail, with a text that no log can encode."""
    raise RuntimeError("secret \ud800")


def test_an_unexpected_error_is_not_shown(send: Send) -> None:
    sent = send(broken)
    assert sent.status == 500
    assert "secret" not in sent.text


@pytest.fixture
def logger(monkeypatch: pytest.MonkeyPatch) -> logging.Logger:
    """Return the package's logger, as it is before anything is configured."""
    logger = logging.getLogger(PACKAGE)
    monkeypatch.setattr(logger, "handlers", [])
    monkeypatch.setattr(logger, "propagate", True)
    return logger


def test_each_unexpected_error_is_logged_once(
    send: Send, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    send(broken)
    send(broken)
    assert [record.getMessage() for record in caplog.records] == ["GET /", "GET /"]
    assert "secret" in caplog.text


def test_a_log_record_has_the_request_id(
    monkeypatch: pytest.MonkeyPatch, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(bare, "find", lambda path: ({"GET": broken}, ()))
    for headers in ({}, {"x_request_id": "a-1"}):
        run(bare.application, environ_for("GET", "/", **headers))
    assert [vars(record)["request_id"] for record in caplog.records] == ["", "a-1"]


@pytest.fixture
def fail(monkeypatch: pytest.MonkeyPatch, logger: logging.Logger) -> Callable[[StringIO], None]:
    """Fail, with a log of the server's and no handler of `logging` above the package."""

    def fail(log: StringIO) -> None:
        monkeypatch.setattr(logging.getLogger(), "handlers", [])
        monkeypatch.setattr(bare, "find", lambda path: ({"GET": broken}, ()))
        environ = environ_for("GET", "/%0A") | {"wsgi.errors": log}
        assert run(bare.application, environ).status == 500

    return fail


def test_an_unexpected_error_is_in_the_log_of_the_server(fail: Any) -> None:
    log = StringIO()
    fail(log)
    moment = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}[+-][0-9]{4}"
    assert re.match(moment + r" GET /\\n\nTraceback", log.getvalue())
    assert log.getvalue().endswith("RuntimeError: secret \\ud800\n")


def test_the_log_of_the_server_is_empty_if_there_is_another(
    fail: Any, logger: logging.Logger
) -> None:
    log = StringIO()
    logger.addHandler(logging.NullHandler())
    fail(log)
    assert log.getvalue() == ""


def test_the_log_of_the_server_is_flushed(fail: Any) -> None:
    flushed = []

    class Log(StringIO):
        def flush(self) -> None:
            flushed.append(True)

    fail(Log())
    assert flushed


def test_a_log_that_cannot_be_written_changes_no_response(fail: Any) -> None:
    class Log(StringIO):
        def write(self, text: str) -> int:
            raise OSError

    fail(Log())


@pytest.mark.parametrize(
    "made",
    [
        "abc",
        b"abc",
        None,
        {"a": 1, "b": 2, "c": 3},
        ("a", 201),
        (200, [], [b""]),
        ("200", [], [b""]),
        ("200OK", [], [b""]),
        ("200 OK", {}, [b""]),
        ("200 OK", [("X", "a"), ("Y", 5)], [b""]),
        ("200 OK", [["X", "a"]], [b""]),
        ("200 OK", [("X",)], [b""]),
        ("200 OK", [("X", "a\r\nSet-Cookie: b=1")], [b""]),
        ("200 OK", [5], [b""]),
        ("200 OK", [], [b"a", "text"]),
        ("200 OK", [], "text"),
        ("200 OK", [], b"text"),
        ("x" * 300, [], []),
    ],
)
def test_a_handler_that_returns_no_response_is_named(
    send: Send, logger: logging.Logger, caplog: pytest.LogCaptureFixture, made: Any
) -> None:
    def list_notes(environ: Any) -> Any:
        return made

    assert send(list_notes).status == 500
    assert f"{__name__}.test_a_handler" in caplog.text
    assert f".list_notes returned {made!r:.200}: write response.text('Hello')" in caplog.text
    assert caplog.text.isascii()


@pytest.mark.parametrize("body", [[b"a", b"b"], iter([b"ab"]), BytesIO(b"ab")])
def test_a_response_made_by_hand_is_sent(send: Send, body: Any) -> None:
    sent = send(lambda environ: ("299 Odd", [("X-A", "1")], body))
    assert (sent.status, sent.headers["X-A"], sent.body) == (299, "1", b"ab")


def test_a_handler_without_a_name_is_shown(
    send: Send, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    def list_notes(rows: Any, environ: Any) -> Any:
        return rows

    assert send(partial(list_notes, "rows")).status == 500
    assert "partial(" in caplog.text
    assert "returned 'rows'" in caplog.text


# The rules for kinds of fault: the same bytes give the same result, however they are cut


class Cut(BytesIO):
    """A body that arrives in pieces of the sizes given, and then in single bytes."""

    def __init__(self, content: bytes, sizes: list[int]) -> None:
        super().__init__(content)
        self.sizes = sizes

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None and size >= 0
        return super().read(min(size, self.sizes.pop(0) if self.sizes else 1))


READERS = [
    ("body", "image/png", b"\x00\xff\r\n"),
    ("text", "text/plain", "caf\u00e9 \U0001f600".encode()),
    ("json", JSON, '{"caf\u00e9": ["\\\\\\"[", 1.5e3]}'.encode()),
    ("form", FORM, b"a=1&a=%C3%A9+2&b="),
]


@pytest.mark.parametrize("reader, content_type, content", READERS)
@pytest.mark.parametrize("ends", [False, True])
def test_a_body_is_the_same_however_it_is_cut(
    reader: str, content_type: str, content: bytes, ends: bool
) -> None:
    def read(sizes: list[int]) -> object:
        environ = environ_for("POST", "/", content_type=content_type)
        environ |= {"wsgi.input": Cut(content, sizes)}
        if ends:
            environ |= {"HTTP_TRANSFER_ENCODING": "Chunked", "wsgi.input_terminated": True}
        else:
            environ |= {"CONTENT_LENGTH": str(len(content))}
        return getattr(request, reader)(environ)

    whole = read([len(content)])
    assert read([]) == whole
    for cut in range(1, len(content)):
        assert read([cut, len(content)]) == whole


@pytest.mark.parametrize("around", [-2, -1, 0, 1, 2, 65_536])
def test_a_body_around_the_size_of_a_chunk_is_read(around: int) -> None:
    content = bytes(65_536 + around)
    assert request.body(environ_for("POST", "/", content)) == content


# What a client sends is never kept and never repeated


@pytest.mark.parametrize(
    "reader, body",
    [
        ("json", b"1e" + b"9" * 1_000_000),
        ("json", b"-" + b"9" * 1_000_000),
        ("json", b'{"' + b"x" * 1_000_000),
        ("json", b"Infinity" + b"x" * 1_000_000),
    ],
)
def test_a_detail_repeats_little_of_a_body(reader: str, body: bytes) -> None:
    with refused(400) as caught:
        getattr(request, reader)(environ_for("POST", "/", body, content_type=JSON))
    assert len(caught.value.detail) < 200


def test_a_log_repeats_little_of_a_request(
    send: Send, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    environ = environ_for("GET", "/" + "x" * 1_000, x_request_id="y" * 1_000)
    monkeypatch = pytest.MonkeyPatch()
    with monkeypatch.context() as patch:
        patch.setattr(bare, "find", lambda path: ({"GET": broken}, ()))
        run(bare.application, environ)
    [record] = caplog.records
    assert len(record.getMessage()) == 201
    assert len(vars(record)["request_id"]) == 100


def test_nothing_of_a_request_is_cached() -> None:
    cached = [
        f"{part.__name__}.{name}"
        for part in (bare, request, response, module("errors"), module("routes"))
        for name, thing in vars(part).items()
        if hasattr(thing, "cache_info")
    ]
    assert cached == []


# An early response arrives


def unread(body: BytesIO, **headers: Any) -> dict[str, Any]:
    """Return an environ with a body that nobody has read."""
    length = str(len(body.getvalue()))
    return {
        **environ_for("POST", "/nowhere"),
        "CONTENT_LENGTH": length,
        "wsgi.input": body,
        **headers,
    }


def test_an_unread_body_is_dropped_before_a_response() -> None:
    stream = BytesIO(b"x" * 900_000)
    assert run(bare.application, unread(stream)).status in (404, 405)
    assert stream.tell() == 900_000


def test_a_handler_can_read_a_part_and_the_rest_is_dropped(send: Send) -> None:
    stream = BytesIO(b"x" * 200_000)
    seen = []

    def handler(environ: Any) -> Any:
        seen.append(environ["wsgi.input"].read(10))
        seen.append(environ["wsgi.input"].readline(5))
        return response.empty()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bare, "find", lambda path: ({"POST": handler}, ()))
        assert run(bare.application, unread(stream)).status == 204
    assert seen == [b"x" * 10, b"x" * 5]
    assert stream.tell() == 200_000


def test_a_body_of_ones_own_can_read_the_request_while_it_is_sent(send: Send) -> None:
    def handler(environ: Any) -> Any:
        return "200 OK", [("Content-Type", "text/css")], request.chunks(environ)

    assert send(handler, "POST", b"x" * 200_000).body == b"x" * 200_000


def test_the_body_of_a_head_is_closed(send: Send) -> None:
    source = BytesIO(b"a")
    made = ("200 OK", [("Content-Type", "text/css")], source)
    assert send(lambda environ: made, "HEAD").body == b""
    assert source.closed


@pytest.mark.parametrize("method, path", [("HEAD", "/"), ("OPTIONS", "/"), ("OPTIONS", "*")])
def test_wsgiref_announces_no_length_of_its_own(method: str, path: str) -> None:
    """It announces a length of 0 for an empty list, also with a 204 (RFC 9110, section 8.6)."""
    sent, environ = BytesIO(), environ_for(method, path)
    SimpleHandler(environ["wsgi.input"], sent, environ["wsgi.errors"], environ).run(
        bare.application
    )
    assert sent.getvalue().endswith(b"\r\n\r\n")
    assert b"Content-Length: 0" not in sent.getvalue()


def test_a_client_that_waits_is_not_asked_for_its_body() -> None:
    stream = BytesIO(b"x" * 10)
    run(bare.application, unread(stream, HTTP_EXPECT="100-continue"))
    assert stream.tell() == 0


def test_dropping_ends_at_its_limit() -> None:
    stream = BytesIO(bytes(request.DROP_LIMIT + 1_000_000))
    request.drop(unread(stream))
    assert request.DROP_LIMIT <= stream.tell() < request.DROP_LIMIT + 65_536


def test_dropping_ends_after_its_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 1_000, 4))
    monkeypatch.setattr(request, "monotonic", lambda: next(clock))
    stream = BytesIO(bytes(request.DROP_LIMIT))
    request.drop(unread(stream))
    assert stream.tell() == 2 * 65_536


def test_a_body_that_breaks_off_while_it_is_dropped_changes_no_response() -> None:
    environ = unread(BytesIO(b"x")) | {"wsgi.input": BufferedIOBase()}
    assert run(bare.application, environ).status in (404, 405)


@pytest.mark.parametrize("coding", ["gzip, chunked", "gzip", "identity"])
def test_a_transfer_coding_but_chunked_is_refused(coding: str) -> None:
    environ = environ_for("POST", "/", transfer_encoding=coding) | {"wsgi.input_terminated": True}
    assert run(bare.application, environ).status == 411


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf8"', "us-ascii", "utf-8; a=b"])
def test_a_charset_that_is_read_is_accepted(charset: str) -> None:
    environ = environ_for("POST", "/", b"a", content_type=f"text/plain; charset={charset}")
    assert request.text(environ) == "a"


@pytest.mark.parametrize(
    "reader, media_type", [("text", "text/plain"), ("form", FORM), ("json", JSON)]
)
def test_another_charset_is_refused(reader: str, media_type: str) -> None:
    environ = environ_for("POST", "/", b"a", content_type=f"{media_type}; charset=iso-8859-1")
    with refused(415):
        getattr(request, reader)(environ)


def test_json_with_a_byte_order_mark_is_refused() -> None:
    """RFC 8259, section 8.1: it must not be sent."""
    with refused(400):
        request.json(environ_for("POST", "/", b"\xef\xbb\xbf{}", content_type=JSON))


# The owner's logging is the owner's


def test_a_logger_that_was_disabled_loses_no_traceback(fail: Any) -> None:
    """`logging.config.dictConfig` disables the loggers that are there, unless told otherwise."""
    errors = logging.getLogger(f"{PACKAGE}.errors")
    logging.getLogger(PACKAGE).addHandler(logging.NullHandler())
    errors.disabled = True
    try:
        log = StringIO()
        fail(log)
    finally:
        errors.disabled = False
    assert "RuntimeError: secret" in log.getvalue()


def test_no_handler_of_the_owner_is_replaced(fail: Any) -> None:
    errors = logging.getLogger(f"{PACKAGE}.errors")
    own = logging.NullHandler()
    before = [*errors.handlers, own]
    errors.addHandler(own)
    try:
        fail(StringIO())
        assert errors.handlers == before
    finally:
        errors.removeHandler(own)


def test_a_handler_of_this_logger_alone_is_enough(fail: Any) -> None:
    errors, log, own = logging.getLogger(f"{PACKAGE}.errors"), StringIO(), StringIO()
    handler = logging.StreamHandler(own)
    errors.addHandler(handler)
    try:
        fail(log)
    finally:
        errors.removeHandler(handler)
    assert own.getvalue().count("RuntimeError: secret") == 1
    assert log.getvalue() == ""


def test_the_log_of_the_server_does_not_repeat_a_body(
    monkeypatch: pytest.MonkeyPatch, logger: logging.Logger
) -> None:
    def handler(environ: Any) -> Any:
        raise KeyError("x" * 1_000_000)

    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setattr(bare, "find", lambda path: ({"GET": handler}, ()))
    log = StringIO()
    run(bare.application, environ_for("GET", "/") | {"wsgi.errors": log})
    assert "\nKeyError: 'xxx" in log.getvalue()
    assert len(log.getvalue()) < 5_000


def test_a_line_has_the_request_id_and_the_time(
    monkeypatch: pytest.MonkeyPatch, logger: logging.Logger
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setattr(bare, "find", lambda path: ({"GET": broken}, ()))
    log = StringIO()
    run(bare.application, environ_for("GET", "/", x_request_id="a-1") | {"wsgi.errors": log})
    assert " GET / a-1\n" in log.getvalue()


# The members of a problem


def test_an_error_can_have_more_members(send: Send) -> None:
    def handler(environ: Any) -> Any:
        raise HTTPError(422, "Wrong.", more={"errors": [{"field": "title"}]})

    assert send(handler).json() == {
        "title": "Unprocessable Entity" if sys.version_info < (3, 13) else "Unprocessable Content",
        "status": 422,
        "detail": "Wrong.",
        "errors": [{"field": "title"}],
    }


def test_a_member_can_replace_what_is_sent_by_default(send: Send) -> None:
    def handler(environ: Any) -> Any:
        raise HTTPError(403, more={"type": "/errors/quota", "title": "Over the quota"})

    got = send(handler).json()
    assert (got["type"], got["title"], got["status"]) == ("/errors/quota", "Over the quota", 403)


@pytest.mark.parametrize(
    "location", ["//evil", "///evil", "/\\evil", "\\\\evil", "//\\evil", "/\t/evil"]
)
def test_a_browser_stays_on_the_site_after_a_redirect(location: str) -> None:
    """Browsers read a backslash as a slash, and leave out tabs."""
    target = dict(response.redirect(location)[1])["Location"]
    assert not target.startswith(("//", "/\\"))
    assert "\\" not in target and "\t" not in target


# The development server


@pytest.fixture(autouse=True)
def no_server_that_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server has no arguments of pytest's, and Ctrl+C at once unless `serve` starts it."""

    def interrupted(self: Any, poll: float = 0.5) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sys, "argv", ["sample"])
    monkeypatch.setattr(BaseServer, "serve_forever", interrupted)


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., int]]:
    """Return a function that runs the development server, and returns its port."""
    started: list[Any] = []
    threads: list[threading.Thread] = []

    def serve(application: Any, host: str = "127.0.0.1") -> int:
        ready = threading.Event()

        def forever(self: Any, poll: float = 0.01) -> None:
            started.append(self)
            ready.set()
            serve_forever(self, 0.01)

        monkeypatch.setattr(server, "application", application)
        monkeypatch.setattr(server.Server, "serve_forever", forever)
        monkeypatch.setenv("HOST", host)
        monkeypatch.setenv("PORT", "0")
        thread = threading.Thread(target=server.main, daemon=True)
        threads.append(thread)
        thread.start()
        assert ready.wait(10)
        port: int = started[-1].server_port
        return port

    yield serve
    for one, thread in zip(started, threads, strict=True):
        one.shutdown()
        thread.join(10)  # it prints a line at its end


def ask(port: int, method: str, target: str, host: str = "127.0.0.1", **headers: str) -> Any:
    connection = HTTPConnection(host, port, timeout=10)
    connection.request(method, target, headers=headers)
    answer = connection.getresponse()
    return answer.status, dict(answer.getheaders()), answer.read(), connection.close()


def test_the_development_server_answers_while_another_connection_is_open(serve: Any) -> None:
    port = serve(bare.application)
    with socket.create_connection(("127.0.0.1", port)):
        assert ask(port, "OPTIONS", "*")[0] == 204


def test_the_development_server_takes_sixty_connections_at_once(serve: Any) -> None:
    port = serve(bare.application)
    waiting = [socket.create_connection(("127.0.0.1", port), timeout=0.9) for _ in range(60)]
    for one in waiting:
        one.close()
    assert server.Server.request_queue_size >= 60


@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_the_development_server_listens_on_ipv6(serve: Any, host: str) -> None:
    if socket.has_ipv6:
        port = serve(bare.application, host)
        assert ask(port, "OPTIONS", "*", "::1")[0] == 204


def test_the_development_server_says_that_it_has_threads(serve: Any) -> None:
    seen: list[Any] = []

    def application(environ: Any, start_response: Any) -> Any:
        seen.append(environ["wsgi.multithread"])
        start_response("204 No Content", [])
        return []

    ask(serve(application), "GET", "/")
    assert seen == [True]
    assert server.Server.daemon_threads


@pytest.mark.parametrize(
    "started, body, wrong",
    [
        ((200, []), [b""], "Status"),
        (("200 OK", [("Content-Type", "a/b"), ("X-Count", 5)]), [b""], "Header"),
        (("200 OK", [("Content-Type", "a/b")]), ["Hello"], "Iterator"),
        (("200 OK", [("Content-Type", "a/b")]), b"Hello", "string"),
    ],
)
def test_the_development_server_names_the_mistakes_of_the_tutorial(
    serve: Any, capfd: Any, started: Any, body: Any, wrong: str
) -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response(*started)
        return body

    assert ask(serve(application), "GET", "/")[0] == 500
    error = capfd.readouterr().err
    assert "AssertionError" in error
    assert wrong in error


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("target", ["/", "http://localhost/"])
def test_the_development_server_sends_a_stream(
    serve: Any, monkeypatch: pytest.MonkeyPatch, method: str, target: str
) -> None:
    made = ("200 OK", [("Content-Type", "text/css")], iter([b"a", b"b"]))
    monkeypatch.setattr(bare, "find", lambda path: ({"GET": lambda environ: made}, ()))
    status, headers, body, _ = ask(serve(bare.application), method, target)
    assert status == 200
    assert "Content-Length" not in headers
    assert body == (b"ab" if method == "GET" else b"")


@pytest.mark.parametrize(
    "name, value", [("PORT", "99999"), ("PORT", "x"), ("PORT", "-1"), ("HOST", "256.0.0.1")]
)
def test_an_address_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv("HOST", "127.0.0.1")
    monkeypatch.setenv("PORT", "0")
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit, match=f"cannot use HOST=.*{value}") as caught:
        server.main()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("arguments", [["99999"], ["--port", "9000"], ["127.0.0.1:9000"]])
def test_an_argument_is_a_port(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    monkeypatch.setenv("PORT", "0")
    monkeypatch.setattr(sys, "argv", ["sample", *arguments])
    with pytest.raises(SystemExit, match=f"cannot use HOST=.* PORT={' '.join(arguments)}: "):
        server.main()


def test_a_port_in_use_is_named(monkeypatch: pytest.MonkeyPatch, serve: Any) -> None:
    port = serve(bare.application)
    monkeypatch.setenv("PORT", str(port))
    with pytest.raises(SystemExit, match=f"PORT={port}"):
        server.main()


def test_the_package_is_a_command(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    for name in ("HOST", "PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PORT", "0")
    monkeypatch.delitem(sys.modules, f"{PACKAGE}.__main__")
    runpy.run_module(PACKAGE, run_name="__main__")
    assert re.fullmatch(
        r"http://127\.0\.0\.1:[0-9]+/ \(Ctrl\+C stops\)\n\n", capsys.readouterr().out
    )


def test_a_worker_that_ends_is_not_kept(send: Send) -> None:
    """gunicorn raises SystemExit in the middle of a request that takes too long."""

    def handler(environ: Any) -> Any:
        raise SystemExit(1)

    with pytest.raises(SystemExit):
        send(handler)


def test_the_standard_library_can_read_the_body_as_a_file(send: Send) -> None:
    def handler(environ: Any) -> Any:
        lines = TextIOWrapper(BufferedReader(environ["wsgi.input"]), "utf-8")
        return response.json([line.strip() for line in lines])

    assert send(handler, "POST", b"a\nb\n").json() == ["a", "b"]


@pytest.mark.parametrize(
    "read",
    [
        lambda stream: stream.read(),
        lambda stream: stream.read(None),
        lambda stream: b"".join(stream.readlines()),
        lambda stream: "".join(TextIOWrapper(stream, "utf-8")).encode(),
    ],
)
def test_a_whole_body_is_read_as_a_file(read: Any) -> None:
    class Slow(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(1000)

    lines = b"0123456789\n" * 10_000
    stream = request.reader(environ_for("POST", "/", lines) | {"wsgi.input": Slow(lines)})
    assert read(stream) == lines
    assert stream.read() == stream.read(5) == b""


def test_a_read_of_nothing_does_not_end_the_body(send: Send) -> None:
    def handler(environ: Any) -> Any:
        return response.raw(environ["wsgi.input"].read(0) + request.body(environ), "text/plain")

    assert send(handler, "POST", b"abc").body == b"abc"


@pytest.mark.parametrize(
    "url, path, query",
    [
        ("/q?q=\u00e9", "/q", {"q": ["\u00e9"]}),
        ("/q?q=%C3%A9", "/q", {"q": ["\u00e9"]}),
        ("/q?q=?b", "/q", {"q": ["?b"]}),
        ("/\u00e9?q", "/\u00e9", {"q": [""]}),
        ("/%C3%A9", "/\u00e9", {}),
        ("/a%2Fb%3Fc%23d", "/a/b?c#d", {}),
        ("/q?q=1#q=2", "/q", {"q": ["1"]}),
        ("/q#?q=1", "/q", {}),
    ],
)
def test_the_client_sends_a_url_as_a_server_passes_it_on(
    url: str, path: str, query: dict[str, list[str]]
) -> None:
    """The environ holds bytes in latin-1 (PEP 3333), and a fragment is never sent."""
    environ = environ_for("GET", url)
    assert (environ["PATH_INFO"] + environ["QUERY_STRING"]).encode("latin-1")
    assert (request.path(environ), request.query(environ)) == (path, query)
