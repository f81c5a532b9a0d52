"""A project grows by one command, and keeps what its owner wrote."""

import re
import shlex

import pytest

from harness.living import Living, Template, cli, commit, ours
from harness.projects import assert_tidy, assert_typed, run_tests
from harness.rendering import constant

ROUTES = """\
# The front page
GET     /                       html         home

GET     /notes                  json         list_notes
POST    /notes                  json>json    create_note    # a body, too
GET     /notes/{note_id:int}    json,html    show_note

GET     /pets                   text         list_pets
# the end
"""
NOTES, PETS, MEMOS = (f"src/sample/handlers/{name}.py" for name in ("notes", "pets", "memos"))
TESTS = "tests/test_notes.py"
KINDS = constant("kinds", "KINDS")


@pytest.fixture(scope="module")
def template() -> Template:
    return Template()


@pytest.fixture(scope="module")
def fresh(template: Template) -> Living:
    return Living(template.path, routes=ROUTES)


@pytest.fixture
def project(fresh: Living) -> Living:
    return fresh.copy()


def let_the_owner_edit(project: Living) -> None:
    """Give list_notes and its test bodies of the owner's own."""
    project.edit(
        NOTES,
        '    result = {"handler": "list_notes"}\n    return response.json(result)\n',
        '    notes = ["mine"]\n    return response.json(notes)\n',
    )
    project.edit(TESTS, '{"handler": "list_notes"}', '["mine"]')


def assert_whole(project: Living) -> None:
    """The project serves what its answers say, its tests pass, and its code is clean."""
    project.assert_answers_are_true()
    done = run_tests(project.project)
    assert done.returncode == 0, done.stdout[-3000:]
    assert_tidy(project.project)


def test_a_route_keeps_the_name_that_nobody_typed_when_another_goes(template: Template) -> None:
    project = Living(template.path, routes="GET /; GET /home; GET /a-b; GET /a_b\nGET /a/ json")
    names = ["get_a", "get_a_b", "get_a_b_2", "get_home", "get_home_2"]
    assert sorted(name for _, _, name in project.served()) == names
    assert project.update(drop="get_a_b get_home", add="GET /a; GET /a.b json") == []
    served = {path: name for _, path, name in project.served()}
    assert served == {
        **{"/home": "get_home_2", "/a_b": "get_a_b_2"},  # as they were
        **{"/a/": "get_a", "/a": "get_a_2", "/a.b": "get_a_b"},
    }
    assert run_tests(project.project).returncode == 0
    assert_tidy(project.project)


def test_a_later_route_moves_no_handler_to_another_module(template: Template) -> None:
    routes = "GET /shop/api/v1/cart json cart; GET /shop/orders/{id:int} json order"
    project = Living(template.path, routes=routes)
    modules = {"src/sample/handlers/cart.py", "src/sample/handlers/orders.py"}
    assert modules <= set(project.files())
    assert project.answers()["skipped"] == "/shop"
    let_all_say(project, "mine")
    assert project.update(add="GET /health text health; GET /shop/orders json orders") == []
    changed = {name for name in project.changed() if "handlers" in name}
    assert changed == {"src/sample/handlers/health.py", "src/sample/handlers/orders.py"}
    assert project.answers()["skipped"] == "/shop"
    commit(project.path)
    # nor does what is left have other literals in common
    assert project.update(drop="cart health") == []
    assert project.answers()["modules"] == ["orders"]
    assert_whole(project)


def let_all_say(project: Living, word: str) -> None:
    for file in (project.path / "src/sample/handlers").glob("*.py"):
        text = file.read_text("utf-8").replace("goes here", f"goes here, and is {word}")
        file.write_text(text, "utf-8")
    commit(project.path)


def test_an_added_route_comes_with_its_handler_and_its_test(project: Living) -> None:
    conflicts = project.update(
        add="DELETE /notes/{note_id:int} json drop_note; GET /files/{name:path} bytes download"
    )
    assert conflicts == []
    served = project.served()
    assert ["DELETE", "/notes/{note_id}", "drop_note"] in served
    assert ["GET", "/files/{name}", "download"] in served
    assert_whole(project)
    assert_typed(project.project)


def test_a_dropped_route_leaves_nothing_behind(project: Living) -> None:
    conflicts = project.update(drop="create_note, list_notes")
    assert conflicts == []
    assert "list_notes" not in project.project.read(NOTES)
    assert "list_notes" not in project.project.read(TESTS)
    assert_whole(project)


def test_a_dropped_route_makes_room_for_another_of_its_name(project: Living) -> None:
    conflicts = project.update(drop="list_notes", add="GET /notes html list_notes")
    assert conflicts == []
    assert "response.html" in project.project.read(NOTES).split("create_note")[0]
    assert_whole(project)


def test_invalid_changes_of_routes_are_refused_and_nothing_is_written(project: Living) -> None:
    assert project.refusal(drop="nobody").startswith("there is no route nobody: choose from")
    assert "line 2: write GET POST PUT PATCH DELETE, not FETCH" in project.refusal(
        add="GET /n json new; FETCH /x"
    )
    assert project.refusal(ad="GET /n json new") == "write add, not ad"
    assert project.refusal(package_name="other") == "the package stays sample"
    assert not project.changed()


@pytest.mark.parametrize(
    "add",
    [
        "DELETE /notes json clear_notes",
        "GET /notes/{note_id:int}/tags json list_tags; PUT /notes/{note_id:int} json put_note",
        "GET /about text about",
        "GET /{page} text page",
        "POST /notes/scan multipart>sse scan_notes; GET /notes.csv csv export_notes",
    ],
)
def test_an_addition_changes_no_line_of_the_owners(project: Living, add: str) -> None:
    let_the_owner_edit(project)
    project.edit(PETS, "# Your own", "def helper() -> int:\n    return 1\n\n\n# Your own")
    project.write(NOTES, project.project.read(NOTES) + "\n\nMINE = 1\n")
    before = {name: project.project.read(name).splitlines() for name in (NOTES, PETS, TESTS)}
    conflicts = project.update(add=add)
    assert conflicts == []
    for name, lines in before.items():
        now = iter(project.project.read(name).splitlines())
        assert all(line in now for line in lines), f"{name} lost a line, or its order"


@pytest.mark.parametrize("dispatcher", ["ladder", "tree"])
def test_an_addition_never_takes_the_url_of_another_test(
    template: Template, dispatcher: str
) -> None:
    routes = "; ".join(f"GET /n/{{a:{kind}}} json show_{kind}" for kind in KINDS)
    project = Living(template.path, routes=routes, dispatcher=dispatcher)
    before = project.project.read("tests/test_n.py").splitlines()
    likely = "7 42 2026 2026-11-28 1.5 24.04 my-a a new n/ {a}/ {a}/{b} {a}/{b:path} {a}/{b}/{c:path}".split()
    others = ["/{a}", "/{a}/{b}", "/{a}/{b}/{c}", "/{a:path}", "/{a}/{b:path}"]
    paths = [f"/n/{segment}" for segment in likely] + others
    project.update(add="; ".join(f"GET {path} json r{n}" for n, path in enumerate(paths)))
    now = iter(project.project.read("tests/test_n.py").splitlines())
    assert all(line in now for line in before)
    done = run_tests(project.project)
    assert done.returncode == 0, done.stdout[-3000:]


# What replaces a route


@pytest.mark.parametrize(
    "add",
    [
        pytest.param("GET /notes/all json list_notes", id="another path"),
        pytest.param("GET /notes json,csv list_notes", id="another type"),
        pytest.param("GET /notes json all_notes", id="another name"),
        pytest.param("GET /notes/{year:int}/all json list_notes", id="a parameter"),
        pytest.param("DELETE /notes json list_notes", id="another method"),
    ],
)
def test_a_replaced_route_is_merged_in_its_place(project: Living, add: str) -> None:
    let_the_owner_edit(project)
    project.update(drop="list_notes", add=add)
    text = project.project.read(NOTES)
    assert '    notes = ["mine"]\n    return response.json(notes)\n' in text
    assert text.index(f"def {add.split()[-1]}") < text.index("def create_note")
    # the conflict, if there is one, is in this function
    assert "create_note" not in ours(text)


def test_another_path_is_not_a_conflict(project: Living) -> None:
    let_the_owner_edit(project)
    conflicts = project.update(drop="list_notes", add="GET /notes/all json list_notes")
    assert conflicts == []
    assert_whole(project)


def test_a_route_in_another_module_leaves_its_body_and_says_where(project: Living) -> None:
    let_the_owner_edit(project)
    done = cli(
        project.path,
        *("update", "-l", "-r", ":current:"),
        *("-d", "drop=list_notes", "-d", "add=GET /memos json list_notes"),
    )
    assert done.returncode == 0, done.stderr
    assert 'notes = ["mine"]' in ours(project.project.read(NOTES))
    assert "def list_notes" in project.project.read(MEMOS)
    assert "list_notes: from handlers/notes.py to handlers/memos.py" in done.stderr


# What is dropped


def test_code_in_a_dropped_handler_stays_between_conflict_markers(project: Living) -> None:
    let_the_owner_edit(project)
    conflicts = project.update(drop="list_notes")
    assert conflicts == [NOTES, TESTS]
    assert 'notes = ["mine"]' in ours(project.project.read(NOTES))
    assert "show_note" not in ours(project.project.read(NOTES))


def test_a_module_without_routes_keeps_what_its_owner_wrote(project: Living) -> None:
    let_the_owner_edit(project)
    before = project.project.read(NOTES)
    project.update(drop="list_notes create_note show_note list_pets")
    assert before in project.project.read(NOTES)
    assert project.project.read(PETS) == ""


def test_a_module_that_its_owner_deleted_first_makes_no_conflict(project: Living) -> None:
    let_the_owner_edit(project)
    for file in (NOTES, TESTS):
        (project.path / file).unlink()
    commit(project.path)
    assert project.update(drop="list_notes create_note show_note") == []
    assert not (project.path / NOTES).exists() and not (project.path / TESTS).exists()
    assert_whole(project)


def test_an_empty_module_is_filled_again(project: Living) -> None:
    project.update(drop="list_pets")
    commit(project.path)
    conflicts = project.update(add="GET /pets text list_pets")
    assert conflicts == []
    assert "def list_pets" in project.project.read(PETS)


def test_an_empty_module_can_be_deleted(project: Living) -> None:
    project.update(drop="list_pets")
    (project.path / PETS).unlink()
    (project.path / "tests/test_pets.py").unlink()
    commit(project.path)
    project.update(add="GET /hello text say_hello")
    assert not (project.path / PETS).exists()
    commit(project.path)
    project.update(add="GET /pets text list_pets")
    assert_whole(project)


def test_the_dispatcher_stays_when_the_routes_become_many(template: Template) -> None:
    project = Living(template.path, routes="; ".join(f"GET /{n}x text r{n}" for n in range(32)))
    assert project.answers()["dispatcher"] == "ladder"
    project.update(add="GET /more text more")
    assert project.answers()["dispatcher"] == "ladder"


def test_a_comment_that_changes_is_merged_with_the_owners_docstring(template: Template) -> None:
    project = Living(template.path, routes="GET /notes json list_notes  # List notes")
    project.edit(NOTES, "List notes.", "Mine.")
    project.update(routes="GET /notes json list_notes  # List them")
    assert '"""Mine."""' in ours(project.project.read(NOTES))


# What a project says of itself


@pytest.mark.long
def test_the_commands_in_the_readme_of_a_project_work(project: Living) -> None:
    commands = re.findall(r"^\$ copier (update .*)$", project.project.read("README.md"), re.M)
    assert len(commands) == 2
    for command in commands:
        done = cli(project.path, *shlex.split(command))
        assert done.returncode == 0, done.stderr
        assert "git diff HEAD --check" in done.stderr
        project.assert_answers_are_true()
        commit(project.path)
    assert "src/sample/handlers/hello.py  tests/test_hello.py" in done.stderr
    assert project.answers()["routes"] == ROUTES
