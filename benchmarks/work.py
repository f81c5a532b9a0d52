"""The work that everyone does: a table of routes, and the requests that are sent."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

from harness.send import environ_for

TABLES = Path(__file__).parent / "tables"
PAGE = "<!doctype html><title>{0}</title><h1>{0}</h1>"


class Route(NamedTuple):
    """A line of a table: kind says what its handler does."""

    method: str
    path: str
    kind: str  # what it returns, or what it reads before it returns JSON
    name: str


class Request(NamedTuple):
    """What is sent, and the status and content that must come back."""

    method: str
    path: str
    status: int = 200
    content: Any = None
    body: bytes = b""
    content_type: str = ""
    accept: str = "*/*"
    page: bool = False  # whether Accept: text/html must get HTML for it

    def environ(self) -> dict[str, Any]:
        """Return what a server makes of the request."""
        sent = {"CONTENT_TYPE": self.content_type or None, "HTTP_ACCEPT": self.accept}
        return environ_for(self.method, self.path, self.body or None, **sent)


KINDS = (
    ("GET", "/r{0}/items/{{item_id:int}}", "json", "show"),
    ("GET", "/r{0}/text", "text", "text"),
    ("GET", "/r{0}/items", "json", "list"),
    ("POST", "/r{0}/items", "post", "create"),
    ("POST", "/r{0}/form", "form", "send"),
    ("GET", "/r{0}/both", "both", "both"),
)
TYPES = {
    "json": "json",
    "text": "text",
    "post": "json>json",
    "form": "form>json",
    "both": "json,html",
}


def routes(table: str) -> list[Route]:
    """Return a made table of so many routes, or a published one by its name."""
    if not table.isdecimal():
        lines = (TABLES / f"{table}.txt").read_text().splitlines()
        words = [line.split() for line in lines if not line.startswith("#")]
        return [
            Route(method, path, "post" if method in ("POST", "PUT", "PATCH") else "json", f"h{n}")
            for n, (method, path) in enumerate(words)
        ]
    return [
        Route(method, path.format(n // 6), kind, f"{name}_{n // 6}")
        for n in range(int(table))
        for method, path, kind, name in [KINDS[n % 6]]
    ]


def text_of(table: str) -> str:
    """Return a table in the route language."""
    return "".join(f"{r.method} {r.path} {TYPES[r.kind]} {r.name}\n" for r in routes(table))


def parameters(path: str) -> list[tuple[str, str]]:
    """Return the placeholders' names and kinds."""
    return re.findall(r"\{(\w+):?(\w*)\}", path)


def requests(table: str) -> dict[str, Request]:
    """Return the requests by the name of what they show."""
    if not table.isdecimal():
        shown = [route for route in routes(table) if route.kind == "json"]
        return {
            "first": _get(shown[0]),
            "middle": _get(shown[len(shown) // 2]),
            "last": _get(shown[-1]),
            "404": Request("GET", "/no/such/path", 404),
        }
    middle, last = int(table) // 12, (int(table) - 1) // 6
    sent = {"key": "value"}
    form = "application/x-www-form-urlencoded"
    first = {
        "text": Request("GET", f"/r{middle}/text", content=f"{ {'handler': f'text_{middle}'} }\n"),
        "json": Request("GET", f"/r{middle}/items", content={"handler": f"list_{middle}"}),
        "parameter": _get(Route("GET", f"/r{middle}/items/{{item_id:int}}", "json", f"show_{middle}")),
        "last": _get(Route("GET", f"/r{last}/items/{{item_id:int}}", "json", f"show_{last}")),
        "404": Request("GET", "/no/such/path", 404),
        "405": Request("DELETE", f"/r{middle}/items/7", 405),
        "post": Request(
            "POST", f"/r{middle}/items", 200, {"handler": f"create_{middle}", "body": sent},
            json.dumps(sent).encode(), "application/json",
        ),
        "form": Request(
            "POST", "/r0/form", 200, {"handler": "send_0", "body": {"key": ["value"]}},
            b"key=value", form,
        ),
        "negotiated": Request(
            "GET", "/r0/both", 200, {"handler": "both_0"}, accept="text/html;q=0.5, application/json", page=True,
        ),
    }  # fmt: skip
    return first


def _get(route: Route) -> Request:
    values = {name: 7 if kind == "int" else "x" for name, kind in parameters(route.path)}
    path = re.sub(r"\{(\w+):?\w*\}", lambda found: str(values[found[1]]), route.path)
    return Request("GET", path, content={"handler": route.name, **values})
