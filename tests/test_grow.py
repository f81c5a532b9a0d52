"""A project grows by one command, and nothing that its user wrote is touched."""

import re
import shlex

import pytest
from living import OURS, Living, Template, cli, commit
from projects import assert_tests_pass, assert_tidy, assert_typed

ROUTES = """\
# The front page
GET     /                       html         home

GET     /notes                  json         list_notes
POST    /notes                  json>json    create_note    # a body, too
GET     /notes/{note_id:int}    json,html    show_note

GET     /pets                   text         list_pets
# the end
"""
MINE = "    notes = ['mine']\n    return response.json(notes)"
NOTES, PETS = "src/sample/handlers/notes.py", "src/sample/handlers/pets.py"


@pytest.fixture(scope="module")
def template() -> Template:
    return Template()


def living(template: Template, **answers: object) -> Living:
    return Living(template.path, **{"routes": ROUTES, **answers})


def edited(project: Living, *names: str) -> str:
    """Let the user write the bodies of handlers; the module's text is returned."""
    for name in names:
        project.edit(
            NOTES, f'return response.json({{"handler": "{name}"', f'return {name}({{"mine": "1"'
        )
    return project.project.read(NOTES)


def test_an_added_route_stands_where_one_looks_for_it(template: Template) -> None:
    project = living(template)
    conflicts = project.update(
        add="DELETE /notes/{note_id:int} json drop_note; GET /a/much/longer/path/{than:path} bytes"
    )
    assert not conflicts
    expected = ROUTES.replace(
        "show_note\n", "show_note\nDELETE  /notes/{note_id:int}    json         drop_note\n"
    ).replace("list_pets\n", "list_pets\nGET     /a/much/longer/path/{than:path} bytes\n")
    assert project.answers()["routes"] == expected
    assert [row[2] for row in project.served()] == [
        "drop_note",
        "home",
        "get_a_much_longer_path_than_path",
        "list_notes",
        "show_note",
        "list_pets",
        "create_note",
    ]
    assert_tests_pass(project.project)
    assert_tidy(project.project)
    assert_typed(project.project)


def test_a_dropped_route_takes_its_line_alone(template: Template) -> None:
    project = living(template)
    assert not project.update(drop="create_note, home")
    expected = "".join(
        line for line in ROUTES.splitlines(True) if not re.search("create_note|home$", line)
    )
    assert project.answers()["routes"] == expected
    commit(project.path)
    # in one command: what is dropped makes room for what is added
    assert not project.update(drop="list_notes", add="GET /notes html list_notes")
    assert "GET /notes html list_notes" in " ".join(project.answers()["routes"].split())
    project.assert_answers_are_true()
    assert_tests_pass(project.project)
    assert_tidy(project.project)
    assert_typed(project.project)


def test_routes_that_share_a_line_are_dropped_one_by_one(template: Template) -> None:
    project = living(template, routes="GET / text a; POST / text b; GET /x text c # all")
    project.update(drop="b")
    assert project.answers()["routes"] == "GET / text a; GET /x text c  # all"
    commit(project.path)
    project.update(drop="c", add="GET /y text d; GET /z text e  # Say e")
    # what stands behind a line is the last one's
    assert project.answers()["routes"] == "GET / text a\nGET /y text d\nGET /z text e  # Say e"
    assert '"""Say e."""' in project.project.read("src/sample/handlers/z.py")
    assert '"""A."""' in project.project.read("src/sample/handlers/home.py")


def test_a_comment_that_changes_leaves_the_users_docstring(template: Template) -> None:
    project = living(template)
    project.edit(NOTES, "List notes.", "Mine.")
    project.edit(NOTES, '"create_note", "content"', '"mine", "content"')
    routes = ROUTES.replace("list_notes\n", "list_notes  # List them\n")
    routes = routes.replace("a body, too", "Create one; or none").replace(
        "show_note", "show_note # Show"
    )
    assert project.update(routes=routes) == [NOTES]
    text = project.project.read(NOTES)
    kept = text[text.index(OURS) : text.index(">>>>>>> after updating")]
    assert '"""Mine."""' in kept and "List them" in kept
    assert '"""Show."""' in text and '"""Create one; or none."""' in text and '"mine"' in text


def test_what_cannot_grow_is_refused_and_nothing_is_written(template: Template) -> None:
    project = living(template)
    assert project.refusal(drop="home, nobody").startswith("there is no route nobody: choose from")
    assert project.refusal(drop=" ").startswith("name a route: choose from home")
    assert project.refusal(drop="home list_notes create_note show_note list_pets") == (
        "one route has to stay"
    )
    assert project.refusal(add="FETCH /x; GET y") == (
        "line 1: bad method FETCH: GET POST PUT PATCH DELETE\nline 2: begin the path with /, not y"
    )
    assert project.refusal(add=" ; ").startswith("write at least one route")
    assert project.refusal(add="GET /n json other; GET /notes html other_notes") == (
        "line 2: there is GET /notes already, named list_notes"
    )
    assert project.refusal(add="PUT /notes json list_pets") == (
        "line 1: the name list_pets is taken by GET /pets: write another"
    )
    assert project.refusal(package_name="other") == "the package stays sample"
    assert not project.changed()


@pytest.mark.parametrize(
    "add",
    [
        "DELETE /notes json clear_notes",
        "GET /notes/{note_id:int}/tags json list_tags; PUT /notes/{note_id:int} json put_note",
        "GET /about text about",
        "GET /{page} text page",
    ],
)
def test_an_addition_leaves_edited_handlers_and_tests_alone(template: Template, add: str) -> None:
    project = living(template)
    edited(project, "list_notes", "create_note")
    project.edit(PETS, "# Your own", "def helper() -> int:\n    return 1\n\n\n# Your own")
    project.write(NOTES, project.project.read(NOTES) + "\n\nMINE = 1\n")
    project.edit("tests/test_notes.py", "assert answer.status == 200", "assert answer.status < 300")
    theirs = {
        name: [line for line in project.project.read(name).splitlines() if line]
        for name in (NOTES, PETS, "tests/test_notes.py")
    }
    assert project.update(add=add) == []
    for name, lines in theirs.items():
        now = iter(project.project.read(name).splitlines())
        assert all(line in now for line in lines), f"{name} lost a line, or its order"
    project.assert_answers_are_true()


@pytest.mark.parametrize("dispatcher", ["ladder", "tree"])
def test_an_addition_never_takes_the_url_of_another_test(
    template: Template, dispatcher: str
) -> None:
    kinds = ["int", "float", "uuid", "str", "path"]
    routes = "; ".join(f"GET /n/{{a:{kind}}} json show_{kind}" for kind in kinds)
    project = living(template, routes=routes, dispatcher=dispatcher)
    before = project.project.read("tests/test_n.py").splitlines()
    likely = "7 42 2026 1.5 24.04 my-a a new n/ {a}/ {a}/{b} {a}/{b:path} {a}/{b}/{c:path}".split()
    others = ["/{a}", "/{a}/{b}", "/{a}/{b}/{c}", "/{a:path}", "/{a}/{b:path}"]
    paths = [f"/n/{segment}" for segment in likely] + others
    assert not project.update(
        add="; ".join(f"GET {path} json r{n}" for n, path in enumerate(paths))
    )
    now = iter(project.project.read("tests/test_n.py").splitlines())
    assert all(line in now for line in before)
    assert_tests_pass(project.project)


def test_code_in_a_dropped_handler_stays_between_conflict_markers(template: Template) -> None:
    project = living(template)
    edited(project, "list_notes")
    assert project.update(drop="list_notes") == [NOTES]
    text = project.project.read(NOTES)
    kept = text[text.index(OURS) : text.index(">>>>>>> after updating")]
    assert 'return list_notes({"mine": "1"' in kept
    assert "def show_note" in text.replace(kept, "")
    assert "list_notes" not in project.project.read("tests/test_notes.py")


def test_a_module_without_routes_is_emptied_and_never_deleted(template: Template) -> None:
    project = living(template)
    edited(project, "list_notes")
    before = project.project.read(NOTES)
    assert project.update(drop="list_notes create_note show_note list_pets") == [NOTES]
    assert project.project.read(NOTES).count(before) == 1
    for name in (PETS, "tests/test_pets.py", "tests/test_notes.py"):
        assert project.project.read(name) == ""
    project.write(NOTES, before)
    assert_tidy(project.project)
    # it may stay, be filled again, or go
    assert project.update(add="GET /pets text list_pets") == []
    assert "def list_pets" in project.project.read(PETS)
    commit(project.path)
    project.update(drop="list_pets")
    commit(project.path)
    (project.path / PETS).unlink()
    (project.path / "tests/test_pets.py").unlink()
    commit(project.path)
    assert project.update(add="GET /hello text say_hello") == []
    assert not (project.path / PETS).exists()
    commit(project.path)
    assert project.update(add="GET /pets text list_pets") == []
    assert "def list_pets" in project.project.read(PETS)
    assert project.project.read(NOTES) == before


def test_the_dispatcher_stays_when_the_routes_become_many(template: Template) -> None:
    project = living(template, routes="; ".join(f"GET /{n}x text r{n}" for n in range(32)))
    assert project.answers()["dispatcher"] == "ladder"
    project.update(add="GET /more text more")
    assert project.answers()["dispatcher"] == "ladder"
    assert not (project.path / "src/sample/dispatch.py").exists()


def test_the_commands_in_the_readme_of_a_project_work(template: Template) -> None:
    project = living(template)
    readme = project.project.read("README.md")
    commands = re.findall(r"^\$ copier (update .*)$", readme, re.M)
    assert len(commands) == 2
    for command in commands:
        done = cli(project.path, *shlex.split(command))
        assert done.returncode == 0, done.stderr
        assert "git diff --check" in done.stderr
        project.assert_answers_are_true()
        commit(project.path)
    assert "src/sample/handlers/hello.py  tests/test_hello.py" in done.stderr
    assert project.answers()["routes"] == ROUTES
