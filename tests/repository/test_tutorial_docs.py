"""docs/from-the-tutorial.md: each step works as it says, and so do its answers to the quiz."""

import re
import shlex
import sys
from argparse import ArgumentParser
from importlib import import_module
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from wsgiref.handlers import SimpleHandler
from wsgiref.headers import Headers
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from harness.projects import ROOT, generate, python

PAGE = (ROOT / "docs" / "from-the-tutorial.md").read_text("utf-8")
STEPS = re.findall(r"(?ms)^## (\d\. .*?)\n(.*?)(?=^## )", PAGE)
FILE = re.compile(r"(?s)`(\w+\.py)`:\n\n```python\n(.*?)```")
CURL = re.compile(r"(?m)^\$ curl (.*)\n((?:(?!\$ |```).*\n)*)")


def environ_for(method: str, path: str, body: bytes = b"") -> WSGIEnvironment:
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        "wsgi.errors": StringIO(),
    }
    setup_testing_defaults(environ)
    return environ


def curl(application: WSGIApplication, words: list[str]) -> str:
    """Return what curl prints, with the options that the page uses."""
    parser = ArgumentParser(add_help=False)
    for option in ("-d", "-o", "-w", "-X"):
        parser.add_argument(option, default="")
    parser.add_argument("-s", action="store_true")
    parser.add_argument("-I", action="store_true")
    parser.add_argument("url")
    sent = parser.parse_args(words)
    method = sent.X or ("HEAD" if sent.I else "POST" if sent.d else "GET")
    path = re.sub("%(..)", lambda byte: chr(int(byte[1], 16)), sent.url.split(":8000")[1])
    started: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        started[:] = status, Headers(headers)
        return started.append

    body = validator(application)(environ_for(method, path, sent.d.encode()), start_response)
    text = b"".join(body).decode()
    body.close()  # type: ignore[attr-defined]
    status, headers = started
    end = sent.w.replace("\\n", "\n").replace("%{http_code}", status[:3])
    end = re.sub(r"%header\{(.*?)\}", lambda name: headers[name[1]], end)
    return ("" if sent.o else text) + end


@pytest.fixture
def clean() -> Any:
    """Forget the modules of a step, which have the same names in the next one."""
    names = {f.removesuffix(".py") for f, _ in FILE.findall(PAGE)}
    yield
    for name in names:
        sys.modules.pop(name, None)


def test_the_page_has_its_steps() -> None:
    assert [title[:2] for title, _ in STEPS] == ["1.", "2.", "3.", "4.", "5.", "6."]
    assert all(FILE.findall(step) and CURL.findall(step) for _, step in STEPS)


@pytest.mark.parametrize("number", range(len(STEPS)), ids=[title for title, _ in STEPS])
def test_a_step_answers_what_the_page_shows(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clean: None
) -> None:
    for _, step in STEPS[: number + 1]:
        for name, text in FILE.findall(step):
            (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    application = import_module("bare").application
    for words, printed in CURL.findall(STEPS[number][1]):
        assert curl(application, shlex.split(words)) == printed, words


def quiz(environ: WSGIEnvironment, start_response: StartResponse) -> Any:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return "Hello"


def test_wsgiref_sends_a_500_for_a_string() -> None:
    sent, errors = BytesIO(), StringIO()
    SimpleHandler(BytesIO(), sent, errors, environ_for("GET", "/")).run(quiz)
    assert b"500 Internal Server Error" in sent.getvalue()
    assert "AssertionError" in errors.getvalue()


def test_a_project_says_which_handler_returned_a_string() -> None:
    project = generate()
    handler = "def home(environ: object) -> str:\n    return 'Hello'\n"
    (project.source / "handlers" / "home.py").write_text(handler, "utf-8")
    script = """
import sys
sys.path.append("tests")
from client import environ_for, module, run
print(run(module("bare").application, environ_for("GET", "/")).status)
"""
    done = python(project, "-c", script)
    assert done.stdout == "500\n"
    assert "sample.handlers.home.home returned 'Hello': write response.text(" in done.stderr
    assert "write response.text('Hello')" in done.stderr


def test_the_user_agent_is_where_the_page_says() -> None:
    project = generate()
    read = (
        "request.header({}, 'User-Agent'), request.header({'HTTP_USER_AGENT': 'x'}, 'User-Agent')"
    )
    done = python(project, "-c", f"from sample import request; print({read})")
    assert done.stdout == " x\n", done.stderr


@pytest.mark.parametrize("dispatcher", ["ladder", "tree"])
def test_a_project_has_what_the_tables_name(dispatcher: str) -> None:
    project = generate(dispatcher=dispatcher)
    tables = PAGE.partition("## What a project adds")[2].partition("## The tutorial's quiz")[0]
    named = set(re.findall(r"`(\w+\.py)`", tables)) - {"handlers.py"}
    there = {file.name for file in project.source.rglob("*.py")} | {"dispatch.py"}
    assert {"bare.py", "__init__.py", "__main__.py"} <= named <= there
    if dispatcher == "ladder":
        assert 'case ["notes"]:' in project.read("src/sample/routes.py")
    for name in re.findall(r"`response\.(\w+)\(", tables):
        assert f"\ndef {name}(" in project.read("src/sample/response.py")
