"""What owners do to their projects: ordinary edits keep the template's tests green.

An edit changes the code and the owner's own tests together, as an owner would. What breaks a
promise of the template must turn one of its tests red.
"""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.projects import (
    Project,
    assert_tests_pass,
    assert_tidy,
    assert_typed,
    compile_files,
    generate,
    run_tests,
    shared,
)
from harness.sampling import often

ROUTES = """
GET     /                     html            home
GET     /notes                json,html       list_notes
POST    /notes                json>json       create_note
GET     /notes/{note_id:int}  json            show_note
DELETE  /notes/{note_id:int}  json            drop_note
POST    /sign-in              form>html       sign_in
POST    /files                multipart>html  upload
GET     /rows                 csv             rows
GET     /events               sse             events
"""
TEMPLATES = (
    "tests/test_contract.py",
    "tests/test_http.py",
    "tests/test_cookies.py",
    "tests/test_csv_rows.py",
    "tests/test_sse.py",
    "tests/test_uploads.py",
)


class Owned(Project):
    """A project that its owner edits."""

    def replace(self, name: str, old: str, new: str) -> None:
        """Replace a text in a file of the package, or of the project if it has a folder."""
        file = self.path / name if name.startswith("tests/") else self.source / name
        text = file.read_text("utf-8")
        assert old in text, f"{name} has no {old}"
        file.write_text(text.replace(old, new), "utf-8")

    def write(self, name: str, text: str) -> None:
        file = self.path / name if name.startswith("tests/") else self.source / name
        file.write_text(text, "utf-8")

    def add(self, name: str, text: str) -> None:
        """Add a text at the end of a file."""
        file = self.path / name if name.startswith("tests/") else self.source / name
        self.write(name, f"{file.read_text('utf-8')}\n\n{text}")

    def module_of(self, handler: str) -> str:
        [module] = [
            file.stem
            for file in (self.source / "handlers").glob("*.py")
            if f"def {handler}(" in file.read_text("utf-8")
        ]
        return module

    def handler(self, name: str, code: str, *tests: str) -> None:
        """Rewrite a handler; `tests` replace its tests."""
        module = self.module_of(name)
        self._rewrite(self.source / f"handlers/{module}.py", rf"def {name}\(", code)
        file = self.path / f"tests/test_{module}.py"
        self._rewrite(file, rf"def test_{name}(?:_as_\w+|_refuses_\w+)?\(", "\n\n\n".join(tests))

    def _rewrite(self, file: Path, start: str, code: str) -> None:
        """Replace the first function that begins with `start`, and delete the others."""
        pattern = re.compile(rf"^{start}.*?(?=\n\n\n|\n# Your own)", re.M | re.S)
        codes = iter([code.strip()])
        text = pattern.sub(lambda found: next(codes, ""), file.read_text("utf-8"))
        file.write_text(text, "utf-8")

    def imports(self, handler: str, line: str) -> None:
        self.replace(
            f"handlers/{self.module_of(handler)}.py",
            "\nfrom .. import",
            f"\n{line}\nfrom .. import",
        )

    def middleware(self, code: str) -> None:
        """Compose a middleware in `__init__.py`: `code` defines `wrapped(environ, start_response)`."""
        self.write(
            "__init__.py",
            "from . import bare, request, response\n"
            "from .errors import HTTPError\n\n\n"
            f"{code.strip()}\n\n\napplication = app = wrapped\n",
        )

    @property
    def document(self) -> Any:
        return json.loads((self.source / "openapi.json").read_text("utf-8"))

    def describe(self, change: Callable[[Any, Any], Any]) -> None:
        """Change openapi.json: `change` gets the document and its paths."""
        document = self.document
        change(document, document["paths"])
        self.write("openapi.json", json.dumps(document, indent=4))

    def example(self, line: str) -> None:
        """Add an example request below the template's."""
        mark = "    # Your own examples go below this line.\n"
        self.replace("tests/examples.py", mark, f"{mark}    {line},\n")

    def own_case(self, handler: str, ladder: str, tree: str) -> None:
        """Add a route by hand, in whatever routes.py is."""
        ladder = ladder.replace("HANDLER", handler)
        table = "ROUTES" in (self.source / "routes.py").read_text("utf-8")
        line = "    # Your own routes go below this line.\n"
        mark = "        # Your own cases go below this line.\n"
        if table:
            self.replace("routes.py", line, f"{line}    {tree.replace('HANDLER', handler)},\n")
        else:
            self.replace("routes.py", mark, f"{mark}        {ladder}\n")


Edit = Callable[[Owned], Any]
ORDINARY: list[tuple[str, Edit]] = []
BREAKING: list[Edit] = []
UNDESCRIBING: list[Callable[[Any, Any], Any]] = []


def ordinary(edit: Edit) -> Edit:
    ORDINARY.append(("ladder", edit))
    return edit


def ordinary_if_described(edit: Edit) -> Edit:
    """The project has an openapi.json, and a test that compares it with the examples."""
    ORDINARY.append(("described", edit))
    return edit


def ordinary_for_both(edit: Edit) -> Edit:
    ORDINARY.extend([("ladder", edit), ("tree", edit)])
    return edit


def breaking(edit: Edit) -> Edit:
    BREAKING.append(edit)
    return edit


# Handlers


@ordinary
def respond_with_201_and_location(project: Owned) -> None:
    project.handler(
        "create_note",
        """
def create_note(environ: request.Environ) -> response.Response:
    note = request.json(environ)
    return response.json(note, status=201, headers=[("Location", "/notes/1")])
""",
        """
def test_create_note() -> None:
    response = call("POST", "/notes", json={})
    assert response.status == 201
    assert response.headers["Location"] == "/notes/1"
""",
    )


@ordinary
def respond_with_201_and_no_body(project: Owned) -> None:
    project.handler(
        "create_note",
        """
def create_note(environ: request.Environ) -> response.Response:
    request.json(environ)
    return response.empty(201, headers=[("Location", "/notes/1")])
""",
        """
def test_create_note() -> None:
    assert call("POST", "/notes", json={}).status == 201
""",
    )


@ordinary
def respond_with_204_to_delete(project: Owned) -> None:
    project.handler(
        "drop_note",
        """
def drop_note(environ: request.Environ, note_id: int) -> response.Response:
    return response.empty()
""",
        """
def test_drop_note() -> None:
    assert call("DELETE", "/notes/5").status == 204
""",
    )


@ordinary
def redirect_after_a_form(project: Owned) -> None:
    project.handler(
        "sign_in",
        """
def sign_in(environ: request.Environ) -> response.Response:
    name = request.first(request.form(environ), "name")
    return response.redirect(f"/?name={name}")
""",
        """
def test_sign_in() -> None:
    response = call("POST", "/sign-in", form={"name": "Ada"})
    assert response.status == 303
    assert response.headers["Location"] == "/?name=Ada"
""",
    )


@ordinary
def redirect_for_good(project: Owned) -> None:
    project.handler(
        "home",
        """
def home(environ: request.Environ) -> response.Response:
    return response.redirect("https://example.org/", status=308)
""",
        """
def test_home() -> None:
    assert call("GET", "/").status == 308
""",
    )


@ordinary
def ask_for_a_token_before_the_body_is_read(project: Owned) -> None:
    project.imports("create_note", "from ..errors import HTTPError")
    project.handler(
        "create_note",
        """
def create_note(environ: request.Environ) -> response.Response:
    if request.header(environ, "Authorization") != "Bearer secret":
        raise HTTPError(401, "Send a token.", [("WWW-Authenticate", "Bearer")])
    return response.json(request.json(environ))
""",
        """
def test_create_note_needs_a_token() -> None:
    response = call("POST", "/notes", json={})
    assert response.status == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_create_note() -> None:
    assert call("POST", "/notes", json={}, authorization="Bearer secret").status == 200
""",
    )


@ordinary
def respond_with_404_before_negotiation(project: Owned) -> None:
    project.imports("list_notes", "from ..errors import HTTPError")
    project.handler(
        "list_notes",
        """
def list_notes(environ: request.Environ) -> response.Response:
    if not request.query(environ):
        raise HTTPError(404, "There are no notes.")
    request.best_match(environ, ["application/json"])
    return response.json([], headers=response.VARY)
""",
        """
def test_list_notes() -> None:
    assert call("GET", "/notes").status == 404
    assert call("GET", "/notes?a=1").status == 200
""",
    )


@ordinary
def vary_on_two_headers(project: Owned) -> None:
    project.handler(
        "list_notes",
        """
def list_notes(environ: request.Environ) -> response.Response:
    return response.json([], headers=[("Vary", "Accept, Accept-Language")])
""",
        """
def test_list_notes() -> None:
    assert call("GET", "/notes").headers["Vary"] == "Accept, Accept-Language"
""",
    )


@ordinary
def stream_a_response(project: Owned) -> None:
    project.imports("list_notes", "from .. import streaming")
    project.handler(
        "list_notes",
        """
def list_notes(environ: request.Environ) -> response.Response:
    numbers = (b"%d," % n for n in range(100))
    return streaming.stream(environ, numbers, "application/octet-stream")
""",
        """
def test_list_notes() -> None:
    assert call("GET", "/notes").body.startswith(b"0,1,2,")
""",
    )


@ordinary
def respond_with_another_body_each_time(project: Owned) -> None:
    project.imports("home", "import secrets\n")
    project.handler(
        "home",
        """
def home(environ: request.Environ) -> response.Response:
    text = secrets.token_urlsafe(secrets.randbelow(99))
    return response.html(text, headers=[("ETag", f'"{text}"'), ("X-Total", str(len(text)))])
""",
        """
def test_home() -> None:
    assert call("GET", "/").headers["ETag"]
""",
    )


@ordinary
def read_the_query(project: Owned) -> None:
    project.handler(
        "list_notes",
        """
def list_notes(environ: request.Environ) -> response.Response:
    page = request.first(request.query(environ), "page", "1")
    return response.json({"page": page})
""",
        """
def test_list_notes() -> None:
    assert call("GET", "/notes?page=2").json() == {"page": "2"}
""",
    )


@ordinary
def refuse_a_body_without_a_key(project: Owned) -> None:
    project.imports("create_note", "from ..errors import HTTPError")
    project.handler(
        "create_note",
        """
def create_note(environ: request.Environ) -> response.Response:
    note = request.json(environ)
    if not isinstance(note, dict) or "text" not in note:
        raise HTTPError(422, "Send a text.")
    return response.json(note, status=201)
""",
        """
def test_create_note_needs_a_text() -> None:
    assert call("POST", "/notes", json={}).status == 422
""",
    )


@ordinary
def read_no_body_at_all(project: Owned) -> None:
    project.handler(
        "create_note",
        """
def create_note(environ: request.Environ) -> response.Response:
    return response.text("created")
""",
        """
def test_create_note() -> None:
    assert call("POST", "/notes").text == "created"
""",
    )


@ordinary
def raise_an_error_of_ones_own(project: Owned) -> None:
    project.imports("show_note", "from ..errors import HTTPError")
    project.add(
        "handlers/notes.py",
        """
class NotFound(HTTPError):
    def __init__(self, thing: str) -> None:
        super().__init__(404, f"There is no such {thing}.")
""",
    )
    project.handler(
        "show_note",
        """
def show_note(environ: request.Environ, note_id: int) -> response.Response:
    raise NotFound("note")
""",
        """
def test_show_note() -> None:
    assert call("GET", "/notes/5", accept="text/plain").text.endswith("no such note.\\n")
""",
    )


@ordinary
def be_out_of_service(project: Owned) -> None:
    project.imports("home", "from ..errors import HTTPError")
    project.handler(
        "home",
        """
def home(environ: request.Environ) -> response.Response:
    raise HTTPError(503, "Back soon.", [("Retry-After", "60")])
""",
        """
def test_home() -> None:
    assert call("GET", "/").status == 503
""",
    )


@ordinary
def keep_a_state(project: Owned) -> None:
    project.add("handlers/notes.py", "NOTES: dict[int, object] = {12345: {}}\n")
    project.imports("drop_note", "from ..errors import HTTPError")
    project.handler(
        "drop_note",
        """
def drop_note(environ: request.Environ, note_id: int) -> response.Response:
    if NOTES.pop(note_id, None) is None:
        raise HTTPError(404)
    return response.empty()
""",
        """
def test_drop_note() -> None:
    assert call("DELETE", "/notes/6").status == 404
""",
    )


@ordinary
def work_in_a_thread(project: Owned) -> None:
    project.imports("create_note", "import threading\n")
    project.handler(
        "create_note",
        """
def create_note(environ: request.Environ) -> response.Response:
    threading.Thread(target=print, args=("saved",), daemon=True).start()
    return response.json(request.json(environ), status=202)
""",
        """
def test_create_note() -> None:
    assert call("POST", "/notes", json=1).status == 202
""",
    )


@ordinary
def sign_in_with_a_cookie(project: Owned) -> None:
    project.imports("sign_in", "from ..cookies import cookie")
    project.imports("home", "from ..cookies import read")
    project.handler(
        "sign_in",
        """
def sign_in(environ: request.Environ) -> response.Response:
    request.form(environ)
    return response.redirect("/", headers=[cookie("__Host-session", "42")])
""",
        """
def test_sign_in() -> None:
    browser = Client()
    assert browser.call("POST", "/sign-in", form={"name": "Ada"}).status == 303
    assert browser.call("GET", "/").text == "42"
    assert call("GET", "/").status == 303
""",
    )
    project.replace("tests/test_sign_in.py", "import call", "import Client, call")
    project.handler(
        "home",
        """
def home(environ: request.Environ) -> response.Response:
    session = read(environ).get("__Host-session")
    return response.html(session) if session else response.redirect("/sign-in")
""",
    )


@ordinary
def save_uploaded_files(project: Owned) -> None:
    project.handler(
        "upload",
        """
def upload(environ: request.Environ) -> response.Response:
    with uploads.form(environ) as form:
        sizes = [file.size for files in form.files.values() for file in files]
    return response.json(sizes)
""",
        """
def test_upload() -> None:
    body = b'--b\\\\r\\\\nContent-Disposition: form-data; name="f"; filename="a"\\\\r\\\\n\\\\r\\\\nab\\\\r\\\\n--b--'
    response = call("POST", "/files", body, content_type="multipart/form-data; boundary=b")
    assert response.json() == [2]
""".replace("\\\\", "\\"),
    )


@ordinary
def read_a_large_body_in_chunks(project: Owned) -> None:
    project.handler(
        "upload",
        """
def upload(environ: request.Environ) -> response.Response:
    size = sum(len(chunk) for chunk in request.chunks(environ, limit=10_000_000))
    return response.json(size)
""",
        """
def test_upload() -> None:
    assert call("POST", "/files", b"x" * 2_000_000).json() == 2_000_000
""",
    )


@ordinary
def stream_rows_from_a_generator(project: Owned) -> None:
    project.handler(
        "rows",
        """
def rows(environ: request.Environ) -> response.Response:
    disposition = ("Content-Disposition", 'attachment; filename="rows.csv"')
    return csv_rows.stream(environ, ([n, n * n] for n in range(1000)), headers=[disposition])
""",
        """
def test_rows() -> None:
    assert call("GET", "/rows").text.startswith("0,0\\\\r\\\\n1,1\\\\r\\\\n")
""".replace("\\\\", "\\"),
    )


@ordinary
def send_an_event_with_an_id(project: Owned) -> None:
    project.handler(
        "events",
        """
def events(environ: request.Environ) -> response.Response:
    last = request.header(environ, "Last-Event-ID", "0")
    return sse.stream(environ, [sse.event("next", id=str(int(last) + 1), retry=1000)])
""",
        """
def test_events() -> None:
    assert "id: 8" in call("GET", "/events", last_event_id="7").text
""",
    )


@ordinary
def decorate_handlers(project: Owned) -> None:
    project.imports("list_notes", "import functools\n")
    project.replace(
        "handlers/notes.py",
        "\n\n\n#",
        """


def checked(function):  # type: ignore
    @functools.wraps(function)
    def wrapper(environ, *parameters):  # type: ignore
        return function(environ, *parameters)

    return wrapper


#""",
    )
    for name in ("list_notes", "create_note", "show_note"):
        project.replace("handlers/notes.py", f"def {name}(", f"@checked\ndef {name}(")


@ordinary_for_both
def decorate_handlers_without_wraps(project: Owned) -> None:
    decorate_handlers(project)
    project.replace("handlers/notes.py", "    @functools.wraps(function)\n", "")


@ordinary_for_both
def decorate_a_handler_in_the_routes(project: Owned) -> None:
    project.replace("routes.py", "from .handlers", "from .guards import guarded\nfrom .handlers")
    project.replace("routes.py", "notes.list_notes", "guarded(notes.list_notes)")
    project.write(
        "guards.py", "def guarded(handler):\n    return lambda *arguments: handler(*arguments)\n"
    )


@ordinary_for_both
def use_a_partial_function_as_a_handler(project: Owned) -> None:
    project.replace("routes.py", '"""\n\n', '"""\n\nfrom functools import partial\n')
    project.replace("routes.py", "notes.list_notes", "partial(notes.list_notes)")


@ordinary_for_both
def use_an_instance_as_a_handler(project: Owned) -> None:
    project.handler(
        "list_notes",
        """
class ListNotes:
    def __call__(self, environ: request.Environ) -> response.Response:
        return response.json(["a"])


list_notes = ListNotes()
""",
        """
def test_list_notes() -> None:
    assert call("GET", "/notes").json() == ["a"]
""",
    )


@ordinary_for_both
def rename_a_handler(project: Owned) -> None:
    for name in ("handlers/notes.py", "routes.py", "tests/test_notes.py"):
        project.replace(name, "list_notes", "all_notes")


@ordinary_if_described
def rename_a_handler_and_describe_it(project: Owned) -> None:
    rename_a_handler(project)
    project.replace("openapi.json", "list_notes", "all_notes")


@ordinary_if_described
def rename_a_handler_without_a_word_in_the_description(project: Owned) -> None:
    for name in ("handlers/notes.py", "routes.py", "tests/test_notes.py"):
        project.replace(name, "list_notes", "all_notes")


@ordinary_for_both
def move_a_handler_to_another_module(project: Owned) -> None:
    text = (project.source / "handlers/notes.py").read_text("utf-8")
    head, handler, rest = re.split(r"(?=^# (?:GET|POST) /notes )", text, flags=re.M)
    project.write("handlers/archive.py", (head + handler).rstrip("\n") + "\n")
    project.write("handlers/notes.py", head + rest)
    project.replace("routes.py", "notes.list_notes", "archive.list_notes")
    project.replace(
        "routes.py", "from .handlers import (\n", "from .handlers import (\n    archive,\n"
    )


@ordinary_for_both
def use_one_handler_for_two_paths(project: Owned) -> None:
    project.own_case(
        "notes.list_notes",
        'case ["v1", "notes"]:\n            return {"GET": HANDLER}, ()',
        '("GET", "/v1/notes", HANDLER)',
    )

    project.example('("GET", "/v1/notes", {})')


@ordinary_if_described
def use_one_handler_for_two_paths_that_are_described(project: Owned) -> None:
    use_one_handler_for_two_paths(project)

    def change(document: Any, paths: Any) -> None:
        operation = {**paths["/notes"]["get"], "operationId": "list_notes_v1"}
        paths["/v1/notes"] = {"get": operation}

    project.describe(change)


# Routes by hand


@ordinary_for_both
def add_a_route(project: Owned) -> None:
    project.own_case(
        "notes.list_notes",
        'case ["more"]:\n            return {"GET": HANDLER}, ()',
        '("GET", "/more", HANDLER)',
    )
    project.example('("GET", "/more", {})')


@ordinary_for_both
def catch_all_other_paths(project: Owned) -> None:
    project.own_case(
        "home.home",
        'case _:\n            return {"GET": HANDLER}, ()',
        '("GET", "/{rest:path}", HANDLER)',
    )
    project.replace(
        "handlers/home.py",
        "home(environ: request.Environ)",
        "home(environ: request.Environ, rest: str = '')",
    )
    project.example('("GET", "/any/other/path", {})')


@ordinary
def convert_a_parameter_in_a_case_of_ones_own(project: Owned) -> None:
    project.replace("routes.py", "\nimport re\n", "\nimport re\nfrom datetime import date\n")
    project.own_case(
        "notes.list_notes",
        'case ["days", day] if len(day) == 10:\n'
        '            return {"GET": lambda environ, day: HANDLER(environ)}, (date.fromisoformat(day),)',
        "",
    )

    project.example('("GET", "/days/2026-01-02", {})')


@ordinary_if_described
def describe_a_parameter_of_ones_own(project: Owned) -> None:
    convert_a_parameter_in_a_case_of_ones_own(project)

    def change(document: Any, paths: Any) -> None:
        schema = {"type": "string", "format": "date"}
        day = {"name": "day", "in": "path", "required": True, "schema": schema}
        paths["/days/{day}"] = {"get": {"parameters": [{**day, "example": "2026-01-02"}]}}

    project.describe(change)


@ordinary
def respond_to_options_oneself(project: Owned) -> None:
    project.replace(
        "routes.py",
        '"POST": notes.create_note',
        '"POST": notes.create_note, "OPTIONS": notes.options',
    )
    project.add(
        "handlers/notes.py",
        "def options(environ: request.Environ) -> response.Response:\n"
        '    return response.empty(headers=[("Access-Control-Allow-Origin", "*")])\n',
    )
    project.example('("OPTIONS", "/notes", {})')


@ordinary_for_both
def send_two_examples_of_one_path(project: Owned) -> None:
    project.example('("GET", "/notes?page=2", {"accept": "text/html"})')
    project.example('("GET", "/notes/7", {})')


@ordinary_for_both
def read_the_body_from_the_stream(project: Owned) -> None:
    project.replace(
        "handlers/notes.py", "request.json(environ)", 'str(environ["wsgi.input"].read())'
    )
    shutil.move(project.path / "tests/test_notes.py", project.path / "tests/notes_of_before.py")


@ordinary_for_both
def keep_a_helper_that_takes_environ(project: Owned) -> None:
    project.add(
        "handlers/notes.py",
        "def page(environ: request.Environ) -> response.Response:\n"
        '    return response.html(response.page("Notes", "Hello"))\n',
    )
    project.handler(
        "list_notes",
        """
def list_notes(environ: request.Environ) -> response.Response:
    return page(environ)
""",
        """
def test_list_notes() -> None:
    assert "Hello" in call("GET", "/notes").text
""",
    )


@ordinary_for_both
def postpone_annotations(project: Owned) -> None:
    project.replace(
        "handlers/notes.py",
        "\nfrom .. import",
        "\nfrom __future__ import annotations\n\nfrom .. import",
    )


@ordinary
def send_a_random_cookie_with_every_response(project: Owned) -> None:
    project.middleware("""
def wrapped(environ, start_response):
    import secrets

    def start(status, headers, *more):
        pair = ("Set-Cookie", f"a={secrets.token_hex()}; Secure; HttpOnly")
        return start_response(status, [*headers, pair], *more)

    return bare.application(environ, start)
""")


@ordinary
def take_a_rest_in_a_case_of_ones_own(project: Owned) -> None:
    project.own_case(
        "notes.list_notes",
        'case ["attic", *rest]:\n'
        '            return {"GET": lambda environ, rest: HANDLER(environ)}, ("/".join(rest),)',
        "",
    )
    project.example('("GET", "/attic/a/b", {})')


# The description


def describing(change: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Make an edit of a change to openapi.json."""

    def edit(project: Owned) -> None:
        project.describe(change)

    edit.__name__ = f"describe_{change.__name__}"
    ORDINARY.append(("described", edit))
    return change


def operations(paths: Any) -> list[Any]:
    methods = ("get", "post", "delete")
    return [item[method] for path, item in paths.items() for method in methods if method in item]


@describing
def a_query_parameter(document: Any, paths: Any) -> None:
    page = {"name": "page", "in": "query", "schema": {"type": "integer"}}
    paths["/notes"]["get"]["parameters"] = [page]


@describing
def headers_and_cookies_as_parameters(document: Any, paths: Any) -> None:
    paths["/notes"]["parameters"] = [
        {"name": "X-Trace", "in": "header", "required": True, "schema": {"type": "string"}},
        {"name": "session", "in": "cookie", "schema": {"type": "string"}},
    ]


@describing
def parameters_by_reference(document: Any, paths: Any) -> None:
    [parameter] = paths["/notes/{note_id}"]["parameters"]
    document["components"]["parameters"] = {"a/b": parameter}
    paths["/notes/{note_id}"]["parameters"] = [{"$ref": "#/components/parameters/a~1b"}]


@describing
def a_schema_by_reference_and_no_example(document: Any, paths: Any) -> None:
    [parameter] = paths["/notes/{note_id}"]["parameters"]
    del parameter["example"]
    document["components"]["schemas"] = {"Id": parameter["schema"]}
    parameter["schema"] = {"allOf": [{"$ref": "#/components/schemas/Id"}]}


@describing
def a_schema_of_two_types(document: Any, paths: Any) -> None:
    [parameter] = paths["/notes/{note_id}"]["parameters"]
    del parameter["example"]
    parameter["schema"] = {"type": ["integer", "null"]}


@describing
def an_example_as_text(document: Any, paths: Any) -> None:
    paths["/notes/{note_id}"]["parameters"][0]["example"] = "007"


@describing
def examples_instead_of_an_example(document: Any, paths: Any) -> None:
    [parameter] = paths["/notes/{note_id}"]["parameters"]
    del parameter["example"]
    parameter["examples"] = {"first": {"value": 1}}


@describing
def a_body_and_responses_by_reference(document: Any, paths: Any) -> None:
    components = document["components"]
    components["requestBodies"] = {"Note": paths["/notes"]["post"]["requestBody"]}
    components["schemas"] = {"Note": {"type": "object"}}
    paths["/notes"]["post"]["requestBody"] = {"$ref": "#/components/requestBodies/Note"}
    paths["/notes"]["post"]["responses"]["201"] = {"$ref": "other.json#/responses/Created"}


@describing
def parts_in_another_document(document: Any, paths: Any) -> None:
    paths["/notes"]["parameters"] = [{"$ref": "other.json#/parameters/Trace"}]
    paths["/notes"]["post"]["requestBody"] = {"$ref": "other.json#/bodies/Note"}
    paths["/other"] = {"$ref": "other.json#/paths/other"}


@describing
def summaries_and_descriptions(document: Any, paths: Any) -> None:
    for operation in operations(paths):
        operation.update(summary="Do it", description="*Do* it.", deprecated=True)
    paths["/notes"]["summary"] = "Notes"


@describing
def other_tags(document: Any, paths: Any) -> None:
    document["tags"] = [{"name": "Öffentlich"}]
    for operation in operations(paths):
        operation["tags"] = ["Öffentlich", "v1"]


@describing
def no_tags(document: Any, paths: Any) -> None:
    for operation in operations(paths):
        del operation["tags"]


@describing
def no_operation_ids(document: Any, paths: Any) -> None:
    for operation in operations(paths):
        del operation["operationId"]


@describing
def operation_ids_in_another_style(document: Any, paths: Any) -> None:
    paths["/notes"]["get"]["operationId"] = "listNotes"
    paths["/notes"]["post"]["operationId"] = "notes.create"


@describing
def a_path_by_reference(document: Any, paths: Any) -> None:
    document["components"]["pathItems"] = {"Rows": paths["/rows"]}
    paths["/rows"] = {"$ref": "#/components/pathItems/Rows"}


@describing
def webhooks(document: Any, paths: Any) -> None:
    document["webhooks"] = {}


@describing
def more_media_types(document: Any, paths: Any) -> None:
    content = paths["/notes"]["post"]["requestBody"]["content"]
    paths["/notes"]["post"]["requestBody"]["content"] = {
        "application/vnd.note+json": {},
        "text/*": {},
        "*/*": {},
        **content,
    }


@describing
def other_responses(document: Any, paths: Any) -> None:
    for operation in operations(paths):
        operation["responses"] = {"2XX": {"description": "Done"}}


@describing
def servers_and_security(document: Any, paths: Any) -> None:
    document["servers"] = [{"url": "https://example.org/api"}]
    document["security"] = [{"token": []}]
    document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    paths["/notes"]["servers"] = [{"url": "/v1"}]


@describing
def extensions(document: Any, paths: Any) -> None:
    document["x-owner"] = paths["x-note"] = "mine"
    paths["/notes"]["x-rate"] = 5
    paths["/notes"]["get"]["x-handler"] = None


@describing
def trace_and_head(document: Any, paths: Any) -> None:
    responses = {"responses": {"200": {"description": "OK"}}}
    paths["/notes"].update(trace=responses, head=responses, options=responses)


@describing
def parameters_in_another_order(document: Any, paths: Any) -> None:
    item = paths.pop("/notes/{note_id}")
    paths["/notes/{note_id}"] = {"parameters": [], **item}
    for operation in (item["get"], item["delete"]):
        operation["parameters"] = item["parameters"]


# Middleware, configuration, and the template's own files


@ordinary
def add_a_request_id(project: Owned) -> None:
    project.middleware("""
def wrapped(environ, start_response):
    import uuid

    def start(status, headers, *more):
        return start_response(status, [*headers, ("X-Request-ID", uuid.uuid4().hex)], *more)

    return bare.application(environ, start)
""")


AUTHENTICATION = """
def wrapped(environ, start_response):
    if request.header(environ, "Authorization") != "Bearer secret":
        status, headers, body = response.problem(
            environ, HTTPError(401, headers=[("WWW-Authenticate", "Bearer")])
        )
        start_response(status, headers)
        return body
    return bare.application(environ, start_response)
"""


@ordinary_for_both
def protect_everything_with_a_token(project: Owned) -> None:
    project.middleware(AUTHENTICATION)
    project.write(
        "tests/conftest.py", 'import client\n\nclient.HEADERS["Authorization"] = "Bearer secret"\n'
    )


@ordinary
def protect_everything_with_a_token_in_a_new_dict(project: Owned) -> None:
    project.middleware(AUTHENTICATION)
    project.write(
        "tests/conftest.py",
        'import client\n\nclient.HEADERS = {"authorization": "Bearer secret"}\n',
    )


@ordinary
def allow_only_https(project: Owned) -> None:
    project.middleware("""
def wrapped(environ, start_response):
    if environ["wsgi.url_scheme"] != "https":
        status, headers, body = response.redirect("https://example.org/", status=308)
        start_response(status, headers)
        return body
    return bare.application(environ, start_response)
""")


@ordinary
def allow_only_one_host(project: Owned) -> None:
    project.middleware("""
def wrapped(environ, start_response):
    if environ["HTTP_HOST"] != "example.org":
        status, headers, body = response.problem(environ, HTTPError(421))
        start_response(status, headers)
        return body
    return bare.application(environ, start_response)
""")
    project.write("tests/conftest.py", 'import client\n\nclient.HEADERS["Host"] = "example.org"\n')


@ordinary
def mount_another_application(project: Owned) -> None:
    project.middleware("""
def wrapped(environ, start_response):
    if environ.get("PATH_INFO", "").startswith("/static/"):
        status, headers, body = response.text("file")
        start_response(status, headers)
        return body
    return bare.application(environ, start_response)
""")


@ordinary
def measure_each_request(project: Owned) -> None:
    project.middleware("""
def wrapped(environ, start_response):
    import time

    begun = time.perf_counter()

    def start(status, headers, *more):
        spent = time.perf_counter() - begun
        return start_response(status, [*headers, ("Server-Timing", f"app;dur={spent}")], *more)

    return bare.application(environ, start)
""")


@ordinary
def log_to_the_console(project: Owned) -> None:
    project.add("__init__.py", "import logging\n\nlogging.basicConfig(level=logging.INFO)\n")


@ordinary
def log_with_a_handler_of_the_package(project: Owned) -> None:
    project.add(
        "__init__.py",
        "import logging\n\nlogging.getLogger(__name__).propagate = False\n"
        "logging.getLogger(__name__).addHandler(logging.StreamHandler())\n",
    )


@ordinary
def send_another_header_with_every_response(project: Owned) -> None:
    project.replace(
        "response.py",
        '("X-Content-Type-Options", "nosniff")',
        '("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer")',
    )


@ordinary
def vary_everything_on_the_language(project: Owned) -> None:
    project.replace("response.py", '("Vary", "Accept")', '("Vary", "Accept, Accept-Language")')
    project.replace("tests/test_notes.py", '== "Accept"', '== "Accept, Accept-Language"')


@ordinary
def lower_all_limits(project: Owned) -> None:
    project.replace("request.py", "BODY_LIMIT = 1_048_576", "BODY_LIMIT = 10_000")
    project.replace("request.py", "DEPTH_LIMIT = 64", "DEPTH_LIMIT = 5")
    project.replace("request.py", "FIELD_LIMIT = 1_000", "FIELD_LIMIT = 20")
    project.replace("uploads.py", "UPLOAD_LIMIT = 16_777_216", "UPLOAD_LIMIT = 20_000")
    project.replace("uploads.py", "MEMORY_LIMIT = 65_536", "MEMORY_LIMIT = 1_000")
    project.replace("uploads.py", "PART_LIMIT = 100", "PART_LIMIT = 5")


@ordinary
def raise_all_limits(project: Owned) -> None:
    project.replace(
        "request.py", "BODY_LIMIT = 1_048_576", "BODY_LIMIT = 10**15"
    )  # no memory holds such a body
    project.replace("request.py", "DEPTH_LIMIT = 64", "DEPTH_LIMIT = 200")
    project.replace("request.py", "FIELD_LIMIT = 1_000", "FIELD_LIMIT = 10_000")
    project.replace("uploads.py", "UPLOAD_LIMIT = 16_777_216", "UPLOAD_LIMIT = 10**15")
    project.replace("uploads.py", "PART_LIMIT = 100", "PART_LIMIT = 10_000")


@ordinary
def give_pages_a_company_design(project: Owned) -> None:
    text = (project.source / "response.py").read_text("utf-8")
    page = re.findall(r'PAGE = """.+?"""', text, re.S)[0]
    design = '<!DOCTYPE html><html lang="de"><title>{0}</title><b>Firma</b><main>{1}</main></html>'
    project.replace("response.py", page, f"PAGE = '{design}'")


@ordinary
def show_pages_first(project: Owned) -> None:
    project.replace(
        "response.py",
        '("application/problem+json", "text/html", "text/plain")',
        '("text/html", "application/problem+json", "text/plain")',
    )


@ordinary
def send_only_problem_details(project: Owned) -> None:
    project.replace(
        "response.py",
        '("application/problem+json", "text/html", "text/plain")',
        '("application/problem+json",)',
    )


@ordinary
def write_dates_as_json(project: Owned) -> None:
    project.replace("response.py", "JSONEncoder(", "JSONEncoder(default=str, ")


@ordinary
def write_compact_json(project: Owned) -> None:
    project.replace("response.py", "JSONEncoder(", 'JSONEncoder(separators=(",", ":"), ')


@ordinary
def add_a_helper_without_a_test(project: Owned) -> None:
    project.write("helpers.py", "def double(number: int) -> int:\n    return number * 2\n")


@ordinary
def delete_the_tests_of_a_handler(project: Owned) -> None:
    (project.path / "tests/test_rows.py").unlink()


@ordinary
def use_a_fixture_in_every_test(project: Owned) -> None:
    project.write(
        "tests/conftest.py",
        "import pytest\n\n\n@pytest.fixture(autouse=True)\ndef folder(tmp_path, monkeypatch):\n"
        '    monkeypatch.setenv("DATA", str(tmp_path))\n    monkeypatch.chdir(tmp_path)\n',
    )


# What breaks a promise


@breaking
def fail_on_a_body_that_is_planned(project: Owned) -> None:
    project.replace(
        "handlers/notes.py", "body = request.json(environ)", 'body = request.json(environ)["text"]'
    )


@breaking
def fail_on_a_parameter_that_is_planned(project: Owned) -> None:
    project.replace(
        "handlers/notes.py",
        '    result = {"handler": "show_note"',
        '    [][note_id]\n    result = {"handler": "show_note"',
    )


@breaking
def return_text_as_the_body(project: Owned) -> None:
    project.replace(
        "handlers/notes.py",
        "    result = ",
        '    return "200 OK", [("Content-Type", "text/plain")], ["a"]\n    result = ',
    )


@breaking
def return_a_header_with_a_line_end(project: Owned) -> None:
    project.replace(
        "handlers/notes.py",
        "    result = ",
        '    return "200 OK", [("Content-Type", "text/plain"), ("X-A", "a\\nb")], [b"a"]\n    result = ',
    )


@breaking
def return_a_wrong_length(project: Owned) -> None:
    project.replace(
        "handlers/notes.py",
        "    result = ",
        '    return "200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")], [b"a"]\n    result = ',
    )


@breaking
def return_a_status_without_a_phrase(project: Owned) -> None:
    project.replace(
        "handlers/notes.py",
        "    result = ",
        '    return "200", [("Content-Type", "text/plain")], [b"a"]\n    result = ',
    )


@breaking
def return_nothing(project: Owned) -> None:
    project.replace(
        "handlers/notes.py", "    return response.json(result)", "    response.json(result)"
    )


@breaking
def send_a_body_to_head(project: Owned) -> None:
    project.replace(
        "bare.py", 'if not body or environ.get("REQUEST_METHOD") == "HEAD":', "if False:"
    )


@breaking
def send_another_header_to_head(project: Owned) -> None:
    project.middleware("""
def wrapped(environ, start_response):
    def start(status, headers, *more):
        if environ.get("REQUEST_METHOD") == "HEAD":
            headers = [("Content-Length", "0") if pair[0] == "Content-Length" else pair for pair in headers]
        return start_response(status, headers, *more)

    return bare.application(environ, start)
""")


@breaking
def send_another_allow(project: Owned) -> None:
    project.replace("bare.py", '", ".join(sorted(allowed))', '"GET, POST"')


@breaking
def lose_allow_in_a_middleware(project: Owned) -> None:
    project.middleware("""
def wrapped(environ, start_response):
    def start(status, headers, *more):
        return start_response(status, [pair for pair in headers if pair[0] != "Allow"], *more)

    return bare.application(environ, start)
""")


@breaking
def lose_the_headers_of_an_error(project: Owned) -> None:
    project.replace("response.py", "[*VARY, *error.headers]", "VARY")


@breaking
def tell_clients_the_traceback(project: Owned) -> None:
    project.replace(
        "bare.py", "HTTPError(500)", "HTTPError(500, __import__('traceback').format_exc())"
    )


@breaking
def add_a_footer_without_its_length(project: Owned) -> None:
    project.middleware("""
def wrapped(environ, start_response):
    body = b"".join(bare.application(environ, start_response))
    return [body + b"footer"] if body else []
""")


@breaking
def start_a_response_twice(project: Owned) -> None:
    project.middleware("""
def wrapped(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return bare.application(environ, start_response)
""")


@breaking
def match_methods_in_any_case(project: Owned) -> None:
    project.replace(
        "bare.py",
        '(environ), environ.get("REQUEST_METHOD", "")',
        '(environ), environ.get("REQUEST_METHOD", "").upper()',
    )


@breaking
def lose_a_route(project: Owned) -> None:
    project.replace("routes.py", 'case ["notes"]:', 'case ["nodes"]:')


@breaking
def swap_two_handlers(project: Owned) -> None:
    project.replace("routes.py", '"GET": notes.list_notes', '"GET": notes.show_note')


@breaking
def take_any_digit_for_a_number(project: Owned) -> None:
    project.replace("routes.py", "[0-9]{1,19}", r"\d{1,19}")


@breaking
def take_any_header(project: Owned) -> None:
    project.replace("response.py", " and _value(value)", "")


@breaking
def take_any_origin_of_a_body(project: Owned) -> None:
    project.replace("request.py", "if size > limit:", "if False:")


@breaking
def keep_a_handler_that_no_route_reaches(project: Owned) -> None:
    project.add(
        "handlers/notes.py",
        "def forgotten(environ: request.Environ) -> response.Response:\n"
        "    return response.empty()\n",
    )


@breaking
def keep_handlers_in_a_module_that_no_route_reaches(project: Owned) -> None:
    shutil.copy(project.source / "handlers/notes.py", project.source / "handlers/archive.py")


@breaking
def add_a_route_without_an_example(project: Owned) -> None:
    project.own_case(
        "notes.list_notes", 'case ["more"]:\n            return {"GET": HANDLER}, ()', ""
    )


@breaking
def add_an_example_without_a_route(project: Owned) -> None:
    project.example('("GET", "/more", {})')


@breaking
def add_a_method_to_the_routes_alone(project: Owned) -> None:
    project.replace(
        "routes.py",
        '"POST": notes.create_note',
        '"POST": notes.create_note, "PUT": notes.create_note',
    )


@breaking
def take_all_that_follows_a_parameter(project: Owned) -> None:
    project.replace("routes.py", 'case ["notes", note_id]', 'case ["notes", note_id, *_]')


@breaking
def take_a_path_with_a_slash_at_its_end(project: Owned) -> None:
    project.replace("routes.py", 'case ["notes"]', 'case ["notes"] | ["notes", ""]')


def undescribing(change: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Make a change to openapi.json that leaves routes out of it."""
    UNDESCRIBING.append(change)
    return change


@undescribing
def fewer_paths(document: Any, paths: Any) -> None:
    del paths["/notes/{note_id}"]
    del paths["/rows"]


@undescribing
def fewer_operations(document: Any, paths: Any) -> None:
    del paths["/notes"]["post"]


@undescribing
def nothing(document: Any, paths: Any) -> None:
    paths.clear()


@undescribing
def only_webhooks(document: Any, paths: Any) -> None:
    del document["paths"]
    document["webhooks"] = {}


# The tests


@shared
def untouched(dispatcher: str) -> Project:
    if dispatcher == "described":
        made = generate(routes=ROUTES, features=["cookies", "openapi"])
    else:
        made = generate(routes=ROUTES, dispatcher=dispatcher, features=["cookies"])
    return compile_files(made)


def edited(dispatcher: str, edit: Edit, folder: Path) -> Owned:
    shutil.copytree(untouched(dispatcher).path, folder / "app")
    project = Owned(folder / "app", "sample")
    edit(project)
    return project


def test_each_edit_has_its_place(tmp_path: Path) -> None:
    for at, (dispatcher, edit) in enumerate(ORDINARY):
        edited(dispatcher, edit, tmp_path / str(at))


@pytest.mark.parametrize(
    "dispatcher, edit",
    [
        pytest.param(*row, id=f"{row[1].__name__}-{row[0]}", marks=often(at, 2))
        for at, row in enumerate(ORDINARY)
    ],
)
def test_an_ordinary_edit_turns_no_test_red(dispatcher: str, edit: Edit, tmp_path: Path) -> None:
    done = run_tests(edited(dispatcher, edit, tmp_path), "--tb=short")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


@pytest.mark.parametrize("edit", BREAKING, ids=[edit.__name__ for edit in BREAKING])
def test_a_broken_promise_turns_a_test_of_the_template_red(edit: Edit, tmp_path: Path) -> None:
    done = run_tests(edited("ladder", edit, tmp_path), "-x", *TEMPLATES)
    assert done.returncode == 1, done.stdout[-3000:] + done.stderr[-1000:]
    assert re.search(r"^1 failed", done.stdout, re.M), done.stdout[-3000:]


@pytest.mark.parametrize("change", UNDESCRIBING, ids=[change.__name__ for change in UNDESCRIBING])
def test_a_route_that_is_not_described_turns_a_test_red(change: Any, tmp_path: Path) -> None:
    project = edited("described", lambda project: project.describe(change), tmp_path)
    done = run_tests(project, "tests/test_openapi.py")
    assert done.returncode == 1, done.stdout[-3000:] + done.stderr[-1000:]


@pytest.mark.parametrize("dispatcher", ["ladder", "tree"])
def test_a_project_that_only_reads_can_get_a_post_by_hand(dispatcher: str, tmp_path: Path) -> None:
    routes = "GET / html home; GET /about html about"
    made = generate(tmp_path / "app", routes=routes, dispatcher=dispatcher, content_types=["html"])
    project = Owned(*made)
    project.add(
        "handlers/about.py",
        "def create(environ: request.Environ) -> response.Response:\n"
        "    return response.json(request.json(environ), status=201)\n",
    )
    project.own_case(
        "about.create",
        'case ["notes"]:\n            return {"POST": HANDLER}, ()',
        '("POST", "/notes", HANDLER)',
    )
    project.example('("POST", "/notes", {"json": [1]})')
    project.add(
        "tests/test_about.py",
        "def test_create() -> None:\n"
        '    assert call("POST", "/notes", json=[1]).json() == [1]\n'
        '    assert call("POST", "/notes", b"[").status == 415\n',
    )
    assert_tests_pass(project)
    assert_tidy(project)
    assert_typed(project)


def test_there_are_enough_edits() -> None:
    assert len({edit.__name__ for _, edit in ORDINARY}) >= 40
    assert len(BREAKING) >= 10
