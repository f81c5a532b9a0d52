"""Conditional requests: nothing is sent or changed that should not be."""

from io import BytesIO
from time import perf_counter
from typing import Any

import pytest
from client import Response, environ_for, module, run

etags = module("middleware.etags")
response = module("response")
HTTPError = module("errors").HTTPError


def answering(made: Any) -> Any:
    def application(environ: Any, start_response: Any) -> Any:
        assert environ["REQUEST_METHOD"]
        start_response(*made[:2])
        return made[2]

    return application


def ask(made: Any, method: str = "GET", **headers: str) -> Response:
    """Send a request to an application that returns one response."""
    return run(etags.etags(answering(made)), environ_for(method, "/", **headers))


DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
BEFORE, AFTER = DATE.replace("37", "36"), DATE.replace("37", "38")


def dated(**options: Any) -> Any:
    """Return a response with a date and, among ``options``, perhaps a tag."""
    headers = [etags.last_modified(784111777.9), *options.pop("headers", [])]
    return response.text("x", headers=headers, **options)


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
def test_a_matching_etag_is_304(sent: str) -> None:
    got = ask(tagged(), if_none_match=sent)
    assert (got.status, got.headers["ETag"], got.body) == (304, '"a"', b"")
    assert got.headers["Content-Type"] is None
    assert got.headers["Content-Length"] is None


@pytest.mark.parametrize(
    "sent", ["", '"b"', "a", "a*", '*, "b"', '"a', 'X"a"X', '"a" "b"', '\xa0"a"']
)
def test_a_response_with_another_etag_is_sent(sent: str) -> None:
    got = ask(tagged(), if_none_match=sent)
    assert (got.status, got.headers["ETag"], got.body) == (200, '"a"', b"x")


@pytest.mark.parametrize("sent", ['"b"', 'W/"a"', 'zzz"a"zzz'])
def test_a_failed_if_match_is_412(sent: str) -> None:
    got = ask(tagged(), if_match=sent)
    assert got.status == 412
    assert got.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("sent", ['"a"', '"b", "a"', "*"])
def test_a_matching_if_match_gets_the_response(sent: str) -> None:
    assert ask(tagged(), if_match=sent).status == 200


def test_a_304_is_no_empty_list() -> None:
    """wsgiref would announce a length of 0 for it."""
    environ = environ_for("GET", "/", if_none_match='"a"')
    body = etags.etags(answering(tagged()))(environ, lambda *head: lambda chunk: None)
    assert list(body) == [b""]


def test_a_weak_tag_never_matches_strongly() -> None:
    made = response.text("x", headers=[etags.etag("a", weak=True)])
    assert ask(made, if_match='W/"a"').status == 412
    assert ask(made, if_none_match='"a"').status == 304


def test_only_a_200_to_get_or_head_is_changed() -> None:
    assert ask(tagged(), "HEAD", if_none_match="*").status == 304
    assert ask(tagged(), "PUT", if_none_match="*", if_match='"b"').status == 200
    assert ask(tagged(status=203), if_none_match="*", if_match='"b"').status == 203


@pytest.mark.parametrize("headers", [{"if_none_match": '"a"'}, {"if_match": '"b"'}])
def test_a_body_that_is_not_sent_is_closed(headers: dict[str, str]) -> None:
    source = BytesIO(b"x")
    made = "200 OK", [("Content-Type", "text/css"), etags.etag("a")], source
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


# Dates


def test_a_time_is_a_header() -> None:
    assert etags.last_modified(784111777.9) == ("Last-Modified", DATE)
    assert etags.last_modified(0) == ("Last-Modified", "Thu, 01 Jan 1970 00:00:00 GMT")


@pytest.mark.parametrize(
    "since", [DATE, AFTER, "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]
)
def test_an_unmodified_response_is_304(since: str) -> None:
    got = ask(dated(), if_modified_since=since)
    assert (got.status, got.body, got.headers["Last-Modified"]) == (304, b"", DATE)
    assert ask(dated(), "HEAD", if_modified_since=since).status == 304


@pytest.mark.parametrize(
    "since",
    [
        BEFORE,
        "",
        "yesterday",
        "784111777",
        "Sun, 06 Nov",
        "9" * 5000,
        "Sun, 06 Nov 1994 x GMT",
        ",",
    ],
)
def test_a_modified_response_is_sent_and_an_invalid_date_is_ignored(since: str) -> None:
    assert ask(dated(), if_modified_since=since).status == 200


@pytest.mark.parametrize("since, status", [(BEFORE, 412), (DATE, 200), (AFTER, 200)])
def test_a_modified_response_is_412_with_if_unmodified_since(since: str, status: int) -> None:
    assert ask(dated(), if_unmodified_since=since).status == status


@pytest.mark.parametrize("since", ["", "yesterday", "9" * 5000])
def test_an_invalid_date_is_ignored(since: str) -> None:
    assert ask(dated(), if_unmodified_since=since).status == 200


def test_dates_are_ignored_without_a_last_modified() -> None:
    for made in (response.text("x"), response.text("x", headers=[("Last-Modified", "x")])):
        for name in ("if_modified_since", "if_unmodified_since"):
            assert ask(made, **{name: BEFORE}).status == 200


TAG = [("ETag", '"a"')]


@pytest.mark.parametrize(
    "headers, status",
    [
        # If-Modified-Since counts only without If-None-Match (RFC 9110, section 13.1.3)
        ({"if_none_match": '"b"', "if_modified_since": DATE}, 200),
        ({"if_none_match": '"a"', "if_modified_since": BEFORE}, 304),
        # If-Unmodified-Since counts only without If-Match (section 13.1.4)
        ({"if_match": '"a"', "if_unmodified_since": BEFORE}, 200),
        ({"if_match": '"b"', "if_unmodified_since": AFTER}, 412),
        # What the client wants is looked at before what it knows (section 13.2.2)
        ({"if_match": '"b"', "if_none_match": '"a"'}, 412),
        ({"if_match": '"a"', "if_none_match": '"a"'}, 304),
        ({"if_unmodified_since": BEFORE, "if_none_match": '"a"'}, 412),
        ({"if_unmodified_since": BEFORE, "if_modified_since": DATE}, 412),
        ({"if_unmodified_since": DATE, "if_modified_since": DATE}, 304),
        ({"if_match": '"a"', "if_modified_since": DATE}, 304),
    ],
)
def test_conditions_are_checked_in_their_order(headers: dict[str, str], status: int) -> None:
    assert ask(dated(headers=TAG), **headers).status == status


def test_a_304_has_no_header_that_describes_the_body() -> None:
    more = [
        ("Content-Language", "de"),
        ("Content-Encoding", "br"),
        ("Content-Location", "/a"),
        ("Cache-Control", "no-cache"),
        ("Vary", "Accept"),
    ]
    got = ask(dated(headers=[*TAG, *more]), if_none_match='"a"')
    names = {name.lower() for name in got.headers.keys()}
    described = {"content-length", "content-type", "content-language", "content-encoding"}
    assert not names & described
    assert names >= {"etag", "last-modified", "vary", "cache-control", "content-location"}


@pytest.mark.parametrize("tag, sent", [('"a"', '"a"'), ('W/"a"', '"a"'), ('"a"', 'W/"a"')])
def test_two_tags_in_a_list_are_two_tags(tag: str, sent: str) -> None:
    for listed in (f'"x", {sent}', f'{sent},"x"', f'"x"\t,\t,{sent} ,'):
        made = response.text("x", headers=[("ETag", tag)])
        assert ask(made, if_none_match=listed).status == 304


def test_a_long_list_is_read_in_a_moment() -> None:
    started = perf_counter()
    for junk in (" " * 60_000, ", " * 30_000, '"a",' * 15_000, "\t" * 60_000 + ","):
        ask(tagged(), if_none_match=f'"b",{junk}x')
    assert perf_counter() - started < 2


@pytest.mark.parametrize(
    "headers, passes",
    [
        ({"if_unmodified_since": BEFORE}, False),
        ({"if_unmodified_since": DATE}, True),
        ({"if_unmodified_since": "x"}, True),
        ({"if_unmodified_since": BEFORE, "if_match": '"a"'}, True),
        ({"if_modified_since": DATE}, True),
    ],
)
def test_a_change_can_depend_on_a_date(headers: dict[str, str], passes: bool) -> None:
    environ = environ_for("PUT", "/", **headers)
    if passes:
        etags.require(environ, "a", 784111777)
    else:
        with pytest.raises(HTTPError, match="412"):
            etags.require(environ, "a", 784111777)
    etags.require(environ, "a")
