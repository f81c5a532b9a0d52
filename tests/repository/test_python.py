"""The Python of this repository: who imports whom, and what ruff and mypy say of it."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.projects import ROOT

# What each folder can import of the others. Nobody imports tests, not even tests.
MAY_IMPORT = {
    "harness": {"harness"},
    "conformance": {"harness", "conformance"},
    "benchmarks": {"harness", "benchmarks"},
    "tests": {"harness", "conformance"},
    "docs": {"harness"},
}


def modules(file: Path) -> Iterator[str]:
    """The full name of each module that a file imports; its own package stands for a dot."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            own = file.relative_to(ROOT).parts[0]
            yield own if node.level else node.module or ""


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_imports_go_in_one_direction(folder: str) -> None:
    files = [file for file in (ROOT / folder).rglob("*.py") if "inside" not in file.parts]
    assert files
    imported = {
        (file.name, module)
        for file in files
        for module in modules(file)
        if module.split(".")[0] in MAY_IMPORT.keys() - MAY_IMPORT[folder]
    }
    assert imported == set()


def test_no_test_or_table_changes_where_python_looks_for_modules() -> None:
    folders = ("conformance", "benchmarks", "tests", "docs")
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.py")]
    changed = [
        file.name
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.path"
    ]
    assert changed == []


@pytest.mark.parametrize("command", ["ruff check", "ruff format --check", "mypy"])
def test_all_python_is_tidy_and_typed(command: str) -> None:
    words = [sys.executable, "-m", *command.split()]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
