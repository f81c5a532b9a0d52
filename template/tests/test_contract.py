"""What WSGI (PEP 3333) and HTTP (RFC 9110) promise, for every route in openapi.json.

These tests hold for any handler. What a handler returns is a matter for its own tests.
"""

import json
import sys
from importlib.resources import files
from typing import Any
from urllib.parse import quote, unquote

import pytest
from client import HEADERS, PACKAGE, Response, application, call, environ_for, module, run

METHODS = ("get", "post", "put", "patch", "delete")
DOCUMENT = json.loads(files(PACKAGE).joinpath("openapi.json").read_text("utf-8"))
EXAMPLES = {
    "integer": 12345,
    "number": 12345.5,
    "uuid": "6f1e2d3c-4b5a-4978-8695-a4b3c2d12345",
    "string": "my text",
}
SAMPLES = {"application/json": b"{}", "multipart/form-data": b"--b--"}
find = module("routes").find


def resolved(node: Any) -> Any:
    """Follow a reference within the document."""
    while "$ref" in node:
        path, node = node["$ref"].split("/")[1:], DOCUMENT
        for part in path:
            node = node[part.replace("~1", "/").replace("~0", "~")]
    return node


class Route:
    """An operation of the document, with an example for each path parameter."""

    def __init__(self, path: str, item: Any, method: str) -> None:
        self.path = path
        self.method = method.upper()
        self.operation = item[method]
        parameters = [*item.get("parameters", []), *self.operation.get("parameters", [])]
        self.parameters = [p for p in map(resolved, parameters) if p["in"] == "path"]
        self.examples = {p["name"]: self.example(p) for p in self.parameters}

    def example(self, parameter: Any) -> str:
        schema = resolved(parameter.get("schema", {}))
        kind = schema.get("format") if schema.get("format") == "uuid" else schema.get("type")
        return str(parameter.get("example", EXAMPLES.get(kind, EXAMPLES["string"])))

    def url(self, **others: str) -> str:
        """Return the path with its examples, or with others, in the place of its parameters."""
        url = self.path
        for name, value in {**self.examples, **others}.items():
            url = url.replace("{" + name + "}", quote(value))
        return url

    def send(self, method: str = "") -> Response:
        """Send what the route consumes."""
        method = method or self.method
        for media_type in resolved(self.operation.get("requestBody", {})).get("content", {}):
            sample = b"{}" if media_type.endswith("+json") else SAMPLES.get(media_type, b"a=b")
            return call(method, self.url(), sample, content_type=f"{media_type}; boundary=b")
        return call(method, self.url())


ROUTES = [
    Route(path, item, method)
    for path, item in DOCUMENT["paths"].items()
    if path.startswith("/")
    for method in METHODS
    if method in item
]


def each(routes: list[Route]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("route", routes, ids=[f"{r.method} {r.path}" for r in routes])


@each(ROUTES)
def test_a_path_leads_to_its_handler(route: Route) -> None:
    handlers, values = find(unquote(route.url()))
    assert route.method in handlers
    assert [str(value) for value in values] == list(route.examples.values())
    name = route.operation.get("operationId")
    modules = [vars(value) for key, value in sys.modules.items() if f"{PACKAGE}.handlers." in key]
    named = [functions[name] for functions in modules if name in functions]
    assert not named or handlers[route.method] in named


@each(ROUTES)
def test_a_response_is_whole_and_planned(route: Route) -> None:
    response = route.send()
    assert response.status != 500
    assert response.headers["Content-Length"] in (None, str(len(response.body)))


@each(ROUTES)
def test_head_is_get_without_a_body(route: Route) -> None:
    first, second, head = route.send("GET"), route.send("GET"), route.send("HEAD")
    constant = set(first.headers.items()) & set(second.headers.items())
    assert head.status == first.status
    assert constant <= set(head.headers.items())
    assert head.body == b""


@each(ROUTES)
def test_options_names_every_method(route: Route) -> None:
    response = call("OPTIONS", route.url())
    assert response.status == 204
    assert response.headers["Allow"] == allowed(route)


@each(ROUTES)
@pytest.mark.parametrize("method", ["BREW", "get"])
def test_another_method_is_refused(route: Route, method: str) -> None:
    response = run(application, environ_for(method, route.url(), **HEADERS))
    assert response.status == 405
    assert response.headers["Allow"] == allowed(route)


def allowed(route: Route) -> str:
    methods = set(find(unquote(route.url()))[0])
    return ", ".join(sorted(methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())))


@each(ROUTES)
@pytest.mark.parametrize("wrong", ["x", "-", "", "\u0663", "1" * 40])
def test_a_parameter_takes_only_its_kind(route: Route, wrong: str) -> None:
    here = find(unquote(route.url()))
    for parameter in route.parameters:
        if resolved(parameter.get("schema", {})).get("type") in ("integer", "number"):
            found = find(unquote(route.url(**{parameter["name"]: wrong})))
            assert found is None or found[0] != here[0]


@each(ROUTES)
def test_a_path_has_one_slash_in_front(route: Route) -> None:
    url = unquote(route.url())
    found = find(f"/{url}")
    assert found is None or found[0] != find(url)[0]


@each(ROUTES)
def test_a_path_ends_where_it_ends(route: Route) -> None:
    url = unquote(route.url())
    found = find(f"{url}\0")
    same = found is not None and found[0] == find(url)[0]
    assert not same or route.path.endswith("}")
