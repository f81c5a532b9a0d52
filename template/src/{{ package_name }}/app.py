"""The WSGI callable: from ``environ`` to ``start_response``, read from top to bottom."""

import re
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from . import request, response
from .errors import HTTPError, Stream, close, log
from .response import Response
from .routes import find

_field = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\n[ -~\x80-\xff]*").fullmatch


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer one request: the function that a server calls (PEP 3333)."""
    try:
        status, headers, body = finish(environ, respond(environ))
    except Exception:
        log(environ)
        status, headers, body = finish(environ, response.problem(environ, HTTPError(500)))
    start_response(status, headers)
    return body


def respond(environ: WSGIEnvironment) -> Response:
    """Find the path, then the method, and return what the handler returns."""
    try:
        path = request.path(environ)
        method = environ.get("REQUEST_METHOD", "")
        found = find(path)
        if found is None:
            if (method, path) == ("OPTIONS", "*"):  # of the server (RFC 9110, section 9.3.7)
                return response.empty()
            raise HTTPError(404)
        methods, parameters = found
        handler = methods.get("GET" if method == "HEAD" else method)
        if handler is not None:
            return handler(environ, *parameters)
        allowed = {*methods, "OPTIONS", *(["HEAD"] if "GET" in methods else [])}
        headers = [("Allow", ", ".join(sorted(allowed)))]
        if method == "OPTIONS":
            return response.empty(headers=headers)
        raise HTTPError(405, headers=headers)
    except HTTPError as error:
        return response.problem(environ, error)


def finish(environ: WSGIEnvironment, answer: Response) -> Response:
    """Check every field, add what all answers carry, and leave out a body that must not be sent.

    ValueError where a field's name is no token, or its value holds what latin-1 does not have
    or a control character (RFC 9110, section 5.5).
    """
    status, headers, body = answer
    for name, value in headers:
        if not _field(f"{name}\n{value}"):
            close(body)
            raise ValueError(f"no field can be {name!r} with the value {value!r}")
    headers = [("X-Content-Type-Options", "nosniff"), *headers]
    if status[:3] in ("204", "205", "304"):  # RFC 9110, section 6.4.1
        close(body)
        return Response(status, _without(headers, "content-length", "content-type"), [])
    if isinstance(body, list):
        headers = _without(headers, "content-length")
        headers.append(("Content-Length", str(sum(map(len, body)))))
    else:
        body = Stream(environ, body)
    if environ.get("REQUEST_METHOD") == "HEAD":
        close(body)
        body = []
    return Response(status, headers, body)


def _without(headers: list[tuple[str, str]], *names: str) -> list[tuple[str, str]]:
    return [field for field in headers if field[0].lower() not in names]
