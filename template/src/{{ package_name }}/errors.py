"""Errors: the exception that a handler raises, and the log of all others."""

from collections.abc import Iterable
from wsgiref.types import WSGIEnvironment


class HTTPError(Exception):
    """Raise it to send an error: a status from 400 to 599, a sentence for the client, headers."""

    def __init__(self, status: int, detail: str = "", headers: Iterable[tuple[str, str]] = ()):
        super().__init__(status, detail)
        if not 400 <= status <= 599:
            raise ValueError(f"an error has a status from 400 to 599, not {status}")
        self.status, self.detail, self.headers = status, detail, tuple(headers)


def log(environ: WSGIEnvironment) -> None:
    """Log the current exception: to `logging` if that is configured, else to ``wsgi.errors``."""
    import contextlib  # imported here for a faster start
    import logging
    import traceback

    request = ascii(f"{environ.get('REQUEST_METHOD')} {environ.get('PATH_INFO')}")[1:-1]
    logger = logging.getLogger(__name__)
    logger.handlers = [logging.NullHandler()]  # logging prints no copy of its own
    logger.error(request, exc_info=True, extra={"request_id": environ.get("HTTP_X_REQUEST_ID", "")})
    if not logging.getLogger(__package__).hasHandlers():
        text = f"{request}\n{traceback.format_exc()}"
        with contextlib.suppress(Exception):
            environ["wsgi.errors"].write(text.encode("ascii", "backslashreplace").decode())
            environ["wsgi.errors"].flush()
