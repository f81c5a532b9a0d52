"""Both dispatchers find the same handler for the same path, and the one that the rules name."""

import sys
from collections.abc import Callable
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.projects import Project, generate
from harness.route_sets import near, route_sets

Find = Callable[[str], tuple[dict[str, str], tuple[Any, ...]] | None]


@contextmanager
def imported(project: Project):
    """The project's `find`, with the handlers' names for the handlers."""
    sys.path.insert(0, str(project.path / "src"))
    try:
        find = import_module(f"{project.package}.routes").find
    finally:
        sys.path.pop(0)

    def find_names(path: str):
        found = find(path)
        return found and ({key: call.__name__ for key, call in found[0].items()}, found[1])

    yield find_names
    for name in [name for name in sys.modules if name.partition(".")[0] == project.package]:
        del sys.modules[name]


@given(routes=route_sets(), data=st.data())
@settings(max_examples=12)
def test_both_dispatchers_find_the_same(routes: str, data: st.DataObject) -> None:
    paths = data.draw(st.lists(near(routes), min_size=10, max_size=30, unique=True))
    answers = []
    for dispatcher in ("ladder", "tree"):
        with imported(generate(routes=routes, dispatcher=dispatcher)) as find:
            answers.append({path: find(path) for path in paths})
    assert answers[0] == answers[1]


ROUTES = """
GET    /{s}           json  any_text
GET    /{p:path}      json  any_path
POST   /{f:float}     json  any_float
GET    /{n:int}       json  any_int
GET    /{u:uuid}      json  any_uuid
GET    /new           json  literal
GET    /{s}/edit      json  edit
GET    /new/{n:int}   json  newest
GET    /a/{s}/b/      json  slash
"""
KEY = "6f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9"
FOUND = {
    "/new": "literal",
    "/7": "any_int",
    "/007": "any_int",
    "/1.5": "any_float",
    "/-2": "any_float",
    f"/{KEY}": "any_uuid",
    f"/{KEY.upper()}": "any_uuid",
    "/old": "any_text",
    "/٣": "any_text",
    "/+7": "any_text",
    "/1e3": "any_text",
    "/" + "9" * 20: "any_text",
    "/new/": "any_path",
    "/new/edit": "edit",
    "/new/7": "newest",
    "/new/seven": "any_path",
    "/a/x/b/": "slash",
    "/a/x/b": "any_path",
    "/": None,
    "//": None,
    "//a": None,
}


@pytest.mark.parametrize("dispatcher", ["ladder", "tree"])
def test_a_literal_wins_and_then_the_narrower_kind(dispatcher: str) -> None:
    with imported(generate(routes=ROUTES, dispatcher=dispatcher)) as find:
        for path, name in FOUND.items():
            found = find(path)
            assert (found and next(iter(found[0].values()))) == name, path


@pytest.mark.parametrize("dispatcher", ["ladder", "tree"])
def test_the_order_of_the_lines_decides_nothing(dispatcher: str) -> None:
    backwards = "\n".join(reversed(ROUTES.splitlines()))
    answers = []
    for routes in (ROUTES, backwards):
        with imported(generate(routes=routes, dispatcher=dispatcher)) as find:
            answers.append({path: find(path) for path in FOUND})
    assert answers[0] == answers[1]


@pytest.mark.parametrize("dispatcher", ["ladder", "tree"])
def test_the_path_is_found_first_and_then_the_method(dispatcher: str) -> None:
    routes = "GET /{n:int} json number; POST /{s} json word"
    with imported(generate(routes=routes, dispatcher=dispatcher)) as find:
        assert find("/5") == ({"GET": "number"}, (5,))
        assert find("/five") == ({"POST": "word"}, ("five",))
