"""Errors: the exception that a handler raises, and the log of all others."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from wsgiref.types import WSGIEnvironment

Headers = Iterable[tuple[str, str]]


class HTTPError(Exception):
    """Raise it to send an error; ``more`` adds members to its JSON, as in ``{"errors": []}``."""

    def __init__(
        self, status: int, detail: str = "", headers: Headers = (), more: Mapping[str, object] = {}
    ) -> None:
        super().__init__(status, detail)
        if not 400 <= status <= 599:
            raise ValueError(f"an error has a status from 400 to 599, not {status}")
        self.status, self.detail, self.headers, self.more = status, detail, tuple(headers), more


def log(environ: WSGIEnvironment) -> None:
    """Log the current exception to `logging`, or to ``wsgi.errors`` with long lines cut."""
    import logging  # imported here for a faster start
    import time
    import traceback

    request_id = str(environ.get("HTTP_X_REQUEST_ID", ""))[:100]
    request = f"{environ.get('REQUEST_METHOD')} {environ.get('PATH_INFO')}"[:100]
    line = ascii(f"{request} {request_id}".rstrip(" "))[1:-1]  # a line end could forge a line
    logger = logging.getLogger(__name__)
    if not logger.hasHandlers():
        logger.addHandler(logging.NullHandler())  # else logging prints the error, too
    logger.exception(line, extra={"request_id": request_id})  # Sentry and others listen to it
    real = {type(handler) for handler in logger.handlers} - {logging.NullHandler}
    if logger.disabled or not (real or logging.getLogger(__package__).hasHandlers()):
        out = f"{time.strftime('%Y-%m-%dT%H:%M:%S%z')} {line}\n{traceback.format_exc()}".split("\n")
        text = "\n".join(part[:500] for part in out).encode("ascii", "backslashreplace").decode()
        with suppress(Exception):  # the client still gets its response
            print(text, end="", file=environ["wsgi.errors"], flush=True)
