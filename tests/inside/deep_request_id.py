"""A request ID: kept or made, sent back, and there for handlers and logs."""

import random
from typing import Any

import pytest
from client import Response, environ_for, module, run

request = module("request")
response = module("response")
request_id = module("middleware.request_id").request_id


def ask(*more: tuple[str, str], **headers: str) -> Response:
    """Send a request to an application that shows the ID that it sees."""

    def application(environ: Any, start_response: Any) -> Any:
        name = request.header(environ, "X-Request-ID")
        status, sent, body = response.text(name, headers=more)
        start_response(status, sent)
        return body

    return run(request_id(application), environ_for("GET", "/", **headers))


@pytest.mark.parametrize("name", ["a", "7f3a-4B_c.d~e", "Root=1-5:6/7+8@9", "x" * 100])
def test_a_well_formed_id_is_kept(name: str) -> None:
    got = ask(x_request_id=name)
    assert (got.text, got.headers["X-Request-ID"]) == (name, name)


@pytest.mark.parametrize("name", ["", "a b", "a\n", "a%0A", '"', "\xe9", "\u0663", "x" * 101])
def test_another_id_is_replaced(name: str) -> None:
    got = ask(x_request_id=name)
    assert len(got.text) == 32
    assert got.headers["X-Request-ID"] == got.text


def test_each_request_has_an_id_of_its_own() -> None:
    assert len({ask().text for _ in range(100)}) == 100


def test_an_id_cannot_be_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the time nor the seed of `random` decides it, and every digit changes."""
    monkeypatch.setattr("time.time", lambda: 0.0)
    monkeypatch.setattr("time.time_ns", lambda: 0)
    made = []
    for _ in range(200):
        random.seed(0)
        made.append(ask().text)
    assert len(set(made)) == 200
    varied = [len({name[at] for name in made}) for at in range(32)]
    assert sum(digits == 16 for digits in varied) >= 30  # a UUID has two digits that do not


def test_a_response_has_one_id() -> None:
    got = ask(("x-request-id", "other"), x_request_id="a")
    assert got.headers.get_all("X-Request-ID") == ["a"]


def test_an_error_of_the_application_reaches_the_server() -> None:
    passed_on: list[Any] = []

    def application(environ: Any, start_response: Any) -> Any:
        start_response("500 No", [], (None, None, None))
        return []

    request_id(application)(environ_for("GET", "/"), lambda *head: passed_on.append(head))
    assert passed_on[0][2] == (None, None, None)
