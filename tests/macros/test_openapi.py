"""Descriptions are read and written: the macros as a whole, called with values."""

import copy
import datetime
import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_spec_validator import validate

from harness.descriptions import ODD, TWINS
from harness.rendering import render, value
from harness.sampling import often

FILE = "openapi.yaml"
ODD_ROUTES = """\
GET     /                         json                          def_
POST    /v1/things:batch          >json                         do_9lives        # a;b # c d
GET     /{environ_}/{environ__2}  json                          def__2
PUT     /{environ_}/{environ__2}  >json                         def__3
GET     /x/{id}                   json                          get_x_id
PATCH   /z/{p_1st:float}/{p_2nd}  text>application/vnd.x+json,csv  patch_z_1st_2nd
# openapi.yaml has more than routes can say:
# QUERY /: no route has this method
# COPY /: no route has this method
# GET /a b: a path cannot have spaces, ; or #
# GET /{lang}/{lang}: leave this out: same route as GET /{environ_}/{environ__2}
# GET /x/{id}: only references within the document are followed
# /y/{id}: only references within the document are followed
# PATCH /z/{1st}/{2nd}: a route reads one type, so not multipart
# GET /bad: this is not an operation
# OPTIONS /bad: handled automatically
# HEAD /bad: handled automatically
# GET /%7Bx%7D: write the character itself, not %7Bx%7D
# GET /c: a path cannot have control characters
# GET /c: a path cannot have control characters
"""
# Most of what a description can hold, correct and small: each node is replaced in turn.
GOOD = yaml.safe_load("""
openapi: 3.1.0
info: {title: Pets, summary: On pets., description: More}
paths:
  /pets/{id}:
    parameters: [{$ref: '#/components/parameters/id'}]
    put:
      operationId: setPet
      summary: Set a pet
      parameters: [{name: id, in: path, x-name: pet, x-kind: path, schema: {type: string}}]
      requestBody: {$ref: '#/components/requestBodies/Pet'}
      responses:
        '200': {$ref: '#/components/responses/Pet'}
        default: {description: Wrong, content: {text/plain: {}}}
    delete: {responses: {204: {description: Gone}}}
    additionalOperations: {COPY: {}}
  /pets: {$ref: '#/components/pathItems/Pets'}
  x-more: {}
components:
  parameters: {id: {name: id, in: path, schema: {$ref: '#/components/schemas/Id'}}}
  schemas: {Id: {type: [integer, 'null'], format: int64}}
  requestBodies: {Pet: {content: {application/json: {}, text/csv: {}}}}
  responses: {Pet: {content: {application/json: {}}}}
  pathItems: {Pets: {get: {responses: {default: {content: {text/html: {}}}}}}}
""")
PARTS = 3  # of the places in this document: each value always takes one part
HUGE = 16**5000  # more digits than Python turns into text
OTHERS = (
    [None, [], {}, 1, True, "x", [[]], float("nan"), HUGE, b"x"]
    + [{"$ref": 1}, {"$ref": "#/paths"}, "\ud800\u202e\n;#", {None: {}}]
    + [datetime.date(2026, 1, 1), {1: {"get": 1}, False: 2, HUGE: {"get": {}}}]
)


def document(paths: Any, **others: Any) -> dict[str, Any]:
    return {"openapi": "3.1.0", "paths": paths, **others}


def routes(text: str) -> list[dict[str, Any]]:
    found = value("routes.read", text, ["json"])
    assert found["errors"] == []
    return found["routes"]


def read(paths: Any, **others: Any) -> list[str]:
    """The lines for a document, each with single spaces."""
    text = value("openapi_read.lines", document(paths, **others), FILE, [])["text"]
    return [" ".join(line.split()) for line in text.splitlines()]


def line(method: str = "get", **operation: Any) -> str:
    [only] = read({"/x": {method: {"operationId": "a", **operation}}})
    return only


def written(text: str, title: str = "Sample", description: str = "A sample") -> dict[str, Any]:
    table = value("table.table", text, ["json"])
    found = json.loads(render("openapi_write.document", table, title, description))
    validate(found)
    return found


def test_each_loss_of_an_odd_document_is_reported() -> None:
    found = value("openapi_read.suggested", yaml.safe_load(json.dumps(ODD)), FILE)
    squeezed = [" ".join(words.split()) for words in found["routes"].splitlines()]
    assert squeezed == [" ".join(words.split()) for words in ODD_ROUTES.splitlines()]
    assert (found["title"], found["content_types"]) == ("Ünïcode; # 😀", ["json", "csv"])


def test_routes_are_laid_out_in_columns() -> None:
    paths = {"/a/{b}": {"delete": {}, "get": {"summary": "Get b"}}, "/": {"get": {}}}
    assert value("openapi_read.lines", document(paths), FILE, [])["text"] == (
        "DELETE  /a/{b}  json  delete_a_b\n"
        "GET     /a/{b}  json  get_a_b     # Get b\n"
        "GET     /       json  get_home\n"
    )


@pytest.mark.parametrize(
    "responses, types",
    [
        ({}, "json"),
        (None, "json"),
        ({"200": {"content": {"text/html": {}, "application/json": {}}}}, "html,json"),
        ({200: {"content": {"TEXT/HTML; charset=utf-8": {}}}}, "html"),
        ({"201": {}, "200": {"content": {"text/csv": {}}}}, "csv"),
        ({"2XX": {"content": {"text/csv": {}}}}, "csv"),
        ({"200": {"description": "OK"}}, "none"),
        ({"200": {"content": {}}}, "none"),
        ({"201": {"headers": {}}, "404": {"content": {"text/html": {}}}}, "none"),
        ({"204": {}}, "none"),
        ({"204": {"content": {"text/html": {}}}}, "none"),
        ({"205": {}, "default": {"content": {"text/html": {}}}}, "none"),
        ({"303": {}}, "none"),
        ({"304": {}, "200": {"content": {"text/html": {}}}}, "html"),
        ({"default": {"content": {"text/html": {}}}}, "html"),
        ({"404": {}, "default": {"content": {"text/html": {}}}}, "json"),
    ],
)
def test_the_responses_say_what_a_route_produces(responses: Any, types: str) -> None:
    assert line("delete", responses=responses) == f"DELETE /x {types} a"


@pytest.mark.parametrize(
    "content, responses, types",
    [
        (["application/json"], {}, "json>json"),
        (["application/json"], {"204": {}}, "json>none"),
        ([], {"204": {}}, "none"),
        ([], {}, ">json"),
        (["multipart/form-data"], {}, "multipart>json"),
    ],
)
def test_the_request_body_says_what_a_route_reads(
    content: list[str], responses: Any, types: str
) -> None:
    body: dict[str, Any] = {"content": dict.fromkeys(content, {})}
    assert line("post", requestBody=body, responses=responses) == f"POST /x {types} a"
    [route] = routes(f"POST /x {types} a")
    assert route["consumes"] == types.rpartition(">")[0]


def test_of_several_bodies_json_is_read_and_forms_rather_than_uploads() -> None:
    types = ["multipart/form-data", "application/x-www-form-urlencoded", "application/a+json"]
    for offered, best in ((types, types[2]), (types[:2], "form")):
        paths: dict[str, Any] = {
            "/x": {"post": {"requestBody": {"content": dict.fromkeys(offered, {})}}}
        }
        first, _, note = read(paths)
        assert first == f"POST /x {best}>json post_x"
        assert note.startswith("# POST /x: a route reads one type, so not multipart")


@pytest.mark.parametrize(
    "reference, kind",
    [
        ("#/components/parameters/id", ":int"),
        ("#/paths/~1y/parameters/0", ":int"),
        ("#/paths/~1y/parameters/7", None),
        ("#/paths/~1y/parameters/x", None),
        ("other.yaml#/id", None),
        ("#/components/parameters/loop", None),
    ],
)
def test_references_can_point_anywhere_in_the_document(reference: str, kind: str | None) -> None:
    number = {"name": "id", "in": "path", "schema": {"type": "integer"}}
    parameters = {"id": number, "loop": {"$ref": "#/components/parameters/loop"}}
    paths = {
        "/x/{id}": {"get": {"parameters": [{"$ref": reference}]}},
        "/y": {"parameters": [number]},
    }
    notes = [
        "# openapi.yaml has more than routes can say:",
        "# GET /x/{id}: only references within the document are followed",
    ]
    expected = [f"GET /x/{{id{kind or ''}}} json get_x_id", *(notes if kind is None else [])]
    assert read(paths, components={"parameters": parameters}) == expected


@pytest.mark.long
@pytest.mark.parametrize(
    "number, part",  # by its number, because pytest cannot print all of them
    [
        pytest.param(number, part, marks=often(number + part, PARTS))
        for number in range(len(OTHERS))
        for part in range(PARTS)
    ],
)
def test_a_value_of_any_type_is_handled(number: int, part: int) -> None:
    other = OTHERS[number]
    there = routes("PUT /pets/{id} json setPet\nGET /mine json mine")
    for place in [*places(GOOD)][part::PARTS]:
        changed = replaced(GOOD, place, other)
        found = value("openapi_read.suggested", changed, FILE)
        assert found["routes"] or found["problem"], place
        if found["routes"]:
            routes(found["routes"])
            assert not set("\ud800\u202e") & set(json.dumps(found, ensure_ascii=False)), place
            assert "mine: not in openapi.yaml" in render(
                "openapi_sync.differences", changed, FILE, there
            )


def places(node: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each node of a document."""
    yield place
    if isinstance(node, dict | list):
        for key, inner in node.items() if isinstance(node, dict) else enumerate(node):
            yield from places(inner, (*place, key))


def replaced(node: Any, place: tuple[Any, ...], other: Any) -> Any:
    if not place:
        return other
    node = copy.copy(node)
    node[place[0]] = replaced(node[place[0]], place[1:], other)
    return node


@pytest.mark.parametrize("place", ["title", "summary", "description", "version"])
def test_nested_aliases_cost_nothing(place: str) -> None:
    laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
    )
    info = f"openapi: 3.1.0\ninfo: {{{place}: *a8}}\npaths: {{/x: {{get: {{summary: *a8}}}}}}"
    begun = time.perf_counter()
    found = value("openapi_read.suggested", yaml.safe_load(laughs + info), FILE)
    assert (found["title"], found["routes"]) == ("", "GET     /x  json  get_x\n")
    assert time.perf_counter() - begun < 2


def test_control_and_bidi_characters_are_removed() -> None:
    info = {"title": " a\x07\x85b\u202e\u2066c\u200f d\n", "description": "One.\nTwo."}
    found = value("openapi_read.suggested", document({"/x": {"get": {}}}, info=info), FILE)
    assert (found["title"], found["description"]) == ("a bc d", "One.")
    assert line(summary="a\u202eb\nc # d") == "GET /x json a # ab c # d"
    family = "\U0001f468\u200d\U0001f469"
    assert line(summary=family) == f"GET /x json a # {family}"


def test_long_names_are_cut_and_stay_unique() -> None:
    long = "l" * 60
    paths = {f"/{n}": {"get": {"operationId": long + str(n)}} for n in range(12)}
    paths["/p/{" + long + "a}/{" + long + "b}"] = {"get": {}}
    found = routes("\n".join(read(paths)))
    names = [route["name"] for route in found]
    assert names[:3] == ["l" * 50, "l" * 45 + "_2", "l" * 45 + "_3"]
    assert len(set(names)) == 13
    assert found[-1]["path"] == "/p/{" + "l" * 50 + "}/{" + "l" * 45 + "_2}"


def test_a_name_that_ends_in_a_newline_is_replaced() -> None:
    assert line(operationId="a\n") == "GET /x json a"


@pytest.mark.parametrize(
    "text, message",
    [
        (None, "openapi.yaml is not an OpenAPI document"),
        ([1], "openapi.yaml is not an OpenAPI document"),
        ("text", "openapi.yaml is not an OpenAPI document"),
        ({}, "openapi.yaml has no line like openapi: 3.1.0"),
        ({"openapi": [3]}, "openapi.yaml has no line like openapi: 3.1.0"),
        ({"openapi": 3.1}, "openapi.yaml has no paths"),
        (document({}), "openapi.yaml has no paths"),
        (document([1]), "openapi.yaml has no paths"),
        ({"swagger": "2.0"}, "openapi.yaml is Swagger 2.0: convert it to OpenAPI 3 first"),
        (document({"/x": {"query": {}}}), "openapi.yaml has no operation that a route can express"),
    ],
)
def test_a_file_that_is_not_a_description_gets_one_message(text: Any, message: str) -> None:
    found = value("openapi_read.suggested", text, FILE)
    assert found["problem"].split("\n")[0] == message
    assert found["routes"] == ""


def test_routes_that_are_there_are_not_given_again() -> None:
    paths = {
        "/a/{other}": {"get": {"operationId": "renamed"}, "put": {"operationId": "show"}},
        "/b": {"get": {"operationId": "show"}},
    }
    found = value("openapi_read.lines", document(paths), FILE, routes("GET /a/{n:int} json show"))
    assert [words.split() for words in found["text"].splitlines()] == [
        ["PUT", "/a/{other}", ">json", "show_2"],
        ["GET", "/b", "json", "show_3"],
    ]


@pytest.mark.parametrize(
    "here, there, difference",
    [
        ("GET /a json a", {"/a": {"get": {"operationId": "a"}}}, ""),
        ("GET /a text a", {"/a": {"get": {}}}, ""),
        ("GET /a json a", {"/b": {"get": {}}}, "GET /a a: not in F\nGET /b get_b: only in F\n"),
        (
            "GET /a json a",
            {"/b": {"get": {"operationId": "a"}}},
            "GET /a a: moved to GET /b in F\nGET /b a: only in F\n",
        ),
        (
            "GET /a json a\nGET /b json a_2",
            {"/b": {"get": {"operationId": "a"}}},
            "GET /a a: moved to GET /b in F, which is a_2 here\n",
        ),
        (
            "GET /a json a",
            {"/a": {"get": {"operationId": "b"}}},
            "GET /a: named a here, b in F\n",
        ),
        ("GET /a json b_2", {"/a": {"get": {"operationId": "b"}}}, ""),
        (
            "GET /a json a",
            {"/a": {"get": {"responses": {200: {"content": {"text/csv": 1, "text/html": 1}}}}}},
            "GET /a: json here, csv,html in F\n",
        ),
        (
            "DELETE /a json a",
            {"/a": {"delete": {"responses": {204: {}}}}},
            "DELETE /a: json here, none in F\n",
        ),
        (
            "PUT /a text>json a",
            {"/a": {"put": {"requestBody": {"content": {"text/csv": 1, "text/html": 1}}}}},
            "PUT /a: reads text here, csv,html in F\n",
        ),
        ("PUT /a json a", {"/a": {"put": {}}}, "PUT /a: reads json here, no body in F\n"),
        ("GET /{a:int} json a", {"/{b}": {"get": {}}}, "GET /{a:int}: /{b} in F\n"),
        (
            "GET /a json a",
            {"/a": {"get": {}}, "/{x}.json": {"get": {}}},
            "GET /{x}.json: make the placeholder a whole segment: {x}.json\n",
        ),
    ],
)
def test_each_difference_is_one_line(here: str, there: Any, difference: str) -> None:
    assert render("openapi_sync.differences", document(there), "F", routes(here)) == difference


def test_the_written_description_says_what_the_routes_say() -> None:
    text = 'GET / html,json home # Say "hi"\nPUT /n/{id:int} json>none set_n\nPOST /up multipart>text up'
    found = written(text, 'The "Title"', "Ünïcode")
    assert found["info"]["title"] == 'The "Title"'
    assert found["info"]["description"] == "Ünïcode"
    home, put, post = (
        found["paths"][path][method]
        for path, method in (("/", "get"), ("/n/{id}", "put"), ("/up", "post"))
    )
    error = {"$ref": "#/components/responses/Error"}
    assert home == {
        "summary": 'Say "hi"',
        "tags": ["home"],
        "operationId": "home",
        "responses": {
            "200": {"description": "OK", "content": {"text/html": {}, "application/json": {}}},
            "default": error,
        },
    }
    assert put["responses"] == {"204": {"description": "No Content"}, "default": error}
    assert put["requestBody"] == {"required": True, "content": {"application/json": {}}}
    assert post["requestBody"]["content"] == {"multipart/form-data": {}}
    assert found["paths"]["/"]["parameters"] == []
    [parameter] = found["paths"]["/n/{id}"]["parameters"]
    assert (parameter["name"], parameter["schema"]["type"]) == ("id", "integer")
    assert isinstance(parameter["example"], int)


def test_a_written_description_is_read_back() -> None:
    found = written(TWINS)
    again = value("openapi_read.suggested", found, FILE)
    assert written(again["routes"]) == found
    said = {(route["method"], route["path"], route["name"]) for route in routes(TWINS)}
    assert {(r["method"], r["path"], r["name"]) for r in routes(again["routes"])} == said


def test_a_narrower_path_leaves_the_name_of_a_wider_one() -> None:
    first, second = (written(text)["paths"] for text in ("GET /x/{a} json b", TWINS))
    assert list(written("GET /x/{a:int} json one\nGET /x/{a} json two")["paths"])[:2] == [
        "/x/{a_int}",
        "/x/{a}",
    ]
    assert "/x/{a}" in first
    assert list(second)[:2] == ["/x/{a__int}", "/x/{a_int}"]


@pytest.mark.parametrize("text", ["GET /a json a\nGET /b/{c} json b\nPUT /b/{c} none c", TWINS])
def test_an_addition_changes_no_line_of_the_description(text: str) -> None:
    added = text + "\nGET /0/{z} json new\nDELETE /b/{c} none drop\nGET /zz json last"
    before, after = (
        render(
            "openapi_write.document", value("table.table", lines, ["json"]), "T", "D"
        ).splitlines()
        for lines in (text, added)
    )
    rest = iter(after)
    assert [words for words in before if words not in rest] == []
    place = before.index('    "x-your-own-paths-below": {},')
    assert before[place + 1 : place + 3] == ['    "x-your-own-paths-above": {}', "  },"]


def text_of(*routes: str) -> str:
    """The description of a project with these routes."""
    table = value("table.table", "\n".join(routes), ["json"])
    return render("openapi_write.document", table, "T", "D") + "\n"


def read_once(text: str) -> Any:
    """What JSON says, if it says nothing twice."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(pairs)) == len(pairs), [name for name, _ in pairs]
        return dict(pairs)

    return json.loads(text, object_pairs_hook=unique)


BEFORE = (
    "GET / html home",
    "GET /notes json list_notes",
    "POST /notes json>json create_note",
    "GET /notes/{note_id:int} json show_note",
)


def merged(folder: Path, before: str, ours: str, theirs: str, *options: str) -> str:
    """What git makes of two changes to a file."""
    for name, text in (("before", before), ("ours", ours), ("theirs", theirs)):
        (folder / name).write_text(text, "utf-8")
    command = ["git", "merge-file", "-p", *options, "ours", "before", "theirs"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout


def test_an_operation_is_a_line_that_no_other_has() -> None:
    lines = text_of(*BEFORE).splitlines()
    operations = [words for words in lines if '"operationId"' in words]
    assert len(operations) == len(set(operations)) == len(BEFORE)
    assert all(words.count('"operationId"') == 1 and words.endswith("}},") for words in operations)


@pytest.mark.parametrize(
    "ours, theirs",
    [
        pytest.param(["DELETE /notes none drop"], ["PUT /notes json>none put"], id="same path"),
        pytest.param(
            ["DELETE /notes/{note_id:int} none drop"],
            ["PUT /notes/{note_id:int} json>none put"],
            id="last path",
        ),
        pytest.param(["GET /pets json pets"], ["GET /zoo json zoo"], id="new paths at the end"),
        pytest.param(["GET /pets json pets"], ["POST /pets json>json buy"], id="same new path"),
        pytest.param(
            ["GET /notes/{key:uuid} json by_key"], ["GET /notes/new html new"], id="in between"
        ),
        pytest.param(
            ["GET /pets/{note_id:int} json pet"],
            ["GET /zoo/{note_id:int} json animal", "PUT /zoo/{note_id:int} json>none feed"],
            id="same parameters",
        ),
        pytest.param(
            ["DELETE /notes/{note_id:int} none drop", "GET /pets json pets"],
            ["PUT /notes/{note_id:int} json>none put", "GET /zoo json zoo"],
            id="last path and new paths",
        ),
    ],
)
def test_branches_that_each_add_routes_merge(
    ours: list[str], theirs: list[str], tmp_path: Path
) -> None:
    texts = [text_of(*BEFORE, *more) for more in ([], ours, theirs)]
    found = read_once(merged(tmp_path, *texts, "--union"))
    assert found == read_once(text_of(*BEFORE, *ours, *theirs))


@pytest.mark.parametrize(
    "added",
    [
        "PUT /notes json>none put",
        "DELETE /notes/{note_id:int} none drop",
        "GET /notes/new html new",
        "GET /zoo json zoo",
    ],
)
@pytest.mark.parametrize("name", ["list_notes", "create_note", "show_note"])
def test_an_addition_merges_with_an_edited_operation(added: str, name: str, tmp_path: Path) -> None:
    before, after = text_of(*BEFORE), text_of(*BEFORE, added)
    own = f'"operationId": "{name}",\n        "security": [],\n       '
    mine = before.replace(f'"operationId": "{name}",', own)
    assert mine != before
    assert read_once(merged(tmp_path, before, mine, after)) == read_once(
        after.replace(f'"operationId": "{name}",', own)
    )


def test_the_types_that_routes_produce_are_ticked() -> None:
    node = {
        "requestBody": {"content": {"text/csv": {}}},
        "responses": {"200": {"content": {"application/json": {}, "text/html": {}}}},
    }
    found = value("openapi_read.suggested", document({"/": {"post": node}}), FILE)
    assert found["content_types"] == ["html", "json"]
    without = value(
        "openapi_read.suggested", document({"/": {"get": {"responses": {"204": {}}}}}), FILE
    )
    assert without["content_types"] == ["json"]


# A longer word does not widen the column of all other lines.
@pytest.mark.parametrize("length, columns", [(48, 48), (49, 2)])
def test_a_path_of_at_most_48_characters_widens_its_column(length: int, columns: int) -> None:
    paths = {"/" + "a" * (length - 1): {"get": {"operationId": "x"}}, "/b": {"get": {}}}
    last = value("openapi_read.lines", document(paths), FILE, [])["text"].splitlines()[1]
    assert last == f"GET     {'/b'.ljust(columns)}  json  get_b"


@pytest.mark.parametrize("length, columns", [(24, 24), (25, 4)])
def test_types_of_at_most_24_characters_widen_their_column(length: int, columns: int) -> None:
    content: dict[str, Any] = {"a/" + "b" * (length - 2): {}}
    paths = {"/a": {"get": {"responses": {"200": {"content": content}}}}, "/b": {"get": {}}}
    last = value("openapi_read.lines", document(paths), FILE, [])["text"].splitlines()[1]
    assert last == f"GET     /b  {'json'.ljust(columns)}  get_b"


@pytest.mark.parametrize("length, columns", [(32, 32), (33, 1)])
def test_a_name_of_at_most_32_characters_widens_its_column(length: int, columns: int) -> None:
    operations = {
        "get": {"operationId": "a" * length, "summary": "A"},
        "put": {"operationId": "b", "summary": "B"},
    }
    last = value("openapi_read.lines", document({"/": operations}), FILE, [])["text"].splitlines()[
        1
    ]
    assert last == f"PUT     /  >json  {'b'.ljust(columns)}  # B"


@pytest.mark.parametrize("length, end", [(159, "."), (160, "…")])
def test_a_suggested_description_has_at_most_160_characters(length: int, end: str) -> None:
    info = {"description": "a" * length + ".\nMore."}
    found = value("openapi_read.suggested", document({"/": {"get": {}}}, info=info), FILE)
    assert found["description"] == "a" * 159 + end


def test_a_suggested_description_is_the_summary_or_a_first_sentence() -> None:
    paths: dict[str, Any] = {"/": {"get": {}}}
    for info, text in (
        ({"summary": "On pets.", "description": "More"}, "On pets."),
        ({"description": "Is it? Yes."}, "Is it?"),
        ({"description": "# Pets\n\nMore"}, "# Pets"),
        ({"description": "v1.2 of a.b"}, "v1.2 of a.b"),
        ({}, ""),
    ):
        found = value("openapi_read.suggested", document(paths, info=info), FILE)
        assert found["description"] == text


def test_a_route_in_a_summary_is_not_taken_for_one() -> None:
    assert line(summary="List; GET /pets") == "GET /x json a # List, GET /pets"


def test_operations_that_are_not_routes_are_counted_and_listed() -> None:
    paths = {
        "/a": {"get": {}, "head": {}, "options": {}, "trace": {}},
        "/{x},{y}": {"get": {}},
        "/b": {"post": {"requestBody": {"content": {"application/json": {}, "text/csv": {}}}}},
    }
    found = value("openapi_read.suggested", document(paths), FILE)
    assert (found["operations"], found["left_out"]) == (4, 2)
    here = routes("GET /a json get_a; POST /b json>json post_b")
    assert render("openapi_sync.differences", document(paths), FILE, here) == (
        "TRACE /a: no route has this method\n"
        "GET /{x},{y}: make the placeholder a whole segment: {x},{y}\n"
    )


def test_a_description_that_is_refused_has_no_operations() -> None:
    found = value("openapi_read.suggested", {}, FILE)
    assert (found["operations"], found["left_out"]) == (0, 0)


@pytest.mark.parametrize(
    "reason, is_left_out", [("no route has this method", True), ("handled automatically", False)]
)
def test_what_a_rule_does_is_not_left_out(reason: str, is_left_out: bool) -> None:
    assert value("openapi_read.no_route", "TRACE /", reason, ["a note"]) == {
        "where": "TRACE /",
        "notes": ["a note", reason],
        "left_out": is_left_out,
        "method": "",
        "name": "",
    }
