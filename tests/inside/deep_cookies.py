"""Cookies that are written, and the tests' client, which keeps them as a browser does."""

from typing import Any

import client
import pytest
from client import Client, environ_for, module

cookies = module("cookies")
cookie = cookies.cookie


def test_cookies_are_read() -> None:
    environ = environ_for("GET", "/", cookie='a=1; b; =c;\td="2" ; e=3,f=4; a=5; X=X')
    assert cookies.read(environ) == {"a": "1", "d": "2", "e": "3,f=4", "X": "X"}


def test_cookies_lose_only_spaces_and_tabs() -> None:
    environ = environ_for("GET", "/", cookie="\x85a\xa0=\xa01\x85")
    assert cookies.read(environ) == {"\x85a\xa0": "\xa01\x85"}


def test_a_cookie_is_safe_by_default() -> None:
    assert cookie("a", "1") == ("Set-Cookie", "a=1; Path=/; SameSite=Lax; Secure; HttpOnly")


def test_a_cookie_has_the_attributes_that_it_is_given() -> None:
    options = {"max_age": 0, "path": "/a", "domain": "example.org", "same_site": "Strict"}
    attributes = "Path=/a; SameSite=Strict; Domain=example.org; Max-Age=0"
    assert cookie("a", "", secure=False, http_only=False, **options)[1] == f"a=; {attributes}"


@pytest.mark.parametrize("name", ["", "a b", "a=b", "a;b", "a\n", "\u00e9"])
def test_what_the_name_of_a_cookie_cannot_hold_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="invalid cookie"):
        cookie(name, "1")


@pytest.mark.parametrize("value", ["1;2", "1,2", "1 2", '"1"', "\\", "\r\n", "\x7f", "\u00e9"])
def test_what_the_value_of_a_cookie_cannot_hold_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="invalid cookie"):
        cookie("a", value)


def test_a_cookie_can_have_any_other_sign() -> None:
    name, value = "!#$%&'*+-.^_`|~09AZaz", "!#$%&'()*+-./09:<=>?@AZ[]^_`az{|}~"
    assert cookie(name, value)[1].startswith(f"{name}={value}; ")


@pytest.mark.parametrize(
    "path", ["", "x", "x/", "/; Domain=example.org", "/\n", "/\r\nX-A: b", "/\x7f", "/\u00e9"]
)
def test_a_path_begins_with_a_slash_and_adds_nothing(path: str) -> None:
    with pytest.raises(ValueError, match="the path of a cookie"):
        cookie("a", "1", path=path)


@pytest.mark.parametrize(
    "domain",
    [
        "ex ample",
        "example.org; Path=/",
        "a\n",
        "https://a",
        "a:80",
        "b\u00fccher.example",
        ".",
        "-a",
    ],
)
def test_a_domain_is_a_name_and_adds_nothing(domain: str) -> None:
    with pytest.raises(ValueError, match="the domain of a cookie"):
        cookie("a", "1", domain=domain)


@pytest.mark.parametrize("domain", ["example.org", ".example.org", "a-b.example", "127.0.0.1"])
def test_a_domain_is_sent(domain: str) -> None:
    assert f"; Domain={domain}" in cookie("a", "1", domain=domain)[1]


@pytest.mark.parametrize("max_age", ["1", "1\r\nX-A: b", "1; Domain=example.org", 1.5, b"1"])
def test_a_max_age_is_a_whole_number(max_age: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        cookie("a", "1", max_age=max_age)


def test_a_cookie_can_be_as_long_as_browsers_keep() -> None:
    assert cookie("a", "1" * 4095)[1].startswith("a=111")
    with pytest.raises(ValueError, match="over 4096 bytes") as raised:
        cookie("a", "1" * 4096)
    assert len(str(raised.value)) < 300


@pytest.mark.parametrize(
    "name, options",
    [
        ("a", {"same_site": "None", "secure": False}),
        ("a", {"same_site": "lax"}),
        ("__Secure-a", {"secure": False}),
        ("__Host-a", {"secure": False}),
        ("__Host-a", {"domain": "example.org"}),
        ("__Host-a", {"path": "/a"}),
        ("__host-a", {"path": "/a"}),
        ("__host-a", {"secure": False}),
        ("__host-a", {"domain": "example.org"}),
        ("__secure-a", {"secure": False}),
        ("__HOST-a", {"path": "/a"}),
    ],
)
def test_what_browsers_refuse_is_refused(name: str, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="cookie|same_site"):
        cookie(name, "1", **options)


@pytest.mark.parametrize("name", ["__Host-a", "__Secure-a"])
def test_a_prefix_is_allowed_with_what_it_asks_for(name: str) -> None:
    assert cookie(name, "1")[1] == f"{name}=1; Path=/; SameSite=Lax; Secure; HttpOnly"
    assert "SameSite=None" in cookie(name, "1", same_site="None")[1]


class Site:
    """An application that sends a cookie from one path, and shows what it gets from any."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.headers: list[tuple[str, str]] = []
        monkeypatch.setattr(client.import_module(client.PACKAGE), "application", self)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("Content-Type", "text/plain"), *self.headers])
        return [environ.get("HTTP_COOKIE", "").encode("latin-1")]

    def gives(self, browser: Client, path: str, *cookies: str) -> None:
        self.headers = [("Set-Cookie", value) for value in cookies]
        browser.call("GET", path)
        self.headers = []


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(monkeypatch)


@pytest.mark.parametrize(
    "given_at, cookie, with_it, without_it",
    [
        # A path matches whole segments (RFC 6265, section 5.1.4).
        ("/", "a=1; Path=/x", ["/x", "/x/", "/x/y", "/x?q=/"], ["/", "/xy", "/X", "/y/x"]),
        ("/", "a=1; Path=/x/", ["/x/", "/x/y"], ["/x", "/"]),
        ("/", "a=1; path=/x", ["/x"], ["/"]),
        # Without one, it is the path of the request up to its last slash.
        ("/x/y/z", "a=1", ["/x/y", "/x/y/", "/x/y/z/a"], ["/x", "/x/yz", "/"]),
        ("/x/y", "a=1; Path=", ["/x", "/x/z"], ["/", "/xy"]),
        ("/x", "a=1", ["/", "/y"], []),
        ("/x?q=/y/z", "a=1", ["/", "/y"], []),
        # A cookie of another site is not kept.
        ("/", "a=1; Domain=example.org", [], ["/"]),
    ],
)
def test_the_client_sends_a_cookie_to_the_paths_that_a_browser_does(
    site: Site, given_at: str, cookie: str, with_it: list[str], without_it: list[str]
) -> None:
    browser = Client()
    site.gives(browser, given_at, cookie)
    assert {path: browser.call("GET", path).text for path in [*with_it, *without_it]} == {
        **dict.fromkeys(with_it, "a=1"),
        **dict.fromkeys(without_it, ""),
    }


@pytest.mark.parametrize(
    "end",
    [
        "Max-Age=0",
        "Max-Age=-1",
        "max-age=0",
        "Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "Expires=Sunday, 06-Nov-94 08:49:37 GMT",
        "Expires=Thu, 01 Jan 2099 00:00:00 GMT; Max-Age=0",
    ],
)
def test_the_client_deletes_a_cookie_whose_time_is_over(site: Site, end: str) -> None:
    browser = Client()
    site.gives(browser, "/", "a=1; Path=/", "b=2; Path=/")
    site.gives(browser, "/", f"a=; Path=/; {end}")
    assert browser.call("GET", "/").text == "b=2"
    assert browser.cookies == {"b": "2"}


@pytest.mark.parametrize(
    "time", ["Max-Age=9", "Max-Age=9; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "Expires=x", ""]
)
def test_the_client_keeps_a_cookie_that_has_time_left(site: Site, time: str) -> None:
    browser = Client()
    site.gives(browser, "/", f"a=1; {time}")
    assert browser.call("GET", "/").text == "a=1"


def test_the_client_deletes_a_cookie_only_at_its_own_path(site: Site) -> None:
    browser = Client()
    site.gives(browser, "/x/y", "a=1; Path=/x")
    site.gives(browser, "/x/y", "a=; Path=/; Max-Age=0")
    assert browser.call("GET", "/x").text == "a=1"


def test_the_client_sends_the_cookie_with_the_longest_path_first(site: Site) -> None:
    browser = Client()
    site.gives(browser, "/", "a=1; Path=/", "a=2; Path=/x", "b=a=b; Path=/x")
    assert browser.call("GET", "/x").text in ("a=2; b=a=b; a=1", "b=a=b; a=2; a=1")


@pytest.mark.parametrize("scheme, sent", [("https", "a=1; b=2"), ("http", "b=2")])
def test_the_client_sends_a_secure_cookie_over_https_only(
    site: Site, scheme: str, sent: str
) -> None:
    browser = Client(scheme)
    site.gives(browser, "/", "a=1; Secure", "b=2; HttpOnly; SameSite=Strict")
    assert browser.call("GET", "/").text == sent


@pytest.mark.parametrize("url", ["/q?q=é", "/é", "/%C3%A9", "/a b", "/#x", "/?q=#/x", "//y"])
def test_the_client_sends_a_cookie_to_any_url(site: Site, url: str) -> None:
    browser = Client()
    site.gives(browser, url, "a=1; Path=/")
    assert browser.call("GET", url).text == "a=1"


def test_two_clients_share_no_cookie(site: Site) -> None:
    site.gives(Client(), "/", "a=1")
    assert Client().call("GET", "/").text == ""


@pytest.mark.parametrize(
    "options", [{"cookie": "b=2"}, {"headers": {"Cookie": "b=2"}}, {"headers": {"cookie": "b=2"}}]
)
def test_a_cookie_that_a_test_sends_itself_is_the_only_one(
    site: Site, options: dict[str, Any]
) -> None:
    browser = Client()
    site.gives(browser, "/", "a=1")
    assert browser.call("GET", "/", **options).text == "b=2"


@pytest.mark.parametrize(
    "host, sent", [("example.org", "a=1"), ("a.example.org:8000", "a=1"), ("b.example", "")]
)
def test_the_client_sends_the_cookie_of_a_domain_to_its_hosts(
    site: Site, host: str, sent: str
) -> None:
    browser = Client()
    site.headers = [("Set-Cookie", "a=1; Domain=example.org")]
    browser.call("GET", "/", host="www.example.org")
    site.headers = []
    assert browser.call("GET", "/", host=host).text == sent


def test_the_client_follows_a_redirect_with_its_cookies(site: Site) -> None:
    browser = Client()
    site.headers = [("Set-Cookie", "a=1"), ("Location", "/there?a=1")]
    response = browser.call("POST", "/")
    site.headers = []
    assert browser.follow(response).text == "a=1"
