"""What the README of a project says is true, for any answers."""

import re
import shlex
import sys
import tomllib
from functools import cache
from typing import Any

import pytest

from harness.projects import (
    ROOT,
    Project,
    assert_tidy,
    assert_typed,
    generate,
    python,
    run,
    run_tests,
)

UPLOADS = "GET / html home; POST /files multipart>html upload; GET /files/{path:path} bytes show"
ANSWERS: dict[str, dict[str, Any]] = {
    "defaults": {},
    "a table": {"dispatcher": "tree", "server": "gunicorn"},
    "uploads": {
        "routes": UPLOADS,
        "features": ["cookies"],
        "middleware": ["etags"],
        "server": "granian",
    },
    "no body and no JSON": {"routes": "DELETE /notes none", "server": "waitress"},
}
OWNERS = {"NAME.py", "test_NAME.py", "config.py", "conftest.py", "greetings.py", "policy.py"}
TEST = """\
from client import call


def test_greet() -> None:
    response = call("GET", "/greetings/Ada")
    assert response.text == "Hello, Ada!\\n"
    assert response.headers["Content-Security-Policy"] == "default-src 'self'"
"""
LOCKED = """\
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from . import response
from .app import application as bare


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    if environ.get("HTTP_AUTHORIZATION") == "Bearer the-token-for-tests":
        return bare(environ, start_response)
    status, headers, body = response.problem(environ, 401)
    start_response(status, headers)
    return body


app = application
"""
answers = pytest.mark.parametrize("name", ANSWERS)


@cache
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


def follow(project: Project, line: str) -> None:
    """Do what the README says about a route by hand, configuration and a middleware."""
    (project.path / "src/sample/middleware").mkdir(exist_ok=True)
    for module in ("handlers/greetings", "config", "middleware/policy"):
        write(project, f"src/sample/{module}.py", code(project, f"`src/sample/{module}.py`:"))
    routes = "src/sample/routes.py"
    replace(project, routes, "from .handlers import (", "from .handlers import (\n    greetings,")
    replace(project, routes, f"{line}\n", f"{line}\n{code(project, line)}")
    end = '    "x-your-own-paths-above"'
    replace(project, "src/sample/openapi.json", end, code(project, "describe the route") + end)
    init = "src/sample/__init__.py"
    imported, wrapped = code(project, f"Import it in `{init}`").split("\n\n")
    if "instead of" in project.read("README.md"):
        replace(project, init, "application = bare\n", wrapped)
    else:
        replace(project, init, "app = application", f"{wrapped}app = application")
    replace(project, init, "as bare\n", f"as bare\n{imported}\n")
    write(project, "tests/test_greetings.py", TEST)
    ruff = [sys.executable, "-m", "ruff"]  # sorts the imports
    run(project.path, *ruff, "check", "--fix", "--no-cache", "src")


@answers
def test_the_code_in_the_readme_works(name: str) -> None:
    project = generate(**ANSWERS[name])
    tree = ANSWERS[name].get("dispatcher") == "tree"
    follow(project, f"# Your own {'routes' if tree else 'cases'} go below this line.")
    done = run_tests(project, "-vv")
    assert done.returncode == 0, done.stdout[-3000:]
    assert "test_a_path_leads_to_its_handler[GET /greetings/{name}] PASSED" in done.stdout
    assert_tidy(project)
    assert_typed(project)


def test_the_token_of_the_readme_opens_a_locked_project_to_all_tests() -> None:
    project = generate()
    write(project, "src/sample/__init__.py", LOCKED)
    assert run_tests(project, "tests/test_home.py").returncode == 1
    write(project, "tests/conftest.py", code(project, "`tests/conftest.py`:"))
    done = run_tests(project)
    assert done.returncode == 0, done.stdout[-3000:]
    assert_tidy(project)
    assert_typed(project)


@answers
def test_every_file_in_the_readme_is_there(name: str) -> None:
    project = project_of(name)
    names = set(re.findall(r"`[\w./]*?([\w.]+\.(?:py|ini|json|yml))`", project.read("README.md")))
    there = {file.name for file in project.path.rglob("*")}
    assert "app.py" in names
    assert names - OWNERS <= there


@answers
def test_every_function_in_the_readme_is_there(name: str) -> None:
    project = project_of(name)
    used = set(
        re.findall(r"\b(request|response|uploads)\.(\w+)\(environ|", project.read("README.md"))
    )
    used |= set(re.findall(r"return (response)\.(\w+)\(", project.read("README.md")))
    for module, function in used - {("", "")}:
        assert f"\ndef {function}(" in project.read(f"src/sample/{module}.py"), function


@answers
def test_the_command_in_the_readme_starts_the_project(name: str) -> None:
    project = project_of(name)
    command = re.findall(r"(?m)^\$ uv run (\S+)$", project.read("README.md"))[0]
    scripts = tomllib.loads(project.read("pyproject.toml"))["project"]["scripts"]
    assert scripts == {command: "sample.__main__:main"}
    module = re.findall(r"(?m)^\$ .venv/bin/python (-m \S+)$", project.read("README.md"))[0]
    done = python(project, *shlex.split(module), "--help")
    assert done.returncode == 0, done.stderr


def test_the_readme_is_the_same_for_any_routes() -> None:
    routes = "GET /a text; POST /b form>xml; GET /{c:uuid} json,csv; GET /d sse; DELETE /e none"
    assert generate(project_name="A", routes=routes).read("README.md") == (
        generate(project_name="A").read("README.md")
    )


def test_the_readme_of_the_template_shows_the_default_project() -> None:
    section = (ROOT / "README.md").read_text("utf-8").split("## What you get")[1].split("\n## ")[0]
    project = generate(package_name="my_app")
    tree, handler, routes = re.findall(r"(?s)```(?:python)?\n(.*?)```", section)
    files = [name for name in re.findall(r"[\w.-]+\.\w+", tree) if "/" not in name]
    there = {file.name for file in project.path.rglob("*")}
    assert {"app.py", "client.py", ".copier-answers.yml"} <= set(files) <= there
    assert handler in project.read("src/my_app/handlers/notes.py")
    assert routes in project.read("src/my_app/routes.py")
