"""What request.py, response.py, errors.py and bare.py promise to handlers."""

from io import BytesIO
from typing import Any
from unittest.mock import Mock

import pytest
from client import Response, environ_for, module, run

bare, request, response = module("bare"), module("request"), module("response")
HTTPError = module("errors").HTTPError
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
NESTED = b'{"a":' * request.DEPTH_LIMIT + b"{}" + b"}" * request.DEPTH_LIMIT


@pytest.fixture
def send(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Send a request to a handler of the test's own, which every path leads to."""

    def send(handler: Any, method: str = "GET", body: bytes = b"", **headers: str) -> Response:
        monkeypatch.setattr(bare, "find", lambda path: ({"GET": handler, "POST": handler}, ()))
        return run(bare.application, environ_for(method, "/", body, **headers))

    return send


def test_the_path_is_text() -> None:
    assert request.path({"PATH_INFO": "/caf\xc3\xa9"}) == "/caf\u00e9"
    assert request.path({"PATH_INFO": "HTTP://localhost/notes"}) == "/notes"


def test_headers_query_and_cookies_are_read() -> None:
    environ = environ_for("GET", "/?a=1&a=%C3%A9+%2B&b=", cookie='a=1,2; x; b="2"; a=3; c=\xa03')
    assert request.header(environ, "COOKIE").startswith("a=1")
    assert request.header(environ, "X-Missing", "default") == "default"
    assert request.query(environ) == {"a": ["1", "\u00e9 +"], "b": [""]}
    assert request.first(request.query(environ), "a") == "1"
    assert request.cookies(environ) == {"a": "1,2", "b": "2", "c": "\xa03"}


@pytest.mark.parametrize(
    "accept, best",
    [
        ("text/csv, text/html;q=0.9", "text/csv"),
        ("text/html;level=1, text/html;q=0.3, text/csv;q=0.5", "text/csv"),
        ("image/png", "406"),
    ],
)
def test_the_client_chooses_the_type(send: Any, accept: str, best: str) -> None:
    offers = ["text/html", "text/csv"]
    sent = send(lambda e: response.text(request.best_match(e, offers)), accept=accept)
    assert best in (sent.text, str(sent.status))


@pytest.mark.parametrize(
    "read, body, content_type, value",
    [
        (request.form, b"a=1&a=2", FORM, {"a": ["1", "2"]}),
        (request.json, b'{"a": [1.5, null]}', "application/hal+json", {"a": [1.5, None]}),
        (request.text, b"\xc3\xa9", "Text/Plain; charset=UTF-8", "\u00e9"),
        (request.body, b"\0" * 9, "image/png", bytes(9)),
    ],
)
def test_a_body_is_read(read: Any, body: bytes, content_type: str, value: object) -> None:
    assert read(environ_for("POST", "/", body, content_type=content_type)) == value


@pytest.mark.parametrize(
    "read, body, headers, status",
    [
        (request.json, b'{"a": NaN}', {"content_type": JSON}, 400),
        (request.json, b"[1e999]", {"content_type": JSON}, 400),
        (request.json, NESTED, {"content_type": JSON}, 400),
        (request.form, b"a&" * request.FIELD_LIMIT + b"a", {"content_type": FORM}, 400),
        (request.json, b"{}", {"content_type": "text/plain"}, 415),
        (request.text, b"\xff", {"content_type": "text/plain"}, 400),
        (request.text, b"a", {"content_type": "text/plain; charset=latin-1"}, 415),
        (request.body, b"a", {"content_encoding": "gzip"}, 415),
        (request.body, b"a", {"content_length": "2"}, 400),
        (request.body, b"a", {"content_length": f"{request.BODY_LIMIT + 1}"}, 413),
        (request.body, b"a", {"transfer_encoding": "chunked"}, 411),
    ],
)
def test_a_bad_body_is_refused(
    send: Any, read: Any, body: bytes, headers: dict[str, str], status: int
) -> None:
    assert send(lambda e: response.json(read(e)), "POST", body, **headers).status == status


def test_a_body_that_no_handler_reads_is_dropped() -> None:
    """Else a server could reset the connection, and the response would be lost."""
    environ = environ_for("BREW", "/", b"abc")
    stream = environ["wsgi.input"]
    assert run(bare.application, environ).status in (404, 405)
    assert stream.tell() == 3


@pytest.mark.parametrize(
    "made, content_type, body",
    [
        (response.text("\u00e9"), "text/plain; charset=utf-8", b"\xc3\xa9"),
        (response.html("<p>"), "text/html; charset=utf-8", b"<p>"),
        (response.json([None]), JSON, b"[null]\n"),
        (response.raw(b"\0", "image/png"), "image/png", b"\0"),
        (response.stream([b"a", b"b"], "text/css", length=2), "text/css", b"ab"),
        (response.stream([], "text/css", length=0), "text/css", b""),
    ],
)
def test_a_response_is_complete(made: Any, content_type: str, body: bytes) -> None:
    status, headers, chunks = made
    assert status == "200 OK"
    assert ("X-Content-Type-Options", "nosniff") in headers
    assert ("Content-Type", content_type) in headers
    assert ("Content-Length", str(len(body))) in headers
    assert b"".join(chunks) == body


def test_a_response_can_have_another_status_and_more_headers() -> None:
    status, headers, _ = response.json({}, status=201, headers=[("Location", "/notes/1")])
    assert (status, headers[-1]) == ("201 Created", ("Location", "/notes/1"))
    assert response.empty() == ("204 No Content", response.ALWAYS, [])
    assert response.empty(201)[1][-1] == ("Content-Length", "0")
    assert response.redirect("/", status=308)[0] == "308 Permanent Redirect"


@pytest.mark.parametrize(
    "name, value", [("X", "a\r\nb"), ("X", "\t"), ("X", 5), ("X Y", "a"), ("Content-Length", "1")]
)
def test_a_header_that_cannot_be_sent_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"header '?{name}"):
        response.text("", headers=[(name, value)])


@pytest.mark.parametrize("status", [199, 204, 205, 304, 600])
def test_a_status_that_allows_no_body_is_refused(status: int) -> None:
    with pytest.raises(ValueError, match="status|response.empty"):
        response.text("a", status=status)


def test_a_redirect_leads_to_no_other_site() -> None:
    for location, sent in [("/a?b#c", "/a?b#c"), ("///evil", "/evil"), ("/\\evil", "/%5Cevil")]:
        status, headers, _ = response.redirect(location)
        assert (status, headers[-1]) == ("303 See Other", ("Location", sent))


def test_a_stream_is_closed(send: Any) -> None:
    for method in ("GET", "HEAD"):
        source = BytesIO(b"a\nb\n")
        send(lambda environ, chunks=source: response.stream(chunks, "text/css"), method)
        assert source.closed


@pytest.mark.parametrize("chunks", [[b"a"], [b"a", b"b", b"c"]])
def test_a_stream_of_another_length_than_announced_is_cut(chunks: list[bytes]) -> None:
    with pytest.raises(ValueError, match="announced 2 bytes"):
        list(response.stream(chunks, "text/css", length=2)[2])


@pytest.mark.parametrize("accept", response.PROBLEM_TYPES)
def test_an_error_is_sent_as_the_client_prefers(send: Any, accept: str) -> None:
    error = HTTPError(409, "<i>", [("Retry-After", "1")], {"errors": []})
    sent = send(Mock(side_effect=error), accept=accept)
    assert sent.status == 409
    assert (sent.headers["Retry-After"], sent.headers["Vary"]) == ("1", response.VARY[0][1])
    assert str(sent.headers["Content-Type"]).startswith(accept)
    if accept == "application/problem+json":
        expected = {"title": "Conflict", "status": 409, "detail": "<i>", "errors": []}
        assert sent.json() == expected
    else:
        assert "409 Conflict" in sent.text
        assert ("<i>" in sent.text) == (accept == "text/plain")


@pytest.mark.parametrize("status", [399, 600])
def test_an_error_has_a_status_of_errors(status: int) -> None:
    with pytest.raises(ValueError, match="from 400 to 599"):
        HTTPError(status)


def test_an_unexpected_error_is_logged_and_not_shown(send: Any, caplog: Any) -> None:
    sent = send(Mock(side_effect=RuntimeError("secret")), x_request_id="a-1")
    assert sent.status == 500
    assert "secret" not in sent.text
    assert "GET / a-1" in caplog.text
    assert "RuntimeError: secret" in caplog.text


@pytest.mark.parametrize(
    "made, wrong",
    [
        ("Hello", "a str"),
        ((200, [], [b"Hello"]), "the status 200"),
        (("200 OK", [("X-Count", 5)], [b"Hello"]), "the header ('X-Count', 5)"),
        (("200 OK", [], ["Hello"]), "the body ['Hello']"),
        (("200 OK", [], b"Hello"), "a body of bytes"),
    ],
)
def test_a_handler_that_returns_no_response_is_named(
    send: Any, caplog: Any, made: Any, wrong: str
) -> None:
    assert send(lambda environ: made).status == 500
    assert f"{__name__}.test_a_handler" in caplog.text
    assert wrong in caplog.text


def test_a_number_that_json_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError):
        response.json(float("nan"))


def test_a_response_made_by_hand_is_sent(send: Any) -> None:
    made = ("200 OK", [("Content-Type", "text/plain")], [b"Hello"])
    assert send(lambda environ: made).body == b"Hello"
