"""A response arrives although its handler has not read the body, on each server and behind nginx."""

import re
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from http.client import HTTPConnection

import pytest

from harness.nginx import connect, front
from harness.projects import Project, generate
from harness.serving import COMMANDS, CONFIGURED, running, with_version
from harness.wire import ask, request

TIMES = 20
ROUTES = "GET / html home; POST /locked bytes>none locked; POST /json json>json save"
SIZES = [50_000, 900_000, 3_000_000]  # below and above the limit of a body
REFUSALS = {"/locked": 401, "/none": 404, "/": 405, "/json": 415}


@cache
def make(server: str) -> Project:
    project = generate(server=server, routes=ROUTES)
    handler = project.source / "handlers" / "locked.py"
    read = handler.read_text("utf-8")
    handler.write_text(
        "from ..errors import HTTPError\n"
        + re.sub(r"    request\.body\(.*\)\n", "    raise HTTPError(401)\n", read),
        "utf-8",
    )
    return project


def statuses(connection: HTTPConnection, path: str, size: int) -> list[int]:
    """Send the same request again and again; a connection that was reset raises an OSError."""
    found = []
    for _ in range(TIMES):
        with closing(connection):
            connection.request("POST", path, bytes(size), {"Content-Type": "image/png"})
            response = connection.getresponse()
            response.read()
            found.append(response.status)
    return found


@pytest.fixture(scope="module", params=COMMANDS, ids=with_version)
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    with running(request.param, make) as server:
        yield server.port


@pytest.mark.parametrize("path", REFUSALS)
@pytest.mark.parametrize("size", SIZES)
def test_an_early_response_arrives(port: int, path: str, size: int) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    assert statuses(connection, path, size) == [REFUSALS[path]] * TIMES


def test_a_chunked_body_that_cannot_be_read_gets_a_response(port: int) -> None:
    chunked = request("POST", "/none", "Transfer-Encoding: chunked", body=b"1\r\nx\r\n0\r\n\r\n")
    reply = ask(port, chunked)
    assert reply is not None
    assert reply.status in (404, 411)


@pytest.fixture(scope="module", params=["gunicorn gthread", "uwsgi", "waitress", "granian"])
def site(request: pytest.FixtureRequest) -> Iterator[int]:
    """The port of an nginx that takes larger bodies than the project."""
    request.getfixturevalue("nginx")
    assert request.param in CONFIGURED
    with running(request.param, make) as server:
        page = make(server=request.param.split()[0]).read("OPERATIONS.md")
        [block] = re.findall(r"(?s)```nginx\n(.*?)```", page)
        larger = re.sub("client_max_body_size [^;]+;", "client_max_body_size 9m;", block)
        with front(larger, {8000: server.port}) as nginx:
            yield nginx.port


@pytest.mark.nginx
@pytest.mark.parametrize("path", REFUSALS)
@pytest.mark.parametrize("size", SIZES)
def test_no_early_response_becomes_a_502_behind_nginx(site: int, path: str, size: int) -> None:
    assert statuses(connect(site), path, size) == [REFUSALS[path]] * TIMES
