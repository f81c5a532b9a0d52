"""The steps in which a description is read and written: a test for each macro."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.rendering import render, value

FILE = "openapi.yaml"
ID = {"name": "id", "in": "path", "schema": {"type": "integer"}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "paths": {"/a~b/{id}": {"get": {}, "parameters": [ID]}},
    "components": {
        "parameters": {"id": ID, "again": {"$ref": "#/components/parameters/id"}},
        "responses": {"Html": {"content": {"text/html": {}}}},
        "loop": {"$ref": "#/components/loop"},
    },
}


# Texts


@pytest.mark.parametrize(
    "found, text",
    [
        ("a", "a"),
        ("\ud83d\ude00", "😀"),
        ("\ud800", "\ufffd"),
        (7, "7"),
        (3.1, "3.1"),
        (-999_999_999, "-999999999"),
        (10**9, ""),
        (-(10**9), ""),
        (True, ""),
        (None, ""),
        ([1], ""),
        ({"a": 1}, ""),
    ],
)
def test_only_strings_and_short_numbers_become_text(found: Any, text: str) -> None:
    assert render("openapi_nodes.text_of", found) == text


@pytest.mark.parametrize(
    "found, text",
    [
        (" a\n\n b\t", "a b"),
        ("a\u202eb\u061c", "ab"),
        ("a\x85b", "a b"),
        ("x" * 9, "x" * 9),
        ("x" * 10, "x" * 8 + "…"),
        ([1], ""),
    ],
)
def test_a_plain_text_is_one_line_of_a_bounded_width(found: Any, text: str) -> None:
    assert render("openapi_nodes.plain", found, 9) == text


def test_a_plain_text_has_at_most_72_characters() -> None:
    assert render("openapi_nodes.plain", "x" * 72) == "x" * 72
    assert render("openapi_nodes.plain", "x" * 73) == "x" * 71 + "…"


def test_a_summary_and_a_path_have_at_most_200_characters() -> None:
    texts = ("/" + "p" * 199, "s" * 200)
    for path, summary in (texts, [text + "x" for text in texts]):
        found = value("openapi_read.operation", DOCUMENT, path, {}, "GET", {"summary": summary})
        cut = "…" if len(path) > 200 else ""
        assert found["where"] == f"GET {path[: 200 - len(cut)]}{cut}"
        assert found["summary"] == summary[: 200 - len(cut)] + cut


@pytest.mark.parametrize(
    "text, name",
    [
        ("show_pet", "show_pet"),
        ("show-pet", "show_pet"),
        ("2nd", "p_2nd"),
        ("", "p_"),
        ("class", "class_"),
        ("result", "result_"),
        ("x" * 60, "x" * 50),
        ("a\n", "a"),
    ],
)
def test_any_text_becomes_a_name_that_is_free(text: str, name: str) -> None:
    assert render("openapi_read.identifier", text, "p_") == name


@pytest.mark.parametrize(
    "names, name",
    [([], "show"), (["show"], "show_2"), (["show", "show_2"], "show_3"), (["other"], "show")],
)
def test_a_name_in_use_gets_a_number(names: list[str], name: str) -> None:
    assert render("names.unused", "show", dict.fromkeys(names, True)) == name


def test_a_long_name_in_use_is_cut_before_its_number() -> None:
    assert render("names.unused", "x" * 50, {"x" * 50: True}) == "x" * 45 + "_2"


@pytest.mark.parametrize(
    "path, bare",
    [("/a/{b}/{c:int}", "/a/{}/{}"), ("/", "/"), ("/{a}.json", "/{}.json"), ("/{a/b}", "/{a/b}")],
)
def test_a_key_has_neither_names_nor_kinds(path: str, bare: str) -> None:
    assert render("openapi_read.key_of", "GET", path) == f"GET {bare}"


@pytest.mark.parametrize(
    "found, said",
    [
        ([], f"{FILE} is not an OpenAPI document"),
        ({"swagger": "2.0"}, f"{FILE} is Swagger 2.0: convert it to OpenAPI 3 first"),
        ({"openapi": "2.9", "paths": {"/": {}}}, f"{FILE} has no line like openapi: 3.1.0"),
        ({"openapi": "3.0.0", "paths": {}}, f"{FILE} has no paths"),
        ({"openapi": "3.0.0", "paths": ["/"]}, f"{FILE} has no paths"),
        (DOCUMENT, ""),
    ],
)
def test_what_is_wrong_with_a_whole_document_is_one_line(found: Any, said: str) -> None:
    assert render("openapi_read.problem", found, FILE) == said


# References


def name_of(node: Any) -> str:
    """What a block does with a node: it prints its name."""
    return "nothing" if node is None else str(node.get("name", "a mapping"))


@pytest.mark.parametrize(
    "node, name",
    [
        (ID, "id"),
        ({}, "a mapping"),
        (None, "nothing"),
        ([ID], "nothing"),
        ({"$ref": "#/components/parameters/id"}, "id"),
        ({"$ref": "#/components/parameters/again"}, "id"),
        ({"$ref": "#/paths/~1a~0b~1%7Bid%7D/parameters/0"}, "id"),
        ({"$ref": "#/paths/~1a~0b~1{id}/parameters/1"}, "nothing"),
        ({"$ref": "#/components/loop"}, "nothing"),
        ({"$ref": "components.yaml#/id"}, "nothing"),
        ({"$ref": 7}, "nothing"),
    ],
)
def test_a_reference_is_followed_within_the_document(node: Any, name: str) -> None:
    assert render("openapi_nodes.followed", DOCUMENT, node, block=name_of) == name


@pytest.mark.parametrize("length, name", [(9, "id"), (10, "nothing")])
def test_a_chain_of_nine_references_is_followed(length: int, name: str) -> None:
    document = {f"r{n}": {"$ref": f"#/r{n + 1}"} for n in range(1, length)} | {f"r{length}": ID}
    assert render("openapi_nodes.followed", document, {"$ref": "#/r1"}, block=name_of) == name


# Parameters and paths


@pytest.mark.parametrize(
    "parameter, found",
    [
        (ID, {"id": ["id", "int"]}),
        ({"$ref": "#/components/parameters/id"}, {"id": ["id", "int"]}),
        ({"$ref": "#/nowhere"}, None),
        ({"name": "id", "in": "query"}, {}),
        ({"in": "path"}, {}),
        ({"name": "id", "in": "path"}, {"id": ["id", ""]}),
        ("id", {}),
        ({"name": "a", "in": "path", "x-name": "b", "x-kind": "path"}, {"a": ["b", "path"]}),
        ({"name": "a", "in": "path", "x-kind": "int"}, {"a": ["a", ""]}),
        ({"name": "a", "in": "path", "x-kind": ["path"]}, {"a": ["a", ""]}),
        ({**ID, "schema": {"type": ["null", "number"]}}, {"id": ["id", "float"]}),
        ({**ID, "schema": {"type": "string", "format": "uuid"}}, {"id": ["id", "uuid"]}),
    ],
)
def test_a_path_parameter_has_a_name_and_a_kind(parameter: Any, found: Any) -> None:
    assert value("openapi_nodes.parameter_of", DOCUMENT, parameter) == found


@pytest.mark.parametrize(
    "parameter, schema, kind",
    [
        ({}, {}, ""),
        ({}, {"type": ["null", "integer"]}, "int"),
        ({"x-kind": "path"}, {"type": "string"}, "path"),
        ({"x-kind": "int"}, {"type": "string", "format": "date"}, "date"),
    ],
)
def test_only_a_kind_that_matches_all_segments_is_taken_as_it_is_named(
    parameter: Any, schema: Any, kind: str
) -> None:
    assert render("openapi_nodes.kind_in", parameter, schema) == kind


@pytest.mark.parametrize(
    "parameters, kinds, lost",
    [
        ([ID, {**ID, "name": "b"}], {"id": ["id", "int"], "b": ["b", "int"]}, False),
        ([ID, {**ID, "schema": {}}], {"id": ["id", ""]}, False),
        ([{"$ref": "#/nowhere"}, ID], {"id": ["id", "int"]}, True),
        ([], {}, False),
        (None, {}, False),
        ({"id": ID}, {}, False),
    ],
)
def test_the_parameters_of_a_path_are_collected(parameters: Any, kinds: Any, lost: bool) -> None:
    found = value("openapi_nodes.parameters_of", DOCUMENT, parameters)
    assert found == {"kinds": kinds, "lost": lost}


@pytest.mark.parametrize(
    "path, kinds, said",
    [
        ("/a/{id}", {"id": ["id", "int"]}, "/a/{id:int}"),
        ("/a/{id}", {}, "/a/{id}"),
        ("/{a}/{b}", {"b": ["a", ""]}, "/{a}/{a_2}"),
        ("/{rest}", {"rest": ["rest", "path"]}, "/{rest:path}"),
        ("/{rest}/x", {"rest": ["rest", "path"]}, "/{rest}/x"),
        ("/{a-b}/{2}", {}, "/{a_b}/{p_2}"),
        ("/{a}.json", {"a": ["a", "int"]}, "/{a}.json"),
    ],
)
def test_a_path_is_said_in_the_route_language(path: str, kinds: Any, said: str) -> None:
    assert render("openapi_read.path_of", path, kinds) == said


# Bodies and responses


@pytest.mark.parametrize(
    "node, types, others, lost",
    [
        ({"content": {"text/html": {}, "Application/JSON": {}}}, ["html", "json"], [], False),
        ({"content": {"text/html; charset=utf-8": {}, "text/html": {}}}, ["html"], [], False),
        ({"content": {"image/png": {}, "*/*": {}, "text": {}}}, ["image/png", "text"], ["*/*"], 0),
        ({"$ref": "#/components/responses/Html"}, ["html"], [], False),
        ({"$ref": "#/nowhere"}, [], [], True),
        ({"content": ["text/html"]}, [], [], False),
        (None, [], [], False),
    ],
)
def test_the_content_of_a_body_names_types(
    node: Any, types: list[str], others: list[str], lost: bool
) -> None:
    found = value("openapi_nodes.content_of", DOCUMENT, node)
    assert found == {"types": types, "others": others, "lost": lost}


@pytest.mark.parametrize(
    "responses, types",
    [
        ({"201": {"content": {"text/csv": {}}}, "200": {"content": {"text/html": {}}}}, ["csv"]),
        ({"404": {"content": {"text/html": {}}}, "204": {}}, ["none"]),
        ({"302": {}}, ["none"]),
        ({"404": {"content": {"text/html": {}}}}, []),
        ({"404": {}}, []),
        ({"default": {"content": {"text/html": {}}}}, ["html"]),
        (None, []),
    ],
)
def test_the_first_response_with_content_is_what_is_produced(
    responses: Any, types: list[str]
) -> None:
    assert value("openapi_nodes.produced_by", DOCUMENT, responses)["types"] == types


@pytest.mark.parametrize(
    "code, count, can", [("200", 2, "yes"), ("204", 1, ""), ("302", 1, ""), ("default", 1, "yes")]
    + [("default", 2, ""), ("2XX", 2, "yes")]
)  # fmt: skip
def test_some_responses_say_what_a_route_produces(code: str, count: int, can: str) -> None:
    assert render("openapi_nodes.has_content", code, list(range(count))) == can


def test_a_response_whose_types_no_route_can_name_is_the_first_one() -> None:
    responses: dict[str, Any] = {
        "200": {"content": {"*/*": {}}},
        "201": {"content": {"text/html": {}}},
    }
    found = value("openapi_nodes.produced_by", DOCUMENT, responses)
    assert found == {"types": [], "others": ["*/*"], "lost": False}


@pytest.mark.parametrize(
    "types, best",
    [
        ([], ""),
        (["html"], "html"),
        (["html", "json"], "json"),
        (["form", "application/hal+json"], "application/hal+json"),
        (["multipart", "form"], "form"),
        (["multipart"], "multipart"),
    ],
)
def test_one_of_several_bodies_is_read(types: list[str], best: str) -> None:
    assert render("openapi_nodes.best_of", types) == best


# Operations


def test_an_operation_has_all_that_a_route_needs() -> None:
    node = {
        "operationId": "set-pet",
        "summary": "Set a\npet",
        "parameters": [{**ID, "schema": {"type": "string", "format": "uuid"}}],
        "requestBody": {"content": {"application/json": {}, "text/csv": {}, "*/*": {}}},
        "responses": {"200": {"content": {"text/html": {}, "text/csv": {}}}},
    }
    item = {"parameters": [ID]}
    assert value("openapi_read.operation", DOCUMENT, "/pets/{id}", item, "PUT", node) == {
        "where": "PUT /pets/{id}",
        "notes": [
            "no route can name the type */*",
            "a route reads one type, so not csv",
        ],
        "left_out": False,
        "method": "PUT",
        "path": "/pets/{id:uuid}",
        "consumes": ["json", "csv"],
        "produces": ["html", "csv"],
        "types": "json>html,csv",
        "id": True,
        "name": "set_pet",
        "summary": "Set a pet",
    }


@pytest.mark.parametrize(
    "method, path, node, types, name",
    [
        ("GET", "/", {}, "json", "get_home"),
        ("GET", "/a/b", {"operationId": "--"}, "json", "get_a_b"),
        ("POST", "/a", {}, ">json", "post_a"),
        ("DELETE", "/a", {}, "json", "delete_a"),
        ("POST", "/a", {"responses": {"204": {}}}, "none", "post_a"),
    ],
)
def test_what_an_operation_leaves_out_has_a_default(
    method: str, path: str, node: Any, types: str, name: str
) -> None:
    found = value("openapi_read.operation", DOCUMENT, path, {}, method, node)
    assert (found["types"], found["name"], found["id"]) == (types, name, False)


LOST = {"$ref": "#/nowhere"}


@pytest.mark.parametrize(
    "item, node",
    [
        ({"parameters": [LOST]}, {}),
        ({}, {"parameters": [LOST]}),
        ({}, {"requestBody": LOST}),
        ({}, {"responses": {"200": LOST}}),
    ],
)
def test_a_reference_that_leads_nowhere_is_noted(item: Any, node: Any) -> None:
    found = value("openapi_read.operation", DOCUMENT, "/a", item, "GET", node)
    assert found["notes"] == ["only references within the document are followed"]


def test_an_operation_that_a_route_expresses_has_no_notes() -> None:
    node: dict[str, Any] = {"requestBody": {"content": {"application/json": {}}}}
    assert value("openapi_read.operation", DOCUMENT, "/a", {}, "POST", node)["notes"] == []


@pytest.mark.parametrize(
    "key, path, item, node, reason",
    [
        ("get", "/a", {}, {}, ""),
        ("trace", "/a", {}, {}, "no route has this method"),
        ("options", "/a", {}, {}, "handled automatically"),
        ("head", "/a", {"get": {}}, {}, "handled automatically"),
        ("head", "/a", {}, {}, "only GET has HEAD, automatically"),
        ("summary", "/a", {}, "About a", ""),
        ("get", "/a", {}, [], "this is not an operation"),
        ("get", "/a;b", {}, {}, "a path cannot have spaces, ; or #"),
        ("get", "/a\x7f", {}, {}, "a path cannot have control characters"),
    ],
)
def test_an_operation_that_no_route_can_express_has_a_reason(
    key: str, path: str, item: Any, node: Any, reason: str
) -> None:
    assert render("openapi_read.unsaid", path, item, key, node) == reason


def summed_up(rows: list[dict[str, Any]]) -> list[str]:
    """The name of each row that can be a route, and the notes of the others."""
    return [row["name"] or f"{row['where']}: {row['notes'][0]}" for row in rows]


def test_the_operations_of_a_path_are_its_methods() -> None:
    item = {
        "get": {},
        "parameters": [],
        "trace": {},
        "additionalOperations": {"COPY": {}},
        "put": {},
    }
    assert summed_up(value("openapi_read.operations_of", DOCUMENT, "/a", item)) == [
        "get_a",
        "TRACE /a: no route has this method",
        "COPY /a: no route has this method",
        "put_a",
    ]
    assert (
        value("openapi_read.operations_of", DOCUMENT, "/a", {"additionalOperations": ["COPY"]})
        == []
    )
    lost = value("openapi_read.operations_of", DOCUMENT, "/a", {"$ref": "b.yaml"})
    assert summed_up(lost) == ["/a: only references within the document are followed"]
    assert value("openapi_read.operations_of", DOCUMENT, "/a", None) == []


def test_the_operations_of_a_document_are_those_of_its_paths() -> None:
    paths: dict[str, Any] = {"/a": {"get": {}}, "x-more": {"get": {}}, "/b": {"put": {}, "get": {}}}
    found = value("openapi_read.operations", {"paths": paths})
    assert summed_up(found) == ["get_a", "put_b", "get_b"]


def test_operations_are_checked_against_the_routes_that_are_there() -> None:
    there = value("routes.read", "GET /a/{n:int} json get_b", ["json"])["routes"]
    paths: dict[str, Any] = {"/a/{id}": {"get": {}}, "/b": {"get": {}}, "/c%20": {"get": {}}}
    found = value("openapi_read.checked", {"paths": paths}, there)
    assert summed_up(found) == [
        "get_b_2",
        "GET /c%20: write the character itself, not c%20",
    ]
    assert found[0]["wanted"] == "get_b"


def test_a_column_is_as_wide_as_its_longest_word_that_is_not_too_long() -> None:
    rows = [{"path": "/a"}, {"path": "/abc"}, {"path": "/abcdef"}]
    assert render("openapi_read.width_of", rows, "path", 5) == "4"
    assert render("openapi_read.width_of", [], "path", 5) == "0"


# Differences


@pytest.mark.parametrize(
    "route, row, said",
    [
        ({}, {}, []),
        ({"path": "/{a}"}, {}, ["GET /{a}: /a in F"]),
        ({"produces": ["csv", "json"]}, {"produces": ["json", "csv"]}, []),
        ({"produces": ["csv"]}, {}, ["GET /a: csv here, json in F"]),
        ({}, {"produces": []}, []),
        ({"consumes": "form"}, {}, ["GET /a: reads form here, no body in F"]),
        ({}, {"consumes": ["form"]}, ["GET /a: reads no body here, form in F"]),
        ({"name": "b"}, {}, ["GET /a: named b here, a in F"]),
        ({"name": "b"}, {"id": False}, []),
        ({"name": "a_2"}, {}, []),
        ({"name": "a_b"}, {}, ["GET /a: named a_b here, a in F"]),
    ],
)
def test_a_route_and_its_operation_differ_in_a_line_for_each_part(
    route: Any, row: Any, said: list[str]
) -> None:
    here = {"method": "GET", "path": "/a", "produces": ["json"], "consumes": "", "name": "a"}
    there = {"path": "/a", "produces": ["json"], "consumes": [], "id": True, "wanted": "a"}
    assert render("openapi_sync.difference", here | route, there | row, "F").splitlines() == said


def test_the_description_in_the_folder_differs_from_the_routes(tmp_path: Path) -> None:
    (tmp_path / FILE).touch()
    description = {"openapi": "3.1.0", "paths": {"/a": {"get": {}}, "/b": {"get": {}}}}
    conf, external = SimpleNamespace(dst_path=tmp_path), {"openapi_yaml": description}
    answers = "GET /a; GET /c", ["json"], conf, external
    said = render("openapi_sync.differences_now", *answers)
    assert said == "GET /c get_c: not in openapi.yaml\nGET /b get_b: only in openapi.yaml\n"


# Writing


@pytest.mark.parametrize(
    "type, media_type", [("json", "application/json"), ("form", "application/x-www-form-urlencoded"), ("text/css", "text/css")]
)  # fmt: skip
def test_a_type_is_written_as_its_media_type(type: str, media_type: str) -> None:
    assert render("openapi_write.media_type", type) == media_type


@pytest.mark.parametrize(
    "types, content",
    [
        ([], {}),
        (["json"], {"application/json": {}}),
        (["html", "text/css"], {"text/html": {}, "text/css": {}}),
    ],
)
def test_content_has_a_member_for_each_type(types: list[str], content: Any) -> None:
    assert value("openapi_write.content", types) == content


SEGMENTS = [["", "", "a"], ["id", "int", ""], ["name", "", ""]]


@pytest.mark.parametrize(
    "between, path",
    [("", "/a/{id}/{name}"), ("_", "/a/{id_int}/{name_str}"), ("__", "/a/{id__int}/{name__str}")],
)
def test_a_path_is_written_with_or_without_its_kinds(between: str, path: str) -> None:
    assert render("openapi_write.key_of", SEGMENTS, between) == path


@pytest.mark.parametrize(
    "paths, separators",
    [
        (["/a", "/{b}", "/{c:int}"], ["", "", ""]),
        (["/{a:int}", "/{a}"], ["_", ""]),
        (["/{a:int}", "/{a:float}", "/{a}"], ["_", "_", ""]),
        (["/{a:int}", "/{a_int:float}", "/{a}"], ["__", "", ""]),
    ],
)
def test_paths_that_differ_only_in_kinds_are_written_with_them(
    paths: list[str], separators: list[str]
) -> None:
    found = value("table.table", "\n".join(f"GET {path}" for path in paths), ["json"])["paths"]
    by_path = dict(
        zip([one["path"] for one in found], value("openapi_write.separators", found), strict=True)
    )
    assert [by_path[path] for path in paths] == separators


@pytest.mark.parametrize(
    "kind, example, between, members",
    [
        ("int", "12", "", {"name": "a", "example": 12}),
        ("float", "1.5", "", {"name": "a", "example": 1.5}),
        ("uuid", "6f", "", {"name": "a", "example": "6f"}),
        ("int", "12", "_", {"name": "a_int", "x-name": "a", "example": 12}),
        ("path", "a/b", "", {"name": "a", "x-kind": "path", "example": "a/b"}),
    ],
)
def test_a_parameter_is_written_with_its_schema_and_example(
    kind: str, example: str, between: str, members: dict[str, Any]
) -> None:
    parameter = {"name": "a", "kind": kind, "example": example}
    found = value("openapi_write.parameter_of", parameter, between)
    schema = found.pop("schema")
    assert found == {"in": "path", "required": True, **members}
    assert schema["type"] == {"int": "integer", "float": "number"}.get(kind, "string")


@pytest.mark.parametrize("summary", ["", 'Say "hi"'])
@pytest.mark.parametrize("consumes", ["", "json"])
def test_an_operation_is_written_in_one_line(summary: str, consumes: str) -> None:
    route = {
        "method": "PUT",
        "name": "put_a",
        "module": "a",
        "summary": summary,
        "consumes": consumes,
        "produces": ["html", "csv"],
    }
    text = render("openapi_write.operation", route)
    [(method, found)] = json.loads("{" + text + "}").items()
    assert "\n" not in text
    assert method == "put"
    assert (found["operationId"], found["tags"]) == ("put_a", ["a"])
    assert found.get("summary", "") == summary
    body = {"required": True, "content": {"application/json": {}}}
    assert found.get("requestBody") == (body if consumes else None)
    assert found["responses"] == {
        "200": {"description": "OK", "content": {"text/html": {}, "text/csv": {}}},
        "default": {"$ref": "#/components/responses/Error"},
    }
