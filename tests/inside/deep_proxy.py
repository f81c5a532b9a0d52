"""Proxies: what the trusted ones say is believed, what clients say is not."""

import threading
from http.client import HTTPConnection
from typing import Any
from wsgiref.simple_server import make_server

import pytest
from client import environ_for, module, run

proxy = module("middleware.proxy").proxy
ALL = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto")


def seen(proxies: int, *names: str, **headers: str) -> tuple[str, str, str]:
    """Return the address, the scheme and the host that an application sees."""
    environ = environ_for("GET", "/", **headers)
    environ |= {"REMOTE_ADDR": "10.0.0.1", "wsgi.url_scheme": "http"}
    seen: list[str] = []

    def application(environ: Any, start_response: Any) -> Any:
        seen.extend(environ[key] for key in ("REMOTE_ADDR", "wsgi.url_scheme", "HTTP_HOST"))
        start_response("200 OK", [])
        return []

    run(proxy(application, proxies, names) if names else proxy(application, proxies), environ)
    return seen[0], seen[1], seen[2]


NOTHING = ("10.0.0.1", "http", "127.0.0.1")


def test_no_proxy_is_believed_unless_there_is_one() -> None:
    assert seen(0, *ALL, x_forwarded_for="192.0.2.1", x_forwarded_proto="https") == NOTHING
    assert seen(1) == NOTHING


def test_a_proxy_is_believed() -> None:
    headers = {"x_forwarded_for": "192.0.2.1", "x_forwarded_proto": "HTTPS"}
    assert seen(1, **headers) == ("192.0.2.1", "https", "127.0.0.1")


def test_a_header_that_is_not_named_is_not_believed() -> None:
    forged = {"forwarded": "for=192.0.2.1;proto=https;host=evil.example"}
    assert seen(1, x_forwarded_host="evil.example", **forged) == NOTHING


@pytest.mark.parametrize(
    "proxies, address", [(1, "192.0.2.3"), (2, "192.0.2.2"), (3, "192.0.2.1"), (4, "192.0.2.1")]
)
def test_each_proxy_adds_to_the_right(proxies: int, address: str) -> None:
    assert seen(proxies, x_forwarded_for="192.0.2.1,192.0.2.2 , 192.0.2.3")[0] == address


@pytest.mark.parametrize(
    "sent, address",
    [
        ("192.0.2.1:4711", "192.0.2.1"),
        ("2001:DB8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ('"[2001:db8::1]:4711"', "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("\t192.0.2.1\t", "192.0.2.1"),
        ("unknown", "10.0.0.1"),
        ("_hidden", "10.0.0.1"),
        ("192.0.2.1\nx", "10.0.0.1"),
        ("\u0661.0.0.1", "10.0.0.1"),
        ("", "10.0.0.1"),
    ],
)
def test_an_address_is_read_without_its_port(sent: str, address: str) -> None:
    assert seen(1, x_forwarded_for=sent)[0] == address


@pytest.mark.parametrize("host", ["example.org", "example.org:8443", "[2001:db8::1]:80"])
def test_a_host_can_be_believed(host: str) -> None:
    assert seen(1, *ALL, x_forwarded_host=f"evil.example, {host}")[2] == host


@pytest.mark.parametrize("host", ["", "a b", "a/b", "user@host", "a\n", "-", "\xe9.example"])
def test_an_invalid_host_is_not_believed(host: str) -> None:
    assert seen(1, *ALL, x_forwarded_host=host)[2] == "127.0.0.1"


def test_a_scheme_can_be_http() -> None:
    environ = environ_for("GET", "/", x_forwarded_proto="http")
    proxy(lambda environ, start_response: [], 1)(environ, lambda *head: lambda chunk: None)
    assert environ["wsgi.url_scheme"] == "http"


@pytest.mark.parametrize("scheme", ["", "ftp", "https\n"])
def test_an_unknown_scheme_is_not_believed(scheme: str) -> None:
    assert seen(1, x_forwarded_proto=scheme)[1] == "http"


@pytest.mark.parametrize(
    "sent",
    [
        'For="192.0.2.1:80";Proto=https;host=example.org;by=10.0.0.2',
        "for=1.1.1.1, for=192.0.2.1; proto=https; host=example.org",
        'for=1.1.1.1;x=", for=192.0.2.1;proto=https;host="example.org"',
    ],
)
def test_forwarded_can_be_believed(sent: str) -> None:
    assert seen(1, "Forwarded", forwarded=sent) == ("192.0.2.1", "https", "example.org")


@pytest.mark.parametrize("sent", ["", ";", "=", "for", "for=;proto=;host=", "x=y"])
def test_forwarded_can_say_nothing(sent: str) -> None:
    assert seen(1, "Forwarded", forwarded=sent) == NOTHING


@pytest.mark.parametrize(
    "host",
    [
        "a,for=6.6.6.6",
        "a;for=6.6.6.6;b",
        'a\\";for=6.6.6.6;b="',
        'a\\", for=6.6.6.6;b=\\"',
        'a";for="6.6.6.6',
    ],
)
def test_a_host_in_quotes_forges_no_address(host: str) -> None:
    """A proxy that puts the Host of the client into quotes (RFC 7239, section 4)."""
    escaped = host.replace("\\", "\\\\").replace('"', '\\"')
    sent = f'for=192.0.2.1;host="{escaped}"'
    assert seen(1, "Forwarded", forwarded=sent)[0] in ("192.0.2.1", NOTHING[0])


def test_an_unknown_header_is_refused() -> None:
    with pytest.raises(KeyError, match="X-Real-IP"):
        seen(1, "X-Real-IP")


@pytest.mark.parametrize("proxies", [1, 2, 9])
@pytest.mark.parametrize("forged", ["", "203.0.113.9", "203.0.113.9, 198.51.100.7", ",,", "x, y"])
def test_forged_headers_are_never_believed(proxies: int, forged: str) -> None:
    """Each proxy adds what it sees, to whatever the client has sent."""
    added = ["192.0.2.1", *(f"10.0.0.{n}" for n in range(2, proxies + 1))]
    sent = ", ".join([forged, *added]) if forged else ", ".join(added)
    assert seen(proxies, x_forwarded_for=sent)[0] == "192.0.2.1"


def test_nothing_that_clients_send_is_kept() -> None:
    """No cache: a million addresses of a million clients would stay in it."""
    kept = [name for name, value in vars(module("middleware.proxy")).items() if _caches(value)]
    assert kept == []


def _caches(value: Any) -> bool:
    return hasattr(value, "cache_info")


def test_the_development_server_drops_names_with_underscores() -> None:
    """In environ, X_Forwarded_For is X-Forwarded-For: a client could send what a proxy sets."""
    server = module("__main__")
    seen: list[str] = []

    def application(environ: Any, start_response: Any) -> Any:
        seen.append(environ.get("HTTP_X_FORWARDED_FOR", ""))
        start_response("204 No Content", [])
        return []

    with make_server("127.0.0.1", 0, application, server.Server, server.Handler) as one:
        serving = threading.Thread(target=one.serve_forever, args=(0.01,))
        serving.start()
        for name in ("X_Forwarded_For", "X-Forwarded_For", "X-Forwarded-For"):
            connection = HTTPConnection("127.0.0.1", one.server_port, timeout=10)
            connection.request("GET", "/", headers={name: "192.0.2.1"})
            assert connection.getresponse().status == 204
            connection.close()
        one.shutdown()
        serving.join()
    assert seen == ["", "", "192.0.2.1"]
