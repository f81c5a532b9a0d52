"""A text can contain any printable character: every file still parses and shows it unchanged."""

import ast
import json
import re
import tomllib
from typing import Any

import copier
import pytest
import yaml

from harness.projects import (
    Project,
    assert_tests_pass,
    assert_tidy,
    assert_typed,
    generate,
    refusal,
    scratch,
    shared,
    template,
)

HOSTILE = {
    "quotes": 'It\'s "quoted", \'\'\'thrice\'\'\' and """thrice"""',
    "backslashes": r"C:\new\table \u0041 \N{DIGIT ONE} \\ \'",
    "comment": "# no comment: a {b} [c], - d & *e !f %g @h",
    "jinja": "{{ 7 * 7 }} {% raw %} {# gone? #} {%- endif -%}",
    "emoji": "🚀 Größe 日本語 👩\u200d👩\u200d👧 e\u0301",
    "right to left": "שלום العالم",
    "markdown": "*a* _b_ `c` [d](e) <f> ~~g~~ | h | ![i] &amp; ---",
    "html": "</title><script>alert(1)</script>",
    "yaml": "yes: no, null, ~, 1e3, 0x1f, <<, >-, |",
    "percent": "%s %(a)s {0} $HOME ${HOME} `id` $(id)",
    "spaces": "two  spaces",
}
FIELDS = ("project_name", "description", "author_name")
hostile = pytest.mark.parametrize("name", HOSTILE)


@shared
def project_of(name: str) -> Project:
    texts: dict[str, Any] = dict.fromkeys(FIELDS, HOSTILE[name])
    return generate(license="MIT", server="gunicorn", features=["openapi"], **texts)


@hostile
def test_every_file_parses(name: str) -> None:
    for file, content in project_of(name).files().items():
        if file.endswith(".py"):
            ast.parse(content)
        elif file.endswith(".toml"):
            tomllib.loads(content.decode())
        elif file.endswith(".json"):
            json.loads(content)
        elif file.endswith((".yml", ".yaml")):
            yaml.safe_load(content)


@hostile
def test_every_file_shows_the_text_unchanged(name: str) -> None:
    project, text = project_of(name), HOSTILE[name]
    metadata = tomllib.loads(project.read("pyproject.toml"))["project"]
    assert (metadata["description"], metadata["authors"]) == (text, [{"name": text}])
    answers = yaml.safe_load(project.read(".copier-answers.yml"))
    assert [answers[field] for field in FIELDS] == [text] * 3
    information = json.loads(project.read("src/sample/openapi.json"))["info"]
    assert (information["title"], information["description"]) == (text, text)
    assert text in project.read("LICENSE")
    title = project.read("README.md").splitlines()[0].removeprefix("# ")
    assert re.sub(r"\\([^a-z0-9\s])", r"\1", title).split() == text.split()


@hostile
def test_markdown_finds_no_markup_in_the_text(name: str) -> None:
    title = project_of(name).read("README.md").splitlines()[0].removeprefix("# ")
    assert not re.search(r"(?<!\\)(\\\\)*[`*_\[\]<>|]", title)


@pytest.mark.parametrize("name", ["quotes", "emoji"])
def test_a_project_with_any_text_is_tidy_and_its_tests_pass(name: str) -> None:
    assert_tidy(project_of(name))
    assert_typed(project_of(name))
    assert_tests_pass(project_of(name))


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("text", ["a\x00b", "a\u202eb", "a\ud800b"])
def test_control_characters_and_lone_surrogates_are_refused(field: str, text: str) -> None:
    message = refusal(**{field: text})
    assert message == f"leave out the control character {text[1]!r}"


@pytest.mark.parametrize("field", FIELDS)
def test_a_text_is_one_line(field: str) -> None:
    assert refusal(**{field: "a\nb"}) == "write one line, without tabs"


@pytest.mark.parametrize("field", ["project_name", "description"])
def test_an_empty_text_is_refused(field: str) -> None:
    assert refusal(**{field: "  "}) == "write a word or two"


@pytest.mark.parametrize("name", ["größe", "pluggy", "nul", "x" * 300])
def test_a_package_name_that_cannot_work_is_refused_with_a_better_one(name: str) -> None:
    better = refusal(package_name=name).partition("write ")[2].partition(": ")[0]
    assert generate(package_name=better).source.is_dir()


def test_the_package_is_named_after_the_folder() -> None:
    folder = scratch() / "Große Köpfe"
    copier.run_copy(str(template()), folder, defaults=True, quiet=True)
    assert (folder / "src/grosse_koepfe").is_dir()
    assert (folder / "README.md").read_text("utf-8").startswith("# Große Köpfe\n")


def test_the_longest_names_make_a_project_that_works() -> None:
    folder = scratch() / ("long" * 50)
    copier.run_copy(str(template()), folder, defaults=True, quiet=True)
    project = Project(folder, "long" * 12 + "lo")
    assert_tidy(project)
    assert_tests_pass(project)


@pytest.mark.parametrize("answers", [{}, {"project_name": "Short"}])
def test_a_folder_that_no_disk_holds_is_refused_before_anything_is_written(
    answers: dict[str, str],
) -> None:
    folder = scratch() / ("long" * 75)
    with pytest.raises(ValueError, match="the folder's name is too long"):
        copier.run_copy(str(template()), folder, data=answers, defaults=True, quiet=True)
