"""Four applications of frameworks, mounted beside the routes of a project with all middleware."""

from typing import Any
from urllib.parse import parse_qsl

import bottle
import django.conf
import django.http
import django.shortcuts
import django.urls
import fastapi
import fastapi.responses
import flask
from a2wsgi import ASGIMiddleware
from django.core.wsgi import get_wsgi_application
from flask.sessions import SecureCookieSessionInterface
from sample import config, cookies, response
from sample.bare import application as bare
from sample.middleware.access_log import access_log
from sample.middleware.cors import cors
from sample.middleware.etags import etags
from sample.middleware.gzip import gzip
from sample.middleware.mount import fallback, mount
from sample.middleware.proxy import proxy
from sample.middleware.request_id import request_id
from sample.middleware.security_headers import security_headers
from sample.middleware.trusted_hosts import trusted_hosts

WORD = "word " * 400
USER = "Zoë"

# Flask

flask_app = flask.Flask("mounted")
flask_app.secret_key = "for tests"


@flask_app.post("/login")
def flask_login() -> Any:
    flask.session["user"] = flask.request.form["user"]
    return flask.redirect(flask.url_for("flask_me"))


@flask_app.get("/me")
def flask_me() -> Any:
    return f"{flask.session['user']} {flask.request.headers['X-Request-ID']}"


@flask_app.get("/")
def flask_home() -> Any:
    return flask.request.script_root


@flask_app.get("/long")
def flask_long() -> Any:
    return WORD


@flask_app.get("/stream")
def flask_stream() -> Any:
    return flask.Response(iter(["a\n", "b\n"]), mimetype="text/plain")


@flask_app.get("/notes/<int:number>")
def flask_notes(number: int) -> Any:
    return f"flask {number}"


@flask_app.delete("/notes")
def flask_delete() -> Any:
    return "deleted by flask"


# Django


def django_login(request: Any) -> Any:
    response = django.shortcuts.redirect("me")
    response.set_signed_cookie("user", request.POST["user"])
    return response


def django_me(request: Any) -> Any:
    name = request.headers["X-Request-ID"]
    return django.http.HttpResponse(f"{request.get_signed_cookie('user')} {name}")


def django_home(request: Any) -> Any:
    return django.http.HttpResponse(request.META["SCRIPT_NAME"])


def django_long(request: Any) -> Any:
    return django.http.HttpResponse(WORD)


def django_stream(request: Any) -> Any:
    return django.http.StreamingHttpResponse(iter(["a\n", "b\n"]), content_type="text/plain")


urlpatterns = [
    django.urls.path("", django_home),
    django.urls.path("login", django_login),
    django.urls.path("me", django_me, name="me"),
    django.urls.path("long", django_long),
    django.urls.path("stream", django_stream),
]
django.conf.settings.configure(
    SECRET_KEY="for tests", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1", "localhost"]
)
django_app = get_wsgi_application()

# Bottle

bottle_app = bottle.Bottle()


@bottle_app.post("/login")
def bottle_login() -> Any:
    bottle.response.set_cookie("user", bottle.request.forms.user, secret="s", path="/")
    bottle.redirect(bottle.request.script_name + "me")


@bottle_app.get("/me")
def bottle_me() -> Any:
    user = bottle.request.get_cookie("user", secret="s")
    return f"{user} {bottle.request.get_header('X-Request-ID')}"


@bottle_app.get("/")
def bottle_home() -> Any:
    return bottle.request.environ["SCRIPT_NAME"]


@bottle_app.get("/long")
def bottle_long() -> Any:
    return WORD


@bottle_app.get("/stream")
def bottle_stream() -> Any:
    bottle.response.content_type = "text/plain"
    yield "a\n"
    yield "b\n"


# FastAPI

fastapi_app = fastapi.FastAPI()


@fastapi_app.post("/login")
async def fastapi_login(request: fastapi.Request) -> Any:
    [(_, user)] = parse_qsl((await request.body()).decode())
    url = request.url_for("fastapi_me").path
    response = fastapi.responses.RedirectResponse(url, status_code=303)
    response.set_cookie("user", user.encode("unicode_escape").decode())
    return response


@fastapi_app.get("/me")
def fastapi_me(request: fastapi.Request) -> Any:
    user = request.cookies["user"].encode().decode("unicode_escape")
    text = f"{user} {request.headers['X-Request-ID']}"
    return fastapi.responses.PlainTextResponse(text)


@fastapi_app.get("/")
def fastapi_home(request: fastapi.Request) -> Any:
    return fastapi.responses.PlainTextResponse(request.scope["root_path"])


@fastapi_app.get("/long")
def fastapi_long() -> Any:
    return fastapi.responses.PlainTextResponse(WORD)


@fastapi_app.get("/stream")
def fastapi_stream() -> Any:
    return fastapi.responses.StreamingResponse(iter(["a\n", "b\n"]), media_type="text/plain")


def all_of_it(application: Any) -> Any:
    application = mount(application, "/flask", flask_app)
    application = mount(application, "/django", django_app)
    application = mount(application, "/bottle", bottle_app)
    application = mount(application, "/fastapi", ASGIMiddleware(fastapi_app))
    application = etags(application)
    application = gzip(application)
    application = cors(application, ["https://example.org"])
    application = trusted_hosts(application, config.TRUSTED_HOSTS)
    application = security_headers(application)
    application = access_log(application, config.LOG_FORMAT)
    application = request_id(application)
    return proxy(application, 0)


application = all_of_it(bare)
# The other ways: what no route takes goes to an old application, or this one is in an old one.
with_fallback = fallback(bare, flask_app)
old = flask.Flask("old")
old.wsgi_app = mount(old.wsgi_app, "/new", bare)  # type: ignore[method-assign]


@old.get("/")
def old_home() -> Any:
    return "old"


in_front = flask.Flask("in front")
in_front.wsgi_app = fallback(bare, in_front.wsgi_app)  # type: ignore[method-assign]
in_front.add_url_rule("/old", view_func=old_home)
django_in_front = fallback(bare, django_app)


def session_of_flask(environ: Any, start_response: Any) -> Any:
    """Read the session of the Flask application in one beside it."""
    serializer = SecureCookieSessionInterface().get_signing_serializer(flask_app)
    session = serializer.loads(cookies.read(environ)["session"])
    status, headers, body = response.json(session)
    start_response(status, headers)
    return body


def redirecting(environ: Any, start_response: Any) -> Any:
    status, headers, body = response.redirect(environ["SCRIPT_NAME"] + "/notes")
    start_response(status, headers)
    return body


both = mount(mount(session_of_flask, "/flask", flask_app), "/new", redirecting)


def chosen(environ: Any, start_response: Any) -> Any:
    """One server for all of them: a header says which."""
    return globals()[environ["HTTP_X_APPLICATION"]](environ, start_response)
