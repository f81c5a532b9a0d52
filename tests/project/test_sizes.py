"""How much there is to read: the limits of a project, in files and lines."""

import re
import shutil

import pytest

from harness.living import Living, Template
from harness.projects import ROOT, Project, generate, run_tests, shared
from harness.shapes import SHAPES

SEVEN = """
GET     /                     html       home
GET     /notes                json       list_notes
POST    /notes                json>json  create_note
GET     /notes/{note_id:int}  json,html  show_note
PUT     /notes/{note_id:int}  json>json  replace_note
DELETE  /notes/{note_id:int}  none       drop_note
GET     /search               html       search
"""
LIMITS = [
    (r".", 1_300),
    (r"src/", 550),
    (r"README\.md", 100),
    (r"tests/test_http\.py", 240),
    (r"tests/(test_contract|client)\.py", 270),
    (r"src/sample/bare\.py", 50),  # one screen
]


@shared
def default() -> Project:
    """The project that a user gets: its answers name a version of the template, too."""
    project = Living(Template().path).project
    shutil.rmtree(project.path / ".git")
    return project


def lines(project: Project, pattern: str = ".") -> dict[str, int]:
    """Return the lines of each file whose name begins with a pattern."""
    files = project.files().items()
    return {name: text.count(b"\n") for name, text in files if re.match(pattern, name)}


def test_the_default_project_has_few_files() -> None:
    assert len(default().files()) <= 21


@pytest.mark.parametrize("pattern, limit", LIMITS)
def test_the_default_project_is_short(pattern: str, limit: int) -> None:
    found = lines(default(), pattern)
    assert 0 < sum(found.values()) <= limit, found


def test_a_project_of_seven_routes_is_short() -> None:
    found = lines(generate(routes=SEVEN))
    assert sum(found.values()) <= 1_400, found


@pytest.mark.parametrize("shape", ["defaults", "everything"])
def test_no_line_is_wider_than_the_formatter_makes_it(shape: str) -> None:
    """It leaves docstrings and comments alone."""
    wide = [
        f"{name}: {line}"
        for name, text in generate(**SHAPES[shape]).files().items()
        if name.endswith((".py", ".ini")) and name != "tests/examples.py"
        for line in text.decode().splitlines()
        if len(line.partition("  # type: ignore")[0]) > 100 and not line.startswith("hook-asap")
    ]
    assert wide == []


def test_the_readme_says_how_much_there_is_to_read() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    total = round(sum(lines(default()).values()), -1)
    tests = re.findall(r"(\d+) passed", run_tests(default()).stdout)[0]
    said = f"has {len(default().files())} files and about {total:,} lines, with {tests} tests"
    assert said in " ".join(readme.split())
