"""How much there is to read in the template's logic. A change that needs more changes a figure here."""

import re
from pathlib import Path

import pytest
from jinja2 import nodes

from harness.projects import ROOT
from harness.rendering import environment

MACROS = sorted((ROOT / "macros").glob("*.jinja"))
TEMPLATES = sorted((ROOT / "template").rglob("*.jinja"))
WIDTH = 100


def read(file: Path) -> str:
    return file.read_text("utf-8")


def too_long(files: list[Path], pattern: str = "") -> list[str]:
    """The lines that are too long and match a pattern, each with its file and number."""
    return [
        f"{file.relative_to(ROOT)}:{number}: {line}"
        for file in files
        for number, line in enumerate(read(file).splitlines(), 1)
        if len(line) > WIDTH and re.search(pattern, line)
    ]


def test_no_line_of_logic_is_longer_than_others() -> None:
    assert too_long([*MACROS, ROOT / "copier.yml"]) == []


def test_a_long_line_of_a_template_has_no_condition() -> None:
    """Text can be long: Markdown and the names that are filled in decide."""
    assert too_long(TEMPLATES, r"\{%|\{\{.* if ") == []


def test_no_macro_is_longer_than_a_screen() -> None:
    lengths = {
        f"{file.stem}.{name}": text.count("\n") + 1
        for file in MACROS
        for name, text in re.findall(r"(?s)\{% macro (\w+)(.*?)endmacro %\}", read(file))
    }
    assert {name: length for name, length in lengths.items() if length > 40} == {}


def test_the_comment_above_a_macro_says_what_comes_out() -> None:
    silent = [
        f"{file.stem}.{name}"
        for file in MACROS
        for above, name in re.findall(r"(?s)(.*?)\{% macro (\w+)", read(file))
        if not re.search(r"(?s)(Text|JSON):\s.*#\}\n\Z", above.rpartition("{#")[2])
    ]
    assert silent == []


FIGURES = {"lines": 2700, "macros": 160, "branches": 45, "side effects": 5}


@pytest.mark.parametrize("figure", FIGURES)
def test_the_logic_does_not_grow_unnoticed(figure: str) -> None:
    trees = [environment().parse(read(file)) for file in MACROS]
    found = {
        "lines": sum(read(file).count("\n") for file in MACROS),
        "macros": sum(len([*tree.find_all(nodes.Macro)]) for tree in trees),
        "branches": sum(len([*tree.find_all(nodes.If)]) for tree in trees),
        "side effects": len(re.findall(r"\{% set _ =", "".join(map(read, MACROS)))),
    }
    assert found[figure] <= FIGURES[figure]
