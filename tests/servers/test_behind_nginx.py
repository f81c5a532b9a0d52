"""What OPERATIONS.md says about a proxy: its own nginx block, in front of each server."""

import os
import re
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPResponse, IncompleteRead
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from harness.nginx import CLIENT, connect, front
from harness.projects import Project, generate, shared
from harness.serving import Running, running, until, with_version

pytestmark = pytest.mark.usefixtures("nginx")

BODY_LIMIT = 1_048_576
SERVERS = ["gunicorn gthread", "uwsgi", "waitress", "granian"]
ROUTES = "GET / html; POST /behind bytes>text upload; GET /behind/{what} sse show"
# A handler that opens the pipe `release` waits for what a test writes to it.
HANDLERS = """
from collections.abc import Iterator
from pathlib import Path

from .. import request, response, sse, streaming


def upload(environ: request.Environ) -> response.Response:
    return response.text(str(len(request.body(environ))))


def show(environ: request.Environ, what: str) -> response.Response:
    return SHOWN[what](environ)


def caller(environ: request.Environ) -> response.Response:
    seen = environ["wsgi.url_scheme"], environ["REMOTE_ADDR"], environ["HTTP_HOST"]
    return response.text(" ".join(seen))


def events(environ: request.Environ) -> response.Response:
    return sse.stream(environ, (sse.event(text) for text in told()))


def stream(environ: request.Environ) -> response.Response:
    headers = [("X-Accel-Buffering", "no")]
    return streaming.stream(environ, (t.encode() for t in told()), "text/plain", headers=headers)


def told() -> Iterator[str]:
    yield "first"
    with open("release") as pipe:
        yield pipe.read()


def slow(environ: request.Environ) -> response.Response:
    Path("begun").touch()
    with open("release") as pipe:
        return response.text(pipe.read())


def broken(environ: request.Environ) -> response.Response:
    return streaming.stream(environ, failing(), "text/plain")


def failing() -> Iterator[bytes]:
    yield b"first"
    raise RuntimeError("a stream that fails")


SHOWN = {
    function.__name__: function for function in (caller, events, stream, slow, broken)
}
"""


class Site(NamedTuple):
    """A project behind nginx, from the block in its OPERATIONS.md."""

    server: Running
    port: int

    def file(self, name: str) -> Path:
        return self.server.notes.with_name(name)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> str:
        """Return the body of a 200, else the status. X_Name is the header X-Name."""
        with self.begun(method, path, body, **headers) as response:
            text = response.read().decode()
            return text if response.status == 200 else str(response.status)

    @contextmanager
    def begun(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> Iterator[HTTPResponse]:
        """A response whose headers are there."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(connect(self.port)) as connection:
            connection.request(method, path, body, {"Host": "example.org", **named})
            yield connection.getresponse()


@shared
def make(server: str) -> Project:
    project = generate(server=server, routes=ROUTES, middleware=["proxy"])
    (project.source / "handlers" / "behind.py").write_text(HANDLERS, "utf-8")
    os.mkfifo(project.path / "release")
    return project


@contextmanager
def behind(name: str, **environment: str) -> Iterator[Site]:
    with running(name, make, **environment) as server:
        page = make(server=name.split()[0]).read("OPERATIONS.md")
        [block] = re.findall(r"(?s)```nginx\n(.*?)```", page)
        with front(block, {8000: server.port}) as nginx:
            yield Site(server, nginx.port)


@pytest.fixture(scope="module", params=SERVERS, ids=with_version)
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    with behind(request.param, TRUSTED_PROXIES="1") as started:
        yield started


def test_a_page_and_an_error_arrive(site: Site) -> None:
    assert site.ask("GET", "/").startswith("<!doctype html>")
    assert site.ask("GET", "/none") == "404"


def test_nginx_and_the_application_have_the_same_limit(site: Site) -> None:
    binary: dict[str, Any] = {"Content_Type": "application/octet-stream"}
    assert site.ask("POST", "/behind", b"x" * BODY_LIMIT, **binary) == str(BODY_LIMIT)
    with site.begun("POST", "/behind", b"x" * (BODY_LIMIT + 1), **binary) as response:
        assert response.status == 413 and b"nginx" in response.read()


def test_the_application_sees_the_client_and_not_what_it_says(site: Site) -> None:
    assert site.ask("GET", "/behind/caller") == f"https {CLIENT} example.org"
    faked: dict[str, Any] = {"X_Forwarded_For": "192.0.2.1", "X_Forwarded_Proto": "http"}
    assert site.ask("GET", "/behind/caller", **faked) == f"https {CLIENT} example.org"
    assert site.ask("GET", "/behind/caller", Forwarded="for=192.0.2.1;proto=http") == (
        f"https {CLIENT} example.org"
    )


@pytest.mark.parametrize("what", ["events", "stream"])
def test_a_part_of_a_stream_arrives_before_the_next_is_made(site: Site, what: str) -> None:
    with site.begun("GET", f"/behind/{what}") as response:
        received = b""
        while b"first" not in received:
            received += response.read1()
        site.file("release").write_text("second")  # the handler waits for this
        assert b"second" in response.read()


def test_slow_clients_hold_no_thread(site: Site) -> None:
    with ExitStack() as opened:
        for _ in range(12):  # more than there are threads
            connection = opened.enter_context(closing(connect(site.port)))
            connection.putrequest("POST", "/behind")
            connection.putheader("Content-Type", "application/octet-stream")
            connection.putheader("Content-Length", "9")
            connection.endheaders(b"abc")
        assert site.ask("GET", "/").startswith("<!doctype html>")


# Whether uWSGI and granian tell nginx is their own affair: see docs/servers.md.
@pytest.mark.parametrize("site", ["gunicorn gthread", "waitress"], ids=with_version, indirect=True)
def test_a_client_sees_that_a_stream_is_cut(site: Site) -> None:
    with site.begun("GET", "/behind/broken") as response, pytest.raises(IncompleteRead):
        response.read()


def test_headers_of_proxies_are_ignored_until_their_number_is_set() -> None:
    with behind("gunicorn gthread") as site:
        assert site.ask("GET", "/behind/caller") == "http 127.0.0.1 example.org"


def test_a_request_that_has_begun_gets_its_response_before_the_server_ends() -> None:
    with (
        # One worker: another that still starts could miss the signal.
        behind("gunicorn gthread", WEB_CONCURRENCY="1") as site,
        ThreadPoolExecutor(1) as client,
    ):
        response = client.submit(site.ask, "GET", "/behind/slow")
        assert until(site.file("begun").exists, 10)
        site.server.process.send_signal(signal.SIGTERM)
        assert site.server.logged("Handling signal: term")
        site.file("release").write_text("complete")
        assert response.result(10) == "complete"
        assert site.server.ended(20)
