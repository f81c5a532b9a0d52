"""Every complaint about the routes: which line, what is wrong, and what to write instead."""

import pytest
from projects import generate, refusal

WRONG = {
    "FETCH /": "bad method FETCH: GET POST PUT PATCH DELETE",
    "get /": "write GET, not get",
    "HEAD /": "leave out HEAD: it follows by itself",
    "OPTIONS /": "leave out OPTIONS: it follows by itself",
    "GET": "a path is missing after GET",
    "GET / json home please": "too many words: METHOD PATH TYPES NAME",
    "GET notes": "begin the path with /, not notes",
    "GET //notes": "an empty segment: write one /",
    "GET /a//b": "an empty segment: write one /",
    "GET /a/../b": "clients resolve ..: leave it out",
    "GET /./b": "clients resolve .: leave it out",
    "GET /<id>": "write {id}, not <id>",
    "GET /<int:id>": "write {id:int}, not <int:id>",
    "GET /:id": "write {id}, not :id",
    "GET /*rest": "write {rest:path}, not *rest",
    "GET /*": "write {path:path}, not *",
    "GET /{}": "write {name} or {name:int}, not {}",
    "GET /{2nd}": "write {name} or {name:int}, not {2nd}",
    "GET /{id}.json": "{id}.json: make the placeholder a whole segment",
    "GET /a%20b": "write the character itself, not a%20b",
    "GET /a?b=c": "leave out the query: a",
    'GET /a"b': 'a"b: leave out "',
    "GET /a\\b": "a\\b: leave out \\",
    "GET /{id:number}": "no kind number: int float uuid str path",
    "GET /{rest:path}/edit": "{rest:path} can only stand last",
    "GET /{class}": "class is taken: write {class_}",
    "GET /{environ}": "environ is taken: write {environ_}",
    "GET /{l}": "l is taken: write {l_}",
    "GET /{id}/{id:int}": "{id} stands twice: rename one",
    "GET / jsn home": "no type jsn: text html json csv xml ndjson sse svg bytes",
    "GET / json,,html": "a type is missing in json,,html",
    "GET / json,JSON/x,json": "json stands twice",
    "POST / json,form>json": "one type before >, not json,form",
    "POST / jsn>json": "no type jsn: text html json csv xml ndjson sse svg bytes",
    "GET / json 2nd": "bad name 2nd: write letters, digits and _",
    "GET / json class": "the name class is taken: write class_",
    "GET / json request": "the name request is taken: write request_",
}


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_line_is_told_with_what_to_write_instead(line: str) -> None:
    message = refusal(routes=f"GET /fine\n\n# a comment\n{line}\n")
    first, *rest = message.splitlines()
    assert len(first) <= 60
    whole = "\n".join(rest) or first
    assert whole.startswith(f"line 4: {WRONG[line]}")
    assert first.startswith(f"line 4: {WRONG[line]}"[:58])


def test_the_same_route_twice_is_told_with_the_other_line() -> None:
    message = refusal(routes="GET /notes/{id:int}\n\nGET /notes/{number:int}\n")
    assert message == "line 3: same route as line 1: GET /notes/{id:int}"


def test_the_same_name_twice_is_told_with_the_other_line() -> None:
    message = refusal(routes="GET /a json show\nGET /b json show\n")
    assert message == "line 2: name show is taken by line 1: write another"


def test_every_wrong_line_is_told_and_the_first_line_fits_a_terminal() -> None:
    lines = [*WRONG, "GET /fine"]
    first, *rest = refusal(routes="\n".join(lines)).splitlines()
    assert len(first) <= 60
    assert first.endswith(f" (+{len(WRONG) - 1} more)")
    assert rest[0].startswith("line 1: ")
    assert [row.partition(": ")[0] for row in rest] == [f"line {n + 1}" for n in range(len(WRONG))]


@pytest.mark.parametrize("routes", ["", "\n \n", "# nothing yet\n", ";;"])
def test_no_route_at_all_is_refused_with_one_to_write(routes: str) -> None:
    assert refusal(routes=routes) == "write at least one route, such as GET / html home"


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x7f", "\u2028", "\x85"])
def test_control_characters_are_refused(character: str) -> None:
    assert refusal(routes=f"GET /a{character}b\n").startswith("leave out the control character '\\")


NAMES = {
    "GET /": "home.get_home",
    "GET /notes": "notes.get_notes",
    "POST /notes/{id:int}/Tags": "notes.post_notes_id_int_Tags",
    "DELETE /{user}": "home.delete_user",
    "GET /sign-up/now": "sign_up.get_sign_up_now",
    "GET /2024": "_2024.get_2024",
    "GET /class": "class_.get_class",
    "GET /contract": "contract_.get_contract",
    "GET /About": "about.get_About",
    "GET /\u65e5\u672c": "home.get",
}


@pytest.mark.parametrize("line", NAMES)
def test_a_name_is_made_that_one_can_guess(line: str) -> None:
    project = generate(routes=line, dispatcher="tree")
    assert f", {NAMES[line]})" in project.read("src/sample/routes.py")


def test_types_are_what_is_written_or_follow_from_what_is_produced() -> None:
    routes = """
        GET /a; GET /b html; POST /c; POST /d html; POST /e sse; POST /f form>csv
        DELETE /g; DELETE /h text>json; PUT /i TEXT/HTML>Application/JSON; PATCH /j xml
        POST /k >json
    """
    project = generate(routes=routes, content_types=["text", "json"], dispatcher="tree")
    comments = {
        "a": "GET /a -> text",
        "b": "GET /b -> html",
        "c": "POST /c text -> text",
        "d": "POST /d form -> html",
        "e": "POST /e json -> sse",
        "f": "POST /f form -> csv",
        "g": "DELETE /g -> text",
        "h": "DELETE /h text -> json",
        "i": "PUT /i html -> json",
        "j": "PATCH /j xml -> xml",
        "k": "POST /k -> json",
    }
    for module, comment in comments.items():
        assert f"# {comment}\n" in project.read(f"src/sample/handlers/{module}.py")
