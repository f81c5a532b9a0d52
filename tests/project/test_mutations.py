"""A project that is broken in one place: a file of its own tests must fail, or a deep one."""

from collections import Counter
from pathlib import Path

import pytest

from harness.projects import (
    Project,
    add_deep_tests,
    broken,
    broken_source,
    compile_files,
    deep_tests,
    generate,
    run_tests,
    shared,
)
from harness.sampling import often
from harness.shapes import DEFAULT_ROUTES, SHAPES

pytestmark = pytest.mark.matrix  # each fault is a project of its own

BARE, REQUEST, RESPONSE, ERRORS = "bare.py", "request.py", "response.py", "errors.py"
ROUTES, NOTES, HOME = "routes.py", "handlers/notes.py", "handlers/home.py"
DISPATCH, SERVER = "dispatch.py", "__main__.py"
LIST = '    result = {"handler": "list_notes"}\n    return response.json(result)\n'

SHARE = 0.75  # of the faults in the core that the tests of a project notice by themselves

# The project and the file of tests that must fail, with what breaks: the file, what is there, and
# what replaces it. A file that begins with deep_ is one of tests/inside: no test of the project's
# own notices what stands there.
FAULTS: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {
    ("ladder", "test_notes"): {
        "a handler raises": (NOTES, LIST, "    raise RuntimeError\n"),
        "a handler returns None": (NOTES, LIST, "    return None\n"),
        "a handler responds with another type": (
            NOTES,
            "response.json(result)",
            "response.text('')",
        ),
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
        "a case is missing": (ROUTES, 'case ["notes"]:', 'case ["nodes"]:'),
        "handlers are swapped": (ROUTES, "notes.list_notes", "notes.create_note"),
        "a method is missing": (ROUTES, ', "POST": notes.create_note', ""),
        "a parameter stays a text": (ROUTES, "(int(note_id),)", "(note_id,)"),
    },
    ("ladder", "test_home"): {
        "a page is text": (HOME, "response.html", "response.text"),
    },
    ("ladder", "test_contract"): {
        "a 405 has no Allow header": (
            BARE,
            "raise HTTPError(405, headers=[allow])",
            "raise HTTPError(405)",
        ),
        "Allow is not sorted": (BARE, "sorted(allowed)", "sorted(allowed, reverse=True)"),
        "Allow forgets HEAD": (BARE, '{"HEAD"} if', "set() if"),
        "a 405 has no Allow": (BARE, "HTTPError(405, headers=[allow])", "HTTPError(405)"),
        "404 replaces 405": (BARE, "HTTPError(405,", "HTTPError(404,"),
        "HEAD has a body": (BARE, 'environ.get("REQUEST_METHOD") == "HEAD"', "False"),
        "HEAD is not GET": (BARE, 'if method == "HEAD" else', "if False else"),
        "methods match in any case": (
            BARE,
            'request.path(environ), environ.get("REQUEST_METHOD", "")',
            'request.path(environ), environ.get("REQUEST_METHOD", "").upper()',
        ),
        "any digit is a number": (ROUTES, "[0-9]{1,19}", r"\d{1,19}"),
        "a guard is missing": (ROUTES, " if is_int(note_id)", ""),
        "a case takes all that follows": (
            ROUTES,
            'case ["notes"]:',
            'case ["notes", *_] if not path.startswith("/notes/1"):',
        ),
    },
    ("ladder", "deep_http"): {
        "an exit becomes a 500": (
            BARE,
            "    except Exception:  # not SystemExit: gunicorn raises it to end a worker that hangs\n",
            "    except BaseException:\n",
        ),
        "a body is dropped while a stream of ones own reads it": (
            BARE,
            'if getattr(environ.get("wsgi.input"), "left", 0) and isinstance(body, list):',
            'if getattr(environ.get("wsgi.input"), "left", 0):',
        ),
        "a chunked body is not bounded before a handler reads it": (
            BARE,
            'if environ.get("CONTENT_LENGTH") or "HTTP_TRANSFER_ENCODING" in environ:',
            'if environ.get("CONTENT_LENGTH"):',
        ),
        "io.BufferedReader and TextIOWrapper around the reader raise": (
            REQUEST,
            "    def readable(self) -> bool:\n        return True\n\n",
            "",
        ),
        "after a logging config that disables existing loggers, exceptions are logged nowhere": (
            ERRORS,
            "if logger.disabled or not (real or",
            "if not (real or",
        ),
        "one request at a time": (
            SERVER,
            "class Server(ThreadingMixIn, WSGIServer):",
            "class Server(WSGIServer, ThreadingMixIn):",
        ),
        "port 70000 ends in a traceback instead of a message": (
            SERVER,
            "except (OSError, OverflowError, ValueError) as error:",
            "except (OSError, ValueError) as error:",
        ),
        "a default beats the first offer": (
            REQUEST,
            "        return offers[0]",
            "        return default or offers[0]",
        ),
        "members replace nothing": (
            RESPONSE,
            '{"title": line[4:], "status": status, "detail": error.detail, **error.more}',
            '{**error.more, "title": line[4:], "status": status, "detail": error.detail}',
        ),
        "the last weight of a range counts": (REQUEST, ", weights.get(name, 0.0))", ", 0.0)"),
        "Allow has HEAD without GET": (BARE, 'if "GET" in handlers', "if True"),
        "the HEAD of a stream has a length": (BARE, 'iter([b""])', "[]"),
        "SystemExit is swallowed": (BARE, "except Exception:", "except BaseException:"),
        "a body is dropped while a stream reads it": (BARE, "isinstance(body, list)", "True"),
        "the server's log is not flushed": (ERRORS, ", flush=True", ""),
        "a log that fails is a failure": (ERRORS, "suppress(Exception)", "suppress(KeyError)"),
        "a logger that is switched off loses an error": (ERRORS, "logger.disabled or not", "not"),
        "a log repeats a whole body": (ERRORS, "part[:500]", "part"),
        "an owner's handler gets a copy": (ERRORS, "(real or ", "("),
        "the development server has one thread": (
            SERVER,
            "Server(ThreadingMixIn, WSGIServer)",
            "Server(WSGIServer)",
        ),
        "a stream keeps the development server from ending": (
            SERVER,
            "    daemon_threads = True\n",
            "",
        ),
        "the development server lets connections wait": (
            SERVER,
            "request_queue_size = 128",
            "request_queue_size = 5",
        ),
        "the development server checks nothing": (
            SERVER,
            "validator(application)(",
            "application(",
        ),
        "the development server denies its threads": (
            SERVER,
            '    environ["wsgi.multithread"] = True\n',
            "",
        ),
        "the development server knows no IPv6": (
            SERVER,
            'socket.AF_INET6 if ":" in host else ',
            "",
        ),
        "an address in brackets is unknown": (SERVER, 'host.strip("[]")', "host"),
        "a wrong port is a traceback": (SERVER, "OverflowError, ValueError)", "KeyError)"),
        "a port in use is a traceback": (SERVER, "(OSError, OverflowError,", "(OverflowError,"),
        "the development server checks a URL as a path": (
            SERVER,
            'environ["PATH_INFO"].startswith("/") and ',
            "",
        ),
        "a body is gathered before its first chunk": (
            REQUEST,
            "chunk := stream.read(65_536)",
            "chunk := stream.read(limit + 1)",
        ),
        "a body is dropped forever": (REQUEST, " and monotonic() < end", ""),
        "a body that cannot be dropped is a failure": (
            REQUEST,
            "suppress(Exception):  # the client is gone",
            "suppress(KeyError):  # the client is gone",
        ),
        "a read of nothing ends the body": (
            REQUEST,
            "if not chunk and wanted and self.length:",
            "if not chunk and self.length:",
        ),
        "a cache grows without a bound": (
            RESPONSE,
            "def page(",
            "from functools import cache\n\n\n@cache\ndef page(",
        ),
        "the handler of a wrong response is not named": (
            RESPONSE,
            'f"{name} returned',
            'f"It returned',
        ),
        "an own HEAD is not called": (
            BARE,
            'handlers.get(method) or (handlers.get("GET") if method == "HEAD" else None)',
            'handlers.get("GET" if method == "HEAD" else method)',
        ),
        "an own OPTIONS is not called": (
            BARE,
            "if handler is not None:",
            'if handler is not None and method != "OPTIONS":',
        ),
        "OPTIONS has no body": (
            BARE,
            '"REQUEST_METHOD") == "HEAD"',
            '"REQUEST_METHOD") in ("HEAD", "OPTIONS")',
        ),
        "a request without a method is a failure": (
            BARE,
            'request.path(environ), environ.get("REQUEST_METHOD", "")',
            'request.path(environ), environ["REQUEST_METHOD"]',
        ),
        "the error of JSON has no place": (
            REQUEST,
            "The body is not JSON: {error}.",
            "The body is not JSON.",
        ),
        "a 415 does not say what to send": (REQUEST, '[("Accept", media_type)]', "[]"),
        "a 415 does not say which coding to send": (
            REQUEST,
            '[("Accept-Encoding", "identity")]',
            "[]",
        ),
        "a body without a length has no end": (
            REQUEST,
            'if environ.get("wsgi.input_terminated") else 0',
            "if True else 0",
        ),
        "a body is no file": (
            REQUEST,
            "    def readable(self) -> bool:\n        return True\n",
            "    def readable(self) -> bool:\n        return False\n",
        ),
        "more of a chunked body is read than the limit": (
            REQUEST,
            "        if size <= limit:\n",
            "        if True:\n",
        ),
        "wsgiref announces a length for a 204": (BARE, "if not body or", "if"),
        "TextIOWrapper cannot read the body": (REQUEST, "    read1 = read\n", ""),
        "the unread request body is dropped also before a streamed response can read it": (
            BARE,
            '"left", 0) and isinstance(body, list):',
            '"left", 0):',
        ),
        "the limit of a chunked body counts only the last chunk, so it never gets a 413": (
            REQUEST,
            "size = stream.length or size + len(chunk)",
            "size = stream.length or len(chunk)",
        ),
        "drop does not add up what it has read, so its limit never ends it": (
            REQUEST,
            "dropped += len(stream.read(65_536))",
            "dropped = len(stream.read(65_536))",
        ),
        "headers of a 204 or 304 leak into all later responses (ALWAYS is not copied)": (
            RESPONSE,
            "sent = [*ALWAYS]",
            "sent = ALWAYS",
        ),
        "after the end of a chunked body, left stays infinite, so drop spins until its time is over": (
            REQUEST,
            "self.left = self.left - len(chunk) if chunk or not wanted else 0",
            "self.left = self.left - len(chunk)",
        ),
        "a control character is sent": (RESPONSE, "[ -~\\xa0-\\xff]*", "[ -\\xff]*"),
        "a server's log cannot be ASCII": (
            ERRORS,
            '.encode("ascii", "backslashreplace").decode()',
            "",
        ),
        "the development server listens everywhere": (SERVER, '"127.0.0.1"', '"0.0.0.0"'),
        "Ctrl+C leaves the prompt in its line": (
            SERVER,
            "    print()\n\n",
            "\n",
        ),
        "the variable PORT is ignored": (SERVER, 'os.environ.get("PORT") or ', ""),
        "the variable HOST is ignored": (SERVER, 'os.environ.get("HOST") or ', ""),
        "an argument is ignored": (SERVER, '" ".join(sys.argv[1:]) or ', ""),
    },
    ("ladder", "test_http"): {
        "a handler's tuple can have any length": (
            RESPONSE,
            "(str(status), list(headers), body)",
            "(str(status), list(headers), *body)",
        ),
        "the body of a GET handler is not closed when HEAD (or no body) replaces it": (
            BARE,
            "        response.close(body)\n        body = iter",
            "        body = iter",
        ),
        "a body of exactly the limit is silently taken as empty": (
            REQUEST,
            "while stream.left and size <= limit and (chunk",
            "while stream.left and size < limit and (chunk",
        ),
        "drop reads, and waits for, the body of a client that sent Expect": (
            REQUEST,
            'limit = 0 if "HTTP_EXPECT" in environ else DROP_LIMIT  # such',
            "limit = DROP_LIMIT  # such",
        ),
        "Transfer-Encoding: Chunked in another case gets a 411": (
            REQUEST,
            'coding.lower() == "chunked")',
            'coding == "chunked")',
        ),
        "a JSON number such as 1e999 becomes infinity instead of a 400": (
            REQUEST,
            "JSONDecoder(parse_float=_finite, parse_constant=_finite)",
            "JSONDecoder(parse_constant=_finite)",
        ),
        "response.json sends NaN and Infinity instead of raising ValueError": (
            RESPONSE,
            "JSONEncoder(allow_nan=False, check_circular=False)",
            "JSONEncoder(check_circular=False)",
        ),
        "an error response has lost Vary: Accept": (
            RESPONSE,
            "headers = error.status, _lines[error.status], [*VARY, *error.headers]",
            "headers = error.status, _lines[error.status], [*error.headers]",
        ),
        "the second text of an HTML page is not escaped": (
            RESPONSE,
            "escape(title, quote=False), escape(text, quote=False))",
            "escape(title, quote=False), text)",
        ),
        "the headers of a 204 stay for the next": (RESPONSE, "[*ALWAYS]", "ALWAYS"),
        "only the beginning of a body is read at once": (
            REQUEST,
            'return b"".join(iter(lambda: self.read(65_536), b""))',
            "return self.read(65_536)",
        ),
        "None is no size of a body": (REQUEST, "size is None or size < 0", "size < 0"),
        "a redirect loses its headers": (
            RESPONSE,
            '[("Location", target), *headers]',
            '[("Location", target)]',
        ),
        "a 406 names one type": (REQUEST, "{', '.join(offers)}", "{offers[0]}"),
        "a body made by hand can be text": (RESPONSE, "(body, str | bytes)", "(body, bytes)"),
        "a handler can return anything": (
            BARE,
            "response.checked(handler(environ, *parameters), handler)",
            "handler(environ, *parameters)",
        ),
        "a tab hides a weight": (
            REQUEST,
            r'part.strip(" \t") for part',
            'part.strip(" ") for part',
        ),
        "a backslash escapes a quote after another": (REQUEST, r'.replace("\\\\", "")', ""),
        "a body of any size is dropped": (REQUEST, " and dropped < limit", ""),
        "a log loses the traceback": (ERRORS, "\\n{traceback.format_exc()}", "\\n"),
        "a line of the log has no time": (ERRORS, "{time.strftime('%Y-%m-%dT%H:%M:%S%z')} ", ""),
        "an error is never in the server's log": (
            ERRORS,
            "if logger.disabled or not (real or logging.getLogger(__package__).hasHandlers()):",
            "if False:",
        ),
        "only gzip is an encoded body": (REQUEST, '.lower() != "identity"', '.lower() == "gzip"'),
        "a GET of the whole server is a 204": (BARE, ' and method == "OPTIONS"', ""),
        "the body of a HEAD response is never closed": (BARE, "        response.close(body)\n", ""),
        "a path that contains a URL is cut": (
            REQUEST,
            'if "://" in target and target.lower().startswith(("http://", "https://")):',
            'if "://" in target:',
        ),
        "header(environ, 'Content-Length') is always the default": (
            REQUEST,
            'prefix = "" if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else "HTTP_"',
            'prefix = "" if key == "CONTENT_TYPE" else "HTTP_"',
        ),
        "a body with charset=UTF-8 gets a 415": (
            REQUEST,
            'sent.lower().partition("charset=")',
            'sent.partition("charset=")',
        ),
        "a form handler takes a body of any media type": (
            REQUEST,
            'return _fields(text(environ, "application/x-www-form-urlencoded"))',
            'return _fields(text(environ, ""))',
        ),
        "a body of exactly the limit gets a 413": (
            REQUEST,
            "size <= limit and (chunk",
            "size < limit and (chunk",
        ),
        "a client that waits is asked for its body": (
            REQUEST,
            'limit = 0 if "HTTP_EXPECT" in environ else DROP_LIMIT',
            "limit = DROP_LIMIT",
        ),
        "a reader does not stay in environ": (
            REQUEST,
            'stream = environ["wsgi.input"] = Reader(environ)',
            "stream = Reader(environ)",
        ),
        "reads past the end of the body": (
            REQUEST,
            "self.stream.read(wanted) if wanted",
            "self.stream.read(size) if wanted",
        ),
        "text/html;q=0, */* gets HTML all the same": (
            REQUEST,
            "if name and 0 <= float(weight) <= 1:",
            "if name and 0 < float(weight) <= 1:",
        ),
        "valid JSON with a string that ends in a backslash, and many brackets, gets a 400": (
            REQUEST,
            'source.replace("\\\\\\\\", "").replace(\'\\\\"\', "")',
            'source.replace(\'\\\\"\', "").replace("\\\\\\\\", "")',
        ),
        "-Infinity and -1e999 are taken as JSON": (
            REQUEST,
            'if abs(number := float(literal)) < float("inf"):',
            'if (number := float(literal)) < float("inf"):',
        ),
        "problems are sent as application/json; content_type= is ignored": (
            RESPONSE,
            "return build([encoded], content_type, len(encoded), status, headers)",
            "return build([encoded], JSON, len(encoded), status, headers)",
        ),
        "empty() loses its headers": (
            RESPONSE,
            "return build([], TEXT, 0, status, headers)",
            "return build([], TEXT, 0, status, ())",
        ),
        "an error is refused because of its type": (
            RESPONSE,
            "best_match(environ, PROBLEM_TYPES, default=PROBLEM_TYPES[0])",
            "best_match(environ, PROBLEM_TYPES)",
        ),
        "the detail of an error is not escaped in HTML": (
            RESPONSE,
            "escape(title, quote=False), escape(text, quote=False)",
            "escape(title, quote=False), text",
        ),
        "a body made by hand can be bytes": (
            RESPONSE,
            "if all(ok) and not isinstance(body, str | bytes) and",
            "if all(ok) and not isinstance(body, str) and",
        ),
        "headers of earlier responses are sent again": (
            RESPONSE,
            "sent = [*ALWAYS, (",
            "sent = ALWAYS; sent += [(",
        ),
        "header values with line ends pass": (
            RESPONSE,
            '_value = re.compile(r"[ -~\\xa0-\\xff]*").fullmatch',
            '_value = re.compile(r"[ -~\\xa0-\\xff]*").match',
        ),
        "HTTPError(200) is no ValueError and is sent as a success": (
            ERRORS,
            "if not 400 <= status <= 599:",
            "if not 200 <= status <= 599:",
        ),
        "%0A in a path forges a line of the log": (
            ERRORS,
            'line = ascii(f"{request} {request_id}".rstrip(" "))[1:-1]',
            'line = f"{request} {request_id}".rstrip(" ")',
        ),
        "the body of a HEAD stays open": (BARE, "response.close(body)", "pass"),
        "a failure is not logged": (BARE, "        log(environ)\n", ""),
        "a 500 tells the exception's text": (
            BARE,
            "except Exception:",
            "except Exception as error:",
            "HTTPError(500)",
            "HTTPError(500, str(error))",
        ),
        "an unread body is not dropped": (BARE, "request.drop(environ)", "pass"),
        "a handler can read past the end of the body": (
            BARE,
            "        request.reader(environ)",
            "        pass",
        ),
        "an error has any status": (ERRORS, "if not 400 <= status <= 599:", "if not status:"),
        "the route of an error is not logged": (
            ERRORS,
            "logger.exception(line,",
            "logger.exception('',",
        ),
        "a line of the log has no request ID": (
            ERRORS,
            'f"{request} {request_id}"',
            'f"{request}"',
        ),
        "an error cannot have more members": (ERRORS, "tuple(headers), more", "tuple(headers), {}"),
        "a body is read past its end": (
            REQUEST,
            "wanted = min(size, self.left)",
            "wanted = size",
        ),
        "the body limit is one too high": (
            REQUEST,
            "    if size > limit:\n        raise",
            "    if size > limit + 1:\n        raise",
        ),
        "a body can be cut short": (REQUEST, "if not chunk and wanted and", "if False and"),
        "any media type is read": (REQUEST, "if media_type and (sent", "if False and (sent"),
        "a media type is needed where none is asked for": (
            REQUEST,
            "if media_type and (sent",
            "if (sent",
        ),
        "JSON of another name is refused": (REQUEST, 'sent.endswith("+json")', "False"),
        "an encoded body is read": (REQUEST, '.lower() != "identity"', '.lower() == "none"'),
        "another charset is read as UTF-8": (
            REQUEST,
            "if charset not in",
            "if False and charset not in",
        ),
        "NaN is read": (REQUEST, ", parse_constant=_finite", ""),
        "Infinity is read": (REQUEST, "parse_float=_finite, ", ""),
        "any depth is read": (REQUEST, "and _is_deep(source):", "and False:"),
        "the depth is one too deep": (REQUEST, "range(DEPTH_LIMIT)", "range(DEPTH_LIMIT + 1)"),
        "objects have no depth": (REQUEST, ' + source.count("{")', ""),
        "there can be one field too many": (
            REQUEST,
            "max_num_fields=FIELD_LIMIT",
            "max_num_fields=FIELD_LIMIT + 1",
        ),
        "empty fields are dropped": (REQUEST, "keep_blank_values=True, ", ""),
        "a path can be other than UTF-8": (
            REQUEST,
            "else content).decode()",
            "else content).decode(errors='replace')",
        ),
        "a weight is ignored": (
            REQUEST,
            "weights[name] = max(float(weight), weights.get(name, 0.0))",
            "weights[name] = 1.0",
        ),
        "the parameters of a range are ignored": (
            REQUEST,
            "part for part in parts if part and not",
            "part for part in parts[:1] if part and not",
        ),
        "a URL in capitals is not found": (
            REQUEST,
            "target.lower().startswith",
            "target.startswith",
        ),
        "an overlong number is a 500": (
            REQUEST,
            'except ValueError as error:\n        raise HTTPError(400, f"The body is not JSON',
            'except KeyError as error:\n        raise HTTPError(400, f"The body is not JSON',
        ),
        "a chunked body needs no end": (
            REQUEST,
            '(environ.get("wsgi.input_terminated") and coding',
            "(coding",
        ),
        "the last value of a field is the first": (
            REQUEST,
            "fields.get(name, [default])[0]",
            "fields.get(name, [default])[-1]",
        ),
        "problem details have the wrong status": (RESPONSE, '"status": status,', '"status": 400,'),
        "an error loses its headers": (RESPONSE, "[*VARY, *error.headers]", "VARY"),
        "an error loses its detail": (RESPONSE, '"detail": error.detail', '"detail": ""'),
        "an error loses its members": (RESPONSE, ", **error.more", ""),
        "nosniff is missing": (RESPONSE, '[("X-Content-Type-Options", "nosniff")]', "[]"),
        "an error is always JSON": (RESPONSE, 'if media_type == "text/html"', "if not media_type"),
        "an error has no Vary": (RESPONSE, "[*VARY, *error.headers]", "[*error.headers]"),
        "Content-Length is one too many": (
            RESPONSE,
            "content_type, len(content), status",
            "content_type, len(content) + 1, status",
        ),
        "any value of a header is sent": (RESPONSE, " and _value(value)", ""),
        "any name of a header is sent": (RESPONSE, " and _name(name)", ""),
        "a header that is not text is sent": (
            RESPONSE,
            "isinstance(value, str) and _name(name) and _value(value)",
            "_name(name) and _value(str(value))",
        ),
        "Content-Length can be given": (RESPONSE, '{"content-length", ', "{"),
        "204 has a Content-Type": (
            RESPONSE,
            "if status in (204, 304):",
            "if status in (304,):",
        ),
        "205 can have a body": (RESPONSE, "(204, 205, 304) and", "(204, 304) and"),
        "any status is sent": (RESPONSE, "range(200, 600)", "range(100, 1000)"),
        "NaN is written": (RESPONSE, "allow_nan=False", "allow_nan=True"),
        "JSON has no line end": (RESPONSE, r'{_encode(content)}\n"', '{_encode(content)}"'),
        "a charset is missing": (RESPONSE, "text/html; charset=utf-8", "text/html"),
        "a redirect with slashes leaves the site": (
            RESPONSE,
            're.sub("^//+", "/", location)',
            're.sub("^//", "/", location)',
        ),
        "a redirect with a backslash leaves the site": (RESPONSE, 'safe="!#', r'safe="\\!#'),
        "a redirect is always 303": (
            RESPONSE,
            'status=status, headers=[("Location"',
            'status=303, headers=[("Location"',
        ),
        "a page is always 200": (RESPONSE, "HTML, status=status,", "HTML,"),
        "JSON is always 200": (RESPONSE, "len(encoded), status,", "len(encoded), 200,"),
        "a page loses its headers": (
            RESPONSE,
            "HTML, status=status, headers=headers",
            "HTML, status=status",
        ),
        "an empty response has no length": (RESPONSE, "elif length < 0:", "elif length <= 0:"),
        "a tab is sent in a header": (RESPONSE, r'r"[ -~\xa0', r'r"[\t -~\xa0'),
        "text is not escaped": (RESPONSE, "escape(text, quote=False)", "text"),
        "a response made by hand is refused": (RESPONSE, '[3:4] == " "', '[3:4] == ""'),
        "a 404 has no body": (BARE, "raise HTTPError(404)", "return response.empty(404)"),
        "a path without a slash is found": (BARE, ' if path.startswith("/") else None', ""),
        "OPTIONS of the server is a 404": (BARE, 'path == "*"', 'path == "/*"'),
        "an error has a detail by default": (ERRORS, 'detail: str = ""', 'detail: str = "?"'),
        "an error is logged twice": (
            ERRORS,
            "if logger.disabled or not (real or logging.getLogger(__package__).hasHandlers()):",
            "if True:",
        ),
        "a log repeats all of a request": (
            ERRORS,
            "get('PATH_INFO')}\"[:100]",
            "get('PATH_INFO')}\"",
        ),
        "a log repeats all of a request ID": (
            ERRORS,
            '"HTTP_X_REQUEST_ID", ""))[:100]',
            '"HTTP_X_REQUEST_ID", ""))',
        ),
        "a path can forge a line in the log": (
            ERRORS,
            'ascii(f"{request} {request_id}".rstrip(" "))[1:-1]',
            'f"{request} {request_id}".rstrip(" ")',
        ),
        "a log record has no request ID": (ERRORS, 'extra={"request_id": request_id}', "extra={}"),
        "the body limit is one too low": (
            REQUEST,
            "    if size > limit:\n        raise",
            "    if size >= limit:\n        raise",
        ),
        "a chunked body has no limit": (REQUEST, "size + len(chunk)", "size"),
        "the limit of a chunked body is one too low": (
            REQUEST,
            "        if size <= limit:\n",
            "        if size < limit:\n",
        ),
        "Content-Length can have a sign": (
            REQUEST,
            "and length.isdigit()",
            'and length.lstrip("+").isdigit()',
        ),
        "Content-Length can have digits of other scripts": (REQUEST, "length.isascii() and ", ""),
        "the depth is one too flat": (REQUEST, "range(DEPTH_LIMIT)", "range(DEPTH_LIMIT - 1)"),
        "a bracket in a string is a level": (REQUEST, "pieces[::2]", "pieces"),
        "an escaped quote ends a string": (REQUEST, '.replace(\'\\\\"\', "")', ""),
        "there can be one field too few": (
            REQUEST,
            "max_num_fields=FIELD_LIMIT",
            "max_num_fields=FIELD_LIMIT - 1",
        ),
        "a field can be other than UTF-8": (REQUEST, 'errors="strict"', 'errors="replace"'),
        "the most specific range does not decide": (
            REQUEST,
            'ranges = [exact, name, name.partition("/")[0] + "/*", "*/*"]',
            'ranges = ["*/*", name.partition("/")[0] + "/*", name, exact]',
        ),
        "a charset is a parameter of a range": (REQUEST, '("q=", "charset=")', '("q=",)'),
        "an empty Accept is 406": (REQUEST, ' or {"*/*": 1.0}', ""),
        "a refusal has no detail": (REQUEST, 'f"Send at most {limit} bytes."', '""'),
        "a long Content-Length is a 500": (REQUEST, '(length or "0")[:4_000]', 'length or "0"'),
        "a text before a path is ignored": (
            REQUEST,
            'target.lower().startswith(("http://", "https://"))',
            "True",
        ),
        "a detail repeats what was sent": (
            REQUEST,
            '"a number is too large, NaN or Infinity"',
            'f"this is no number: {literal}"',
        ),
        "a body that is coded twice is read": (
            REQUEST,
            'coding.lower() == "chunked"',
            'coding.lower().endswith("chunked")',
        ),
        "a coding in capitals is refused": (
            REQUEST,
            'coding.lower() == "chunked"',
            'coding == "chunked"',
        ),
        "a body that breaks off is a 500": (
            REQUEST,
            "except Exception as error:  # servers",
            "except KeyError as error:  # servers",
        ),
        "a client is asked for a body that nobody wants": (
            REQUEST,
            '0 if "HTTP_EXPECT" in environ else DROP_LIMIT',
            "DROP_LIMIT",
        ),
        "an empty header hides the default": (
            REQUEST,
            "environ.get(prefix + key) or default",
            "environ.get(prefix + key, default)",
        ),
        "Content-Length is no header": (
            REQUEST,
            '("CONTENT_TYPE", "CONTENT_LENGTH")',
            '("CONTENT_TYPE",)',
        ),
        "hop-by-hop headers are sent": (RESPONSE, "is_hop_by_hop(name) or ", ""),
        "a redirect sends a line end": (RESPONSE, 'safe="!#', r'safe="\r\n!#'),
        "any content type is sent": (
            RESPONSE,
            "content_type and _value(content_type)",
            "content_type",
        ),
        "a status that Python does not know is a failure": (
            RESPONSE,
            "for status in range(200, 600)",
            "for status in _phrases",
        ),
        "a title is not escaped": (RESPONSE, "escape(title, quote=False)", "title"),
        "a failure is a 503": (BARE, "HTTPError(500)", "HTTPError(503)"),
        "an error loses what it was raised with": (
            BARE,
            "return response.problem(environ, error)",
            "return response.problem(environ, HTTPError(error.status))",
        ),
        "a header's name has a case": (REQUEST, "name.upper()", "name"),
        "a missing query is a failure": (
            REQUEST,
            'environ.get("QUERY_STRING", "")',
            'environ["QUERY_STRING"]',
        ),
        "an empty first value is none": (
            REQUEST,
            "fields.get(name, [default])[0]",
            "fields.get(name, [default])[0] or default",
        ),
        "an offer has a case": (REQUEST, "exact = offer.lower()", "exact = offer"),
        "the last of equal offers wins": (REQUEST, "if weight > highest:", "if weight >= highest:"),
        "a weight can be above one": (REQUEST, "0 <= float(weight) <= 1", "0 <= float(weight)"),
        "ASCII is not UTF-8": (REQUEST, '"utf8", "us-ascii")', '"utf8")'),
        "a parameter after the charset is a part of it": (
            REQUEST,
            '[2].partition(";")[0].strip',
            "[2].strip",
        ),
        "text can be anything": (REQUEST, 'media_type: str = "text/plain"', 'media_type: str = ""'),
        "a body is read before it is refused": (
            REQUEST,
            "stream.left and size <= limit and",
            "stream.left and",
        ),
        "a body can have a length and a coding": (
            REQUEST,
            "if coding and not (",
            "if coding and not length and not (",
        ),
        "objects in arrays have no depth": (
            REQUEST,
            'bytes.maketrans(b"{}", b"[]")',
            'bytes.maketrans(b"", b"")',
        ),
        "a URL keeps its host": (
            REQUEST,
            '"/" + target.partition("://")[2].partition("/")[2]',
            '"/" + target.partition("://")[2]',
        ),
        "a redirect is quoted twice": (RESPONSE, 'safe="!#$%&', 'safe="!#$&'),
        "the title of a problem has the status": (RESPONSE, '"title": line[4:]', '"title": line'),
        "a name of a header can go on": (RESPONSE, '?").fullmatch\n_value', '?").match\n_value'),
        "a log has no traceback": (ERRORS, "logger.exception(line, ", "logger.error(line, "),
        "a rejected status is a TypeError": (
            ERRORS,
            "400 <= status <= 599",
            "401 <= status <= 599",
        ),
        "a lone surrogate is a failure": (
            RESPONSE,
            'encode(errors="replace"), TEXT',
            "encode(), TEXT",
        ),
    },
    ("tree", "test_notes"): {
        "a line is missing": (ROUTES, '    ("GET", "/notes", notes.list_notes),\n', ""),
        "handlers are swapped": (ROUTES, "notes.list_notes", "notes.create_note"),
        "a kind is lost": (ROUTES, "{note_id:int}", "{note_id}"),
        "a static path has another handler": (
            DISPATCH,
            "static[path] = node.handlers, ()",
            "static[path] = {method: handler}, ()",
        ),
        "a method that comes later is lost": (
            DISPATCH,
            "static[path] = node.handlers, ()",
            "static.setdefault(path, (dict(node.handlers), ()))",
        ),
    },
    ("tree", "deep_dispatch"): {
        "a week is a date": (
            DISPATCH,
            "return datetime.date.fromisoformat(text).isoformat() == text",
            "return bool(datetime.date.fromisoformat(text))",
        ),
        "/1x5 for a float placeholder is a 500 instead of a 404": (
            DISPATCH,
            'r"-?[0-9]{1,19}(\\.[0-9]{1,19})?"',
            'r"-?[0-9]{1,19}(.[0-9]{1,19})?"',
        ),
        "a UUID can be short": (DISPATCH, "-[0-9A-Fa-f]{12}", "-[0-9A-Fa-f]{1,12}"),
    },
    ("tree", "test_dispatch"): {
        "a second route through the same kind of placeholder makes the first one a 404": (
            DISPATCH,
            "nodes = {kind: Node()} | self.placeholders",
            "nodes = self.placeholders | {kind: Node()}",
        ),
        "the order of the table decides, not the narrowest kind": (
            DISPATCH,
            "self.placeholders = {kind: nodes[kind] for kind in KINDS if kind in nodes}",
            "self.placeholders = nodes",
        ),
        "a rest of the path can be in the middle": (
            DISPATCH,
            'if "path" in kinds[:-1]:',
            'if "path" in kinds[:-2]:',
        ),
        "a path that is only the start of a route gets a 405": (
            DISPATCH,
            "return (node.handlers, values) if node.handlers else None",
            "return node.handlers, values",
        ),
        "a dead end is final": (
            DISPATCH,
            "if segment in node.literals and (found := walk(node.literals[segment], rest, values)):\n        return found",
            "if segment in node.literals:\n        return walk(node.literals[segment], rest, values)",
        ),
        "the same route twice is accepted": (DISPATCH, "if method in node.handlers:", "if False:"),
        "a path without a slash is accepted": (
            DISPATCH,
            'if not path.startswith("/"):',
            "if False:",
        ),
        "a placeholder in a segment is a text": (
            DISPATCH,
            'if not placeholder and ("{"',
            'if False and ("{"',
        ),
        "an unknown kind is accepted": (DISPATCH, "kind and kind not in KINDS", "kind is None"),
        "a path can go on after its rest": (DISPATCH, 'if "path" in kinds[:-1]:', "if False:"),
        "a parameter stays a text": (DISPATCH, "convert(segment)", "segment"),
        "a method replaces the others": (
            DISPATCH,
            "node.handlers[method] = handler",
            "node.handlers = {method: handler}",
        ),
        "a literal does not win": (
            DISPATCH,
            "if segment in node.literals and",
            "if not node.placeholders and segment in node.literals and",
        ),
        "nan is a float": (DISPATCH, 'r"-?[0-9]{1,19}', 'r"nan|-?[0-9]{1,19}'),
        "an empty segment is a text": (DISPATCH, '"str": (bool, str)', '"str": (str.isascii, str)'),
        "an empty segment is a path": (
            DISPATCH,
            'if kind == "path" and segment:',
            'if kind == "path":',
        ),
        "a rest loses its first segment": (DISPATCH, '"/".join(segments)', '"/".join(rest)'),
        "a parameter is lost": (DISPATCH, "(*values, convert(segment))", "(convert(segment),)"),
        "the widest kind wins": (
            DISPATCH,
            "for kind in KINDS if kind in nodes",
            "for kind in nodes",
        ),
        "a placeholder without a kind is a path": (
            DISPATCH,
            'placeholder[1] or "str"',
            'placeholder[1] or "path"',
        ),
        "a float has no sign": (DISPATCH, 'r"-?[0-9]{1,19}', 'r"[0-9]{1,19}'),
        "a brace at the end is a text": (DISPATCH, ' or "}" in segment', ""),
    },
    ("tree", "test_contract"): {
        "a path without placeholders knows only its last method": (
            DISPATCH,
            "static[path] = node.handlers, ()",
            "static[path] = {method: handler}, ()",
        ),
    },
    ("everything", "test_pages"): {
        "a page is not escaped": (
            "handlers/pages.py",
            'response.page("Page", f"{result}")',
            'f"<p>{name}</p>"',
        ),
    },
    ("everything", "test_cookies"): {
        "a cookie replaces one before it": (
            "cookies.py",
            r'found.setdefault(name.strip(" \t"), value',
            r'found.__setitem__(name.strip(" \t"), value',
        ),
        "a comma ends a cookie": ("cookies.py", '.split(";"):', '.replace(",", ";").split(";"):'),
        "a cookie loses more than spaces": ("cookies.py", r'value.strip(" \t")', "value.strip()"),
        "a cookie keeps its quotes": ("cookies.py", ".strip('\"'))", ")"),
        "a cookie needs no value": (
            "cookies.py",
            'if name.strip(" \\t") and equals:',
            'if name.strip(" \\t"):',
        ),
        "a cookie's path is ignored": ("cookies.py", "Path={path}", "Path=/"),
        "a cookie's SameSite is ignored": ("cookies.py", "SameSite={same_site}", "SameSite=Lax"),
        "a cookie is not secure": ("cookies.py", "    if secure:\n", "    if not secure:\n"),
        "a cookie's name can hold a space": ("cookies.py", "[!#$%&", "[ !#$%&"),
        "a cookie is read by scripts": (
            "cookies.py",
            "    if http_only:\n",
            "    if not http_only:\n",
        ),
        "a cookie's age can be a text": ("cookies.py", "{max_age:d}", "{max_age}"),
        "a cookie's path can be a word": ("cookies.py", "if not _path(path):", "if False:"),
        "a cookie's domain can have spaces": ("cookies.py", "if not _domain(domain):", "if False:"),
    },
    ("everything", "deep_cookies"): {
        "a cookie can hold a comma": ("cookies.py", r"[!#-+\--:", "[!#-:"),
        "a cookie can hold a quote": (
            "cookies.py",
            '_value = re.compile(r"[!#',
            r'_value = re.compile(r"[!\x22#',
        ),
        "a cookie's name can be empty": ("cookies.py", "A-Za-z-]+", "A-Za-z-]*"),
        "a prefix can be without secure": ("cookies.py", '("__host-", "__secure-")', '"__host-"'),
        "a prefix in lower case is none": (
            "cookies.py",
            'name.lower().startswith("__host-")',
            'name.startswith("__Host-")',
        ),
    },
    ("everything", "test_uploads"): {
        "a file stays open": (
            "uploads.py",
            "opened.enter_context(SpooledTemporaryFile(MEMORY_LIMIT))",
            "SpooledTemporaryFile(MEMORY_LIMIT)",
        ),
        "a form can break off": ("uploads.py", "    parser.close()", "    pass"),
        "the second file replaces the first": (
            "uploads.py",
            "found.files.setdefault(part.name, []).append(upload)",
            "found.files[part.name] = [upload]",
        ),
        "a file is read from its end": ("uploads.py", "file.seek(0)", "pass"),
        "uploads have no limit": ("uploads.py", "limit=UPLOAD_LIMIT", "limit=10**12"),
    },
    ("everything", "deep_uploads"): {
        "the number of parts has no limit": ("uploads.py", ", max_segment_count=PART_LIMIT", ""),
        "a form is refused for its last line end": (
            "uploads.py",
            "max_segment_count=PART_LIMIT)",
            "max_segment_count=PART_LIMIT, strict=True)",
        ),
        "an upload repeats what was sent": ("uploads.py", "str(error)[:100]", "str(error) * 9"),
        "a file is in memory": (
            "uploads.py",
            "SpooledTemporaryFile(MEMORY_LIMIT)",
            "SpooledTemporaryFile()",
        ),
        "a part can have no name": ("uploads.py", "if not part.name:", "if False:"),
    },
    ("everything", "test_streaming"): {
        "204 can have a stream": (RESPONSE, "and length != 0:", "and length > 0:"),
    },
    ("everything", "test_sse"): {
        "an id can end an event": ("sse.py", "event + id", "event"),
        "the first event waits": ("sse.py", "        yield HEARTBEAT\n", ""),
        "a source of events stays open": ("sse.py", "response.close(events)", "pass"),
        "a proxy holds events back": ("sse.py", '("X-Accel-Buffering", "no"), ', ""),
    },
    ("everything", "deep_sse"): {
        "a time to retry can be a text": ("sse.py", "{retry:d}", "{retry}"),
        "an event ends at a line separator": (
            "sse.py",
            "_line_ends.split(data)",
            "(data.splitlines() or [''])",
        ),
        "events are gathered in memory": ("sse.py", "yield from events", "yield b''.join(events)"),
    },
    ("everything", "test_csv_rows"): {
        "a source of rows stays open": ("csv_rows.py", "response.close(rows)", "pass"),
    },
    ("everything", "deep_csv_rows"): {
        "a row is sent twice": ("csv_rows.py", "            buffer.truncate()\n", ""),
        "rows are gathered in memory": (
            "csv_rows.py",
            "for row in rows:",
            "for row in list(rows):",
        ),
    },
    ("everything", "test_ndjson"): {
        "a source of lines stays open": ("ndjson.py", "response.close(values)", "pass"),
        "a value spans two lines": ("ndjson.py", "allow_nan=False)", "allow_nan=False, indent=1)"),
    },
    ("everything", "deep_ndjson"): {
        "values are gathered in memory": (
            "ndjson.py",
            "for value in values:",
            "for value in list(values):",
        ),
    },
    ("everything", "test_contract"): {
        "a float can be nan": (ROUTES, 'r"-?[0-9]', 'r"nan|-?[0-9]'),
        "a uuid can be any text": (ROUTES, "if is_uuid(key)", "if key"),
    },
    ("everything", "deep_config"): {
        "a setting has another default": (
            "config.py",
            '"localhost,127.0.0.1,[::1]"',
            '"localhost"',
        ),
        "a setting has another name": (
            "config.py",
            'names("ALLOWED_ORIGINS")',
            'names("ALLOWED_ORIGIN")',
        ),
        "a number has no limit": ("config.py", " or int(value) > most", ""),
    },
    ("everything", "test_config"): {
        "any choice is taken": ("config.py", "if value not in values:", "if False:"),
        "a name in a list has spaces": ("config.py", "name.strip() for", "name for"),
    },
    ("everything", "deep_wiring"): {
        "a middleware is not wrapped": ("__init__.py", "application = etags(application)\n", ""),
        "two middlewares are in the wrong order": (
            "__init__.py",
            "application = access_log(application, config.LOG_FORMAT)\napplication = request_id(application)\n",
            "application = request_id(application)\napplication = access_log(application, config.LOG_FORMAT)\n",
        ),
    },
    ("everything", "deep_security_headers"): {
        "inline scripts are allowed": (
            "middleware/security_headers.py",
            "\"default-src 'self';",
            "\"default-src 'self' 'unsafe-inline';",
        ),
    },
    ("everything", "test_middleware_security_headers"): {
        "a handler cannot send a policy of its own": (
            "middleware/security_headers.py",
            "if pair[0].lower() not in there",
            "",
        ),
        "a policy for https is sent over http": (
            "middleware/security_headers.py",
            'if environ["wsgi.url_scheme"] == "https" else HEADERS',
            "",
        ),
    },
    ("everything", "test_middleware_request_id"): {
        "a request ID can be guessed": (
            "middleware/request_id.py",
            "os.urandom(16).hex()",
            "str(id(environ))",
        ),
        "any request ID is kept": (
            "middleware/request_id.py",
            "if not _well_formed(value):",
            "if not name:",
        ),
    },
    ("everything", "deep_etags"): {
        "a tag can hold a quote": ("middleware/etags.py", '"[!#-~', '"[!-~'),
        "a garbled list of tags is read": (
            "middleware/etags.py",
            "if not _tags(sent):",
            "if False:",
        ),
        "304 replaces any status": ("middleware/etags.py", 'status[:3] == "200"', "status"),
        "304 has a Content-Type": ("middleware/etags.py", ', "content-type")', ")"),
        "a 412 leaves its body open": (
            "middleware/etags.py",
            "                response.close(body)\n                status, headers, body = response",
            "                status, headers, body = response",
        ),
        "a weak tag matches strongly": ("middleware/etags.py", ' and not tag.startswith("W/")', ""),
        "a date counts beside a tag": (
            "middleware/etags.py",
            "return _is_among(known, tag, weak=True)\n    since",
            "if _is_among(known, tag, weak=True):\n            return True\n    since",
        ),
    },
    ("everything", "test_middleware_gzip"): {
        "a strong tag is compressed": (
            "middleware/gzip.py",
            'there.get("etag", "").startswith(\'"\') or ',
            "",
        ),
        "gzip is sent to everybody": (
            "middleware/gzip.py",
            '_accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))',
            "True",
        ),
    },
    ("everything", "deep_gzip"): {
        "a small response is compressed": ("middleware/gzip.py", "int(length) >= least", "True"),
        "a stream is compressed at its end": (
            "middleware/gzip.py",
            " + packer.flush(zlib.Z_SYNC_FLUSH)",
            "",
        ),
        "a secret is compressed": (
            "middleware/gzip.py",
            'if "no-transform" in',
            'if "transform-no" in',
        ),
    },
    ("everything", "test_middleware_proxy"): {
        "a client's own element is believed": (
            "middleware/proxy.py",
            "max(len(elements) - proxies, 0)",
            "0",
        ),
        "headers are believed without a proxy": (
            "middleware/proxy.py",
            "wrapped if proxies > 0 else application",
            "wrapped",
        ),
    },
    ("everything", "deep_proxy"): {
        "some names with underscores stay": (
            SERVER,
            'if "_" in name]',
            'if name.startswith("X_")]',
        ),
        "any address is believed": (
            "middleware/proxy.py",
            'return str(ip_address(node.partition("%")[0]))',
            "return node",
        ),
        "any host is believed": (
            "middleware/proxy.py",
            'elif name == "host" and _host(value):',
            'elif name == "host":',
        ),
    },
    ("everything", "test_middleware_trusted_hosts"): {
        "any host is served": ("middleware/trusted_hosts.py", "if host and (", "if True or ("),
        "a host with a port is taken": (
            "middleware/trusted_hosts.py",
            "if not _can_match(name)",
            "if False",
        ),
    },
    ("everything", "deep_trusted_hosts"): {
        "an early response does not arrive": (
            "middleware/trusted_hosts.py",
            "        request.drop(environ)\n",
            "",
        ),
        "a list of no hosts is taken": (
            "middleware/trusted_hosts.py",
            'sorted(names or {""})',
            "sorted(names)",
        ),
    },
    ("everything", "test_middleware_cors"): {
        "any origin is granted": (
            "middleware/cors.py",
            'if origin in listed - {"*"}:',
            "if origin:",
        ),
    },
    ("everything", "deep_cors"): {
        "an origin in capitals is taken": (
            "middleware/cors.py",
            "found = _origin(origin)",
            "found = _origin(origin.lower())",
        ),
        "a preflight is not remembered": (
            "middleware/cors.py",
            '        granted.append(("Access-Control-Max-Age", MAX_AGE))\n',
            "",
        ),
    },
    ("everything", "deep_access_log"): {
        "a path can forge a line of the access log": (
            "middleware/access_log.py",
            'self.line |= {"status": 500',
            'self.line |= {"path": sent["path"], "status": 500',
        ),
        "a stream that broke off looks complete": (
            "middleware/access_log.py",
            '"end": "broken off"',
            '"end": "complete"',
        ),
        "a level of the owner's is changed": (
            "middleware/access_log.py",
            "if logger.level == logging.NOTSET:",
            "if True:",
        ),
        "what a stream sends is not counted": (
            "middleware/access_log.py",
            'self.line["bytes"] += len(chunk)',
            'self.line["bytes"] = len(chunk)',
        ),
    },
    ("everything", "test_middleware_mount"): {
        "a mounted application gets the whole path": (
            "middleware/mount.py",
            "path.removeprefix(prefix)",
            "path",
        ),
        "a prefix takes its neighbors": (
            "middleware/mount.py",
            'path.startswith(f"{prefix}/")',
            "path.startswith(prefix)",
        ),
    },
    ("everything", "deep_mount"): {
        "a mounted application is not closed": (
            "middleware/mount.py",
            "            response.close(self.body)\n        finally",
            "            pass\n        finally",
        ),
        "an unread body of a mounted application stays": (
            "middleware/mount.py",
            "            request.drop(self.environ)",
            "            pass",
        ),
    },
    ("everything", "test_middleware_wrapping"): {
        "a stream is gathered by a wrapping": (
            "middleware/wrapping.py",
            "chunks = iter(body)",
            "chunks = iter(list(body))",
        ),
    },
    ("everything", "deep_wrapping"): {
        "a second start is accepted": (
            "middleware/wrapping.py",
            "if started and not exc_info:",
            "if False:",
        ),
        "a late error is lost": (
            "middleware/wrapping.py",
            "if exc_info and (is_settled or any(written)):",
            "if False:",
        ),
        "a body that fails stays open": (
            "middleware/wrapping.py",
            "    except BaseException:\n        response.close(body)\n",
            "    except BaseException:\n",
        ),
    },
}

MUTATIONS = [
    (project, test, name, change)
    for (project, test), faults in FAULTS.items()
    for name, change in faults.items()
]


@shared
def whole(project: str) -> Project:
    """A project in which nothing is broken, with the deep tests among its own."""
    if project == "everything":
        made = generate(**SHAPES["everything"])
    else:
        made = generate(routes=DEFAULT_ROUTES, dispatcher=project)
    add_deep_tests(made, *deep_tests(made))
    if project == "everything":
        add_deep_tests(made, "wiring")
    return compile_files(made)


def path_of(test: str) -> str:
    return f"tests/{test.replace('deep_', 'test_deep_')}.py"


def test_each_fault_has_its_place() -> None:
    for project, _, _, change in MUTATIONS:
        broken_source(whole(project), *change)


def test_no_fault_is_seeded_twice() -> None:
    seeded = Counter((project, test, *change) for project, test, _, change in MUTATIONS)
    assert [fault for fault, count in seeded.items() if count > 1] == []


@pytest.mark.parametrize(
    "project, test, name, change",
    [
        pytest.param(*row, id=f"{row[0]}: {row[2]}", marks=often(at))
        for at, row in enumerate(MUTATIONS)
    ],
)
def test_a_fault_is_noticed(
    project: str, test: str, name: str, change: tuple[str, ...], tmp_path: Path
) -> None:
    done = run_tests(broken(whole(project), tmp_path, *change), "-x", path_of(test))
    assert done.returncode == 1, f"nothing fails if {name}\n{done.stdout[-500:]}"


@pytest.mark.parametrize("project", ["ladder", "tree", "everything"])
def test_nothing_fails_if_nothing_is_broken(project: str) -> None:
    files = sorted({path_of(test) for name, test, _, _ in MUTATIONS if name == project})
    done = run_tests(whole(project), *files)
    assert done.returncode == 0, done.stdout[-3000:]


def test_the_own_tests_of_a_project_catch_most_faults_of_its_core() -> None:
    core = (BARE, REQUEST, RESPONSE, ERRORS, DISPATCH, SERVER)
    found = [test for _, test, _, change in MUTATIONS if change[0] in core]
    own = [test for test in found if not test.startswith("deep_")]
    assert len(own) >= SHARE * len(found)
