"""The probes' application in Bottle, which has no content negotiation to use."""

import json

from bottle import BaseRequest, Bottle, HTTPError, http_date, redirect, request, response

from harness.chunks import MODIFIED, Chunks

BaseRequest.MEMFILE_MAX = 1_048_576
application = app = Bottle()


def lists(fields):
    return {name: fields.getall(name) for name in fields}


@app.get("/")
def home():
    return "home"


@app.get("/probe/text/<word>")
def show_text(word):
    response.content_type = "text/plain; charset=utf-8"
    return word


@app.get("/probe/int/<number:int>")
def show_int(number):
    return {"number": number}


@app.post("/probe/json")
def send_json():
    return {"value": request.json}


@app.post("/probe/bytes")
def send_bytes():
    response.content_type = "application/octet-stream"
    return request.body.read()


@app.post("/probe/form")
def send_form():
    return lists(request.forms.decode())


@app.get("/probe/query")
def show_query():
    return lists(request.query.decode())


@app.get("/probe/cookies")
def show_cookies():
    return dict(request.cookies)


@app.get("/probe/types")
def show_types():
    return {"type": "json"}


@app.get("/probe/status/<number:int>")
def show_status(number):
    response.status = number
    return "text"


@app.get("/probe/empty/<number:int>")
def show_empty(number):
    response.status = number
    return ""


@app.get("/probe/stream")
def show_stream():
    return Chunks(request.environ)


@app.get("/probe/length/<number:int>")
def show_length(number):
    response.set_header("Content-Length", str(number))
    return Chunks(request.environ)


@app.get("/probe/streamed/<number:int>")
def show_streamed(number):
    response.status = number
    return Chunks(request.environ)


@app.get("/probe/broken")
def show_broken():
    return Chunks(request.environ, error=RuntimeError("secret"))


@app.get("/probe/unbegun")
def show_unbegun():
    return Chunks(request.environ, first=b"", error=RuntimeError("secret"))


@app.get("/probe/missing")
def show_missing():
    return Chunks(request.environ, first=b"", error=HTTPError(404))


@app.get("/probe/raise")
def show_raise():
    raise RuntimeError("secret")


@app.get("/probe/unprintable")
def show_unprintable():
    raise ValueError("secret \ud800")


@app.get("/probe/header")
def show_header():
    query = request.query.decode()
    response.set_header(query["name"], query["value"])
    return "text"


@app.get("/probe/redirect")
def show_redirect():
    redirect(request.query.decode()["to"])


@app.get("/probe/etag")
def show_etag():
    response.set_header("ETag", '"a"')
    response.set_header("Last-Modified", http_date(MODIFIED))
    return "text"


@app.get("/probe/nan")
def show_nan():
    return {"value": float("nan")}


@app.get("/probe/surrogate")
def show_surrogate():
    response.content_type = "application/json"
    return json.dumps("\ud800")
