"""The same handlers in each framework, written as its own documentation would.

Bottle and wheezy.web have no content negotiation, so they have no number for it.
"""

import importlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from .work import PAGE, Route, parameters

Application = Callable[[dict[str, Any], Callable[..., Any]], Any]


def constant(routes: list[Route]) -> Application:
    """The floor: a callable that does nothing."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
        return [b"ok"]

    return application


def dumps(routes: list[Route]) -> Application:
    """The floor of a response in JSON: the data of one route, without a search for it."""
    data = {"handler": routes[0].name, "item_id": 7}

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        body = json.dumps(data).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response("200 OK", headers)
        return [body]

    return application


def ours(dispatcher: str) -> Callable[[list[Route]], Application]:
    """A generated project, which is on the path as ``ladder_10`` or ``tree_1000``."""
    return lambda routes: importlib.import_module(f"{dispatcher}_{len(routes)}").application


def facts(route: Route, values: Mapping[str, Any], body: Any = None) -> dict[str, Any]:
    """What a response in JSON holds."""
    return {"handler": route.name, **values, **({} if body is None else {"body": body})}


def plain(route: Route) -> str:
    """What a response in plain text holds."""
    return f"{facts(route, {})}\n"


def falcon(routes: list[Route]) -> Application:
    import falcon

    class Resource:
        pass

    def handler(route: Route) -> Callable[..., None]:
        def respond(self: Any, req: Any, resp: Any, **values: Any) -> None:
            if route.kind == "text":
                resp.content_type, resp.text = "text/plain; charset=utf-8", plain(route)
            elif route.kind == "both" and req.client_prefers(TYPES) == "text/html":
                resp.content_type, resp.text = "text/html", PAGE.format(route.name)
            elif route.kind == "form":
                read = req.get_media()
                resp.media = facts(route, values, {key: [read[key]] for key in read})
            else:
                resp.media = facts(route, values, req.get_media() if route.kind == "post" else None)

        return respond

    app = falcon.App()
    for path, group in by_path(routes).items():
        names = {f"on_{route.method.lower()}": handler(route) for route in group}
        app.add_route(path, type("Of", (Resource,), names)())
    return app


TYPES = ("application/json", "text/html")


def bottle(routes: list[Route]) -> Application:
    import bottle

    def handler(route: Route) -> Callable[..., Any]:
        def respond(**values: Any) -> Any:
            if route.kind == "text":
                bottle.response.content_type = "text/plain; charset=utf-8"
                return plain(route)
            if route.kind == "form":
                forms = bottle.request.forms
                return facts(route, values, {key: forms.getall(key) for key in forms})
            return facts(route, values, bottle.request.json if route.kind == "post" else None)

        return respond

    app = bottle.Bottle()
    for route in routes:
        path = re.sub(r"\{(\w+)(:?\w*)\}", r"<\1\2>", route.path)
        app.route(path, route.method, handler(route))
    return app


def flask(routes: list[Route]) -> Application:
    import flask

    def handler(route: Route) -> Callable[..., Any]:
        def respond(**values: Any) -> Any:
            if route.kind == "text":
                return flask.Response(plain(route), mimetype="text/plain")
            accepted = flask.request.accept_mimetypes
            if route.kind == "both" and accepted.best_match(TYPES) == "text/html":
                return PAGE.format(route.name)
            if route.kind == "form":
                return facts(route, values, flask.request.form.to_dict(flat=False))
            return facts(route, values, flask.request.get_json() if route.kind == "post" else None)

        return respond

    app = flask.Flask(__name__)
    for route in routes:
        app.add_url_rule(angled(route.path), route.name, handler(route), methods=[route.method])
    return app


def werkzeug(routes: list[Route]) -> Application:
    from werkzeug.exceptions import HTTPException
    from werkzeug.routing import Map, Rule
    from werkzeug.wrappers import Request, Response

    rules = [Rule(angled(r.path), endpoint=r, methods=[r.method]) for r in routes]
    urls = Map(rules)

    def respond(request: Any) -> Any:
        route, values = urls.bind_to_environ(request.environ).match()
        if route.kind == "text":
            return Response(plain(route), mimetype="text/plain")
        if route.kind == "both" and request.accept_mimetypes.best_match(TYPES) == "text/html":
            return Response(PAGE.format(route.name), mimetype="text/html")
        content = request.get_json() if route.kind == "post" else None
        if route.kind == "form":
            content = request.form.to_dict(flat=False)
        return Response(json.dumps(facts(route, values, content)), mimetype="application/json")

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        try:
            return respond(Request(environ))(environ, start_response)
        except HTTPException as error:
            return error(environ, start_response)

    return application


def django(routes: list[Route]) -> Application:
    import logging
    import sys
    from types import ModuleType

    from django import setup
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.http import HttpResponse, HttpResponseNotAllowed, JsonResponse
    from django.urls import path

    urls: Any = ModuleType("benchmarks_urls")
    sys.modules[urls.__name__] = urls
    settings.configure(
        ROOT_URLCONF=urls.__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="x", LOGGING_CONFIG=None
    )
    setup()
    logging.disable()  # a line for each 404 would be measured

    def view(group: list[Route]) -> Callable[..., Any]:
        methods = {route.method: route for route in group}

        def respond(request: Any, **values: Any) -> Any:
            route = methods.get(request.method)
            if route is None:
                return HttpResponseNotAllowed(methods)
            if route.kind == "text":
                return HttpResponse(plain(route), content_type="text/plain; charset=utf-8")
            if route.kind == "both" and request.get_preferred_type(TYPES) == "text/html":
                return HttpResponse(PAGE.format(route.name))
            content = json.loads(request.body) if route.kind == "post" else None
            if route.kind == "form":
                content = dict(request.POST.lists())
            return JsonResponse(facts(route, values, content))

        return respond

    urls.urlpatterns = [
        path(angled(place)[1:], view(group)) for place, group in by_path(routes).items()
    ]
    return WSGIHandler()


def pyramid(routes: list[Route]) -> Application:
    from pyramid.config import Configurator
    from pyramid.response import Response

    def view(route: Route) -> Callable[..., Any]:
        def respond(request: Any) -> Any:
            values = dict(request.matchdict)
            for name, kind in parameters(route.path):
                values[name] = int(values[name]) if kind == "int" else values[name]
            if route.kind == "text":
                return Response(plain(route), content_type="text/plain")
            if route.kind == "both" and request.accept.best_match(TYPES) == "text/html":
                return Response(PAGE.format(route.name))
            if route.kind == "form":
                return facts(route, values, request.POST.dict_of_lists())
            return facts(route, values, request.json_body if route.kind == "post" else None)

        return respond

    with Configurator() as config:
        for path, group in by_path(routes).items():
            place = re.sub(r"\{(\w+):int\}", r"{\1:[0-9]+}", path)
            config.add_route(path, re.sub(r"\{(\w+):path\}", r"*\1", place))
            for route in group:
                renderer = None if route.kind == "text" else "json"
                config.add_view(
                    view(route), route_name=path, request_method=route.method, renderer=renderer
                )
        return config.make_wsgi_app()


def wheezy(routes: list[Route]) -> Application:
    from wheezy.http import HTTPResponse, WSGIApplication, method_not_allowed
    from wheezy.http.response import json_response
    from wheezy.web.middleware import bootstrap_defaults, path_routing_middleware_factory

    def handler(group: list[Route]) -> Callable[..., Any]:
        methods = {route.method: route for route in group}

        def respond(request: Any) -> Any:
            route = methods.get(request.method)
            if route is None:
                return method_not_allowed()
            values = dict(request.environ["route_args"])
            values.pop("route_name", None)
            for name, kind in parameters(route.path):
                values[name] = int(values[name]) if kind == "int" else values[name]
            if route.kind == "text":
                response = HTTPResponse("text/plain; charset=utf-8")
                response.write(plain(route))
                return response
            content = request.form if route.kind in ("post", "form") else None
            return json_response(facts(route, values, content))

        return respond

    urls: list[Any] = [
        (re.sub(r"\{(\w+):int\}", r"{\1:number}", path.lstrip("/")), handler(group), {}, path)
        for path, group in by_path(routes).items()
    ]
    middleware = [bootstrap_defaults(url_mapping=urls), path_routing_middleware_factory]
    return WSGIApplication(middleware, {})


def angled(path: str) -> str:
    """Return a path as Werkzeug and Django write it."""
    return re.sub(r"\{(\w+):?(\w*)\}", lambda m: f"<{m[2] + ':' if m[2] else ''}{m[1]}>", path)


def by_path(routes: list[Route]) -> dict[str, list[Route]]:
    """Return the routes of each path."""
    groups: dict[str, list[Route]] = {}
    for route in routes:
        groups.setdefault(route.path, []).append(route)
    return groups


ALL: dict[str, Callable[[list[Route]], Application]] = {
    "constant": constant, "json.dumps": dumps, "ladder": ours("ladder"), "tree": ours("tree"),
    "all middleware": ours("wrapped"),
    "Falcon": falcon, "Bottle": bottle, "wheezy.web": wheezy, "Werkzeug": werkzeug,
    "Pyramid": pyramid, "Flask": flask, "Django": django,
}  # fmt: skip
