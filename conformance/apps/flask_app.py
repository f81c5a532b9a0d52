"""The probes' application in Flask."""

from datetime import UTC, datetime

from flask import Flask, Response, abort, jsonify, redirect, request
from werkzeug.exceptions import NotFound

from harness.chunks import MODIFIED, Chunks

application = app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 1_048_576


@app.get("/")
def home():
    return "home"


@app.get("/probe/text/<word>")
def show_text(word):
    return Response(word, mimetype="text/plain")


@app.get("/probe/int/<int:number>")
def show_int(number):
    return {"number": number}


@app.post("/probe/json")
def send_json():
    return jsonify({"value": request.get_json()})


@app.post("/probe/bytes")
def send_bytes():
    return Response(request.get_data(), mimetype="application/octet-stream")


@app.post("/probe/form")
def send_form():
    return jsonify(request.form.to_dict(flat=False))


@app.get("/probe/query")
def show_query():
    return jsonify(request.args.to_dict(flat=False))


@app.get("/probe/cookies")
def show_cookies():
    return jsonify(request.cookies)


@app.get("/probe/types")
def show_types():
    best = request.accept_mimetypes.best_match(["application/json", "text/html"])
    if not best:
        abort(406)
    response = Response("<p>html") if best == "text/html" else jsonify("json")
    response.vary.add("Accept")
    return response


@app.get("/probe/status/<int:number>")
def show_status(number):
    return "text", number


@app.get("/probe/empty/<int:number>")
def show_empty(number):
    return "", number


@app.get("/probe/stream")
def show_stream():
    return Response(Chunks(request.environ), mimetype="text/plain")


@app.get("/probe/length/<int:number>")
def show_length(number):
    headers = {"Content-Length": str(number)}
    return Response(Chunks(request.environ), mimetype="text/plain", headers=headers)


@app.get("/probe/streamed/<int:number>")
def show_streamed(number):
    return Response(Chunks(request.environ), mimetype="text/plain", status=number)


@app.get("/probe/broken")
def show_broken():
    chunks = Chunks(request.environ, error=RuntimeError("secret"))
    return Response(chunks, mimetype="text/plain")


@app.get("/probe/unbegun")
def show_unbegun():
    chunks = Chunks(request.environ, first=b"", error=RuntimeError("secret"))
    return Response(chunks, mimetype="text/plain")


@app.get("/probe/missing")
def show_missing():
    chunks = Chunks(request.environ, first=b"", error=NotFound())
    return Response(chunks, mimetype="text/plain")


@app.get("/probe/raise")
def show_raise():
    raise RuntimeError("secret")


@app.get("/probe/unprintable")
def show_unprintable():
    raise ValueError("secret \ud800")


@app.get("/probe/header")
def show_header():
    return "text", {request.args["name"]: request.args["value"]}


@app.get("/probe/redirect")
def show_redirect():
    return redirect(request.args["to"])


@app.get("/probe/etag")
def show_etag():
    response = Response("text", mimetype="text/plain")
    response.set_etag("a")
    response.last_modified = datetime.fromtimestamp(MODIFIED, UTC)
    return response.make_conditional(request)


@app.get("/probe/nan")
def show_nan():
    return jsonify(float("nan"))


@app.get("/probe/surrogate")
def show_surrogate():
    return jsonify("\ud800")
