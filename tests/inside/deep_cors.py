"""Cross-origin requests: allowed for the named origins, refused for others."""

from typing import Any

import pytest
from client import Response, environ_for, module, run

cors = module("middleware.cors").cors
response = module("response")

SITE = "https://example.org"
PREFLIGHT = {"access_control_request_method": "PUT", "access_control_request_headers": "X-A, X-B"}


def ask(
    origins: list[str], method: str = "GET", *more: tuple[str, str], **headers: str
) -> Response:
    """Send a request to an application with one path, which takes GET and PUT."""

    def application(environ: Any, start_response: Any) -> Any:
        made = response.text("x", headers=more)
        if environ["REQUEST_METHOD"] == "OPTIONS":
            made = response.empty(headers=[("Allow", "GET, OPTIONS, PUT")])
        start_response(*made[:2])
        return made[2]

    return run(cors(application, origins), environ_for(method, "/", **headers))


def granted(got: Response) -> dict[str, str]:
    """Return the headers with which browsers are told what is allowed."""
    start = "Access-Control-"
    return {k.removeprefix(start): v for k, v in got.headers.items() if k.startswith(start)}


def test_a_named_origin_can_read_with_cookies() -> None:
    got = granted(ask([SITE], origin=SITE))
    assert "Location" in got.pop("Expose-Headers").split(", ")  # with cookies, * means no header
    assert got == {"Allow-Origin": SITE, "Allow-Credentials": "true"}


@pytest.mark.parametrize("origin", ["", "null", "*", f"{SITE}.evil", "http://example.org"])
def test_another_origin_is_granted_nothing(origin: str) -> None:
    assert granted(ask([SITE], origin=origin)) == {}
    assert granted(ask([SITE], "OPTIONS", origin=origin, **PREFLIGHT)) == {}


def test_any_origin_can_read_without_cookies() -> None:
    for headers in ({"origin": SITE}, {"origin": "*"}, {}):
        got = granted(ask(["*"], **headers))
        assert got.pop("Expose-Headers")
        assert got == {"Allow-Origin": "*"}


def test_a_preflight_names_the_methods_of_the_application() -> None:
    got = ask([SITE], "OPTIONS", origin=SITE, **PREFLIGHT)
    assert got.status == 204
    assert granted(got) == {
        "Allow-Origin": SITE,
        "Allow-Credentials": "true",
        "Allow-Methods": "GET, OPTIONS, PUT",
        "Allow-Headers": "X-A, X-B",
        "Max-Age": "600",
    }


@pytest.mark.parametrize("names", ["", "X-A\r\nX-B: c", "\xe9"])
def test_header_names_are_allowed_if_they_are_well_formed(names: str) -> None:
    headers = {**PREFLIGHT, "access_control_request_headers": names}
    assert "Allow-Headers" not in granted(ask([SITE], "OPTIONS", origin=SITE, **headers))


def test_a_preflight_can_ask_for_no_header() -> None:
    got = granted(ask([SITE], "OPTIONS", origin=SITE, access_control_request_method="PUT"))
    assert got["Allow-Methods"] == "GET, OPTIONS, PUT"
    assert "Allow-Headers" not in got


def test_only_options_is_a_preflight() -> None:
    allow = ("Allow", "GET")
    assert "Allow-Methods" not in granted(ask([SITE], "GET", allow, origin=SITE, **PREFLIGHT))


def test_a_preflight_allows_nothing_if_the_response_has_no_allow() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return []

    got = run(cors(application, [SITE]), environ_for("OPTIONS", "/", origin=SITE, **PREFLIGHT))
    assert granted(got).keys() == {"Allow-Origin", "Allow-Credentials", "Expose-Headers"}


def test_options_without_a_preflight_allow_no_method() -> None:
    assert "Allow-Methods" not in granted(ask([SITE], "OPTIONS", origin=SITE))


@pytest.mark.parametrize(
    "origins, vary", [([SITE], ["Origin"]), ([SITE, "*"], ["Origin"]), (["*"], [])]
)
def test_a_response_that_depends_on_the_origin_says_so(origins: list[str], vary: list[str]) -> None:
    for headers in ({"origin": SITE}, {"origin": "http://other"}, {}):
        assert ask(origins, **headers).headers.get_all("Vary") == vary


def test_a_handler_can_decide_by_itself() -> None:
    got = ask([SITE], "GET", ("access-control-allow-origin", "null"), origin=SITE)
    assert got.headers.items()[-1] == ("access-control-allow-origin", "null")


def test_without_origins_nothing_changes() -> None:
    def application(environ: Any, start_response: Any) -> Any:
        raise NotImplementedError

    assert cors(application, []) is application


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "**",
        "null",
        "example.org",
        "//example.org",
        "https://",
        "https://*",
        "https://*.example.org",
        "https://example.org/",
        "https://example.org/app",
        "https://example.org?a",
        "https://example.org#a",
        "https://user@example.org",
        "https://example.org:443",
        "http://example.org:80",
        "https://example.org:",
        "https://example.org:0",
        "https://example.org:08443",
        "https://example.org:123456",
        "HTTPS://example.org",
        "https://Example.org",
        "https://b\u00fccher.example",
        "https://example.org:65536",
        "https://example.org.",
        "https://a..example",
        "https://[::A]",
        "https://[0:0:0:0:0:0:0:1]",
        "https://[1.2]",
        "https://a.example https://b.example",
        "https://example.org\n",
    ],
)
def test_an_origin_that_no_browser_sends_stops_the_start(origin: str) -> None:
    with pytest.raises(ValueError, match="write it as browsers do, such as") as raised:
        ask([SITE, origin])
    assert str(raised.value).startswith(f"ALLOWED_ORIGINS cannot be {origin!r}: ")


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost:3000",
        "https://example.org:80",
        "http://example.org:443",
        "https://example.org:44",
        "https://example.org:65535",
        "http://127.0.0.1:8000",
        "http://[::1]:8000",
        "https://xn--bcher-kva.example",
        "https://a_b.example",
        "chrome-extension://abcdefghijklmnop",
    ],
)
def test_an_origin_that_browsers_send_can_be_named(origin: str) -> None:
    assert granted(ask([origin], origin=origin))["Allow-Origin"] == origin


def test_an_error_of_the_application_reaches_the_server() -> None:
    passed_on: list[Any] = []

    def application(environ: Any, start_response: Any) -> Any:
        start_response("500 No", [], (None, None, None))
        return []

    cors(application, [SITE])(environ_for("GET", "/"), lambda *head: passed_on.append(head))
    assert passed_on[0][2] == (None, None, None)
