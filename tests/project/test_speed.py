"""What a request and a start cost, counted and not timed: the same numbers on every run.

A step is an instruction of the interpreter or a call of a function in C, and the unit is the steps
of `json.dumps` in a bare callable. A change that makes a request cost a tenth more fails here; one
that makes it cheaper lowers the number here.
"""

import json
import os
import sys
from functools import cache
from typing import Any

import pytest

from harness.projects import ROOT, generate, run

RESOURCE = "GET /r{0}/items/{{item_id:int}} json show_{0}\nPOST /r{0}/items json>json create_{0}\n"
RESOURCES = {"ladder": 5, "tree": 100}
COUNT = """
import json, sys
from io import BytesIO
from harness.send import environ_for

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
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]

def count(application, method, path, body=None):
    global steps
    for _ in range(2):  # the first time fills what is filled once
        environ = environ_for(method, path, body, HTTP_ACCEPT="*/*")
        environ |= {"CONTENT_TYPE": "application/json", "wsgi.input": BytesIO(body or b"")}
        steps = 0
        sys.settrace(trace)
        sys.setprofile(profile)
        application(environ, lambda status, headers: None)
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
    "ladder": {"first": 2.45, "last": 2.99, "404": 3.83, "405": 4.60, "post": 5.05},
    "tree": {"first": 3.06, "last": 3.06, "404": 3.56, "405": 4.68, "post": 4.37},
}
# Slow to import, and needed by few requests or none.
NEVER_AT_START = {
    "email", "http.client", "http.server", "importlib.metadata", "importlib.resources", "logging",
    "socket", "traceback",
}  # fmt: skip


@cache
def counted(dispatcher: str) -> dict[str, Any]:
    routes = "".join(RESOURCE.format(n) for n in range(RESOURCES[dispatcher]))
    made = generate(dispatcher=dispatcher, routes=routes)
    done = run(made.path, sys.executable, "-c", COUNT, PYTHONPATH=f"src{os.pathsep}{ROOT}")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("dispatcher", LIMITS)
def test_a_request_costs_no_more_than_before(dispatcher: str) -> None:
    ratios = counted(dispatcher)
    costlier = {
        what: f"{ratios[what]:.2f}, was {limit}"
        for what, limit in LIMITS[dispatcher].items()
        if ratios[what] > 1.1 * limit
    }
    assert not costlier


def test_a_tree_finds_the_last_route_as_soon_as_the_first() -> None:
    ratios = counted("tree")
    assert ratios["last"] == ratios["first"]


@pytest.mark.parametrize("dispatcher", LIMITS)
def test_a_start_imports_only_what_most_requests_need(dispatcher: str) -> None:
    assert not NEVER_AT_START & set(counted(dispatcher)["modules"])
