"""What is made from other files: the README's table of questions, its picture, and a diagram."""

import re
from graphlib import CycleError

import pytest

from harness import diagram, questions

AGAIN = f"is old: run {(questions.ROOT / 'docs/picture.py').read_text('utf-8').splitlines()[2]}"


def test_the_readme_has_the_questions_as_they_are() -> None:
    assert questions.table() in questions.README.read_text("utf-8"), f"the table {AGAIN}"


def test_the_picture_has_the_questions_as_they_are() -> None:
    drawn = re.findall("<!-- questions: (.*) -->", questions.PICTURE.read_text("utf-8"))
    assert drawn == [questions.digest()], f"the picture {AGAIN}"


def test_contributing_has_the_imports_of_the_macros_as_they_are() -> None:
    page = diagram.PAGE.read_text("utf-8")
    assert diagram.diagram() in page, "run .venv/bin/python -m harness.diagram"


def test_all_arrows_of_the_diagram_point_down() -> None:
    seen: set[str] = set()
    for line in diagram.diagram().splitlines()[2:-1]:
        name, _, imported = line.strip().partition(" --> ")
        assert not {name, *imported.split(" & ")} & seen
        seen.add(name)


def test_macros_that_import_each_other_have_no_diagram(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagram, "imports", lambda: {"a": ["b"], "b": ["a"]})
    with pytest.raises(CycleError):
        diagram.diagram()
