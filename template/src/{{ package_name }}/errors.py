"""What goes wrong: the exception that a handler raises, and the log of all others."""

from collections.abc import Iterable, Iterator
from wsgiref.types import WSGIEnvironment


class HTTPError(Exception):
    """An answer with a 4xx or 5xx status, raised instead of returned.

    ``status`` is the code, ``detail`` a sentence that the client may read, and ``headers``
    are fields that the answer carries beside its own, such as ``Retry-After``.
    """

    def __init__(
        self, status: int, detail: str = "", headers: Iterable[tuple[str, str]] = ()
    ) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail
        self.headers = list(headers)


def log(environ: WSGIEnvironment) -> None:
    """Write the traceback of the exception at hand to the server's log (``wsgi.errors``)."""
    import traceback  # here, because a start without errors need not pay for it

    traceback.print_exc(file=environ.get("wsgi.errors"))


class Stream:
    """A body that is made while it is sent: ``close()`` reaches it, its failures are logged."""

    def __init__(self, environ: WSGIEnvironment, chunks: Iterable[bytes]) -> None:
        self._environ = environ
        self._chunks = chunks
        self._iterator = iter(chunks)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._iterator)
        except StopIteration:
            raise
        except Exception:
            log(self._environ)
            raise

    def close(self) -> None:
        """Close what makes the chunks, as a server must at the end (PEP 3333)."""
        close(self._chunks)


def close(body: Iterable[bytes]) -> None:
    """Call the ``close`` of a body that has one."""
    getattr(body, "close", lambda: None)()
