"""The route language: what each line means, the message for a wrong one, and the table of all."""

import re
from keyword import kwlist
from typing import Any

import pytest

from harness.projects import ROOT
from harness.rendering import constant, render, value

TICKED = ["html", "json"]
KINDS = ", ".join(constant("kinds", "KINDS"))
SHORT = " ".join(constant("types", "TYPES"))
LONG = "a_name_of_more_letters_than_fifty_which_nobody_would_type"

WRONG = {
    "# The rest; GET /b": "write the comment last: GET /b is in it",
    "GET /a json a  # A; POST /b json b": "write the comment last: POST /b is in it",
    "FETCH /": "write GET POST PUT PATCH DELETE, not FETCH",
    "delte /": "write DELETE, not delte",
    "get /": "write GET, not get",
    "HEAD /": "delete this line: HEAD is automatic",
    "options /": "delete this line: OPTIONS is automatic",
    "GET": "write a path after GET",
    "GET / json home please": "write METHOD PATH TYPES NAME: too many words",
    "GET notes": "start the path with /, not notes",
    "GET //notes": "write one /, not an empty segment",
    "GET /a//b": "write one /, not an empty segment",
    "GET /a/../b": "leave out ..: clients resolve it",
    "GET /./b": "leave out .: clients resolve it",
    "GET /<id>": "write {id}, not <id>",
    "GET /<int:id>": "write {id:int}, not <int:id>",
    "GET /:id": "write {id}, not :id",
    "GET /*rest": "write {rest:path}, not *rest",
    "GET /*": "write {path:path}, not *",
    "GET /{}": "write {name} or {name:int}, not {}",
    "GET /{2nd}": "write {name} or {name:int}, not {2nd}",
    "GET /{id}.json": "make the placeholder a whole segment: {id}.json",
    "GET /a%20b": "write the character itself, not a%20b",
    "GET /a?b=c": "leave out the query: a",
    'GET /a"b': 'leave out " in a"b',
    "GET /a\\b": "leave out \\ in a\\b",
    "GET /a:b|c": "leave out | in a:b|c",
    "GET /{id:number}": f"use {KINDS}: unknown kind number",
    "GET /{id:Int}": "write int, not Int",
    "GET /{id:integer}": "write int, not integer",
    "GET /{rest:path}/edit": "put {rest:path} last",
    "GET /{class}": "write {class_}: class is reserved",
    "GET /{result}": "write {result_}: result is reserved",
    "GET /{l}": "write {l_}: l is reserved",
    "GET /{id}/{id:int}": "rename one {id}: it is used twice",
    f"GET /{{{LONG}}}": f"use at most 50 letters, not 57: {LONG}",
    "GET / jsn home": f"did you mean json? Unknown type jsn; use one of {SHORT}",
    "GET / JSON home": f"did you mean json? Unknown type JSON; use one of {SHORT}",
    "GET /feed rss feed": f"did you mean application/rss+xml? Unknown type rss; use one of {SHORT}",
    "GET / word home": f"write a type like text/css, not word, or {SHORT}",
    "GET / text/ home": f"did you mean text? Unknown type text/; use one of {SHORT}",
    "GET / image/ home": f"write a type like text/css, not image/, or {SHORT}",
    "GET / json,,html": "write a type on each side of a comma, without spaces: json,,html",
    "GET / json, html": "write a type on each side of a comma, without spaces: json,",
    "GET / json,html,json": "leave out one json: it is used twice",
    "GET / a/b,A/B": "leave out a/b or A/B: they are the same type",
    "GET / html,text/html": "leave out html or text/html: they are the same type",
    "GET / json,none": "leave out the other types: none means no body",
    "GET / none,none": "leave out the other types: none means no body",
    "POST / json,form>json": "write one type before >, not json,form",
    "POST / jsn>json": f"did you mean json? Unknown type jsn; use one of {SHORT}",
    "POST / jsn>": f"did you mean json? Unknown type jsn; use one of {SHORT}",
    "POST / a>b>json": f"write a type like text/css, not a>b, or {SHORT}",
    "GET / htlm": "did you mean html? As a name, write html htlm",
    "GET / jso": "did you mean json? As a name, write html jso",
    "GET / csvv": "did you mean csv? As a name, write html csvv",
    "GET / byres": "did you mean bytes? As a name, write html byres",
    "GET / JSON": "did you mean json? As a name, write html JSON",
    "GET / json 2nd": "write letters, digits and _, first a letter, not 2nd",
    "GET / json grüß-gott": "write gruess_gott, not grüß-gott",
    "GET / json class": "write class_: the name class is reserved",
    "GET / body": "write body_: the name body is reserved",
    f"GET / {LONG}": f"use at most 50 letters, not 57: {LONG}",
    f"GET /{LONG}": "add a name of at most 50 letters: the default has 61",
}


def problem(line: str, text: str = "GET /fine\n\n# a comment\n") -> str:
    """What is said of a line; the others must be right."""
    [error] = value("routes.read", f"{text}{line}\n", TICKED)["errors"]
    assert error["line"] == text.count("\n") + 1
    return error["text"]


def route(line: str, ticked: list[str] = TICKED) -> dict[str, Any]:
    found = value("routes.read", line, ticked)
    assert not found["errors"]
    return found["routes"][0]


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_line_is_reported_with_the_fix(line: str) -> None:
    assert problem(line) == WRONG[line]


@pytest.mark.parametrize("line", WRONG)
def test_the_first_words_are_the_fix(line: str) -> None:
    """In a terminal of 80 columns, Copier leaves 40 of them for a message."""
    seen = render("routes.complaint", line, TICKED)[:40].removeprefix("line 1: ")
    verbs = "add|delete|did you mean|leave|make|put|rename|start|use|write"
    assert re.match(rf"({verbs}) \S", seen), seen


@pytest.mark.parametrize("line", WRONG)
def test_the_fix_fits_in_a_terminal(line: str) -> None:
    first, *rest = render("routes.complaint", line, TICKED).splitlines()
    whole = "\n".join(rest) or first
    assert len(first) <= 60
    assert whole == f"line 1: {WRONG[line]}"
    assert first.removesuffix("…") == whole[: len(first) - first.endswith("…")]


def test_every_wrong_line_is_reported() -> None:
    text = "\n".join(["GET /fine", *WRONG])
    first, *rest = render("routes.complaint", text, TICKED).splitlines()
    assert len(first) <= 60
    assert first.endswith(f" (+{len(WRONG) - 1} more)")
    assert [row.partition(": ")[0] for row in rest] == [f"line {n + 2}" for n in range(len(WRONG))]


def test_the_first_problem_of_a_line_is_reported() -> None:
    assert problem("GET /<id>/{class} jsn 2nd") == "write {id}, not <id>"
    assert problem("GET /{class} jsn 2nd") == "write {class_}: class is reserved"
    assert problem("GET / jsn 2nd").endswith("not 2nd")


def test_correct_routes_have_no_complaint() -> None:
    assert render("routes.complaint", "GET / html home\nPOST / json # more", TICKED) == ""


@pytest.mark.parametrize("text", ["", "\n \n", "# nothing yet\n", ";;"])
def test_an_empty_text_is_refused_with_a_route_to_write(text: str) -> None:
    complaint = render("routes.complaint", text, TICKED)
    assert complaint == "write at least one route, such as GET / html home"
    assert value("routes.read", text, TICKED) == {"routes": [], "errors": []}


def test_the_same_route_twice_is_reported_with_the_other_line() -> None:
    said = problem("GET /notes/{number:int}", "GET /notes/{id:int}\n\n")
    assert said == "leave this out: same route as line 1: GET /notes/{id:int}"
    assert problem("GET /{b:str}", "GET /{a}\n") == "leave this out: same route as line 1: GET /{a}"


def test_the_same_name_twice_is_reported_with_the_other_line() -> None:
    said = problem("GET /b json show", "GET /a json show\n")
    assert said == "write another name: show is used in line 1"


@pytest.mark.parametrize(
    "text, names",
    [
        ("GET /; GET /home", ["get_home", "get_home_2"]),
        ("GET /a-b; GET /a_b; GET /a.b", ["get_a_b", "get_a_b_2", "get_a_b_3"]),
        ("GET /x; GET /x/", ["get_x", "get_x_2"]),
        ("GET /x json get_y; GET /y", ["get_y", "get_y_2"]),
    ],
)
def test_a_name_that_nobody_typed_gets_a_number_if_another_route_has_it(
    text: str, names: list[str]
) -> None:
    found = value("routes.read", text, TICKED)
    assert found["errors"] == []
    assert [one["name"] for one in found["routes"]] == names
    assert render("routes.has_numbers", text, TICKED) == "yes"


def test_a_typed_name_is_never_changed() -> None:
    said = problem("GET /y json get_x", "GET /x\n")
    assert said == "write another name: get_x is used in line 1"
    assert render("routes.has_numbers", "GET /x json get_x_2; GET /x/", TICKED) == ""


def test_a_wrong_line_reserves_neither_path_nor_name() -> None:
    found = value("routes.read", "GET /a jsn show\nGET /a json show", TICKED)
    assert [error["line"] for error in found["errors"]] == [1]
    assert [one["line"] for one in found["routes"]] == [2]


def test_a_route_has_all_its_parts() -> None:
    text = "\n  PUT /Notes/{id:int}/{rest:path}  form>json,html  put_note ##  Put  a note # x\n"
    assert value("routes.read", text, TICKED)["routes"] == [
        {
            "line": 2,
            "method": "PUT",
            "path": "/Notes/{id:int}/{rest:path}",
            "segments": [["", "", "Notes"], ["id", "int", ""], ["rest", "path", ""]],
            "consumes": "form",
            "produces": ["json", "html"],
            "name": "put_note",
            "default": "",
            "summary": "Put a note # x",
            "module": "notes",
            "shape": "/Notes/{int}/{path}",
            "key": "PUT /Notes/{int}/{path}",
        }
    ]


def test_a_semicolon_ends_a_line() -> None:
    found = value("routes.read", "GET /a;GET /b ; GET /c # see; there\nGET /d;;GET /e", TICKED)
    lines = [(one["line"], one["path"], one["summary"]) for one in found["routes"]]
    assert lines == [
        (1, "/a", ""),
        (2, "/b", ""),
        (3, "/c", "see; there"),
        (4, "/d", ""),
        (6, "/e", ""),
    ]


def test_names_that_differ_in_case_are_different() -> None:
    assert route("GET /{a}/{A}")["shape"] == "/{str}/{str}"
    found = value("routes.read", "GET /About\nGET /about", TICKED)
    assert [one["name"] for one in found["routes"]] == ["get_About", "get_about"]


NAMES = {
    "GET /": "home.get_home",
    "GET /notes": "notes.get_notes",
    "POST /notes/{id:int}/Tags": "notes.post_notes_id_int_Tags",
    "DELETE /{user}": "home.delete_user",
    "GET /sign-up/now": "sign_up.get_sign_up_now",
    "GET /2024": "_2024.get_2024",
    "GET /class": "class_.get_class",
    "GET /contract": "contract_.get_contract",
    "GET /sse": "sse_.get_sse",
    "GET /LPT1": "lpt1_.get_LPT1",
    "GET /json": "json.get_json",
    "GET /About": "about.get_About",
    "GET /Größe/éa": "groesse.get_Groesse_ea",
    "GET /Łódź": "lodz.get_Lodz",
    "GET /gru\u0308n": "gruen.get_gruen",
    "GET /\u65e5\u672c": "home.get",
    "GET /about about_us": "about.about_us",
    # a word of the path is a name, however near it is to a type
    "GET /test test": "test.test",
    "GET /notes/next next": "notes.next",
    "GET / note": "home.note",
    f"GET /{LONG} json show": f"{LONG[:50]}.show",
}


@pytest.mark.parametrize("line", NAMES)
def test_a_default_name_can_be_guessed(line: str) -> None:
    found = route(line)
    assert f"{found['module']}.{found['name']}" == NAMES[line]


MODULES = {
    "/api/v1/users/{id}": "users",
    "/API/users": "users",
    "/v1.1/notes": "notes",
    "/v1beta2/notes": "notes",
    "/2010-04-01/Accounts/{sid}": "accounts",
    "/2024-10/orders": "orders",
    # what follows is no literal
    "/api": "api",
    "/api/": "api",
    "/v2/{id}": "v2",
    "/api/v2/{id}": "v2",
    "/v0/users": "users",
    "/v9.0.9/users": "users",
    "/v1alpha9/users": "users",
    "/1990-09-30/users": "users",
    "/2029-10/users": "users",
    # these only look like a version
    "/v8-engine/parts": "v8_engine",
    "/2024/orders": "_2024",
    "/apis/users": "apis",
}


@pytest.mark.parametrize("path", MODULES)
def test_an_api_and_its_version_name_no_module(path: str) -> None:
    assert route(f"GET {path} json show")["module"] == MODULES[path]
    assert render("routes.module_of", path, "") == MODULES[path]


@pytest.mark.parametrize(
    "path, module",
    [
        ("/shop/api/v1/cart", "cart"),
        ("/shop/orders/{id}", "orders"),
        ("/shop/{id}", "shop"),
        ("/shop", "shop"),
        ("/shopping/list", "shopping"),
        ("/health", "health"),
        ("/", "home"),
    ],
)
def test_what_is_skipped_names_no_module(path: str, module: str) -> None:
    [found] = value("routes.read", f"GET {path} json show", TICKED, "/shop")["routes"]
    assert found["module"] == module
    [resource] = value("table.table", f"GET {path} json show", TICKED, "/shop")["resources"]
    assert resource["module"] == module


@pytest.mark.parametrize(
    "text, literals",
    [
        ("GET /shop/cart; GET /shop/orders/{id}", "/shop"),
        ("GET /a/b/c # all\nGET /a/b/d; # none\n# GET /x", "/a/b"),
        ("GET /a/b/c; GET /a/d", "/a"),
        # one route has nothing more, or the same
        ("GET /shop; GET /shop/orders", ""),
        ("GET /shop/{id}; GET /shop/orders", ""),
        ("GET /shop/; GET /shop/orders", ""),
        ("GET /shop/cart; POST /shop/cart/{id}", ""),
        ("GET /shop/cart", ""),
        ("GET /a/x; GET /b/x", ""),
        ("GET /", ""),
    ],
)
def test_literals_that_all_paths_share_are_found_if_others_follow(text: str, literals: str) -> None:
    assert render("routes.shared", text) == literals


TYPES = {
    "GET /": ("", ["text"]),
    "GET / html": ("", ["html"]),
    "POST /": ("text", ["text"]),
    "POST / html": ("form", ["html"]),
    "POST / sse": ("json", ["sse"]),
    "POST / form>csv": ("form", ["csv"]),
    "DELETE /": ("", ["text"]),
    "DELETE / text>json": ("text", ["json"]),
    "PUT / TEXT/HTML>Application/JSON": ("html", ["json"]),
    "PATCH / xml,text/css": ("xml", ["xml", "text/css"]),
    "PATCH / text/css": ("text/css", ["text/css"]),
    "POST / >json": ("", ["json"]),
    "POST / >": ("", ["text"]),
    "POST / json>": ("json", ["text"]),
    "DELETE / none drop": ("", ["none"]),
    "PUT / json>none": ("json", ["none"]),
    "POST / none": ("", ["none"]),
    "POST / none>json": ("", ["json"]),
    "GET / none>none": ("", ["none"]),
}


@pytest.mark.parametrize("line", TYPES)
def test_types_are_what_is_written_or_follow_from_what_is_produced(line: str) -> None:
    found = route(line, ["text", "json"])
    assert (found["consumes"], found["produces"]) == TYPES[line]


def test_the_default_type_is_the_first_ticked_one() -> None:
    assert route("GET /", ["csv", "bytes"])["produces"] == ["csv"]
    assert route("GET /", [])["produces"] == ["text"]


def test_keywords_of_python_are_reserved() -> None:
    assert set(kwlist) <= set(constant("rules", "TAKEN"))


def test_each_method_is_in_order() -> None:
    assert constant("rules", "METHODS") == ["GET", "POST", "PUT", "PATCH", "DELETE"]


def test_names_of_modules_match_their_pattern() -> None:
    for name in ["_0", "_9a", "a09", *(name.partition(".")[0] for name in NAMES.values())]:
        assert re.search(constant("routes", "MODULE"), name)
    for name in ["../evil", "a/b", "__init__", "Evil", "evil\n", "a.b", ""]:
        assert not re.search(constant("routes", "MODULE"), name)


def test_the_table_has_routes_by_module_in_the_order_of_the_lines() -> None:
    text = "GET /b text b\nGET / text home\nPOST /b/{id:int} text>json add"
    table = value("table.table", text, TICKED)
    modules = [
        (one["module"], [route["name"] for route in one["routes"]]) for one in table["resources"]
    ]
    assert modules == [("b", ["b", "add"]), ("home", ["home"])]
    [b, add] = table["resources"][0]["routes"]
    assert b == {**value("routes.read", text, TICKED)["routes"][0], "parameters": [], "url": "/b"}
    assert add["parameters"] == [{"name": "id", "kind": "int", "example": "12345"}]
    assert add["url"] == "/b/12345"


def test_the_table_has_each_path_once_in_the_order_in_which_it_is_found() -> None:
    text = """
        GET /{p:path} text f; GET /{s} text e; GET /b text b; GET /{t:date} text t; GET /{u:uuid} text d; GET /{n:int} text c
        GET /a/{s}/x text k; GET /a/{s}/{p:path} text o; GET /a/{f:float}/x text j; GET /a/new text i
        POST /b text>text g; GET / text h; PUT /{other:str} text>text m
    """
    table = value("table.table", text, TICKED)
    found = [" ".join(route["name"] for route in path["routes"]) for path in table["paths"]]
    assert found == ["b g", "i", "j", "k", "o", "h", "c", "d", "t", "e m", "f"]
    assert {key for path in table["paths"] for key in path} == {
        "rank", "line", "path", "segments", "parameters", "url", "routes"
    }  # fmt: skip


def test_the_table_says_what_the_routes_need() -> None:
    text = "POST /{u:uuid} form>text/css,html; GET /{n:int}/{p:path} sse; DELETE / none; PUT /x a/b>TEXT/CSS"
    table = value("table.table", text, ["json"])
    assert table["kinds"] == ["int", "uuid", "path"]
    assert table["types"] == ["html", "json", "sse", "none", "text/css"]
    assert table["consumes"] == ["form", "a/b"]
    assert list(table["rows"]) == [*table["types"], *table["consumes"]]
    assert table["rows"]["a/b"]["media_type"] == "a/b"
    table = value("table.table", "GET /{s}", [])
    assert (table["kinds"], table["types"], table["consumes"]) == (["str"], ["text"], [])


def test_an_example_matches_only_its_own_route() -> None:
    text = (
        "GET /12345/x; GET /{a:int}; GET /{b:float}; GET /{c:uuid}; GET /{d}/12346.5; GET /{e:path}"
    )
    urls = {path["path"]: path["url"] for path in value("table.table", text, ["text"])["paths"]}
    assert urls == {
        "/12345/x": "/12345/x",
        "/{a:int}": "/12347",
        "/{b:float}": "/12347.5",
        "/{c:uuid}": "/6f1e2d3c-4b5a-4978-8695-a4b3c2d12347",
        "/{d}/12346.5": "/my d/12346.5",
        "/{e:path}": "/my e//2",
    }


PAGE = (ROOT / "docs/routes.md").read_text("utf-8")


def test_the_page_about_the_language_tells_the_messages_as_they_are() -> None:
    rows = re.findall(r"^\| (`[^|]*`) \| `(line [^|]*)` \|$", PAGE, re.M)
    assert len(rows) > 10
    for written, said in rows:
        lines = "\n".join(re.findall("`([^`]*)`", written))
        complaint = render("routes.complaint", lines, TICKED).splitlines()[-1]
        assert complaint.startswith(said.removesuffix("…"))
        assert said.endswith("…") or complaint == said


def test_the_page_about_the_language_has_examples_that_are_right() -> None:
    [example] = re.findall(r"```\nMETHOD .*\n((?s:.*?))```", PAGE)
    assert render("routes.complaint", example, TICKED) == ""
    rows = constant("types", "TYPES").items()
    for name, row in rows:
        assert f"`{name}`" in PAGE
        assert f"`{row['media_type']}`" in PAGE or name == "none"


def test_the_page_about_the_language_makes_names_as_it_says() -> None:
    made = re.findall(r"`(GET /\S*)`\s+becomes\s+`(\w+)`", PAGE)
    assert len(made) == 2
    assert [route(line)["name"] for line, name in made] == [name for line, name in made]


# The parts of `read`


def parsed(line: str) -> dict[str, Any]:
    """A route as `read` hands it to the macros that check it, right or wrong."""
    method, path, *rest = line.split()
    segments = re.findall(constant("routes", "SEGMENT"), path)
    types = rest[0].rpartition(">")[2].split(",") if rest else ["html"]
    name = rest[1] if len(rest) > 1 else "fine"
    return {"method": method, "path": path, "segments": segments, "produces": types, "name": name}


@pytest.mark.parametrize(
    "line, rest, said",
    [
        ("GET /a", "", []),
        (
            "FETCH /{class}",
            "more",
            [
                "write GET POST PUT PATCH DELETE, not FETCH",
                "write METHOD PATH TYPES NAME: too many words",
                "write {class_}: class is reserved",
            ],
        ),
        ("GET a", "", ["start the path with /, not a"]),
        (
            "GET /:a/{class} jsn def",
            "",
            [
                "write {a}, not :a",
                "write {class_}: class is reserved",
                "write def_: the name def is reserved",
                f"did you mean json? Unknown type jsn; use one of {SHORT}",
            ],
        ),
    ],
)
def test_the_problems_of_a_line_come_in_the_order_of_its_words(
    line: str, rest: str, said: list[str]
) -> None:
    made = parsed(line)
    types = line.split()[2] if line.count(" ") > 1 else ""
    found = render("rules.problems", made, types, made["name"], rest, "html", "")
    assert [words for words in found.splitlines() if words.strip()] == said


def test_a_method_without_a_path_is_asked_for_one() -> None:
    made = {"method": "GET", "path": "", "segments": [], "produces": ["html"], "name": "get"}
    found = render("rules.problems", made, "", "", "", "html", "")
    assert found.splitlines()[0] == "write a path after GET"


@pytest.mark.parametrize(
    "word, said",
    [
        ("put", "write PUT, not put"),
        ("Head", "delete this line: HEAD is automatic"),
        ("OPTIONS", "delete this line: OPTIONS is automatic"),
        ("TRACE", "write GET POST PUT PATCH DELETE, not TRACE"),
    ],
)
def test_a_word_that_is_not_a_method_gets_the_fix(word: str, said: str) -> None:
    assert render("rules.method_problem", word) == said


@pytest.mark.parametrize(
    "path, said",
    [
        ("/", []),
        ("/a/", []),
        ("/a/{b}/{c:int}/{d:path}", []),
        ("//", ["write one /, not an empty segment"]),
        ("/a//", ["write one /, not an empty segment"]),
        (
            "/:a//:b",
            ["write {a}, not :a", "write one /, not an empty segment", "write {b}, not :b"],
        ),
        ("/{a}/{b}/{a}", ["rename one {a}: it is used twice"]),
        ("/{p:path}/x", ["put {p:path} last"]),
    ],
)
def test_each_segment_of_a_path_is_checked(path: str, said: list[str]) -> None:
    found = render("rules.path_problems", re.findall(constant("routes", "SEGMENT"), path))
    assert [words for words in found.splitlines() if words.strip()] == said


@pytest.mark.parametrize(
    "name, written, said",
    [
        ("home", "home", ""),
        ("a" * 50, "a" * 50, ""),
        ("a" * 51, "a" * 51, f"use at most 50 letters, not 51: {'a' * 51}"),
        ("a" * 51, "", "add a name of at most 50 letters: the default has 51"),
        ("def", "def", "write def_: the name def is reserved"),
        ("a-b", "a-b", "write a_b, not a-b"),
        ("1-b", "1-b", "write letters, digits and _, first a letter, not 1-b"),
    ],
)
def test_a_name_that_python_refuses_gets_the_fix(name: str, written: str, said: str) -> None:
    assert render("rules.name_problem", name, written) == said


@pytest.mark.parametrize(
    "whole, said",
    [
        ("json", []),
        ("json>html,text/css", []),
        (">json", []),
        ("json>", []),
        ("none", []),
        ("json,html>json", ["write one type before >, not json,html"]),
        ("jsn>htm", ["jsn", "htm"]),
        (
            "json,json,json",
            ["leave out one json: it is used twice", "leave out one json: it is used twice"],
        ),
        ("html,text/html", ["leave out html or text/html: they are the same type"]),
        ("json,none", ["leave out the other types: none means no body"]),
    ],
)
def test_each_word_of_the_types_is_checked(whole: str, said: list[str]) -> None:
    short = {row["media_type"]: name for name, row in constant("types", "TYPES").items()}
    produced = [short.get(word, word) or word for word in whole.rpartition(">")[2].split(",")]
    found = render("rules.types_problems", whole, produced)
    lines = [words for words in found.splitlines() if words.strip()]
    assert [
        word for words in lines for word in (re.findall("nknown type ([^:;]+)", words) or [words])
    ] == said


@pytest.mark.parametrize(
    "word, said",
    [
        ("json", ""),
        ("text/css", ""),
        ("a/b", ""),
        ("0a9/9b0", ""),
        ("", "write a type on each side of a comma, without spaces: json,"),
        ("pdf", f"did you mean application/pdf? Unknown type pdf; use one of {SHORT}"),
        ("PDF", f"did you mean application/pdf? Unknown type PDF; use one of {SHORT}"),
        ("jsn", f"did you mean json? Unknown type jsn; use one of {SHORT}"),
        ("a/b/c", f"write a type like text/css, not a/b/c, or {SHORT}"),
    ],
)
def test_a_word_that_is_not_a_type_gets_the_fix(word: str, said: str) -> None:
    assert render("rules.type_problem", word, "json,") == said


@pytest.mark.parametrize(
    "word, meant",
    [
        ("json", "json"),
        ("jsn", "json"),
        ("jsson", "json"),
        ("jxon", "json"),
        ("jsno", "json"),
        ("JSO", "json"),
        ("xjson", "json"),
        ("jn", ""),
        ("nosj", ""),
        ("non", ""),
        ("word", ""),
    ],
)
def test_a_near_type_is_one_letter_or_one_swap_away(word: str, meant: str) -> None:
    assert render("names.near", word, constant("rules", "SHORT_NAMES")) == meant


@pytest.mark.parametrize(
    "name, path, said",
    [
        ("jsn", "/", "did you mean json? As a name, write html jsn"),
        ("jsn", "/jsn", ""),
        ("home", "/", ""),
    ],
)
def test_a_name_that_looks_like_a_type_is_questioned(name: str, path: str, said: str) -> None:
    assert render("rules.misspelled", name, path, "html") == said


def test_a_route_clashes_with_an_earlier_line() -> None:
    lines = ["GET /a text one", "GET /A text ONE", "GET /a text two", "POST /a text one"]
    routes = [route(line) | {"line": number} for number, line in enumerate(lines, 1)]
    assert value("routes.clashes", routes) == [
        {"line": 3, "text": "leave this out: same route as line 1: GET /a"},
        {"line": 4, "text": "write another name: one is used in line 1"},
    ]
    assert value("routes.clashes", [routes[0], routes[2] | {"name": "one"}]) == [
        {"line": 3, "text": "leave this out: same route as line 1: GET /a"}
    ]


def test_what_is_repeated_is_compared_with_the_first() -> None:
    routes = [route(f"GET /{letter} text {letter}") | {"line": 1} for letter in "aA"]
    routes.append(routes[0] | {"line": 3})
    found = value("routes.repeated", routes, "key", "{line} {name} {route}")
    assert found == [{"line": 3, "text": "1 a GET /a"}, None]


def test_a_line_is_a_route_and_what_is_wrong_with_it() -> None:
    read = value("routes.line_of", 7, ["GET", "/a", "one", "", "", " One "], "json", "")
    assert (read["line"], read["text"]) == (7, "")
    assert (read["route"]["name"], read["route"]["summary"]) == ("one", "One")
    assert read["route"]["produces"] == ["json"]
    wrong = value("routes.line_of", 7, ["GET", "a", "", "", "", ""], "json", "")
    assert wrong["text"] == "start the path with /, not a"


@pytest.mark.parametrize("line", TYPES)
def test_what_a_route_reads_and_produces_is_in_its_word(line: str) -> None:
    method, _, types, *_ = [*line.split(), ""]
    consumes, produces = TYPES[line]
    assert render("routes.consumed_by", types, method, "text") == consumes
    assert render("routes.produced_by", types, "text") == ",".join(produces)


def test_a_name_that_was_made_gets_a_number_if_an_earlier_route_has_it() -> None:
    routes = [{"name": "a", "default": ""}, *[{"name": "a", "default": "a"}] * 2]
    assert [one["name"] for one in value("routes.numbered", routes)] == ["a", "a_2", "a_3"]


@pytest.mark.parametrize(
    "name, kind, earlier, last, said",
    [
        ("id", "int", [], False, ""),
        ("id", "", ["id_"], True, ""),
        ("id", "word", [], True, f"use {KINDS}: unknown kind word"),
        ("rest", "path", [], True, ""),
        ("rest", "path", [], False, "put {rest:path} last"),
        ("class", "", [], True, "write {class_}: class is reserved"),
        ("id", "", ["id"], True, "rename one {id}: it is used twice"),
        (LONG, "", [], True, f"use at most 50 letters, not 57: {LONG}"),
    ],
)
def test_what_is_wrong_with_a_parameter(
    name: str, kind: str, earlier: list[str], last: bool, said: str
) -> None:
    assert render("rules.parameter_problem", name, kind, earlier, last) == said


@pytest.mark.parametrize(
    "length, said", [(50, ""), (51, f"use at most 50 letters, not 51: {'a' * 51}")]
)
def test_a_name_has_a_greatest_length(length: int, said: str) -> None:
    assert render("rules.length_problem", "a" * length) == said


def test_the_first_row_that_fits_says_what_to_write_instead() -> None:
    assert render("rules.literal_problem", "<a%b>") == "write {a%b}, not <a%b>"


@pytest.mark.parametrize("word", ["jso", "json2", "xjson", "jsom", "josn"])
def test_a_misspelling_is_one_letter_or_one_swap_away(word: str) -> None:
    assert re.search(render("names.misspellings", "json"), word)


@pytest.mark.parametrize("word", ["js", "jsonjson", "jsno2", "note"])
def test_what_is_further_away_is_not_a_misspelling(word: str) -> None:
    assert not re.search(render("names.misspellings", "json"), word)


def test_routes_are_told_with_examples_by_module_and_by_path() -> None:
    routes = value("routes.read", "GET /b/{x}; GET /a; PUT /b/{y}; GET /b/{n:int}", TICKED)[
        "routes"
    ]
    made = value("table.with_examples", routes)
    assert [one["url"] for one in made] == ["/b/my x", "/a", "/b/my y", "/b/12345"]
    assert made[0]["parameters"] == [{"name": "x", "kind": "str", "example": "my x"}]
    resources = value("table.resources_of", made)
    assert [(one["module"], len(one["routes"])) for one in resources] == [("b", 3), ("a", 1)]
    paths = value("table.paths_of", made)
    assert [one["path"] for one in paths] == ["/b/{n:int}", "/b/{x}", "/a"]
    assert [route["method"] for route in paths[1]["routes"]] == ["GET", "PUT"]


def test_each_error_is_a_line() -> None:
    errors = [{"line": 2, "text": "write GET, not get"}, {"line": 7, "text": "write a path"}]
    assert (
        render("routes.error_lines", errors) == "line 2: write GET, not get\nline 7: write a path"
    )
    assert render("routes.error_lines", []) == ""


def test_reading_again_gives_the_same_routes() -> None:
    text = "GET /a\nFETCH /b\nGET /a"
    found = value("routes.read_lines", text, TICKED)
    assert found == value("routes.read", text, TICKED)
    assert [one["line"] for one in found["routes"]] == [1]
    assert [one["line"] for one in found["errors"]] == [2, 3]


# The tables of messages


def refused_by(line: str) -> str:
    """The first row of REFUSED that a literal of a wrong line matches, or ''."""
    literals = [literal for _, _, literal in parsed(line)["segments"]] if "/" in line else []
    patterns = constant("rules", "REFUSED")
    return next((row for word in literals for row in patterns if re.search(row, word)), "")


def test_each_refused_literal_has_a_wrong_line() -> None:
    tested = {refused_by(line) for line in WRONG}
    assert [row for row in constant("rules", "REFUSED") if row not in tested] == []


def test_routes_that_somebody_put_aside_are_a_comment() -> None:
    found = value(
        "routes.read", "GET /x\n# GET /a; GET /b\n#   POST /c json>json c; GET /d", TICKED
    )
    assert found["errors"] == []
    assert [one["path"] for one in found["routes"]] == ["/x"]


@pytest.mark.parametrize(
    "comment, lost",
    [(" One; GET /b", "GET /b"), (" One; two", ""), ("GET /a; GET /b", ""), ("", "")],
)
def test_a_route_is_lost_in_a_comment(comment: str, lost: str) -> None:
    assert render("rules.lost_route", comment) == lost
    made = parsed("GET /a")
    found = render("rules.problems", made, "", made["name"], "", "html", comment)
    assert found.strip() == (f"write the comment last: {lost} is in it" if lost else "")
