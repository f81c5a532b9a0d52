"""Start a server as a process of its own, on a free port, and stop it.

Tests, tables and benchmarks all start their servers here.
"""

import os
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import NamedTuple

from harness import probe
from harness.projects import ROOT, Project

GEVENT = "from gevent.pywsgi import WSGIServer as S; from sample import application as a; S(('127.0.0.1', 8000), a).serve_forever()"
WERKZEUG = "from werkzeug.serving import run_simple as r; from sample import application as a; r('127.0.0.1', 8000, a, threaded=True)"
# What starts each; the four that the questionnaire knows are started as OPERATIONS.md says.
COMMANDS = {
    "wsgiref": [sys.executable, "-m", "sample"],
    "gunicorn gthread": [],
    "gunicorn sync": ["--worker-class", "sync", "--threads", "1"],
    "uwsgi": [],
    "waitress": [],
    "granian": [],
    "cheroot": ["cheroot", "--bind", "127.0.0.1:8000", "sample:application"],
    "gevent": [sys.executable, "-c", GEVENT],
    "werkzeug": [sys.executable, "-c", WERKZEUG],
}
CONFIGURED = ("gunicorn gthread", "gunicorn sync", "uwsgi", "waitress", "granian")
DISTRIBUTIONS = {"uwsgi": "pyuwsgi"}


def with_version(name: str) -> str:
    """Return the name of a server with the version that is installed."""
    if name == "wsgiref":
        return f"wsgiref {python_version()}"
    server, _, worker = name.partition(" ")
    return f"{server} {version(DISTRIBUTIONS.get(server, server))} {worker}".strip()


class Running(NamedTuple):
    name: str
    port: int
    process: subprocess.Popen[bytes]
    notes: Path
    log: Path

    def noted(self, name: str) -> bool:
        """Whether a handler or a body noted the query, before long."""
        return until(lambda: name in self.notes.read_text().split(), 8)

    def ended(self, seconds: float) -> bool:
        """Whether the server has ended, before long."""
        return until(lambda: self.process.poll() is not None, seconds)

    def logged(self, text: str, seconds: float = 3) -> bool:
        """Whether the server wrote the text to its standard output or error, before long."""
        return until(lambda: text in self.log.read_text(errors="replace"), seconds)


def until(true: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def listens(port: int, host: str = "127.0.0.1") -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


@contextmanager
def started(
    words: list[str], folder: Path, log: Path, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A command of this environment with all its processes, until the end of the block."""
    paths = [sysconfig.get_path("scripts"), os.environ["PATH"]]
    environment = {**os.environ, "PATH": os.pathsep.join(paths), **environment}
    with log.open("wb") as output:
        process = subprocess.Popen(
            words,
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):  # uWSGI, if one of its processes is starting
            process.wait(2)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def listening(
    words: list[str],
    folder: Path,
    log: Path,
    port: int,
    host: str = "127.0.0.1",
    **environment: str,
) -> Iterator[subprocess.Popen[bytes]]:
    """A server, from when it listens until the end of the block."""
    with started(words, folder, log, **environment) as process:
        up = until(lambda: listens(port, host) or process.poll() is not None, 20)
        assert up and process.poll() is None, log.read_text()
        yield process


def command(name: str, made: Project) -> list[str]:
    """What starts it: the line of OPERATIONS.md for a server of the questionnaire."""
    if name not in CONFIGURED:
        return COMMANDS[name]
    start = f"$ uv run --no-dev --extra {name.split()[0]} "
    [line] = [line for line in made.read("OPERATIONS.md").splitlines() if line.startswith(start)]
    return ["bash", "-c", f"exec {line.removeprefix(start)} {' '.join(COMMANDS[name])}"]


@contextmanager
def running(
    name: str, make: Callable[..., Project] = probe.make, **environment: str
) -> Iterator[Running]:
    """The project under a server on a free port, until the end of the block."""
    server = name.split()[0] if name in CONFIGURED else "none"
    made = make(server=server)
    port = free_port()
    words = command(name, made)
    if name not in CONFIGURED:
        words = [word.replace("8000", str(port)) for word in words]
    notes, log = made.path / "notes", made.path / "server.log"
    notes.touch()
    environment |= {"PYTHONPATH": f"src{os.pathsep}{ROOT}", "PROBE_NOTES": str(notes)}
    host = environment.get("HOST", "127.0.0.1")
    with listening(words, made.path, log, port, host, PORT=str(port), **environment) as process:
        yield Running(name, port, process, notes, log)
