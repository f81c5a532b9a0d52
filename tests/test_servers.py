"""The generated project as a process of its own, under each server, over raw sockets."""

from collections.abc import Iterator

import pytest
from projects import generate

from conformance.servers import CASES, EXITS, LIMIT, STOP, observe
from conformance.serving import COMMANDS, CONFIGURED, Running, running


@pytest.fixture(scope="module", params=COMMANDS)
def server(request: pytest.FixtureRequest) -> Iterator[Running]:
    with running(request.param) as started:
        yield started


@pytest.mark.parametrize("case", CASES, ids=[case.claim for case in CASES])
def test_a_client_gets_what_the_table_says(server: Running, case) -> None:
    assert observe(case, server) == case.other.get(server.name, case.right)


@pytest.mark.parametrize(
    "name, case",
    [
        pytest.param(name, case, id=f"{name}: {case.claim}")
        for name in COMMANDS
        for case in EXITS
        if case is EXITS[0] or case.other.get(name) != EXITS[0].other.get(name)
    ],
)
def test_a_handler_that_exits_does_what_the_table_says(name: str, case) -> None:
    with running(name) as server:
        assert observe(case, server) == case.other.get(name, case.right)


@pytest.mark.parametrize("name", CONFIGURED)
def test_a_request_gets_its_response_before_the_server_ends(name: str) -> None:
    with running(name) as server:
        assert observe(STOP, server) == STOP.right


def test_the_limits_of_a_server_agree_with_those_of_the_application() -> None:
    assert f"BODY_LIMIT = {LIMIT:_}  #" in generate().read("src/sample/request.py")
    assert f"max_request_body_size={LIMIT + 1:_}," in generate(server="waitress").read("serve.py")
    uploads = generate(server="waitress", routes="POST /photos multipart>json")
    assert "client_max_body_size 1m;" in generate(server="gunicorn").read("OPERATIONS.md")
    assert "client_max_body_size 16m;" in uploads.read("OPERATIONS.md")
    limit = 16_777_216
    assert f"UPLOAD_LIMIT = {limit:_}  #" in uploads.read("src/sample/uploads.py")
    assert f"max_request_body_size={limit + 1:_}," in uploads.read("serve.py")
    assert "limit-post" not in generate(server="uwsgi").read("uwsgi.ini")
