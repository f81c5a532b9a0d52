"""A project that is served: real HTTP, from the command that its README names."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

import pytest
from projects import Project, generate
from shapes import DEFAULT_ROUTES


@contextmanager
def served(project: Project) -> Iterator[tuple[HTTPConnection, list[str]]]:
    """Start the development server on a free port; a connection to it, and what it shows."""
    command = [sys.executable, "-m", project.package, "--port", "0"]
    with subprocess.Popen(
        command,
        cwd=project.path / "src",
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout
            shown = [process.stdout.readline() for _ in range(1 + ROUTE_COUNT)]
            port = int(shown[0].split("/")[2].partition(":")[2])
            yield HTTPConnection("127.0.0.1", port, timeout=10), shown
        finally:
            process.kill()


ROUTE_COUNT = len(DEFAULT_ROUTES.splitlines())
JSON = {"Content-Type": "application/json"}


def ask(connection: HTTPConnection, method: str, url: str, body: str = "", **headers: str):
    """The status, the type and the body."""
    connection.request(method, url, body or None, headers | (JSON if body else {}))
    answer = connection.getresponse()
    return answer.status, answer.getheader("Content-Type"), answer.read()


@pytest.mark.parametrize("dispatcher", ["ladder", "tree"])
def test_every_default_route_answers(dispatcher: str) -> None:
    with served(generate(dispatcher=dispatcher)) as (connection, shown):
        status, content_type, page = ask(connection, "GET", "/")
        assert (status, content_type) == (200, "text/html; charset=utf-8")
        assert page.startswith(b'<!doctype html>\n<html lang="en">') and b"viewport" in page
        assert ask(connection, "GET", "/notes")[:2] == (200, "application/json")
        posted = json.loads(ask(connection, "POST", "/notes", '{"a": 1}')[2])
        assert posted["content"] == {"a": 1}
        assert json.loads(ask(connection, "GET", "/notes/7")[2])["note_id"] == 7
        html = ask(connection, "GET", "/notes/7", Accept="text/html")
        assert html[1] == "text/html; charset=utf-8"
        assert [ask(connection, "GET", url)[0] for url in ("/none", "/notes/x")] == [404, 404]
        assert ask(connection, "DELETE", "/notes")[0] == 405
        assert ask(connection, "HEAD", "/")[::2] == (200, b"")
    assert [line.split()[:2] for line in shown[1:]] == [
        line.split()[:2] for line in DEFAULT_ROUTES.replace(":int}", "}").splitlines()
    ]
