"""Clients that ask again and again, while something happens to the servers."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException
from threading import Event

from harness.serving import until

SENT = {"body": b'{"text": "a"}', "headers": {"Content-Type": "application/json"}}


def answer(connection: HTTPConnection, method: str, path: str, **options: object) -> str:
    """Return the method, the path and the status, or how the request failed."""
    with closing(connection):
        try:
            connection.request(method, path, **options)  # type: ignore[arg-type]
            response = connection.getresponse()
            response.read()
        except (OSError, HTTPException) as error:
            return f"{method} {path} {error!r}"
        return f"{method} {path} {response.status}"


@contextmanager
def no_request_is_lost(connection: Callable[[], HTTPConnection], *load: str) -> Iterator[None]:
    """Four clients send requests until the end of the block, each time on a new connection.

    ``load`` are these requests, with the status that each must get: ``GET /healthz 200``.
    """
    seen: Counter[str] = Counter()
    stop = Event()

    def client() -> None:
        while not stop.wait(0.05):  # so that the servers get some of the processor
            for method, path, _ in map(str.split, load):
                options = SENT if method == "POST" else {}
                seen[answer(connection(), method, path, **options)] += 1

    with ThreadPoolExecutor(4) as pool:
        clients = [pool.submit(client) for _ in range(4)]
        try:
            assert until(lambda: seen.total() > 8, 20)  # all of them are at work
            yield
            assert until(lambda: seen.total() > 40, 20)
        finally:
            stop.set()
    assert [one.result() for one in clients] == [None] * 4
    assert set(seen) == set(load), seen
