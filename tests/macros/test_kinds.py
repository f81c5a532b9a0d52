"""The rows of the kinds of path parameters, and what must agree with them."""

import datetime
import re
from typing import Any
from uuid import UUID

import pytest

from harness.projects import ROOT
from harness.rendering import constant, render, value

KINDS: dict[str, dict[str, Any]] = constant("kinds", "KINDS")
NAMES = {"re": re, "datetime": datetime, "UUID": UUID}
CASES = [(kind, text) for kind, row in KINDS.items() for text in row["matches"]]
NEAR_MISSES = [(kind, text) for kind, row in KINDS.items() for text in row["misses"]]
[DISPATCH] = ROOT.glob("template/src/*/*dispatch.py*")


def check_of(kind: str) -> Any:
    """The function of a row that says whether a segment matches."""
    names: dict[str, Any] = dict(NAMES)
    exec(KINDS[kind]["function"], names)
    return eval(KINDS[kind]["takes"], names)


def test_every_row_has_the_same_keys() -> None:
    assert len({tuple(sorted(row)) for row in KINDS.values()}) == 1


@pytest.mark.parametrize("kind, text", [case for case in CASES if case[0] != "path"])
def test_a_segment_matches_and_becomes_a_value_of_the_annotated_type(kind: str, text: str) -> None:
    row = KINDS[kind]
    assert check_of(kind)(text)
    made = eval(row["value"].replace("NAME", repr(text)), dict(NAMES))
    assert type(made) is eval(row["annotation"], dict(NAMES))
    assert (made, text) in [(text, text), (made, str(made))] or not isinstance(made, str)


@pytest.mark.parametrize("kind, text", [case for case in NEAR_MISSES if case[0] != "path"])
def test_a_near_miss_does_not_match(kind: str, text: str) -> None:
    assert not check_of(kind)(text)


def test_a_path_found_by_the_table_has_the_same_checks_and_conversions() -> None:
    source = DISPATCH.read_text("utf-8")
    lines = []
    for kind, row in KINDS.items():
        converts = row["value"].removesuffix("(NAME)") if "(NAME)" in row["value"] else "str"
        lines.append(f'    "{kind}": ({row["takes"]}, {converts}),')
        assert row["function"] in source
    written = re.search(r"^KINDS.*\n((?:    .*\n)+)", source, re.M)
    assert written
    assert [line.partition("  #")[0] for line in written[1].splitlines()] == lines


def test_the_contract_checks_the_type_of_each_kind_that_is_converted() -> None:
    contract = (ROOT / "template/tests/test_contract.py").read_text("utf-8")
    names = [row["annotation"].rpartition(".")[2] for row in KINDS.values()]
    converted = ", ".join(f'"{name}"' for name in names if name != "str")
    assert f"CONVERTED = ({converted})" in contract


@pytest.mark.parametrize("kind", KINDS)
def test_the_documentation_has_each_kind(kind: str) -> None:
    page = (ROOT / "docs/routes.md").read_text("utf-8")
    assert re.search(rf"^\| [^|]*`{{name:{kind}}}` \|", page, re.M)
    assert f"`{kind}`" in (ROOT / "README.md").read_text("utf-8").split("The kinds are")[1]


def test_the_documentation_has_the_kinds_in_their_order() -> None:
    page = (ROOT / "docs/routes.md").read_text("utf-8")
    assert ", ".join(f"`{kind}`" for kind in KINDS) in page.replace("\n", " ")


def test_an_example_matches_no_narrower_kind() -> None:
    examples = value("kinds.examples_beside", "/notes /12345")
    for kind, example in examples.items():
        if kind != "path":
            assert check_of(kind)(example)
        narrower = list(KINDS)[: list(KINDS).index(kind)]
        assert not [other for other in narrower if other != "str" and check_of(other)(example)]


def test_an_example_has_digits_that_no_path_has() -> None:
    assert value("kinds.examples_beside", "")["int"] == "12345"
    examples = value("kinds.examples_beside", "/2345 /x/12346.5")
    expected = {
        "int": "12347",
        "float": "12347.5",
        "uuid": "6f1e2d3c-4b5a-4978-8695-a4b3c2d12347",
        "date": "2347-11-28",
        "str": "my NAME",
        "path": "my NAME//2",
    }
    assert expected.items() <= examples.items()


@pytest.mark.parametrize(
    "type, format, kind",
    [
        ("integer", None, "int"),
        ("integer", "int64", "int"),
        ("number", "double", "float"),
        ("string", "uuid", "uuid"),
        ("", "uuid", "uuid"),
        ("string", "date", "date"),
        ("string", "date-time", ""),
        ("string", None, ""),
        ("boolean", None, ""),
        ("", ["date"], ""),
    ],
)
def test_the_schema_of_a_description_has_a_kind(type: str, format: Any, kind: str) -> None:
    assert render("kinds.kind_of", type, format) == kind


@pytest.mark.parametrize("kind", KINDS)
def test_a_description_gives_back_the_kind_that_it_was_written_with(kind: str) -> None:
    schema = KINDS[kind]["schema"]
    found = render("kinds.kind_of", schema["type"], schema.get("format"))
    assert found == ("" if KINDS[kind]["annotation"] == "str" else kind)


def test_the_schema_of_an_int_has_its_bounds() -> None:
    schema = KINDS["int"]["schema"]
    assert (schema["minimum"], schema["maximum"]) == (0, int("9" * 19))
