"""Conditional requests: nothing is sent or changed that should not be."""

from io import BytesIO
from typing import Any

import pytest
from client import Response, environ_for, module, run

etags = module("middleware.etags")
response = module("response")
HTTPError = module("errors").HTTPError


def ask(made: Any, method: str = "GET", **headers: str) -> Response:
    """Send a request to an application that returns one response."""

    def application(environ: Any, start_response: Any) -> Any:
        assert environ["REQUEST_METHOD"] == method
        start_response(*made[:2])
        return made[2]

    return run(etags.etags(application), environ_for(method, "/", **headers))


def tagged(tag: str = "a", **options: Any) -> Any:
    return response.text("x", headers=[etags.etag(tag)], **options)


def test_a_tag_is_a_header() -> None:
    assert etags.etag("v1") == ("ETag", '"v1"')
    assert etags.etag("v1", weak=True) == ("ETag", 'W/"v1"')


@pytest.mark.parametrize("tag", ['a"b', "a b", "\n", "\u20ac"])
def test_what_a_tag_cannot_hold_is_refused(tag: str) -> None:
    with pytest.raises(ValueError, match="invalid tag"):
        etags.etag(tag)


@pytest.mark.parametrize("sent", ['"a"', 'W/"a"', '"b", "a"', ', "b,c" ,"a"', "*"])
def test_what_the_client_has_is_not_sent_again(sent: str) -> None:
    got = ask(tagged(), if_none_match=sent)
    assert (got.status, got.headers["ETag"], got.body) == (304, '"a"', b"")
    assert got.headers["Content-Type"] is None
    assert got.headers["Content-Length"] is None


@pytest.mark.parametrize("sent", ["", '"b"', "a", '"a', 'X"a"X', '"a" "b"', '\xa0"a"'])
def test_what_the_client_does_not_have_is_sent(sent: str) -> None:
    got = ask(tagged(), if_none_match=sent)
    assert (got.status, got.headers["ETag"], got.body) == (200, '"a"', b"x")


@pytest.mark.parametrize("sent", ['"b"', 'W/"a"', 'zzz"a"zzz'])
def test_another_state_than_the_client_wants_is_412(sent: str) -> None:
    got = ask(tagged(), if_match=sent)
    assert got.status == 412
    assert got.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("sent", ['"a"', '"b", "a"', "*"])
def test_the_state_that_the_client_wants_is_sent(sent: str) -> None:
    assert ask(tagged(), if_match=sent).status == 200


def test_a_weak_tag_never_matches_strongly() -> None:
    made = response.text("x", headers=[etags.etag("a", weak=True)])
    assert ask(made, if_match='W/"a"').status == 412
    assert ask(made, if_none_match='"a"').status == 304


def test_only_a_200_to_get_or_head_is_changed() -> None:
    assert ask(tagged(), "HEAD", if_none_match="*").status == 304
    assert ask(tagged(), "PUT", if_none_match="*", if_match='"b"').status == 200
    assert ask(tagged(status=203), if_none_match="*", if_match='"b"').status == 203
    assert ask(response.text("x"), if_none_match="*").status == 200


@pytest.mark.parametrize("headers", [{"if_none_match": '"a"'}, {"if_match": '"b"'}])
def test_a_body_that_is_not_sent_is_closed(headers: dict[str, str]) -> None:
    source = BytesIO(b"x")
    made = response.stream(source, "text/css", headers=[etags.etag("a")])
    assert ask(made, **headers).status in (304, 412)
    assert source.closed


def test_a_refused_get_has_a_body_and_a_refused_head_has_none() -> None:
    got = ask(tagged(), if_match='"b"', accept="text/plain")
    assert (got.status, got.text.strip()) == (412, "412 Precondition Failed")
    got = ask(tagged(), "HEAD", if_match='"b"')
    assert (got.status, got.body) == (412, b"")


@pytest.mark.parametrize("headers", [{}, {"if_match": '"b", "a"'}, {"if_match": "*"}])
def test_a_change_of_the_current_state_is_allowed(headers: dict[str, str]) -> None:
    etags.require(environ_for("PUT", "/", **headers), "a")


@pytest.mark.parametrize(
    "headers",
    [
        {"if_match": '"b"'},
        {"if_match": 'W/"a"'},
        {"if_none_match": "*"},
        {"if_none_match": 'W/"a"'},
    ],
)
def test_a_change_of_another_state_is_412(headers: dict[str, str]) -> None:
    with pytest.raises(HTTPError, match="412, '.+'"):
        etags.require(environ_for("PUT", "/", **headers), "a")
