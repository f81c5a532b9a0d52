"""All macros: each has a direct test, and a fault in one is reported with its own line."""

import ast
import traceback
from pathlib import Path

import pytest
from jinja2 import UndefinedError, nodes

from harness.projects import ROOT
from harness.rendering import environment, render

TESTS = Path(__file__).parent


def macros() -> set[str]:
    """Each macro by its file and name: `routes.read`."""
    return {
        f"{file.stem}.{macro.name}"
        for file in (ROOT / "macros").glob("*.jinja")
        for macro in environment().parse(file.read_text("utf-8")).find_all(nodes.Macro)
    }


def called_by(test: Path) -> set[str]:
    """The macros that a file of tests calls: `render("routes.read", …)`, or `value` instead."""
    return {
        str(node.args[0].value)
        for node in ast.walk(ast.parse(test.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("render", "value")
        and isinstance(node.args[0], ast.Constant)
    }


def test_each_macro_is_called_by_a_test() -> None:
    called = set().union(*map(called_by, TESTS.glob("test_*.py")))
    assert macros() <= called, f"called by no test: {', '.join(sorted(macros() - called))}"


def test_a_fault_in_a_macro_is_reported_with_its_own_line() -> None:
    with pytest.raises(UndefinedError) as caught:
        render("stubs.summary", {})
    last = traceback.extract_tb(caught.tb)[-1]
    assert Path(last.filename).name == "stubs.jinja"
    source = (ROOT / "macros/stubs.jinja").read_text("utf-8").splitlines()
    assert source[(last.lineno or 0) - 1].startswith("{{ route.method }} {{ route.path }}")
