"""Checkers that others wrote, run over every route of a project: what they find, in words."""

import json
import warnings
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any
from wsgiref.validate import validator

import httplint
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from hypothesis.errors import Unsatisfiable
from webtest import lint
from werkzeug.middleware.lint import LintMiddleware

from harness.projects import Project
from harness.send import Sent, call, environ_for

DATE = ("Date", "Mon, 01 Jan 2024 00:00:00 GMT")
BODIES = {
    "application/json": b"{}",
    "application/x-www-form-urlencoded": b"a=b",
    "multipart/form-data": b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--b--\r\n',
}
EVERYTHING = """
GET    /                     html,json,text  home
GET    /text/{word}/{n:int}  html,text,xml   show
DELETE /text/{word}/{n:int}  json            drop
PUT    /x/{a:uuid}           json>ndjson     put
GET    /files/{p:path}       csv             file
GET    /drawing              svg,xml         draw
GET    /events               sse             events
PATCH  /bytes                bytes>bytes     patch
POST   /words                text>text       say
POST   /form                 form>html       form
POST   /upload               multipart>json  upload
"""
# What is judged: the answers of each project.
PROJECTS: dict[str, dict[str, Any]] = {
    "default": {"features": ["openapi"]},
    "default as a tree": {"features": ["openapi"], "dispatcher": "tree"},
    "everything": {
        "features": ["cookies", "openapi"],
        "routes": EVERYTHING,
        "middleware": ["etags"],
    },
    "everything as a tree": {
        "features": ["openapi"],
        "routes": EVERYTHING,
        "dispatcher": "tree",
    },
}
# What a judge says although nothing is wrong: the finding, and why it is none.
FALSE_ALARMS = {
    "http: * FRESHNESS_HEURISTIC:*": "how long a response can be kept is for its handler to say",
    "http: * STATUS_BAD_REQUEST:*": "it says what a 400 is; the request was meant to get one",
    'http: * REQUEST_HDR_IN_RESPONSE: "Accept"*': "in a 415 it is right (RFC 9110, 12.5.1)",
    "http: * FRESHNESS_NO_CACHE_NO_VALIDATOR:*": "server-sent events are never sent from a cache",
    "werkzeug: HEAD Content-Length and*": "the length is the GET's, as it should be",
    "werkzeug: * Absolute URLs required for location*": "a relative one is right since RFC 7231",
    "wsgiref: * No Content-Type header found*'Location'*": "a redirect without a body has no type",
    "werkzeug: * 204 responses must have*": "it wants a length of 0, which RFC 9110, 8.6 forbids",
    "werkzeug: * Entity header 'last-modified' found in 304*": "a cache is updated by it",
    "*: BREW Unknown REQUEST_METHOD*": "it judges the request, which is wrong on purpose",
    "*: * ValueError: invalid literal for int() * 'junk'": "the same: `Content-Length: junk`",
}


def document(project: Project) -> dict[str, Any]:
    return json.loads((project.source / "openapi.json").read_text("utf-8"))


def urls(paths: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each path with its examples filled in, and its operations by method."""
    for path, item in paths.items():
        if not path.startswith("/"):
            continue  # an extension
        for parameter in item.get("parameters", []):
            path = path.replace(f"{{{parameter['name']}}}", str(parameter["example"]))
        operations = {key: value for key, value in item.items() if isinstance(value, dict)}
        yield path, {key.upper(): value for key, value in operations.items()}


def requests(paths: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What a well-meaning client sends to every route, and what a mistaken one does."""
    for path, operations in urls(paths):
        for method, operation in operations.items():
            media_types = list(operation.get("requestBody", {"content": {}})["content"])
            body: list[dict[str, Any]] = [{}]
            for media_type in media_types:
                content = BODIES.get(media_type, b"{}")
                sent = {"body": content, "CONTENT_TYPE": media_type + "; boundary=b"}
                wrong = {"body": content, "CONTENT_TYPE": "video/none"}
                short = {**sent, "CONTENT_LENGTH": str(len(content) + 1)}
                body = [
                    sent,
                    wrong,
                    short,
                    {**sent, "CONTENT_LENGTH": "junk"},
                    {**sent, "body": b"\xff"},
                ]
            produced = operation["responses"].get("200", {}).get("content", {})
            for accept in [*produced, "image/none", None]:
                for other in body if accept is None else body[:1]:
                    yield {"method": method, "path": path, "HTTP_ACCEPT": accept, **other}
                    if method == "GET":
                        yield {"method": "HEAD", "path": path, "HTTP_ACCEPT": accept, **other}
        for method in ("OPTIONS", "HEAD", "BREW"):
            yield {"method": method, "path": path}
    for accept in ("text/html", "text/plain", "application/json"):
        yield {"method": "GET", "path": "/no/such/path", "HTTP_ACCEPT": accept}


def probes() -> Iterator[dict[str, Any]]:
    """What the handlers of routes.txt return, beside what stubs do."""
    for path in (
        *("/probe/redirect?to=/%C3%A9", "/probe/redirect?to=https://a.example/", "/probe/etag"),
        *(f"/probe/empty/{code}" for code in (204, 205, 304)),
        *(f"/probe/status/{code}" for code in (404, 503)),
        *("/probe/stream", "/probe/raise", "/probe/text/é", "/probe/header?name=X-A&value=a"),
    ):
        for method in ("GET", "HEAD"):
            yield {"method": method, "path": path}
            yield {"method": method, "path": path, "HTTP_IF_NONE_MATCH": '"a"'}


def environ_of(request: dict[str, Any]) -> dict[str, Any]:
    request = dict(request)
    return environ_for(
        request.pop("method"), request.pop("path"), request.pop("body", None), **request
    )


def wsgiref(application: Any, environ: dict[str, Any]) -> list[str]:
    return judged(validator(application), environ)


def werkzeug(application: Any, environ: dict[str, Any]) -> list[str]:
    return judged(LintMiddleware(application), environ)


def webtest(application: Any, environ: dict[str, Any]) -> list[str]:
    return judged(lint.middleware(application), environ)


def judged(application: Any, environ: dict[str, Any]) -> list[str]:
    """What a checker that stands between server and application raises, or warns of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            body = application(environ, lambda status, headers, exc_info=None: lambda chunk: None)
            list(body)
            body.close()
        except Exception as error:
            return [f"{type(error).__name__}: {error}"]
    return [str(warning.message) for warning in caught]


def http(application: Any, environ: dict[str, Any]) -> list[str]:
    """What httplint has against the response, with the Date that a server adds."""
    return linted(environ, call(application, environ))


def linted(environ: dict[str, Any], sent: Sent) -> list[str]:
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    asked = [
        (key[5:].replace("_", "-").encode(), value.encode("latin-1"))
        for key, value in environ.items()
        if key.startswith("HTTP_")
    ]
    request = httplint.HttpRequestLinter()
    request.process_request_topline(
        method.encode(), b"http://localhost" + path.encode("latin-1"), b"HTTP/1.1"
    )
    request.process_headers(asked)
    request.finish_content(True)
    response = httplint.HttpResponseLinter(no_content=method == "HEAD")
    response.request = request
    response.process_response_topline(b"HTTP/1.1", str(sent.status).encode(), b"")
    headers = [DATE, *sent.headers.items()]
    response.process_headers([(n.encode("latin-1"), v.encode("latin-1")) for n, v in headers])
    if sent.body:
        response.feed_content(sent.body)
    response.finish_content(True)
    return [
        f"{type(note).__name__}: {note.summary}"
        for note in response.notes
        if note.level in (httplint.levels.WARN, httplint.levels.BAD)
    ]


JUDGES = (wsgiref, werkzeug, webtest, http)


def findings(application: Any, requests: Iterable[dict[str, Any]]) -> tuple[int, set[str]]:
    """How many responses were judged, and what was found that is no false alarm."""
    count, found = 0, set()
    for request in requests:
        for judge in JUDGES:
            count += 1
            for finding in judge(application, environ_of(request)):
                text = f"{judge.__name__}: {request['method']} {finding}"
                if not any(fnmatchcase(text, alarm) for alarm in FALSE_ALARMS):
                    found.add(f"{text}, at {request}")
    return count, found


def mismatches(application: Any, openapi: dict[str, Any], examples: int) -> tuple[int, set[str]]:
    """How many requests schemathesis made of the document, and which responses disagree."""
    schema = schemathesis.openapi.from_dict(openapi)
    schema.app = application
    count, found = 0, set[str]()

    results: Iterable[Any] = schema.get_all_operations()
    for result in results:
        for mode in schemathesis.GenerationMode:

            @settings(
                max_examples=examples,
                database=None,
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            )
            @given(case=result.ok().as_strategy(generation_mode=mode))
            def check(case: Any) -> None:
                nonlocal count
                if isinstance(case.body, dict):
                    assume("" not in case.body)  # a part of a form must have a name
                count += 1
                try:
                    case.call_and_validate()
                except BaseExceptionGroup as group:
                    found.update(f"{case.operation.label}: {error}" for error in group.exceptions)
                except AssertionError as error:
                    found.add(f"{case.operation.label}: {error}")

            try:
                check()
            except Unsatisfiable:
                pass  # nothing that it could send would be wrong
    return count, found
