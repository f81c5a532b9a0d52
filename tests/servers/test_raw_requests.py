"""The generated project as a process of its own, under each server, over raw sockets."""

from collections.abc import Iterator
from itertools import product
from signal import SIGTERM

import pytest

from conformance.servers import CASES, EXITS, LIMIT, STOP, Case, observe
from harness.projects import Project, generate, shared
from harness.serving import COMMANDS, CONFIGURED, Running, running, with_version
from harness.wire import Connection, ask, request

GUARD = """
from . import bare


def application(environ, start_response):
    if environ["PATH_INFO"].startswith("/admin"):
        start_response("403 Forbidden", [("Content-Type", "text/plain")])
        return [b""]
    return bare.application(environ, start_response)


app = application
"""

LARGE = 20_000_000  # bytes: more than the buffers of a socket
TWO_ADDRESSES = """
import socket

one = socket.getaddrinfo


def getaddrinfo(host, *arguments, **options):
    if host != "localhost":
        return one(host, *arguments, **options)
    return one("::1", *arguments, **options) + one("127.0.0.1", *arguments, **options)


socket.getaddrinfo = getaddrinfo
"""


@pytest.fixture(scope="module", params=COMMANDS, ids=with_version)
def server(request: pytest.FixtureRequest) -> Iterator[Running]:
    with running(request.param) as started:
        yield started


def assert_right_or_as_in_the_table(case: Case, server: Running) -> None:
    """A server's next release may do what is right: that is no reason to fail."""
    known = {case.right, case.other.get(server.name, case.right)}
    seen = observe(case, server)
    assert seen in known, f"{with_version(server.name)}: {seen}, not {' or '.join(sorted(known))}"


@pytest.mark.parametrize("case", CASES, ids=[case.claim for case in CASES])
def test_a_client_gets_what_the_table_says(server: Running, case: Case) -> None:
    assert_right_or_as_in_the_table(case, server)


@pytest.mark.long
@pytest.mark.parametrize("name", COMMANDS, ids=with_version)
def test_a_handler_that_exits_does_what_the_table_says(name: str) -> None:
    with running(name) as server:
        assert_right_or_as_in_the_table(EXITS[0], server)
        server.process.kill()  # uWSGI would take ten seconds to end


@pytest.mark.parametrize("name", CONFIGURED, ids=with_version)
def test_a_request_gets_its_response_before_the_server_ends(name: str) -> None:
    with running(name) as server:
        assert observe(STOP, server) == STOP.right


@shared
def large(server: str) -> Project:
    """A project with a large response, on a machine on which localhost has two addresses."""
    project = generate(server=server, routes="GET /large text large")
    handler = project.source / "handlers" / "large.py"
    text = handler.read_text("utf-8")
    handler.write_text(text.replace('"Hello from large.\\n"', f'"x" * {LARGE}'), "utf-8")
    (project.path / "src" / "sitecustomize.py").write_text(TWO_ADDRESSES, "utf-8")
    return project


@pytest.mark.long
@pytest.mark.parametrize("name", CONFIGURED, ids=with_version)
def test_a_large_response_arrives_before_the_server_ends(name: str) -> None:
    with running(name, large, HOST="localhost", WEB_CONCURRENCY="1") as server:
        with Connection(server.port) as connection:
            connection.send(request("GET", "/large"))
            assert connection.more()
            server.process.send_signal(SIGTERM)
            _, _, begun = connection.received.partition(b"\r\n\r\n")
            received = len(begun)
            while chunk := connection.socket.recv(1_000_000):
                received += len(chunk)
        assert received == LARGE
        assert server.ended(20)


@pytest.mark.parametrize("name", CONFIGURED, ids=with_version)
def test_a_server_says_that_it_closes_a_connection(name: str) -> None:
    """RFC 9112, section 9.3: else a client sends its next request into a closed connection."""
    with running(name) as server, Connection(server.port) as connection:
        for _ in range(2):
            connection.send(request("GET", "/", close=False))
            reply = connection.reply()
            assert reply and reply.status == 200
            if "close" in reply.headers.get("connection", ""):
                return


@pytest.mark.parametrize("name", CONFIGURED, ids=with_version)
def test_no_server_speaks_http_2(name: str) -> None:
    """granian's process spins if a client of HTTP/2 leaves a stream; the others do not know it."""
    with running(name) as server, Connection(server.port) as connection:
        connection.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))
        connection.finish()
        assert connection.rest()[3:4] != b"\x04"  # a frame with settings


@shared
def guarded(server: str) -> Project:
    """A project with a middleware of its owner's that looks at PATH_INFO."""
    project = generate(server=server, routes="GET /admin text admin")
    (project.source / "__init__.py").write_text(GUARD, "utf-8")
    return project


@shared
def echoing(server: str) -> Project:
    return generate(server=server, routes="GET /echo/{name} text echo")


@pytest.mark.long
@pytest.mark.parametrize("name", CONFIGURED, ids=with_version)
def test_an_absolute_url_does_not_get_past_a_guard(name: str) -> None:
    targets = ("/admin", "http://localhost/admin", "HTTPS://a@localhost:8000/admin")
    with running(name, guarded) as server:
        replies = [ask(server.port, request("GET", target)) for target in targets]
    assert [reply.status if reply else 0 for reply in replies] == [403] * len(targets)


@pytest.mark.long
@pytest.mark.parametrize("name", CONFIGURED, ids=with_version)
def test_a_variable_in_an_absolute_url_is_text(name: str) -> None:
    """uWSGI would put its value in its place, and a client could read what a proxy adds."""
    texts = ("${HTTP_X_A}", "%24%7BHTTP_X_A%7D", "%0A${HTTP_X_A}")
    with running(name, echoing) as server:
        for host, text in product(("localhost", "localhost%0A"), texts):
            target = f"http://{host}/echo/{text}"
            reply = ask(server.port, request("GET", target, "X-A: secret"))
            assert reply and reply.status in (200, 400)
            assert b"secret" not in reply.body


def test_the_limits_of_a_server_agree_with_those_of_the_application() -> None:
    assert f"BODY_LIMIT = {LIMIT:_}  #" in generate().read("src/sample/request.py")
    assert "DROP_LIMIT, DROP_SECONDS = 16_777_216, 10" in generate().read("src/sample/request.py")
    waitress = generate(server="waitress").read("serve.py")
    assert "max_request_body_size=request.DROP_LIMIT + 1," in waitress
    uploads = generate(server="waitress", routes="POST /photos multipart>json")
    assert "client_max_body_size 1m;" in generate(server="gunicorn").read("OPERATIONS.md")
    assert "client_max_body_size 16m;" in uploads.read("OPERATIONS.md")
    limit = 16_777_216
    assert f"UPLOAD_LIMIT = {limit:_}  #" in uploads.read("src/sample/uploads.py")
    both = "max(request.DROP_LIMIT, uploads.UPLOAD_LIMIT) + 1"
    assert f"max_request_body_size={both}," in uploads.read("serve.py")
    assert "limit-post" not in generate(server="uwsgi").read("uwsgi.ini")
