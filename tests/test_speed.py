"""What a request and a start cost, counted and not timed: the same numbers on every run.

A step is an instruction of the interpreter or a call of what is written in C, and the unit is
the steps of `json.dumps` with a callable around it. A change that makes a request a tenth dearer
than it was fails here; one that makes it cheaper writes down the new number.
"""

import json
from functools import cache

import pytest
from projects import generate, python

RESOURCE = "GET /r{0}/items/{{item_id:int}} json show_{0}\nPOST /r{0}/items json>json create_{0}\n"
RESOURCES = {"ladder": 5, "tree": 100}
COUNT = """
import json, sys
from io import BytesIO, StringIO

steps = 0

def trace(frame, event, argument):
    global steps
    frame.f_trace_lines, frame.f_trace_opcodes = False, True
    steps += event == "opcode"
    return trace

def profile(frame, event, argument):
    global steps
    steps += event == "c_call"

def floor(environ, start_response):
    body = json.dumps({"handler": "show_4", "item_id": 7}).encode()
    fields = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response("200 OK", fields)
    return [body]

def count(application, method, path, body=b"", **fields):
    global steps
    for _ in range(2):  # the first time fills what is filled once
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": path, "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": "application/json", "HTTP_ACCEPT": "*/*",
            "wsgi.input": BytesIO(body), "wsgi.errors": StringIO(), **fields,
        }
        steps = 0
        sys.settrace(trace)
        sys.setprofile(profile)
        application(environ, lambda status, fields: None)
        sys.setprofile(None)
        sys.settrace(None)
    return steps

before = set(sys.modules)
from sample import application
unit = count(floor, "GET", "/")
print(json.dumps({
    "first": count(application, "GET", "/r0/items/7") / unit,
    "last": count(application, "GET", "/r4/items/7") / unit,
    "404": count(application, "GET", "/r4/none/7") / unit,
    "405": count(application, "PUT", "/r4/items/7") / unit,
    "post": count(application, "POST", "/r4/items", b'{"key": "value"}') / unit,
    "modules": sorted(set(sys.modules) - before),
}))
"""
# How many times the floor, as counted on Python 3.11.
LIMITS = {
    "ladder": {"first": 2.44, "last": 2.97, "404": 2.75, "405": 3.39, "post": 4.90},
    "tree": {"first": 2.50, "last": 2.50, "404": 2.65, "405": 2.92, "post": 4.29},
}
# Dear to import, and needed by few requests or none.
NEVER_AT_START = {
    "email", "html", "http.client", "http.server", "importlib.metadata", "importlib.resources",
    "ipaddress", "logging", "socket", "traceback", "urllib.parse",
}  # fmt: skip


@cache
def counted(dispatcher: str) -> dict:
    routes = "".join(RESOURCE.format(n) for n in range(RESOURCES[dispatcher]))
    done = python(generate(dispatcher=dispatcher, routes=routes), "-c", COUNT)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("dispatcher", LIMITS)
def test_a_request_is_no_dearer_than_it_was(dispatcher: str) -> None:
    ratios = counted(dispatcher)
    dearer = {
        what: f"{ratios[what]:.2f}, was {limit}"
        for what, limit in LIMITS[dispatcher].items()
        if ratios[what] > 1.1 * limit
    }
    assert not dearer


def test_a_tree_finds_the_last_route_as_soon_as_the_first() -> None:
    ratios = counted("tree")
    assert ratios["last"] == ratios["first"]


@pytest.mark.parametrize("dispatcher", LIMITS)
def test_a_start_imports_only_what_most_requests_need(dispatcher: str) -> None:
    assert not NEVER_AT_START & set(counted(dispatcher)["modules"])
