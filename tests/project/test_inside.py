"""The own tests of a project and the deep ones in `tests/inside` together cover all of its code."""

from typing import Any

import pytest

from harness.projects import assert_covered, deep_tests, generate
from harness.shapes import SHAPES

PROJECTS: dict[str, dict[str, Any]] = {
    "default ladder": {},
    "default tree": {"dispatcher": "tree"},
    "everything": SHAPES["everything"],
}


@pytest.mark.parametrize("name", PROJECTS)
def test_every_line_and_branch_is_tested(name: str) -> None:
    assert_covered(generate(**PROJECTS[name]))


def test_each_optional_module_has_a_deep_test() -> None:
    project = generate(**SHAPES["everything"])
    optional = {file.stem for file in (project.source / "middleware").glob("[a-z]*.py")}
    optional |= {"config", "cookies", "csv_rows", "ndjson", "sse", "uploads"}
    assert optional <= set(deep_tests(project))
    assert "dispatch" in deep_tests(generate(dispatcher="tree"))
