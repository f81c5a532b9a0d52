"""The recipes of docs/recipes: each one followed in a new project, tested there, and run."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests

from harness import recipes
from harness.living import Living
from harness.projects import ROOT, Project, python, run_tests
from harness.recipes import apply, assert_sound, project, served

PASSWORD = "correct horse battery staple"


def test_every_recipe_is_in_the_list() -> None:
    linked = re.findall(r"(?m)^- \[.*?\]\((\w+)\.md\): ", recipes.page("README"))
    pages = {page.stem for page in (ROOT / "docs" / "recipes").glob("*.md")}
    assert sorted(linked) == sorted(pages - {"README"})


# How a page is followed


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("In `a.py`, above `second = 2`:", "first = 1\nnew = 3\nsecond = 2\n"),
        ("Then, in words. In `a.py`, below `first = 1`:", "first = 1\nnew = 3\nsecond = 2\n"),
        ("In `a.py`, instead of `first = 1`:", "new = 3\nsecond = 2\n"),
        ("In `a.py`, instead of `first = 1` and `second = 2`:", "new = 3\n"),
        ("In `a.py`, instead of `other` or `second = 2`:", "first = 1\nnew = 3\n"),
        ("In `a.py`, instead of everything:", "new = 3\n"),
        ("At the end of `a.py`, because it matters:", "first = 1\nsecond = 2\n\nnew = 3\n"),
        ("In `folder/b.py`:", "new = 3\n"),
    ],
)
def test_a_sentence_says_where_the_code_goes(tmp_path: Path, sentence: str, expected: str) -> None:
    (tmp_path / "a.py").write_text("first = 1\nsecond = 2\n")
    recipes.write(Project(tmp_path, "a"), recipes.Step("python", "new = 3\n", sentence))
    assert (tmp_path / ("folder/b.py" if "folder" in sentence else "a.py")).read_text() == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Somewhere:",
        "In `a.py`:",
        "In `b.py`, instead of everything:",
        "In `a.py`, above `third`:",
        "In `a.py`, instead of `first = 1` or `second = 2`:",
    ],
)
def test_code_without_a_place_is_refused(tmp_path: Path, sentence: str) -> None:
    (tmp_path / "a.py").write_text("first = 1\nsecond = 2\n")
    with pytest.raises(AssertionError):
        recipes.write(Project(tmp_path, "a"), recipes.Step("python", "new = 3\n", sentence))


# Static files, templates, a login, files: each builds on the one before


TESTS = {"static": "static", "templates": "home", "login": "account", "files": "files"}


@pytest.fixture(scope="module")
def grown() -> Living:
    """A project to which one recipe after the other was applied: none needs a later one."""
    made = project()
    for name, tests in TESTS.items():
        apply(made, name)
        done = run_tests(made.project, f"tests/test_{tests}.py")
        assert done.returncode == 0, done.stdout[-3000:]
    return made


def test_pages_with_a_login_and_files_are_sound(grown: Living) -> None:
    assert_sound(grown)


class Browser(requests.Session):
    """Sends secure cookies to this machine without https, as browsers do."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = options.pop("headers", {})
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return self.request(
            method, self.url + path, headers=headers, allow_redirects=False, **options
        )

    def token(self, path: str) -> str:
        return re.findall('name="token" value="(.*?)"', self.ask("GET", path).text)[0]


def test_a_user_logs_in_and_a_download_continues(grown: Living, tmp_path: Path) -> None:
    environment = {"USERS": f"{tmp_path}/users.json", "FILES": f"{tmp_path}/files"}
    environment |= {"SECRET_KEY": "0123456789abcdef" * 2, "PYTHONPATH": "src"}
    command = [sys.executable, "-W", "ignore", "-m", "my_app.users", "ada"]
    options: dict[str, Any] = {
        "cwd": grown.path,
        "env": environment,
        "start_new_session": True,
    }  # no terminal
    subprocess.run(command, input=PASSWORD.encode(), check=True, capture_output=True, **options)
    assert (tmp_path / "users.json").stat().st_mode & 0o777 == 0o600
    with served(grown, **environment) as url:
        browser = Browser(url)
        style = browser.ask("GET", "/static/style.css")
        assert style.headers["Cache-Control"] == "max-age=60, public"
        assert "<h1>Hello, &lt;Ada&gt;!</h1>" in browser.ask("GET", "/?name=<Ada>").text

        login = browser.ask("GET", "/files").headers["Location"]
        form = {"token": browser.token(login), "next": "/files", "name": "ada"}
        wrong = browser.ask("POST", "/account/login", data={**form, "password": "wrong"})
        assert wrong.status_code == 403
        assert browser.ask("GET", "/files").headers["Location"] == login
        right = browser.ask("POST", "/account/login", data={**form, "password": PASSWORD})
        assert right.headers["Location"] == "/files"

        content = bytes(range(256)) * 1000
        form, files = {"token": browser.token("/files")}, {"file": ("data.bin", content)}
        assert browser.ask("POST", "/files", files=files).status_code == 403
        assert browser.ask("POST", "/files", files=files, data=form).status_code == 303
        whole = browser.ask("GET", "/files/data.bin")
        assert whole.content == content
        rest = {"Range": "bytes=100000-", "If-Range": whole.headers["ETag"]}
        part = browser.ask("GET", "/files/data.bin", headers=rest)
        assert (part.status_code, part.content) == (206, content[100_000:])

        assert browser.ask("POST", "/account/logout", data=form).status_code == 303
        assert browser.ask("GET", "/files/data.bin").status_code == 303


# A bearer token


def test_a_client_with_a_token_is_let_in() -> None:
    made = project()
    create, *_ = apply(made, "token")
    assert create == "uv run python -m my_app.tokens reports"
    assert_sound(made)
    printed = python(made.project, *create.split()[3:]).stdout
    token, tokens = re.findall(": (.*)\n", printed)
    with served(made, API_TOKENS=tokens) as url:
        response = requests.get(f"{url}/notes")
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == 'Bearer realm="api"'
        headers = {"Authorization": f"Bearer {token}"}
        response = requests.get(f"{url}/notes", headers=headers)
        assert response.json() == {"notes": [], "client": "reports"}
