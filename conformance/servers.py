"""The generated project under nine servers: processes of their own, spoken to over sockets."""

import os
import shlex
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import NamedTuple
from urllib.parse import quote

from projects import Project

from . import project, wire
from .wire import Connection, Reply, ask, request

ROOT = Path(__file__).parent.parent
LIMIT = 1_048_576
BYTES = "Content-Type: application/octet-stream"
GEVENT = "from gevent.pywsgi import WSGIServer as S; from sample import application as a; S(('127.0.0.1', 8000), a).serve_forever()"
WERKZEUG = "from werkzeug.serving import run_simple as r; from sample import application as a; r('127.0.0.1', 8000, a, threaded=True)"
# What starts each; the four that the questionnaire knows are started as their README says.
COMMANDS = {
    "wsgiref": [sys.executable, "-m", "sample", "--port", "8000"],
    "gunicorn gthread": [],
    "gunicorn sync": ["--worker-class", "sync", "--threads", "1"],
    "uwsgi": [],
    "waitress": [],
    "granian": [],
    "cheroot": ["cheroot", "--bind", "127.0.0.1:8000", "sample:application"],
    "gevent": [sys.executable, "-c", GEVENT],
    "werkzeug": [sys.executable, "-c", WERKZEUG],
}
DISTRIBUTIONS = {"uwsgi": "pyuwsgi"}
PROCESSES = {"granian": 2, "uwsgi": 2}  # that must be up before a SIGTERM: see NOTES
CONFIGURED = ("gunicorn gthread", "gunicorn sync", "uwsgi", "waitress", "granian")


class Running(NamedTuple):
    name: str
    port: int
    process: subprocess.Popen
    notes: Path
    log: Path

    def noted(self, name: str) -> bool:
        """Whether a handler or a body noted the query, before long."""
        return until(lambda: name in self.notes.read_text().split(), 3)


def until(true: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def command(name: str, readme: str) -> list[str]:
    """What starts it: the line of the README for a server of the questionnaire."""
    if name not in CONFIGURED:
        return COMMANDS[name]
    server = name.split()[0]
    start = f"$ uv run --extra {server} "
    [line] = [line for line in readme.splitlines() if line.startswith(start)]
    return [*shlex.split(line.removeprefix(start)), *COMMANDS[name]]


@contextmanager
def running(name: str, make: Callable[..., Project] = project.make) -> Iterator[Running]:
    """The project under a server on a free port, until the end of the block."""
    server = name.split()[0] if name in CONFIGURED else "none"
    made = make(server=server)
    port = free_port()
    for configuration in ("gunicorn.conf.py", "uwsgi.ini", "serve.py"):
        file = made.path / configuration
        if file.exists():
            file.write_text(file.read_text().replace("127.0.0.1:8000", f"127.0.0.1:{port}"))
    words = [word.replace("8000", str(port)) for word in command(name, made.read("README.md"))]
    notes = made.path / "notes"
    notes.touch()
    log = made.path / "server.log"
    paths = [sysconfig.get_path("scripts"), os.environ["PATH"]]
    environment = {
        **os.environ,
        "PATH": os.pathsep.join(paths),
        "PYTHONPATH": os.pathsep.join(["src", str(ROOT)]),
        "PROBE_NOTES": str(notes),
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            words, cwd=made.path, env=environment, stdout=output, stderr=output
        )
    try:
        up = until(lambda: listens(port) or process.poll() is not None, 20)
        assert up and process.poll() is None, log.read_text()
        yield Running(name, port, process, notes, log)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Case(NamedTuple):
    claim: str
    right: str
    other: dict[str, str]  # what a client gets where a server cannot do it
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


def answers(claim: str, right: str, octets: bytes, **other: str) -> None:
    """A case of which the status says everything."""
    case(claim, right, **other)(lambda server: status(ask(server.port, octets)))


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
        if first and first.fields.get("connection") == "close":
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
    fields = (BYTES, "Transfer-Encoding: chunked")
    return shown(ask(server.port, request("POST", "/probe/bytes", *fields, body=body)))


@case("a chunked body over the limit", "413", wsgiref="411", uwsgi="411")
def _(server: Running) -> str:
    body = (b"10000\r\n" + b"x" * 65_536 + b"\r\n") * 20 + b"0\r\n\r\n"
    fields = (BYTES, "Transfer-Encoding: chunked")
    return status(ask(server.port, request("POST", "/probe/bytes", *fields, body=body)))


@case("a body of exactly the limit", "200")
def _(server: Running) -> str:
    fields = (BYTES, f"Content-Length: {LIMIT}")
    body = b"x" * LIMIT
    return status(ask(server.port, request("POST", "/probe/bytes", *fields, body=body)))


@case("a body over the limit: one answer, and nothing in it is read as a request", "413")
def _(server: Running) -> str:
    inner = request("GET", "/", close=False) + b"\r\n"
    body = inner * (2 * LIMIT // len(inner))
    fields = (BYTES, f"Content-Length: {len(body)}")
    with Connection(server.port) as connection:
        connection.send(request("POST", "/probe/bytes", *fields, body=body, close=False))
        connection.finish()
        first = connection.reply()
        others = connection.rest().count(b"HTTP/1.")
        return status(first) + (f" and {others} more" if others else "")


@case("a body cut short", "400", waitress="closed")
def _(server: Running) -> str:
    with Connection(server.port) as connection:
        connection.send(request("POST", "/probe/bytes", BYTES, "Content-Length: 9", body=b"abc"))
        connection.finish()
        return status(connection.reply())


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
    fields = (BYTES, "Content-Length: 6", "Transfer-Encoding: chunked")
    octets = request("POST", "/probe/bytes", *fields, body=b"3\r\nabc\r\n0\r\n\r\n", close=False)
    with Connection(server.port) as connection:
        connection.send(octets)
        return shown(connection.reply()).encode("unicode_escape").decode()


@case("a field of 6,000 octets", "200")
def _(server: Running) -> str:
    return status(ask(server.port, request("GET", "/", f"Cookie: a={'b' * 6000}")))


@case("`Expect: 100-continue`", "100, 200", wsgiref="nothing, 200", uwsgi="nothing, 200")
def _(server: Running) -> str:
    fields = (BYTES, "Content-Length: 3", "Expect: 100-continue")
    with Connection(server.port) as connection:
        connection.send(request("POST", "/probe/bytes", *fields))
        connection.waits()
        asked = connection.octets.startswith(b"HTTP/1.1 100 ")
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
    fields = (BYTES, "Content-Length: 9999999", "Expect: 100-continue")
    with Connection(server.port) as connection:
        connection.send(request("POST", "/probe/bytes", *fields))
        connection.waits()
        if not connection.octets.startswith(b"HTTP/1.1 100 "):
            return status(connection.reply())
        connection.send(b"x" * 9_999_999)
        return f"100, {status(connection.reply())}"


@case("a chunk whose length is no number", "400", wsgiref="411", uwsgi="411", granian="200")
def _(server: Running) -> str:
    fields = (BYTES, "Transfer-Encoding: chunked")
    octets = request("POST", "/probe/bytes", *fields, body=b"3\r\nabc\r\nxyz\r\n0\r\n\r\n")
    return status(ask(server.port, octets))


for wrong in ("abc", "-1", "+3", "3, 4"):
    answers(
        f"`Content-Length: {wrong}`",
        "400",
        request("POST", "/probe/bytes", BYTES, f"Content-Length: {wrong}", body=b"abc"),
    )


@case("HEAD", "200, 5 announced, 0 sent")
def _(server: Running) -> str:
    with Connection(server.port) as connection:
        connection.send(request("HEAD", "/"))
        reply = connection.reply(head=True)
        length = reply.fields.get("content-length", "nothing") if reply else "nothing"
        return f"{status(reply)}, {length} announced, {len(connection.rest())} sent"


@case(
    "HEAD of a stream, and another request on the connection",
    "200, 200",
    wsgiref="200, closed",
    gunicorn_sync="200, closed",
    uwsgi="200, closed",
    waitress="200, closed after 5 octets",
    cheroot="200, closed",
    werkzeug="200, closed",
)
def _(server: Running) -> str:
    with Connection(server.port) as connection:
        connection.send(request("HEAD", "/probe/stream?head", close=False) + request("GET", "/"))
        first, rest = connection.reply(head=True), connection.rest()
        if rest.startswith(b"HTTP/1.1 "):
            return f"{status(first)}, {rest[9:12].decode()}"
        return f"{status(first)}, closed" + (f" after {len(rest)} octets" if rest else "")


def framed(server: Running, code: int) -> str:
    with Connection(server.port) as connection:
        connection.send(request("GET", f"/probe/status/{code}"))
        reply = connection.reply(head=True)
        unwanted = [
            name
            for name in ("content-length", "transfer-encoding")
            if reply and name in reply.fields
        ]
        rest = connection.rest()
        return ", ".join([status(reply), *unwanted, *(["a body"] if rest else [])])


case("204: no body, no length, no chunks", "204", wsgiref="204, content-length")(
    lambda server: framed(server, 204)
)
case("304: the same", "304", wsgiref="304, content-length")(lambda server: framed(server, 304))


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
        connection.send(request("GET", "/probe/status/205", close=False) + request("GET", "/"))
        return ", ".join(status(connection.reply()) for _ in range(2))


@case("a stream", "200 first second")
def _(server: Running) -> str:
    return shown(ask(server.port, request("GET", "/probe/stream?plain")))


@case(
    "a failure in mid-stream: the client sees that the answer is cut",
    "cut",
    wsgiref="ends with the connection",
    uwsgi="ends with the connection",
    granian="looks complete",
)
def _(server: Running) -> str:
    reply = ask(server.port, request("GET", "/probe/broken?broken"))
    if reply is None or reply.status != 200:
        return status(reply)
    if "transfer-encoding" not in reply.fields:
        return "ends with the connection"
    return "looks complete" if reply.whole else "cut"


@case("a failure before the answer", "500")
def _(server: Running) -> str:
    reply = ask(server.port, request("GET", "/probe/raise"))
    return status(reply) + (" with details" if reply and b"secret" in reply.body else "")


for what, path in (("a stream", "stream"), ("a broken stream", "broken"), ("HEAD", "stream")):

    @case(f"`close()` after {what}", "closed")
    def _(server: Running, what: str = what, path: str = path) -> str:
        name = f"{what.replace(' ', '-')}-{time.monotonic_ns()}"
        ask(server.port, request("HEAD" if what == "HEAD" else "GET", f"/probe/{path}?{name}"))
        return "closed" if server.noted(name) else "not closed"


@case("`close()` after a client that goes away in mid-stream", "closed")
def _(server: Running) -> str:
    name = f"gone-{time.monotonic_ns()}"
    with Connection(server.port) as connection:
        connection.send(request("GET", f"/probe/endless?{name}"))
        connection.take(1_000_000)
    return "closed" if server.noted(name) else "not closed"


answers(
    "absolute form: `GET http://localhost/`",
    "200",
    request("GET", "http://localhost/"),
    cheroot="400",
)
answers("`OPTIONS *`", "204", request("OPTIONS", "*"), cheroot="404")
answers("the method `BREW`", "405", request("BREW", "/"))
answers(
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


answers("`/%FF`, which is not UTF-8", "400", request("GET", "/%FF"), werkzeug="404")
answers("`/%00`", "404", request("GET", "/%00"))
FIELDS = (
    "Allow Cache-Control Content-Disposition Content-Language Content-Location Content-Type ETag "
    "Last-Modified Link Location Retry-After Set-Cookie Vary WWW-Authenticate X-Any"
).split()


@case(f"CR LF, CR and LF in {len(FIELDS)} fields, and in a name", "500, nothing injected")
def _(server: Running) -> str:
    seen = set()
    breaks = ("\r\n", "\r", "\n")
    values = [(name, f"a{end}X-Evil: 1") for name in FIELDS for end in breaks]
    for name, value in [*values, *((f"X-A: b{end}X-Evil", "1") for end in breaks)]:
        query = f"name={quote(name, safe='')}&value={quote(value, safe='')}"
        reply = ask(server.port, request("GET", f"/probe/field?{query}"))
        injected = reply and "x-evil" in str(reply.fields).lower()
        seen.add(f"{status(reply)}, {'injected' if injected else 'nothing injected'}")
    return "; ".join(sorted(seen))


@case("CR LF in a redirect", "303, percent-encoded")
def _(server: Running) -> str:
    reply = ask(server.port, request("GET", "/probe/redirect?to=/a%0D%0AX-Evil:1"))
    place = reply.fields.get("location", "") if reply else ""
    return f"{status(reply)}, {'percent-encoded' if place.endswith('/a%0D%0AX-Evil:1') else place}"


@case("`X-Forwarded-*` is not believed", "http 127.0.0.1")
def _(server: Running) -> str:
    fields = ("X-Forwarded-Proto: https", "X-Forwarded-For: 192.0.2.1", "Forwarded: proto=https")
    reply = ask(server.port, request("GET", "/probe/caller", *fields))
    return reply.body.decode() if reply and reply.status == 200 else status(reply)


@case("a request is in the access log", "logged", cheroot="not logged")
def _(server: Running) -> str:
    path = f"/{time.monotonic_ns()}"
    ask(server.port, request("GET", path))
    return "logged" if until(lambda: path in server.log.read_text(), 3) else "not logged"


answers("and it still serves", "200", request("GET", "/"))


def all_up(server: Running) -> bool:
    """Whether each process of the server has answered, before long."""
    seen = set()

    def complete() -> bool:
        seen.add(shown(ask(server.port, request("GET", "/probe/process"))))
        return len(seen) >= PROCESSES.get(server.name, 1)

    return until(complete, 8)


def stopped(server: Running) -> str:
    """SIGTERM while a request is answered, which takes a second."""
    if not all_up(server):
        return "not all up"
    with Connection(server.port) as connection:
        connection.send(request("GET", "/probe/slow?slow"))
        if not server.noted("slow"):
            return "not begun"
        server.process.send_signal(signal.SIGTERM)
        answer = status(connection.reply())
    ended = until(lambda: server.process.poll() is not None, 8)
    return f"{answer}, {'ended' if ended else 'still there'}"


STOP = Case(
    "SIGTERM during a request: it is answered, then the server ends",
    "200, ended",
    {name: "closed, ended" for name in COMMANDS if name not in CONFIGURED},
    stopped,
)
HEAD = """\
# Servers, case by case

The project that this template generates, as a process of its own under nine servers, spoken to in
raw HTTP/1.1 over a socket. gunicorn, uWSGI, waitress and granian run with the configuration that
comes with `server`, by the command of the generated README; the others with their defaults, and
`wsgiref` is `python -m` with the package's name.

✓ is the right answer; – is what a client gets instead where a server cannot do it. `closed` is a
connection that ends without an answer, and `a, b` are two answers. No case hangs.

This file is written by `uv run python -m conformance servers`. The cases are in
`conformance/servers.py`, and `tests/test_servers.py` holds each server to them.
"""
NOTES = """
- *Nothing is believed of what a client says about its proxy.* uWSGI alone takes
  `X-Forwarded-Proto` for the scheme; `route-run = setscheme:http` in the generated `uwsgi.ini`
  takes that back.
- *The application's own limit is the one that counts.* It answers with 413 without reading on.
  uWSGI's `limit-post` would close the connection without an answer, so it is not set; waitress
  takes in a whole body first, so its limit is set, one octet above the application's.
- *A failure in mid-stream* can only be seen by a client where the server would have marked the
  end. granian marks it even so, wsgiref and uWSGI never do: let the content say where it ends.
- *A worker that is still starting* may miss the end. granian kills it after the 30 seconds of
  `--workers-kill-timeout`; uWSGI waits for it, as for a request that hangs, until it is killed.
- *waitress marks the end of a stream to HEAD, too*, which has none: 5 octets, before it closes the
  connection as it has said.
- *The development servers* stop at once at SIGTERM. Of waitress, the generated `serve.py` takes
  care: `waitress-serve` would drop the requests that it is answering.
"""


def head(name: str) -> str:
    if name == "wsgiref":
        return f"wsgiref {python_version()}"
    server, _, worker = name.partition(" ")
    return f"{server} {version(DISTRIBUTIONS.get(server, server))} {worker}".strip()


def document() -> str:
    lines = {one.claim: [one.claim] for one in [*CASES, STOP]}
    for name in COMMANDS:
        with running(name) as server:
            for one in [*CASES, STOP]:
                seen = observe(one, server)
                mark = "✓" if seen == one.right else "–" if seen == one.other.get(name) else "✗"
                lines[one.claim].append(f"{mark} {seen}")
    table = [["case", *map(head, COMMANDS)], ["---"] * (len(COMMANDS) + 1), *lines.values()]
    return "\n".join([HEAD, *(f"| {' | '.join(cells)} |" for cells in table), NOTES])
