"""What request.py, response.py, errors.py and bare.py promise to handlers."""

from io import BytesIO
from json import loads
from logging import Logger
from typing import Any
from unittest.mock import Mock, patch

import pytest
from client import environ_for, module, run

bare, request, response = module("bare"), module("request"), module("response")
HTTPError = module("errors").HTTPError
TEXT, JSON = {"CONTENT_TYPE": "text/plain"}, {"CONTENT_TYPE": "application/json"}
FORM = {"CONTENT_TYPE": "application/x-www-form-urlencoded"}
CHUNKED = {"HTTP_TRANSFER_ENCODING": "Chunked", "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
DEEP = b'{"":' * (request.DEPTH_LIMIT - 1) + b'["\\"[{", "\\\\"]' + b"}" * (request.DEPTH_LIMIT - 1)


@pytest.fixture
def send(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Send a request to a handler of the test's own, which every path leads to."""

    def send(handler: Any, method: str = "GET", url: str = "/", **headers: str) -> Any:
        monkeypatch.setattr(bare, "find", lambda path: ({"GET": handler}, ()))
        return run(bare.application, environ_for(method, url, **headers))

    return send


def test_the_path_is_text() -> None:
    assert request.path({"PATH_INFO": "/caf\xc3\xa9"}) == "/caf\u00e9"
    assert request.path({"PATH_INFO": "HTTP://localhost/notes"}) == "/notes"
    assert request.path({"PATH_INFO": "x://localhost/notes"}) == "x://localhost/notes"


def test_a_path_begins_with_a_slash(send: Any) -> None:
    assert "404" in send(Mock(), url="x/").text
    assert send(Mock(), "OPTIONS", url="*").status == 204
    assert send(Mock(), url="*").status == 404


def test_headers_and_the_query_are_read() -> None:
    environ = environ_for("GET", "/?a=1&a=%C3%A9+%2B&b=", x_a="a b")
    environ |= {"CONTENT_LENGTH": "3", "HTTP_EMPTY": ""}
    assert request.header(environ, "X-A") == request.header(environ, "x-a") == "a b"
    assert request.header(environ, "Content-Length") == "3"
    assert request.header(environ, "Empty", "default") == "default"
    assert request.query(environ) == {"a": ["1", "\u00e9 +"], "b": [""]}
    assert request.query({}) == {}
    assert request.first(request.query(environ), "a") == "1"
    assert request.first(request.query(environ), "b", "default") == ""


@pytest.mark.parametrize(
    "accept, best",
    [
        (",", "Text/HTML"),
        ("text/csv;\tq=0.5, text/html;q=0.4", "text/csv"),
        ("text/csv;q=2, text/html;q=0.1", "Text/HTML"),
        ("text/html;level=1, text/html;q=0.3, text/csv; charset=utf-8;q=0.5", "text/csv"),
        ("*/*, text/html;q=0", "text/csv"),
        ("image/png", "406"),
    ],
)
def test_the_client_chooses_the_type(send: Any, accept: str, best: str) -> None:
    offers = ["Text/HTML", "text/csv"]
    sent = send(lambda e: response.text(request.best_match(e, offers)), accept=accept)
    assert best in (sent.text, str(sent.status))
    assert sent.status == 200 or "Text/HTML, text/csv" in sent.text


@pytest.mark.parametrize(
    "read, body, environ, value",
    [
        (request.form, b"a=1&a=2", FORM, {"a": ["1", "2"]}),
        (request.form, b"&" * (request.FIELD_LIMIT - 2) + b"a&a", FORM, {"a": ["", ""]}),
        (request.json, b'{"a": [1.5, null]}', {"CONTENT_TYPE": "a/b+json"}, {"a": [1.5, None]}),
        (request.json, DEEP, JSON, loads(DEEP)),
        (request.text, b"\xc3\xa9", {"CONTENT_TYPE": "Text/Plain;charset=US-ASCII;a=b"}, "\u00e9"),
        (lambda e: b"".join(request.chunks(e, limit=3)), b"abc", TEXT, b"abc"),
        (request.body, b"a", CHUNKED, b"a"),
        (lambda e: request.reader(e).read(None), b"a" * 70_000, TEXT, b"a" * 70_000),
    ],
)
def test_a_body_is_read(read: Any, body: bytes, environ: Any, value: object) -> None:
    assert read(environ_for("POST", "/", body) | environ) == value


@pytest.mark.parametrize(
    "read, body, environ, status",
    [
        (request.json, b'{"a": NaN}', JSON, 400),
        (request.json, b"-1e" + b"9" * 1_000, JSON, 400),
        (request.json, b'{"":' + DEEP + b"}", JSON, 400),
        (request.text, b"\xff", TEXT, 400),
        (request.text, b"a", JSON, 415),
        (request.json, b"{}", TEXT, 415),
        (request.form, b"a" + b"&a" * request.FIELD_LIMIT, FORM, 400),
        (request.form, b"a=%ff", FORM, 400),
        (request.form, b"a=1", TEXT, 415),
        (request.text, b"a", {"CONTENT_TYPE": "text/plain; charset=latin-1"}, 415),
        (request.body, b"a", {"HTTP_CONTENT_ENCODING": "br"}, 415),
        (request.body, b"a", {"CONTENT_LENGTH": "2"}, 400),
        (request.body, b"a", {"CONTENT_LENGTH": "+1"}, 400),
        (request.body, b"a", {"CONTENT_LENGTH": "\u0661"}, 400),
        (request.body, b"a", {"CONTENT_LENGTH": f"{request.BODY_LIMIT + 1}"}, 413),
        (request.body, b"a", {"CONTENT_LENGTH": "9" * 5_000}, 413),
        (lambda e: b"".join(request.chunks(e, limit=3)), b"abcd", CHUNKED, 413),
        (request.body, b"a", {"HTTP_TRANSFER_ENCODING": "chunked"}, 411),
        (request.body, b"a", CHUNKED | {"HTTP_TRANSFER_ENCODING": "gzip, chunked"}, 411),
        (request.body, b"a", {"wsgi.input": "broken"}, 400),
    ],
)
def test_a_bad_body_is_refused(read: Any, body: bytes, environ: Any, status: int) -> None:
    with pytest.raises(HTTPError) as caught:
        read(environ_for("POST", "/", body) | environ)
    assert caught.value.status == status
    assert 0 < len(caught.value.detail) < 100


@pytest.mark.parametrize("headers, read", [({}, 2), ({"expect": "100-continue"}, 0)])
def test_a_body_that_no_handler_reads_is_dropped(headers: dict[str, str], read: int) -> None:
    """Else a server could reset the connection, and the response would be lost."""
    environ = environ_for("BREW", "/", b"abc", content_length="2", **headers)
    stream = environ["wsgi.input"]
    assert run(bare.application, environ).status in (404, 405)
    assert stream.tell() == read


@pytest.mark.parametrize(
    "build, content_type, body",
    [
        (lambda: response.text("\u00e9\ud800"), "text/plain; charset=utf-8", b"\xc3\xa9?"),
        (lambda: response.html("<p>"), "text/html; charset=utf-8", b"<p>"),
        (lambda: response.json([None]), "application/json", b"[null]\n"),
        (lambda: response.raw(b"\0", "image/png"), "image/png", b"\0"),
    ],
)
def test_a_response_is_complete(build: Any, content_type: str, body: bytes) -> None:
    status, headers, chunks = build()
    assert status == "200 OK"
    assert ("X-Content-Type-Options", "nosniff") in headers
    assert ("Content-Type", content_type) in headers
    assert ("Content-Length", str(len(body))) in headers
    assert b"".join(chunks) == body


def test_a_response_can_have_another_status_and_more_headers() -> None:
    status, headers, _ = response.json({}, status=201, headers=[("Location", "/notes/1")])
    assert (status, headers[-1]) == ("201 Created", ("Location", "/notes/1"))
    assert response.empty(headers=[("X", "a")])[1] == [*response.ALWAYS, ("X", "a")]
    assert response.empty() == ("204 No Content", response.ALWAYS, [])
    assert response.empty(299)[0] == "299 Unknown"
    assert response.empty(201)[1][-1] == ("Content-Length", "0")
    status, headers, _ = response.redirect("/", status=308, headers=[("X", "a")])
    assert (status, headers[-1]) == ("308 Permanent Redirect", ("X", "a"))


@pytest.mark.parametrize(
    "name, value",
    [("X", "a\r\nb"), ("X", "\t"), ("X", 5), ("X Y", "a"), ("Content-Length", "1"), ("TE", "a")],
)
def test_a_header_that_cannot_be_sent_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"header '?{name}"):
        response.text("", headers=[(name, value)])


@pytest.mark.parametrize("status", [199, 204, 205, 304, 600])
def test_a_status_that_allows_no_body_is_refused(status: int) -> None:
    with pytest.raises(ValueError, match="status|response.empty"):
        response.text("a", status=status)


def test_a_redirect_leads_to_no_other_site() -> None:
    for location, sent in [("/a?b#%41", "/a?b#%41"), ("///evil", "/evil"), ("/\\\n", "/%5C%0A")]:
        status, headers, _ = response.redirect(location)
        assert (status, headers[-1]) == ("303 See Other", ("Location", sent))


@pytest.mark.parametrize("method, body", [("GET", b"a\n"), ("HEAD", b"")])
def test_a_body_is_closed(send: Any, method: str, body: bytes) -> None:
    source = BytesIO(b"a\n")
    made = ("200 OK", [("Content-Type", "text/css")], source)
    assert send(lambda environ: made, method).body == body
    assert source.closed


@pytest.mark.parametrize("accept", response.PROBLEM_TYPES)
def test_an_error_is_sent_as_the_client_prefers(send: Any, accept: str) -> None:
    error = HTTPError(409, "<i>", [("Retry-After", "1")], {"errors": []})
    sent = send(Mock(side_effect=error), accept=accept)
    assert sent.status == 409
    assert (sent.headers["Retry-After"], sent.headers["Vary"]) == ("1", response.VARY[0][1])
    assert str(sent.headers["Content-Type"]).startswith(accept)
    assert "Conflict" in sent.text
    assert ("<i>" in sent.text) == (accept != "text/html")
    assert "<i>" not in response.page("<i>", "")
    if accept == "application/problem+json":
        assert sent.json() == {"title": "Conflict", "status": 409, "detail": "<i>", "errors": []}


def test_an_error_has_a_status_of_errors() -> None:
    assert HTTPError(400).detail == HTTPError(599).detail == ""
    with pytest.raises(ValueError, match="from 400 to 599"):
        HTTPError(399)


def test_an_unexpected_error_is_logged_and_not_shown(send: Any, caplog: Any, capsys: Any) -> None:
    error = Mock(side_effect=RuntimeError("secret"))
    sent = send(error, url="/%0A" + "x" * 200, x_request_id="y" * 200)
    assert sent.status == 500
    assert "secret" not in sent.text
    [record] = caplog.records
    assert record.getMessage() == f"GET /\\n{'x' * 94} {'y' * 100}"
    assert record.request_id == "y" * 100
    assert "RuntimeError: secret" in caplog.text
    assert capsys.readouterr().err == ""
    with patch.object(Logger, "hasHandlers", return_value=False):  # then the server logs it
        send(error)
    assert " GET /\nTraceback" in capsys.readouterr().err


def test_what_cannot_be_sent_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        response.json(float("nan"))
    with pytest.raises(ValueError, match="content type"):
        response.raw(b"", "text/\u20ac")


def test_a_response_made_by_hand_is_sent(send: Any) -> None:
    made = ("200 OK", [("Content-Type", "text/plain")], [b"Hello"])
    assert send(lambda environ: made).body == b"Hello"
    for body in ("Hello", b"Hello"):
        assert send(Mock(return_value=(*made[:2], body))).status == 500
