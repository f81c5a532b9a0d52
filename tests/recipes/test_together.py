"""Recipes fit together: all in one project, and pairs. (test_end_to_end.py: in another order.)"""

import os
import re
from itertools import combinations
from typing import Any

import pytest

from harness import postgres
from harness.recipes import TOGETHER, assert_sound, page, project, steps
from harness.shapes import EXTRAS, MIDDLEWARE

OTHERS = {"postgresql"}  # its database.py is instead of the one of SQLite
WITH_SQLITE = {"sqlite", "api"}
NEEDS = {
    "templates": ["static"],
    "login": ["static", "templates"],
    "files": ["static", "templates", "login"],
    "api": ["sqlite", "token"],
    "queue": ["jobs"],
}
BACKWARDS = (
    *("lambda", "prometheus", "opentelemetry", "sentry", "jobs", "queue", "events"),
    *("token", "sqlite", "api", "static", "templates", "login", "files"),
)
PAIRS = list(combinations(sorted(TOGETHER), 2))
QUICK = ("events", "sqlite")  # both add routes and settings, and need no other
ALL = "RECIPE_PAIRS" in os.environ
OTHER_PROJECT: dict[str, Any] = {
    "routes": "GET /{page} html show_page",
    "dispatcher": "tree",
    "middleware": MIDDLEWARE,
    "extras": EXTRAS,
    "server": "granian",
}
BESIDE_POSTGRESQL = [name for name in BACKWARDS if name not in WITH_SQLITE]


def test_each_recipe_is_among_them() -> None:
    linked = set(re.findall(r"\]\((\w+)\.md\)", page("README")))
    assert sorted(TOGETHER) == sorted(BACKWARDS) == sorted(linked - OTHERS)


@pytest.mark.release
def test_all_recipes_stand_in_a_project_with_other_routes_in_another_order() -> None:
    assert_sound(project(*BACKWARDS, **OTHER_PROJECT))


@pytest.mark.matrix
@pytest.mark.parametrize(
    "names",
    [BESIDE_POSTGRESQL, *([one] for one in BESIDE_POSTGRESQL if ALL)],
    ids=lambda names: names[0] if len(names) == 1 else "all",
)
def test_postgresql_stands_beside_the_others_in_another_order(
    names: list[str], postgresql: postgres.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = f"beside_{'_'.join(names)}"[:60]
    postgresql.execute(f"CREATE DATABASE {database}")
    monkeypatch.setenv("TEST_DATABASE_URL", postgresql.url(database))
    needed = [need for name in names for need in NEEDS.get(name, [])]
    assert_sound(project(*dict.fromkeys([*needed, *names]), "postgresql", **OTHER_PROJECT))


@pytest.mark.matrix
@pytest.mark.parametrize("pair", PAIRS if ALL else [QUICK], ids="-".join)
def test_a_pair_of_recipes_stands_in_both_orders(pair: tuple[str, str]) -> None:
    for first, second in (pair, pair[::-1]):
        names = [*NEEDS.get(first, []), first, *NEEDS.get(second, []), second]
        assert_sound(project(*dict.fromkeys(names)))


@pytest.mark.parametrize("name", [*TOGETHER, *OTHERS])
def test_a_recipe_replaces_no_handler_and_no_test_that_it_does_not_add(name: str) -> None:
    """What is replaced is a stub of its own routes, so that it fits any project."""
    pages = "".join(page(one) for one in (name, *NEEDS.get(name, [])))
    paths = re.findall(r"(?:GET|POST|PUT|DELETE) (/\S+) ", pages)
    added = {segment for path in paths for segment in path.split("/")}
    for step in steps(name):
        if "instead of" in step.sentence and (
            "handlers/" in step.sentence or "tests/" in step.sentence
        ):
            module = step.sentence.split("`")[1].rpartition("/")[2].removeprefix("test_")
            assert module.removesuffix(".py") in added, step.sentence


@pytest.mark.parametrize("name", [*TOGETHER, *OTHERS])
def test_a_handler_imports_in_the_form_that_no_later_route_conflicts_with(name: str) -> None:
    for step in steps(name):
        if "handlers/" in step.sentence and "from .. import" in step.code:
            [names] = re.findall(r"from \.\. import \(\n(.*?)\)", step.code, re.DOTALL)
            assert set(names.split()) <= {"request,", "response,", "uploads,"}  # as in the stub


@pytest.mark.parametrize("name", [*TOGETHER, *OTHERS])
def test_a_recipe_extends_the_files_that_others_extend(name: str) -> None:
    for step in steps(name):
        for file in ("tests/conftest.py", "src/my_app/config.py", ".env.example", "pyproject.toml"):
            if f"`{file}`" in step.sentence:
                assert f"At the end of `{file}`" in step.sentence
        if "`src/my_app/__init__.py`" in step.sentence:
            assert "above" in step.sentence or "below" in step.sentence
        if "`src/my_app/config.py`" in step.sentence:
            for variable in re.findall(r'(?:text|number|choice|names|secret)\("(\w+)"', step.code):
                listed = [one.code for one in steps(name) if "`.env.example`" in one.sentence]
                assert re.search(rf"(?m)^# .+\n{variable}=", "".join(listed)), variable
        assert "noqa" not in step.code
        read = re.findall(r'os\.environ\.get\("(\w+)', step.code)
        assert [one for one in read if not one.startswith(("OTEL_", "TEST_"))] == []
