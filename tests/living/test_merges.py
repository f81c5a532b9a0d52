"""Two branches that each add routes, merged with git, and the recipes for what conflicts."""

from collections.abc import Sequence
from typing import NamedTuple

import pytest

from harness.commands import bash, commands
from harness.living import Living, Template, commit, git
from harness.projects import ROOT, assert_tidy, python, run_tests

ROUTES = """\
GET     /                       html         home
GET     /notes                  json         list_notes
POST    /notes                  json>json    create_note
GET     /notes/{note_id:int}    json,html    show_note
GET     /pets                   text         list_pets
"""
ANSWERS = ".copier-answers.yml"
NOTES = "src/sample/handlers/notes.py"
HANDLERS_AND_TESTS = {NOTES, "tests/test_notes.py"}


class Pair(NamedTuple):
    """What two branches add, and the files that git then leaves to their owner."""

    ours: str
    theirs: str
    conflicts: set[str]


PAIRS = {
    "in two modules": Pair("GET /pets/{n:int} json show_pet", "PUT /notes none put_notes", set()),
    "in one module": Pair(
        "GET /notes/new html new_note",
        "DELETE /notes/{note_id:int} none drop_note",
        {ANSWERS, *HANDLERS_AND_TESTS},
    ),
    "two methods of one path": Pair(
        "PUT /notes none put_notes",
        "DELETE /notes none drop_notes",
        {ANSWERS, *HANDLERS_AND_TESTS},
    ),
    "two new modules": Pair("GET /memos text list_memos", "GET /owls text list_owls", {ANSWERS}),
    "a new module and an old one": Pair(
        "GET /memos text list_memos", "GET /notes/new html new_note", set()
    ),
    "two new types": Pair("GET /pets.csv csv export", "GET /notes/events sse follow", {ANSWERS}),
}
JOINED = "two methods of one path"  # in a tree, the owner joins two dictionaries


def recipe() -> str:
    """The commands of docs/updates.md that resolve what a merge leaves."""
    section = (ROOT / "docs/updates.md").read_text("utf-8").split("## Branches")[1]
    found = commands(section.split("\n## ")[0])
    [start] = [n for n, command in enumerate(found) if "diff3 merge" in command]
    return "\n".join(found[start:-1])


def merge(project: Living) -> set[str]:
    """Merge the branch `theirs` by the recipe, and return the files that conflicted."""
    begin, *resolve = recipe().replace(" tags", " theirs").splitlines()
    bash(project.path, begin)
    conflicts = git(project.path, "diff", "--name-only", "--diff-filter=U").split()
    done = bash(project.path, "\n".join(resolve), "-e")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "", "a key is there twice"
    python(project.project, "-m", "ruff", "check", "-q", "--fix", "--no-cache")
    return {*conflicts}


def assert_whole(project: Living) -> None:
    project.assert_answers_are_true()
    done = run_tests(project.project)
    assert done.returncode == 0, done.stdout[-3000:]
    assert_tidy(project.project)


@pytest.fixture(scope="module")
def template() -> Template:
    return Template()


@pytest.fixture(scope="module", params=["ladder", "tree"])
def begun(request: pytest.FixtureRequest, template: Template) -> Living:
    return Living(template.path, routes=ROUTES, dispatcher=request.param, features=["openapi"])


@pytest.fixture
def project(begun: Living) -> Living:
    return begun.copy()


def branch(
    project: Living, name: str, edits: Sequence[tuple[str, str, str]] = (), **data: object
) -> None:
    """Make a branch in which the owner edits files and updates, and go back."""
    git(project.path, "checkout", "-qb", name, "base")
    for edit in edits:
        project.edit(*edit)
    assert project.update(**data) == []
    commit(project.path)


@pytest.mark.long
@pytest.mark.parametrize(
    "begun, pair",
    [
        *(pytest.param("ladder", pair, id=f"ladder-{name}") for name, pair in PAIRS.items()),
        *(
            pytest.param(
                "tree", pair, id=f"tree-{name}", marks=() if name == JOINED else pytest.mark.release
            )
            for name, pair in PAIRS.items()
        ),
    ],
    indirect=["begun"],
)
def test_two_branches_that_each_add_a_route_merge(project: Living, pair: Pair) -> None:
    git(project.path, "branch", "base")
    theirs = [
        (NOTES, '"create_note"', '"theirs"'),
        ("tests/test_notes.py", '"create_note"', '"theirs"'),
    ]
    ours = [(NOTES, '"list_notes"', '"ours"'), ("tests/test_notes.py", '"list_notes"', '"ours"')]
    branch(project, "theirs", theirs, add=pair.theirs)
    branch(project, "ours", ours, add=pair.ours)
    assert merge(project) == pair.conflicts
    routes = project.project.read("src/sample/routes.py")
    if "PUT /notes" in pair.ours and "match path" in routes:
        join_the_dictionaries(project)
    assert '"ours"' in project.project.read(NOTES) and '"theirs"' in project.project.read(NOTES)
    assert_whole(project)
    commit(project.path)
    # and what comes after it
    assert project.update(add="GET /notes/last json last_note; GET /bees text list_bees") == []
    commit(project.path)
    project.update(drop="last_note list_bees")
    assert_whole(project)


def join_the_dictionaries(project: Living) -> None:
    """Do as docs/updates.md says: the tests name the handler that no case returns any more."""
    done = run_tests(project.project)
    assert "drop_notes" in done.stdout
    name = "src/sample/routes.py"
    text = project.project.read(name)
    before, _, rest = text.partition('        case ["notes"]:\n')
    after = rest[rest.index("        case") :]
    joined = '{"GET": notes.list_notes, "POST": notes.create_note, "PUT": notes.put_notes, "DELETE": notes.drop_notes}'
    (project.path / name).write_text(
        f'{before}        case ["notes"]:\n            return {joined}, ()\n{after}'
    )
    python(project.project, "-m", "ruff", "format", "-q", "--no-cache")


@pytest.mark.long
def test_one_branch_updates_while_the_other_adds() -> None:
    template = Template()
    project = Living(template.path, routes=ROUTES)
    template.edit("template/src/*/bare.py", '"""The WSGI', '# News\n"""The WSGI')
    template.release("v1.1.0")
    git(project.path, "branch", "base")
    branch(project, "theirs", vcs_ref=None)
    branch(project, "ours", add="GET /notes/new html new_note")
    assert merge(project) == set()
    assert project.answers()["_commit"] == "v1.1.0"
    assert_whole(project)
    commit(project.path)
    assert project.update(vcs_ref=None) == []
    assert not project.changed()


def test_two_servers_conflict_and_no_answer_is_lost_in_silence(project: Living) -> None:
    git(project.path, "branch", "base")
    branch(project, "theirs", server="gunicorn")
    branch(project, "ours", server="waitress")
    begin, resolve, twice = recipe().replace(" tags", " theirs").splitlines()
    done = bash(project.path, begin)
    assert f"Merge conflict in {ANSWERS}" in done.stdout
    done = bash(project.path, f"{resolve}\n{twice}")
    assert done.stdout == "server\n"


def test_attributes_that_were_there_are_the_owners(template: Template) -> None:
    mine = "*.png binary\n"
    project = Living(template.path, before={".gitattributes": mine})
    assert project.project.read(".gitattributes") == mine
    assert ".gitattributes" in project.answers()["yours"]
    assert project.update(add="GET /hello text say_hello") == []
    assert project.project.read(".gitattributes") == mine
