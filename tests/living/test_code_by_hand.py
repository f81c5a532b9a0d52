"""What an owner writes by hand has a place that no addition touches."""

import sys

import pytest

from harness.living import OURS, Living, Template, commit, ours
from harness.projects import ROOT, assert_tidy, python, run, run_tests

ROUTES = """\
GET     /                       html         home
GET     /notes                  json         list_notes
POST    /notes                  json>json    create_note
GET     /pets                   text         list_pets
"""
NOTES, STAFF = (f"src/sample/handlers/{name}.py" for name in ("notes", "staff"))
TABLE, DOCUMENT = "src/sample/routes.py", "src/sample/openapi.json"
EXAMPLES = "tests/examples.py"
UV = str(ROOT / ".venv/bin/uv")

PANEL = '''\
"""Handlers that were written by hand."""

from .. import request, response


def panel(environ: request.Environ) -> response.Response:
    return response.text("panel")
'''
PATH = """
    "/admin": {
      "get": {"operationId": "panel", "responses": {"200": {"description": "OK"}}}
    },
"""
ADDITIONS = [
    "GET /about text about; GET /zoo text zoo",
    "GET /notes/{note_id:int} json show_note; DELETE /notes/{note_id:int} none drop_note",
    "GET /notes/{ratio:float} json ratio; GET /pets/{key:uuid} json show_pet",
    "GET /feed sse feed; GET /notes.csv csv export; GET /notes/log ndjson log",
    "POST /notes/scan multipart>json scan; GET /files/{path:path} bytes download",
]


@pytest.fixture(scope="module")
def template() -> Template:
    return Template()


PLACES = {
    "ladder, before the cases": (
        "    match path",
        '    if path == "/admin":\n        return {"GET": panel}, ()\n    match path',
    ),
    "ladder, after the cases": (
        "cases go below this line.\n",
        'cases go below this line.\n        case ["admin"]:\n            return {"GET": panel}, ()\n',
    ),
    "tree": (
        "routes go below this line.\n",
        'routes go below this line.\n    ("GET", "/admin", panel),\n',
    ),
}


def made_by_hand(template: Template, place: str) -> Living:
    """A project with a route that its owner wrote in every place by hand."""
    dispatcher = place.split(",")[0]
    project = Living(template.path, routes=ROUTES, dispatcher=dispatcher, features=["openapi"])
    project.write(STAFF, PANEL)
    after = "from .response" if place != "tree" else "\nROUTES"
    project.edit(TABLE, after, f"from .handlers.staff import panel\n{after}")
    project.edit(TABLE, *PLACES[place])
    below = '"x-your-own-paths-below": {},'
    project.edit(DOCUMENT, below, below + PATH.rstrip("\n"))
    below = "examples go below this line.\n"
    project.edit(EXAMPLES, below, f'{below}    ("GET", "/admin", {{}}),\n')
    return project


@pytest.fixture(scope="module", params=PLACES)
def handmade(request: pytest.FixtureRequest, template: Template) -> Living:
    return made_by_hand(template, request.param)


@pytest.fixture(scope="module")
def fresh(template: Template) -> Living:
    return Living(template.path, routes=ROUTES)


@pytest.fixture
def project(fresh: Living) -> Living:
    return fresh.copy()


def assert_whole(project: Living) -> None:
    done = run_tests(project.project)
    assert done.returncode == 0, done.stdout[-3000:]
    assert_tidy(project.project)


@pytest.mark.long
def test_additions_leave_a_route_that_was_made_by_hand(handmade: Living) -> None:
    project = handmade.copy()
    for add in ADDITIONS:
        assert project.update(add=add) == []
        commit(project.path)
    assert ["GET", "/admin", "panel"] in project.served()
    assert_whole(project)


def test_a_path_before_the_cases_is_not_hidden_by_a_placeholder(template: Template) -> None:
    project = made_by_hand(template, "ladder, before the cases")
    project.update(add="GET /{page} html page; GET /{rest:path} html other")
    assert ["GET", "/admin", "panel"] in project.served()


# Imports


@pytest.mark.parametrize(
    "old, new",
    [
        pytest.param("from .. import", "import sqlite3\n\nfrom .. import", id="of Python"),
        pytest.param(")\n", ")\nfrom ..errors import HTTPError\n", id="of the package"),
    ],
)
def test_additions_leave_the_owners_imports(project: Living, old: str, new: str) -> None:
    project.edit(NOTES, old, new)
    before = project.project.read(NOTES).splitlines()
    conflicts = project.update(add="; ".join(ADDITIONS))
    assert conflicts == []
    now = iter(project.project.read(NOTES).splitlines())
    assert all(line in now for line in before)


@pytest.mark.parametrize(
    "old, new, add",
    [
        pytest.param(
            "from .. import",
            "import sqlite3\n\nfrom .. import",
            "GET /notes/{key:uuid} json show",
            id="the first uuid beside an import of Python's",
        ),
        pytest.param(
            "    response,\n",
            "    response,\n    store,\n",
            "GET /notes/feed sse feed",
            id="the first sse beside a module of the owner's",
        ),
    ],
)
def test_a_conflict_of_imports_is_resolved_by_keeping_both(
    project: Living, old: str, new: str, add: str
) -> None:
    (project.project.source / "store.py").touch()
    project.edit(NOTES, old, new)
    assert project.update(add=add) == [NOTES]
    # what docs/updates.md says
    markers = "/^<<<<<<< before updating$/d; /^=======$/d; /^>>>>>>> after updating$/d"
    run(project.path, "sed", "-i", markers, NOTES)
    run(project.path, sys.executable, "-m", "ruff", "check", "-q", "--fix", NOTES)
    assert run_tests(project.project).returncode == 0


# Dependencies


@pytest.mark.parametrize("packages", [["jinja2>=3.1"], ["tomli-w>=1", "aiofiles>=24"]])
def test_what_uv_added_stays_when_an_upload_route_comes(
    project: Living, packages: list[str]
) -> None:
    for package in packages:
        done = run(project.path, UV, "add", "--frozen", "-q", package)
        assert done.returncode == 0, done.stderr
    commit(project.path)
    conflicts = project.update(add="POST /notes/scan multipart>json scan")
    assert conflicts == []
    text = project.project.read("pyproject.toml")
    assert all(f'    "{package}",\n' in text for package in [*packages, "multipart>=1.3,<3"])


def test_what_uv_added_stays_when_an_upload_route_goes(project: Living) -> None:
    project.update(add="POST /notes/scan multipart>json scan")
    commit(project.path)
    run(project.path, UV, "add", "--frozen", "-q", "jinja2>=3.1")
    commit(project.path)
    conflicts = project.update(drop="scan")
    assert conflicts == []
    assert '"jinja2>=3.1"' in project.project.read("pyproject.toml")


# What Copier cannot see


ASK = "from sample.routes import find; print(find('/admin')[0]['GET'].__name__)"


@pytest.mark.parametrize(
    "place, found",
    [("ladder, before the cases", "panel"), ("ladder, after the cases", "show_admin")],
)
def test_the_first_matching_case_wins(template: Template, place: str, found: str) -> None:
    project = made_by_hand(template, place)
    project.update(add="GET /admin text show_admin")
    assert python(project.project, "-c", ASK).stdout == f"{found}\n"


def test_two_lines_for_a_path_are_refused_by_the_tree(template: Template) -> None:
    project = made_by_hand(template, "tree")
    project.update(add="GET /admin text show_admin")
    assert "GET /admin is in the table twice" in python(project.project, "-c", ASK).stderr


def test_a_handler_that_was_renamed_by_hand_keeps_its_name_here(project: Living) -> None:
    for name in (NOTES, TABLE):
        project.edit(name, "list_notes", "all_notes")
    said = project.refusal(drop="all_notes")
    assert said.startswith("there is no route all_notes: choose from home list_notes")
    assert said.endswith("a handler that you renamed by hand keeps its old name here")


def test_a_conflict_is_named_by_git(project: Living) -> None:
    project.edit(NOTES, '"handler": "list_notes"', '"mine": 1')
    project.update(drop="list_notes")
    assert OURS in project.project.read(NOTES)
    assert '"mine": 1' in ours(project.project.read(NOTES))
    done = run(project.path, "git", "diff", "HEAD", "--check")
    assert f"{NOTES}:9: leftover conflict marker" in done.stdout
