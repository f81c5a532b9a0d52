"""Mistakes that people make when they edit a generated project.

They are seeded into handlers, routes, examples and wiring of three projects, and were chosen
without a look at the tests that must notice them.
"""

from typing import Any, NamedTuple

from harness.shapes import MIDDLEWARE as ALL_MIDDLEWARE

INIT = "src/sample/__init__.py"
ROUTES = "src/sample/routes.py"
EXAMPLES = "tests/examples.py"
OPENAPI = "src/sample/openapi.json"
HANDLERS = "src/sample/handlers/"


class Edit(NamedTuple):
    """One edit, or several: in a file, an old text becomes a new one. Without an old text, the new
    one is a file of its own.
    """

    name: str
    project: str
    file: str
    old: str
    new: str
    more: tuple[tuple[str, str, str], ...] = ()

    @property
    def edits(self) -> tuple[tuple[str, str, str], ...]:
        return ((self.file, self.old, self.new), *self.more)


PROJECTS: dict[str, dict[str, Any]] = {
    "service": {},
    "tree": {
        "dispatcher": "tree",
        "content_types": ["html", "json", "text", "csv"],
        "features": ["cookies", "openapi"],
        "routes": """
            GET     /                             html            home
            GET     /items                        json,html       list_items
            POST    /items                        json>json       create_item
            GET     /items/{item_id:int}          json            show_item
            PUT     /items/{item_id:int}          json>json       replace_item
            DELETE  /items/{item_id:int}          none            drop_item
            GET     /items/{item_id:int}/rows     csv             item_rows
            GET     /prices/{price:float}         text            show_price
            GET     /orders/{order_id:uuid}       html            show_order
            GET     /users/{name}                 html            show_user
            POST    /sign-in                      form>html       sign_in
            POST    /photos                       multipart>html  upload_photo
            GET     /files/{path:path}            text            show_file
        """,
    },
    "layers": {
        "middleware": [name for name in ALL_MIDDLEWARE if name != "mount"],
        "features": ["cookies"],
        "routes": """
            GET     /                                  html       home
            GET     /api/notes                         json       list_notes
            POST    /api/notes                         json>json  create_note
            GET     /api/notes/{note_id:int}           json       show_note
            PUT     /api/notes/{note_id:int}           json>json  replace_note
            DELETE  /api/notes/{note_id:int}           none       drop_note
            GET     /api/notes/{note_id:int}/tags/{tag}  json     show_tag
            GET     /api/search                        json       search_notes
            POST    /session                           form>none  sign_in
            DELETE  /session                           none       sign_out
        """,
    },
}

# The default project, made into a small service by hand: two routes more, and real handlers.
SERVICE = [
    (
        ROUTES,
        '            return {"GET": notes.show_note}, (int(note_id),)\n',
        '            return {"GET": notes.show_note, "DELETE": notes.drop_note}, (int(note_id),)\n',
    ),
    (
        ROUTES,
        "        # Your own cases go below this line.\n",
        "        # Your own cases go below this line.\n"
        '        case ["search"]:\n'
        '            return {"GET": notes.search}, ()\n'
        '        case ["notes", note_id, "lines", line] if is_int(note_id) and line:\n'
        '            return {"GET": notes.show_line}, (int(note_id), line)\n',
    ),
    (
        EXAMPLES,
        "    # Your own examples go below this line.\n",
        "    # Your own examples go below this line.\n"
        '    ("DELETE", "/notes/2", {}),\n'
        '    ("GET", "/search?q=milk", {}),\n'
        '    ("GET", "/notes/12345/lines/first", {}),\n',
    ),
    (EXAMPLES, '{"json": {"key": "value"}}', '{"json": {"text": "Buy milk"}}'),
    (
        HANDLERS + "notes.py",
        "",
        '''"""Handlers of notes: they are kept in memory."""

from html import escape

from .. import request, response
from ..errors import HTTPError

NOTES = {12345: "Call Ada\\nabout the engine"}


def list_notes(environ: request.Environ) -> response.Response:
    limit = request.first(request.query(environ), "limit", "20")
    if not (limit.isascii() and limit.isdigit() and len(limit) < 9):
        raise HTTPError(400, "limit must be a number.")
    kept = list(NOTES.items())[: int(limit)]
    return response.json([{"id": note_id, "text": text} for note_id, text in kept])


def create_note(environ: request.Environ) -> response.Response:
    body = request.json(environ)
    if not (isinstance(body, dict) and isinstance(body.get("text"), str)):
        raise HTTPError(422, "A note needs a text.")
    note_id = max(NOTES, default=0) + 1
    NOTES[note_id] = body["text"]
    location = ("Location", f"/notes/{note_id}")
    return response.json({"id": note_id, **body}, status=201, headers=[location])


def show_note(environ: request.Environ, note_id: int) -> response.Response:
    text = _find(note_id)
    match request.best_match(environ, ["application/json", "text/html"]):
        case "text/html":
            return response.html(response.page(f"Note {note_id}", text), headers=response.VARY)
        case _:
            return response.json({"id": note_id, "text": text}, headers=response.VARY)


def drop_note(environ: request.Environ, note_id: int) -> response.Response:
    NOTES.pop(note_id, None)
    return response.empty()


def show_line(environ: request.Environ, note_id: int, line: str) -> response.Response:
    lines = _find(note_id).splitlines()
    number = {"first": 0, "last": -1}.get(line)
    if number is None or not lines:
        raise HTTPError(404)
    return response.text(lines[number])


def search(environ: request.Environ) -> response.Response:
    words = request.first(request.query(environ), "q")
    found = [text for text in NOTES.values() if words.lower() in text.lower()]
    items = "".join(f"<li>{escape(text)}" for text in found)
    return response.html(f"<!doctype html><title>{escape(words)}</title><ul>{items}</ul>")


def _find(note_id: int) -> str:
    if note_id not in NOTES:
        raise HTTPError(404, "This note does not exist.")
    return NOTES[note_id]
''',
    ),
    (
        "tests/test_notes.py",
        "",
        '''"""Tests of the handlers of notes."""

from client import call


def test_list_notes() -> None:
    response = call("GET", "/notes")
    assert response.status == 200
    assert response.json()[0]["id"] == 12345


def test_create_note() -> None:
    response = call("POST", "/notes", json={"text": "Buy milk"})
    assert response.status == 201
    assert response.headers["Content-Type"] == "application/json"
    assert response.json()["text"] == "Buy milk"


def test_create_note_refuses_a_malformed_body() -> None:
    response = call("POST", "/notes", body=b"{", content_type="application/json")
    assert response.status == 400


def test_create_note_refuses_another_content_type() -> None:
    response = call("POST", "/notes", body=b"?", content_type="image/none")
    assert response.status == 415


def test_show_note() -> None:
    response = call("GET", "/notes/12345", accept="application/json, text/html")
    assert response.status == 200
    assert response.headers["Vary"] == "Accept"
    assert response.json()["id"] == 12345


def test_show_note_as_html() -> None:
    response = call("GET", "/notes/12345", accept="text/html")
    assert response.status == 200
    assert response.headers["Vary"] == "Accept"
    assert "Call Ada" in response.text


def test_drop_note() -> None:
    response = call("DELETE", "/notes/2")
    assert response.status == 204
    assert response.body == b""


def test_show_line() -> None:
    response = call("GET", "/notes/12345/lines/first")
    assert response.status == 200
    assert response.text == "Call Ada"


def test_search() -> None:
    response = call("GET", "/search?q=ada")
    assert response.status == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Call Ada" in response.text
''',
    ),
]

OWN_CASES = "        # Your own cases go below this line.\n"
OWN_ROUTES = "    # Your own routes go below this line.\n"
OWN_EXAMPLES = "    # Your own examples go below this line.\n"
OWN_HELPERS = "# Your own helpers go below this line.\n"
SHOW_USER = '    return response.html(response.page("Show user", f"{result}"))\n'
APP = "app = application"


def own_middleware(*lines: str) -> str:
    """A middleware of the owner's, and the line that wraps the application in it."""
    body = "".join(f"    {line}\n" for line in lines)
    return (
        f"wrapped = application\n\n\ndef own(environ, start_response):\n{body}\n\n"
        f"application = own\n{APP}"
    )


NOTES = HANDLERS + "notes.py"
FAULTS: list[Edit] = [
    # The small service
    Edit(
        "a handler that no route reaches",
        "service",
        NOTES,
        "def _find(",
        "def archive(environ: request.Environ) -> response.Response:\n"
        "    return response.json(len(NOTES))\n\n\n"
        "def _find(",
    ),
    Edit(
        "a route without an example",
        "service",
        ROUTES,
        OWN_CASES,
        OWN_CASES + '        case ["about"]:\n            return {"GET": home.home}, ()\n',
    ),
    Edit(
        "an example without a route",
        "service",
        EXAMPLES,
        OWN_EXAMPLES,
        OWN_EXAMPLES + '    ("GET", "/archive", {}),\n',
    ),
    Edit(
        "a method that was added in the routes only",
        "service",
        ROUTES,
        '"POST": notes.create_note}',
        '"POST": notes.create_note, "PUT": notes.create_note}',
    ),
    Edit(
        "a method that was added in the examples only",
        "service",
        EXAMPLES,
        OWN_EXAMPLES,
        OWN_EXAMPLES + '    ("PUT", "/notes/12345", {"json": {"text": "Buy milk"}}),\n',
    ),
    Edit(
        "a case for all that follows",
        "service",
        ROUTES,
        '["notes", note_id]',
        '["notes", note_id, *_]',
    ),
    Edit(
        "a case for a slash at the end, too",
        "service",
        ROUTES,
        'case ["notes"]:',
        'case ["notes"] | ["notes", ""]:',
    ),
    Edit(
        "a case for all that follows a text",
        "service",
        ROUTES,
        '"lines", line] if is_int(note_id) and line:',
        '"lines", line, *_] if is_int(note_id) and line:',
    ),
    Edit(
        "a text that can be empty",
        "service",
        ROUTES,
        " if is_int(note_id) and line:",
        " if is_int(note_id):",
    ),
    Edit(
        "a case that shadows the next one",
        "service",
        ROUTES,
        '        case ["notes", note_id] if',
        '        case ["notes", _]:\n            return {"GET": notes.list_notes}, ()\n'
        '        case ["notes", note_id] if',
    ),
    Edit(
        "a parameter that is not converted",
        "service",
        ROUTES,
        "notes.drop_note}, (int(note_id),)",
        "notes.drop_note}, (note_id,)",
    ),
    Edit(
        "a parameter without a guard",
        "service",
        ROUTES,
        '["notes", note_id] if is_int(note_id)',
        '["notes", note_id]',
    ),
    Edit(
        "a guard that takes other digits",
        "service",
        ROUTES,
        '["notes", note_id] if is_int(note_id)',
        '["notes", note_id] if note_id.isdigit()',
    ),
    Edit("a guard that looks at the beginning only", "service", ROUTES, "fullmatch", "match"),
    Edit(
        "two parameters in the wrong order",
        "service",
        ROUTES,
        "(int(note_id), line)",
        "(line, int(note_id))",
    ),
    Edit("a typo in a path", "service", ROUTES, 'case ["search"]', 'case ["serach"]'),
    Edit(
        "a method in lower case",
        "service",
        ROUTES,
        '{"GET": notes.search}',
        '{"get": notes.search}',
    ),
    Edit(
        "a page with text of the user",
        "service",
        NOTES,
        "<title>{escape(words)}</title>",
        "<title>{words}</title>",
    ),
    Edit(
        "a number of the query that is not checked",
        "service",
        NOTES,
        "    if not (limit.isascii() and limit.isdigit() and len(limit) < 9):\n"
        '        raise HTTPError(400, "limit must be a number.")\n',
        "",
        ((EXAMPLES, '("GET", "/notes", {})', '("GET", "/notes?limit=5", {})'),),
    ),
    Edit(
        "a body whose type is not checked",
        "service",
        NOTES,
        '    if not (isinstance(body, dict) and isinstance(body.get("text"), str)):\n'
        '        raise HTTPError(422, "A note needs a text.")\n',
        "",
    ),
    Edit(
        "a status with a typo",
        "service",
        NOTES,
        "    return response.text(lines[number])",
        '    return "200OK", [("Content-Type", "text/plain")], [lines[number].encode()]',
    ),
    Edit(
        "a status that is a number",
        "service",
        NOTES,
        "    return response.text(lines[number])",
        '    return 200, [("Content-Type", "text/plain")], [lines[number].encode()]',
    ),
    Edit(
        "headers in a dict",
        "service",
        NOTES,
        "    return response.text(lines[number])",
        '    return "200 OK", {"Content-Type": "text/plain"}, [lines[number].encode()]',
    ),
    Edit(
        "a body of text",
        "service",
        NOTES,
        "    return response.text(lines[number])",
        '    return "200 OK", [("Content-Type", "text/plain")], [lines[number]]',
    ),
    Edit(
        "a length counted in characters",
        "service",
        NOTES,
        "    return response.text(lines[number])",
        '    text = f"\\u201c{lines[number]}\\u201d"\n'
        '    headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(text)))]\n'
        '    return "200 OK", headers, [text.encode()]',
        (("tests/test_notes.py", '"Call Ada"\n', '"\\u201cCall Ada\\u201d"\n'),),
    ),
    Edit("no return", "service", NOTES, "    return response.empty()", "    response.empty()"),
    Edit(
        "a module of handlers that nobody imports",
        "service",
        HANDLERS + "admin.py",
        "",
        '"""Handlers of admin."""\n\nfrom .. import request, response\n\n\n'
        "def statistics(environ: request.Environ) -> response.Response:\n"
        '    return response.text("ok")\n',
    ),
    Edit(
        "a second case for the same path",
        "service",
        ROUTES,
        OWN_CASES,
        OWN_CASES + '        case ["notes"]:\n            return {"DELETE": notes.drop_all}, ()\n',
        (
            (
                NOTES,
                "def _find(",
                "def drop_all(environ: request.Environ) -> response.Response:\n"
                "    return response.empty()\n\n\ndef _find(",
            ),
        ),
    ),
    # The tree
    Edit(
        "a handler that no line of the table has",
        "tree",
        HANDLERS + "users.py",
        OWN_HELPERS,
        OWN_HELPERS + "def drop_user(environ: request.Environ, name: str) -> response.Response:\n"
        "    return response.empty()\n",
    ),
    Edit(
        "a line of the table without an example",
        "tree",
        ROUTES,
        OWN_ROUTES,
        OWN_ROUTES + '    ("GET", "/about", home.home),\n',
    ),
    Edit(
        "an example without a line of the table",
        "tree",
        ROUTES,
        '    ("GET", "/items", items.list_items),\n',
        "",
    ),
    Edit(
        "a method in the table only",
        "tree",
        ROUTES,
        OWN_ROUTES,
        OWN_ROUTES + '    ("POST", "/users/{name}", users.show_user),\n',
    ),
    Edit(
        "a placeholder without its kind",
        "tree",
        ROUTES,
        '"GET", "/items/{item_id:int}",',
        '"GET", "/items/{item_id}",',
    ),
    Edit("a placeholder of a narrower kind", "tree", ROUTES, "{price:float}", "{price:int}"),
    Edit("a placeholder of a wider kind", "tree", ROUTES, "{name}", "{name:path}"),
    Edit("a placeholder that takes any text", "tree", ROUTES, "{order_id:uuid}", "{order_id}"),
    Edit("a path in one segment", "tree", ROUTES, "{path:path}", "{path}"),
    Edit(
        "two handlers that are swapped",
        "tree",
        ROUTES,
        '"/items/{item_id:int}", items.show_item)',
        '"/items/{item_id:int}", items.replace_item)',
        (
            (
                ROUTES,
                '("PUT", "/items/{item_id:int}", items.replace_item)',
                '("PUT", "/items/{item_id:int}", items.show_item)',
            ),
        ),
    ),
    Edit("the handler of another line", "tree", ROUTES, "items.drop_item", "items.show_item"),
    Edit(
        "a typo in a path of the table",
        "tree",
        ROUTES,
        "/items/{item_id:int}/rows",
        "/itmes/{item_id:int}/rows",
    ),
    Edit("a path without its slash", "tree", ROUTES, '"/users/{name}"', '"users/{name}"'),
    Edit("a slash at the end of a path", "tree", ROUTES, '"/sign-in"', '"/sign-in/"'),
    Edit(
        "a route that is added too late",
        "tree",
        ROUTES,
        "find = tree(ROUTES)\n",
        'find = tree(ROUTES)\nROUTES.append(("GET", "/about", home.home))\n',
        ((EXAMPLES, OWN_EXAMPLES, OWN_EXAMPLES + '    ("GET", "/about", {}),\n'),),
    ),
    Edit("a module for a handler", "tree", ROUTES, '("GET", "/", home.home)', '("GET", "/", home)'),
    Edit(
        "a page with a name of the path",
        "tree",
        HANDLERS + "users.py",
        SHOW_USER,
        '    return response.html(f"<!doctype html><title>User</title><p>{result}</p>")\n',
    ),
    Edit(
        "a response without Vary",
        "tree",
        HANDLERS + "items.py",
        "return response.json(result, headers=response.VARY)",
        "return response.json(result)",
    ),
    Edit(
        "the reader of another type",
        "tree",
        HANDLERS + "sign_in.py",
        "request.form(environ)",
        "request.json(environ)",
    ),
    Edit(
        "the input of the server read to its end",
        "tree",
        HANDLERS + "items.py",
        '    body = request.json(environ)\n    result = {"handler": "create_item"',
        '    body = json.loads(environ["wsgi.input"].read())\n'
        '    result = {"handler": "create_item"',
        ((HANDLERS + "items.py", "from .. import (\n", "import json\n\nfrom .. import (\n"),),
    ),
    Edit(
        "a generator for a handler",
        "tree",
        HANDLERS + "prices.py",
        '    return response.text(f"{result}\\n")',
        '    yield f"{result}\\n".encode()',
    ),
    Edit(
        "a division by a parameter",
        "tree",
        HANDLERS + "prices.py",
        '"price": price}',
        '"price": price, "pieces": 100 / price}',
        (
            (
                "tests/test_prices.py",
                '"price": 12345.5}',
                '"price": 12345.5, "pieces": 100 / 12345.5}',
            ),
        ),
    ),
    Edit(
        "a cookie put together by hand",
        "tree",
        HANDLERS + "users.py",
        SHOW_USER,
        SHOW_USER.replace("))\n", '), headers=[("Set-Cookie", f"user={name}; Path=/")])\n'),
    ),
    Edit(
        "a redirect put together by hand",
        "tree",
        HANDLERS + "users.py",
        SHOW_USER,
        '    headers = [("Location", f"/{name}"), ("Content-Type", response.TEXT)]\n'
        '    return "303 See Other", headers, []\n',
        (
            (
                "tests/test_users.py",
                "    assert response.status == 200\n",
                "    assert response.status == 303\n    return\n",
            ),
        ),
    ),
    Edit(
        "a length set by hand",
        "tree",
        HANDLERS + "files.py",
        '    return response.text(f"{result}\\n")',
        '    return response.text(f"{result}\\n", headers=[("Content-Length", "41")])',
    ),
    Edit(
        "an identifier that JSON does not know",
        "tree",
        HANDLERS + "orders.py",
        '    return response.html(response.page("Show order", f"{result}"))',
        '    return response.json({"handler": "show_order", "order_id": order_id})',
    ),
    Edit(
        "a limit that is taken away",
        "tree",
        HANDLERS + "items.py",
        '    body = request.json(environ)\n    result = {"handler": "replace_item"',
        '    sent = b"".join(request.chunks(environ, "application/json", limit=2**60))\n'
        "    try:\n"
        "        body = json.loads(sent)\n"
        "    except ValueError as error:\n"
        '        raise HTTPError(400, "This is not JSON.") from error\n'
        '    result = {"handler": "replace_item"',
        (
            (
                HANDLERS + "items.py",
                "from .. import (\n",
                "import json\n\nfrom ..errors import HTTPError\nfrom .. import (\n",
            ),
        ),
    ),
    Edit(
        "JSON that is nested too deep",
        "tree",
        HANDLERS + "items.py",
        '    body = request.json(environ)\n    result = {"handler": "create_item"',
        '    try:\n        body = json.loads(request.text(environ, "application/json"))\n'
        "    except ValueError as error:\n"
        '        raise HTTPError(400, "This is not JSON.") from error\n'
        '    result = {"handler": "create_item"',
        (
            (
                HANDLERS + "items.py",
                "from .. import (\n",
                "import json\n\nfrom ..errors import HTTPError\nfrom .. import (\n",
            ),
        ),
    ),
    Edit(
        "a route that openapi.json does not describe",
        "tree",
        ROUTES,
        OWN_ROUTES,
        OWN_ROUTES + '    ("GET", "/about", home.home),\n',
        ((EXAMPLES, OWN_EXAMPLES, OWN_EXAMPLES + '    ("GET", "/about", {}),\n'),),
    ),
    Edit("a path that openapi.json misspells", "tree", OPENAPI, '"/sign-in"', '"/signin"'),
    Edit("a method that openapi.json misspells", "tree", OPENAPI, '"delete"', '"remove"'),
    # The layers
    *(
        Edit(
            f"{name} is commented out",
            "layers",
            INIT,
            f"application = {name}(application",
            f"# application = {name}(application",
        )
        for name in (
            "request_id",
            "access_log",
            "security_headers",
            "cors",
            "proxy",
            "trusted_hosts",
            "gzip",
            "etags",
        )
    ),
    Edit(
        "gzip is wrapped twice",
        "layers",
        INIT,
        "application = gzip(application)\n",
        "application = gzip(application)\n" * 2,
    ),
    Edit(
        "a tag is compared after the body is compressed",
        "layers",
        INIT,
        "application = etags(application)\napplication = gzip(application)\n",
        "application = gzip(application)\napplication = etags(application)\n",
    ),
    Edit(
        "the log is inside of the request ID's middleware",
        "layers",
        INIT,
        "application = request_id(application)\n",
        "",
        (
            (
                INIT,
                "application = etags(application)\n",
                "application = request_id(application)\napplication = etags(application)\n",
            ),
        ),
    ),
    Edit(
        "headers are missing where a host is refused",
        "layers",
        INIT,
        "application = security_headers(application)\n",
        "",
        (
            (
                INIT,
                "application = etags(application)\n",
                "application = security_headers(application)\napplication = etags(application)\n",
            ),
        ),
    ),
    Edit("the name for servers is not wrapped", "layers", INIT, APP, "app = bare.application"),
    Edit(
        "an import of a name that does not exist",
        "layers",
        INIT,
        "middleware.gzip import gzip",
        "middleware.gzip import GZip as gzip",
    ),
    Edit(
        "a middleware sends a body to HEAD",
        "layers",
        INIT,
        APP,
        own_middleware(
            "body = b''.join(wrapped(environ, start_response))",
            "return [body or b'nothing']",
        ),
    ),
    Edit(
        "a middleware does not return",
        "layers",
        INIT,
        APP,
        own_middleware("wrapped(environ, start_response)"),
    ),
    Edit(
        "a middleware adds a footer, and not its length",
        "layers",
        INIT,
        APP,
        own_middleware("return [*wrapped(environ, start_response), b'<!-- footer -->']"),
    ),
    Edit(
        "a middleware hides Allow",
        "layers",
        INIT,
        APP,
        own_middleware(
            "def start(status, headers, *rest):",
            "    return start_response(status, headers[:3], *rest)",
            "return wrapped(environ, start)",
        ),
    ),
    Edit(
        "a middleware never closes a body",
        "layers",
        INIT,
        APP,
        own_middleware(
            "for chunk in wrapped(environ, start_response):",
            "    yield chunk",
        ),
    ),
    Edit(
        "a case in front takes all of the API",
        "layers",
        ROUTES,
        '        case ["api", "notes"]:\n',
        '        case ["api", *rest]:\n'
        '            return {"GET": search.search_notes}, ()\n'
        '        case ["api", "notes"]:\n',
    ),
    Edit(
        "a tag with all that follows",
        "layers",
        ROUTES,
        '"tags", tag] if is_int(note_id) and tag:',
        '"tags", tag, *_] if is_int(note_id) and tag:',
    ),
    Edit(
        "an own OPTIONS that names too few methods",
        "layers",
        ROUTES,
        '"POST": notes.create_note}',
        '"POST": notes.create_note, "OPTIONS": notes.options}',
        (
            (
                HANDLERS + "notes.py",
                OWN_HELPERS,
                OWN_HELPERS + "def options(environ: request.Environ) -> response.Response:\n"
                '    return response.empty(headers=[("Allow", "GET, OPTIONS")])\n',
            ),
            (EXAMPLES, OWN_EXAMPLES, OWN_EXAMPLES + '    ("OPTIONS", "/api/notes", {}),\n'),
        ),
    ),
    Edit(
        "a header with a value that is a number",
        "layers",
        HANDLERS + "notes.py",
        '    result = {"handler": "list_notes"}\n    return response.json(result)',
        '    result = {"handler": "list_notes"}\n'
        '    return response.json(result, headers=[("X-Count", 5)])',
    ),
    Edit(
        "content in a 204",
        "layers",
        HANDLERS + "notes.py",
        "    # What drop_note does goes here.\n    return response.empty()",
        "    return response.json({}, status=204)",
    ),
    Edit(
        "a path parameter in a header",
        "layers",
        HANDLERS + "notes.py",
        '"tag": tag}\n    return response.json(result)',
        '"tag": tag}\n    return response.json(result, headers=[("X-Tag", tag)])',
    ),
]

# What the tests of a project do not notice, and the check that would. A fault leaves this table
# when it is noticed.
NOT_CAUGHT = {
    "a route that openapi.json does not describe": "its handler has another route, which is described",
    "a tag is compared after the body is compressed": "no client sees it: such a tag is weak",
    "the log is inside of the request ID's middleware": "both read and write the same environ",
    "a placeholder of a wider kind": "a path of several segments is what `path` means",
    "gzip is wrapped twice": "the second one changes nothing",
}

# Legitimate edits that turn a test red, and why.
FALSE_ALARMS: dict[str, str] = {}

HOME_PAGE = '    return response.html(response.page("Home", "Hello from home."))\n'
MIDDLEWARE = "application: WSGIApplication = bare.application\n"


def wrapped_in(*lines: str) -> str:
    """The application in a middleware of the owner's, in a project without one."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"\n\ndef application(environ, start_response):\n{body}\n\n"


def own_case(name: str, pattern: str, example: str, kind: str = "str") -> Edit:
    """A case in front of the others, with a handler and an example."""
    first = '        case ["notes", note_id] if'
    return Edit(
        name,
        "service",
        ROUTES,
        first,
        f"        case {pattern}:\n"
        f'            return {{"GET": notes.show_value}}, ({kind}(value),)\n{first}',
        (
            (
                NOTES,
                "def _find(",
                f"def show_value(environ: request.Environ, value: {kind}) -> response.Response:\n"
                '    return response.text(f"{value}")\n\n\ndef _find(',
            ),
            (EXAMPLES, OWN_EXAMPLES, f'{OWN_EXAMPLES}    ("GET", "{example}", {{}}),\n'),
        ),
    )


# What an owner does with good reason: all tests must stay green.
LEGITIMATE: list[Edit] = [
    Edit(
        "a case for all that follows",
        "service",
        ROUTES,
        OWN_CASES,
        OWN_CASES
        + '        case ["files", *rest]:\n            return {"GET": notes.file}, (rest,)\n',
        (
            (
                NOTES,
                "def _find(",
                "def file(environ: request.Environ, rest: list[str]) -> response.Response:\n"
                '    return response.text("/".join(rest))\n\n\ndef _find(',
            ),
            (EXAMPLES, OWN_EXAMPLES, OWN_EXAMPLES + '    ("GET", "/files/a/b.txt", {}),\n'),
        ),
    ),
    Edit(
        "an own OPTIONS",
        "service",
        ROUTES,
        '"POST": notes.create_note}',
        '"POST": notes.create_note, "OPTIONS": notes.options}',
        (
            (
                NOTES,
                "def _find(",
                "def options(environ: request.Environ) -> response.Response:\n"
                '    allow = ("Allow", "GET, HEAD, OPTIONS, POST")\n'
                '    return response.json({"limit": "a number"}, headers=[allow])\n\n\ndef _find(',
            ),
            (EXAMPLES, OWN_EXAMPLES, OWN_EXAMPLES + '    ("OPTIONS", "/notes", {}),\n'),
        ),
    ),
    Edit(
        "an own HEAD",
        "service",
        ROUTES,
        '{"GET": notes.list_notes,',
        '{"GET": notes.list_notes, "HEAD": notes.count_notes,',
        (
            (
                NOTES,
                "def _find(",
                "def count_notes(environ: request.Environ) -> response.Response:\n"
                '    return response.empty(200, headers=[("X-Count", str(len(NOTES)))])\n\n\n'
                "def _find(",
            ),
            (EXAMPLES, OWN_EXAMPLES, OWN_EXAMPLES + '    ("HEAD", "/notes", {}),\n'),
        ),
    ),
    Edit(
        "examples of one path with a query, headers and another body",
        "service",
        EXAMPLES,
        OWN_EXAMPLES,
        OWN_EXAMPLES + '    ("GET", "/notes?limit=1&limit=2", {}),\n'
        '    ("GET", "/notes/12345", {"accept": "text/html"}),\n'
        '    ("GET", "/notes/77", {"headers": {"X-Client": "1"}}),\n'
        '    ("POST", "/notes", {"json": {"text": ""}}),\n'
        '    ("POST", "/notes", {"form": {"text": "a"}}),\n',
    ),
    Edit(
        "a slash at the end, with an example",
        "service",
        ROUTES,
        'case ["search"]:',
        'case ["search"] | ["search", ""]:',
        ((EXAMPLES, OWN_EXAMPLES, OWN_EXAMPLES + '    ("GET", "/search/?q=milk", {}),\n'),),
    ),
    Edit(
        "a random cookie in every response",
        "service",
        INIT,
        MIDDLEWARE,
        wrapped_in(
            "def start(status, headers, *rest):",
            '    cookie = ("Set-Cookie", f"seen={os.urandom(8).hex()}; Path=/; Secure; HttpOnly")',
            "    return start_response(status, [*headers, cookie], *rest)",
            "return bare.application(environ, start)",
        ),
        ((INIT, "from . import bare", "import os\n\nfrom . import bare"),),
    ),
    Edit(
        "a middleware that logs",
        "service",
        INIT,
        MIDDLEWARE,
        wrapped_in(
            'line = environ["REQUEST_METHOD"] + " " + environ["PATH_INFO"]',
            "print(line, file=environ['wsgi.errors'])",
            "return bare.application(environ, start_response)",
        ),
    ),
    Edit(
        "a mounted application",
        "service",
        INIT,
        MIDDLEWARE,
        wrapped_in(
            'if environ.get("PATH_INFO", "").startswith("/admin/"):',
            '    start_response("200 OK", [("Content-Type", "text/plain")])',
            '    return [b"admin"]',
            "return bare.application(environ, start_response)",
        ),
    ),
    Edit(
        "401 for everybody",
        "service",
        INIT,
        MIDDLEWARE,
        wrapped_in(
            'if environ.get("HTTP_AUTHORIZATION") != "Bearer secret":',
            "    request.drop(environ)",
            '    error = HTTPError(401, headers=[("WWW-Authenticate", "Bearer")])',
            "    status, headers, body = response.problem(environ, error)",
            "    start_response(status, headers)",
            '    return body if environ["REQUEST_METHOD"] != "HEAD" else iter([b""])',
            "return bare.application(environ, start_response)",
        ),
        (
            (INIT, "from . import bare", "from . import bare, request, response"),
            (
                INIT,
                "from . import bare, request, response\n",
                "from . import bare, request, response\nfrom .errors import HTTPError\n",
            ),
            (
                "tests/conftest.py",
                "",
                'import client\n\nclient.HEADERS["Authorization"] = "Bearer secret"\n',
            ),
        ),
    ),
    Edit(
        "401 for everybody, and no token in the tests",
        "tree",
        INIT,
        MIDDLEWARE,
        wrapped_in(
            "request.drop(environ)",
            "error = HTTPError(401)",
            "status, headers, body = response.problem(environ, error)",
            "start_response(status, headers)",
            'return body if environ["REQUEST_METHOD"] != "HEAD" else iter([b""])',
        ),
        (
            (INIT, "from . import bare", "from . import bare, request, response"),
            (
                INIT,
                "from . import bare, request, response\n",
                "from . import bare, request, response\nfrom .errors import HTTPError\n",
            ),
            *(
                (f"tests/test_{name}.py", "", "")
                for name in "files home items orders photos prices sign_in users".split()
            ),
        ),
    ),
    Edit(
        "annotations that are not evaluated",
        "service",
        NOTES,
        "from html import escape\n",
        "from __future__ import annotations\n\nfrom html import escape\n",
    ),
    Edit(
        "helpers that return a response",
        "service",
        NOTES,
        "def _find(",
        "def created(location: str) -> response.Response:\n"
        '    return response.empty(201, headers=[("Location", location)])\n\n\n'
        "def _find(",
        (
            (
                NOTES,
                '    return response.json({"id": note_id, **body}, status=201, headers=[location])',
                '    if not body["text"]:\n'
                "        return created(location[1])\n"
                '    return response.json({"id": note_id, **body}, status=201, headers=[location])',
            ),
        ),
    ),
    Edit(
        "a helper with environ that another handler calls",
        "service",
        HANDLERS + "home.py",
        HOME_PAGE,
        '    return show_page(environ, "Hello from home.")\n\n\n'
        "def show_page(environ: request.Environ, text: str) -> response.Response:\n"
        '    """Return a page in the design of the site."""\n'
        '    return response.html(response.page("Home", text))\n',
    ),
    Edit(
        "a helper from another module of handlers",
        "service",
        HANDLERS + "home.py",
        HOME_PAGE,
        '    if request.first(request.query(environ), "notes"):\n'
        "        return list_notes(environ)\n" + HOME_PAGE,
        ((HANDLERS + "home.py", "# GET /", "from .notes import list_notes\n\n\n# GET /"),),
    ),
    Edit(
        "a module without handlers",
        "service",
        HANDLERS + "_pages.py",
        "",
        '"""Pages that several handlers share."""\n\n\n'
        'def title(text: str) -> str:\n    return f"<title>{text}</title>"\n',
    ),
    Edit(
        "a handler of two paths",
        "service",
        ROUTES,
        OWN_CASES,
        OWN_CASES + '        case ["find"]:\n            return {"GET": notes.search}, ()\n',
        ((EXAMPLES, OWN_EXAMPLES, OWN_EXAMPLES + '    ("GET", "/find?q=milk", {}),\n'),),
    ),
    Edit(
        "a handler written as a lambda",
        "service",
        ROUTES,
        OWN_CASES,
        OWN_CASES + '        case ["health"]:\n'
        '            return {"GET": lambda environ: response.text("ok")}, ()\n',
        (
            (
                ROUTES,
                "from .response import Response\n",
                "from . import response\nfrom .response import Response\n",
            ),
            (EXAMPLES, OWN_EXAMPLES, OWN_EXAMPLES + '    ("GET", "/health", {}),\n'),
        ),
    ),
    Edit(
        "a handler outside of the folder",
        "service",
        ROUTES,
        OWN_CASES,
        OWN_CASES + '        case ["health"]:\n            return {"GET": health.show}, ()\n',
        (
            (
                ROUTES,
                "from .handlers import (\n",
                "from . import health\nfrom .handlers import (\n",
            ),
            (
                "src/sample/health.py",
                "",
                "from . import request, response\n\n\n"
                "def show(environ: request.Environ) -> response.Response:\n"
                '    return response.text("ok")\n',
            ),
            (EXAMPLES, OWN_EXAMPLES, OWN_EXAMPLES + '    ("GET", "/health", {}),\n'),
        ),
    ),
    Edit(
        "a path for the client side: all others get one page",
        "service",
        ROUTES,
        "    return None\n",
        '    return {"GET": home.home}, ()\n',
        ((EXAMPLES, OWN_EXAMPLES, OWN_EXAMPLES + '    ("GET", "/any/other", {}),\n'),),
    ),
    Edit(
        "a bare triple",
        "tree",
        HANDLERS + "files.py",
        '    return response.text(f"{result}\\n")',
        '    return "200 OK", [("Content-Type", response.TEXT)], [f"{result}\\n".encode()]',
    ),
    Edit(
        "a method of another protocol",
        "tree",
        ROUTES,
        OWN_ROUTES,
        OWN_ROUTES + '    ("PURGE", "/items", items.drop_items),\n',
        (
            (
                HANDLERS + "items.py",
                OWN_HELPERS,
                OWN_HELPERS + "def drop_items(environ: request.Environ) -> response.Response:\n"
                "    return response.empty()\n",
            ),
            (EXAMPLES, OWN_EXAMPLES, OWN_EXAMPLES + '    ("PURGE", "/items", {}),\n'),
        ),
    ),
    Edit(
        "a path that ends with all that follows",
        "tree",
        ROUTES,
        OWN_ROUTES,
        OWN_ROUTES + '    ("GET", "/files/{path:path}", files.show_file),\n',
        (
            (
                ROUTES,
                '    ("GET", "/files/{path:path}", files.show_file),\n    # Your',
                "    # Your",
            ),
            (EXAMPLES, "/files/my%20path//2", "/files/one"),
        ),
    ),
    Edit(
        "a stream of unknown length",
        "tree",
        HANDLERS + "prices.py",
        '    return response.text(f"{result}\\n")',
        '    chunks = (line.encode() for line in [f"{result}\\n"])\n'
        "    return streaming.stream(environ, chunks, response.TEXT)",
        ((HANDLERS + "prices.py", "# GET /", "from .. import streaming\n\n\n# GET /"),),
    ),
    Edit(
        "out of service",
        "layers",
        HANDLERS + "home.py",
        HOME_PAGE,
        '    raise HTTPError(503, "Back at noon.", [("Retry-After", "3600")])\n',
        (
            (HANDLERS + "home.py", "# GET /", "from ..errors import HTTPError\n\n\n# GET /"),
            ("tests/test_home.py", "", ""),
        ),
    ),
    Edit(
        "a policy of one page",
        "layers",
        HANDLERS + "home.py",
        'response.page("Home", "Hello from home."))',
        'response.page("Home", "Hello from home."),\n'
        '        headers=[("Content-Security-Policy", "default-src \'none\'")])',
    ),
    Edit(
        "settings in the environment",
        "layers",
        "tests/conftest.py",
        "",
        "import os\n\n"
        'os.environ["ALLOWED_ORIGINS"] = "https://example.org"\n'
        'os.environ["TRUSTED_PROXIES"] = "1"\n'
        'os.environ["LOG_FORMAT"] = "json"\n',
    ),
    Edit(
        "no gzip, because nginx does it",
        "layers",
        INIT,
        "application = gzip(application)\n",
        "",
        ((INIT, "from .middleware.gzip import gzip\n", ""),),
    ),
    own_case("a literal beside a number", '["notes", "latest" as value]', "/notes/latest"),
    own_case("a text whose example is a number", '["years", value] if value', "/years/2026"),
    own_case(
        "a text in hexadecimal digits",
        '["commits", value] if re.fullmatch("[0-9a-f]{7,40}", value)',
        "/commits/1234567",
    ),
    own_case(
        "a number that can be negative",
        '["degrees", value] if re.fullmatch("-?[0-9]{1,9}", value)',
        "/degrees/12",
        "int",
    ),
    own_case(
        "a number of any length",
        '["primes", value] if value.isascii() and value.isdigit()',
        "/primes/7",
    ),
    own_case(
        "a file name with its ending",
        '["reports", value] if value.endswith(".txt")',
        "/reports/2026.txt",
    ),
    own_case("one of several words", '["orders", "open" | "closed" as value]', "/orders/open"),
]
