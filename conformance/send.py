"""Call an application as a server does, in this process, and see what a server would see."""

from io import BytesIO, StringIO
from typing import Any, NamedTuple
from wsgiref.headers import Headers


class Input(BytesIO):
    """A socket's end: what it cannot give without waiting for more is noted, not waited for."""

    overread = False

    def read(self, size: int | None = -1) -> bytes:
        octets = super().read(size)
        self.overread |= size is None or size < 0 or len(octets) < size
        return octets

    def readinto(self, buffer: Any) -> int:
        size = super().readinto(buffer)
        self.overread |= size < len(buffer)
        return size


class Drops(Input):
    """A socket that hands over an octet at a time, as slow ones do."""

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
    input: Input
    started: int
    written: bool  # by what `start_response` returns, which PEP 3333 keeps for old code

    @property
    def log(self) -> str:
        return self.environ["wsgi.errors"].getvalue()

    def field(self, name: str) -> str:
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
    octets: list[bytes] = []
    written: list[bytes] = []

    def start_response(status: str, headers: Any, exc_info: Any = None) -> Any:
        started.append((status, headers))
        return written.append

    body, raised, source = None, "", environ["wsgi.input"]
    try:
        body = application(environ, start_response)
        octets.extend(body)
    except Exception as error:
        raised = type(error).__name__
    finally:
        try:
            getattr(body, "close", lambda: None)()
        except Exception as error:
            raised = type(error).__name__
    status, headers = started[-1] if started else ("0", [])
    fields = Headers([(str(name), str(value)) for name, value in headers])
    sent = b"".join(written + octets)
    return Sent(int(status[:3]), fields, sent, raised, environ, source, len(started), bool(written))


def send(
    application: Any, method: str, path: str, body: bytes | None = None, **others: Any
) -> Sent:
    return call(application, environ_for(method, path, body, **others))
