"""Copier asks the route language: what is wrong is told, and nothing is written."""

import pytest

from harness.projects import generate, refusal


def test_wrong_lines_are_refused_with_what_to_write_instead() -> None:
    message = refusal(routes="GET /fine\n\n# a comment\nget /\nGET /<id>\n")
    assert message == (
        "line 4: write GET, not get (+1 more)\n"
        "line 4: write GET, not get\n"
        "line 5: write {id}, not <id>"
    )


def test_no_route_at_all_is_refused() -> None:
    assert refusal(routes="\n") == "write at least one route, such as GET / html home"


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
