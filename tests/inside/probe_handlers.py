"""The handlers of the generated project: this file becomes its handlers/probe.py."""

import os
import sys
import time

from harness.chunks import MODIFIED, Chunks, note

from .. import cookies, ndjson, request, response, sse, streaming
from ..errors import HTTPError
from ..middleware.etags import etag, last_modified
from ..request import Environ
from ..response import TEXT, Response


def show_text(environ: Environ, word: str) -> Response:
    return response.text(word)


def show_int(environ: Environ, number: int) -> Response:
    return response.json({"number": number})


def send_json(environ: Environ) -> Response:
    return response.json({"value": request.json(environ)})


def send_bytes(environ: Environ) -> Response:
    return response.raw(request.body(environ), "application/octet-stream")


def send_form(environ: Environ) -> Response:
    return response.json(request.form(environ))


def show_query(environ: Environ) -> Response:
    return response.json(request.query(environ))


def show_cookies(environ: Environ) -> Response:
    return response.json(cookies.read(environ))


def show_types(environ: Environ) -> Response:
    if request.best_match(environ, ["application/json", "text/html"]) == "text/html":
        return response.html("<p>html", headers=response.VARY)
    return response.json("json", headers=response.VARY)


def show_status(environ: Environ, number: int) -> Response:
    return response.text("text", status=number)


def show_empty(environ: Environ, number: int) -> Response:
    return response.empty(number)


def show_stream(environ: Environ) -> Response:
    return streaming.stream(environ, Chunks(environ), TEXT)


def show_length(environ: Environ, number: int) -> Response:
    return streaming.stream(environ, Chunks(environ), TEXT, length=number)


def show_streamed(environ: Environ, number: int) -> Response:
    return streaming.stream(environ, Chunks(environ), TEXT, status=number)


def show_broken(environ: Environ) -> Response:
    return streaming.stream(environ, Chunks(environ, error=RuntimeError("secret")), TEXT)


def show_unbegun(environ: Environ) -> Response:
    return streaming.stream(environ, Chunks(environ, first=b"", error=RuntimeError("secret")), TEXT)


def show_missing(environ: Environ) -> Response:
    return streaming.stream(environ, Chunks(environ, first=b"", error=HTTPError(404)), TEXT)


def show_endless(environ: Environ) -> Response:
    return streaming.stream(environ, Chunks(environ, endless=b"x" * 65_536), TEXT)


def show_ndjson(environ: Environ) -> Response:
    return ndjson.stream(environ, Chunks(environ, first=b"", endless=["x" * 65_536]))


def show_sse(environ: Environ) -> Response:
    return sse.stream(environ, Chunks(environ, endless=sse.event("x" * 65_536)))


def show_raise(environ: Environ) -> Response:
    raise RuntimeError("secret")


def show_unprintable(environ: Environ) -> Response:
    raise ValueError("secret \ud800")


def show_exit(environ: Environ) -> Response:
    sys.exit(int(environ["QUERY_STRING"]))


def show_header(environ: Environ) -> Response:
    query = request.query(environ)
    return response.text("text", headers=[(query["name"][0], query["value"][0])])


def show_redirect(environ: Environ) -> Response:
    return response.redirect(request.query(environ)["to"][0])


def show_nan(environ: Environ) -> Response:
    return response.json(float("nan"))


def show_surrogate(environ: Environ) -> Response:
    return response.json("\ud800")


def show_etag(environ: Environ) -> Response:
    return response.text("text", headers=[etag("a"), last_modified(MODIFIED)])


def show_slow(environ: Environ) -> Response:
    note(environ)
    time.sleep(1)
    return response.text("slow")


def show_process(environ: Environ) -> Response:
    return response.text(str(os.getpid()))


def show_caller(environ: Environ) -> Response:
    return response.text(f"{environ['wsgi.url_scheme']} {environ.get('REMOTE_ADDR')}")


def show_forwarded(environ: Environ) -> Response:
    return response.text(request.header(environ, "X-Forwarded-For", "dropped"))
