"""Every pair of choices makes a project that passes its tests."""

import re
from itertools import combinations, product
from typing import Any

import pytest
import yaml
from allpairspy import AllPairs

from harness.projects import ROOT, assert_tests_pass, assert_tidy, assert_typed, generate

QUESTIONS = yaml.safe_load((ROOT / "copier.yml").read_text("utf-8"))
ASKED = {
    key: question
    for key, question in QUESTIONS.items()
    if not key.startswith("_") and question.get("when") is not False and "help" in question
}
ROUTE_SETS = [
    "GET /",
    "GET / html,json,csv; POST /a/{n:int} form>html,text; PUT /b/{p:path} bytes>xml,svg",
    "GET /{u:uuid} sse; DELETE /{f:float}/x ndjson,text/css; PATCH /a json>none; PUT /b none",
]


def values_of(question: dict[str, Any]) -> list[Any]:
    """The choices; for several at once none of them, the last one and all."""
    choices = question["choices"]
    choices = list(choices.values()) if isinstance(choices, dict) else choices
    if not question.get("multiselect"):
        return choices
    return [[], choices[-1:], choices]


def possible(answers: dict[str, Any]) -> bool:
    """Whether these choices can be made together: a container needs a server."""
    return "docker" not in answers.get("extras", []) or answers.get("server") != "none"


CHOICES = {key: values_of(question) for key, question in ASKED.items() if "choices" in question}
ROWS = [
    dict(zip([*CHOICES, "routes"], row, strict=True))
    for row in AllPairs([*CHOICES.values(), ROUTE_SETS])
]
PAIRS = [
    answers
    for row in ROWS
    for answers in (
        [row] if possible(row) else [row | {"server": "gunicorn"}, row | {"extras": []}]
    )
]


@pytest.mark.matrix
@pytest.mark.parametrize("answers", PAIRS, ids=range(len(PAIRS)))
def test_every_pair_of_choices_makes_a_tested_project(answers: dict[str, Any]) -> None:
    project = generate(**answers)
    assert_tidy(project)
    assert_typed(project)
    assert_tests_pass(project)


def test_each_content_type_on_its_own_makes_a_tidy_project() -> None:
    types = ASKED["content_types"]["choices"]
    assert_tidy(*(generate(routes="GET /", content_types=[one]) for one in types))


def test_every_pair_is_in_the_list() -> None:
    for (one, first), (other, second) in combinations(CHOICES.items(), 2):
        met = [(row[one], row[other]) for row in PAIRS]
        for x, y in product(first, second):
            assert ((x, y) in met) == possible({one: x, other: y})


def test_every_question_has_its_fields_in_one_order() -> None:
    order = (
        "type multiselect multiline secret help choices placeholder default when validator".split()
    )
    for key, question in QUESTIONS.items():
        if not key.startswith("_"):
            assert list(question) == sorted(question, key=order.index), key
            assert "default" in question, key


@pytest.mark.parametrize("key", ASKED)
def test_every_question_says_in_one_line_what_it_changes(key: str) -> None:
    assert 10 < len(re.sub("{[{%].*?[}%]}", "", ASKED[key]["help"])) <= 70


def test_expressions_are_as_short_as_a_name() -> None:
    """What is longer than a line of two is a macro, with a comment that says what it does."""
    for key, question in QUESTIONS.items():
        if not key.startswith("_"):
            for field in ("default", "when", "validator"):
                code = re.sub(r"{% from [^%]* %}", "", str(question.get(field, "")))
                assert max(map(len, code.splitlines()), default=0) <= 110, (key, field)


def test_the_template_runs_no_code_of_its_own() -> None:
    for key in ("_tasks", "_migrations", "_jinja_extensions"):
        assert key not in QUESTIONS
