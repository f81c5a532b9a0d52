"""A project that is served: real HTTP, from the command that its README names."""

import json
from http.client import HTTPConnection
from typing import Any

import pytest
from projects import generate
from shapes import DEFAULT_ROUTES

from conformance.serving import running

JSON = {"Content-Type": "application/json"}


def ask(connection: HTTPConnection, method: str, url: str, body: str = "", **headers: str) -> Any:
    """The status, the content type and the body."""
    connection.request(method, url, body or None, headers | (JSON if body else {}))
    response = connection.getresponse()
    return response.status, response.getheader("Content-Type"), response.read()


@pytest.mark.parametrize("dispatcher", ["ladder", "tree"])
def test_every_default_route_responds(dispatcher: str) -> None:
    def make(**answers: str) -> Any:
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
        shown = [line.split()[:2] for line in server.log.read_text().splitlines()]
    routes = [line.split()[:2] for line in DEFAULT_ROUTES.replace(":int}", "}").splitlines()]
    assert shown[0][0] == f"http://127.0.0.1:{server.port}/"
    assert shown[1 : 1 + len(routes)] == routes
