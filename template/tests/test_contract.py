"""What WSGI (PEP 3333) and HTTP (RFC 9110) promise, for every route in openapi.json.

These tests hold for any handler. What a handler returns is a matter for its own tests.
"""

import json
import re
import sys
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote, unquote
from uuid import UUID

import pytest
from client import HEADERS, PACKAGE, Response, application, call, environ_for, module, run

METHODS = ("get", "post", "put", "patch", "delete")
DOCUMENT = json.loads(files(PACKAGE).joinpath("openapi.json").read_text("utf-8"))
EXAMPLES = {"uuid": "6f1e2d3c-4b5a-4978-8695-a4b3c2d12345", "integer": "12345", "number": "12345.5"}
SAMPLES = {"application/json": b"{}", "multipart/form-data": b"--b--"}
find = module("routes").find


def resolved(node: Any) -> Any:
    """Follow a reference within the document; {} for what is elsewhere, or is no object."""
    while isinstance(node, dict) and "$ref" in node:
        path = node["$ref"].split("/")
        node = DOCUMENT if path[0] == "#" else {}
        for part in path[1:]:
            node = node.get(part.replace("~1", "/").replace("~0", "~"), {})
    return node if isinstance(node, dict) else {}


def kinds(schema: Any) -> set[str]:
    """Return the types and formats that a schema has."""
    schema = resolved(schema)
    found = {schema.get("format", "")}
    found |= {schema["type"]} if isinstance(schema.get("type"), str) else {*schema.get("type", [])}
    return found.union(*map(kinds, schema.get("allOf", []) + schema.get("anyOf", [])))


def example(parameter: Any) -> str:
    """Return the example of a parameter, or one that fits to its schema."""
    if "example" in parameter:
        return str(parameter["example"])
    fitting = [EXAMPLES[kind] for kind in EXAMPLES if kind in kinds(parameter.get("schema"))]
    return fitting[0] if fitting else "my text"


class Route:
    """An operation of the document, with an example for each path parameter."""

    def __init__(self, path: str, item: Any, method: str) -> None:
        self.path = path
        self.method = method.upper()
        self.operation = item[method]
        self.name = self.operation.get("operationId", "")
        described = [*item.get("parameters", []), *self.operation.get("parameters", [])]
        parameters = {p.get("name"): p for p in map(resolved, described) if p.get("in") == "path"}
        names = re.findall("{(.*?)}", path)
        self.examples = {name: example(parameters.get(name, {})) for name in names}

    def url(self, **others: str) -> str:
        """Return the path with its examples, or with others, in the place of its parameters."""
        url = self.path
        for name, value in {**self.examples, **others}.items():
            url = url.replace("{" + name + "}", quote(value))
        return url

    def find(self, **others: str) -> Any:
        """Return the handlers by method, and the parameters."""
        return find(unquote(self.url(**others)))

    def send(self, method: str = "") -> Response:
        """Send what the route consumes."""
        method = method or self.method
        for media_type in resolved(self.operation.get("requestBody")).get("content", {}):
            sample = b"{}" if media_type.endswith("+json") else SAMPLES.get(media_type, b"a=b")
            return call(method, self.url(), sample, content_type=f"{media_type}; boundary=b")
        return call(method, self.url())


ROUTES = [
    Route(path, item, method)
    for path, item in DOCUMENT.get("paths", {}).items()
    if path.startswith("/")
    for method in METHODS
    if method in item
]


def each(routes: list[Route]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("route", routes, ids=[f"{r.method} {r.path}" for r in routes])


@cache
def functions(name: str) -> list[Any]:
    """Return what has this name in the modules of handlers."""
    modules = [vars(sys.modules[key]) for key in sys.modules if f"{PACKAGE}.handlers." in key]
    return [names[name] for names in modules if name in names]


@each(ROUTES)
def test_a_path_leads_to_its_handler(route: Route) -> None:
    handler = route.find()[0][route.method]
    others = [name for other in ROUTES for name in functions(other.name)]
    assert handler in functions(route.name) or handler not in others or not functions(route.name)


@each(ROUTES)
def test_a_path_leads_to_its_parameters(route: Route) -> None:
    for value, text in zip(route.find()[1], route.examples.values(), strict=False):
        if isinstance(value, str | int | float | UUID):
            assert value == type(value)(text)


@each(ROUTES)
def test_a_response_is_complete_and_not_a_500(route: Route) -> None:
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


def allowed(route: Route) -> str:
    methods = {*route.find()[0], "OPTIONS"}
    return ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods))


@each(ROUTES)
def test_options_names_every_method(route: Route) -> None:
    if "OPTIONS" in route.find()[0]:
        return  # a handler of your own
    response = call("OPTIONS", route.url())
    assert response.status == 204
    assert response.headers["Allow"] == allowed(route)


@each(ROUTES)
@pytest.mark.parametrize("method", ["BREW", "get"])
def test_another_method_is_refused(route: Route, method: str) -> None:
    response = run(application, environ_for(method, route.url(), **HEADERS))
    assert response.status == 405
    assert response.headers["Allow"] == allowed(route)


def leads_here(route: Route, found: Any) -> bool:
    """Whether a path that is not the route's leads to it, unless every unknown path does."""
    everywhere = find("/\0/\0/\0/\0")
    here = route.find()[0]
    return found is not None and found[0] == here and not (everywhere and everywhere[0] == here)


@each(ROUTES)
@pytest.mark.parametrize("wrong", ["x", "-", "", "nan", "\u0663", "1" * 40])
def test_a_number_or_uuid_is_nothing_else(route: Route, wrong: str) -> None:
    for name, value in zip(route.examples, route.find()[1], strict=False):
        if isinstance(value, int | float | UUID):
            assert not leads_here(route, route.find(**{name: wrong}))


@each(ROUTES)
def test_a_path_has_one_slash_in_front(route: Route) -> None:
    assert not leads_here(route, find(f"/{unquote(route.url())}"))


@each(ROUTES)
def test_a_path_ends_where_it_ends(route: Route) -> None:
    assert route.path.endswith("}") or not leads_here(route, find(f"{unquote(route.url())}\0"))
