"""Both dispatchers find the same handler for the same path, and the one that the rules name."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.probe import modules
from harness.projects import Project, generate
from harness.route_sets import near, route_sets

Find = Callable[[str], tuple[dict[str, str], tuple[Any, ...]] | None]


def find_of(project: Project) -> Any:
    """The project's `find`, with the handlers' names for the handlers."""
    [routes] = modules(project, "routes")

    def find_names(path: str) -> Any:
        found = routes.find(path)
        return found and ({key: call.__name__ for key, call in found[0].items()}, found[1])

    return find_names


@given(routes=route_sets(), data=st.data())
@settings(max_examples=12)
def test_both_dispatchers_find_the_same(routes: str, data: st.DataObject) -> None:
    paths = data.draw(st.lists(near(routes), min_size=10, max_size=30, unique=True))
    answers = []
    for dispatcher in ("ladder", "tree"):
        find = find_of(generate(routes=routes, dispatcher=dispatcher))
        answers.append({path: find(path) for path in paths})
    assert answers[0] == answers[1]


ROUTES = """
GET    /{s}           json  any_text
GET    /{p:path}      json  any_path
POST   /{f:float}     json  any_float
GET    /{n:int}       json  any_int
GET    /{u:uuid}      json  any_uuid
GET    /{d:date}      json  any_date
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
    "/2026-11-28": "any_date",
    "/2028-02-29": "any_date",
    "/2026-02-30": "any_text",
    "/20261128": "any_int",
    "/2026-W48-6": "any_text",  # Python reads it as a date
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
    find = find_of(generate(routes=ROUTES, dispatcher=dispatcher))
    for path, name in FOUND.items():
        found = find(path)
        assert (found and next(iter(found[0].values()))) == name, path


@pytest.mark.parametrize("dispatcher", ["ladder", "tree"])
def test_the_order_of_the_lines_decides_nothing(dispatcher: str) -> None:
    backwards = "\n".join(reversed(ROUTES.splitlines()))
    answers = []
    for routes in (ROUTES, backwards):
        find = find_of(generate(routes=routes, dispatcher=dispatcher))
        answers.append({path: find(path) for path in FOUND})
    assert answers[0] == answers[1]


@pytest.mark.parametrize("dispatcher", ["ladder", "tree"])
def test_the_path_is_found_first_and_then_the_method(dispatcher: str) -> None:
    routes = "GET /{n:int} json number; POST /{s} json word"
    find = find_of(generate(routes=routes, dispatcher=dispatcher))
    assert find("/5") == ({"GET": "number"}, (5,))
    assert find("/five") == ({"POST": "word"}, ("five",))
