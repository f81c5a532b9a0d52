"""What WSGI (PEP 3333) and HTTP (RFC 9110) promise, for every request in examples.py.

These tests hold for any handler. What a handler returns is a matter for its own tests.
"""

import ast
import inspect
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType
from typing import Any
from urllib.parse import quote, unquote
from wsgiref.validate import validator

import pytest
from client import call, environ_for, module, run
from examples import EXAMPLES

each = pytest.mark.parametrize("method, url, sent", EXAMPLES)
PATHS = sorted({url.partition("?")[0] for _, url, _ in EXAMPLES})
each_path = pytest.mark.parametrize("path", PATHS)


def find(url: str) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Return the handlers by method, and the parameters; both are empty if nothing matches."""
    return module("routes").find(unquote(url.partition("?")[0])) or ({}, ())


def names_in(module: ModuleType) -> Iterator[str]:
    """Yield every name that a module uses, such as ``print`` and ``notes.list_notes``."""
    for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text("utf-8"))):
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
            assert handler not in [*handlers()] or len(requests_to(handler)) >= count, name


@each
def test_an_example_has_a_route(method: str, url: str, sent: Any) -> None:
    """Else add it to routes.py, unless another application is mounted there."""
    assert method in find(url)[0] or call(method, url, **sent).status not in (404, 405)


@each
def test_a_handler_gets_parameters_of_the_types_that_it_names(
    method: str, url: str, sent: Any
) -> None:
    here, values = find(url)
    parameters = inspect.signature(here.get(method, find)).parameters.values()
    for parameter, value in zip([*parameters][1:], values, strict=False):
        name = getattr(parameter.annotation, "__name__", parameter.annotation)
        assert name not in ("int", "float", "UUID") or type(value).__name__ == name


@each
def test_a_response_is_complete_and_not_a_500(method: str, url: str, sent: Any) -> None:
    response = call(method, url, **sent)
    assert response.status != 500
    assert response.headers["Content-Length"] in (None, str(len(response.body)))


@each
def test_head_is_get_without_a_body(method: str, url: str, sent: Any) -> None:
    first, second = call("GET", url, **sent), call("GET", url, **sent)
    head = call("HEAD", url, **sent)
    assert head.status == first.status
    assert head.body == b""
    assert set(head.headers.items()) >= set(first.headers.items()) & set(second.headers.items())


@each_path
@pytest.mark.filterwarnings("ignore:Unknown REQUEST_METHOD")
def test_options_and_405_name_the_methods_of_the_examples(path: str) -> None:
    here = find(path)[0]
    methods = {"OPTIONS"} | {method for method, url, _ in EXAMPLES if find(url)[0] == here}
    if "GET" in methods:
        methods.add("HEAD")
    for method, status in [("OPTIONS", 204), ("BREW", 405), ("get", 405)]:
        if here and method not in here:
            response = run(validator(module("bare").application), environ_for(method, path))
            assert response.status == status
            assert response.headers["Allow"] == ", ".join(sorted(methods))


@each_path
@pytest.mark.parametrize("wrong", ["x", "-", "", "nan", "\u0663", "1" * 40])
def test_a_number_is_nothing_else(path: str, wrong: str) -> None:
    here, values = find(path)
    for number in [str(value) for value in values if not isinstance(value, str)]:
        there = find(path.replace(number, quote(wrong)))[0]
        assert there != here or here == find("/\0/\0/\0")[0], f"{path} takes {wrong!r}"


@each_path
def test_another_path_leads_elsewhere(path: str) -> None:
    """Else a case takes more than it should; or add the other path to examples.py."""
    segments = path.split("/")
    others = ["/" + path, path + "/", path + "/x"]
    for at in range(1, len(segments)):
        others.append("/".join([*segments[:at], "x" + segments[at], *segments[at + 1 :]]))
    for other in others:
        same = find(other) == find(path) and find(path) != find("/\0/\0/\0")
        assert not same or other in PATHS, f"{other} leads to the same as {path}"
