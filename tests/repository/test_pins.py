"""requirements.txt: what the tests use, in versions that do not change by themselves."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions, requires, version

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from harness.interpreters import VERSIONS
from harness.projects import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
GROUPS = PYPROJECT["tool"]["uv"]["default-groups"]
LINES = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
PINNED = [Requirement(line) for line in LINES if not line.startswith("#")]
DECLARED = [Requirement(line) for group in GROUPS for line in PYPROJECT["dependency-groups"][group]]
OURS = {"benchmarks", "conformance", "harness"}


def pins(python: str) -> dict[str, str]:
    """Return what is installed on a version of Python: the name of a package and its version."""
    here = {"python_version": python, "python_full_version": f"{python}.9"}
    return {
        one.name: str(one.specifier).removeprefix("==")
        for one in PINNED
        if one.marker is None or one.marker.evaluate(here)
    }


def test_each_line_is_a_name_and_a_version() -> None:
    wrong = [line for line in LINES if not re.fullmatch(r"[a-z0-9-]+==[\w.]+( ; .+)?|#.*", line)]
    assert wrong == []


def test_the_file_names_its_command_and_no_host() -> None:
    command = " ".join(LINES[:2])
    assert f"uv pip compile pyproject.toml --universal --python-version {VERSIONS[0]}" in command
    assert re.findall(r"--group (\S+)", command) == GROUPS
    assert [line for line in LINES if "//" in line or "--index" in line] == []


def test_the_newest_versions_are_those_of_the_same_groups() -> None:
    assert re.findall(r"--group (\w+)", (ROOT / ".ci/newest").read_text("utf-8")) == GROUPS


@pytest.mark.parametrize("python", VERSIONS)
def test_what_pyproject_toml_names_is_pinned_in_a_version_that_it_allows(python: str) -> None:
    pinned = pins(python)
    assert [str(one) for one in DECLARED if one.name not in pinned] == []
    assert [str(one) for one in DECLARED if not one.specifier.contains(pinned[one.name])] == []


def needed(name: str, extras: set[str]) -> Iterator[Requirement]:
    """What an installed package needs on this machine."""
    for line in requires(name) or []:
        one = Requirement(line)
        if one.marker is None or any(
            one.marker.evaluate({"extra": extra}) for extra in extras | {""}
        ):
            yield one


def test_what_these_packages_need_is_pinned_too() -> None:
    pinned = pins(".".join(map(str, sys.version_info[:2])))
    seen: set[tuple[str, ...]] = set()
    left = list(DECLARED)
    while left:
        one = left.pop()
        name = canonicalize_name(one.name)
        assert name in pinned, (
            f"{name} is not in requirements.txt: run the command in its first lines"
        )
        # The newest version of a package, in .ci/newest, may need others.
        if (name, *one.extras) not in seen and version(name) == pinned[name]:
            seen.add((name, *one.extras))
            left += needed(name, one.extras)
    assert len(seen) > len(DECLARED)


def test_each_imported_package_is_declared() -> None:
    """One that only comes with another package goes away with it."""
    declared = {canonicalize_name(one.name) for one in DECLARED}
    owners = packages_distributions()
    undeclared = {
        f"{file.relative_to(ROOT)}: {module}"
        for folder in ("conformance", "harness", "tests")
        for file in sorted((ROOT / folder).rglob("*.py"))
        if "inside" not in file.parts
        for module in imported(file.read_text("utf-8")) - OURS - sys.stdlib_module_names
        if not declared & set(map(canonicalize_name, owners.get(module, ())))
    }
    assert sorted(undeclared) == []


def imported(code: str) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(str(node.module))
    return {name.partition(".")[0] for name in names}
