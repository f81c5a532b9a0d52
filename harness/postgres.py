"""A PostgreSQL server from Debian's packages, in a folder of its own."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from harness import debian
from harness.serving import until


class Server(NamedTuple):
    """The folder of its socket, and the function that starts it again."""

    folder: Path
    restart: Callable[[], None]

    def url(self, database: str = "postgres") -> str:
        return f"postgresql:///{database}?host={self.folder}&user=postgres"

    def execute(self, statement: str, database: str = "postgres") -> list[Any]:
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            done = connection.execute(statement)
            return done.fetchall() if done.description else []


@contextmanager
def running() -> Iterator[Server]:
    """Make a cluster and serve it on a Unix socket, until the end of the block."""
    _program("postgres")  # before anything else: it may not be there
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    user = _user()
    if user:
        os.chown(folder, user["user"], user["group"])
    started: list[subprocess.Popen[bytes]] = []
    log = (folder / "log").open("wb")

    def run(program: str, *words: str) -> subprocess.Popen[bytes]:
        words = (_program(program), "-D", f"{folder}/data", *words)
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        return subprocess.Popen(words, cwd=folder, env=environment, stdout=log, stderr=log, **user)

    def start() -> None:
        started.append(run("postgres", "-k", str(folder), "-h", "", "-F"))
        up = until(lambda: _answers(server) or started[-1].poll() is not None, 20)
        assert up and started[-1].poll() is None, (folder / "log").read_text()

    def stop() -> None:
        started[-1].send_signal(signal.SIGINT)  # ends connections, too
        started[-1].wait(20)

    def restart() -> None:
        stop()
        start()

    server = Server(folder, restart)
    try:
        made = run("initdb", "-U", "postgres", "-A", "trust", "--no-sync").wait(60)
        assert made == 0, (folder / "log").read_text()
        start()
        yield server
    finally:
        if started:
            stop()
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


def _user() -> dict[str, Any]:
    """Return who runs it: the user postgres if this is root, as whom it refuses to run."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam("postgres")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _program(name: str) -> str:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else debian.command(name)


def _answers(server: Server) -> bool:
    try:
        return server.execute("SELECT 1") == [(1,)]
    except psycopg.OperationalError:
        return False
