"""The tree that finds a path: which route wins, and which are refused."""

import re
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from client import module

tree = module("dispatch").tree
TEXT = "6f1e2d3c-4b5a-4978-8695-a4b3c2d12345"


def one() -> None: ...


def two() -> None: ...


def test_a_literal_wins_if_the_whole_path_matches() -> None:
    find = tree([("GET", "/{a}/edit", two), ("GET", "/new", one), ("GET", "/new/{b}", one)])
    assert find("/new") == ({"GET": one}, ())
    assert find("/new/edit") == ({"GET": one}, ("edit",))
    assert find("/old/edit") == ({"GET": two}, ("old",))
    assert find("/old") is None
    assert find("/new/") is None
    assert find("/new/edit/more") is None


def test_a_placeholder_is_tried_after_a_literal_without_a_match() -> None:
    find = tree([("GET", "/new/list", one), ("GET", "/{a}/edit", two)])
    assert find("/new/edit") == ({"GET": two}, ("new",))
    assert find("/new/list") == ({"GET": one}, ())
    assert find("/new") is None


@pytest.mark.parametrize(
    "path, kind, value",
    [
        ("/7", "int", 7),
        ("/" + "9" * 19, "int", int("9" * 19)),
        ("/-7", "float", -7.0),
        ("/7.5", "float", 7.5),
        (f"/{TEXT}", "uuid", UUID(TEXT)),
        (f"/{TEXT.upper()}", "uuid", UUID(TEXT)),
        ("/2026-11-28", "date", date(2026, 11, 28)),
        ("/2026-02-30", "str", "2026-02-30"),
        ("/2026-W48-6", "str", "2026-W48-6"),
        ("/\u0663", "str", "\u0663"),
        ("/nan", "str", "nan"),
        ("/" + "9" * 20, "str", "9" * 20),
        (f"/{TEXT[:-1]}", "str", TEXT[:-1]),
        ("/a/b//", "path", "a/b//"),
    ],
)
def test_the_narrowest_kind_wins(path: str, kind: str, value: Any) -> None:
    routes = [(key.upper(), f"/{{a:{key}}}", one) for key in module("dispatch").KINDS]
    for table in (routes, routes[::-1]):
        assert tree(table)(path) == ({kind.upper(): one}, (value,))


def test_each_placeholder_gives_a_value() -> None:
    find = tree([("GET", "/{a:int}/b/{c}/{d:path}", one)])
    assert find("/7/b/x/y/z") == ({"GET": one}, (7, "x", "y/z"))


@pytest.mark.parametrize("path", ["/", "//", "//a"])
def test_a_parameter_is_not_empty(path: str) -> None:
    assert tree([("GET", "/{a}", one), ("GET", "/{a:path}", one)])(path) is None


def test_methods_of_one_path_are_found_together() -> None:
    find = tree([("GET", "/{a}", one), ("POST", "/{b}", two)])
    assert find("/x") == ({"GET": one, "POST": two}, ("x",))


@pytest.mark.parametrize(
    "path, message",
    [
        ("notes", "write /notes, not notes"),
        ("/files/v{n:int}", "/files/v{n:int}: make v{n:int} a whole placeholder"),
        ("/{}", "make {} a whole placeholder"),
        ("/a}", "make a} a whole placeholder"),
        ("/{a:word}", "word is not a kind: write int, float"),
        ("/a/{p:path}/b", "path must be last"),
        ("/{b}", "GET /{b} is in the table twice"),
    ],
)
def test_a_path_that_cannot_be_found_is_refused(path: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        tree([("GET", "/{a}", one), ("POST", "/{b}", one), ("GET", path, two)])


def test_a_static_path_is_found_without_the_tree() -> None:
    find = tree([("GET", "/{a}", one), ("POST", "/new", two)])
    assert find("/new") == ({"POST": two}, ())
    assert find("/other") == ({"GET": one}, ("other",))
