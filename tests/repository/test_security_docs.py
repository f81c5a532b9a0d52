"""docs/security.md: its tests exist, its limits are right, and its code does what it says."""

import re

import pytest

from harness.projects import ROOT, Project, assert_tidy, assert_typed, generate, python

PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
CODE = re.findall(r"(?s)```python\n(.*?)```", PAGE)
ROUTES = "GET /files/{path:path} bytes download; POST /u multipart>html; GET /rows csv"
FILES = ["a.txt", "b/c.txt"]
SECRETS = [
    "../secret",
    "b/../../secret",
    "link",
    "b",
    "",
    ".",
    "missing",
    "x" * 300,
    "a.txt\0",
    "/etc/passwd",
]
TARGETS = {
    "/notes?a=1": "/notes?a=1",
    "//evil.example": "/evil.example",
    "https://evil.example": "/",
    "/\\evil.example": "/%5Cevil.example",
    "javascript:alert(1)": "/",
    "": "/",
}
PROBE = """
import sys
from urllib.parse import urlencode
sys.path[:0] = ["src", "tests"]
from client import environ_for
from sample.errors import HTTPError
from sample.handlers import files

def status(function, *arguments):
    try:
        return int((function(*arguments) or ("200",))[0][:3])
    except HTTPError as error:
        return error.status
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with the code of the page, and with a folder of files."""
    made = generate(routes=ROUTES, features=["cookies"], middleware=["etags"], dispatcher="tree")
    folder = tmp_path_factory.mktemp("served").resolve()
    (folder.parent / "secret").write_text("secret")
    (folder / "b").mkdir()
    for name in FILES:
        (folder / name).write_text(name)
    (folder / "link").symlink_to(folder.parent / "secret")
    text = "\n\n".join(CODE).replace('"/srv/files"', f'"{folder}"')
    (made.source / "handlers" / "files.py").write_text(text, "utf-8")
    return made


def printed(project: Project, expression: str) -> str:
    done = python(project, "-c", f"{PROBE}\nprint({expression})")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_every_test_on_the_page_exists() -> None:
    folders = (ROOT / "tests", ROOT / "template" / "tests")
    files = [file for folder in folders for file in folder.rglob("*.py*") if file.suffix != ".pyc"]
    texts = [file.read_text("utf-8") for file in files]
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 20
    assert named <= set(re.findall(r"(?m)^def (test_\w+)", "\n".join(texts)))


def test_every_limit_on_the_page_is_that_of_the_project(project: Project) -> None:
    rows = re.findall(r"(?m)^\| `(\w+)` \| ([\d_]+) .*\| `(\w+\.py)` \|", PAGE)
    said = {(file, name, value) for name, value, file in rows}
    found = {
        (file.name, *constant)
        for file in project.source.glob("*.py")
        for constant in re.findall(r"(?m)^(\w+_LIMIT) = ([\d_]+)", file.read_text("utf-8"))
    }
    assert said == found


def test_the_code_on_the_page_is_tidy_and_typed(project: Project) -> None:
    assert_tidy(project)
    assert_typed(project)


def test_only_that_file_is_served(project: Project) -> None:
    read = f"[status(files.download, {{}}, name) for name in {[*FILES, *SECRETS]!r}]"
    assert printed(project, read) == str([200] * len(FILES) + [404] * len(SECRETS))


def test_a_redirect_of_the_clients_stays_on_the_site(project: Project) -> None:
    environ = "environ_for('GET', '/?' + urlencode({'next': target}))"
    locations = f"[dict(files.back({environ})[1])['Location'] for target in {list(TARGETS)!r}]"
    assert printed(project, locations) == str(list(TARGETS.values()))


def test_a_form_of_another_site_is_refused(project: Project) -> None:
    check = "status(files.check_origin, environ_for('POST', '/'{}))"
    assert printed(project, check.format("")) == "200"
    assert printed(project, check.format(", origin='https://example.org'")) == "200"
    assert printed(project, check.format(", origin='https://evil.example'")) == "403"


def test_a_formula_is_text_for_a_spreadsheet(project: Project) -> None:
    assert printed(project, "files.cell('=1+1'), files.cell('Ada')") == "'=1+1 Ada"
