"""Wrong routes are refused with their errors, and nothing is written."""

import re

import pytest

from harness.projects import ROOT, assert_typed, generate, python, refusal

LINKS = """
import sys
sys.path[:0] = ["src", "tests"]
from client import environ_for, run
from sample import application
from sample.handlers.pages import page_url
from sample.response import redirect

for prefix in ("", "/new"):
    url = page_url(environ_for("GET", "/") | {"SCRIPT_NAME": prefix}, "für Ada?")
    assert dict(redirect(url)[1])["Location"] == url
    assert url.startswith(prefix)
    print(run(application, environ_for("GET", url.removeprefix(prefix))).text)
"""


def test_wrong_lines_are_refused_with_what_to_write_instead() -> None:
    message = refusal(routes="GET /fine\n\n# a comment\nget /\nGET /<id>\n")
    assert message == (
        "line 4: write GET, not get (+1 more)\n"
        "line 4: write GET, not get\n"
        "line 5: write {id}, not <id>"
    )


def test_an_empty_list_of_routes_is_the_example() -> None:
    assert generate(routes="\n").read("tests/examples.py") == generate().read("tests/examples.py")


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x7f", "\u2028", "\x85", "\u202e"])
def test_control_characters_are_refused(character: str) -> None:
    assert refusal(routes=f"GET /a{character}b\n").startswith("leave out the control character '\\")


@pytest.mark.parametrize("dispatcher", ["ladder", "tree"])
def test_names_are_those_that_the_language_makes(dispatcher: str) -> None:
    routes = "GET /größe; GET /{a}/{A} json both; DELETE /contract none"
    project = generate(routes=routes, dispatcher=dispatcher)
    text = project.read("src/sample/routes.py")
    for name in ("groesse.get_groesse", "home.both", "contract_.delete_contract"):
        assert name in text


@pytest.mark.parametrize(("count", "dispatcher"), [(32, "ladder"), (33, "tree")])
def test_many_routes_are_found_by_a_tree(count: int, dispatcher: str) -> None:
    project = generate(routes="; ".join(f"GET /{n}" for n in range(count)))
    assert f"\ndispatcher: {dispatcher}\n" in project.read(".copier-answers.yml")


@pytest.mark.parametrize("dispatcher", ["ladder", "tree"])
def test_a_link_as_the_page_makes_it_leads_to_its_route(dispatcher: str) -> None:
    project = generate(routes="GET /pages/{name} text show_page", dispatcher=dispatcher)
    page = (ROOT / "docs/routes.md").read_text("utf-8").partition("## Links")[2]
    [code] = re.findall(r"(?s)```python\n(.*?)```", page)
    handlers = project.source / "handlers" / "pages.py"
    new_import, _, function = code.partition("\n")
    text = handlers.read_text("utf-8")
    assert 'response.text(f"{result}\\n")' in text
    text = text.replace('f"{result}\\n"', "name")
    text = text.replace("\n\nfrom ", f"\n\n{new_import}\n\nfrom ", 1) + function
    handlers.write_text(text, "utf-8")
    done = python(project, "-c", LINKS)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["für Ada?"] * 2
    assert_typed(project)
