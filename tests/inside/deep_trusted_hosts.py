"""Trusted hosts: the application is reached by its own names only."""

from typing import Any

import pytest
from client import Response, environ_for, module, run

trusted_hosts = module("middleware.trusted_hosts").trusted_hosts
HOSTS = ["example.org", "*.Example.com", "127.0.0.1", "[::1]", "[2001:DB8::A]"]


def ask(host: str, method: str = "GET", **headers: str) -> Response:
    def application(environ: Any, start_response: Any) -> Any:
        assert environ["HTTP_HOST"] == host
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"x"]

    return run(trusted_hosts(application, HOSTS), environ_for(method, "/", host=host, **headers))


@pytest.mark.parametrize(
    "host",
    [
        "example.org",
        "EXAMPLE.org:8000",
        "example.org:",
        "a.example.com",
        "a.b.example.com:8000",
        "[::1]:80",
        "[2001:db8::a]",
    ],
)
def test_a_trusted_host_is_served(host: str) -> None:
    assert ask(host).body == b"x"


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "example.org.evil.example",
        "evil-example.org",
        "a.example.org",
        "example.com",
        "*.example.com",
        "example.org:x",
        "example.org\n",
        "user@example.org",
        "evil.example/a.example.com",
    ],
)
def test_another_host_is_refused(host: str) -> None:
    got = ask(host, accept="text/plain")
    assert (got.status, got.text) == (400, "400 Bad Request\nThis host is not served here.\n")
    assert got.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_a_request_without_a_host_is_refused() -> None:
    environ = environ_for("GET", "/")
    del environ["HTTP_HOST"]
    assert run(trusted_hosts(lambda *arguments: [], HOSTS), environ).status == 400


def test_head_is_refused_without_a_body() -> None:
    got = ask("evil.example", "HEAD")
    assert (got.status, got.body) == (400, b"")
    assert got.headers["Content-Length"] != "0"


@pytest.mark.parametrize(
    "host",
    [
        "",
        "*",
        "*.",
        ".example.org",
        "*.*.example.org",
        "*example.org",
        "example.*",
        "localhost:8000",
        "[::1]:8000",
        "::1",
        "https://example.org",
        "example.org/",
        "user@example.org",
        "a b",
        "a\n",
        "-a",
        "b\u00fccher.example",
        "\u0661.example",
        "example.org.",
        "a..example",
        "*.[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::01]",
        "[1.2]",
        "x::1y",
    ],
)
def test_a_host_that_nothing_can_match_stops_the_start(host: str) -> None:
    with pytest.raises(ValueError, match="write names such as example.org") as raised:
        trusted_hosts(lambda *arguments: [], ["example.org", host])
    assert str(raised.value).startswith(f"TRUSTED_HOSTS cannot be {host!r}: ")


def test_an_empty_list_of_hosts_stops_the_start() -> None:
    with pytest.raises(ValueError, match="TRUSTED_HOSTS cannot be ''"):
        trusted_hosts(lambda *arguments: [], [])


def test_the_rest_of_a_refused_request_is_read() -> None:
    environ = environ_for("POST", "/", b"x" * 1000, host="evil.example")
    body = environ["wsgi.input"]
    assert run(trusted_hosts(lambda *arguments: [], HOSTS), environ).status == 400
    assert body.tell() == 1000
