"""What the README and OPERATIONS.md of a project say is true, for any answers."""

import re
import tomllib
from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from harness.living import Living, Template, commit
from harness.projects import (
    ROOT,
    Project,
    assert_tidy,
    assert_typed,
    generate,
    python,
    run,
    run_tests,
    shared,
)

EVERYTHING: dict[str, Any] = {
    "routes": "GET / html home; POST /files multipart>html upload; DELETE /notes none",
    "dispatcher": "tree",
    "server": "gunicorn",
    "extras": ["github-actions", "docker", "pre-commit", "dependabot"],
    "features": ["cookies"],
    "middleware": ["request_id", "access_log", "security_headers", "cors", "proxy", "gzip"],
    "license": "MIT",
}
ANSWERS: dict[str, dict[str, Any]] = {
    "defaults": {},
    "a table": {"dispatcher": "tree"},
    "no body and no JSON": {"routes": "DELETE /notes none", "server": "waitress"},
    "everything": EVERYTHING,
}
OWNERS = {"conftest.py", "greetings.py", "cookies.py"}
TEST = """\
from client import call


def test_greet() -> None:
    assert call("GET", "/greetings/Ada").text == "Hello, Ada!\\n"
"""
LOCKED = """\
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from . import bare, response
from .errors import HTTPError


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    if environ.get("HTTP_AUTHORIZATION") == "Bearer the-token-for-tests":
        return bare.application(environ, start_response)
    status, headers, body = response.problem(environ, HTTPError(401))
    start_response(status, headers)
    return body


app = application
"""
# Prints how many lines of the package a GET and a POST run through, without handlers and routes.
COUNT = """
import sys
sys.path.append("tests")
from client import environ_for, module, run
def lines_of(environ):
    seen = set()
    def trace(frame, event, argument):
        file = frame.f_code.co_filename
        if "/src/sample/" in file and "/handlers/" not in file and "routes.py" not in file:
            seen.add((file, frame.f_lineno) if event == "line" else None)
        return trace
    sys.settrace(trace)
    run(module("bare").application, environ)
    sys.settrace(None)
    return len(seen - {None})
get = environ_for("GET", "/notes")
post = environ_for("POST", "/notes", b"{}", content_type="application/json")
module("bare")
print(lines_of(get), lines_of(post))
"""
answers = pytest.mark.parametrize("name", ANSWERS)


@shared
def project_of(name: str) -> Project:
    return generate(**ANSWERS[name])


def code(project: Project, before: str) -> str:
    """Return the block of code that follows some words of the README."""
    _, words, rest = project.read("README.md").partition(before)
    assert words, f"the README does not say {before!r}"
    return re.findall(r"(?s)```(?:python|json|)\n(.*?)```", rest)[0]


def write(project: Project, name: str, text: str) -> None:
    (project.path / name).write_text(text, "utf-8")


def replace(project: Project, name: str, old: str, new: str) -> None:
    text = project.read(name)
    assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {name}"
    write(project, name, text.replace(old, new))


def follow(project: Project) -> None:
    """Do what the README says about a route by hand."""
    readme, routes = project.read("README.md"), "src/sample/routes.py"
    greetings = "src/sample/handlers/greetings.py"
    write(project, greetings, code(project, f"`{greetings}`:"))
    [imported] = re.findall(r"`(from \.handlers\.\w+ import \w+)`", readme)
    replace(project, routes, "\n)\n", f"\n)\n{imported}\n")
    case, row = re.findall(r"(?m)^        case .*\n.*\n|^    \(.*\n", code(project, "has a table"))
    shown = row if "ROUTES" in project.read(routes) else case
    [line] = re.findall(r"(?m)^ +# Your own .* go below this line\.\n", project.read(routes))
    replace(project, routes, line, line + shown)
    [example] = re.findall(r"`(\(.*?\),)` to `tests/examples.py`", readme)
    line = "    # Your own examples go below this line.\n"
    replace(project, "tests/examples.py", line, f"{line}    {example}\n")
    write(project, "tests/test_greetings.py", TEST)


@answers
def test_a_route_by_hand_as_the_readme_says_works(name: str) -> None:
    project = generate(**ANSWERS[name])
    follow(project)
    done = run_tests(project, "-vv")
    assert done.returncode == 0, done.stdout[-3000:]
    assert "test_greet PASSED" in done.stdout
    assert "test_an_example_has_a_route[GET-/greetings/Ada" in done.stdout
    assert_tidy(project)
    assert_typed(project)


@pytest.mark.parametrize("dispatcher", ["ladder", "tree"])
def test_a_route_by_hand_conflicts_with_none_that_copier_adds(dispatcher: str) -> None:
    project = Living(Template().path, dispatcher=dispatcher, features=[])
    follow(project.project)
    commit(project.path)
    assert project.update(add="GET /hello text say_hello; GET /about html; GET /zoo html") == []
    done = run_tests(project.project)
    assert done.returncode == 0, done.stdout[-3000:]


def test_the_token_of_the_readme_opens_a_locked_project_to_all_tests() -> None:
    project = generate()
    write(project, "src/sample/__init__.py", LOCKED)
    assert run_tests(project, "tests/test_home.py").returncode == 1
    imported, line = re.findall(r"`(from client [^`]*|HEADERS\[[^`]*)`", project.read("README.md"))
    write(project, "tests/conftest.py", f"{imported}\n\n{line}\n")
    done = run_tests(project)
    assert done.returncode == 0, done.stdout[-3000:]
    assert_tidy(project)
    assert_typed(project)


@pytest.mark.parametrize("name", ["defaults", "everything"])
def test_the_cookie_of_the_readme_is_sent(name: str) -> None:
    project = project_of(name)
    plain, function = re.findall(r"(headers=\[.*\])", project.read("README.md"))
    imports = "from sample import response"
    shown = [plain]
    if name == "everything":
        imports += ", cookies"
        shown.append(function)
    for headers in shown:
        done = python(project, "-c", f"{imports}; print(response.text('', {headers})[1][-1])")
        assert done.stdout.startswith("('Set-Cookie', 'name=Ada; Path=/; "), done.stderr


def test_the_lines_that_the_project_grew_from_are_a_web_application() -> None:
    names: dict[str, Any] = {"__name__": "bare"}
    exec(code(project_of("defaults"), "It grew from"), names)
    application = validator(names["application"])
    environ: dict[str, Any] = {"QUERY_STRING": ""}
    setup_testing_defaults(environ)
    body: Any = application(environ, lambda status, headers, exc_info=None: print)
    assert list(body) == [b"Hello\n"]
    body.close()


@answers
@pytest.mark.parametrize("page", ["README.md", "OPERATIONS.md"])
def test_every_file_on_a_page_is_there(name: str, page: str) -> None:
    project = project_of(name)
    if page in project.files():
        text = project.read(page)
        names = set(re.findall(r"`[\w./]*?([\w.]+\.(?:py|ini|json|yml|md))`", text))
        there = {file.name for file in project.path.rglob("*")} | {"OPERATIONS.md"}
        assert names - OWNERS <= there
        assert names & {"bare.py", "request.py"}


def test_the_commands_in_the_readme_start_the_project() -> None:
    project = project_of("defaults")
    readme = project.read("README.md")
    command = re.findall(r"(?m)^\$ uv run (\S+)$", readme)[0]
    scripts = tomllib.loads(project.read("pyproject.toml"))["project"]["scripts"]
    assert scripts == {command: "sample.__main__:main"}
    assert f"$ .venv/bin/{command}\n" in readme
    [start] = re.findall(r"(?m)^\$ (PYTHONPATH=src python3 -m \w+)$", readme)
    done = run(project.path, "bash", "-c", f"PORT=http {start}")
    assert "PORT=http" in done.stderr


def test_only_the_names_of_a_project_change_its_readme() -> None:
    """It is the owner's file, so no later answer can make it false."""
    readmes = {
        generate(project_name="A", **answers).read("README.md") for answers in ANSWERS.values()
    }
    assert len(readmes) == 1


@pytest.mark.parametrize("name", ["defaults", "a table"])
def test_a_request_runs_through_as_many_lines_as_the_readme_says(name: str) -> None:
    project = project_of(name)
    said = [int(number) for number in re.findall(r"through about (\d+)", project.read("README.md"))]
    done = python(project, "-c", COUNT)
    counted = [int(number) for number in done.stdout.split()]
    assert len(said) == len(counted) == 2, done.stderr
    assert all(0.85 < real / about < 1.15 for real, about in zip(counted, said, strict=True)), (
        counted
    )


def test_the_readme_is_short() -> None:
    assert len(project_of("defaults").read("README.md").splitlines()) <= 95


def test_other_answers_bring_no_operations_page() -> None:
    assert "OPERATIONS.md" not in project_of("defaults").files()
    assert "OPERATIONS.md" not in generate(features=["cookies"], license="MIT").files()


@pytest.mark.parametrize(
    "answers, words",
    [
        ({"server": "granian"}, "--extra granian python serve.py"),
        ({"extras": ["dependabot"]}, "dependabot.yml"),
        ({"middleware": ["gzip"]}, "| `gzip` |"),
        ({"middleware": ["proxy"]}, "| `TRUSTED_PROXIES` |"),
        ({"routes": "POST /files multipart>html upload"}, "UPLOAD_LIMIT"),
    ],
)
def test_some_answers_bring_an_operations_page(answers: dict[str, Any], words: str) -> None:
    assert words in generate(**answers).read("OPERATIONS.md")


def test_the_readme_of_the_template_shows_the_default_project() -> None:
    section = (ROOT / "README.md").read_text("utf-8").split("## What you get")[1].split("\n## ")[0]
    project = generate(package_name="my_app")
    tree, handler, routes = re.findall(r"(?s)```(?:python)?\n(.*?)```", section)
    files = [name for name in re.findall(r"[\w.-]+\.\w+", tree) if "/" not in name]
    there = {file.name for file in project.path.rglob("*")}
    assert {"bare.py", "client.py", ".copier-answers.yml"} <= set(files) <= there
    assert handler in project.read("src/my_app/handlers/notes.py")
    assert routes in project.read("src/my_app/routes.py")
