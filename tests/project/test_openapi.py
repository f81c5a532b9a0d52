"""A description becomes a project, and a project describes itself: real copies and updates.

What a description says in routes, and how routes are described, is in test_macros_openapi.py.
"""

import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import copier
import pytest
import yaml
from openapi_spec_validator import validate

from harness.descriptions import ODD, TWINS
from harness.living import Living, Template, cli, commit
from harness.projects import (
    ROOT,
    Project,
    assert_tests_pass,
    assert_tidy,
    compile_files,
    generate,
    run_tests,
    scratch,
    shared,
    template,
)
from harness.shapes import SHAPES

DOCUMENT, EXAMPLES = "src/sample/openapi.json", "tests/examples.py"
PETSTORE = """
openapi: 3.0.3
info:
  title: Pet Store
  version: 1.0.0
  description: |
    Sells pets. And *food*.

    More on it.
paths:
  /pets:
    get:
      operationId: listPets
      summary: List all pets
      parameters: [{name: limit, in: query, schema: {type: integer}}]
      responses:
        200: {description: All, content: {application/json: {schema: {type: array}}}}
        default: {$ref: '#/components/responses/Error'}
    post:
      operationId: create-pet
      requestBody: {$ref: '#/components/requestBodies/Pet'}
      responses: {'201': {description: Null response}}
    trace: {responses: {}}
  /pets/{petId}:
    parameters: [{$ref: '#/components/parameters/petId'}]
    get:
      operationId: show pet
      responses: {'200': {description: One, content: {application/json: {}, text/html: {}}}}
    delete: {responses: {'204': {description: Gone}}}
    head: {responses: {}}
  /pets/{petId}.json:
    get: {responses: {'200': {description: One, content: {application/json: {}}}}}
  /items/{item-id}:
    get:
      operationId: showItem
      parameters: [{name: item-id, in: path, required: true, schema: {type: string, format: uuid}}]
      responses: {'200': {description: One, content: {'*/*': {}}}}
  x-internal: {}
components:
  parameters:
    petId: {name: petId, in: path, required: true, schema: {$ref: '#/components/schemas/Id'}}
  schemas:
    Id: {type: integer, format: int64}
  requestBodies:
    Pet: {content: {application/xml: {}, application/json: {}}}
  responses:
    Error: {description: Wrong, content: {application/json: {}}}
"""
PETSTORE_ROUTES = """\
GET     /pets                  json       listPets           # List all pets
POST    /pets                  json>none  create_pet
GET     /pets/{petId:int}      json,html  show_pet
DELETE  /pets/{petId:int}      none       delete_pets_petId
GET     /items/{item_id:uuid}  json       showItem
# openapi.yaml has more than routes can say:
# POST /pets: a route reads one type, so not xml
# TRACE /pets: no route has this method
# HEAD /pets/{petId}: handled automatically
# GET /pets/{petId}.json: make the placeholder a whole segment: {petId}.json
# GET /items/{item-id}: no route can name the type */*
"""


def described(document: str, name: str = "openapi.yaml") -> Project:
    """Copy the template into a folder that holds a description."""
    folder = Path(tempfile.mkdtemp(dir=scratch()))
    (folder / name).write_text(document, "utf-8")
    copier.run_copy(str(template()), folder, defaults=True, quiet=True)
    answers = yaml.safe_load((folder / ".copier-answers.yml").read_text("utf-8"))
    return Project(folder, answers["package_name"])


def answers_of(project: Project) -> dict[str, Any]:
    return yaml.safe_load(project.read(".copier-answers.yml"))


def document_of(project: Project) -> dict[str, Any]:
    return json.loads((project.source / "openapi.json").read_text("utf-8"))


def test_a_pet_store_becomes_a_project() -> None:
    project = described(PETSTORE)
    answers = answers_of(project)
    assert answers["routes"] == PETSTORE_ROUTES
    assert (answers["project_name"], answers["package_name"]) == ("Pet Store", "pet_store")
    assert (answers["description"], answers["content_types"]) == ("Sells pets.", ["html", "json"])
    assert_tests_pass(project)
    assert_tidy(project)


def test_an_odd_document_becomes_a_project() -> None:
    project = described(json.dumps(ODD), "openapi.json")
    assert_tests_pass(project)
    assert_tidy(project)


@pytest.mark.parametrize(
    "shape",
    ["petstore", "odd", "twins", *(pytest.param(s, marks=pytest.mark.matrix) for s in SHAPES)],
)
def test_a_project_describes_itself_and_is_made_from_that_again(shape: str) -> None:
    if shape == "petstore":
        first = described(PETSTORE)
    elif shape == "odd":
        first = described(json.dumps(ODD), "openapi.json")
    else:
        answers = {"routes": TWINS} if shape == "twins" else SHAPES[shape]
        features = [*answers.get("features", []), "openapi"]
        first = generate(**{**answers, "features": features})
    document = document_of(first)
    validate(document)
    again = document_of(described(json.dumps(document), "openapi.json"))
    assert again["paths"] == document["paths"]
    assert [list(item) for item in again["paths"].values()] == [
        list(item) for item in document["paths"].values()
    ]
    assert again["info"] == document["info"]


def test_paths_that_differ_only_in_kinds_pass_their_tests() -> None:
    assert_tests_pass(generate(routes=TWINS, features=["openapi"]))


@pytest.mark.parametrize(
    "name, document, message",
    [
        ("openapi.yaml", "a: [b", "line 1"),
        ("openapi.yaml", "", "openapi.yaml is not an OpenAPI document"),
        ("openapi.json", '{"openapi": "3.1.0"}', "openapi.json has no paths"),
        ("openapi.json", '{\n\t"openapi": "3.1.0"\n}', r"'\\t' that cannot start any token"),
    ],
)
def test_a_file_that_is_not_a_description_stops_with_one_message(
    name: str, document: str, message: str
) -> None:
    folder = Path(tempfile.mkdtemp(dir=scratch()))
    (folder / name).write_text(document)
    with pytest.raises((ValueError, yaml.YAMLError), match=message):
        copier.run_copy(str(template()), folder, defaults=True, quiet=True)
    assert [file.name for file in folder.iterdir()] == [name]


def test_an_update_takes_over_what_a_description_gained() -> None:
    source = Template()
    project = Living(source.path)
    (project.path / "openapi.yaml").write_text("openapi: 3.1.0\npaths: [1]")
    commit(project.path)
    before = project.answers()["routes"]
    assert project.update() == [] and not project.changed()
    assert project.refusal(sync="1") == "openapi.yaml has no paths"
    (project.path / "openapi.yaml").write_text(PETSTORE)
    commit(project.path)
    assert project.update(sync="1") == []
    assert project.answers()["routes"].startswith(before)
    assert project.answers()["routes"].count("#") == PETSTORE_ROUTES.count("#")
    assert {"listPets", "create_pet", "show_pet"} <= {row[2] for row in project.served()}
    assert_tests_pass(project.project)
    commit(project.path)
    assert project.update(sync="1") == [] and not project.changed()
    (project.path / "openapi.yaml").unlink()
    commit(project.path)
    assert project.refusal(sync="1") == "there is no openapi.yaml or openapi.json here"


def test_a_copy_says_that_it_reads_a_description_and_how_much_is_not_in_the_routes() -> None:
    source, folder = Template(), Path(tempfile.mkdtemp(dir=scratch()))
    (folder / "openapi.yaml").write_text(
        PETSTORE.replace("paths:", "paths:\n  /{x},{y}: {get: {}}")
    )
    done = cli(folder, "copy", "-l", str(source.path), ".")
    assert done.returncode == 0, done.stderr
    said = "Reading openapi.yaml: several megabytes take up to a minute.\n"
    read, rest = done.stderr.split(said)
    assert "create" not in read
    counted = re.findall(r"(\d+) of (\d+) operations are not routes: see the comments", rest)
    routes = answers_of(Project(folder, "pet_store"))["routes"].splitlines()
    assert len(counted) == 1
    assert int(counted[0][1]) - int(counted[0][0]) == sum(line[:1] != "#" for line in routes)


def test_a_sync_names_what_it_leaves_alone() -> None:
    project = Living(Template().path, routes="GET /live json alive\nGET /old text old")
    new = "/health: {get: {operationId: alive}, trace: {}}"
    project.write("openapi.yaml", f"openapi: 3.1.0\npaths:\n  {new}\n")
    done = cli(project.path, "update", "-l", "-r", ":current:", "-d", "sync=1")
    assert done.returncode == 0, done.stderr
    assert "GET /live alive: moved to GET /health in openapi.yaml, which is alive_2" in done.stderr
    assert "GET /old old: not in openapi.yaml\n" in done.stderr
    assert "TRACE /health: no route has this method\n" in done.stderr
    assert {row[2] for row in project.served()} == {"alive", "old", "alive_2"}


def test_an_addition_leaves_what_an_owner_wrote_into_the_description() -> None:
    project = Living(Template().path, features=["openapi"])
    name = "src/sample/openapi.json"
    own = '"get": {"operationId": "mine", "responses": {"200": {"description": "OK"}}}'
    edits = [
        ('    "x-your-own-paths-below": {},\n', f'    "/mine": {{\n      {own}\n    }},\n'),
        ('    "/notes": {\n', f"      {own.replace('get', 'head').replace('mine', 'count')},\n"),
        ('"operationId": "show_note",', '\n        "security": [],\n       '),
        ('"operationId": "create_note",', ' "description": "A new one",'),
    ]
    for before, line in edits:
        project.edit(name, before, before + line)
    added = [
        "GET /0 json first",
        "GET /zz/{a} none last",
        "DELETE /notes json clear",
        "PUT /notes/{note_id:int} json>none set_note",
    ]
    assert project.update(add=";".join(added)) == []
    text = project.project.read(name)
    assert all(edit in text for _, edit in edits)
    document = json.loads(text)
    validate(document)
    operations = {
        operation["operationId"]: operation
        for item in document["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict)
    }
    assert {"first", "last", "clear", "set_note", "mine", "count"} <= operations.keys()
    assert operations["show_note"]["security"] == []
    assert operations["create_note"]["description"] == "A new one"


def test_a_description_comes_when_it_is_chosen_and_stays() -> None:
    project = Living(Template().path, features=[])
    names = ["src/sample/openapi.json", "tests/test_openapi.py"]
    assert not [name for name in names if (project.path / name).exists()]
    assert project.update(features=["openapi"]) == []
    assert {name: project.changed().get(name) for name in names} == dict.fromkeys(names, "??")
    assert run_tests(project.project, "tests/test_openapi.py").returncode == 0
    commit(project.path)
    assert project.update(features=[]) == []
    assert set(project.changed()) == {".copier-answers.yml"}
    commit(project.path)
    assert project.update(add="GET /zoo text zoo") == []
    assert "/zoo" in document_of(project.project)["paths"]


@shared
def with_description(dispatcher: str) -> Project:
    routes = "GET /notes json list_notes; GET /notes/{note_id:int} json show_note"
    return compile_files(generate(routes=routes, dispatcher=dispatcher, features=["openapi"]))


@pytest.mark.parametrize("dispatcher", ["ladder", "tree"])
@pytest.mark.parametrize(
    "name, old, new, red",
    [
        pytest.param(DOCUMENT, '"/notes": {', '"/nodes": {', 2, id="another path"),
        pytest.param(DOCUMENT, '"get"', '"put"', 4, id="another method"),
        pytest.param(DOCUMENT, '"get": {', '"x-get": {', 2, id="no operations"),
        pytest.param(EXAMPLES, '    ("GET", "/notes", {}),\n', "", 1, id="no example"),
        pytest.param(DOCUMENT, '"example": 12345', '"example": "new"', 2, id="wrong parameter"),
        pytest.param(DOCUMENT, '"paths": {', '"paths": {"x": 1, "x": 1,', 1, id="a member twice"),
    ],
)
def test_a_route_in_one_place_only_is_noticed(
    dispatcher: str, name: str, old: str, new: str, red: int, tmp_path: Path
) -> None:
    shutil.copytree(with_description(dispatcher).path, tmp_path / "app")
    file = tmp_path / "app" / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    done = run_tests(Project(tmp_path / "app", "sample"), "tests/test_openapi.py")
    assert f"{red} failed" in done.stdout, done.stdout[-3000:]


def test_the_test_in_the_documents_compares_routes_and_description(tmp_path: Path) -> None:
    (tmp_path / "openapi.json").write_text(json.dumps(yaml.safe_load(PETSTORE)), "utf-8")
    project = generate(tmp_path, package_name="pet_store")
    text = (ROOT / "docs/openapi.md").read_text("utf-8")
    [code] = re.findall(r"```python\n(.*?)```", text, re.S)
    (project.path / "tests/test_description.py").write_text(code, "utf-8")
    assert run_tests(project, "tests/test_description.py").returncode == 1
    document = json.loads(project.read("openapi.json"))
    for path in [path for path in document["paths"] if path.endswith(".json") or path[0] != "/"]:
        del document["paths"][path]
    (tmp_path / "openapi.json").write_text(json.dumps(document), "utf-8")
    done = run_tests(project, "tests/test_description.py")
    assert done.returncode == 0, done.stdout[-2000:]
    assert_tidy(project)
