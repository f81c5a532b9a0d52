"""Five very different projects, with both dispatchers: each is whole, tested and tidy."""

import ast
import re
from collections import Counter
from functools import cache

import pytest
from projects import ROOT, Project, assert_tests_pass, assert_tidy, assert_typed, generate, lines_of
from shapes import SHAPES

DISPATCHERS = ("ladder", "tree")
AS_LONG_AS_THE_ROUTES = re.compile(
    r"routes\.py|openapi\.json|README\.md|\.copier-answers\.yml|handlers/.+|tests/test_\w+\.py"
)
pytestmark = [
    pytest.mark.parametrize("shape", SHAPES),
    pytest.mark.parametrize("dispatcher", DISPATCHERS),
]


@cache
def project_of(shape: str, dispatcher: str) -> Project:
    return generate(dispatcher=dispatcher, **SHAPES[shape])


def templates_tests() -> set[str]:
    """The test files that are not one of a resource."""
    names = (file.name for file in (ROOT / "template/tests").iterdir())
    return {
        "tests/" + re.findall(r"test_\w+\.py", name)[0]
        for name in names
        if "test_" in name and "yield" not in name
    }


def cases_of(verbose: str) -> Counter[str]:
    """How often each test function ran, by file and name."""
    return Counter(re.findall(r"^(tests/\w+\.py::\w+)(?:\[.*\])? PASSED", verbose, re.M))


def test_its_own_tests_cover_every_line_and_route(shape: str, dispatcher: str) -> None:
    project = project_of(shape, dispatcher)
    ran = cases_of(assert_tests_pass(project, "-vv"))
    routes = lines_of(SHAPES[shape]["routes"])
    paths = {re.sub(r"{\w+", "{", words[1]) for words in routes}
    produced = [words[2] if len(words) > 2 else "text" for words in routes]
    contract = project.read("tests/test_contract.py")
    for decorator, cases in (("each_route", len(routes)), ("each_path", len(paths))):
        for name in re.findall(rf"^@{decorator}\ndef (\w+)", contract, re.M):
            assert ran[f"tests/test_contract.py::{name}"] == cases, name
    own = [name for name in ran if name.split("::")[0] not in templates_tests()]
    assert len(own) == sum(len(types.split(",")) for types in produced)


def test_it_is_tidy_and_typed(shape: str, dispatcher: str) -> None:
    project = project_of(shape, dispatcher)
    assert_tidy(project)
    assert_typed(project)


def test_its_files_and_functions_are_short(shape: str, dispatcher: str) -> None:
    project = project_of(shape, dispatcher)
    files = project.files()
    assert (shape, dispatcher) != ("defaults", "ladder") or len(files) <= 20
    for name, octets in files.items():
        follows = shape == "a thousand" and AS_LONG_AS_THE_ROUTES.search(name)
        assert octets.count(b"\n") <= 150 or follows or "openapi" in name, name
        if name.endswith(".py"):
            assert_functions_are_short(name, octets)


def assert_functions_are_short(name: str, octets: bytes) -> None:
    for node in ast.walk(ast.parse(octets)):
        if isinstance(node, ast.FunctionDef) and (name[-9:], node.name) != ("routes.py", "find"):
            lines = (node.end_lineno or 0) - node.lineno + 1
            assert lines <= 40, (name, node.name)


def test_it_has_no_stray_blank_lines(shape: str, dispatcher: str) -> None:
    for name, octets in project_of(shape, dispatcher).files().items():
        text = octets.decode()
        assert not text.endswith("\n\n") and not text.startswith("\n"), name
        assert "\n\n\n\n" not in text, name
        assert not re.search(r"[ \t]$", text, re.M), name
        assert name.endswith(".py") or "\n\n\n" not in text, name
        assert not name.endswith(".py") or "copier" not in text.lower(), name
