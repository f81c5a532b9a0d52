"""What a bare WSGI application must get right: one row a probe, run against every application.

A probe says in a word or two what it observed; `right` lists the words that are right.
"""

import json
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple
from wsgiref.handlers import format_date_time
from wsgiref.validate import validator

from harness.chunks import MODIFIED
from harness.send import Drops, Endless, Sent, call, environ_for, send

JSON, BYTES = "application/json", "application/octet-stream"
FORM = "application/x-www-form-urlencoded"


class Row(NamedTuple):
    claim: str
    right: tuple[str, ...]
    probe: Callable[[Any], str]


ROWS: list[Row] = []


def row(claim: str, *right: str) -> Callable[[Callable[[Any], str]], None]:
    def add(probe: Callable[[Any], str]) -> None:
        ROWS.append(Row(claim, right, probe))

    return add


def observe(row: Row, application: Any) -> tuple[bool, str]:
    """Whether it is right, and what was seen."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        seen = row.probe(application)
    return seen in row.right, seen


def status(sent: Sent) -> str:
    return f"raises {sent.raised}" if sent.raised else str(sent.status)


def responds(claim: str, *right: str, **request: Any) -> None:
    """A row about a status."""
    method, path = request.pop("method", "GET"), request.pop("path", "/probe/query")
    body = request.pop("body", None)
    row(claim, *right)(lambda app: status(send(app, method, path, body, **request)))


def post(claim: str, *right: str, body: bytes = b"", **request: Any) -> None:
    """The same with a body, JSON unless it says something else."""
    request = {"path": "/probe/json", "CONTENT_TYPE": JSON, **request}
    responds(claim, *right, method="POST", body=body, **request)


def shown(application: Any, path: str, **others: Any) -> str:
    """The JSON value of a response, or its status."""
    sent = send(application, "GET", path, **others)
    try:
        return json.dumps(json.loads(sent.body), ensure_ascii=False, sort_keys=True)
    except ValueError:
        return status(sent)


# --- the request ---------------------------------------------------------------------------


@row("a path is UTF-8: `/probe/text/é`", "é")
def _(app: Any) -> str:
    sent = send(app, "GET", "/probe/text/é")
    return sent.body.decode() if sent.status == 200 else status(sent)


responds("a path that is not UTF-8", "400", "404", PATH_INFO="/probe/text/\xff")
responds("no `PATH_INFO`", "200", PATH_INFO=None)
responds("empty `PATH_INFO` below a `SCRIPT_NAME`", "200", PATH_INFO="", SCRIPT_NAME="/app")
responds("no `QUERY_STRING`", "200", QUERY_STRING=None)
responds("absolute form as `PATH_INFO`", "200", PATH_INFO="http://localhost/probe/query")
for wrong in ("x/probe/query", "*/probe/query", "http:/probe/query", "http:probe/query"):
    responds(f"`GET {wrong}`", "400", "404", PATH_INFO=wrong)
responds("`OPTIONS *`", "200", "204", method="OPTIONS", PATH_INFO="*")
responds("`//probe/query` is not `/probe/query`", "404", path="//probe/query")
responds("`/probe/x/../query` is not resolved", "404", path="/probe/x/../query")
responds("`/probe/query/` is not `/probe/query`", "404", path="/probe/query/")
responds("NUL in the path", "400", "404", path="/probe/query\0")
responds("`int`: a sign is no digit", "404", path="/probe/int/-7")
responds("`int`: Arabic digits are none", "404", path="/probe/int/٣")
responds("`int`: a line break is no digit", "404", path="/probe/int/7\n")
responds("`int`: 5,000 digits", "400", "404", path="/probe/int/" + "9" * 5000)
responds("the method `get`", "405", "501", method="get")
responds("the method `BREW`", "405", "501", method="BREW")


def read_past(app: Any, path: str, media_type: str) -> str:
    sent = send(app, "POST", path, b"{}", CONTENT_TYPE=media_type)
    return "waits for more" if sent.input.overread else f"reads {sent.input.tell()} bytes of 2"


row("a JSON body is not read past its length", "reads 2 bytes of 2")(
    lambda app: read_past(app, "/probe/json", JSON)
)
row("nor any other", "reads 2 bytes of 2")(lambda app: read_past(app, "/probe/bytes", BYTES))
to_bytes = {"path": "/probe/bytes", "CONTENT_TYPE": BYTES}


@row("a body that comes a byte at a time", "200 abc")
def _(app: Any) -> str:
    others: dict[str, Any] = {"wsgi.input": Drops(b"abc"), **to_bytes}
    sent = send(app, "POST", body=b"abc", **others)
    return f"{status(sent)} {sent.body.decode() if sent.status == 200 else ''}".strip()


for claim, length in (("no `CONTENT_LENGTH`", None), ("an empty one", "")):

    @row(f"{claim} is no body", "200, reads 0 bytes", "411, reads 0 bytes")
    def _(app: Any, length: str | None = length) -> str:
        sent = send(app, "POST", **to_bytes, body=b"abc", CONTENT_LENGTH=length)
        return f"{status(sent)}, reads {sent.input.tell()} bytes"


post("a body cut short", "400", body=b"abc", **to_bytes, CONTENT_LENGTH="9")
post(
    "a form cut short",
    "400",
    body=b"a=b",
    CONTENT_TYPE=FORM,
    path="/probe/form",
    CONTENT_LENGTH="9",
)
post("`Content-Length: +3`", "400", body=b"abc", **to_bytes, CONTENT_LENGTH="+3")
post(
    "`Content-Length: 0…05`, 30 digits",
    "200",
    "400",
    "413",
    body=b"abcde",
    **to_bytes,
    CONTENT_LENGTH="0" * 29 + "5",
)
post("`Content-Length: -1`", "400", body=b"abc", **to_bytes, CONTENT_LENGTH="-1")
post("`Content-Length: ٣`", "400", body=b"abc", **to_bytes, CONTENT_LENGTH="\xd9\xa3")


post("a body over the limit", "413", body=b"abc", **to_bytes, CONTENT_LENGTH=str(10**9))


@row("an early 404 or 405 arrives, because the body was read before", "404, 405, all read")
def _(app: Any) -> str:
    body = b"x" * 200_000
    sent = [send(app, "POST", path, body) for path in ("/no/such/path", "/probe/query")]
    unread = sum(len(body) - one.input.tell() for one in sent)
    seen = ", ".join(map(status, sent))
    return f"{seen}, {'all read' if not unread else f'{unread:,} bytes unread'}"


@row("an upload without an end does not hold up a 404", "404")
def _(app: Any) -> str:
    endless = Endless()
    others: dict[str, Any] = {"wsgi.input": endless, "wsgi.input_terminated": True}
    sent = send(app, "POST", "/no/such/path", HTTP_TRANSFER_ENCODING="chunked", **others)
    return status(sent) if endless.given <= 20_000_000 else "reads on"


@row("no length, the server marks the end", "200 abc")
def _(app: Any) -> str:
    flag: dict[str, Any] = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    sent = send(app, "POST", **to_bytes, body=b"abc", CONTENT_LENGTH=None, **flag)
    return f"{status(sent)} {sent.body.decode() if sent.status == 200 else ''}".strip()


@row("the same, over the limit", "413")
def _(app: Any) -> str:
    flag: dict[str, Any] = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    sent = send(app, "POST", **to_bytes, body=b"x" * 1_100_000, CONTENT_LENGTH=None, **flag)
    return status(sent)


post(
    "chunked beside a `Content-Length`, and nobody marks the end",
    "400",
    "411",
    body=b"3\r\nabc\r\n0\r\n\r\n",
    **to_bytes,
    CONTENT_LENGTH="3",
    HTTP_TRANSFER_ENCODING="chunked",
)
post(
    "chunked, and nobody marks the end", "411", body=b"abc",
    **to_bytes, CONTENT_LENGTH=None, HTTP_TRANSFER_ENCODING="chunked",
)  # fmt: skip
post(
    "`Transfer-Encoding: gzip, chunked`, which no server undoes", "400", "411", "415", "501",
    body=b"abc", **to_bytes, CONTENT_LENGTH=None, HTTP_TRANSFER_ENCODING="gzip, chunked",
    **{"wsgi.input_terminated": True},
)  # fmt: skip
post(
    "`Application/JSON; charset=utf-8`",
    "200",
    body=b"{}",
    CONTENT_TYPE="Application/JSON; charset=utf-8",
)
post("`application/hal+json`", "200", body=b"{}", CONTENT_TYPE="application/hal+json")
post("JSON sent as `text/plain`", "415", body=b"{}", CONTENT_TYPE="text/plain")
post("JSON sent without a type", "415", body=b"{}", CONTENT_TYPE=None)
post("a form sent as JSON", "415", body=b"{}", path="/probe/form")
responds("a GET as wsgiref hands it over", "200", CONTENT_TYPE="text/plain", CONTENT_LENGTH="")
for claim, sent in (
    ("malformed", b'{"a":'),
    ("empty", b""),
    ("not UTF-8", b'"\xff"'),
    ("`NaN`", b"NaN"),
    ("`1e999`", b"1e999"),
    ("100,000 levels deep", b"[" * 100_000 + b"]" * 100_000),
    ("a number of 5,000 digits", b"9" * 5000),
):
    post(f"JSON: {claim}", "400", body=sent)


post("JSON: with a byte order mark, refused or read", "400", "200", body=b"\xef\xbb\xbf{}")


@row("JSON never goes out with `NaN`", "500")
def _(app: Any) -> str:
    sent = send(app, "GET", "/probe/nan")
    return "sends NaN" if b"NaN" in sent.body else status(sent)


@row("JSON goes out with a lone surrogate, as UTF-8", "200")
def _(app: Any) -> str:
    sent = send(app, "GET", "/probe/surrogate")
    try:
        json.loads(sent.body.decode())
    except ValueError:
        return status(sent) if sent.status != 200 else "200, no UTF-8"
    return status(sent)


@row("the query keeps repeated and empty fields", '{"a": ["1", "2"], "b": [""]}')
def _(app: Any) -> str:
    return shown(app, "/probe/query?a=1&a=2&b=")


@row("a form keeps them, too", '{"a": ["1", "2"], "b": [""]}')
def _(app: Any) -> str:
    sent = send(app, "POST", "/probe/form", b"a=1&a=2&b=", CONTENT_TYPE=FORM)
    return json.dumps(json.loads(sent.body)) if sent.status == 200 else status(sent)


@row("a form in `charset=iso-8859-1` is refused, or read as such", "415", "400", '{"a": ["é"]}')
def _(app: Any) -> str:
    sent = send(app, "POST", "/probe/form", b"a=%E9", CONTENT_TYPE=f"{FORM}; charset=iso-8859-1")
    return sent.body.decode().strip() if sent.status == 200 else status(sent)


responds("a query of 100,000 fields", "400", "413", path="/probe/query?" + "&a" * 100_000)
post(
    "a form of 100,000 fields",
    "400",
    "413",
    body=b"&a" * 100_000,
    path="/probe/form",
    CONTENT_TYPE=FORM,
)


@row("a malformed cookie does not hide the others", '{"a": "1", "c": "3"}')
def _(app: Any) -> str:
    return shown(app, "/probe/cookies", HTTP_COOKIE="a=1; b]d; c=3")


@row("a comma is part of a cookie's value", '{"a": "1,2", "b": "3"}')
def _(app: Any) -> str:
    return shown(app, "/probe/cookies", HTTP_COOKIE="a=1,2; b=3")


@row("`X-Forwarded-Host` is ignored", "stays here")
def _(app: Any) -> str:
    sent = send(app, "GET", "/probe/redirect?to=/next", HTTP_X_FORWARDED_HOST="evil.example")
    return "leads away" if "evil" in sent.header("Location") else "stays here"


@row("`Host` is ignored", "stays here")
def _(app: Any) -> str:
    sent = send(app, "GET", "/probe/redirect?to=/next", HTTP_HOST="evil.example")
    return "leads away" if "evil" in sent.header("Location") else "stays here"


def chosen(app: Any, accept: str | None) -> str:
    sent = send(app, "GET", "/probe/types", HTTP_ACCEPT=accept)
    return sent.header("Content-Type").partition(";")[0] if sent.status == 200 else status(sent)


for accept, right in (
    ("application/json;q=.2, text/html;q=0.3", "text/html"),
    ("application/json;q=0, */*", "text/html"),
    ("TEXT/*", "text/html"),
    (",;q=x, text/html;q=junk, application/json", JSON),
    ("image/png", "406"),
    ("text/html;level=1, text/html;q=0.3, application/json;q=0.5", JSON),
    ("application/json;q=0.9000, text/html;q=0.8", JSON),
):
    row(f"`Accept: {accept}`", right)(partial(chosen, accept=accept))


@row("`Vary: Accept`, on the 406 as well", "Accept, Accept")
def _(app: Any) -> str:
    sent = [send(app, "GET", "/probe/types", HTTP_ACCEPT=accept) for accept in ("*/*", "image/png")]
    return ", ".join(one.header("Vary") or "none" for one in sent)


# --- the response --------------------------------------------------------------------------


def validated(app: Any, path: str) -> str:
    environ = environ_for("GET", path)
    sent = call(validator(app), environ)
    return "passes" if not sent.raised else sent.raised


for path in ("/", "/probe/query", "/probe/stream", "/probe/empty/204", "/no/such/path"):
    row(f"`wsgiref.validate`: `GET {path}`", "passes")(partial(validated, path=path))


def headed_with(app: Any, name: str, value: str) -> str:
    sent = send(app, "GET", f"/probe/header?name={name}&value={value}")
    if sent.raised or sent.status == 500:
        return status(sent)
    broken = any(
        ord(c) < 32 or ord(c) == 127 for pair in sent.headers.items() for c in "".join(pair)
    )
    junk = any(ord(c) > 255 for pair in sent.headers.items() for c in "".join(pair))
    return "passed on" if broken or junk else f"{sent.status} cleaned"


for claim, name, value in (
    ("CR LF in a value", "X-A", "a%0D%0Ab"),
    ("LF in a value", "X-A", "a%0Ab"),
    ("NUL in a value", "X-A", "a%00b"),
    ("DEL in a value", "X-A", "a%7Fb"),
    ("`€` in a value", "X-A", "%E2%82%AC"),
    ("CR LF in `Content-Disposition`", "Content-Disposition", "a%0D%0Ab"),
    ("CR LF in `Set-Cookie`", "Set-Cookie", "a%0D%0Ab"),
    ("CR LF in a name", "X-A%0D%0AX-B", "b"),
):
    row(f"a header: {claim}", "500", "400", "200 cleaned")(
        partial(headed_with, name=name, value=value)
    )


OF_THE_SERVER = {
    "Transfer-Encoding": "chunked",
    "Connection": "close",
    "Keep-Alive": "timeout=5",
    "Upgrade": "h2c",
    "Trailer": "X-A",
}


@row(f"{', '.join(f'`{name}`' for name in OF_THE_SERVER)} are refused (PEP 3333)", "500", "400")
def _(app: Any) -> str:
    seen = set()
    for name, value in OF_THE_SERVER.items():
        sent = send(app, "GET", f"/probe/header?name={name}&value={value}")
        seen.add("passed on" if sent.headers[name] else status(sent))
    return ", ".join(sorted(seen))


@row("`Content-Length` of text, JSON and an error", "right")
def _(app: Any) -> str:
    sent = [send(app, "GET", path) for path in ("/", "/probe/query", "/no/such/path")]
    wrong = [one for one in sent if one.header("Content-Length") != str(len(one.body))]
    return "wrong or missing" if wrong else "right"


@row("a handler's own `Content-Length: 99` of 4 bytes", "4", "500")
def _(app: Any) -> str:
    sent = send(app, "GET", "/probe/header?name=Content-Length&value=99")
    return sent.header("Content-Length") if sent.status == 200 else status(sent)


def bare(app: Any, code: int) -> str:
    sent = send(app, "GET", f"/probe/empty/{code}")
    extra = [name for name in ("Content-Length", "Content-Type") if sent.headers[name]]
    extra += ["a body"] if sent.body else []
    return " with ".join([status(sent), *([", ".join(extra)] if extra else [])])


for code in (204, 304):
    row(f"{code}: no body and nothing about it", str(code))(partial(bare, code=code))


def forbidden(app: Any, code: int) -> str:
    sent = send(app, "GET", f"/probe/status/{code}")
    return status(sent) + (" with a body" if sent.body and sent.status == code else "")


for code in (204, 205, 304):
    row(f"a handler's text with {code} is refused or dropped", str(code), "500")(
        partial(forbidden, code=code)
    )


def streamed(app: Any, code: int) -> str:
    sent = send(app, "GET", f"/probe/streamed/{code}")
    return status(sent) + (" with a body" if sent.body and sent.status == code else "")


for code in (204, 304):
    row(f"a stream with {code} is refused or dropped", str(code), "500")(
        partial(streamed, code=code)
    )


def counted(app: Any, length: int) -> str:
    sent = send(app, "GET", f"/probe/length/{length}")
    return status(sent) if sent.raised else f"sends {len(sent.body)}"


for announced in (100, 8):
    claim = (
        f"a stream of 12 bytes that announces {announced}: the server is told, so that it hangs up"
    )
    row(claim, "raises ValueError")(partial(counted, length=announced))


@row("205: no body, and a length that says so", "205, length 0")
def _(app: Any) -> str:
    sent = send(app, "GET", "/probe/empty/205")
    return f"{status(sent)}, {'a body' if sent.body else 'length ' + sent.header('Content-Length')}"


def headed(app: Any, path: str) -> str:
    get, head = send(app, "GET", path), send(app, "HEAD", path)
    if head.status != get.status or head.raised:
        return status(head)
    if head.body:
        return "sends a body"
    other = {*get.headers.items()} ^ {*head.headers.items()}
    return "as GET" if not other else f"another {min(other)[0]}"


row("HEAD: the GET without its body", "as GET")(lambda app: headed(app, "/probe/query"))
row("HEAD of a stream", "as GET")(lambda app: headed(app, "/probe/stream"))
responds("HEAD of a path without GET", "405", method="HEAD", path="/probe/json")


def allowed(sent: Sent) -> str:
    methods = sorted(sent.header("Allow").replace(",", " ").split())
    return f"{status(sent)} {', '.join(methods) or 'without Allow'}"


row("OPTIONS", "200 GET, HEAD, OPTIONS", "204 GET, HEAD, OPTIONS")(
    lambda app: allowed(send(app, "OPTIONS", "/probe/query"))
)
row("405: `Allow` names GET, HEAD and OPTIONS", "405 GET, HEAD, OPTIONS")(
    lambda app: allowed(send(app, "DELETE", "/probe/query"))
)
row("405 of a path that only takes POST", "405 OPTIONS, POST", "405 POST")(
    lambda app: allowed(send(app, "GET", "/probe/json"))
)


def closed(app: Any, method: str, path: str) -> str:
    sent = send(app, method, path)
    return {0: "not closed", 1: "closed"}.get(len(sent.environ["probe.closed"]), "closed twice")


row("`close()` after a stream", "closed")(lambda app: closed(app, "GET", "/probe/stream"))
row("`close()` after HEAD", "closed")(lambda app: closed(app, "HEAD", "/probe/stream"))
row("`close()` after a failure", "closed")(lambda app: closed(app, "GET", "/probe/broken"))


@row("`start_response` is called once", "1")
def _(app: Any) -> str:
    return str(max(send(app, "GET", path).started for path in ("/", "/probe/raise", "/x")))


@row("`write()` is not used", "not used")
def _(app: Any) -> str:
    sent = [send(app, "GET", path) for path in ("/", "/probe/stream", "/probe/raise", "/x")]
    return "used" if any(one.written for one in sent) else "not used"


@row("a failure is a 500 that tells nothing", "500")
def _(app: Any) -> str:
    sent = send(app, "GET", "/probe/raise")
    return status(sent) + (" with details" if b"secret" in sent.body else "")


def logged(app: Any, path: str) -> str:
    return "logged" if "secret" in send(app, "GET", path).log else "not logged"


row("its traceback is in `wsgi.errors`", "logged")(lambda app: logged(app, "/probe/raise"))


@row("`ValueError` with a lone surrogate, which no log can encode", "500, logged")
def _(app: Any) -> str:
    sent = send(app, "GET", "/probe/unprintable")
    return f"{status(sent)}, {'logged' if 'ValueError' in sent.log else 'not logged'}"


@row("a stream that fails before its first chunk", "500, logged")
def _(app: Any) -> str:
    sent = send(app, "GET", "/probe/unbegun")
    return f"{status(sent)}, {'logged' if 'secret' in sent.log else 'not logged'}"


responds(
    "a stream that raises the framework's 404 before its first chunk",
    "404",
    path="/probe/missing",
)


@row(
    "one that fails later: the server sees it, to log it and to cut the response",
    "raises RuntimeError",
)
def _(app: Any) -> str:
    return status(send(app, "GET", "/probe/broken"))


def located(app: Any, to: str) -> str:
    sent = send(app, "GET", f"/probe/redirect?to={to}")
    place = sent.header("Location")
    return repr(place)[1:-1] if place else status(sent)


row("redirect to `/é`", "/%C3%A9", "http://localhost/%C3%A9")(lambda app: located(app, "/%C3%A9"))
row("redirect to `//evil.example` stays here", "/evil.example", "400", "500")(
    lambda app: located(app, "//evil.example")
)


@row("redirect to a text with CR LF", "no line break")
def _(app: Any) -> str:
    place = send(app, "GET", "/probe/redirect?to=/a%0D%0AX:b").header("Location")
    return "line break" if "\n" in place or "\r" in place else "no line break"


def error(app: Any, accept: str) -> str:
    sent = send(app, "GET", "/no/such/path", HTTP_ACCEPT=accept)
    return sent.header("Content-Type").partition(";")[0] if sent.status == 404 else status(sent)


row("404 for `Accept: application/json`", JSON, "application/problem+json")(
    lambda app: error(app, "application/problem+json, application/json")
)
row("404 for `Accept: text/html`", "text/html")(lambda app: error(app, "text/html"))
row("404 for `Accept: text/plain`", "text/plain")(lambda app: error(app, "text/plain"))


@row("404: `Vary: Accept`", "Accept")
def _(app: Any) -> str:
    return send(app, "GET", "/no/such/path").header("Vary") or "none"


@row("404 repeats at most 100 characters of the path", "404")
def _(app: Any) -> str:
    sent = send(app, "GET", f"/{'a' * 5_000}")
    return status(sent) + (" and all of it" if b"a" * 101 in sent.body else "")


@row("404 reflects no markup", "none")
def _(app: Any) -> str:
    sent = send(app, "GET", "/<script>", HTTP_ACCEPT="text/html")
    return "markup" if b"<script>" in sent.body else "none"


@row("`nosniff` on 200, 204, 303, 404 and 500", "all")
def _(app: Any) -> str:
    paths = ("/", "/probe/query", "/probe/stream", "/probe/empty/204", "/probe/redirect?to=/")
    sent = [send(app, "GET", path) for path in (*paths, "/no/such/path", "/probe/raise")]
    found = sum(one.header("X-Content-Type-Options") == "nosniff" for one in sent)
    return "all" if found == len(sent) else f"{found} of {len(sent)}"


@row("`charset=utf-8` on text and HTML", "text/html, text/plain")
def _(app: Any) -> str:
    asked = (("/probe/text/a", "*/*"), ("/probe/types", "text/html"), ("/x", "text/html"))
    sent = [send(app, "GET", path, HTTP_ACCEPT=accept) for path, accept in asked]
    parts = [one.header("Content-Type").lower().partition(";") for one in sent]
    found = {name for name, _, rest in parts if "charset=utf-8" in rest}
    bare = {name for name, _, rest in parts if name.startswith("text/") and name not in found}
    return ", ".join(sorted(found - bare)) or "none"


tagged = {"path": "/probe/etag"}
responds(
    'ETag `"a"`: `If-None-Match: "b", W/"a"`', "304", **tagged, HTTP_IF_NONE_MATCH='"b", W/"a"'
)
responds("`If-None-Match: *`", "304", **tagged, HTTP_IF_NONE_MATCH="*")
future = "Fri, 01 Jan 2100 00:00:00 GMT"
responds(
    "`If-None-Match` beats `If-Modified-Since`", "200",
    **tagged, HTTP_IF_NONE_MATCH='"b"', HTTP_IF_MODIFIED_SINCE=future,
)  # fmt: skip
responds(
    "`If-Modified-Since` with the date of `Last-Modified`", "304",
    **tagged, HTTP_IF_MODIFIED_SINCE=format_date_time(MODIFIED),
)  # fmt: skip
responds(
    "`If-Unmodified-Since` an earlier date", "412",
    **tagged, HTTP_IF_UNMODIFIED_SINCE=format_date_time(0),
)  # fmt: skip
responds("`If-Match` another tag", "412", **tagged, HTTP_IF_MATCH='"b"')
responds("an unparsable date is ignored", "200", **tagged, HTTP_IF_MODIFIED_SINCE="junk")
