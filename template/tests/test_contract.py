"""What WSGI and HTTP promise for each request in examples.py, whatever its handler returns."""

import ast
import inspect
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from pkgutil import walk_packages
from typing import Any
from urllib.parse import parse_qsl, quote, unquote
from wsgiref.validate import validator

import pytest
from client import call, environ_for, module, run
from examples import EXAMPLES

CONVERTED = ("int", "float", "UUID", "date")  # what a path parameter can be, besides a text
each = pytest.mark.parametrize("method, url, sent", EXAMPLES)
ODD = "<i>\u20ac;\r\n"
PATHS = sorted({url.partition("?")[0] for _, url, _ in EXAMPLES})
each_path = pytest.mark.parametrize("path", PATHS)


def find(url: str) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Return the handlers by method, and the parameters; both are empty if nothing matches."""
    return module("routes").find(unquote(url.partition("?")[0])) or ({}, ())


def names_in(module: Any) -> Iterator[str]:
    """Yield every name that a module uses, such as ``print`` and ``notes.list_notes``."""
    for node in ast.walk(ast.parse(Path(module.__file__).read_text("utf-8"))):
        name = ast.unparse(node) if isinstance(node, ast.Name | ast.Attribute) else ""
        if name.replace(".", "").isidentifier():
            yield name


@cache
def handlers() -> dict[Any, str]:
    """Return the public functions in handlers/ that take ``environ`` and that no other one uses."""
    package = module("handlers")
    found = walk_packages(package.__path__, f"{package.__name__}.")
    modules = [import_module(info.name) for info in found if not info.ispkg]
    used = {name.rpartition(".")[2] for module in modules for name in names_in(module)}
    routes = ast.walk(ast.parse(Path(module("routes").__file__).read_text("utf-8")))
    calls = [node for node in routes if isinstance(node, ast.Call)]  # such as guarded(notes.show)
    parts = [part for call in calls for part in (call.func, *call.args)]
    used |= {part.attr for part in parts if isinstance(part, ast.Attribute)}
    return {
        function: f"{module.__name__}.{name}"
        for module in modules
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
        if list(inspect.signature(function).parameters)[:1] == ["environ"] and name not in used
    }


def requests_to(handler: Any) -> set[tuple[str, str]]:
    """Return the examples that reach a handler."""
    return {(method, url) for method, url, _ in EXAMPLES if find(url)[0].get(method) is handler}


def test_every_handler_has_a_route_and_an_example() -> None:
    """Else add it to routes.py, and a request to examples.py; or begin its name with ``_``."""
    assert [name for handler, name in handlers().items() if not requests_to(handler)] == []


def test_every_route_has_an_example() -> None:
    """Else add a request to examples.py for each time that routes.py names the handler."""
    routes = module("routes")
    for name, count in Counter(names_in(routes)).items():
        if hasattr(routes, name.partition(".")[0]):  # else it is a variable of `find`
            handler = attrgetter(name)(routes)
            if handler in [*handlers()]:
                assert len(requests_to(handler)) >= count, f"{name} needs {count} examples"


@each
def test_an_example_has_a_route(method: str, url: str, sent: Any) -> None:
    """Else add it to routes.py, unless another application is mounted there."""
    assert method in find(url)[0] or call(method, url, **sent).status not in (404, 405)


@each
def test_parameters_have_the_types_of_their_handler(method: str, url: str, sent: Any) -> None:
    here, values = find(url)
    parameters = inspect.signature(here.get(method, find)).parameters.values()
    for parameter, value in zip([*parameters][1:], values, strict=False):
        name = getattr(parameter.annotation, "__name__", parameter.annotation)
        assert name not in CONVERTED or type(value).__name__ == name


@each
def test_a_response_is_complete_and_not_a_500(method: str, url: str, sent: Any) -> None:
    response = call(method, url, **sent)
    assert response.status != 500
    assert response.headers["Content-Length"] in (None, str(len(response.body))) or method == "HEAD"


def odd_requests() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the examples with something odd in the place of one text, number or body."""
    for method, url, sent in EXAMPLES:
        for value in find(url)[1]:
            odd = ODD if isinstance(value, str) else "0"
            yield method, url.replace(quote(str(value)), quote(odd)), sent
        for name, _ in parse_qsl(url.partition("?")[2]):
            yield method, f"{url}&{name}=".replace(f"{name}=", f"{name}={quote(ODD)}&x="), sent
        if "form" in sent:
            yield method, url, sent | {"form": dict.fromkeys(sent["form"], ODD)}
        for body in ["null", "[]", "{}", "[" * 100_000] if "json" in sent else []:
            odd_body = {"json": None, "body": body.encode(), "content_type": "application/json"}
            yield method, url, sent | odd_body


def test_odd_input_breaks_nothing() -> None:
    """Else a handler trusts the client: check what it sent, and escape it in HTML."""
    for method, url, sent in odd_requests():
        response = call(method, url, **sent)
        assert response.status != 500, f"{method} {url} {sent}"
        if str(response.headers["Content-Type"]).startswith("text/html"):
            assert b"<i>" not in response.body, f"{method} {url} {sent}"


@each
def test_head_is_get_without_a_body(method: str, url: str, sent: Any) -> None:
    first, second = call("GET", url, **sent), call("GET", url, **sent)
    head = call("HEAD", url, **sent)
    assert head.status == first.status
    assert head.body == b""
    constant = set(first.headers.items()) & set(second.headers.items())
    if first.body != second.body:
        constant -= {("Content-Length", str(len(first.body)))}
    assert constant <= set(head.headers.items()) or "HEAD" in find(url)[0]


@each_path
def test_options_and_405_name_the_methods_of_the_examples(path: str) -> None:
    here = find(path)[0]
    same = [url for _, url, _ in EXAMPLES if url.partition("?")[0] == path or find(url)[0] == here]
    methods = {"OPTIONS"} | {method for method, url, _ in EXAMPLES if url in same}
    allow = ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods))
    for method, status in [("OPTIONS", 204), ("BREW", 405), ("get", 405)]:
        sent = [call(method, path)]
        if here and method not in here:
            sent.append(run(validator(module("bare").application), environ_for(method, path)))
            assert sent[1].status == status
        for response in sent:  # middleware can send something else, such as a 401
            assert response.status != status or response.headers["Allow"] in (None, allow)
            assert response.status != 405 or response.headers["Allow"]  # RFC 9110, 15.5.6


@each_path
@pytest.mark.parametrize("wrong", ["x", "-", "", "nan", "\u0663", "1" * 40])
def test_a_wrong_number_is_not_found(path: str, wrong: str) -> None:
    here, values = find(path)
    for number in [str(value) for value in values if type(value).__name__ in CONVERTED]:
        there = find(path.replace(number, quote(wrong)))[0]
        assert there != here or here == find("/\0/\0/\0")[0], f"{path} takes {wrong!r}"


@each_path
def test_another_path_has_another_handler(path: str) -> None:
    """Else a case takes more than it should; or add the other path to examples.py."""
    segments = path.split("/")
    others = ["/" + path, path + "/", path + "/x", "/".join([*segments[:-1], ""])]
    for at in range(1, len(segments)):
        others.append("/".join([*segments[:at], "x" + segments[at], *segments[at + 1 :]]))
    for other in others:
        same = find(other) == find(path) and find(path) != find("/\0/\0/\0")
        assert not same or other in PATHS, f"{other} leads to the same as {path}"
        assert "" not in find(other)[1], f"{other} gives a handler an empty text"
