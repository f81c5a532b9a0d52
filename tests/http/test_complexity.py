"""What clients send costs no more than its length: sixteen times as long, sixteen times the time.

Each input is the worst that is known for its reader.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from json import dumps, loads
from time import process_time
from types import SimpleNamespace
from typing import Any

import pytest

from harness import probe
from harness.projects import generate
from harness.send import environ_for

SMALL, LARGE = 4_096, 65_536
LIMIT = 32  # 16 is linear, caches add some, and a quadratic reader would take 256
ROUTES = """
GET  /                          html            home
GET  /a/{text}/b                json            of_text
GET  /a/{number:int}            json            of_int
GET  /a/{number:float}          json            of_float
GET  /a/{key:uuid}              json            of_key
GET  /a/{text}/{more}/{most}/c  json            deep
GET  /a/{number:int}/{more}/b   json            deeper
GET  /a/{rest:path}             json            rest
POST /up                        multipart>json  send
GET  /events                    sse             events
GET  /rows                      csv             rows
"""
MODULES = (
    "request response routes errors uploads sse csv_rows cookies middleware.etags bare".split()
)
FORM = "application/x-www-form-urlencoded"
Case = tuple[Callable[[SimpleNamespace, Any], Any], Any]


@cache
def package(dispatcher: str = "ladder") -> SimpleNamespace:
    """The modules of a project that has all of them."""
    made = generate(
        routes=ROUTES, dispatcher=dispatcher, features=["cookies"], middleware=["etags"]
    )
    names = [name.rpartition(".")[2] for name in MODULES]
    return SimpleNamespace(**dict(zip(names, probe.modules(made, *MODULES), strict=True)))


def spent(read: Callable[[Any], Any], content: Any, times: int) -> float:
    """The processor time of one call, without what other programs disturb."""
    found = []
    for _ in range(5):
        start = process_time()
        for _ in range(times):
            with suppress(Exception):  # a refusal costs time, too
                read(content)
        found.append((process_time() - start) / times)
    return min(found)


def growth(
    read: Callable[[Any], Any], make: Callable[[int], Any], small: int = SMALL, large: int = LARGE
) -> float:
    """How many times the time of a small input a large one takes."""
    first, second = make(small), make(large)
    once = spent(read, first, 1)
    times = min(2_000, int(0.002 / max(once, 1e-7)) + 1)
    return spent(read, second, times // 16 + 1) / spent(read, first, times)


def repeated(unit: Any, before: Any = None, after: Any = None) -> Callable[[int], Any]:
    """What makes an input of about a size: the unit again and again."""
    nothing = unit[:0]

    def make(size: int) -> Any:
        return (before or nothing) + unit * (size // len(unit)) + (after or nothing)

    return make


def find(project: SimpleNamespace, path: str) -> Any:
    return project.routes.find(project.request.path({"PATH_INFO": path}))


def query(project: SimpleNamespace, text: str) -> Any:
    return project.request.query({"QUERY_STRING": text})


def cookies(project: SimpleNamespace, text: str) -> Any:
    return project.cookies.read({"HTTP_COOKIE": text})


def accept(project: SimpleNamespace, text: str) -> Any:
    return project.request.best_match({"HTTP_ACCEPT": text}, ["text/html", "text/x"])


def content_type(project: SimpleNamespace, text: str) -> Any:
    return project.request.json(environ_for("POST", "/", b"{}", CONTENT_TYPE=text))


def content_length(project: SimpleNamespace, text: str) -> Any:
    return project.request.body(environ_for("POST", "/", b"{}", CONTENT_LENGTH=text))


def posted(reader: str, content_type: str) -> Callable[[SimpleNamespace, bytes], Any]:
    def read(project: SimpleNamespace, body: bytes) -> Any:
        environ = environ_for("POST", "/", body, CONTENT_TYPE=content_type)
        return getattr(project.request, reader)(environ)

    return read


def depth(project: SimpleNamespace, body: bytes) -> Any:
    return project.request._is_deep(body.decode("latin-1"))


def dropped(project: SimpleNamespace, body: bytes) -> Any:
    """What is left of a body is dropped, of one with a length and of one without."""
    ended = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    project.request.drop(environ_for("POST", "/", body))
    project.request.drop(environ_for("POST", "/", body) | ended | {"CONTENT_LENGTH": ""})


def multipart(project: SimpleNamespace, body: bytes) -> Any:
    boundary = "multipart/form-data; boundary=b"
    with project.uploads.form(environ_for("POST", "/", body, CONTENT_TYPE=boundary)) as form:
        return form


def boundary(project: SimpleNamespace, text: str) -> Any:
    environ = environ_for("POST", "/", b"--b--", CONTENT_TYPE=f"multipart/form-data;{text}")
    with project.uploads.form(environ) as form:
        return form


def tags(name: str) -> Callable[[SimpleNamespace, str], Any]:
    return lambda project, text: project.etags.require({name: text}, "a")


def built(name: str) -> Callable[[SimpleNamespace, str], Any]:
    """A response whose header has the text as its name or value."""

    def build(project: SimpleNamespace, text: str) -> Any:
        headers = [(text, "a")] if name == "name" else [("X-A", text)]
        return project.response.text("", headers=headers)

    return build


def many_headers(project: SimpleNamespace, text: str) -> Any:
    return project.response.text("", headers=[("X-A", value) for value in text.split(",")])


def redirect(project: SimpleNamespace, text: str) -> Any:
    return project.response.redirect(text)


def problem(project: SimpleNamespace, text: str) -> Any:
    error = project.errors.HTTPError(400, text)
    return project.response.problem({"HTTP_ACCEPT": "text/html"}, error)


def cookie(project: SimpleNamespace, text: str) -> Any:
    return project.cookies.cookie("a", text, path=text)


def event(project: SimpleNamespace, text: str) -> Any:
    return project.sse.event(text)


def row(project: SimpleNamespace, text: str) -> Any:
    return list(project.csv_rows.stream({}, [[text]])[2])


def request(project: SimpleNamespace, path: str) -> Any:
    """A whole request that leads to a 404 or a 400, or to a failure that is logged."""
    return project.bare.application(environ_for("GET", "/", PATH_INFO=path), lambda *_: None)


def logged(project: SimpleNamespace, text: str) -> Any:
    try:
        raise ValueError(text)
    except ValueError:
        project.errors.log(environ_for("GET", "/", PATH_INFO=text, REQUEST_METHOD=text))


json = posted("json", "application/json")
form = posted("form", FORM)
PATHS = {
    "segments": repeated("/a"),
    "segments that nearly fit": repeated("/7", "/a"),
    "slashes": repeated("/"),
    "a long segment": repeated("a", "/a/"),
    "digits": repeated("9", "/a/"),
    "digits, and a letter": repeated("9", "/a/", "x"),
    "digits and a point": repeated("9", "/a/1.", "x"),
    "hexadecimal digits": repeated("a-", "/a/"),
    "UTF-8": repeated("\xc3\xa9", "/a/"),
    "no UTF-8": repeated("\xff", "/a/"),
    "NUL": repeated("\0", "/a/"),
    "a scheme without an end": repeated("a"),
    "schemes": repeated("a://"),
    "a host without an end": repeated("a", "http://"),
    "a host of colons": repeated(":", "http://"),
    "line ends in an absolute form": repeated("\n", "http://a/"),
}
QUERIES = {
    "fields": repeated("a=1&"),
    "empty fields": repeated("&"),
    "few fields, one long": repeated("a", "a=1&" * 900),
    "as many as are allowed": lambda size: "&".join(["a" * (size // 999)] * 999),
    "equals signs": repeated("="),
    "percent signs": repeated("%"),
    "escapes": repeated("%41"),
    "escapes of no UTF-8": repeated("%ff"),
    "half escapes": repeated("%4"),
    "plus signs": repeated("+"),
    "no UTF-8": repeated("\xff"),
}
JSON = {
    "escaped quotes without an end": repeated(b'\\"', b'"'),
    "the same with brackets": repeated(b'\\"', b"[" * 65 + b'"'),
    "backslashes": repeated(b"\\", b"[" * 65 + b'"'),
    "quotes": repeated(b'"', b"[" * 65),
    "strings": repeated(b'"",', b"[" * 65),
    "brackets": repeated(b"["),
    "brackets in a string": repeated(b"[", b'"', b'"'),
    "pairs of brackets": repeated(b"[],", b"[", b"[]]"),
    "pairs in each other": lambda size: b"[" * 64 + b"[]," * (size // 3) + b"[]" + b"]" * 64,
    "braces": repeated(b'{"a":'),
    "members": lambda size: b"{" + b",".join(b'"%d":1' % n for n in range(size // 9)) + b"}",
    "one member again and again": repeated(b'"a":1,', b"{", b'"a":1}'),
    "a long integer": repeated(b"9"),
    "integers": repeated(b"9" * 4_000 + b",", b"[", b"9]"),
    "a long fraction": repeated(b"9", b"0."),
    "a long exponent": repeated(b"9", b"1e"),
    "floats": repeated(b"1e-300,", b"[", b"1]"),
    "spaces": repeated(b" "),
    "line ends": repeated(b"\n", b"", b"x"),
    "minus signs": repeated(b"-"),
    "escapes": repeated(b"\\ud800", b'"', b'"'),
    "no UTF-8": repeated(b"\xff"),
}
PART = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
MULTIPART = {
    "a long part": repeated(b"a", PART, b"\r\n--b--\r\n"),
    "line ends": repeated(b"\r\n", PART),
    "carriage returns": repeated(b"\r", PART),
    "near boundaries": repeated(b"\r\n--", PART),
    "nearer boundaries": repeated(b"\r\n--bb", PART),
    "boundaries": repeated(b"--b\r\n"),
    "parts": repeated(PART),
    "no boundary": repeated(b"a"),
    "a long header": repeated(b"a", b"--b\r\nX: "),
    "headers": repeated(b"X: a\r\n", b"--b\r\n"),
    "quotes in a header": repeated(b'\\"', b'--b\r\nContent-Disposition: form-data; name="'),
    "semicolons in a header": repeated(b";", b"--b\r\nContent-Disposition: form-data"),
}
PARAMETERS = {
    "semicolons": repeated(";"),
    "equals signs": repeated("="),
    "quotes": repeated('"', "boundary="),
    "escaped quotes": repeated('\\"', 'boundary="'),
    "spaces": repeated(" ", "", "x"),
    "parameters": repeated("a=b;"),
    "quoted parameters": repeated('a="b";'),
}
LISTS = {
    "tags": repeated('"b", '),
    "quotes": repeated('"'),
    "commas": repeated(", ", "", "x"),
    "spaces behind a tag": repeated(" ", '"b"', "x"),
    "commas between tags": repeated('"b",,\t', "", "x"),
    "weak signs": repeated("W/"),
    "a tag without an end": repeated("b", '"'),
}
TEXTS = {
    "letters": repeated("a"),
    "hyphens": repeated("-", "a"),
    "letters, and a hyphen": repeated("a", "", "-"),
    "spaces": repeated(" "),
    "line ends": repeated("\n"),
    "slashes": repeated("/"),
    "markup": repeated("<&"),
    "quotes": repeated('"'),
    "commas": repeated(","),
    "more than latin-1": repeated("€"),
    "lone surrogates": repeated("\ud800"),
}
RANGES = {
    "commas": repeated(","),
    "semicolons": repeated(";"),
    "parameters": repeated(";a=b", "text/html"),
    "other parameters": lambda size: "text/html" + "".join(f";a={n}" for n in range(size // 8)),
    "spaces": repeated(" ", "", "x"),
    "ranges": repeated("a/b;q=0.1,"),
    "other ranges": lambda size: ",".join(f"a/{n}" for n in range(size // 6)),
    "weights": repeated(";q=x", "text/html"),
    "a long weight": repeated("0", "text/html;q=0."),
    "slashes": repeated("/"),
}
PAIRS = {
    "semicolons": repeated(";"),
    "equals signs": repeated("="),
    "pairs": repeated("a=b; "),
    "other pairs": lambda size: ";".join(f"a{n}=1" for n in range(size // 8)),
    "quotes": repeated('"', "a="),
    "spaces": repeated(" ", "a= ", " x"),
    "commas": repeated("a=b,"),
}
DIGITS = {
    "nines": repeated("9"),
    "noughts": repeated("0"),
    "digits, and a letter": repeated("9", "", "x"),
    "letters": repeated("x"),
}
READERS: dict[str, tuple[Callable[[SimpleNamespace, Any], Any], dict[str, Any]]] = {
    "a path": (find, PATHS),
    "a query": (query, QUERIES),
    "a form": (form, {key: encoded for key, make in QUERIES.items() for encoded in [
        lambda size, make=make: make(size).encode("latin-1")]}),
    "Cookie": (cookies, PAIRS),
    "Accept": (accept, RANGES),
    "JSON": (json, JSON),
    "the depth of JSON": (depth, JSON),
    "a body that is dropped": (dropped, {"bytes": repeated(b"x")}),
    "multipart": (multipart, MULTIPART),
    "the parameters of multipart": (boundary, PARAMETERS),
    "the parameters of JSON": (content_type, PARAMETERS),
    "If-None-Match": (tags("HTTP_IF_NONE_MATCH"), LISTS),
    "If-Match": (tags("HTTP_IF_MATCH"), LISTS),
    "Content-Length": (content_length, DIGITS),
    "a header's name": (built("name"), TEXTS),
    "a header's value": (built("value"), TEXTS),
    "headers": (many_headers, {"commas": repeated(","), "values": repeated("a,")}),
    "Location": (redirect, TEXTS),
    "an error's detail": (problem, TEXTS),
    "Set-Cookie": (cookie, TEXTS),
    "an event": (event, TEXTS),
    "a row": (row, TEXTS),
    "a request": (request, PATHS),
    "a log": (logged, TEXTS),
}  # fmt: skip
CASES = [
    pytest.param(reader, make, dispatcher, id=f"{name}: {what}, {dispatcher}")
    for name, (reader, inputs) in READERS.items()
    for what, make in inputs.items()
    for dispatcher in (("ladder", "tree") if reader is find else ("ladder",))
]


# JSON of every kind of value, below the limit on depth.
VALUES = {
    "objects": [{"id": number, "name": f"name {number}"} for number in range(300)],
    "numbers": list(range(3_000)),
    "strings": [f"a text of some length: {number}" for number in range(1_000)],
    "escapes": ['a "quoted" \\ text\n'] * 1_000,
    "empty arrays": [[]] * 1_000,
}


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
def test_json_takes_at_most_two_and_a_half_times_its_decoding(values: Any) -> None:
    made, body = package(), dumps(values).encode()
    ratios = [3.0]
    while min(ratios) > 2.5 and len(ratios) < 12:  # another program may have taken the time
        decoding = spent(loads, body, 10)
        ratios.append(spent(lambda body: json(made, body), body, 10) / decoding)
    assert min(ratios) <= 2.5


@pytest.mark.parametrize(("reader", "make", "dispatcher"), CASES)
def test_time_grows_with_the_length(reader: Any, make: Any, dispatcher: str) -> None:
    made = package(dispatcher)
    grown = [growth(lambda content: reader(made, content), make)]
    while grown[-1] > LIMIT and len(grown) < 12:  # another program may have taken the time
        grown.append(growth(lambda content: reader(made, content), make))
    assert min(grown) < LIMIT


def test_a_quadratic_reader_is_found() -> None:
    quadratic = re.compile(r'"(?:[^"\\]|\\.)*"|[^][{}"]+')  # each quote begins a new search
    make = repeated('\\"', '"')
    assert growth(lambda text: quadratic.sub("", text), make, SMALL // 8, LARGE // 8) > 2 * LIMIT


def test_a_linear_reader_passes() -> None:
    assert growth(lambda text: text.count("a"), repeated("ab")) < LIMIT
