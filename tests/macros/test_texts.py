"""What a text can contain, how files show it, and which names a package can have."""

import json
import re
import sys
import tomllib
import venv
from importlib.metadata import PackageNotFoundError, distribution
from keyword import kwlist
from pathlib import Path

import pytest
import yaml

from harness.rendering import constant, render, value

CONTROL = ["\x00", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\ud800", "\udfff"]
TURNING = [*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)), "\u200e", "\u200f"]
FINE = ["a", "ü", "日本", "👩\u200d👩\u200d👧", "e\u0301", "שלום", "a\tb\nc"]


@pytest.mark.parametrize("character", CONTROL + TURNING)
def test_control_and_bidi_characters_are_refused(character: str) -> None:
    said = render("texts.control_problem", f"a{character}b")
    assert said == f"leave out the control character {character!r}"
    assert render("texts.line_problem", f"a{character}b") == said
    assert render("texts.title_problem", f"a{character}b", "folder") == said


@pytest.mark.parametrize("text", FINE)
def test_printable_text_is_allowed(text: str) -> None:
    assert render("texts.control_problem", text) == ""


def test_a_text_is_one_non_empty_line() -> None:
    assert render("texts.line_problem", "a\nb") == "write one line, without tabs"
    assert render("texts.line_problem", "a\tb") == "write one line, without tabs"
    assert render("texts.line_problem", " ") == "write a word or two"
    assert render("texts.line_problem", "", True) == ""


def test_a_title_has_a_maximum_length() -> None:
    assert render("texts.title_problem", "x" * 100, "a/b") == ""
    assert render("texts.title_problem", "x" * 101, "a/b") == "use at most 100 letters, not 101"
    assert render("texts.title_problem", "x", "a/" + "é" * 128) == "the folder's name is too long"
    assert render("texts.title_from", "/tmp/" + "x" * 300) == "x" * 100
    assert render("texts.title_from", "/") == "my-app"


PACKAGES = {
    "My Notes": "my_notes",
    "größe": "groesse",
    "Łódź, Ñandú & Œuvre": "lodz_nandu_oeuvre",
    "2fast": "app_2fast",
    "": "my_app",
    "日本": "my_app",
    "_x_": "x",
    "json": "json_app",
    "True": "true_app",
    "Tests": "tests_app",
    "x" * 300: "x" * 50,
    "x" * 49 + " y": "x" * 49,
    "2" * 300: "app_" + "2" * 46,
}


@pytest.mark.parametrize("text", PACKAGES)
def test_a_package_name_is_made_of_any_text(text: str) -> None:
    made = render("texts.package_from", text)
    assert made == PACKAGES[text]
    assert render("texts.package_problem", made) == ""


REFUSED = {
    "class": "write class_app: class is not a package name",
    "my-app": "write my_app: my-app is not a package name",
    "2fast": "write app_2fast: 2fast is not a package name",
    "größe": "write groesse: größe is not a package name",
    "": "write my_app:  is not a package name",
    "None": "write none_app: None is not a package name",
    "a\n": "write a: a\n is not a package name",
    "json": "write json_app: json is a module of Python",
    "build": "write build_app: build is taken by a tool or a folder",
    "python_": "write python_app: python_ is taken by a tool or a folder",
    "Test": "write test_app: Test is a module of Python",
    "tests": "write tests_app: tests is taken by a tool or a folder",
    "pluggy": "write pluggy_app: pluggy is taken by a tool or a folder",
    "iniconfig": "write iniconfig_app: iniconfig is taken by a tool or a folder",
    "py": "write py_app: py is taken by a tool or a folder",
    "CON": "write con_app: CON is a device on Windows",
    "nul": "write nul_app: nul is a device on Windows",
    "lpt1": "write lpt1_app: lpt1 is a device on Windows",
    "a" * 62: "use at most 50 letters, not 62: write " + "a" * 50,
    "a" * 99 + "-": "write " + "a" * 50 + ": " + "a" * 15 + "… is not a package name",
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_package_name_that_cannot_work_is_refused_with_a_better_one(name: str) -> None:
    assert render("texts.package_problem", name) == REFUSED[name]


def test_the_package_name_cannot_change() -> None:
    assert render("texts.package_problem", "other", "sample") == "the package stays sample"
    assert render("texts.package_problem", "sample", "sample") == ""


def test_modules_and_keywords_of_python_are_not_package_names() -> None:
    modules = {name.lower() for name in sys.stdlib_module_names if name[0] != "_"}
    assert modules <= set(constant("texts", "STDLIB"))
    assert constant("names", "KEYWORDS") == kwlist


def installed_with(name: str, seen: set[str]) -> set[str]:
    """The modules at the top level of a distribution and of what it requires."""
    try:
        found = distribution(name)
    except PackageNotFoundError:  # not for this Python or system
        return set()
    if name in seen:
        return set()
    seen.add(name)
    files = [str(file) for file in found.files or [] if ".." not in file.parts]
    tops = {re.split(r"[/.]", file)[0] for file in files if file.endswith((".py", ".so"))}
    for requirement in found.requires or []:
        if "extra ==" not in requirement:
            tops |= installed_with(re.findall(r"[\w.-]+", requirement)[0], seen)
    return tops


def test_installed_modules_are_not_package_names() -> None:
    names = "pytest pytest-cov mypy ruff gunicorn pyuwsgi waitress granian multipart pip".split()
    tops = set.union(*(installed_with(name, set()) for name in names))
    tops = {top for top in tops if re.fullmatch("[a-z][a-z0-9_]*", top)}
    assert {"pytest", "pluggy", "iniconfig", "py", "coverage", "click"} <= tops
    assert tops - set(constant("texts", "NEIGHBORS")) == set()


def test_programs_of_an_environment_are_not_package_names(tmp_path: Path) -> None:
    venv.create(tmp_path, symlinks=True)
    programs = {file.stem for file in (tmp_path / "bin").iterdir()}
    for name in ("coverage", "gunicorn", "mypy", "pre-commit", "pytest", "ruff", "waitress"):
        programs |= {
            point.name for point in distribution(name).entry_points.select(group="console_scripts")
        }
    programs |= {"pip", "pip3", "pythonw", "uv", "uvx", "uwsgi"}
    for program in sorted(programs):
        package = re.sub("[-.]", "_", program)
        if (
            re.fullmatch("[a-z_0-9]+", package)
            and render("texts.command_from", package) in programs
        ):
            assert render("texts.package_problem", package), program
    assert {"python", "activate", "pip3"} <= programs


def test_a_command_has_the_name_of_its_package() -> None:
    names = {"my_notes": "my-notes", "A__b_": "a-b", "x": "x"}
    assert {name: render("texts.command_from", name) for name in names} == names


@pytest.mark.parametrize("text", ['It\'s "quoted" \\n', "🚀 Größe", "{{ x }} %s # a: b"])
def test_a_quoted_text_is_a_literal_of_python_toml_and_json(text: str) -> None:
    quoted = render("python.string", text)
    assert eval(quoted) == json.loads(quoted) == yaml.safe_load(quoted) == text
    assert tomllib.loads(f"a = {quoted}")["a"] == text


def test_markdown_shows_a_text_as_it_is() -> None:
    text = render("texts.markdown", "*a* _b_ `c` [d](e) <f> ~g~ | & # ! \\ x\ty")
    assert text == r"\*a\* \_b\_ \`c\` \[d\](e) \<f\> \~g\~ \| \& \# \! \\ x y"


SLUGS = {
    "größe/2": "groesse_2",
    "ÄÖÜ ẞ": "AeOeUe_SS",
    "gru\u0308n": "gruen",
    "cafe\u0301": "cafe",
    "Œuvre à la carte": "Oeuvre_a_la_carte",
    "İstanbul, Đà Nẵng": "Istanbul_Da_N_ng",
    "--a--b--": "a_b",
    "日本": "",
}


@pytest.mark.parametrize("text", SLUGS)
def test_letters_that_a_name_cannot_have_are_spelled_out(text: str) -> None:
    assert render("names.slug", text) == SLUGS[text]


def emptied(modules: object) -> list[str]:
    table = {"resources": [{"module": "notes"}, {"module": "home"}]}
    found = value("table.emptied_modules", modules, table)
    assert all(resource["routes"] == [] for resource in found)
    return [resource["module"] for resource in found]


def test_modules_without_routes_are_emptied() -> None:
    assert emptied(["home", "pets", "_2024", "notes", "class_", "pets"]) == [
        "pets",
        "_2024",
        "class_",
    ]


@pytest.mark.parametrize(
    "modules",
    ["../../../evil", "pets", 7, None, {}, ["../../../evil"], ["/etc/x"], ["a.b"], ["evil\n"], [7]]
    + [["Evil"], ["__init__"], ["contract"], ["class"], ["con"], [["pets"]], [{"pets": 1}], [""]],
)
def test_an_invalid_module_name_is_ignored(modules: object) -> None:
    assert emptied(modules) == []


def parts(
    kept: object, types: str = "", consumes: str = "", *features: str, middleware: str = ""
) -> list[str]:
    named = [*types.split(), *consumes.split()]
    rows = {name: value("types.row_of", name) for name in named}
    table = {"types": types.split(), "rows": rows}
    chosen = {"features": list(features), "middleware": middleware.split(), "extras": []}
    return value("parts.parts_of", kept, table, chosen)


def test_a_project_has_the_files_that_its_types_and_features_need() -> None:
    assert parts([], "html json text/css a/b none", "form json csv") == []
    streamed = ["csv_rows", "ndjson", "sse", "uploads", "streaming"]
    assert parts([], "csv sse ndjson", "multipart") == streamed
    assert parts([], "html", "", "cookies") == ["cookies"]
    assert parts([], "html", "", "openapi", "cookies") == ["cookies", "openapi"]


def test_a_project_has_the_files_of_its_middleware_and_what_these_need() -> None:
    assert parts([], middleware="request_id") == ["request_id"]
    assert parts([], middleware="mount etags") == ["etags", "mount", "wrapping"]
    assert parts([], middleware="cors") == ["config", "cors"]


def test_a_file_that_a_project_once_had_stays() -> None:
    assert parts(["sse"], "html") == ["sse"]
    kept = ["sse", "uploads", "cookies", "streaming"]
    assert parts(["uploads", "cookies"], "sse", "", "cookies") == kept


@pytest.mark.parametrize("kept", ["../sse", 7, None, ["../../evil", "app", 7, None, ["sse"]]])
def test_an_unknown_optional_file_is_ignored(kept: object) -> None:
    assert parts(kept) == []


@pytest.mark.parametrize(
    "word, meant", [("ad", "add"), ("dorp", "drop"), ("Add", "add"), ("x", "")]
)
def test_a_near_word_differs_by_a_letter_or_a_swap(word: str, meant: str) -> None:
    assert render("names.near", word, ["add", "drop"]) == meant
