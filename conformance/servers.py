"""The generated project under nine servers: processes of their own, spoken to over sockets."""

import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import NamedTuple
from urllib.parse import quote

from harness import wire
from harness.serving import COMMANDS, CONFIGURED, Running, until
from harness.wire import Connection, Reply, ask, request

LIMIT = 1_048_576
BYTES = "Content-Type: application/octet-stream"
# Those that must be up before a SIGTERM: see prose.py.
PROCESSES = {"gunicorn gthread": 2, "gunicorn sync": 2, "granian": 2, "uwsgi": 2}


class Case(NamedTuple):
    claim: str
    right: str
    other: dict[str, str]  # what a client gets if a server cannot do it
    probe: Callable[[Running], str]


CASES: list[Case] = []


def case(claim: str, right: str, **other: str) -> Callable[[Callable[[Running], str]], None]:
    named = {name: other[key] for name in COMMANDS if (key := name.replace(" ", "_")) in other}

    def add(probe: Callable[[Running], str]) -> None:
        CASES.append(Case(claim, right, named, probe))

    return add


def observe(case: Case, server: Running) -> str:
    try:
        return case.probe(server)
    except wire.Hangs:
        return "hangs"


def status(reply: Reply | None) -> str:
    return str(reply.status) if reply else "closed"


def responds(claim: str, right: str, sent: bytes, **other: str) -> None:
    """A case about a status."""
    case(claim, right, **other)(lambda server: status(ask(server.port, sent)))


def shown(reply: Reply | None) -> str:
    return (
        f"{reply.status} {reply.body.decode()}" if reply and reply.status == 200 else status(reply)
    )


@case(
    "two requests on one connection, one after the other",
    "200, 200",
    wsgiref="200, closed",
    gunicorn_sync="200, closed",
    uwsgi="200, closed",
    werkzeug="200, closed",
)
def _(server: Running) -> str:
    with Connection(server.port) as connection:
        connection.send(request("GET", "/", close=False))
        first = connection.reply()
        if first and first.headers.get("connection") == "close":
            return f"{first.status}, closed"
        connection.send(request("GET", "/"))
        return f"{status(first)}, {status(connection.reply())}"


@case(
    "two requests sent at once (pipelining)",
    "200, 404",
    wsgiref="200, closed",
    gunicorn_sync="200, closed",
    uwsgi="200, closed",
    werkzeug="200, closed",
)
def _(server: Running) -> str:
    with Connection(server.port) as connection:
        connection.send(request("GET", "/", close=False) + request("GET", "/no"))
        return ", ".join(status(connection.reply()) for _ in range(2))


@case(
    "a request after a POST whose body nobody read",
    "404, 200",
    wsgiref="404, closed",
    gunicorn_sync="404, closed",
    uwsgi="404, closed",
    werkzeug="404, closed",
)
def _(server: Running) -> str:
    post = request("POST", "/no", BYTES, "Content-Length: 5", body=b"GET /", close=False)
    with Connection(server.port) as connection:
        connection.send(post + request("GET", "/"))
        return ", ".join(status(connection.reply()) for _ in range(2))


@case("a chunked body", "200 abcde", wsgiref="411", uwsgi="411")
def _(server: Running) -> str:
    body = b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    headers = (BYTES, "Transfer-Encoding: chunked")
    return shown(ask(server.port, request("POST", "/probe/bytes", *headers, body=body)))


@case("a chunked body over the limit", "413", wsgiref="411", uwsgi="411")
def _(server: Running) -> str:
    body = (b"10000\r\n" + b"x" * 65_536 + b"\r\n") * 20 + b"0\r\n\r\n"
    headers = (BYTES, "Transfer-Encoding: chunked")
    return status(ask(server.port, request("POST", "/probe/bytes", *headers, body=body)))


@case("a body of exactly the limit", "200")
def _(server: Running) -> str:
    headers = (BYTES, f"Content-Length: {LIMIT}")
    body = b"x" * LIMIT
    return status(ask(server.port, request("POST", "/probe/bytes", *headers, body=body)))


@case("a body over the limit: one response, and nothing in it is read as a request", "413")
def _(server: Running) -> str:
    inner = request("GET", "/", close=False) + b"\r\n"
    body = inner * (2 * LIMIT // len(inner))
    headers = (BYTES, f"Content-Length: {len(body)}")
    with Connection(server.port) as connection:
        connection.send(request("POST", "/probe/bytes", *headers, body=body, close=False))
        first = connection.reply()
        connection.finish()  # not before: granian cancels the request of a client that is half closed
        others = connection.rest().count(b"HTTP/1.")
        return status(first) + (f" and {others} more" if others else "")


@case("a body cut short", "400", waitress="closed")
def _(server: Running) -> str:
    with Connection(server.port) as connection:
        connection.send(request("POST", "/probe/bytes", BYTES, "Content-Length: 9", body=b"abc"))
        connection.finish()
        return status(connection.reply())


@case(
    "a chunked body cut short",
    "400",
    wsgiref="411",
    uwsgi="411",
    waitress="closed",
    granian="200 abc",
)
def _(server: Running) -> str:
    headers = (BYTES, "Transfer-Encoding: chunked")
    with Connection(server.port) as connection:
        connection.send(request("POST", "/probe/bytes", *headers, body=b"3\r\nabc\r\n"))
        connection.finish()
        return shown(connection.reply())


@case(
    "`Transfer-Encoding: chunked` beside a `Content-Length`",
    "400",
    wsgiref="411",
    uwsgi="411",
    waitress="200 abc",
    granian="200 abc",
    gevent="200 abc",
)
def _(server: Running) -> str:
    headers = (BYTES, "Content-Length: 6", "Transfer-Encoding: chunked")
    sent = request("POST", "/probe/bytes", *headers, body=b"3\r\nabc\r\n0\r\n\r\n", close=False)
    with Connection(server.port) as connection:
        connection.send(sent)
        return shown(connection.reply()).encode("unicode_escape").decode()


@case("a header of 6,000 bytes", "200")
def _(server: Running) -> str:
    return status(ask(server.port, request("GET", "/", f"Cookie: a={'b' * 6000}")))


@case("`Expect: 100-continue`", "100, 200", wsgiref="nothing, 200", uwsgi="nothing, 200")
def _(server: Running) -> str:
    headers = (BYTES, "Content-Length: 3", "Expect: 100-continue")
    with Connection(server.port) as connection:
        connection.send(request("POST", "/probe/bytes", *headers))
        connection.waits()
        asked = connection.received.startswith(b"HTTP/1.1 100 ")
        connection.send(b"abc")
        return f"{'100' if asked else 'nothing'}, {status(connection.reply())}"


@case(
    "the same with a length over the limit: refused before it is sent",
    "413",
    gunicorn_gthread="100, 413",
    gunicorn_sync="100, 413",
    waitress="100, 413",
    cheroot="100, 413",
    werkzeug="100, 413",
)
def _(server: Running) -> str:
    headers = (BYTES, "Content-Length: 9999999", "Expect: 100-continue")
    with Connection(server.port) as connection:
        connection.send(request("POST", "/probe/bytes", *headers))
        connection.waits()
        if not connection.received.startswith(b"HTTP/1.1 100 "):
            return status(connection.reply())
        connection.send(b"x" * 9_999_999)
        return f"100, {status(connection.reply())}"


@case("a chunk whose length is not a number", "400", wsgiref="411", uwsgi="411", granian="200")
def _(server: Running) -> str:
    headers = (BYTES, "Transfer-Encoding: chunked")
    sent = request("POST", "/probe/bytes", *headers, body=b"3\r\nabc\r\nxyz\r\n0\r\n\r\n")
    return status(ask(server.port, sent))


for wrong in ("abc", "-1", "+3", "3, 4"):
    responds(
        f"`Content-Length: {wrong}`",
        "400",
        request("POST", "/probe/bytes", BYTES, f"Content-Length: {wrong}", body=b"abc"),
    )


@case("HEAD", "200, the length of GET announced, 0 bytes sent")
def _(server: Running) -> str:
    get = ask(server.port, request("GET", "/"))
    with Connection(server.port) as connection:
        connection.send(request("HEAD", "/"))
        reply = connection.reply(head=True)
        same = get and reply and len(get.body) == int(reply.headers.get("content-length", -1))
        length = "the length of GET" if same else "another length"
        return f"{status(reply)}, {length} announced, {len(connection.rest())} bytes sent"


@case(
    "HEAD of a stream, and another request on the connection",
    "200, 200",
    wsgiref="200, closed",
    gunicorn_sync="200, closed",
    uwsgi="200, closed",
    waitress="200, closed after 5 bytes",
    cheroot="200, closed",
    gevent="200, closed after 172 bytes",  # the last chunk of a body that HEAD has not
    werkzeug="200, closed",
)
def _(server: Running) -> str:
    with Connection(server.port) as connection:
        connection.send(request("HEAD", "/probe/stream?head", close=False) + request("GET", "/"))
        first, rest = connection.reply(head=True), connection.rest()
        if rest.startswith(b"HTTP/1.1 "):
            return f"{status(first)}, {rest[9:12].decode()}"
        return f"{status(first)}, closed" + (f" after {len(rest)} bytes" if rest else "")


def framed(server: Running, code: int) -> str:
    with Connection(server.port) as connection:
        connection.send(request("GET", f"/probe/empty/{code}"))
        reply = connection.reply(head=True)
        unwanted = [
            name
            for name in ("content-length", "transfer-encoding")
            if reply and name in reply.headers
        ]
        rest = connection.rest()
        return ", ".join([status(reply), *unwanted, *(["a body"] if rest else [])])


case("204: no body, no length, no chunks", "204")(lambda server: framed(server, 204))
case("304: the same", "304")(lambda server: framed(server, 304))


@case(
    "205, and another request on the connection",
    "205, 200",
    wsgiref="205, closed",
    gunicorn_sync="205, closed",
    uwsgi="205, closed",
    werkzeug="205, closed",
)
def _(server: Running) -> str:
    with Connection(server.port) as connection:
        connection.send(request("GET", "/probe/empty/205", close=False) + request("GET", "/"))
        return ", ".join(status(connection.reply()) for _ in range(2))


def counted(server: Running, length: int) -> str:
    with Connection(server.port) as connection:
        connection.send(
            request("GET", f"/probe/length/{length}", close=False) + request("GET", "/")
        )
        reply = connection.reply()
        if reply is None:  # granian, sometimes: see prose.py
            return "cut"
        rest = connection.rest()
        return ("whole" if reply.whole else "cut") + (f", then {len(rest)} bytes" if rest else "")


for length in (100, 8):
    case(
        f"a stream of 12 bytes that announces {length}, and another request on the connection",
        "cut",
    )(partial(counted, length=length))
for code in (204, 304):
    responds(f"a stream with {code}", "500", request("GET", f"/probe/streamed/{code}"))


@case("a stream", "200 first second")
def _(server: Running) -> str:
    return shown(ask(server.port, request("GET", "/probe/stream?plain")))


@case(
    "a failure in mid-stream: the client sees that the response is cut",
    "cut",
    wsgiref="ends with the connection",
    uwsgi="ends with the connection",
    granian="looks complete",  # until 2.8.7
)
def _(server: Running) -> str:
    reply = ask(server.port, request("GET", "/probe/broken?broken"))
    if reply is None:  # the connection is closed before anything is sent: granian 2.8.9, sometimes
        return "cut"
    if reply.status != 200:
        return status(reply)
    if "transfer-encoding" not in reply.headers:
        return "ends with the connection"
    return "looks complete" if reply.whole else "cut"


def logged(server: Running, path: str, sign: str) -> tuple[str, str]:
    """The response's status, and whether the server's output has the sign of its exception."""
    before = server.log.stat().st_size
    reply = ask(server.port, request("GET", path))
    found = until(lambda: sign in server.log.read_bytes()[before:].decode(errors="replace"), 3)
    secret = " with details" if reply and b"secret" in reply.body else ""
    return status(reply) + secret, "logged" if found else "not logged"


for claim, path, sign in (
    ("an exception in a handler", "raise", "RuntimeError: secret"),
    ("one whose text no log can encode", "unprintable", "ValueError: secret"),
    ("a stream that fails before its first chunk", "unbegun", "secret"),
):

    @case(claim, "500, logged")
    def _(server: Running, path: str = path, sign: str = sign) -> str:
        return ", ".join(logged(server, f"/probe/{path}", sign))


@case("a stream that fails after its first chunk", "logged")
def _(server: Running) -> str:
    return logged(server, "/probe/broken", "secret")[1]


responds(
    "a stream that raises `HTTPError(404)` before its first chunk",
    "404",
    request("GET", "/probe/missing"),
)


for what, path in (("a stream", "stream"), ("a broken stream", "broken"), ("HEAD", "stream")):

    @case(f"`close()` after {what}", "closed")
    def _(server: Running, what: str = what, path: str = path) -> str:
        name = f"{what.replace(' ', '-')}-{time.monotonic_ns()}"
        ask(server.port, request("HEAD" if what == "HEAD" else "GET", f"/probe/{path}?{name}"))
        return "closed" if server.noted(name) else "not closed"


for path, what in (
    ("endless", "a stream"),
    ("ndjson", "the source of `ndjson.stream`"),
    ("sse", "the source of `sse.stream`"),
):

    @case(f"`close()` of {what} after its client has gone away", "closed")
    def _(server: Running, path: str = path) -> str:
        name = f"{path}-{time.monotonic_ns()}"
        with Connection(server.port) as connection:
            connection.send(request("GET", f"/probe/{path}?{name}"))
            connection.take(1_000_000)
        return "closed" if server.noted(name) else "not closed"


responds(
    "absolute form: `GET http://localhost/`",
    "200",
    request("GET", "http://localhost/"),
    cheroot="400",
)
for target, other in (
    ("x/probe/query", {}),
    ("*/probe/query", {}),
    ("http:/probe/query", {"waitress": "200", "werkzeug": "200"}),
):
    servers = ("gunicorn_gthread", "gunicorn_sync", "granian", "cheroot")
    responds(
        f"`GET {target}`", "404", request("GET", target), **dict.fromkeys(servers, "400"), **other
    )
responds("`OPTIONS *`", "204", request("OPTIONS", "*"), cheroot="404")
responds("the method `BREW`", "405", request("BREW", "/"))
responds(
    "the method `get`",
    "405",
    request("get", "/"),
    gunicorn_gthread="400",
    gunicorn_sync="400",
    waitress="400",
    cheroot="400",
)


@case("`/probe/text/%C3%A9`", "200 é")
def _(server: Running) -> str:
    return shown(ask(server.port, request("GET", "/probe/text/%C3%A9")))


@case("`/probe/text/a%2Fb`", "404", cheroot="200 a%2Fb")
def _(server: Running) -> str:
    return shown(ask(server.port, request("GET", "/probe/text/a%2Fb")))


responds("`/%FF`, which is not UTF-8", "400", request("GET", "/%FF"), werkzeug="404")
responds("`/%00`", "404", request("GET", "/%00"))
HEADERS = (
    "Allow Cache-Control Content-Disposition Content-Language Content-Location Content-Type ETag "
    "Last-Modified Link Location Retry-After Set-Cookie Vary WWW-Authenticate X-Any"
).split()


@case(f"CR LF, CR and LF in {len(HEADERS)} headers, and in a name", "500, nothing injected")
def _(server: Running) -> str:
    seen = set()
    breaks = ("\r\n", "\r", "\n")
    values = [(name, f"a{end}X-Evil: 1") for name in HEADERS for end in breaks]
    for name, value in [*values, *((f"X-A: b{end}X-Evil", "1") for end in breaks)]:
        query = f"name={quote(name, safe='')}&value={quote(value, safe='')}"
        reply = ask(server.port, request("GET", f"/probe/header?{query}"))
        injected = reply and "x-evil" in str(reply.headers).lower()
        seen.add(f"{status(reply)}, {'injected' if injected else 'nothing injected'}")
    return "; ".join(sorted(seen))


@case("a handler sets `Transfer-Encoding`, `Connection`, `Keep-Alive` or `Upgrade`", "500")
def _(server: Running) -> str:
    seen = set()
    for name, value in (
        ("Transfer-Encoding", "chunked"),
        ("Connection", "keep-alive"),
        ("Keep-Alive", "timeout=5"),
        ("Upgrade", "h2c"),
    ):
        reply = ask(server.port, request("GET", f"/probe/header?name={name}&value={value}"))
        passed = reply and value in reply.headers.get(name.lower(), "")
        if name == "Transfer-Encoding" and reply and "content-length" in reply.headers:
            passed = name.lower() in reply.headers
        seen.add(status(reply) + (f", {name} passed on" if passed else ""))
    return "; ".join(sorted(seen))


@case("CR LF in a redirect", "303, percent-encoded")
def _(server: Running) -> str:
    reply = ask(server.port, request("GET", "/probe/redirect?to=/a%0D%0AX-Evil:1"))
    place = reply.headers.get("location", "") if reply else ""
    return f"{status(reply)}, {'percent-encoded' if place.endswith('/a%0D%0AX-Evil:1') else place}"


@case("`X-Forwarded-*` is ignored", "http 127.0.0.1")
def _(server: Running) -> str:
    headers = ("X-Forwarded-Proto: https", "X-Forwarded-For: 192.0.2.1", "Forwarded: proto=https")
    reply = ask(server.port, request("GET", "/probe/caller", *headers))
    return reply.body.decode() if reply and reply.status == 200 else status(reply)


@case(
    "a name with an underscore, `X_Forwarded_For`, does not become `X-Forwarded-For`",
    "dropped",
    wsgiref="faked",  # without the middleware `proxy`
    uwsgi="faked",
    granian="faked",
    cheroot="faked",
)
def _(server: Running) -> str:
    reply = ask(server.port, request("GET", "/probe/forwarded", "X_Forwarded_For: faked"))
    return reply.body.decode() if reply and reply.status == 200 else status(reply)


@case("a body of 3,000,000 bytes that no handler reads: the response arrives, 5 times", "404")
def _(server: Running) -> str:
    headers = (BYTES, "Content-Length: 3000000")
    sent = request("POST", "/no", *headers, body=bytes(3_000_000))
    return ", ".join(sorted({status(ask(server.port, sent)) for _ in range(5)}))


@case("a request is in the access log", "logged", cheroot="not logged", waitress="not logged")
def _(server: Running) -> str:
    path = f"/{time.monotonic_ns()}"
    ask(server.port, request("GET", path))
    return "logged" if server.logged(path) else "not logged"


responds("and it still serves", "200", request("GET", "/"))


def all_up(server: Running) -> bool:
    """Whether each process of the server has answered, before long."""
    seen = set()

    def complete() -> bool:
        seen.add(shown(ask(server.port, request("GET", "/probe/process"))))
        return len(seen) >= PROCESSES.get(server.name, 1)

    return until(complete, 8)


def stopped(server: Running) -> str:
    """SIGTERM during a request that takes a second."""
    if not all_up(server):
        return "not all up"
    with Connection(server.port) as connection:
        connection.send(request("GET", "/probe/slow?slow"))
        if not server.noted("slow"):
            return "not begun"
        server.process.send_signal(signal.SIGTERM)
        code = status(connection.reply())
    return f"{code}, {'ended' if server.ended(20) else 'still there'}"


STOP = Case(
    "SIGTERM during a request: it gets its response, then the server ends",
    "200, ended",
    {name: "closed, ended" for name in COMMANDS if name not in CONFIGURED},
    stopped,
)


def left(server: Running, code: int) -> str:
    """What the client gets of a handler that ends its process, and what becomes of the server."""
    if not all_up(server):
        return "not all up"
    with Connection(server.port) as connection:
        connection.send(request("GET", f"/probe/exit?{code}"))
        reply = None if connection.waits() else connection.reply()
    return f"{reply.status if reply else 'none'}, {'ended' if server.ended(2) else 'serves'}"


EXITS = [
    Case(
        f"`sys.exit({code})` in a handler",
        "500, serves",
        {
            "gunicorn gthread": gunicorn,
            "uwsgi": "none, serves",
            "waitress": "none, serves",
            "cheroot": "none, ended",
            "gevent": "500, ended",
            "werkzeug": "none, serves",
        },
        partial(left, code=code),
    )
    for code, gunicorn in ((1, "none, serves"), (3, "none, ended"))
]


def slowed(server: Running, sent: bytes) -> str:
    """What six requests wait for while ten clients send a byte every ten seconds."""
    all_up(server)
    with ExitStack() as opened:
        slow = [opened.enter_context(Connection(server.port)) for _ in range(10)]
        for connection in slow:
            connection.send(sent)
        time.sleep(0.5)
        asked = [opened.enter_context(Connection(server.port)) for _ in range(6)]
        for connection in asked:
            connection.send(request("GET", "/"))
        begun = time.monotonic()
        for second in range(15):
            if second % 10 == 0:
                for connection in slow:
                    connection.send(b"a")
            time.sleep(max(0, begun + second + 1 - time.monotonic()))
            asked = [connection for connection in asked if connection.waits(0.01)]
            if not asked:
                return "pauses" if second else "goes on"
    return "stops"


PAUSES = dict.fromkeys(("uwsgi", "cheroot"), "pauses")
STOPS = dict.fromkeys(("gunicorn gthread", "gunicorn sync"), "stops")
# Ten seconds and more for some servers, so they are in the table and not in the tests.
SLOW = [
    Case(
        "ten clients that send a byte of a header every ten seconds",
        "goes on",
        {**PAUSES, **STOPS},
        lambda server: slowed(server, b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: "),
    ),
    Case(
        "ten clients that send a byte of a body every ten seconds",
        "goes on",
        {**PAUSES, **STOPS, "granian": "stops"},
        lambda server: slowed(
            server, request("POST", "/probe/bytes", BYTES, "Content-Length: 1000")
        ),
    ),
]
ENDS = [*SLOW, *EXITS, STOP]  # each on a server of its own
