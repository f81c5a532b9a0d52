"""The rows of middleware, servers, extras and features, and what each of them needs elsewhere."""

import re
from typing import Any

import pytest
import yaml

from harness.projects import INSIDE, ROOT
from harness.rendering import constant, render
from harness.shapes import SHAPES

QUESTIONS = yaml.safe_load((ROOT / "copier.yml").read_text("utf-8"))
MIDDLEWARE: dict[str, dict[str, Any]] = constant("choices", "MIDDLEWARE")
SERVERS: dict[str, dict[str, Any]] = constant("choices", "SERVERS")
EXTRAS: dict[str, list[str]] = constant("choices", "EXTRAS")
FEATURES: list[str] = constant("choices", "FEATURES")
SETTINGS = [row["setting"]["name"] for row in MIDDLEWARE.values() if row["setting"]]
OPTIONAL = [*MIDDLEWARE, "wrapping", *FEATURES, *constant("types", "MODULES")]


def read(path: str) -> str:
    """The text of a file of this repository."""
    return (ROOT / path).read_text("utf-8")


def template_of(pattern: str) -> str:
    """The text of the one file in template/ whose path has this pattern."""
    [file] = ROOT.glob(f"template/{pattern}")
    return file.read_text("utf-8")


def names_of_templates() -> list[str]:
    folder = ROOT / "template"
    return [str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()]


@pytest.mark.parametrize(
    "question, rows",
    [("middleware", MIDDLEWARE), ("server", SERVERS), ("extras", EXTRAS), ("features", FEATURES)],
)
def test_a_question_offers_the_rows_in_their_order(question: str, rows: Any) -> None:
    assert QUESTIONS[question]["choices"] == list(rows)


@pytest.mark.parametrize("table", [MIDDLEWARE, SERVERS])
def test_every_row_has_the_same_keys(table: dict[str, dict[str, Any]]) -> None:
    assert len({tuple(row) for row in table.values()}) == 1


@pytest.mark.parametrize("name", OPTIONAL)
def test_an_optional_file_is_in_the_template_with_its_test(name: str) -> None:
    in_middleware = name in [*MIDDLEWARE, "wrapping"]
    test = f"test_middleware_{name}.py" if in_middleware else f"test_{name}.py"
    file = f"{name}.json" if name == "openapi" else f"{name}.py"
    made = [path.removesuffix(".jinja") for path in names_of_templates()]
    condition = f"{{% if '{name}' in parts %}}"
    folder = "src/{{ package_name }}/"
    folder += "{% if wrapped %}middleware{% endif %}/" if in_middleware else ""
    assert f"{folder}{condition}{file}{{% endif %}}" in made
    assert f"tests/{condition}{test}{{% endif %}}" in made


@pytest.mark.parametrize("name", [name for name in OPTIONAL if name != "openapi"])
def test_an_optional_file_has_deep_tests_and_faults_that_tests_notice(name: str) -> None:
    assert (INSIDE / f"deep_{name}.py").is_file()
    assert f"{name}.py" in read("tests/project/test_optional_mutations.py")


@pytest.mark.parametrize("name", [*MIDDLEWARE, *EXTRAS, "cookies", "openapi"])
def test_a_shape_has_each_choice(name: str) -> None:
    answers = ("middleware", "extras", "features")
    assert name in [
        one for shape in SHAPES.values() for key in answers for one in shape.get(key, [])
    ]


@pytest.mark.parametrize("name", [name for name in MIDDLEWARE if name != "mount"])
def test_the_wiring_of_each_middleware_has_a_test(name: str) -> None:
    assert f'@wrapped("{name}")\ndef test_{name}(' in template_of("tests/*wiring*")


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_that_cannot_work_is_tried(setting: str) -> None:
    assert f'("{setting}", value)' in read("tests/project/test_optional_files.py")


@pytest.mark.parametrize("name", list(SERVERS)[:-1])
def test_each_server_has_its_file_and_its_documentation(name: str) -> None:
    condition = f"{{% if chosen.server == '{name}' %}}"
    assert f"{condition}{SERVERS[name]['file']}{{% endif %}}.jinja" in names_of_templates()
    assert f"if chosen.server == '{name}' %}}" in template_of("*OPERATIONS*")
    assert re.search(rf"\b{name}\b", read("docs/servers.md"), re.I)


@pytest.mark.parametrize("name", EXTRAS)
def test_each_extra_has_its_files_and_its_documentation(name: str) -> None:
    made = [re.sub(r"{%.*?%}", "", path).removesuffix(".jinja") for path in names_of_templates()]
    assert set(EXTRAS[name]) <= set(made)
    assert name == "agents" or f"if '{name}' in chosen.extras %}}" in template_of("*OPERATIONS*")


@pytest.mark.parametrize("file", ["pyproject.toml", *constant("choices", "CHOSEN_FILES")])
def test_a_file_that_its_owner_had_before_is_excluded(file: str) -> None:
    assert f"{{{{ '/{file}' if '{file}' in yours | default(owned) }}}}" in QUESTIONS["_exclude"]


def test_nothing_else_is_excluded_because_its_owner_had_it_before() -> None:
    excluded = [line for line in QUESTIONS["_exclude"] if "default(owned)" in line]
    assert len(excluded) == len(["pyproject.toml", *constant("choices", "CHOSEN_FILES")])


@pytest.mark.parametrize("name", [*FEATURES, *constant("types", "MODULES")])
def test_no_module_of_handlers_has_tests_of_the_same_name(name: str) -> None:
    assert name in constant("routes", "TAKEN_MODULES")


@pytest.mark.parametrize("name", [*MIDDLEWARE, "wrapping"])
def test_no_module_of_handlers_has_the_tests_of_a_middleware(name: str) -> None:
    assert f"middleware_{name}" in constant("routes", "TAKEN_MODULES")


def test_the_last_line_wraps_what_sees_a_request_first() -> None:
    lines = render("parts.wrapping_lines", list(MIDDLEWARE)).splitlines()
    names = [name for name in MIDDLEWARE if name != "mount"]
    assert [line.partition(" = ")[2].partition("(")[0] for line in lines] == names[::-1]
    assert lines[-1] == "application = proxy(application, config.TRUSTED_PROXIES)"
