"""Security headers: there on every response, unless it has others."""

from typing import Any

import pytest
from client import Response, environ_for, module, run

security = module("middleware.security_headers")
response = module("response")


def ask(*headers: tuple[str, str], scheme: str = "http") -> Response:
    def application(environ: Any, start_response: Any) -> Any:
        assert environ["wsgi.url_scheme"] == scheme
        status, sent, body = response.text("x", headers=headers)
        start_response(status, sent)
        return body

    environ = environ_for("GET", "/") | {"wsgi.url_scheme": scheme}
    return run(security.security_headers(application), environ)


def test_every_header_is_sent_once() -> None:
    got = ask()
    for name, value in security.HEADERS.items():
        assert got.headers.get_all(name) == [value]


def test_the_headers_are_what_the_pages_say() -> None:
    """A change here weakens every project: it belongs in docs/security.md, too."""
    assert security.HEADERS | security.OVER_HTTPS == {
        "Content-Security-Policy": "default-src 'self'; base-uri 'self'; form-action 'self';"
        " frame-ancestors 'none'; object-src 'none'",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Strict-Transport-Security": "max-age=31536000",
    }


def test_a_header_of_the_response_stays() -> None:
    got = ask(("content-security-policy", "default-src 'none'"), ("X-Frame-Options", "SAMEORIGIN"))
    assert got.headers.get_all("Content-Security-Policy") == ["default-src 'none'"]
    assert got.headers.get_all("X-Frame-Options") == ["SAMEORIGIN"]


@pytest.mark.parametrize("name, value", security.OVER_HTTPS.items())
def test_what_is_for_https_is_sent_over_https_only(name: str, value: str) -> None:
    assert ask(scheme="https").headers.get_all(name) == [value]
    assert ask(scheme="http").headers.get_all(name) == []


@pytest.mark.parametrize("refused", ["<style", "style=", "<script", "onload=", "//", "data:"])
def test_a_page_has_nothing_that_the_policy_refuses(refused: str) -> None:
    assert refused not in response.page("title", "text")


def test_an_error_of_the_application_reaches_the_server() -> None:
    passed_on: list[Any] = []

    def application(environ: Any, start_response: Any) -> Any:
        start_response("500 No", [], (None, None, None))
        return []

    wrapped = security.security_headers(application)
    wrapped(environ_for("GET", "/"), lambda *head: passed_on.append(head))
    assert passed_on[0][2] == (None, None, None)
