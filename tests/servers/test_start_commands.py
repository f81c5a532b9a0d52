"""A project that is served: real HTTP, from the command that its OPERATIONS.md names."""

import json
import re
from http.client import HTTPConnection
from typing import Any

import pytest

from harness.projects import Project, generate, shared
from harness.serving import (
    command,
    free_port,
    listening,
    listens,
    running,
    started,
    until,
    with_version,
)

SERVERS = ["wsgiref", "gunicorn gthread", "uwsgi", "waitress", "granian"]
SHOW = """
import os

from .. import request, response


def show(environ: request.Environ) -> response.Response:
    return response.text(f"{os.getpid()} {environ['wsgi.url_scheme']}")
"""
JSON = {"Content-Type": "application/json"}


def ask(connection: HTTPConnection, method: str, url: str, body: str = "", **headers: str) -> Any:
    """The status, the content type and the body."""
    connection.request(method, url, body or None, headers | (JSON if body else {}))
    response = connection.getresponse()
    return response.status, response.getheader("Content-Type"), response.read()


@pytest.mark.parametrize("dispatcher", ["ladder", "tree"])
def test_every_default_route_responds(dispatcher: str) -> None:
    def make(**answers: Any) -> Any:
        return generate(dispatcher=dispatcher, **answers)

    with running("wsgiref", make) as server:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
        status, content_type, page = ask(connection, "GET", "/")
        assert (status, content_type) == (200, "text/html; charset=utf-8")
        assert page.startswith(b'<!doctype html><html lang="en">') and b"viewport" in page
        assert ask(connection, "GET", "/notes")[:2] == (200, "application/json")
        posted = json.loads(ask(connection, "POST", "/notes", '{"a": 1}')[2])
        assert posted["body"] == {"a": 1}
        assert json.loads(ask(connection, "GET", "/notes/7")[2])["note_id"] == 7
        html = ask(connection, "GET", "/notes/7", Accept="text/html")
        assert html[1] == "text/html; charset=utf-8"
        assert [ask(connection, "GET", url)[0] for url in ("/none", "/notes/x")] == [404, 404]
        assert ask(connection, "DELETE", "/notes")[0] == 405
        assert ask(connection, "HEAD", "/")[::2] == (200, b"")
        first = server.log.read_text().splitlines()[0]
    assert first.startswith(f"http://127.0.0.1:{server.port}/ ")


@shared
def made(server: str) -> Project:
    project = generate(server=server, routes="GET / text show", extras=["dependabot"])
    (project.source / "handlers" / "home.py").write_text(SHOW, "utf-8")
    return project


def shown(port: int, host: str = "127.0.0.1", **headers: str) -> list[str]:
    """The process and the scheme of a request on a connection of its own."""
    connection = HTTPConnection(host, port, timeout=10)
    body = ask(connection, "GET", "/", **headers)[2]
    connection.close()
    return body.decode().split()


@pytest.mark.parametrize("name", SERVERS, ids=with_version)
def test_a_server_takes_address_and_processes_from_the_environment(name: str) -> None:
    with running(name, made, HOST="127.0.0.3", WEB_CONCURRENCY="3") as server:
        assert not listens(server.port)
        processes = 1 if name in ("wsgiref", "waitress") else 3
        seen: set[str] = set()

        def all_seen() -> bool:
            seen.add(shown(server.port, "127.0.0.3")[0])
            return len(seen) >= processes

        assert until(all_seen, 10), seen


@pytest.mark.parametrize("name", SERVERS, ids=with_version)
def test_a_server_listens_on_this_machine_only_and_ignores_what_clients_say(name: str) -> None:
    with running(name, made) as server:
        assert not listens(server.port, "127.0.0.2")
        assert shown(server.port, **{"X-Forwarded-Proto": "https"})[1] == "http"


WRONG_PORTS = [*((name, "99999") for name in SERVERS), ("uwsgi", "http"), ("waitress", "http")]


@pytest.mark.parametrize(
    "name, port", WRONG_PORTS, ids=[f"{with_version(name)}-{port}" for name, port in WRONG_PORTS]
)
def test_a_wrong_port_stops_the_start_with_an_error(name: str, port: str) -> None:
    project = made(name.split()[0] if name != "wsgiref" else "none")
    words, log = command(name, project), project.path / "log"
    with started(words, project.path, log, PORT=port, PYTHONPATH="src") as process:
        assert process.wait(20)
    assert re.search(r"(?i)\bport\b", log.read_text())


def test_the_command_without_a_chosen_server_ignores_what_clients_say() -> None:
    project, port = made("none"), free_port()
    start = "$ uv run --no-dev --with gunicorn "
    [line] = [line for line in project.read("OPERATIONS.md").splitlines() if line.startswith(start)]
    script = f"exec {line.removeprefix(start)} --bind 127.0.0.1:{port}"
    words, log = ["bash", "-c", script], project.path / "log"
    with listening(words, project.path, log, port, PYTHONPATH="src"):
        assert shown(port, **{"X-Forwarded-Proto": "https"})[1] == "http"
