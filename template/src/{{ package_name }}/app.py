"""The WSGI callable: from ``environ`` to ``start_response``, read from top to bottom."""

from wsgiref.types import StartResponse, WSGIEnvironment

from . import request, response
from .errors import HTTPError, log
from .routes import find


def application(environ: WSGIEnvironment, start_response: StartResponse) -> response.Body:
    """Answer one request: this is the function that a server calls (PEP 3333)."""
    try:
        status, headers, body = respond(environ)
    except Exception:  # not SystemExit: gunicorn raises it to end a worker that hangs
        log(environ)
        status, headers, body = response.problem(environ, 500)
    if environ.get("REQUEST_METHOD") == "HEAD":
        response.close(body)
        body = []
    start_response(status, headers)
    return body


def respond(environ: WSGIEnvironment) -> response.Response:
    """Find the path, then the method, and return what the handler returns."""
    try:
        path, method = request.path(environ), environ.get("REQUEST_METHOD", "")
        found = find(path) if path[0] == "/" else None
        if found is None:
            server = (method, path) == ("OPTIONS", "*")  # RFC 9110, section 9.3.7
            return response.empty() if server else response.problem(environ, 404)
        handlers, parameters = found
        if handler := handlers.get("GET" if method == "HEAD" else method):
            made = handler(environ, *parameters)
            if isinstance(made, tuple) and len(made) == 3 and isinstance(made[1], list):
                return made
            name = f"{handler.__module__}.{getattr(handler, '__name__', handler)}"
            raise TypeError(f"{name} returned {type(made).__name__}: write return response.text(…)")
        allowed = {*handlers, "OPTIONS", "HEAD" if "GET" in handlers else "OPTIONS"}
        allow = [("Allow", ", ".join(sorted(allowed)))]
        if method == "OPTIONS":
            return response.empty(headers=allow)
        return response.problem(environ, 405, headers=allow)
    except HTTPError as error:
        return response.problem(environ, error.status, error.detail, headers=error.headers)
