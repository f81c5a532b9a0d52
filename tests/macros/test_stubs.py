"""The macros that write Python: stubs, their tests, the ladder, and the layout of a line."""

import ast
import re
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from harness.projects import run
from harness.rendering import render, value

KEY = "6f1e2d3c-4b5a-4978-8695-a4b3c2d12345"
EXAMPLES = {
    "int": "12345",
    "float": "12345.5",
    "uuid": KEY,
    "date": "2345-11-28",
    "str": "my text",
    "path": "my/text",
}


def route(line: str, *parameters: tuple[str, str], summary: str = "") -> dict[str, Any]:
    """A route as a template sees it, of its line and the names and kinds of its parameters."""
    method, path, types, name = line.split()
    consumes, _, produces = types.rpartition(">")
    url = path.replace(":path", "")
    for parameter, kind in parameters:
        url = url.replace("{" + parameter + "}", EXAMPLES[kind])
    return {
        "method": method,
        "path": path,
        "consumes": consumes,
        "produces": produces.split(","),
        "name": name,
        "summary": summary,
        "parameters": [
            {"name": parameter, "kind": kind, "example": EXAMPLES[kind]}
            for parameter, kind in parameters
        ],
        "url": url,
    }


def rows(*routes: dict[str, Any]) -> dict[str, Any]:
    """The rows of the types that the routes have."""
    types = {type for route in routes for type in [*route["produces"], route["consumes"]] if type}
    return {type: value("types.row_of", type) for type in types}


def handler(line: str, *parameters: tuple[str, str], summary: str = "") -> str:
    made = route(line, *parameters, summary=summary)
    return render("stubs.handler", made, rows(made)).rstrip()


def checks_of(line: str, *parameters: tuple[str, str]) -> str:
    made = route(line, *parameters)
    return render("stubs.tests", made, rows(made)).strip()


def code(text: str) -> str:
    return dedent(text).strip()


# Stubs


def test_a_stub_responds_with_one_type() -> None:
    assert handler("GET /notes json list_notes") == code("""
        # GET /notes -> json
        def list_notes(environ: request.Environ) -> response.Response:
            result = {"handler": "list_notes"}
            return response.json(result)
    """)


def test_a_stub_negotiates_several_types() -> None:
    assert handler("GET /notes json,html,csv list_notes") == code("""
        # GET /notes -> json, html, csv
        def list_notes(environ: request.Environ) -> response.Response:
            result = {"handler": "list_notes"}
            match request.best_match(environ, ["application/json", "text/html", "text/csv"]):
                case "text/html":
                    return response.html(
                        response.page("List notes", "Hello from list_notes."),
                        headers=response.VARY,
                    )
                case "text/csv":
                    return csv_rows.stream(environ, [result.keys(), result.values()], headers=response.VARY)
                case _:
                    return response.json(result, headers=response.VARY)
    """)


def test_a_stub_without_parameters_greets() -> None:
    assert handler("GET /about_us html about_us") == code("""
        # GET /about_us -> html
        def about_us(environ: request.Environ) -> response.Response:
            return response.html(response.page("About us", "Hello from about_us."))
    """)


def test_a_stub_with_parameters_shows_them() -> None:
    assert handler("GET /notes/{note} html show_note", ("note", "int")) == code("""
        # GET /notes/{note} -> html
        def show_note(environ: request.Environ, note: int) -> response.Response:
            result = {"handler": "show_note", "note": note}
            return response.html(response.page("Show note", f"{result}"))
    """)


@pytest.mark.parametrize(
    "line, types",
    [
        ("GET / text,html,json,csv,ndjson,sse,bytes home", "json csv ndjson sse bytes"),
        ("GET / xml,svg,yaml,none home", ""),
        ("POST / json>text,html,xml,none home", "text html"),
    ],
)
def test_a_type_shows_the_result_unless_it_has_a_greeting(line: str, types: str) -> None:
    made = route(line)
    shown = [one for one in made["produces"] if render("stubs.shown", made, rows(made)[one])]
    assert shown == types.split()


def test_a_route_with_a_parameter_has_no_greeting() -> None:
    made = route("GET /{note} text home", ("note", "int"))
    assert render("stubs.shown", made, rows(made)["text"]) == "result"


def test_a_stub_reads_a_body() -> None:
    assert handler("POST /notes json>text create_note") == code(r"""
        # POST /notes json -> text
        def create_note(environ: request.Environ) -> response.Response:
            body = request.json(environ)
            result = {"handler": "create_note", "body": body}
            return response.text(f"{result}\n")
    """)


def test_a_stub_reads_and_sends_yaml_as_a_text() -> None:
    assert handler("PUT /settings yaml>json,yaml settings") == code(r"""
        # PUT /settings yaml -> json, yaml
        def settings(environ: request.Environ) -> response.Response:
            body = request.text(environ, "application/yaml")
            result = {"handler": "settings", "body": body}
            match request.best_match(environ, ["application/json", "application/yaml"]):
                case "application/yaml":
                    return response.raw(b"handler: settings\n", "application/yaml", headers=response.VARY)
                case _:
                    return response.json(result, headers=response.VARY)
    """)


def test_a_stub_reads_a_multipart_form_in_a_with_statement() -> None:
    assert handler("POST /files multipart>json upload") == code("""
        # POST /files multipart -> json
        def upload(environ: request.Environ) -> response.Response:
            with uploads.form(environ) as body:
                result = {"handler": "upload", "body": body.fields}
            return response.json(result)
    """)


def test_a_stub_reads_a_multipart_form_that_it_does_not_show() -> None:
    assert handler("PUT /files multipart>none upload") == code("""
        # PUT /files multipart -> none
        def upload(environ: request.Environ) -> response.Response:
            with uploads.form(environ):
                pass
            # What upload does goes here.
            return response.empty()
    """)


def test_a_stub_without_a_body_says_where_its_code_goes() -> None:
    assert handler("DELETE /notes/{note} none drop", ("note", "int")) == code("""
        # DELETE /notes/{note} -> none
        def drop(environ: request.Environ, note: int) -> response.Response:
            # What drop does goes here.
            return response.empty()
    """)


def test_a_stub_takes_its_parameters_by_their_kinds() -> None:
    kinds = [("a", "int"), ("b", "float"), ("c", "uuid"), ("d", "date"), ("e", "str")]
    assert handler("GET /{a}/{b}/{c}/{d}/{e} json show", *kinds) == code("""
        # GET /{a}/{b}/{c}/{d}/{e} -> json
        def show(
            environ: request.Environ,
            a: int,
            b: float,
            c: UUID,
            d: datetime.date,
            e: str,
        ) -> response.Response:
            result = {"handler": "show", "a": a, "b": b, "c": f"{c}", "d": f"{d}", "e": e}
            return response.json(result)
    """)


def test_a_summary_is_the_docstring() -> None:
    stub = handler("GET / text home", summary="Show the first page")
    assert '    """Show the first page."""\n' in stub


def test_a_path_parameter_has_a_warning() -> None:
    stub = handler("GET /{rest:path} text file", ("rest", "path"), summary="Send a file")
    function = ast.parse(stub).body[0]
    assert isinstance(function, ast.FunctionDef)
    assert ast.get_docstring(function) == code("""
        Send a file.

        The path can hold ``..``: resolve it before you open a file, and check that it
        is below your folder: ``(folder / rest).resolve().is_relative_to(folder)``.
    """)


@pytest.mark.parametrize(
    "summary, docstring",
    [
        ("Greet", "Greet."),
        ("Greet!", "Greet!"),
        ("Show plan B", "Show plan B."),
        ('Say "Hello"', "Say 'Hello'"),
        ("\\ is a slash", "\\\\ is a slash."),
        ("Grüße", "Grüße."),
        ("a" * 90, "a" * 90 + "."),
        ("a" * 91, "a" * 89 + "…"),
        ("ü" * 46, "ü" * 44 + "…"),
    ],
)
def test_a_summary_becomes_a_sentence(summary: str, docstring: str) -> None:
    assert render("stubs.sentence", summary) == docstring


# The parts of a stub


@pytest.mark.parametrize(
    "line, summary",
    [
        ("GET /a/{b} json,html show", "GET /a/{b} -> json, html"),
        ("POST / form>none add", "POST / form -> none"),
    ],
)
def test_a_route_is_summed_up_in_one_line(line: str, summary: str) -> None:
    assert render("stubs.summary", route(line)) == summary


def test_a_docstring_is_the_summary_or_nothing() -> None:
    assert render("stubs.docstring", route("GET / text home")) == ""
    assert render("stubs.docstring", route("GET / text home", summary="Greet")) == '"""Greet."""'
    made = route("GET /{a}/{b:path} text home", ("a", "str"), ("b", "path"))
    assert render("stubs.docstring", made).startswith('"""The path can hold ``..``: resolve it')


PARAMETERS = [("a", "int"), ("b", "float"), ("c", "uuid"), ("d", "str"), ("e", "path")]


def test_a_result_has_name_parameters_and_body() -> None:
    made = route("POST /{a}/{b}/{c}/{d}/{e:path} bytes>json add", *PARAMETERS)
    assert value("stubs.result_items", made, rows(made)) == [
        '"handler": "add"', '"a": a', '"b": b', '"c": f"{c}"', '"d": d', '"e": e',
        '"body": len(body)',
    ]  # fmt: skip


def test_a_test_expects_the_items_of_the_result() -> None:
    made = route("POST /{a}/{b}/{c}/{d}/{e:path} bytes>json add", *PARAMETERS)
    assert value("stubs.expected_items", made, rows(made)) == [
        '"handler": "add"', '"a": 12345', '"b": 12345.5', f'"c": "{KEY}"', '"d": "my text"',
        '"e": "my/text"', '"body": 5',
    ]  # fmt: skip


@pytest.mark.parametrize(
    "types, type, built",
    [
        ("json", "json", "return response.json(result)"),
        ("text", "text", 'return response.text("Hello from home.\\n")'),
        ("none", "none", "return response.empty()"),
        ("text,json", "json", "return response.json(result, headers=response.VARY)"),
        ("text,json,csv", "json", "return response.json(result, headers=response.VARY)"),
    ],
)
def test_a_response_varies_only_if_there_are_several_types(
    types: str, type: str, built: str
) -> None:
    made = route(f"GET / {types} home")
    assert render("stubs.built", 4, made, type, rows(made)) == built


@pytest.mark.parametrize("length, lines", [(29, 4), (30, 7)])
def test_a_call_within_a_call_has_at_most_100_columns(length: int, lines: int) -> None:
    made = route(f"GET / html,csv {'f' * length}")
    assert len(render("stubs.built", 4, made, "html", rows(made)).splitlines()) == lines


def test_the_request_of_a_test_has_a_quoted_url_and_more_arguments() -> None:
    made = route("GET /{a}/ü json show", ("a", "str"))
    assert render("stubs.request_of", made, ['accept="text/html"']) == (
        'response = call("GET", "/my%20text/%C3%BC", accept="text/html")'
    )


@pytest.mark.parametrize("length", [1, 20, 27, 28, 40, 41, 42, 50])
@pytest.mark.parametrize("types", ["json", "json,html", "json>xml,text/css", "multipart>sse"])
def test_a_stub_is_python_at_any_length_of_its_names(types: str, length: int) -> None:
    names = [(letter * length, kind) for letter, kind in zip("abc", EXAMPLES, strict=False)]
    path = "/".join("{" + name + "}" for name, _ in names)
    stub = handler(f"POST /{path} {types} {'f' * length}", *names)
    assert ast.unparse(ast.parse(stub)).startswith(f"def {'f' * length}(environ: request.Environ")


LONG_TYPES = [
    "json",
    "json,html",
    f"json>xml,text/{'c' * 80}",
    f"form>html,text/{'c' * 81}",
    f"bytes>text,text/{'c' * 82}",
]


@pytest.mark.parametrize("types", LONG_TYPES, ids=range(len(LONG_TYPES)))
def test_stubs_and_their_tests_are_laid_out_as_formatters_do(types: str, tmp_path: Path) -> None:
    file = tmp_path / "stubs.py"
    with file.open("w", encoding="utf-8") as stream:
        for length in range(1, 51):
            kinds = [("a" * length, "int"), ("b" * length, "uuid")]
            line = f"POST /{{{'a' * length}}}/{{{'b' * length}}} {types} {'f' * length}"
            stream.write(f"{handler(line, *kinds)}\n\n\n{checks_of(line, *kinds)}\n\n\n")
    file.write_text(file.read_text("utf-8").rstrip() + "\n", "utf-8")
    command = ("-m", "ruff", "format", "--isolated", "--line-length=100", "--diff", str(file))
    done = run(tmp_path, sys.executable, *command)
    assert done.returncode == 0, done.stdout + done.stderr


def test_handlers_import_only_what_they_use() -> None:
    routes = [
        route("GET / html,ndjson home"),
        route("POST / csv>json create"),
        route("PUT / multipart>none replace"),
    ]
    found = value("stubs.modules_of", routes, rows(*routes))
    assert found == ["ndjson", "request", "response", "uploads"]


# The example of a stub


def example(line: str, *parameters: tuple[str, str]) -> str:
    made = route(line, *parameters)
    return render("stubs.example", made, rows(made))


@pytest.mark.parametrize(
    "line, made",
    [
        ("GET / html home", '("GET", "/", {}),'),
        ("POST / json>json a", '("POST", "/", {"json": {"key": "value"}}),'),
        ("POST / form>json a", '("POST", "/", {"form": {"key": "value"}}),'),
        ("PUT / text>none a", '("PUT", "/", {"body": b"value", "content_type": "text/plain"}),'),
    ],
)
def test_an_example_is_one_line_with_what_is_sent(line: str, made: str) -> None:
    assert example(line) == made


def test_an_example_has_the_examples_of_the_parameters() -> None:
    made = example("GET /{note}/{text} json a", ("note", "int"), ("text", "str"))
    assert made == '("GET", "/12345/my%20text", {}),'


@pytest.mark.parametrize("consumed", ["multipart", "application/x+json", "image/png"])
def test_an_example_of_a_body_is_a_tuple_in_one_line(consumed: str) -> None:
    line = example(f"POST / {consumed}>json a")
    method, url, sent = ast.literal_eval(line.removesuffix(","))
    assert (method, url) == ("POST", "/")
    assert "content_type" in sent
    assert "\n" not in line


# The tests of a stub


def test_a_stub_has_a_test() -> None:
    assert checks_of("GET /notes/{note} json show_note", ("note", "int")) == code("""
        def test_show_note() -> None:
            response = call("GET", "/notes/12345")
            assert response.status == 200
            assert response.headers["Content-Type"] == "application/json"
            assert response.json() == {"handler": "show_note", "note": 12345}
    """)


def test_each_type_of_a_stub_has_a_test() -> None:
    assert checks_of("GET /{a}/{b} html,text/css show", ("a", "str"), ("b", "int")) == code("""
        def test_show() -> None:
            response = call("GET", "/my%20text/12345", accept="text/html, text/css")
            assert response.status == 200
            assert response.headers["Content-Type"] == "text/html; charset=utf-8"
            assert response.headers["Vary"] == "Accept"
            result = {"handler": "show", "a": "my text", "b": 12345}
            assert f"{result}" in response.text


        def test_show_as_type_2() -> None:
            response = call("GET", "/my%20text/12345", accept="text/css")
            assert response.status == 200
            assert response.headers["Content-Type"] == "text/css; charset=utf-8"
            assert response.headers["Vary"] == "Accept"
            result = {"handler": "show", "a": "my text", "b": 12345}
            assert f"{result}" in response.text
    """)


def test_a_greeting_has_a_test() -> None:
    assert checks_of("GET / text home") == code("""
        def test_home() -> None:
            response = call("GET", "/")
            assert response.status == 200
            assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
            assert "Hello from home." in response.text
    """)


def test_a_body_has_a_test_for_each_refusal() -> None:
    assert checks_of("POST /notes json>json create_note") == code("""
        def test_create_note() -> None:
            response = call("POST", "/notes", json={"key": "value"})
            assert response.status == 200
            assert response.headers["Content-Type"] == "application/json"
            assert response.json() == {"handler": "create_note", "body": {"key": "value"}}


        def test_create_note_refuses_a_malformed_body() -> None:
            response = call("POST", "/notes", body=b"{", content_type="application/json")
            assert response.status == 400


        def test_create_note_refuses_another_content_type() -> None:
            response = call("POST", "/notes", body=b"?", content_type="image/none")
            assert response.status == 415
    """)


def test_bytes_are_never_malformed() -> None:
    tests = checks_of("PUT /picture image/png>none save")
    assert 'call("PUT", "/picture", body=b"value", content_type="image/png")' in tests
    assert "malformed" not in tests


def test_a_multipart_form_is_sent_with_its_boundary() -> None:
    tests = checks_of("POST /files multipart>text upload")
    assert tests.count('content_type="multipart/form-data; boundary=b"') == 2
    assert 'body=b"--b", content_type="multipart/form-data; boundary=b"' in tests


def test_the_test_of_a_stub_without_a_body_expects_none() -> None:
    assert checks_of("DELETE /notes none drop_notes") == code("""
        def test_drop_notes() -> None:
            response = call("DELETE", "/notes")
            assert response.status == 204
            assert response.body == b""
    """)


def test_a_long_content_type_is_laid_out() -> None:
    assert render("stubs.content_type_is", "a/" + "b" * 49) == (
        f'assert response.headers["Content-Type"] == "a/{"b" * 49}"'
    )
    assert render("stubs.content_type_is", "a/" + "b" * 50) == (
        f'assert response.headers["Content-Type"] in [\n        "a/{"b" * 50}",\n    ]'
    )


# The parts of a stub and of its tests


def test_a_stub_begins_with_its_signature() -> None:
    made = route("GET /{note} json show", ("note", "int"))
    assert render("stubs.signature", made) == (
        "def show(environ: request.Environ, note: int) -> response.Response:"
    )


def test_a_body_is_read_before_the_result_is_made() -> None:
    made = route("PUT /notes json>json,text replace")
    assert render("stubs.reading", made, rows(made)) == (
        '    body = request.json(environ)\n    result = {"handler": "replace", "body": body}\n'
    )


def test_a_stub_chooses_between_the_types_that_it_offers() -> None:
    made = route("GET / json,xml home")
    assert render("stubs.choosing", made, rows(made)).splitlines() == [
        '    match request.best_match(environ, ["application/json", "application/xml"]):',
        '        case "application/xml":',
        '            return response.raw(b"<home/>\\n", "application/xml", headers=response.VARY)',
        "        case _:",
        "            return response.json(result, headers=response.VARY)",
    ]


def test_a_stub_has_a_line_for_many_offers() -> None:
    made = route("GET / json,application/vnd.example+json,application/problem+json home")
    types = ["application/json", "application/vnd.example+json", "application/problem+json"]
    assert render("stubs.choosing", made, rows(made)).splitlines()[:2] == [
        f"    offers = {types}".replace("'", '"'),
        "    match request.best_match(environ, offers):",
    ]


def test_types_have_their_rows_in_the_order_of_the_route() -> None:
    table = {"a": {"media_type": "x/a"}, "b": {"media_type": "x/b"}}
    assert value("stubs.rows_of", ["b", "a"], table) == [table["b"], table["a"]]


@pytest.mark.parametrize(
    "line, asserted",
    [
        ("GET / text home", ['assert "Hello from home." in response.text']),
        ("GET / json home", ['assert response.json() == {"handler": "home"}']),
        ("GET / xml home", ['assert "home" in response.text']),
        (
            "PUT / text>csv home",
            ['assert "home" in response.text', 'assert "value" in response.text'],
        ),
        (
            "GET / text/css home",
            ['result = {"handler": "home"}', 'assert f"{result}" in response.text'],
        ),
    ],
)
def test_the_content_of_each_type_is_asserted(line: str, asserted: list[str]) -> None:
    made = route(line)
    row = rows(made)[made["produces"][0]]
    lines = render("stubs.content_assertions", made, rows(made), row).splitlines()
    assert [line.strip() for line in lines if line] == asserted


def test_a_response_without_a_body_is_asserted_to_have_none() -> None:
    made = route("DELETE / none drop")
    asserted = render("stubs.assertions", made, rows(made), rows(made)["none"])
    assert asserted == '    assert response.status == 204\n    assert response.body == b""'


@pytest.mark.parametrize("types, count", [("json", 2), ("bytes", 1), ("multipart", 2)])
def test_a_body_is_refused_if_it_is_malformed_or_of_another_type(types: str, count: int) -> None:
    made = route(f"PUT / {types}>none replace")
    assert render("stubs.refusals", made, rows(made)[types]).count("def test_") == count


# The layout of a line


@pytest.mark.parametrize(
    "text, literal",
    [("a", '"a"'), ('"', r'"\""'), ("\\", r'"\\"'), ("\n", r'"\n"'), ("ü", '"ü"'), ("'", '"\'"')],
)
def test_a_text_is_a_string_literal(text: str, literal: str) -> None:
    assert render("python.string", text) == literal
    assert ast.literal_eval(literal) == text


def test_a_line_that_fits_is_one_line() -> None:
    items = ["a" * 45, "b" * 45]
    assert render("python.laid_out", 4, "f(", items, ")") == f"f({items[0]}, {items[1]})"


def test_a_line_that_is_too_long_has_an_item_a_line() -> None:
    items = ["a" * 46, "b" * 46]
    laid_out = render("python.laid_out", 4, "f(", items, ")")
    assert laid_out == f"f(\n        {items[0]},\n        {items[1]},\n    )"


@pytest.mark.parametrize("length, lines", [(95, 1), (96, 3)])
def test_a_line_fits_if_it_has_at_most_100_columns(length: int, lines: int) -> None:
    laid_out = render("python.laid_out", 2, "f(", ["a" * length], ")")
    assert len(laid_out.splitlines()) == lines


def test_an_item_of_several_lines_is_laid_out_by_itself() -> None:
    assert render("python.laid_out", 0, "f(", ["g(\n    1,\n)"], ")").startswith("f(\n    g(")


def test_an_item_a_line_is_indented_and_ends_with_a_comma() -> None:
    assert render("python.one_a_line", 2, "[", ["1", "2"], "]") == "[\n      1,\n      2,\n  ]"
    assert render("python.one_a_line", 2, "[", [], "]") == "[\n  ]"


def test_wide_letters_are_counted_by_their_bytes() -> None:
    assert "\n" in render("python.laid_out", 0, "f(", ["日" * 33], ")")
    assert "\n" not in render("python.laid_out", 0, "f(", ["日" * 32], ")")


def test_modules_are_sorted_as_formatters_do() -> None:
    names = ["r10", "r2", "r1a", "a", "r"]
    assert value("python.sorted_modules", names) == ["a", "r", "r1a", "r2", "r10"]


# The ladder


def case(segments: list[list[str]], *routes: tuple[str, str]) -> str:
    """The case of a path; a route is its method and its handler."""
    found = []
    for method, name in routes:
        module, _, function = name.partition(".")
        found.append({"method": method, "module": module, "name": function})
    return render("ladder.case", {"segments": segments, "routes": found}, ["notes", "home"])


def test_a_case_of_literals() -> None:
    made = case([["", "", "notes"]], ("GET", "notes.list_notes"), ("POST", "notes.create_note"))
    assert made == (
        'case ["notes"]:\n'
        '            return {"GET": notes.list_notes, "POST": notes.create_note}, ()'
    )


def test_the_case_of_the_root() -> None:
    assert case([["", "", ""]], ("GET", "home.home")).startswith('case [""]:\n')


@pytest.mark.parametrize(
    "kind, guard, parameter",
    [
        ("str", "word", "word"),
        ("", "word", "word"),
        ("int", "is_int(word)", "int(word)"),
        ("float", "is_float(word)", "float(word)"),
        ("uuid", "is_uuid(word)", "UUID(word)"),
        ("date", "is_date(word)", "datetime.date.fromisoformat(word)"),
    ],
)
def test_a_case_with_a_parameter(kind: str, guard: str, parameter: str) -> None:
    assert case([["word", kind, ""]], ("GET", "home.show")) == (
        f'case [word] if {guard}:\n            return {{"GET": home.show}}, ({parameter},)'
    )


def test_a_case_with_the_rest_of_the_path() -> None:
    assert case([["", "", "files"], ["name", "path", ""]], ("GET", "home.file")) == (
        'case ["files", *rest] if rest and rest[0]:\n'
        '            return {"GET": home.file}, ("/".join(rest),)'
    )


@pytest.mark.parametrize("name", ["notes", "path", "int", "is_uuid"])
def test_a_parameter_hides_no_other_name(name: str) -> None:
    assert case([[name, "str", ""]], ("GET", "home.show")).startswith(f"case [{name}_] if {name}_:")


def test_no_two_parameters_of_a_case_have_the_same_variable() -> None:
    segments = [["notes", "str", ""], ["notes_", "str", ""], ["path", "int", ""]]
    made = case(segments, ("GET", "home.show"))
    assert made.startswith("case [notes__, notes_, path_] if notes__ and notes_ and is_int(path_):")
    assert "(notes__, notes_, int(path_))" in made


@pytest.mark.parametrize(
    "length, condition",
    [
        (86, " if {}"),
        (87, " if (\n            {}\n        )"),
        (88, " if (\n            {}\n        )"),
    ],
)
def test_a_condition_is_in_parentheses_if_it_does_not_fit(length: int, condition: str) -> None:
    guards = ["a" * 40, "b" * (length - 45)]
    assert render("ladder.condition", guards) == condition.format(" and ".join(guards))


def test_a_condition_that_fits_no_line_has_a_line_for_each_guard() -> None:
    assert render("ladder.condition", ["a" * 40, "rest and rest[0]", "b" * 24]) == (
        f" if (\n            {'a' * 40}\n            and rest\n            and rest[0]"
        f"\n            and {'b' * 24}\n        )"
    )


@pytest.mark.parametrize("length", range(1, 51, 7))
def test_a_case_is_python_at_any_length_of_its_names(length: int) -> None:
    segments = [[letter * length, "int", ""] for letter in "abc"]
    made = case(segments, ("GET", f"home.{'f' * length}"), ("POST", f"home.{'g' * length}"))
    source = f"match path:\n        {made}".replace("\n    ", "\n")
    assert isinstance(ast.parse(source).body[0], ast.Match)
    for line in made.splitlines():
        assert len(line) <= 100


# The parts of a ladder


@pytest.mark.parametrize(
    "kinds, lines",
    [
        ([], []),
        (["str", "path"], []),
        (["int"], ["import re"]),
        (["date"], ["import datetime"]),
        (["uuid", "date"], ["import datetime", "import re", "from uuid import UUID"]),
    ],
)
def test_routes_import_what_their_kinds_need(kinds: list[str], lines: list[str]) -> None:
    found = render("ladder.imports", kinds).splitlines()
    callable = "from collections.abc import Callable"
    assert callable in found
    assert [line for line in found if line != callable] == lines


@pytest.mark.parametrize(
    "kinds, names",
    [
        ([], []),
        (["str", "path"], []),
        (["int", "float"], ["is_int", "is_float"]),
        (["date", "uuid"], ["is_uuid", "is_date"]),
    ],
)
def test_routes_define_the_checks_of_their_kinds(kinds: list[str], names: list[str]) -> None:
    found = render("ladder.checks", kinds)
    assert re.findall(r"^(?:def )?(is_\w+)", found, re.M) == names
    ast.parse(found)


@pytest.mark.parametrize(
    "name, taken, variable",
    [
        ("note", [], "note"),
        ("note", ["notes"], "note"),
        ("note", ["note"], "note_"),
        ("note", ["note", "note_"], "note__"),
        ("n" * 50, ["n" * 50], "n" * 49 + "_"),
        ("n" * 50, ["n" * 50, "n" * 49 + "_"], "n" * 48 + "__"),
    ],
)
def test_a_variable_has_a_name_that_is_free(name: str, taken: list[str], variable: str) -> None:
    assert render("ladder.variable_of", name, taken) == variable


@pytest.mark.parametrize(
    "length, lines",
    [(40, " if A and B"), (41, " if (|A and B|)"), (43, " if (|A|and B|)")],
)
def test_a_condition_is_laid_out_by_its_length(length: int, lines: str) -> None:
    first, second = "a" * length, "b" * (length + 1)
    found = render("ladder.condition", [first, second])
    assert re.sub(r"\n +", "|", found) == lines.replace("A", first).replace("B", second)


def test_a_case_without_guards_has_no_condition() -> None:
    assert render("ladder.condition", []) == ""


def test_a_long_list_of_parameters_is_laid_out_by_itself() -> None:
    methods = ['"GET": home.show']
    assert render("ladder.found", methods, ["a"]) == 'return {"GET": home.show}, (a,)'
    assert render("ladder.found", methods, ["a" * 40, "b" * 40]) == (
        f'return {{\n                "GET": home.show,\n            }}, ({"a" * 40}, {"b" * 40})'
    )
    assert render("ladder.found", methods, ["a" * 40, "b" * 41]) == (
        "return (\n                {\n                    "
        '"GET": home.show,\n                },\n                (\n'
        f"                    {'a' * 40},\n                    {'b' * 41},\n"
        "                ),\n            )"
    )


# Imports


def test_imports_are_each_written_once_as_formatters_sort_them() -> None:
    lines = ["from b import c", "import z", "", "import a", "import z", "from a import b"]
    assert render("python.import_lines", lines).splitlines() == [
        "import a",
        "import z",
        "from a import b",
        "from b import c",
    ]


def test_a_module_of_handlers_imports_the_types_of_its_parameters() -> None:
    kinds = [["uuid", "int"], [], ["date", "uuid", "path"]]
    routes = [{"parameters": [{"kind": kind} for kind in one]} for one in kinds]
    found = render("stubs.imports_of", routes).splitlines()
    assert found == ["import datetime", "from uuid import UUID"]
    assert render("stubs.imports_of", [{"parameters": []}]) == ""
