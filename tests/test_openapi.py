"""A description becomes a project, and a project describes itself."""

import ast
import json
import re
import tempfile
from pathlib import Path
from typing import Any

import copier
import pytest
import yaml
from living import Living, Template, commit
from openapi_spec_validator import validate
from projects import (
    Project,
    assert_tests_pass,
    assert_tidy,
    assert_typed,
    generate,
    run_tests,
    scratch,
    template,
)
from shapes import SHAPES
from test_texts import HOSTILE

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
GET     /pets                  json       listPets             # List all pets
POST    /pets                  json>json  create_pet
GET     /pets/{petId:int}      json,html  show_pet
DELETE  /pets/{petId:int}      json       delete_pets_petId
GET     /items/{item_id:uuid}  json       showItem
# openapi.yaml has more than routes can say:
# POST /pets: a route consumes one type, so not xml
# TRACE /pets: no route has this method
# HEAD /pets/{petId}: follows by itself
# GET /items/{item-id}: no route can name the type */*
# GET /pets/{petId}.json: {petId}.json: make the placeholder a whole segment
"""
ODD = {
    "openapi": "3.2.0",
    "info": {"title": "\u0007Ünïcode; # \u2028 \U0001f600", "version": "1"},
    "paths": {
        "/": {"get": {"operationId": "def"}, "query": {}, "additionalOperations": {"COPY": {}}},
        "/a b": {"get": {}},
        "/v1/things:batch": {"post": {"operationId": "9lives", "summary": "a;b # c\nd"}},
        "/{environ}/{environ_}": {"get": {"operationId": "def_"}, "put": {"operationId": "def"}},
        "/{lang}/{lang}": {"get": {"operationId": "\u00fc"}},
        "/x/{id}": {"get": {"parameters": [{"$ref": "#/gone"}], "responses": {"default": {}}}},
        "/y/{id}": {"$ref": "elsewhere.yaml#/y"},
        "/z/{1st}/{2nd}": {"$ref": "#/components/pathItems/Z"},
        "/null": None,
        "/bad": {"get": "text", "options": {}, "head": {}},
        "/%7Bx%7D": {"get": {}},
    },
    "components": {
        "pathItems": {
            "Z": {
                "patch": {
                    "parameters": [
                        {"name": "1st", "in": "path", "schema": {"type": ["null", "number"]}},
                        {"name": "2nd", "in": "path", "schema": {"$ref": "#/components/schemas/S"}},
                    ],
                    "requestBody": {"content": {"multipart/form-data": {}, "text/plain": {}}},
                    "responses": {
                        "2XX": {"content": {"application/vnd.x+json; v=1": {}, "text/csv": {}}}
                    },
                }
            }
        },
        "schemas": {"S": {"$ref": "#/components/schemas/S"}},
    },
}

WRONG = """
openapi: 3.1
info: [1]
paths:
  5: {get: {operationId: 5, summary: [1], parameters: {a: 1}, responses: [1]}}
  /a:
    get: {operationId: [x], parameters: [1, null, {in: path, name: 7, schema: 3}], requestBody: 5}
    parameters: text
  /b/{c}: {get: {responses: {200: {content: {5: 1}}}}, $ref: 5}
  /c/{d}: {post: {requestBody: {$ref: [1]}, responses: {200: {$ref: '#/a/b/c'}}}}
  2020-01-01: {get: {}}
"""


def described(document: str, name: str = "openapi.yaml", source: Path | None = None) -> Project:
    """Copy the template into a folder that holds a description."""
    folder = Path(tempfile.mkdtemp(dir=scratch()))
    (folder / name).write_text(document, "utf-8")
    copier.run_copy(str(source or template()), folder, defaults=True, quiet=True)
    answers = yaml.safe_load((folder / ".copier-answers.yml").read_text("utf-8"))
    return Project(folder, answers["package_name"])


def answers_of(project: Project) -> dict[str, Any]:
    return yaml.safe_load(project.read(".copier-answers.yml"))


def document_of(project: Project) -> dict[str, Any]:
    return json.loads((project.source / "openapi.json").read_text("utf-8"))


def routes_of(project: Project) -> list[str]:
    """The routes of a project, each in one form, with types and name written out."""
    lines = answers_of(project)["routes"].replace(";", "\n").splitlines()
    return sorted(" ".join(line.split("#")[0].split()) for line in lines if line.split("#")[0])


def test_a_pet_store_becomes_a_project() -> None:
    project = described(PETSTORE)
    answers = answers_of(project)
    assert answers["routes"] == PETSTORE_ROUTES
    assert (answers["project_name"], answers["package_name"]) == ("Pet Store", "pet_store")
    assert (answers["description"], answers["content_types"]) == ("Sells pets.", ["html", "json"])
    assert_tests_pass(project)
    assert_tidy(project)


def test_an_odd_document_loses_nothing_without_a_word() -> None:
    project = described(json.dumps(ODD), "openapi.json")
    text = answers_of(project)["routes"]
    operations = [
        f"{method.upper()} {path}"
        for path, item in ODD["paths"].items()
        for method in (item or {})
        if method in ("get", "put", "post", "query", "options", "head")
    ]
    for operation in operations:
        method, path = operation.split(" ", 1)
        shape = re.escape(path.split("{")[0])
        assert re.search(rf"(?m)^(# )?{method} +{shape}", text), f"{operation} is gone:\n{text}"
    assert "COPY /: no route has this method" in text
    assert "# /y/{id}: only references" in text
    assert " text>application/vnd.x+json,csv " in text
    assert "{p_1st:float}/{p_2nd}" in text
    names = [line.split()[3] for line in text.splitlines() if not line.startswith("#")]
    assert names[:4] == ["def_", "do_9lives", "def__2", "def__3"]
    assert_tests_pass(project)
    assert_tidy(project)


def test_wrong_types_anywhere_in_a_document_are_survived() -> None:
    project = described(WRONG)
    assert routes_of(project) == ["GET /a json x", "POST /c/{d} >json post_c_d"]
    assert "# GET 2020-01-01: begin the path with /" in answers_of(project)["routes"]


@pytest.mark.parametrize("shape", ["petstore", "odd", *SHAPES])
def test_a_project_describes_itself_and_is_made_from_that_again(shape: str) -> None:
    if shape == "petstore":
        first = described(PETSTORE)
    elif shape == "odd":
        first = described(json.dumps(ODD), "openapi.json")
    else:
        first = generate(**SHAPES[shape])
    document = document_of(first)
    if shape != "a thousand":  # that takes the validator half a minute
        validate(document)
    second = described(json.dumps(document), "openapi.json")
    again = document_of(second)
    for path, item in document["paths"].items():
        assert list(again["paths"][path].items()) == list(item.items()), path
    assert document["paths"].keys() == again["paths"].keys()
    assert document["info"] == again["info"]


def test_paths_that_differ_in_kinds_alone_are_told_apart() -> None:
    routes = "GET /x/{a:int} json one\nGET /x/{a} json two\nGET /x/{a:path} json three\n"
    first = generate(routes=routes)
    validate(document_of(first))
    assert_tests_pass(first)
    second = described(json.dumps(document_of(first)), "openapi.json")
    assert routes_of(second) == sorted(routes.strip().split("\n"))


def test_what_stands_behind_a_route_describes_its_handler() -> None:
    texts = [*HOSTILE.values(), "word " * 40, "日本" * 50, "noqa: E501", "", "wie groß", "'a'"]
    lines = [f"GET /{n} text r{n}  # {text}" for n, text in enumerate(texts)]
    first = generate(routes="\n".join(lines))
    document = document_of(first)
    operations = [item["get"] for item in document["paths"].values()]
    for n, text in enumerate(texts):
        [handler] = ast.parse(first.read(f"src/sample/handlers/_{n}.py")).body[-1:]
        assert isinstance(handler, ast.FunctionDef)
        assert max(map(len, ast.unparse(handler).splitlines())) <= 100
        shown, said = ast.get_docstring(handler) or "", " ".join(text.split())
        expected = said.replace('"', "'") or f"R{n}"
        assert expected.startswith(shown.rstrip("…").removesuffix("."))
        assert operations[n].get("summary", "") == said
    assert_tidy(first)
    assert_typed(first)
    assert_tests_pass(first)
    again = described(json.dumps(document), "openapi.json")
    assert document_of(again)["paths"] == document["paths"]


@pytest.mark.parametrize(
    "document, message",
    [
        ("a: [b", "line 1"),
        ("", "openapi.yaml is no OpenAPI document"),
        ("- a", "openapi.yaml is no OpenAPI document"),
        ("text", "openapi.yaml is no OpenAPI document"),
        ("title: x", "openapi.yaml does not begin with openapi: 3"),
        ("openapi: 3.0.0", "openapi.yaml has no paths"),
        ("openapi: 3.1.0\npaths: {}", "openapi.yaml has no paths"),
        ("openapi: 3.1.0\npaths: [1]", "openapi.yaml has no paths"),
        ('swagger: "2.0"\npaths: {}', "openapi.yaml is Swagger 2.0: convert it to OpenAPI 3 first"),
        ("openapi: 3.2.0\npaths: {/x: {query: {}}}", "no operation that a route can express"),
    ],
)
def test_what_is_no_description_stops_with_one_message(document: str, message: str) -> None:
    folder = Path(tempfile.mkdtemp(dir=scratch()))
    (folder / "openapi.yaml").write_text(document)
    with pytest.raises((ValueError, yaml.YAMLError), match=message):
        copier.run_copy(str(template()), folder, defaults=True, quiet=True)
    assert [file.name for file in folder.iterdir()] == ["openapi.yaml"]


def test_five_hundred_operations_are_a_project_in_seconds() -> None:
    answer = {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/x"}}}}}
    paths: dict[str, Any] = {}
    for n in range(125):
        paths[f"/r{n % 40}/s{n}"] = {
            "get": {"operationId": f"list{n}", "responses": answer},
            "post": {"requestBody": answer["200"], "responses": answer},
        }
        paths[f"/r{n % 40}/s{n}/{{id}}"] = {
            "parameters": [{"$ref": "#/components/parameters/id"}],
            "get": {"operationId": f"show{n}", "responses": answer},
            "delete": {"responses": {"204": {}}},
        }
    parameter = {"name": "id", "in": "path", "schema": {"type": "integer"}}
    document = {"openapi": "3.1.0", "paths": paths, "components": {"parameters": {"id": parameter}}}
    project = described(json.dumps(document), "openapi.json")
    assert len(routes_of(project)) == 500
    assert answers_of(project)["dispatcher"] == "tree"
    done = run_tests(project, "-x")
    assert done.returncode == 0, done.stdout[-2000:]


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
