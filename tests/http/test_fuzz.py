"""Hostile environs and hostile raw requests: whatever comes, HTTP allows the response.

CONTRIBUTING.md has the long run.
"""

import json
import os
import re
from collections.abc import Iterator
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import quote
from wsgiref import validate
from wsgiref.simple_server import WSGIRequestHandler

import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from conformance import judges
from conformance.judges import PROJECTS
from harness import probe
from harness.projects import generate
from harness.send import Input, Sent, call, environ_for
from harness.serving import COMMANDS, Running, running
from harness.wire import Connection

AS_A_TREE = pytest.param("everything as a tree", marks=pytest.mark.matrix)
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "400"))
MARKUP = "<fuzz>"
CHECKS: Any = validate  # its functions are not in the types of the standard library
SEGMENTS = (
    ["", "text", "files", "drawing", "events", "bytes", "words", "form", "upload", "a", ".", ".."]
    + ["7", "-7", "1" * 40, "\xd9\xa3", MARKUP, "\0", "\xff", "a\r\nb", "\u20ac", "\ud800"]
    + ["6f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9", "\xc3\xa9", "{word}", "%2F", ";a=b"]
)
METHODS = "GET GET HEAD POST POST PUT PATCH DELETE OPTIONS TRACE CONNECT get".split() + [
    "",
    "G T",
    "\0",
]
LENGTHS = [
    "",
    "0",
    "1",
    "-1",
    "+1",
    "1_0",
    "1e1",
    "0x1",
    " 1",
    "1 ",
    "1,1",
    "\xb2",
    "\u0663",
    "junk",
]
LENGTHS += ["9" * 9, "9" * 30, "9" * 5000, "0" * 30, "0" * 30 + "1"]
TYPES = [
    "application/json",
    "Application/Hal+JSON; v=1",
    "text/plain",
    "text/plain; charset=x",
    "+json",
]
TYPES += [
    "application/x-www-form-urlencoded",
    "application/octet-stream",
    "multipart/form-data",
    "/",
]
TYPES += [
    "multipart/form-data; boundary=b",
    'multipart/form-data; boundary="',
    "multipart/form-data; boundary=",
]
RANGES = ["*/*", "text/html", "text/*", "application/json", "TEXT/plain;Q=1", "image/png", "*", ""]
RANGES += [
    "text/html;q=0",
    "*/*;q=0",
    "text/xml;q=.5",
    "text/html;q=1.5",
    "a/b;q=nan",
    ";;q",
    MARKUP,
]
# Requests that reach a handler, so that what it reads is hostile, too.
HANDLED = [
    ("GET", "/text/<fuzz>/7", ""),
    ("DELETE", "/text/a/7", ""),
    ("GET", "/files/<fuzz>/b", ""),
    ("PUT", "/x/6f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9", "application/json"),
    ("PATCH", "/bytes", "application/octet-stream"),
    ("POST", "/words", "text/plain"),
    ("POST", "/form", "application/x-www-form-urlencoded"),
    ("POST", "/upload", "multipart/form-data; boundary=b"),
]

junk = st.one_of(
    st.text(st.characters(max_codepoint=255), max_size=30),
    st.text(max_size=10),
    st.sampled_from([MARKUP, "", "\r\nX: y", "\0", "a" * 9000, "\ud800", "%", "%ff", "=" * 1200]),
)
paths = st.one_of(
    st.lists(st.sampled_from(SEGMENTS), max_size=4).map(lambda parts: "/" + "/".join(parts)),
    st.sampled_from(["", "*", "http://localhost/", "http://", "://", "//", "/" * 900]),
    junk,
)
field = b'--b\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=%s\r\n\r\n1\r\n--b--\r\n'
part = b'--b\r\nContent-Disposition: form-data; name="<fuzz>"; filename="%s"\r\n\r\n<fuzz>\r\n--b--\r\n'
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(MARKUP),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)
bodies = st.one_of(
    values.map(lambda value: json.dumps(value).encode()),
    st.sampled_from([b"[" * 65 + b"]" * 65, b"[" * 9000, b"9" * 5000, b"1e999", b'"\\ud800"', b'"', b"\xff"]),
    st.sampled_from([b"a=%ff", b"a=<fuzz>&a", b"&" * 2000, part % b"<fuzz>", part[:40], field % b"none", field % b"hex", b"--b--", b"--b" * 99]),
    st.binary(max_size=60),
)  # fmt: skip
accepts = st.lists(st.sampled_from(RANGES), max_size=3).map(",".join)
optional = {
    "CONTENT_LENGTH": st.sampled_from(LENGTHS) | junk,
    "CONTENT_TYPE": st.sampled_from(TYPES) | junk,
    "HTTP_ACCEPT": accepts | junk,
    "HTTP_COOKIE": junk,
    "HTTP_HOST": junk,
    "HTTP_IF_NONE_MATCH": junk | st.sampled_from(["*", '"a", W/"b"', '"']),
    "HTTP_TRANSFER_ENCODING": st.sampled_from(["chunked", "gzip, chunked", ""]) | junk,
    "HTTP_X_FORWARDED_HOST": st.just(MARKUP),
    "QUERY_STRING": junk,
    "SCRIPT_NAME": junk,
}


@st.composite
def environs(draw: st.DrawFn) -> dict[str, Any]:
    body = draw(bodies)
    method, path, media_type = draw(
        st.sampled_from(HANDLED)
        | st.tuples(st.sampled_from(METHODS), paths, st.sampled_from(TYPES))
    )
    environ = environ_for(method, "/", body, PATH_INFO=path, CONTENT_TYPE=media_type)
    for key in draw(st.lists(st.sampled_from(list(optional)), max_size=4, unique=True)):
        environ[key] = draw(optional[key])
    if draw(st.booleans()) and draw(st.booleans()):
        environ["wsgi.input_terminated"] = True
    for key in draw(st.lists(st.sampled_from(list(environ)), max_size=1)):
        if not key.startswith("wsgi."):
            del environ[key]
    return environ


@pytest.fixture(scope="module", params=["everything", AS_A_TREE])
def application(request: pytest.FixtureRequest) -> Any:
    return probe.load(generate(**PROJECTS[request.param]))


@settings(max_examples=EXAMPLES)
@given(environ=environs())
@example(environ={"wsgi.input": Input(), "wsgi.errors": StringIO()})
def test_no_environ_brings_the_application_down(application: Any, environ: dict[str, Any]) -> None:
    source = environ["wsgi.input"]
    sent = call(application, environ)
    event(f"status {sent.status}")
    assert not sent.raised and sent.started == 1
    assert sent.status < 500, environ["wsgi.errors"].getvalue()
    length = environ.get("CONTENT_LENGTH", "")
    announced = int(length[:100]) if length.isascii() and length.isdecimal() else 0
    assert source.furthest <= announced or environ.get("wsgi.input_terminated")
    assert_sound(environ.get("REQUEST_METHOD", ""), sent)
    if sent.status not in (204, 405):
        asked = {"REQUEST_METHOD": "HEAD" if not sent.body else "GET", "PATH_INFO": "/"}
        found = {one for one in judges.linted(asked, sent) if not one.startswith(WARNINGS)}
        assert not found


# What httplint says although nothing is wrong; judges.FALSE_ALARMS has the other reasons.
WARNINGS = (
    "CHARSET_MISMATCH",  # a guess, about text that was decoded as UTF-8 before it was echoed
    "FRESHNESS_HEURISTIC",
    "FRESHNESS_NO_CACHE_NO_VALIDATOR",
    'REQUEST_HDR_IN_RESPONSE: "Accept"',
    "STATUS_406_WITHOUT_NEGOTIATION",  # it is not shown the Accept that led to the 406
    "STATUS_BAD_REQUEST",
)


def assert_sound(method: str, sent: Sent) -> None:
    headers = sent.headers.items()
    CHECKS.check_status(f"{sent.status} phrase")
    CHECKS.check_headers(headers)
    if sent.status not in (204, 304):
        CHECKS.check_content_type(f"{sent.status} phrase", headers)
    else:
        assert not sent.body and not sent.headers["Content-Type"]
    if method == "HEAD":
        assert not sent.body
    elif sent.headers["Content-Length"] is not None:
        assert int(sent.headers["Content-Length"]) == len(sent.body)
    assert (sent.status == 405) <= bool(sent.headers["Allow"])
    media_type = sent.header("Content-Type").partition(";")[0]
    if media_type.endswith(("html", "xml")):
        assert MARKUP.encode() not in sent.body
    if media_type.endswith("json") and media_type != "application/x-ndjson" and sent.body:
        json.loads(sent.body, parse_constant=pytest.fail)


targets = st.one_of(
    paths.map(lambda path: path.encode("latin-1", "replace")),
    st.sampled_from([b"/%ff", b"/%00", b"/%0d%0a", b"http://localhost/", b"*", b"/?%ff", b"//x"]),
)
sound = st.sampled_from(
    [b"Accept: text/html;q=2", b"Cookie: a=1; b]", b"X: <fuzz>", b"Expect: 100-continue"]
)
broken = st.one_of(
    st.sampled_from([b"Content-Length: 3", b"Content-Length: junk", b"Transfer-Encoding: chunked"]),
    st.sampled_from([b" folded", b":", b"no colon", b"X: \xff\0", b"Content-Type: application/json"]),
    st.binary(max_size=20),
)  # fmt: skip


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """Most of them with one thing wrong: a strict server would not pass on much else."""
    method, target, media_type = draw(
        st.sampled_from(HANDLED).map(lambda row: (row[0], quote(row[1]).encode(), row[2]))
        | st.tuples(st.sampled_from(METHODS), targets, st.sampled_from(TYPES))
    )
    version = draw(st.sampled_from([b"HTTP/1.1"] * 9 + [b"HTTP/1.0", b"HTTP/9.9", b""]))
    body = draw(bodies)
    headers = [b"Host: localhost", b"Content-Type: " + media_type.encode()]
    if draw(st.booleans()) and draw(st.booleans()):
        headers += [b"Transfer-Encoding: chunked"]
        body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    else:
        headers += [b"Content-Length: %d" % len(body)]
    headers += draw(st.lists(sound, max_size=2)) + draw(st.lists(broken, max_size=1))
    head = b" ".join([method.encode(), target, version])
    return b"\r\n".join([head, *headers, b"", b""]) + body


@settings(max_examples=EXAMPLES)
@given(raw=requests())
def test_no_raw_request_brings_the_application_down(application: Any, raw: bytes) -> None:
    """Parsed by the standard library's server, which passes on the most unchanged."""
    sent = []

    def noting(environ: dict[str, Any], start_response: Any) -> Any:
        environ["wsgi.errors"] = StringIO()
        made = call(application, environ)
        event(f"status {made.status}")
        sent.append((environ["REQUEST_METHOD"], made))
        start_response(f"{made.status} phrase", made.headers.items())
        return [made.body]

    Handler.serve(noting, raw)
    assert len(sent) <= 1
    for method, made in sent:
        assert not made.raised and made.status < 500, made.log
        assert_sound(method, made)


class Handler(WSGIRequestHandler):
    """A connection without a network."""

    @classmethod
    def serve(cls, application: Any, raw: bytes) -> None:
        connection: Any = Socket(raw)
        server: Any = Server(application)
        cls(connection, ("127.0.0.1", 1), server)

    def log_message(self, *arguments: Any) -> None:
        pass

    def get_stderr(self) -> StringIO:
        return StringIO()


class Socket(BytesIO):
    def makefile(self, *arguments: Any) -> BytesIO:
        return BytesIO(self.getvalue())

    def sendall(self, sent: bytes) -> None:
        pass


class Server:
    base_environ: dict[str, str] = {"SERVER_NAME": "localhost", "SERVER_PORT": "80"}

    def __init__(self, application: Any) -> None:
        self.application = application

    def get_app(self) -> Any:
        return self.application


@pytest.fixture(scope="module", params=COMMANDS)
def server(request: pytest.FixtureRequest) -> Iterator[Running]:
    answers = PROJECTS["everything"]
    with running(request.param, lambda server: generate(server=server, **answers)) as started:
        yield started


@settings(max_examples=EXAMPLES // 10)
@given(raw=requests())
def test_no_raw_request_leaves_a_server_stuck(server: Running, raw: bytes) -> None:
    """Over a socket, to the end of the connection; a server has 5xx of its own for some."""
    with Connection(server.port) as connection:
        connection.send(raw)
        connection.waits(0.05)  # some drop a request when its client ends
        connection.finish()
        statuses = re.findall(rb"^HTTP/1.[01] ([0-9]{3})", connection.rest(), re.MULTILINE)
    event(f"statuses {statuses}")
    assert {status for status in statuses if status >= b"500"} <= {b"501", b"505"}
    assert server.process.poll() is None
