"""A response arrives although its handler has not read the body, on each server and behind nginx."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection

import pytest

from harness.nginx import connect, front
from harness.projects import Project, generate, shared
from harness.serving import COMMANDS, CONFIGURED, running, with_version
from harness.wire import ask, request

pytestmark = pytest.mark.long

TIMES = 20
ROUTES = "GET / html home; POST /locked bytes>none locked; POST /json json>json save"
ROUTES += "; GET /rows csv show_rows; POST /rows none>csv send_rows"
ROWS, WIDTH = 2_000, 1_000  # more bytes than a socket holds
SIZES = [50_000, 900_000, 3_000_000]  # below and above the limit of a body
REFUSALS = {"/locked": 401, "/none": 404, "/": 405, "/json": 415}
LOCKED = """
from .. import request, response
from ..errors import HTTPError


def locked(environ: request.Environ) -> response.Response:
    raise HTTPError(401)
"""
# What else responds before it has read the body, and an upload, which it has.
WIDER_ROUTES = ROUTES.replace("bytes", "multipart") + "; POST /photos multipart>none add"
JSON, PNG = {"Content-Type": "application/json"}, {"Content-Type": "image/png"}
FORM = {"Content-Type": "multipart/form-data; boundary=b"}
UPLOAD = (
    b'--b\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n'
    + bytes(SIZES[-1])
    + b"\r\n--b--\r\n"
)
WIDER = {
    "another host": ("/", {"Host": "other.example"}, 400),
    "a mounted application": ("/old/upload", PNG, 403),
    "an upload that its handler does not read": ("/locked", FORM, 401),
    "an upload": ("/photos", FORM, 204),
    "JSON over the limit": ("/json", JSON, 413),
}
MOUNTED = """
from .middleware.mount import mount


def old(environ, start_response):
    start_response("403 Forbidden", [("Content-Type", "text/plain")])
    return [b"no"]


application = app = mount(application, "/old", old)
"""


@shared
def make(server: str) -> Project:
    project = generate(server=server, routes=ROUTES)
    (project.source / "handlers" / "locked.py").write_text(LOCKED, "utf-8")
    rows = project.source / "handlers" / "rows.py"
    text, few = rows.read_text("utf-8"), "[result.keys(), result.values()]"
    assert few in text
    many = f"[[*result.keys(), {'x' * WIDTH!r}], result.values()] * {ROWS}"
    rows.write_text(text.replace(few, many), "utf-8")
    return project


@shared
def make_wider(server: str) -> Project:
    middleware = ["trusted_hosts", "mount"]
    project = generate(server=server, routes=WIDER_ROUTES, middleware=middleware)
    (project.source / "handlers" / "locked.py").write_text(LOCKED, "utf-8")
    with (project.source / "__init__.py").open("a", encoding="utf-8") as file:
        file.write(MOUNTED)
    return project


def statuses(
    connection: HTTPConnection, path: str, body: bytes, headers: dict[str, str]
) -> list[int]:
    """Send the same request again and again; a connection that was reset raises an OSError."""
    found = []
    for _ in range(TIMES):
        with closing(connection):
            connection.request("POST", path, body, headers)
            response = connection.getresponse()
            response.read()
            found.append(response.status)
    return found


def rows(connection: HTTPConnection, method: str, size: int) -> list[int]:
    """Send the same request to a stream again and again; it ends early if it was reset."""
    found = []
    for _ in range(3):
        with closing(connection):
            connection.request(method, "/rows", bytes(size))
            found.append(connection.getresponse().read().count(b"handler"))
    return found


@pytest.fixture(scope="module", params=COMMANDS, ids=with_version)
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    with running(request.param, make) as server:
        yield server.port


@pytest.mark.parametrize("path", REFUSALS)
@pytest.mark.parametrize("size", SIZES)
def test_an_early_response_arrives(port: int, path: str, size: int) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    assert statuses(connection, path, bytes(size), PNG) == [REFUSALS[path]] * TIMES


@pytest.mark.parametrize(("method", "size"), [("GET", 3), ("POST", 3), ("POST", 900_000)])
def test_a_stream_arrives_although_nothing_was_read(port: int, method: str, size: int) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    assert rows(connection, method, size) == [ROWS] * 3


def test_a_413_arrives(port: int) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    assert statuses(connection, "/json", bytes(SIZES[-1]), JSON) == [413] * TIMES


def test_a_chunked_body_that_cannot_be_read_gets_a_response(port: int) -> None:
    chunked = request("POST", "/none", "Transfer-Encoding: chunked", body=b"1\r\nx\r\n0\r\n\r\n")
    reply = ask(port, chunked)
    assert reply is not None
    assert reply.status in (404, 411)


@contextmanager
def behind_nginx(name: str, make: Callable[..., Project]) -> Iterator[int]:
    """The port of an nginx that takes larger bodies than the project."""
    assert name in CONFIGURED
    with running(name, make) as server:
        page = make(server=name.split()[0]).read("OPERATIONS.md")
        [block] = re.findall(r"(?s)```nginx\n(.*?)```", page)
        larger = re.sub("client_max_body_size [^;]+;", "client_max_body_size 99m;", block)
        with front(larger, {8000: server.port}) as nginx:
            yield nginx.port


SERVERS = ["gunicorn gthread", "uwsgi", "waitress", "granian"]


@pytest.fixture(scope="module", params=SERVERS)
def site(request: pytest.FixtureRequest) -> Iterator[int]:
    request.getfixturevalue("nginx")
    with behind_nginx(request.param, make) as port:
        yield port


@pytest.fixture(scope="module", params=SERVERS)
def wider_site(request: pytest.FixtureRequest) -> Iterator[int]:
    """The same with a mounted application, trusted hosts and uploads."""
    request.getfixturevalue("nginx")
    with behind_nginx(request.param, make_wider) as port:
        yield port


@pytest.mark.nginx
@pytest.mark.parametrize("path", REFUSALS)
@pytest.mark.parametrize("size", SIZES)
def test_no_early_response_becomes_a_502_behind_nginx(site: int, path: str, size: int) -> None:
    assert statuses(connect(site), path, bytes(size), PNG) == [REFUSALS[path]] * TIMES


@pytest.mark.nginx
@pytest.mark.parametrize("path, headers, status", WIDER.values(), ids=WIDER)
def test_nor_one_of_middleware_a_mounted_application_or_an_upload(
    wider_site: int, path: str, headers: dict[str, str], status: int
) -> None:
    assert statuses(connect(wider_site), path, UPLOAD, headers) == [status] * TIMES
