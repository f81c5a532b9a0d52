"""More recipes: each one followed in a new project, tested there, and run."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import postgres
import pytest
import requests
from living import Living
from projects import python
from recipes import assert_sound, project, served


def saved(url: str, count: int) -> list[str]:
    """Create notes from several clients at once, and return their locations."""

    def create(number: int) -> str:
        response = requests.post(f"{url}/notes", json={"text": f"note {number}"}, timeout=30)
        assert response.status_code == 201, response.text
        return response.headers["Location"]

    with ThreadPoolExecutor(8) as clients:
        return list(clients.map(create, range(count)))


# SQLite


@pytest.fixture(scope="module")
def with_sqlite() -> Living:
    return project("sqlite", server="gunicorn")


def test_sqlite_is_sound(with_sqlite: Living) -> None:
    assert_sound(with_sqlite)
    assert not list(with_sqlite.path.rglob("*.sqlite*"))


def test_sqlite_keeps_what_many_clients_write_at_once(with_sqlite: Living, tmp_path: Path) -> None:
    file = tmp_path / "notes.sqlite"
    with served(with_sqlite, "gunicorn", DATABASE=str(file)) as url:
        assert len(set(saved(url, 100))) == 100
    with served(with_sqlite, DATABASE=str(file)) as url:  # another server finds them
        assert requests.get(f"{url}/notes/100").json()["id"] == 100
        assert requests.get(f"{url}/notes/101").status_code == 404
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT count(*) FROM note").fetchall() == [(100,)]
        assert database.execute("PRAGMA journal_mode").fetchall() == [("wal",)]


def test_sqlite_is_migrated_once_by_workers_that_start_together(
    with_sqlite: Living, tmp_path: Path
) -> None:
    environment = {"PYTHONPATH": "src", "DATABASE": str(tmp_path / "notes.sqlite")}
    start = [sys.executable, "-c", "import my_app"]
    workers = [subprocess.Popen(start, cwd=with_sqlite.path, env=environment) for _ in range(6)]
    assert [worker.wait(60) for worker in workers] == [0] * 6
    with closing(sqlite3.connect(tmp_path / "notes.sqlite")) as database:
        assert database.execute("PRAGMA user_version").fetchall() == [(1,)]


def test_sqlite_migrates_all_or_nothing(with_sqlite: Living, tmp_path: Path) -> None:
    file = tmp_path / "notes.sqlite"
    tag = "CREATE TABLE tag (note_id INTEGER NOT NULL REFERENCES note, name TEXT NOT NULL) STRICT"
    for added, version in ([], 1), ([tag, "CREATE TABLE wrong"], 1), ([tag], 2):
        code = f"from my_app import database as d; d.MIGRATIONS += {added}; d.migrate()"
        done = python(with_sqlite.project, "-c", code, DATABASE=str(file))
        assert (done.returncode == 0) == ("CREATE TABLE wrong" not in added), done.stderr
        with closing(sqlite3.connect(file)) as database:
            assert database.execute("PRAGMA user_version").fetchall() == [(version,)]
    code = (
        "from my_app import database as d; d.connection().execute('INSERT INTO tag VALUES (9, 9)')"
    )
    done = python(with_sqlite.project, "-c", code, DATABASE=str(file))
    assert "FOREIGN KEY constraint failed" in done.stderr


# PostgreSQL


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    with postgres.running() as server:
        yield server


def test_postgresql_keeps_what_many_clients_write_at_once(server: postgres.Server) -> None:
    made = project("postgresql", server="uwsgi")  # it forks after the import
    server.execute("CREATE DATABASE my_app")
    with served(made, "uwsgi", "uwsgi.ini", DATABASE_URL=server.url("my_app")) as url:
        assert len(set(saved(url, 100))) == 100
        server.restart()
        assert requests.get(f"{url}/notes/100").json()["id"] == 100
        assert requests.get(f"{url}/notes/101").status_code == 404
        assert requests.get(f"{url}/notes/{'9' * 19}").status_code == 404
    assert server.execute("SELECT count(*) FROM note", "my_app") == [(100,)]
    assert server.execute("SELECT number FROM migration", "my_app") == [(1,)]


def test_postgresql_is_sound(server: postgres.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.execute("CREATE DATABASE my_app_test")
    monkeypatch.setenv("TEST_DATABASE_URL", server.url("my_app_test"))
    monkeypatch.setenv("DATABASE_URL", "postgresql:///real")
    assert_sound(project("postgresql"))


def test_postgresql_is_migrated_once_by_workers_that_start_together(
    server: postgres.Server,
) -> None:
    server.execute("CREATE DATABASE together")
    environment = {"PYTHONPATH": "src", "DATABASE_URL": server.url("together")}
    start = [sys.executable, "-c", "import my_app"]
    path = project("postgresql").path
    workers = [subprocess.Popen(start, cwd=path, env=environment) for _ in range(4)]
    assert [worker.wait(60) for worker in workers] == [0] * 4
    assert server.execute("SELECT number FROM migration", "together") == [(1,)]


# Events

LISTEN = """
import threading
from my_app import hub

def listen(listening):
    got.append([next(listening) for _ in range(400)])

def publish():
    for number in range(100):
        hub.publish("note", str(number))

got = []
listening = [hub.listen() for _ in range(20)]
threads = [threading.Thread(target=listen, args=[each]) for each in listening]
threads += [threading.Thread(target=publish) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
ids = [f"id: {hub._run}.{number}" for number in range(1, 401)]
assert len(got) == 20
assert all([event.decode().splitlines()[1] for event in each] == ids for each in got)

hub.HEARTBEAT = 0.01
assert next(listening[0]) == b":\\n\\n"
"""


class Listener:
    """A client of an event stream, as far as it has read it."""

    def __init__(self, url: str, last_id: str = "") -> None:
        self.connection = HTTPConnection(url.removeprefix("http://"), timeout=20)
        self.connection.request("GET", "/events", headers={"Last-Event-ID": last_id})
        self.response = self.connection.getresponse()
        assert self.response.status == 200

    def event(self) -> dict[str, str]:
        """Return the next event; comments are none."""
        fields: dict[str, str] = {}
        while line := self.response.readline().decode():
            name, _, value = line.rstrip("\n").partition(": ")
            if value:
                fields[name] = value
            elif fields:
                return fields
        raise AssertionError("the stream has ended")

    def close(self) -> None:
        self.response.close()
        self.connection.close()


def test_events_arrive_in_order_and_once(with_events: Living) -> None:
    done = python(with_events.project, "-c", LISTEN)
    assert done.returncode == 0, done.stderr


def test_events_arrive_and_are_caught_up_with(with_events: Living) -> None:
    environment = {"WEB_CONCURRENCY": "1", "GUNICORN_CMD_ARGS": "--threads 30 --graceful-timeout 1"}

    def send(text: str) -> None:
        assert requests.post(f"{url}/notes", json={"text": text}).status_code == 201

    with served(with_events, "gunicorn", **environment) as url:
        listeners = [Listener(url) for _ in range(20)]
        send("one")
        first = [listener.event() for listener in listeners]
        assert first == [{"event": "note", "id": first[0]["id"], "data": '{"text": "one"}'}] * 20
        for listener in listeners:
            listener.close()
        send("two")
        send("three")
        with closing(Listener(url, first[0]["id"])) as again:
            send("four")
            got = [again.event()["data"] for _ in range(3)]
        assert got == ['{"text": "two"}', '{"text": "three"}', '{"text": "four"}']
    with served(with_events, "gunicorn", **environment) as url:
        with closing(Listener(url, first[0]["id"])) as again:
            assert again.event()["event"] == "reset"


@pytest.fixture(scope="module")
def with_events() -> Living:
    return project("events", server="gunicorn")


def test_events_are_sound(with_events: Living) -> None:
    assert_sound(with_events)
