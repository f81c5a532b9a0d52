"""Routes are added and removed, and every other character of the text stays."""

from typing import Any

import pytest

from harness.rendering import render, value

ROUTES = """\
# The front page
GET     /                       html         home

GET     /notes                  json         list_notes
POST    /notes                  json>json    create_note    # a body, too
GET     /notes/{note_id:int}    json,html    show_note

GET     /pets                   text         list_pets
# the end
"""
SHARED = "GET / text a; POST / text b; GET /x text c # all"


def chosen(routes: str, *extras: str) -> dict[str, Any]:
    """The answers of a project with these routes and extras."""
    return {"routes": routes, "content_types": ["json"], "extras": list(extras)}


def grown(text: str, drop: str = "", add: str = "") -> str:
    return render("grow.grown", text, ["json"], drop, add)


def after(line: str, new: str, text: str = ROUTES) -> str:
    """The text with a new line behind the one that ends so."""
    assert text.count(f"{line}\n") == 1
    return text.replace(f"{line}\n", f"{line}\n{new}\n")


def instead(name: str, new: str, text: str = ROUTES) -> str:
    """The text with another line in the place of the one that has this name."""
    lines = [new if name in line.split("#")[0].split() else line for line in text.split("\n")]
    return "\n".join(lines)


def without(*names: str) -> str:
    lines = ROUTES.splitlines(keepends=True)
    return "".join(line for line in lines if not {*names} & {*line.split("#")[0].split()})


def test_a_text_without_changes_stays_the_same() -> None:
    for text in (ROUTES, SHARED, "", " \n# a\n\n"):
        assert grown(text) == text
        assert grown(text, add=" \n") == text


def test_a_new_route_comes_after_the_last_one_of_its_module_in_the_same_columns() -> None:
    new = "DELETE  /notes/{note_id:int}    json         drop_note"
    assert grown(ROUTES, add="DELETE /notes/{note_id:int} json drop_note") == after(
        "show_note", new
    )


def test_a_route_of_a_new_module_comes_last() -> None:
    new = "GET     /a/much/longer/path/{than:path} bytes"
    assert grown(ROUTES, add="GET /a/much/longer/path/{than:path}  bytes") == after(
        "list_pets", new
    )


def test_a_route_after_the_first_line_has_the_columns_of_that_line() -> None:
    assert grown("GET     /a   json a", add="PUT /a json b") == (
        "GET     /a   json a\nPUT     /a   json b"
    )


def test_several_new_routes_keep_their_order() -> None:
    text = grown(
        "GET /a text a\nGET /b text b\n", add="GET /a/1; GET /c; GET /a/2\nGET /b/1; GET /c/1"
    )
    paths = [line.split()[1] for line in text.splitlines()]
    assert paths == ["/a", "/a/1", "/a/2", "/b", "/b/1", "/c", "/c/1"]


def test_a_new_line_keeps_its_comment() -> None:
    new = "PUT     /notes                  json         all_notes  # All of them"
    assert grown(ROUTES, add="PUT /notes json all_notes # All of them") == after("show_note", new)


def test_routes_are_added_to_an_empty_text() -> None:
    assert grown("", add="GET /a; GET /b") == "GET /a\nGET /b\n"
    assert grown("# empty\n", add="GET /a") == "GET /a\n# empty\n"


def test_a_comment_comes_at_the_end_once() -> None:
    once = grown(ROUTES, add="# openapi.yaml has more\nGET /pets/new")
    assert once.endswith("# the end\n# openapi.yaml has more\n")
    assert grown(once, add="# openapi.yaml has more\n") == once
    assert grown("GET /a", add="# more\n") == "GET /a\n# more"


@pytest.mark.parametrize("names", [["home"], ["create_note", "list_pets"]])
def test_dropping_a_route_removes_only_its_line(names: list[str]) -> None:
    assert grown(ROUTES, drop=", ".join(names)) == without(*names)
    assert grown(ROUTES, drop=" ".join(names)) == without(*names)


def test_routes_that_share_a_line_are_dropped_one_by_one() -> None:
    assert grown(SHARED, drop="b") == "GET / text a; GET /x text c  # all"
    # the comment is the last one's
    assert grown(SHARED, drop="c") == "GET / text a; POST / text b"
    assert grown(SHARED, drop="a;b;c") == ""


REPLACED = {
    "another type": (
        "list_notes",
        "GET /notes html list_notes",
        "GET     /notes                  html         list_notes",
    ),
    "another name": (
        "list_notes",
        "GET /notes json all_notes",
        "GET     /notes                  json         all_notes",
    ),
    "another parameter": (
        "show_note",
        "GET /notes/{id:int} json,html show",
        "GET     /notes/{id:int}         json,html    show",
    ),
    "another path and method": (
        "home",
        "POST /start html home",
        "POST    /start                  html         home",
    ),
    "its comment stays": (
        "create_note",
        "POST /notes form>json create_note",
        "POST    /notes                  form>json    create_note  # a body, too",
    ),
    "its comment is another": (
        "create_note",
        "POST /notes json add # Add",
        "POST    /notes                  json         add  # Add",
    ),
}


@pytest.mark.parametrize("case", REPLACED)
def test_a_route_that_replaces_another_takes_its_place(case: str) -> None:
    name, add, line = REPLACED[case]
    assert grown(ROUTES, name, add) == instead(name, line)


def test_a_route_is_replaced_within_a_line_of_several() -> None:
    assert grown(SHARED, "b", "PUT / json b") == "GET / text a; PUT / json b; GET /x text c  # all"
    assert (
        grown(SHARED, "c", "GET /x json d") == "GET / text a; POST / text b; GET /x json d  # all"
    )
    assert grown(SHARED, "a b", "POST / json b") == "POST / json b; GET /x text c  # all"


def test_the_same_name_counts_more_than_the_same_path() -> None:
    text = "GET /a text a\nGET /b text b\n"
    assert grown(text, "a b", "GET /a text b") == "GET /a text b\n"
    assert grown(text, "a b", "GET /b text a; GET /a text c") == "GET /b text a\nGET /a text c\n"
    assert grown(text, "a b", "GET /a text b; GET /b text a") == "GET /b text a\nGET /a text b\n"


def test_a_route_that_replaces_nothing_is_added() -> None:
    text = grown(ROUTES, "list_notes", "GET /pets/{id} json show_pet")
    assert text == after(
        "list_pets", "GET     /pets/{id}              json         show_pet", without("list_notes")
    )


DROPS = {
    "home, nobody": "there is no route nobody: choose from home list_notes create_note show_note list_pets\n"
    "a handler that you renamed by hand keeps its old name here",
    " ": "name a route: choose from home list_notes create_note show_note list_pets",
    "home list_notes create_note show_note list_pets": "at least one route must stay",
    "home; list_pets": "",
}  # fmt: skip


@pytest.mark.parametrize("drop", DROPS)
def test_an_invalid_drop_is_refused(drop: str) -> None:
    assert render("grow.drop_problem", chosen(ROUTES), drop, False) == DROPS[drop]


def test_all_routes_can_be_dropped_if_others_are_added() -> None:
    names = "home list_notes create_note show_note list_pets"
    assert render("grow.drop_problem", chosen(ROUTES), names, True) == ""


ADDS = {
    "FETCH /x; GET y": "line 1: write GET POST PUT PATCH DELETE, not FETCH\n"
    "line 2: start the path with /, not y",
    " ; ": "write at least one route, such as GET / html home",
    "GET /n json other; GET /notes html other_notes": "line 2: there is GET /notes already, named list_notes",
    "GET /notes/{id:int}": "line 1: there is GET /notes/{note_id:int} already, named show_note",
    "PUT /notes json list_pets": "line 1: the name list_pets is used by GET /pets: write another",
    "GET /pets; GET //": "line 1: there is GET /pets already, named list_pets\n"
    "line 2: write one /, not an empty segment",
    "DELETE /notes": "",
}  # fmt: skip


@pytest.mark.parametrize("add", ADDS)
def test_an_invalid_addition_is_refused(add: str) -> None:
    assert render("grow.add_problem", chosen(ROUTES), "", add) == ADDS[add]


def test_many_routes_grow() -> None:
    text = "\n".join(f"GET /g{n}/{{id}} json r{n}" for n in range(500))
    assert grown(text, "r7", "GET /g7 json r7; GET /g8 json x").count("\n") == 500


@pytest.mark.parametrize(
    "after, said",
    [
        pytest.param("GET /a/b text one", "", id="the same module"),
        pytest.param("GET /b text one", "one: from handlers/a.py to handlers/b.py\n", id="another"),
        pytest.param("GET /b text two", "", id="another name"),
    ],
)
def test_a_handler_that_moves_to_another_module_is_named(after: str, said: str) -> None:
    assert render("news.moves", "GET /a text one", after, ["text"]) == said


@pytest.mark.parametrize(
    "text, others, named",
    [
        ("GET /a # one\n\n# two\n", [], "GET /a # one\n\n# two\n"),
        ("GET /a-b; GET /a_b json # b\n", [], "GET /a-b; GET /a_b json  get_a_b_2 # b\n"),
        ("GET /a-b\nGET /a_b text\n", [], "GET /a-b\nGET /a_b text  get_a_b_2\n"),
        ("GET /a; GET /b", ["get_b", "get_b_2"], "GET /a; GET /b  get_b_3"),
        ("GET /a; GET /b json get_a_2", ["get_a"], "GET /a  get_a_3; GET /b json get_a_2"),
    ],
)
def test_a_name_with_a_number_is_written(text: str, others: list[str], named: str) -> None:
    assert render("grow.named", text, ["json"], others) == named


def test_a_new_route_never_renames_another() -> None:
    old = "GET /a_b/c json\nGET /z json\n"
    assert grown(old, add="GET /a/b-c json; GET /a/b_c") == (
        f"{old}GET /a/b-c json get_a_b_c_2\nGET /a/b_c get_a_b_c_3\n"
    )
    assert render("grow.add_problem", chosen(old), "", "GET /a/b-c json") == ""
    assert render("grow.add_problem", chosen(old), "", "GET /a/b-c json get_z") == (
        "line 1: the name get_z is used by GET /z: write another"
    )


def test_a_new_route_takes_the_name_of_the_one_that_it_replaces() -> None:
    assert grown("GET /a_b\nGET /z\n", "get_a_b", "GET /a-b json") == "GET /a-b json\nGET /z\n"


def test_a_new_route_comes_after_the_last_one_of_its_module_when_literals_are_skipped() -> None:
    old = "GET /shop/cart json cart\nGET /shop/orders json orders\n"
    new = "GET /shop/cart/{id} json line"
    assert render("grow.grown", old, ["json"], "", new, "/shop") == (
        f"GET /shop/cart json cart\n{new}\nGET /shop/orders json orders\n"
    )


# The parts of `grown`


def located(text: str) -> list[dict[str, Any]]:
    return value("grow.located", text, ["json"])


def test_a_line_is_located_with_its_routes_and_comments() -> None:
    found = located("GET /a; GET /b # both\n\n# GET /c\nFETCH /d")
    pieces = [
        [(piece["code"], piece["comment"], bool(piece["route"])) for piece in line["pieces"]]
        for line in found
    ]
    assert [line["text"] for line in found] == ["GET /a; GET /b # both", "", "# GET /c", "FETCH /d"]
    assert pieces == [
        [("GET /a", "", True), (" GET /b ", "# both", True)],
        [("", "", False)],
        [("", "# GET /c", False)],
        [("FETCH /d", "", False)],
    ]


def test_a_located_route_is_the_one_of_its_line() -> None:
    first, _, last = located("GET /a;; GET /b\n\nGET /c")
    assert [piece["route"] and piece["route"]["path"] for piece in first["pieces"]] == [
        "/a", None, "/b"
    ]  # fmt: skip
    assert last["pieces"][0]["route"]["path"] == "/c"


@pytest.mark.parametrize(
    "add, gone, swaps",
    [
        pytest.param("GET /x json a", ["a"], {"a": "GET /x json a"}, id="the same name"),
        pytest.param("GET /a json z", ["a"], {"a": "GET /a json z"}, id="the same route"),
        pytest.param("PUT /a json z", ["a"], {}, id="another method"),
        pytest.param("GET /a json z", [], {}, id="nothing is dropped"),
        pytest.param(
            "GET /a json b", ["a", "b"], {"b": "GET /a json b"}, id="the name counts more"
        ),
        pytest.param(
            "GET /x json b; GET /a json z",
            ["a", "b"],
            {"b": "GET /x json b", "a": " GET /a json z"},
            id="one of each",
        ),
    ],
)
def test_a_replacement_has_the_name_or_the_route_of_what_it_replaces(
    add: str, gone: list[str], swaps: dict[str, str]
) -> None:
    found = value("grow.replacements", located("GET /a text a\nGET /b text b"), located(add), gone)
    assert {name: piece["code"] for name, piece in found.items()} == swaps


@pytest.mark.parametrize(
    "gone, text, modules",
    [
        ([], "GET /a;  GET /b # both", ["a", "b"]),
        (["get_a"], "GET /b  # both", ["b"]),
        (["get_b"], "GET /a; GET /c", ["a", "c"]),
        (["get_a", "get_b"], "GET /c", ["c"]),
    ],
)
def test_a_line_keeps_its_other_routes(gone: list[str], text: str, modules: list[str]) -> None:
    [line] = located("GET /a;  GET /b # both")
    [new] = located("GET /c # new")
    kept = value("grow.kept_of", line, gone, {"get_b": new["pieces"][0]})
    assert kept["modules"] == modules
    assert kept["text"] == (text if "/c" not in text else f"{text}  # new")


def test_a_line_whose_routes_are_all_dropped_is_removed() -> None:
    [line] = located("GET /a; GET /b # both")
    assert value("grow.kept_of", line, ["get_a", "get_b"], {}) is None


@pytest.mark.parametrize(
    "module, place", [("a", "3"), ("b", "2"), ("c", "3")], ids=["last of its own", "own", "last"]
)
def test_a_route_has_its_place_after_its_module(module: str, place: str) -> None:
    lines = [{"modules": modules} for modules in (["a"], ["b"], ["a", "d"], [])]
    assert render("grow.place_of", module, lines) == place
    assert render("grow.place_of", module, [{"modules": []}]) == "0"


def test_lines_have_the_routes_of_their_pieces() -> None:
    routes = value("grow.routes_of", located("# none\nGET /a; GET /b # both"))
    assert [route["name"] for route in routes] == ["get_a", "get_b"]


COLUMNS = "GET     /notes    json  list_notes"


@pytest.mark.parametrize(
    "code, comment, neighbor, line",
    [
        ("PUT /a json b", "", COLUMNS, "PUT     /a        json  b"),
        ("PUT /a", "", COLUMNS, "PUT     /a"),
        ("PUT /a", "# Put", COLUMNS, "PUT     /a  # Put"),
        ("PUT /a/long/path json b", "", COLUMNS, "PUT     /a/long/path json  b"),
        ("PUT /234567 json b", "", "GET     /notes  json", "PUT     /234567 json b"),
        ("  PUT /a  json b", "", "GET /notes json", "PUT /a json b"),
        ("PUT /a json b", "", "", "PUT /a json b"),
        ("PUT /a json b", "", "GET    /a;GET    /b", "PUT /a json b"),
        ("PUT /a json b", "", "GET   /a # ; ", "PUT /a json b"),
        ("PUT /a json b", "", "GET   /a #  c", "PUT   /a json b"),
    ],
)
def test_a_new_line_is_aligned_with_its_neighbor(
    code: str, comment: str, neighbor: str, line: str
) -> None:
    assert render("grow.aligned", code, comment, neighbor) == line


# The health check of a container


@pytest.mark.parametrize(
    "text, name",
    [
        ("GET /healthz text alive", "alive"),
        ("GET /healthz text first; GET /healthz/x", "first"),
        ("POST /healthz text alive", ""),
        ("GET /{healthz}", ""),
        ("GET /a", ""),
    ],
)
def test_a_health_check_is_found_by_its_route(text: str, name: str) -> None:
    assert render("grow.health_check", value("routes.read", text, ["json"])["routes"]) == name


@pytest.mark.parametrize(
    "text, extras, added",
    [
        ("GET /a", ["docker"], "\nGET /healthz text healthz"),
        ("GET /a text healthz", ["docker"], "\nGET /healthz text get_healthz"),
        ("GET /healthz json mine", ["docker"], ""),
        ("GET /a", [], ""),
        ("GET /a", ["pre-commit"], ""),
    ],
)
def test_a_container_gets_a_health_check_if_there_is_none(
    text: str, extras: list[str], added: str
) -> None:
    assert render("grow.with_health_check", text, ["json"], extras) == text + added


@pytest.mark.parametrize("more, refused", [(False, True), (True, False)])
def test_the_health_check_of_a_container_must_stay(more: bool, refused: bool) -> None:
    text = "GET /a; GET /healthz text alive"
    said = render("grow.drop_problem", chosen(text, "docker"), "alive", more)
    message = "docker asks for GET /healthz: keep it, or add another in the same update"
    assert said == (message if refused else "")
