"""Whatever the routes are, the project is tidy, typed and passes its own tests."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.projects import assert_tests_pass, assert_tidy, assert_typed, generate
from harness.rendering import constant
from harness.route_sets import route_sets


@pytest.mark.matrix
@pytest.mark.parametrize("dispatcher", ["ladder", "tree"])
@given(routes=route_sets(), content_types=st.sampled_from([["json"], ["html", "text"]]))
@settings(max_examples=3)
def test_any_routes_make_a_tested_project(
    dispatcher: str, routes: str, content_types: list[str]
) -> None:
    project = generate(routes=routes, dispatcher=dispatcher, content_types=content_types)
    assert_tidy(project)
    assert_typed(project)
    assert_tests_pass(project)


@pytest.mark.matrix
@given(batch=st.lists(route_sets(), min_size=8, max_size=8))
@settings(max_examples=2)
def test_any_routes_are_laid_out_as_formatters_do(batch: list[str]) -> None:
    projects = [
        generate(routes=routes, dispatcher=dispatcher)
        for routes in batch
        for dispatcher in ("ladder", "tree")
    ]
    assert_tidy(*projects)


@pytest.mark.parametrize("dispatcher", ["ladder", "tree"])
def test_a_resource_can_have_any_name_that_its_table_uses(dispatcher: str) -> None:
    kinds = "\n".join(f"GET /{{a:{kind}}}" for kind in constant("kinds", "KINDS"))
    table = (generate(routes=kinds, dispatcher=dispatcher).source / "routes.py").read_text("utf-8")
    names = sorted({name.lower() for name in re.findall(r"[A-Za-z]\w*", table)})
    named = (f"GET /{name}/{{value:int}} text r{n}" for n, name in enumerate(names))
    routes = "\n".join([kinds, *named])
    project = generate(routes=routes, dispatcher=dispatcher)
    assert_tidy(project)
    assert_typed(project)
    assert_tests_pass(project)
