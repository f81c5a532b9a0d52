"""Time a table's requests in this process, all frameworks in turn: ``python -m benchmarks.inside 10``."""

import gc
import json
import sys
from io import BytesIO
from statistics import median
from time import process_time
from typing import Any

from .frameworks import ALL, Application
from .work import Request, requests, routes

BATCH = 0.004  # seconds


def check(application: Application, request: Request) -> str:
    """Return what is wrong with the response."""
    status, body = _sent(application, request)
    content = request.content
    right = content is None or (
        body.decode() == content if isinstance(content, str) else json.loads(body) == content
    )
    if request.page:
        right = right and b"<h1>" in _sent(application, request._replace(accept="text/html"))[1]
    return "" if right and status.startswith(str(request.status)) else f"{status} {body!r}"


def _sent(application: Application, request: Request) -> tuple[str, bytes]:
    started: list[str] = []
    body = application(request.environ(), lambda status, *_: started.append(status))
    return started[-1], b"".join(body)


def batch(application: Application, request: Request, number: int) -> float:
    """Return the seconds for one request: a fresh environ each, made before the clock starts."""
    base = request.environ()
    environs = [{**base, "wsgi.input": BytesIO(request.body)} for _ in range(number)]
    start = process_time()
    for environ in environs:
        body = application(environ, respond)
        if hasattr(body, "close"):
            body.close()
    return (process_time() - start) / number


def respond(status: str, headers: Any, exc_info: Any = None) -> None:
    """What a server would do, without a server."""


def main(table: str, rounds: int = 7) -> dict[str, dict[str, float]]:
    """Return the median microseconds by application and request, in interleaved rounds."""
    cases: list[tuple[str, str, Application, Request, int]] = []
    for name, build in ALL.items():
        try:
            application = build(routes(table))
        except ImportError as error:
            print(f"without {name}: {error}", file=sys.stderr)
            continue
        for what, request in requests(table).items():
            wrong = name not in ("constant", "json.dumps") and check(application, request)
            if wrong:
                print(f"{name} does not do {what}: {wrong[:200]}", file=sys.stderr)
            else:
                once = batch(application, request, 20)
                cases.append((name, what, application, request, max(5, int(BATCH / once))))
    times: dict[tuple[str, str], list[float]] = {case[:2]: [] for case in cases}
    gc.freeze()
    for _ in range(rounds):
        for name, what, application, request, number in cases:
            times[name, what].append(batch(application, request, number))
    found: dict[str, dict[str, float]] = {}
    for (name, what), seconds in times.items():
        found.setdefault(name, {})[what] = round(median(seconds) * 1e6, 3)
    return found


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
