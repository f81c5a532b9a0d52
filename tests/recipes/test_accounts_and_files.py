"""The recipes of docs/recipes: each one followed in a new project, tested there, and run."""

import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import requests

from harness import recipes
from harness.living import Living
from harness.projects import ROOT, Project, assert_typed, python, run_tests
from harness.recipes import Step, apply, assert_sound, project, served, write

PASSWORD = "correct horse battery staple"


def test_every_recipe_is_in_the_list() -> None:
    linked = re.findall(r"(?m)^- \[.*?\]\((\w+)\.md\): ", recipes.page("README"))
    pages = {page.stem for page in (ROOT / "docs" / "recipes").glob("*.md")}
    assert sorted(linked) == sorted(pages - {"README"})


def test_the_list_says_about_how_many_lines_each_recipe_has() -> None:
    said = re.findall(r"(?m)^- \[.*?\]\((\w+)\.md\): .* \((\d+)\)$", recipes.page("README"))
    true = {name: recipes.lines(name) for name, _ in said}
    assert [(n, true[n]) for n, count in said if abs(int(count) - true[n]) > 2 + true[n] / 10] == []
    assert len(said) > 10


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


def test_a_handler_is_replaced_with_the_line_above_that_names_its_route(tmp_path: Path) -> None:
    old = "# GET /a -> json\ndef a():\n    pass\n\n\n# PUT /b -> json\ndef b():\n    pass\n"
    new = "# GET /a -> json\ndef a():\n    return 1\n"
    for code in (new, new.partition("\n")[2]):
        (tmp_path / "a.py").write_text(old)
        recipes.write(
            Project(tmp_path, "a"), recipes.Step("python", code, "In `a.py`, instead of `a`:")
        )
        assert (tmp_path / "a.py").read_text() == new + old[old.index("\n\n\n") + 1 :]


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


TESTS = {"static": "static", "templates": "hello", "login": "account", "files": "files"}


@pytest.fixture(scope="module")
def grown() -> Living:
    """A project to which one recipe after the other was applied: none needs a later one."""
    made = project()
    for name, tests in TESTS.items():
        apply(made, name)
        done = run_tests(made.project, f"tests/test_{tests}.py")
        assert done.returncode == 0, done.stdout[-3000:]
    return made


@pytest.mark.long
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


@pytest.mark.long
def test_a_user_logs_in_and_a_download_continues(grown: Living, tmp_path: Path) -> None:
    environment = {"STATE_DIRECTORY": str(tmp_path), "PYTHONPATH": "src"}
    environment |= {"SECRET_KEY": "0123456789abcdef" * 2}
    command = [sys.executable, "-W", "ignore", "-m", "my_app.set_password", "ada"]
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
        assert style.headers["Cache-Control"] == "public, max-age=60"
        assert "<h1>Hello, &lt;Ada&gt;!</h1>" in browser.ask("GET", "/hello?name=<Ada>").text

        login = browser.ask("GET", "/files").headers["Location"]
        form = {"next": "/files", "name": "ada"}
        wrong = browser.ask("POST", "/account/login", data={**form, "password": "wrong"})
        assert wrong.status_code == 403
        assert browser.ask("GET", "/files").headers["Location"] == login
        right = browser.ask("POST", "/account/login", data={**form, "password": PASSWORD})
        assert right.headers["Location"] == "/files"

        content = bytes(range(256)) * 1000
        files = {"file": ("data.bin", content)}
        elsewhere = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
        forged = browser.ask("POST", "/files", files=files, headers=elsewhere)
        assert forged.status_code == 403
        assert browser.ask("POST", "/files", files=files).status_code == 303
        whole = browser.ask("GET", "/files/data.bin")
        assert whole.content == content
        rest = {"Range": "bytes=100000-", "If-Range": whole.headers["ETag"]}
        part = browser.ask("GET", "/files/data.bin", headers=rest)
        assert (part.status_code, part.content) == (206, content[100_000:])

        assert browser.ask("POST", "/account/logout", data={"a": "b"}).status_code == 303
        assert browser.ask("GET", "/files/data.bin").status_code == 303
    del environment["SECRET_KEY"]
    done = python(grown.project, "-c", "import my_app", **environment)
    assert "SECRET_KEY must have at least 32 characters, not 0" in done.stderr


# A bearer token


@pytest.mark.long
def test_a_client_with_a_token_is_let_in() -> None:
    made = project()
    _, create, *_ = apply(made, "token")
    assert create == "uv run --env-file .env python -m my_app.new_token reports"
    assert_sound(made)
    done = python(made.project, *create.split()[5:])
    assert done.stderr == ""
    token, tokens = re.findall(": (.*)\n", done.stdout)
    with served(made, API_TOKENS=tokens) as url:
        response = requests.get(f"{url}/api/me")
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == 'Bearer realm="api"'
        headers = {"Authorization": f"Bearer {token}"}
        response = requests.get(f"{url}/api/me", headers=headers)
        assert response.json() == {"client": "reports"}
    done = python(made.project, "-c", "import my_app", API_TOKENS="reports")
    assert "API_TOKENS has no hash of a token for 'reports'" in done.stderr


@pytest.mark.long
def test_an_added_route_of_the_api_needs_the_token_at_once() -> None:
    made = project("token")
    assert made.update(add="GET /api/secrets json show_secrets") == []
    only = ("tests/test_tokens.py", "-k", "secrets")
    assert "1 passed" in run_tests(made.project, *only).stdout
    made.edit("src/my_app/__init__.py", "application = guarded", "other = guarded")
    assert "1 failed" in run_tests(made.project, *only).stdout


# An API


@pytest.fixture(scope="module")
def with_api() -> Living:
    return project("sqlite", "token", "api")


@pytest.mark.long
def test_an_api_is_sound(with_api: Living) -> None:
    assert_sound(with_api)


@pytest.mark.long
def test_a_client_reads_all_pages_and_changes_what_it_has_seen(
    with_api: Living, tmp_path: Path
) -> None:
    environment = {
        "STATE_DIRECTORY": str(tmp_path),
        "API_TOKENS": f"tests:{sha256(b'secret').hexdigest()}",
    }
    client = requests.Session()
    client.headers["Authorization"] = "Bearer secret"
    with served(with_api, **environment) as url:
        for year in range(1800, 1805):
            book: Any = {"title": f"From {year}", "year": year}
            assert client.post(f"{url}/api/books", json=book).status_code == 201
        found, where = [], f"{url}/api/books?limit=2"
        while where:
            response = client.get(where)
            found += [one["year"] for one in response.json()["books"]]
            where = urljoin(where, response.links["next"]["url"]) if response.links else ""
        assert found == list(range(1800, 1805))
        tag = {"If-Match": client.get(f"{url}/api/books/1").headers["ETag"]}
        assert client.put(f"{url}/api/books/1", json=book, headers=tag).status_code == 200
        assert client.put(f"{url}/api/books/1", json=book, headers=tag).status_code == 412
        wrong = client.post(f"{url}/api/books", json={"title": "Emma"})
        assert wrong.headers["Content-Type"] == "application/problem+json"
        assert [error["pointer"] for error in wrong.json()["errors"]] == ["#/year"]
        assert requests.get(f"{url}/api/books").status_code == 401


@pytest.mark.long
def test_a_page_of_an_api_can_have_conditions(with_api: Living) -> None:
    made = with_api.copy()
    made.edit("src/my_app/handlers/books.py", "WHERE id >", "WHERE year = :year AND id >")
    made.edit("src/my_app/handlers/books.py", "connection(), PAGE", "connection(), PAGE, year=1")
    made.write("tests/test_years.py", YEARS)
    done = run_tests(made.project, "tests/test_years.py")
    assert done.returncode == 0, done.stdout[-3000:]


YEARS = """
from client import call, module


def test_a_page_has_only_the_books_of_a_year() -> None:
    with module("database").transaction() as writer:
        writer.executemany("INSERT INTO book (title, year) VALUES ('', ?)", [[1], [2], [1]])
    response = call("GET", "/api/books?limit=1")
    assert [book["id"] for book in response.json()["books"]] == [1]
    assert response.headers["Link"] == '<?limit=1&after=1>; rel="next"'
    response = call("GET", "/api/books?after=1")
    assert [book["id"] for book in response.json()["books"]] == [3]
"""


@pytest.mark.long
def test_an_api_checks_with_pydantic_as_the_page_shows(with_api: Living) -> None:
    made = with_api.copy()
    read, model = re.findall(
        r"(?s)```text\n(.*?)```", recipes.page("api").partition("## With pydantic")[2]
    )
    write(made.project, Step("python", read, "In `src/my_app/rest.py`, instead of `read`:"))
    handlers = "src/my_app/handlers/books.py"
    made.edit(handlers, "BOOK: Checks = ", "BOOK = ")
    write(made.project, Step("python", model, f"In `{handlers}`, above `list_books`:"))
    made.edit(handlers, "read(environ, BOOK)", "read(environ, Book)")
    made.edit(handlers, "read(environ, BOOK)", "read(environ, Book)")
    done = run_tests(made.project, "tests/test_books.py")
    assert done.returncode == 0, done.stdout[-3000:]
    assert_typed(made.project)
