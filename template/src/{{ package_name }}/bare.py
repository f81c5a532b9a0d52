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
        status, headers, body = response.problem(environ, HTTPError(500))
    if getattr(environ.get("wsgi.input"), "left", 0) and isinstance(body, list):
        request.drop(environ)  # what nobody has read; a stream can still read it
    if not body or environ.get("REQUEST_METHOD") == "HEAD":
        response.close(body)
        body = iter([b""])  # for [], wsgiref would announce a length of 0
    start_response(status, headers)
    return body


def respond(environ: WSGIEnvironment) -> response.Response:
    """Find the path, then the method, and return what the handler returns."""
    try:
        if environ.get("CONTENT_LENGTH") or "HTTP_TRANSFER_ENCODING" in environ:
            request.reader(environ)  # from now on, nobody reads past the end of the body
        path, method = request.path(environ), environ.get("REQUEST_METHOD", "")
        found = find(path) if path.startswith("/") else None
        if found is None:
            if path == "*" and method == "OPTIONS":  # the whole server (RFC 9110, section 9.3.7)
                return response.empty()
            raise HTTPError(404)
        handlers, parameters = found
        handler = handlers.get(method) or (handlers.get("GET") if method == "HEAD" else None)
        if handler is not None:
            return response.checked(handler(environ, *parameters), handler)
        allowed = {"OPTIONS", *handlers} | ({"HEAD"} if "GET" in handlers else set())
        allow = ("Allow", ", ".join(sorted(allowed)))
        if method == "OPTIONS":
            return response.empty(headers=[allow])
        raise HTTPError(405, headers=[allow])
    except HTTPError as error:
        return response.problem(environ, error)
