"""A project that is broken in one place: the tests that are named for it must fail."""

import shutil
from functools import cache
from pathlib import Path

import pytest

from harness.projects import Project, compile_files, generate, run_tests
from harness.shapes import DEFAULT_ROUTES, SHAPES

APP, REQUEST, RESPONSE, ERRORS = "app.py", "request.py", "response.py", "errors.py"
ROUTES, NOTES, HOME = "routes.py", "handlers/notes.py", "handlers/home.py"
DISPATCH, SERVER = "dispatch.py", "__main__.py"
LIST = '    result = {"handler": "list_notes"}\n    return response.json(result)\n'

# What breaks: the file, what is there, and what replaces it.
HANDLERS = {
    "a handler raises": (NOTES, LIST, "    raise RuntimeError\n"),
    "a handler returns None": (NOTES, LIST, "    return None\n"),
    "a handler responds with another type": (NOTES, "response.json(result)", "response.text('')"),
    "a page is text": (HOME, "response.html", "response.text"),
    "a handler does not read the body": (NOTES, "request.json(environ)", '{"key": "value"}'),
    "a handler reads any content type": (
        NOTES,
        "request.json(environ)",
        "__import__('json').loads(request.body(environ))",
    ),
    "a handler does not show the body": (NOTES, '"body": body', '"body": None'),
    "a handler prefers the other type": (
        NOTES,
        '["application/json", "text/html"]',
        '["text/html", "application/json"]',
    ),
    "a handler loses its parameter": (NOTES, '"note_id": note_id', '"note_id": 1'),
    "a negotiated response has no Vary": (NOTES, ", headers=response.VARY)", ")"),
    "a handler offers only one type": (
        NOTES,
        '["application/json", "text/html"]',
        '["text/html"]',
    ),
}
APPLICATION = {
    "Allow is not sorted": (APP, "sorted(allowed)", "sorted(allowed, reverse=True)"),
    "Allow forgets HEAD": (APP, '"HEAD" if "GET" in handlers else "OPTIONS"', '"OPTIONS"'),
    "Allow has HEAD without GET": (APP, '"HEAD" if "GET" in handlers else "OPTIONS"', '"HEAD"'),
    "a 405 has no Allow": (APP, "405, headers=allow", "405"),
    "404 replaces 405": (APP, "problem(environ, 405", "problem(environ, 404"),
    "a 404 has no body": (APP, "response.problem(environ, 404)", "response.empty(404)"),
    "HEAD has a body": (APP, 'environ.get("REQUEST_METHOD") == "HEAD"', "False"),
    "HEAD is not GET": (
        APP,
        'handlers.get("GET" if method == "HEAD" else method)',
        "handlers.get(method)",
    ),
    "methods match in any case": (
        APP,
        'environ.get("REQUEST_METHOD", "")',
        'environ.get("REQUEST_METHOD", "").upper()',
    ),
    "the body of a HEAD stays open": (APP, "response.close(body)", "pass"),
    "a failure is not logged": (APP, "        log(environ)\n", ""),
    "an error loses its headers": (APP, ", headers=error.headers", ""),
    "an error loses its detail": (APP, "error.status, error.detail,", "error.status,"),
    "a 500 tells the exception's text": (
        APP,
        "except Exception:",
        "except Exception as error:",
        "problem(environ, 500)",
        "problem(environ, 500, str(error))",
    ),
    "a path without a slash is found": (APP, 'if path[0] == "/" else None', ""),
    "OPTIONS of the server is a 404": (APP, '("OPTIONS", "*")', '("OPTIONS", "/*")'),
    "an error has any status": (ERRORS, "400 <= status <= 599", "status"),
    "an error has a detail by default": (ERRORS, 'detail: str = ""', 'detail: str = "?"'),
    "an error is logged twice": (
        ERRORS,
        "if not logging.getLogger(__package__).hasHandlers():",
        "if True:",
    ),
    "the server's log is not flushed": (ERRORS, ".flush()", ".fileno"),
    "a log that fails is a failure": (ERRORS, "suppress(Exception)", "suppress(KeyError)"),
    "the route of an error is not logged": (ERRORS, "logger.error(request,", "logger.error('',"),
    "the development server lists no names": (SERVER, "'operationId'", "'id'"),
    "the development server has one thread": (
        SERVER,
        "Server(ThreadingMixIn, WSGIServer)",
        "Server(WSGIServer)",
    ),
    "problem details have the wrong status": (RESPONSE, "int(title[:3])", "400"),
}
READERS = {
    "a body is read past its end": (REQUEST, "min(left, 65_536)", "left + 1"),
    "the body limit is one too high": (
        REQUEST,
        "int(digits or 0) > limit",
        "int(digits or 0) > limit + 1",
    ),
    "the body limit is one too low": (
        REQUEST,
        "int(digits or 0) > limit",
        "int(digits or 0) >= limit",
    ),
    "a chunked body has no limit": (REQUEST, "if length > limit and not left:", "if not length:"),
    "a body can be cut short": (REQUEST, "if length <= limit and left:", "if left < 0:"),
    "Content-Length can have a sign": (
        REQUEST,
        'digits.strip("0123456789")',
        'digits.strip("+0123456789")',
    ),
    "any media type is read": (
        REQUEST,
        'if media_type not in ("",',
        'if media_type not in (media_type, "",',
    ),
    "NaN is read": (REQUEST, ", parse_constant=_finite", ""),
    "Infinity is read": (REQUEST, "parse_float=_finite, ", ""),
    "any depth is read": (
        REQUEST,
        "if max(accumulate(steps), default=0) > DEPTH_LIMIT:",
        "if False:",
    ),
    "the depth is one too deep": (
        REQUEST,
        "default=0) > DEPTH_LIMIT",
        "default=0) > DEPTH_LIMIT + 1",
    ),
    "the depth is one too flat": (REQUEST, "default=0) > DEPTH_LIMIT", "default=0) >= DEPTH_LIMIT"),
    "there can be one field too many": (REQUEST, ">= FIELD_LIMIT", "> FIELD_LIMIT"),
    "there can be one field too few": (REQUEST, ">= FIELD_LIMIT", ">= FIELD_LIMIT - 1"),
    "empty fields are dropped": (
        REQUEST,
        "setdefault(name, []).append(value)",
        "setdefault(name, []).extend([value] * bool(value))",
    ),
    "a cookie replaces one before it": (
        REQUEST,
        'reversed(header(environ, "Cookie").split(";"))',
        'header(environ, "Cookie").split(";")',
    ),
    "a comma ends a cookie": (REQUEST, '.split(";")', '.replace(",", ";").split(";")'),
    "a cookie loses more than spaces": (REQUEST, r'value.strip(" \t")', "value.strip()"),
    "a weight is ignored": (REQUEST, "float(valid[1])", "1.0"),
    "a refusal has no detail": (REQUEST, 'f"Send at most {limit} bytes."', '""'),
    "a long Content-Length is a 500": (REQUEST, "len(digits) > 19 or ", ""),
    "JSON of any kind needs a media type": (REQUEST, 'not in ("", sent,', "not in (sent,"),
    "the depth is counted down twice": (REQUEST, "else -1 for", "else -2 for"),
    "objects have no depth": (REQUEST, 'in "[{" else', 'in "[" else'),
    "a URL in capitals is not found": (REQUEST, "[A-Za-z]+://", "[a-z]+://"),
    "an overlong number is read": (
        REQUEST,
        "except ValueError as error:",
        "except KeyError as error:",
    ),
}
BUILDERS = {
    "nosniff is missing": (RESPONSE, '("X-Content-Type-Options", "nosniff")', ""),
    "an error is always JSON": (RESPONSE, 'if media_type == "text/html"', "if not media_type"),
    "an error has no Vary": (RESPONSE, "[*VARY, *headers]", "[*headers]"),
    "Content-Length is one too many": (RESPONSE, "len(content)", "len(content) + 1"),
    "any header is sent": (RESPONSE, "or not _header(", "or not str("),
    "Content-Length can be given": (RESPONSE, '{"content-length", ', "{"),
    "hop-by-hop headers are sent": (RESPONSE, "is_hop_by_hop(name) or ", ""),
    "204 has a Content-Type": (
        RESPONSE,
        "if status not in (204, 304):",
        "if status not in (304,):",
    ),
    "205 can have a body": (RESPONSE, "if status in (204, 205, 304)", "if status in (204, 304)"),
    "NaN is written": (RESPONSE, "allow_nan=False", "allow_nan=True"),
    "a charset is missing": (RESPONSE, "text/html; charset=utf-8", "text/html"),
    "a redirect leaves the site": (RESPONSE, '"^//+"', '"^///+"'),
    "a redirect is always 303": (
        RESPONSE,
        'text(f"See {target}\\n", status=status',
        'text(f"See {target}\\n", status=303',
    ),
    "a page is always 200": (RESPONSE, "HTML, status=status,", "HTML,"),
    "JSON is always 200": (RESPONSE, "content_type, status=status,", "content_type,"),
    "a page loses its headers": (
        RESPONSE,
        "HTML, status=status, headers=headers",
        "HTML, status=status",
    ),
    "an empty response has no length": (
        RESPONSE,
        "_build([], status, TEXT, 0,",
        "_build([], status, TEXT, -1,",
    ),
    "an empty stream fails": (RESPONSE, 'next(rest, b"")', "next(rest)"),
    "a tab is sent in a header": (RESPONSE, r"\n[ -~", r"\n[\t -~"),
    "text is not escaped": (RESPONSE, "escape(text, quote=False)", "text"),
    "a title is not escaped": (RESPONSE, "escape(title, quote=False)", "title"),
    "a stream is not closed": (RESPONSE, "        close(chunks)", "        pass"),
    "a stream begins too late": (RESPONSE, 'first = b"".join([next(rest, b"")])', 'first = b""'),
}
LADDER = {
    "a case is missing": (ROUTES, 'case ["notes"]:', 'case ["nodes"]:'),
    "handlers are swapped": (ROUTES, "notes.list_notes", "notes.create_note"),
    "a method is missing": (ROUTES, ', "POST": notes.create_note', ""),
    "any digit is a number": (ROUTES, "[0-9]{1,19}", r"\d{1,19}"),
    "a guard is missing": (ROUTES, " if is_int(note_id)", ""),
    "a parameter stays a text": (ROUTES, "(int(note_id),)", "(note_id,)"),
}
TREE = {
    "a line is missing": (ROUTES, '    ("GET", "/notes", notes.list_notes),\n', ""),
    "handlers are swapped": (ROUTES, "notes.list_notes", "notes.create_note"),
    "a kind is lost": (ROUTES, "{note_id:int}", "{note_id}"),
    "a literal does not win": (DISPATCH, "node.literals.get(segment)", 'node.literals.get("")'),
    "a dead end is final": (
        DISPATCH,
        "if literal and (found := _walk(literal, segments, at + 1, values)):\n        return found",
        "if literal:\n        return _walk(literal, segments, at + 1, values)",
    ),
    "nan is a float": (
        DISPATCH,
        r'r"-?[0-9]{1,19}(\.[0-9]{1,19})?"',
        r'r"nan|-?[0-9]{1,19}(\.[0-9]{1,19})?"',
    ),
    "the same route twice is accepted": (DISPATCH, "if method in node.handlers:", "if False:"),
}
EXTRAS = {
    "a cookie's path is ignored": ("cookies.py", "Path={path}", "Path=/"),
    "a cookie's SameSite is ignored": ("cookies.py", "SameSite={same_site}", "SameSite=Lax"),
    "a cookie is not secure": ("cookies.py", '["Secure"] if secure', '["Secure"] if not secure'),
    "a form is parsed leniently": ("uploads.py", "strict=True", "strict=False"),
    "a file stays open": (
        "uploads.py",
        "opened.enter_context(SpooledTemporaryFile(MEMORY_LIMIT))",
        "SpooledTemporaryFile(MEMORY_LIMIT)",
    ),
    "a cookie can hold a comma": ("cookies.py", r"[!#-+\--:", "[!#-:"),
    "a cookie can hold a quote": ("cookies.py", "[!#-+", r"[!\x22#-+"),
    "a cookie's name can hold a space": ("cookies.py", "[!#$%&", "[ !#$%&"),
    "a cookie's name can be empty": ("cookies.py", "A-Za-z-]+", "A-Za-z-]*"),
    "a cookie is read by scripts": (
        "cookies.py",
        '["HttpOnly"] if http_only',
        '["HttpOnly"] if not http_only',
    ),
    "a prefix can be without secure": ("cookies.py", '"__host-", "__secure-"', '"__host-"'),
    "a tag can hold a quote": ("middleware/etags.py", '"[!#-~', '"[!-~'),
    "a garbled list of tags is read": ("middleware/etags.py", "or not _tags(value)", ""),
    "304 replaces any status": ("middleware/etags.py", 'status[:3] == "200"', "status"),
    "304 has a Content-Type": ("middleware/etags.py", ', "content-type")', ")"),
    "a 412 leaves its body open": (
        "middleware/etags.py",
        "            if not _matches(environ, tag):\n                response.close(body)",
        "            if not _matches(environ, tag):\n                pass",
    ),
    "an id can end an event": ("sse.py", "event + id", "event"),
    "the first event waits": ("sse.py", "        yield HEARTBEAT\n", ""),
    "a float can be nan": (ROUTES, r'r"-?[0-9]', r'r"nan|-?[0-9]'),
    "a uuid can be any text": (ROUTES, "if is_uuid(key)", "if key"),
    "the number of parts has no limit": ("uploads.py", "max_segment_count=PART_LIMIT, ", ""),
    "a weak tag matches strongly": ("middleware/etags.py", 'not tag.startswith("W/") and ', ""),
    "an event ends at a line separator": (
        "sse.py",
        "_line_ends.split(data)",
        "(data.splitlines() or [''])",
    ),
    "a source of rows stays open": ("csv_rows.py", "response.close(rows)", "pass"),
    "a source of lines stays open": ("ndjson.py", "response.close(values)", "pass"),
    "a source of events stays open": ("sse.py", "response.close(events)", "pass"),
}
SHARED = HANDLERS | APPLICATION | READERS | BUILDERS
MUTATIONS = [
    *(("ladder", name, change) for name, change in (SHARED | LADDER).items()),
    *(("tree", name, change) for name, change in TREE.items()),
    *(("everything", name, change) for name, change in EXTRAS.items()),
]
IDS = [f"{project}: {name}" for project, name, _ in MUTATIONS]


# The tests that must notice a change of a file, or one change by its name. Others may notice it, too.
NOTICED_BY = {
    **dict.fromkeys((APP, ERRORS, REQUEST, RESPONSE, SERVER), "test_http"),
    ROUTES: "test_contract",
    NOTES: "test_notes",
    HOME: "test_home",
    DISPATCH: "test_dispatch",
    "cookies.py": "test_cookies",
    "csv_rows.py": "test_csv_rows",
    "middleware/etags.py": "test_middleware_etags",
    "ndjson.py": "test_ndjson",
    "sse.py": "test_sse",
    "uploads.py": "test_uploads",
    "Allow forgets HEAD": "test_contract",
    "methods match in any case": "test_contract",
    "a parameter stays a text": "test_notes",
    "a kind is lost": "test_notes",
}


@cache
def whole(project: str) -> Project:
    """A project in which nothing is broken: the defaults, or everything switched on."""
    if project == "everything":
        return compile_files(generate(**SHAPES["everything"]))
    return compile_files(generate(routes=DEFAULT_ROUTES, dispatcher=project))


@pytest.mark.parametrize("project, name, change", MUTATIONS, ids=IDS)
def test_the_tests_of_a_file_notice_a_change_of_it(
    project: str, name: str, change: tuple[str, ...], tmp_path: Path
) -> None:
    broken = Project(tmp_path / "app", "sample")
    shutil.copytree(whole(project).path, broken.path)
    file, *changes = change
    source = (broken.source / file).read_text("utf-8")
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert old in source, "the template has changed: break it at its new place"
        source = source.replace(old, new, 1)
    compile(source, file, "exec")
    (broken.source / file).write_text(source, "utf-8")
    tests = f"tests/{NOTICED_BY.get(name) or NOTICED_BY[file]}.py"
    done = run_tests(broken, "-x", tests)
    assert done.returncode == 1, f"{tests} does not notice that {name}\n{done.stdout[-500:]}"


@pytest.mark.parametrize("project", ["ladder", "tree", "everything"])
def test_they_pass_if_nothing_is_broken(project: str) -> None:
    assert run_tests(whole(project)).returncode == 0
