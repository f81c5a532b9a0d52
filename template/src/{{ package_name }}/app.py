"""The WSGI callable: from ``environ`` to ``start_response``, read from top to bottom."""

import re
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from . import request, response
from .errors import HTTPError, Stream, close, log
from .response import Response
from .routes import find

Answer = tuple[str, list[tuple[str, str]], Iterable[bytes]]

LENGTH = ("content-length",)  # always of the body that is sent, whatever the handler says
BODY_FIELDS = ("content-length", "content-type")
NOSNIFF = ("X-Content-Type-Options", "nosniff")
_field = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\n[ -~\x80-\xff]*").fullmatch


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer one request: the function that a server calls (PEP 3333)."""
    try:
        status, headers, body = finish(environ, respond(environ))
    except Exception:
        log(environ)
        status, headers, body = finish(environ, response.problem(environ, 500))
    start_response(status, headers)
    return body


def respond(environ: WSGIEnvironment) -> Response:
    """Find the path, then the method, and return what the handler returns."""
    try:
        path = request.path(environ)
        method = environ.get("REQUEST_METHOD", "")
        found = find(path)
        if found is None:
            if method == "OPTIONS" and path == "*":  # of the server (RFC 9110, section 9.3.7)
                return response.empty()
            return response.problem(environ, 404)
        methods, parameters = found
        handler = methods.get("GET" if method == "HEAD" else method)
        if handler is not None:
            return handler(environ, *parameters)
        allowed = {*methods, "OPTIONS", "HEAD" if "GET" in methods else "OPTIONS"}
        headers = [("Allow", ", ".join(sorted(allowed)))]
        if method == "OPTIONS":
            return response.empty(headers=headers)
        return response.problem(environ, 405, headers=headers)
    except HTTPError as error:
        return response.problem(environ, error.status, error.detail, error.headers)


def finish(environ: WSGIEnvironment, answer: Response) -> Answer:
    """Check every field, add what all answers carry, and leave out a body that must not be sent.

    ValueError where a field's name is no token, or its value holds what latin-1 does not have
    or a control character (RFC 9110, section 5.5).
    """
    status, headers, body = answer
    code = status[:3]
    bodiless = code in {"204", "304"}  # RFC 9110, section 6.4.1
    if bodiless or code == "205":  # empty, but with a length (RFC 9110, section 15.3.6)
        close(body)
        body = []
    whole = isinstance(body, list)
    ours = BODY_FIELDS if bodiless else LENGTH if whole else ()
    fields = [NOSNIFF]
    for field in headers:
        if field not in response.CONSTANT or bodiless:
            name, value = field
            if not _field(f"{name}\n{value}"):
                close(body)
                raise ValueError(f"no field can be {name!r} with the value {value!r}")
            if name.lower() in ours:
                continue
        fields.append(field)
    if whole and not bodiless:
        fields.append(("Content-Length", str(len(b"".join(body)))))
    if environ.get("REQUEST_METHOD") == "HEAD":
        close(body)
        return status, fields, []
    return status, fields, body if whole else Stream(environ, body)
