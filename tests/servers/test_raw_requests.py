"""The generated project as a process of its own, under each server, over raw sockets."""

from collections.abc import Iterator

import pytest

from conformance.servers import CASES, EXITS, LIMIT, STOP, Case, observe
from harness.projects import Project, generate, shared
from harness.serving import COMMANDS, CONFIGURED, Running, running, with_version
from harness.wire import ask, request

GUARD = """
from . import bare


def application(environ, start_response):
    if environ["PATH_INFO"].startswith("/admin"):
        start_response("403 Forbidden", [("Content-Type", "text/plain")])
        return [b""]
    return bare.application(environ, start_response)


app = application
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
def guarded(server: str) -> Project:
    """A project with a middleware of its owner's that looks at PATH_INFO."""
    project = generate(server=server, routes="GET /admin text admin")
    (project.source / "__init__.py").write_text(GUARD, "utf-8")
    return project


@pytest.mark.long
@pytest.mark.parametrize("name", CONFIGURED, ids=with_version)
def test_an_absolute_url_does_not_get_past_a_guard(name: str) -> None:
    targets = ("/admin", "http://localhost/admin", "HTTPS://a@localhost:8000/admin")
    with running(name, guarded) as server:
        replies = [ask(server.port, request("GET", target)) for target in targets]
    assert [reply.status if reply else 0 for reply in replies] == [403] * len(targets)


def test_the_limits_of_a_server_agree_with_those_of_the_application() -> None:
    assert f"BODY_LIMIT = {LIMIT:_}  #" in generate().read("src/sample/request.py")
    assert "DROP_LIMIT, DROP_SECONDS = 4_194_304, 10" in generate().read("src/sample/request.py")
    assert "max_request_body_size=4_194_305," in generate(server="waitress").read("serve.py")
    uploads = generate(server="waitress", routes="POST /photos multipart>json")
    assert "client_max_body_size 1m;" in generate(server="gunicorn").read("OPERATIONS.md")
    assert "client_max_body_size 16m;" in uploads.read("OPERATIONS.md")
    limit = 16_777_216
    assert f"UPLOAD_LIMIT = {limit:_}  #" in uploads.read("src/sample/uploads.py")
    assert f"max_request_body_size={limit + 1:_}," in uploads.read("serve.py")
    assert "limit-post" not in generate(server="uwsgi").read("uwsgi.ini")
