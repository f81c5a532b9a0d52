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


@pytest.mark.parametrize("name", ["path", "domain"])
@pytest.mark.parametrize("value", ["/; Domain=example.org", "\n", "\x7f"])
def test_an_attribute_adds_no_other(name: str, value: str) -> None:
    with pytest.raises(ValueError, match="invalid cookie"):
        cookie("a", "1", **{name: value})


@pytest.mark.parametrize(
    "name, options",
    [
        ("a", {"same_site": "None", "secure": False}),
        ("a", {"same_site": "lax"}),
        ("__Secure-a", {"secure": False}),
        ("__Host-a", {"secure": False}),
        ("__Host-a", {"domain": "example.org"}),
        ("__host-a", {"path": "/a"}),
    ],
)
def test_what_browsers_refuse_is_refused(name: str, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="cookie|same_site"):
        cookie(name, "1", **options)


@pytest.mark.parametrize("name", ["__Host-a", "__Secure-a"])
def test_a_prefix_is_allowed_with_what_it_asks_for(name: str) -> None:
    assert cookie(name, "1")[1] == f"{name}=1; Path=/; SameSite=Lax; Secure; HttpOnly"
    assert "SameSite=None" in cookie(name, "1", same_site="None")[1]
