"""Call an application as a server does, in this process, and see what a server would see.

Tests, tables and benchmarks all make their ``environ`` here.
"""

from io import BytesIO, StringIO
from typing import Any, NamedTuple
from wsgiref.headers import Headers


class Input(BytesIO):
    """A socket's end: what it cannot give without waiting for more is noted, not waited for."""

    furthest = 0.0  # how far somebody wanted to read

    def read(self, size: int | None = -1) -> bytes:
        wanted = float("inf") if size is None or size < 0 else self.tell() + size
        self.furthest = max(self.furthest, wanted)
        return super().read(size)

    def readinto(self, buffer: Any) -> int:
        self.furthest = max(self.furthest, self.tell() + len(buffer))
        return super().readinto(buffer)

    @property
    def overread(self) -> bool:
        return self.furthest > len(self.getbuffer())


class Drops(Input):
    """A socket that hands over a byte at a time, as slow ones do."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(size, 1) if size else size)

    def readinto(self, buffer: Any) -> int:
        return super().readinto(memoryview(buffer)[:1])


class Sent(NamedTuple):
    """What came back; `raised` is what a server had to catch, before or in the body."""

    status: int
    headers: Headers
    body: bytes
    raised: str
    environ: dict[str, Any]
    input: Input  # as it was: some applications put another in its place
    started: int
    written: bool  # by what `start_response` returns, which PEP 3333 keeps for old code

    @property
    def log(self) -> str:
        return self.environ["wsgi.errors"].getvalue()

    def header(self, name: str) -> str:
        return ", ".join(self.headers.get_all(name))


def environ_for(method: str, path: str, body: bytes | None = None, **others: Any) -> dict[str, Any]:
    """`path` is text in UTF-8; None for one of the others leaves the key out."""
    path, _, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path.encode().decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": Input(body or b""),
        "wsgi.errors": StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "probe.closed": [],
    }
    if body is not None:
        environ["CONTENT_LENGTH"] = str(len(body))
    environ |= others
    return {key: value for key, value in environ.items() if value is not None}


def call(application: Any, environ: dict[str, Any]) -> Sent:
    started: list[Any] = []
    chunks: list[bytes] = []
    written: list[bytes] = []

    def start_response(status: str, headers: Any, exc_info: Any = None) -> Any:
        started.append((status, headers))
        return written.append

    body, raised, source = None, "", environ["wsgi.input"]
    try:
        body = application(environ, start_response)
        chunks.extend(body)
    except Exception as error:
        raised = type(error).__name__
    finally:
        try:
            getattr(body, "close", lambda: None)()
        except Exception as error:
            raised = type(error).__name__
    status, headers = started[-1] if started else ("0", [])
    sent = Headers([(str(name), str(value)) for name, value in headers])
    content = b"".join(written + chunks)
    code, was_written = int(status[:3]), bool(written)
    return Sent(code, sent, content, raised, environ, source, len(started), was_written)


def send(
    application: Any, method: str, path: str, body: bytes | None = None, **others: Any
) -> Sent:
    return call(application, environ_for(method, path, body, **others))
