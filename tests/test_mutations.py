"""A project that is broken in one place: its own tests must fail."""

import shutil
from functools import cache
from pathlib import Path

import pytest
from projects import Project, generate, run_tests
from shapes import DEFAULT_ROUTES

APP, REQUEST, RESPONSE = "app.py", "request.py", "response.py"
ROUTES, NOTES = "routes.py", "handlers/notes.py"
LIST = 'return response.json({"handler": "list_notes"})'

# What breaks: the file, what stands there, what comes in its place.
SHARED = {
    "a handler raises": (NOTES, LIST, "raise RuntimeError"),
    "a handler answers in another type": (NOTES, LIST, 'return response.text("list_notes")'),
    "a handler does not read what it is sent": (NOTES, "request.json(environ)", '{"key": "value"}'),
    "a negotiated answer does not say so": (NOTES, "headers=response.VARY", "headers=()"),
    "a handler offers one type alone": (
        NOTES,
        '["application/json", "text/html"]',
        '["text/html"]',
    ),
    "nosniff is missing": (APP, '("X-Content-Type-Options", "nosniff")', '("X-A", "b")'),
    "Allow is not sorted": (APP, "sorted(allowed)", "sorted(allowed, reverse=True)"),
    "Allow forgets HEAD": (APP, '"HEAD" if "GET" in methods else "OPTIONS"', '"OPTIONS"'),
    "404 stands for 405": (APP, "problem(environ, 405", "problem(environ, 404"),
    "an error is of one type": (RESPONSE, 'if media_type == "text/html"', "if status == 0"),
    "404 carries no problem": (APP, "response.problem(environ, 404)", "response.empty(404)"),
    "Content-Length counts one too many": (APP, 'len(b"".join(body))', 'len(b"".join(body)) + 1'),
    "HEAD carries a body": (APP, 'environ.get("REQUEST_METHOD") == "HEAD"', "False"),
    "HEAD is not GET": (
        APP,
        'methods.get("GET" if method == "HEAD" else method)',
        "methods.get(method)",
    ),
    "methods match in any case": (
        APP,
        'environ.get("REQUEST_METHOD", "")',
        'environ.get("REQUEST_METHOD", "").upper()',
    ),
    "an unsent body stays open": (
        APP,
        "close(body)\n        return status, fields",
        "return status, fields",
    ),
    "any field is sent": (APP, "if not _field(", "if not str("),
    "a failure is not logged": (APP, "    log(environ)\n", ""),
    "the body limit is gone": (
        REQUEST,
        "if digits and (left > limit or len(digits) > 19):",
        "if left < 0:",
    ),
    "a body is read past its end": (REQUEST, "min(left, 65_536)", "left + 1"),
    "204 has a length": (APP, '{"204", "304"}', '{"304"}'),
    "a body may be cut short": (REQUEST, "if digits and left:", "if left < 0:"),
    "any media type is read": (
        REQUEST,
        'if media_type not in ("",',
        'if media_type not in (media_type, "",',
    ),
    "NaN is read": (REQUEST, ", parse_constant=_finite", ""),
    "any depth is read": (REQUEST, "DEPTH_LIMIT = 64", "DEPTH_LIMIT = 900"),
    "NaN is written": (RESPONSE, "allow_nan=False", "allow_nan=True"),
    "a charset is missing": (RESPONSE, "text/html; charset=utf-8", "text/html"),
    "a redirect leaves the site": (
        RESPONSE,
        'location.startswith("//")',
        'location.startswith("///")',
    ),
}
ESCAPED = {"text is not escaped": (RESPONSE, "text=escape(text)", "text=text")}
LADDER = {
    "a case is gone": (ROUTES, 'case ["notes"]:', 'case ["nodes"]:'),
    "handlers are swapped": (ROUTES, "notes.list_notes", "notes.create_note"),
    "a method is gone": (ROUTES, ', "POST": notes.create_note', ""),
    "any digit is a number": (ROUTES, "[0-9]{1,19}", r"\d{1,19}"),
    "a guard is gone": (ROUTES, " if is_int(note_id)", ""),
    "a parameter stays a text": (ROUTES, "(int(note_id),)", "(note_id,)"),
}
TREE = {
    "a line is gone": (ROUTES, '    ("GET", "/notes", notes.list_notes),\n', ""),
    "handlers are swapped": (ROUTES, "notes.list_notes", "notes.create_note"),
    "a kind is lost": (ROUTES, "{note_id:int}", "{note_id}"),
    "a literal does not win": (
        "dispatch.py",
        "node.literals.get(segment)",
        'node.literals.get("")',
    ),
}
MUTATIONS = [
    *(("ladder", name, change) for name, change in (SHARED | ESCAPED | LADDER).items()),
    *(("tree", name, change) for name, change in TREE.items()),
]
IDS = [f"{dispatcher}: {name}" for dispatcher, name, _ in MUTATIONS]


@cache
def whole(dispatcher: str) -> Project:
    """The project of the defaults with one route more, which shows a text in HTML."""
    routes = DEFAULT_ROUTES + "GET /hello/{name} html hello"
    return generate(routes=routes, dispatcher=dispatcher)


@pytest.mark.parametrize("dispatcher, name, change", MUTATIONS, ids=IDS)
def test_its_own_tests_fail(
    dispatcher: str, name: str, change: tuple[str, str, str], tmp_path: Path
) -> None:
    file, old, new = change
    project = Project(tmp_path / "app", "sample")
    shutil.copytree(whole(dispatcher).path, project.path)
    source = (project.source / file).read_text("utf-8")
    assert old in source, "the template has changed: break it where this stands now"
    (project.source / file).write_text(source.replace(old, new, 1), "utf-8")
    done = run_tests(project, "-x", "--no-cov")
    assert done.returncode == 1, f"nothing fails where {name}\n{done.stdout[-500:]}"


@pytest.mark.parametrize("dispatcher", ["ladder", "tree"])
def test_they_pass_where_nothing_is_broken(dispatcher: str) -> None:
    assert run_tests(whole(dispatcher), "--no-cov").returncode == 0
