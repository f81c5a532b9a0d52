"""The probes' application in Falcon."""

from datetime import UTC, datetime

import falcon

from harness.chunks import MODIFIED, Chunks


class Home:
    def on_get(self, req, resp):
        resp.text = "home"


class Text:
    def on_get(self, req, resp, word):
        resp.content_type = falcon.MEDIA_TEXT
        resp.text = word


class Int:
    def on_get(self, req, resp, number):
        resp.media = {"number": number}


class Json:
    def on_post(self, req, resp):
        resp.media = {"value": req.media}


class Bytes:
    def on_post(self, req, resp):
        resp.content_type = "application/octet-stream"
        resp.data = req.bounded_stream.read()


class Form:
    def on_post(self, req, resp):
        resp.media = req.media


class Query:
    def on_get(self, req, resp):
        resp.media = req.params


class Cookies:
    def on_get(self, req, resp):
        resp.media = req.cookies


class Types:
    def on_get(self, req, resp):
        best = req.client_prefers(["application/json", "text/html"])
        if not best:
            raise falcon.HTTPNotAcceptable
        resp.vary = ["Accept"]
        if best == "text/html":
            resp.content_type = falcon.MEDIA_HTML
            resp.text = "<p>html"
        else:
            resp.media = "json"


class Status:
    def on_get(self, req, resp, number):
        resp.status = number
        resp.content_type = falcon.MEDIA_TEXT
        resp.text = "text"


class Empty:
    def on_get(self, req, resp, number):
        resp.status = number


class Stream:
    def __init__(self, **options):
        self.options = options

    def on_get(self, req, resp):
        resp.content_type = falcon.MEDIA_TEXT
        resp.stream = Chunks(req.env, **self.options)


class Length:
    def on_get(self, req, resp, number):
        resp.content_type = falcon.MEDIA_TEXT
        resp.set_stream(Chunks(req.env), number)


class Streamed:
    def on_get(self, req, resp, number):
        resp.content_type = falcon.MEDIA_TEXT
        resp.status = number
        resp.stream = Chunks(req.env)


class Raise:
    def __init__(self, error):
        self.error = error

    def on_get(self, req, resp):
        raise self.error


class Header:
    def on_get(self, req, resp):
        resp.text = "text"
        resp.set_header(req.get_param("name"), req.get_param("value"))


class Redirect:
    def on_get(self, req, resp):
        raise falcon.HTTPSeeOther(req.get_param("to"))


class Etag:
    def on_get(self, req, resp):
        changed = datetime.fromtimestamp(MODIFIED, UTC)
        resp.content_type = falcon.MEDIA_TEXT
        resp.etag = "a"
        resp.last_modified = changed
        since = req.if_modified_since
        if any(tag in ("*", "a") for tag in req.if_none_match or []):
            resp.status = 304
        elif not req.if_none_match and since and since >= changed:
            resp.status = 304
        else:
            resp.text = "text"


class Nan:
    def on_get(self, req, resp):
        resp.media = float("nan")


class Surrogate:
    def on_get(self, req, resp):
        resp.media = "\ud800"


application = falcon.App()
application.add_route("/", Home())
application.add_route("/probe/text/{word}", Text())
application.add_route("/probe/int/{number:int}", Int())
application.add_route("/probe/json", Json())
application.add_route("/probe/bytes", Bytes())
application.add_route("/probe/form", Form())
application.add_route("/probe/query", Query())
application.add_route("/probe/cookies", Cookies())
application.add_route("/probe/types", Types())
application.add_route("/probe/status/{number:int}", Status())
application.add_route("/probe/stream", Stream())
application.add_route("/probe/length/{number:int}", Length())
application.add_route("/probe/streamed/{number:int}", Streamed())
application.add_route("/probe/empty/{number:int}", Empty())
application.add_route("/probe/broken", Stream(error=RuntimeError("secret")))
application.add_route("/probe/unbegun", Stream(first=b"", error=RuntimeError("secret")))
application.add_route("/probe/missing", Stream(first=b"", error=falcon.HTTPNotFound()))
application.add_route("/probe/raise", Raise(RuntimeError("secret")))
application.add_route("/probe/unprintable", Raise(ValueError("secret \ud800")))
application.add_route("/probe/header", Header())
application.add_route("/probe/redirect", Redirect())
application.add_route("/probe/etag", Etag())
application.add_route("/probe/nan", Nan())
application.add_route("/probe/surrogate", Surrogate())
