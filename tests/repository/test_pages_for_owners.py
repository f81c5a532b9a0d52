"""docs/middleware.md and docs/from-flask.md: what they say works in a project."""

import re

import pytest

from harness.projects import (
    ROOT,
    Project,
    assert_tidy,
    assert_typed,
    generate,
    python,
    run_tests,
    shared,
)

MIDDLEWARE = (ROOT / "docs" / "middleware.md").read_text("utf-8")
FLASK = (ROOT / "docs" / "from-flask.md").read_text("utf-8")
HERE = "\n".join(re.findall(r"(?m)^\| .* \| (.*) \|$", FLASK))  # the right column
TEST = """\
from client import call


def test_a_response_has_the_policy() -> None:
    response = call("GET", "/")
    assert response.status == 200
    assert response.headers["Content-Security-Policy"] == "default-src 'self'"


def test_a_request_without_the_token_is_stopped() -> None:
    response = call("GET", "/", authorization="Bearer wrong")
    assert response.status == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert response.headers["Content-Security-Policy"] == "default-src 'self'"
"""


def block(before: str) -> str:
    """Return the code that follows some words of the page about middleware."""
    _, words, rest = MIDDLEWARE.partition(before)
    assert words, f"the page does not say {before!r}"
    return re.findall(r"(?s)```python\n(.*?)```", rest)[0]


def follow(project: Project) -> None:
    (project.source / "middleware").mkdir(exist_ok=True)
    for name in re.findall(r"In `src/sample/middleware/(\w+)\.py`", MIDDLEWARE):
        text = block(f"`src/sample/middleware/{name}.py`")
        (project.source / "middleware" / f"{name}.py").write_text(text, "utf-8")
    init = project.source / "__init__.py"
    text = init.read_text("utf-8")
    imports, wrapped = block("Import the functions"), block("Then wrap").strip()
    text, lines = re.subn(r"(?m)^from \. import bare.*\n", rf"\g<0>{imports}", text)
    assert lines == 1
    line = re.findall(r"Then wrap the application, below the line `(.*?)`:", MIDDLEWARE)[0]
    text, lines = re.subn(f"(?m)^{line}\n", rf"\g<0>{wrapped}\n", text)
    assert lines == 1
    init.write_text(text, "utf-8")
    conftest = block("`tests/conftest.py` adds it")
    (project.path / "tests" / "conftest.py").write_text(conftest, "utf-8")
    (project.path / "tests" / "test_own_middleware.py").write_text(TEST, "utf-8")


@pytest.mark.parametrize("middleware", [[], ["gzip", "security_headers", "cors"]])
def test_middleware_as_the_page_shows_it_works(middleware: list[str]) -> None:
    project = generate(middleware=middleware)
    follow(project)
    done = run_tests(project)
    assert done.returncode == 0, done.stdout[-3000:]
    done = python(project, "-m", "ruff", "check", "--fix", "--no-cache", "src")  # sorts imports
    assert done.returncode == 0, done.stdout
    assert_tidy(project)
    assert_typed(project)


@shared
def everything() -> Project:
    return generate(
        routes="GET / html home; POST /files multipart>html upload",
        features=["cookies", "streaming", "config"],
        middleware=["etags"],
    )


def test_each_function_beside_flasks_is_there() -> None:
    named = re.findall(r"\b(request|response|cookies|streaming|uploads)\.(\w+)\(", HERE)
    assert len(named) > 10
    for module, name in named:
        assert f"\ndef {name}(" in everything().read(f"src/sample/{module}.py"), name
    headers = re.findall(r"`headers=\[(\w+)\(.*`([\w/]+\.py)`", HERE)
    assert [name for name, _ in headers] == ["cookie", "etag"]
    for name, file in headers:
        assert f"\ndef {name}(" in everything().read(f"src/sample/{file}")


def test_each_file_beside_flasks_is_there() -> None:
    named = {name.split("/")[-1] for name in re.findall(r"`([\w/]+\.py)`", HERE)}
    there = {file.name for file in everything().path.rglob("*.py")}
    assert {"bare.py", "routes.py"} <= named
    assert named <= there
