"""Very different projects, with both dispatchers: each is whole, tested and tidy."""

import ast
import re
from collections import Counter

import pytest

from harness.projects import (
    Project,
    assert_tests_pass,
    assert_tidy,
    assert_typed,
    generate,
    lines_of,
    shared,
)
from harness.shapes import SHAPES

DISPATCHERS = ("ladder", "tree")
ALWAYS, MATRIX = ("one text route", "defaults", "everything"), pytest.mark.matrix
REQUEST_PATH = ("bare.py", "routes.py", "request.py", "response.py", "errors.py")
ANY_BYTES_WILL_DO = ("bytes", "image/png")  # a body of these is never malformed
pytestmark = [
    pytest.mark.parametrize(
        "shape",
        [name if name in ALWAYS else pytest.param(name, marks=MATRIX) for name in SHAPES],
    ),
    pytest.mark.parametrize("dispatcher", DISPATCHERS),
]


@shared
def project_of(shape: str, dispatcher: str) -> Project:
    return generate(dispatcher=dispatcher, **SHAPES[shape])


def functions_of(source: str | bytes) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]


def length_of(function: ast.FunctionDef) -> int:
    return (function.end_lineno or 0) - function.lineno + 1


def cases_of(verbose: str) -> Counter[str]:
    """How often each test function ran, by file and name."""
    return Counter(re.findall(r"^(tests/\w+\.py::\w+)(?:\[.*\])? PASSED", verbose, re.M))


def examples_in(project: Project) -> list[tuple[str, str]]:
    """The method and the URL of each example that the contract sends."""
    tree = ast.parse(project.read("tests/examples.py"))
    [examples] = [node.value for node in tree.body if isinstance(node, ast.AnnAssign)]
    assert isinstance(examples, ast.List)
    return [tuple(map(ast.literal_eval, row.elts[:2])) for row in examples.elts]  # type: ignore


def expected_cases(project: Project) -> dict[str, int]:
    """How often each test of the contract must run: for each example, or for each path."""
    examples = examples_in(project)
    times = {"each": len(examples), "each_path": len({url for _, url in examples})}
    expected = {}
    for function in functions_of(project.read("tests/test_contract.py")):
        if function.name.startswith("test_"):
            count = 1
            for decorator in function.decorator_list:
                if isinstance(decorator, ast.Name):
                    count *= times[decorator.id]
                elif isinstance(decorator, ast.Call) and isinstance(decorator.args[-1], ast.List):
                    count *= len(decorator.args[-1].elts)
            expected[f"tests/test_contract.py::{function.name}"] = count
    return expected


def expected_tests(words: list[str]) -> set[str]:
    """The names of the tests of a route, which is written as METHOD PATH TYPES NAME."""
    method, types, name = words[0], words[2], words[3]
    consumed, arrow, produced = types.rpartition(">")
    made = produced.split(",")
    if not arrow and method in ("POST", "PUT", "PATCH"):
        consumed = made[0]
    suffixes = [type if "/" not in type else f"type_{n}" for n, type in enumerate(made, 1)]
    names = {f"test_{name}", *(f"test_{name}_as_{suffix}" for suffix in suffixes[1:])}
    if consumed:
        names.add(f"test_{name}_refuses_another_content_type")
    if consumed and consumed not in ANY_BYTES_WILL_DO:
        names.add(f"test_{name}_refuses_a_malformed_body")
    return names


def test_its_own_tests_pass_for_every_route(shape: str, dispatcher: str) -> None:
    project = project_of(shape, dispatcher)
    routes = lines_of(SHAPES[shape]["routes"])
    methods = [method for method, _ in examples_in(project)]
    assert sorted(methods) == sorted(words[0] for words in routes)
    ran = cases_of(assert_tests_pass(project, "-vv"))
    expected = expected_cases(project)
    assert len(expected) >= 8
    assert {name: ran[name] for name in expected} == expected
    modules = [file.stem for file in (project.source / "handlers").glob("*.py")]
    owners = tuple(f"tests/test_{module}.py::" for module in modules)
    own = [name.split("::")[1] for name in ran if name.startswith(owners)]
    assert sorted(own) == sorted(name for words in routes for name in expected_tests(words))


def test_it_is_tidy_and_typed(shape: str, dispatcher: str) -> None:
    project = project_of(shape, dispatcher)
    assert_tidy(project)
    assert_typed(project)


def test_its_application_is_one_screen(shape: str, dispatcher: str) -> None:
    source = project_of(shape, dispatcher).source
    assert (source / "bare.py").read_bytes().count(b"\n") <= 50


def test_its_functions_are_short(shape: str, dispatcher: str) -> None:
    for name, content in project_of(shape, dispatcher).files().items():
        if not name.endswith(".py"):
            continue
        limit = 25 if name.endswith(REQUEST_PATH) else 40
        for function in functions_of(content):
            as_long_as_the_routes = name.endswith("/routes.py") and function.name == "find"
            assert length_of(function) <= limit or as_long_as_the_routes, (name, function.name)


def test_it_has_no_stray_blank_lines(shape: str, dispatcher: str) -> None:
    for name, content in project_of(shape, dispatcher).files().items():
        text = content.decode()
        assert not text.endswith("\n\n") and not text.startswith("\n"), name
        assert "\n\n\n\n" not in text, name
        assert not re.search(r"[ \t]$", text, re.M), name
        assert name.endswith((".py", ".md")) or "\n\n\n" not in text, name
        assert not name.endswith(".py") or "copier" not in text.lower(), name
