"""Cookies that are written."""

from typing import Any

import pytest
from client import module

cookie = module("cookies").cookie


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
    with pytest.raises(ValueError, match="more than 4096 bytes") as raised:
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
